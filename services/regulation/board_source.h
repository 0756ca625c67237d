#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "common/base/clock.h"
#include "services/regulation/domain/board_book.h"
#include "services/regulation/store.h"

namespace sas::regulation {

/// Reads the ledger into a board: the open work of a region once, then what the feed says has
/// changed. A changed row is read, and not taken from the event: whatever wrote the event, the line
/// is what the ledger says. Blocks; used by one thread.
class BoardSource {
 public:
  static constexpr int kPageMax = 256;      ///< Events, and rows, read at once.
  static constexpr int kResumeMax = 4096;   ///< Events that a resumed watcher may have missed.
  static constexpr int kResumePage = 1024;  ///< Of these at once: all watchers wait meanwhile.

  explicit BoardSource(RegulationStore& store) : store_(store) {}

  /// Fills an empty book; the cursor from which to follow.
  absl::StatusOr<std::string> Load(const base::Call& call, const std::string& region,
                                   base::Instant now, BoardBook& book);

  struct Progress {
    std::string cursor;
    bool more = false;       ///< A page was full: call again.
    base::Instant oldest{};  ///< Record time of the first event of the page; zero without one.
  };

  /// OUT_OF_RANGE `CURSOR_TRIMMED`: load anew.
  absl::StatusOr<Progress> Follow(const base::Call& call, const std::string& region,
                                  const std::string& cursor, base::Instant now, BoardBook& book);

  struct Counted {
    RoomCount room;
    base::Instant at{};
    std::string cursor;  ///< Newest event that is counted; empty as Journal::Newest tells.
  };

  absl::StatusOr<Counted> Count(const base::Call& call, const std::string& region,
                                const std::vector<std::string>& territories, base::Instant now);

  /// Names that events tell of after `cursor`, as far as the scope sees their kind and territory;
  /// nothing when there are too many, or the past is gone. All events until now, also those that
  /// are yet to be followed: a row of the book may be newer than the cursor, and is not told again
  /// when its event comes.
  absl::StatusOr<std::optional<std::vector<std::string>>> Touched(const base::Call& call,
                                                                  const std::string& region,
                                                                  const std::string& cursor,
                                                                  const BoardScope& scope);

 private:
  /// The rows as they are now: lines to show, names to show no more.
  struct Rows {
    std::vector<BoardLine> lines;
    std::vector<std::string> gone;
  };

  static absl::Status ReadRow(RegulationTransaction& transaction, const std::string& name,
                              Rows& rows);
  absl::Status ReadRows(const base::Call& call, const std::vector<std::string>& names,
                        base::Instant now, BoardBook& book);

  RegulationStore& store_;
};

}  // namespace sas::regulation
