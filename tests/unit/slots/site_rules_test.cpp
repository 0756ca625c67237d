#include "services/slots/domain/site_rules.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "common/testing/status_matchers.h"
#include "tests/unit/slots/fixtures.h"

namespace sas::slots {
namespace {

using absl::StatusCode;
using fixtures::Order;
using fixtures::RegulatedSite;
using testing::StatusIs;

constexpr Strictness kSearch = Strictness::kSearch;
constexpr Strictness kHold = Strictness::kHold;

EntryRule Direct(EntryPoint entry_point, std::vector<std::string> professions = {}) {
  EntryRule rule;
  rule.entry_point = entry_point;
  rule.access = Access::kDirect;
  rule.profession_codes = std::move(professions);
  return rule;
}

Need From(EntryPoint entry_point, std::string profession) {
  Need need = Order();
  need.has_order = false;
  need.entry_point = entry_point;
  need.profession_code = std::move(profession);
  return need;
}

/// The CNSP of Blaye: five entries, each for its profession.
SiteRules Blaye() {
  SiteRules site = RegulatedSite("cnsp");
  site.entry_rules = {Direct(EntryPoint::kLine15), Direct(EntryPoint::kUrgences, {"60"}),
                      Direct(EntryPoint::kPharmacie, {"21"}), Direct(EntryPoint::kIdel, {"60"}),
                      Direct(EntryPoint::kPodologue, {"80"})};
  return site;
}

TEST(SiteRules, S0_11_OnlyAnAllowedProfessionBooks) {
  const SiteRules site = Blaye();
  EXPECT_EQ(Judge(site, From(EntryPoint::kPharmacie, "21"), kHold), Exclusion::kNone);
  const Need nurse_as_pharmacist = From(EntryPoint::kPharmacie, "60");
  EXPECT_EQ(Judge(site, nurse_as_pharmacist, kHold), Exclusion::kProfessionNotAllowed);
  EXPECT_EQ(Judge(site, From(EntryPoint::kPharmacie, ""), kHold), Exclusion::kProfessionNotAllowed);
  EXPECT_THAT(Refusal(Exclusion::kProfessionNotAllowed, site, nurse_as_pharmacist),
              StatusIs(StatusCode::kPermissionDenied, "PROFESSION_NOT_ALLOWED"));
}

TEST(SiteRules, S0_12_FiveEntriesOfTheSiteAndNoOther) {
  const SiteRules site = Blaye();
  const std::vector<std::pair<EntryPoint, const char*>> open{{EntryPoint::kLine15, ""},
                                                             {EntryPoint::kUrgences, "60"},
                                                             {EntryPoint::kPharmacie, "21"},
                                                             {EntryPoint::kIdel, "60"},
                                                             {EntryPoint::kPodologue, "80"}};
  for (int value = 0; value <= static_cast<int>(EntryPoint::kLocal); ++value) {
    const auto entry_point = static_cast<EntryPoint>(value);
    const auto found = std::find_if(open.begin(), open.end(),
                                    [&](const auto& each) { return each.first == entry_point; });
    const Need need = From(entry_point, found == open.end() ? "10" : found->second);
    EXPECT_EQ(Judge(site, need, kHold),
              found == open.end() ? Exclusion::kEntryPointClosed : Exclusion::kNone)
        << value;
  }
  // Another site, another list.
  EXPECT_EQ(Judge(RegulatedSite(), From(EntryPoint::kPharmacie, "21"), kHold),
            Exclusion::kEntryPointClosed);
}

TEST(SiteRules, S3_08_RegulatedAgendaNeedsAnOrderAndADirectOneDoesNot) {
  SiteRules site = RegulatedSite();
  site.entry_rules.push_back(Direct(EntryPoint::kSecretariat));
  Need need = Order();
  EXPECT_EQ(Judge(site, need, kHold), Exclusion::kNone);
  need.has_order = false;
  EXPECT_EQ(Judge(site, need, kHold), Exclusion::kOrderRequired);
  // A regulator looks at the offer before he orders; nobody else can get there without an order.
  EXPECT_EQ(Judge(site, need, kSearch), Exclusion::kNone);
  EXPECT_EQ(Judge(site, From(EntryPoint::kSecretariat, ""), kHold), Exclusion::kNone);
  EXPECT_THAT(Refusal(Exclusion::kOrderRequired, site, need),
              StatusIs(StatusCode::kFailedPrecondition, "ORDER_REQUIRED"));
}

TEST(SiteRules, S4_07_By116117OnlyWithAnOrderOfTheRegulation) {
  SiteRules site = RegulatedSite();
  site.entry_rules.erase(site.entry_rules.begin());  // 116 117 alone is open.
  Need need = Order();
  const EntryRule* rule = nullptr;
  EXPECT_EQ(Judge(site, need, kHold, &rule), Exclusion::kNone);
  ASSERT_NE(rule, nullptr);
  EXPECT_EQ(rule->entry_point, EntryPoint::kLine116117);
  need.has_order = false;
  EXPECT_EQ(Judge(site, need, kHold), Exclusion::kOrderRequired);
  need = Order();
  need.entry_point = EntryPoint::kPharmacie;
  EXPECT_EQ(Judge(site, need, kHold), Exclusion::kEntryPointClosed);
}

TEST(SiteRules, S4_08_IaoNeedsARecordedEvaluationAndNoOrder) {
  SiteRules site = RegulatedSite();
  EntryRule iao = Direct(EntryPoint::kUrgences, {"10", "60"});
  iao.access_reasons = {AccessReason::kReorientationUrgences};
  iao.evaluation_required = true;
  site.entry_rules.push_back(iao);
  Need need = From(EntryPoint::kUrgences, "60");
  need.access_reason = AccessReason::kReorientationUrgences;
  EXPECT_FALSE(need.has_order);
  EXPECT_EQ(Judge(site, need, kHold), Exclusion::kEvaluationRequired);
  EXPECT_EQ(Judge(site, need, kSearch), Exclusion::kNone);  // It may be recorded after the search.
  need.evaluation_recorded = true;
  EXPECT_EQ(Judge(site, need, kHold), Exclusion::kNone);
}

TEST(SiteRules, S2_13_AcceptedMotifsWithTheirAges) {
  SiteRules site = RegulatedSite();
  MotifRule child_fever{"M03.14", {3, care::AgeUnit::kMonth}, {15, care::AgeUnit::kYear}};
  site.accepted_motifs = {{"M02.06", {}, {}}, child_fever, {"M03.22", {}, {}}};
  const auto judge = [&](const char* motif, care::Age age) {
    Need need = Order();
    need.motif_code = motif;
    need.age = age;
    return Judge(site, need, kHold);
  };
  constexpr care::AgeUnit kYear = care::AgeUnit::kYear;
  constexpr care::AgeUnit kMonth = care::AgeUnit::kMonth;
  EXPECT_EQ(judge("M02.06", {40, kYear}), Exclusion::kNone);
  EXPECT_EQ(judge("M03.22", {40, kYear}), Exclusion::kNone);
  EXPECT_EQ(judge("M03.14", {6, kYear}), Exclusion::kNone);
  EXPECT_EQ(judge("M03.14", {3, kMonth}), Exclusion::kNone);
  EXPECT_EQ(judge("M03.14", {2, kMonth}), Exclusion::kAgeNotAccepted);
  EXPECT_EQ(judge("M03.14", {15, kYear}), Exclusion::kNone);
  EXPECT_EQ(judge("M03.14", {16, kYear}), Exclusion::kAgeNotAccepted);
  EXPECT_EQ(judge("M03.06", {40, kYear}), Exclusion::kMotifNotAccepted);
  EXPECT_EQ(judge("M02.07", {40, kYear}), Exclusion::kMotifNotAccepted);
}

TEST(SiteRules, GroupsAndExclusionsOfMotifs) {
  SiteRules site = RegulatedSite();
  site.accepted_motifs = {{"M02.00", {}, {}}};
  site.excluded_motif_codes = {"M02.02", "M01.00"};
  const auto judge = [&](const char* motif) {
    Need need = Order();
    need.motif_code = motif;
    return Judge(site, need, kHold);
  };
  EXPECT_EQ(judge("M02.06"), Exclusion::kNone);
  EXPECT_EQ(judge("M02.00"), Exclusion::kNone);
  EXPECT_EQ(judge("M02.02"), Exclusion::kMotifNotAccepted);  // Exclusion wins.
  EXPECT_EQ(judge("M03.14"), Exclusion::kMotifNotAccepted);
  site.accepted_motifs.clear();
  EXPECT_EQ(judge("M03.14"), Exclusion::kNone);
  EXPECT_EQ(judge("M01.02"), Exclusion::kMotifNotAccepted);  // Of the excluded group.
}

TEST(SiteRules, AgeLimitsOfTheSite) {
  SiteRules site = RegulatedSite();
  site.age_min = {2, care::AgeUnit::kYear};
  Need need = Order();
  need.age = {2, care::AgeUnit::kMonth};  // Not two years.
  EXPECT_EQ(Judge(site, need, kHold), Exclusion::kAgeNotAccepted);
  need.age = {2, care::AgeUnit::kYear};
  EXPECT_EQ(Judge(site, need, kHold), Exclusion::kNone);
  // A motif with its own limit replaces the site's.
  site.accepted_motifs = {{"M03.14", {3, care::AgeUnit::kMonth}, {}}};
  need.age = {5, care::AgeUnit::kMonth};
  EXPECT_EQ(Judge(site, need, kHold), Exclusion::kNone);
}

TEST(SiteRules, S1_03_OwnPatientsOnlyOrAll) {
  SiteRules site = RegulatedSite();
  Need need = Order();
  EXPECT_EQ(Judge(site, need, kHold), Exclusion::kNone);  // Open to all.
  site.own_patients_only = true;
  site.practitioner_rpps = {"10002909371"};
  EXPECT_EQ(Judge(site, need, kHold), Exclusion::kOwnPatientsOnly);  // No treating doctor.
  need.treating_doctor_rpps = "10005681340";
  EXPECT_EQ(Judge(site, need, kSearch), Exclusion::kOwnPatientsOnly);
  need.treating_doctor_rpps = "10002909371";
  EXPECT_EQ(Judge(site, need, kHold), Exclusion::kNone);
}

TEST(SiteRules, AccessReasonIsAskedAtTheHold) {
  SiteRules site = RegulatedSite();
  for (EntryRule& rule : site.entry_rules) rule.access_reasons = {AccessReason::kSansMt};
  Need need = Order();
  EXPECT_EQ(Judge(site, need, kSearch), Exclusion::kNone);
  EXPECT_EQ(Judge(site, need, kHold), Exclusion::kAccessReasonRequired);
  need.access_reason = AccessReason::kHorsResidence;
  EXPECT_EQ(Judge(site, need, kSearch), Exclusion::kAccessReasonNotAccepted);
  need.access_reason = AccessReason::kSansMt;
  EXPECT_EQ(Judge(site, need, kHold), Exclusion::kNone);
}

TEST(SiteRules, S0_01_WithoutSansMtOrNoAppointmentWithin48hRefusedWithAReason) {
  SiteRules site = Blaye();
  for (EntryRule& rule : site.entry_rules) {
    rule.access_reasons = {AccessReason::kSansMt, AccessReason::kPasDeRdv48h};
  }
  Need need = From(EntryPoint::kPharmacie, "21");
  EXPECT_THAT(Refusal(Judge(site, need, kHold), site, need),
              StatusIs(StatusCode::kFailedPrecondition, "ACCESS_REASON_REQUIRED"));
  for (const auto reason : {AccessReason::kSansMt, AccessReason::kPasDeRdv48h}) {
    need.access_reason = reason;
    EXPECT_EQ(Judge(site, need, kHold), Exclusion::kNone);
  }
  need.access_reason = AccessReason::kHorsResidence;
  EXPECT_THAT(Refusal(Judge(site, need, kHold), site, need),
              StatusIs(StatusCode::kFailedPrecondition, "ACCESS_REASON_NOT_ACCEPTED"));
}

TEST(SiteRules, OrientingProfessionalIsNamedAtTheHold) {
  SiteRules site = RegulatedSite();
  for (EntryRule& rule : site.entry_rules) rule.orienting_professional_required = true;
  Need need = Order();
  EXPECT_EQ(Judge(site, need, kSearch), Exclusion::kNone);
  EXPECT_EQ(Judge(site, need, kHold), Exclusion::kOrientingProfessionalRequired);
  need.orienting_rpps = "10002909371";
  EXPECT_EQ(Judge(site, need, kHold), Exclusion::kNone);
}

TEST(SiteRules, TerritoryAndWheelchair) {
  SiteRules site = RegulatedSite();
  Need need = Order();
  need.territory = "44";
  EXPECT_EQ(Judge(site, need, kHold), Exclusion::kTerritoryNotServed);
  site.territories = {"85", "44"};
  EXPECT_EQ(Judge(site, need, kHold), Exclusion::kNone);
  need.wheelchair = true;
  EXPECT_EQ(Judge(site, need, kHold), Exclusion::kNone);  // Unknown is not no.
  site.wheelchair = false;
  EXPECT_EQ(Judge(site, need, kHold), Exclusion::kWheelchairNo);
  site.wheelchair = true;
  EXPECT_EQ(Judge(site, need, kHold), Exclusion::kNone);
}

TEST(SiteRules, NobodyWithoutARule) {
  SiteRules site = RegulatedSite();
  site.entry_rules.clear();
  EXPECT_EQ(Judge(site, Order(), kSearch), Exclusion::kEntryPointClosed);
  site.entry_rules = {
      EntryRule{EntryPoint::kLine116117, Access::kUnspecified, {}, {}, false, false}};
  EXPECT_EQ(Judge(site, Order(), kSearch), Exclusion::kEntryPointClosed);
}

// Hazard H-17: `every_refusal_names_rule_and_lifter`.
TEST(SiteRules, EveryRefusalNamesRuleAndLifter) {
  const SiteRules site = RegulatedSite();
  for (int value = 1; value < static_cast<int>(kExclusions); ++value) {
    const auto exclusion = static_cast<Exclusion>(value);
    const absl::Status status = Refusal(exclusion, site, Order());
    const auto detail = base::DetailOf(status);
    EXPECT_EQ(detail.reason, ExclusionCode(exclusion));
    std::map<std::string, std::string> metadata(detail.metadata.begin(), detail.metadata.end());
    EXPECT_EQ(metadata["site"], site.name);
    EXPECT_GT(metadata["rule"].size(), 15U) << value;
    EXPECT_EQ(metadata["rule"].back(), '.') << metadata["rule"];
    EXPECT_TRUE(metadata["lifted_by"] == "REGULATOR" || metadata["lifted_by"] == "SITE" ||
                metadata["lifted_by"] == "NOBODY");
    const bool denied = exclusion == Exclusion::kEntryPointClosed ||
                        exclusion == Exclusion::kProfessionNotAllowed ||
                        exclusion == Exclusion::kSiteRightRequired;
    EXPECT_EQ(status.code(),
              denied ? StatusCode::kPermissionDenied : StatusCode::kFailedPrecondition);
  }
}

TEST(SiteRules, TextsCarryTheirValues) {
  SiteRules site = RegulatedSite();
  site.age_min = {2, care::AgeUnit::kYear};
  Need need = Order();
  need.age = {6, care::AgeUnit::kMonth};
  EXPECT_EQ(ExclusionText(Exclusion::kAgeNotAccepted, site, need),
            "Le site ne reçoit pas cet âge (6 mois) : il reçoit à partir de 2 ans.");
  site.age_max = {15, care::AgeUnit::kYear};
  EXPECT_EQ(ExclusionText(Exclusion::kAgeNotAccepted, site, need),
            "Le site ne reçoit pas cet âge (6 mois) : il reçoit à partir de 2 ans et jusqu’à 15 "
            "ans.");
  EXPECT_EQ(ExclusionText(Exclusion::kMotifNotAccepted, site, need),
            "Le site ne reçoit pas ce motif : Fièvre, problème infectieux (M03.14).");
  EXPECT_EQ(ExclusionText(Exclusion::kNotOpenYet, site, need), "Le site ouvre le 24/01/2022.");
  EXPECT_EQ(ExclusionText(Exclusion::kEntryPointClosed, site, need),
            "Le site n’est pas ouvert à cette voie d’entrée (ligne 116 117).");
}

TEST(SlotRules, AllocationTable) {
  using A = Allocation;
  using E = EntryPoint;

  struct Case {
    A allocation;
    E entry_point;
    bool has_order;
    bool same_day;
    bool allowed;
  };

  const std::vector<Case> cases{{A::kAnybody, E::kLocal, false, false, true},
                                {A::kRegulated, E::kLine15, true, false, true},
                                {A::kRegulated, E::kLine116117, true, false, true},
                                {A::kRegulated, E::kLine15, false, true, false},
                                {A::kRegulated, E::kPharmacie, true, false, false},
                                {A::kEmergency, E::kUrgences, false, false, true},
                                {A::kEmergency, E::kLine15, true, true, false},
                                {A::kProfessionals, E::kPharmacie, false, false, true},
                                {A::kProfessionals, E::kSecretariat, false, false, true},
                                {A::kProfessionals, E::kUrgences, false, false, false},
                                {A::kProfessionals, E::kLine116117, true, false, false},
                                {A::kSameDay, E::kLine116117, true, true, true},
                                {A::kSameDay, E::kLine116117, true, false, false},
                                {static_cast<A>(9), E::kLine15, true, true, false}};
  for (const Case& c : cases) {
    EXPECT_EQ(AllocationAllows(c.allocation, c.entry_point, c.has_order, c.same_day), c.allowed)
        << static_cast<int>(c.allocation) << " " << static_cast<int>(c.entry_point);
  }
}

TEST(SlotRules, ClassTable) {
  using C = SlotClass;
  using E = EntryPoint;
  EXPECT_TRUE(ClassesAllow({C::kPublic}, E::kLocal));
  EXPECT_TRUE(ClassesAllow({C::kSnp}, E::kLine15));
  EXPECT_TRUE(ClassesAllow({C::kPro, C::kSnp}, E::kLine116117));
  EXPECT_FALSE(ClassesAllow({C::kPro, C::kCpts}, E::kLine15));
  EXPECT_TRUE(ClassesAllow({C::kPro}, E::kUrgences));
  EXPECT_FALSE(ClassesAllow({C::kCpts, C::kSnp}, E::kUrgences));
  EXPECT_TRUE(ClassesAllow({C::kCpts}, E::kSecretariat));
  EXPECT_TRUE(ClassesAllow({C::kPro}, E::kPharmacie));
  EXPECT_FALSE(ClassesAllow({C::kSnp}, E::kPharmacie));
  EXPECT_FALSE(ClassesAllow({C::kPro, C::kSnp, C::kCpts}, E::kPartenaire));
  EXPECT_FALSE(ClassesAllow({}, E::kLine15));
}

TEST(SlotClasses, TheCommunitysOwnAreForItsMembers) {
  using C = SlotClass;
  using E = EntryPoint;
  EXPECT_TRUE(NeedsMembership({C::kCpts, C::kSnp}, E::kSecretariat));
  EXPECT_FALSE(NeedsMembership({C::kCpts, C::kPro}, E::kSecretariat));
  EXPECT_FALSE(NeedsMembership({C::kCpts, C::kPublic}, E::kSecretariat));
  EXPECT_FALSE(NeedsMembership({C::kCpts, C::kSnp}, E::kLine15));  // By SNP.
  EXPECT_FALSE(NeedsMembership({C::kCpts}, E::kLine15));           // Not at all.

  SiteRules site;
  const Asker stranger{base::Role::kSecretariat, "regions/fr-pdl/sites/x"};
  EXPECT_TRUE(MayHaveAsMember(site, stranger));  // No community is known.
  site.communities = {"regions/fr-pdl/structures/a", "regions/fr-pdl/structures/b"};
  EXPECT_FALSE(MayHaveAsMember(site, stranger));
  EXPECT_TRUE(MayHaveAsMember(site, {}));  // Nobody in particular asks.
  Asker member = stranger;
  member.communities = {"regions/fr-pdl/structures/b"};
  EXPECT_TRUE(MayHaveAsMember(site, member));
}

// Whoever is refused is told by which rule and who may lift it; no rule is without an owner.
TEST(SiteRules, H17_EveryRefusalNamesItsRuleAndWhoMayLiftIt) {
  const SiteRules site = RegulatedSite();
  const std::set<std::string_view> lifters{"REGULATOR", "SITE", "NOBODY"};
  std::set<std::string_view> codes;
  for (int value = 1; value < static_cast<int>(kExclusions); ++value) {
    const auto exclusion = static_cast<Exclusion>(value);
    const std::string code(ExclusionCode(exclusion));
    EXPECT_TRUE(codes.insert(ExclusionCode(exclusion)).second) << code;
    const base::ErrorDetail detail = base::DetailOf(Refusal(exclusion, site, Order()));
    EXPECT_EQ(detail.reason, code);
    const std::map<std::string, std::string> told(detail.metadata.begin(), detail.metadata.end());
    EXPECT_EQ(told.at("site"), site.name) << code;
    EXPECT_EQ(told.at("rule"), ExclusionText(exclusion, site, Order())) << code;
    EXPECT_GT(told.at("rule").size(), 15U) << code;
    EXPECT_EQ(lifters.count(told.at("lifted_by")), 1U) << code;
  }
}

}  // namespace
}  // namespace sas::slots
