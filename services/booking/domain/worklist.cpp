#include "services/booking/domain/worklist.h"

#include <algorithm>

namespace sas::booking {

bool StandsOnWorklist(const OrderFacts& order) {
  switch (order.state) {
    case OrderState::kToDo:
    case OrderState::kTreatingDoctor:
    case OrderState::kSearching:
      return true;
    case OrderState::kPendingAcceptance:
      return order.community_asked;
    default:
      return false;
  }
}

bool SeesWorklistOrders(base::Role role) {
  return role != base::Role::kPlanner;
}

WayVerdict BestOf(const std::vector<WayVerdict>& ways) {
  const auto suits = std::find_if(ways.begin(), ways.end(),
                                  [](const WayVerdict& way) { return way.refusal_reason.empty(); });
  if (suits != ways.end()) return *suits;
  const auto telling = std::find_if(ways.begin(), ways.end(), [](const WayVerdict& way) {
    return way.refusal_reason != "ENTRY_POINT_CLOSED";
  });
  if (telling != ways.end()) return *telling;
  return ways.empty() ? WayVerdict{"ENTRY_POINT_CLOSED", 0} : ways.front();
}

std::vector<std::string> SeenTerritories(const std::vector<std::string>& of_list,
                                         const std::vector<std::string>& of_actor) {
  if (of_actor.empty()) return of_list;
  std::vector<std::string> seen;
  for (const std::string& code : of_list) {
    if (std::find(of_actor.begin(), of_actor.end(), code) != of_actor.end()) seen.push_back(code);
  }
  return seen;
}

}  // namespace sas::booking
