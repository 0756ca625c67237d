#include "services/regulation/domain/kpi.h"
#include "tests/rpc/regulation/entry_fixture.h"
#include "tests/rpc/regulation/reference_client.h"

// A patient sent elsewhere; requests outside the SAS; what booking asks of an entry.
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

constexpr auto kUrgences = v1::Reorientation::DESTINATION_URGENCES;
constexpr auto kSamu = v1::Reorientation::DESTINATION_SAMU;

class Elsewhere : public EntryTest {
 protected:
  v1::SubmitEntryResponse Waiting() {
    const auto entered = Submit(pharmacist_, CallBack(Request(pharmacy_)));
    EXPECT_THAT(entered, IsOk());
    return entered.value_or(v1::SubmitEntryResponse());
  }

  absl::Status MayBook(
      const v1::RegulationCase& row,
      sas::type::v1::EntryPoint entry_point = sas::type::v1::ENTRY_POINT_PHARMACIE,
      sas::type::v1::AccessReason access = sas::type::v1::ACCESS_REASON_UNSPECIFIED) {
    v1::DirectBooking booking;
    booking.set_patient(row.patients(0).name());
    booking.set_entry_point(entry_point);
    booking.set_access_reason(access);
    return references_.CheckDirect(booking).status();
  }

  v1::RegulationCase OpenedByPharmacist() {
    v1::CreateRegulationCaseRequest request = NewCase("M02.06");
    request.mutable_regulation_case()->mutable_origin()->set_entry_point(
        sas::type::v1::ENTRY_POINT_PHARMACIE);
    const auto opened = Ask(pharmacist_, &Stub::CreateRegulationCase, request);
    EXPECT_THAT(opened, IsOk());
    return opened.value_or(v1::RegulationCase());
  }

  ReferenceClient references_{clock_, *desk_};
};

TEST_F(Elsewhere, S2_15_OneActEndsOrderAndDossierAndTellsTheTarget) {
  const v1::SubmitEntryResponse entered = Waiting();
  const base::Instant at = clock_.Now();
  const auto sent = Reorient(pharmacist_, entered.care_order().name(), kUrgences);
  ASSERT_THAT(sent, IsOk());
  ASSERT_EQ(sent->care_orders_size(), 1);
  const v1::CareOrder& order = sent->care_orders(0);
  EXPECT_EQ(order.state(), v1::CareOrder::STATE_REORIENTED);
  EXPECT_EQ(order.end_reason(), "REORIENTED");
  EXPECT_EQ(order.reorientation().destination(), kUrgences);
  EXPECT_EQ(order.reorientation().reoriented_by().subject(), "pharma-1");
  EXPECT_EQ(ToInstant(order.reorientation().reorient_time()), at);
  EXPECT_FALSE(order.has_callback_time());
  EXPECT_EQ(sent->regulation_case().state(), v1::RegulationCase::STATE_COMPLETED);
  EXPECT_EQ(ToInstant(sent->regulation_case().close_time()), at);
  EXPECT_THAT(sent->regulation_case().notes(0).text(), HasSubstr("service d’urgences"));
  const auto types = EventTypes();
  EXPECT_THAT(types, Contains("reorientation.sent"));
  EXPECT_THAT(types, Contains("case.completed"));
  EXPECT_THAT(Listed(osnp_), IsEmpty());
  EXPECT_THAT(ClaimOrder(osnp_, order.name()), ReasonIs("ORDER_STATE_FORBIDS"));
  EXPECT_THAT(Reorient(pharmacist_, order.name(), kUrgences), ReasonIs("ORDER_STATE_FORBIDS"));
}

TEST_F(Elsewhere, TheMessageToTheTargetSaysCodesOnly) {
  const v1::SubmitEntryResponse entered = Waiting();
  ASSERT_THAT(Reorient(pharmacist_, entered.regulation_case().name(), kUrgences), IsOk());
  const auto events =
      store_.feed().Read(base::InternalCall("test", clock_, std::chrono::seconds(5)), "", "", 1000);
  bool found = false;
  for (const ledger::StoredEvent& stored : *events) {
    EXPECT_THAT(stored.payload, Not(HasSubstr("ne relève pas"))) << stored.type;
    EXPECT_THAT(stored.payload, Not(HasSubstr("rien avant jeudi"))) << stored.type;
    if (stored.type != "reorientation.sent") continue;
    sas::events::v1::Event event;
    ASSERT_TRUE(event.ParseFromString(stored.payload));
    found = true;
    EXPECT_EQ(event.subject(), entered.care_order().name());
    EXPECT_EQ(event.reorientation().destination(), kUrgences);
    EXPECT_EQ(event.reorientation().regulation_case(), entered.regulation_case().name());
    EXPECT_EQ(event.reorientation().care_order(), entered.care_order().name());
  }
  EXPECT_TRUE(found);
}

TEST_F(Elsewhere, S2_15_ToTheSamuTheDossierWaitsForARegulatorAtOnce) {
  const v1::SubmitEntryResponse entered = Waiting();
  // Whoever has the order: what became urgent waits for nobody.
  ASSERT_THAT(ClaimOrder(osnp_, entered.care_order().name()), IsOk());
  const auto sent = Reorient(pharmacist_, entered.care_order().name(), kSamu);
  ASSERT_THAT(sent, IsOk());
  EXPECT_EQ(sent->care_orders(0).state(), v1::CareOrder::STATE_REORIENTED);
  const v1::RegulationCase row = RegulationTest::Get(entered.regulation_case().name());
  EXPECT_EQ(row.state(), v1::RegulationCase::STATE_ACTIVE);
  EXPECT_EQ(row.priority(), v1::PRIORITY_UNSPECIFIED);
  EXPECT_TRUE(row.has_wait_start_time());
  EXPECT_TRUE(row.has_wait_alarm_time());
  // It is the regulator's now.
  EXPECT_THAT(Reorient(pharmacist_, row.name(), kUrgences), ReasonIs("REGULATOR_REQUIRED"));
}

TEST_F(Elsewhere, S2_15_ARegulatorsOrderIsReorientedByARegulator) {
  const v1::CareOrder order = Ordered();
  ASSERT_THAT(ClaimOrder(osnp_, order.name()), IsOk());
  EXPECT_THAT(Reorient(osnp_, order.name(), kUrgences),
              StatusIs(absl::StatusCode::kPermissionDenied, "REGULATOR_REQUIRED"));
  EXPECT_THAT(Reorient(mrl_, order.name(), kUrgences), ReasonIs("ORDER_ALREADY_CLAIMED"));
  const auto sent = Reorient(osnp_, order.name(), kSamu);
  ASSERT_THAT(sent, IsOk());
  EXPECT_EQ(sent->regulation_case().priority(), v1::PRIORITY_UNSPECIFIED);
  const v1::CareOrder second = Ordered();
  ASSERT_THAT(Reorient(mrl_, second.name(), v1::Reorientation::DESTINATION_SOS), IsOk());
  EXPECT_EQ(RegulationTest::Get(CaseOf(second.name())).state(),
            v1::RegulationCase::STATE_COMPLETED);
}

TEST_F(Elsewhere, S2_15_AnAppointmentIsCancelledFirstOrFlagged) {
  const auto entered = Submit(pharmacist_, Request(pharmacy_));
  ASSERT_THAT(entered, IsOk());
  const std::string order = entered->care_order().name();
  const std::string appointment = "regions/fr-pdl/appointments/a";
  ASSERT_THAT(Booked(order, appointment), IsOk());
  EXPECT_THAT(Reorient(pharmacist_, order, kUrgences), ReasonIs("PATIENT_ALREADY_BOOKED"));
  const auto samu = Reorient(pharmacist_, order, kSamu);
  ASSERT_THAT(samu, IsOk());
  EXPECT_EQ(samu->care_orders(0).end_reason(), kAppointmentOnStoppedOrder);
  EXPECT_EQ(samu->care_orders(0).appointment(), appointment);
  ASSERT_THAT(Booked(order, appointment, sas::booking::v1::Appointment::STATE_CANCELLED), IsOk());
  const auto after = OrderAs(pharmacist_, order);
  EXPECT_EQ(after->state(), v1::CareOrder::STATE_REORIENTED);
  EXPECT_EQ(after->appointment(), "");
}

TEST_F(Elsewhere, WhatASevereDossierNeedsIsARegulator) {
  const auto red = Submit(
      pharmacist_, Request(pharmacy_, sas::type::v1::ENTRY_POINT_PHARMACIE, {Yes("conscience")}));
  ASSERT_THAT(red, IsOk());
  EXPECT_THAT(Reorient(pharmacist_, red->regulation_case().name(), kUrgences),
              ReasonIs("REGULATOR_REQUIRED"));
}

TEST_F(Elsewhere, TheActSaysWhatItLacks) {
  const v1::SubmitEntryResponse entered = Waiting();
  v1::ReorientRequest request;
  request.set_name(entered.care_order().name());
  *request.mutable_reorientation() = To(kUrgences);
  request.mutable_reorientation()->clear_destination();
  EXPECT_THAT(AskEntries(pharmacist_, &EntryStub::Reorient, request),
              ReasonIs("DESTINATION_REQUIRED"));
  request.mutable_reorientation()->set_destination(v1::Reorientation::DESTINATION_OTHER_STRUCTURE);
  EXPECT_THAT(AskEntries(pharmacist_, &EntryStub::Reorient, request),
              ReasonIs("STRUCTURE_REQUIRED"));
  request.mutable_reorientation()->set_structure("imagerie du port");
  request.mutable_reorientation()->set_patient_informed(false);
  EXPECT_THAT(AskEntries(pharmacist_, &EntryStub::Reorient, request),
              ReasonIs("PATIENT_NOT_INFORMED"));
  request.mutable_reorientation()->set_patient_informed(true);
  request.mutable_reorientation()->clear_reason();
  EXPECT_THAT(AskEntries(pharmacist_, &EntryStub::Reorient, request),
              StatusIs(absl::StatusCode::kInvalidArgument, "TEXT_REQUIRED"));
  request.mutable_reorientation()->set_reason("radio");
  request.set_name(entered.regulation_case().name() + "/orders/none");
  EXPECT_THAT(AskEntries(pharmacist_, &EntryStub::Reorient, request), ReasonIs("ORDER_NOT_FOUND"));
}

TEST_F(Elsewhere, S2_23_EnteredAndSentElsewhereInOneAct) {
  v1::SubmitEntryRequest request = Request(pharmacy_);
  request.set_wish(v1::ENTRY_WISH_REORIENT);
  EXPECT_THAT(Submit(pharmacist_, request), ReasonIs("DESTINATION_REQUIRED"));
  *request.mutable_reorientation() = To(v1::Reorientation::DESTINATION_MEDECIN_TRAITANT);
  const auto entered = Submit(pharmacist_, request);
  ASSERT_THAT(entered, IsOk());
  EXPECT_EQ(entered->outcome(), v1::ENTRY_OUTCOME_REORIENTED);
  EXPECT_EQ(entered->care_order().state(), v1::CareOrder::STATE_REORIENTED);
  EXPECT_EQ(entered->regulation_case().state(), v1::RegulationCase::STATE_COMPLETED);
  EXPECT_THAT(EventTypes(), Contains("reorientation.sent"));
  EXPECT_THAT(Listed(pharmacist_), IsEmpty());
  EXPECT_THAT(Listed(pharmacist_, true), ElementsAre(entered->care_order().name()));
}

TEST_F(Elsewhere, S2_23_WhomTheProtocolExcludesIsNeitherBookedNorWaits) {
  const std::string form = InForce("entree-csnp", "85-lvo");
  const std::vector<v1::TriageAnswer> renewal{Choice("motif", "renouvellement"),
                                              No("anticoagulant"),
                                              No("detresse"),
                                              No("conscience"),
                                              No("hemorragie"),
                                              No("dangerosite"),
                                              Choice("parcours", "sans-mt")};
  v1::SubmitEntryRequest request = Request(form, sas::type::v1::ENTRY_POINT_PHARMACIE, renewal);
  EXPECT_THAT(Submit(pharmacist_, request),
              StatusIs(absl::StatusCode::kFailedPrecondition, "ENTRY_UNSUITABLE"));
  EXPECT_THAT(Submit(pharmacist_, CallBack(request)), ReasonIs("ENTRY_UNSUITABLE"));
  request.set_wish(v1::ENTRY_WISH_REORIENT);
  *request.mutable_reorientation() = To(v1::Reorientation::DESTINATION_MEDECIN_TRAITANT);
  EXPECT_THAT(Submit(pharmacist_, request), IsOk());
}

TEST_F(Elsewhere, S3_03_ALocalRequestHasItsOwnProtocolAndIsCountedApart) {
  const std::string shared = InForce("entree-csnp", "85-lvo");
  const std::string own = InForce(
      "court-secretariat", "85", "1.0",
      {{"\"ENTRY_POINT_SECRETARIAT\"", "\"ENTRY_POINT_SECRETARIAT\", \"ENTRY_POINT_LOCAL\""}});
  auto answers = Harmless();
  answers[0] = Choice("motif", "blessure");
  v1::SubmitEntryRequest request =
      CallBack(Request(own, sas::type::v1::ENTRY_POINT_LOCAL, answers));
  request.mutable_triage()->set_protocol(shared);
  EXPECT_THAT(Submit(secretary_, request), ReasonIs("PROTOCOL_FOR_OTHER_ENTRY"));
  request.mutable_triage()->set_protocol(own);
  const auto entered = Submit(secretary_, request);
  ASSERT_THAT(entered, IsOk());
  const v1::CareOrder& order = entered->care_order();
  EXPECT_TRUE(order.entry().local());
  EXPECT_EQ(order.entry().entry_point(), sas::type::v1::ENTRY_POINT_SECRETARIAT);
  EXPECT_EQ(order.entry().protocol(), own);
  // The structure's own; the SAS' doctors may look, its operators have no part in it.
  EXPECT_THAT(Listed(secretary_), ElementsAre(order.name()));
  EXPECT_THAT(Listed(osnp_), IsEmpty());
  EXPECT_THAT(Listed(mrl_), ElementsAre(order.name()));
  EXPECT_THAT(ClaimOrder(osnp_, order.name()), ReasonIs("NOT_OWN_ENTRY"));
  v1::ListCareOrdersRequest list;
  list.set_parent("regions/fr-pdl/cases/-");
  EXPECT_EQ(Ask(osnp_, &Stub::ListCareOrders, list)->care_orders_size(), 0);
  ASSERT_THAT(Submit(pharmacist_, CallBack(Request(pharmacy_))), IsOk());
  v1::GetBoardRequest wall;
  wall.set_parent("regions/fr-pdl");
  EXPECT_EQ(Ask(mrl_, &Stub::GetBoard, wall)->open_order_count(), 1);
  KpiFold fold(clock_.Now() - std::chrono::hours(1), clock_.Now(),
               [](base::Instant) { return care::Date(); });
  ASSERT_THAT(store_.Read(base::InternalCall("test", clock_, std::chrono::seconds(5)),
                          [&](RegulationTransaction& t) -> absl::Status {
                            KpiMarkQuery query;
                            query.start = clock_.Now() - std::chrono::hours(1);
                            query.end = clock_.Now();
                            query.limit = 100;
                            SAS_ASSIGN_OR_RETURN(const auto marks, t.ListMarks(query));
                            for (const KpiMark& mark : marks) fold.Add(mark);
                            return absl::OkStatus();
                          }),
              IsOk());
  const auto count = [&](const std::string& id, const std::string& label) {
    for (const Kpi& kpi : fold.Figures()) {
      for (const KpiFigure& figure : kpi.figures) {
        if (kpi.definition->id == id && figure.label == label) return figure.numerator;
      }
    }
    return -1.0;
  };
  EXPECT_EQ(count("K31", "LOCAL"), 1);
  EXPECT_EQ(count("K31", "PHARMACIE"), 1);
  EXPECT_EQ(count("K32", ""), 1);
  EXPECT_EQ(count("K32", "LOCAL"), 1);
}

TEST_F(Elsewhere, BookingAsksForTheQuestionnaire) {
  const v1::RegulationCase row = OpenedByPharmacist();
  EXPECT_THAT(MayBook(row), ReasonIs("ENTRY_QUESTIONNAIRE_REQUIRED"));
  EXPECT_THAT(MayBook(row, sas::type::v1::ENTRY_POINT_PODOLOGUE), IsOk()) << "no form of theirs";
  ASSERT_THAT(Record(pharmacist_, row.name(), pharmacy_, {No("detresse")}), IsOk());
  EXPECT_THAT(MayBook(row), ReasonIs("TRIAGE_INCOMPLETE"));
  ASSERT_THAT(Record(pharmacist_, row.name(), pharmacy_, Harmless()), IsOk());
  EXPECT_THAT(MayBook(row), IsOk());
  ASSERT_THAT(Record(pharmacist_, row.name(), pharmacy_, {Yes("detresse")}), IsOk());
  EXPECT_THAT(MayBook(row), StatusIs(absl::StatusCode::kFailedPrecondition, "SEVERITY_SIGN"));
}

TEST_F(Elsewhere, ASiteThatAsksForAReasonAsksForTheEntryQuestionnaire) {
  InForce("entree-csnp", "85-lvo");
  const v1::RegulationCase row = OpenedByPharmacist();
  EXPECT_THAT(MayBook(row, sas::type::v1::ENTRY_POINT_PODOLOGUE), IsOk());
  EXPECT_THAT(
      MayBook(row, sas::type::v1::ENTRY_POINT_PODOLOGUE, sas::type::v1::ACCESS_REASON_SANS_MT),
      ReasonIs("ENTRY_QUESTIONNAIRE_REQUIRED"));
}

}  // namespace
}  // namespace sas::regulation
