#include "services/regulation/domain/case_number.h"

#include "common/base/status.h"

namespace sas::regulation {
namespace {

std::string Padded(std::int64_t value, std::size_t digits) {
  std::string text = std::to_string(value);
  return text.size() < digits ? std::string(digits - text.size(), '0') + text : text;
}

std::string YearAndDay(const care::Date& day) {
  const int day_of_year = care::DaysBetween({day.year, 1, 1}, day) + 1;
  return Padded(day.year % 100, 2) + Padded(day_of_year, 3);
}

}  // namespace

std::string CaseCounter(std::string_view territory, const care::Date& day) {
  return std::string(territory) + "-" + YearAndDay(day);
}

absl::StatusOr<std::string> FormatCaseNumber(std::string_view territory, const care::Date& day,
                                             std::int64_t count) {
  if (count < 1 || count > kCaseNumberMax) {
    return base::Fail(absl::StatusCode::kResourceExhausted, "CASE_NUMBERS_EXHAUSTED",
                      "this territory has opened 99 999 dossiers today; go on on paper and call "
                      "for help",
                      {{"territory", std::string(territory)}});
  }
  const std::string site = territory.size() > 2 ? std::string(territory.substr(2)) : "0";
  return "DRFR15" + std::string(territory.substr(0, 2)) + site + YearAndDay(day) + Padded(count, 5);
}

}  // namespace sas::regulation
