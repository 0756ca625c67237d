#include "services/slots/domain/index/vocabulary.h"

#include <algorithm>
#include <bit>
#include <cstdint>

namespace sas::slots {
namespace {

constexpr char kEnd = '\x1f';

bool Binds(const care::Age& age) {
  return age.unit != care::AgeUnit::kUnspecified;
}

void Append(std::string& text, std::uint64_t number) {
  text.append(reinterpret_cast<const char*>(&number), sizeof(number));
}

}  // namespace

void Vocabulary::Add(const Tile& tile) {
  for (std::size_t site = 0; site < tile.sites(); ++site) Add(tile.cold[site].record->rules);
  for (const Series& series : tile.series) {
    if (series.text->rules != nullptr) Add(*series.text->rules);
  }
}

void Vocabulary::Add(const SiteRules& rules) {
  AddAges(rules.age_min, rules.age_max);
  for (const MotifRule& rule : rules.accepted_motifs) {
    motifs_.insert(rule.motif_code);
    AddAges(rule.age_min, rule.age_max);
  }
  for (const CareRule& rule : rules.care_rules) {
    motifs_.insert(rule.motif_code);
    AddAges(rule.age_min, rule.age_max);
  }
  motifs_.insert(rules.excluded_motif_codes.begin(), rules.excluded_motif_codes.end());
  for (const EntryRule& rule : rules.entry_rules) {
    professions_.insert(rule.profession_codes.begin(), rule.profession_codes.end());
  }
  for (const std::string& territory : rules.territories) {
    const std::size_t number = std::min<std::size_t>(territories_.size(), kNoTerritory);
    territories_.try_emplace(territory, static_cast<std::uint8_t>(number));
  }
}

void Vocabulary::Add(const PractitionerRules& rules) {
  motifs_.insert(rules.motif_codes.begin(), rules.motif_codes.end());
}

// Every age at which the answer of AgeWithin changes.
void Vocabulary::AddAges(const care::Age& minimum, const care::Age& maximum) {
  if (Binds(minimum)) ages_.insert(care::AgeDays(minimum));
  if (Binds(maximum)) ages_.insert(care::AgeDays(maximum) + care::AgeDays({1, maximum.unit}));
}

NeedClasses Vocabulary::ClassesOf(const Need& need) const {
  NeedClasses classes;
  const auto entry_point = static_cast<char>(need.entry_point);
  const char order = need.has_order ? '1' : '0';
  classes.entry = {entry_point, order, static_cast<char>(need.access_reason)};
  if (professions_.count(need.profession_code) != 0) classes.entry += need.profession_code;

  unsigned modes = 0;
  for (const Mode mode : need.modes) modes |= 1U << static_cast<unsigned>(mode);
  classes.audience = {entry_point, order, static_cast<char>(modes)};

  // The interval between two limits stands for all ages in it.
  const double days = care::AgeDays(need.age);
  const auto above = ages_.upper_bound(days);
  Append(classes.care,
         std::bit_cast<std::uint64_t>(above == ages_.begin() ? -1.0 : *std::prev(above)));
  Append(classes.care, std::bit_cast<std::uint64_t>(above == ages_.end() ? -1.0 : *above));
  // A motif of which no rule speaks is like any other of its group.
  const std::string& motif = need.motif_code;
  if (motifs_.count(motif) != 0) {
    classes.care += motif;
    return classes;
  }
  for (std::size_t dot = motif.find('.'); dot != std::string::npos;
       dot = motif.find('.', dot + 1)) {
    const std::string group = motif.substr(0, dot) + ".00";
    if (motifs_.count(group) != 0) classes.care.append(1, kEnd).append(group);
  }
  return classes;
}

std::uint8_t Vocabulary::TerritoryNumber(std::string_view territory) const {
  const auto found = territories_.find(territory);
  return found == territories_.end() ? kNoTerritory : found->second;
}

void Vocabulary::NumberTerritories(const SiteRules& rules, SiteHot& hot) const {
  hot.territories = {};
  bool all = true;
  for (const std::string& territory : rules.territories) {
    const std::uint8_t number = TerritoryNumber(territory);
    all = all && number != kNoTerritory;
    if (number != kNoTerritory) hot.territories[number / 64] |= std::uint64_t{1} << number % 64;
  }
  const unsigned flags = hot.flags & ~static_cast<unsigned>(SiteHot::kManyTerritories);
  hot.flags = static_cast<std::uint8_t>(all ? flags : flags | SiteHot::kManyTerritories);
}

}  // namespace sas::slots
