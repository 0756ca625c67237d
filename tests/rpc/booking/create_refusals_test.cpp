#include <functional>

#include "tests/rpc/booking/booking_fixture.h"

namespace sas::booking {
namespace {

using std::chrono::seconds;
using testing::ActorWith;
using testing::IsOk;
using testing::ReasonIs;
using testing::StatusIs;

using RefusalTest = BookingTest;

TEST_F(RefusalTest, H23_AnExpiredHoldNeverConfirms) {
  const v1::CreateAppointmentRequest request = DirectRequest("r-1");
  clock_.Advance(seconds(121));
  EXPECT_THAT(Create(Pharmacist(), request),
              StatusIs(absl::StatusCode::kFailedPrecondition, "HOLD_LOST"));
  EXPECT_TRUE(AllNames().empty());
}

TEST_F(RefusalTest, AnothersHoldDoesNotConfirm) {
  v1::CreateAppointmentRequest request = DirectRequest("r-1");
  request.set_hold_token(slots_.Hold(kSlot, 0, "pharmacie-2"));
  EXPECT_THAT(Create(Pharmacist(), request), ReasonIs("HOLD_LOST"));
}

TEST_F(RefusalTest, ARepeatWithinThePreparedTimeBooks) {
  const v1::CreateAppointmentRequest request = DirectRequest("r-1");
  // The ledger was away for a moment after the slots had prepared the seat.
  store_->FailNextWrite(FaultyStore::Fault::kBeforeCommit);
  EXPECT_THAT(Create(Pharmacist(), request), StatusIs(absl::StatusCode::kUnavailable));
  slots_.OnPrepare([this] { clock_.Advance(seconds(30)); });
  EXPECT_THAT(Create(Pharmacist(), request), IsOk());  // 30 of its 60 seconds.
}

TEST_F(RefusalTest, H38_TheFenceHoldsInTheLedger) {
  const v1::CreateAppointmentRequest request = DirectRequest("r-1");

  class SleepyStore final : public BookingStore {
   public:
    SleepyStore(BookingStore& inner, testing::FakeClock& clock) : inner_(inner), clock_(clock) {}

    absl::Status Write(const base::Call& call, const Work& work) override {
      clock_.Advance(seconds(61));
      base::Call late = call;
      late.deadline += seconds(120);
      return inner_.Write(late, work);
    }

    absl::Status Read(const base::Call& call, const Work& work) override {
      return inner_.Read(call, work);
    }

    ledger::Feed& feed() override { return inner_.feed(); }

   private:
    BookingStore& inner_;
    testing::FakeClock& clock_;
  };

  relay_->Stop();
  SleepyStore sleepy(ledger_->store(), clock_);
  Confirmation confirmation(
      {sleepy, slots_, regulation_, *metrics_, clock_, care::TestIdentities::kAccept});
  base::Call call;
  call.method = "/sas.booking.v1.BookingService/CreateAppointment";
  call.actor = Pharmacist();
  call.deadline = clock_.Steady() + seconds(5);
  EXPECT_THAT(confirmation.Run({{call, request}}).front(),
              StatusIs(absl::StatusCode::kFailedPrecondition, "HOLD_LOST"));
  EXPECT_TRUE(AllNames().empty());
  EXPECT_EQ(Backlog().count, 1);  // The seat is given back.
}

TEST_F(RefusalTest, WhatTheRequestLacksIsSaidBeforeTheSeatIsPrepared) {
  v1::CreateAppointmentRequest request = DirectRequest("r-1");
  request.mutable_appointment()->set_access_reason(type::v1::ACCESS_REASON_PAS_DE_RDV_48H);
  EXPECT_THAT(Create(Pharmacist(), request), ReasonIs("ATTEMPTS_REQUIRED"));
  EXPECT_TRUE(slots_.prepared().empty());
  auto& tried = *request.mutable_appointment()->add_attempts();
  tried.set_target("cabinet du MT");
  *tried.mutable_attempt_time() = ToTimestamp(clock_.Now());
  request.set_request_id("r-2");
  EXPECT_THAT(Create(Pharmacist(), request), IsOk()) << "with the same hold";
}

TEST_F(RefusalTest, RefusedAndCorrectedTheSameHoldConfirms) {
  slots_.SetStart(clock_.Now() + std::chrono::hours(30));
  v1::CreateAppointmentRequest request = OrderRequest("r-1");
  const base::Actor regulator = ActorWith(base::Role::kRegulatorMg, "osnp-1");
  EXPECT_THAT(Create(regulator, request), ReasonIs("LATE_REASON_REQUIRED"));
  Flush();
  request.set_request_id("r-2");
  request.mutable_appointment()->set_late_reason_code("PATIENT");
  EXPECT_THAT(Create(regulator, request), IsOk());
  EXPECT_EQ(slots_.prepared().size(), 2u);
  EXPECT_EQ(AllNames().size(), 1u);
}

TEST_F(RefusalTest, SlotsThatDoNotAnswerBookNothing) {
  const v1::CreateAppointmentRequest request = DirectRequest("r-1");
  slots_.FailWith(base::Fail(absl::StatusCode::kUnavailable, "SLOTS_UNREACHABLE", "no answer"));
  EXPECT_THAT(Create(Pharmacist(), request),
              StatusIs(absl::StatusCode::kUnavailable, "SLOTS_UNREACHABLE"));
  EXPECT_TRUE(AllNames().empty());
  slots_.FailWith(absl::OkStatus());
  EXPECT_THAT(Create(Pharmacist(), request), IsOk());
}

TEST_F(RefusalTest, H14_OrdersThatMayNotBeBooked) {
  using Order = regulation::v1::CareOrder;
  const std::pair<Order::State, const char*> cases[] = {
      {Order::STATE_SUPERSEDED, "ORDER_SUPERSEDED"},
      {Order::STATE_BOOKED, "ORDER_ALREADY_BOOKED"},
      {Order::STATE_TREATING_DOCTOR, "ORDER_NOT_SEARCHING"},
      {Order::STATE_CLOSED, "ORDER_NOT_SEARCHING"},
  };
  for (const auto& [state, reason] : cases) {
    Order order = SearchedOrder();
    order.set_state(state);
    regulation_.Put(order);
    EXPECT_THAT(Create(osnp_, OrderRequest("r-1")), ReasonIs(reason));
  }
  Order order = SearchedOrder();
  order.set_version(5);
  regulation_.Put(order);
  EXPECT_THAT(Create(osnp_, OrderRequest("r-1")),
              StatusIs(absl::StatusCode::kFailedPrecondition, "ORDER_SUPERSEDED"));
  v1::CreateAppointmentRequest unknown = OrderRequest("r-1");
  unknown.mutable_appointment()->set_care_order(std::string(kCase) + "/orders/none");
  EXPECT_THAT(Create(osnp_, unknown), StatusIs(absl::StatusCode::kNotFound, "ORDER_NOT_FOUND"));
  EXPECT_TRUE(slots_.prepared().empty());
}

TEST_F(RefusalTest, ASecondAppointmentOfAnOrderIsRefusedByTheLedger) {
  ASSERT_THAT(Create(osnp_, OrderRequest("r-1", 0)), IsOk());
  // The regulation has not heard of it yet.
  EXPECT_THAT(Create(osnp_, OrderRequest("r-2", 1)),
              StatusIs(absl::StatusCode::kAlreadyExists, "ORDER_ALREADY_BOOKED"));
  Flush();
  EXPECT_EQ(slots_.OwnerOf(kSlot, 1), "");
  bool given_back = false;
  for (const auto& batch : slots_.committed()) {
    for (const auto& change : batch.changes()) {
      given_back = given_back || (change.seat() == 1 && !change.taken());
    }
  }
  EXPECT_TRUE(given_back);
}

TEST_F(RefusalTest, ARefusedEntryGivesTheSeatBack) {
  slots::v1::EntryRule rule;
  rule.set_entry_point(type::v1::ENTRY_POINT_PHARMACIE);
  rule.set_access(slots::v1::EntryRule::ACCESS_DIRECT);
  rule.add_profession_codes("60");
  slots_.SetRule(rule);
  EXPECT_THAT(Create(Pharmacist(), DirectRequest("r-1")),
              StatusIs(absl::StatusCode::kPermissionDenied, "PROFESSION_NOT_ALLOWED"));
  Flush();
  ASSERT_EQ(slots_.committed().size(), 1u);
  EXPECT_FALSE(slots_.committed()[0].changes(0).taken());
}

TEST_F(RefusalTest, S1_01_H36_ALateSlotNeedsAReasonAndARegulator) {
  slots_.SetStart(clock_.Now() + std::chrono::hours(25));
  v1::CreateAppointmentRequest request = OrderRequest("r-1");
  request.mutable_appointment()->set_late_reason_code("NO_EARLIER_SLOT");
  EXPECT_THAT(Create(osnp_, request), ReasonIs("PAST_DUE"));
  request = OrderRequest("r-2");
  request.set_hold_token(slots_.Hold(kSlot, 0, "mrl-1"));
  const base::Actor regulator = ActorWith(base::Role::kRegulatorMg, "mrl-1");
  EXPECT_THAT(Create(regulator, request),
              StatusIs(absl::StatusCode::kFailedPrecondition, "LATE_REASON_REQUIRED"));
  request.mutable_appointment()->set_late_reason_code("WEATHER");
  EXPECT_THAT(Create(regulator, request), ReasonIs("UNKNOWN_CODE"));
  request.mutable_appointment()->set_late_reason_code("PATIENT");
  request.set_hold_token(slots_.Hold(kSlot, 0, "mrl-1"));
  const auto late = Create(regulator, request);
  ASSERT_THAT(late, IsOk());
  EXPECT_EQ(late->late_reason_code(), "PATIENT");
  EXPECT_EQ(late->late_agreed_by().subject(), "mrl-1");
}

// Nobody can read the deadline, and no order has one as late as this.
TEST_F(RefusalTest, S1_01_H36_ALateSlotNeedsAReasonAlsoWhileTheRegulationIsAway) {
  regulation_.FailWith(
      base::Fail(absl::StatusCode::kUnavailable, "REGULATION_UNREACHABLE", "no answer"));
  slots_.SetStart(clock_.Now() + std::chrono::hours(49));
  v1::CreateAppointmentRequest request = OrderRequest("r-1");
  request.mutable_appointment()->set_oral_check(true);
  EXPECT_THAT(Create(osnp_, request),
              StatusIs(absl::StatusCode::kFailedPrecondition, "LATE_REASON_REQUIRED"));
  request = OrderRequest("r-2");
  request.mutable_appointment()->set_oral_check(true);
  request.mutable_appointment()->set_late_reason_code("PATIENT");
  const auto late = Create(osnp_, request);
  ASSERT_THAT(late, IsOk());
  EXPECT_EQ(late->late_reason_code(), "PATIENT");
  EXPECT_TRUE(late->oral_check());
  EXPECT_FALSE(late->has_late_agreed_by());
}

TEST_F(RefusalTest, S1_01_WithoutTheRegulationAStartWithinTheLongestDelayNeedsNoReason) {
  regulation_.FailWith(
      base::Fail(absl::StatusCode::kUnavailable, "REGULATION_UNREACHABLE", "no answer"));
  slots_.SetStart(clock_.Now() + std::chrono::hours(48));
  v1::CreateAppointmentRequest request = OrderRequest("r-1");
  request.mutable_appointment()->set_oral_check(true);
  request.mutable_appointment()->set_late_reason_code("PATIENT");
  const auto timely = Create(osnp_, request);
  ASSERT_THAT(timely, IsOk());
  EXPECT_EQ(timely->late_reason_code(), "");
}

TEST_F(RefusalTest, S0_02_FromWhenAStartIsOutOfDelayIsASetting) {
  regulation_.FailWith(
      base::Fail(absl::StatusCode::kUnavailable, "REGULATION_UNREACHABLE", "no answer"));
  slots_.SetStart(clock_.Now() + std::chrono::hours(25));
  v1::CreateAppointmentRequest request = OrderRequest("r-1");
  request.mutable_appointment()->set_oral_check(true);
  base::Call call;
  call.method = "/sas.booking.v1.BookingService/CreateAppointment";
  call.actor = osnp_;
  call.deadline = clock_.Steady() + seconds(5);
  BookingParts parts{*store_,   slots_, regulation_,
                     *metrics_, clock_, care::TestIdentities::kAccept};
  parts.late_after = std::chrono::hours(24);
  EXPECT_THAT(Confirmation(parts).Run({{call, request}}).front(),
              StatusIs(absl::StatusCode::kFailedPrecondition, "LATE_REASON_REQUIRED"));
  parts.late_after = std::chrono::hours(25);
  EXPECT_THAT(Confirmation(parts).Run({{call, request}}).front(), IsOk());
}

// The agreement is read from the order at the confirmation; what the request says of it counts
// nothing.
TEST_F(RefusalTest, S1_01_H36_TheOsnpBooksLateOnlyAsFarAsARegulatorHasAgreedAndItIsOnRecord) {
  slots_.SetStart(clock_.Now() + std::chrono::hours(25));
  regulation::v1::CareOrder order = SearchedOrder();
  auto& agreement = *order.mutable_late_agreement();
  *agreement.mutable_latest_start_time() =
      ToTimestamp(clock_.Now() + std::chrono::hours(24) + std::chrono::minutes(59));
  agreement.mutable_agreed_by()->set_subject("mrl-7");
  regulation_.Put(order);
  v1::CreateAppointmentRequest request = OrderRequest("r-1");
  request.mutable_appointment()->set_late_reason_code("DISTANCE");
  request.mutable_appointment()->mutable_late_agreed_by()->set_subject("forged");
  EXPECT_THAT(Create(osnp_, request), ReasonIs("PAST_DUE"));
  *agreement.mutable_latest_start_time() = ToTimestamp(clock_.Now() + std::chrono::hours(25));
  regulation_.Put(order);
  request.set_hold_token(slots_.Hold(kSlot, 0, "osnp-1"));
  const auto late = Create(osnp_, request);
  ASSERT_THAT(late, IsOk());
  EXPECT_EQ(late->late_agreed_by().subject(), "mrl-7");
  std::string audited;
  ASSERT_THAT(ledger_->store().Read(base::InternalCall("test", clock_, seconds(5)),
                                    [&](BookingTransaction& transaction) -> absl::Status {
                                      SAS_ASSIGN_OR_RETURN(
                                          const auto records,
                                          transaction.History(late->name(), std::nullopt, 10));
                                      for (const auto& each : records) audited += each.entry.detail;
                                      return absl::OkStatus();
                                    }),
              IsOk());
  EXPECT_NE(audited.find("late=DISTANCE late_agreed_by=mrl-7"), std::string::npos) << audited;
}

TEST_F(RefusalTest, ATimelySlotKeepsNoReasonOfALateOne) {
  v1::CreateAppointmentRequest request = OrderRequest("r-1");
  request.mutable_appointment()->set_late_reason_code("DISTANCE");
  const auto timely = Create(osnp_, request);
  ASSERT_THAT(timely, IsOk());
  EXPECT_EQ(timely->late_reason_code(), "");
  EXPECT_FALSE(timely->has_late_agreed_by());
}

TEST_F(RefusalTest, S0_10_NoPatientAndNobodyAnonymousBooks) {
  const v1::CreateAppointmentRequest request = DirectRequest("r-1");
  grpc::ClientContext anonymous;
  v1::Appointment response;
  EXPECT_THAT(rpc::FromGrpc(stub_->CreateAppointment(&anonymous, request, &response)),
              StatusIs(absl::StatusCode::kUnauthenticated, "CREDENTIALS_MISSING"));
  EXPECT_THAT(Create(ActorWith(base::Role::kUnspecified, "patient-1"), request),
              StatusIs(absl::StatusCode::kUnauthenticated, "CREDENTIALS_INVALID"));
  for (const base::Role role :
       {base::Role::kArm, base::Role::kPlanner, base::Role::kSupervisor, base::Role::kPartner,
        base::Role::kOperations, base::Role::kService}) {
    EXPECT_THAT(Create(ActorWith(role), request),
                StatusIs(absl::StatusCode::kPermissionDenied, "ROLE_FORBIDDEN"));
  }
  base::Actor elsewhere = Pharmacist();
  elsewhere.entry_point = "idel";
  EXPECT_THAT(Create(elsewhere, request), ReasonIs("ENTRY_POINT_FORBIDDEN"));
  EXPECT_THAT(Create(Effecteur(), request), ReasonIs("ENTRY_POINT_FORBIDDEN"));
  EXPECT_TRUE(slots_.prepared().empty());
}

TEST_F(RefusalTest, RegionAndTerritoryComeBeforeEverythingElse) {
  v1::CreateAppointmentRequest request = DirectRequest("r-1");
  base::Actor neighbour = Pharmacist();
  neighbour.regions = {"fr-bre"};
  EXPECT_THAT(Create(neighbour, request),
              StatusIs(absl::StatusCode::kPermissionDenied, "REGION_FORBIDDEN"));
  base::Actor sarthe = Pharmacist();
  sarthe.territories = {"72"};
  EXPECT_THAT(Create(sarthe, request),
              StatusIs(absl::StatusCode::kPermissionDenied, "TERRITORY_FORBIDDEN"));
}

struct BadInput {
  const char* name;
  const char* reason;
  std::function<void(v1::CreateAppointmentRequest&)> spoil;
};

std::vector<BadInput> BadInputs() {
  const std::string other = "regions/fr-bre/cases/c1";
  const auto draft = [](v1::CreateAppointmentRequest& request) -> v1::Appointment& {
    return *request.mutable_appointment();
  };
  return {
      {"parent", "INVALID_RESOURCE_NAME", [](auto& r) { r.set_parent("fr-pdl"); }},
      {"no request_id", "REQUEST_ID_REQUIRED", [](auto& r) { r.clear_request_id(); }},
      {"request_id", "INVALID_REQUEST_ID", [](auto& r) { r.set_request_id("a b"); }},
      {"no token", "HOLD_TOKEN_REQUIRED", [](auto& r) { r.clear_hold_token(); }},
      {"no appointment", "FIELD_REQUIRED", [](auto& r) { r.clear_appointment(); }},
      {"no case", "INVALID_RESOURCE_NAME", [=](auto& r) { draft(r).clear_regulation_case(); }},
      {"case elsewhere", "REGION_MISMATCH", [=](auto& r) { draft(r).set_regulation_case(other); }},
      {"patient of another case", "CASE_MISMATCH",
       [=](auto& r) { draft(r).set_patient("regions/fr-pdl/cases/c2/patients/1"); }},
      {"no patient", "INVALID_RESOURCE_NAME", [=](auto& r) { draft(r).clear_patient(); }},
      {"order of another case", "CASE_MISMATCH",
       [=](auto& r) { draft(r).set_care_order("regions/fr-pdl/cases/c2/orders/o1"); }},
      {"order without version", "ORDER_VERSION_REQUIRED",
       [=](auto& r) { draft(r).set_care_order(kOrder); }},
      {"no slot", "INVALID_RESOURCE_NAME", [=](auto& r) { draft(r).clear_slot(); }},
      {"slot elsewhere", "REGION_MISMATCH",
       [=](auto& r) { draft(r).set_slot("regions/fr-bre/sites/s/slots/t"); }},
      {"no entry point", "ENTRY_POINT_REQUIRED", [=](auto& r) { draft(r).clear_entry_point(); }},
      {"unknown entry point", "UNKNOWN_ENUM_VALUE",
       [=](auto& r) { draft(r).set_entry_point(static_cast<type::v1::EntryPoint>(77)); }},
      {"unknown reason", "UNKNOWN_ENUM_VALUE",
       [=](auto& r) { draft(r).set_access_reason(static_cast<type::v1::AccessReason>(77)); }},
      {"unknown answer", "UNKNOWN_ENUM_VALUE",
       [=](auto& r) {
         auto& sign = *draft(r).mutable_severity_form()->add_signs();
         sign.set_code("purpura");
         sign.set_answer(static_cast<type::v1::SignAnswer>(9));
       }},
      {"sign without code", "INVALID_SIGN_CODE",
       [=](auto& r) { draft(r).mutable_severity_form()->add_signs(); }},
      {"age without unit", "INVALID_AGE", [=](auto& r) { draft(r).mutable_age()->clear_unit(); }},
      {"age", "INVALID_AGE", [=](auto& r) { draft(r).mutable_age()->set_value(131); }},
      {"no motif", "UNKNOWN_CODE", [=](auto& r) { draft(r).clear_motif_code(); }},
      {"motif", "UNKNOWN_CODE", [=](auto& r) { draft(r).set_motif_code("M99.99"); }},
      {"no territory", "INVALID_TERRITORY", [=](auto& r) { draft(r).clear_territory(); }},
      {"rpps", "INVALID_RPPS",
       [=](auto& r) { draft(r).set_orienting_professional_rpps("12345678901"); }},
      {"clinical line", "TEXT_TOO_LONG",
       [=](auto& r) { draft(r).set_clinical_line(std::string(301, 'x')); }},
      {"attempt without whom", "TEXT_REQUIRED", [=](auto& r) { draft(r).add_attempts(); }},
      {"attempt without when", "FIELD_REQUIRED",
       [=](auto& r) { draft(r).add_attempts()->set_target("cabinet du MT"); }},
      {"many attempts", "TOO_MANY_ITEMS",
       [=](auto& r) {
         for (int i = 0; i < 21; ++i) draft(r).add_attempts();
       }},
  };
}

TEST_F(RefusalTest, BadInputIsNamedByItsField) {
  for (const BadInput& bad : BadInputs()) {
    v1::CreateAppointmentRequest request = DirectRequest("r-1");
    bad.spoil(request);
    const auto refused = Create(Pharmacist(), request);
    EXPECT_THAT(refused, StatusIs(absl::StatusCode::kInvalidArgument, bad.reason)) << bad.name;
    EXPECT_FALSE(base::DetailOf(refused.status()).violations.empty()) << bad.name;
  }
  EXPECT_TRUE(slots_.prepared().empty());
  EXPECT_TRUE(AllNames().empty());
}

TEST_F(RefusalTest, LimitsAreInclusive) {
  v1::CreateAppointmentRequest request = DirectRequest("r-1");
  std::string line;
  for (int i = 0; i < 300; ++i) line += "é";  // Characters, not bytes.
  request.mutable_appointment()->set_clinical_line(line);
  const auto created = Create(Pharmacist(), request);
  ASSERT_THAT(created, IsOk());
  EXPECT_EQ(created->clinical_line(), line);
}

}  // namespace
}  // namespace sas::booking
