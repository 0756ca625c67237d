#include "services/booking/domain/refill.h"

#include <algorithm>
#include <array>
#include <tuple>

#include "common/base/status.h"
#include "services/booking/domain/code_list.h"

namespace sas::booking {
namespace {

using std::chrono::hours;

// Upper bounds of the bands: the delays that an order may have.
constexpr std::array<hours, 4> kBands{hours{4}, hours{8}, hours{12}, hours{24}};
constexpr std::array<std::string_view, 6> kDeclineReasons{"DISTANCE", "HOUR",        "DOCTOR",
                                                          "MODE",     "UNREACHABLE", "OTHER"};

int BandOf(std::chrono::seconds delay) {
  const auto* const band =
      std::find_if(kBands.begin(), kBands.end(), [&](hours most) { return delay <= most; });
  return static_cast<int>(band - kBands.begin());
}

}  // namespace

bool Waits(OrderState state) {
  return state == OrderState::kToDo || state == OrderState::kSearching;
}

bool ServedBefore(const WaitingOrder& left, const WaitingOrder& right) {
  const int left_band = BandOf(left.delay);
  const int right_band = BandOf(right.delay);
  return std::tie(left_band, left.origin, left.name) <
         std::tie(right_band, right.origin, right.name);
}

std::chrono::minutes TravelTime(int distance_meters) {
  return std::chrono::minutes((std::max(0, distance_meters) + kTravelMetersPerMinute - 1) /
                              kTravelMetersPerMinute);
}

bool WorthOffering(base::Instant start, base::Instant now) {
  return start >= now + kReadyTime;
}

bool Suits(const WaitingOrder& order, int distance_meters, base::Instant start, base::Instant now) {
  return Waits(order.state) && distance_meters <= kRefillReachMeters && start <= order.due &&
         start >= now + TravelTime(distance_meters) + kReadyTime;
}

bool HearsOfOffers(base::Role role) {
  return role == base::Role::kUnspecified || role == base::Role::kOsnp || base::IsRegulator(role);
}

absl::Status CheckDeclineReason(std::string_view code, std::string_view field) {
  return CheckCode(code, kDeclineReasons, field);
}

}  // namespace sas::booking
