#include <prometheus/registry.h>
#include <unistd.h>

#include <cstdio>

#include "common/observe/log.h"
#include "tests/rpc/regulation/regulation_fixture.h"

// Invented people with names that are looked for wherever no identity may be (invariant I9).
namespace sas::regulation {
namespace {

using ::testing::HasSubstr;
using testing::IsOk;
using ::testing::Not;

constexpr char kNumber[] = "+33199000042";

// Takes what the process writes on standard error while it lives.
class CapturedLog {
 public:
  CapturedLog() {
    std::fflush(stderr);
    saved_ = dup(STDERR_FILENO);
    file_ = std::tmpfile();
    dup2(fileno(file_), STDERR_FILENO);
  }

  ~CapturedLog() { Restore(); }

  std::string Take() {
    observe::FlushLog();
    Restore();
    std::string text;
    std::rewind(file_);
    char buffer[4096];
    while (const std::size_t size = std::fread(buffer, 1, sizeof buffer, file_)) {
      text.append(buffer, size);
    }
    return text;
  }

 private:
  void Restore() {
    if (saved_ < 0) return;
    dup2(saved_, STDERR_FILENO);
    close(saved_);
    saved_ = -1;
  }

  int saved_ = -1;
  std::FILE* file_ = nullptr;
};

using CoordinatorStub = v1::CoordinatorService::Stub;

class Canary : public RegulationTest {
 protected:
  v1::CreateRegulationCaseRequest CanaryCase() const {
    v1::CreateRegulationCaseRequest request = NewCase();
    v1::RegulationCase& row = *request.mutable_regulation_case();
    row.mutable_origin()->set_caller_phone_number(kNumber);
    row.mutable_patient_place()->set_address_line("1 rue du Canari");
    row.mutable_patient_place()->set_access_hint("Canari, digicode");
    v1::Patient& patient = *row.mutable_patients(0);
    patient.set_family_name("Canari");
    patient.set_given_names("Canarine");
    patient.set_birth_date("2020-06-01");
    patient.set_phone_number(kNumber);
    patient.set_medical_history("Canari : asthme");
    patient.mutable_treating_doctor()->set_display_name("Dr Canari");
    return request;
  }

  // A call rings with the number, is picked up, and a colleague who comes too late is refused.
  void PlayARingingCall() {
    using PickupStub = v1::PickupService::Stub;
    v1::AnnounceCallRequest announce;
    announce.set_parent("regions/fr-pdl");
    v1::WaitingCall& call = *announce.mutable_waiting_call();
    call.set_territory("85");
    call.set_call_reference("ref-1");
    call.set_origine_code("15");
    call.set_phone_number(kNumber);
    ASSERT_THAT(AskOn(pickup_stub_, arm_, &PickupStub::AnnounceCall, announce), IsOk());
    v1::PickUpNextCallRequest next;
    next.set_parent("regions/fr-pdl");
    const auto picked = AskOn(pickup_stub_, arm_, &PickupStub::PickUpNextCall, next);
    ASSERT_THAT(picked, IsOk());
    ASSERT_EQ(picked->phone_number(), kNumber);
    v1::PickUpCallRequest late;
    late.set_name(picked->name());
    const absl::Status refused = AskOn(pickup_stub_, mrl_, &PickupStub::PickUpCall, late).status();
    ASSERT_THAT(refused, testing::ReasonIs("CALL_PICKED_UP"));
    ExpectClean(std::string(refused.message()), "refusal");
    v1::EndWaitingCallRequest end;
    end.set_name(picked->name());
    ASSERT_THAT(AskOn(pickup_stub_, arm_, &PickupStub::EndWaitingCall, end), IsOk());
  }

  // Everything that a text can be typed into, and every kind of refusal on the way.
  void PlayAWholeCall() {
    PlayARingingCall();
    v1::RecordLostCallRequest lost;
    lost.set_parent("regions/fr-pdl");
    lost.mutable_lost_call()->set_phone_number(kNumber);
    lost.mutable_lost_call()->set_territory("85");
    ASSERT_THAT(Ask(arm_, &Stub::RecordLostCall, lost), IsOk());
    const auto opened = Ask(arm_, &Stub::CreateRegulationCase, CanaryCase());
    ASSERT_THAT(opened, IsOk());
    v1::PrioritizeRegulationCaseRequest prioritize;
    prioritize.set_name(opened->name());
    prioritize.set_priority(v1::PRIORITY_P2);
    prioritize.set_filiere(sas::type::v1::FILIERE_SNP);
    prioritize.set_reason("Canari connu");
    ASSERT_THAT(Ask(arm_, &Stub::PrioritizeRegulationCase, prioritize), IsOk());
    ASSERT_THAT(Claim(mrl_, opened->name()), IsOk());
    v1::AddCaseNoteRequest note;
    note.set_name(opened->name());
    note.mutable_note()->set_text("Canari parle");
    ASSERT_THAT(Ask(mrl_, &Stub::AddCaseNote, note), IsOk());
    ASSERT_THAT(Decide(mrl_, opened->name(), v1::CARE_LEVEL_R3, "ORIENT", "", "CABINET"), IsOk());
    v1::ListDecisionsRequest list;
    list.set_parent(opened->name());
    v1::CreateCareOrderRequest order =
        NewOrder(Ask(mrl_, &Stub::ListDecisions, list)->decisions(0));
    order.mutable_care_order()->set_clinical_line("Canari, otalgie");
    const auto ordered = Ask(mrl_, &Stub::CreateCareOrder, order);
    ASSERT_THAT(ordered, IsOk());
    ASSERT_THAT(ClaimOrder(osnp_, ordered->name()), IsOk());
    v1::RecordTreatingDoctorContactRequest contact;
    contact.set_name(ordered->name());
    contact.mutable_contact()->set_outcome(v1::TreatingDoctorContact::OUTCOME_UNAVAILABLE);
    contact.mutable_contact()->set_remark("Dr Canari absent");
    ASSERT_THAT(Ask(osnp_, &Stub::RecordTreatingDoctorContact, contact), IsOk());
    v1::ReturnCareOrderRequest returned;
    returned.set_name(ordered->name());
    returned.set_outcome(v1::CareOrder::STATE_NO_SLOT);
    returned.set_reason("Canari a refusé");
    ASSERT_THAT(Ask(osnp_, &Stub::ReturnCareOrder, returned), IsOk());
    PlayExchanges(opened->name());
    PlayATask(opened->name());
  }

  // The same of what is exchanged about it.
  void PlayExchanges(const std::string& name) {
    v1::CreateCaseExchangeRequest phone;
    phone.set_parent(name);
    phone.mutable_exchange()->set_kind(v1::CaseExchange::KIND_PHONE);
    phone.mutable_exchange()->set_party(v1::CaseExchange::PARTY_PHARMACIST);
    phone.mutable_exchange()->set_result(v1::ContactAttempt::RESULT_REACHED);
    phone.mutable_exchange()->set_text("Canari parle");
    phone.mutable_exchange()->mutable_audience()->set_role(sas::type::v1::ROLE_OSNP);
    using ExchangeStub = v1::ExchangeService::Stub;
    const auto kept = AskExchanges(mrl_, &ExchangeStub::CreateCaseExchange, phone);
    ASSERT_THAT(kept, IsOk());
    v1::MarkExchangeReadRequest read;
    read.set_name(kept->name());
    ASSERT_THAT(AskExchanges(osnp_, &ExchangeStub::MarkExchangeRead, read), IsOk());
    v1::StartCallRequest call;
    call.set_parent(name);
    call.set_party(v1::CaseExchange::PARTY_PATIENT);
    call.set_reason("Canari attend");
    ASSERT_EQ(AskExchanges(osnp_, &ExchangeStub::StartCall, call)->phone_number(), kNumber);
    v1::RequestExpertiseRequest ask;
    ask.set_parent(name);
    ask.set_specialty("SM15");
    ask.set_text("Canari tousse");
    const auto asked = AskExchanges(mrl_, &ExchangeStub::RequestExpertise, ask);
    ASSERT_THAT(asked, IsOk());
    ExpectClean(asked->expertise().link(), "link");
    v1::AttachExpertiseResultRequest answer;
    answer.set_parent("regions/fr-pdl");
    answer.set_case_ref(asked->expertise().case_ref());
    answer.mutable_result()->set_result_id("r-1");
    answer.mutable_result()->set_text("Canari guéri");
    ASSERT_THAT(AskExchanges(testing::ActorWith(base::Role::kPartner, "omnidoc-1"),
                             &ExchangeStub::AttachExpertiseResult, answer),
                IsOk());
  }

  // A coordinator is written, replaced, read by everybody, and taken out.
  void PlayADirectory() {
    const base::Actor planner = testing::ActorWith(base::Role::kPlanner, "planner-1");
    v1::PutCoordinatorRequest put;
    v1::Coordinator& row = *put.mutable_coordinator();
    row.set_name("regions/fr-pdl/coordinators/cpts-nord");
    row.set_function(v1::Coordinator::FUNCTION_CPTS);
    row.set_territory("85");
    row.set_display_name("Coordination Canari");
    row.set_phone_number(kNumber);
    row.set_email_address("coordination@canari.example");
    const auto written = AskOn(coordinators_, planner, &CoordinatorStub::PutCoordinator, put);
    ASSERT_THAT(written, IsOk());
    put.mutable_coordinator()->set_etag(written->etag());
    put.mutable_coordinator()->set_email_address("Canari");
    EXPECT_THAT(AskOn(coordinators_, planner, &CoordinatorStub::PutCoordinator, put),
                testing::ReasonIs("INVALID_EMAIL_ADDRESS"));
    put.mutable_coordinator()->set_email_address("bureau@canari.example");
    const auto again = AskOn(coordinators_, planner, &CoordinatorStub::PutCoordinator, put);
    ASSERT_THAT(again, IsOk());
    v1::ListCoordinatorsRequest list;
    list.set_parent("regions/fr-pdl");
    ASSERT_THAT(AskOn(coordinators_, osnp_, &CoordinatorStub::ListCoordinators, list), IsOk());
    v1::RemoveCoordinatorRequest remove;
    remove.set_name(row.name());
    remove.set_etag(again->etag());
    ASSERT_THAT(AskOn(coordinators_, planner, &CoordinatorStub::RemoveCoordinator, remove), IsOk());
  }

  void PlayATask(const std::string& dossier) {
    v1::CreateTaskRequest create;
    create.set_parent("regions/fr-pdl");
    v1::CareTask& task = *create.mutable_task();
    task.set_kind(v1::CareTask::KIND_CALL_BACK);
    task.set_territory("85");
    task.set_regulation_case(dossier);
    task.set_instruction("Rappeler Canari au +33199000042");
    task.set_role(sas::type::v1::ROLE_ARM);
    *task.mutable_due_time() = ToTimestamp(clock_.Now() + std::chrono::hours(1));
    const auto created = AskTasks(mrl_, &v1::TaskService::Stub::CreateTask, create);
    ASSERT_THAT(created, IsOk());
    v1::EscalateTaskRequest escalate;
    escalate.set_name(created->name());
    escalate.set_reason("Canari va moins bien");
    ASSERT_THAT(AskTasks(arm_, &v1::TaskService::Stub::EscalateTask, escalate), IsOk());
  }

  void ExpectClean(const std::string& text, const std::string& where) {
    EXPECT_THAT(text, Not(HasSubstr("anari"))) << where;
    EXPECT_THAT(text, Not(HasSubstr("99000042"))) << where;
    EXPECT_THAT(text, Not(HasSubstr("2020-06-01"))) << where;
  }
};

TEST_F(Canary, H48_I9_NoIdentityInAuditEventsAndLogs) {
  CapturedLog log;
  observe::InitLog("regulation", observe::Level::kDebug);
  PlayAWholeCall();
  const std::string lines = log.Take();
  EXPECT_THAT(lines, HasSubstr("CreateRegulationCase"));  // The log was captured indeed.
  ExpectClean(lines, "log");
  EXPECT_GT(store_.ledger().audit().size(), 8u);
  for (const ledger::AuditRecord& record : store_.ledger().audit()) {
    ExpectClean(record.entry.action + record.entry.subject + record.entry.detail, "audit");
  }
  const auto events =
      store_.feed().Read(base::InternalCall("test", clock_, std::chrono::seconds(5)), "", "", 1000);
  ASSERT_THAT(events, IsOk());
  EXPECT_GT(events->size(), 8u);
  for (const ledger::StoredEvent& event : *events) {
    ExpectClean(event.payload + event.subject, event.type);
  }
}

TEST_F(Canary, S1_20_TelephoneAndMailOfACoordinatorAreInTheLedgerAlone) {
  CapturedLog log;
  observe::InitLog("regulation", observe::Level::kDebug);
  PlayADirectory();
  const std::string lines = log.Take();
  EXPECT_THAT(lines, HasSubstr("PutCoordinator"));
  ExpectClean(lines, "log");
  EXPECT_EQ(store_.ledger().audit().size(), 3u);
  for (const ledger::AuditRecord& record : store_.ledger().audit()) {
    ExpectClean(record.entry.action + record.entry.subject + record.entry.detail, "audit");
  }
  const auto events =
      store_.feed().Read(base::InternalCall("test", clock_, std::chrono::seconds(5)), "", "", 1000);
  ASSERT_THAT(events, IsOk());
  EXPECT_EQ(events->size(), 3u);
  for (const ledger::StoredEvent& event : *events) {
    ExpectClean(event.payload + event.subject, event.type);
  }
  for (const auto& family : server_->metrics().registry().Collect()) {
    for (const auto& metric : family.metric) {
      for (const auto& label : metric.label) ExpectClean(label.name + label.value, family.name);
    }
  }
}

TEST_F(Canary, H48_I9_NoIdentityInRefusals) {
  v1::CreateRegulationCaseRequest request = CanaryCase();
  v1::Patient& patient = *request.mutable_regulation_case()->mutable_patients(0);
  const auto refused = [&] {
    const absl::Status status = Ask(arm_, &Stub::CreateRegulationCase, request).status();
    EXPECT_FALSE(status.ok());
    std::string text(status.message());
    const base::ErrorDetail detail = base::DetailOf(status);
    for (const auto& [name, value] : detail.metadata) text += name + value;
    for (const auto& violation : detail.violations) text += violation.field + violation.description;
    return text;
  };
  patient.set_birth_date("2020-06-01");
  patient.mutable_age()->set_unit(sas::type::v1::Age::UNIT_MONTH);
  ExpectClean(refused(), "age");
  patient.clear_age();
  patient.set_birth_date("Canari");
  ExpectClean(refused(), "date");
  patient.clear_birth_date();
  patient.set_phone_number("0199000042");
  ExpectClean(refused(), "number");
  patient.clear_phone_number();
  patient.set_family_name("Canari" + std::string(80, 'x'));
  ExpectClean(refused(), "length");
}

}  // namespace
}  // namespace sas::regulation
