#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/clock.h"
#include "sas/booking/v1/message.pb.h"

namespace sas::booking {

struct MessageQuery {
  std::string region;
  std::string appointment;                                    ///< Empty: every one of the region.
  std::vector<std::string> territories;                       ///< Empty: all.
  std::string site;                                           ///< Empty: all.
  v1::Message::Task task = v1::Message::TASK_UNSPECIFIED;     ///< Unspecified: all.
  v1::Message::State state = v1::Message::STATE_UNSPECIFIED;  ///< Unspecified: all.
  bool open_tasks_only = false;
  std::int64_t after = 0;  ///< Sequence of the last one of the page before.
  int limit = 0;
};

/// A message with its place in the order of writing, given by the store.
struct MessageRow {
  std::int64_t sequence = 0;
  v1::Message message;
};

struct MessageBacklog {
  std::int64_t waiting = 0;             ///< Due and not sent.
  std::int64_t open_tasks = 0;          ///< Of all regions.
  std::optional<base::Instant> oldest;  ///< The earliest hour at which a waiting one was due.
};

/// The messages in one transaction of booking's ledger; a row is written in the transaction that
/// changes its appointment. The version of a message is the number in its etag.
class MessageLedger {
 public:
  virtual ~MessageLedger() = default;

  /// Adds it after all others. ALREADY_EXISTS `MESSAGE_EXISTS`.
  virtual absl::Status Add(const v1::Message& message) = 0;
  /// NOT_FOUND `MESSAGE_NOT_FOUND`.
  virtual absl::StatusOr<v1::Message> Get(const std::string& name) = 0;
  /// Replaces; ABORTED `CONCURRENT_CHANGE` unless the stored version is the one before.
  virtual absl::Status Update(const v1::Message& message) = 0;
  /// In the order of writing, at most `kMessagesOfOneMax`, the latest ones.
  virtual absl::StatusOr<std::vector<v1::Message>> OfAppointment(
      const std::string& appointment) = 0;
  /// In the order of writing.
  virtual absl::StatusOr<std::vector<MessageRow>> List(const MessageQuery& query) = 0;
  /// Names of those of `kind` whose next attempt is due at `now`, soonest due first.
  virtual absl::StatusOr<std::vector<std::string>> Due(v1::Message::Kind kind, base::Instant now,
                                                       int limit) = 0;
  virtual absl::StatusOr<MessageBacklog> Backlog(base::Instant now) = 0;

  /// True when `holder` has the messages of `kind` until `until`: it had them, or nobody has them
  /// at `now`.
  virtual absl::StatusOr<bool> Lease(v1::Message::Kind kind, const std::string& holder,
                                     base::Instant now, base::Instant until) = 0;
};

inline constexpr int kMessagesOfOneMax = 100;

}  // namespace sas::booking
