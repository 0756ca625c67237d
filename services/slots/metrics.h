#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "common/observe/metrics.h"

namespace sas::slots {

/// What the service counts beside its RPCs. Label sets are closed lists: a word that is not in its
/// list counts as "other". Thread-safe.
class SlotsMetrics {
 public:
  explicit SlotsMetrics(observe::Metrics& metrics);

  /// Why a region was loaded anew: start, flush, epoch, rewind, directory, horizon.
  void Rebuilt(std::string_view cause, double seconds);
  /// Changed sites were brought in without a load.
  void Refreshed(double seconds);
  void Epoch(std::string_view region, double epoch);
  /// Outcome of a HoldSlot by its status: held, a reason in lower case, refused_by_rule for the
  /// rules of sites, other.
  void HoldAsked(absl::StatusCode code, std::string_view reason);
  /// Place in the list, from 1, of a slot that was held; 0 when it was in none (H-54).
  void Chosen(int list_rank);
  /// A change of seats is in this replica's answers, so long after it was written.
  void ChangeShown(double seconds);
  void Searched(double matches);
  /// An appointment above the daily soft cap of its site was let through (S2-26).
  void SoftCapPassed();
  /// Gini coefficient of a SAS territory's load relative to its shares, 0 to 1.
  void LoadGini(std::string_view territory, double gini);

 private:
  observe::Metrics& metrics_;
};

}  // namespace sas::slots
