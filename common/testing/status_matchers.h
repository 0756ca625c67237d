#pragma once

#include <gmock/gmock.h>

#include <ostream>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/status.h"

/// Matchers for absl::Status and absl::StatusOr; abseil of this age has none.
///
///     EXPECT_THAT(store.Write(call, work), IsOk());
///     EXPECT_THAT(Claim(state, actor), StatusIs(absl::StatusCode::kAborted));
///     EXPECT_THAT(Claim(state, actor), ReasonIs("CASE_ALREADY_CLAIMED"));
namespace sas::testing {

inline const absl::Status& StatusOf(const absl::Status& status) {
  return status;
}

template <typename Value>
const absl::Status& StatusOf(const absl::StatusOr<Value>& result) {
  return result.status();
}

/// What a failed expectation shows: code, reason and message.
inline std::string Describe(const absl::Status& status) {
  return std::string(base::CodeName(status.code())) + " " + base::ReasonOf(status) + ": " +
         std::string(status.message());
}

MATCHER(IsOk, "is OK") {
  *result_listener << "which is " << Describe(StatusOf(arg));
  return StatusOf(arg).ok();
}

MATCHER_P(StatusIs, code, "has the code " + std::string(base::CodeName(code))) {
  *result_listener << "which is " << Describe(StatusOf(arg));
  return StatusOf(arg).code() == code;
}

MATCHER_P(ReasonIs, reason, "has the reason " + std::string(reason)) {
  *result_listener << "which is " << Describe(StatusOf(arg));
  return base::ReasonOf(StatusOf(arg)) == reason;
}

MATCHER_P2(StatusIs, code, reason,
           "has the code " + std::string(base::CodeName(code)) + " and the reason " +
               std::string(reason)) {
  *result_listener << "which is " << Describe(StatusOf(arg));
  return StatusOf(arg).code() == code && base::ReasonOf(StatusOf(arg)) == reason;
}

}  // namespace sas::testing
