#include "services/slots/field_checks.h"

#include <algorithm>

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "common/care/identifiers.h"
#include "services/slots/convert.h"

namespace sas::slots {
namespace {

std::size_t Characters(std::string_view utf8) {
  return static_cast<std::size_t>(std::count_if(utf8.begin(), utf8.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;  // Not a continuation byte.
  }));
}

}  // namespace

std::string Indexed(std::string_view base, int index) {
  return std::string(base) + "[" + std::to_string(index) + "]";
}

std::string FieldChecks::Path(std::string_view field) const {
  return FieldBelow(path_, field);
}

void FieldChecks::InvalidField(std::string_view field, std::string_view reason,
                               std::string_view description) {
  findings_.Add(base::InvalidField(Path(field), reason, description));
}

void FieldChecks::Text(std::string_view field, std::string_view text, std::size_t max,
                       bool required) {
  if (required && text.empty()) InvalidField(field, "TEXT_REQUIRED", "say it");
  if (Characters(text) > max) {
    InvalidField(field, "TEXT_TOO_LONG", "at most " + std::to_string(max) + " characters");
  }
}

void FieldChecks::Enum(std::string_view field, int value, bool known, bool required) {
  if (known && (value != 0 || !required)) return;
  InvalidField(field, "UNKNOWN_ENUM_VALUE", "use a value of the list");
}

void FieldChecks::Name(std::string_view pattern, std::string_view name, std::string_view region,
                       std::set<std::string>& seen) {
  const absl::Status shape = base::ParseName(pattern, name, Path("name")).status();
  if (!shape.ok()) return Add(shape);
  if (base::RegionOf(name) != region) {
    return InvalidField("name", "REGION_MISMATCH", "the entry is not of the region of `parent`");
  }
  Once("name", std::string(name), seen);
}

void FieldChecks::Once(std::string_view field, const std::string& key,
                       std::set<std::string>& seen) {
  if (!seen.insert(key).second)
    InvalidField(field, "DUPLICATE_ENTRY", "stands here for the second time");
}

void FieldChecks::Reference(std::string_view field, bool known, std::string_view name) {
  if (known) return;
  InvalidField(field, "UNKNOWN_REFERENCE",
               name.empty() ? "name one" : "neither this file nor the directory has it");
}

bool FieldChecks::Count(std::string_view field, int count, int max) {
  if (count <= max) return true;
  InvalidField(field, "TOO_MANY_VALUES", "at most " + std::to_string(max));
  return false;
}

void FieldChecks::Territory(std::string_view field, std::string_view code, int index) {
  Add(care::CheckTerritory(code, Path(Indexed(field, index))));
}

}  // namespace sas::slots
