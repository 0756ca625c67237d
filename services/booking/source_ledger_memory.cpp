#include "services/booking/source_ledger_memory.h"

#include <algorithm>

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "common/base/timestamp.h"

namespace sas::booking {

absl::Status SourceBookingNotFound(const std::string& name) {
  return base::Fail(absl::StatusCode::kNotFound, "SOURCE_BOOKING_NOT_FOUND",
                    "no platform has reported this booking; list them again", {{"name", name}});
}

absl::Status SourceBookingExists(const std::string& external_appointment_id) {
  return base::Fail(absl::StatusCode::kAlreadyExists, "SOURCE_BOOKING_EXISTS",
                    "this booking of the platform is known already",
                    {{"external_appointment_id", external_appointment_id}});
}

absl::Status MemorySourceLedger::PutWork(const SourceWork& work) {
  rows_.work[work.appointment] = work;
  return absl::OkStatus();
}

absl::StatusOr<std::optional<SourceWork>> MemorySourceLedger::GetWork(
    const std::string& appointment) {
  const auto found = rows_.work.find(appointment);
  return found == rows_.work.end() ? std::optional<SourceWork>() : found->second;
}

absl::Status MemorySourceLedger::RemoveWork(const std::string& appointment) {
  rows_.work.erase(appointment);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<SourceWork>> MemorySourceLedger::DueWork(base::Instant now, int limit) {
  std::vector<SourceWork> due;
  for (const auto& [appointment, work] : rows_.work) {
    if (work.due <= now) due.push_back(work);
  }
  std::stable_sort(due.begin(), due.end(),
                   [](const SourceWork& a, const SourceWork& b) { return a.due < b.due; });
  if (due.size() > static_cast<std::size_t>(limit)) due.resize(static_cast<std::size_t>(limit));
  return due;
}

absl::StatusOr<std::optional<v1::SourceBooking>> MemorySourceLedger::FindBooking(
    const std::string& region, const std::string& partner,
    const std::string& external_appointment_id) {
  for (const auto& [name, booking] : rows_.bookings) {
    if (base::RegionOf(name) == region && booking.partner() == partner &&
        booking.external_appointment_id() == external_appointment_id) {
      return std::optional<v1::SourceBooking>(booking);
    }
  }
  return std::optional<v1::SourceBooking>();
}

absl::StatusOr<v1::SourceBooking> MemorySourceLedger::GetBooking(const std::string& name) {
  const auto found = rows_.bookings.find(name);
  if (found == rows_.bookings.end()) return SourceBookingNotFound(name);
  return found->second;
}

absl::Status MemorySourceLedger::PutBooking(const v1::SourceBooking& booking) {
  SAS_ASSIGN_OR_RETURN(const auto same,
                       FindBooking(std::string(base::RegionOf(booking.name())), booking.partner(),
                                   booking.external_appointment_id()));
  if (same && same->name() != booking.name()) {
    return SourceBookingExists(booking.external_appointment_id());
  }
  rows_.bookings[booking.name()] = booking;
  return absl::OkStatus();
}

absl::StatusOr<std::vector<v1::SourceBooking>> MemorySourceLedger::ListBookings(
    const SourceBookingQuery& query) {
  std::vector<v1::SourceBooking> found;
  for (auto row = rows_.bookings.upper_bound(query.after);
       row != rows_.bookings.end() && found.size() < static_cast<std::size_t>(query.limit); ++row) {
    if (base::RegionOf(row->first) != query.region) continue;
    if (row->second.regulation_case() == query.regulation_case) found.push_back(row->second);
  }
  return found;
}

absl::StatusOr<SourceFigures> MemorySourceLedger::Figures() {
  SourceFigures figures;
  figures.work = static_cast<std::int64_t>(rows_.work.size());
  for (const auto& [appointment, work] : rows_.work) figures.overdue += work.told_person ? 1 : 0;
  for (const auto& [name, booking] : rows_.bookings) {
    if (!booking.regulation_case().empty()) continue;
    ++figures.unjoined;
    const base::Instant made = base::ToInstant(booking.create_time());
    figures.oldest_unjoined = std::min(figures.oldest_unjoined.value_or(made), made);
  }
  return figures;
}

absl::StatusOr<std::string> MemorySourceLedger::GetCursor(const std::string& feed) {
  const auto found = rows_.cursors.find(feed);
  return found == rows_.cursors.end() ? std::string() : found->second;
}

absl::Status MemorySourceLedger::PutCursor(const std::string& feed, const std::string& cursor) {
  rows_.cursors[feed] = cursor;
  return absl::OkStatus();
}

absl::StatusOr<bool> MemorySourceLedger::LeaseSources(const std::string& holder, base::Instant now,
                                                      base::Instant until) {
  if (rows_.lease_holder != holder && now < rows_.lease_until) return false;
  rows_.lease_holder = holder;
  rows_.lease_until = until;
  return true;
}

}  // namespace sas::booking
