#include "tests/contract/regulation_model/invariants.h"

#include <algorithm>
#include <array>
#include <vector>

namespace sas::regulation::model {
namespace {

constexpr int kCallbackDue = 6;

// Who has waited so long on one level without anybody's act must be loud, whatever else happened.
constexpr std::array<std::int64_t, 6> kQuietMax{60, 30, 120, 1800, 2 * kWindowSeconds, 0};

bool IsDue(const Line& line) {
  return std::find(line.alarms.begin(), line.alarms.end(), kCallbackDue) != line.alarms.end();
}

int UrgencyOf(const Line& line) {
  constexpr std::array<int, 6> kUrgency{2, 0, 1, 3, 4, 5};
  return IsDue(line) ? kUrgency[kP2] : kUrgency.at(static_cast<std::size_t>(line.level));
}

int OwnChain(int who) {
  return Operators().at(static_cast<std::size_t>(who)).post == Post::kRegulatorAmu ? kAmu : kSnp;
}

}  // namespace

// I3: each dossier that was acknowledged is in exactly one place.
std::string Invariants::CheckPlaces(const Seen& after, int dossiers) const {
  std::vector<int> places(static_cast<std::size_t>(dossiers));
  bool strange = false;
  const auto count = [&](int dossier) {
    if (dossier < 0 || dossier >= dossiers) {
      strange = true;
    } else {
      ++places.at(static_cast<std::size_t>(dossier));
    }
  };
  for (const Line& line : after.waiting) count(line.dossier);
  for (const Line& line : after.taken) count(line.dossier);
  for (const int dossier : after.at_rest) count(dossier);
  for (const int dossier : after.ended) count(dossier);
  if (strange) return "a dossier that nobody has opened";
  for (const int each : places) {
    if (each == 0) return "an acknowledged dossier is nowhere";
    if (each > 1) return "a dossier is in two places";
  }
  return "";
}

// One owner for each version of a claim, for ever.
std::string Invariants::CheckOwners(const Seen& after) {
  for (const Line& line : after.taken) {
    const auto [known, is_new] = owners_.try_emplace({line.dossier, line.version}, line.owner);
    if (!is_new && known->second != line.owner) return "two owners under one version of a claim";
  }
  return "";
}

// I4: what is shown is in the order of the bands, and nobody is handed out while a dossier of a
// higher band waits in the chain that was asked for.
std::string Invariants::CheckOrder(const Act& act, const Answer& answer, const Seen& after) const {
  for (std::size_t i = 1; i < after.waiting.size(); ++i) {
    if (UrgencyOf(after.waiting[i - 1]) > UrgencyOf(after.waiting[i])) {
      return "a lower band is shown in front of a higher one";
    }
  }
  if (act.kind != ActKind::kClaimNext || !answer.reason.empty()) return "";
  const auto taken = std::find_if(before_.waiting.begin(), before_.waiting.end(),
                                  [&](const Line& line) { return line.dossier == answer.which; });
  if (taken == before_.waiting.end()) return "a dossier was handed out that did not wait";
  const int chain = act.a == kNoChain ? OwnChain(act.who) : act.a;
  for (const Line& line : before_.waiting) {
    const bool asked = line.chain == chain || line.chain == kNoChain;
    if (asked && UrgencyOf(line) < UrgencyOf(*taken)) return "a band was overtaken";
  }
  return "";
}

// H-09: no wait past its alarm unheard. Counted from the last act on the dossier or from the moment
// at which it has its level, so that a wait is never held to be longer than it is.
std::string Invariants::CheckHeard(const Answer& answer, const Seen& after, std::int64_t now) {
  std::map<int, std::pair<int, std::int64_t>> since;
  int late = 0;
  for (const Line& line : after.waiting) {
    const auto known = since_.find(line.dossier);
    const bool same =
        known != since_.end() && known->second.first == line.level && line.dossier != answer.which;
    const std::int64_t start = same ? known->second.second : now;
    since[line.dossier] = {line.level, start};
    const std::int64_t quiet_max = kQuietMax.at(static_cast<std::size_t>(line.level));
    if (start == now || now - start < quiet_max) continue;
    if (line.alarms.empty()) return "a wait is past its alarm and nobody hears it";
    if (line.level != kP3) ++late;  // Without a promise a P3 is slow long before it is late.
  }
  since_ = std::move(since);
  int counted = 0;
  for (const auto& [level, counts] : after.wall) counted += counts.second;
  return counted < late ? "the wall counts fewer alarms than there are" : "";
}

std::string Invariants::Check(const Act& act, const Answer& answer, const Seen& after, int dossiers,
                              std::int64_t now) {
  std::string broken = CheckPlaces(after, dossiers);
  if (broken.empty()) broken = CheckOwners(after);
  if (broken.empty()) broken = CheckHeard(answer, after, now);
  if (broken.empty()) broken = CheckOrder(act, answer, after);
  before_ = after;
  return broken;
}

}  // namespace sas::regulation::model
