#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "common/base/clock.h"
#include "services/regulation/store.h"

/// What somebody has in hand goes back to the queue when he leaves, with its age (hazard H-11).
namespace sas::regulation {

inline constexpr int kReleasedMax = 200;  ///< Of each kind, in one transaction.

/// Names of what one person has in hand, at most kReleasedMax of each kind.
struct Held {
  std::vector<std::string> cases;
  std::vector<std::string> orders;
  std::vector<std::string> lost_calls;

  std::size_t size() const { return cases.size() + orders.size() + lost_calls.size(); }
};

/// Of everybody in the region, by subject.
absl::StatusOr<std::map<std::string, Held>> HeldIn(RegulationTransaction& transaction,
                                                   const std::string& region, base::Instant now);

/// Gives back what of `held` is still his. `how` stands in each audit record, `note` in each
/// thread; both may be empty.
absl::StatusOr<Held> ReleaseHeld(RegulationTransaction& transaction, const base::Call& call,
                                 base::Instant now, const std::string& subject, const Held& held,
                                 const std::string& how, const std::string& note);

}  // namespace sas::regulation
