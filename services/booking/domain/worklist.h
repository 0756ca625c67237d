#pragma once

#include <string>
#include <vector>

#include "common/base/call.h"
#include "services/booking/domain/order_check.h"

/// Who stands on a named worklist (S2-10): the file active of one CSNP.
namespace sas::booking {

/// Does the order wait for a place? Also while the treating doctor or a community is asked: the
/// list tells it.
bool StandsOnWorklist(const OrderFacts& order);

/// A planner has counts alone: he sees no clinical data.
bool SeesWorklistOrders(base::Role role);

/// What the site of a list says to an order by one of its ways.
struct WayVerdict {
  std::string refusal_reason;  ///< Empty: it suits.
  int distance_meters = 0;
};

/// The order on the list, or why it is left out: of several refusals the one that does not speak of
/// a closed way, for the site may be open to one of two lines only.
WayVerdict BestOf(const std::vector<WayVerdict>& ways);

/// Territories of the list whose orders the actor may see; empty: none.
std::vector<std::string> SeenTerritories(const std::vector<std::string>& of_list,
                                         const std::vector<std::string>& of_actor);

}  // namespace sas::booking
