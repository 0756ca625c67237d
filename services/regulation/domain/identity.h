#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "common/care/age.h"
#include "common/care/calendar.h"

namespace sas::regulation {

/// INVALID_ARGUMENT `BIRTH_DATE_IN_FUTURE`, or `AGE_DISAGREES` when a birth date and an age say
/// different things (hazard H-16): one of them is another patient's, or months were taken for
/// years. Two days of grace, because an age in months or years is not exact.
absl::Status CheckAgeAgainstBirth(const care::Age& age, const care::Date& birth,
                                  const care::Date& today, std::string_view field);

}  // namespace sas::regulation
