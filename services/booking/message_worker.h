#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/booking/feed_loop.h"
#include "services/booking/message_sender.h"

namespace sas::booking {

/// The thread of one way of telling: does what is due of its kinds of messages, one at a time,
/// woken by commits and looking by itself each second. One replica has the lease of a kind; its
/// holder's end, also by kill -9, gives it to another after 30 s.
class MessageWorker {
 public:
  MessageWorker(MessageSender::Parts parts, std::vector<v1::Message::Kind> kinds);

  /// Ends after the message that is on its way.
  void Stop() { loop_.Stop(); }

  /// As FeedLoop::Flush.
  bool Flush(std::chrono::milliseconds limit) { return loop_.Flush(limit); }

  /// UNAVAILABLE with the last reason while the channel, or who is asked for addresses, is away.
  absl::Status Reachable() const;

 private:
  absl::StatusOr<bool> Turn();
  absl::StatusOr<bool> TurnOf(v1::Message::Kind kind);
  absl::StatusOr<bool> EnsureLease(const base::Call& call, v1::Message::Kind kind);
  void Report(const absl::Status& status);

  BookingStore& store_;
  const base::Clock& clock_;
  const std::vector<v1::Message::Kind> kinds_;
  const std::string holder_;  ///< This process, for the lease.
  MessageSender sender_;      ///< Of the thread alone, like the next one.
  std::map<v1::Message::Kind, base::Instant> lease_until_;
  mutable std::mutex mutex_;
  std::string last_reason_;  ///< Under `mutex_`.
  FeedLoop loop_;            ///< Last: starts when the rest is there.
};

/// Reads from the ledger what metrics show of messages.
absl::Status ReadMessageFigures(BookingStore& store, MessageMetrics& metrics,
                                const base::Clock& clock, const base::Call& call);

}  // namespace sas::booking
