#include <algorithm>
#include <array>
#include <atomic>
#include <barrier>
#include <mutex>
#include <set>
#include <thread>

#include "tests/rpc/regulation/board_screen.h"
#include "tests/rpc/regulation/regulation_fixture.h"

namespace sas::regulation {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using testing::IsOk;
using testing::ReasonIs;
using testing::StatusIs;

class Claims : public RegulationTest {
 protected:
  absl::StatusOr<v1::RegulationCase> Next(const base::Actor& actor) {
    v1::ClaimNextRegulationCaseRequest request;
    request.set_parent("regions/fr-pdl");
    return Ask(actor, &Stub::ClaimNextRegulationCase, request);
  }

  absl::StatusOr<v1::RegulationCase> Release(const base::Actor& actor, const std::string& name) {
    v1::ReleaseRegulationCaseRequest request;
    request.set_name(name);
    return Ask(actor, &Stub::ReleaseRegulationCase, request);
  }

  /// On shift from now on for 8 h.
  void Plan(const base::Actor& person) {
    v1::PlanShiftRequest request;
    request.set_parent("regions/fr-pdl");
    v1::Shift& shift = *request.mutable_shift();
    shift.set_territory("85");
    shift.set_subject(person.subject);
    shift.set_role(static_cast<sas::type::v1::Role>(person.role));
    shift.set_place(v1::Shift::PLACE_CRRA);
    *shift.mutable_start_time() = ToTimestamp(clock_.Now());
    *shift.mutable_end_time() = ToTimestamp(clock_.Now() + std::chrono::hours(8));
    EXPECT_THAT(AskOn(rosters_, supervisor_, &v1::RosterService::Stub::PlanShift, request), IsOk());
  }

  const base::Actor supervisor_ = testing::ActorWith(base::Role::kSupervisor, "sup-1");
  const base::Actor other_ = testing::ActorWith(base::Role::kRegulatorAmu, "mru-2");
};

TEST_F(Claims, H10_SecondRegulatorIsRefusedAndLearnsTheRole) {
  const std::string name = Prioritized(v1::PRIORITY_P1).name();
  ASSERT_THAT(Claim(mru_, name), IsOk());
  const auto second = Claim(other_, name);
  EXPECT_THAT(second, StatusIs(absl::StatusCode::kAborted, "CASE_ALREADY_CLAIMED"));
  const base::Metadata told = base::DetailOf(second.status()).metadata;
  EXPECT_THAT(told, ::testing::Contains(::testing::Pair("owner", "mru-1")));
  EXPECT_THAT(told, ::testing::Contains(::testing::Pair("owner_role", "regulator_amu")));
  EXPECT_EQ(Claim(mru_, name)->claim().version(), 1);  // Renewed.
}

TEST_F(Claims, H11_ExpiredClaimWaitsAgainWithItsAge) {
  const v1::RegulationCase row = Prioritized(v1::PRIORITY_P1);
  ASSERT_THAT(Claim(mru_, row.name()), IsOk());
  EXPECT_TRUE(Get(row.name()).has_claim());
  clock_.Advance(minutes(2));
  const v1::RegulationCase again = Get(row.name());
  EXPECT_FALSE(again.has_claim());
  EXPECT_EQ(ToInstant(again.wait_start_time()), ToInstant(row.wait_start_time()));
  const auto taken = Claim(other_, row.name());
  ASSERT_THAT(taken, IsOk());
  EXPECT_EQ(taken->claim().version(), 2);
}

TEST_F(Claims, H11_ActsOfTheOwnerRenew) {
  const std::string name = Prioritized(v1::PRIORITY_P1).name();
  const auto claimed = Claim(mru_, name);
  clock_.Advance(seconds(60));
  v1::AddCaseNoteRequest note;
  note.set_name(name);
  note.mutable_note()->set_text("parle en phrases");
  ASSERT_THAT(Ask(arm_, &Stub::AddCaseNote, note), IsOk());
  EXPECT_EQ(Get(name).claim().expire_time().seconds(), claimed->claim().expire_time().seconds());
  ASSERT_THAT(Ask(mru_, &Stub::AddCaseNote, note), IsOk());
  EXPECT_GT(Get(name).claim().expire_time().seconds(), claimed->claim().expire_time().seconds());
}

// A P2 in a regulator's hands becomes a P0: he has the two minutes of a P0 and not his ten, and the
// line says so until he acts. The same by a reflex departure, and for what nobody had prioritised.
TEST_F(Claims, H03_H11_ARaiseShortensAnothersLeaseAndIsLoud) {
  const std::string name = Prioritized(v1::PRIORITY_P2).name();
  ASSERT_THAT(Claim(mrl_, name), IsOk());
  const auto screen = OpenBoard(*server_, arm_, BoardOf());
  ASSERT_TRUE(screen->Next());
  EXPECT_FALSE(screen->Alarmed(name, v1::BoardCard::ALARM_RAISED));
  const base::Instant before = clock_.Now();
  const auto raised = Prioritize(arm_, name, v1::PRIORITY_P0, sas::type::v1::FILIERE_AMU);
  ASSERT_THAT(raised, IsOk());
  EXPECT_EQ(raised->claim().owner().subject(), "mrl-1");
  EXPECT_EQ(ToInstant(raised->claim().expire_time()), before + minutes(2));
  EXPECT_EQ(ToInstant(raised->claim().raise_time()), before);
  ASSERT_TRUE(
      screen->NextUntil([&] { return screen->Alarmed(name, v1::BoardCard::ALARM_RAISED); }));
  v1::AddCaseNoteRequest note;
  note.set_name(name);
  note.mutable_note()->set_text("vu");
  ASSERT_THAT(Ask(mrl_, &Stub::AddCaseNote, note), IsOk());
  EXPECT_FALSE(Get(name).claim().has_raise_time());
  ASSERT_TRUE(
      screen->NextUntil([&] { return !screen->Alarmed(name, v1::BoardCard::ALARM_RAISED); }));
  clock_.Advance(minutes(2));  // He has left: it waits, and its wait is late.
  ASSERT_TRUE(screen->NextUntil([&] {
    return screen->cards[name].owner().empty() &&
           screen->Alarmed(name, v1::BoardCard::ALARM_WAIT_LATE);
  }));
  screen->Leave();

  const std::string unset = Open().name();
  ASSERT_THAT(Claim(mrl_, unset), IsOk());
  v1::LaunchReflexDepartureRequest reflex;
  reflex.set_name(unset);
  reflex.add_resource_codes("SMUR.ADULT");
  const base::Instant launched = clock_.Now();
  ASSERT_THAT(Ask(arm_, &Stub::LaunchReflexDeparture, reflex), IsOk());
  EXPECT_EQ(ToInstant(Get(unset).claim().expire_time()), launched + minutes(2));
  // Who raises what he has himself is not told so.
  const std::string own = Prioritized(v1::PRIORITY_P2).name();
  ASSERT_THAT(Claim(mru_, own), IsOk());
  EXPECT_FALSE(Prioritize(mru_, own, v1::PRIORITY_P1)->claim().has_raise_time());
}

TEST_F(Claims, H10_DecisionUnderAnOldClaimIsRefused) {
  const std::string name = Prioritized(v1::PRIORITY_P1).name();
  ASSERT_THAT(Claim(mru_, name), IsOk());
  v1::CreateDecisionRequest request;
  request.set_parent(name);
  request.mutable_decision()->set_care_level(v1::CARE_LEVEL_R4);
  request.mutable_decision()->set_decision_code("CONSEIL");
  request.mutable_decision()->set_instructions("Repos et surveillance.");
  request.mutable_decision()->set_claim_version(1);
  clock_.Advance(minutes(2));
  EXPECT_THAT(Ask(mru_, &Stub::CreateDecision, request),
              StatusIs(absl::StatusCode::kAborted, "CLAIM_LOST"));
  ASSERT_THAT(Claim(other_, name), IsOk());
  EXPECT_THAT(Ask(mru_, &Stub::CreateDecision, request), ReasonIs("CLAIM_LOST"));
  EXPECT_THAT(Ask(other_, &Stub::CreateDecision, request), ReasonIs("CLAIM_LOST"));
  request.mutable_decision()->set_claim_version(2);
  EXPECT_THAT(Ask(other_, &Stub::CreateDecision, request), IsOk());
}

TEST_F(Claims, NextGivesTheOrderOfTheQueueToTheOwnChain) {
  const std::string p2 = Prioritized(v1::PRIORITY_P2).name();
  const auto p1_amu = Prioritize(arm_, Open().name(), v1::PRIORITY_P1, sas::type::v1::FILIERE_AMU);
  const std::string unset = Open().name();
  EXPECT_EQ(Next(mrl_)->name(), unset);  // Just below P1, and of every chain (hazard H-02).
  EXPECT_EQ(Next(mrl_)->name(), p2);
  EXPECT_THAT(Next(mrl_), StatusIs(absl::StatusCode::kNotFound, "QUEUE_EMPTY"));
  EXPECT_EQ(Next(mru_)->name(), p1_amu->name());
}

TEST_F(Claims, ReleasedWaitsAgainAndOnlyTheOwnerOrASupervisorReleases) {
  const v1::RegulationCase row = Prioritized(v1::PRIORITY_P2);
  ASSERT_THAT(Claim(mrl_, row.name()), IsOk());
  EXPECT_THAT(Release(other_, row.name()), ReasonIs("NOT_CLAIM_OWNER"));
  ASSERT_THAT(Release(mrl_, row.name()), IsOk());
  EXPECT_EQ(Next(mrl_)->name(), row.name());
  ASSERT_THAT(Release(testing::ActorWith(base::Role::kSupervisor, "sup-1"), row.name()), IsOk());
  EXPECT_EQ(ToInstant(Get(row.name()).wait_start_time()), ToInstant(row.wait_start_time()));
}

// transfer_is_atomic: one act, and the dossier waits in the other chain at no lower priority.
TEST_F(Claims, H12_TransferChangesChainAndQueueInOneAct) {
  const v1::RegulationCase row = Prioritized(v1::PRIORITY_P2);
  ASSERT_THAT(Claim(mrl_, row.name()), IsOk());
  v1::TransferRegulationCaseRequest request;
  request.set_name(row.name());
  request.set_filiere(sas::type::v1::FILIERE_AMU);
  request.set_reason("douleur qui irradie");
  const auto moved = Ask(mrl_, &Stub::TransferRegulationCase, request);
  ASSERT_THAT(moved, IsOk());
  EXPECT_EQ(moved->filiere(), sas::type::v1::FILIERE_AMU);
  EXPECT_EQ(moved->priority(), v1::PRIORITY_P2);
  EXPECT_FALSE(moved->has_claim());
  EXPECT_TRUE(moved->has_wait_start_time());
  EXPECT_THAT(Next(mrl_), ReasonIs("QUEUE_EMPTY"));
  EXPECT_EQ(Next(mru_)->name(), row.name());
  EXPECT_THAT(Ask(mru_, &Stub::TransferRegulationCase, request), ReasonIs("SAME_FILIERE"));
}

// A chain of one's own SAS that nobody staffs is given nothing by mistake.
TEST_F(Claims, H12_AnUnstaffedChainIsGivenNothingUnlessSomebodySaysSo) {
  v1::TransferRegulationCaseRequest request;
  request.set_reason("douleur qui irradie");
  request.set_filiere(sas::type::v1::FILIERE_AMU);
  request.set_name(Prioritized(v1::PRIORITY_P2).name());
  EXPECT_THAT(Ask(mrl_, &Stub::TransferRegulationCase, request), IsOk());  // No roster at all.

  Plan(mrl_);
  const v1::RegulationCase row = Prioritized(v1::PRIORITY_P2);
  request.set_name(row.name());
  const auto refused = Ask(mrl_, &Stub::TransferRegulationCase, request);
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kFailedPrecondition, "QUEUE_UNSTAFFED"));
  EXPECT_EQ(base::DetailOf(refused.status()).metadata, (base::Metadata{{"territory", "85"}}));
  EXPECT_EQ(Get(row.name()).etag(), row.etag());
  request.set_unstaffed_confirmed(true);
  const auto moved = Ask(mrl_, &Stub::TransferRegulationCase, request);
  ASSERT_THAT(moved, IsOk());
  EXPECT_EQ(moved->filiere(), sas::type::v1::FILIERE_AMU);
  EXPECT_THAT(moved->recent_changes(moved->recent_changes_size() - 1).detail(),
              ::testing::HasSubstr("unstaffed_confirmed=yes"));

  Plan(mru_);
  request.set_unstaffed_confirmed(false);
  request.set_name(Prioritized(v1::PRIORITY_P2).name());
  EXPECT_THAT(Ask(mrl_, &Stub::TransferRegulationCase, request), IsOk());
}

// In a surge every regulator takes from every chain.
TEST_F(Claims, H12_InASurgeAnyRegulatorStaffsEveryChain) {
  Plan(mrl_);
  v1::TransferRegulationCaseRequest request;
  request.set_reason("douleur qui irradie");
  request.set_filiere(sas::type::v1::FILIERE_AMU);
  request.set_name(Prioritized(v1::PRIORITY_P2).name());
  EXPECT_THAT(Ask(mrl_, &Stub::TransferRegulationCase, request), ReasonIs("QUEUE_UNSTAFFED"));
  v1::DeclareSurgeRequest surge;
  surge.set_parent("regions/fr-pdl");
  surge.set_territory("85");
  surge.set_reason("afflux");
  ASSERT_THAT(AskOn(rosters_, supervisor_, &v1::RosterService::Stub::DeclareSurge, surge), IsOk());
  EXPECT_THAT(Ask(mrl_, &Stub::TransferRegulationCase, request), IsOk());
}

TEST_F(Claims, H10_NextByEightThreadsNeverGivesOneDossierTwice) {
  constexpr int kCases = 40;
  for (int i = 0; i < kCases; ++i) Prioritized(v1::PRIORITY_P2);
  std::mutex mutex;
  std::multiset<std::string> taken;
  std::atomic<int> failures = 0;
  const auto work = [&](int id) {
    const auto doctor =
        testing::ActorWith(base::Role::kRegulatorMg, "mrl-" + std::to_string(100 + id));
    for (int i = 0;; ++i) {
      v1::ClaimNextRegulationCaseRequest request;
      request.set_parent("regions/fr-pdl");
      request.set_request_id("T-" + std::to_string(id) + "-" + std::to_string(i));
      grpc::ClientContext context;
      server_->Authorize(context, doctor);
      v1::RegulationCase row;
      const grpc::Status status = stub_->ClaimNextRegulationCase(&context, request, &row);
      if (status.error_code() == grpc::StatusCode::NOT_FOUND) return;
      if (!status.ok()) {
        ++failures;
        return;
      }
      const std::lock_guard lock(mutex);
      taken.insert(row.name());
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) threads.emplace_back(work, i);
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failures, 0);
  EXPECT_EQ(taken.size(), static_cast<std::size_t>(kCases));
  EXPECT_EQ(std::set<std::string>(taken.begin(), taken.end()).size(), taken.size());
}

TEST_F(Claims, H10_OfTwoOnOneDossierOneOwnsAndTheOtherHearsWhoAThousandTimes) {
  constexpr int kRounds = 1'000;    // Ten thousand by function: ClaimsContract.
  constexpr int kRoundsEach = 100;  // Of one dossier; its history is bounded, and short is fast.
  std::vector<std::string> names;
  while (names.size() < kRounds / kRoundsEach) names.push_back(Prioritized(v1::PRIORITY_P2).name());
  const std::array<base::Actor, 2> doctors{mru_, other_};
  std::array<absl::Status, 2> told;
  std::barrier meet(2);
  int owned_by_one = 0;  // All that a round has told is looked at by the first.
  int owner_named = 0;
  const auto ask = [&](std::size_t me, auto method, auto request, int round) {
    request.set_name(names[static_cast<std::size_t>(round / kRoundsEach)]);
    request.set_request_id("R-" + std::to_string(me) + "-" + std::to_string(round) + "-" +
                           request.GetDescriptor()->name());
    grpc::ClientContext context;
    server_->Authorize(context, doctors[me]);
    v1::RegulationCase row;
    return rpc::FromGrpc(((*stub_).*method)(&context, request, &row));
  };
  const auto work = [&](std::size_t me) {
    for (int round = 0; round < kRounds; ++round) {
      meet.arrive_and_wait();
      told[me] = ask(me, &Stub::ClaimRegulationCase, v1::ClaimRegulationCaseRequest(), round);
      meet.arrive_and_wait();
      if (me == 0 && told[0].ok() != told[1].ok()) {
        ++owned_by_one;
        const std::size_t owner = told[0].ok() ? 0 : 1;
        const base::ErrorDetail heard = base::DetailOf(told[1 - owner]);
        const bool named =
            std::count(heard.metadata.begin(), heard.metadata.end(),
                       std::pair<std::string, std::string>("owner", doctors[owner].subject)) == 1;
        if (heard.reason == "CASE_ALREADY_CLAIMED" && named) ++owner_named;
      }
      meet.arrive_and_wait();
      if (told[me].ok()) {
        EXPECT_THAT(
            ask(me, &Stub::ReleaseRegulationCase, v1::ReleaseRegulationCaseRequest(), round),
            IsOk());
      }
    }
  };
  std::thread first(work, 0);
  std::thread second(work, 1);
  first.join();
  second.join();
  EXPECT_EQ(owned_by_one, kRounds);
  EXPECT_EQ(owner_named, kRounds);
}

}  // namespace
}  // namespace sas::regulation
