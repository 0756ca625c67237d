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
  change.set_care_order(appointment.care_order());
  change.set_slot(appointment.slot());
  change.set_seat(appointment.seat());
  *change.mutable_start_time() = appointment.start_time();
  change.set_entry_point(appointment.entry_point());
  change.set_cancel_reason_code(appointment.cancel_reason_code());
  change.set_site_display_name(appointment.site_display_name());
  return change;
}

}  // namespace

absl::Status Record(ledger::Journal& journal, std::string_view action, std::string_view event_type,
                    const v1::Appointment& appointment, std::string_view codes) {
  const std::string region(base::RegionOf(appointment.name()));
  std::string detail = "state=" + std::string(StateName(ToValue(appointment.state())));
  if (!codes.empty()) detail.append(" ").append(codes);
  SAS_RETURN_IF_ERROR(journal.Audit({std::string(action), appointment.name(), region, detail}));
  events::v1::Event event;
  event.set_type(std::string(event_type));
  event.set_subject(appointment.name());
  event.set_region(region);
  event.set_territory(appointment.territory());
  *event.mutable_appointment() = ChangeOf(appointment);
  return journal.Publish({region, event.type(), appointment.name(), event.SerializeAsString()});
}

}  // namespace sas::booking
