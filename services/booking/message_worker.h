#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/backoff.h"
#include "services/booking/message_sender.h"

namespace sas::booking {

/// The thread of one way of telling: does what is due of its kinds of messages, one at a time,
/// woken by commits and looking by itself each second. One replica has the lease of a kind; its
/// holder's end, also by kill -9, gives it to another after 30 s.
class MessageWorker {
 public:
  MessageWorker(MessageSender::Parts parts, std::vector<v1::Message::Kind> kinds);
  ~MessageWorker();  ///< Stops.
  MessageWorker(const MessageWorker&) = delete;
  MessageWorker& operator=(const MessageWorker&) = delete;

  /// Ends after the message that is on its way.
  void Stop();

  /// Blocks until nothing is due, or `limit` is over; for tests.
  bool Flush(std::chrono::milliseconds limit);

  /// UNAVAILABLE with the last reason while the channel, or who is asked for addresses, is away.
  absl::Status Reachable() const;

 private:
  void Wake();
  void Run();
  absl::StatusOr<bool> Turn();
  absl::StatusOr<bool> TurnOf(v1::Message::Kind kind);
  absl::StatusOr<bool> EnsureLease(const base::Call& call, v1::Message::Kind kind);
  void Report(const absl::Status& status);

  BookingStore& store_;
  const base::Clock& clock_;
  const std::vector<v1::Message::Kind> kinds_;
  const std::string holder_;  ///< This process, for the lease.
  MessageSender sender_;      ///< Of the thread alone, like the two that follow.
  base::Backoff backoff_;
  std::map<v1::Message::Kind, base::Instant> lease_until_;
  std::uint64_t subscription_ = 0;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable idle_changed_;
  std::string last_reason_;
  bool woken_ = false;
  bool idle_ = false;  ///< The last turn found nothing and nobody has woken us since.
  bool stopping_ = false;
  std::thread thread_;  ///< Last: starts when the rest is there.
};

/// Reads from the ledger what metrics show of messages.
absl::Status ReadMessageFigures(BookingStore& store, MessageMetrics& metrics,
                                const base::Clock& clock, const base::Call& call);

}  // namespace sas::booking
