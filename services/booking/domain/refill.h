#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "common/base/call.h"
#include "common/base/clock.h"
#include "services/booking/domain/order_check.h"

/// Which waiting order a freed seat is offered to. The seat is offered, never given: nothing here,
/// and nothing that uses it, books (hazard H-28).
namespace sas::booking {

/// What decides about one waiting order.
struct WaitingOrder {
  std::string name;
  OrderState state = OrderState::kUnspecified;
  std::chrono::seconds delay{};  ///< Within which the regulator wants care: its priority.
  base::Instant origin{};        ///< When he decided.
  base::Instant due{};
};

/// From the end of the call to the door, beside the way itself.
inline constexpr std::chrono::minutes kReadyTime{30};
/// As the crow flies: slow roads and their bends are in it.
inline constexpr int kTravelMetersPerMinute = 650;
/// As an ordinary search; farther is asked for by people.
inline constexpr int kRefillReachMeters = 30'000;
/// One seat is offered to so many orders, then it is everybody's again.
inline constexpr int kRefillRoundsMax = 5;

/// Somebody may still book this order: nobody has it, or its operator searches. One whose treating
/// doctor or community is being asked is not disturbed.
bool Waits(OrderState state);

/// The order of the file active (S2-22): band of the delay (4, 8, 12, 24, 48 h), then age, then
/// name.
bool ServedBefore(const WaitingOrder& left, const WaitingOrder& right);

std::chrono::minutes TravelTime(int distance_meters);

/// Is there any sense in offering a seat that starts then?
bool WorthOffering(base::Instant start, base::Instant now);

/// Start ≥ now + way + kReadyTime, not after the order's deadline, within reach.
bool Suits(const WaitingOrder& order, int distance_meters, base::Instant start, base::Instant now);

/// Is an operator of this role told of offers, and may he decline one? An entry that a professional
/// or a practice works itself is offered no seat: who works it would not hear of it. Not set, of
/// claims from before they had a role: an OSNP's.
bool HearsOfOffers(base::Role role);

/// DISTANCE, HOUR, DOCTOR, MODE, UNREACHABLE or OTHER; INVALID_ARGUMENT `UNKNOWN_CODE`.
absl::Status CheckDeclineReason(std::string_view code, std::string_view field);

}  // namespace sas::booking
