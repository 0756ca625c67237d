#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "common/config/env.h"
#include "common/rpc/process.h"
#include "services/regulation/domain/board_alarms.h"
#include "services/regulation/domain/call_return.h"
#include "services/regulation/domain/call_silence.h"
#include "services/regulation/domain/case_life.h"
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
  std::chrono::seconds disconnect_grace{};  ///< DISCONNECT_GRACE, 0 (off) to 10 min; 30 s.
  AlarmRules board_alarms;  ///< BOARD_TARGETS, see ParseAlarmRules; empty: the national delays.
  StaffingRules roster_staffing;  ///< ROSTER_STAFFING, see StaffingRules::Parse; may be empty.
  std::chrono::minutes roster_ahead{};  ///< ROSTER_AHEAD, 0 to 12 h; 30 min.
  CallBands call_bands;                 ///< Of the file CALL_BANDS; empty watches nothing.
  ReturnRules call_returns;             ///< CALL_RETURNS, minutes before each call back; 0,5,10.
  std::chrono::years kept{};            ///< ARCHIVE_AFTER_YEARS, 2 to 30; 5.
  bool etags_required = false;          ///< REQUIRE_ETAGS: acts say which version they saw.
  std::vector<std::string> lines;       ///< LINES, numbers that figures tell apart; 15,116117.
  std::string expertise_link;           ///< EXPERTISE_LINK, template; empty: no téléexpertise.
  std::string expertise_platform;       ///< EXPERTISE_PLATFORM, subject of its credentials.
  std::string expertise_url;            ///< EXPERTISE_URL; empty: the platform is not told.
  std::string expertise_token;          ///< From EXPERTISE_TOKEN_FILE.
  std::string expertise_ca_file;        ///< EXPERTISE_CA_FILE; empty: the system's certificates.
  std::string protocols;                ///< PROTOCOLS, a directory of files; empty reads none.
};

/// Faults stay in `env` until Env::Check.
Settings ReadSettings(config::Env& env);

}  // namespace sas::regulation
