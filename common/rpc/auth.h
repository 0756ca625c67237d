#pragma once

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/call.h"

/// From call credentials to an Actor, and from an Actor to a yes or no. The rest of the suite knows
/// nothing of tokens: a real identity provider replaces TokenVerifier and changes this file only.
namespace sas::rpc {

/// Verifies the `authorization` metadata of a call.
class CredentialVerifier {
 public:
  virtual ~CredentialVerifier() = default;
  /// UNAUTHENTICATED `CREDENTIALS_MISSING`, `CREDENTIALS_INVALID` or `CREDENTIALS_EXPIRED`.
  virtual absl::StatusOr<base::Actor> Verify(std::string_view authorization) const = 0;
};

/// Development tokens: `Bearer sas1.<payload>.<signature>`; payload is base64url JSON
/// {sub, role, regions[], territories[], profession, entry_point, organization, rpps, exp};
/// signature is HMAC-SHA256. They prove who holds the demo key, nothing more: the services log a
/// warning at start. A token that was right is remembered until it expires, so that a console's
/// next call does not cost another signature; thread-safe.
class TokenVerifier final : public CredentialVerifier {
 public:
  static constexpr std::size_t kRememberedMax = 1024;  ///< Tokens, of 4 KB at most.

  TokenVerifier(std::string key, const base::Clock& clock);
  absl::StatusOr<base::Actor> Verify(std::string_view authorization) const override;

  std::size_t Remembered() const;

 private:
  struct Verified {
    std::string authorization;
    base::Actor actor;
    std::int64_t expiry = 0;  ///< Seconds since 1970.
  };

  std::shared_ptr<const Verified> Recall(std::size_t hash, std::string_view authorization) const;
  absl::StatusOr<Verified> Examine(std::string_view authorization) const;

  std::string key_;
  const base::Clock& clock_;
  mutable std::mutex mutex_;
  mutable std::unordered_map<std::size_t, std::shared_ptr<const Verified>> remembered_;
};

/// Makes such a token (`Bearer …`), valid for `lifetime`.
std::string MintToken(std::string_view key, const base::Actor& actor, const base::Clock& clock,
                      std::chrono::seconds lifetime);

/// Which roles may call which RPC. Default deny: a served method without an entry stops the start.
class RoleTable {
 public:
  /// `method` is "/package.Service/Method".
  void Allow(std::string_view method, std::initializer_list<base::Role> roles);
  /// PERMISSION_DENIED `ROLE_FORBIDDEN` naming the roles that may.
  absl::Status Check(std::string_view method, const base::Actor& actor) const;
  bool Knows(std::string_view method) const;

  const std::map<std::string, std::set<base::Role>, std::less<>>& entries() const {
    return entries_;
  }

 private:
  std::map<std::string, std::set<base::Role>, std::less<>> entries_;
};

/// PERMISSION_DENIED `REGION_FORBIDDEN` unless the actor may act in `region`. Asked before
/// existence.
absl::Status CheckRegion(const base::Call& call, std::string_view region);

}  // namespace sas::rpc
