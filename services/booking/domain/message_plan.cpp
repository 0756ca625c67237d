#include "services/booking/domain/message_plan.h"

#include <algorithm>
#include <array>

namespace sas::booking {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr care::TimeOfDay kQuietStart{22 * 60};
constexpr care::TimeOfDay kQuietEnd{8 * 60};
constexpr minutes kQuietMargin{60};

constexpr milliseconds kRetryFirst{5'000};
constexpr milliseconds kRetryCap{3'600'000};

constexpr minutes kReceiptLimit{5};
constexpr minutes kBeforeStart{60};
constexpr seconds kAskFirst{10};
constexpr seconds kAskCap{600};
constexpr hours kAskFor{24};

// Mobile numbers of France and its overseas départements.
constexpr std::array<std::string_view, 11> kMobile{"+336",    "+337",    "+262692", "+262693",
                                                   "+262639", "+590690", "+590691", "+594694",
                                                   "+596696", "+596697", "+508"};
constexpr std::array<std::string_view, 5> kFrench{"+33", "+262", "+590", "+594", "+596"};

bool StartsWith(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

Verdict Void(std::string_view reason) {
  return {Occasion::kUnspecified, std::nullopt, reason};
}

Verdict JudgeCancelled(Occasion written, const Living& living, const std::optional<Told>& told) {
  if (written != Occasion::kCancelled) return Void("SUPERSEDED");
  // Who was told of nothing, or of the cancellation, learns nothing by it.
  if (!told) return Void("NEVER_TOLD");
  if (told->occasion == Occasion::kCancelled) return Void("ALREADY_TOLD");
  Verdict verdict{Occasion::kCancelled, std::nullopt, {}};
  if (told->start != living.start) verdict.replaced = told->start;
  return verdict;
}

Verdict JudgeBooked(Occasion written, const Living& living, const std::optional<Told>& told,
                    base::Instant now) {
  if (written == Occasion::kCancelled) return Void("SUPERSEDED");
  if (living.start <= now) return Void("TOO_LATE");
  const bool knows = told && told->occasion != Occasion::kCancelled;
  const bool same = knows && told->start == living.start && told->slot == living.slot;
  if (knows && !same) {
    Verdict verdict{Occasion::kMoved, std::nullopt, {}};
    if (told->start != living.start) verdict.replaced = told->start;
    return verdict;
  }
  if (written == Occasion::kReminder) {
    return told && now - told->time < kReminderApart ? Void("ALREADY_TOLD")
                                                     : Verdict{Occasion::kReminder, {}, {}};
  }
  return same ? Void("ALREADY_TOLD") : Verdict{Occasion::kBooked, {}, {}};
}

}  // namespace

std::vector<base::Instant> ReminderTimes(base::Instant now, base::Instant start,
                                         const std::vector<minutes>& before_start) {
  std::vector<base::Instant> times;
  for (const minutes before : before_start) {
    const base::Instant time = start - before;
    if (time >= now + kReminderPlanned) times.push_back(time);
  }
  return times;
}

std::optional<base::Instant> QuietUntil(base::Instant now, base::Instant start,
                                        const care::Zone& zone) {
  const care::TimeOfDay local = zone.TimeOf(now);
  if (local >= kQuietEnd && local < kQuietStart) return std::nullopt;
  const care::Date today = zone.DateOf(now);
  const care::Date day = local < kQuietEnd ? today : care::AddDays(today, 1);
  const base::Instant end = zone.At(day, kQuietEnd);
  if (start < end + kQuietMargin) return std::nullopt;
  return end;
}

base::Instant SetsOffFor(const Verdict& verdict, base::Instant start, base::Instant now) {
  const base::Instant told = verdict.replaced.value_or(start);
  return told > now ? std::min(told, start) : start;
}

Verdict Judge(Occasion written, const Living& living, const std::optional<Told>& told,
              base::Instant now) {
  if (written == Occasion::kOutcome) {
    return living.state == State::kFulfilled ? Verdict{Occasion::kOutcome, {}, {}}
                                             : Void("SUPERSEDED");
  }
  switch (living.state) {
    case State::kCancelled:
      return JudgeCancelled(written, living, told);
    case State::kBooked:
      return JudgeBooked(written, living, told, now);
    default:
      return Void("APPOINTMENT_ENDED");
  }
}

milliseconds RetryWait(int attempt, std::uint64_t chance) {
  constexpr int kDoublingsMax = 20;
  const int doublings = std::clamp(attempt - 1, 0, kDoublingsMax);
  const milliseconds step = std::min(kRetryFirst * (std::int64_t{1} << doublings), kRetryCap);
  const std::int64_t half = step.count() / 2;
  return milliseconds(half + static_cast<std::int64_t>(
                                 chance % static_cast<std::uint64_t>(step.count() - half + 1)));
}

base::Instant PracticeCallTime(base::Instant not_before, base::Instant start) {
  return std::min(not_before + kReceiptLimit, std::max(not_before, start - kBeforeStart));
}

std::optional<seconds> ReceiptWait(base::Instant sent, base::Instant now) {
  const auto age = std::chrono::floor<seconds>(now - sent);
  if (age >= kAskFor) return std::nullopt;
  return std::clamp(age, kAskFirst, kAskCap);  // As long again as it has been on its way.
}

bool TakesSms(std::string_view number) {
  const auto starts = [&](std::string_view prefix) { return StartsWith(number, prefix); };
  if (number.empty()) return false;
  return std::none_of(kFrench.begin(), kFrench.end(), starts) ||
         std::any_of(kMobile.begin(), kMobile.end(), starts);
}

}  // namespace sas::booking
