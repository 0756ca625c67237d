#pragma once

#include <map>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "common/base/call.h"
#include "common/base/clock.h"
#include "services/slots/partner_metrics.h"
#include "services/slots/store.h"

namespace sas::slots {

/// Holds our appointments in agendas of platforms against what the platforms say of their seats
/// (hazard H-40). A seat of ours that the source still offers at two looks in a row is unknown
/// there: a person asks. Nothing is changed by it: neither side's word is worth more. Used by one
/// thread.
class PartnerCompare {
 public:
  /// Of one look, named in the log; all are counted.
  static constexpr int kNamedMax = 20;

  PartnerCompare(SlotsStore& store, PartnerMetrics& metrics, const base::Clock& clock)
      : store_(store), metrics_(metrics), clock_(clock) {}

  /// One look at all regions.
  absl::Status Run(const base::Call& call);

 private:
  struct Unknown {
    std::string partner;
    int seats = 0;
  };

  using BySlot = std::map<std::string, Unknown>;

  absl::Status Look(SlotsTransaction& transaction, const std::string& region, base::Instant now,
                    BySlot& unknown) const;

  SlotsStore& store_;
  PartnerMetrics& metrics_;
  const base::Clock& clock_;
  BySlot last_;                     ///< Of the look before.
  std::set<std::string> told_;      ///< Slots that the log has named.
  std::set<std::string> partners_;  ///< Whose gauge is shown.
};

}  // namespace sas::slots
