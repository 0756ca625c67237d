#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

/// The one way to fail. Every refusal of the suite carries a canonical code, a `reason` from the
/// table in proto/README.md, a message on which a person can act, and the values that the message
/// mentions. The detail travels as a payload of absl::Status; only common/rpc/status_map turns it
/// into google.rpc details.
namespace sas::base {

/// Values that appear in the message, by name. Never a patient's datum.
using Metadata = std::vector<std::pair<std::string, std::string>>;

/// One wrong field of a request; `field` is the path as in the proto, for example
/// `appointment.slot`.
struct FieldViolation {
  std::string field;
  std::string description;
};

/// What a client may read beside code and message.
struct ErrorDetail {
  std::string reason;  ///< UPPER_SNAKE, at most 63 characters, from the table.
  Metadata metadata;
  std::vector<FieldViolation> violations;
  std::optional<std::chrono::milliseconds> retry_after;
};

/// Builds a refusal. `message` is plain English, names what to do next, at most 500 characters.
absl::Status Fail(absl::StatusCode code, std::string_view reason, std::string_view message,
                  Metadata metadata = {});

/// INVALID_ARGUMENT about one field.
absl::Status InvalidField(std::string_view field, std::string_view reason,
                          std::string_view description, Metadata metadata = {});

/// A refusal that a client may repeat after `retry_after` with the same request_id.
absl::Status FailRetryable(absl::StatusCode code, std::string_view reason, std::string_view message,
                           std::chrono::milliseconds retry_after, Metadata metadata = {});

/// The detail of a status; an empty reason when none was attached.
ErrorDetail DetailOf(const absl::Status& status);

/// Shorthand for DetailOf(status).reason.
std::string ReasonOf(const absl::Status& status);

/// Replaces the detail, keeping code and message. Used where a status crosses a wire.
absl::Status WithDetail(absl::Status status, const ErrorDetail& detail);

/// Name of the code as in the gRPC documentation, for example FAILED_PRECONDITION.
std::string_view CodeName(absl::StatusCode code);

/// Debian's absl::string_view is not std::string_view: these two cross the border.
inline absl::string_view ToAbsl(std::string_view view) {
  return {view.data(), view.size()};
}

inline std::string_view FromAbsl(absl::string_view view) {
  return {view.data(), view.size()};
}

/// Stops the process on a broken invariant: logging and going on would be worse.
[[noreturn]] void CheckFailed(const char* expression, const char* file, int line,
                              std::string_view message);

/// Called once by CheckFailed before the process ends: what the log still holds must be seen.
void OnCheckFailed(void (*hook)());

}  // namespace sas::base

#define SAS_CHECK(condition, message)                                      \
  do {                                                                     \
    if (!(condition)) {                                                    \
      ::sas::base::CheckFailed(#condition, __FILE__, __LINE__, (message)); \
    }                                                                      \
  } while (false)

// Named by __COUNTER__ and not by __LINE__: inside the arguments of a macro every line has the same
// number, and a lambda that is handed to a store may use these macros too.
#define SAS_INTERNAL_CONCAT2(a, b) a##b
#define SAS_INTERNAL_CONCAT(a, b) SAS_INTERNAL_CONCAT2(a, b)

#define SAS_INTERNAL_RETURN_IF_ERROR(name, expression)  \
  do {                                                  \
    if (absl::Status name = (expression); !name.ok()) { \
      return name;                                      \
    }                                                   \
  } while (false)

#define SAS_RETURN_IF_ERROR(expression) \
  SAS_INTERNAL_RETURN_IF_ERROR(SAS_INTERNAL_CONCAT(sas_status_, __COUNTER__), expression)

#define SAS_INTERNAL_ASSIGN_OR_RETURN(name, declaration, expression) \
  auto name = (expression);                                          \
  if (!name.ok()) {                                                  \
    return name.status();                                            \
  }                                                                  \
  declaration = *std::move(name)

/// SAS_ASSIGN_OR_RETURN(const auto value, MayFail());
#define SAS_ASSIGN_OR_RETURN(declaration, expression)                                       \
  SAS_INTERNAL_ASSIGN_OR_RETURN(SAS_INTERNAL_CONCAT(sas_result_, __COUNTER__), declaration, \
                                expression)
