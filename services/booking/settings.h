#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "common/config/env.h"
#include "common/rpc/process.h"

namespace sas::booking {

/// Settings of sas-booking, from SAS_BOOKING_….
struct Settings {
  /// A relay that takes mail.
  struct Relay {
    std::string host;  ///< host:port; empty: off.
    std::string user;  ///< Empty: no AUTH.
    std::string password;
    std::string from;
    bool tls = true;  ///< STARTTLS or nothing is sent.
  };

  rpc::ProcessSettings process;
  std::string ledger;               ///< LEDGER, `sqlite:PATH` or `postgresql:…`.
  std::string ledger_schema;        ///< LEDGER_SCHEMA, PostgreSQL only; booking.
  std::int64_t ledger_reserve = 0;  ///< LEDGER_RESERVE_MIB in bytes, SQLite only; 64 MiB.
  std::string slots_address;        ///< SLOTS_ADDRESS, a gRPC target; required.
  std::string regulation_address;   ///< REGULATION_ADDRESS, a gRPC target; required.
  bool refill = true;               ///< REFILL: freed seats are offered to waiting orders.
  /// LATE_AFTER, in hours: when a start is out of delay where the order's deadline is not known.
  std::chrono::hours late_after{};
  /// RECONCILE_INTERVAL: how often the slots' belief is held against the ledger; 0: never.
  std::chrono::milliseconds reconcile_interval{};
  std::string sms_url;     ///< SMS_URL of the provider; empty: no SMS.
  std::string sms_token;   ///< From SMS_TOKEN_FILE.
  std::string sms_sender;  ///< SMS_SENDER.
  Relay mail;              ///< MAIL_…: e-mail to patients.
  Relay secure_mail;       ///< SECURE_MAIL_…: an MSSanté operator; always STARTTLS.
  /// PRACTICE_MAILBOXES: secure mailboxes by the name of the site, where the directory has none.
  std::map<std::string, std::string, std::less<>> practices;
  std::string message_ca_file;  ///< MESSAGE_CA_FILE; empty: the system's certificates.
  bool quiet_hours = true;      ///< QUIET_HOURS, 22 to 8 h.
  std::vector<std::chrono::minutes> reminders;  ///< REMINDER_FIRST, REMINDER_SECOND.
};

/// Faults stay in `env` until Env::Check.
Settings ReadSettings(config::Env& env);

}  // namespace sas::booking
