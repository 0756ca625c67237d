#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "services/slots/domain/site_rules.h"

/// Administrative rules lifted for one patient by a regulator (hazard H-17). What is clinical or
/// the practice's own is none of them: ExclusionLifter.
namespace sas::slots {

/// The bit of a rule in Need::lifted.
constexpr std::uint32_t LiftBit(Exclusion rule) {
  return std::uint32_t{1} << static_cast<unsigned>(rule);
}

inline bool IsLifted(const Need& need, Exclusion rule) {
  return (need.lifted & LiftBit(rule)) != 0;
}

/// The rule by which the need is let in, as if it asked nothing of what was lifted. `rule` may be
/// null: the site is closed to the entry point, and that was lifted.
EntryRule WithoutLifted(const EntryRule* rule, const Need& need);

/// The words of a list with commas, as a hold keeps it.
std::vector<std::string_view> WordsOf(std::string_view codes);
/// The same as Need::lifted; unknown words are no rules.
std::uint32_t ParseLifted(std::string_view codes);

}  // namespace sas::slots
