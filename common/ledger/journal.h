#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "common/base/clock.h"

/// What every mutation leaves behind in its own transaction, whatever the service: the answer for
/// a repeat (idempotency), one audit record, and the events that others follow (outbox).
namespace sas::ledger {

/// Answers are kept this long (one figure everywhere: covers a week-end).
inline constexpr std::chrono::hours kAnswerRetention{72};

/// Identity of a write. Scoped by caller, so that two partners may use the same request_id.
struct AnswerKey {
  std::string caller;  ///< Actor.subject.
  std::string method;  ///< Full RPC name.
  std::string request_id;

  auto operator<=>(const AnswerKey&) const = default;
};

/// The stored first answer.
struct Answer {
  std::string fingerprint;  ///< SHA-256 of the request in canonical form, hex.
  std::string response;     ///< Serialized response message.
};

/// One line of the medico-legal record. Holds references and codes, never a patient's identity.
struct AuditEntry {
  std::string action;   ///< RPC or internal act, for example "ClaimRegulationCase".
  std::string subject;  ///< Resource name that changed.
  std::string region;
  std::string detail;  ///< Short `key=value` list of codes (state, priority, reason code).
};

/// A fact for the feed. `payload` is a serialized sas.events.v1.Event without cursor and times.
struct EventDraft {
  std::string region;
  std::string type;     ///< For example "appointment.booked".
  std::string subject;  ///< Resource name.
  std::string payload;
};

/// The journal inside one transaction. Obtained from a store's transaction; not thread-safe.
class Journal {
 public:
  virtual ~Journal() = default;
  virtual absl::StatusOr<std::optional<Answer>> FindAnswer(const AnswerKey& key) = 0;
  virtual absl::Status KeepAnswer(const AnswerKey& key, const Answer& answer) = 0;
  virtual absl::Status Audit(const AuditEntry& entry) = 0;
  virtual absl::Status Publish(const EventDraft& event) = 0;
  /// Cursor of the newest event that this transaction sees: what it reads is the state up to there.
  /// Empty while an event before it may still come, so that the feed does not show it yet.
  virtual absl::StatusOr<std::string> Newest() = 0;
};

/// An event as recorded.
struct StoredEvent {
  std::string cursor;  ///< Opaque to clients; orders and resumes the feed.
  base::Instant record_time;
  std::string actor;  ///< Subject of the actor.
  std::string role;
  std::string trace_id;
  std::string region;
  std::string type;
  std::string subject;
  std::string payload;
};

/// The reading side of the outbox, one per service.
class Feed {
 public:
  virtual ~Feed() = default;

  /// At most `limit` events of `region` (empty means all) after `cursor` (empty means from the
  /// start), in order. OUT_OF_RANGE `CURSOR_TRIMMED` when the past is gone, INVALID_ARGUMENT
  /// `INVALID_CURSOR` when it is not one of ours.
  virtual absl::StatusOr<std::vector<StoredEvent>> Read(const base::Call& call,
                                                        std::string_view region,
                                                        std::string_view cursor, int limit) = 0;

  /// As Read, with the events that an older one may still join: those of all rows that anybody can
  /// have read by now. Not to be followed from.
  virtual absl::StatusOr<std::vector<StoredEvent>> ReadUnsettled(const base::Call& call,
                                                                 std::string_view region,
                                                                 std::string_view cursor,
                                                                 int limit) = 0;

  /// Cursor of the newest event; a watch that starts "now" starts here.
  virtual absl::StatusOr<std::string> Head(const base::Call& call) = 0;

  /// Calls `wake` after commits that published something (from any thread, must not block). Another
  /// replica's commits are seen by polling, so a listener also looks by itself at least each
  /// second. Returns an id for Unsubscribe.
  virtual std::uint64_t Subscribe(std::function<void()> wake) = 0;
  virtual void Unsubscribe(std::uint64_t id) = 0;
};

}  // namespace sas::ledger
