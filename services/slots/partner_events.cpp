#include "services/slots/partner_events.h"

#include <string>

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "sas/events/v1/event.pb.h"

namespace sas::slots {
namespace {

absl::Status Publish(ledger::Journal& journal, const FedAgenda& agenda, const char* type,
                     std::string_view subject, const events::v1::AgendaChange& change) {
  events::v1::Event event;
  event.set_type(type);
  event.set_subject(std::string(subject));
  event.set_region(std::string(base::RegionOf(agenda.name)));
  *event.mutable_agenda() = change;
  event.mutable_agenda()->set_partner(agenda.partner);
  event.mutable_agenda()->set_applied_sequence(agenda.position.applied);
  event.mutable_agenda()->set_resync_wanted(agenda.position.resync != Resync::kNone);
  return journal.Publish({event.region(), type, event.subject(), event.SerializeAsString()});
}

}  // namespace

absl::Status RecordFrame(ledger::Journal& journal, const FedAgenda& agenda,
                         const v1::AgendaAck& ack, int changes) {
  SAS_RETURN_IF_ERROR(journal.Audit(
      {"SyncAgenda", agenda.name, std::string(base::RegionOf(agenda.name)),
       "sequence=" + std::to_string(ack.sequence()) + ",applied=" +
           std::to_string(ack.applied_count()) + ",changed=" + std::to_string(changes) +
           ",refused=" + std::to_string(ack.refused_size()) +
           ",resync=" + (ack.resync_wanted() ? "1" : "0") +
           (ack.refusal_reason().empty() ? "" : ",quarantine=" + ack.refusal_reason())}));
  events::v1::AgendaChange change;
  change.set_changed_count(changes);
  change.set_refused_count(ack.refused_size());
  return Publish(journal, agenda, "agenda.synced", agenda.name, change);
}

absl::Status RecordRelease(ledger::Journal& journal, const FedAgenda& agenda) {
  SAS_RETURN_IF_ERROR(
      journal.Audit({"ReleasePartnerAgenda", agenda.name, std::string(base::RegionOf(agenda.name)),
                     "partner=" + agenda.partner}));
  return Publish(journal, agenda, "agenda.synced", agenda.name, {});
}

absl::Status RecordPhantom(ledger::Journal& journal, const FedAgenda& agenda,
                           std::string_view slot) {
  SAS_RETURN_IF_ERROR(
      journal.Audit({"ReportSourceRefusal", std::string(slot),
                     std::string(base::RegionOf(agenda.name)), "partner=" + agenda.partner}));
  events::v1::AgendaChange change;
  change.set_changed_count(1);
  return Publish(journal, agenda, "slot.refused", slot, change);
}

}  // namespace sas::slots
