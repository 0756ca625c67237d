#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/clock.h"
#include "common/care/calendar.h"
#include "services/booking/domain/appointment.h"

/// When a message goes, whether it still has to, and what follows when it did not arrive.
namespace sas::booking {

/// Values equal sas.booking.v1.Message.Kind; convert_messages asserts it.
enum class MessageKind {
  kUnspecified = 0,
  kPatientSms = 1,
  kPatientEmail = 2,
  kPractice = 3,
  kTreatingDoctor = 4,
  kSource = 5,  ///< Never sent: a task alone.
};

/// Values equal sas.booking.v1.Message.Occasion.
enum class Occasion {
  kUnspecified = 0,
  kBooked = 1,
  kMoved = 2,
  kCancelled = 3,
  kReminder = 4,
  kOutcome = 5,
};

constexpr bool IsToPatient(MessageKind kind) {
  return kind == MessageKind::kPatientSms || kind == MessageKind::kPatientEmail;
}

/// An act can be undone for so long; nobody is told before (hazard H-52).
inline constexpr std::chrono::seconds kUndo{8};

/// No reminder sooner than this after the confirmation: it would say the same again.
inline constexpr std::chrono::minutes kReminderApart{60};

/// None is planned sooner either, with what the sending may take.
inline constexpr std::chrono::minutes kReminderPlanned = kReminderApart + std::chrono::minutes(5);

/// Hours of the reminders that lie far enough ahead.
std::vector<base::Instant> ReminderTimes(base::Instant now, base::Instant start,
                                         const std::vector<std::chrono::minutes>& before_start);

/// The end of the quiet hours (22:00 to 08:00, local) when a message to the patient has to wait for
/// it; nothing when it may go now, also because the appointment starts before the end of the quiet
/// hours and an hour more.
std::optional<base::Instant> QuietUntil(base::Instant now, base::Instant start,
                                        const care::Zone& zone);

/// The appointment as its ledger has it now.
struct Living {
  State state = State::kUnspecified;
  base::Instant start;
  std::string slot;
};

/// What the latest attempt said to the same recipient. An attempt that was cut off counts: he may
/// have it.
struct Told {
  Occasion occasion = Occasion::kUnspecified;
  base::Instant start;
  std::string slot;
  base::Instant time;
};

/// What a message that is due becomes.
struct Verdict {
  Occasion occasion = Occasion::kUnspecified;  ///< What it says; kUnspecified: void, see `reason`.
  std::optional<base::Instant> replaced;       ///< Start that was told before, when it differs.
  std::string_view reason;                     ///< SUPERSEDED, NEVER_TOLD, ALREADY_TOLD, …
};

/// The hour for which the patient sets off first: that of the appointment, or a sooner one that he
/// was told of and that is no more.
base::Instant SetsOffFor(const Verdict& verdict, base::Instant start, base::Instant now);

/// Decides from the living row, whatever was true when the message was written (hazard H-33).
Verdict Judge(Occasion written, const Living& living, const std::optional<Told>& told,
              base::Instant now);

/// Tries before a message is given up. With the waits below: about five hours.
inline constexpr int kAttemptsMax = 12;

/// Wait after the given attempt, from 1: doubles from 5 s to 1 h, of which half is by chance.
std::chrono::milliseconds RetryWait(int attempt, std::uint64_t chance);

/// When the practice is called unless it has answered: 5 min after the message, or an hour before
/// the start when that is sooner, but not before the message.
base::Instant PracticeCallTime(base::Instant not_before, base::Instant start);

/// Waits between questions to the provider for a receipt; nothing when it is not asked any more.
std::optional<std::chrono::seconds> ReceiptWait(base::Instant sent, base::Instant now);

/// Whether an SMS can reach the number (E.164): of French numbers, mobile ones only.
bool TakesSms(std::string_view number);

}  // namespace sas::booking
