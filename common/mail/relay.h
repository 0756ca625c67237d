#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "absl/status/status.h"

namespace sas::mail {

/// Hands letters to a relay over SMTP, with STARTTLS and AUTH. Used by one thread at a time.
class Relay {
 public:
  struct Options {
    std::string address;  ///< host:port.
    std::string user;     ///< Empty: no AUTH.
    std::string password;
    bool tls = true;      ///< Without STARTTLS and a good certificate nothing is sent.
    std::string ca_file;  ///< PEM; empty: the system's.
    std::chrono::milliseconds connect_timeout{2000};
    std::chrono::milliseconds timeout{8000};  ///< Of the whole letter.
  };

  explicit Relay(Options options);
  ~Relay();
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;

  /// OK when the relay has the letter. INVALID_ARGUMENT `MAIL_REFUSED` when it will never take it
  /// (5xx of this recipient or letter); UNAVAILABLE `MAIL_NOT_SENT` when it has not got it;
  /// UNAVAILABLE `MAIL_NO_ANSWER` when it may have. None names a recipient.
  absl::Status Send(const std::string& from, const std::string& to, const std::string& letter);

 private:
  struct State;
  const Options options_;
  const std::unique_ptr<State> state_;
};

}  // namespace sas::mail
