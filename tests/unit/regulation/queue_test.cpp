#include "services/regulation/domain/queue.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace sas::regulation {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr base::Instant kNow{hours(24 * 365 * 50)};
constexpr int kHistories = 20'000;

QueueEntry Entry(std::string name, Priority priority, minutes waited, int repeat_calls = 0) {
  QueueEntry entry;
  entry.name = std::move(name);
  entry.priority = priority;
  entry.repeat_calls = repeat_calls;
  entry.wait_start = kNow - waited;
  return entry;
}

QueueEntry Promise(std::string name, minutes start, minutes end, minutes waited) {
  QueueEntry entry = Entry(std::move(name), Priority::kP3, waited);
  entry.callback_start = kNow + start;
  entry.callback_end = kNow + end;
  return entry;
}

std::vector<std::string> Order(std::vector<QueueEntry> entries, base::Instant now = kNow) {
  std::sort(entries.begin(), entries.end(),
            [&](const auto& a, const auto& b) { return KeyOf(a, now) < KeyOf(b, now); });
  std::vector<std::string> names;
  for (const QueueEntry& entry : entries) names.push_back(entry.name);
  return names;
}

TEST(Queue, BandThenRepeatCallsThenAge) {
  const std::vector<std::string> expected{"p0",     "p1",     "unset", "due", "p2-again",
                                          "p2-old", "p2-new", "p3",    "nr"};
  EXPECT_EQ(Order({Entry("nr", Priority::kNr, minutes(500)),
                   Promise("p3", minutes(0), minutes(30), minutes(300)),
                   Promise("due", minutes(-60), minutes(0), minutes(60)),
                   Entry("p2-new", Priority::kP2, minutes(1)),
                   Entry("p2-old", Priority::kP2, minutes(240)),
                   Entry("p2-again", Priority::kP2, minutes(2), 1),
                   Entry("unset", Priority::kUnspecified, minutes(0)),
                   Entry("p1", Priority::kP1, minutes(0)), Entry("p0", Priority::kP0, minutes(0))}),
            expected);
}

TEST(Queue, H13_PromiseFallsDueByTimeAlone) {
  const QueueEntry promise = Promise("p3", minutes(0), minutes(30), minutes(10));
  EXPECT_EQ(KeyOf(promise, kNow + minutes(30) - std::chrono::microseconds(1)).band, 4);
  EXPECT_EQ(KeyOf(promise, kNow + minutes(30)).band, kDueCallbackBand);
}

TEST(Queue, RepeatCallsCountUpToABound) {
  EXPECT_EQ(KeyOf(Entry("a", Priority::kP2, minutes(1), kRepeatCallsCounted), kNow).rank,
            KeyOf(Entry("a", Priority::kP2, minutes(1), kRepeatCallsCounted + 1), kNow).rank);
}

TEST(Queue, NextSkipsWhatNobodyAskedARegulatorFor) {
  EXPECT_EQ(TakeNext({Entry("nr", Priority::kNr, minutes(9))}, kNow), "");
  EXPECT_EQ(TakeNext({Promise("p3", minutes(5), minutes(30), minutes(9))}, kNow), "");
  EXPECT_EQ(TakeNext({Promise("p3", minutes(0), minutes(30), minutes(9))}, kNow), "p3");
  QueueEntry again = Promise("again", minutes(5), minutes(30), minutes(9));
  again.repeat_calls = 1;
  EXPECT_EQ(TakeNext({again}, kNow), "again");
}

class Histories {
 public:
  explicit Histories(unsigned seed) : random_(seed) {}

  int Upto(int n) { return std::uniform_int_distribution<int>(0, n)(random_); }

  QueueEntry Any(int index) {
    auto entry = Entry("c" + std::to_string(index), static_cast<Priority>(Upto(5)),
                       minutes(Upto(600)), Upto(12));
    if (entry.priority == Priority::kP3) {
      entry.callback_start = kNow + minutes(Upto(240) - 120);
      entry.callback_end = entry.callback_start + minutes(1 + Upto(120));
    }
    return entry;
  }

 private:
  std::mt19937 random_;
};

// no_band_inversion: whatever waits, calls again and falls due, nobody is taken while a dossier of
// a higher band waits, and inside a band nobody overtakes without a repeat call or a promise.
TEST(Queue, H09_NoBandInversion) {
  Histories histories(20261124);
  for (int round = 0; round < kHistories; ++round) {
    std::vector<QueueEntry> waiting;
    for (int i = 0, count = 1 + histories.Upto(11); i < count; ++i) {
      waiting.push_back(histories.Any(i));
    }
    base::Instant now = kNow;
    while (!waiting.empty()) {
      now += minutes(histories.Upto(20));
      if (histories.Upto(3) == 0) {
        ++waiting[static_cast<std::size_t>(histories.Upto(static_cast<int>(waiting.size()) - 1))]
              .repeat_calls;
      }
      const std::string name = TakeNext(waiting, now);
      if (name.empty()) {
        for (const QueueEntry& left : waiting) ASSERT_FALSE(ReadyToTake(left, now));
        break;
      }
      const auto taken = std::find_if(waiting.begin(), waiting.end(),
                                      [&](const auto& e) { return e.name == name; });
      const bool taken_due = taken->priority == Priority::kP3 && taken->callback_end <= now;
      for (const QueueEntry& left : waiting) {
        if (!ReadyToTake(left, now)) continue;
        const bool left_due = left.priority == Priority::kP3 && left.callback_end <= now;
        const int left_band = left_due ? kDueCallbackBand : RuleOf(left.priority).band;
        const int taken_band = taken_due ? kDueCallbackBand : RuleOf(taken->priority).band;
        ASSERT_LE(taken_band, left_band);
        if (taken_band == left_band && !taken_due && taken->repeat_calls == 0) {
          ASSERT_LE(taken->wait_start, left.wait_start);
        }
      }
      waiting.erase(taken);
    }
  }
}

TEST(Queue, H02_UnsetNeverBelowP2) {
  Histories histories(7);
  for (int round = 0; round < kHistories; ++round) {
    QueueEntry unset = histories.Any(0);
    unset.priority = Priority::kUnspecified;
    QueueEntry other = histories.Any(1);
    if (RuleOf(other.priority).band < RuleOf(Priority::kP2).band) continue;
    ASSERT_LT(KeyOf(unset, kNow), KeyOf(other, kNow));
  }
}

}  // namespace
}  // namespace sas::regulation
