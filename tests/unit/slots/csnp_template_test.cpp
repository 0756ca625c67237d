// What a template of a CSNP may say, and to which site it may be applied.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/base/status.h"
#include "common/testing/status_matchers.h"
#include "services/slots/domain/csnp_template.h"

namespace sas::slots {
namespace {

using absl::StatusCode;
using testing::IsOk;
using testing::ReasonIs;
using testing::StatusIs;

CsnpTemplate Territorial() {
  CsnpTemplate wanted;
  wanted.id = "csnp-territoire";
  wanted.version = 1;
  wanted.display_name = "CSNP de territoire";
  wanted.modes = {CsnpMode::kTerritorial};
  wanted.agenda = "csnp-territoire";
  wanted.agenda_display_name = "CSNP territoire";
  wanted.sessions = {{"matin", 4}, {"apres-midi", 3}};
  wanted.worklist = "soins-non-programmes";
  wanted.worklist_display_name = "Soins non programmés";
  wanted.digest = "d1";
  return wanted;
}

TemplateGround NewCsnp() {
  TemplateGround ground;
  ground.site = "regions/fr-pdl/sites/csnp-nouveau";
  ground.csnp = true;
  ground.mode = CsnpMode::kTerritorial;
  return ground;
}

TEST(CsnpTemplates, S2_10_ATemplateNamesItsAgendaAndItsWorklist) {
  EXPECT_THAT(CheckTemplate(Territorial(), "t"), IsOk());

  struct Case {
    const char* field;
    const char* reason;
    void (*spoil)(CsnpTemplate&);
  };

  const std::vector<Case> cases{
      {"t.template_id", "INVALID_ID", [](CsnpTemplate& t) { t.id = "CSNP"; }},
      {"t.version", "NUMBER_OUT_OF_RANGE", [](CsnpTemplate& t) { t.version = 0; }},
      {"t.display_name", "TEXT_REQUIRED", [](CsnpTemplate& t) { t.display_name.clear(); }},
      {"t.csnp_modes", "INVALID_TEMPLATE", [](CsnpTemplate& t) { t.modes.clear(); }},
      {"t.csnp_modes", "INVALID_TEMPLATE",
       [](CsnpTemplate& t) { t.modes = {static_cast<CsnpMode>(9)}; }},
      {"t.agenda.agenda", "INVALID_AGENDA",
       [](CsnpTemplate& t) { t.agenda = std::string(49, 'a'); }},
      {"t.agenda.display_name", "TEXT_REQUIRED",
       [](CsnpTemplate& t) { t.agenda_display_name.clear(); }},
      {"t.agenda.sessions", "INVALID_TEMPLATE", [](CsnpTemplate& t) { t.sessions.clear(); }},
      {"t.agenda.sessions[1].session_id", "DUPLICATE_ENTRY",
       [](CsnpTemplate& t) { t.sessions[1].id = "matin"; }},
      {"t.agenda.sessions[0].session_id", "INVALID_ID",
       [](CsnpTemplate& t) { t.sessions[0].id = std::string(15, 'a'); }},
      {"t.agenda.sessions[0].slots_per_hour", "INVALID_TEMPLATE",
       [](CsnpTemplate& t) { t.sessions[0].slots_per_hour = 7; }},
      {"t.worklist.worklist", "INVALID_ID", [](CsnpTemplate& t) { t.worklist = "Soins"; }},
      {"t.worklist.display_name", "TEXT_REQUIRED",
       [](CsnpTemplate& t) { t.worklist_display_name.clear(); }},
  };
  for (const Case& each : cases) {
    SCOPED_TRACE(each.field);
    CsnpTemplate wanted = Territorial();
    each.spoil(wanted);
    const absl::Status status = CheckTemplate(wanted, "t");
    EXPECT_THAT(status, StatusIs(StatusCode::kInvalidArgument));
    EXPECT_THAT(status, ReasonIs(each.reason));
    ASSERT_EQ(base::DetailOf(status).violations.size(), 1U);
    EXPECT_EQ(base::DetailOf(status).violations[0].field, each.field);
  }
}

TEST(CsnpTemplates, BoundsHoldAndOnePastThemIsRefused) {
  CsnpTemplate wanted = Territorial();
  const auto refused = [&] { return !CheckTemplate(wanted, "t").ok(); };
  std::string title;
  for (int i = 0; i < 120; ++i) title += "é";  // Characters, not bytes.
  wanted.display_name = title;
  EXPECT_FALSE(refused());
  wanted.display_name = title + "é";
  EXPECT_TRUE(refused());
  wanted = Territorial();
  wanted.sessions.clear();
  for (int i = 0; i < kTemplateSessionsMax; ++i) wanted.sessions.push_back({std::to_string(i), 4});
  EXPECT_FALSE(refused());
  wanted.sessions.push_back({"one-more", 4});
  EXPECT_TRUE(refused());
  for (const auto& [reach, fine] : std::vector<std::pair<int, bool>>{
           {0, true}, {999, false}, {1000, true}, {100'000, true}, {100'001, false}, {-1, false}}) {
    wanted = Territorial();
    wanted.reach_meters = reach;
    EXPECT_EQ(!refused(), fine) << reach;
  }
}

TEST(CsnpTemplates, CapacityOfAnHourIsWholeMinutes) {
  EXPECT_EQ(MinutesOf(4), 15);
  EXPECT_EQ(MinutesOf(3), 20);
  EXPECT_EQ(MinutesOf(1), 60);
  EXPECT_EQ(MinutesOf(12), 5);
  for (const int none : {-4, 0, 7, 8, 9, 13, 60}) EXPECT_EQ(MinutesOf(none), 0) << none;
}

TEST(CsnpTemplates, S2_10_IsAppliedOnceAndToACsnpOfItsMode) {
  EXPECT_THAT(CheckGround(Territorial(), NewCsnp()), IsOk());
  TemplateGround ground = NewCsnp();
  ground.csnp = false;
  EXPECT_THAT(CheckGround(Territorial(), ground), ReasonIs("TEMPLATE_NOT_FOR_SITE"));
  ground = NewCsnp();
  ground.mode = CsnpMode::kPhysical;
  EXPECT_THAT(CheckGround(Territorial(), ground), StatusIs(StatusCode::kFailedPrecondition));
  EXPECT_THAT(CheckGround(Territorial(), ground), ReasonIs("TEMPLATE_NOT_FOR_SITE"));
  ground = NewCsnp();
  ground.agenda_in_use = true;
  EXPECT_THAT(CheckGround(Territorial(), ground), ReasonIs("AGENDA_IN_USE"));

  ground = NewCsnp();
  ground.applied_id = "csnp-territoire";
  ground.applied_version = 1;
  ground.applied_digest = "d1";
  ground.agenda_in_use = true;  // By its own plans.
  EXPECT_THAT(CheckGround(Territorial(), ground), StatusIs(StatusCode::kAlreadyExists));
  EXPECT_THAT(CheckGround(Territorial(), ground), ReasonIs("TEMPLATE_APPLIED"));
  CsnpTemplate other = Territorial();
  other.id = "csnp-ete";
  EXPECT_THAT(CheckGround(other, ground), StatusIs(StatusCode::kFailedPrecondition));
  EXPECT_THAT(CheckGround(other, ground), ReasonIs("TEMPLATE_DIFFERS"));
  other = Territorial();
  other.version = 2;
  EXPECT_THAT(CheckGround(other, ground), ReasonIs("TEMPLATE_DIFFERS"));
  other = Territorial();
  other.digest = "d2";
  EXPECT_THAT(CheckGround(other, ground), ReasonIs("TEMPLATE_DIFFERS"));
}

TEST(CsnpTemplates, PlansBeginTodayOrWhenTheSiteOpens) {
  const care::Date today{2026, 11, 24};
  const care::Date opened{2022, 1, 24};
  const care::Date later{2027, 1, 4};
  EXPECT_EQ(*FirstDay("", today, opened, "d"), today);
  EXPECT_EQ(*FirstDay("", today, later, "d"), later);
  EXPECT_EQ(*FirstDay("2026-12-01", today, opened, "d"), (care::Date{2026, 12, 1}));
  EXPECT_EQ(*FirstDay("2026-11-24", today, opened, "d"), today);
  EXPECT_THAT(FirstDay("2026-11-23", today, opened, "d"), ReasonIs("START_IN_PAST"));
  EXPECT_THAT(FirstDay("24/11/2026", today, opened, "d"), ReasonIs("INVALID_DATE"));
}

}  // namespace
}  // namespace sas::slots
