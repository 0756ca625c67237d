#pragma once

#include <span>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "common/care/nomenclature.h"

namespace sas::care {

/// A line of reflex.tsv: patterns of motif and nature de fait.
struct ReflexRule {
  std::string_view motif;
  std::string_view fait;
};

/// "M01.*" stands for M01 and all below it, "*" for everything, "!C10.02.*" for everything else.
bool FitsPattern(std::string_view pattern, std::string_view code);

std::span<const ReflexRule> ReflexRules();

/// The lists that are built in, single ones replaced by files of `directory` with the names and the
/// format of nomenclature/; an empty one replaces none. Called by main before anybody is served:
/// lists are read without a lock. `INVALID_NOMENCLATURE` with file and line, and nothing changed,
/// when the directory cannot be read, a file is of no list, a line is bad, or a code is missing
/// that rules name.
absl::Status UseNomenclatures(const std::string& directory);

}  // namespace sas::care
