#pragma once

#include <vector>

#include "common/base/call.h"
#include "common/base/clock.h"
#include "sas/regulation/v1/care_order.pb.h"
#include "sas/regulation/v1/decision.pb.h"
#include "sas/regulation/v1/journey.pb.h"
#include "sas/regulation/v1/regulation_case.pb.h"
#include "services/regulation/domain/journey.h"

namespace sas::regulation {

/// What a journey is made of.
struct JourneyRows {
  const v1::RegulationCase& row;
  const std::vector<v1::CareOrder>& orders;
  const std::vector<v1::Decision>& decisions;
  const std::vector<KpiMark>& marks;  ///< Of the dossier, its orders and its visits, oldest first.
};

JourneyFacts FactsOf(const JourneyRows& rows, base::Instant now);

v1::Journey ToProto(const Journey& journey);

/// What is missing of the dossier and of each patient whose treating doctor the viewer is not.
void AddMissingInformation(const v1::RegulationCase& row, const base::Actor& viewer,
                           v1::Journey& journey);

}  // namespace sas::regulation
