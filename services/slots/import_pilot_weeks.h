#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "common/care/calendar.h"
#include "sas/slots/v1/import_service.pb.h"
#include "sas/slots/v1/session_plan.pb.h"
#include "sas/slots/v1/site.pb.h"
#include "services/slots/import_line.h"
#include "services/slots/store.h"

namespace sas::slots {

inline constexpr std::size_t kPilotWeeksTold = 200;  ///< Of one import.

/// The weeks of pilots that a file of plans has filled (S0-07), batch by batch: what earlier
/// batches found stands in the import's report, so that it outlives a break. Not thread-safe.
class ImportPilotWeeks {
 public:
  /// Forgets what was added in an earlier transaction.
  void BeginBatch() { sites_.clear(); }

  /// A line has written this plan of the site.
  absl::Status Add(const ImportScope& scope, const v1::Site& site, const v1::SessionPlan& plan);

  /// Brings `report` up to date with the sites that were added: their weeks that were told before
  /// are counted again, because a later line may have taken a session away.
  absl::Status Count(const ImportScope& scope, SlotsTransaction& transaction,
                     v1::ImportFileResponse& report) const;

 private:
  struct Touched {
    v1::Site site;
    std::set<care::Date> mondays;
  };

  std::map<std::string, Touched> sites_;  ///< Pilots alone, by name.
};

}  // namespace sas::slots
