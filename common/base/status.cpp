#include "common/base/status.h"

#include <atomic>
#include <cstdio>
#include <cstdlib>

#include "absl/strings/cord.h"

namespace sas::base {
namespace {

std::atomic<void (*)()> check_failed_hook{nullptr};

constexpr char kPayloadUrl[] = "sas.error.detail";

// A payload is a flat list of length-prefixed strings: base may not know protobuf.
void Put(std::string& out, std::string_view text) {
  out += std::to_string(text.size());
  out += ':';
  out += text;
}

std::string Take(std::string_view& in) {
  const std::size_t colon = in.find(':');
  if (colon == std::string_view::npos) return {};
  const std::size_t size = std::strtoul(std::string(in.substr(0, colon)).c_str(), nullptr, 10);
  std::string text(in.substr(colon + 1, size));
  in.remove_prefix(std::min(in.size(), colon + 1 + size));
  return text;
}

std::string Encode(const ErrorDetail& detail) {
  std::string out;
  Put(out, detail.reason);
  Put(out, detail.retry_after ? std::to_string(detail.retry_after->count()) : "");
  Put(out, std::to_string(detail.metadata.size()));
  for (const auto& [key, value] : detail.metadata) {
    Put(out, key);
    Put(out, value);
  }
  for (const FieldViolation& violation : detail.violations) {
    Put(out, violation.field);
    Put(out, violation.description);
  }
  return out;
}

ErrorDetail Decode(std::string_view in) {
  ErrorDetail detail;
  detail.reason = Take(in);
  if (const std::string retry = Take(in); !retry.empty()) {
    detail.retry_after = std::chrono::milliseconds(std::strtoll(retry.c_str(), nullptr, 10));
  }
  const std::size_t metadata_count = std::strtoul(Take(in).c_str(), nullptr, 10);
  for (std::size_t i = 0; i < metadata_count && !in.empty(); ++i) {
    std::string key = Take(in);
    detail.metadata.emplace_back(std::move(key), Take(in));
  }
  while (!in.empty()) {
    std::string field = Take(in);
    detail.violations.push_back({std::move(field), Take(in)});
  }
  return detail;
}

}  // namespace

absl::Status WithDetail(absl::Status status, const ErrorDetail& detail) {
  if (status.ok()) return status;
  status.SetPayload(kPayloadUrl, absl::Cord(Encode(detail)));
  return status;
}

absl::Status Fail(absl::StatusCode code, std::string_view reason, std::string_view message,
                  Metadata metadata) {
  ErrorDetail detail;
  detail.reason = std::string(reason);
  detail.metadata = std::move(metadata);
  return WithDetail(absl::Status(code, ToAbsl(message)), detail);
}

absl::Status InvalidField(std::string_view field, std::string_view reason,
                          std::string_view description, Metadata metadata) {
  ErrorDetail detail;
  detail.reason = std::string(reason);
  detail.metadata = std::move(metadata);
  detail.metadata.emplace_back("field", std::string(field));
  detail.violations.push_back({std::string(field), std::string(description)});
  const std::string message = std::string(field) + ": " + std::string(description);
  return WithDetail(absl::Status(absl::StatusCode::kInvalidArgument, message), detail);
}

absl::Status FailRetryable(absl::StatusCode code, std::string_view reason, std::string_view message,
                           std::chrono::milliseconds retry_after, Metadata metadata) {
  ErrorDetail detail;
  detail.reason = std::string(reason);
  detail.metadata = std::move(metadata);
  detail.retry_after = retry_after;
  return WithDetail(absl::Status(code, ToAbsl(message)), detail);
}

ErrorDetail DetailOf(const absl::Status& status) {
  const auto payload = status.GetPayload(kPayloadUrl);
  if (!payload.has_value()) return {};
  return Decode(std::string(*payload));
}

std::string ReasonOf(const absl::Status& status) {
  return DetailOf(status).reason;
}

std::string_view CodeName(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kOk:
      return "OK";
    case absl::StatusCode::kCancelled:
      return "CANCELLED";
    case absl::StatusCode::kUnknown:
      return "UNKNOWN";
    case absl::StatusCode::kInvalidArgument:
      return "INVALID_ARGUMENT";
    case absl::StatusCode::kDeadlineExceeded:
      return "DEADLINE_EXCEEDED";
    case absl::StatusCode::kNotFound:
      return "NOT_FOUND";
    case absl::StatusCode::kAlreadyExists:
      return "ALREADY_EXISTS";
    case absl::StatusCode::kPermissionDenied:
      return "PERMISSION_DENIED";
    case absl::StatusCode::kResourceExhausted:
      return "RESOURCE_EXHAUSTED";
    case absl::StatusCode::kFailedPrecondition:
      return "FAILED_PRECONDITION";
    case absl::StatusCode::kAborted:
      return "ABORTED";
    case absl::StatusCode::kOutOfRange:
      return "OUT_OF_RANGE";
    case absl::StatusCode::kUnimplemented:
      return "UNIMPLEMENTED";
    case absl::StatusCode::kInternal:
      return "INTERNAL";
    case absl::StatusCode::kUnavailable:
      return "UNAVAILABLE";
    case absl::StatusCode::kDataLoss:
      return "DATA_LOSS";
    case absl::StatusCode::kUnauthenticated:
      return "UNAUTHENTICATED";
    default:
      return "UNKNOWN";
  }
}

void OnCheckFailed(void (*hook)()) {
  check_failed_hook = hook;
}

void CheckFailed(const char* expression, const char* file, int line, std::string_view message) {
  std::fprintf(stderr, "%s:%d: broken invariant (%s): %.*s\n", file, line, expression,
               static_cast<int>(message.size()), message.data());
  if (void (*hook)() = check_failed_hook.exchange(nullptr); hook != nullptr) hook();
  std::abort();
}

}  // namespace sas::base
