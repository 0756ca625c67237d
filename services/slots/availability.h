#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "common/base/call.h"
#include "common/base/clock.h"
#include "common/rpc/server.h"
#include "services/slots/book_verdict.h"
#include "services/slots/metrics.h"
#include "services/slots/projection.h"
#include "services/slots/region_view.h"
#include "services/slots/seats.h"
#include "services/slots/store.h"
#include "services/slots/worker.h"

namespace sas::slots {

/// Keeps Redis what the ledger says. Redis may be flushed, restarted empty or rewound to an old
/// dump at any time: each look compares the book's epoch with the ledger's, its seat sequence with
/// the ledger's, and its fence with the highest seen. A load runs under a new epoch that was taken
/// from the ledger by compare-and-set, so of several replicas one loads and the others adopt.
/// Thread-safe.
class Availability {
 public:
  static constexpr std::chrono::milliseconds kLook{500};
  /// A replica that takes an epoch begins its load within milliseconds; after this it is dead.
  static constexpr std::chrono::milliseconds kTakeover{1000};
  /// A commit is in the ledger before it is in Redis. Under load a batch of 500 takes hundreds of
  /// milliseconds: a book that is behind for longer than this has lost it.
  static constexpr std::chrono::milliseconds kCommitInFlight{2000};
  /// A load shows itself many times a second; one that has not for so long may be dead, and who
  /// starts then serves from the ledger alone rather than not at all.
  static constexpr std::chrono::milliseconds kLoadSeen{2000};
  /// A writer of the directory waits so long to see his own work in searches.
  static constexpr std::chrono::milliseconds kShowMax{2000};
  static constexpr std::chrono::milliseconds kAnswerMargin{100};

  struct Options {
    int horizon_days = 21;  ///< Today counts.
    bool sole = false;      ///< SQLite: a load that is not ours is a dead one's.
  };

  /// Health parts "redis" (optional) and "projection" (required) are this object's.
  Availability(Options options, SlotsStore& store, SeatBook& book, Projection& projection,
               rpc::Health& health, SlotsMetrics& metrics, const base::Clock& clock);
  ~Availability();  ///< Stops.

  /// One look at every region of the ledger, and what follows from it.
  absl::Status Look(const base::Call& call);

  /// Looks each kLook and when woken, on a thread of its own.
  void Start();
  void Stop();
  /// Look at once. Any thread; never blocks.
  void Wake();

  /// After a commit to the directory: returns when this process shows what the ledger has by now,
  /// after kShowMax, or kAnswerMargin before the caller gives up, who has to hear of his commit.
  void Show(const base::Call& caller, const std::string& region);

 private:
  struct Known {
    std::int64_t seen_fence = 0;
    std::int64_t lagging_sequence = 0;
    base::Instant lagging_since{};  ///< When the book was first seen behind lagging_sequence.
    std::int64_t ledger_epoch = 0;  ///< At the last look.
    base::Instant taken_over_at{};  ///< When another's new epoch was seen.
    std::int64_t failed_load = 0;   ///< Epoch of our own load that did not end.
    bool failed_refresh = false;    ///< A refresh of our own did not end.
    bool awaited = false;           ///< Another replica's load, which is at work, at the last look.
    std::int64_t ledger_sequence = 0;  ///< At the last look.
    std::int64_t shown_behind = 0;     ///< Directory of the book that our view had not at a look.
    base::Instant shown_behind_since{};
  };

  void Hear(const absl::Status& redis);
  void TellReady(const std::vector<std::string>& regions);
  absl::Status LookAt(const base::Call& call, const std::string& region);
  static void Remember(Known& known, const Standing& standing, const Decision& decision);
  absl::Status Rebuild(const base::Call& call, const std::string& region, const Decision& decision,
                       const Standing& standing);
  /// Opens in the book what the picture of a region has; adds how many slots these are to `count`.
  absl::StatusOr<Picture> OpenAll(const base::Call& call, const Load& load,
                                  const RegionLedger& ledger, std::int64_t& count);

  /// What a refresh has done so far.
  struct Refreshed {
    std::int64_t sites = 0;
    std::int64_t slots = 0;
    std::int64_t orphans = 0;
  };

  /// Brings the sites that changed since the book's directory into the book.
  absl::Status RefreshBook(const base::Call& call, const std::string& region,
                           const Standing& standing, const std::vector<std::string>& sites);
  /// The same of at most kSiteChangesMax, of what the ledger has by now. False when the refresh is
  /// another's by now.
  absl::StatusOr<bool> RefreshSites(const base::Call& call, const Refresh& claim,
                                    const std::vector<std::string>& sites, Refreshed& done);
  absl::StatusOr<std::vector<SitePicture>> MakePictures(const RegionLedger& ledger,
                                                        const std::vector<std::string>& sites);
  absl::StatusOr<std::vector<SitePicture>> ReadPictures(const base::Call& call,
                                                        const std::string& region,
                                                        const std::vector<std::string>& sites);
  /// What the stream told while nobody listened: gives it to the follower to read.
  absl::Status ShowLatest(const base::Call& call, const std::string& region, const RegionView& view,
                          const BookState& book);
  /// `sites` alone, or all of the region when empty.
  absl::Status CatchUp(const base::Call& call, const std::string& region,
                       const RegionLedger& before, const std::vector<std::string>& sites);
  absl::Status Adopt(const base::Call& call, const std::string& region, const BookState& book);
  absl::Status AdoptAll(const base::Call& call, const std::string& region, const BookState& book);
  /// A view of the ledger alone, when the book cannot be asked and there is none of today's
  /// directory.
  absl::Status Substitute(const base::Call& call, const std::string& region,
                          const RegionState& ledger);
  absl::StatusOr<RegionLedger> Read(const base::Call& call, const std::string& region);
  absl::Status Publish(const base::Call& call, const std::string& region, Picture picture,
                       std::int64_t epoch);

  const Options options_;
  SlotsStore& store_;
  SeatBook& book_;
  Projection& projection_;
  rpc::Health& health_;
  SlotsMetrics& metrics_;
  const base::Clock& clock_;
  std::mutex look_mutex_;  ///< One look at a time.
  bool begun_ = false;     ///< Has been ready once: from then on a view is enough.
  std::map<std::string, Known, std::less<>> known_;
  std::mutex worker_mutex_;
  std::unique_ptr<Worker> worker_;
  std::uint64_t feed_subscription_ = 0;
};

}  // namespace sas::slots
