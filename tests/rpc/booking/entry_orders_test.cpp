#include "tests/rpc/booking/booking_fixture.h"

// Entries without regulation: orders of the file active, and bookings without any order.
namespace sas::booking {
namespace {

using ::testing::IsEmpty;
using testing::IsOk;
using testing::ReasonIs;
using testing::StatusIs;

class EntryOrders : public BookingTest {
 protected:
  regulation::v1::CareOrder Entered(bool local = false) {
    regulation::v1::CareOrder order = SearchedOrder();
    order.mutable_entry()->set_entry_point(type::v1::ENTRY_POINT_PHARMACIE);
    order.mutable_entry()->set_local(local);
    order.mutable_ordered_by()->set_subject("pharmacie-1");
    order.mutable_entry()->set_orienting_professional_rpps("99704000019");
    type::v1::CareAttempt& tried = *order.mutable_entry()->add_previous_attempts();
    tried.set_target("cabinet du MT");
    *tried.mutable_attempt_time() = ToTimestamp(clock_.Now());
    return order;
  }

  void PutEntryOf(const std::string& organization) {
    regulation::v1::CareOrder order = Entered();
    order.mutable_entry()->set_organization(organization);
    regulation_.Put(order);
  }

  // On the entry's order, with a hold of its own way.
  v1::CreateAppointmentRequest EntryRequest(const std::string& holder = "pharmacie-1") {
    v1::CreateAppointmentRequest request = DirectRequest("e-1");
    request.set_hold_token(slots_.Hold(kSlot, 0, holder));
    request.mutable_appointment()->clear_severity_form();
    request.mutable_appointment()->clear_clinical_line();
    request.mutable_appointment()->set_care_order(kOrder);
    request.mutable_appointment()->set_care_order_version(4);
    return request;
  }

  void Site(slots::v1::EntryRule::Access access) {
    slots::v1::EntryRule rule;
    rule.set_entry_point(type::v1::ENTRY_POINT_PHARMACIE);
    rule.set_access(access);
    rule.set_orienting_professional_required(true);
    slots_.SetRule(rule);
  }
};

TEST_F(EntryOrders, S2_21_WhoEnteredItBooksItAndSaysNothingTwice) {
  regulation_.Put(Entered());
  Site(slots::v1::EntryRule::ACCESS_DIRECT);
  const auto booked = Create(Pharmacist(), EntryRequest());
  ASSERT_THAT(booked, IsOk());
  EXPECT_EQ(booked->care_order(), kOrder);
  EXPECT_EQ(booked->entry_point(), type::v1::ENTRY_POINT_PHARMACIE);
  EXPECT_EQ(booked->attempts(0).target(), "cabinet du MT");
  EXPECT_EQ(booked->orienting_professional_rpps(), "99704000019");
  EXPECT_EQ(booked->clinical_line(), "fièvre depuis la veille");
  ASSERT_EQ(slots_.prepared().size(), 1u);
  EXPECT_EQ(slots_.prepared()[0].need().care_order(), "") << "nobody has regulated it";
}

TEST_F(EntryOrders, AnotherStructureDoesNotBookIt) {
  PutEntryOf("pharmacie-de-la-gare");
  Site(slots::v1::EntryRule::ACCESS_DIRECT);
  base::Actor pharmacist = Pharmacist();
  pharmacist.organization = "pharmacie-du-port";
  EXPECT_THAT(Create(pharmacist, EntryRequest()),
              StatusIs(absl::StatusCode::kPermissionDenied, "NOT_OWN_ENTRY"));
  EXPECT_THAT(AllNames(), IsEmpty());
  EXPECT_TRUE(slots_.prepared().empty()) << "the hold is still there";
  pharmacist.organization = "pharmacie-de-la-gare";
  EXPECT_THAT(Create(pharmacist, EntryRequest()), IsOk());
}

TEST_F(EntryOrders, WhoseCredentialsLostTheirStructureBooksWhatHeHasEntered) {
  PutEntryOf("pharmacie-de-la-gare");
  Site(slots::v1::EntryRule::ACCESS_DIRECT);
  base::Actor colleague = Pharmacist();
  colleague.subject = "pharmacie-2";
  EXPECT_THAT(Create(colleague, EntryRequest("pharmacie-2")), ReasonIs("NOT_OWN_ENTRY"));
  EXPECT_THAT(Create(Pharmacist(), EntryRequest()), IsOk());
}

TEST_F(EntryOrders, S2_21_ADoctorBooksWhatHeHasEntered) {
  for (const bool local : {false, true}) {
    regulation::v1::CareOrder order = Entered(local);
    order.mutable_entry()->set_entry_point(type::v1::ENTRY_POINT_MEDECIN_TRAITANT);
    order.mutable_entry()->set_organization("cabinet-du-port");
    order.mutable_ordered_by()->set_subject("dr-port");
    const std::string name = std::string(kCase) + (local ? "/orders/o3" : "/orders/o2");
    order.set_name(name);
    regulation_.Put(order);
    const auto way = local ? type::v1::ENTRY_POINT_LOCAL : type::v1::ENTRY_POINT_MEDECIN_TRAITANT;
    slots::v1::EntryRule rule;
    rule.set_entry_point(way);
    rule.set_access(slots::v1::EntryRule::ACCESS_DIRECT);
    slots_.SetRule(rule);
    v1::CreateAppointmentRequest request = EntryRequest("dr-port");
    request.set_request_id(local ? "e-local" : "e-mt");
    request.set_hold_token(slots_.Hold(kSlot, local ? 1 : 0, "dr-port"));
    request.mutable_appointment()->set_care_order(name);
    request.mutable_appointment()->set_entry_point(way);
    base::Actor other = testing::ActorWith(base::Role::kEffecteur, "dr-gare");
    other.organization = "cabinet-de-la-gare";
    EXPECT_THAT(Create(other, request), ReasonIs("NOT_OWN_ENTRY"));
    base::Actor doctor = testing::ActorWith(base::Role::kEffecteur, "dr-port");
    doctor.organization = "cabinet-du-port";
    const auto booked = Create(doctor, request);
    ASSERT_THAT(booked, IsOk());
    EXPECT_EQ(booked->booked_by().subject(), "dr-port");
  }
}

TEST_F(EntryOrders, AnEntryOpensNoRegulatedAgenda) {
  regulation_.Put(Entered());
  Site(slots::v1::EntryRule::ACCESS_REGULATED);
  EXPECT_THAT(Create(Pharmacist(), EntryRequest()),
              StatusIs(absl::StatusCode::kFailedPrecondition, "ORDER_REQUIRED"));
  EXPECT_THAT(AllNames(), IsEmpty());
}

TEST_F(EntryOrders, AnUnreadOrderOfAnEntryOpensNoneEither) {
  regulation_.FailWith(
      base::Fail(absl::StatusCode::kUnavailable, "REGULATION_UNREACHABLE", "no answer"));
  Site(slots::v1::EntryRule::ACCESS_REGULATED);
  v1::CreateAppointmentRequest request = EntryRequest();
  request.mutable_appointment()->set_oral_check(true);
  request.mutable_appointment()->set_orienting_professional_rpps("99704000019");
  EXPECT_THAT(Create(Pharmacist(), request), ReasonIs("ORDER_REQUIRED"));
}

TEST_F(EntryOrders, S2_22_AnOperatorBooksItByTheWayByWhichItCame) {
  regulation_.Put(Entered());
  Site(slots::v1::EntryRule::ACCESS_DIRECT);
  v1::CreateAppointmentRequest line = OrderRequest("r-1");
  EXPECT_THAT(Create(osnp_, line),
              StatusIs(absl::StatusCode::kPermissionDenied, "ENTRY_POINT_FORBIDDEN"));
  Site(slots::v1::EntryRule::ACCESS_DIRECT);
  EXPECT_THAT(Create(osnp_, EntryRequest("osnp-1")), IsOk());
}

TEST_F(EntryOrders, ARegulatorsOrderIsBookedByItsLine) {
  regulation_.Put(SearchedOrder());
  Site(slots::v1::EntryRule::ACCESS_DIRECT);
  EXPECT_THAT(Create(osnp_, EntryRequest("osnp-1")), ReasonIs("ENTRY_POINT_FORBIDDEN"));
  v1::CreateAppointmentRequest none = EntryRequest("osnp-1");
  none.mutable_appointment()->clear_care_order();
  EXPECT_THAT(Create(osnp_, none), ReasonIs("ENTRY_POINT_FORBIDDEN"));
}

TEST_F(EntryOrders, S2_20_WithoutItsQuestionnaireNothingIsBooked) {
  for (const char* reason :
       {"ENTRY_QUESTIONNAIRE_REQUIRED", "TRIAGE_INCOMPLETE", "SEVERITY_SIGN"}) {
    regulation_.SayOfDirect(base::Fail(absl::StatusCode::kFailedPrecondition, reason, "no"));
    EXPECT_THAT(Create(Pharmacist(), DirectRequest("r-1")),
                StatusIs(absl::StatusCode::kFailedPrecondition, reason));
  }
  EXPECT_TRUE(slots_.prepared().empty());
  regulation_.SayOfDirect(absl::OkStatus());
  EXPECT_THAT(Create(Pharmacist(), DirectRequest("r-1")), IsOk());
}

TEST_F(EntryOrders, ADirectBookingWithoutTheRegulationNeedsAnOralCheck) {
  regulation_.FailWith(
      base::Fail(absl::StatusCode::kUnavailable, "REGULATION_UNREACHABLE", "no answer"));
  v1::CreateAppointmentRequest request = DirectRequest("r-1");
  EXPECT_THAT(Create(Pharmacist(), request),
              StatusIs(absl::StatusCode::kUnavailable, "REGULATION_UNREACHABLE"));
  request.set_request_id("r-2");
  request.mutable_appointment()->set_oral_check(true);
  const auto booked = Create(Pharmacist(), request);
  ASSERT_THAT(booked, IsOk());
  EXPECT_TRUE(booked->oral_check());
}

}  // namespace
}  // namespace sas::booking
