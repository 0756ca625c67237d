#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <barrier>
#include <string>
#include <thread>
#include <vector>

#include "common/base/status.h"
#include "common/observe/metrics.h"
#include "common/testing/actors.h"
#include "common/testing/fake_random.h"
#include "common/testing/status_matchers.h"
#include "services/regulation/acts.h"
#include "tests/contract/regulation/stores.h"

// Two operators want the same dossier at the same moment, on each ledger.
namespace sas::regulation {
namespace {

constexpr int kDossiers = 100;
// Each dossier is fought for once in each: over the two durable ledgers ten thousand contests.
constexpr int kRounds = 50;
constexpr int kMemoryRounds = 3;  // The store in memory copies itself for each write.
constexpr int kThreadsEach = 4;   // Of an operator: a ledger that commits in groups has a group.
constexpr std::chrono::minutes kLease{10};
constexpr std::array<const char*, 2> kOperators{"mrl-1", "mrl-2"};

class ClaimsContract : public StoreContract {
 protected:
  absl::StatusOr<v1::RegulationCase> Claim(int who, int dossier, int round) {
    base::Call call = Call();
    call.method = "Claim";
    call.actor = testing::ActorWith(base::Role::kRegulatorMg, kOperators.at(Index(who)));
    Desk desk{store(), clock_, random_, zone_, metrics_};
    v1::ClaimRegulationCaseRequest request;
    request.set_name("regions/fr-pdl/cases/c" + std::to_string(dossier));
    request.set_request_id("R-" + std::to_string(round) + "-" + std::to_string(dossier));
    return acts::ClaimRegulationCase(desk, call, request);
  }

  static std::size_t Index(int number) { return static_cast<std::size_t>(number); }

  testing::FakeRandom random_;
  const care::Zone zone_ = *care::Zone::Load("Europe/Paris");
  observe::Metrics page_;
  RegulationMetrics metrics_{page_};
};

INSTANTIATE_TEST_SUITE_P(Stores, ClaimsContract, testing::EveryBackend(), testing::BackendName);

// After each round every lease ends by time alone, so the next owner has the next version: a claim
// that was lost or given twice would show in it.
TEST_P(ClaimsContract, H10_OfTwoOneOwnsAndTheOtherLearnsWho) {
  std::vector<v1::RegulationCase> rows;
  for (int i = 0; i < kDossiers; ++i)
    rows.push_back(Case("c" + std::to_string(i), v1::PRIORITY_P2));
  Put(rows);

  using Answers = std::vector<absl::StatusOr<v1::RegulationCase>>;
  std::array<Answers, 2> answers{Answers(kDossiers), Answers(kDossiers)};
  std::array<int, 2> won{};
  const int rounds = GetParam() == testing::Backend::kMemory ? kMemoryRounds : kRounds;
  int round = 1;
  const auto judge = [&]() noexcept {
    for (int dossier = 0; dossier < kDossiers; ++dossier) {
      const auto& first = answers[0].at(Index(dossier));
      const auto& second = answers[1].at(Index(dossier));
      if (first.ok() == second.ok()) {
        ADD_FAILURE() << "round " << round << ": " << first.status() << ", " << second.status();
        continue;
      }
      const int winner = first.ok() ? 0 : 1;
      ++won.at(Index(winner));
      EXPECT_EQ((first.ok() ? first : second)->claim().version(), round);
      const absl::Status& refused = first.ok() ? second.status() : first.status();
      EXPECT_THAT(refused, testing::StatusIs(absl::StatusCode::kAborted, "CASE_ALREADY_CLAIMED"));
      EXPECT_THAT(base::DetailOf(refused).metadata,
                  ::testing::Contains(::testing::Pair("owner", kOperators.at(Index(winner)))));
    }
    clock_.Advance(kLease);
    ++round;
  };
  std::barrier all(2 * kThreadsEach, judge);
  std::vector<std::thread> threads;
  for (int who = 0; who < 2; ++who) {
    for (int part = 0; part < kThreadsEach; ++part) {
      threads.emplace_back([&, who, part] {
        for (int own_round = 1; own_round <= rounds; ++own_round) {
          for (int dossier = part; dossier < kDossiers; dossier += kThreadsEach) {
            answers.at(Index(who)).at(Index(dossier)) = Claim(who, dossier, own_round);
          }
          all.arrive_and_wait();
        }
      });
    }
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(won[0] + won[1], kDossiers * rounds);
  EXPECT_GT(won[0], 0);
  EXPECT_GT(won[1], 0);
}

}  // namespace
}  // namespace sas::regulation
