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
  territories_.insert(rules.territories.begin(), rules.territories.end());
}

void Vocabulary::Add(const PractitionerRules& rules) {
  motifs_.insert(rules.motif_codes.begin(), rules.motif_codes.end());
  languages_.insert(rules.language_codes.begin(), rules.language_codes.end());
}

// Every age at which the answer of AgeWithin changes.
void Vocabulary::AddAges(const care::Age& minimum, const care::Age& maximum) {
  if (Binds(minimum)) ages_.insert(care::AgeDays(minimum));
  if (Binds(maximum)) ages_.insert(care::AgeDays(maximum) + care::AgeDays({1, maximum.unit}));
}

std::string Vocabulary::ClassOf(const Need& need) const {
  std::string text;
  text.reserve(64);
  text += static_cast<char>(need.entry_point);
  text += static_cast<char>(need.access_reason);
  unsigned modes = 0;
  for (const Mode mode : need.modes) modes |= 1U << static_cast<unsigned>(mode);
  text += static_cast<char>(modes);
  text += static_cast<char>((need.wheelchair ? 1 : 0) + (need.has_order ? 2 : 0));
  // The interval between two limits stands for all ages in it.
  const double days = care::AgeDays(need.age);
  const auto above = ages_.upper_bound(days);
  const double to = above == ages_.end() ? -1 : *above;
  const double from = above == ages_.begin() ? -1 : *std::prev(above);
  Append(text, std::bit_cast<std::uint64_t>(from));
  Append(text, std::bit_cast<std::uint64_t>(to));
  // A motif of which no rule speaks is like any other of its group.
  const std::string& motif = need.motif_code;
  if (motifs_.count(motif) != 0) {
    text += motif;
  } else {
    for (std::size_t dot = motif.find('.'); dot != std::string::npos;
         dot = motif.find('.', dot + 1)) {
      const std::string group = motif.substr(0, dot) + ".00";
      if (motifs_.count(group) != 0) text += group + "+";
    }
  }
  text += kEnd;
  if (professions_.count(need.profession_code) != 0) text += need.profession_code;
  text += kEnd;
  if (territories_.count(need.territory) != 0) text += need.territory;
  std::set<std::string_view> wished;
  for (const std::string& each : need.languages) {
    if (languages_.count(each) != 0) wished.insert(each);
  }
  for (const std::string_view each : wished) text.append(1, kEnd).append(each);
  return text;
}

}  // namespace sas::slots
