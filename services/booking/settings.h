#pragma once

#include <string>

#include "common/care/identifiers.h"
#include "common/config/env.h"
#include "common/rpc/process.h"

namespace sas::booking {

/// Settings of sas-booking, from SAS_BOOKING_….
struct Settings {
  rpc::ProcessSettings process;
  std::string ledger;              ///< LEDGER, `sqlite:PATH` or `postgresql:…`.
  std::string ledger_schema;       ///< LEDGER_SCHEMA, PostgreSQL only; booking.
  std::string slots_address;       ///< SLOTS_ADDRESS, a gRPC target; required.
  std::string regulation_address;  ///< REGULATION_ADDRESS, a gRPC target; required.
  /// TEST_IDENTITIES: RPPS numbers of the test range are accepted; false.
  care::TestIdentities test_identities = care::TestIdentities::kRefuse;
};

/// Faults stay in `env` until Env::Check.
Settings ReadSettings(config::Env& env);

}  // namespace sas::booking
