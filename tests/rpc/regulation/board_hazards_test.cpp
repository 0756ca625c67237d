#include <algorithm>

#include "tests/rpc/regulation/board_screen.h"
#include "tests/rpc/regulation/regulation_fixture.h"

// What a person must hear of although nothing has gone wrong by itself.
namespace sas::regulation {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using testing::IsOk;

class BoardAlarmsOnTheRoom : public RegulationTest {
 protected:
  std::unique_ptr<BoardScreen> Watch(const base::Actor& actor) {
    auto screen = OpenBoard(*server_, actor, BoardOf());
    EXPECT_TRUE(screen->Next());
    return screen;
  }

  /// Reads until the line has the alarm, or has it no more.
  static bool Until(BoardScreen& screen, const std::string& name, v1::BoardCard::Alarm alarm,
                    bool is_on = true) {
    return screen.NextUntil([&] { return screen.Alarmed(name, alarm) == is_on; });
  }

  const base::Actor supervisor_ = testing::ActorWith(base::Role::kSupervisor, "sup-1");
};

// p0_implies_nothing_sent: whoever has it in hand, a P0 has sent nothing by itself.
TEST_F(BoardAlarmsOnTheRoom, H04_AP0InSomebodysHandsIsLoudUntilMeansAreSent) {
  const auto nothing = v1::BoardCard::ALARM_NOTHING_SENT;
  const std::string name = Prioritized(v1::PRIORITY_P0).name();
  ASSERT_THAT(Claim(mru_, name), IsOk());
  const auto screen = Watch(mru_);
  EXPECT_FALSE(screen->Alarmed(name, nothing));
  clock_.Advance(seconds(30));
  ASSERT_TRUE(Until(*screen, name, nothing));
  EXPECT_EQ(screen->cards[name].owner(), "mru-1");
  ASSERT_THAT(Decide(mru_, name, v1::CARE_LEVEL_R1, "INTER", "SMUR.ADULT"), IsOk());
  ASSERT_TRUE(Until(*screen, name, nothing, false));

  const std::string other = Prioritized(v1::PRIORITY_P0).name();
  ASSERT_THAT(Claim(mru_, other), IsOk());
  clock_.Advance(seconds(30));
  ASSERT_TRUE(Until(*screen, other, nothing));
  v1::LaunchReflexDepartureRequest launch;
  launch.set_name(other);
  launch.add_resource_codes("SMUR.ADULT");
  ASSERT_THAT(Ask(arm_, &Stub::LaunchReflexDeparture, launch), IsOk());
  ASSERT_TRUE(Until(*screen, other, nothing, false));
  v1::CancelReflexDepartureRequest cancel;
  cancel.set_name(other);
  cancel.set_reason("autre équipe sur place");
  cancel.set_caller_informed(true);
  cancel.set_responder_informed(true);
  ASSERT_THAT(Ask(mru_, &Stub::CancelReflexDeparture, cancel), IsOk());
  ASSERT_TRUE(Until(*screen, other, nothing));
  screen->Leave();
}

// An NR waits for nobody; on a vital motif it stands on the board all the same, beside the counts.
TEST_F(BoardAlarmsOnTheRoom, H02_AVitalMotifSetLowStaysInSightOfTheSupervisor) {
  const auto low = v1::BoardCard::ALARM_VITAL_MOTIF_LOW;
  v1::PrioritizeRegulationCaseRequest request;
  request.set_filiere(sas::type::v1::FILIERE_SNP);
  request.set_vital_motif_confirmed(true);
  request.set_reason("douleur pariétale connue");
  request.set_priority(v1::PRIORITY_P2);
  request.set_name(Open("M03.06").name());
  ASSERT_THAT(Ask(arm_, &Stub::PrioritizeRegulationCase, request), IsOk());
  const std::string p2 = request.name();
  request.set_priority(v1::PRIORITY_NR);
  request.set_name(Open("M03.06").name());
  ASSERT_THAT(Ask(arm_, &Stub::PrioritizeRegulationCase, request), IsOk());
  const std::string nr = request.name();
  const auto screen = Watch(supervisor_);
  EXPECT_TRUE(screen->Alarmed(p2, low));
  EXPECT_TRUE(screen->Alarmed(nr, low));
  EXPECT_EQ(screen->cards[nr].column(), v1::BoardCard::COLUMN_REVIEW);
  EXPECT_EQ(screen->Names(), (std::vector<std::string>{p2, nr}));
  int waiting = 0;
  for (const auto& line : screen->counts.board().lines()) waiting += line.waiting_count();
  EXPECT_EQ(waiting, 1);
  const auto raised = Prioritize(arm_, p2, v1::PRIORITY_P1);
  ASSERT_THAT(raised, IsOk());
  ASSERT_TRUE(Until(*screen, p2, low, false));
  ASSERT_THAT(Claim(mru_, nr), IsOk());
  ASSERT_THAT(Decide(mru_, nr, v1::CARE_LEVEL_R4, "CONSEIL"), IsOk());
  ASSERT_TRUE(Until(*screen, nr, low, false));
  EXPECT_EQ(screen->snapshots, 1);
  screen->Leave();
}

TEST_F(BoardAlarmsOnTheRoom, H11_TheLongestIdleClaimIsOnTheBoardOfWhoSeesDossiers) {
  const std::string name = Prioritized(v1::PRIORITY_P2).name();
  ASSERT_THAT(Claim(mrl_, name), IsOk());
  const auto screen = Watch(supervisor_);
  const v1::IdleClaim& idle = screen->counts.board().oldest_claim();
  EXPECT_EQ(idle.regulation_case(), name);
  EXPECT_EQ(idle.owner().subject(), "mrl-1");
  const auto since = ToInstant(idle.act_time());
  // The heartbeat tells it anew: he has acted, and then the claim has ended by itself.
  ASSERT_THAT(Claim(mrl_, name), IsOk());
  ASSERT_TRUE(screen->NextUntil(
      [&] { return ToInstant(screen->counts.board().oldest_claim().act_time()) > since; }));
  clock_.Advance(minutes(10));
  ASSERT_TRUE(screen->NextUntil([&] { return !screen->counts.board().has_oldest_claim(); }));
  screen->Leave();
  ASSERT_THAT(Claim(mrl_, name), IsOk());
  const auto osnps = Watch(osnp_);
  EXPECT_EQ(osnps->counts.board().claimed_count(), 1);
  EXPECT_FALSE(osnps->counts.board().has_oldest_claim());
  osnps->Leave();
}

// From an order that nobody takes to a patient whom nobody tells of his appointment.
TEST_F(BoardAlarmsOnTheRoom, H15_AnOrderIsHeardOfUntilThePatientKnows) {
  const auto unclaimed = v1::BoardCard::ALARM_ORDER_UNCLAIMED;
  const auto idle = v1::BoardCard::ALARM_ORDER_IDLE;
  const std::string name = Ordered().name();
  const auto screen = Watch(osnp_);
  EXPECT_FALSE(screen->Alarmed(name, unclaimed));
  clock_.Advance(minutes(10));
  ASSERT_TRUE(Until(*screen, name, unclaimed));
  ASSERT_THAT(ClaimOrder(osnp_, name), IsOk());
  ASSERT_TRUE(Until(*screen, name, unclaimed, false));
  ASSERT_THAT(Contact(name, v1::TreatingDoctorContact::OUTCOME_NONE_DECLARED), IsOk());
  clock_.Advance(minutes(9));
  ASSERT_THAT(Booked(name, "regions/fr-pdl/appointments/a1"), IsOk());
  clock_.Advance(minutes(9));  // Since it was booked, and not since he last wrote on it.
  ASSERT_TRUE(screen->NextUntil(
      [&] { return screen->cards[name].order_state() == v1::CareOrder::STATE_BOOKED; }));
  EXPECT_EQ(screen->cards[name].alarms_size(), 0);
  clock_.Advance(minutes(6));
  ASSERT_TRUE(screen->NextUntil(
      [&] { return screen->Alarmed(name, idle) || screen->Alarmed(name, unclaimed); }));
  v1::ConfirmPatientInformedRequest informed;
  informed.set_name(name);
  ASSERT_THAT(Ask(osnp_, &Stub::ConfirmPatientInformed, informed), IsOk());
  ASSERT_TRUE(screen->NextUntil([&] { return !screen->Shows(name); }));
  screen->Leave();
}

}  // namespace
}  // namespace sas::regulation
