#pragma once

#include <string>
#include <vector>

/// What the slots believe of seats, held against booking's ledger, which alone is the truth.
namespace sas::booking {

/// A seat that is taken.
struct TakenSeat {
  std::string slot;
  int seat = 0;
  std::string appointment;
};

/// One seat on which the slots are wrong.
struct SeatDrift {
  enum class Kind {
    kMissing,  ///< Sold, and offered to others: each hold of it ends in a refusal.
    kGhost,    ///< Free, and kept from everybody.
    kOther     ///< Taken, and the slots name another appointment.
  };
  Kind kind = Kind::kMissing;
  std::string slot;
  int seat = 0;
  std::string appointment;  ///< The ledger's; of a ghost the slots'.

  friend bool operator==(const SeatDrift& a, const SeatDrift& b) {
    return a.kind == b.kind && a.slot == b.slot && a.seat == b.seat &&
           a.appointment == b.appointment;
  }
};

/// In the order of slot and seat.
std::vector<SeatDrift> CompareSeats(std::vector<TakenSeat> ledger, std::vector<TakenSeat> slots);

/// What both lists have, each as CompareSeats gives it: what was on its way between two looks is
/// none of it.
std::vector<SeatDrift> Lasting(const std::vector<SeatDrift>& before,
                               const std::vector<SeatDrift>& after);

/// Those of `drifts` that are not in `known`.
std::vector<SeatDrift> Without(const std::vector<SeatDrift>& drifts,
                               const std::vector<SeatDrift>& known);

}  // namespace sas::booking
