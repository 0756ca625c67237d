#include "common/rpc/auth.h"

#include "common/base/status.h"

namespace sas::rpc {

void RoleTable::Allow(std::string_view method, std::initializer_list<base::Role> roles) {
  entries_[std::string(method)].insert(roles.begin(), roles.end());
}

absl::Status RoleTable::Check(std::string_view method, const base::Actor& actor) const {
  const auto found = entries_.find(method);
  std::string allowed;
  if (found != entries_.end()) {
    if (found->second.contains(actor.role)) return absl::OkStatus();
    for (const base::Role role : found->second) {
      if (!allowed.empty()) allowed += ", ";
      allowed += base::RoleName(role);
    }
  }
  const std::string role(base::RoleName(actor.role));
  return base::Fail(absl::StatusCode::kPermissionDenied, "ROLE_FORBIDDEN",
                    "the role " + role + " may not do this; it is for: " +
                        (allowed.empty() ? std::string("nobody") : allowed),
                    {{"role", role}, {"allowed", allowed}, {"method", std::string(method)}});
}

bool RoleTable::Knows(std::string_view method) const {
  return entries_.find(method) != entries_.end();
}

absl::Status CheckRegion(const base::Call& call, std::string_view region) {
  if (base::MayActInRegion(call.actor, region)) return absl::OkStatus();
  return base::Fail(absl::StatusCode::kPermissionDenied, "REGION_FORBIDDEN",
                    "these credentials do not cover the region; ask the supervisor of that region",
                    {{"region", std::string(region)}});
}

}  // namespace sas::rpc
