#include "services/booking/domain/source.h"

#include <algorithm>
#include <array>
#include <set>

#include "common/base/status.h"

namespace sas::booking {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr minutes kAnswerMax{15};
constexpr minutes kAnswerMin{1};
constexpr seconds kAskFirst{1};
constexpr seconds kAskMax{60};

bool Says(const std::vector<JoinFact>& facts, JoinFact fact) {
  return std::find(facts.begin(), facts.end(), fact) != facts.end();
}

absl::Status Differs(const char* fact) {
  return base::Fail(absl::StatusCode::kFailedPrecondition, "JOIN_FACT_DIFFERS",
                    "the two bookings differ in what they have in common by your word: ask again",
                    {{"fact", fact}});
}

// Percent-encoding of what has a meaning in a query.
std::string Encoded(std::string_view text) {
  constexpr std::string_view kPlain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string encoded;
  for (const char each : text) {
    if (kPlain.find(each) != std::string_view::npos) {
      encoded += each;
      continue;
    }
    const auto byte = static_cast<unsigned char>(each);
    encoded += '%';
    encoded += kHex[byte >> 4U];
    encoded += kHex[byte & 15U];
  }
  return encoded;
}

}  // namespace

base::Instant AnswerDue(base::Instant now, base::Instant start) {
  const auto quarter = (start - now) / 4;
  return now + std::clamp<std::chrono::microseconds>(quarter, kAnswerMin, kAnswerMax);
}

seconds AskAgain(int attempt) {
  const int doublings = std::clamp(attempt - 1, 0, 10);
  return std::min(kAskMax, kAskFirst * (1 << doublings));
}

Effect JudgeSource(State now, Arrival arrival, SourceState told) {
  const bool booked = told == SourceState::kBooked;
  switch (now) {
    case State::kPending:
      return booked ? Effect::kConfirm : Effect::kRefuse;
    case State::kBooked:
      if (booked) return Effect::kNothing;
      return arrival > Arrival::kExpected ? Effect::kAsk : Effect::kCancel;
    case State::kCancelled:
      return booked ? Effect::kCancelAt : Effect::kNothing;
    case State::kFulfilled:
    case State::kNoShow:
    case State::kAbandoned:
    case State::kUnspecified:
      break;
  }
  return Effect::kNothing;
}

absl::Status CheckJoinFacts(const std::vector<JoinFact>& facts) {
  const std::set<JoinFact> different(facts.begin(), facts.end());
  const bool other_than_time =
      different.size() > (different.count(JoinFact::kStartTime) != 0 ? 1U : 0U);
  const bool enough =
      different.size() >= 2 && other_than_time && different.count(JoinFact::kUnspecified) == 0;
  if (enough) return absl::OkStatus();
  return base::InvalidField("facts", "JOIN_FACTS_REQUIRED",
                            "two facts at least, of which one is not the start: a time alone is no "
                            "proof that it is the same patient");
}

absl::Status CheckFactsHold(const std::vector<JoinFact>& facts, const JoinSide& told,
                            const JoinSide& here) {
  const bool starts = told.start != base::Instant() && here.start != base::Instant();
  if (Says(facts, JoinFact::kStartTime) && starts && told.start != here.start) {
    return Differs("START_TIME");
  }
  const bool names = !told.practitioner_rpps.empty() && !here.practitioner_rpps.empty();
  if (Says(facts, JoinFact::kPractitioner) && names &&
      told.practitioner_rpps != here.practitioner_rpps) {
    return Differs("PRACTITIONER");
  }
  return absl::OkStatus();
}

std::string RedirectUrl(std::string_view booking_url, std::string_view appointment) {
  std::string url(booking_url);
  const char last = url.empty() ? '?' : url.back();
  if (last != '?' && last != '&') url += '&';
  return url + "origin=sas&ref=" + Encoded(appointment);
}

}  // namespace sas::booking
