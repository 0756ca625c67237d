#include "common/care/age.h"

#include <cmath>

#include "common/base/status.h"

namespace sas::care {
namespace {

constexpr double kDaysPerWeek = 7;
constexpr double kDaysPerMonth = 30.4375;
constexpr double kDaysPerYear = 365.25;
constexpr int kYearsMax = 130;

double DaysOf(AgeUnit unit) {
  switch (unit) {
    case AgeUnit::kDay:
      return 1;
    case AgeUnit::kWeek:
      return kDaysPerWeek;
    case AgeUnit::kMonth:
      return kDaysPerMonth;
    case AgeUnit::kYear:
      return kDaysPerYear;
    case AgeUnit::kUnspecified:
      break;
  }
  return 0;
}

}  // namespace

double AgeDays(const Age& age) {
  return age.value * DaysOf(age.unit);
}

absl::Status CheckAge(const Age& age, std::string_view field) {
  if (DaysOf(age.unit) > 0 && age.value >= 0 && AgeDays(age) <= kYearsMax * kDaysPerYear) {
    return absl::OkStatus();
  }
  return base::InvalidField(field, "INVALID_AGE",
                            "give a number and its unit, from 0 to 130 years: 6 months are not 6 "
                            "years");
}

bool AgeWithin(const Age& age, const Age& minimum, const Age& maximum) {
  // An age is a span ("6 ans" lasts until the seventh birthday): at the lower limit its beginning
  // counts, so that a doubt refuses rather than sends an infant to an adults' site.
  const double from = AgeDays(age);
  if (minimum.unit != AgeUnit::kUnspecified && from < AgeDays(minimum)) return false;
  if (maximum.unit == AgeUnit::kUnspecified) return true;
  return from < AgeDays(maximum) + DaysOf(maximum.unit);
}

std::string AgeText(const Age& age) {
  const std::string number = std::to_string(age.value) + " ";
  const bool several = age.value > 1;
  switch (age.unit) {
    case AgeUnit::kDay:
      return number + (several ? "jours" : "jour");
    case AgeUnit::kWeek:
      return number + (several ? "semaines" : "semaine");
    case AgeUnit::kMonth:
      return number + "mois";
    case AgeUnit::kYear:
      return number + (several ? "ans" : "an");
    case AgeUnit::kUnspecified:
      break;
  }
  return "âge inconnu";
}

}  // namespace sas::care
