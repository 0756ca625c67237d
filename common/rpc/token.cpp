#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <functional>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/escaping.h"
#include "common/base/status.h"
#include "common/rpc/auth.h"

namespace sas::rpc {
namespace {

constexpr std::string_view kScheme = "Bearer ";
constexpr std::string_view kVersion = "sas1.";
constexpr std::size_t kTokenBytesMax = 4096;
constexpr std::size_t kSubjectMax = 64;  // Characters.

std::string Encode(std::string_view bytes) {
  std::string text;
  absl::WebSafeBase64Escape(base::ToAbsl(bytes), &text);
  return text;
}

std::string Sign(std::string_view key, std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int length = 0;
  const unsigned char* made = HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
                                   reinterpret_cast<const unsigned char*>(text.data()), text.size(),
                                   digest.data(), &length);
  SAS_CHECK(made != nullptr, "HMAC-SHA256 is not available");
  return Encode({reinterpret_cast<const char*>(digest.data()), length});
}

bool SameBytes(std::string_view left, std::string_view right) {
  return left.size() == right.size() && CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

absl::Status Invalid(std::string_view message, std::string_view cause) {
  return base::Fail(absl::StatusCode::kUnauthenticated, "CREDENTIALS_INVALID", message,
                    {{"cause", std::string(cause)}});
}

std::string TextOf(const nlohmann::json& payload, const char* field) {
  const auto found = payload.find(field);
  return found != payload.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::vector<std::string> ListOf(const nlohmann::json& payload, const char* field) {
  std::vector<std::string> out;
  const auto found = payload.find(field);
  if (found == payload.end() || !found->is_array()) return out;
  for (const nlohmann::json& item : *found) {
    if (item.is_string()) out.push_back(item.get<std::string>());
  }
  return out;
}

base::Actor ActorOf(const nlohmann::json& payload) {
  base::Actor actor;
  actor.subject = TextOf(payload, "sub");
  actor.role = base::ParseRole(TextOf(payload, "role"));
  actor.regions = ListOf(payload, "regions");
  actor.territories = ListOf(payload, "territories");
  actor.profession = TextOf(payload, "profession");
  actor.entry_point = TextOf(payload, "entry_point");
  actor.organization = TextOf(payload, "organization");
  actor.rpps = TextOf(payload, "rpps");
  return actor;
}

// The payload of a token whose signature is right.
absl::StatusOr<nlohmann::json> Open(std::string_view key, std::string_view authorization) {
  if (authorization.empty()) {
    return base::Fail(absl::StatusCode::kUnauthenticated, "CREDENTIALS_MISSING",
                      "sign in: the call carries no authorization metadata");
  }
  if (authorization.size() > kTokenBytesMax) {
    return Invalid("sign in again: the token is longer than 4 KB", "length");
  }
  std::string_view token = authorization;
  const std::size_t dot = token.rfind('.');
  if (token.substr(0, kScheme.size()) != kScheme ||
      token.substr(kScheme.size(), kVersion.size()) != kVersion ||
      dot < kScheme.size() + kVersion.size()) {
    return Invalid("sign in again: this is no token of the suite (Bearer sas1.…)", "form");
  }
  const std::string_view signed_part = token.substr(kScheme.size(), dot - kScheme.size());
  if (!SameBytes(Sign(key, signed_part), token.substr(dot + 1))) {
    return Invalid("sign in again: the signature of the token is wrong", "signature");
  }
  std::string text;
  if (!absl::WebSafeBase64Unescape(base::ToAbsl(signed_part.substr(kVersion.size())), &text)) {
    return Invalid("sign in again: the payload of the token cannot be read", "payload");
  }
  nlohmann::json payload = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!payload.is_object()) {
    return Invalid("sign in again: the payload of the token cannot be read", "payload");
  }
  return payload;
}

std::int64_t UnixSeconds(const base::Clock& clock) {
  return std::chrono::floor<std::chrono::seconds>(clock.Now()).time_since_epoch().count();
}

}  // namespace

TokenVerifier::TokenVerifier(std::string key, const base::Clock& clock)
    : key_(std::move(key)), clock_(clock) {
  SAS_CHECK(!key_.empty(), "an empty key would let everyone sign");
}

absl::StatusOr<TokenVerifier::Verified> TokenVerifier::Examine(
    std::string_view authorization) const {
  SAS_ASSIGN_OR_RETURN(const nlohmann::json payload, Open(key_, authorization));
  const auto expiry = payload.find("exp");
  if (expiry == payload.end() || !expiry->is_number_integer()) {
    return Invalid("sign in again: the token has no end of validity", "exp");
  }
  Verified verified{std::string(authorization), ActorOf(payload), expiry->get<std::int64_t>()};
  if (verified.expiry <= UnixSeconds(clock_)) {
    return base::Fail(absl::StatusCode::kUnauthenticated, "CREDENTIALS_EXPIRED",
                      "sign in again: the token has expired");
  }
  const base::Actor& actor = verified.actor;
  if (actor.subject.empty() || actor.subject.size() > kSubjectMax) {
    return Invalid("sign in again: the subject must have 1 to 64 characters", "sub");
  }
  if (actor.role == base::Role::kUnspecified) {
    return Invalid("sign in again: the role of the token is unknown", "role");
  }
  return verified;
}

std::shared_ptr<const TokenVerifier::Verified> TokenVerifier::Recall(
    std::size_t hash, std::string_view authorization) const {
  const std::lock_guard lock(mutex_);
  const auto found = remembered_.find(hash);
  if (found == remembered_.end()) return nullptr;
  // An expired one is examined again, and refused with its reason.
  if (found->second->expiry <= UnixSeconds(clock_)) {
    remembered_.erase(found);
    return nullptr;
  }
  return SameBytes(found->second->authorization, authorization) ? found->second : nullptr;
}

absl::StatusOr<base::Actor> TokenVerifier::Verify(std::string_view authorization) const {
  const std::size_t hash = std::hash<std::string_view>()(authorization);
  if (const auto known = Recall(hash, authorization)) return known->actor;
  SAS_ASSIGN_OR_RETURN(Verified verified, Examine(authorization));
  base::Actor actor = verified.actor;
  const std::lock_guard lock(mutex_);
  if (remembered_.size() >= kRememberedMax) remembered_.clear();  // Whoever calls is soon back.
  remembered_[hash] = std::make_shared<const Verified>(std::move(verified));
  return actor;
}

std::size_t TokenVerifier::Remembered() const {
  const std::lock_guard lock(mutex_);
  return remembered_.size();
}

std::string MintToken(std::string_view key, const base::Actor& actor, const base::Clock& clock,
                      std::chrono::seconds lifetime) {
  const nlohmann::json payload{{"sub", actor.subject},
                               {"role", std::string(base::RoleName(actor.role))},
                               {"regions", actor.regions},
                               {"territories", actor.territories},
                               {"profession", actor.profession},
                               {"entry_point", actor.entry_point},
                               {"organization", actor.organization},
                               {"rpps", actor.rpps},
                               {"exp", UnixSeconds(clock) + lifetime.count()}};
  const std::string text = payload.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  const std::string signed_part = std::string(kVersion) + Encode(text);
  return std::string(kScheme) + signed_part + '.' + Sign(key, signed_part);
}

}  // namespace sas::rpc
