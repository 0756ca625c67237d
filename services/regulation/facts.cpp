#include "services/regulation/facts.h"

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "sas/events/v1/event.pb.h"
#include "services/regulation/convert.h"
#include "services/regulation/convert_exchange.h"
#include "services/regulation/convert_protocol.h"
#include "services/regulation/marks.h"
#include "services/regulation/roster_ledger.h"

namespace sas::regulation {
namespace {

using sas::events::v1::Event;

absl::Status Publish(RegulationTransaction& transaction, Event event, const Fact& fact,
                     const std::string& subject, const std::string& territory) {
  const std::string region(base::RegionOf(subject));
  event.set_type(fact.event);
  event.set_subject(subject);
  event.set_region(region);
  event.set_territory(territory);
  return transaction.journal().Publish({region, fact.event, subject, event.SerializeAsString()});
}

absl::Status Record(RegulationTransaction& transaction, Event event, const Fact& fact,
                    const std::string& subject, const std::string& territory) {
  const std::string region(base::RegionOf(subject));
  SAS_RETURN_IF_ERROR(transaction.journal().Audit({fact.act, subject, region, fact.detail}));
  return Publish(transaction, std::move(event), fact, subject, territory);
}

// Of the latest call that tells it.
std::string DialledOf(const v1::RegulationCase& row) {
  for (auto call = row.further_calls().rbegin(); call != row.further_calls().rend(); ++call) {
    if (!call->dialled_number().empty()) return call->dialled_number();
  }
  return row.origin().dialled_number();
}

// "OPEN" of STATE_OPEN.
std::string WithoutPrefix(const std::string& name, std::string_view prefix) {
  return name.substr(prefix.size());
}

Event EventOf(const v1::RegulationCase& row, base::Instant now) {
  Event event;
  sas::events::v1::CaseChange& change = *event.mutable_regulation_case();
  change.set_state(row.state());
  change.set_priority(row.priority());
  change.set_filiere(row.filiere());
  change.set_reflex_departure(row.reflex_departure().state());
  change.set_motif_code(row.motif_code());
  change.set_care_level(row.care_level());
  const ClaimValue claim = ToValue(row.claim());
  if (IsLive(claim, now)) change.set_owner(claim.owner);
  if (row.has_wait_start_time()) *change.mutable_wait_start_time() = row.wait_start_time();
  change.set_call_count(1 + row.further_calls_size());
  change.set_dialled_number(DialledOf(row));
  change.set_etag(row.etag());
  change.set_offered_to(row.handover().to_territory());
  return event;
}

Event EventOf(const v1::CareOrder& order, base::Instant now) {
  Event event;
  sas::events::v1::OrderChange& change = *event.mutable_care_order();
  change.set_state(order.state());
  change.set_version(order.version());
  *change.mutable_due_time() = order.due_time();
  change.set_motif_code(order.motif_code());
  const ClaimValue claim = ToValue(order.claim());
  if (IsLive(claim, now)) change.set_owner(claim.owner);
  change.set_appointment(order.appointment());
  change.set_entry_point(order.entry().entry_point());
  change.set_local(order.entry().local());
  return event;
}

}  // namespace

absl::Status RecordCase(RegulationTransaction& transaction, const v1::RegulationCase& row,
                        const Fact& fact, base::Instant now) {
  SAS_RETURN_IF_ERROR(MarkCase(transaction, row, fact));
  return Record(transaction, EventOf(row, now), fact, row.name(), row.territory());
}

absl::Status RecordOrder(RegulationTransaction& transaction, const v1::CareOrder& order,
                         const Fact& fact, base::Instant now) {
  SAS_RETURN_IF_ERROR(MarkOrder(transaction, order, fact));
  return Record(transaction, EventOf(order, now), fact, order.name(), order.territory());
}

absl::Status TellTerritory(RegulationTransaction& transaction, const v1::RegulationCase& row,
                           const Fact& fact, base::Instant now, const std::string& territory) {
  return Publish(transaction, EventOf(row, now), fact, row.name(), territory);
}

absl::Status TellTerritory(RegulationTransaction& transaction, const v1::CareOrder& order,
                           const Fact& fact, base::Instant now, const std::string& territory) {
  return Publish(transaction, EventOf(order, now), fact, order.name(), territory);
}

absl::Status RecordShift(RegulationTransaction& transaction, const v1::Shift& shift,
                         const Fact& fact) {
  Event event;
  sas::events::v1::RosterChange& change = *event.mutable_roster();
  change.set_role(shift.role());
  *change.mutable_start_time() = shift.start_time();
  *change.mutable_end_time() = shift.end_time();
  change.set_etag(shift.etag());
  return Record(transaction, std::move(event), fact, shift.name(), shift.territory());
}

absl::Status RecordPlain(RegulationTransaction& transaction, const std::string& subject,
                         const std::string& territory, const Fact& fact) {
  return Record(transaction, {}, fact, subject, territory);
}

absl::Status RecordProtocol(RegulationTransaction& transaction, const v1::Protocol& protocol,
                            const Fact& fact) {
  sas::events::v1::Event event;
  sas::events::v1::ProtocolChange& change = *event.mutable_protocol();
  change.set_state(protocol.state());
  const VersionTimes times = TimesOf(protocol);
  if (times.is_signed) *change.mutable_effect_time() = ToTimestamp(times.effect);
  change.set_etag(protocol.etag());
  return Record(transaction, std::move(event), fact, protocol.name(),
                TerritoryOfScope(ScopeOf(protocol.name())));
}

absl::Status RecordExchange(RegulationTransaction& transaction, const v1::CaseExchange& exchange,
                            const Fact& fact) {
  sas::events::v1::Event event;
  sas::events::v1::ExchangeChange& change = *event.mutable_exchange();
  change.set_regulation_case(CaseOf(exchange.name()));
  change.set_kind(KindName(exchange.kind()));
  change.set_state(StateName(exchange.state()));
  change.set_etag(exchange.etag());
  return Record(transaction, std::move(event), fact, exchange.name(), exchange.territory());
}

absl::Status RecordReorientation(RegulationTransaction& transaction, const v1::RegulationCase& row,
                                 const std::string& order, Destination destination,
                                 const std::string& act) {
  sas::events::v1::Event event;
  sas::events::v1::ReorientationChange& change = *event.mutable_reorientation();
  change.set_destination(static_cast<v1::Reorientation::Destination>(destination));
  change.set_regulation_case(row.name());
  change.set_care_order(order);
  return Record(
      transaction, std::move(event),
      {"reorientation.sent", act, "destination=" + std::string(DestinationCode(destination))},
      order.empty() ? row.name() : order, row.territory());
}

absl::Status RecordTask(RegulationTransaction& transaction, const v1::CareTask& task,
                        const Fact& fact) {
  sas::events::v1::Event event;
  sas::events::v1::TaskChange& change = *event.mutable_task();
  change.set_regulation_case(task.regulation_case());
  change.set_kind(WithoutPrefix(v1::CareTask::Kind_Name(task.kind()), "KIND_"));
  change.set_state(WithoutPrefix(v1::CareTask::State_Name(task.state()), "STATE_"));
  change.set_role(task.role());
  change.set_organization(task.organization());
  *change.mutable_due_time() = task.due_time();
  change.set_etag(task.etag());
  return Record(transaction, std::move(event), fact, task.name(), task.territory());
}

absl::Status RecordLostCall(RegulationTransaction& transaction, const v1::LostCall& lost_call,
                            const Fact& fact) {
  SAS_RETURN_IF_ERROR(MarkLostCall(transaction, lost_call, fact));
  return Record(transaction, {}, fact, lost_call.name(), lost_call.territory());
}

std::string ActOf(const base::Call& call) {
  return call.method.substr(call.method.rfind('/') + 1);
}

}  // namespace sas::regulation
