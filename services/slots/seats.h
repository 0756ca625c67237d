#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "common/base/clock.h"
#include "services/slots/hold_request.h"
#include "services/slots/seat_values.h"

namespace sas::slots {

using SeatsOfSlots = std::vector<absl::StatusOr<std::vector<SeatState>>>;

/// Hot availability: who has which seat now. Lives in Redis and can be lost at any time; the caller
/// rebuilds it from the ledger. Every transition is one Lua script. Time is an argument, so that
/// expiry follows the injected clock and not Redis' own.
///
/// A book belongs to an epoch of the ledger. While what it holds is not of the expected epoch,
/// every transition is refused with UNAVAILABLE `AVAILABILITY_REBUILDING`.
class SeatBook {
 public:
  virtual ~SeatBook() = default;

  using HoldRequest = slots::HoldRequest;

  /// FAILED_PRECONDITION `NO_FREE_SEAT` (with `free_at` when a hold will end), `SLOT_NOT_OPEN` when
  /// the slot is not in the book, `ORDER_HELD` when the holder has as many for this order; of a
  /// seat beyond those of the slot `SEATS_ARE_FREE`, `SUPERNUMERARY_EXHAUSTED`. RESOURCE_EXHAUSTED
  /// `TOO_MANY_HOLDS`, of the organization `HOLD_QUOTA`. INVALID_ARGUMENT `REQUEST_ID_REUSED` when
  /// the living hold of this id has another fingerprint or slot; it stays as it is. `refusal` when
  /// the request has one and no living hold.
  virtual absl::StatusOr<Hold> TakeHold(const base::Call& call, const HoldRequest& request) = 0;

  /// FAILED_PRECONDITION `HOLD_LOST`. A prepared seat keeps its expiry.
  virtual absl::StatusOr<Hold> RenewHold(const base::Call& call, const HoldKey& hold,
                                         std::chrono::milliseconds duration) = 0;

  /// OK also when the hold has ended. A prepared seat stays: the ledger's word frees it, and for
  /// everybody then.
  virtual absl::Status ReleaseHold(const base::Call& call, const HoldKey& hold) = 0;

  /// What `holder` holds under a watch that has ended; a prepared seat stays. Returns how many.
  virtual absl::StatusOr<int> ReleaseWatched(const base::Call& call, std::string_view region,
                                             const std::string& holder,
                                             const std::string& watch) = 0;
  /// The same for what is held for orders that were stopped, whoever holds it (H-14).
  virtual absl::StatusOr<int> ReleaseOrders(const base::Call& call, std::string_view region,
                                            const std::vector<std::string>& orders) = 0;
  /// Gives a held seat to another holder, same token, same end; to the same one it only looks. A
  /// prepared seat stays with who confirms. FAILED_PRECONDITION `HOLD_LOST`.
  virtual absl::StatusOr<Hold> HandOver(const base::Call& call, const HoldKey& hold,
                                        std::string_view new_holder) = 0;

  // For many at once: one exchange, each its own answer in the order asked; a fault is that of all.
  /// Living holds as they are. FAILED_PRECONDITION `HOLD_LOST`.
  virtual std::vector<absl::StatusOr<Hold>> FindHolds(const base::Call& call,
                                                      const std::vector<HoldKey>& holds) = 0;

  /// Held → prepared for its appointment; idempotent for it. FAILED_PRECONDITION `HOLD_LOST`.
  virtual std::vector<absl::StatusOr<Hold>> PrepareAll(const base::Call& call,
                                                       const std::vector<Preparation>& seats) = 0;

  /// What booking's ledger says. Always wins over holds; idempotent; a fact older than the last one
  /// of the seat is ignored, and so is a freeing by one who does not have it. A freed seat that was
  /// prepared is held again as before, for what is left of its hold. True when it had an effect.
  virtual std::vector<absl::StatusOr<bool>> CommitAll(const base::Call& call,
                                                      const std::vector<SeatFact>& facts) = 0;

  absl::StatusOr<Hold> Prepare(const base::Call& call, const HoldKey& hold,
                               std::string_view appointment) {
    return PrepareAll(call, {{hold, std::string(appointment)}}).front();
  }

  absl::StatusOr<bool> Commit(const base::Call& call, const SeatFact& fact) {
    return CommitAll(call, {fact}).front();
  }

  /// Frees what has expired, at most `limit`, and publishes the changes. Returns how many.
  virtual absl::StatusOr<int> Sweep(const base::Call& call, std::string_view region, int limit) = 0;

  /// Seats of slots of a region now, in their order, in one exchange. FAILED_PRECONDITION
  /// `SLOT_NOT_OPEN` of one.
  virtual SeatsOfSlots LookAll(const base::Call& call, std::string_view region,
                               const std::vector<std::string>& slots) = 0;

  absl::StatusOr<std::vector<SeatState>> Look(const base::Call& call, std::string_view region,
                                              std::string_view slot) {
    return LookAll(call, region, {std::string(slot)}).front();
  }

  /// Free seats of slots, in their order; -1 for a slot that is not open.
  virtual absl::StatusOr<std::vector<SeatChange>> Count(const base::Call& call,
                                                        std::string_view region,
                                                        const std::vector<std::string>& slots) = 0;

  // Loading, by the rebuilder alone (availability.h).
  /// Epoch that transitions of this process stand on from now.
  virtual void Expect(std::string_view region, std::int64_t epoch) = 0;
  /// Called, from any thread, when a transition met another epoch. Must not block.
  virtual void OnStale(std::function<void(const std::string& region)> wake) = 0;
  virtual absl::StatusOr<BookState> State(const base::Call& call, std::string_view region) = 0;
  /// ABORTED `LOAD_SUPERSEDED` (here and below) when a newer load or epoch is there.
  virtual absl::Status BeginLoad(const base::Call& call, const Load& load) = 0;
  /// A slot that is open already keeps its living holds and what it heard after the ledger was
  /// read.
  virtual absl::Status OpenSlots(const base::Call& call, const Load& load,
                                 const std::vector<OpenSlot>& slots) = 0;
  virtual absl::Status FinishLoad(const base::Call& call, const Load& load) = 0;

  // Refreshing some sites, by the rebuilder alone. Any number may be at work, of any replicas, and
  // end half-way: a site never goes back to an older version, and the book's version moves last.
  // ABORTED `LOAD_SUPERSEDED` when the book has another epoch or a load is at work.

  /// True when the refresh is the caller's to do. False when the book has come so far, or another,
  /// up to whatever version, has given a sign of life within kRefreshMax. `take_over` when that
  /// other is known to be dead, or is the caller: false only when a later version is claimed.
  virtual absl::StatusOr<bool> BeginRefresh(const base::Call& call, const Refresh& refresh,
                                            bool take_over) = 0;
  /// `site` (full name) has these slots and no others. One that is open already keeps its living
  /// holds and what it heard after the ledger was read. One that is not among them is closed: it
  /// refuses holds with `SLOT_NOT_OPEN`, and a living hold on it is `HOLD_LOST`. Told in the
  /// stream.
  virtual absl::Status RefreshSite(const base::Call& call, const Refresh& refresh,
                                   std::string_view site, const std::vector<OpenSlot>& slots) = 0;
  /// Every site that changed up to the refresh's version is in; the next may begin. Told in the
  /// stream.
  virtual absl::Status FinishRefresh(const base::Call& call, const Refresh& refresh) = 0;

  // The change stream.
  /// The clock by which changes are `written`: how old one is needs no second clock.
  virtual absl::StatusOr<base::Instant> Time(const base::Call& call) = 0;

  /// Position after the newest change; what happens later comes after it.
  virtual absl::StatusOr<std::string> ChangesHead(const base::Call& call,
                                                  std::string_view region) = 0;
  /// Changes after `position`, at most kChangesMax, waiting up to `wait` for the first.
  /// OUT_OF_RANGE `CHANGES_TRIMMED`: some after it are no more; count anew, from ChangesHead on.
  virtual absl::StatusOr<ChangeBatch> Changes(const base::Call& call, std::string_view region,
                                              std::string_view position,
                                              std::chrono::milliseconds wait) = 0;
};

}  // namespace sas::slots
