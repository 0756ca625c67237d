#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/clock.h"
#include "services/slots/seats.h"

namespace sas::slots {

/// SeatBook in memory: the fake that passes the same contract suite as the one on Redis.
/// Thread-safe.
class MemorySeatBook final : public SeatBook {
 public:
  explicit MemorySeatBook(const base::Clock& clock) : clock_(clock) {}

  absl::StatusOr<Hold> TakeHold(const base::Call& call, const HoldRequest& request) override;
  absl::StatusOr<Hold> RenewHold(const base::Call& call, const HoldKey& hold,
                                 std::chrono::milliseconds duration) override;
  absl::Status ReleaseHold(const base::Call& call, const HoldKey& hold) override;
  absl::StatusOr<int> ReleaseWatched(const base::Call& call, std::string_view region,
                                     const std::string& holder, const std::string& watch) override;
  absl::StatusOr<int> ReleaseOrders(const base::Call& call, std::string_view region,
                                    const std::vector<std::string>& orders) override;
  absl::StatusOr<Hold> HandOver(const base::Call& call, const HoldKey& hold,
                                std::string_view new_holder) override;
  std::vector<absl::StatusOr<Hold>> FindHolds(const base::Call& call,
                                              const std::vector<HoldKey>& holds) override;
  std::vector<absl::StatusOr<Hold>> PrepareAll(const base::Call& call,
                                               const std::vector<Preparation>& seats) override;
  std::vector<absl::StatusOr<bool>> CommitAll(const base::Call& call,
                                              const std::vector<SeatFact>& facts) override;
  absl::StatusOr<int> Sweep(const base::Call& call, std::string_view region, int limit) override;
  SeatsOfSlots LookAll(const base::Call& call, std::string_view region,
                       const std::vector<std::string>& slots) override;
  absl::StatusOr<std::vector<SeatChange>> Count(const base::Call& call, std::string_view region,
                                                const std::vector<std::string>& slots) override;

  void Expect(std::string_view region, std::int64_t epoch) override;
  void OnStale(std::function<void(const std::string& region)> wake) override;
  absl::StatusOr<BookState> State(const base::Call& call, std::string_view region) override;
  absl::Status BeginLoad(const base::Call& call, const Load& load) override;
  absl::Status OpenSlots(const base::Call& call, const Load& load,
                         const std::vector<OpenSlot>& slots) override;
  absl::Status FinishLoad(const base::Call& call, const Load& load) override;
  absl::StatusOr<bool> BeginRefresh(const base::Call& call, const Refresh& refresh,
                                    bool take_over) override;
  absl::Status RefreshSite(const base::Call& call, const Refresh& refresh, std::string_view site,
                           const std::vector<OpenSlot>& slots) override;
  absl::Status FinishRefresh(const base::Call& call, const Refresh& refresh) override;

  absl::StatusOr<base::Instant> Time(const base::Call& call) override;
  absl::StatusOr<std::string> ChangesHead(const base::Call& call, std::string_view region) override;
  absl::StatusOr<ChangeBatch> Changes(const base::Call& call, std::string_view region,
                                      std::string_view position,
                                      std::chrono::milliseconds wait) override;

  /// Forgets everything, as FLUSHALL does. For tests.
  void FlushForTest();
  /// While true every method answers UNAVAILABLE `REDIS_UNAVAILABLE`. For tests.
  void SetDownForTest(bool down);

 private:
  absl::StatusOr<Hold> PrepareOne(const Preparation& seat);
  absl::StatusOr<bool> CommitOne(const SeatFact& fact);

  struct Seat {
    SeatState state;
    std::string token, holder, order, profession, lifted, criteria, request_id, fingerprint,
        organization, beyond_reason, watch;
    std::int64_t fence = 0;
    base::Instant renew_limit{};
    base::Instant held_until{};  ///< Of a prepared one: when its hold would have ended.
    std::int64_t sequence = 0;   ///< Of the last fact heard of this seat; outlives its owner.

    void Vacate(std::int64_t heard) {
      *this = Seat();
      sequence = heard;
    }
  };

  struct Slot {
    std::int64_t epoch = 0;
    std::int64_t version = 0;  ///< Of the directory, when a refresh opened it.
    int seats = 0;
    base::Instant start{};
    std::vector<Seat> all;  ///< `seats` of them, or more when some beyond are taken.
    std::pair<int, base::Instant> settled{-1, {}};
  };

  using Change = std::variant<SeatChange, SiteChange>;

  struct Region {
    BookState state;
    std::map<std::string, Slot, std::less<>> slots;
    /// Version that each refreshed site is of: its slots of an older one are closed.
    std::map<std::string, std::int64_t, std::less<>> sites;
    std::int64_t refreshing = 0;  ///< Version of a refresh at work, since then.
    base::Instant refreshing_since{};
    std::deque<Change> changes;
    std::int64_t changes_base = 0;  ///< Number of the first change that is kept.
  };

  static std::pair<int, base::Instant> Summary(const Slot& slot, base::Instant now);
  static void Publish(Region& region, const std::string& name, Slot& slot, base::Instant now);
  static void Tell(Region& region, Change change);
  static bool IsOpen(const Region& region, std::string_view name, const Slot& slot);
  /// Gives back the held seats of which this is true. Returns how many.
  absl::StatusOr<int> ReleaseIf(std::string_view region,
                                const std::function<bool(const Seat&)>& ends);
  /// Opens a slot as the ledger had it when it was read at `seat_sequence`.
  void Open(Region& region, const OpenSlot& opened, std::int64_t epoch, std::int64_t version,
            std::int64_t seat_sequence);
  /// The region when a refresh of this epoch may go on.
  absl::StatusOr<Region*> RefreshableLocked(const Refresh& refresh);
  static Slot* FindSlot(Region& region, std::string_view name);
  Seat* FindHold(Slot& slot, const HoldKey& hold) const;
  static Hold ToHold(std::string_view name, const Slot& slot, const Seat& seat);
  /// Slots of the living holds of which this is true, one for each.
  std::vector<std::string> HoldsIf(const Region& region,
                                   const std::function<bool(const Seat&)>& counts) const;
  /// The living hold of this request, or null; `REQUEST_ID_REUSED` when its body is another.
  absl::StatusOr<const Seat*> RepeatedLocked(const Region& region,
                                             const HoldRequest& request) const;
  absl::Status CheckHoldsLocked(const Region& region, const HoldRequest& request) const;
  /// The seat to give, among those of the slot or beyond them.
  absl::StatusOr<Seat*> ChooseLocked(Slot& slot, const HoldRequest& request) const;
  /// The region when its epoch is the expected one.
  absl::StatusOr<Region*> OpenLocked(std::unique_lock<std::mutex>& lock, std::string_view region);
  absl::Status UpLocked() const;

  const base::Clock& clock_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, Region, std::less<>> regions_;
  std::map<std::string, std::int64_t, std::less<>> expected_;
  std::function<void(const std::string&)> wake_;
  bool down_ = false;
};

}  // namespace sas::slots
