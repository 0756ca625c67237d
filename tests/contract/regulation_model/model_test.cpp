#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "tests/contract/regulation_model/history.h"
#include "tests/contract/regulation_model/invariants.h"
#include "tests/contract/regulation_model/real_room.h"
#include "tests/contract/regulation_model/reference_room.h"

// Random histories of a room, act by act against a reference that was written from the rules. The
// long run:
//
//   SAS_MODEL_HISTORIES=1000000 SAS_MODEL_SEED=1 build/dev/bin/regulation_model_test
//
// A failure prints its seed and the fewest acts that still show it.
namespace sas::regulation::model {
namespace {

constexpr std::uint64_t kHistories = 10'000;
constexpr std::uint64_t kFirstSeed = 20'261'129;

std::uint64_t Setting(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

/// What all histories together have reached: a generator that visits nothing proves nothing.
struct Reached {
  std::map<std::pair<ActKind, std::string>, int> answers;
  std::set<int> alarms;
  int expiries = 0;
  int due_promises = 0;
};

/// What is wrong with a history, or nothing.
std::optional<std::string> Play(const History& history, Reached* reached = nullptr) {
  RealRoom real;
  ReferenceRoom reference;
  Invariants invariants;
  std::int64_t now = 0;
  int dossiers = 0;
  Seen expected;
  for (std::size_t i = 0; i < history.size(); ++i) {
    const Act& act = history[i];
    const auto at = [&] { return "at act " + std::to_string(i + 1) + ": "; };
    const Answer told = real.Do(act);
    const Answer right = reference.Do(act);
    if (told != right) return at() + Print(told) + ", not " + Print(right) + "\n";
    if (act.kind == ActKind::kTimePasses) now += act.a;
    if (act.kind == ActKind::kOpen && told.reason.empty()) {
      reference.Name(dossiers, real.NameOf(dossiers));
      ++dossiers;
    }
    if (reached != nullptr) ++reached->answers[{act.kind, told.reason}];
    const Seen seen = real.Look();
    expected = reference.Look();
    if (const auto broken = invariants.Check(act, told, seen, dossiers, now); !broken.empty()) {
      return at() + broken + "\n    " + Print(seen);
    }
    if (seen != expected) {
      return at() + "shows\n    " + Print(seen) + "  and not\n    " + Print(expected);
    }
    if (reached == nullptr) continue;
    for (const Line& line : seen.waiting) {
      reached->alarms.insert(line.alarms.begin(), line.alarms.end());
    }
  }
  if (const std::string broken = real.CompareViews(expected); !broken.empty()) return broken;
  if (real.traces() != reference.traces()) {
    return "the audit has " + std::to_string(real.traces()) + " records for " +
           std::to_string(reference.traces()) + " acts\n";
  }
  if (reached != nullptr) {
    reached->expiries += reference.expiries();
    reached->due_promises += reference.due_promises();
  }
  return std::nullopt;
}

std::string Report(std::uint64_t seed, const History& history) {
  const History least = Shrink(history, [](const History& part) { return Play(part).has_value(); });
  return "seed " + std::to_string(seed) + ", " + std::to_string(history.size()) +
         " acts, of which these suffice:\n" + Print(least) + Play(least).value_or("(unsteady)");
}

// no_band_inversion, single_owner_history, waiting_taken_closed_partition and
// no_wait_past_alarm_unheard (I3, I4, I7 and I8 on the way); rank_ignores_patient_history.
TEST(RegulationModel, H09_H10_H11_H51_NothingIsLostDoubledOvertakenOrUnheard) {
  Reached reached;
  const std::uint64_t first = Setting("SAS_MODEL_SEED", kFirstSeed);
  const std::uint64_t count = Setting("SAS_MODEL_HISTORIES", kHistories);
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    const History history = RandomHistory(seed);
    const auto wrong = Play(history, &reached);
    ASSERT_FALSE(wrong) << Report(seed, history);
  }
  RecordProperty("histories", std::to_string(count));
  if (count < kHistories) return;  // One seed, looked at again.
  EXPECT_GT(reached.expiries, 50);
  EXPECT_GT(reached.due_promises, 20);
  // Of those that a dossier can have: by waiting, nothing sent, a vital motif set low.
  EXPECT_EQ(reached.alarms, (std::set<int>{1, 2, 3, 4, 5, 6, 15, 18}));
  for (const auto& [kind, reason] : std::vector<std::pair<ActKind, std::string>>{
           {ActKind::kClaim, "CASE_ALREADY_CLAIMED"},
           {ActKind::kPrioritize, "CASE_STATE_FORBIDS"},
           {ActKind::kClaimNext, "QUEUE_EMPTY"},
           {ActKind::kClaimNext, ""},
           {ActKind::kRelease, "NOT_CLAIM_OWNER"},
           {ActKind::kRelease, ""},
           {ActKind::kTransfer, "SAME_FILIERE"},
           {ActKind::kTransfer, "PRIORITY_NOT_REGULATED"},
           {ActKind::kTransfer, ""},
           {ActKind::kDecide, "CLAIM_LOST"},
           {ActKind::kDecide, ""},
           {ActKind::kCallAgain, ""},
           {ActKind::kRepeat, ""},
           {ActKind::kPrioritize, "REGULATOR_REQUIRED"},
           {ActKind::kPrioritize, "ETAG_MISMATCH"},
           {ActKind::kPrioritize, "VITAL_MOTIF_UNCONFIRMED"},
           {ActKind::kPrioritize, "CALLBACK_CONSENT_REQUIRED"},
           {ActKind::kComplete, "CASE_INCOMPLETE"},
           {ActKind::kComplete, ""},
           {ActKind::kClose, "MEDICAL_ACT_EXISTS"},
           {ActKind::kClose, "PRIORITY_FORBIDS_CLOSING"},
           {ActKind::kClose, ""},
           {ActKind::kReturnCall, "LOST_CALL_DONE"},
           {ActKind::kReturnCall, ""}}) {
    EXPECT_GT((reached.answers[{kind, reason}]), 5)
        << "act " << static_cast<int>(kind) << " " << reason;
  }
}

TEST(RegulationModel, AHistoryIsShrunkToWhatShowsTheFault) {
  const History history = RandomHistory(kFirstSeed);
  ASSERT_GE(history.size(), 8u);
  const auto is = [](const Act& act, int which) { return act.which == which; };
  const int early = history[1].which;
  const int late = history[6].which;
  const auto fails = [&](const History& part) {
    const auto one = std::find_if(part.begin(), part.end(), [&](auto& a) { return is(a, early); });
    return std::any_of(one, part.end(), [&](const Act& a) { return is(a, late); });
  };
  const History least = Shrink(history, fails);
  ASSERT_EQ(least.size(), 2u);
  EXPECT_EQ(least[0].which, early);
  EXPECT_EQ(least[1].which, late);
  EXPECT_THAT(Print(least), ::testing::HasSubstr("which=" + std::to_string(late)));
}

}  // namespace
}  // namespace sas::regulation::model
