#include "services/booking/caps.h"

#include <string>
#include <utility>

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "services/booking/convert.h"
#include "services/booking/store_rows.h"

namespace sas::booking {
namespace {

/// Of the day, or of hours of it.
absl::Status CheckOneMore(BookingTransaction& transaction, const Passage& passage,
                          const slots::v1::DayCap& cap) {
  SAS_ASSIGN_OR_RETURN(const int booked, transaction.CountForOneMore(passage.draft.site(),
                                                                     ToInstant(cap.start_time()),
                                                                     ToInstant(cap.end_time())));
  if (booked < cap.appointment_max()) return absl::OkStatus();
  const std::string most = std::to_string(cap.appointment_max());
  base::Metadata metadata{
      {"site", passage.draft.site()}, {"daily_appointment_max", most}, {"lifted_by", "SITE"}};
  std::string when = "a day, and this day has them";
  if (!cap.hours().empty()) {
    when = "at " + cap.hours() + " of such a day, and this one has them";
    metadata.emplace_back("hours", cap.hours());
  }
  return base::Fail(absl::StatusCode::kFailedPrecondition, "SITE_DAILY_CAP",
                    "the site takes " + most + " SAS appointments " + when, std::move(metadata));
}

/// `before` has its place already where it counts; null: a new appointment.
absl::Status CheckDay(BookingTransaction& transaction, const Passage& passage,
                      const v1::Appointment* before) {
  const auto counts = [&](const slots::v1::DayCap& cap) {
    if (before == nullptr || before->site() != passage.draft.site()) return false;
    const base::Instant start = ToInstant(before->start_time());
    return start >= ToInstant(cap.start_time()) && start < ToInstant(cap.end_time());
  };
  const slots::v1::PreparedSeat& seat = passage.seat;
  if (seat.has_day_cap() && !counts(seat.day_cap())) {
    SAS_RETURN_IF_ERROR(CheckOneMore(transaction, passage, seat.day_cap()));
  }
  if (seat.has_hours_cap() && !counts(seat.hours_cap())) {
    SAS_RETURN_IF_ERROR(CheckOneMore(transaction, passage, seat.hours_cap()));
  }
  return absl::OkStatus();
}

CappedWeek WeekOf(const Passage& passage) {
  const slots::v1::WeekCap& cap = passage.seat.week_cap();
  CappedWeek week;
  week.region = std::string(base::RegionOf(passage.draft.name()));
  week.practitioner = passage.draft.practitioner_rpps();
  week.start = ToInstant(cap.start_time());
  week.end = ToInstant(cap.end_time());
  week.except = passage.draft.name();
  return week;
}

CappedSession SessionOf(const Passage& passage) {
  const slots::v1::SupernumeraryCap& cap = passage.seat.supernumerary_cap();
  CappedSession session;
  session.site = passage.draft.site();
  session.agenda = cap.agenda();
  session.seats = cap.seat_count();
  session.start = ToInstant(cap.start_time());
  session.end = ToInstant(cap.end_time());
  session.except = passage.draft.name();
  return session;
}

absl::Status CheckWeek(BookingTransaction& transaction, const Passage& passage) {
  if (!passage.seat.has_week_cap()) return absl::OkStatus();
  const slots::v1::WeekCap& cap = passage.seat.week_cap();
  SAS_ASSIGN_OR_RETURN(const int booked, transaction.CountWeekForOneMore(WeekOf(passage)));
  if (booked < cap.appointment_max()) return absl::OkStatus();
  const std::string most = std::to_string(cap.appointment_max());
  return base::Fail(absl::StatusCode::kFailedPrecondition, "PRACTITIONER_WEEKLY_CAP",
                    "who receives takes " + most + " SAS appointments a week, and has them",
                    {{"practitioner", cap.practitioner()},
                     {"weekly_appointment_max", most},
                     {"lifted_by", "SITE"}});
}

absl::Status CheckSession(BookingTransaction& transaction, const Passage& passage) {
  if (!passage.seat.has_supernumerary_cap()) return absl::OkStatus();
  const slots::v1::SupernumeraryCap& cap = passage.seat.supernumerary_cap();
  SAS_ASSIGN_OR_RETURN(const int beyond, transaction.CountBeyondForOneMore(SessionOf(passage)));
  if (beyond < cap.appointment_max()) return absl::OkStatus();
  const std::string most = std::to_string(cap.appointment_max());
  return base::Fail(
      absl::StatusCode::kFailedPrecondition, "SUPERNUMERARY_EXHAUSTED",
      "the session takes " + most + " patients beyond its seats, and has them",
      {{"slot", passage.draft.slot()}, {"supernumerary_max", most}, {"lifted_by", "SITE"}});
}

// Weeks and sessions leave out the appointment itself.
absl::Status CheckWeekAndSession(BookingTransaction& transaction, const Passage& passage) {
  SAS_RETURN_IF_ERROR(CheckWeek(transaction, passage));
  return CheckSession(transaction, passage);
}

}  // namespace

void AddCounted(const Passage& passage, CountedIn& counted) {
  const slots::v1::PreparedSeat& seat = passage.seat;
  const std::string& site = passage.draft.site();
  if (seat.has_day_cap()) counted.days.emplace(site, ToInstant(seat.day_cap().start_time()));
  if (seat.has_hours_cap()) counted.days.emplace(site, ToInstant(seat.hours_cap().start_time()));
  if (seat.has_week_cap()) counted.names.insert(CountedName(WeekOf(passage)));
  if (seat.has_supernumerary_cap()) counted.names.insert(CountedName(SessionOf(passage)));
}

absl::Status CheckCaps(BookingTransaction& transaction, const Passage& passage) {
  SAS_RETURN_IF_ERROR(CheckDay(transaction, passage, nullptr));
  return CheckWeekAndSession(transaction, passage);
}

absl::Status CheckCapsOfMove(BookingTransaction& transaction, const v1::Appointment& before,
                             const Passage& passage) {
  SAS_RETURN_IF_ERROR(CheckDay(transaction, passage, &before));
  return CheckWeekAndSession(transaction, passage);
}

}  // namespace sas::booking
