#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/rpc/runtime.h"
#include "services/regulation/board_metrics.h"
#include "services/regulation/board_source.h"
#include "services/regulation/board_wire.h"
#include "services/regulation/domain/board_book.h"

namespace sas::regulation {

class RoomWatch;

/// What a watcher may see, and under which name others see the same.
struct BoardView {
  BoardScope scope;
  std::string key;
  std::string hash;  ///< Of the key, for tokens.
};

/// The board of one region in memory, and the messages of this round, each made once. Used by the
/// thread of BoardPump alone.
class BoardRegion {
 public:
  using Response = v1::WatchBoardResponse;

  /// Bytes that all watchers of a view share.
  struct Message {
    grpc::Slice body;
    std::string token;
    bool heartbeat = false;  ///< Nothing but head counts.
  };

  static constexpr std::chrono::milliseconds kLook{250};    ///< How often time alone is looked at.
  static constexpr std::chrono::milliseconds kCount{1000};  ///< How old head counts may be.
  static constexpr std::chrono::seconds kSilenceMax{10};    ///< Of the ledger; then watches end.

  /// `room` may be null: then nothing is said of the room.
  BoardRegion(const rpc::Runtime& runtime, RegulationStore& store, std::string id,
              const AlarmRules& rules, BoardMetrics& metrics, const RoomWatch* room);

  /// Reads what is new, and begins a round. `present` tells whether a regulator of a chain watches.
  /// The status is that of the ledger; what was known before stays.
  absl::Status Refresh(const std::function<bool(Filiere)>& present);

  /// How the ledger answered last, and whether that has been wrong for longer than kSilenceMax.
  const absl::Status& health() const { return health_; }

  bool Silent() const;

  bool behind() const { return behind_; }  ///< A page of the feed was full.

  std::uint64_t step() const { return book_.step(); }

  std::size_t lines() const { return book_.size(); }

  base::Instant oldest() const { return oldest_; }  ///< First act of this round; zero without.

  absl::StatusOr<Message> Snapshot(const BoardView& view);
  /// From a step that the watcher was told; nothing when the past is gone. With head counts when
  /// these are due; an empty token when they are not, and nothing else concerns the view.
  absl::StatusOr<std::optional<Message>> Changes(const BoardView& view, std::uint64_t from,
                                                 bool counts);
  /// From a token; `outcome` says why there is nothing.
  absl::StatusOr<std::optional<Message>> Resume(const BoardView& view, const std::string& token,
                                                Response::Resume& outcome);

 private:
  struct Count {
    BoardSource::Counted counted;
    std::chrono::nanoseconds at{};
    std::uint64_t step = 0;  ///< Of the book, at the instant of the count.
    int disagreements = 0;   ///< In a row.
  };

  absl::Status Follow(const base::Call& call);
  absl::Status Load(const base::Call& call);
  /// Ends the step with what each line shows at `now`.
  void LookAt(base::Instant now);
  void CountAlarms();
  absl::StatusOr<const Count*> CountOf(const BoardView& view);
  bool Comparable(const Count& count) const;
  void Compare(const BoardView& view, Count& count);
  /// The book may end a step here, when the counts are due: to be asked before what is told.
  absl::StatusOr<Response> NewBody(const BoardView& view, bool counts);
  void AddCounts(const BoardView& view, const Count& count, Response& body) const;
  Message Keep(const std::string& key, const Response& body);
  base::Call NewCall() const;

  const rpc::Runtime& runtime_;
  BoardSource source_;
  const std::string id_;
  BoardMetrics& metrics_;
  const RoomWatch* room_;
  BoardBook book_;
  std::string cursor_;  ///< Empty before the first load.
  std::function<bool(Filiere)> present_;
  base::Instant now_{};     ///< Of this round.
  base::Instant looked_{};  ///< What time alone changes is shown as of then.
  base::Instant oldest_{};
  std::chrono::nanoseconds looked_at_{};
  std::chrono::nanoseconds good_at_{};
  absl::Status health_;
  bool behind_ = false;
  bool counted_ = true;  ///< The last count succeeded.
  bool reload_ = false;
  std::map<std::string, Message> made_;  ///< In this round and step.
  std::map<std::string, Count> counts_;  ///< By territories.
};

}  // namespace sas::regulation
