#include "services/booking/store_rows.h"

#include <algorithm>

#include "common/base/resource_name.h"
#include "common/base/status.h"

namespace sas::booking {

AppointmentColumns ColumnsOf(const v1::Appointment& appointment) {
  AppointmentColumns columns;
  columns.name = appointment.name();
  columns.region = std::string(base::RegionOf(appointment.name()));
  columns.territory = appointment.territory();
  columns.state = ToValue(appointment.state());
  columns.slot = appointment.slot();
  columns.seat = appointment.seat();
  columns.site = appointment.site();
  columns.regulation_case = appointment.regulation_case();
  columns.care_order = FulfilledOrder(appointment);
  columns.booker = appointment.booked_by().subject();
  columns.start = ToInstant(appointment.start_time());
  columns.end = ToInstant(appointment.end_time());
  columns.practitioner = appointment.practitioner_rpps();
  return columns;
}

bool Shows(const AppointmentQuery& query, const AppointmentColumns& columns) {
  const auto fits = [](const std::string& wanted, const std::string& value) {
    return wanted.empty() || wanted == value;
  };
  const bool territory =
      query.territories.empty() || std::find(query.territories.begin(), query.territories.end(),
                                             columns.territory) != query.territories.end();
  return columns.region == query.region && territory &&
         fits(query.regulation_case, columns.regulation_case) && fits(query.site, columns.site) &&
         fits(query.booker, columns.booker) && (!query.start || *query.start <= columns.start) &&
         (!query.end || columns.start < *query.end) &&
         (query.include_cancelled || columns.state != State::kCancelled);
}

bool SharePractitioner(const AppointmentColumns& one, const AppointmentColumns& other) {
  return !one.practitioner.empty() && one.practitioner == other.practitioner &&
         one.slot != other.slot && one.start < other.end && other.start < one.end;
}

std::string CountedName(const CappedWeek& week) {
  return base::JoinName({{"regions", week.region}, {"rpps", week.practitioner}});
}

std::string CountedName(const CappedSession& session) {
  return session.site + "/agendas/" + session.agenda;
}

absl::StatusOr<std::vector<std::string>> FamilyOfForm(BookingTransaction& transaction,
                                                      const v1::Appointment& member,
                                                      const std::string& number) {
  std::vector<std::string> names;
  for (const std::string& name : member.group().appointments()) {
    SAS_ASSIGN_OR_RETURN(const AppointmentRecord each, transaction.Get(name));
    const bool same = each.appointment.paper_form_number() == number;
    if (same && IsLive(ToValue(each.appointment.state()))) names.push_back(name);
  }
  return names;
}

absl::StatusOr<std::string> StandingOfForm(BookingTransaction& transaction,
                                           const std::string& known, const std::string& number) {
  SAS_ASSIGN_OR_RETURN(const AppointmentRecord first, transaction.Get(known));
  if (IsLive(ToValue(first.appointment.state()))) return known;
  SAS_ASSIGN_OR_RETURN(const auto family, FamilyOfForm(transaction, first.appointment, number));
  return family.empty() ? std::string() : family.front();
}

absl::Status AppointmentNotFound(const std::string& name) {
  return base::Fail(absl::StatusCode::kNotFound, "APPOINTMENT_NOT_FOUND",
                    "no such appointment in this region; check the name", {{"name", name}});
}

absl::Status AppointmentExists(const std::string& name) {
  return base::Fail(absl::StatusCode::kAlreadyExists, "APPOINTMENT_EXISTS",
                    "this request was carried out before, too long ago to repeat its answer; get "
                    "the appointment",
                    {{"appointment", name}});
}

absl::Status SeatTaken(const std::string& slot) {
  return base::Fail(absl::StatusCode::kAlreadyExists, "SEAT_TAKEN",
                    "another appointment has this seat; hold another one", {{"slot", slot}});
}

absl::Status PractitionerBusy(const std::string& slot, const std::string& busy_slot) {
  return base::Fail(absl::StatusCode::kFailedPrecondition, "PRACTITIONER_BUSY",
                    "the practitioner has a patient at that time in another agenda: choose another "
                    "slot, and tell the practice that two agendas offer one hour of his",
                    {{"slot", slot}, {"busy_slot", busy_slot}});
}

absl::Status SessionClosed(const v1::SessionClosure& closure) {
  return base::Fail(absl::StatusCode::kAlreadyExists, "SESSION_CLOSED",
                    "this session is closed already; correct its passages one by one",
                    {{"site", closure.site()}, {"agenda", closure.agenda()}});
}

absl::Status OrderAlreadyBooked(const std::string& appointment) {
  return base::Fail(absl::StatusCode::kAlreadyExists, "ORDER_ALREADY_BOOKED",
                    "this order has an appointment; cancel that one first",
                    {{"appointment", appointment}});
}

absl::Status ConcurrentChange(const std::string& name) {
  return base::FailRetryable(absl::StatusCode::kAborted, "CONCURRENT_CHANGE",
                             "somebody else changed it in the same instant; repeat",
                             std::chrono::milliseconds(50), {{"name", name}});
}

}  // namespace sas::booking
