#include <thread>

#include "tests/rpc/regulation/board_screen.h"
#include "tests/rpc/regulation/regulation_fixture.h"

// A console that is off keeps nobody waiting (hazard H-11).
namespace sas::regulation {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using testing::ActorWith;
using testing::IsOk;
using testing::ReasonIs;

constexpr seconds kGrace{30};
constexpr seconds kStep{5};  // Turns come more often than streams are renewed.

/// A store that can be away.
class AwayStore final : public RegulationStore {
 public:
  explicit AwayStore(RegulationStore& store) : store_(store) {}

  absl::Status Write(const base::Call& call, const Work& work) override {
    if (away) return absl::UnavailableError("away");
    return store_.Write(call, work);
  }

  absl::Status Read(const base::Call& call, const Work& work) override {
    if (away) return absl::UnavailableError("away");
    return store_.Read(call, work);
  }

  ledger::Feed& feed() override { return store_.feed(); }

  bool away = false;

 private:
  RegulationStore& store_;
};

class Disconnect : public RegulationTest {
 protected:
  base::Call Call() const { return base::InternalCall(kConsolePresence, clock_, seconds(5)); }

  void Turn() { EXPECT_THAT(presence_->Turn(Call()), IsOk()); }

  /// Time passes for this process, and for `other`.
  void Pass(seconds time, ConsolePresence* other = nullptr) {
    for (seconds passed{0}; passed < time; passed += kStep) {
      clock_.Advance(std::min(kStep, time - passed));
      if (other != nullptr) {
        EXPECT_THAT(other->Turn(Call()), IsOk());
      }
      Turn();
    }
  }

  /// This process may judge.
  void Settle() {
    Turn();
    Pass(kGrace + kStreamStale);
  }

  std::unique_ptr<BoardScreen> Watch(const base::Actor& actor) {
    auto screen = OpenBoard(*server_, actor, BoardOf());
    EXPECT_TRUE(screen->Next());
    Turn();
    return screen;
  }

  /// The console is cut, and the server has noticed.
  void Cut(std::unique_ptr<BoardScreen>& screen, const base::Actor& actor) {
    screen->Leave();
    screen.reset();
    base::Instant end = base::Instant::max();
    while (end > clock_.Now()) {  // gRPC tells the server in its own time.
      std::this_thread::yield();
      Turn();
      EXPECT_THAT(store_.Read(Call(),
                              [&](RegulationTransaction& t) -> absl::Status {
                                SAS_ASSIGN_OR_RETURN(const auto found,
                                                     t.presence().FindEnd("fr-pdl", actor.subject));
                                end = found.value_or(base::Instant{});
                                return absl::OkStatus();
                              }),
                  IsOk());
    }
  }

  std::unique_ptr<ConsolePresence> Replica() {
    return std::make_unique<ConsolePresence>(store_, clock_, server_->random(), *metrics_, kGrace);
  }

  std::string Taken(const base::Actor& actor, v1::Priority priority = v1::PRIORITY_P2) {
    const std::string name = Prioritized(priority).name();
    EXPECT_THAT(Claim(actor, name), IsOk());
    return name;
  }

  bool IsTaken(const std::string& name) { return Get(name).has_claim(); }
};

TEST_F(Disconnect, H11_WhatAConsoleThatIsOffHadWaitsAgainAfterTheGraceAndNotBefore) {
  Settle();
  auto screen = Watch(mrl_);
  const std::string name = Taken(mrl_, v1::PRIORITY_P0);
  const base::Instant since = ToInstant(Get(name).wait_start_time());
  clock_.Advance(seconds(1));
  Cut(screen, mrl_);
  Pass(kGrace - seconds(2));  // Get and the like take a second each.
  ASSERT_TRUE(IsTaken(name));
  const auto board = Watch(mru_);
  ASSERT_EQ(board->cards[name].owner(), "mrl-1");
  Pass(seconds(1));
  const v1::RegulationCase row = Get(name);
  EXPECT_FALSE(row.has_claim());
  EXPECT_EQ(ToInstant(row.wait_start_time()), since) << "it keeps its age";
  EXPECT_EQ(row.notes().rbegin()->text(), "Rendu : poste coupé");
  EXPECT_EQ(row.recent_changes().rbegin()->detail(), "claim_version=1 released=disconnected");
  EXPECT_EQ(EventTypes().back(), "case.released");
  EXPECT_TRUE(board->cards[name].owner().empty() ||
              board->NextUntil([&] { return board->cards[name].owner().empty(); }));
  v1::ClaimNextRegulationCaseRequest next;
  next.set_parent("regions/fr-pdl");
  next.set_filiere(sas::type::v1::FILIERE_SNP);
  const auto taken = Ask(mru_, &Stub::ClaimNextRegulationCase, next);
  ASSERT_THAT(taken, IsOk());
  EXPECT_EQ(taken->name(), name);
  EXPECT_THAT(Decide(mrl_, name, v1::CARE_LEVEL_R4, "CONSEIL"), ReasonIs("CLAIM_LOST"));
}

TEST_F(Disconnect, H15_OrdersAreGivenBackToo) {
  Settle();
  auto screen = Watch(osnp_);
  const std::string name = Ordered().name();
  ASSERT_THAT(ClaimOrder(osnp_, name), IsOk());
  clock_.Advance(seconds(1));
  Cut(screen, osnp_);
  Pass(kGrace);
  EXPECT_FALSE(GetOrder(name).has_claim());
}

TEST_F(Disconnect, H08_CallsToReturnAreGivenBackToo) {
  Settle();
  auto screen = Watch(arm_);
  v1::RecordLostCallRequest rang;
  rang.set_parent("regions/fr-pdl");
  rang.mutable_lost_call()->set_phone_number("+33199000071");
  rang.mutable_lost_call()->set_territory("85");
  const auto lost = Ask(arm_, &Stub::RecordLostCall, rang);
  ASSERT_THAT(lost, IsOk());
  v1::ClaimLostCallRequest take;
  take.set_name(lost->name());
  ASSERT_THAT(Ask(arm_, &Stub::ClaimLostCall, take), IsOk());
  const base::Actor other = ActorWith(base::Role::kArm, "arm-2");
  EXPECT_THAT(Ask(other, &Stub::ClaimLostCall, take), ReasonIs("LOST_CALL_ALREADY_CLAIMED"));
  Cut(screen, arm_);
  Pass(kGrace);
  EXPECT_THAT(Ask(other, &Stub::ClaimLostCall, take), IsOk());
}

TEST_F(Disconnect, OneOfTwoBoardsMayClose) {
  Settle();
  auto one = Watch(mrl_);
  const auto two = Watch(mrl_);
  const std::string name = Taken(mrl_);
  one->Leave();
  Pass(minutes(2));
  EXPECT_TRUE(IsTaken(name));
}

TEST_F(Disconnect, WhoComesBackWithinTheGraceKeepsWhatHeHas) {
  Settle();
  auto screen = Watch(mrl_);
  const std::string name = Taken(mrl_);
  Cut(screen, mrl_);
  Pass(kGrace - seconds(2));
  screen = Watch(mrl_);
  Pass(minutes(2));
  EXPECT_TRUE(IsTaken(name));
}

TEST_F(Disconnect, AnActIsPresenceAsWell) {
  Settle();
  auto screen = Watch(mrl_);
  const std::string name = Taken(mrl_);
  Cut(screen, mrl_);
  Pass(kGrace - seconds(5));
  ASSERT_THAT(Claim(mrl_, name), IsOk());
  Pass(kGrace - seconds(5));
  EXPECT_TRUE(IsTaken(name));
  Pass(seconds(5));
  EXPECT_FALSE(IsTaken(name));
}

TEST_F(Disconnect, H11_WhatIsHandedToSomebodyWhoIsAwayCountsFromThen) {
  Settle();
  auto screen = Watch(mrl_);
  const std::string other = Taken(mrl_);  // Keeps him among those who are looked at.
  Cut(screen, mrl_);
  const std::string name = Taken(mru_);
  v1::ReleaseRegulationCaseRequest hand;
  hand.set_name(name);
  hand.mutable_to()->set_subject("mrl-1");
  hand.mutable_to()->set_role(sas::type::v1::ROLE_REGULATOR_MG);
  ASSERT_THAT(Ask(mru_, &Stub::ReleaseRegulationCase, hand), IsOk());
  Pass(kGrace - seconds(2));
  EXPECT_TRUE(IsTaken(name));
  Pass(seconds(2));
  EXPECT_FALSE(IsTaken(name));
  EXPECT_FALSE(IsTaken(other));
}

TEST_F(Disconnect, WhoWatchesNoBoardHasHisLeaseAlone) {
  Settle();
  const std::string name = Taken(mrl_);
  Pass(minutes(2));
  EXPECT_TRUE(IsTaken(name));
  const base::Actor supervisor = ActorWith(base::Role::kSupervisor, "mrl-1");
  auto screen = Watch(supervisor);  // Takes nothing in hand.
  screen->Leave();
  Pass(minutes(2));
  EXPECT_TRUE(IsTaken(name));
}

TEST_F(Disconnect, ABoardOnAnotherReplicaCounts) {
  const auto other = Replica();
  Settle();
  auto screen = Watch(mrl_);
  const std::uint64_t there = other->Enter("fr-pdl", mrl_);  // Written by its next turn.
  const std::string name = Taken(mrl_);
  Cut(screen, mrl_);
  Pass(minutes(2), other.get());
  ASSERT_TRUE(IsTaken(name));
  other->Leave(there);
  Pass(kGrace, other.get());
  Pass(kStep, other.get());
  EXPECT_FALSE(IsTaken(name));
}

TEST_F(Disconnect, H11_AReplicaThatWasKilledTakesItsBoardsAlong) {
  auto other = Replica();
  Settle();
  other->Enter("fr-pdl", mrl_);
  ASSERT_THAT(other->Turn(Call()), IsOk());
  const std::string name = Taken(mrl_);
  other.reset();
  Pass(kStreamStale + kGrace - seconds(5));
  EXPECT_TRUE(IsTaken(name));
  Pass(seconds(5));
  EXPECT_FALSE(IsTaken(name));
}

// Everybody comes back after a restart, and nobody is judged before.
TEST_F(Disconnect, NobodyIsJudgedRightAfterAStart) {
  auto before = Replica();
  before->Enter("fr-pdl", mrl_);
  ASSERT_THAT(before->Turn(Call()), IsOk());
  const std::string name = Taken(mrl_);
  before.reset();
  clock_.Advance(minutes(5));  // The service was away.
  presence_ = Replica();
  Turn();
  Pass(kGrace + kStreamStale - seconds(5));
  EXPECT_TRUE(IsTaken(name));
  Pass(seconds(5));
  EXPECT_FALSE(IsTaken(name));
}

TEST_F(Disconnect, NobodyIsJudgedRightAfterTheLedgerWasAway) {
  AwayStore ledger(store_);
  presence_ =
      std::make_unique<ConsolePresence>(ledger, clock_, server_->random(), *metrics_, kGrace);
  Settle();
  const std::uint64_t board = presence_->Enter("fr-pdl", mrl_);
  Turn();
  const std::string name = Taken(mrl_);
  ledger.away = true;
  presence_->Leave(board);
  clock_.Advance(minutes(1));
  EXPECT_TRUE(absl::IsUnavailable(presence_->Turn(Call())));
  ledger.away = false;
  Turn();
  Pass(kGrace + kStreamStale - seconds(5));
  EXPECT_TRUE(IsTaken(name));
  Pass(seconds(5));
  EXPECT_FALSE(IsTaken(name));
}

TEST_F(Disconnect, AStreamThatOthersForgotIsKnownAgain) {
  Settle();
  presence_->Enter("fr-pdl", mrl_);
  Turn();
  const auto drop = [&](RegulationTransaction& t) {
    return t.presence().DropEnded(clock_.Now() + minutes(5));
  };
  ASSERT_THAT(store_.Write(Call(), drop), IsOk());
  Pass(ConsolePresence::kRenew + seconds(5));
  std::optional<base::Instant> end;
  ASSERT_THAT(store_.Read(Call(),
                          [&](RegulationTransaction& t) -> absl::Status {
                            SAS_ASSIGN_OR_RETURN(end, t.presence().FindEnd("fr-pdl", "mrl-1"));
                            return absl::OkStatus();
                          }),
              IsOk());
  EXPECT_GT(end, clock_.Now());
}

TEST_F(Disconnect, AGraceOfZeroWatchesNobody) {
  ConsolePresence off(store_, clock_, server_->random(), *metrics_, seconds(0));
  EXPECT_EQ(off.Enter("fr-pdl", mrl_), 0u);
  off.Leave(0);
  EXPECT_THAT(off.Turn(Call()), IsOk());
}

}  // namespace
}  // namespace sas::regulation
