#include "services/regulation/domain/identity.h"

#include "common/base/status.h"

namespace sas::regulation {
namespace {

constexpr double kGraceDays = 2;

}  // namespace

absl::Status CheckAgeAgainstBirth(const care::Age& age, const care::Date& birth,
                                  const care::Date& today, std::string_view field) {
  const int days = care::DaysBetween(birth, today);
  if (days < 0) {
    return base::InvalidField(field, "BIRTH_DATE_IN_FUTURE", "nobody is born after today");
  }
  if (age.unit == care::AgeUnit::kUnspecified) return absl::OkStatus();
  const double youngest = care::AgeDays(age) - kGraceDays;
  const double oldest = care::AgeDays({age.value + 1, age.unit}) + kGraceDays;
  if (days >= youngest && days <= oldest) return absl::OkStatus();
  return base::InvalidField(field, "AGE_DISAGREES",
                            "birth date and age disagree; ask again, months and years are easily "
                            "mistaken");
}

}  // namespace sas::regulation
