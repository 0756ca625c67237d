#pragma once

#include <grpcpp/grpcpp.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

#include "tools/bench_driver/board_bench.h"

namespace sas::bench {

/// What an anxious room and a curious administration ask in a surge, all of which may be refused
/// before any vital act is: lists, lists of ended dossiers, reports, searches for repeat calls. The
/// surge is declared for as long as it flows, as a supervisor does. Stop before the setup goes.
class BoardFlood {
 public:
  struct Reads {
    const char* name = "";  ///< "searches"
    std::atomic<std::uint64_t> answered{0};
    std::atomic<std::uint64_t> shed{0};    ///< RESOURCE_EXHAUSTED.
    std::atomic<std::uint64_t> failed{0};  ///< Anything else: not answered in time.
  };

  /// Throws when the surge cannot be declared.
  explicit BoardFlood(const BoardSetup& setup);
  ~BoardFlood();
  BoardFlood(const BoardFlood&) = delete;
  BoardFlood& operator=(const BoardFlood&) = delete;

  /// Ends the surge, too. Idempotent.
  void Stop();

  const std::array<Reads, 4>& reads() const { return reads_; }

 private:
  void Read(std::size_t kind, int number, const std::shared_ptr<grpc::Channel>& channel);

  const BoardSetup& setup_;
  std::array<Reads, 4> reads_;
  std::atomic<bool> over_{false};
  std::vector<std::thread> readers_;
};

}  // namespace sas::bench
