// Structures, sites, practitioners and plans, changed by those who may.

#include "tests/rpc/slots_planning/planning_server.h"

namespace sas::slots {
namespace {

using absl::StatusCode;
using base::Role;

using PlanningEntries = PlanningTest;

constexpr char kHospital[] = "regions/fr-pdl/structures/ch-lvo";
constexpr char kCpts[] = "regions/fr-pdl/structures/cpts-lvo";

/// CPTS plans, hospital reads.
v1::Site WithSplitRights(v1::Site site) {
  v1::SiteRight& cpts = *site.add_rights();
  cpts.set_structure(kCpts);
  cpts.add_rights(v1::SiteRight::RIGHT_MANAGE);
  v1::SiteRight& hospital = *site.add_rights();
  hospital.set_structure(kHospital);
  hospital.add_rights(v1::SiteRight::RIGHT_READ);
  return site;
}

TEST_F(PlanningEntries, ASiteIsReplacedAndKeepsItsHistory) {
  v1::Site site = TheSite();
  site.set_local_tip("Entrée par la cour.");
  const auto updated = Update(site, "R-1");
  ASSERT_THAT(updated, IsOk());
  EXPECT_EQ(updated->local_tip(), "Entrée par la cour.");
  EXPECT_NE(updated->etag(), site.etag());
  EXPECT_EQ(TheSite().local_tip(), "Entrée par la cour.");
  const auto events = Events("site.updated");
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].subject(), kCsnp);
  const auto audit = store_.ledger().audit();
  ASSERT_FALSE(audit.empty());
  EXPECT_EQ(audit.back().entry.action, "UpdateSite");

  // The same request gives the first answer, the same etag is refused when it is old.
  EXPECT_EQ(Update(site, "R-1")->etag(), updated->etag());
  EXPECT_EQ(Events("site.updated").size(), 1U);
  v1::Site late = *updated;
  late.set_etag("\"999\"");
  EXPECT_THAT(Update(late, "R-2"), StatusIs(StatusCode::kAborted));
  EXPECT_THAT(Update(late, "R-2"), ReasonIs("ETAG_MISMATCH"));
}

TEST_F(PlanningEntries, S2_01_TheModesOfACsnpAreKept) {
  v1::Site site = TheSite();
  site.clear_csnp_mode_history();
  const auto first = Update(site, "R-1");
  ASSERT_THAT(first, IsOk());
  ASSERT_EQ(first->csnp_mode_history_size(), 1);
  EXPECT_EQ(first->csnp_mode_history(0).start_date(), site.opening_date());
  site = *first;
  site.set_csnp_mode(v1::Site::CSNP_MODE_DISTRIBUTED);
  const auto second = Update(site, "R-2");
  ASSERT_THAT(second, IsOk());
  ASSERT_EQ(second->csnp_mode_history_size(), 2);
  EXPECT_EQ(second->csnp_mode_history(0).mode(), v1::Site::CSNP_MODE_PHYSICAL);
  EXPECT_EQ(second->csnp_mode_history(1).mode(), v1::Site::CSNP_MODE_DISTRIBUTED);
  EXPECT_EQ(second->csnp_mode_history(1).start_date(), "2026-11-24");
  // Nobody writes history by hand, and what stays the same adds nothing.
  site = *second;
  site.clear_csnp_mode_history();
  EXPECT_EQ(Update(site, "R-3")->csnp_mode_history_size(), 2);
}

TEST_F(PlanningEntries, S0_19_CptsAndHospitalShareASiteWithSplitRights) {
  v1::Site site = WithSplitRights(TheSite());
  ASSERT_THAT(Update(site, "R-1", Of(Role::kPlanner, kCpts)), IsOk());
  site.set_etag("");
  site.set_local_tip("Par l’entrée B.");
  const auto hospital = Update(site, "R-2", Of(Role::kPlanner, kHospital));
  EXPECT_THAT(hospital, StatusIs(StatusCode::kPermissionDenied));
  EXPECT_THAT(hospital, ReasonIs("SITE_RIGHT_REQUIRED"));
  EXPECT_THAT(Update(site, "R-3", Of(Role::kPlanner, "")), ReasonIs("SITE_RIGHT_REQUIRED"));
  EXPECT_THAT(Update(site, "R-4", Of(Role::kPlanner, kCpts)), IsOk());
}

TEST_F(PlanningEntries, S4_11_ThePlannerOfTheCptsPlansAndTheHospitalReads) {
  ASSERT_THAT(Update(WithSplitRights(TheSite()), "R-1", Of(Role::kPlanner, kCpts)), IsOk());
  v1::SessionPlan plan = ThePlan();
  plan.set_secretary("Accueil B");
  plan.clear_etag();
  EXPECT_THAT(Update(plan, "R-2", Of(Role::kEffecteur, kHospital)),
              ReasonIs("SITE_RIGHT_REQUIRED"));
  EXPECT_THAT(Update(plan, "R-3", Of(Role::kPlanner, kCpts)), IsOk());
  v1::ListAgendaExceptionsRequest list;
  list.set_parent(kCsnp);
  EXPECT_THAT(
      Ask<v1::ListAgendaExceptionsResponse>(&v1::PlanningService::Stub::ListAgendaExceptions, list,
                                            Of(Role::kEffecteur, kHospital)),
      IsOk());
}

TEST_F(PlanningEntries, APracticeChangesItsOwnSessionsAlone) {
  v1::SessionPlan plan = ThePlan("regions/fr-pdl/sites/msp-soullans");
  plan.clear_etag();
  plan.set_give_back_minutes(60);
  EXPECT_THAT(Update(plan, "R-1", Of(Role::kEffecteur, "msp-palluau")),
              ReasonIs("SITE_RIGHT_REQUIRED"));
  EXPECT_THAT(Update(plan, "R-2", Of(Role::kEffecteur, "")), ReasonIs("SITE_RIGHT_REQUIRED"));
  EXPECT_THAT(Update(plan, "R-3", Of(Role::kEffecteur, "msp-soullans")), IsOk());
  EXPECT_THAT(Update(plan, "R-4", Osnp()), ReasonIs("ROLE_FORBIDDEN"));
  v1::Site site = TheSite("regions/fr-pdl/sites/msp-soullans");
  EXPECT_THAT(Update(site, "R-5", Of(Role::kEffecteur, "msp-soullans")),
              ReasonIs("ROLE_FORBIDDEN"));
}

TEST_F(PlanningEntries, APlannerOfOtherTerritoriesChangesNothing) {
  base::Actor other = Planner();
  other.territories = {"44"};
  EXPECT_THAT(Update(TheSite(), "R-1", other), ReasonIs("TERRITORY_FORBIDDEN"));
  EXPECT_THAT(Update(ThePlan(), "R-2", other), ReasonIs("TERRITORY_FORBIDDEN"));
  base::Actor abroad = Planner();
  abroad.regions = {"fr-naq"};
  EXPECT_THAT(Update(TheSite(), "R-3", abroad), ReasonIs("REGION_FORBIDDEN"));
}

/// A rule that the médecin référent has still to sign.
v1::Site WithFeverRule(v1::Site site) {
  v1::CarePolicy& policy = *site.mutable_care_policy();
  v1::CareRule& rule = *policy.add_rules();
  rule.set_rule_id("adultes-fievre");
  rule.set_effect(v1::CareRule::EFFECT_EXCLUDE);
  rule.set_motif_code("M03.14");
  rule.set_explanation("Fièvre : vue aux urgences pendant l’épidémie.");
  policy.set_protocol("snp-adulte/1");
  policy.set_signed_by_rpps("10002909371");
  return site;
}

base::Actor Referent(const std::string& rpps = "10002909371") {
  base::Actor actor = sas::testing::ActorWith(Role::kReferent, "referent-1");
  actor.rpps = rpps;
  return actor;
}

v1::SignCarePolicyRequest Signature(const std::string& etag, const std::string& request_id) {
  v1::SignCarePolicyRequest request;
  request.set_name("regions/fr-pdl/sites/csnp-challans");
  request.set_etag(etag);
  request.set_request_id(request_id);
  return request;
}

constexpr auto kSign = &v1::PlanningService::Stub::SignCarePolicy;

TEST_F(PlanningEntries, S2_04_RulesTakeEffectWhenTheMedecinReferentHasSigned) {
  const auto written = Update(WithFeverRule(TheSite()), "R-1");
  ASSERT_THAT(written, IsOk());
  EXPECT_TRUE(written->care_policy().rules().empty());
  EXPECT_EQ(written->proposed_care_policy().rules_size(), 1);
  ASSERT_THAT(Hold(kCsnpSlot), IsOk()) << "an unsigned rule is not in force";

  for (const base::Actor& other : {Planner(), Osnp(), Of(Role::kSteering, "")}) {
    EXPECT_THAT(Ask<v1::Site>(kSign, Signature(written->etag(), "R-2"), other),
                ReasonIs("ROLE_FORBIDDEN"));
  }
  EXPECT_THAT(Ask<v1::Site>(kSign, Signature(written->etag(), "R-2"), Referent("10002909389")),
              StatusIs(StatusCode::kPermissionDenied, "NOT_THE_REFERENT"));
  EXPECT_THAT(Ask<v1::Site>(kSign, Signature("", "R-2"), Referent()), ReasonIs("ETAG_REQUIRED"));
  EXPECT_THAT(Ask<v1::Site>(kSign, Signature("\"99\"", "R-2"), Referent()),
              StatusIs(StatusCode::kAborted, "ETAG_MISMATCH"));

  const auto in_force = Ask<v1::Site>(kSign, Signature(written->etag(), "R-2"), Referent());
  ASSERT_THAT(in_force, IsOk());
  EXPECT_EQ(in_force->care_policy().rules_size(), 1);
  EXPECT_EQ(in_force->care_policy().protocol(), "snp-adulte/1");
  EXPECT_EQ(in_force->care_policy().signed_date(), "2026-11-24");
  EXPECT_FALSE(in_force->has_proposed_care_policy());
  EXPECT_THAT(Hold("regions/fr-pdl/sites/csnp-challans/slots/csnp-20261124t1300z", Osnp(), "R-9"),
              ReasonIs("EXCLUDED_BY_RULE"));
  ASSERT_EQ(Events("care_policy.signed").size(), 1U);
  EXPECT_EQ(store_.ledger().audit().back().entry.action, "SignCarePolicy");

  EXPECT_EQ(Ask<v1::Site>(kSign, Signature(written->etag(), "R-2"), Referent())->etag(),
            in_force->etag());
  EXPECT_THAT(Ask<v1::Site>(kSign, Signature(in_force->etag(), "R-3"), Referent()),
              StatusIs(StatusCode::kFailedPrecondition, "NOTHING_TO_SIGN"));
  EXPECT_EQ(Events("care_policy.signed").size(), 1U);
}

TEST_F(PlanningEntries, S2_04_TheLastSignedVersionStaysUntilTheNextIsSigned) {
  const auto first = Update(WithFeverRule(TheSite()), "R-1");
  ASSERT_THAT(first, IsOk());
  const auto in_force = Ask<v1::Site>(kSign, Signature(first->etag(), "R-2"), Referent());
  ASSERT_THAT(in_force, IsOk());
  v1::Site next = *in_force;
  next.mutable_care_policy()->mutable_rules(0)->set_explanation("Fièvre : appeler le 15.");
  next.mutable_care_policy()->set_protocol("snp-adulte/2");
  const auto proposed = Update(next, "R-3");
  ASSERT_THAT(proposed, IsOk());
  EXPECT_EQ(proposed->care_policy().protocol(), "snp-adulte/1");
  EXPECT_EQ(proposed->proposed_care_policy().protocol(), "snp-adulte/2");
  EXPECT_THAT(Hold(kCsnpSlot), ReasonIs("EXCLUDED_BY_RULE"));
  // Whoever changes something else neither signs nor withdraws what waits.
  v1::Site tip = *proposed;
  tip.set_local_tip("Sonner deux fois.");
  const auto tipped = Update(tip, "R-4");
  ASSERT_THAT(tipped, IsOk());
  EXPECT_EQ(tipped->proposed_care_policy().protocol(), "snp-adulte/2");
  EXPECT_EQ(tipped->care_policy().protocol(), "snp-adulte/1");
  // Rules that are taken away are in force until their signer agrees.
  v1::Site without = *tipped;
  without.mutable_care_policy()->clear_rules();
  const auto taken_away = Update(without, "R-5");
  ASSERT_THAT(taken_away, IsOk());
  EXPECT_EQ(taken_away->care_policy().rules_size(), 1);
  ASSERT_THAT(Ask<v1::Site>(kSign, Signature(taken_away->etag(), "R-6"), Referent()), IsOk());
  EXPECT_TRUE(TheSite().care_policy().rules().empty());
  EXPECT_THAT(Hold(kCsnpSlot), IsOk());
}

TEST_F(PlanningEntries, WhatIsWrongIsNamedByItsField) {
  v1::Site site = TheSite();
  site.set_daily_appointment_soft_max(-1);
  site.mutable_care_policy()->add_rules()->set_rule_id("r1");
  const auto refused = Update(site, "R-1");
  EXPECT_THAT(refused, StatusIs(StatusCode::kInvalidArgument));
  std::set<std::string> fields;
  for (const auto& each : base::DetailOf(refused.status()).violations) fields.insert(each.field);
  EXPECT_EQ(fields.count("site.daily_appointment_soft_max"), 1U);
  EXPECT_EQ(fields.count("site.care_policy.rules[0].effect"), 1U);
  EXPECT_EQ(fields.count("site.care_policy.rules[0].explanation"), 1U);
  EXPECT_EQ(fields.count("site.care_policy.signed_by_rpps"), 1U);
  v1::Site unknown = TheSite();
  unknown.set_name("regions/fr-pdl/sites/nouveau");
  EXPECT_THAT(Update(unknown, "R-2"), StatusIs(StatusCode::kNotFound));
}

TEST_F(PlanningEntries, S2_14_RulesAreSignedAndRefuseWithTheirReason) {
  const auto written = Update(WithFeverRule(TheSite()), "R-1");
  ASSERT_THAT(written, IsOk());
  ASSERT_THAT(Ask<v1::Site>(kSign, Signature(written->etag(), "R-2"), Referent()), IsOk());
  const auto answer = Search(AroundChallans());
  ASSERT_THAT(answer, IsOk());
  const auto excluded =
      std::find_if(answer->excluded_sites().begin(), answer->excluded_sites().end(),
                   [](const v1::ExcludedSite& each) { return each.site() == kCsnp; });
  ASSERT_NE(excluded, answer->excluded_sites().end());
  EXPECT_EQ(excluded->reason_code(), "EXCLUDED_BY_RULE");
  EXPECT_EQ(excluded->explanation(), "Fièvre : vue aux urgences pendant l’épidémie.");
  EXPECT_THAT(Hold(kCsnpSlot), ReasonIs("EXCLUDED_BY_RULE"));
}

// From two days to three: what is booked stays where it is.
TEST_F(PlanningEntries, S0_08_AVersionOfAPlanLeavesBookedSlotsAlone) {
  ASSERT_THAT(Commit(kCsnpSlot, "a1", true, "C-1"), IsOk());
  v1::SessionPlan plan;
  ASSERT_THAT(store_.Read(Internal(),
                          [&](SlotsTransaction& transaction) -> absl::Status {
                            SAS_ASSIGN_OR_RETURN(
                                const auto found,
                                transaction.agendas().GetPlan(std::string(kCsnp) + "/plans/mardi"));
                            plan = found.value_or(v1::SessionPlan());
                            return absl::OkStatus();
                          }),
              IsOk());
  plan.clear_etag();
  plan.set_effective_end_date("2026-11-30");
  ASSERT_THAT(Update(plan, "R-1"), IsOk());
  v1::SessionPlan next = plan;
  next.set_name(std::string(kCsnp) + "/plans/mardi-samedi");
  next.clear_effective_end_date();
  next.set_effective_start_date("2026-12-01");
  next.set_slot_minutes(20);
  EXPECT_THAT(Update(next, "R-2"), ReasonIs("PLAN_NOT_FOUND"));
  ASSERT_THAT(Update(next, "R-3", Planner(), true), IsOk());
  EXPECT_EQ(Slot(kCsnpSlot)->state(), v1::Slot::STATE_BOOKED);
  EXPECT_THAT(Slot(std::string(kCsnp) + "/slots/csnp-20261201t1250z"), IsOk());
  for (const auto& event : Events("session_plan.updated")) {
    EXPECT_EQ(event.planning().orphan_count(), 0);
  }
}

TEST_F(PlanningEntries, H27_TheEndOfAPlanTellsWhoseAppointmentsItLeaves) {
  ASSERT_THAT(Commit(kCsnpSlot, "a1", true, "C-1"), IsOk());
  v1::DeleteSessionPlanRequest request;
  request.set_name(std::string(kCsnp) + "/plans/mardi");
  request.set_request_id("R-1");
  const auto ended =
      Ask<v1::DeleteSessionPlanResponse>(&v1::PlanningService::Stub::DeleteSessionPlan, request);
  ASSERT_THAT(ended, IsOk());
  EXPECT_EQ(ended->orphan_count(), 1);
  const auto events = Events("session_plan.deleted");
  ASSERT_EQ(events.size(), 1U);
  ASSERT_EQ(events[0].planning().orphan_slots_size(), 1);
  EXPECT_EQ(events[0].planning().orphan_slots(0), kCsnpSlot);
  EXPECT_THAT(Slot(std::string(kCsnp) + "/slots/csnp-20261124t1300z"), ReasonIs("SLOT_NOT_FOUND"));
  request.set_request_id("R-2");
  EXPECT_THAT(
      Ask<v1::DeleteSessionPlanResponse>(&v1::PlanningService::Stub::DeleteSessionPlan, request),
      ReasonIs("PLAN_NOT_FOUND"));
}

TEST_F(PlanningEntries, S0_18_ChainingIsRefusedUntilTheArsHasApprovedIt) {
  v1::SessionPlan mmg;
  ASSERT_THAT(store_.Read(Internal(),
                          [&](SlotsTransaction& transaction) -> absl::Status {
                            SAS_ASSIGN_OR_RETURN(
                                const auto found,
                                transaction.agendas().GetPlan(
                                    "regions/fr-pdl/sites/mmg-challans/plans/soir-semaine-a"));
                            mmg = found.value_or(v1::SessionPlan());
                            return absl::OkStatus();
                          }),
              IsOk());
  v1::SessionPlan evening = ThePlan();
  evening.set_name(std::string(kCsnp) + "/plans/soir");
  evening.set_agenda("csnp-soir");
  evening.set_practitioner(mmg.practitioner());
  evening.clear_room_id();
  evening.clear_etag();
  evening.clear_weekdays();
  evening.add_weekdays(2);
  evening.set_start_time_of_day("18:00");
  evening.set_end_time_of_day("20:00");
  evening.set_effective_start_date("2026-12-01");
  evening.clear_allocation_pattern();
  EXPECT_THAT(Update(evening, "R-1", Planner(), true), ReasonIs("CHAINING_NOT_APPROVED"));
  v1::Site site = TheSite();
  site.mutable_chaining_approval()->set_approval_date("2026-11-30");
  site.mutable_chaining_approval()->set_reference("ARS-PDL 2026-118");
  ASSERT_THAT(Update(site, "R-2"), IsOk());
  EXPECT_THAT(Update(evening, "R-3", Planner(), true), IsOk());
}

TEST_F(PlanningEntries, S2_53_TheWeeklyCapHoldsAtTheHoldToo) {
  v1::UpdatePractitionerRequest request;
  *request.mutable_practitioner() = ThePractitioner("regions/fr-pdl/practitioners/m-quelin");
  request.mutable_practitioner()->set_weekly_appointment_max(1);
  request.set_request_id("R-1");
  ASSERT_THAT(Ask<v1::Practitioner>(&v1::PlanningService::Stub::UpdatePractitioner, request),
              IsOk());
  ASSERT_THAT(Hold(kCsnpSlot, Osnp(), "H-1"), IsOk());
  Follow();
  const std::string next = std::string(kCsnp) + "/slots/csnp-20261124t1300z";
  const auto refused = Hold(next, Osnp("osnp-2"), "H-2");
  EXPECT_THAT(refused, StatusIs(StatusCode::kFailedPrecondition));
  EXPECT_THAT(refused, ReasonIs("PRACTITIONER_WEEKLY_CAP"));
}

TEST_F(PlanningEntries, S3_31_WhatAnMspOffersIsNamedOnceAndClearly) {
  v1::Site site = TheSite("regions/fr-pdl/sites/msp-soullans");
  v1::OfferItem& item = *site.add_offer_items();
  item.set_code("SUTURE");
  item.set_label("Sutures");
  const auto updated = Update(site, "R-1");
  ASSERT_THAT(updated, IsOk());
  EXPECT_EQ(updated->offer_items(0).label(), "Sutures");
  site = *updated;
  *site.add_offer_items() = updated->offer_items(0);
  EXPECT_THAT(Update(site, "R-2"), ReasonIs("DUPLICATE_ENTRY"));
  site.mutable_offer_items(1)->set_code("petite chirurgie");
  EXPECT_THAT(Update(site, "R-3"), ReasonIs("INVALID_OFFER_CODE"));
}

TEST_F(PlanningEntries, S2_02_AnMspHasSeveralSites) {
  v1::UpdateStructureRequest structure;
  structure.mutable_structure()->set_name("regions/fr-pdl/structures/msp-multi");
  structure.mutable_structure()->set_kind(v1::Structure::KIND_MSP);
  structure.mutable_structure()->set_display_name("MSP du Marais");
  structure.mutable_structure()->add_territories("85");
  structure.set_request_id("R-1");
  EXPECT_THAT(Ask<v1::Structure>(&v1::PlanningService::Stub::UpdateStructure, structure),
              ReasonIs("STRUCTURE_NOT_FOUND"));
  structure.set_allow_missing(true);
  structure.set_request_id("R-2");
  ASSERT_THAT(Ask<v1::Structure>(&v1::PlanningService::Stub::UpdateStructure, structure), IsOk());
  for (const char* id : {"nord", "sud"}) {
    v1::UpdateSiteRequest request;
    v1::Site& site = *request.mutable_site();
    site = TheSite("regions/fr-pdl/sites/msp-soullans");
    site.set_name(std::string("regions/fr-pdl/sites/") + id);
    site.set_structure(structure.structure().name());
    site.clear_etag();
    site.clear_finess();
    request.set_allow_missing(true);
    request.set_request_id(std::string("R-") + id);
    ASSERT_THAT(Ask<v1::Site>(&v1::PlanningService::Stub::UpdateSite, request), IsOk()) << id;
  }
  EXPECT_EQ(TheSite("regions/fr-pdl/sites/nord").structure(),
            TheSite("regions/fr-pdl/sites/sud").structure());
}

}  // namespace
}  // namespace sas::slots
