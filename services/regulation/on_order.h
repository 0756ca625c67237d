#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "common/base/status.h"
#include "services/regulation/convert.h"
#include "services/regulation/desk.h"
#include "services/regulation/domain/entry.h"

namespace sas::regulation::acts {

/// The order, for who works in its territory and sees entries of its kind.
inline absl::StatusOr<v1::CareOrder> ReadOrder(RegulationTransaction& transaction,
                                               const base::Call& call, const std::string& name) {
  SAS_ASSIGN_OR_RETURN(v1::CareOrder order, transaction.GetOrder(name));
  SAS_RETURN_IF_ERROR(CheckTerritoryRight(call.actor, order.territory()));
  SAS_RETURN_IF_ERROR(CheckEntryRight(call.actor, OwnerOf(order)));
  return order;
}

}  // namespace sas::regulation::acts
