#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "common/base/clock.h"
#include "services/regulation/domain/board_card.h"

namespace sas::regulation {

/// Head counts of what a board holds, to be compared with the ledger's (hazard H-42).
struct BoardTally {
  std::map<Priority, int> waiting;  ///< Priorities that somebody waits with.
  int claimed = 0;
  int lost_calls = 0;
  int ringing = 0;
  int open_orders = 0;
  bool operator==(const BoardTally&) const = default;
};

/// What a watcher holds his lines against: also a line that is older than it should be changes it.
struct BoardSum {
  int cards = 0;
  std::int64_t versions = 0;  ///< Added.
};

/// The board of one region: its lines, what each shows now, and what changed in the last steps. One
/// book serves all watchers; rights and filters are looked at when somebody is told. Bounded by the
/// open work of the region and by kChangesMax. Not thread-safe.
class BoardBook {
 public:
  static constexpr std::size_t kChangesMax = 8192;  ///< Kept of the past, over all steps.

  struct Entry {
    BoardLine line;
    BoardCard card;
  };

  /// What a watcher must be told to come from one step to the present one.
  struct Delta {
    std::vector<const Entry*> cards;
    std::vector<std::string> removed;

    bool empty() const { return cards.empty() && removed.empty(); }
  };

  explicit BoardBook(AlarmRules rules) : rules_(std::move(rules)) {}

  /// The row as it is now. An older version than the one known is ignored: a read may be newer than
  /// the event that caused it.
  void Put(BoardLine line, base::Instant now);
  /// The row is not on the board any more.
  void Drop(const std::string& name);
  /// What has changed by the passing of time.
  void Look(base::Instant now);
  /// Forgets all; who was told before starts anew.
  void Clear();

  /// Ends a step when something has changed since the last one.
  bool Close();

  std::uint64_t step() const { return step_; }

  /// Nothing when the past is gone: the whole board is to be told.
  std::optional<Delta> Since(std::uint64_t step, const BoardScope& scope) const;

  /// From an instant of the past, before which `touched` had not changed: these, and what time
  /// alone has changed.
  Delta SinceInstant(base::Instant then, const std::vector<std::string>& touched,
                     const BoardScope& scope) const;

  /// In the order of the board.
  std::vector<const Entry*> Shown(const BoardScope& scope) const;

  BoardTally Tally(const BoardScope& scope) const;

  BoardSum Sum(const BoardScope& scope) const;

  /// Chains in which somebody waits while no regulator of that chain has a dossier and `present`
  /// says that none looks on.
  std::vector<Filiere> Unattended(const BoardScope& scope,
                                  const std::function<bool(Filiere)>& present) const;

  /// Alarms that have begun since this was asked last: by territory and alarm, how often. A row
  /// that is told with its alarm for the first time counts.
  using Raised = std::map<std::pair<std::string, BoardAlarm>, int>;
  Raised TakeRaised();

  std::size_t size() const { return entries_.size(); }

 private:
  struct Change {
    std::string name;
    BoardShape before;
  };

  struct Step {
    std::uint64_t number = 0;
    std::vector<Change> changes;
  };

  void Note(const std::string& name, BoardShape before);
  void Hear(const std::string& territory, const BoardAlarms& before, const BoardAlarms& now);

  const AlarmRules rules_;
  std::unordered_map<std::string, Entry> entries_;
  Raised raised_;
  std::deque<Step> past_;
  std::size_t changes_ = 0;                 ///< In `past_`.
  std::map<std::string, BoardShape> open_;  ///< Of the step that is not closed.
  std::uint64_t step_ = 1;
};

}  // namespace sas::regulation
