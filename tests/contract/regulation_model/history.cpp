#include "tests/contract/regulation_model/history.h"

#include <algorithm>
#include <array>

#include "common/testing/fake_random.h"

namespace sas::regulation::model {
namespace {

constexpr int kActsMin = 8;
constexpr int kActsMax = 28;

// Delays at which something ends or begins (domain.md §1.4), and a second beside them.
constexpr std::array<int, 22> kSteps{1,   1,   5,   5,   29,  30,   59,   60,   90,   119,  120,
                                     121, 300, 599, 600, 601, 1199, 1200, 1800, 3600, 5400, 14400};

// How often each act is tried, in parts of their sum.
constexpr std::array<int, static_cast<std::size_t>(ActKind::kCount)> kWeights{
    14, 16, 9, 12, 4, 4, 9, 5, 4, 3, 3, 2, 2, 5, 2, 3, 16};

class Chance {
 public:
  explicit Chance(std::uint64_t seed) : random_(seed) {}

  int Below(int n) { return static_cast<int>(random_.Next() % static_cast<std::uint64_t>(n)); }

  bool In(int n) { return Below(n) == 0; }

 private:
  testing::FakeRandom random_;
};

ActKind AnyKind(Chance& chance) {
  int sum = 0;
  for (const int weight : kWeights) sum += weight;
  int left = chance.Below(sum);
  std::size_t kind = 0;
  while (left >= kWeights.at(kind)) left -= kWeights.at(kind++);
  return static_cast<ActKind>(kind);
}

// Somebody whose role may do it at all: refusals by role are tested elsewhere.
int AnyoneFor(ActKind kind, Chance& chance) {
  switch (kind) {
    case ActKind::kOpen:
    case ActKind::kPrioritize:
    case ActKind::kClaim:
    case ActKind::kTransfer:
    case ActKind::kCallAgain:
      return chance.Below(6);
    case ActKind::kClaimNext:
    case ActKind::kDecide:
      return 2 + chance.Below(4);
    case ActKind::kLoseCall:
      return chance.Below(2);
    default:
      return chance.Below(7);
  }
}

Act AnyAct(Chance& chance) {
  Act act;
  act.kind = AnyKind(chance);
  act.who = AnyoneFor(act.kind, chance);
  act.which = chance.Below(1 << 20);
  act.b = chance.Below(3);
  act.c = chance.Below(128);
  switch (act.kind) {
    case ActKind::kOpen:
      act.a = chance.In(4) ? 1 : 0;
      break;
    case ActKind::kPrioritize:
      act.a = 1 + chance.Below(5);
      // Most people do it right: what is refused changes nothing.
      if (!chance.In(4))
        act.c = (act.c | kReason | kEtag | kConfirmed | kWindow) & ~(kStaleEtag | kNoConsent);
      break;
    case ActKind::kComplete:
    case ActKind::kClose:
      if (!chance.In(4)) act.c = kEtag;
      break;
    case ActKind::kClaimNext:
      act.a = chance.In(3) ? 1 + chance.Below(2) : 0;
      break;
    case ActKind::kTransfer:
      act.a = 1 + chance.Below(2);
      break;
    case ActKind::kDecide:
      act.a = chance.In(3) ? 1 + chance.Below(2) : 0;
      break;
    case ActKind::kTimePasses:
      act.a = kSteps.at(static_cast<std::size_t>(chance.Below(static_cast<int>(kSteps.size()))));
      break;
    default:
      break;
  }
  return act;
}

const char* NameOf(ActKind kind) {
  constexpr std::array<const char*, static_cast<std::size_t>(ActKind::kCount)> kNames{
      "open",        "prioritize", "claim", "claim_next", "release",    "transfer",
      "decide",      "call_again", "note",  "complete",   "close",      "lose_call",
      "return_call", "repeat",     "leave", "come_back",  "time_passes"};
  return kNames.at(static_cast<std::size_t>(kind));
}

}  // namespace

const std::vector<Operator>& Operators() {
  static const std::vector<Operator> kOperators{
      {"arm-1", Post::kArm},          {"arm-2", Post::kArm},         {"mru-1", Post::kRegulatorAmu},
      {"mru-2", Post::kRegulatorAmu}, {"mrl-1", Post::kRegulatorMg}, {"mrl-2", Post::kRegulatorMg},
      {"sup-1", Post::kSupervisor}};
  return kOperators;
}

History RandomHistory(std::uint64_t seed) {
  Chance chance(seed);
  History history(static_cast<std::size_t>(kActsMin + chance.Below(kActsMax - kActsMin + 1)));
  for (Act& act : history) act = AnyAct(chance);
  history.front().kind = ActKind::kOpen;
  history.front().who %= 6;
  return history;
}

std::string Print(const History& history) {
  std::string text;
  for (const Act& act : history) {
    text += std::string("  ") + NameOf(act.kind);
    if (act.kind != ActKind::kTimePasses) {
      text += std::string(" by ") + Operators().at(static_cast<std::size_t>(act.who)).name;
    }
    text += " which=" + std::to_string(act.which) + " a=" + std::to_string(act.a) +
            " b=" + std::to_string(act.b) + " c=" + std::to_string(act.c) + "\n";
  }
  return text;
}

History Shrink(History history, const std::function<bool(const History&)>& fails) {
  for (std::size_t part = std::max<std::size_t>(history.size() / 2, 1); part > 0;) {
    bool shorter = false;
    for (std::size_t from = 0; from < history.size();) {
      History without = history;
      const auto begin = without.begin() + static_cast<std::ptrdiff_t>(from);
      without.erase(begin,
                    begin + static_cast<std::ptrdiff_t>(std::min(part, without.size() - from)));
      if (fails(without)) {
        history = std::move(without);
        shorter = true;
      } else {
        from += part;
      }
    }
    if (part > 1) {
      part /= 2;
    } else if (!shorter) {
      break;
    }
  }
  return history;
}

}  // namespace sas::regulation::model
