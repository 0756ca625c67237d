#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "common/base/clock.h"
#include "common/base/ids.h"
#include "services/booking/refill_metrics.h"
#include "services/booking/regulation_client.h"
#include "services/booking/seat_offer_client.h"
#include "services/booking/store.h"

namespace sas::booking {

/// The file active at work: each turn looks at seats that became free and at the offers that are
/// open; between two turns a look offers what a commit has just freed. One replica works at a time
/// (lease). A turn may be cut off anywhere: what it did outside is a hold, which ends by itself,
/// and names and requests follow from the freed seat and its round, so that the next turn finds its
/// own traces. It makes holds and offers, never an appointment: it has no way to write one (H-28).
/// Used by one thread.
class Refill {
 public:
  static constexpr int kFreedPerTurn = 20;
  static constexpr int kOrdersRead = 200;    ///< Of a region, soonest due first.
  static constexpr int kCandidatesMax = 25;  ///< Judged at once, by two entry points each; the
                                             ///< next ones when none of these can have the seat.
  static constexpr std::chrono::seconds kHold{120};
  /// The slots may not have heard yet that the seat is free.
  static constexpr std::chrono::seconds kNewsMax{10};
  /// Until then a cap may count the appointment that gave the seat up: it is no reason yet.
  static constexpr std::chrono::seconds kCapNews{1};
  /// The slots mostly hear within two hundredths of a second, about when the first try comes to
  /// them; after that each wait is half as long as the seat has been free.
  static constexpr std::chrono::milliseconds kAgainFirst{5};
  static constexpr std::chrono::milliseconds kAgainMax{500};
  static constexpr std::chrono::seconds kLease{8};
  static constexpr std::chrono::seconds kLeaseRenew{6};  ///< With less left; longer than a turn.

  Refill(BookingStore& store, SeatOfferClient& slots, RegulationClient& regulation,
         RefillMetrics& metrics, const base::Clock& clock, base::Random& random);

  /// One look at everything that is open. The first failure, after the others had their turn.
  absl::Status Turn(const base::Call& call);
  /// Only at seats that nobody is asked about now, and of these not at those whose wait lasts:
  /// cheap enough for each commit.
  absl::Status Look(const base::Call& call);
  /// Until a seat that the slots have not heard of is due; nothing when there is none.
  std::optional<std::chrono::milliseconds> AgainIn() const;

 private:
  // An order that may be asked, by one entry point.
  struct Candidate {
    const regulation::v1::CareOrder* order = nullptr;
    sas::type::v1::EntryPoint entry_point = sas::type::v1::ENTRY_POINT_UNSPECIFIED;
    int distance_meters = 0;
  };

  struct Candidates {
    std::vector<Candidate> orders;
    std::string site_display_name;
    bool capped = false;  ///< A day or a week of the slots is full.
  };

  absl::StatusOr<bool> Lease(const base::Call& call);
  /// The open seats that nobody is asked about, and whose wait is over.
  absl::Status ReadDue(BookingTransaction& transaction, std::vector<FreedSeat>& due);
  absl::Status StepAll(const base::Call& call, const std::vector<FreedSeat>& open);
  /// The slots have not heard of the seat yet: it is due again soon.
  absl::Status Later(const FreedSeat& seat);
  absl::Status Step(const base::Call& call, const FreedSeat& seat);
  /// Of an open offer: true when it has ended, one way or another.
  absl::StatusOr<bool> Watch(const base::Call& call, const FreedSeat& seat, OfferRecord& record);
  absl::StatusOr<bool> WatchOrder(const base::Call& call, const FreedSeat& seat,
                                  OfferRecord& record);
  absl::StatusOr<bool> WatchDue(const base::Call& call, const FreedSeat& seat,
                                const OfferRecord& record);
  absl::Status Seek(const base::Call& call, const FreedSeat& seat);
  using Orders = std::vector<const regulation::v1::CareOrder*>;

  /// Who may be asked about the seat, in the order of the file active, before a site is asked.
  absl::StatusOr<Orders> WaitingFor(const base::Call& call, const FreedSeat& seat);
  /// Those of a block whom the rules of the site and the way to it let.
  absl::StatusOr<Candidates> Judge(const base::Call& call, const FreedSeat& seat,
                                   const Orders& block);
  /// To the first of them who can have it: whether the seat is held now. NO_FREE_SEAT, or the
  /// failure of a neighbour.
  absl::StatusOr<bool> OfferToOne(const base::Call& call, const FreedSeat& seat,
                                  const Candidates& candidates);
  absl::StatusOr<bool> Offer(const base::Call& call, const FreedSeat& seat,
                             const Candidate& candidate, const std::string& site_display_name);
  absl::StatusOr<const std::vector<regulation::v1::CareOrder>*> OrdersOf(const base::Call& call,
                                                                         const std::string& region);
  absl::Status End(const base::Call& call, const FreedSeat& seat, const std::string& offer,
                   v1::SeatOffer::State state, std::string_view reason);
  absl::Status Close(const base::Call& call, const FreedSeat& seat, std::string_view reason);
  absl::Status ReadOffer(const base::Call& call, const std::string& name, OfferRecord& record);

  BookingStore& store_;
  SeatOfferClient& slots_;
  RegulationClient& regulation_;
  RefillMetrics& metrics_;
  const base::Clock& clock_;
  const std::string holder_;     ///< This process, for the lease.
  base::Instant lease_until_{};  ///< Zero: never had it.
  /// By the steady clock: another replica has the lease, a look need not ask before.
  std::chrono::nanoseconds lease_ask_{};
  /// When seats are due that the slots had not heard of, by id and the steady clock.
  std::map<std::string, std::chrono::nanoseconds> again_;
  /// Of one turn, by region.
  std::map<std::string, std::vector<regulation::v1::CareOrder>> orders_;
};

}  // namespace sas::booking
