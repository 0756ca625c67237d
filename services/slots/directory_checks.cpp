#include "services/slots/directory_checks.h"

#include <algorithm>

#include "common/base/resource_name.h"
#include "common/care/calendar.h"
#include "common/care/geo.h"
#include "common/care/nomenclature.h"
#include "services/slots/domain/month_day.h"
#include "services/slots/field_checks.h"

namespace sas::slots {
namespace {

constexpr std::size_t kTitleMax = 120;  ///< Characters, as of the following.
constexpr std::size_t kPersonMax = 80;
constexpr int kPostalCodesMax = 30;
constexpr int kCommunitiesMax = 10;
constexpr int kLanguagesMax = 10;
constexpr int kActivitiesMax = 20;
constexpr int kMotifsMax = 100;
constexpr int kWeeklyMax = 200;  ///< Appointments.
constexpr int kBarrierPointsMin = 2;
constexpr int kBarrierPointsMax = 100;
constexpr int kBarrierCrossingsMax = 20;
constexpr int kDetourMetersMax = 300'000;

bool Digits(std::string_view text, std::size_t size) {
  return text.size() == size &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// SM54, SCD01…: letters, then two digits.
bool IsSpecialty(std::string_view code) {
  const std::size_t letters = code.size() - std::min<std::size_t>(2, code.size());
  return letters >= 1 && letters <= 4 && Digits(code.substr(letters), 2) &&
         std::all_of(code.begin(), code.begin() + static_cast<std::ptrdiff_t>(letters),
                     [](char c) { return c >= 'A' && c <= 'Z'; });
}

bool IsLanguage(std::string_view code) {
  return code.size() == 2 &&
         std::all_of(code.begin(), code.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}

void CheckCommune(const type::v1::Commune& commune, FieldChecks& checks) {
  checks.Add(care::CheckInseeCode(commune.insee_code(), checks.Path("insee_code")));
  checks.Text("display_name", commune.display_name(), kTitleMax, true);
  if (commune.department_code() != care::DepartmentOf(commune.insee_code())) {
    checks.InvalidField("department_code", "INVALID_TERRITORY",
                        "not the département of the INSEE code");
  }
  if (checks.Count("postal_codes", commune.postal_codes_size(), kPostalCodesMax)) {
    for (const std::string& code : commune.postal_codes()) {
      if (!Digits(code, 5))
        checks.InvalidField("postal_codes", "INVALID_POSTAL_CODE", "use five digits");
    }
  }
  checks.Add(
      care::CheckPoint({commune.point().latitude_degrees(), commune.point().longitude_degrees()},
                       checks.Path("point")));
  if (commune.population() < 0) {
    checks.InvalidField("population", "NEGATIVE_NUMBER", "use 0 when it is unknown");
  }
}

/// Of a person or one of its activities; `prefix` ends with a dot unless it is empty.
template <typename Capacity>
void CheckCapacity(const Capacity& capacity, const std::string& prefix, FieldChecks& checks) {
  checks.Enum(prefix + "status", capacity.status(),
              v1::Practitioner::Status_IsValid(capacity.status()), true);
  const bool substitute = capacity.status() == v1::Practitioner::STATUS_REMPLACANT;
  if (substitute || !capacity.licence_end_date().empty()) {
    checks.Add(
        care::ParseDate(capacity.licence_end_date(), checks.Path(prefix + "licence_end_date"))
            .status());
  }
}

void CheckActivities(std::string_view region, const v1::Practitioner& practitioner,
                     const Directory& after, FieldChecks& checks) {
  if (!checks.Count("activities", practitioner.activities_size(), kActivitiesMax)) return;
  std::set<std::string> seen;
  for (int i = 0; i < practitioner.activities_size(); ++i) {
    const v1::Practitioner::Activity& activity = practitioner.activities(i);
    const std::string prefix = Indexed("activities", i) + ".";
    const bool known =
        after.sites.contains(activity.site()) && base::RegionOf(activity.site()) == region;
    checks.Reference(prefix + "site", known, activity.site());
    checks.Once(prefix + "site", activity.site(), seen);
    CheckCapacity(activity, prefix, checks);
    // What an IPA may receive is asked of the person (ToPractitionerRules).
    if (activity.status() == v1::Practitioner::STATUS_IPA &&
        practitioner.status() != v1::Practitioner::STATUS_IPA) {
      checks.InvalidField(prefix + "status", "INVALID_ACTIVITY",
                          "an IPA is one at all sites: say it of the person");
    }
  }
}

void CheckPractitioner(const v1::Practitioner& practitioner, care::TestIdentities test,
                       FieldChecks& checks) {
  checks.Add(care::CheckRpps(practitioner.rpps(), checks.Path("rpps"), test));
  checks.Text("display_name", practitioner.display_name(), kPersonMax, true);
  if (!Digits(practitioner.profession_code(), 2)) {
    checks.InvalidField("profession_code", "INVALID_PROFESSION_CODE",
                        "use a TRE_G15 code, two digits");
  }
  if (!practitioner.specialty_code().empty() && !IsSpecialty(practitioner.specialty_code())) {
    checks.InvalidField("specialty_code", "INVALID_SPECIALTY_CODE",
                        "use a TRE_R38 code such as SM54");
  }
  CheckCapacity(practitioner, "", checks);
  checks.Territories("territories", practitioner.territories(), false);
  const int weekly = practitioner.weekly_appointment_max();
  if (weekly < 0 || weekly > kWeeklyMax) {
    checks.InvalidField("weekly_appointment_max", "NUMBER_OUT_OF_RANGE", "use 0 to 200");
  }
  if (checks.Count("motif_codes", practitioner.motif_codes_size(), kMotifsMax)) {
    for (int i = 0; i < practitioner.motif_codes_size(); ++i) {
      checks.Add(
          care::CheckMotif(practitioner.motif_codes(i), checks.Path(Indexed("motif_codes", i))));
    }
  }
  if (checks.Count("language_codes", practitioner.language_codes_size(), kLanguagesMax)) {
    for (const std::string& code : practitioner.language_codes()) {
      if (!IsLanguage(code)) {
        checks.InvalidField("language_codes", "INVALID_LANGUAGE_CODE",
                            "use ISO 639-1, two letters");
      }
    }
  }
}

template <typename Points>
void CheckPoints(std::string_view field, const Points& points, int max, FieldChecks& checks) {
  if (!checks.Count(field, points.size(), max)) return;
  for (const type::v1::GeoPoint& each : points) {
    checks.Add(
        care::CheckPoint({each.latitude_degrees(), each.longitude_degrees()}, checks.Path(field)));
  }
}

void CheckBarrier(const v1::Barrier& barrier, FieldChecks& checks) {
  checks.Text("display_name", barrier.display_name(), kTitleMax, true);
  if (barrier.points_size() < kBarrierPointsMin) {
    checks.InvalidField("points", "FIELD_REQUIRED", "a barrier has at least two points");
  }
  CheckPoints("points", barrier.points(), kBarrierPointsMax, checks);
  CheckPoints("crossings", barrier.crossings(), kBarrierCrossingsMax, checks);
  if (barrier.detour_meters() < 0 || barrier.detour_meters() > kDetourMetersMax) {
    checks.InvalidField("detour_meters", "NUMBER_OUT_OF_RANGE",
                        "use 0 to " + std::to_string(kDetourMetersMax));
  }
  if (!barrier.has_season()) return;
  const v1::BarrierSeason& season = barrier.season();
  const auto check_day = [&](std::string_view field, std::string_view day) {
    if (ParseMonthDay(day)) return;
    checks.InvalidField(field, "INVALID_DATE", "use MM-DD, a day that a year has");
  };
  check_day("season.start_month_day", season.start_month_day());
  check_day("season.end_month_day", season.end_month_day());
}

}  // namespace

void CheckCommunes(const v1::Territory& territory, Findings& findings) {
  std::set<std::string> seen;
  for (int i = 0; i < territory.communes_size(); ++i) {
    FieldChecks checks(Indexed("territory.communes", i), findings);
    CheckCommune(territory.communes(i), checks);
    checks.Once("insee_code", territory.communes(i).insee_code(), seen);
  }
}

void CheckStructures(std::string_view region, const v1::Territory& territory, Findings& findings) {
  std::set<std::string> seen;
  for (int i = 0; i < territory.structures_size(); ++i) {
    const v1::Structure& structure = territory.structures(i);
    FieldChecks checks(Indexed("territory.structures", i), findings);
    checks.Name("regions/*/structures/*", structure.name(), region, seen);
    checks.Enum("kind", structure.kind(), v1::Structure::Kind_IsValid(structure.kind()), true);
    checks.Text("display_name", structure.display_name(), kTitleMax, true);
    if (!structure.finess().empty()) {
      checks.Add(care::CheckFiness(structure.finess(), checks.Path("finess")));
    }
    if (!structure.siret().empty()) {
      checks.Add(care::CheckSiret(structure.siret(), checks.Path("siret")));
    }
    checks.Territories("territories", structure.territories(), false);
  }
}

void CheckCommunities(std::string_view region, const v1::Territory& territory,
                      const Directory& after, Findings& findings) {
  for (int i = 0; i < territory.structures_size(); ++i) {
    const v1::Structure& structure = territory.structures(i);
    FieldChecks checks(Indexed("territory.structures", i), findings);
    if (!checks.Count("communities", structure.communities_size(), kCommunitiesMax)) continue;
    std::set<std::string> seen;
    for (int each = 0; each < structure.communities_size(); ++each) {
      const std::string& name = structure.communities(each);
      const std::string field = Indexed("communities", each);
      const auto found = after.structures.find(name);
      const bool known = found != after.structures.end() && base::RegionOf(name) == region;
      checks.Reference(field, known, name);
      checks.Once(field, name, seen);
      if (known && found->second.kind() != v1::Structure::KIND_CPTS) {
        checks.InvalidField(field, "NOT_A_COMMUNITY", "name a structure of kind CPTS");
      }
    }
  }
}

void CheckBarriers(std::string_view region, const v1::Territory& territory, Findings& findings) {
  std::set<std::string> seen;
  for (int i = 0; i < territory.barriers_size(); ++i) {
    const v1::Barrier& barrier = territory.barriers(i);
    FieldChecks checks(Indexed("territory.barriers", i), findings);
    checks.Name("regions/*/barriers/*", barrier.name(), region, seen);
    CheckBarrier(barrier, checks);
  }
}

void CheckPractitioners(std::string_view region, const v1::Territory& territory,
                        const Directory& after, care::TestIdentities test, Findings& findings) {
  std::set<std::string> names;
  std::set<std::string> numbers;
  for (int i = 0; i < territory.practitioners_size(); ++i) {
    const v1::Practitioner& practitioner = territory.practitioners(i);
    FieldChecks checks(Indexed("territory.practitioners", i), findings);
    checks.Name("regions/*/practitioners/*", practitioner.name(), region, names);
    CheckPractitioner(practitioner, test, checks);
    CheckActivities(region, practitioner, after, checks);
    checks.Once("rpps", practitioner.rpps(), numbers);
  }
}

absl::Status CheckTerritoryFile(std::string_view region, const v1::Territory& territory,
                                const Directory& after, care::TestIdentities test) {
  Findings findings;
  FieldChecks file("territory", findings);
  file.Text("display_name", territory.display_name(), kTitleMax);
  const bool few = file.Count("territories", territory.territories_size(), kTerritoryCodesMax) &&
                   file.Count("communes", territory.communes_size(), kCommunesMax) &&
                   file.Count("structures", territory.structures_size(), kStructuresMax) &&
                   file.Count("practitioners", territory.practitioners_size(), kPractitionersMax) &&
                   file.Count("sites", territory.sites_size(), kSitesMax) &&
                   file.Count("session_plans", territory.session_plans_size(), kSessionPlansMax) &&
                   file.Count("barriers", territory.barriers_size(), kBarriersMax);
  if (!few) return findings.Result();
  file.Territories("territories", territory.territories(), false);
  CheckCommunes(territory, findings);
  CheckStructures(region, territory, findings);
  CheckCommunities(region, territory, after, findings);
  CheckBarriers(region, territory, findings);
  CheckPractitioners(region, territory, after, test, findings);
  CheckSites(region, territory, after, findings);
  CheckSessionPlans(region, territory, after, findings);
  return findings.Result();
}

}  // namespace sas::slots
