#include "tests/rpc/regulation/board_screen.h"
#include "tests/rpc/regulation/regulation_fixture.h"

// A site's own delays: the dossier, its list, the wall and the board say the same.
namespace sas::regulation {
namespace {

using std::chrono::seconds;
using testing::IsOk;

class BoardTargets : public RegulationTest {
 protected:
  int AlarmsOnTheWall() {
    v1::GetBoardRequest request;
    request.set_parent("regions/fr-pdl");
    const auto board = Ask(arm_, &Stub::GetBoard, request);
    EXPECT_THAT(board, IsOk());
    int alarms = 0;
    for (const auto& line : board->lines()) alarms += line.alarm_count();
    return alarms;
  }
};

TEST_F(BoardTargets, TheDossierSaysWhatTheBoardSays) {
  const auto rules = ParseAlarmRules({"85:P2:300:600", "85:-:5:10"});
  ASSERT_THAT(rules, IsOk());
  store_.UseDelays(*rules);
  const v1::RegulationCase unset = Open();
  EXPECT_EQ(ToInstant(unset.wait_target_time()), ToInstant(unset.wait_start_time()) + seconds(5));
  const auto row = Prioritize(arm_, unset.name(), v1::PRIORITY_P2);
  ASSERT_THAT(row, IsOk());
  const base::Instant start = ToInstant(row->wait_start_time());
  EXPECT_EQ(ToInstant(row->wait_target_time()), start + seconds(300));
  EXPECT_EQ(ToInstant(row->wait_alarm_time()), start + seconds(600));
  const auto board = OpenBoard(*server_, arm_, BoardOf());
  ASSERT_TRUE(board->Next());
  EXPECT_EQ(ToInstant(board->cards[row->name()].due_time()), start + seconds(300));
  clock_.SetNow(start + seconds(299));
  clock_.Advance(seconds(1));
  ASSERT_TRUE(board->NextUntil(
      [&] { return board->Alarmed(row->name(), v1::BoardCard::ALARM_WAIT_TARGET); }));
  EXPECT_EQ(AlarmsOnTheWall(), 0);
  clock_.SetNow(start + seconds(599));
  clock_.Advance(seconds(1));
  ASSERT_TRUE(board->NextUntil(
      [&] { return board->Alarmed(row->name(), v1::BoardCard::ALARM_WAIT_LATE); }));
  EXPECT_EQ(AlarmsOnTheWall(), 1);
}

}  // namespace
}  // namespace sas::regulation
