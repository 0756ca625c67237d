#pragma once

#include <set>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "services/slots/domain/findings.h"

namespace sas::slots {

/// Checks of one entry of a file: each finding is about a path below the entry's own.
class FieldChecks {
 public:
  /// `path` is for example `territory.sites[3]`.
  FieldChecks(std::string path, Findings& findings) : path_(std::move(path)), findings_(findings) {}

  std::string Path(std::string_view field) const;

  void Add(const absl::Status& status) { findings_.Add(status); }

  void InvalidField(std::string_view field, std::string_view reason, std::string_view description);

  /// `TEXT_REQUIRED`, `TEXT_TOO_LONG`; limits are in characters, not in bytes.
  void Text(std::string_view field, std::string_view text, std::size_t max, bool required = false);
  /// `UNKNOWN_ENUM_VALUE`: not of the proto, or 0 where one is required.
  void Enum(std::string_view field, int value, bool known, bool required);
  /// Name by pattern, in `region`, not twice in the file: `INVALID_RESOURCE_NAME`,
  /// `REGION_MISMATCH`, `DUPLICATE_ENTRY`.
  void Name(std::string_view pattern, std::string_view name, std::string_view region,
            std::set<std::string>& seen);
  /// `DUPLICATE_ENTRY` when `key` was seen before.
  void Once(std::string_view field, const std::string& key, std::set<std::string>& seen);
  /// `UNKNOWN_REFERENCE`: neither in the file nor in the directory.
  void Reference(std::string_view field, bool known, std::string_view name);
  /// `TOO_MANY_VALUES`; true when there are not too many.
  bool Count(std::string_view field, int count, int max);

  /// Département codes of the list; `required` wants at least one.
  template <typename List>
  void Territories(std::string_view field, const List& codes, bool required) {
    if (required && codes.empty()) InvalidField(field, "INVALID_TERRITORY", "name at least one");
    for (int i = 0; i < codes.size(); ++i) Territory(field, codes[i], i);
  }

 private:
  void Territory(std::string_view field, std::string_view code, int index);

  const std::string path_;
  Findings& findings_;
};

/// `base[index]`.
std::string Indexed(std::string_view base, int index);

}  // namespace sas::slots
