#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace sas::care {

/// Unit of an age; values equal sas.type.v1.Age.Unit.
enum class AgeUnit { kUnspecified = 0, kDay = 1, kWeek = 2, kMonth = 3, kYear = 4 };

struct Age {
  int value = 0;
  AgeUnit unit = AgeUnit::kUnspecified;
};

/// Days at least as old as the age says: comparable between units (month 30.4375, year 365.25
/// days).
double AgeDays(const Age& age);

/// `INVALID_AGE` unless the unit is set and the span lies in [0, 130] years.
absl::Status CheckAge(const Age& age, std::string_view field);

/// Is `age` within [minimum, maximum]? A limit with kUnspecified does not bind. "6 ans" as a
/// maximum includes the whole seventh year.
bool AgeWithin(const Age& age, const Age& minimum, const Age& maximum);

/// "6 ans", "3 mois".
std::string AgeText(const Age& age);

}  // namespace sas::care
