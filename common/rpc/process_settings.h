#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "common/config/env.h"

namespace sas::rpc {

/// Settings that every service of the suite has.
struct ProcessSettings {
  std::string service;         ///< "regulation": in logs, metrics and this service's own tokens.
  std::string listen;          ///< LISTEN, host:port or unix:PATH; 127.0.0.1:0.
  std::string metrics_listen;  ///< METRICS_LISTEN; 127.0.0.1:0.
  std::string port_file;    ///< PORT_FILE: gets one line `grpc=<port> metrics=<port>`; may be "".
  std::string auth_key;     ///< Content of AUTH_KEY_FILE.
  std::string log_level;    ///< LOG_LEVEL: debug, info, warn, error.
  bool reflection = false;  ///< REFLECTION
  /// TEST_IDENTITIES: RPPS numbers of the test range 99… are accepted; never outside of a demo.
  bool test_identities = false;
  std::string nomenclatures;  ///< NOMENCLATURE_DIR: files in place of built-in lists; may be "".
  std::size_t vital_threads = 16;            ///< VITAL_THREADS
  std::size_t interactive_threads = 24;      ///< INTERACTIVE_THREADS
  std::size_t background_threads = 4;        ///< BACKGROUND_THREADS
  std::size_t queue_max = 256;               ///< QUEUE_MAX, of each lane.
  std::chrono::milliseconds drain_delay{0};  ///< DRAIN_DELAY: wait for load balancers.
  std::string backup_folder;  ///< LEDGER_BACKUP_FOLDER, for SQLite; empty: no copies are made.
  std::chrono::milliseconds backup_interval{};  ///< LEDGER_BACKUP_INTERVAL; an hour.
  int backup_keep = 24;                         ///< LEDGER_BACKUP_KEEP, newest copies.

  /// Connections that a ledger pool needs so that no lane thread waits for one.
  std::size_t Threads() const { return vital_threads + interactive_threads + background_threads; }
};

/// `SAS_REGULATION_LISTEN` for ("regulation", "LISTEN").
std::string SettingName(std::string_view service, std::string_view name);

/// Reads them; faults stay in `env` until Env::Check. Arms the crash point of SAS_CRASH_POINT.
ProcessSettings ReadProcessSettings(config::Env& env, std::string_view service);

/// Env::Check. When the environment fits, starts the log and writes what is in force as one line
/// `settings`, without secrets: the first question of an incident.
absl::Status AcceptSettings(const config::Env& env, const ProcessSettings& settings);

}  // namespace sas::rpc
