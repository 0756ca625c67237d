#pragma once

#include <chrono>
#include <string>

#include "absl/status/status.h"
#include "services/slots/seat_values.h"

namespace sas::slots {

/// What a hold is asked with (SeatBook::TakeHold).
struct HoldRequest {
  std::string region;
  std::string slot;
  std::string token;       ///< Fresh chance from the caller; kept when the request is a repeat.
  std::string request_id;  ///< With `holder`: a repeat returns the living hold.
  /// Digest of what is asked without its id, so that the id with another body is no repeat; empty:
  /// not compared (a service of ours asks).
  std::string fingerprint;
  std::string holder, order;
  std::string profession;        ///< TRE_G15 code of the holder, judged again at the confirmation.
  std::string lifted, criteria;  ///< Rules lifted, needs of the patient, by commas; the same.
  std::chrono::milliseconds duration{};
  int holds_max = kHoldsPerHolderMax;  ///< Of the holder.
  int order_holds_max = 0;             ///< Of the holder for this order; 0: not counted.
  std::string organization;            ///< Of the holder; empty: not counted.
  int organization_holds_max = kHoldsPerOrganizationStandard;
  int beyond_max = 0;         ///< Seats beyond those of the slot that may be given; 0: none.
  std::string beyond_reason;  ///< With `beyond_max`: why.
  std::string watch;          ///< That the hold ends with; empty: none.
  /// What speaks against a new hold: a cap that is reached, perhaps by the very hold that this
  /// repeats. A repeat gets its living one all the same, everything else gets this.
  absl::Status refusal;
};

}  // namespace sas::slots
