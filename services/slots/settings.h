#pragma once

#include <cstdint>
#include <string>

#include "common/config/env.h"
#include "common/rpc/process.h"
#include "common/sql/database.h"

namespace sas::slots {

/// Settings of sas-slots, from SAS_SLOTS_….
struct Settings {
  rpc::ProcessSettings process;
  std::string ledger;               ///< LEDGER, `sqlite:PATH` or `postgresql:…`.
  std::string ledger_schema;        ///< LEDGER_SCHEMA, PostgreSQL only; slots.
  std::int64_t ledger_reserve = 0;  ///< LEDGER_RESERVE_MIB in bytes, SQLite only; 64 MiB.
  std::string redis;                ///< REDIS, `host:port` or `unix:PATH`; 127.0.0.1:6379.
  std::string redis_user;           ///< REDIS_USER, of Redis' ACL; may be empty.
  std::string redis_password;       ///< Content of REDIS_PASSWORD_FILE; may be empty.
  int holds_per_order = 1;          ///< HOLDS_PER_ORDER, 1 to 3: of one operator, at a time.
  int holds_per_organization = 50;  ///< HOLDS_PER_ORGANIZATION, 1 to 10 000, at a time.
  std::string pdsa_hours;  ///< PDSA_HOURS: file of départements with other hours; may be empty.
  int horizon_days = 21;   ///< HORIZON_DAYS, 1 to 120: days of slots to open, today included.
};

sql::Database::Options LedgerOptions(const Settings& settings);

/// Faults stay in `env` until Env::Check.
Settings ReadSettings(config::Env& env);

}  // namespace sas::slots
