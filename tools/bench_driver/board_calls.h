#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "sas/regulation/v1/regulation_service.grpc.pb.h"
#include "tools/bench_driver/board_bench.h"
#include "tools/bench_driver/board_watchers.h"
#include "tools/bench_driver/histogram.h"

namespace sas::bench {

/// What callers and regulators do: a call is opened, prioritised, claimed, decided and ordered.
/// Thread-safe: each caller has a stub, what they note is shared.
class BoardCalls {
 public:
  struct Figures {
    Histogram acts;           ///< Of each act, from its sending.
    Histogram first;          ///< Of the opening, from the hour at which it was due.
    std::uint64_t vital = 0;  ///< Openings, priorities, claims.
    std::uint64_t vital_in_2s = 0;
    std::uint64_t refused = 0;  ///< Acts that were answered by an error.
    std::uint64_t late = 0;     ///< Calls that no caller was free for within 2 s.
    std::map<std::string, std::uint64_t> refusals;  ///< By reason.
    std::vector<BoardAct> shown;
  };

  explicit BoardCalls(const BoardSetup& setup);

  /// An open loop of `rate` calls a second by `callers` threads. `whole`: to the order; otherwise
  /// the vital acts alone.
  Figures Run(double rate, int seconds, int callers, bool whole);

  /// Dossiers that somebody was told of and that cannot be read.
  std::uint64_t CountLost(const std::vector<BoardAct>& acts) const;

  /// One opening; its milliseconds, negative when it was refused.
  double Probe();

 private:
  class Caller;
  const BoardSetup& setup_;
};

/// One of ten thousand numbers.
std::string BenchNumber(int caller);

/// Credentials of somebody of the room.
std::string RoomToken(const BoardSetup& setup, const std::string& role, int number);

}  // namespace sas::bench
