#include "services/booking/waiting_orders.h"

#include <array>

#include "services/booking/convert.h"

namespace sas::booking {

using regulation::v1::CareOrder;

namespace {

// An order does not say by which line its caller came; a site may be open to one of them.
constexpr std::array kLines{sas::type::v1::ENTRY_POINT_LINE_15,
                            sas::type::v1::ENTRY_POINT_LINE_116117};

}  // namespace

std::vector<sas::type::v1::EntryPoint> WaysOf(const CareOrder& order) {
  if (order.has_entry()) return {order.entry().entry_point()};
  return {kLines.begin(), kLines.end()};
}

WaitingOrder WaitingOf(const CareOrder& order) {
  return {order.name(), static_cast<OrderState>(order.state()),
          std::chrono::seconds(order.delay().seconds()), ToInstant(order.origin_time()),
          ToInstant(order.due_time())};
}

slots::v1::SeatAsker OperatorOf(const CareOrder& order) {
  slots::v1::SeatAsker asker;
  const auto& owner = order.claim().owner();
  const bool known = !owner.subject().empty() && owner.role() != sas::type::v1::ROLE_UNSPECIFIED;
  asker.set_role(known ? owner.role() : sas::type::v1::ROLE_OSNP);
  return asker;
}

slots::v1::CareNeed NeedOf(const CareOrder& order, sas::type::v1::EntryPoint way) {
  slots::v1::CareNeed need;
  need.set_entry_point(way);
  if (!order.has_entry()) need.set_care_order(order.name());
  need.set_motif_code(order.motif_code());
  *need.mutable_age() = order.age();
  *need.mutable_modes() = order.modes();
  need.set_access_reason(order.access_reason());
  need.set_territory(order.territory());
  return need;
}

slots::v1::SeatCandidate CandidateOf(const CareOrder& order, sas::type::v1::EntryPoint way) {
  slots::v1::SeatCandidate candidate;
  *candidate.mutable_need() = NeedOf(order, way);
  if (order.place().has_point()) *candidate.mutable_point() = order.place().point();
  candidate.set_insee_code(order.place().insee_code());
  return candidate;
}

}  // namespace sas::booking
