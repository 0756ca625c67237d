#pragma once

#include <string>

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
  bool refill = true;              ///< REFILL: freed seats are offered to waiting orders.
};

/// Faults stay in `env` until Env::Check.
Settings ReadSettings(config::Env& env);

}  // namespace sas::booking
