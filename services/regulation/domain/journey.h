#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/call.h"
#include "common/base/clock.h"
#include "services/regulation/domain/care_order.h"
#include "services/regulation/domain/case_life.h"
#include "services/regulation/domain/kpi_mark.h"
#include "services/regulation/domain/priority.h"
#include "services/regulation/domain/values.h"

/// The way of a request (seed S3-02): which steps it has made, where it stands, who is responsible
/// now, and what is late.
namespace sas::regulation {

/// Values equal JourneyStep.Code.
enum class JourneyCode {
  kUnspecified = 0,
  kCalled = 1,
  kPickedUp = 2,
  kPrioritised = 3,
  kWaiting = 4,
  kClaimed = 5,
  kDecided = 6,
  kOrdered = 7,
  kTreatingDoctorAsked = 8,
  kSearched = 9,
  kBooked = 10,
  kPatientInformed = 11,
  kArrived = 12,
  kClosed = 13,
  kReturned = 14,
  kReoriented = 15,
  kStopped = 16,
  kTreatingDoctorSees = 17,
  kPendingAcceptance = 18,
};

/// Values equal JourneyStep.State.
enum class JourneyState { kDone = 1, kNow = 2, kToCome = 3 };

/// Values equal Journey.Delay.
enum class JourneyDelay {
  kWait = 1,
  kCallback = 2,
  kOrder = 3,
  kAppointment = 4,
  kInformation = 5,
  kArrival = 6,
};

inline constexpr std::size_t kJourneyStepsMax = 200;  ///< Done; the latest are shown.
inline constexpr std::chrono::minutes kArrivalGrace{30};

struct JourneyActor {
  std::string subject;
  base::Role role = base::Role::kUnspecified;
};

struct JourneyStep {
  JourneyCode code = JourneyCode::kUnspecified;
  JourneyState state = JourneyState::kDone;
  base::Instant at{};  ///< Zero for what is to come.
  JourneyActor actor;
  std::string order;  ///< Empty unless it is about one.
};

/// An order as far as the way is concerned. Times are zero when there is none.
struct JourneyOrder {
  std::string name;
  OrderState state = OrderState::kUnspecified;
  base::Instant since{};  ///< In this state.
  base::Instant due{};
  JourneyActor owner;  ///< Who has it now; nobody when his claim is over.
  base::Instant owner_since{};
  std::string site;
  base::Instant appointment_start{};
  base::Instant agreed_start{};  ///< A regulator agreed to a start until then.
  base::Instant arrived{};
};

struct JourneyFacts {
  std::vector<JourneyStep> done;  ///< In any order.
  CaseState state = CaseState::kActive;
  Priority priority = Priority::kUnspecified;
  Filiere filiere = Filiere::kUnspecified;
  std::string territory;
  base::Instant wait_start{};
  base::Instant wait_alarm{};
  std::optional<CallbackWindow> promise;
  JourneyActor owner;  ///< Of the dossier; nobody when his claim is over.
  base::Instant owner_since{};
  base::Instant owner_until{};
  std::vector<JourneyOrder> orders;
  JourneyActor decided_by;  ///< Of the latest decision.
  base::Instant decided{};
  JourneyActor entered_by;
  base::Instant entered{};
  /// Of an entry without an order: its appointment, and the patient's arrival.
  base::Instant entry_booked{};
  base::Instant entry_start{};
  base::Instant entry_arrived{};
};

struct JourneyResponsible {
  base::Role role = base::Role::kUnspecified;
  std::string subject;
  std::string structure;
  base::Instant since{};
  base::Instant until{};
  std::string_view task;  ///< In French.
};

struct JourneyLate {
  JourneyDelay code = JourneyDelay::kWait;
  base::Instant since{};
  std::string order;
};

struct Journey {
  std::vector<JourneyStep> steps;
  std::optional<JourneyResponsible> responsible;
  std::vector<JourneyLate> delays;  ///< Longest first.
};

/// The steps that marks of one dossier and of its orders tell, in their order: each change of
/// priority, chain, owner and state of an order once.
std::vector<JourneyStep> StepsOf(const std::vector<KpiMark>& marks);

Journey TraceJourney(const JourneyFacts& facts, base::Instant now);

/// In French, for people.
std::string_view TextOf(JourneyCode code, JourneyState state);
std::string_view TextOf(JourneyDelay delay);

}  // namespace sas::regulation
