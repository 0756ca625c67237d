#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/clock.h"
#include "services/regulation/domain/values.h"

namespace sas::regulation {

/// Values equal CareOrder.State.
enum class OrderState {
  kUnspecified = 0,
  kToDo = 1,
  kTreatingDoctor = 2,
  kSearching = 3,
  kPendingAcceptance = 4,
  kBooked = 5,
  kConfirmedToPatient = 6,
  kNoSlot = 7,
  kPatientRefused = 8,
  kPatientUnreachable = 9,
  kTakenByTreatingDoctor = 10,
  kSuperseded = 11,
  kClosed = 12,
  kReoriented = 13,
};

enum class OrderAct {
  kClaim,
  kTakeEntry,     ///< The claim of an entry: what was tried before is on it.
  kDoctorSees,    ///< The treating doctor sees the patient himself.
  kDoctorCannot,  ///< Unavailable, not reached, none declared.
  kRefuseProposal,
  kTryContact,  ///< A call to the patient.
  kConfirmInformed,
  kReturnNoSlot,
  kReturnRefused,
  kReturnUnreachable,
  kAskCommunity,   ///< Place de marché.
  kEndCommunity,   ///< Answered, taken back, or its time is over.
  kAskThirdParty,  ///< booking: a request waits for an acceptance.
  kBook,           ///< booking: an appointment exists.
  kUnbook,         ///< booking: the appointment was cancelled.
  kSupersede,      ///< The regulator has upgraded or decided anew.
  kClose,          ///< The regulator has decided after a return.
  kReorient,       ///< The patient was sent elsewhere.
};

std::string_view OrderStateName(OrderState state);

/// State after `act`. FAILED_PRECONDITION `ORDER_SUPERSEDED` when a regulator has stopped it,
/// `TREATING_DOCTOR_FIRST` for a search without that step (S1-09), `ORDER_STATE_FORBIDS` otherwise.
absl::StatusOr<OrderState> Advance(OrderState state, OrderAct act);

/// Somebody of the OSNP still has work on it.
bool IsOpen(OrderState state);
/// Handed back to the regulator, who has not decided yet.
bool IsReturned(OrderState state);
/// Open, confirmed or handed back: somebody may have to work on it yet, if only because the
/// practice cancels.
bool IsUnsettled(OrderState state);

/// At most 48 h elapsed after the decision (S1-01).
inline constexpr std::chrono::hours kOrderDelayMax{48};

/// INVALID_ARGUMENT `INVALID_DELAY` unless 4, 8, 12, 24 or 48 h.
absl::Status CheckDelay(std::chrono::seconds delay);

/// A start after the deadline that a regulator may agree to lies so near to it.
inline constexpr std::chrono::hours kLateMax{14 * 24};

/// May a regulator agree to a start until `latest` (S1-01)? FAILED_PRECONDITION
/// `ORDER_STATE_FORBIDS` once the order is stopped or closed, INVALID_ARGUMENT
/// `INVALID_LATE_START`. The deadline itself stays (hazard H-36).
absl::Status CheckLateStart(OrderState state, base::Instant due, base::Instant latest);

/// Clock of an order: it runs from the first decision of the episode, so that a re-created order
/// does not restart it (hazard H-36). Elapsed time, not calendar.
struct OrderClock {
  base::Instant origin{};
  base::Instant due{};
};

/// `earlier_origins` are those of the patient's former orders in this dossier. FAILED_PRECONDITION
/// `DEADLINE_PASSED` when nothing of the delay is left.
absl::StatusOr<OrderClock> ClockOf(base::Instant decided,
                                   const std::vector<base::Instant>& earlier_origins,
                                   std::chrono::seconds delay, base::Instant now);

/// What the dossier must know before an OSNP can search (hazard H-16).
struct OrderPrerequisites {
  bool motif = false;
  bool place = false;
  bool mobility = false;
  bool age = false;
  bool callback_number = false;
};

/// FAILED_PRECONDITION `ORDER_PREREQUISITES_MISSING` with one violation for each missing fact.
absl::Status CheckPrerequisites(const OrderPrerequisites& known);

/// A fact of booking's feed about an order.
struct BookingFact {
  enum class Kind { kPending, kBooked, kCancelled, kOther };
  Kind kind = Kind::kOther;
  std::string appointment;
  std::string site;
  base::Instant start{};
};

/// What an order keeps of its appointment.
struct OrderBooking {
  OrderState state = OrderState::kUnspecified;
  std::string appointment;
  std::string site;
  base::Instant start{};
  std::string end_reason;
};

/// Codes of CareOrder.end_reason that the service writes.
inline constexpr std::string_view kAppointmentOnStoppedOrder = "APPOINTMENT_ON_STOPPED_ORDER";
inline constexpr std::string_view kAppointmentCancelled = "APPOINTMENT_CANCELLED";
inline constexpr std::string_view kUpgrade = "UPGRADE";
inline constexpr std::string_view kNewOrder = "NEW_ORDER";
inline constexpr std::string_view kSeveritySign = "SEVERITY_SIGN";
inline constexpr std::string_view kNewDecision = "NEW_DECISION";
inline constexpr std::string_view kDecisionReplaced = "DECISION_REPLACED";
inline constexpr std::string_view kReorientedElsewhere = "REORIENTED";

/// The order after the fact; nothing when it changes nothing. booking's ledger is always right: an
/// appointment on an order that a regulator has stopped is kept and flagged in `end_reason`, for a
/// person to cancel (software never cancels it, hazard H-14).
std::optional<OrderBooking> React(const OrderBooking& order, const BookingFact& fact);

}  // namespace sas::regulation
