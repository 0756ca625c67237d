#include "tools/bench_driver/synthetic_region.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <stdexcept>
#include <utility>

#include "absl/strings/str_format.h"
#include "common/base/resource_name.h"
#include "services/slots/convert.h"
#include "services/slots/domain/session_plan.h"
#include "tools/bench_driver/department_borders.h"

namespace sas::bench {
namespace {

namespace v1 = slots::v1;
using type::v1::AccessReason;
using type::v1::EntryPoint;

constexpr double kSiteSpreadMeters = 1500;  ///< Of a site about the centre of its commune.
constexpr int kHistoryWeeks = 6;            ///< Plans run since then: the last 28 days count.
constexpr int kSlotMinutes = 15;
constexpr int kSessionSlotsMax = 44;  ///< 9:00 to 20:00, where the PDSA begins.

/// What a draw is for: figures of one site do not depend on each other.
enum What : std::uint64_t {
  kPlace,
  kSpread,
  kKind,
  kEntries,
  kMotifs,
  kAges,
  kChair,
  kPlans,
  kSize
};

struct Pattern {
  std::vector<int> weekdays;
  int every_weeks;
};

/// Rhythms of sessions for about `wanted` slots in 90 days.
const std::vector<Pattern>& PatternsFor(double wanted) {
  static const std::vector<Pattern> kDense{{{1, 2, 3, 4, 5}, 1}, {{1, 2, 4, 5}, 1}, {{1, 3, 5}, 1}};
  static const std::vector<Pattern> kWeekly{{{1}, 1}, {{2}, 1},    {{3}, 1},    {{4}, 1},
                                            {{5}, 1}, {{1, 3}, 2}, {{2, 4}, 1}, {{3, 5}, 2}};
  static const std::vector<Pattern> kSparse{{{1}, 2}, {{2}, 4}, {{3}, 3}, {{4}, 2}, {{5}, 4}};
  static const std::vector<Pattern> kRare{{{1}, 12}, {{2}, 12}, {{3}, 12}, {{4}, 12}, {{5}, 12}};
  if (wanted >= 150) return kDense;
  if (wanted >= 20) return kWeekly;
  return wanted >= 2 ? kSparse : kRare;
}

std::string Rpps(int number) {
  std::string digits = absl::StrFormat("99%08d", number % 100'000'000);  // The test range.
  int sum = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    int digit = digits[digits.size() - 1 - i] - '0';
    if (i % 2 == 0) digit = digit * 2 - (digit * 2 > 9 ? 9 : 0);
    sum += digit;
  }
  return digits + static_cast<char>('0' + (10 - sum % 10) % 10);
}

class Maker {
 public:
  Maker(const std::vector<CommuneRow>& communes, const RegionOptions& options)
      : communes_(communes),
        options_(options),
        draw_(communes),
        borders_(communes),
        parent_(base::JoinName({{"regions", options.region}})),
        zone_(LoadZone()),
        today_(zone_.DateOf(options.now)) {}

  v1::Territory Make() {
    territory_.set_display_name("Région synthétique");
    for (const CommuneRow& each : communes_) AddCommune(each);
    auto& structure = *territory_.add_structures();
    structure.set_name(parent_ + "/structures/synthetique");
    structure.set_kind(v1::Structure::KIND_CPTS);
    structure.set_display_name("Structure synthétique");
    for (int i = 0; i < options_.sites; ++i) AddSite(static_cast<std::uint64_t>(i));
    return std::move(territory_);
  }

 private:
  static care::Zone LoadZone() {
    auto zone = care::Zone::Load(slots::kTimeZoneStandard);
    if (!zone.ok()) throw std::runtime_error(std::string(zone.status().message()));
    return *std::move(zone);
  }

  std::uint64_t Draw(What what, std::uint64_t index) const {
    return Mix(options_.seed, what, index);
  }

  void AddCommune(const CommuneRow& row) {
    auto& commune = *territory_.add_communes();
    commune.set_insee_code(row.insee_code);
    commune.set_display_name(row.name);
    commune.set_department_code(row.department);
    for (const std::string& code : row.postal_codes) commune.add_postal_codes(code);
    commune.mutable_point()->set_latitude_degrees(row.point.latitude);
    commune.mutable_point()->set_longitude_degrees(row.point.longitude);
    commune.set_population(row.population);
  }

  void AddSite(std::uint64_t index) {
    static constexpr v1::Structure::Kind kKinds[] = {
        v1::Structure::KIND_MSP,     v1::Structure::KIND_MSP,     v1::Structure::KIND_MSP,
        v1::Structure::KIND_CABINET, v1::Structure::KIND_CABINET, v1::Structure::KIND_CDS,
        v1::Structure::KIND_CSNP,    v1::Structure::KIND_SOS};
    const CommuneRow& commune = draw_.At(Draw(kPlace, index));
    const care::Point point = Near(commune.point, Draw(kSpread, index), kSiteSpreadMeters);
    v1::Site site;
    site.set_name(absl::StrFormat("%s/sites/s%05d", parent_, index));
    site.set_structure(parent_ + "/structures/synthetique");
    site.set_kind(kKinds[Draw(kKind, index) % std::size(kKinds)]);
    site.set_display_name(absl::StrFormat("Site synthétique %05d, %s", index, commune.name));
    auto& place = *site.mutable_place();
    place.set_insee_code(commune.insee_code);
    place.set_commune(commune.name);
    place.set_address_line(absl::StrFormat("%d rue Synthétique", 1 + index % 90));
    place.mutable_point()->set_latitude_degrees(point.latitude);
    place.mutable_point()->set_longitude_degrees(point.longitude);
    std::set<std::string> departments = borders_.Near(point);
    departments.insert(commune.department);
    for (const std::string& code : departments) site.add_territories(code);
    site.set_opening_date("2024-01-01");
    site.set_phase(v1::Site::PHASE_PERMANENT);
    site.set_directions("Entrée par la cour, carte Vitale et ordonnances en cours.");
    site.set_direct_line(absl::StrFormat("+331990%05d", index % 100'000));  // Fiction's numbers.
    const std::uint64_t chair = Draw(kChair, index) % 10;
    site.set_wheelchair(chair < 6   ? v1::ACCESSIBILITY_YES
                        : chair < 7 ? v1::ACCESSIBILITY_NO
                                    : v1::ACCESSIBILITY_UNSPECIFIED);
    site.set_etag("\"1\"");
    SetPolicies(index, site);
    AddPlans(index, site);
    *territory_.add_sites() = std::move(site);
  }

  void SetPolicies(std::uint64_t index, v1::Site& site) const {
    const std::uint64_t entries = Draw(kEntries, index);
    const auto open = [&](EntryPoint entry, v1::EntryRule::Access access, int share, int at) {
      if (static_cast<int>((entries >> at) % 8) >= share) return;
      auto& rule = *site.mutable_entry_policy()->add_rules();
      rule.set_entry_point(entry);
      rule.set_access(access);
      if (entry == type::v1::ENTRY_POINT_LINE_15 && (entries >> 60) % 4 == 0) {
        rule.add_access_reasons(AccessReason::ACCESS_REASON_SANS_MT);
        rule.add_access_reasons(AccessReason::ACCESS_REASON_MT_INDISPONIBLE);
      }
    };
    open(type::v1::ENTRY_POINT_LINE_15, v1::EntryRule::ACCESS_REGULATED, 7, 0);
    open(type::v1::ENTRY_POINT_LINE_116117, v1::EntryRule::ACCESS_REGULATED, 7, 4);
    open(type::v1::ENTRY_POINT_URGENCES, v1::EntryRule::ACCESS_DIRECT, 4, 8);
    open(type::v1::ENTRY_POINT_PHARMACIE, v1::EntryRule::ACCESS_DIRECT, 3, 12);
    open(type::v1::ENTRY_POINT_IDEL, v1::EntryRule::ACCESS_DIRECT, 4, 16);
    auto& care = *site.mutable_care_policy();
    const std::uint64_t motifs = Draw(kMotifs, index);
    const bool listed = motifs % 2 == 0;
    for (std::size_t i = 0; i < std::size(kSyntheticMotifs); ++i) {
      const std::uint64_t bits = (motifs >> (4 + 4 * i)) % 8;
      if (listed && bits < 5) care.add_accepted_motifs()->set_motif_code(kSyntheticMotifs[i]);
      if (!listed && bits < 1) care.add_excluded_motif_codes(kSyntheticMotifs[i]);
    }
    static constexpr int kYoungest[] = {0, 0, 0, 0, 3, 6, 16, 16};
    if (const int years = kYoungest[Draw(kAges, index) % std::size(kYoungest)]; years > 0) {
      care.mutable_age_min()->set_value(years);
      care.mutable_age_min()->set_unit(type::v1::Age::UNIT_YEAR);
    }
  }

  void AddPlans(std::uint64_t index, const v1::Site& site) {
    // Sizes differ by a factor of three; what rounding takes from one site the next one gets.
    const double mean = static_cast<double>(options_.slots) / options_.sites;
    owed_ += mean * (0.5 + static_cast<double>(Draw(kSize, index) % 1001) / 1000);
    const bool two = mean >= 20 && Draw(kPlans, index) % 3 == 0;
    for (int number = 0; number < (two ? 2 : 1); ++number) {
      AddPlan(index, number, two && number == 0 ? owed_ / 2 : owed_, site);
    }
  }

  void AddPlan(std::uint64_t index, int number, double wanted, const v1::Site& site) {
    const std::uint64_t bits = Draw(kPlans, 2 * index + static_cast<std::uint64_t>(number));
    const double mean = static_cast<double>(options_.slots) / options_.sites;
    const auto& patterns = PatternsFor(mean);
    const Pattern& pattern = patterns[(bits >> 8) % patterns.size()];
    v1::SessionPlan plan;
    const char agenda = static_cast<char>('a' + number);
    plan.set_name(absl::StrFormat("%s/plans/%c", site.name(), agenda));
    plan.set_agenda(std::string(1, agenda));
    for (const int day : pattern.weekdays) plan.add_weekdays(day);
    plan.set_every_weeks(pattern.every_weeks);
    plan.set_slot_minutes(kSlotMinutes);
    plan.set_seats(1);
    const int first_minute = 9 * 60 + static_cast<int>((bits >> 16) % 20) * kSlotMinutes;
    // Weeks of rare sessions are spread over their rhythm.
    const int shift = static_cast<int>((bits >> 24) % static_cast<unsigned>(pattern.every_weeks));
    const care::Date begin = care::AddDays(today_, -7 * (kHistoryWeeks + shift));
    plan.set_effective_start_date(care::DateText(begin));
    SetAudience(bits >> 32, plan);
    const int sessions = CountSessions(site, plan, first_minute);
    if (sessions == 0) return;
    const int length = std::min(static_cast<int>(std::lround(wanted / sessions)), kSessionSlotsMax);
    if (length <= 0) return;
    owed_ -= static_cast<double>(length) * sessions;
    const int start = std::min(first_minute, 20 * 60 - length * kSlotMinutes);
    plan.set_start_time_of_day(care::TimeOfDayText({start}));
    plan.set_end_time_of_day(care::TimeOfDayText({start + length * kSlotMinutes}));
    plan.set_practitioner(AddPractitioner(site));
    plan.set_etag("\"1\"");
    *territory_.add_session_plans() = std::move(plan);
  }

  /// Sessions of the plan within the horizon, holidays left out.
  int CountSessions(const v1::Site& site, v1::SessionPlan plan, int minute) const {
    plan.set_start_time_of_day(care::TimeOfDayText({minute}));
    plan.set_end_time_of_day(care::TimeOfDayText({minute + kSlotMinutes}));
    plan.set_practitioner("somebody");
    const auto values = slots::ToPlan(plan);
    const auto frame = slots::ToPlanFrame(site);
    if (!values.ok() || !frame.ok()) throw std::runtime_error("a synthetic plan is not valid");
    const auto sessions =
        slots::Generate(*values, *frame, zone_, today_, care::AddDays(today_, options_.days - 1));
    return static_cast<int>(std::count_if(sessions.begin(), sessions.end(), [&](const auto& each) {
      return each.start >= options_.now;
    }));
  }

  static void SetAudience(std::uint64_t bits, v1::SessionPlan& plan) {
    plan.add_modes(type::v1::CONSULTATION_MODE_AMB);
    if (bits % 8 == 0) plan.add_modes(type::v1::CONSULTATION_MODE_VR);
    plan.add_classes(type::v1::SLOT_CLASS_SNP);
    if ((bits >> 4) % 4 != 0) plan.add_classes(type::v1::SLOT_CLASS_PRO);
    if ((bits >> 8) % 5 == 0) {
      plan.add_allocation_pattern(v1::SLOT_ALLOCATION_REGULATED);
      plan.add_allocation_pattern(v1::SLOT_ALLOCATION_UNSPECIFIED);
    }
  }

  std::string AddPractitioner(const v1::Site& site) {
    const int number = territory_.practitioners_size();
    auto& practitioner = *territory_.add_practitioners();
    practitioner.set_name(absl::StrFormat("%s/practitioners/p%05d", parent_, number));
    practitioner.set_rpps(Rpps(number));
    practitioner.set_display_name(absl::StrFormat("Dr Synthétique %05d", number));
    practitioner.set_profession_code("10");
    practitioner.set_specialty_code("SM54");
    practitioner.set_status(v1::Practitioner::STATUS_TITULAIRE);
    *practitioner.mutable_territories() = site.territories();
    return practitioner.name();
  }

  const std::vector<CommuneRow>& communes_;
  const RegionOptions options_;
  const PopulationDraw draw_;
  const DepartmentBorders borders_;
  const std::string parent_;
  const care::Zone zone_;
  const care::Date today_;
  double owed_ = 0;  ///< Slots still to be given.
  v1::Territory territory_;
};

}  // namespace

v1::Territory MakeSyntheticRegion(const std::vector<CommuneRow>& communes,
                                  const RegionOptions& options) {
  return Maker(communes, options).Make();
}

}  // namespace sas::bench
