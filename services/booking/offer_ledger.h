#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/clock.h"
#include "sas/booking/v1/appointment.pb.h"
#include "sas/booking/v1/refill_service.pb.h"

namespace sas::booking {

/// A seat that became free and that waiting orders are asked about, one after the other.
struct FreedSeat {
  std::string id;  ///< Of the change that freed it: a repeat of it frees nothing twice.
  std::string region;
  std::string slot;
  std::string care_order;  ///< Whose it was; never offered to that one again. May be empty.
  std::string cause;       ///< CANCELLED, MOVED, NOT_CONFIRMED, REOPENED.
  base::Instant start{};
  base::Instant freed{};
  int rounds = 0;     ///< Offers made.
  std::string offer;  ///< Name of the last one; empty before the first.
  bool open = true;
  std::string end_reason;  ///< TOO_LATE, ROUNDS, NOBODY, GONE, TAKEN.
};

/// An offer with what the ledger alone knows of it.
struct OfferRecord {
  v1::SeatOffer offer;  ///< With its token.
  std::string freed_seat;
};

struct OfferQuery {
  std::string region;
  std::vector<std::string> territories;  ///< Empty: all.
  bool include_ended = false;
  std::optional<std::pair<base::Instant, std::string>> after;  ///< Creation, name.
  int limit = 0;
};

/// The tables of refill, inside one transaction of the store. Not thread-safe.
class OfferLedger {
 public:
  virtual ~OfferLedger() = default;

  /// Does nothing when the id is known.
  virtual absl::Status AddFreed(const FreedSeat& seat) = 0;
  /// NOT_FOUND `FREED_SEAT_NOT_FOUND`.
  virtual absl::StatusOr<FreedSeat> GetFreed(const std::string& id) = 0;
  virtual absl::Status PutFreed(const FreedSeat& seat) = 0;
  /// Open ones, oldest first, at most `limit`.
  virtual absl::StatusOr<std::vector<FreedSeat>> OpenFreed(int limit) = 0;

  /// NOT_FOUND `OFFER_NOT_FOUND`.
  virtual absl::StatusOr<OfferRecord> GetOffer(const std::string& name) = 0;
  /// Creates or replaces.
  virtual absl::Status PutOffer(const OfferRecord& record) = 0;
  /// Newest first.
  virtual absl::StatusOr<std::vector<OfferRecord>> ListOffers(const OfferQuery& query) = 0;
  /// Orders that are not to be asked about this seat: those that have been, and those of the region
  /// that have another offer open.
  virtual absl::StatusOr<std::vector<std::string>> AskedOrders(const FreedSeat& seat) = 0;

  /// The live appointment of an order, as `{name, slot}`.
  virtual absl::StatusOr<std::optional<std::pair<std::string, std::string>>> LiveOfOrder(
      const std::string& care_order) = 0;

  /// Open offers.
  virtual absl::StatusOr<std::int64_t> CountMade() = 0;
  /// Forgets freed seats that ended, and their offers, when freed before `before`; at most `limit`.
  virtual absl::Status PurgeFreed(base::Instant before, int limit) = 0;

  /// True when `holder` has the work until `until`: it had it, or nobody has it at `now`.
  virtual absl::StatusOr<bool> LeaseRefill(const std::string& holder, base::Instant now,
                                           base::Instant until) = 0;
};

absl::Status FreedSeatNotFound(const std::string& id);
absl::Status OfferNotFound(const std::string& name);

}  // namespace sas::booking
