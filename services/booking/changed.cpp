#include "services/booking/changed.h"

#include <utility>

#include "common/base/status.h"
#include "services/booking/convert.h"
#include "services/booking/displaced.h"
#include "services/booking/records.h"
#include "services/booking/visibility.h"

namespace sas::booking {

absl::Status EtagRequired(const std::string& etag) {
  if (!etag.empty()) return absl::OkStatus();
  return base::InvalidField("etag", "ETAG_REQUIRED",
                            "give the version on the screen, so that the right one is changed");
}

absl::Status CheckEtag(const AppointmentRecord& record, const std::string& etag) {
  if (record.appointment.etag() == etag) return absl::OkStatus();
  return base::Fail(absl::StatusCode::kAborted, "ETAG_MISMATCH",
                    "the appointment has changed since it was read: read it again first",
                    {{"etag", record.appointment.etag()}});
}

absl::StatusOr<AppointmentRecord> Seen(BookingTransaction& transaction, const base::Call& call,
                                       const std::string& name) {
  SAS_ASSIGN_OR_RETURN(AppointmentRecord record, transaction.Get(name));
  SAS_RETURN_IF_ERROR(CheckSees(call.actor, record.appointment));
  return record;
}

absl::StatusOr<AppointmentRecord> SeenOrBooked(BookingTransaction& transaction,
                                               const base::Call& call, const std::string& name) {
  SAS_ASSIGN_OR_RETURN(AppointmentRecord record, transaction.Get(name));
  SAS_RETURN_IF_ERROR(CheckSeesOrBooked(call.actor, record.appointment));
  return record;
}

std::vector<std::string> MembersOf(const v1::Appointment& appointment) {
  const auto& members = appointment.group().appointments();
  return {members.begin(), members.end()};
}

void NextVersion(AppointmentRecord& record, base::Instant now) {
  ++record.version;
  record.appointment.set_etag(EtagOf(record.version));
  *record.appointment.mutable_update_time() = ToTimestamp(now);
}

absl::StatusOr<v1::Appointment> Put(BookingTransaction& transaction, AppointmentRecord record,
                                    base::Instant now, std::string_view action,
                                    std::string_view event_type, const std::string& codes) {
  NextVersion(record, now);
  SAS_RETURN_IF_ERROR(transaction.Update(record));
  SAS_RETURN_IF_ERROR(Record(transaction.journal(), action, event_type, record.appointment, codes));
  SAS_RETURN_IF_ERROR(SettleIfOver(transaction, record.appointment));
  return std::move(record.appointment);
}

}  // namespace sas::booking
