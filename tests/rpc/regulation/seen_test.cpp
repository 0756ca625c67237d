#include <functional>
#include <map>
#include <set>

#include "common/base/bound_etag.h"
#include "services/regulation/store_rows.h"
#include "tests/rpc/regulation/regulation_fixture.h"

// Each act carries the name of what it changes and the version on the screen (hazard H-31).
namespace sas::regulation {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using testing::IsOk;
using ::testing::Pair;
using testing::ReasonIs;
using testing::StatusIs;

constexpr const char* kServices[] = {
    "RegulationService", "EntryService",      "ExchangeService",      "TaskService",
    "ProtocolService",   "NeighbourService",  "RosterService",        "CoordinatorService",
    "KpiService",        "BoardWatchService", "CaseReferenceService", "CommunityService",
    "PickupService"};

// Acts that carry no version, each for its reason.
const std::map<std::string, std::string> kWithout{
    {"CreateRegulationCase", "nothing is on the screen yet"},
    {"SubmitEntry", "nothing is on the screen yet"},
    {"ClaimNextRegulationCase", "the server chooses, and answers what it chose"},
    {"RecordLostCall", "nothing is on the screen yet"},
    {"RecordHangUp", "a fact of the telephone, which has no screen"},
    {"AnnounceCall", "a fact of the telephone, which has no screen"},
    {"EndWaitingCall", "a fact of the telephone, which has no screen"},
    {"PickUpNextCall", "the server chooses, and answers what it chose"},
    {"PickUpCall", "who is first has it, and what he has is told him"},
    {"EscalateTask", "asking for a regulator always wins, as a raise does"},
    {"EscalateChecklist", "asking for a regulator always wins, as a raise does"},
    {"MarkExchangeRead", "one's own receipt"},
    {"AttachExpertiseResult", "by the platform's reference, which one dossier has"},
    {"SimulateProtocol", "about no patient"},
    {"AcknowledgeProtocol", "about no patient"},
    {"PlanShift", "about no patient"},
    {"SignIn", "about no patient"},
    {"SignOut", "about no patient"},
    {"DeclareSurge", "about no patient"},
    {"EndSurge", "about no patient"},
    {"PutConvention", "its version stands in the convention"},
    {"PutCoordinator", "its version stands in the coordinator"},
};

// Acts with a version that are about no patient; each is tested beside what it changes.
const std::set<std::string> kAboutNobody{"SignProtocol", "ReplaceShift", "CancelShift",
                                         "EndConvention", "RemoveCoordinator"};

// Acts that have a fixture of their own (communities_test).
const std::set<std::string> kElsewhere{"AskCommunity", "WithdrawDemand", "AnswerDemand"};

// Names of the methods that change something, with whether their request has a version.
std::map<std::string, bool> Changing() {
  std::map<std::string, bool> changing;
  for (const char* name : kServices) {
    const auto* service = google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(
        std::string("sas.regulation.v1.") + name);
    if (service == nullptr) continue;  // Not linked here; its methods only read.
    for (int i = 0; i < service->method_count(); ++i) {
      const auto* request = service->method(i)->input_type();
      if (request->FindFieldByName("request_id") == nullptr) continue;
      changing[service->method(i)->name()] = request->FindFieldByName("etag") != nullptr;
    }
  }
  return changing;
}

class Seen : public RegulationTest {
 protected:
  // Asks with a version of another entry, and with an old one of the right entry.
  template <typename AnyStub, typename Response, typename Request>
  void Row(const std::unique_ptr<AnyStub>& stub, const base::Actor& actor,
           grpc::Status (AnyStub::*method)(grpc::ClientContext*, const Request&, Response*),
           Request request, const std::string& other, const std::string& old, bool passes = false) {
    const std::string name = Request::descriptor()->name();
    const std::string act = name.substr(0, name.size() - std::string("Request").size());
    tried_.insert(act);
    request.set_etag(other);
    EXPECT_THAT(AskOn(stub, actor, method, request),
                StatusIs(absl::StatusCode::kFailedPrecondition, "ETAG_OF_ANOTHER"))
        << act;
    request.set_etag(old);
    const auto stale = AskOn(stub, actor, method, request);
    if (passes) {
      EXPECT_NE(base::ReasonOf(stale.status()), "ETAG_MISMATCH") << act;
    } else {
      EXPECT_THAT(stale, StatusIs(absl::StatusCode::kAborted, "ETAG_MISMATCH")) << act;
    }
  }

  template <typename Request>
  static Request On(const std::string& name) {
    Request request;
    if constexpr (requires { request.set_name(name); }) {
      request.set_name(name);
    } else {
      request.set_parent(name);
    }
    return request;
  }

  void TryCases(const std::string& name, const std::string& other, const std::string& old);
  void TryOrders(const v1::CareOrder& order, const std::string& other, const std::string& old);
  void TryLostCalls(const std::string& other);
  void TryNeighbours(const std::string& name, const std::string& other, const std::string& old);
  void TryBeside(const std::string& name, const std::string& other, const std::string& old);
  void TryTasks(const std::string& name, const std::string& other, const std::string& old);

  std::set<std::string> tried_;
};

void Seen::TryCases(const std::string& name, const std::string& other, const std::string& old) {
  v1::UpdateRegulationCaseRequest update;
  update.mutable_regulation_case()->set_name(name);
  update.mutable_regulation_case()->set_motif_code("M03.05");
  update.mutable_update_mask()->add_paths("motif_code");
  Row(stub_, arm_, &Stub::UpdateRegulationCase, update, other, old);
  auto raise = On<v1::PrioritizeRegulationCaseRequest>(name);
  raise.set_priority(v1::PRIORITY_P1);
  Row(stub_, arm_, &Stub::PrioritizeRegulationCase, raise, other, old, true);
  Row(stub_, mrl_, &Stub::ClaimRegulationCase, On<v1::ClaimRegulationCaseRequest>(name), other,
      old);
  Row(stub_, mrl_, &Stub::ReleaseRegulationCase, On<v1::ReleaseRegulationCaseRequest>(name), other,
      old);
  auto transfer = On<v1::TransferRegulationCaseRequest>(name);
  transfer.set_filiere(sas::type::v1::FILIERE_AMU);
  transfer.set_reason("douleur thoracique");
  Row(stub_, mrl_, &Stub::TransferRegulationCase, transfer, other, old);
  auto note = On<v1::AddCaseNoteRequest>(name);
  note.mutable_note()->set_text("rappelé");
  Row(stub_, mrl_, &Stub::AddCaseNote, note, other, old);
  auto attach = On<v1::AttachCallRequest>(name);
  attach.mutable_call()->set_entry_point(sas::type::v1::ENTRY_POINT_LINE_15);
  Row(stub_, arm_, &Stub::AttachCall, attach, other, old);
  auto called = On<v1::RecordCallbackAttemptRequest>(name);
  called.set_result(v1::CallReturn::RESULT_NO_ANSWER);
  Row(stub_, arm_, &Stub::RecordCallbackAttempt, called, other, old);
  auto detach = On<v1::DetachCallRequest>(name);
  detach.set_call_id("x");
  detach.set_reason("autre patient");
  Row(stub_, arm_, &Stub::DetachCall, detach, other, old);
  auto launch = On<v1::LaunchReflexDepartureRequest>(name);
  launch.add_resource_codes("SMUR.ADULT");
  Row(stub_, arm_, &Stub::LaunchReflexDeparture, launch, other, old, true);
  auto status = On<v1::RecordMissionStatusRequest>(name);
  status.set_mission_id("1");
  status.set_status_code("ARRIVEE");
  Row(stub_, arm_, &Stub::RecordMissionStatus, status, other, old, true);
  auto link = On<v1::LinkRegulationCasesRequest>(name);
  link.set_other(name.substr(0, name.rfind('/')) + "/another");
  Row(stub_, arm_, &Stub::LinkRegulationCases, link, other, old);
  auto unlink = On<v1::UnlinkRegulationCaseRequest>(name);
  unlink.set_reason("autre lieu");
  Row(stub_, arm_, &Stub::UnlinkRegulationCase, unlink, other, old);
  Row(stub_, arm_, &Stub::ActivateRegulationCase, On<v1::ActivateRegulationCaseRequest>(name),
      other, old);
  Row(stub_, mru_, &Stub::AcknowledgeReflexDeparture,
      On<v1::AcknowledgeReflexDepartureRequest>(name), other, old);
  auto cancel = On<v1::CancelReflexDepartureRequest>(name);
  cancel.set_caller_informed(true);
  cancel.set_responder_informed(true);
  cancel.set_reason("levée de doute");
  Row(stub_, mru_, &Stub::CancelReflexDeparture, cancel, other, old);
  auto bilan = On<v1::RecordBilanRequest>(name);
  bilan.mutable_bilan()->set_redactor_role_code("MEDECIN");
  bilan.mutable_bilan()->set_text("conscient");
  Row(stub_, arm_, &Stub::RecordBilan, bilan, other, old);
  auto decide = On<v1::CreateDecisionRequest>(name);
  decide.mutable_decision()->set_care_level(v1::CARE_LEVEL_R4);
  decide.mutable_decision()->set_decision_code("CONSEIL");
  decide.mutable_decision()->set_instructions("Repos et surveillance.");
  decide.mutable_decision()->set_claim_version(1);
  Row(stub_, mrl_, &Stub::CreateDecision, decide, other, old);
  Row(stub_, mrl_, &Stub::CompleteRegulationCase, On<v1::CompleteRegulationCaseRequest>(name),
      other, old);
  Row(stub_, mrl_, &Stub::CloseRegulationCase, On<v1::CloseRegulationCaseRequest>(name), other,
      old);
}

void Seen::TryOrders(const v1::CareOrder& order, const std::string& other, const std::string& old) {
  const std::string& name = order.name();
  Row(stub_, osnp_, &Stub::ClaimCareOrder, On<v1::ClaimCareOrderRequest>(name), other, old);
  auto doctor = On<v1::RecordTreatingDoctorContactRequest>(name);
  doctor.mutable_contact()->set_outcome(v1::TreatingDoctorContact::OUTCOME_UNAVAILABLE);
  Row(stub_, osnp_, &Stub::RecordTreatingDoctorContact, doctor, other, old);
  auto refused = On<v1::RecordRefusedProposalRequest>(name);
  refused.mutable_proposal()->set_slot("regions/fr-pdl/sites/s/slots/x");
  refused.mutable_proposal()->set_reason_code("HOUR");
  Row(stub_, osnp_, &Stub::RecordRefusedProposal, refused, other, old);
  auto attempt = On<v1::RecordContactAttemptRequest>(name);
  attempt.mutable_attempt()->set_result(v1::ContactAttempt::RESULT_NO_ANSWER);
  Row(stub_, osnp_, &Stub::RecordContactAttempt, attempt, other, old);
  Row(stub_, osnp_, &Stub::ConfirmPatientInformed, On<v1::ConfirmPatientInformedRequest>(name),
      other, old);
  auto returned = On<v1::ReturnCareOrderRequest>(name);
  returned.set_outcome(v1::CareOrder::STATE_NO_SLOT);
  returned.set_reason("aucun créneau");
  Row(stub_, osnp_, &Stub::ReturnCareOrder, returned, other, old);
  auto agree = On<v1::AgreeLateAppointmentRequest>(name);
  *agree.mutable_latest_start_time() =
      ToTimestamp(ToInstant(order.due_time()) + std::chrono::hours(6));
  agree.set_reason("surveillance par l'IDEL");
  Row(stub_, mrl_, &Stub::AgreeLateAppointment, agree, other, old);
}

void Seen::TryLostCalls(const std::string& other) {
  auto hang_up = On<v1::RecordHangUpRequest>(Open().name());
  const auto lost = Ask(arm_, &Stub::RecordHangUp, hang_up);
  ASSERT_THAT(lost, IsOk());
  ASSERT_THAT(Ask(arm_, &Stub::RecordHangUp, hang_up), IsOk());
  Row(stub_, arm_, &Stub::ClaimLostCall, On<v1::ClaimLostCallRequest>(lost->name()), other,
      lost->etag());
  auto call = On<v1::RecordCallReturnRequest>(lost->name());
  call.set_result(v1::CallReturn::RESULT_NO_ANSWER);
  Row(stub_, arm_, &Stub::RecordCallReturn, call, other, lost->etag());
  Row(stub_, arm_, &Stub::ResolveLostCall, On<v1::ResolveLostCallRequest>(lost->name()), other,
      lost->etag());
}

void Seen::TryNeighbours(const std::string& name, const std::string& other,
                         const std::string& old) {
  using Neighbours = v1::NeighbourService::Stub;
  auto offer = On<v1::OfferCaseRequest>(name);
  offer.set_to_territory("44");
  offer.set_reason("afflux");
  offer.set_unstaffed_confirmed(true);
  ASSERT_THAT(AskOn(neighbours_, mrl_, &Neighbours::OfferCase, offer), IsOk());
  Row(neighbours_, mrl_, &Neighbours::OfferCase, offer, other, old);
  Row(neighbours_, mrl_, &Neighbours::AcceptCase, On<v1::AcceptCaseRequest>(name), other, old);
  Row(neighbours_, mrl_, &Neighbours::DeclineCase, On<v1::DeclineCaseRequest>(name), other, old);
  Row(neighbours_, mrl_, &Neighbours::WithdrawOffer, On<v1::WithdrawOfferRequest>(name), other,
      old);
}

// Entries, triage and exchanges: what is written beside a dossier overwrites nothing.
void Seen::TryBeside(const std::string& name, const std::string& other, const std::string& old) {
  using Exchanges = v1::ExchangeService::Stub;
  auto reorient = On<v1::ReorientRequest>(name);
  reorient.mutable_reorientation()->set_destination(v1::Reorientation::DESTINATION_SAMU);
  reorient.mutable_reorientation()->set_reason("aggravation");
  reorient.mutable_reorientation()->set_patient_informed(true);
  Row(entry_stub_, arm_, &v1::EntryService::Stub::Reorient, reorient, other, old);
  auto triage = On<v1::RecordTriageRequest>(name);
  triage.mutable_triage()->set_protocol("regions/fr-pdl/scopes/85/protocols/nourrisson");
  Row(protocol_stub_, arm_, &v1::ProtocolService::Stub::RecordTriage, triage, other, old);
  auto secure = On<v1::CreateCaseExchangeRequest>(name);
  secure.mutable_exchange()->set_kind(v1::CaseExchange::KIND_MSSANTE);
  secure.mutable_exchange()->set_party(v1::CaseExchange::PARTY_TREATING_DOCTOR);
  secure.mutable_exchange()->set_state(v1::CaseExchange::STATE_SENT);
  secure.mutable_exchange()->set_mssante_reference("<m-1@mssante.example>");
  const auto sent = AskOn(exchange_stub_, mrl_, &Exchanges::CreateCaseExchange, secure);
  ASSERT_THAT(sent, IsOk());
  Row(exchange_stub_, mrl_, &Exchanges::CreateCaseExchange, secure, other, old, true);
  auto state = On<v1::RecordMssanteStateRequest>(sent->name());
  state.set_state(v1::CaseExchange::STATE_FAILED);
  ASSERT_THAT(AskOn(exchange_stub_, mrl_, &Exchanges::RecordMssanteState, state), IsOk());
  Row(exchange_stub_, mrl_, &Exchanges::RecordMssanteState, state, other, sent->etag());
  auto start = On<v1::StartCallRequest>(name);
  start.set_party(v1::CaseExchange::PARTY_CALLER);
  Row(exchange_stub_, mrl_, &Exchanges::StartCall, start, other, old, true);
  auto expertise = On<v1::RequestExpertiseRequest>(name);
  expertise.set_specialty("SM15");
  expertise.set_text("avis dermatologique");
  Row(exchange_stub_, mrl_, &Exchanges::RequestExpertise, expertise, other, old, true);
}

void Seen::TryTasks(const std::string& name, const std::string& other, const std::string& old) {
  using Tasks = v1::TaskService::Stub;
  v1::CreateTaskRequest create;
  create.set_parent("regions/fr-pdl");
  v1::CareTask& asked = *create.mutable_task();
  asked.set_kind(v1::CareTask::KIND_CALL_BACK);
  asked.set_territory("85");
  asked.set_instruction("Rappeler le patient dans l’heure");
  asked.set_role(sas::type::v1::ROLE_REGULATOR_MG);
  asked.set_regulation_case(name);
  *asked.mutable_due_time() = ToTimestamp(clock_.Now() + std::chrono::hours(1));
  const auto task = AskTasks(mrl_, &Tasks::CreateTask, create);
  ASSERT_THAT(task, IsOk());
  Row(task_stub_, mrl_, &Tasks::CreateTask, create, other, old, true);
  ASSERT_THAT(AskTasks(mrl_, &Tasks::TakeTask, On<v1::TakeTaskRequest>(task->name())), IsOk());
  Row(task_stub_, mrl_, &Tasks::TakeTask, On<v1::TakeTaskRequest>(task->name()), other,
      task->etag());
  auto delegate = On<v1::DelegateTaskRequest>(task->name());
  delegate.set_role(sas::type::v1::ROLE_REGULATOR_AMU);
  delegate.set_reason("fin de poste");
  Row(task_stub_, mrl_, &Tasks::DelegateTask, delegate, other, task->etag());
  auto close = On<v1::CloseTaskRequest>(task->name());
  close.set_result("rappelé");
  Row(task_stub_, mrl_, &Tasks::CloseTask, close, other, task->etag());
  auto cancel = On<v1::CancelTaskRequest>(task->name());
  cancel.set_reason("sans objet");
  Row(task_stub_, mrl_, &Tasks::CancelTask, cancel, other, task->etag());
}

TEST_F(Seen, H31_EveryActCarriesAVersionOrItsReasonWhyNot) {
  const std::map<std::string, bool> changing = Changing();
  EXPECT_GT(changing.size(), 60U);
  for (const auto& [act, has_version] : changing) {
    EXPECT_EQ(has_version, kWithout.count(act) == 0) << act;
  }
  for (const auto& [act, reason] : kWithout) {
    EXPECT_EQ(changing.count(act), 1U) << act << ": " << reason;
  }
}

TEST_F(Seen, H31_EveryActIsRefusedOnAnotherDossierAndOnAnOldVersion) {
  const std::string other = Open().etag();  // Of the same version: two sheets, one number.
  const v1::CareOrder order = Ordered();
  const std::string name = CaseOf(order.name());
  const std::string old = base::BoundEtag(name, 1);
  TryOrders(*ClaimOrder(osnp_, order.name()), other, order.etag());
  auto again = On<v1::CreateCareOrderRequest>(name);
  v1::CareOrder asked;
  asked.set_decision(order.decision());
  *asked.mutable_delay() = order.delay();
  *asked.mutable_modes() = order.modes();
  asked.set_clinical_line(order.clinical_line());
  *again.mutable_care_order() = asked;
  Row(stub_, mrl_, &Stub::CreateCareOrder, again, other, old);
  TryCases(name, other, old);
  TryLostCalls(other);
  TryTasks(name, other, old);
  TryBeside(name, other, old);
  TryNeighbours(name, other, old);
  for (const auto& [act, has_version] : Changing()) {
    if (!has_version || kAboutNobody.count(act) + kElsewhere.count(act) > 0) continue;
    EXPECT_EQ(tried_.count(act), 1U) << act << " has a version that nothing here tries";
  }
}

TEST_F(Seen, H31_ARaisePassesAStaleScreenAndSaysWhatChanged) {
  const v1::RegulationCase shown = Prioritized(v1::PRIORITY_P2);
  auto note = On<v1::AddCaseNoteRequest>(shown.name());
  note.mutable_note()->set_text("ne répond plus aux questions");
  ASSERT_THAT(Ask(mrl_, &Stub::AddCaseNote, note), IsOk());
  auto raise = On<v1::PrioritizeRegulationCaseRequest>(shown.name());
  raise.set_priority(v1::PRIORITY_P0);
  raise.set_etag(shown.etag());
  const auto raised = Ask(arm_, &Stub::PrioritizeRegulationCase, raise);
  ASSERT_THAT(raised, IsOk());
  EXPECT_EQ(raised->priority(), v1::PRIORITY_P0);
  std::vector<std::string> changed;
  for (const v1::CaseChange& change : raised->recent_changes()) {
    if (change.version() > VersionOf(shown.etag())) changed.push_back(change.act());
  }
  EXPECT_THAT(changed, ::testing::ElementsAre("AddCaseNote", "PrioritizeRegulationCase"));
  // The list is bounded, and tells no text.
  for (int i = 0; i < 12; ++i) ASSERT_THAT(Ask(mrl_, &Stub::AddCaseNote, note), IsOk());
  const v1::RegulationCase row = Get(shown.name());
  EXPECT_EQ(row.recent_changes_size(), 10);
  EXPECT_EQ(row.recent_changes(9).version(), VersionOf(row.etag()));
  for (const v1::CaseChange& change : row.recent_changes()) {
    EXPECT_EQ(change.detail().find("répond"), std::string::npos);
  }
}

TEST_F(Seen, H31_ARefusalTellsRegulatorsWhatChangedAndTheOsnpOnlyThatItDid) {
  const v1::RegulationCase shown = Prioritized(v1::PRIORITY_P2);
  ASSERT_THAT(Bilan(shown.name()), IsOk());
  auto note = On<v1::AddCaseNoteRequest>(shown.name());
  note.mutable_note()->set_text("rappelé");
  note.set_etag(shown.etag());
  const auto refused = Ask(mrl_, &Stub::AddCaseNote, note);
  ASSERT_THAT(refused, ReasonIs("ETAG_MISMATCH"));
  EXPECT_THAT(base::DetailOf(refused.status()).metadata,
              Contains(Pair("changes", HasSubstr("RecordBilan"))));
  const auto osnp = Ask(osnp_, &Stub::AddCaseNote, note);
  ASSERT_THAT(osnp, ReasonIs("ETAG_MISMATCH"));
  EXPECT_THAT(base::DetailOf(osnp.status()).metadata,
              ::testing::Not(Contains(Pair("changes", ::testing::_))));
  v1::GetRegulationCaseRequest get;
  get.set_name(shown.name());
  EXPECT_EQ(Ask(osnp_, &Stub::GetRegulationCase, get)->recent_changes_size(), 0);
}

TEST_F(Seen, H31_ARoomMayAskForTheVersionOfEachAct) {
  const v1::RegulationCase shown = Prioritized(v1::PRIORITY_P2);
  desk_->etags_required = true;
  auto claim = On<v1::ClaimRegulationCaseRequest>(shown.name());
  EXPECT_THAT(Ask(mrl_, &Stub::ClaimRegulationCase, claim),
              StatusIs(absl::StatusCode::kInvalidArgument, "ETAG_REQUIRED"));
  auto raise = On<v1::PrioritizeRegulationCaseRequest>(shown.name());
  raise.set_priority(v1::PRIORITY_P1);
  const auto raised = Ask(arm_, &Stub::PrioritizeRegulationCase, raise);  // A raise always wins.
  ASSERT_THAT(raised, IsOk());
  claim.set_etag(raised->etag());
  EXPECT_THAT(Ask(mrl_, &Stub::ClaimRegulationCase, claim), IsOk());
}

// two_sheets_same_number
TEST_F(Seen, H31_TwoSheetsOfOneNumberAreNeverTakenForOneAnother) {
  const v1::RegulationCase mother = Open();
  const v1::RegulationCase child = Open();
  EXPECT_EQ(VersionOf(mother.etag()), VersionOf(child.etag()));
  EXPECT_NE(mother.etag(), child.etag());
  EXPECT_NE(mother.name(), child.name());  // The number joins nothing.
  auto close = On<v1::CloseRegulationCaseRequest>(child.name());
  close.set_attribution("D.D-MALV.ERR");
  close.set_etag(mother.etag());
  EXPECT_THAT(Ask(arm_, &Stub::CloseRegulationCase, close), ReasonIs("ETAG_OF_ANOTHER"));
  EXPECT_EQ(Get(child.name()).state(), v1::RegulationCase::STATE_ACTIVE);
}

}  // namespace
}  // namespace sas::regulation
