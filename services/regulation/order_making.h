#pragma once

#include "absl/status/status.h"
#include "sas/regulation/v1/care_order.pb.h"
#include "sas/regulation/v1/regulation_case.pb.h"

/// What every order takes from its dossier, whether a regulator has decided or an entry made it.
namespace sas::regulation {

/// FAILED_PRECONDITION `ORDER_PREREQUISITES_MISSING`.
absl::Status CheckOrderKnown(const v1::RegulationCase& row, const v1::Patient& patient);

/// What OSNP and effecteur may see of the dossier goes with the order; the rest stays.
void CopyToOrder(const v1::RegulationCase& row, const v1::Patient& patient, v1::CareOrder& order);

}  // namespace sas::regulation
