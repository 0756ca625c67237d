#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "services/slots/domain/csv.h"
#include "services/slots/domain/findings.h"
#include "services/slots/import_line.h"

namespace sas::slots {

/// One line of a coordinator's file into a message. A column that the file does not have leaves
/// what is there; an empty cell empties it. Findings are about columns.
class ImportRow {
 public:
  ImportRow(const Columns& columns, const std::vector<std::string>& fields, Findings& findings)
      : columns_(columns), fields_(fields), findings_(findings) {}

  bool Has(std::string_view column) const { return columns_.Has(column); }

  std::string Get(std::string_view column) const {
    return std::string(columns_.Get(fields_, column));
  }

  Findings& findings() { return findings_; }

  /// `set` takes a std::string.
  template <typename Set>
  void Text(std::string_view column, Set set) {
    if (Has(column)) set(Get(column));
  }

  /// `set` takes a number, 0 for an empty cell.
  template <typename Set>
  void Whole(std::string_view column, Set set) {
    if (!Has(column)) return;
    if (Get(column).empty()) return set(0);
    Take(ParseWhole(Get(column), column), set);
  }

  /// `set` takes a bool.
  template <typename Set>
  void YesNo(std::string_view column, Set set) {
    if (Has(column)) Take(ParseYesNo(Get(column), column), set);
  }

  /// `set` takes the number of a word of an enumeration, 0 for an empty cell.
  template <typename Set>
  void Word(std::string_view column, const google::protobuf::EnumDescriptor* words,
            std::string_view prefix, Set set) {
    if (!Has(column)) return;
    if (Get(column).empty()) return set(0);
    Take(ParseWord(words, prefix, Get(column), column), set);
  }

  /// `add` takes each part of a list, after `clear`.
  template <typename Clear, typename Add>
  void Each(std::string_view column, Clear clear, Add add) {
    if (!Has(column)) return;
    clear();
    for (const std::string& part : ParseList(Get(column))) add(part);
  }

  /// The same with the numbers of words.
  template <typename Clear, typename Add>
  void EachWord(std::string_view column, const google::protobuf::EnumDescriptor* words,
                std::string_view prefix, Clear clear, Add add) {
    Each(column, clear,
         [&](const std::string& part) { Take(ParseWord(words, prefix, part, column), add); });
  }

  template <typename Value, typename Set>
  void Take(const absl::StatusOr<Value>& value, Set set) {
    if (value.ok()) {
      set(*value);
    } else {
      findings_.Add(value.status());
    }
  }

 private:
  const Columns& columns_;
  const std::vector<std::string>& fields_;
  Findings& findings_;
};

}  // namespace sas::slots
