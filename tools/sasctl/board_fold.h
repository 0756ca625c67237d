#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "common/base/call.h"
#include "sas/regulation/v1/board_service.pb.h"

namespace sasctl {

/// The lines of a board, kept as the proto says, and held against the head counts that the ledger
/// has (hazard H-42). Knows no clock and no terminal. Not thread-safe.
class BoardFold {
 public:
  using Message = sas::regulation::v1::WatchBoardResponse;

  /// Who looks at what: it decides which head counts can be held against the lines.
  BoardFold(sas::base::Role role, sas::regulation::v1::WatchBoardRequest request)
      : role_(role), request_(std::move(request)) {}

  /// Keeps the message. False when nothing may be concluded any more: after a gap, when the lines
  /// are not those that the server has told, or when they and the head counts disagree for the
  /// second time in a row. Then lines and token are forgotten, and the board must be watched anew:
  /// this stream will not tell again what it has told.
  bool Apply(const Message& message);

  /// A new stream begins: its numbers start again, the lines stay.
  void Reconnect() { sequence_ = 0; }

  /// What to ask for next.
  sas::regulation::v1::WatchBoardRequest Request() const;

  /// Since Apply gave up, until the whole board has come.
  bool doubtful() const { return doubtful_; }

  const std::map<std::string, sas::regulation::v1::BoardCard>& cards() const { return cards_; }

  const sas::regulation::v1::BoardCounts& counts() const { return counts_; }

  const google::protobuf::Timestamp& server_time() const { return server_time_; }

  std::int64_t ledger_sequence() const { return ledger_sequence_; }

 private:
  bool Lost() const;
  bool Disagrees() const;
  bool GiveUp();

  const sas::base::Role role_;
  const sas::regulation::v1::WatchBoardRequest request_;
  std::map<std::string, sas::regulation::v1::BoardCard> cards_;
  sas::regulation::v1::BoardCounts counts_;
  std::string token_;
  std::int64_t sequence_ = 0;
  std::int64_t ledger_sequence_ = 0;
  int disagreements_ = 0;  ///< In a row.
  bool doubtful_ = false;
  google::protobuf::Timestamp server_time_;
};

}  // namespace sasctl
