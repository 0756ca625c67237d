#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "tools/bench_driver/histogram.h"

namespace sas::bench {

/// An act that was acknowledged: from then on every board must show this version of the row, or a
/// later one.
struct BoardAct {
  std::string name;
  std::int64_t version = 0;
  std::uint64_t sent_ns = 0;
};

/// Many consoles that watch one territory and note when they were shown what.
class BoardWatchers {
 public:
  /// `token_of` gives the credentials of watcher i.
  BoardWatchers(const std::string& address, const std::string& region,
                const std::vector<std::string>& tokens);
  ~BoardWatchers();
  BoardWatchers(const BoardWatchers&) = delete;
  BoardWatchers& operator=(const BoardWatchers&) = delete;

  /// Waits until each has its first message; false after `seconds`.
  bool AwaitFirst(int seconds) const;

  /// From now on they read, and note nothing: five hundred notebooks of a surge would take more of
  /// this machine than the service that is measured.
  void StopNoting() { noting_ = false; }

  /// Ends all; nothing is noted afterwards.
  void Stop();

  /// From the sending of each act until each board showed it. Acts that a board never showed count
  /// in `missing`.
  Histogram Delays(const std::vector<BoardAct>& acts, std::uint64_t& missing) const;

  std::uint64_t messages() const;
  std::uint64_t broken() const;  ///< Streams that ended by themselves, or whose numbers had a gap.
  /// Of the few boards that are kept whole, those that once had other lines than the service said.
  std::uint64_t disagreeing() const;

 private:
  class Reader;
  std::atomic<bool> noting_{true};
  std::vector<std::unique_ptr<Reader>> readers_;
};

}  // namespace sas::bench
