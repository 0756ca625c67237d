#include <algorithm>
#include <set>
#include <string>

#include "common/base/resource_name.h"
#include "common/care/age.h"
#include "common/care/calendar.h"
#include "common/care/identifiers.h"
#include "common/care/nomenclature.h"
#include "services/slots/convert.h"
#include "services/slots/directory_checks.h"
#include "services/slots/field_checks.h"

namespace sas::slots {
namespace {

constexpr std::size_t kReferenceMax = 80;  ///< Characters, as of the following.
constexpr std::size_t kExplanationMax = 200;
constexpr std::size_t kLabelMax = 80;
constexpr std::size_t kAgendaMax = 48;
constexpr int kRulesMax = 100;
constexpr int kRightsMax = 50;
constexpr int kOfferItemsMax = 50;
constexpr int kWeeklySeatsMax = 10'000;

bool UpperSnake(const std::string& code) {
  return !code.empty() && code.size() <= kLabelMax &&
         code.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == std::string::npos;
}

void CheckRule(const v1::CareRule& rule, FieldChecks& checks, std::set<std::string>& seen) {
  if (!base::IsId(rule.rule_id())) {
    checks.InvalidField("rule_id", "INVALID_ID", "use 1 to 63 of a-z, 0-9, '-', '.', '_', '~'");
  }
  checks.Once("rule_id", rule.rule_id(), seen);
  checks.Enum("effect", rule.effect(), v1::CareRule::Effect_IsValid(rule.effect()), true);
  if (!rule.motif_code().empty()) {
    checks.Add(care::CheckMotif(rule.motif_code(), checks.Path("motif_code")));
  }
  if (rule.has_age_min()) {
    checks.Add(care::CheckAge(ToAge(rule.age_min()), checks.Path("age_min")));
  }
  if (rule.has_age_max()) {
    checks.Add(care::CheckAge(ToAge(rule.age_max()), checks.Path("age_max")));
  }
  checks.Text("explanation", rule.explanation(), kExplanationMax, true);
}

void CheckRight(const v1::SiteRight& right, const Directory& after, FieldChecks& checks) {
  const bool of_role = right.role() != type::v1::ROLE_UNSPECIFIED;
  if (!right.structure().empty() || !of_role) {
    checks.Reference("structure", after.structures.count(right.structure()) == 1,
                     right.structure());
  }
  checks.Enum("role", right.role(), type::v1::Role_IsValid(right.role()), false);
  if (!right.agenda().empty() &&
      (!base::IsId(right.agenda()) || right.agenda().size() > kAgendaMax)) {
    checks.InvalidField("agenda", "INVALID_AGENDA", "use 1 to 48 of a-z, 0-9, '-', '.', '_', '~'");
  }
  if (right.rights().empty()) checks.InvalidField("rights", "RIGHT_REQUIRED", "name at least one");
  for (const int each : right.rights()) {
    checks.Enum("rights", each, v1::SiteRight::Right_IsValid(each), true);
  }
}

void CheckChainingApproval(const v1::Site& site, FieldChecks& checks) {
  if (!site.has_chaining_approval()) return;
  const v1::ChainingApproval& approval = site.chaining_approval();
  checks.Add(
      care::ParseDate(approval.approval_date(), checks.Path("chaining_approval.approval_date"))
          .status());
  checks.Text("chaining_approval.reference", approval.reference(), kReferenceMax, true);
}

}  // namespace

void CheckCareRules(const v1::CarePolicy& policy, const std::string& path, Findings& findings) {
  FieldChecks checks(path, findings);
  if (policy.rules().empty() || !checks.Count("rules", policy.rules_size(), kRulesMax)) return;
  std::set<std::string> seen;
  for (int i = 0; i < policy.rules_size(); ++i) {
    FieldChecks rule(checks.Path(Indexed("rules", i)), findings);
    CheckRule(policy.rules(i), rule, seen);
  }
  // Whether test numbers exist is the matter of the practitioners' own entries.
  checks.Add(care::CheckRpps(policy.signed_by_rpps(), checks.Path("signed_by_rpps"),
                             care::TestIdentities::kAccept));
}

void CheckSharing(const v1::Site& site, const Directory& after, const std::string& path,
                  Findings& findings) {
  FieldChecks checks(path, findings);
  if (checks.Count("rights", site.rights_size(), kRightsMax)) {
    for (int i = 0; i < site.rights_size(); ++i) {
      FieldChecks right(checks.Path(Indexed("rights", i)), findings);
      CheckRight(site.rights(i), after, right);
    }
  }
  CheckChainingApproval(site, checks);
  if (checks.Count("offer_items", site.offer_items_size(), kOfferItemsMax)) {
    std::set<std::string> seen;
    for (int i = 0; i < site.offer_items_size(); ++i) {
      FieldChecks item(checks.Path(Indexed("offer_items", i)), findings);
      if (!UpperSnake(site.offer_items(i).code())) {
        item.InvalidField("code", "INVALID_OFFER_CODE", "use UPPER_SNAKE, for example ECG");
      }
      item.Once("code", site.offer_items(i).code(), seen);
      item.Text("label", site.offer_items(i).label(), kLabelMax, true);
    }
  }
  if (site.agreed_weekly_seats() < 0 || site.agreed_weekly_seats() > kWeeklySeatsMax) {
    checks.InvalidField("agreed_weekly_seats", "NUMBER_OUT_OF_RANGE", "use 0 to 10000");
  }
  checks.Enum("holiday_regime", site.holiday_regime(),
              v1::HolidayRegime_IsValid(site.holiday_regime()), false);
}

}  // namespace sas::slots
