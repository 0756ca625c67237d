#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "common/config/env.h"
#include "common/rpc/process.h"
#include "services/regulation/domain/board_alarms.h"
#include "services/regulation/domain/call_silence.h"
#include "services/regulation/domain/roster.h"

namespace sas::regulation {

/// Settings of sas-regulation, from SAS_REGULATION_….
struct Settings {
  rpc::ProcessSettings process;
  std::string ledger;               ///< LEDGER, `sqlite:PATH` or `postgresql:…`.
  std::string ledger_schema;        ///< LEDGER_SCHEMA, PostgreSQL only; regulation.
  std::int64_t ledger_reserve = 0;  ///< LEDGER_RESERVE_MIB in bytes, SQLite only; 64 MiB.
  std::string booking_address;      ///< BOOKING_ADDRESS, whose feed moves the orders; may be empty.
  std::size_t board_watchers_max = 0;  ///< BOARD_WATCHERS_MAX of this process, 1 to 5000; 1000.
  AlarmRules board_alarms;  ///< BOARD_TARGETS, see ParseAlarmRules; empty: the national delays.
  StaffingRules roster_staffing;  ///< ROSTER_STAFFING, see StaffingRules::Parse; may be empty.
  std::chrono::minutes roster_ahead{};  ///< ROSTER_AHEAD, 0 to 12 h; 30 min.
  CallBands call_bands;                 ///< Of the file CALL_BANDS; empty watches nothing.
  std::string protocols;                ///< PROTOCOLS, a directory of files; empty reads none.
};

/// Faults stay in `env` until Env::Check.
Settings ReadSettings(config::Env& env);

}  // namespace sas::regulation
