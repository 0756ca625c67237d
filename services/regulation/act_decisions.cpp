#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "common/care/nomenclature.h"
#include "services/regulation/acts.h"
#include "services/regulation/convert.h"
#include "services/regulation/missions.h"
#include "services/regulation/on_case.h"
#include "services/regulation/paging.h"
#include "services/regulation/replaced_decisions.h"
#include "services/regulation/returned_calls.h"
#include "services/regulation/triage_gate.h"

namespace sas::regulation::acts {
namespace {

// What stood is taken back: nobody searches or reports for it any more.
absl::Status TakeBack(CaseWork& work, const std::string& replaced) {
  SAS_RETURN_IF_ERROR(work.SupersedeOrdersOf(replaced, kDecisionReplaced));
  CallBackTeams(work, replaced);
  return absl::OkStatus();
}

// What a decision changes on the dossier.
absl::Status Apply(CaseWork& work, const v1::Decision& decision) {
  v1::RegulationCase& row = work.row();
  const DecisionValue value = ToValue(decision);
  if (!decision.replaces().empty()) SAS_RETURN_IF_ERROR(TakeBack(work, decision.replaces()));
  row.set_care_level(decision.care_level());
  row.set_attribution(
      std::string(AttributionAfter(work.call().actor.role, ToValue(row.filiere()))));
  if (IsMission(value)) {
    SAS_RETURN_IF_ERROR(
        SendTeam(work, decision.resource_code(), decision.name(), decision.patient()));
    *row.mutable_mission_time() = ToTimestamp(work.now());
  }
  work.EndPromise();  // It is kept.
  if (IsUpgrade(value.level)) {
    SAS_RETURN_IF_ERROR(work.SupersedeOrders(decision.patient(), kUpgrade));
  }
  SAS_RETURN_IF_ERROR(work.CloseReturnedOrders(decision.patient()));
  SAS_ASSIGN_OR_RETURN(const CaseFacts facts, work.Facts());
  if (!OwesDecision(facts)) work.EndWait();
  return absl::OkStatus();
}

// Advice may end with a call to hear how the patient is: the dossier waits for it, put off as a P3.
absl::Status CheckReassessment(const CaseWork& work, const v1::RegulationCase& row,
                               const v1::Decision& decision) {
  if (!decision.has_callback()) return absl::OkStatus();
  if (decision.decision_code() != "CONSEIL" && decision.decision_code() != "PMT") {
    return base::InvalidField("decision.callback", "CALLBACK_NOT_FOR_THIS",
                              "a call to hear how the patient is follows CONSEIL or PMT");
  }
  return CheckPromise(WindowAsked(decision.callback()), !CallBackNumber(row.origin()).empty(),
                      work.now(), kReassessmentMax);
}

absl::Status PromiseReassessment(const Desk& desk, CaseWork& work, const v1::Decision& decision) {
  if (!decision.has_callback()) return absl::OkStatus();
  SAS_ASSIGN_OR_RETURN(const CaseFacts facts, work.Facts());
  if (OwesDecision(facts)) {
    return base::Fail(absl::StatusCode::kFailedPrecondition, "DECISION_OWED",
                      "somebody else on this dossier needs a decision, and the promise would put "
                      "him off, too: decide about all, then promise the call");
  }
  v1::RegulationCase& row = work.row();
  *row.mutable_callback() =
      Promised(desk.returns, v1::CallbackPromise::KIND_REASSESSMENT, decision.callback());
  if (row.filiere() == sas::type::v1::FILIERE_UNSPECIFIED) {
    row.set_filiere(static_cast<sas::type::v1::Filiere>(OwnFiliere(work.call().actor.role)));
  }
  return work.SetPriority(v1::PRIORITY_P3);
}

absl::StatusOr<v1::Decision> Decide(Desk& desk, CaseWork& work,
                                    const v1::CreateDecisionRequest& request) {
  v1::Decision decision = request.decision();
  SAS_RETURN_IF_ERROR(CheckFence(ToValue(work.row().claim()), work.call().actor.subject,
                                 decision.claim_version(), work.now()));
  SAS_RETURN_IF_ERROR(work.Advance(CaseAct::kDecide));
  SAS_RETURN_IF_ERROR(CheckDecision(ToValue(decision), work.call().actor.role));
  SAS_ASSIGN_OR_RETURN(*decision.mutable_patient(),
                       work.PatientOf(decision.patient(), "decision.patient"));
  SAS_ASSIGN_OR_RETURN(const auto* decisions, work.Decisions());
  if (decisions->size() >= kDecisionsMax) return LimitReached("decisions", kDecisionsMax);
  SAS_RETURN_IF_ERROR(CheckReplaces(*decisions, decision));
  SAS_RETURN_IF_ERROR(CheckReassessment(work, work.row(), decision));
  decision.clear_replaced_by();
  decision.set_name(request.parent() + "/decisions/" + base::MakeId(desk.clock, desk.random));
  *decision.mutable_decided_by() = ToProto(work.call().actor);
  *decision.mutable_create_time() = ToTimestamp(work.now());
  SAS_RETURN_IF_ERROR(work.transaction().AddDecision(decision));
  work.Reload();
  SAS_RETURN_IF_ERROR(Apply(work, decision));
  SAS_RETURN_IF_ERROR(PromiseReassessment(desk, work, decision));
  SAS_RETURN_IF_ERROR(
      work.Save("case.decided", "level=R" + std::to_string(decision.care_level()) +
                                    " code=" + decision.decision_code() +
                                    (decision.replaces().empty() ? "" : " replaces=1")));
  return decision;
}

// A dossier without medical act: wrong number, hoax, information.
absl::Status CloseDirectly(CaseWork& work, const v1::CloseRegulationCaseRequest& request) {
  v1::RegulationCase& row = work.row();
  SAS_ASSIGN_OR_RETURN(const auto* decisions, work.Decisions());
  SAS_ASSIGN_OR_RETURN(const auto* orders, work.Orders());
  DirectCloseFacts facts;
  facts.priority = ToValue(row.priority());
  facts.vital_motif = care::IsVitalMotif(row.motif_code());
  facts.medical_act = !decisions->empty() || !orders->empty() ||
                      row.reflex_departure().state() >= v1::ReflexDeparture::STATE_LAUNCHED;
  facts.call_return_open = !row.lost_call().empty();
  facts.attribution = request.attribution().empty() ? row.attribution() : request.attribution();
  SAS_RETURN_IF_ERROR(CheckDirectClose(facts));
  const bool regulators = row.regulator_awaited() || DemandsRegulator(row);
  if (regulators && !IsRegulator(work.call().actor.role)) return RegulatorRequired();
  row.set_attribution(facts.attribution);
  return work.Advance(CaseAct::kCloseDirect);
}

absl::Status CloseAfterRegulation(CaseWork& work, const v1::CloseRegulationCaseRequest& request) {
  v1::RegulationCase& row = work.row();
  const base::Role role = work.call().actor.role;
  if (!IsRegulator(role) && role != base::Role::kSupervisor) return RegulatorRequired();
  SAS_ASSIGN_OR_RETURN(const CaseFacts facts, work.Facts());
  SAS_RETURN_IF_ERROR(CheckValidate(facts));
  if (!request.attribution().empty()) row.set_attribution(request.attribution());
  return work.Advance(CaseAct::kValidate);
}

// Raised, called again, handed on or promised a call since it was decided: whether that needs
// nothing more is a regulator's to say (hazard H-13).
absl::Status CheckNobodyWaits(CaseWork& work) {
  const bool ends = !work.row().has_wait_start_time() || IsRegulator(work.call().actor.role);
  return ends ? absl::OkStatus() : RegulatorRequired();
}

// A dossier whose promised calls reached nobody ends by a regulator (hazard H-13).
absl::Status EndWithoutPromise(CaseWork& work) {
  work.EndPromise();
  return work.row().callback().decision_due() ? RegulatorRequired() : absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::Decision> CreateDecision(Desk& desk, const base::Call& call,
                                            const v1::CreateDecisionRequest& request) {
  SAS_RETURN_IF_ERROR(CheckName(call, kCaseName, request.parent(), "parent"));
  SAS_RETURN_IF_ERROR(CheckDecisionShape(request.decision()));
  bool decided = false;
  auto answer = ledger::WriteOnce<v1::Decision>(
      desk.store, call, request,
      [&](RegulationTransaction& transaction) -> absl::StatusOr<v1::Decision> {
        SAS_ASSIGN_OR_RETURN(CaseWork work,
                             CaseWork::Open(transaction, call, desk.clock.Now(), request.parent()));
        SAS_RETURN_IF_ERROR(CheckSeen(desk, call.actor, request.etag(), work.row()));
        decided = true;
        return Decide(desk, work, request);
      });
  if (answer.ok() && decided) desk.metrics.Decided(ToValue(answer->care_level()));
  return answer;
}

absl::StatusOr<v1::ListDecisionsResponse> ListDecisions(Desk& desk, const base::Call& call,
                                                        const v1::ListDecisionsRequest& request) {
  SAS_RETURN_IF_ERROR(CheckName(call, kCaseName, request.parent(), "parent"));
  SAS_ASSIGN_OR_RETURN(const PageRequest page, PageOf(call, request));
  const std::string after = page.position ? page.position->key.name : "";
  v1::ListDecisionsResponse response;
  SAS_RETURN_IF_ERROR(
      desk.store.Read(call, [&](RegulationTransaction& transaction) -> absl::Status {
        response.Clear();
        SAS_ASSIGN_OR_RETURN(
            CaseWork work,
            CaseWork::OpenToRead(transaction, call, desk.clock.Now(), request.parent()));
        SAS_ASSIGN_OR_RETURN(auto decisions,
                             transaction.ListDecisions(request.parent(), after, page.size + 1));
        const bool more = decisions.size() > static_cast<std::size_t>(page.size);
        if (more) decisions.pop_back();
        SAS_ASSIGN_OR_RETURN(const auto* all, work.Decisions());
        for (v1::Decision& decision : decisions) {
          decision.set_replaced_by(ReplacedBy(*all, decision.name()));
          *response.add_decisions() = std::move(decision);
        }
        if (more) {
          ListPosition next;
          next.key.name = response.decisions(page.size - 1).name();
          response.set_next_page_token(WritePage(page, next));
        }
        return absl::OkStatus();
      }));
  return response;
}

absl::StatusOr<v1::RegulationCase> CompleteRegulationCase(
    Desk& desk, const base::Call& call, const v1::CompleteRegulationCaseRequest& request) {
  return OnCase(desk, call, request, request.name(), [&](CaseWork& work) -> absl::Status {
    SAS_RETURN_IF_ERROR(CheckEtag(request.etag(), work.row()));
    SAS_ASSIGN_OR_RETURN(const CaseFacts facts, work.Facts());
    SAS_RETURN_IF_ERROR(work.Advance(CaseAct::kComplete));
    SAS_RETURN_IF_ERROR(CheckComplete(facts));
    SAS_RETURN_IF_ERROR(CheckNobodyWaits(work));
    SAS_RETURN_IF_ERROR(EndWithoutPromise(work));
    work.EndWait();
    *work.row().mutable_claim() = ToProto(Free(ToValue(work.row().claim())));
    *work.row().mutable_close_time() = ToTimestamp(work.now());
    return work.Save("case.completed", "state=ACHEVE");
  });
}

absl::StatusOr<v1::RegulationCase> CloseRegulationCase(
    Desk& desk, const base::Call& call, const v1::CloseRegulationCaseRequest& request) {
  if (!request.attribution().empty()) {
    SAS_RETURN_IF_ERROR(
        care::CheckCode(care::Attributions(), "attribution", request.attribution(), "attribution"));
  }
  return OnCase(desk, call, request, request.name(), [&](CaseWork& work) -> absl::Status {
    SAS_RETURN_IF_ERROR(CheckEtag(request.etag(), work.row()));
    const bool direct = work.row().state() == v1::RegulationCase::STATE_ACTIVE;
    SAS_RETURN_IF_ERROR(direct ? CloseDirectly(work, request)
                               : CloseAfterRegulation(work, request));
    SAS_RETURN_IF_ERROR(EndWithoutPromise(work));
    work.EndWait();
    *work.row().mutable_claim() = ToProto(Free(ToValue(work.row().claim())));
    if (direct) *work.row().mutable_close_time() = ToTimestamp(work.now());
    return work.Save("case.closed", std::string(direct ? "" : "state=VALIDE,CLOTURE ") +
                                        "attribution=" + work.row().attribution());
  });
}

}  // namespace sas::regulation::acts
