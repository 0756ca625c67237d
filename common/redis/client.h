#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "common/base/clock.h"

/// Redis over hiredis 0.14 (RESP2, no TLS). Only services/slots uses it.
namespace sas::redis {

/// A reply with value semantics.
struct Reply {
  enum class Type { kNil, kInteger, kString, kStatus, kError, kArray };
  Type type = Type::kNil;
  long long integer = 0;
  std::string text;
  std::vector<Reply> items;

  bool nil() const { return type == Type::kNil; }
};

/// A pool of connections; one lease is one connection and one thread. A connection with any error
/// is dropped for good and made anew, with back-off.
class Client {
 public:
  struct Options {
    std::string address;  ///< `host:port` or `unix:PATH`.
    std::string user;     ///< ACL user; empty means none.
    std::string password;
    std::size_t connections = 16;
    std::chrono::milliseconds command_timeout{250};  ///< Cut to what the call has left.
    std::chrono::milliseconds connect_timeout{250};
  };

  Client(Options options, const base::Clock& clock);
  ~Client();

  /// One command, binary-safe. UNAVAILABLE `REDIS_UNAVAILABLE` on any connection fault (the effect
  /// of a write is then unknown: scripts are idempotent for that reason); an error reply of Redis
  /// is INTERNAL `REDIS_ERROR`, except NOSCRIPT (NOT_FOUND `REDIS_NOSCRIPT`) and
  /// LOADING/BUSY/MASTERDOWN (UNAVAILABLE).
  absl::StatusOr<Reply> Command(const base::Call& call, std::span<const std::string> arguments);

  /// Several commands in one round trip; replies in order. An error reply stays in its Reply.
  absl::StatusOr<std::vector<Reply>> Pipeline(const base::Call& call,
                                              std::span<const std::vector<std::string>> commands);

  /// A blocking command (XREAD BLOCK) on a connection of its own, outside the pool.
  absl::StatusOr<Reply> Blocking(const base::Call& call, std::span<const std::string> arguments,
                                 std::chrono::milliseconds wait_max);

  absl::Status Ping(const base::Call& call);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace sas::redis
