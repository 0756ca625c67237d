// Holds over the wire.

#include <prometheus/counter.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "tests/rpc/slots_search/slots_server.h"

namespace sas::slots {
namespace {

using absl::StatusCode;
using std::chrono::hours;
using std::chrono::seconds;

using HoldTest = SlotsServerTest;

TEST_F(HoldTest, HoldIsTheOperatorsForTwoMinutes) {
  const auto hold = Hold(kCsnpSlot);
  ASSERT_THAT(hold, IsOk());
  EXPECT_EQ(hold->slot().name(), kCsnpSlot);
  EXPECT_EQ(hold->slot().state(), v1::Slot::STATE_HELD);
  EXPECT_EQ(hold->slot().free_seat_count(), 0);
  EXPECT_EQ(hold->care_order(), kOrder);
  EXPECT_EQ(hold->hold_token().size(), 32u);
  const auto now = ToTimestamp(clock_.Now()).seconds();
  EXPECT_EQ(hold->expire_time().seconds() - now, 120);
  EXPECT_EQ(hold->renew_limit_time().seconds() - now, 600);

  const auto repeat = Hold(kCsnpSlot);
  ASSERT_THAT(repeat, IsOk());
  EXPECT_EQ(repeat->hold_token(), hold->hold_token());
}

TEST_F(HoldTest, FiftyClientsRaceForOneSeatAndOneGetsIt) {
  std::atomic<int> held{0};
  std::atomic<int> beaten{0};
  std::vector<std::thread> clients;
  for (int i = 0; i < 50; ++i) {
    clients.emplace_back([&, i] {
      const auto hold = Hold(kCsnpSlot, Osnp("osnp-" + std::to_string(i)));
      if (hold.ok()) ++held;
      if (base::ReasonOf(hold.status()) == "NO_FREE_SEAT") ++beaten;
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(held, 1);
  EXPECT_EQ(beaten, 49);
}

TEST_F(HoldTest, EachReplicaTellsHowOldAChangeWasWhenItWasShown) {
  std::vector<double> ages;
  projection_.OnAge([&ages](double age) { ages.push_back(age); });
  Follow();
  EXPECT_THAT(ages, ::testing::IsEmpty());
  ASSERT_THAT(Hold(kCsnpSlot), IsOk());
  clock_.Advance(std::chrono::milliseconds(40));
  Follow();
  EXPECT_THAT(ages, ::testing::ElementsAre(::testing::DoubleNear(0.04, 1e-9)));
}

TEST_F(HoldTest, HeldSlotLeavesTheSearchAndComesBack) {
  const auto found = [this] {
    v1::SearchSlotsRequest request = AroundChallans();
    request.set_page_size(50);
    const auto answer = Search(request);
    EXPECT_THAT(answer, IsOk());
    const auto names = SlotsOf(*answer);
    return std::find(names.begin(), names.end(), kCsnpSlot) != names.end();
  };
  EXPECT_TRUE(found());
  const auto hold = Hold(kCsnpSlot);
  ASSERT_THAT(hold, IsOk());
  Follow();
  EXPECT_FALSE(found());

  v1::GetSlotRequest get;
  get.set_name(kCsnpSlot);
  const auto slot = Invoke<v1::Slot>(*slots_stub_, &v1::SlotService::Stub::GetSlot, get, Osnp());
  ASSERT_THAT(slot, IsOk());
  EXPECT_EQ(slot->state(), v1::Slot::STATE_HELD);
  EXPECT_EQ(slot->hold_expire_time().seconds(), hold->expire_time().seconds());

  v1::ReleaseSlotHoldRequest release;
  release.set_name(kCsnpSlot);
  release.set_hold_token(hold->hold_token());
  release.set_request_id("R-2");
  for (int i = 0; i < 2; ++i) {  // Harmless to repeat.
    const auto freed =
        Invoke<v1::Slot>(*slots_stub_, &v1::SlotService::Stub::ReleaseSlotHold, release, Osnp());
    ASSERT_THAT(freed, IsOk());
    EXPECT_EQ(freed->state(), v1::Slot::STATE_FREE);
    EXPECT_EQ(freed->free_seat_count(), 1);
  }
  Follow();
  EXPECT_TRUE(found());
}

TEST_F(HoldTest, ExpiredHoldIsLostAndSweptBackIntoTheSearch) {
  const auto hold = Hold(kCsnpSlot);
  ASSERT_THAT(hold, IsOk());
  clock_.Advance(seconds(119));
  ASSERT_THAT(Renew(*hold), IsOk());
  clock_.Advance(seconds(120));
  EXPECT_THAT(Renew(*hold), StatusIs(StatusCode::kFailedPrecondition, "HOLD_LOST"));
  EXPECT_EQ(book_.Sweep(Internal(), "fr-pdl", 10).value_or(-1), 1);
  Follow();
  v1::GetSlotRequest get;
  get.set_name(kCsnpSlot);
  const auto slot = Invoke<v1::Slot>(*slots_stub_, &v1::SlotService::Stub::GetSlot, get, Osnp());
  ASSERT_THAT(slot, IsOk());
  EXPECT_EQ(slot->state(), v1::Slot::STATE_FREE);
}

// --- severity signs (hazard H-06)
// ------------------------------------------------------------------

class SignsAtTheHoldTest : public HoldTest {
 protected:
  /// Of a secretariat, which enters without an order, at a site that lets it.
  absl::StatusOr<v1::SlotHold> HoldDirect(type::v1::SignAnswer sign,
                                          const std::string& order = "") {
    const base::Actor actor = sas::testing::ActorWith(base::Role::kSecretariat, "sec-1");
    v1::SearchSlotsRequest search = AroundChallans();
    v1::CareNeed& need = *search.mutable_need();
    need.set_entry_point(type::v1::ENTRY_POINT_SECRETARIAT);
    need.set_care_order(order);
    need.set_severity_sign(sign);
    const auto found = Search(search, actor);
    if (!found.ok()) return found.status();
    if (found->matches().empty()) return absl::NotFoundError("no site lets a secretariat in");
    return Hold(found->matches(0).slot().name(), actor, "R-signs", need);
  }

  /// Of the emergency department with its evaluation.
  absl::StatusOr<v1::SlotHold> HoldEvaluated(type::v1::SignAnswer sign) {
    base::Actor nurse = sas::testing::ActorWith(base::Role::kProfessional, "ioa-1");
    nurse.profession = "60";
    nurse.entry_point = "urgences";
    v1::CareNeed need = NeedOf116117();
    need.set_entry_point(type::v1::ENTRY_POINT_URGENCES);
    need.clear_care_order();
    need.set_access_reason(type::v1::ACCESS_REASON_REORIENTATION_URGENCES);
    need.set_evaluation_recorded(true);
    need.set_severity_sign(sign);
    return Hold("regions/fr-pdl/sites/csnp-challans/slots/csnp-20261124t1230z", nurse, "R-1", need);
  }
};

TEST_F(SignsAtTheHoldTest, H06_NothingIsHeldWhileASignIsThereOrNotAsked) {
  const auto positive = HoldDirect(type::v1::SIGN_ANSWER_YES);
  EXPECT_THAT(positive, StatusIs(StatusCode::kFailedPrecondition, "SEVERITY_SIGN"));
  EXPECT_EQ(base::DetailOf(positive.status()).metadata,
            (base::Metadata{{"propose", "15"}, {"severity_sign", "positive"}}));
  const auto unasked = HoldDirect(type::v1::SIGN_ANSWER_UNSPECIFIED);
  EXPECT_THAT(unasked, StatusIs(StatusCode::kFailedPrecondition, "SEVERITY_SIGN"));
  EXPECT_EQ(base::DetailOf(unasked.status()).metadata,
            (base::Metadata{{"propose", "15"}, {"severity_sign", "unasked"}}));
  EXPECT_THAT(HoldDirect(type::v1::SIGN_ANSWER_NO), IsOk());
}

TEST_F(SignsAtTheHoldTest, H06_AskedInVainIsAsked) {
  EXPECT_THAT(HoldDirect(type::v1::SIGN_ANSWER_UNKNOWN), IsOk());
}

TEST_F(SignsAtTheHoldTest, H06_AnOrderIsBehindTheRegulationsQuestions) {
  EXPECT_THAT(HoldDirect(type::v1::SIGN_ANSWER_UNSPECIFIED, kOrder), IsOk());
}

TEST_F(SignsAtTheHoldTest, H06_AnEvaluationOfTheEmergencyDepartmentAsksForTheSigns) {
  EXPECT_THAT(HoldEvaluated(type::v1::SIGN_ANSWER_YES), ReasonIs("SEVERITY_SIGN"));
  EXPECT_THAT(HoldEvaluated(type::v1::SIGN_ANSWER_UNSPECIFIED), IsOk());
}

TEST_F(SignsAtTheHoldTest, H06_ADoctorHoldsAndJudgesTheSignsHimself) {
  v1::CareNeed need = NeedOf116117();
  need.set_severity_sign(type::v1::SIGN_ANSWER_YES);
  EXPECT_THAT(
      Hold(kCsnpSlot, sas::testing::ActorWith(base::Role::kRegulatorMg, "mrg-1"), "R-1", need),
      IsOk());
}

// --- place in the list (hazard H-54)
// ---------------------------------------------------------------

TEST_F(HoldTest, H54_ThePlaceInTheListIsCounted) {
  const std::vector<int> ranks{1, 1, 2, 3, 4, 10, 11, 0};
  int request_number = 0;
  for (const int rank : ranks) {
    v1::HoldSlotRequest request;
    request.set_name(kCsnpSlot);
    *request.mutable_need() = NeedOf116117();
    request.set_request_id("R-" + std::to_string(++request_number));
    request.set_list_rank(rank);
    const auto hold =
        Invoke<v1::SlotHold>(*slots_stub_, &v1::SlotService::Stub::HoldSlot, request, Osnp());
    ASSERT_THAT(hold, IsOk());
    ASSERT_THAT(
        book_.ReleaseHold(Internal(), {"fr-pdl", kCsnpSlot, hold->hold_token(), Osnp().subject}),
        IsOk());
  }
  const auto counted = [this](const char* rank) {
    return registry_.Counter("sas_slots_holds_by_rank_total", "", {{"rank", rank}}).Value();
  };
  EXPECT_EQ(counted("1"), 2);
  EXPECT_EQ(counted("2-3"), 2);
  EXPECT_EQ(counted("4-10"), 2);
  EXPECT_EQ(counted("later"), 1);
  EXPECT_EQ(counted("none"), 1);
  v1::HoldSlotRequest negative;
  negative.set_name(kCsnpSlot);
  *negative.mutable_need() = NeedOf116117();
  negative.set_request_id("R-negative");
  negative.set_list_rank(-1);
  EXPECT_THAT(
      Invoke<v1::SlotHold>(*slots_stub_, &v1::SlotService::Stub::HoldSlot, negative, Osnp()),
      StatusIs(StatusCode::kInvalidArgument, "NEGATIVE_NUMBER"));
}

TEST_F(HoldTest, SomebodyElsesHoldIsNeitherRenewedNorReleased) {
  const auto hold = Hold(kCsnpSlot);
  ASSERT_THAT(hold, IsOk());
  EXPECT_THAT(Renew(*hold, Osnp("osnp-2")), ReasonIs("HOLD_LOST"));
}

// A search is a picture of a moment: a hold and a confirmation judge every criterion themselves,
// whatever the list said that the operator chose from.
TEST_F(HoldTest, H21_HoldAndConfirmationJudgeTheRulesAgain) {
  using Change = void (*)(v1::CareNeed&);
  const std::vector<std::pair<const char*, Change>> changes{
      {"ORDER_REQUIRED", [](v1::CareNeed& need) { need.clear_care_order(); }},
      // A search still shows the site; a hold asks.
      {"ACCESS_REASON_REQUIRED", [](v1::CareNeed& need) { need.clear_access_reason(); }},
      {"AGE_NOT_ACCEPTED",
       [](v1::CareNeed& need) {
         need.mutable_age()->set_value(2);
         need.mutable_age()->set_unit(type::v1::Age::UNIT_MONTH);
       }},
      {"MOTIF_NOT_ACCEPTED", [](v1::CareNeed& need) { need.set_motif_code("M03.06"); }},
      {"MODE_NOT_OFFERED",
       [](v1::CareNeed& need) { need.add_modes(type::v1::CONSULTATION_MODE_VR); }},
      {"ENTRY_POINT_CLOSED",
       [](v1::CareNeed& need) { need.set_entry_point(type::v1::ENTRY_POINT_PODOLOGUE); }},
      {"TERRITORY_NOT_SERVED", [](v1::CareNeed& need) { need.set_territory("35"); }}};
  const auto hold = Hold(kCsnpSlot);
  ASSERT_THAT(hold, IsOk());
  for (const auto& [reason, change] : changes) {
    v1::CareNeed need = NeedOf116117();
    change(need);
    const auto again = Hold(kCsnpSlot, Osnp("osnp-2"), "R-2", need);
    EXPECT_THAT(again, ReasonIs(reason));
    const auto told = base::DetailOf(again.status()).metadata;
    EXPECT_TRUE(std::any_of(told.begin(), told.end(), [](const auto& each) {
      return each.first == "lifted_by";
    })) << reason;
    if (need.care_order().empty()) continue;  // Not the order of the hold.
    EXPECT_THAT(Prepare(*hold, "a1", "osnp-1", need), ReasonIs(reason));
  }
  EXPECT_THAT(Prepare(*hold), IsOk());
}

TEST_F(HoldTest, SlotKeptForOthersIsRefused) {
  // 13:30 is the emergency department's.
  const auto hold = Hold("regions/fr-pdl/sites/csnp-challans/slots/csnp-20261124t1230z");
  EXPECT_THAT(hold, StatusIs(StatusCode::kFailedPrecondition, "SLOT_RESERVED"));
  // Tomorrow's last one opens tomorrow.
  EXPECT_THAT(Hold("regions/fr-pdl/sites/csnp-challans/slots/csnp-20261125t1615z"),
              ReasonIs("SLOT_RESERVED"));
  clock_.Advance(hours(24));
  ASSERT_THAT(availability_->Look(Internal()), IsOk());
  EXPECT_THAT(Hold("regions/fr-pdl/sites/csnp-challans/slots/csnp-20261125t1615z"), IsOk());
}

TEST_F(HoldTest, SessionWithoutADoctorIsNotBookable) {
  EXPECT_THAT(Hold("regions/fr-pdl/sites/csnp-challans/slots/csnp-20261126t1245z"),
              StatusIs(StatusCode::kFailedPrecondition, "UNSTAFFED"));
}

TEST_F(HoldTest, SiteTakesNoMoreThanItsDailyCap) {
  // Soullans stops at six a day and has six slots on a Tuesday: lower the cap to two.
  ASSERT_THAT(store_.Write(Internal(),
                           [](SlotsTransaction& transaction) -> absl::Status {
                             SAS_ASSIGN_OR_RETURN(
                                 auto site,
                                 transaction.GetSite("regions/fr-pdl/sites/msp-soullans"));
                             site->set_daily_appointment_max(2);
                             SAS_RETURN_IF_ERROR(transaction.NextDirectory("fr-pdl").status());
                             return transaction.PutSite(*site);
                           }),
              IsOk());
  ASSERT_THAT(availability_->Look(Internal()), IsOk());
  const std::string site = "regions/fr-pdl/sites/msp-soullans/slots/griselin-20261124t";
  const auto first = Hold(site + "1000z", Osnp(), "R-1");
  ASSERT_THAT(first, IsOk());
  Follow();
  const auto second = Hold(site + "1015z", Osnp(), "R-2");
  ASSERT_THAT(second, IsOk());
  Follow();
  const auto third = Hold(site + "1030z", Osnp(), "R-3");
  EXPECT_THAT(third, StatusIs(StatusCode::kFailedPrecondition, "SITE_DAILY_CAP"));
  // A confirmation is judged by what the ledger has: the first who confirm have the places.
  ASSERT_THAT(Commit(site + "1100z", "a1", true, "R-c1"), IsOk());
  EXPECT_THAT(Prepare(*second), IsOk());
  ASSERT_THAT(Commit(site + "1015z", "a2", true, "R-c2"), IsOk());
  EXPECT_THAT(Prepare(*first, "a3"), ReasonIs("SITE_DAILY_CAP"));
  // The next day has its own.
  EXPECT_THAT(
      Hold("regions/fr-pdl/sites/msp-soullans/slots/griselin-20261125t1015z", Osnp(), "R-4"),
      IsOk());
}

TEST_F(HoldTest, H21_TheConfirmationAsksWhatThePatientNeedsOfTheSiteOnceMore) {
  v1::CareNeed need = NeedOf116117();
  need.set_wheelchair(true);
  const auto hold = Hold(kCsnpSlot, Osnp(), "R-1", need);
  ASSERT_THAT(hold, IsOk());
  // The lift breaks between the hold and the confirmation, which knows nothing of wheelchairs.
  ASSERT_THAT(store_.Write(Internal(),
                           [](SlotsTransaction& transaction) -> absl::Status {
                             SAS_ASSIGN_OR_RETURN(
                                 auto site,
                                 transaction.GetSite("regions/fr-pdl/sites/csnp-challans"));
                             site->set_wheelchair(v1::ACCESSIBILITY_NO);
                             SAS_RETURN_IF_ERROR(transaction.NextDirectory("fr-pdl").status());
                             return transaction.PutSite(*site);
                           }),
              IsOk());
  ASSERT_THAT(availability_->Look(Internal()), IsOk());
  EXPECT_THAT(Prepare(*hold), ReasonIs("WHEELCHAIR_NO"));
}

TEST_F(HoldTest, S2_26_APassedSoftCapIsCountedAndRefusesNobody) {
  ASSERT_THAT(store_.Write(Internal(),
                           [](SlotsTransaction& transaction) -> absl::Status {
                             SAS_ASSIGN_OR_RETURN(
                                 auto site,
                                 transaction.GetSite("regions/fr-pdl/sites/msp-soullans"));
                             site->set_daily_appointment_soft_max(1);
                             SAS_RETURN_IF_ERROR(transaction.NextDirectory("fr-pdl").status());
                             return transaction.PutSite(*site);
                           }),
              IsOk());
  ASSERT_THAT(availability_->Look(Internal()), IsOk());
  auto& passed = registry_.Counter("sas_slots_soft_cap_passed_total",
                                   "Appointments prepared above the daily soft cap of their site");
  const std::string site = "regions/fr-pdl/sites/msp-soullans/slots/griselin-20261124t";
  const auto first = Hold(site + "1000z", Osnp(), "R-1");
  ASSERT_THAT(first, IsOk());
  Follow();
  ASSERT_THAT(Prepare(*first, "a1"), IsOk());
  EXPECT_EQ(passed.Value(), 0);
  const auto second = Hold(site + "1015z", Osnp(), "R-2");
  ASSERT_THAT(second, IsOk());
  Follow();
  ASSERT_THAT(Prepare(*second, "a2"), IsOk());
  EXPECT_EQ(passed.Value(), 1);
}

TEST_F(HoldTest, ShapeIsChecked) {
  EXPECT_THAT(Hold("regions/fr-pdl/sites/csnp-challans"), ReasonIs("INVALID_RESOURCE_NAME"));
  EXPECT_THAT(Hold("regions/fr-pdl/sites/csnp-challans/slots/csnp-20261124t1246z"),
              StatusIs(StatusCode::kNotFound, "SLOT_NOT_FOUND"));
  EXPECT_THAT(Hold("regions/fr-bre/sites/s/slots/a-20261124t1245z"),
              StatusIs(StatusCode::kPermissionDenied, "REGION_FORBIDDEN"));
  EXPECT_THAT(Hold(kCsnpSlot, Osnp(), ""), ReasonIs("REQUEST_ID_REQUIRED"));
  EXPECT_THAT(Hold(kCsnpSlot, sas::testing::ActorWith(base::Role::kArm)),
              StatusIs(StatusCode::kPermissionDenied, "ROLE_FORBIDDEN"));
  for (const int length : {9, 121, -5}) {
    v1::HoldSlotRequest request;
    request.set_name(kCsnpSlot);
    *request.mutable_need() = NeedOf116117();
    request.set_request_id("R-1");
    request.mutable_hold_duration()->set_seconds(length);
    EXPECT_THAT(
        Invoke<v1::SlotHold>(*slots_stub_, &v1::SlotService::Stub::HoldSlot, request, Osnp()),
        StatusIs(StatusCode::kInvalidArgument, "INVALID_HOLD_DURATION"));
  }
}

TEST_F(HoldTest, WithoutRedisAHoldIsUnavailableAndSaysSo) {
  book_.SetDownForTest(true);
  EXPECT_THAT(Hold(kCsnpSlot), StatusIs(StatusCode::kUnavailable, "REDIS_UNAVAILABLE"));
}

TEST_F(HoldTest, FlushIsNoticedByTheHoldAndHealedByTheNextLook) {
  book_.FlushForTest();
  const auto hold = Hold(kCsnpSlot);
  EXPECT_THAT(hold, StatusIs(StatusCode::kUnavailable, "AVAILABILITY_REBUILDING"));
  EXPECT_TRUE(base::DetailOf(hold.status()).retry_after.has_value());
  ASSERT_THAT(availability_->Look(Internal()), IsOk());
  EXPECT_THAT(Hold(kCsnpSlot), IsOk());
}

base::Actor Regulator() {
  return sas::testing::ActorWith(base::Role::kRegulatorMg, "mrg-1");
}

v1::HoldSlotRequest Lifting(const v1::CareNeed& need, const std::string& rule,
                            const std::string& request_id = "R-1") {
  v1::HoldSlotRequest request;
  request.set_name("regions/fr-pdl/sites/csnp-challans/slots/csnp-20261124t1245z");
  *request.mutable_need() = need;
  request.set_request_id(request_id);
  request.mutable_lift()->add_rules(rule);
  request.mutable_lift()->set_reason_code("AUCUNE_AUTRE_OFFRE");
  return request;
}

class LiftTest : public SlotsServerTest {
 protected:
  absl::StatusOr<v1::SlotHold> Lift(const v1::HoldSlotRequest& request,
                                    const base::Actor& actor = Regulator()) {
    return Invoke<v1::SlotHold>(*slots_stub_, &v1::SlotService::Stub::HoldSlot, request, actor);
  }

  /// Lines of the audit record about lifted rules.
  std::vector<std::string> Audited() const {
    std::vector<std::string> codes;
    for (const auto& each : store_.ledger().audit()) {
      if (each.entry.action == "LiftRule") codes.push_back(each.entry.detail);
    }
    return codes;
  }
};

TEST_F(LiftTest, H17_ARegulatorLiftsAnAdministrativeRuleAtHoldAndConfirmation) {
  v1::CareNeed need = NeedOf116117();
  need.clear_care_order();
  EXPECT_THAT(Hold(kCsnpSlot, Regulator(), "R-0", need), ReasonIs("ORDER_REQUIRED"));
  const auto hold = Lift(Lifting(need, "ORDER_REQUIRED"));
  ASSERT_THAT(hold, IsOk());
  EXPECT_THAT(Audited(), ::testing::ElementsAre("rules=ORDER_REQUIRED reason=AUCUNE_AUTRE_OFFRE"));
  EXPECT_EQ(Lift(Lifting(need, "ORDER_REQUIRED"))->hold_token(), hold->hold_token());
  EXPECT_EQ(Audited().size(), 1U) << "a repeat is the same act";

  const auto seat = Prepare(*hold, "a1", "mrg-1", need);
  ASSERT_THAT(seat, IsOk());
  EXPECT_THAT(seat->lifted_rules(), ::testing::ElementsAre("ORDER_REQUIRED"));
  EXPECT_EQ(seat->entry_rule().access(), v1::EntryRule::ACCESS_DIRECT);
}

TEST_F(LiftTest, H17_WhatIsClinicalOrThePracticesOwnIsNeverLifted) {
  v1::CareNeed infant = NeedOf116117();
  infant.mutable_age()->set_value(2);
  infant.mutable_age()->set_unit(type::v1::Age::UNIT_MONTH);
  EXPECT_THAT(Lift(Lifting(infant, "AGE_NOT_ACCEPTED")),
              StatusIs(StatusCode::kInvalidArgument, "RULE_NOT_LIFTABLE"));
  EXPECT_THAT(Lift(Lifting(infant, "ORDER_REQUIRED")), ReasonIs("AGE_NOT_ACCEPTED"));
  for (const char* rule :
       {"FULL", "CAPPED", "OWN_PATIENTS_ONLY", "EVALUATION_REQUIRED", "NOTHING"}) {
    EXPECT_THAT(Lift(Lifting(NeedOf116117(), rule)), ReasonIs("RULE_NOT_LIFTABLE")) << rule;
  }
  EXPECT_THAT(Audited(), ::testing::IsEmpty());
}

TEST_F(LiftTest, H17_OnlyARegulatorLiftsAndSaysWhy) {
  v1::CareNeed need = NeedOf116117();
  need.clear_care_order();
  EXPECT_THAT(Lift(Lifting(need, "ORDER_REQUIRED"), Osnp()),
              StatusIs(StatusCode::kPermissionDenied, "LIFT_NEEDS_REGULATOR"));
  v1::HoldSlotRequest silent = Lifting(need, "ORDER_REQUIRED");
  silent.mutable_lift()->set_reason_code("le patient est pressé");
  EXPECT_THAT(Lift(silent), ReasonIs("REASON_CODE_REQUIRED"));
  v1::HoldSlotRequest none = Lifting(need, "ORDER_REQUIRED");
  none.mutable_lift()->clear_rules();
  EXPECT_THAT(Lift(none), ReasonIs("RULE_NOT_LIFTABLE"));
  // A hold that is lifted for one is refused to nobody else: the seat is as it was.
  EXPECT_THAT(Hold(kCsnpSlot), IsOk());
}

TEST_F(HoldTest, H20_WithoutVehicleASlotAtHomeIsHeldWithoutNamingTheMode) {
  v1::CareNeed need = NeedOf116117();
  need.clear_modes();
  need.add_modes(type::v1::CONSULTATION_MODE_VR);
  EXPECT_THAT(Hold(kCsnpSlot, Osnp(), "R-1", need), ReasonIs("MODE_NOT_OFFERED"));
  need.clear_modes();
  need.set_without_vehicle(true);
  EXPECT_THAT(Hold(kCsnpSlot, Osnp(), "R-2", need), IsOk()) << "who can be brought may come";
}

}  // namespace
}  // namespace sas::slots
