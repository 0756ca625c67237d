#include "services/regulation/case_work.h"

#include <algorithm>
#include <utility>

#include "common/base/bound_etag.h"
#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "common/care/nomenclature.h"
#include "services/regulation/case_changes.h"
#include "services/regulation/case_right.h"
#include "services/regulation/convert.h"
#include "services/regulation/desk.h"
#include "services/regulation/domain/neighbour.h"
#include "services/regulation/facts.h"
#include "services/regulation/neighbour_ledger.h"
#include "services/regulation/protected_case.h"
#include "services/regulation/seen.h"
#include "services/regulation/view.h"

namespace sas::regulation {
CaseWork CaseWork::ToWrite(RegulationTransaction& transaction, const base::Call& call,
                           base::Instant now, v1::RegulationCase row) {
  CaseWork work(transaction, call, now, std::move(row));
  work.saved_ = work.row_;
  return work;
}

absl::StatusOr<CaseWork> CaseWork::Open(RegulationTransaction& transaction, const base::Call& call,
                                        base::Instant now, const std::string& name) {
  SAS_ASSIGN_OR_RETURN(v1::RegulationCase row, transaction.GetCase(name));
  SAS_ASSIGN_OR_RETURN(std::string convention, CheckCaseRight(transaction, call.actor, row, now));
  CaseWork work = ToWrite(transaction, call, now, std::move(row));
  work.convention_ = std::move(convention);
  return work;
}

absl::StatusOr<CaseWork> CaseWork::OpenToRead(RegulationTransaction& transaction,
                                              const base::Call& call, base::Instant now,
                                              const std::string& name) {
  SAS_ASSIGN_OR_RETURN(v1::RegulationCase row, transaction.GetCase(name));
  const bool offered =
      row.has_handover() && CheckTerritoryRight(call.actor, row.handover().to_territory()).ok();
  if (!offered) {
    SAS_RETURN_IF_ERROR(CheckCaseRight(transaction, call.actor, row, now).status());
  }
  return CaseWork(transaction, call, now, std::move(row));
}

absl::StatusOr<CaseWork> CaseWork::OpenOffered(RegulationTransaction& transaction,
                                               const base::Call& call, base::Instant now,
                                               const std::string& name) {
  SAS_ASSIGN_OR_RETURN(v1::RegulationCase row, transaction.GetCase(name));
  if (!row.has_handover()) {
    return base::Fail(absl::StatusCode::kFailedPrecondition, "NO_OPEN_OFFER",
                      "nobody offers this dossier now: it was taken over, declined or withdrawn; "
                      "list the offers again");
  }
  SAS_RETURN_IF_ERROR(CheckTerritoryRight(call.actor, row.handover().to_territory()));
  return ToWrite(transaction, call, now, std::move(row));
}

CaseWork CaseWork::New(RegulationTransaction& transaction, const base::Call& call,
                       base::Instant now, v1::RegulationCase row) {
  return ToWrite(transaction, call, now, std::move(row));
}

absl::Status CaseWork::Advance(CaseAct act) {
  SAS_ASSIGN_OR_RETURN(const CaseState state, regulation::Advance(ToValue(row_.state()), act));
  row_.set_state(static_cast<v1::RegulationCase::State>(state));
  if (state == CaseState::kActive) row_.clear_close_time();
  return absl::OkStatus();
}

void CaseWork::Wait() {
  if (row_.priority() == v1::PRIORITY_NR) return EndWait();
  if (!row_.has_wait_start_time()) *row_.mutable_wait_start_time() = ToTimestamp(now_);
  SetWaitLimits();
}

void CaseWork::EndWait() {
  row_.clear_wait_start_time();
  row_.clear_wait_target_time();
  row_.clear_wait_alarm_time();
  row_.clear_regulator_awaited();
}

void CaseWork::ComeBack() {
  if (PutsOff(ToValue(row_.priority()))) {
    row_.set_priority(v1::PRIORITY_UNSPECIFIED);
    EndPromise();
  }
  Wait();
  row_.set_regulator_awaited(true);
}

bool CaseWork::AnswersDemandMore() const {
  const Priority priority = ToValue(row_.priority());
  if (priority == Priority::kUnspecified || row_.priority() != saved_.priority()) return false;
  return std::any_of(
      row_.triages().begin(), row_.triages().end(), [&](const v1::TriageRecord& record) {
        const Priority minimum = ToValue(record.result().minimum_priority());
        return minimum != Priority::kUnspecified && RuleOf(priority).band > RuleOf(minimum).band &&
               ToInstant(record.record_time()) >= ToInstant(row_.priority_time());
      });
}

void CaseWork::SetWaitLimits() {
  if (!row_.has_wait_start_time()) return;
  const WaitLimits limits =
      transaction_.delays().LimitsOf(row_.territory(), ToValue(row_.priority()),
                                     ToInstant(row_.wait_start_time()), WaitWindowOf(row_));
  *row_.mutable_wait_target_time() = ToTimestamp(limits.target);
  *row_.mutable_wait_alarm_time() =
      ToTimestamp(AnswersDemandMore() ? std::min(limits.alarm, now_) : limits.alarm);
}

void CaseWork::EndPromise() {
  if (row_.callback().decision_due() && !IsRegulator(call_.actor.role)) return;
  row_.clear_callback();
}

absl::Status CaseWork::SetPriority(v1::Priority priority) {
  const Priority before = ToValue(row_.priority());
  const Priority after = ToValue(priority);
  row_.set_priority(priority);
  if (after == Priority::kNr) {
    EndWait();
  } else if (IsRaise(before, after) || after == Priority::kP3) {
    Wait();  // What is promised at P3 is a regulator's call.
  }
  SetWaitLimits();
  const bool vital = after == Priority::kP0 || after == Priority::kP1;
  if (!vital || (before != Priority::kUnspecified && !IsRaise(before, after))) {
    return absl::OkStatus();
  }
  *row_.mutable_claim() =
      ToProto(Raise(ToValue(row_.claim()), call_.actor.subject, RuleOf(after).claim_lease, now_));
  return SupersedeOrders("", kUpgrade);
}

absl::Status CaseWork::TakeClaim() {
  const PriorityRule& rule = RuleOf(ToValue(row_.priority()));
  SAS_ASSIGN_OR_RETURN(const ClaimValue claim, Take(ToValue(row_.claim()), call_.actor,
                                                    rule.claim_lease, now_, Claimable::kCase));
  *row_.mutable_claim() = ToProto(claim);
  return absl::OkStatus();
}

absl::Status CaseWork::EndOffer(v1::TerritoryHandover::State state) {
  if (!row_.has_handover()) return absl::OkStatus();
  v1::TerritoryHandover& ended = *row_.add_past_handovers();
  ended.Swap(row_.mutable_handover());
  row_.clear_handover();
  ended.set_state(state);
  *ended.mutable_answered_by() = ToProto(call_.actor);
  *ended.mutable_answer_time() = ToTimestamp(now_);
  return transaction_.neighbours().DropOffer(row_.name());
}

// The patience of an offer is that of the priority as it is now; a dossier that has ended is not on
// offer any more.
absl::Status CaseWork::KeepOffer() {
  if (!row_.has_handover()) return absl::OkStatus();
  if (row_.state() != v1::RegulationCase::STATE_ACTIVE) {
    return EndOffer(v1::TerritoryHandover::STATE_WITHDRAWN);
  }
  v1::TerritoryHandover& offer = *row_.mutable_handover();
  const base::Instant alarm =
      ToInstant(offer.offer_time()) + OfferPatience(ToValue(row_.priority()));
  *offer.mutable_alarm_time() = ToTimestamp(alarm);
  return transaction_.neighbours().PutOffer(
      {row_.name(), offer.from_territory(), offer.to_territory(), alarm});
}

void CaseWork::AddNote(const std::string& text, bool shared) {
  if (row_.notes_size() >= kNotesMax + kActNotesMax) return;
  v1::CaseNote& note = *row_.add_notes();
  note.set_text(text);
  note.set_shared(shared);
  *note.mutable_author() = ToProto(call_.actor);
  *note.mutable_create_time() = ToTimestamp(now_);
}

const v1::Patient* CaseWork::FindPatient(const std::string& name) const {
  for (const v1::Patient& patient : row_.patients()) {
    if (patient.name() == name) return &patient;
  }
  return nullptr;
}

absl::StatusOr<std::string> CaseWork::PatientOf(const std::string& asked,
                                                const std::string& field) const {
  if (asked.empty()) {
    if (row_.patients_size() == 1) return row_.patients(0).name();
    return base::InvalidField(field, "PATIENT_REQUIRED",
                              "the dossier has several patients: say which one");
  }
  if (FindPatient(asked) != nullptr) return asked;
  return base::InvalidField(field, "PATIENT_NOT_IN_CASE", "is no patient of this dossier");
}

absl::StatusOr<const std::vector<v1::Decision>*> CaseWork::Decisions() {
  if (!decisions_) {
    SAS_ASSIGN_OR_RETURN(decisions_, transaction_.ListDecisions(row_.name(), "", kDecisionsMax));
  }
  return &*decisions_;
}

absl::StatusOr<const std::vector<v1::CareOrder>*> CaseWork::Orders() {
  if (!orders_) {
    OrderQuery query;
    query.region = std::string(base::RegionOf(row_.name()));
    query.case_name = row_.name();
    query.include_ended = true;
    query.limit = kOrdersMax;
    SAS_ASSIGN_OR_RETURN(orders_, transaction_.ListOrders(query));
  }
  return &*orders_;
}

void CaseWork::Reload() {
  decisions_.reset();
  orders_.reset();
}

absl::Status CaseWork::Save(const std::string& event, const std::string& detail) {
  const PriorityRule& rule = RuleOf(ToValue(row_.priority()));
  *row_.mutable_claim() =
      ToProto(Renew(ToValue(row_.claim()), call_.actor.subject, rule.claim_lease, now_));
  const std::string asked = row_.handover().to_territory();
  SAS_RETURN_IF_ERROR(KeepOffer());
  row_.clear_missing();  // Computed when it is read.
  row_.set_place_conflict_meters(PlaceConflictOf(row_));
  if (row_.priority() != saved_.priority()) *row_.mutable_priority_time() = ToTimestamp(now_);
  *row_.mutable_update_time() = ToTimestamp(now_);
  row_.set_etag(base::BoundEtag(row_.name(), VersionOf(row_.etag()) + 1));
  KeepChange(row_, call_, detail, now_);
  SAS_RETURN_IF_ERROR(transaction_.PutCase(row_));
  const std::string by = convention_.empty() ? "" : " convention=" + convention_;
  const Fact fact{event, ActOf(call_), detail + by};
  SAS_RETURN_IF_ERROR(KeepHistory(fact.detail));
  SAS_RETURN_IF_ERROR(RecordCase(transaction_, row_, fact, now_));
  return asked.empty() ? absl::OkStatus() : TellTerritory(transaction_, row_, fact, now_, asked);
}

absl::Status CaseWork::KeepHistory(const std::string& detail) {
  v1::CaseHistoryEntry entry = HistoryEntryOf(call_, row_, now_);
  entry.set_detail(detail);
  if (entry.version() > 1) {
    const auto changes = ChangesBetween(saved_, row_);
    *entry.mutable_changes() = {changes.begin(), changes.end()};
  }
  saved_ = row_;
  return transaction_.history().AddEntry(row_.name(), entry);
}

absl::StatusOr<bool> CaseWork::SeesContact() {
  if (disclosed_ || !IsProtected(row_)) return true;
  SAS_ASSIGN_OR_RETURN(const auto* orders, Orders());
  return regulation::SeesContact(row_, *orders, call_.actor, now_);
}

absl::StatusOr<v1::RegulationCase> CaseWork::View() {
  SAS_ASSIGN_OR_RETURN(const CaseFacts facts, Facts());
  v1::RegulationCase shown = row_;
  for (const std::string& code : MissingOf(facts)) shown.add_missing(code);
  SAS_ASSIGN_OR_RETURN(const bool sees_contact, SeesContact());
  return Show(std::move(shown), call_.actor, now_, sees_contact);
}

}  // namespace sas::regulation
