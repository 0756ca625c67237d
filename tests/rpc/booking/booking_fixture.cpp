#include "tests/rpc/booking/booking_fixture.h"

namespace sas::booking {

BookingTest::BookingTest(testing::Backend backend, const MessagePolicy& policy) : policy_(policy) {
  std::string reason;
  ledger_ = StoreUnderTest::Make(backend, clock_, reason);
  EXPECT_NE(ledger_, nullptr) << reason;
  slots_.SetStart(clock_.Now() + std::chrono::hours(2));
  slots::v1::EntryRule rule;
  rule.set_entry_point(type::v1::ENTRY_POINT_PHARMACIE);
  rule.set_access(slots::v1::EntryRule::ACCESS_DIRECT);
  slots_.SetRule(rule);
  regulation_.Put(SearchedOrder());
  Start();
}

BookingTest::~BookingTest() {
  Stop();
}

void BookingTest::Start() {
  testing::InProcessServer::Options options;
  options.clock = &clock_;
  options.lane_threads = 16;
  options.lane_queue_max = 128;
  server_ = std::make_unique<testing::InProcessServer>(options);
  store_ = std::make_unique<FaultyStore>(ledger_->store());
  metrics_ = std::make_unique<BookingMetrics>(server_->metrics());
  const BookingParts parts{
      *store_, slots_, regulation_, *metrics_, clock_, care::TestIdentities::kAccept, policy_};
  service_ = std::make_unique<BookingService>(server_->runtime(), parts);
  message_service_ = std::make_unique<MessageService>(server_->runtime(), parts);
  source_service_ = std::make_unique<SourceService>(server_->runtime(), parts);
  displaced_metrics_ = std::make_unique<DisplacedMetrics>(server_->metrics());
  displaced_service_ =
      std::make_unique<DisplacedService>(server_->runtime(), parts, *displaced_metrics_);
  relay_ = std::make_unique<SeatRelay>(*store_, slots_, clock_, server_->random());
  refill_metrics_ = std::make_unique<RefillMetrics>(server_->metrics());
  refill_service_ = std::make_unique<RefillService>(server_->runtime(), *store_, *refill_metrics_);
  AllowBookingMethods(server_->roles());
  AllowMessageMethods(server_->roles());
  AllowRefillMethods(server_->roles());
  AllowSourceMethods(server_->roles());
  AllowDisplacedMethods(server_->roles());
  EXPECT_THAT(server_->Start({service_.get(), message_service_.get(), refill_service_.get(),
                              source_service_.get(), displaced_service_.get()},
                             {"sas.booking.v1.BookingService", "sas.booking.v1.MessageService",
                              "sas.booking.v1.RefillService", "sas.booking.v1.SourceService",
                              "sas.booking.v1.DisplacedService"}),
              testing::IsOk());
  refill_stub_ = v1::RefillService::NewStub(server_->Channel());
  stub_ = v1::BookingService::NewStub(server_->Channel());
}

void BookingTest::Stop() {
  server_->Stop();
  relay_.reset();
  service_.reset();
  refill_service_.reset();
  message_service_.reset();
  source_service_.reset();
  displaced_service_.reset();
  stub_.reset();
  refill_stub_.reset();
  server_.reset();
}

void BookingTest::Restart() {
  Stop();
  ledger_->Reopen();
  clock_.Advance(std::chrono::seconds(5));  // The lease of the relay that died.
  Start();
}

base::Actor BookingTest::Pharmacist() const {
  base::Actor actor = testing::ActorWith(base::Role::kProfessional, "pharmacie-1");
  actor.profession = "21";
  actor.entry_point = "pharmacie";
  return actor;
}

base::Actor BookingTest::Effecteur() const {
  base::Actor actor = testing::ActorWith(base::Role::kEffecteur, "dr-essai");
  actor.organization = "challans";
  return actor;
}

v1::CreateAppointmentRequest BookingTest::DirectRequest(const std::string& request_id, int seat) {
  v1::CreateAppointmentRequest request;
  request.set_parent("regions/fr-pdl");
  request.set_request_id(request_id);
  request.set_hold_token(slots_.Hold(kSlot, seat, "pharmacie-1"));
  v1::Appointment& draft = *request.mutable_appointment();
  draft.set_regulation_case(kCase);
  draft.set_patient(std::string(kCase) + "/patients/1");
  draft.set_slot(kSlot);
  draft.set_entry_point(type::v1::ENTRY_POINT_PHARMACIE);
  draft.set_motif_code("M03.05");
  draft.mutable_age()->set_value(38);
  draft.mutable_age()->set_unit(type::v1::Age::UNIT_YEAR);
  draft.set_territory("85");
  draft.set_clinical_line("toux depuis deux jours, sans fièvre");
  auto& sign = *draft.mutable_severity_form()->add_signs();
  sign.set_code("detresse");
  sign.set_answer(type::v1::SIGN_ANSWER_NO);
  return request;
}

v1::CreateAppointmentRequest BookingTest::OrderRequest(const std::string& request_id, int seat) {
  v1::CreateAppointmentRequest request = DirectRequest(request_id, seat);
  request.set_hold_token(slots_.Hold(kSlot, seat, "osnp-1"));
  request.mutable_appointment()->set_entry_point(type::v1::ENTRY_POINT_LINE_116117);
  request.mutable_appointment()->clear_severity_form();
  request.mutable_appointment()->clear_clinical_line();
  request.mutable_appointment()->set_care_order(kOrder);
  request.mutable_appointment()->set_care_order_version(4);
  slots::v1::EntryRule rule;
  rule.set_entry_point(type::v1::ENTRY_POINT_LINE_116117);
  rule.set_access(slots::v1::EntryRule::ACCESS_REGULATED);
  slots_.SetRule(rule);
  return request;
}

v1::BatchCreateAppointmentsRequest BookingTest::Family(int count, const std::string& request_id) {
  v1::BatchCreateAppointmentsRequest request;
  request.set_parent("regions/fr-pdl");
  request.set_kind(v1::Group::KIND_FAMILY);
  request.set_request_id(request_id);
  for (int i = 0; i < count; ++i) {
    const v1::CreateAppointmentRequest one = DirectRequest("unused", i);
    auto& member = *request.add_members();
    *member.mutable_appointment() = one.appointment();
    member.mutable_appointment()->set_patient(std::string(kCase) + "/patients/" +
                                              std::to_string(i + 1));
    member.set_hold_token(one.hold_token());
  }
  return request;
}

regulation::v1::CareOrder BookingTest::SearchedOrder() const {
  regulation::v1::CareOrder order;
  order.set_name(kOrder);
  order.set_state(regulation::v1::CareOrder::STATE_SEARCHING);
  order.set_version(4);
  order.set_patient(std::string(kCase) + "/patients/1");
  *order.mutable_due_time() = ToTimestamp(clock_.Now() + std::chrono::hours(24));
  order.add_modes(type::v1::CONSULTATION_MODE_AMB);
  order.set_access_reason(type::v1::ACCESS_REASON_SANS_MT);
  order.set_clinical_line("fièvre depuis la veille");
  return order;
}

absl::StatusOr<v1::Appointment> BookingTest::Create(const base::Actor& actor,
                                                    const v1::CreateAppointmentRequest& request) {
  return Ask<v1::Appointment>(actor, request, &v1::BookingService::Stub::CreateAppointment);
}

v1::Appointment BookingTest::MustCreate(const std::string& request_id, int seat) {
  auto created = Create(Pharmacist(), DirectRequest(request_id, seat));
  EXPECT_THAT(created, testing::IsOk());
  return created.ok() ? *created : v1::Appointment();
}

absl::StatusOr<v1::Appointment> BookingTest::Get(const base::Actor& actor,
                                                 const std::string& name) {
  v1::GetAppointmentRequest request;
  request.set_name(name);
  return Ask<v1::Appointment>(actor, request, &v1::BookingService::Stub::GetAppointment);
}

std::vector<std::string> BookingTest::AllNames() {
  v1::ListAppointmentsRequest request;
  request.set_parent("regions/fr-pdl");
  request.set_include_cancelled(true);
  const auto page = Ask<v1::ListAppointmentsResponse>(osnp_, request,
                                                      &v1::BookingService::Stub::ListAppointments);
  EXPECT_THAT(page, testing::IsOk());
  std::vector<std::string> names;
  if (page.ok()) {
    for (const auto& appointment : page->appointments()) names.push_back(appointment.name());
  }
  return names;
}

std::vector<ledger::StoredEvent> BookingTest::Events() {
  const base::Call call = base::InternalCall("test", clock_, std::chrono::seconds(5));
  auto events = ledger_->store().feed().Read(call, "", "", 1000);
  EXPECT_THAT(events, testing::IsOk());
  return events.ok() ? *events : std::vector<ledger::StoredEvent>();
}

SeatBacklog BookingTest::Backlog() {
  SeatBacklog backlog;
  EXPECT_THAT(ledger_->store().Read(base::InternalCall("test", clock_, std::chrono::seconds(5)),
                                    [&](BookingTransaction& transaction) -> absl::Status {
                                      SAS_ASSIGN_OR_RETURN(backlog, transaction.Backlog());
                                      return absl::OkStatus();
                                    }),
              testing::IsOk());
  return backlog;
}

}  // namespace sas::booking
