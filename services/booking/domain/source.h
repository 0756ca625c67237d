#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "common/base/clock.h"
#include "services/booking/domain/appointment.h"

/// Appointments of which a platform is the master: how long its answer is waited for, and what its
/// reports do. hazards.md H-28, H-32, H-40.
namespace sas::booking {

/// Until when the platform's answer is waited for before a person asks: 15 min, or a quarter of
/// what is left until the start (H-28); one minute at least, so that a platform has the time to
/// answer at all.
base::Instant AnswerDue(base::Instant now, base::Instant start);

/// Before the platform is asked again after `attempt` failures, from 1: doubles from 1 s to 1 min.
std::chrono::seconds AskAgain(int attempt);

/// Where a booking stands at its source. Values equal sas.booking.v1.SourceBooking.State.
enum class SourceState { kUnspecified = 0, kBooked = 1, kRefused = 2, kCancelled = 3 };

/// What a report does to the appointment that it names.
enum class Effect {
  kNothing,   ///< Known already, or the two sides agree.
  kConfirm,   ///< PENDING becomes BOOKED.
  kRefuse,    ///< PENDING becomes CANCELLED, and its order is searched for again.
  kCancel,    ///< A booked one was cancelled at its source.
  kCancelAt,  ///< Cancelled here and booked there: the source has to be told.
  kAsk,       ///< The two sides contradict each other: a person looks.
};

/// `now` is the state here. A report never changes what has ended, nor one whose patient has come:
/// a person does.
Effect JudgeSource(State now, Arrival arrival, SourceState told);

/// Facts that a person goes by. Values equal sas.booking.v1.SourceBooking.Fact.
enum class JoinFact {
  kUnspecified = 0,
  kStartTime = 1,
  kPractitioner = 2,
  kRegulator = 3,
  kPatientSays = 4,
  kPracticeSays = 5,
};

/// Two different facts at least, and never a time alone (H-32). INVALID_ARGUMENT
/// `JOIN_FACTS_REQUIRED`.
absl::Status CheckJoinFacts(const std::vector<JoinFact>& facts);

/// What the ledger can hold a fact against; an empty value says nothing.
struct JoinSide {
  base::Instant start{};
  std::string_view practitioner_rpps = {};
};

/// FAILED_PRECONDITION `JOIN_FACT_DIFFERS` for the first fact that is not so.
absl::Status CheckFactsHold(const std::vector<JoinFact>& facts, const JoinSide& told,
                            const JoinSide& here);

/// The page with where the operator comes from and the booking id as `ref`: nothing about a patient
/// (sas-fhir.md §10.6). `booking_url` has a query part.
std::string RedirectUrl(std::string_view booking_url, std::string_view appointment);

}  // namespace sas::booking
