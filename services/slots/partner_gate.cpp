#include "services/slots/partner_gate.h"

#include <algorithm>

#include "common/base/resource_name.h"
#include "common/base/status.h"

namespace sas::slots {

PartnerIn SpeakerOf(const base::Call& call, std::string_view agenda) {
  const std::string_view region = base::RegionOf(agenda);
  // Invented regions are one: a platform gets no new state for each.
  const bool its_own = base::MayActInRegion(call.actor, region);
  return {call.actor.subject, its_own ? std::string(region) : std::string()};
}

absl::Status PartnerGate::Enter(const PartnerIn& who) {
  const auto now = clock_.Steady();
  const std::lock_guard lock(mutex_);
  if (partners_.count(who) == 0) MakeRoom();
  const PartnerLimits& limits = Limits(who);
  const auto [found, added] = partners_.try_emplace(who, Partner{FullBucket(limits.rate, now), {}});
  const auto pause = AskBreaker(found->second.breaker, limits.breaker, now);
  if (pause.count() > 0) {
    return base::FailRetryable(absl::StatusCode::kResourceExhausted, "PARTNER_BREAKER_OPEN",
                               "too many frames in a row were refused: repair what they say, then "
                               "send one",
                               pause, {{"partner", who.partner}});
  }
  const auto wait = TakeToken(found->second.bucket, limits.rate, now);
  if (wait.count() == 0) return absl::OkStatus();
  found->second.breaker.probing = false;  // It was not tried.
  return base::FailRetryable(absl::StatusCode::kResourceExhausted, "PARTNER_RATE",
                             "more frames than agreed: send this one and what follows again after "
                             "the delay",
                             wait, {{"partner", who.partner}});
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

void PartnerGate::Tell(const PartnerIn& who, Outcome outcome) {
  const std::lock_guard lock(mutex_);
  const auto found = partners_.find(who);
  if (found == partners_.end()) return;
  if (outcome == Outcome::kUnknown) {
    found->second.breaker.probing = false;
    return;
  }
  TellBreaker(found->second.breaker, Limits(who).breaker, outcome == Outcome::kGood,
              clock_.Steady());
}

Breaker::State PartnerGate::StateOf(const std::string& partner) const {
  const std::lock_guard lock(mutex_);
  Breaker::State worst = Breaker::State::kClosed;
  for (auto each = partners_.lower_bound({partner, {}});
       each != partners_.end() && each->first.partner == partner; ++each) {
    worst = std::max(worst, slots::StateOf(each->second.breaker, clock_.Steady()));
  }
  return worst;
}

bool PartnerGate::Agree(const PartnerIn& who, std::int64_t version, const AgreedLimits& agreed) {
  const std::lock_guard lock(mutex_);
  Agreed& known = agreed_[who];
  if (version <= known.version) return false;
  known = {version, LimitsWith(agreed, standard_)};
  return true;
}

PartnerLimits PartnerGate::LimitsOf(const PartnerIn& who) const {
  const std::lock_guard lock(mutex_);
  return Limits(who);
}

const PartnerLimits& PartnerGate::Limits(const PartnerIn& who) const {
  const auto found = agreed_.find(who);
  return found == agreed_.end() ? standard_ : found->second.limits;
}

}  // namespace sas::slots
