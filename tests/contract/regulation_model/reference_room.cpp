#include "tests/contract/regulation_model/reference_room.h"

#include <algorithm>
#include <array>

namespace sas::regulation::model {
namespace {

constexpr int kMinute = 60;
constexpr int kHour = 60 * kMinute;

// By level: seconds until the wait should have ended, until it is an alarm, and of a claim.
struct Delays {
  int target;
  int alarm;
  int lease;
};

constexpr std::array<Delays, 6> kDelays{{{30, 60, 10 * kMinute},
                                         {0, 30, 2 * kMinute},
                                         {60, 120, 2 * kMinute},
                                         {20 * kMinute, 30 * kMinute, 10 * kMinute},
                                         {kHour, 4 * kHour, 10 * kMinute},
                                         {24 * kHour, 24 * kHour, 10 * kMinute}}};

const Delays& DelaysOf(int level) {
  return kDelays.at(static_cast<std::size_t>(level));
}

// From the most to the least urgent: nobody's judgement stands just below P1.
int UrgencyOf(int level) {
  constexpr std::array<int, 6> kUrgency{2, 0, 1, 3, 4, 5};
  return kUrgency.at(static_cast<std::size_t>(level));
}

bool IsRegulator(int who) {
  const Post post = Operators().at(static_cast<std::size_t>(who)).post;
  return post == Post::kRegulatorAmu || post == Post::kRegulatorMg;
}

bool IsSupervisor(int who) {
  return Operators().at(static_cast<std::size_t>(who)).post == Post::kSupervisor;
}

int OwnChain(int who) {
  return Operators().at(static_cast<std::size_t>(who)).post == Post::kRegulatorAmu ? kAmu : kSnp;
}

bool Has(const Act& act, Given given) {
  return (act.c & given) != 0;
}

}  // namespace

bool ReferenceRoom::HasOwner(const Dossier& dossier) const {
  return dossier.owner >= 0 && now_ < dossier.lease_end;
}

bool ReferenceRoom::Waits(const Dossier& dossier) const {
  return dossier.state == State::kOpen && dossier.waits_since && !HasOwner(dossier);
}

bool ReferenceRoom::IsDue(const Dossier& dossier) const {
  return dossier.level == kP3 && dossier.promise && dossier.promise->second <= now_;
}

bool ReferenceRoom::IsReady(const Dossier& dossier) const {
  if (dossier.level == kNr) return false;
  const bool promised = dossier.level == kP3 && dossier.promise;
  return !promised || dossier.promise->first <= now_ || dossier.calls_again > 0;
}

int ReferenceRoom::PlaceOf(const Dossier& dossier) const {
  return IsDue(dossier) ? UrgencyOf(kP2) : UrgencyOf(dossier.level);
}

// Band; then promises that are due; then who has called again more often; then who waits longer.
bool ReferenceRoom::Before(const Dossier& one, const Dossier& other) const {
  if (PlaceOf(one) != PlaceOf(other)) return PlaceOf(one) < PlaceOf(other);
  if (IsDue(one) != IsDue(other)) return IsDue(one);
  const int calls = std::min(one.calls_again, 9);
  const int other_calls = std::min(other.calls_again, 9);
  if (calls != other_calls) return calls > other_calls;
  const std::int64_t since = one.waits_since.value_or(one.opened);
  const std::int64_t other_since = other.waits_since.value_or(other.opened);
  if (since != other_since) return since < other_since;
  return one.name < other.name;
}

std::int64_t ReferenceRoom::TargetTime(const Dossier& dossier) const {
  if (dossier.level == kP3 && dossier.promise) {
    return std::max(dossier.promise->first, dossier.promise->second - 10 * kMinute);
  }
  return *dossier.waits_since + DelaysOf(dossier.level).target;
}

std::int64_t ReferenceRoom::AlarmTime(const Dossier& dossier) const {
  if (dossier.level == kP3 && dossier.promise) return dossier.promise->second;
  return *dossier.waits_since + DelaysOf(dossier.level).alarm;
}

std::vector<int> ReferenceRoom::Alarms(const Dossier& dossier) const {
  constexpr int kPriorityUnset = 1;
  constexpr int kWaitTarget = 2;
  constexpr int kWaitLate = 3;
  constexpr int kStarving = 4;
  constexpr int kCallbackSoon = 5;
  constexpr int kCallbackDue = 6;
  constexpr int kNothingSent = 15;
  constexpr int kVitalMotifLow = 18;
  std::vector<int> alarms;
  const std::int64_t alarm = AlarmTime(dossier);
  const bool promised = dossier.level == kP3 && dossier.promise;
  const bool late = alarm <= now_;
  const bool slow = TargetTime(dossier) <= now_;
  if (dossier.level == kUnset && slow) alarms.push_back(kPriorityUnset);
  if (!promised && slow && !late) alarms.push_back(kWaitTarget);
  if (!promised && late) alarms.push_back(kWaitLate);
  // Three times as long as the alarm allows.
  if (late && *dossier.waits_since + 3 * (alarm - *dossier.waits_since) <= now_) {
    alarms.push_back(kStarving);
  }
  if (promised && slow && !late) alarms.push_back(kCallbackSoon);
  if (promised && late) alarms.push_back(kCallbackDue);
  const bool low = dossier.level == kP2 || dossier.level == kP3 || dossier.level == kNr;
  if (dossier.vital && low) alarms.push_back(kVitalMotifLow);
  // Nobody sends anything in these rooms.
  if (dossier.level == kP0 && *dossier.level_since + 30 <= now_) alarms.push_back(kNothingSent);
  return alarms;
}

void ReferenceRoom::SettleCalls(int number) {
  for (LostCall& call : lost_calls_) {
    if (call.number != number || call.done) continue;
    call.done = true;
    ++traces_;
  }
}

Answer ReferenceRoom::Open(const Act& act) {
  Dossier dossier;
  dossier.opened = now_;
  dossier.waits_since = now_;
  dossier.vital = act.a == 1;
  dossiers_.push_back(dossier);
  SettleCalls(act.b);
  return {"", static_cast<int>(dossiers_.size()) - 1, 0};
}

std::string ReferenceRoom::Prioritize(Dossier& dossier, const Act& act) {
  const int from = dossier.level;
  const int to = act.a;
  const bool raise = from != kUnset && UrgencyOf(to) < UrgencyOf(from);
  if (dossier.state == State::kValidated && !raise) return "CASE_STATE_FORBIDS";
  const bool lowering = from != kUnset && UrgencyOf(to) > UrgencyOf(from);
  if (lowering) {
    if (!IsRegulator(act.who)) return "REGULATOR_REQUIRED";
    if (!Has(act, kEtag)) return "ETAG_REQUIRED";
    if (!Has(act, kReason)) return "REASON_REQUIRED";
  }
  if (dossier.vital && to != from && (to == kP2 || to == kP3 || to == kNr)) {
    if (!Has(act, kConfirmed)) return "VITAL_MOTIF_UNCONFIRMED";
    if (!Has(act, kReason)) return "REASON_REQUIRED";
  }
  if (to == kP3) {
    if (!Has(act, kWindow)) return "CALLBACK_REQUIRED";
    if (Has(act, kNoConsent)) return "CALLBACK_CONSENT_REQUIRED";
  }
  if (!raise && Has(act, kEtag) && Has(act, kStaleEtag)) return "ETAG_MISMATCH";
  if (dossier.chain == kNoChain && act.b == kNoChain) return "FILIERE_REQUIRED";
  if (act.b != kNoChain) dossier.chain = act.b;
  dossier.promise.reset();
  if (to == kP3) {
    const std::int64_t start = now_ + (Has(act, kLateWindow) ? kWindowSeconds : 0);
    dossier.promise = {start, start + kWindowSeconds};
  }
  if (to != from) dossier.level_since = now_;
  dossier.level = to;
  // Whoever has it has no more time than the new level gives, unless he has raised it himself.
  const bool vital = to == kP0 || to == kP1;
  if (vital && (raise || from == kUnset) && HasOwner(dossier)) {
    dossier.lease_end = std::min(dossier.lease_end, now_ + DelaysOf(to).lease);
  }
  if (to == kNr) dossier.waits_since.reset();
  if (raise || to == kP3) {
    dossier.state = State::kOpen;
    if (!dossier.waits_since) dossier.waits_since = now_;
  }
  return "";
}

std::string ReferenceRoom::Claim(Dossier& dossier, int who) {
  if (HasOwner(dossier) && dossier.owner != who) return "CASE_ALREADY_CLAIMED";
  if (!HasOwner(dossier)) {
    if (dossier.owner >= 0 && dossier.owner != who) ++expiries_;
    if (Waits(dossier) && IsDue(dossier)) ++due_promises_;
    ++dossier.version;
  }
  dossier.owner = who;
  dossier.lease_end = now_ + DelaysOf(dossier.level).lease;
  return "";
}

Answer ReferenceRoom::ClaimNext(const Act& act) {
  const int chain = act.a == kNoChain ? OwnChain(act.who) : act.a;
  Dossier* next = nullptr;
  for (Dossier& dossier : dossiers_) {
    const bool mine = dossier.chain == chain || dossier.chain == kNoChain;
    if (!mine || !Waits(dossier) || !IsReady(dossier)) continue;
    if (next == nullptr || Before(dossier, *next)) next = &dossier;
  }
  if (next == nullptr) return {"QUEUE_EMPTY", -1, 0};
  const std::string reason = Claim(*next, act.who);
  return {reason, static_cast<int>(next - dossiers_.data()), next->version};
}

std::string ReferenceRoom::Release(Dossier& dossier, int who) {
  const bool may = dossier.owner == who || (IsSupervisor(who) && dossier.owner >= 0);
  if (!may) return "NOT_CLAIM_OWNER";
  dossier.owner = -1;
  return "";
}

std::string ReferenceRoom::Transfer(Dossier& dossier, const Act& act) {
  if (dossier.chain == act.a) return "SAME_FILIERE";
  if (dossier.level == kNr) return "PRIORITY_NOT_REGULATED";
  dossier.state = State::kOpen;
  dossier.chain = act.a;
  dossier.owner = -1;
  if (!dossier.waits_since) dossier.waits_since = now_;
  return "";
}

std::string ReferenceRoom::Decide(Dossier& dossier, const Act& act, int number) {
  const auto screen = screens_.find({act.who, number});
  std::int64_t version = screen == screens_.end() ? 0 : screen->second;
  if (act.a == 1) version = HasOwner(dossier) ? dossier.version : 0;
  if (act.a == 2 && version > 0) --version;
  if (version == 0) return "CLAIM_VERSION_REQUIRED";
  const bool mine = HasOwner(dossier) && dossier.owner == act.who && dossier.version == version;
  if (!mine) return "CLAIM_LOST";
  dossier.state = State::kOpen;
  dossier.decided = true;
  dossier.promise.reset();
  dossier.waits_since.reset();
  return "";
}

std::string ReferenceRoom::CallAgain(Dossier& dossier, const Act& act) {
  dossier.state = State::kOpen;
  ++dossier.calls_again;
  if (dossier.level == kNr) dossier.level = kUnset;
  if (!dossier.waits_since) dossier.waits_since = now_;
  SettleCalls(act.b);
  return "";
}

std::string ReferenceRoom::Complete(Dossier& dossier, const Act& act) {
  if (!Has(act, kEtag)) return "ETAG_REQUIRED";
  if (Has(act, kStaleEtag)) return "ETAG_MISMATCH";
  if (dossier.state != State::kOpen) return "CASE_STATE_FORBIDS";
  if (!dossier.decided && dossier.level != kNr) return "CASE_INCOMPLETE";
  if (dossier.waits_since && !IsRegulator(act.who)) return "REGULATOR_REQUIRED";
  dossier.state = State::kCompleted;
  dossier.promise.reset();
  dossier.waits_since.reset();
  dossier.owner = -1;
  return "";
}

std::string ReferenceRoom::Close(Dossier& dossier, const Act& act) {
  if (!Has(act, kEtag)) return "ETAG_REQUIRED";
  if (Has(act, kStaleEtag)) return "ETAG_MISMATCH";
  if (dossier.state == State::kOpen) {
    if (dossier.decided) return "MEDICAL_ACT_EXISTS";
    const bool owed = dossier.level != kNr && (dossier.level != kUnset || dossier.vital);
    if (owed) return "PRIORITY_FORBIDS_CLOSING";
  } else {
    if (!IsRegulator(act.who) && !IsSupervisor(act.who)) return "REGULATOR_REQUIRED";
    const bool complete = dossier.level != kUnset && (dossier.decided || dossier.level == kNr);
    if (!complete) return "CASE_INCOMPLETE";
    if (dossier.state == State::kValidated) return "CASE_STATE_FORBIDS";
  }
  dossier.state = State::kValidated;
  dossier.waits_since.reset();
  dossier.owner = -1;
  return "";
}

// Calls of one number are one entry until it is returned.
Answer ReferenceRoom::LoseCall(const Act& act) {
  int newest = -1;
  for (std::size_t i = 0; i < lost_calls_.size(); ++i) {
    const LostCall& call = lost_calls_[i];
    if (call.number == act.b && !call.done) newest = static_cast<int>(i);
  }
  if (newest >= 0) return {"", newest, 0};
  lost_calls_.push_back({act.b, now_, false});
  return {"", static_cast<int>(lost_calls_.size()) - 1, 0};
}

Answer ReferenceRoom::ReturnCall(const Act& act) {
  if (lost_calls_.empty()) return {"-", -1, 0};
  const int which = act.which % static_cast<int>(lost_calls_.size());
  LostCall& call = lost_calls_.at(static_cast<std::size_t>(which));
  if (call.done) return {"LOST_CALL_DONE", which, 0};
  call.done = true;
  return {"", which, 0};
}

Answer ReferenceRoom::Act1(const Act& act) {
  switch (act.kind) {
    case ActKind::kOpen:
      return Open(act);
    case ActKind::kClaimNext:
      return ClaimNext(act);
    case ActKind::kLoseCall:
      return LoseCall(act);
    case ActKind::kReturnCall:
      return ReturnCall(act);
    default:
      break;
  }
  if (dossiers_.empty()) return {"-", -1, 0};
  const int number = act.which % static_cast<int>(dossiers_.size());
  Dossier& dossier = dossiers_.at(static_cast<std::size_t>(number));
  std::string reason;
  if (act.kind == ActKind::kPrioritize) reason = Prioritize(dossier, act);
  if (act.kind == ActKind::kClaim) reason = Claim(dossier, act.who);
  if (act.kind == ActKind::kRelease) reason = Release(dossier, act.who);
  if (act.kind == ActKind::kTransfer) reason = Transfer(dossier, act);
  if (act.kind == ActKind::kDecide) reason = Decide(dossier, act, number);
  if (act.kind == ActKind::kCallAgain) reason = CallAgain(dossier, act);
  if (act.kind == ActKind::kComplete) reason = Complete(dossier, act);
  if (act.kind == ActKind::kClose) reason = Close(dossier, act);
  // Whatever its owner does on it prolongs his claim.
  if (reason.empty() && HasOwner(dossier) && dossier.owner == act.who) {
    dossier.lease_end = now_ + DelaysOf(dossier.level).lease;
  }
  return {reason, number, HasOwner(dossier) ? dossier.version : 0};
}

Answer ReferenceRoom::Do(const Act& act) {
  if (act.kind == ActKind::kTimePasses) {
    now_ += act.a;
    return {"-", -1, 0};
  }
  const auto who = static_cast<std::size_t>(act.who);
  if (act.kind == ActKind::kLeave || act.kind == ActKind::kComeBack) {
    away_.at(who) = act.kind == ActKind::kLeave;
    // What stood on his screen is gone with it.
    if (away_.at(who)) {
      std::erase_if(screens_, [&](const auto& screen) { return screen.first.first == act.who; });
    }
    return {"-", -1, 0};
  }
  if (act.kind == ActKind::kRepeat) {
    if (acknowledged_.empty()) return {"-", -1, 0};
    return acknowledged_.at(static_cast<std::size_t>(act.which) % acknowledged_.size());
  }
  if (away_.at(who)) return {"-", -1, 0};
  const Answer answer = Act1(act);
  if (!answer.reason.empty()) return answer;
  ++traces_;
  acknowledged_.push_back(answer);
  if (act.kind == ActKind::kClaim || act.kind == ActKind::kClaimNext) {
    screens_[{act.who, answer.which}] = answer.version;
  }
  return answer;
}

Line ReferenceRoom::LineOf(const Dossier& dossier) const {
  Line line;
  line.dossier = static_cast<int>(&dossier - dossiers_.data());
  line.level = dossier.level;
  line.chain = dossier.chain;
  line.calls = 1 + dossier.calls_again;
  return line;
}

Seen ReferenceRoom::Look() const {
  Seen seen;
  std::vector<const Dossier*> waiting;
  for (const Dossier& dossier : dossiers_) {
    const int number = static_cast<int>(&dossier - dossiers_.data());
    if (dossier.state != State::kOpen) {
      seen.ended.push_back(number);
    } else if (HasOwner(dossier)) {
      Line line = LineOf(dossier);
      line.owner = dossier.owner;
      line.version = dossier.version;
      seen.taken.push_back(line);
    } else if (dossier.waits_since) {
      waiting.push_back(&dossier);
    } else {
      seen.at_rest.push_back(number);
    }
  }
  std::sort(waiting.begin(), waiting.end(),
            [&](const auto* one, const auto* other) { return Before(*one, *other); });
  for (const Dossier* dossier : waiting) {
    seen.waiting.push_back(LineOf(*dossier));
    seen.waiting.back().alarms = Alarms(*dossier);
    auto& [count, late] = seen.wall[dossier->level];
    ++count;
    if (AlarmTime(*dossier) <= now_) ++late;
  }
  seen.wall_taken = static_cast<int>(seen.taken.size());
  seen.lost_calls = static_cast<int>(
      std::count_if(lost_calls_.begin(), lost_calls_.end(), [](const auto& c) { return !c.done; }));
  return seen;
}

}  // namespace sas::regulation::model
