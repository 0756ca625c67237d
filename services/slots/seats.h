#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "common/base/clock.h"

namespace sas::slots {

inline constexpr std::chrono::seconds kHoldStandard{120};
inline constexpr std::chrono::seconds kHoldMin{10};
inline constexpr std::chrono::seconds kHoldMax{120};
inline constexpr std::chrono::minutes kHoldTotalMax{10};   ///< All renewals together (hazard H-25).
inline constexpr std::chrono::seconds kPrepareMax{60};     ///< Ledger write must be done by then.
inline constexpr int kHoldsPerHolderMax = 3;

/// A live hold.
struct Hold {
  std::string slot;
  int seat = 0;
  std::string token;
  std::string holder;      ///< Subject of the operator.
  std::string order;       ///< May be empty.
  std::int64_t fence = 0;  ///< Grows with each hold of the region; survives a flush (epoch above it).
  base::Instant expire{};
  base::Instant renew_limit{};
};

/// A seat's hot state.
struct SeatState {
  enum class Kind { kFree, kHeld, kPrepared, kTaken };
  Kind kind = Kind::kFree;
  base::Instant expire{};    ///< For kHeld and kPrepared.
  std::string appointment;   ///< For kPrepared and kTaken.
};

/// A change of a slot's seats, as the change stream carries it.
struct SeatChange {
  std::string slot;
  int free_seats = 0;
  base::Instant hold_expire{};
};

/// Hot availability: who has which seat now. Lives in Redis and can be lost at any time; the caller
/// rebuilds it from the ledger. Every transition is one Lua script. Time is an argument, so that
/// expiry follows the injected clock and not Redis' own.
class SeatBook {
 public:
  virtual ~SeatBook() = default;

  struct HoldRequest {
    std::string region;
    std::string slot;
    std::string token;       ///< Fresh chance from the caller; kept when the request is a repeat.
    std::string request_id;  ///< With `holder`: a repeat returns the living hold.
    std::string holder;
    std::string order;
    std::chrono::milliseconds duration{};
  };

  /// FAILED_PRECONDITION `NO_FREE_SEAT` (with `free_at` when a hold will end), `SLOT_NOT_OPEN` when the
  /// slot is not in the book (withdrawn, unstaffed, past), RESOURCE_EXHAUSTED `TOO_MANY_HOLDS`;
  /// UNAVAILABLE `AVAILABILITY_REBUILDING` while the epoch does not match.
  virtual absl::StatusOr<Hold> TakeHold(const base::Call& call, const HoldRequest& request) = 0;
  /// FAILED_PRECONDITION `HOLD_LOST`.
  virtual absl::StatusOr<Hold> RenewHold(const base::Call& call, std::string_view region,
                                         std::string_view slot, std::string_view token,
                                         std::string_view holder,
                                         std::chrono::milliseconds duration) = 0;
  /// OK also when the hold has ended.
  virtual absl::Status ReleaseHold(const base::Call& call, std::string_view region,
                                   std::string_view slot, std::string_view token,
                                   std::string_view holder) = 0;
  /// Held → prepared for `appointment`; idempotent for it. FAILED_PRECONDITION `HOLD_LOST`.
  virtual absl::StatusOr<Hold> Prepare(const base::Call& call, std::string_view region,
                                       std::string_view slot, std::string_view token,
                                       std::string_view holder, std::string_view appointment) = 0;
  /// What booking's ledger says: taken by, or freed by, `appointment`. Always wins over holds.
  /// True when it had an effect.
  virtual absl::StatusOr<bool> Commit(const base::Call& call, std::string_view region,
                                      std::string_view slot, int seat,
                                      std::string_view appointment, bool taken) = 0;
  /// Frees what has expired, at most `limit`, and publishes the changes. Returns how many.
  virtual absl::StatusOr<int> Sweep(const base::Call& call, std::string_view region, int limit) = 0;

  /// Seats of a slot now.
  virtual absl::StatusOr<std::vector<SeatState>> Look(const base::Call& call,
                                                      std::string_view region,
                                                      std::string_view slot) = 0;
};

}  // namespace sas::slots
