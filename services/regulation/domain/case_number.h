#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/care/calendar.h"

namespace sas::regulation {

inline constexpr std::int64_t kCaseNumberMax = 99'999;  ///< Dossiers of a territory and day.

/// Counter that a number is taken from, for example "85-26328".
std::string CaseCounter(std::string_view territory, const care::Date& day);

/// The number that people say aloud, DRFR15DDXAAJJJ00000: département, site (0; the third digit
/// overseas), year, day of the year, count from 1. RESOURCE_EXHAUSTED `CASE_NUMBERS_EXHAUSTED` past
/// 99 999.
absl::StatusOr<std::string> FormatCaseNumber(std::string_view territory, const care::Date& day,
                                             std::int64_t count);

}  // namespace sas::regulation
