#pragma once

#include <chrono>
#include <map>
#include <string>

#include "sas/regulation/v1/board_service.pb.h"
#include "tools/sasctl/suite.h"

namespace sasctl {

/// What a terminal knows of a board: lines by name, head counts, and when it last heard. Says "en
/// direct" only by what has arrived, and never by a timer of its own (hazard H-42). Not
/// thread-safe.
class BoardScreen {
 public:
  /// Silence after which the board is told to be cut; the server speaks each second.
  static constexpr std::chrono::milliseconds kCutAfter{3000};

  /// Of who looks: it decides which head counts can be held against the lines.
  explicit BoardScreen(base::Role role) : role_(role) {}

  /// Keeps the message; false after a gap: nothing may be concluded from the lines any more.
  bool Apply(const regulation::WatchBoardResponse& message, std::chrono::nanoseconds now);

  /// A new stream begins: its numbers start again, the lines stay.
  void Reconnect() { sequence_ = 0; }

  void Forget();

  bool IsCut(std::chrono::nanoseconds now) const;

  /// Lines and counts disagree for the second time on one state of the ledger.
  bool Doubtful() const { return disagreements_ > 1; }

  const std::string& token() const { return token_; }

  /// The whole screen; ages as of the last message.
  void Print(std::chrono::nanoseconds now) const;

 private:
  void Compare();
  std::string State(std::chrono::nanoseconds now) const;
  std::string CountsText() const;

  const base::Role role_;
  std::map<std::string, regulation::BoardCard> cards_;
  regulation::BoardCounts counts_;
  std::string token_;
  std::int64_t sequence_ = 0;
  std::int64_t ledger_sequence_ = 0;
  int disagreements_ = 0;
  google::protobuf::Timestamp server_time_;
  std::chrono::nanoseconds heard_{};
};

}  // namespace sasctl
