#include "common/ledger/journal_memory.h"

#include <algorithm>
#include <deque>
#include <optional>
#include <utility>

#include "common/base/status.h"
#include "common/ledger/cursor.h"
#include "common/ledger/listeners.h"

namespace sas::ledger {
namespace {

/// Events kept; older ones are trimmed, as a real outbox is.
constexpr std::size_t kEventsMax = 100'000;

using Key = std::tuple<std::string, std::string, std::string>;

struct Kept {
  Answer answer;
  base::Instant expires;
};

Key ToKey(const AnswerKey& key) {
  return {key.caller, key.method, key.request_id};
}

}  // namespace

struct MemoryLedger::State {
  mutable std::mutex mutex;
  std::map<Key, Kept> answers;  ///< Guarded by mutex, like what follows.
  std::vector<AuditRecord> audit;
  std::deque<StoredEvent> events;
  long long first_sequence = 1;  ///< Of events.front().
  Listeners listeners;           ///< Has its own lock.
};

namespace {

template <typename State>
std::string HeadOf(const State& state) {
  const auto count = static_cast<long long>(state.events.size());
  return FormatCursor({0, state.first_sequence + count - 1});
}

/// Effects staged until Commit. `State` is private to MemoryLedger, hence the parameter.
template <typename State>
class MemoryJournal final : public Journal {
 public:
  MemoryJournal(State& state, const base::Call& call, const base::Clock& clock)
      : state_(state), call_(call), clock_(clock) {}

  absl::StatusOr<std::optional<Answer>> FindAnswer(const AnswerKey& key) override {
    const Kept* kept = Find(ToKey(key));
    if (kept == nullptr) return std::optional<Answer>();
    return std::optional<Answer>(kept->answer);
  }

  absl::Status KeepAnswer(const AnswerKey& key, const Answer& answer) override {
    if (Find(ToKey(key)) != nullptr) {
      return base::FailRetryable(absl::StatusCode::kAborted, "REQUEST_IN_FLIGHT",
                                 "a request with this request_id finished meanwhile; repeat it to "
                                 "get its answer",
                                 std::chrono::milliseconds(50));
    }
    answers_[ToKey(key)] = {answer, clock_.Now() + kAnswerRetention};
    return absl::OkStatus();
  }

  absl::Status Audit(const AuditEntry& entry) override {
    audit_.push_back({entry, clock_.Now()});
    return absl::OkStatus();
  }

  absl::Status Publish(const EventDraft& event) override {
    events_.push_back({"", clock_.Now(), call_.actor.subject,
                       std::string(base::RoleName(call_.actor.role)), call_.trace_id, event.region,
                       event.type, event.subject, event.payload});
    return absl::OkStatus();
  }

  absl::StatusOr<std::string> Newest() override {
    const std::lock_guard lock(state_.mutex);
    return HeadOf(state_);
  }

  /// True when something was published.
  bool Apply() {
    const std::lock_guard lock(state_.mutex);
    for (auto& [key, kept] : answers_) state_.answers[key] = std::move(kept);
    for (const auto& [entry, time] : audit_) {
      const bool first = state_.audit.empty();
      state_.audit.push_back(
          ChainNext(0, first ? 0 : state_.audit.back().sequence,
                    first ? kFirstPreviousHash : std::string_view(state_.audit.back().hash), call_,
                    time, entry));
    }
    for (StoredEvent& event : events_) {
      const auto count = static_cast<long long>(state_.events.size());
      event.cursor = FormatCursor({0, state_.first_sequence + count});
      state_.events.push_back(std::move(event));
    }
    while (state_.events.size() > kEventsMax) {
      state_.events.pop_front();
      ++state_.first_sequence;
    }
    return !events_.empty();
  }

 private:
  const Kept* Find(const Key& key) {
    if (const auto staged = answers_.find(key); staged != answers_.end()) return &staged->second;
    const std::lock_guard lock(state_.mutex);
    const auto found = state_.answers.find(key);
    if (found == state_.answers.end() || found->second.expires <= clock_.Now()) return nullptr;
    return &found->second;  // The store's lock keeps writers away until Commit.
  }

  struct Audited {
    AuditEntry entry;
    base::Instant time;
  };

  State& state_;
  const base::Call& call_;
  const base::Clock& clock_;
  std::map<Key, Kept> answers_;
  std::vector<Audited> audit_;
  std::vector<StoredEvent> events_;
};

}  // namespace

MemoryLedger::MemoryLedger() : state_(std::make_unique<State>()) {}

MemoryLedger::~MemoryLedger() = default;

std::unique_ptr<Journal> MemoryLedger::Begin(const base::Call& call, const base::Clock& clock) {
  return std::make_unique<MemoryJournal<State>>(*state_, call, clock);
}

void MemoryLedger::Commit(Journal& journal) {
  if (static_cast<MemoryJournal<State>&>(journal).Apply()) state_->listeners.Notify();
}

absl::StatusOr<std::vector<StoredEvent>> MemoryLedger::Read(const base::Call&,
                                                            std::string_view region,
                                                            std::string_view cursor, int limit) {
  SAS_ASSIGN_OR_RETURN(const Cursor after, ParseCursor(cursor));
  const std::lock_guard lock(state_->mutex);
  const auto count = static_cast<long long>(state_->events.size());
  const long long next = state_->first_sequence + count;
  if (!cursor.empty() &&
      (after.tx != 0 || after.sequence + 1 < state_->first_sequence || after.sequence >= next)) {
    return CursorTrimmed();
  }
  std::vector<StoredEvent> events;
  const long long from = std::max(after.sequence + 1, state_->first_sequence);
  for (long long sequence = from; sequence < next; ++sequence) {
    if (static_cast<int>(events.size()) >= limit) break;
    const StoredEvent& event =
        state_->events[static_cast<std::size_t>(sequence - state_->first_sequence)];
    if (region.empty() || event.region == region) events.push_back(event);
  }
  return events;
}

absl::StatusOr<std::string> MemoryLedger::Head(const base::Call&) {
  const std::lock_guard lock(state_->mutex);
  return HeadOf(*state_);
}

std::uint64_t MemoryLedger::Subscribe(std::function<void()> wake) {
  return state_->listeners.Add(std::move(wake));
}

void MemoryLedger::Unsubscribe(std::uint64_t id) {
  state_->listeners.Remove(id);
}

std::vector<AuditRecord> MemoryLedger::audit() const {
  const std::lock_guard lock(state_->mutex);
  return state_->audit;
}

}  // namespace sas::ledger
