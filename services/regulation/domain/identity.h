#pragma once

#include <string>
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

/// How sure an identity is; values equal v1::IdentityStatus.
enum class IdentityStatus {
  kUnspecified = 0,
  kProvisional = 1,
  kRetrieved = 2,
  kValidated = 3,
  kQualified = 4,
};

/// The traits of a patient, and how sure they are.
struct IdentityValue {
  std::string family_name;
  std::string given_names;
  std::string birth_date;
  int sex = 0;
  IdentityStatus status = IdentityStatus::kUnspecified;
};

/// What was heard on the telephone is provisional, whatever the client says of it (hazard H-30):
/// INVALID_ARGUMENT `IDENTITY_NOT_PROVISIONAL` for anything above it that is not, trait for trait,
/// what was `known` with at least that certainty. `known` is null for a new patient.
absl::Status CheckHeardIdentity(const IdentityValue& heard, const IdentityValue* known,
                                std::string_view field);

}  // namespace sas::regulation
