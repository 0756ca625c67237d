#include "services/regulation/domain/dialled_number.h"

#include <algorithm>
#include <charconv>

#include "common/base/status.h"
#include "common/care/identifiers.h"

namespace sas::regulation {
namespace {

constexpr std::size_t kShortMin = 2;
constexpr std::size_t kShortMax = 6;

bool IsShort(std::string_view number) {
  return number.size() >= kShortMin && number.size() <= kShortMax && number.front() != '0' &&
         std::all_of(number.begin(), number.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

absl::Status CheckDialledNumber(std::string_view number, std::string_view field) {
  if (IsShort(number) || care::CheckPhoneNumber(number, field).ok()) return absl::OkStatus();
  return base::InvalidField(field, "INVALID_DIALLED_NUMBER",
                            "a short number such as 15 or 116117, or the line's own number as "
                            "+33…");
}

std::int64_t PackDialled(std::string_view number) {
  if (!number.empty() && number.front() == '+') number.remove_prefix(1);
  std::int64_t packed = 0;
  std::from_chars(number.data(), number.data() + number.size(), packed);
  return packed;
}

std::string UnpackDialled(std::int64_t packed) {
  if (packed <= 0) return "";
  const std::string digits = std::to_string(packed);
  return digits.size() <= kShortMax ? digits : "+" + digits;
}

absl::Status Lines::Check(const std::vector<std::string>& numbers) {
  if (numbers.size() > kMax) {
    return base::InvalidField("lines", "TOO_MANY_ITEMS", "at most 50 lines");
  }
  for (const std::string& number : numbers) {
    SAS_RETURN_IF_ERROR(CheckDialledNumber(number, "lines"));
  }
  return absl::OkStatus();
}

std::vector<std::string> Lines::Labels() const {
  std::vector<std::string> labels = numbers_;
  labels.emplace_back(kOther);
  labels.emplace_back(kUnknown);
  return labels;
}

std::string Lines::LabelOf(std::string_view number) const {
  if (number.empty()) return std::string(kUnknown);
  const bool known = std::find(numbers_.begin(), numbers_.end(), number) != numbers_.end();
  return std::string(known ? number : kOther);
}

}  // namespace sas::regulation
