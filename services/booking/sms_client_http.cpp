#include "services/booking/sms_client_http.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "common/base/status.h"

namespace sas::booking {
namespace {

using nlohmann::json;

constexpr std::size_t kReferenceMax = 80;
constexpr int kTooManyRequests = 429;
constexpr int kConflict = 409;

// The provider's own number of a message goes into a path: nothing else may stand in it.
bool IsReference(const std::string& text) {
  return !text.empty() && text.size() <= kReferenceMax &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '-' || c == '_' || c == '.';
         });
}

std::string Field(const std::string& body, const char* name) {
  const json parsed = json::parse(body, nullptr, /*allow_exceptions=*/false);
  if (!parsed.is_object()) return {};
  const auto found = parsed.find(name);
  return found != parsed.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// Of what it did not take, a provider says by 4xx that it never will; a wrong token or a limit is
// ours to mend.
SendOutcome::Kind KindOf(int status) {
  constexpr int kUnauthorized = 401;
  constexpr int kForbidden = 403;
  constexpr int kTimeout = 408;
  if (status == kUnauthorized || status == kForbidden || status == kTooManyRequests) {
    return SendOutcome::Kind::kNotSent;
  }
  // Conflict: the first try of the same id is still with him.
  if (status == kTimeout || status == kConflict || status >= 500) {
    return SendOutcome::Kind::kUnknown;
  }
  return status >= 400 ? SendOutcome::Kind::kRefused : SendOutcome::Kind::kUnknown;
}

}  // namespace

HttpSmsClient::HttpSmsClient(Options options)
    : options_(std::move(options)), client_({options_.ca_file}) {}

SendOutcome HttpSmsClient::Send(const OutgoingMessage& message) {
  const json body{{"id", message.id},
                  {"from", options_.sender},
                  {"to", message.recipient},
                  {"text", message.body}};
  const auto answer = client_.Send({"POST",
                                    options_.url,
                                    {{"Authorization", "Bearer " + options_.token},
                                     {"Content-Type", "application/json"},
                                     {"Idempotency-Key", message.id}},
                                    body.dump()});
  if (!answer.ok()) {
    const std::string reason = base::ReasonOf(answer.status());
    return {reason == "HTTP_NOT_SENT" ? SendOutcome::Kind::kNotSent : SendOutcome::Kind::kUnknown,
            {},
            reason};
  }
  if (answer->status < 200 || answer->status >= 300) {
    return {KindOf(answer->status), {}, "HTTP_" + std::to_string(answer->status)};
  }
  const std::string reference = Field(answer->body, "id");
  return {SendOutcome::Kind::kAccepted, IsReference(reference) ? reference : std::string(), {}};
}

Receipt HttpSmsClient::AskReceipt(const std::string& reference) {
  const auto answer = client_.Send(
      {"GET", options_.url + "/" + reference, {{"Authorization", "Bearer " + options_.token}}, {}});
  if (!answer.ok() || answer->status != 200) return Receipt::kNone;
  const std::string status = Field(answer->body, "status");
  if (status == "delivered") return Receipt::kReceived;
  return status == "failed" ? Receipt::kUndelivered : Receipt::kNone;
}

}  // namespace sas::booking
