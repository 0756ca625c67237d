#include "services/regulation/domain/identity.h"

#include "common/base/status.h"

namespace sas::regulation {
namespace {

constexpr double kGraceDays = 2;

bool SameTraits(const IdentityValue& a, const IdentityValue& b) {
  return a.family_name == b.family_name && a.given_names == b.given_names &&
         a.birth_date == b.birth_date && a.sex == b.sex;
}

}  // namespace

absl::Status CheckHeardIdentity(const IdentityValue& heard, const IdentityValue* known,
                                std::string_view field) {
  if (heard.status <= IdentityStatus::kProvisional) return absl::OkStatus();
  if (known != nullptr && known->status >= heard.status && SameTraits(*known, heard)) {
    return absl::OkStatus();
  }
  return base::InvalidField(field, "IDENTITY_NOT_PROVISIONAL",
                            "an identity taken by telephone is provisional");
}

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
