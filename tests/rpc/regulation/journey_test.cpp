#include "tests/rpc/regulation/exchange_fixture.h"

namespace sas::regulation {
namespace {

using base::Role;
using std::chrono::hours;
using std::chrono::minutes;
using testing::ActorWith;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::ReasonIs;
using testing::StatusIs;
using Step = v1::JourneyStep;

class JourneyTest : public ExchangeTest {
 protected:
  v1::Journey Journey(const std::string& case_name) {
    const auto journey = JourneyOf(mrl_, case_name);
    EXPECT_THAT(journey, IsOk());
    return journey.value_or(v1::Journey());
  }

  static std::vector<int> Codes(const v1::Journey& journey, Step::State state) {
    std::vector<int> codes;
    for (const Step& step : journey.steps()) {
      if (step.state() == state) codes.push_back(step.code());
    }
    return codes;
  }

  static Step NowOf(const v1::Journey& journey) {
    Step now;
    for (const Step& step : journey.steps()) {
      if (step.state() == Step::STATE_NOW) now = step;
    }
    return now;
  }

  /// booking tells where the patient of the order is.
  absl::Status Arrived(const v1::CareOrder& order, const std::string& appointment,
                       const std::string& cursor) {
    sas::events::v1::Event event;
    event.set_cursor(cursor);
    event.set_type("appointment.updated");
    event.set_subject(appointment);
    event.mutable_appointment()->set_state(sas::booking::v1::Appointment::STATE_BOOKED);
    event.mutable_appointment()->set_arrival(sas::booking::v1::Appointment::ARRIVAL_ARRIVED);
    event.mutable_appointment()->set_care_order(order.name());
    event.mutable_appointment()->set_regulation_case(CaseOf(order.name()));
    event.mutable_appointment()->set_site_display_name("CSNP de l'Essai");
    *event.mutable_appointment()->mutable_start_time() =
        GetOrder(order.name()).appointment_start_time();
    return booking_.Handle(base::InternalCall("booking-feed", clock_, std::chrono::seconds(5)),
                           {event});
  }

  std::vector<std::string> Missing(const base::Actor& actor, const std::string& case_name) {
    const auto journey = JourneyOf(actor, case_name);
    EXPECT_THAT(journey, IsOk());
    std::vector<std::string> codes;
    if (!journey.ok()) return codes;
    for (const auto& item : journey->missing_information()) codes.push_back(item.code());
    return codes;
  }
};

TEST_F(JourneyTest, S3_02_FollowsARequestFromTheCallToTheArrival) {
  v1::CreateRegulationCaseRequest call = NewCase();
  *call.mutable_regulation_case()->mutable_origin()->mutable_arrival_time() =
      ToTimestamp(clock_.Now() - std::chrono::seconds(20));
  const std::string name = Ask(arm_, &Stub::CreateRegulationCase, call)->name();
  v1::Journey journey = Journey(name);
  EXPECT_THAT(Codes(journey, Step::STATE_DONE),
              ElementsAre(Step::CODE_CALLED, Step::CODE_PICKED_UP));
  EXPECT_EQ(NowOf(journey).code(), Step::CODE_WAITING);
  EXPECT_EQ(journey.responsible().role(), sas::type::v1::ROLE_ARM);
  EXPECT_EQ(journey.responsible().structure(), "SAS 85");

  ASSERT_THAT(Prioritize(arm_, name, v1::PRIORITY_P2), IsOk());
  EXPECT_EQ(Journey(name).responsible().role(), sas::type::v1::ROLE_REGULATOR_MG);
  ASSERT_THAT(Claim(mrl_, name), IsOk());
  journey = Journey(name);
  EXPECT_EQ(NowOf(journey).code(), Step::CODE_CLAIMED);
  EXPECT_EQ(NowOf(journey).actor().subject(), "mrl-1");
  EXPECT_EQ(journey.responsible().subject(), "mrl-1");
  EXPECT_TRUE(journey.responsible().has_until_time());

  const auto decision = Decide(mrl_, name, v1::CARE_LEVEL_R3, "ORIENT", "LIBERAL.MG", "CABINET");
  const auto order = Ask(mrl_, &Stub::CreateCareOrder, NewOrder(*decision));
  ASSERT_THAT(order, IsOk());
  v1::ReleaseRegulationCaseRequest release;
  release.set_name(name);
  ASSERT_THAT(Ask(mrl_, &Stub::ReleaseRegulationCase, release), IsOk());
  EXPECT_EQ(NowOf(Journey(name)).code(), Step::CODE_ORDERED);
  EXPECT_EQ(NowOf(Journey(name)).care_order(), order->name());
  ASSERT_THAT(ClaimOrder(osnp_, order->name()), IsOk());
  journey = Journey(name);
  EXPECT_EQ(NowOf(journey).code(), Step::CODE_TREATING_DOCTOR_ASKED);
  EXPECT_EQ(journey.responsible().subject(), "osnp-1");
  ASSERT_THAT(Contact(order->name(), v1::TreatingDoctorContact::OUTCOME_UNAVAILABLE), IsOk());
  EXPECT_EQ(NowOf(Journey(name)).code(), Step::CODE_SEARCHED);
  ASSERT_THAT(Booked(order->name(), "regions/fr-pdl/appointments/1"), IsOk());
  EXPECT_EQ(NowOf(Journey(name)).code(), Step::CODE_BOOKED);
  v1::ConfirmPatientInformedRequest informed;
  informed.set_name(order->name());
  ASSERT_THAT(Ask(osnp_, &Stub::ConfirmPatientInformed, informed), IsOk());
  journey = Journey(name);
  EXPECT_EQ(NowOf(journey).code(), Step::CODE_PATIENT_INFORMED);
  EXPECT_EQ(journey.responsible().structure(), "CSNP de l'Essai");
  EXPECT_THAT(Codes(journey, Step::STATE_TO_COME),
              ElementsAre(Step::CODE_ARRIVED, Step::CODE_CLOSED));

  clock_.Advance(hours(4));
  journey = Journey(name);
  ASSERT_EQ(journey.delays_size(), 1);
  EXPECT_EQ(journey.delays(0).code(), v1::Journey::DELAY_ARRIVAL);
  ASSERT_THAT(Arrived(*order, "regions/fr-pdl/appointments/1", "a-1"), IsOk());
  ASSERT_THAT(Arrived(*order, "regions/fr-pdl/appointments/1", "a-2"), IsOk());
  journey = Journey(name);
  EXPECT_EQ(NowOf(journey).code(), Step::CODE_ARRIVED);
  EXPECT_EQ(journey.delays_size(), 0);
  ASSERT_THAT(Complete(mrl_, name), IsOk());
  journey = Journey(name);
  EXPECT_FALSE(journey.has_responsible());
  EXPECT_THAT(Codes(journey, Step::STATE_DONE),
              ElementsAre(Step::CODE_CALLED, Step::CODE_PICKED_UP, Step::CODE_PRIORITISED,
                          Step::CODE_CLAIMED, Step::CODE_DECIDED, Step::CODE_ORDERED,
                          Step::CODE_TREATING_DOCTOR_ASKED, Step::CODE_SEARCHED, Step::CODE_BOOKED,
                          Step::CODE_PATIENT_INFORMED, Step::CODE_ARRIVED, Step::CODE_CLOSED));
  for (const Step& step : journey.steps()) {
    EXPECT_TRUE(step.has_time()) << step.text();
    EXPECT_FALSE(step.text().empty());
  }
}

TEST_F(JourneyTest, S3_02_AReturnedOrderAndAnotherChainAreOnTheWay) {
  const v1::CareOrder order = Ordered();
  const std::string name = CaseOf(order.name());
  ASSERT_THAT(ClaimOrder(osnp_, order.name()), IsOk());
  ASSERT_THAT(Contact(order.name(), v1::TreatingDoctorContact::OUTCOME_UNAVAILABLE), IsOk());
  v1::ReturnCareOrderRequest returned;
  returned.set_name(order.name());
  returned.set_outcome(v1::CareOrder::STATE_NO_SLOT);
  returned.set_reason("rien avant demain");
  ASSERT_THAT(Ask(osnp_, &Stub::ReturnCareOrder, returned), IsOk());
  v1::TransferRegulationCaseRequest transfer;
  transfer.set_name(name);
  transfer.set_filiere(sas::type::v1::FILIERE_AMU);
  transfer.set_reason("aggravation");
  ASSERT_THAT(Ask(mrl_, &Stub::TransferRegulationCase, transfer), IsOk());
  const v1::Journey journey = Journey(name);
  EXPECT_THAT(Codes(journey, Step::STATE_DONE), Contains(Step::CODE_RETURNED));
  EXPECT_THAT(Codes(journey, Step::STATE_DONE), Contains(Step::CODE_REORIENTED));
  EXPECT_EQ(NowOf(journey).code(), Step::CODE_WAITING);
  EXPECT_EQ(journey.responsible().role(), sas::type::v1::ROLE_REGULATOR_AMU);
}

TEST_F(JourneyTest, S3_02_AnEntryWithoutAnOrderEndsAtItsAppointment) {
  base::Actor nurse = ActorWith(Role::kProfessional, "idel-1");
  nurse.entry_point = "idel";
  v1::CreateRegulationCaseRequest request = NewCase("M03.05");
  request.mutable_regulation_case()->mutable_origin()->set_entry_point(
      sas::type::v1::ENTRY_POINT_IDEL);
  const std::string name = Ask(nurse, &Stub::CreateRegulationCase, request)->name();
  EXPECT_EQ(Journey(name).responsible().subject(), "idel-1");
  const auto tell = [&](const std::string& cursor, sas::booking::v1::Appointment::State state,
                        sas::booking::v1::Appointment::Arrival arrival) {
    sas::events::v1::Event event;
    event.set_cursor(cursor);
    event.set_subject("regions/fr-pdl/appointments/7");
    event.mutable_appointment()->set_state(state);
    event.mutable_appointment()->set_arrival(arrival);
    event.mutable_appointment()->set_regulation_case(name);
    *event.mutable_appointment()->mutable_start_time() = ToTimestamp(clock_.Now() + hours(1));
    const auto call = base::InternalCall("booking-feed", clock_, std::chrono::seconds(5));
    EXPECT_THAT(booking_.Handle(call, {event}), IsOk());
    clock_.Advance(std::chrono::seconds(1));
  };
  using sas::booking::v1::Appointment;
  tell("1", Appointment::STATE_BOOKED, Appointment::ARRIVAL_EXPECTED);
  EXPECT_EQ(NowOf(Journey(name)).code(), Step::CODE_BOOKED);
  tell("2", Appointment::STATE_CANCELLED, Appointment::ARRIVAL_EXPECTED);
  EXPECT_EQ(NowOf(Journey(name)).code(), Step::CODE_PICKED_UP);
  tell("3", Appointment::STATE_BOOKED, Appointment::ARRIVAL_EXPECTED);
  tell("4", Appointment::STATE_BOOKED, Appointment::ARRIVAL_ARRIVED);
  EXPECT_EQ(NowOf(Journey(name)).code(), Step::CODE_ARRIVED);
  // The nurse follows her own, and nobody else's.
  EXPECT_THAT(JourneyOf(nurse, name), IsOk());
  EXPECT_THAT(JourneyOf(nurse, Open().name()),
              StatusIs(absl::StatusCode::kPermissionDenied, "NOT_OWN_CASE"));
}

TEST_F(JourneyTest, S3_02_AWaitPastItsAlarmIsLate) {
  const std::string name = Prioritized(v1::PRIORITY_P1).name();
  EXPECT_EQ(Journey(name).delays_size(), 0);
  clock_.Advance(hours(1));
  const v1::Journey journey = Journey(name);
  ASSERT_EQ(journey.delays_size(), 1);
  EXPECT_EQ(journey.delays(0).code(), v1::Journey::DELAY_WAIT);
  EXPECT_EQ(journey.delays(0).since_time().seconds(), Get(name).wait_alarm_time().seconds());
}

TEST_F(JourneyTest, S3_15_WhatIsMissingIsListedUnlessTheTreatingDoctorAsks) {
  v1::CreateRegulationCaseRequest request = NewCase();
  auto& patient = *request.mutable_regulation_case()->mutable_patients(0);
  patient.set_allergies("aucune");
  patient.mutable_treating_doctor()->set_status(v1::TreatingDoctor::STATUS_DECLARED);
  patient.mutable_treating_doctor()->set_rpps("99700000013");
  desk_->test_identities = care::TestIdentities::kAccept;
  const auto opened = Ask(arm_, &Stub::CreateRegulationCase, request);
  ASSERT_THAT(opened, IsOk());
  EXPECT_THAT(Missing(arm_, opened->name()), ElementsAre("IDENTITY", "BIRTH_DATE", "SEX", "WEIGHT",
                                                         "CURRENT_TREATMENT", "MEDICAL_HISTORY"));
  base::Actor own = ActorWith(Role::kRegulatorMg, "dr-own");
  own.rpps = "99700000013";
  EXPECT_THAT(Missing(own, opened->name()), IsEmpty());
  const auto journey = JourneyOf(arm_, opened->name());
  EXPECT_EQ(journey->missing_information(0).patient(), opened->patients(0).name());
  EXPECT_EQ(journey->missing_information(4).text(), "Traitement en cours (ou « aucun »)");
}

TEST_F(JourneyTest, RightsAreAskedBeforeAnythingIsSaid) {
  base::Actor nantes = mrl_;
  nantes.territories = {"44"};
  const std::string name = Open().name();
  EXPECT_THAT(JourneyOf(nantes, name), ReasonIs("TERRITORY_FORBIDDEN"));
  EXPECT_THAT(JourneyOf(ActorWith(Role::kSteering), name), ReasonIs("ROLE_FORBIDDEN"));
  EXPECT_THAT(JourneyOf(mrl_, "regions/fr-pdl/cases/none"), ReasonIs("CASE_NOT_FOUND"));
  EXPECT_THAT(JourneyOf(osnp_, name), IsOk());
}

}  // namespace
}  // namespace sas::regulation
