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

absl::Status RecordAgreement(ledger::Journal& journal, const v1::Partner& record) {
  const std::string region(base::RegionOf(record.name()));
  const v1::PartnerLimits& limits = record.limits();
  const auto millis = [](const google::protobuf::Duration& pause) {
    return std::to_string(pause.seconds() * 1000 + pause.nanos() / 1'000'000);
  };
  SAS_RETURN_IF_ERROR(
      journal.Audit({"UpdatePartner", record.name(), region,
                     "frames=" + std::to_string(limits.frames_per_second()) +
                         ",burst=" + std::to_string(limits.frames_burst()) +
                         ",agendas=" + std::to_string(limits.agenda_max()) +
                         ",slots=" + std::to_string(limits.frame_slot_max()) +
                         ",failures=" + std::to_string(limits.breaker_failure_max()) +
                         ",pause_ms=" + millis(limits.breaker_pause()) +
                         ",pause_max_ms=" + millis(limits.breaker_pause_max())}));
  events::v1::Event event;
  event.set_type("partner.updated");
  event.set_subject(record.name());
  event.set_region(region);
  return journal.Publish({region, event.type(), event.subject(), event.SerializeAsString()});
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
