#include "tests/support/slots/random_region.h"

#include <algorithm>
#include <set>

#include "tests/unit/slots/fixtures.h"

namespace sas::slots::testing {
namespace {

using fixtures::At;
using fixtures::kTuesday;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

const care::Point kCentre{46.8, -1.9};
constexpr const char* kMotifs[] = {"M03.14", "M03.00", "M02.05", "M03.22", "M05.01"};
constexpr const char* kLanguages[] = {"fr", "en", "ar", "pt"};
constexpr const char* kOrganizations[] = {"", "regions/fr-pdl/structures/msp",
                                          "regions/fr-pdl/structures/cpts",
                                          "regions/fr-pdl/sites/s1"};
constexpr int kRankStep = 37;  ///< Prime to 256: names and ranks stand in other orders.

}  // namespace

base::Instant RegionNow() {
  return fixtures::Paris().At(kTuesday, At(10)) + seconds(17);
}

RandomRegion::RandomRegion(unsigned seed) : random_(seed), who_(seed + 1) {
  for (int i = 0; i < 4; ++i) {
    auto doctor = std::make_shared<PractitionerRules>();
    doctor->name = "regions/fr-pdl/practitioners/d" + std::to_string(i);
    doctor->rpps = "1000000001" + std::to_string(i);
    doctor->motifs_limited = OneIn(6);
    if (OneIn(2)) doctor->motif_codes.push_back(Motif());
    if (OneIn(2)) doctor->language_codes.emplace_back(kLanguages[Pick(4)]);
    doctor->weekly_appointment_max = OneIn(3) ? 1 + Pick(60) : 400;
    doctors_.push_back(std::move(doctor));
  }
  snapshot.fresh = RegionNow() - seconds(Pick(40));
  distinct_ranks_ = OneIn(2);
  first_rank_ = Pick(256);
  const int sites = 1 + Pick(40);
  for (int i = 0; i < sites; ++i) snapshot.sites.push_back(MakeSite(i));
  if (OneIn(3)) AddBarriers();
}

care::Point RandomRegion::MakePoint() {
  return {kCentre.latitude + (Pick(800) - 400) / 1000.0,
          kCentre.longitude + (Pick(800) - 400) / 1000.0};
}

void RandomRegion::AddBarriers() {
  Barriers barriers;
  for (int i = 1 + Pick(3); i > 0; --i) {
    Barrier& barrier = barriers.emplace_back();
    for (int points = 2 + Pick(4); points > 0; --points) barrier.line.push_back(MakePoint());
    if (OneIn(2)) barrier.crossings.push_back(MakePoint());
    barrier.detour_meters = 1000 * Pick(90);
    // Told from what is there, so that this changes nothing of the rest: open or closed on the day
    // of RegionNow, both with an edge beside it.
    if (i != 2) continue;
    const bool closed = barrier.detour_meters % 2000 == 0;
    barrier.season = closed ? BarrierSeason{1124, 515, fixtures::Paris()}
                            : BarrierSeason{1125, 1123, fixtures::Paris()};
  }
  snapshot.barriers = std::make_shared<const Barriers>(std::move(barriers));
}

std::string RandomRegion::Motif() {
  return kMotifs[Pick(5)];
}

care::Age RandomRegion::MakeAge() {
  return {Pick(30), static_cast<care::AgeUnit>(1 + Pick(4))};
}

std::vector<EntryRule> RandomRegion::MakeEntryRules() {
  std::vector<EntryRule> rules;
  for (const EntryPoint entry : {EntryPoint::kLine15, EntryPoint::kLine116117,
                                 EntryPoint::kUrgences, EntryPoint::kPharmacie}) {
    if (OneIn(8)) continue;
    EntryRule rule;
    rule.entry_point = entry;
    rule.access = OneIn(3) ? Access::kRegulated : Access::kDirect;
    if (OneIn(9)) rule.profession_codes = {"21"};
    if (OneIn(9)) rule.access_reasons = {AccessReason::kSansMt};
    rule.evaluation_required = OneIn(5);
    rules.push_back(rule);
  }
  return rules;
}

Asker RandomRegion::MakeAsker() {
  constexpr base::Role kRoles[] = {base::Role::kUnspecified, base::Role::kOsnp,
                                   base::Role::kProfessional, base::Role::kProfessional,
                                   base::Role::kSecretariat};
  Asker asker{kRoles[PickWho(5)], kOrganizations[PickWho(4)]};
  if (PickWho(3) == 0) asker.communities = {kOrganizations[2]};
  return asker;
}

void RandomRegion::AddReaders(SiteRules& rules) {
  if (PickWho(3) == 0) rules.communities = {kOrganizations[1 + PickWho(2)]};
  if (PickWho(6) != 0) return;
  SiteOwners owners{rules.name, kOrganizations[1 + PickWho(3)], {}, {}};
  for (int i = 1 + PickWho(3); i > 0; --i) {
    RightGrant grant;
    if (PickWho(2) == 0) grant.structure = kOrganizations[1 + PickWho(3)];
    if (grant.structure.empty() || PickWho(3) == 0) grant.role = base::Role::kSecretariat;
    if (PickWho(3) == 0) grant.agenda = PickWho(2) == 0 ? "a" : "b";
    grant.right = PickWho(3) == 0 ? Right::kManage : Right::kRead;
    owners.grants.push_back(grant);
  }
  if (ReadsByName(owners)) rules.readers = std::make_shared<const SiteOwners>(std::move(owners));
}

void RandomRegion::AddRules(SiteRules& rules) {
  rules.point = MakePoint();
  if (OneIn(6)) rules.territories = {"44"};
  rules.entry_rules = MakeEntryRules();
  if (OneIn(8)) rules.excluded_motif_codes = {Motif()};
  for (int i = OneIn(4) ? 1 + Pick(3) : 0; i > 0; --i) {
    MotifRule rule{Motif(), {}, {}, OneIn(3) ? 5 + Pick(30) : 0};
    if (OneIn(4)) rule.age_min = MakeAge();
    if (OneIn(4)) rule.age_max = MakeAge();
    rules.accepted_motifs.push_back(rule);
  }
  if (OneIn(5)) rules.age_min = MakeAge();
  if (OneIn(6)) rules.age_max = {10 + Pick(60), care::AgeUnit::kYear};
  if (OneIn(6)) {
    CareRule rule;
    rule.include = OneIn(2);
    if (OneIn(2)) rule.motif_code = Motif();
    if (OneIn(2)) rule.age_min = MakeAge();
    rules.care_rules.push_back(rule);
  }
  if (OneIn(4)) rules.wheelchair = OneIn(2);
  if (OneIn(4)) rules.pregnancy = OneIn(2);
  if (OneIn(5)) rules.daily_appointment_max = 1 + Pick(20);
  if (OneIn(4)) rules.daily_appointment_soft_max = 1 + Pick(6);
  rules.own_patients_only = OneIn(6);
  if (OneIn(9)) rules.opening_date = {2027, 1, 4};
  if (OneIn(9)) rules.end_date = care::Date{2026, 10, 1};
  AddReaders(rules);
}

std::shared_ptr<IndexedSite> RandomRegion::MakeSite(int number) {
  // Names that begin alike: a slash and a dash order otherwise than their ends.
  const std::string id =
      "s" + std::to_string(number / 2) + (number % 2 == 0 ? "" : "-" + std::to_string(number % 3));
  auto site = std::make_shared<IndexedSite>();
  site->rules = fixtures::RegulatedSite(id);
  AddRules(site->rules);
  site->rules.practitioner_rpps = {doctors_[static_cast<std::size_t>(Pick(4))]->rpps};
  if (OneIn(3)) site->verified = RegionNow() - seconds(Pick(60));
  site->capacity_recent = Pick(40);
  site->booked_recent = Pick(40);
  // As in one territory, where no two have one place; or of several, where some do.
  site->rotation_rank = distinct_ranks_ ? (number * kRankStep + first_rank_) % 256 : Pick(4);
  if (OneIn(5)) {
    const auto& doctor = doctors_[static_cast<std::size_t>(Pick(4))];
    site->earlier_this_week.push_back({doctor->name, WeekOf(kTuesday), 1 + Pick(3)});
  }
  for (int i = Pick(9); i > 0; --i) AddSession(*site);
  std::stable_sort(site->slots.begin(), site->slots.end(), [](const auto& a, const auto& b) {
    return std::pair(a.slot.start, std::string_view(a.slot.name)) <
           std::pair(b.slot.start, std::string_view(b.slot.name));
  });
  std::set<std::string> names;
  std::vector<IndexedSlot> slots;
  for (IndexedSlot& slot : site->slots) {
    if (names.insert(slot.slot.name).second) slots.push_back(std::move(slot));
  }
  site->slots = std::move(slots);
  return site;
}

void RandomRegion::AddSession(IndexedSite& site) {
  const care::Zone zone = fixtures::Paris();
  const care::Date date = care::AddDays(kTuesday, Pick(8) - 1);
  const std::string agenda = OneIn(3) ? "a-2" : OneIn(2) ? "b" : "a";
  const bool known = !OneIn(5);
  const auto& doctor = doctors_[static_cast<std::size_t>(Pick(4))];
  IndexedSlot slot;
  if (known) slot.practitioner = doctor;
  slot.practitioner_rpps = doctor->rpps;
  slot.slot.practitioner = doctor->name;
  slot.slot.plan = site.rules.name + "/plans/" + std::to_string(Pick(3));
  slot.slot.day_begin = zone.At(date, At(0));
  slot.slot.week = WeekOf(date);
  slot.slot.modes = {OneIn(5) ? Mode::kVr : Mode::kAmb};
  if (OneIn(6)) slot.slot.modes.push_back(Mode::kHh);
  slot.slot.classes = {OneIn(2) ? SlotClass::kPublic : static_cast<SlotClass>(1 + Pick(4))};
  if (OneIn(2)) slot.slot.classes.push_back(SlotClass::kSnp);
  slot.slot.seats = 1 + Pick(3);
  slot.slot.own_patients_only = PickWho(8) == 0;
  slot.slot.staffed = !OneIn(7);
  slot.slot.withdrawn = OneIn(12);
  if (OneIn(4)) {
    slot.slot.source = std::make_shared<const FeedReading>(
        std::make_shared<const FeedSource>("platform", RegionNow() - seconds(Pick(60))));
  }
  const minutes step(5 * (1 + Pick(6)));
  const minutes lead(OneIn(3) ? 30 * (1 + Pick(60)) : 0);
  const minutes secretariat(60 * Pick(40));
  std::vector<Allocation> pattern;
  for (int i = Pick(4); i > 0; --i) pattern.push_back(static_cast<Allocation>(Pick(6)));
  base::Instant start = zone.At(date, At(Pick(22), 5 * Pick(12)));
  for (int i = 0; i < 1 + Pick(40); ++i, start += step) {
    if (OneIn(9)) continue;  // A hole, as a closure leaves it.
    slot.slot.allocation = pattern.empty() ? Allocation::kAnybody
                                           : pattern[static_cast<std::size_t>(i) % pattern.size()];
    slot.slot.name = SlotName(site.rules.name, agenda, start);
    slot.slot.start = start;
    slot.slot.end = start + step;
    slot.slot.release = {};
    if (slot.slot.allocation == Allocation::kSameDay) slot.slot.release = zone.At(date, At(7, 30));
    if (slot.slot.allocation == Allocation::kSecretariat) slot.slot.release = start - secretariat;
    slot.slot.give_back = lead == minutes(0) ? base::Instant{} : start - lead;
    slot.free_seats = OneIn(2) ? slot.slot.seats : Pick(slot.slot.seats + 1);
    slot.hold_expire = OneIn(4) ? RegionNow() + seconds(Pick(120)) : base::Instant{};
    site.slots.push_back(slot);
  }
}

Query RandomRegion::MakeQuery() {
  Query query;
  query.centre = {kCentre.latitude + (Pick(400) - 200) / 1000.0,
                  kCentre.longitude + (Pick(400) - 200) / 1000.0};
  query.radius_meters = 1'000 + Pick(80'000);
  query.now = RegionNow() + minutes(OneIn(2) ? 0 : Pick(3000)) + seconds(OneIn(3) ? 43 : 0);
  query.start = query.now + minutes(Pick(3) * Pick(400)) - minutes(30);
  query.end = query.start + minutes(1 + Pick(OneIn(2) ? 600 : 5000));
  query.due = query.start + minutes(Pick(60 * 60));
  Need& need = query.need;
  need = fixtures::Order();
  constexpr EntryPoint kEntries[] = {EntryPoint::kLine15, EntryPoint::kLine116117,
                                     EntryPoint::kUrgences, EntryPoint::kPharmacie,
                                     EntryPoint::kSecretariat};
  need.entry_point = kEntries[Pick(5)];
  need.has_order = OneIn(2);
  need.motif_code = OneIn(3) ? "M03.14" : Motif();
  need.age = OneIn(3) ? MakeAge() : care::Age{20 + Pick(50), care::AgeUnit::kYear};
  if (OneIn(8)) need.modes = {};
  if (OneIn(3)) need.modes.push_back(Mode::kVr);
  if (OneIn(3)) need.treating_doctor_rpps = doctors_[static_cast<std::size_t>(Pick(4))]->rpps;
  if (OneIn(8)) need.territory = OneIn(2) ? "44" : "33";
  need.wheelchair = OneIn(5);
  if (OneIn(3)) need.pregnancy = OneIn(2) ? Answer::kYes : Answer::kUnknown;
  need.without_vehicle = OneIn(4);
  if (OneIn(3)) need.profession_code = OneIn(2) ? "21" : "60";
  if (OneIn(2))
    need.access_reason = OneIn(2) ? AccessReason::kSansMt : AccessReason::kHorsResidence;
  if (OneIn(2)) need.languages = {kLanguages[Pick(4)]};
  need.asker = MakeAsker();
  return query;
}

RandomRegion::Flip RandomRegion::FlipSeats() {
  const int sites = static_cast<int>(snapshot.sites.size());
  for (int tries = 0; tries < 20 && sites > 0; ++tries) {
    auto& place = snapshot.sites[static_cast<std::size_t>(Pick(sites))];
    if (place->slots.empty()) continue;
    auto site = std::make_shared<IndexedSite>(*place);
    IndexedSlot& slot =
        site->slots[static_cast<std::size_t>(Pick(static_cast<int>(site->slots.size())))];
    const Flip flip{slot.slot.name, Pick(slot.slot.seats + 1),
                    OneIn(2) ? base::Instant{} : RegionNow() + seconds(Pick(120))};
    site->booked_recent += slot.free_seats - flip.free_seats;
    slot.free_seats = flip.free_seats;
    slot.hold_expire = flip.hold_expire;
    place = std::move(site);
    snapshot.week_load = naive::WeekLoad();
    return flip;
  }
  return {};
}

}  // namespace sas::slots::testing
