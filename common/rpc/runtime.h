#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <string>

#include "common/base/clock.h"
#include "common/base/executor.h"
#include "common/base/ids.h"
#include "common/observe/metrics.h"
#include "common/rpc/auth.h"

namespace sas::rpc {

/// What every handler of a process shares. Owned by main; outlives the server.
struct Runtime {
  const base::Clock& clock;
  base::Random& random;
  observe::RpcMetrics& metrics;
  const CredentialVerifier& credentials;
  const RoleTable& roles;

  /// Vital acts (create, claim, prioritise a dossier) have a lane that nothing else can fill.
  base::Executor& vital;
  base::Executor& interactive;
  base::Executor& background;

  std::chrono::milliseconds unary_deadline_max{5000};  ///< A call without deadline gets this.
};

}  // namespace sas::rpc
