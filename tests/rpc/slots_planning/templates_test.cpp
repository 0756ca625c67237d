// One template makes a CSNP's named agenda and its named worklist (S2-10).

#include <thread>

#include "tests/rpc/slots_planning/templates_fixture.h"

namespace sas::slots {
namespace {

using absl::StatusCode;
using base::Role;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST_F(Templates, S2_10_OneCallMakesAgendaAndWorklist) {
  const auto made = Apply(Wanted());
  ASSERT_THAT(made, IsOk());
  EXPECT_EQ(made->agenda().name(), kAgenda);
  EXPECT_EQ(made->agenda().display_name(), "CSNP territoire");
  EXPECT_EQ(made->worklist().name(), kList);
  EXPECT_EQ(made->worklist().display_name(), "Soins non programmés");
  EXPECT_THAT(made->notice_codes(), IsEmpty());
  EXPECT_GT(made->bookable_slot_count(), 300);  // 28 each weekday, 12 on Saturdays, three weeks.

  // Defaults: SNP slots of 15 minutes outside of PDSA hours, given back an hour before.
  EXPECT_THAT(PlanIds(), ElementsAre("csnp-territoire-apres-midi", "csnp-territoire-matin",
                                     "csnp-territoire-samedi"));
  const v1::SessionPlan& plan = made->session_plans(0);
  EXPECT_EQ(plan.slot_minutes(), 15);
  EXPECT_EQ(plan.seats(), 1);
  EXPECT_EQ(plan.give_back_minutes(), 60);
  EXPECT_EQ(plan.effective_start_date(), "2026-11-24");
  EXPECT_FALSE(plan.pdsa_hours());
  const v1::Site site = TheSite(kNew);
  EXPECT_EQ(site.entry_policy().rules_size(), 7);
  EXPECT_EQ(site.care_policy().accepted_motifs_size(), 3);

  // Both are read by name, with what their site says.
  EXPECT_EQ(Agenda()->worklist(), kList);
  const auto list = List();
  ASSERT_THAT(list, IsOk());
  EXPECT_EQ(list->agenda(), kAgenda);
  EXPECT_EQ(list->structure(), site.structure());
  EXPECT_THAT(list->territories(), ElementsAre("85"));
  EXPECT_EQ(list->reach_meters(), 30'000);

  // Told, audited, counted.
  const auto events = Events("template.applied");
  ASSERT_THAT(events, SizeIs(1));
  EXPECT_EQ(events[0].subject(), kAgenda);
  EXPECT_EQ(events[0].planning().site(), kNew);
  EXPECT_EQ(store_.ledger().audit().back().entry.action, "ApplyTemplate");
  EXPECT_EQ(Count("applied"), 1);
}

TEST_F(Templates, S2_10_TheAgendaHasSlotsThatAreBooked) {
  ASSERT_THAT(Apply(Wanted()), IsOk());
  EXPECT_EQ(Slot(kMorning)->state(), v1::Slot::STATE_FREE);
  const auto found = Search(AroundChallans());
  ASSERT_THAT(found, IsOk());
  EXPECT_FALSE(ExcludedOf(*found).contains("csnp-nouveau"));
  const auto hold = Hold(kMorning);
  ASSERT_THAT(hold, IsOk());
  EXPECT_THAT(Prepare(*hold), IsOk());
}

TEST_F(Templates, S2_10_TheSameRequestChangesNothing) {
  const auto first = Apply(Wanted());
  ASSERT_THAT(first, IsOk());
  const auto second = Apply(Wanted());
  ASSERT_THAT(second, IsOk());
  EXPECT_EQ(second->SerializeAsString(), first->SerializeAsString());
  EXPECT_THAT(Events("template.applied"), SizeIs(1));
  EXPECT_EQ(Count("applied"), 1);
  // Another body under the same request_id is another request.
  EXPECT_THAT(Apply(Wanted("R-apply", "")), StatusIs(StatusCode::kInvalidArgument));
}

TEST_F(Templates, S2_10_TwoAtOnceMakeOne) {
  std::vector<absl::Status> got(2);
  {
    std::jthread other([&] { got[0] = Apply(Wanted("R-one")).status(); });
    got[1] = Apply(Wanted("R-two")).status();
  }
  EXPECT_NE(got[0].ok(), got[1].ok()) << got[0].ToString() << got[1].ToString();
  EXPECT_THAT(got[0].ok() ? got[1] : got[0], ReasonIs("TEMPLATE_APPLIED"));
  EXPECT_THAT(Events("template.applied"), SizeIs(1));
}

TEST_F(Templates, S2_10_AnotherTemplateOverItIsRefused) {
  ASSERT_THAT(Apply(Wanted()), IsOk());
  const auto again = Apply(Wanted("R-again"));
  EXPECT_THAT(again, StatusIs(StatusCode::kAlreadyExists));
  EXPECT_THAT(again, ReasonIs("TEMPLATE_APPLIED"));
  v1::ApplyTemplateRequest other = Wanted("R-version");
  other.mutable_csnp_template()->set_version(2);
  EXPECT_THAT(Apply(other), StatusIs(StatusCode::kFailedPrecondition));
  EXPECT_THAT(Apply(other), ReasonIs("TEMPLATE_DIFFERS"));
  other = Wanted("R-content");
  other.mutable_csnp_template()->mutable_agenda()->set_give_back_minutes(30);
  EXPECT_THAT(Apply(other), ReasonIs("TEMPLATE_DIFFERS"));
  other = Wanted("R-other");
  other.mutable_csnp_template()->set_template_id("csnp-ete");
  other.mutable_csnp_template()->mutable_agenda()->set_agenda("csnp-ete");
  EXPECT_THAT(Apply(other), ReasonIs("TEMPLATE_DIFFERS"));
  EXPECT_EQ(Agenda()->template_version(), 1);
  EXPECT_THAT(PlanIds(), SizeIs(3));
  EXPECT_EQ(Count("refused"), 5);
}

TEST_F(Templates, S2_10_BothOrNeither) {
  // He holds sessions at Saint-Gilles at these hours.
  const auto taken = Apply(Wanted("R-taken", "regions/fr-pdl/practitioners/t-jolivart"));
  EXPECT_THAT(taken, ReasonIs("PRACTITIONER_TAKEN"));
  ExpectNothing();
  v1::ApplyTemplateRequest late = Wanted("R-late");
  late.mutable_csnp_template()->mutable_agenda()->mutable_sessions(0)->set_end_time_of_day("21:00");
  const auto pdsa = Apply(late);
  EXPECT_THAT(pdsa, StatusIs(StatusCode::kFailedPrecondition));
  EXPECT_THAT(pdsa, ReasonIs("SESSION_IN_PDSA_HOURS"));
  EXPECT_EQ(base::DetailOf(pdsa.status()).violations[0].field,
            "csnp_template.agenda.sessions[0].start_time_of_day");
  ExpectNothing();
  EXPECT_EQ(TheSite(kNew).entry_policy().rules_size(), 0);
  EXPECT_THAT(Apply(Wanted("R-fine")), IsOk());
}

TEST_F(Templates, S2_10_IsForACsnpOfItsModeWithoutThisAgenda) {
  v1::ApplyTemplateRequest request = Wanted("R-physical");
  request.set_parent(kCsnp);
  EXPECT_THAT(Apply(request), ReasonIs("TEMPLATE_NOT_FOR_SITE"));
  request = Wanted("R-practice");
  request.set_parent("regions/fr-pdl/sites/msp-palluau");
  EXPECT_THAT(Apply(request), ReasonIs("TEMPLATE_NOT_FOR_SITE"));
  request.set_parent("regions/fr-pdl/sites/nowhere");
  request.set_request_id("R-nowhere");
  EXPECT_THAT(Apply(request), ReasonIs("SITE_NOT_FOUND"));

  v1::SessionPlan plan = ThePlan();
  plan.set_name(std::string(kNew) + "/plans/csnp-territoire-matin");
  plan.clear_etag();
  plan.clear_practitioner();
  plan.clear_room_id();
  ASSERT_THAT(Update(plan, "R-plan", Planner(), true), IsOk());
  EXPECT_THAT(Apply(Wanted("R-plan-name")), ReasonIs("PLAN_EXISTS"));
  plan.set_agenda("csnp-territoire");
  ASSERT_THAT(Update(plan, "R-plan-2"), IsOk());
  EXPECT_THAT(Apply(Wanted("R-in-use")), ReasonIs("AGENDA_IN_USE"));
  EXPECT_THAT(List(), StatusIs(StatusCode::kNotFound));
}

TEST_F(Templates, S2_10_WhatTheSiteSaysStays) {
  v1::Site site = TheSite(kNew);
  v1::EntryRule& rule = *site.mutable_entry_policy()->add_rules();
  rule.set_entry_point(type::v1::ENTRY_POINT_LINE_15);
  rule.set_access(v1::EntryRule::ACCESS_REGULATED);
  site.mutable_care_policy()->add_accepted_motifs()->set_motif_code("M02.06");
  ASSERT_THAT(Update(site, "R-own"), IsOk());
  const auto made = Apply(Wanted("R-apply", ""));
  ASSERT_THAT(made, IsOk());
  EXPECT_THAT(made->notice_codes(),
              ElementsAre("ENTRY_RULES_KEPT", "ACCEPTED_MOTIFS_KEPT", "UNSTAFFED"));
  EXPECT_EQ(made->bookable_slot_count(), 0);
  EXPECT_EQ(TheSite(kNew).entry_policy().rules_size(), 1);
  EXPECT_EQ(TheSite(kNew).care_policy().accepted_motifs_size(), 1);
  v1::CareNeed need = NeedOf116117();
  need.set_entry_point(type::v1::ENTRY_POINT_LINE_15);
  need.set_motif_code("M02.06");
  EXPECT_THAT(Hold(kMorning, Osnp(), "R-hold", need), ReasonIs("UNSTAFFED"));
}

TEST_F(Templates, S2_10_ACoordinatorOfTheTerritoryApplies) {
  const auto osnp = Apply(Wanted("R-osnp"), Osnp());
  EXPECT_THAT(osnp, ReasonIs("ROLE_FORBIDDEN"));
  base::Actor elsewhere = Planner();
  elsewhere.territories = {"44"};
  EXPECT_THAT(Apply(Wanted("R-elsewhere"), elsewhere), ReasonIs("TERRITORY_FORBIDDEN"));
  v1::Site site = TheSite(kNew);
  v1::SiteRight& right = *site.add_rights();
  right.set_structure("regions/fr-pdl/structures/cpts-lvo");
  right.add_rights(v1::SiteRight::RIGHT_MANAGE);
  ASSERT_THAT(Update(site, "R-rights", Of(Role::kPlanner, right.structure())), IsOk());
  EXPECT_THAT(Apply(Wanted("R-hospital"), Of(Role::kPlanner, "regions/fr-pdl/structures/ch-lvo")),
              ReasonIs("SITE_RIGHT_REQUIRED"));
  ExpectNothing();
  EXPECT_THAT(Apply(Wanted("R-cpts"), Of(Role::kPlanner, right.structure())), IsOk());
  EXPECT_THAT(List(kList, sas::testing::ActorWith(Role::kSteering)), ReasonIs("ROLE_FORBIDDEN"));
}

TEST_F(Templates, S2_10_BothAreListed) {
  ASSERT_THAT(Apply(Wanted()), IsOk());
  v1::ListWorklistsRequest lists;
  lists.set_parent("regions/fr-pdl/sites/-");
  lists.set_territory("85");
  const auto of_85 =
      Invoke<v1::ListWorklistsResponse>(*templates_stub_, &Stub::ListWorklists, lists, Osnp());
  ASSERT_THAT(of_85, IsOk());
  ASSERT_EQ(of_85->worklists_size(), 1);
  EXPECT_EQ(of_85->worklists(0).name(), kList);
  lists.set_territory("44");
  EXPECT_EQ(Invoke<v1::ListWorklistsResponse>(*templates_stub_, &Stub::ListWorklists, lists, Osnp())
                ->worklists_size(),
            0);
  v1::ListAgendasRequest agendas;
  agendas.set_parent(kNew);
  agendas.set_page_size(1);
  const auto page =
      Invoke<v1::ListAgendasResponse>(*templates_stub_, &Stub::ListAgendas, agendas, Osnp());
  ASSERT_THAT(page, IsOk());
  ASSERT_EQ(page->agendas_size(), 1);
  EXPECT_EQ(page->agendas(0).name(), kAgenda);
  EXPECT_EQ(page->next_page_token(), "");
  agendas.set_page_size(-1);
  EXPECT_THAT(
      Invoke<v1::ListAgendasResponse>(*templates_stub_, &Stub::ListAgendas, agendas, Osnp()),
      ReasonIs("INVALID_PAGE_SIZE"));
}

TEST_F(Templates, S2_10_TheRulesOfTheSiteSayWhoSuitsTheList) {
  ASSERT_THAT(Apply(Wanted()), IsOk());
  v1::GetWorklistVerdictsRequest request;
  request.set_name(kList);
  const auto add = [&](v1::CareNeed need, const char* insee_code) {
    *request.add_candidates()->mutable_need() = std::move(need);
    request.mutable_candidates()->rbegin()->set_insee_code(insee_code);
  };
  add(NeedOf116117(), "85047");
  v1::CareNeed need = NeedOf116117();
  need.set_motif_code("M03.16");
  add(need, "85047");
  need = NeedOf116117();
  need.set_territory("44");
  add(need, "85047");
  add(NeedOf116117(), "");
  const auto judged = Invoke<v1::GetWorklistVerdictsResponse>(
      *templates_stub_, &Stub::GetWorklistVerdicts, request, Service());
  ASSERT_THAT(judged, IsOk());
  std::vector<std::string> reasons;
  for (const auto& verdict : judged->verdicts()) reasons.push_back(verdict.refusal_reason());
  EXPECT_THAT(reasons,
              ElementsAre("", "MOTIF_NOT_ACCEPTED", "TERRITORY_NOT_SERVED", "PLACE_REQUIRED"));

  const auto ask = [&] {
    return Invoke<v1::GetWorklistVerdictsResponse>(*templates_stub_, &Stub::GetWorklistVerdicts,
                                                   request, Service());
  };
  while (request.candidates_size() < 200) add(NeedOf116117(), "85047");
  EXPECT_THAT(ask(), IsOk());
  add(NeedOf116117(), "85047");
  EXPECT_THAT(ask(), ReasonIs("INVALID_CANDIDATE_COUNT"));
  request.clear_candidates();
  EXPECT_THAT(ask(), ReasonIs("INVALID_CANDIDATE_COUNT"));
  add(NeedOf116117(), "85047");
  EXPECT_THAT(Invoke<v1::GetWorklistVerdictsResponse>(*templates_stub_, &Stub::GetWorklistVerdicts,
                                                      request, Osnp()),
              ReasonIs("ROLE_FORBIDDEN"));
}

TEST_F(Templates, S2_10_WhoIsTooFarIsNotOnTheList) {
  v1::ApplyTemplateRequest wanted = Wanted();
  wanted.mutable_csnp_template()->mutable_worklist()->set_reach_meters(1000);
  ASSERT_THAT(Apply(wanted), IsOk());
  v1::GetWorklistVerdictsRequest request;
  request.set_name(kList);
  *request.add_candidates()->mutable_need() = NeedOf116117();
  request.mutable_candidates(0)->set_insee_code("44021");
  const auto judged = Invoke<v1::GetWorklistVerdictsResponse>(
      *templates_stub_, &Stub::GetWorklistVerdicts, request, Service());
  ASSERT_THAT(judged, IsOk());
  EXPECT_EQ(judged->verdicts(0).refusal_reason(), "TOO_FAR");
  EXPECT_GT(judged->verdicts(0).distance_meters(), 20'000);
}

}  // namespace
}  // namespace sas::slots
