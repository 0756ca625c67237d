#pragma once

#include <cstdint>
#include <string>

#include "common/config/env.h"
#include "common/rpc/process.h"

namespace sas::regulation {

/// Settings of sas-regulation, from SAS_REGULATION_….
struct Settings {
  rpc::ProcessSettings process;
  std::string ledger;               ///< LEDGER, `sqlite:PATH` or `postgresql:…`.
  std::string ledger_schema;        ///< LEDGER_SCHEMA, PostgreSQL only; regulation.
  std::int64_t ledger_reserve = 0;  ///< LEDGER_RESERVE_MIB in bytes, SQLite only; 64 MiB.
  std::string booking_address;      ///< BOOKING_ADDRESS, whose feed moves the orders; may be empty.
  std::string protocols;            ///< PROTOCOLS, a directory of files; empty reads none.
};

/// Faults stay in `env` until Env::Check.
Settings ReadSettings(config::Env& env);

}  // namespace sas::regulation
