#include "services/slots/partner_gate.h"

#include "common/base/status.h"

namespace sas::slots {

absl::Status PartnerGate::Enter(const std::string& partner) {
  const auto now = clock_.Steady();
  const std::lock_guard lock(mutex_);
  if (partners_.count(partner) == 0) MakeRoom();
  const auto [found, added] =
      partners_.try_emplace(partner, Partner{FullBucket(limits_.rate, now), {}});
  const auto pause = AskBreaker(found->second.breaker, limits_.breaker, now);
  if (pause.count() > 0) {
    return base::FailRetryable(absl::StatusCode::kResourceExhausted, "PARTNER_BREAKER_OPEN",
                               "too many frames in a row were refused: repair what they say, then "
                               "send one",
                               pause, {{"partner", partner}});
  }
  const auto wait = TakeToken(found->second.bucket, limits_.rate, now);
  if (wait.count() == 0) return absl::OkStatus();
  found->second.breaker.probing = false;  // It was not tried.
  return base::FailRetryable(absl::StatusCode::kResourceExhausted, "PARTNER_RATE",
                             "more frames than agreed: send this one and what follows again after "
                             "the delay",
                             wait, {{"partner", partner}});
}

// Full buckets and closed breakers are as good as none.
void PartnerGate::MakeRoom() {
  if (partners_.size() < kPartnersMax) return;
  const auto now = clock_.Steady();
  for (auto each = partners_.begin(); each != partners_.end();) {
    const bool quiet = now - each->second.bucket.filled_at > std::chrono::minutes(10);
    each = quiet ? partners_.erase(each) : std::next(each);
  }
}

void PartnerGate::Tell(const std::string& partner, Outcome outcome) {
  const std::lock_guard lock(mutex_);
  const auto found = partners_.find(partner);
  if (found == partners_.end()) return;
  if (outcome == Outcome::kUnknown) {
    found->second.breaker.probing = false;
    return;
  }
  TellBreaker(found->second.breaker, limits_.breaker, outcome == Outcome::kGood, clock_.Steady());
}

Breaker::State PartnerGate::StateOf(const std::string& partner) const {
  const std::lock_guard lock(mutex_);
  const auto found = partners_.find(partner);
  return found == partners_.end() ? Breaker::State::kClosed
                                  : slots::StateOf(found->second.breaker, clock_.Steady());
}

}  // namespace sas::slots
