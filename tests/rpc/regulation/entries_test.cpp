#include "services/regulation/roles.h"
#include "tests/rpc/regulation/entry_fixture.h"

// Entries without regulation: who enters, what comes of it, who works it.
namespace sas::regulation {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::IsOk;
using ::testing::Not;
using testing::ReasonIs;
using testing::StatusIs;

class Entries : public EntryTest {};

TEST_F(Entries, H47_EveryMethodHasAPolicyAndNoneIsForThePublic) {
  rpc::RoleTable roles;
  AllowEntryMethods(roles);
  const std::string service = "/sas.regulation.v1.EntryService/";
  EXPECT_EQ(roles.entries().size(), 3u);
  for (const char* method : {"SubmitEntry", "ListEntries", "Reorient"}) {
    ASSERT_TRUE(roles.Knows(service + method)) << method;
    EXPECT_FALSE(roles.Check(service + method, testing::ActorWith(base::Role::kUnspecified)).ok());
    EXPECT_FALSE(roles.Check(service + method, testing::ActorWith(base::Role::kPlanner)).ok());
  }
  EXPECT_FALSE(roles.Check(service + "SubmitEntry", osnp_).ok());
}

TEST_F(Entries, S2_21_BookedAtOnceInOneStory) {
  const base::Instant before = clock_.Now();
  const auto entered = Submit(pharmacist_, Request(pharmacy_));
  ASSERT_THAT(entered, IsOk());
  EXPECT_EQ(entered->outcome(), v1::ENTRY_OUTCOME_BOOK);
  const v1::CareOrder& order = entered->care_order();
  EXPECT_EQ(order.state(), v1::CareOrder::STATE_SEARCHING);
  EXPECT_EQ(order.claim().owner().subject(), "pharma-1");
  EXPECT_EQ(order.version(), 1);
  EXPECT_EQ(order.decision(), "");
  EXPECT_EQ(ToInstant(order.origin_time()), before);
  EXPECT_EQ(ToInstant(order.due_time()), before + std::chrono::hours(24));
  EXPECT_EQ(order.entry().entry_point(), sas::type::v1::ENTRY_POINT_PHARMACIE);
  EXPECT_EQ(order.entry().organization(), "structures/officine");
  EXPECT_EQ(order.entry().protocol(), pharmacy_);
  EXPECT_EQ(order.entry().priority(), v1::PRIORITY_P3);
  EXPECT_EQ(order.entry().previous_attempts(0).outcome(), "rien avant jeudi");
  EXPECT_FALSE(order.entry().local());
  const v1::RegulationCase& row = entered->regulation_case();
  EXPECT_EQ(row.priority(), v1::PRIORITY_NR);
  EXPECT_FALSE(row.has_wait_start_time());
  ASSERT_EQ(row.triages_size(), 1);
  EXPECT_EQ(row.triages(0).protocol(), pharmacy_);
  EXPECT_EQ(row.triages(0).organization(), "structures/officine");
  EXPECT_THAT(EventTypes(), Contains("case.created"));
  EXPECT_THAT(EventTypes(), Contains("order.created"));
  ASSERT_THAT(Booked(order.name(), "regions/fr-pdl/appointments/a"), IsOk());
  EXPECT_EQ(OrderAs(pharmacist_, order.name())->state(), v1::CareOrder::STATE_BOOKED);
  v1::ConfirmPatientInformedRequest informed;
  informed.set_name(order.name());
  const auto told = Ask(pharmacist_, &Stub::ConfirmPatientInformed, informed);
  ASSERT_THAT(told, IsOk());
  EXPECT_EQ(told->state(), v1::CareOrder::STATE_CONFIRMED_TO_PATIENT);
  EXPECT_THAT(Listed(pharmacist_), IsEmpty());
}

TEST_F(Entries, ARepeatGetsTheFirstAnswerAndAnotherBodyIsRefused) {
  v1::SubmitEntryRequest request = Request(pharmacy_);
  request.set_request_id("entry-1");
  const auto first = Submit(pharmacist_, request);
  ASSERT_THAT(first, IsOk());
  const auto again = Submit(pharmacist_, request);
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->SerializeAsString(), first->SerializeAsString());
  EXPECT_EQ(Listed(pharmacist_).size(), 1u);
  request.mutable_care_order()->set_clinical_line("autre");
  EXPECT_THAT(Submit(pharmacist_, request), ReasonIs("REQUEST_ID_REUSED"));
}

TEST_F(Entries, S2_20_MotifSeverityAndWhatWasTriedAreMandatory) {
  v1::SubmitEntryRequest request = Request(pharmacy_);
  request.mutable_regulation_case()->clear_previous_attempts();
  EXPECT_THAT(Submit(pharmacist_, request),
              StatusIs(absl::StatusCode::kFailedPrecondition, "ATTEMPTS_REQUIRED"));
  request = Request(pharmacy_);
  request.mutable_regulation_case()->set_motif_code("M07.00");
  EXPECT_THAT(Submit(pharmacist_, request), ReasonIs("MOTIF_NOT_IDENTIFIED"));
  auto answers = Harmless();
  answers.erase(answers.begin() + 1);
  EXPECT_THAT(
      Submit(pharmacist_, Request(pharmacy_, sas::type::v1::ENTRY_POINT_PHARMACIE, answers)),
      ReasonIs("TRIAGE_INCOMPLETE"));
  request = Request(pharmacy_);
  request.set_wish(v1::ENTRY_WISH_UNSPECIFIED);
  EXPECT_THAT(Submit(pharmacist_, request), ReasonIs("WISH_REQUIRED"));
  request = Request(pharmacy_);
  request.mutable_regulation_case()->clear_mobility();
  EXPECT_THAT(Submit(pharmacist_, request), ReasonIs("ORDER_PREREQUISITES_MISSING"));
  request = Request(pharmacy_);
  request.mutable_care_order()->mutable_delay()->set_seconds(72 * 3600);
  EXPECT_THAT(Submit(pharmacist_, request), ReasonIs("INVALID_DELAY"));
  EXPECT_THAT(EventTypes(), Not(Contains("case.created"))) << "a refusal leaves nothing";
}

TEST_F(Entries, H06_APositiveSignPointsToThe15AndWaitsForARegulator) {
  // Nothing else was asked yet, and that holds nobody up.
  v1::SubmitEntryRequest request =
      Request(pharmacy_, sas::type::v1::ENTRY_POINT_PHARMACIE, {Yes("detresse")});
  request.mutable_regulation_case()->clear_previous_attempts();
  request.mutable_regulation_case()->clear_mobility();
  *request.mutable_reorientation() = To(v1::Reorientation::DESTINATION_URGENCES);
  const auto entered = Submit(pharmacist_, request);
  ASSERT_THAT(entered, IsOk());
  EXPECT_EQ(entered->outcome(), v1::ENTRY_OUTCOME_REGULATOR);
  EXPECT_EQ(entered->proposal(), "15");
  EXPECT_FALSE(entered->has_care_order());
  const v1::RegulationCase row = RegulationTest::Get(entered->regulation_case().name());
  EXPECT_EQ(row.priority(), v1::PRIORITY_UNSPECIFIED);
  EXPECT_EQ(row.filiere(), sas::type::v1::FILIERE_UNSPECIFIED);
  EXPECT_TRUE(row.has_wait_start_time());
  EXPECT_EQ(row.triages(0).result().positive_signs(0), "detresse");
  EXPECT_THAT(row.notes(0).text(), HasSubstr("urgences"));
  EXPECT_THAT(Listed(pharmacist_), IsEmpty());
  v1::ClaimNextRegulationCaseRequest next;
  next.set_parent("regions/fr-pdl");
  EXPECT_EQ(Ask(mru_, &Stub::ClaimNextRegulationCase, next)->name(), row.name());
}

TEST_F(Entries, H06_AVitalMotifNeitherBooksNorWaits) {
  v1::SubmitEntryRequest request = CallBack(Request(pharmacy_));
  request.mutable_regulation_case()->set_motif_code("M03.08");
  const auto entered = Submit(pharmacist_, request);
  ASSERT_THAT(entered, IsOk());
  EXPECT_EQ(entered->outcome(), v1::ENTRY_OUTCOME_REGULATOR);
  EXPECT_EQ(entered->proposal(), "15");
}

TEST_F(Entries, NobodyLiftsASignAtTheDesk) {
  v1::SubmitEntryRequest request =
      Request(pharmacy_, sas::type::v1::ENTRY_POINT_PHARMACIE, {Yes("detresse")});
  request.mutable_triage()->set_override_reason("il va mieux");
  EXPECT_THAT(Submit(pharmacist_, request), ReasonIs("REGULATOR_REQUIRED"));
}

TEST_F(Entries, S2_19_APharmacistAndANurseByTheirOwnFormsOnly) {
  const std::string nurse_form = InForce("court-idel");
  const base::Actor nurse = Professional("idel-1", "60", "idel");
  EXPECT_THAT(Submit(nurse, Request(nurse_form, sas::type::v1::ENTRY_POINT_IDEL)), IsOk());
  EXPECT_THAT(Submit(nurse, Request(pharmacy_, sas::type::v1::ENTRY_POINT_IDEL)),
              ReasonIs("PROTOCOL_FOR_OTHER_ENTRY"));
  EXPECT_THAT(Submit(nurse, Request(pharmacy_)), ReasonIs("ENTRY_POINT_FORBIDDEN"));
  base::Actor wrong = pharmacist_;
  wrong.profession = "60";
  EXPECT_THAT(Submit(wrong, Request(pharmacy_)), ReasonIs("PROFESSION_NOT_ALLOWED"));
  EXPECT_THAT(Submit(osnp_, Request(pharmacy_)), ReasonIs("ROLE_FORBIDDEN"));
}

TEST_F(Entries, S2_16_TheTreatingDoctorIsNamed) {
  const std::string form = InForce("entree-csnp", "85-lvo");
  base::Actor practice = secretary_;
  practice.entry_point = "medecin_traitant";
  v1::SubmitEntryRequest request = Request(
      form, sas::type::v1::ENTRY_POINT_MEDECIN_TRAITANT,
      {Choice("motif", "traumatologie-mineure"), Yes("anticoagulant"), No("detresse"),
       No("conscience"), No("hemorragie"), No("dangerosite"), Choice("parcours", "sans-mt")});
  EXPECT_THAT(Submit(practice, request), ReasonIs("ORIENTING_PROFESSIONAL_REQUIRED"));
  request.set_orienting_professional_rpps("123");
  EXPECT_THAT(Submit(practice, request), ReasonIs("INVALID_RPPS"));
  request.set_orienting_professional_rpps("99704000019");
  const auto entered = Submit(practice, request);
  ASSERT_THAT(entered, IsOk());
  EXPECT_EQ(entered->care_order().entry().orienting_professional_rpps(), "99704000019");
  EXPECT_EQ(entered->care_order().entry().priority(), v1::PRIORITY_P2) << "under anticoagulant";
  base::Actor doctor = Professional("mt-1", "10", "medecin_traitant");
  doctor.rpps = "99704000027";
  request.clear_orienting_professional_rpps();
  const auto own = Submit(doctor, request);
  ASSERT_THAT(own, IsOk());
  EXPECT_EQ(own->care_order().entry().orienting_professional_rpps(), "99704000027");
}

TEST_F(Entries, S2_22_TheFileActivePriorityThenAgeWithOneOperator) {
  auto unknown = Harmless();  // "Does not know" to a sign is P2 at least.
  unknown[2].set_sign(sas::type::v1::SIGN_ANSWER_UNKNOWN);
  const auto late = Submit(pharmacist_, CallBack(Request(pharmacy_)));
  const auto urgent = Submit(
      pharmacist_, CallBack(Request(pharmacy_, sas::type::v1::ENTRY_POINT_PHARMACIE, unknown)));
  const auto last = Submit(pharmacist_, CallBack(Request(pharmacy_)));
  ASSERT_THAT(late, IsOk());
  ASSERT_THAT(urgent, IsOk());
  ASSERT_THAT(last, IsOk());
  EXPECT_EQ(late->outcome(), v1::ENTRY_OUTCOME_WAITING);
  const v1::CareOrder& waiting = urgent->care_order();
  EXPECT_EQ(waiting.state(), v1::CareOrder::STATE_TO_DO);
  EXPECT_TRUE(waiting.has_callback_time());
  EXPECT_EQ(waiting.entry().priority(), v1::PRIORITY_P2);
  EXPECT_THAT(Listed(osnp_),
              ElementsAre(waiting.name(), late->care_order().name(), last->care_order().name()));
  const auto claimed = ClaimOrder(osnp_, waiting.name());
  ASSERT_THAT(claimed, IsOk());
  EXPECT_EQ(claimed->state(), v1::CareOrder::STATE_SEARCHING) << "what was tried is on it";
  EXPECT_THAT(ClaimOrder(testing::ActorWith(base::Role::kOsnp, "osnp-2"), waiting.name()),
              ReasonIs("ORDER_ALREADY_CLAIMED"));
  EXPECT_THAT(ClaimOrder(pharmacist_, waiting.name()), ReasonIs("ORDER_ALREADY_CLAIMED"));
  for (int calls = 1; calls <= 3; ++calls) {
    const auto called = Called(waiting.name());
    ASSERT_THAT(called, IsOk());
    EXPECT_EQ(called->unanswered_count(), calls);
  }
}

TEST_F(Entries, S2_22_APromiseLiesBeforeTheDeadline) {
  v1::SubmitEntryRequest request = CallBack(Request(pharmacy_));
  request.clear_callback_time();
  EXPECT_THAT(Submit(pharmacist_, request), ReasonIs("CALLBACK_REQUIRED"));
  EXPECT_THAT(Submit(pharmacist_, CallBack(Request(pharmacy_), 25 * 60)),
              ReasonIs("INVALID_CALLBACK_TIME"));
  EXPECT_THAT(Submit(pharmacist_, CallBack(Request(pharmacy_), -1)),
              ReasonIs("INVALID_CALLBACK_TIME"));
}

// Nobody was asked to regulate it: an entry that comes back must not fall silent.
TEST_F(Entries, H15_AnUnreachablePatientGoesToARegulator) {
  const auto entered = Submit(pharmacist_, CallBack(Request(pharmacy_)));
  ASSERT_THAT(entered, IsOk());
  const std::string order = entered->care_order().name();
  ASSERT_THAT(ClaimOrder(osnp_, order), IsOk());
  v1::ReturnCareOrderRequest back;
  back.set_name(order);
  back.set_outcome(v1::CareOrder::STATE_PATIENT_UNREACHABLE);
  back.set_reason("trois appels");
  EXPECT_THAT(Ask(osnp_, &Stub::ReturnCareOrder, back), ReasonIs("TOO_FEW_ATTEMPTS"));
  for (int i = 0; i < 3; ++i) ASSERT_THAT(Called(order), IsOk());
  back.set_request_id("again");
  ASSERT_THAT(Ask(osnp_, &Stub::ReturnCareOrder, back), IsOk());
  const v1::RegulationCase row = RegulationTest::Get(entered->regulation_case().name());
  EXPECT_EQ(row.priority(), v1::PRIORITY_UNSPECIFIED);
  EXPECT_TRUE(row.has_wait_start_time());
  EXPECT_TRUE(row.has_wait_alarm_time());
}

TEST_F(Entries, EntriesOfOneStructureAreNoOthersBusiness) {
  const auto entered = Submit(pharmacist_, CallBack(Request(pharmacy_)));
  ASSERT_THAT(entered, IsOk());
  const std::string order = entered->care_order().name();
  const base::Actor colleague = Professional("pharma-2", "21", "pharmacie", "structures/officine");
  const base::Actor stranger = Professional("pharma-3", "21", "pharmacie", "structures/autre");
  EXPECT_THAT(Listed(colleague), ElementsAre(order));
  EXPECT_THAT(Listed(stranger), IsEmpty());
  EXPECT_THAT(Listed(secretary_), IsEmpty());
  EXPECT_THAT(OrderAs(stranger, order),
              StatusIs(absl::StatusCode::kPermissionDenied, "NOT_OWN_ENTRY"));
  EXPECT_THAT(ClaimOrder(stranger, order), ReasonIs("NOT_OWN_ENTRY"));
  EXPECT_THAT(Reorient(stranger, order, v1::Reorientation::DESTINATION_URGENCES),
              ReasonIs("NOT_OWN_CASE"));
  EXPECT_THAT(ClaimOrder(colleague, order), IsOk());
  v1::GetRegulationCaseRequest read;
  read.set_name(entered->regulation_case().name());
  const auto seen = Ask(colleague, &Stub::GetRegulationCase, read);
  ASSERT_THAT(seen, IsOk()) << "a colleague calls the patient back";
  EXPECT_THAT(seen->triages(), IsEmpty());
  EXPECT_THAT(Ask(stranger, &Stub::GetRegulationCase, read), ReasonIs("NOT_OWN_CASE"));
  const v1::CareOrder regulated = Ordered();
  EXPECT_THAT(ClaimOrder(pharmacist_, regulated.name()), ReasonIs("NOT_OWN_ENTRY"));
  EXPECT_THAT(OrderAs(pharmacist_, regulated.name()), ReasonIs("NOT_OWN_ENTRY"));
}

TEST_F(Entries, TerritoryBoundsEntries) {
  base::Actor elsewhere = pharmacist_;
  elsewhere.territories = {"44"};
  EXPECT_THAT(Submit(elsewhere, Request(pharmacy_)), ReasonIs("TERRITORY_FORBIDDEN"));
  const auto entered = Submit(pharmacist_, CallBack(Request(pharmacy_)));
  ASSERT_THAT(entered, IsOk());
  base::Actor nantes = osnp_;
  nantes.territories = {"44"};
  EXPECT_THAT(Listed(nantes), IsEmpty());
  EXPECT_THAT(Reorient(nantes, entered->care_order().name(), v1::Reorientation::DESTINATION_SAMU),
              ReasonIs("TERRITORY_FORBIDDEN"));
}

TEST_F(Entries, TheListHasPages) {
  for (int i = 0; i < 3; ++i)
    ASSERT_THAT(Submit(pharmacist_, CallBack(Request(pharmacy_))), IsOk());
  v1::ListEntriesRequest request;
  request.set_parent("regions/fr-pdl");
  request.set_page_size(2);
  auto page = AskEntries(osnp_, &EntryStub::ListEntries, request);
  ASSERT_THAT(page, IsOk());
  EXPECT_EQ(page->care_orders_size(), 2);
  request.set_page_token(page->next_page_token());
  page = AskEntries(osnp_, &EntryStub::ListEntries, request);
  ASSERT_THAT(page, IsOk());
  EXPECT_EQ(page->care_orders_size(), 1);
  EXPECT_EQ(page->next_page_token(), "");
}

}  // namespace
}  // namespace sas::regulation
