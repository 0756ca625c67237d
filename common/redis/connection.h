#pragma once

#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/redis/client.h"

struct redisContext;

namespace sas::redis {

/// One connection; one thread at a time. After any fault it is broken for good (hiredis 0.14).
class Connection {
 public:
  /// Connects and authenticates. UNAVAILABLE `REDIS_UNAVAILABLE`; a refused connection fails at
  /// once.
  static absl::StatusOr<std::unique_ptr<Connection>> Open(const Client::Options& options,
                                                          std::chrono::nanoseconds left);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Sends all commands, then reads all replies. `timeout` bounds each read and write.
  absl::StatusOr<std::vector<Reply>> Exchange(std::span<const std::vector<std::string>> commands,
                                              std::chrono::nanoseconds timeout);

  /// Looks without a round trip: false when the server closed the connection or sent what nobody
  /// asked for.
  bool Quiet() const;

  bool broken() const { return broken_; }

  void MarkBroken() { broken_ = true; }

  std::chrono::nanoseconds last_used{};  ///< On Clock::Steady(); kept by the pool.

 private:
  explicit Connection(redisContext* context) : context_(context) {}

  absl::Status SetTimeout(std::chrono::nanoseconds timeout);
  absl::Status Authenticate(const Client::Options& options, std::chrono::nanoseconds timeout);
  absl::Status Fault();

  redisContext* context_;
  std::chrono::microseconds timeout_{};
  bool broken_ = false;
};

absl::Status Unavailable(std::string_view message);

/// Status of an error reply; `OK` for any other.
absl::Status StatusOfReply(const Reply& reply);

}  // namespace sas::redis
