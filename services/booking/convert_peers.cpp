#include "services/booking/convert_peers.h"

#include <algorithm>

#include "services/booking/convert.h"

namespace sas::booking {
namespace {

namespace type = sas::type::v1;
using regulation::v1::CareOrder;

template <typename A, typename B>
constexpr bool Same(A a, B b) {
  return static_cast<int>(a) == static_cast<int>(b);
}

static_assert(Same(OrderState::kToDo, CareOrder::STATE_TO_DO) &&
              Same(OrderState::kTreatingDoctor, CareOrder::STATE_TREATING_DOCTOR) &&
              Same(OrderState::kSearching, CareOrder::STATE_SEARCHING) &&
              Same(OrderState::kPendingAcceptance, CareOrder::STATE_PENDING_ACCEPTANCE) &&
              Same(OrderState::kBooked, CareOrder::STATE_BOOKED) &&
              Same(OrderState::kConfirmedToPatient, CareOrder::STATE_CONFIRMED_TO_PATIENT) &&
              Same(OrderState::kSuperseded, CareOrder::STATE_SUPERSEDED) &&
              Same(OrderState::kClosed, CareOrder::STATE_CLOSED) &&
              Same(OrderState::kReoriented, CareOrder::STATE_REORIENTED));
static_assert(CareOrder::State_ARRAYSIZE == 14);

// How the patient is seen: what the order accepts first, else the slot's first.
type::ConsultationMode ModeOf(const slots::v1::Slot& slot, const CareOrder* order) {
  if (order != nullptr) {
    for (const int mode : order->modes()) {
      if (std::find(slot.modes().begin(), slot.modes().end(), mode) != slot.modes().end()) {
        return static_cast<type::ConsultationMode>(mode);
      }
    }
  }
  return slot.modes().empty() ? type::CONSULTATION_MODE_UNSPECIFIED : slot.modes(0);
}

}  // namespace

EntryRule ToValue(const slots::v1::EntryRule& rule) {
  EntryRule value;
  value.entry_point = ToValue(rule.entry_point());
  value.order_required = rule.access() != slots::v1::EntryRule::ACCESS_DIRECT;
  value.profession_codes.assign(rule.profession_codes().begin(), rule.profession_codes().end());
  for (const int reason : rule.access_reasons()) {
    value.access_reasons.push_back(static_cast<AccessReason>(reason));
  }
  value.evaluation_required = rule.evaluation_required();
  value.orienting_professional_required = rule.orienting_professional_required();
  return value;
}

OrderFacts ToValue(const CareOrder& order) {
  OrderFacts facts;
  facts.state = static_cast<OrderState>(order.state());
  facts.version = order.version();
  facts.patient = order.patient();
  facts.entry = ToValue(order.entry().entry_point());
  facts.local = order.entry().local();
  facts.organization = order.entry().organization();
  facts.submitter = order.ordered_by().subject();
  facts.community_asked =
      order.community_request().state() == regulation::v1::CommunityRequest::STATE_ASKED &&
      order.appointment().empty();
  return facts;
}

bool IsRegulated(const v1::Appointment& appointment, const CareOrder* order) {
  if (appointment.care_order().empty()) return false;
  return order != nullptr ? !order->has_entry()
                          : IsRegulationLine(ToValue(appointment.entry_point()));
}

slots::v1::CareNeed NeedOf(const v1::Appointment& appointment, const CareOrder* order) {
  slots::v1::CareNeed need;
  need.set_entry_point(appointment.entry_point());
  if (IsRegulated(appointment, order)) need.set_care_order(appointment.care_order());
  need.set_motif_code(appointment.motif_code());
  *need.mutable_age() = appointment.age();
  need.set_access_reason(appointment.access_reason());
  need.set_territory(appointment.territory());
  need.set_evaluation_recorded(appointment.has_evaluation());
  need.set_orienting_professional_rpps(appointment.orienting_professional_rpps());
  if (order != nullptr && !order->modes().empty()) {
    *need.mutable_modes() = order->modes();
    // As the search: who cannot come is also seen at home or by video (hazard H-20).
    const auto mobility = order->mobility().kind();
    need.set_without_vehicle(mobility == regulation::v1::Mobility::KIND_NO_VEHICLE ||
                             mobility == regulation::v1::Mobility::KIND_HOME_ONLY);
  } else {
    for (const auto mode :
         {type::CONSULTATION_MODE_AMB, type::CONSULTATION_MODE_HH, type::CONSULTATION_MODE_VR}) {
      need.add_modes(mode);
    }
  }
  return need;
}

slots::v1::SeatAsker AskerOf(const base::Actor& actor) {
  slots::v1::SeatAsker asker;
  asker.set_role(static_cast<type::Role>(actor.role));
  asker.set_profession_code(actor.profession);
  asker.set_organization(actor.organization);
  return asker;
}

void FillFrom(const slots::v1::PreparedSeat& seat, const CareOrder* order,
              v1::Appointment& appointment) {
  appointment.set_seat(seat.seat());
  appointment.set_site(seat.site());
  appointment.set_site_display_name(seat.site_display_name());
  appointment.set_practitioner_display_name(seat.practitioner_display_name());
  appointment.set_practitioner_rpps(seat.practitioner_rpps());
  *appointment.mutable_start_time() = seat.slot().start_time();
  *appointment.mutable_end_time() = seat.slot().end_time();
  appointment.set_mode(ModeOf(seat.slot(), order));
  appointment.set_directions(seat.directions());
  appointment.set_supernumerary_reason_code(seat.supernumerary_reason_code());
  *appointment.mutable_lifted_rules() = seat.lifted_rules();
}

}  // namespace sas::booking
