#include "common/care/nomenclature_files.h"

#include <algorithm>
#include <array>
#include <deque>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <vector>

#include "common/base/status.h"
#include "embedded/care_nomenclature.h"

namespace sas::care {
namespace {

constexpr std::size_t kFileBytesMax = 1 << 20;
constexpr std::size_t kCodeMax = 32;  ///< Bytes.
constexpr std::string_view kExtension = ".tsv";
constexpr std::string_view kVersion = "# version ";
constexpr std::string_view kMotif = "motif";
constexpr std::string_view kFait = "fait";
constexpr std::string_view kVital = "vital_motifs";
constexpr std::string_view kReflex = "reflex";
// What the services code themselves: not identified, not asked.
constexpr std::array<std::string_view, 2> kMotifsOfRules{"M06.04", "M07.00"};

struct Lists {
  std::map<std::string, std::vector<Code>, std::less<>> codes;  ///< By file, without extension.
  std::vector<ReflexRule> reflex;
};

absl::Status Invalid(const std::string& where, const std::string& what) {
  return base::InvalidField("nomenclatures", "INVALID_NOMENCLATURE", where + ": " + what);
}

absl::Status InvalidLine(std::string_view list, std::size_t line, const std::string& what) {
  return Invalid(std::string(list) + std::string(kExtension) + ":" + std::to_string(line), what);
}

std::string_view TakeUpTo(char end, std::string_view& text) {
  const std::string_view part = text.substr(0, text.find(end));
  text.remove_prefix(std::min(part.size() + 1, text.size()));
  return part;
}

/// Lines `code TAB label`, of reflex.tsv `motif TAB fait TAB label`; a line that starts with '#' is
/// a comment, and the first one has the version.
absl::Status Parse(std::string_view list, std::string_view text, Lists& lists) {
  std::vector<Code> codes;
  std::vector<ReflexRule> reflex;
  std::set<std::string_view> seen;
  if (text.substr(0, kVersion.size()) != kVersion) {
    return InvalidLine(list, 1, "begin with `# version …`");
  }
  for (std::size_t number = 1; !text.empty(); ++number) {
    std::string_view line = TakeUpTo('\n', text);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (line.empty() || line.front() == '#') continue;
    const std::string_view whole = line;
    const std::string_view code = TakeUpTo('\t', line);
    const std::string_view fait = list == kReflex ? TakeUpTo('\t', line) : code;
    if (code.empty() || code.size() > kCodeMax || fait.empty() || line.empty() ||
        line.find('\t') != std::string_view::npos) {
      return InvalidLine(list, number,
                         list == kReflex ? "write motif, fait and label between tabs"
                                         : "write code and label with a tab between them");
    }
    const std::string_view key = list == kReflex ? whole.substr(0, whole.rfind('\t')) : code;
    if (!seen.insert(key).second) return InvalidLine(list, number, "this code came before");
    if (list == kReflex) {
      reflex.push_back({code, fait});
    } else {
      codes.push_back({code, line});
    }
  }
  if (seen.empty()) return InvalidLine(list, 1, "no line has a code");
  if (list == kReflex) {
    lists.reflex = std::move(reflex);
  } else {
    lists.codes[std::string(list)] = std::move(codes);
  }
  return absl::OkStatus();
}

absl::Status CheckNamed(const Lists& lists, std::string_view list, std::string_view pattern,
                        std::string_view named_by) {
  if (!pattern.empty() && pattern.front() == '!') pattern.remove_prefix(1);
  const std::vector<Code>& codes = lists.codes.find(list)->second;
  if (std::any_of(codes.begin(), codes.end(),
                  [&](const Code& entry) { return FitsPattern(pattern, entry.code); })) {
    return absl::OkStatus();
  }
  return Invalid(std::string(list) + std::string(kExtension),
                 "lacks " + std::string(pattern) + ", which " + std::string(named_by) + " names");
}

absl::Status CheckRules(const Lists& lists) {
  for (const std::string_view code : kMotifsOfRules) {
    SAS_RETURN_IF_ERROR(CheckNamed(lists, kMotif, code, "the entry of calls"));
  }
  for (const Code& vital : lists.codes.find(kVital)->second) {
    SAS_RETURN_IF_ERROR(CheckNamed(lists, kMotif, vital.code, "vital_motifs.tsv"));
  }
  for (const ReflexRule& rule : lists.reflex) {
    SAS_RETURN_IF_ERROR(CheckNamed(lists, kMotif, rule.motif, "reflex.tsv"));
    SAS_RETURN_IF_ERROR(CheckNamed(lists, kFait, rule.fait, "reflex.tsv"));
  }
  return absl::OkStatus();
}

Lists BuiltIn() {
  Lists lists;
  for (const auto& [name, text] : nomenclature::kFiles) {
    const std::string_view list = name.substr(0, name.size() - kExtension.size());
    SAS_CHECK(Parse(list, text, lists).ok(), "a nomenclature that is built in cannot be read");
  }
  SAS_CHECK(CheckRules(lists).ok(), "a nomenclature that is built in lacks a code");
  return lists;
}

Lists& Current() {
  static Lists& lists = *new Lists(BuiltIn());  // Threads may read it until the very end.
  return lists;
}

/// Text that codes point into: kept for as long as the process lives.
absl::StatusOr<std::string_view> ReadText(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  if (!file) return Invalid(path.filename().string(), "cannot be read");
  if (text.view().size() > kFileBytesMax) return Invalid(path.filename().string(), "over 1 MiB");
  static auto& kept = *new std::deque<std::string>;
  return kept.emplace_back(std::move(text).str());
}

absl::StatusOr<std::vector<std::filesystem::path>> FilesIn(const std::string& directory) {
  std::error_code fault;
  std::vector<std::filesystem::path> files;
  if (directory.empty()) return files;
  for (std::filesystem::directory_iterator entry(directory, fault), end; !fault && entry != end;
       entry.increment(fault)) {
    if (entry->path().extension() == kExtension) files.push_back(entry->path());
  }
  if (fault) return Invalid(directory, fault.message());
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

bool FitsPattern(std::string_view pattern, std::string_view code) {
  if (pattern == "*") return true;
  if (!pattern.empty() && pattern.front() == '!') return !FitsPattern(pattern.substr(1), code);
  if (pattern.size() < 2 || pattern.substr(pattern.size() - 2) != ".*") return pattern == code;
  const std::string_view family = pattern.substr(0, pattern.size() - 2);
  return code == family ||
         code.substr(0, family.size() + 1) == pattern.substr(0, family.size() + 1);
}

std::span<const Code> CodesOf(std::string_view file) {
  const auto found = Current().codes.find(file);
  SAS_CHECK(found != Current().codes.end(), "no nomenclature has this file");
  return found->second;
}

std::span<const ReflexRule> ReflexRules() {
  return Current().reflex;
}

absl::Status UseNomenclatures(const std::string& directory) {
  SAS_ASSIGN_OR_RETURN(const auto files, FilesIn(directory));
  Lists lists = BuiltIn();
  for (const std::filesystem::path& path : files) {
    const std::string list = path.stem().string();
    if (list != kReflex && lists.codes.count(list) == 0) {
      return Invalid(path.filename().string(), "is the file of no list");
    }
    SAS_ASSIGN_OR_RETURN(const std::string_view text, ReadText(path));
    SAS_RETURN_IF_ERROR(Parse(list, text, lists));
  }
  SAS_RETURN_IF_ERROR(CheckRules(lists));
  Current() = std::move(lists);
  return absl::OkStatus();
}

}  // namespace sas::care
