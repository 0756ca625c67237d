#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/call.h"

/// The gate of severity signs: "not asked" is never "no" (hazard H-06).
namespace sas::booking {

enum class SignAnswer { kNotAsked = 0, kNo = 1, kYes = 2, kUnknown = 3 };

struct SeveritySign {
  std::string code;
  bool mandatory = false;
  SignAnswer answer = SignAnswer::kNotAsked;
};

/// A doctor: a regulator, or a professional whose credentials say profession 10.
bool IsDoctor(const base::Actor& actor);

/// Passes a form without positive and without unasked mandatory sign. Otherwise only a doctor who
/// gives a reason lifts it. The result tells whether he had to. FAILED_PRECONDITION
/// `SEVERITY_SIGN` naming the signs and proposing the 15.
absl::StatusOr<bool> PassSeverity(const std::vector<SeveritySign>& signs, const base::Actor& actor,
                                  std::string_view override_reason);

}  // namespace sas::booking
