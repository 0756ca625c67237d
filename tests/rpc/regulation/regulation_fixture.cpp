#include "tests/rpc/regulation/regulation_fixture.h"

#include <cstdlib>
#include <filesystem>

#include "services/regulation/case_ageing.h"
#include "services/regulation/roles.h"

namespace sas::regulation {

using testing::IsOk;

namespace {

std::string NewFolder() {
  std::string folder = ::testing::TempDir() + "/protocols-XXXXXX";
  SAS_CHECK(mkdtemp(folder.data()) != nullptr, "cannot make a folder");
  return folder;
}

}  // namespace

RegulationTest::RegulationTest()
    : protocols_folder_(NewFolder()), zone_(*care::Zone::Load("Europe/Paris")) {
  testing::InProcessServer::Options options;
  options.clock = &clock_;
  server_ = std::make_unique<testing::InProcessServer>(options);
  metrics_ = std::make_unique<RegulationMetrics>(server_->metrics());
  room_ = std::make_unique<RoomWatch>(
      store_, clock_, zone_,
      RoomWatch::Rules{{},
                       std::chrono::minutes(30),
                       *CallBands::Parse("territory,day,hour,low,high\n85,TUE,9,120,400\n"
                                         "85,TUE,10,120,400\n")},
      server_->metrics());
  desk_ = std::make_unique<Desk>(Desk{store_, clock_, server_->random(), zone_, *metrics_,
                                      care::TestIdentities::kRefuse, room_.get()});
  service_ = std::make_unique<RegulationService>(server_->runtime(), *desk_);
  presence_ = std::make_shared<ConsolePresence>(store_, clock_, server_->random(), *metrics_,
                                                std::chrono::seconds(30));
  boards_ = std::make_unique<BoardWatchService>(server_->runtime(), store_, AlarmRules{},
                                                kBoardWatchersMax, server_->metrics(), room_.get(),
                                                presence_);
  kpis_ = std::make_unique<KpiService>(server_->runtime(), *desk_);
  protocol_metrics_ = std::make_unique<ProtocolMetrics>(server_->metrics());
  loader_ = std::make_unique<ProtocolLoader>(protocols_folder_, *desk_, *protocol_metrics_);
  protocol_desk_ =
      std::make_unique<ProtocolDesk>(ProtocolDesk{*desk_, *protocol_metrics_, *loader_});
  protocol_service_ = std::make_unique<ProtocolService>(server_->runtime(), *protocol_desk_);
  roster_desk_ = std::make_unique<RosterDesk>(RosterDesk{*desk_, *room_});
  roster_service_ = std::make_unique<RosterService>(server_->runtime(), *roster_desk_);
  neighbour_service_ = std::make_unique<NeighbourService>(server_->runtime(), *desk_);
  coordinator_service_ = std::make_unique<CoordinatorService>(server_->runtime(), *desk_);
  exchange_metrics_ = std::make_unique<ExchangeMetrics>(server_->metrics());
  exchange_desk_ = std::make_unique<ExchangeDesk>(
      ExchangeDesk{*desk_,
                   *exchange_metrics_,
                   {"https://omnidoc.example/d?ref={case_ref}&sp={specialty}", "omnidoc-1", true}});
  exchange_service_ = std::make_unique<ExchangeService>(server_->runtime(), *exchange_desk_);
  entry_metrics_ = std::make_unique<EntryMetrics>(server_->metrics());
  entry_desk_ = std::make_unique<EntryDesk>(EntryDesk{*desk_, *entry_metrics_, *protocol_metrics_});
  entry_service_ = std::make_unique<EntryService>(server_->runtime(), *entry_desk_);
  task_metrics_ = std::make_unique<TaskMetrics>(server_->metrics());
  task_desk_ = std::make_unique<TaskDesk>(TaskDesk{*desk_, *task_metrics_});
  task_service_ = std::make_unique<TaskService>(server_->runtime(), *task_desk_);
  pickup_service_ = std::make_unique<PickupService>(server_->runtime(), *desk_);
  AllowRegulationMethods(server_->roles());
  AllowEntryMethods(server_->roles());
  AllowBoardMethods(server_->roles());
  AllowKpiMethods(server_->roles());
  AllowProtocolMethods(server_->roles());
  AllowRosterMethods(server_->roles());
  AllowExchangeMethods(server_->roles());
  AllowTaskMethods(server_->roles());
  AllowPickupMethods(server_->roles());
  const absl::Status started = server_->Start(
      {service_.get(), boards_.get(), kpis_.get(), protocol_service_.get(), roster_service_.get(),
       neighbour_service_.get(), coordinator_service_.get(), exchange_service_.get(),
       entry_service_.get(), task_service_.get(), pickup_service_.get()},
      {v1::RegulationService::service_full_name(), v1::BoardWatchService::service_full_name(),
       v1::KpiService::service_full_name(), v1::ProtocolService::service_full_name(),
       v1::RosterService::service_full_name(), v1::NeighbourService::service_full_name(),
       v1::CoordinatorService::service_full_name(), v1::ExchangeService::service_full_name(),
       v1::EntryService::service_full_name(), v1::TaskService::service_full_name(),
       v1::PickupService::service_full_name()});
  SAS_CHECK(started.ok(), started.ToString());
  stub_ = v1::RegulationService::NewStub(server_->Channel());
  protocol_stub_ = v1::ProtocolService::NewStub(server_->Channel());
  rosters_ = v1::RosterService::NewStub(server_->Channel());
  neighbours_ = v1::NeighbourService::NewStub(server_->Channel());
  coordinators_ = v1::CoordinatorService::NewStub(server_->Channel());
  exchange_stub_ = v1::ExchangeService::NewStub(server_->Channel());
  entry_stub_ = v1::EntryService::NewStub(server_->Channel());
  task_stub_ = v1::TaskService::NewStub(server_->Channel());
  pickup_stub_ = v1::PickupService::NewStub(server_->Channel());
}

RegulationTest::~RegulationTest() {
  server_->Stop([this] { boards_->CloseStreams(); });
  std::filesystem::remove_all(protocols_folder_);
}

v1::CreateRegulationCaseRequest RegulationTest::NewCase(const std::string& motif) const {
  v1::CreateRegulationCaseRequest request;
  request.set_parent("regions/fr-pdl");
  v1::RegulationCase& row = *request.mutable_regulation_case();
  row.set_territory("85");
  row.set_motif_code(motif);
  row.mutable_origin()->set_entry_point(sas::type::v1::ENTRY_POINT_LINE_15);
  row.mutable_origin()->set_origine_code("15");
  row.mutable_origin()->set_caller_phone_number("+33199000001");
  row.mutable_patient_place()->set_insee_code("85047");
  row.mutable_mobility()->set_kind(v1::Mobility::KIND_OWN_TRANSPORT);
  v1::Patient& patient = *row.add_patients();
  patient.mutable_age()->set_value(6);
  patient.mutable_age()->set_unit(sas::type::v1::Age::UNIT_YEAR);
  return request;
}

v1::RegulationCase RegulationTest::Open(const std::string& motif) {
  const auto opened = Ask(arm_, &Stub::CreateRegulationCase, NewCase(motif));
  EXPECT_THAT(opened, IsOk());
  return opened.value_or(v1::RegulationCase());
}

v1::RegulationCase RegulationTest::Prioritized(v1::Priority priority, const std::string& motif) {
  const auto prioritized = Prioritize(arm_, Open(motif).name(), priority);
  EXPECT_THAT(prioritized, IsOk());
  return prioritized.value_or(v1::RegulationCase());
}

absl::StatusOr<v1::RegulationCase> RegulationTest::Prioritize(const base::Actor& actor,
                                                              const std::string& name,
                                                              v1::Priority priority,
                                                              sas::type::v1::Filiere filiere) {
  v1::PrioritizeRegulationCaseRequest request;
  request.set_name(name);
  request.set_priority(priority);
  request.set_filiere(filiere);
  if (priority == v1::PRIORITY_P3) {
    request.mutable_callback()->set_consent(true);
    *request.mutable_callback()->mutable_window_start_time() = ToTimestamp(clock_.Now());
    *request.mutable_callback()->mutable_window_end_time() =
        ToTimestamp(clock_.Now() + std::chrono::hours(1));
  }
  return Ask(actor, &Stub::PrioritizeRegulationCase, request);
}

v1::RegulationCase RegulationTest::Get(const std::string& name) {
  v1::GetRegulationCaseRequest request;
  request.set_name(name);
  const auto row = Ask(mru_, &Stub::GetRegulationCase, request);
  EXPECT_THAT(row, IsOk());
  return row.value_or(v1::RegulationCase());
}

absl::StatusOr<v1::RegulationCase> RegulationTest::Claim(const base::Actor& actor,
                                                         const std::string& name) {
  v1::ClaimRegulationCaseRequest request;
  request.set_name(name);
  return Ask(actor, &Stub::ClaimRegulationCase, request);
}

absl::StatusOr<v1::Decision> RegulationTest::Decide(const base::Actor& actor,
                                                    const std::string& name, v1::CareLevel level,
                                                    const std::string& code,
                                                    const std::string& resource,
                                                    const std::string& orientation) {
  v1::CreateDecisionRequest request;
  request.set_parent(name);
  v1::Decision& decision = *request.mutable_decision();
  decision.set_care_level(level);
  decision.set_decision_code(code);
  decision.set_resource_code(resource);
  decision.set_orientation_code(orientation);
  if (code == "CONSEIL") decision.set_instructions("Boire, rappeler le 15 si cela empire.");
  decision.set_claim_version(std::max<std::int64_t>(Get(name).claim().version(), 1));
  return Ask(actor, &Stub::CreateDecision, request);
}

v1::CreateCareOrderRequest RegulationTest::NewOrder(const v1::Decision& decision, int hours) const {
  v1::CreateCareOrderRequest request;
  request.set_parent(CaseOf(decision.name()));
  v1::CareOrder& order = *request.mutable_care_order();
  order.set_decision(decision.name());
  order.mutable_delay()->set_seconds(hours * 3600);
  order.add_modes(sas::type::v1::CONSULTATION_MODE_AMB);
  order.set_clinical_line("Fièvre à J1, bien toléré");
  return request;
}

v1::CareOrder RegulationTest::Ordered() {
  const std::string name = Prioritized(v1::PRIORITY_P2).name();
  EXPECT_THAT(Claim(mrl_, name), IsOk());
  const auto decision = Decide(mrl_, name, v1::CARE_LEVEL_R3, "ORIENT", "LIBERAL.MG", "CABINET");
  EXPECT_THAT(decision, IsOk());
  const auto order = Ask(mrl_, &Stub::CreateCareOrder, NewOrder(decision.value_or(v1::Decision())));
  EXPECT_THAT(order, IsOk());
  return order.value_or(v1::CareOrder());
}

v1::CareOrder RegulationTest::GetOrder(const std::string& name) {
  v1::GetCareOrderRequest request;
  request.set_name(name);
  const auto order = Ask(osnp_, &Stub::GetCareOrder, request);
  EXPECT_THAT(order, IsOk());
  return order.value_or(v1::CareOrder());
}

absl::StatusOr<v1::CareOrder> RegulationTest::ClaimOrder(const base::Actor& actor,
                                                         const std::string& name) {
  v1::ClaimCareOrderRequest request;
  request.set_name(name);
  return Ask(actor, &Stub::ClaimCareOrder, request);
}

absl::StatusOr<v1::CareOrder> RegulationTest::Contact(const std::string& name,
                                                      v1::TreatingDoctorContact::Outcome outcome) {
  v1::RecordTreatingDoctorContactRequest request;
  request.set_name(name);
  request.mutable_contact()->set_outcome(outcome);
  return Ask(osnp_, &Stub::RecordTreatingDoctorContact, request);
}

absl::StatusOr<v1::CareOrder> RegulationTest::Called(const std::string& order,
                                                     v1::ContactAttempt::Result result) {
  v1::RecordContactAttemptRequest request;
  request.set_name(order);
  request.mutable_attempt()->set_result(result);
  return Ask(osnp_, &Stub::RecordContactAttempt, request);
}

absl::StatusOr<v1::RegulationCase> RegulationTest::Complete(const base::Actor& actor,
                                                            const std::string& name) {
  v1::CompleteRegulationCaseRequest request;
  request.set_name(name);
  request.set_etag(Get(name).etag());
  return Ask(actor, &Stub::CompleteRegulationCase, request);
}

absl::StatusOr<v1::RegulationCase> RegulationTest::Close(const base::Actor& actor,
                                                         const std::string& name,
                                                         const std::string& attribution) {
  v1::CloseRegulationCaseRequest request;
  request.set_name(name);
  request.set_etag(Get(name).etag());
  request.set_attribution(attribution);
  return Ask(actor, &Stub::CloseRegulationCase, request);
}

absl::StatusOr<v1::RegulationCase> RegulationTest::Bilan(const std::string& name,
                                                         const std::vector<std::string>& teams) {
  v1::RecordBilanRequest request;
  request.set_name(name);
  request.mutable_bilan()->set_redactor_role_code("MEDECIN");
  request.mutable_bilan()->set_text("Bilan : FC 92, PA 110/65");
  for (const std::string& team : teams) request.add_mission_ids(team);
  return Ask(arm_, &Stub::RecordBilan, request);
}

void RegulationTest::PassADay() {
  clock_.Advance(std::chrono::hours(24));
  EXPECT_THAT(AgeCases(*desk_, base::InternalCall(kCaseAgeing, clock_, std::chrono::seconds(5))),
              testing::IsOk());
}

absl::Status RegulationTest::Booked(const std::string& order, const std::string& appointment,
                                    sas::booking::v1::Appointment::State state,
                                    bool supernumerary) {
  sas::events::v1::Event event;
  event.set_cursor("c-" + std::to_string(++event_count_));
  event.set_type("appointment.booked");
  event.set_subject(appointment);
  event.mutable_appointment()->set_state(state);
  event.mutable_appointment()->set_care_order(order);
  event.mutable_appointment()->set_supernumerary(supernumerary);
  event.mutable_appointment()->set_site_display_name("CSNP de l'Essai");
  *event.mutable_appointment()->mutable_start_time() =
      ToTimestamp(clock_.Now() + std::chrono::hours(3));
  return booking_.Handle(base::InternalCall("booking-feed", clock_, std::chrono::seconds(5)),
                         {event});
}

std::vector<std::string> RegulationTest::EventTypes() {
  const auto events =
      store_.feed().Read(base::InternalCall("test", clock_, std::chrono::seconds(5)), "", "", 1000);
  std::vector<std::string> types;
  for (const ledger::StoredEvent& event : *events) types.push_back(event.type);
  return types;
}

}  // namespace sas::regulation
