#pragma once

#include <string>
#include <utility>

#include "common/base/call.h"

namespace sas::testing {

/// An actor of fr-pdl, for tests that only care for the role.
inline base::Actor ActorWith(base::Role role, std::string subject = "actor-1") {
  base::Actor actor;
  actor.subject = std::move(subject);
  actor.role = role;
  actor.regions = {"fr-pdl"};
  return actor;
}

}  // namespace sas::testing
