#pragma once

#include <chrono>
#include <string>

#include "tools/sasctl/board_fold.h"
#include "tools/sasctl/suite.h"

namespace sasctl {

/// What a terminal shows of a board: its lines, head counts, and when it last heard. Says "en
/// direct" only by what has arrived, and never by a timer of its own (hazard H-42). Not
/// thread-safe.
class BoardScreen {
 public:
  /// Silence after which the board is told to be cut; the server speaks each second.
  static constexpr std::chrono::milliseconds kCutAfter{3000};

  BoardScreen(base::Role role, const regulation::WatchBoardRequest& request)
      : fold_(role, request) {}

  /// As BoardFold::Apply.
  bool Apply(const regulation::WatchBoardResponse& message, std::chrono::nanoseconds now) {
    heard_ = now;
    return fold_.Apply(message);
  }

  /// What a new stream is asked for.
  regulation::WatchBoardRequest Reconnect() {
    fold_.Reconnect();
    return fold_.Request();
  }

  bool IsCut(std::chrono::nanoseconds now) const;

  /// The whole screen; ages as of the last message.
  void Print(std::chrono::nanoseconds now) const;

 private:
  std::string State(std::chrono::nanoseconds now) const;
  std::string CountsText() const;

  BoardFold fold_;
  std::chrono::nanoseconds heard_{};
};

/// Who has done nothing for longest on the dossier that he has; empty when nobody has one.
std::string IdleText(const regulation::Board& board);

}  // namespace sasctl
