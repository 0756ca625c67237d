// What a regulator lifts (H-17), pregnancy (H-21) and the patient without vehicle (H-20).

#include "services/slots/domain/rule_lift.h"

#include <gtest/gtest.h>

#include "services/slots/domain/judge_parts.h"
#include "tests/unit/slots/fixtures.h"

namespace sas::slots {
namespace {

using fixtures::Order;
using fixtures::RegulatedSite;

constexpr Strictness kHold = Strictness::kHold;

TEST(RuleLift, H17_OnlyWhatARegulatorMayLiftIsARule) {
  for (int value = 1; value < static_cast<int>(kExclusions); ++value) {
    const auto exclusion = static_cast<Exclusion>(value);
    const bool liftable = ExclusionLifter(exclusion) == "REGULATOR";
    EXPECT_EQ(LiftableRule(ExclusionCode(exclusion)).has_value(), liftable)
        << ExclusionCode(exclusion);
  }
  EXPECT_FALSE(LiftableRule("").has_value());
  EXPECT_FALSE(LiftableRule("NONE").has_value());
  EXPECT_EQ(ParseLifted("AGE_NOT_ACCEPTED,FULL,CAPPED"), 0U) << "clinical, or the practice's own";
}

/// A need that one administrative rule of a site refuses.
struct Case {
  Exclusion rule;
  SiteRules site;
  Need need;
};

std::vector<Case> Cases() {
  std::vector<Case> cases(7, Case{Exclusion::kNone, RegulatedSite(), Order()});
  cases[0].rule = Exclusion::kEntryPointClosed;
  cases[0].site.entry_rules.clear();
  cases[1].rule = Exclusion::kOrderRequired;
  cases[1].need.has_order = false;
  cases[2].rule = Exclusion::kProfessionNotAllowed;
  for (EntryRule& rule : cases[2].site.entry_rules) rule.profession_codes = {"21"};
  cases[3].rule = Exclusion::kAccessReasonRequired;
  for (EntryRule& rule : cases[3].site.entry_rules) rule.access_reasons = {AccessReason::kSansMt};
  cases[4] = cases[3];
  cases[4].rule = Exclusion::kAccessReasonNotAccepted;
  cases[4].need.access_reason = AccessReason::kHorsResidence;
  cases[5].rule = Exclusion::kOrientingProfessionalRequired;
  for (EntryRule& rule : cases[5].site.entry_rules) rule.orienting_professional_required = true;
  cases[6].rule = Exclusion::kTerritoryNotServed;
  cases[6].need.territory = "44";
  return cases;
}

TEST(RuleLift, H17_ALiftedRuleDoesNotStopAndAnyOtherDoes) {
  for (const Case& each : Cases()) {
    SCOPED_TRACE(ExclusionCode(each.rule));
    Need need = each.need;
    EXPECT_EQ(Judge(each.site, need, kHold), each.rule);
    need.lifted = ~LiftBit(each.rule);
    EXPECT_EQ(Judge(each.site, need, kHold), each.rule) << "another rule was lifted";
    need.lifted = LiftBit(each.rule);
    EXPECT_EQ(Judge(each.site, need, kHold), Exclusion::kNone);
    need.age = {2, care::AgeUnit::kMonth};
    SiteRules adults = each.site;
    adults.age_min = {18, care::AgeUnit::kYear};
    EXPECT_EQ(Judge(adults, need, kHold), Exclusion::kAgeNotAccepted) << "clinical stays";
  }
}

TEST(RuleLift, H17_TheRuleThatLetsInAsksNothingOfWhatWasLifted) {
  EntryRule rule;
  rule.entry_point = EntryPoint::kLine15;
  rule.access = Access::kRegulated;
  rule.profession_codes = {"21"};
  rule.access_reasons = {AccessReason::kSansMt};
  rule.orienting_professional_required = true;
  rule.evaluation_required = true;
  Need need = Order();
  need.lifted = ParseLifted("ORDER_REQUIRED,ACCESS_REASON_REQUIRED");
  const EntryRule open = WithoutLifted(&rule, need);
  EXPECT_EQ(open.access, Access::kDirect);
  EXPECT_TRUE(open.access_reasons.empty());
  EXPECT_EQ(open.profession_codes, rule.profession_codes);
  EXPECT_TRUE(open.orienting_professional_required);
  EXPECT_TRUE(open.evaluation_required) << "an evaluation is lifted by nobody";
  need.lifted = ParseLifted("ENTRY_POINT_CLOSED");
  EXPECT_EQ(WithoutLifted(nullptr, need).entry_point, need.entry_point);
}

TEST(Pregnancy, H21_YesNoAndUnknownOfPatientAndSite) {
  SiteRules site = RegulatedSite();
  Need need = Order();
  const auto judged = [&] { return Judge(site, need, kHold); };
  const auto asked = [&] {
    return AsksPregnancy(need, !site.pregnancy.has_value(), RefusesPregnancy(site));
  };
  // Not asked is asked of nobody; no is no.
  for (const Answer answer : {Answer::kNotAsked, Answer::kNo}) {
    need.pregnancy = answer;
    for (const auto& receives :
         {std::optional<bool>(), std::optional(false), std::optional(true)}) {
      site.pregnancy = receives;
      EXPECT_EQ(judged(), Exclusion::kNone);
      EXPECT_FALSE(asked());
    }
  }
  need.pregnancy = Answer::kYes;
  site.pregnancy = true;
  EXPECT_EQ(judged(), Exclusion::kNone);
  EXPECT_FALSE(asked());
  site.pregnancy.reset();
  EXPECT_EQ(judged(), Exclusion::kNone) << "unknown is not no";
  EXPECT_TRUE(asked());
  site.pregnancy = false;
  EXPECT_EQ(judged(), Exclusion::kPregnancyNotAccepted);
  EXPECT_EQ(ExclusionLifter(Exclusion::kPregnancyNotAccepted), "SITE");
  need.pregnancy = Answer::kUnknown;
  EXPECT_EQ(judged(), Exclusion::kNone) << "who does not know is not refused, but asked";
  EXPECT_TRUE(asked());
}

}  // namespace
}  // namespace sas::slots
