#include "services/booking/records.h"

#include <string>

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "sas/events/v1/event.pb.h"
#include "services/booking/convert.h"

namespace sas::booking {
namespace {

events::v1::AppointmentChange ChangeOf(const v1::Appointment& appointment) {
  events::v1::AppointmentChange change;
  change.set_state(appointment.state());
  change.set_arrival(appointment.arrival());
  change.set_regulation_case(appointment.regulation_case());
  change.set_care_order(FulfilledOrder(appointment));
  change.set_slot(appointment.slot());
  change.set_seat(appointment.seat());
  *change.mutable_start_time() = appointment.start_time();
  change.set_entry_point(appointment.entry_point());
  change.set_cancel_reason_code(appointment.cancel_reason_code());
  change.set_site_display_name(appointment.site_display_name());
  change.set_displacement(appointment.displacement().reason());
  change.set_supernumerary(!appointment.supernumerary_reason_code().empty());
  *change.mutable_group_appointments() = appointment.group().appointments();
  return change;
}

absl::Status Write(ledger::Journal& journal, std::string_view action, std::string_view event_type,
                   const v1::Appointment& appointment, std::string_view codes,
                   const events::v1::AppointmentChange& change) {
  const std::string region(base::RegionOf(appointment.name()));
  std::string detail = "state=" + std::string(StateName(ToValue(appointment.state())));
  if (!codes.empty()) detail.append(" ").append(codes);
  SAS_RETURN_IF_ERROR(journal.Audit({std::string(action), appointment.name(), region, detail}));
  events::v1::Event event;
  event.set_type(std::string(event_type));
  event.set_subject(appointment.name());
  event.set_region(region);
  event.set_territory(appointment.territory());
  *event.mutable_appointment() = change;
  return journal.Publish({region, event.type(), appointment.name(), event.SerializeAsString()});
}

}  // namespace

absl::Status Record(ledger::Journal& journal, std::string_view action, std::string_view event_type,
                    const v1::Appointment& appointment, std::string_view codes) {
  return Write(journal, action, event_type, appointment, codes, ChangeOf(appointment));
}

absl::Status RecordMove(ledger::Journal& journal, const v1::Appointment& appointment,
                        const v1::Move& from, std::string_view codes) {
  events::v1::AppointmentChange change = ChangeOf(appointment);
  change.set_left_slot(from.slot());
  *change.mutable_left_start_time() = from.start_time();
  return Write(journal, "RescheduleAppointment", "appointment.moved", appointment, codes, change);
}

absl::Status RecordClosure(ledger::Journal& journal, const v1::SessionClosure& closure) {
  const std::string region(base::RegionOf(closure.site()));
  const std::string detail = "agenda=" + closure.agenda() +
                             " fulfilled=" + std::to_string(closure.fulfilled_count()) +
                             " motif_unknown=" + std::to_string(closure.motif_unknown_count()) +
                             " no_show=" + std::to_string(closure.no_show_count()) +
                             " abandoned=" + std::to_string(closure.abandoned_count());
  SAS_RETURN_IF_ERROR(journal.Audit({"CloseSession", closure.site(), region, detail}));
  events::v1::Event event;
  event.set_type("session.closed");
  event.set_subject(closure.site());
  event.set_region(region);
  events::v1::SessionChange& change = *event.mutable_session();
  change.set_agenda(closure.agenda());
  *change.mutable_start_time() = closure.start_time();
  *change.mutable_end_time() = closure.end_time();
  change.set_fulfilled_count(closure.fulfilled_count());
  change.set_motif_unknown_count(closure.motif_unknown_count());
  change.set_no_show_count(closure.no_show_count());
  change.set_abandoned_count(closure.abandoned_count());
  return journal.Publish({region, event.type(), event.subject(), event.SerializeAsString()});
}

}  // namespace sas::booking
