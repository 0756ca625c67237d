#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "common/base/clock.h"
#include "services/slots/feed_ages.h"
#include "services/slots/region_view.h"
#include "services/slots/rotation_keeper.h"
#include "services/slots/seats.h"
#include "services/slots/worker.h"

namespace sas::slots {

/// The regions in memory, as searches see them: views swapped by pointer, kept in step with the
/// book's change stream by one thread for each region.
///
/// Readers take a mutex for the copy of one shared_ptr and nothing else. Seats are stored into the
/// view's index in place; what happens while a batch is applied comes as the next batch: load makes
/// batches larger, not more frequent, and no timer delays a single change.
///
/// When the stream tells of a refreshed site, the same thread reads that one site from the ledger
/// and exchanges it; a view shows a version of the directory when every site of it is in.
///
/// Without Redis a view stays and answers; its `fresh`, the hour before what it shows was read,
/// stops, and the search marks what is older than 30 s as not verified. Thread-safe.
class Projection {
 public:
  static constexpr std::chrono::milliseconds kWait{1000};  ///< Longest silence of a healthy feed.
  /// Sites read between two readings of the stream: changes of seats wait for so few.
  static constexpr std::size_t kSitesPerTurn = 16;
  /// For the ledger to give them; then the next turn goes on, and tries again after kReadPause.
  static constexpr std::chrono::milliseconds kReadBudget{500};
  static constexpr std::chrono::milliseconds kReadPause{1000};

  /// Reads sites (full names) of a region from the ledger: one picture for each name.
  using ReadSites = std::function<absl::StatusOr<std::vector<SitePicture>>(
      const base::Call& call, const std::string& region, const std::vector<std::string>& sites)>;

  Projection(SeatBook& book, const base::Clock& clock) : book_(book), clock_(clock) {}

  ~Projection();  ///< Stops.

  /// Null for a region that is not projected, which says nothing while `complete` is false.
  std::shared_ptr<const RegionView> Find(std::string_view region) const;
  std::vector<std::string> Regions() const;

  /// Whether every region of the ledger is here; said by who loads them.
  void SetComplete(bool complete) { complete_ = complete; }

  bool complete() const { return complete_; }

  /// Takes a view over. `position` in the change stream: what comes after it is applied.
  void Install(const std::string& region, RegionView view, const std::string& position);

  /// The book is not the ledger's: until the next Install or Vouch, hearing from it proves nothing.
  void Distrust(std::string_view region);

  /// The book has been held against the ledger and is of the view's epoch: what it says counts.
  void Vouch(std::string_view region, std::int64_t epoch);

  /// One reading of the region's stream, waiting up to `wait` for the first change. After a failure
  /// it may be the stream of another book (an old dump, an empty start): nothing is read before it
  /// is vouched for, and then every slot is counted anew, since it may have been cut meanwhile.
  absl::Status Follow(const base::Call& call, const std::string& region,
                      std::chrono::milliseconds wait);

  /// Who vouches for agendas that live elsewhere: shared by all views.
  FeedAges& feeds() { return feeds_; }

  const FeedAges& feeds() const { return feeds_; }

  /// Called, from any thread, when the stream tells of an epoch that is not the view's.
  void OnEpoch(std::function<void()> wake);

  /// Called when a region has got another view, from the thread that made it. Must not block.
  void OnExchange(std::function<void(const std::string& region)> listener);

  /// Called with the seconds from a change's writing to its exchange, by the book's clock alone.
  void OnAge(std::function<void(double seconds)> listener);

  /// How the sites that a refresh has changed are read. Called by the followers.
  void OnSites(ReadSites read);

  /// The follower reads `sites` again, and the view is of version `directory` then: for what the
  /// stream told while nobody listened. Nothing while the follower has sites to read.
  void Reread(std::string_view region, const std::vector<std::string>& sites,
              std::int64_t directory);

  /// Waits until the region shows a version of the directory, or for `wait`. True when it does.
  bool AwaitDirectory(std::string_view region, std::int64_t directory,
                      std::chrono::milliseconds wait) const;

  void Start();  ///< From now on each installed region has a thread that follows.
  void Stop();   ///< Idempotent.

  double AgeSeconds() const;  ///< Of the feed heard longest ago; 0 without regions.
  double FreeSeats() const;   ///< That start from now on, over all regions.

 private:
  struct Region {
    std::shared_ptr<const RegionView> view;
    std::string position;
    std::int64_t installed = 0;  ///< Grows with Install: a batch read before one is dropped.
    bool trusted = false;        ///< What is heard is the book that the ledger knows.
    bool gap = false;            ///< The last reading failed.
    std::set<std::string, std::less<>> overdue;  ///< Sites to be read from the ledger.
    bool reading = false;                        ///< Some were taken out and are not in yet.
    std::string last_read;                       ///< The next are after it: each has its turn.
    std::int64_t overdue_directory = 0;          ///< What the view shows when none is left.
    std::chrono::nanoseconds retry_at{};         ///< Not before; on Clock::Steady().
    std::shared_ptr<RotationKeeper> rotation;    ///< Of the thread that follows.
    std::unique_ptr<Worker> worker;
  };

  bool Due(const Region& region) const;
  absl::Status Lose(const std::string&, std::int64_t installed, absl::Status, std::string next);
  std::vector<std::string> TakeOverdueLocked(Region& region) const;
  absl::Status ExchangeSites(const base::Call& call, const std::string& name,
                             const std::vector<std::string>& sites, RegionView& view);
  absl::Status Recount(const base::Call& call, const std::string& region);
  void TellAges(const base::Call& call, const std::vector<SeatChange>& changes);
  void StartLocked(const std::string& name, Region& region);

  SeatBook& book_;
  const base::Clock& clock_;
  FeedAges feeds_;
  std::atomic<bool> complete_{true};
  mutable std::mutex mutex_;
  mutable std::condition_variable shown_;  ///< A view was exchanged.
  std::map<std::string, Region, std::less<>> regions_;
  std::function<void()> wake_;
  std::function<void(const std::string&)> listener_;
  std::function<void(double)> age_;
  ReadSites read_sites_;
  bool started_ = false;
};

}  // namespace sas::slots
