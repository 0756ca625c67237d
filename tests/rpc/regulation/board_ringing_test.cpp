#include "services/regulation/waiting_calls.h"
#include "tests/rpc/regulation/board_screen.h"
#include "tests/rpc/regulation/regulation_fixture.h"

// Ringing calls, and who returns lost ones, on a real stream.
namespace sas::regulation {
namespace {

using base::Role;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ActorWith;
using ::testing::ElementsAre;
using testing::IsOk;
using Card = v1::BoardCard;
using Pickups = v1::PickupService::Stub;

constexpr char kNumber[] = "+33199000063";

class BoardRinging : public RegulationTest {
 protected:
  std::string Rings(const std::string& reference, const std::string& number = kNumber,
                    const std::string& territory = "85") {
    v1::AnnounceCallRequest request;
    request.set_parent("regions/fr-pdl");
    v1::WaitingCall& call = *request.mutable_waiting_call();
    call.set_territory(territory);
    call.set_call_reference(reference);
    call.set_origine_code("15");
    call.set_phone_number(number);
    const auto rings = AskOn(pickup_stub_, arm_, &Pickups::AnnounceCall, request);
    EXPECT_THAT(rings, IsOk());
    return rings.value_or(v1::WaitingCall()).name();
  }

  void HangUp(const std::string& name) {
    v1::EndWaitingCallRequest request;
    request.set_name(name);
    ASSERT_THAT(AskOn(pickup_stub_, arm_, &Pickups::EndWaitingCall, request), IsOk());
  }

  std::string PickUp() {
    v1::PickUpNextCallRequest request;
    request.set_parent("regions/fr-pdl");
    return AskOn(pickup_stub_, arm_, &Pickups::PickUpNextCall, request)
        .value_or(v1::WaitingCall())
        .name();
  }
};

TEST_F(BoardRinging, RingingCallsHaveTheirColumnInTheOrderOfTheQueueAndNeverANumber) {
  const std::string before = Rings("before");
  const auto screen = OpenBoard(*server_, arm_, BoardOf());
  ASSERT_TRUE(screen->NextUntil([&] { return screen->Shows(before); }));
  EXPECT_EQ(screen->cards.at(before).column(), Card::COLUMN_RINGING);
  HangUp(before);
  ASSERT_TRUE(screen->NextUntil([&] { return !screen->Shows(before); }));
  const std::string stranger = Rings("stranger", "+33199000064");
  const std::string again = Rings("again");
  ASSERT_TRUE(screen->NextUntil([&] { return screen->Shows(stranger) && screen->Shows(again); }));
  const Card& card = screen->cards.at(again);
  EXPECT_EQ(card.call_count(), 2);
  EXPECT_TRUE(card.has_since_time());
  EXPECT_LT(card.order_key(), screen->cards.at(stranger).order_key());
  EXPECT_FALSE(screen->Alarmed(stranger, Card::ALARM_RINGING_LATE));
  clock_.Advance(seconds(15));
  ASSERT_TRUE(screen->NextUntil([&] {
    return screen->Alarmed(stranger, Card::ALARM_RINGING_LATE) &&
           screen->Alarmed(again, Card::ALARM_RINGING_LATE);
  }));
  EXPECT_EQ(PickUp(), again);
  ASSERT_TRUE(screen->NextUntil(
      [&] { return !screen->Shows(again) && screen->counts.board().ringing_count() == 1; }));
  screen->Leave();
  EXPECT_EQ(screen->all_bytes.find("99000063"), std::string::npos);
  EXPECT_EQ(screen->all_bytes.find("99000064"), std::string::npos);
}

TEST_F(BoardRinging, H42_HeadCountsAreTheLinesAndOnlyWhoPicksUpSeesThem) {
  for (const char* reference : {"a", "b", "c"}) Rings(reference, "");
  Rings("nantes", "", "44");
  ASSERT_FALSE(PickUp().empty());
  const auto screen = OpenBoard(*server_, mru_, BoardOf("85"));
  const auto comparable = [&] {
    return screen->counts.ledger_sequence() != 0 &&
           screen->counts.ledger_sequence() == screen->last.ledger_sequence();
  };
  ASSERT_TRUE(screen->NextUntil(comparable));
  EXPECT_EQ(screen->cards.size(), 2u);
  EXPECT_EQ(screen->counts.board().ringing_count(), 2);
  screen->Leave();
  const auto osnp = OpenBoard(*server_, osnp_, BoardOf());
  ASSERT_TRUE(osnp->Next());
  EXPECT_TRUE(osnp->cards.empty());
  EXPECT_EQ(osnp->counts.board().ringing_count(), 3);
  osnp->Leave();
}

TEST_F(BoardRinging, AResumedBoardGetsWhatRangMeanwhile) {
  const std::string stays = Rings("stays", "");
  const std::string goes = Rings("goes", "");
  auto screen = OpenBoard(*server_, arm_, BoardOf());
  ASSERT_TRUE(screen->NextUntil([&] { return screen->Shows(stays) && screen->Shows(goes); }));
  const std::string token = screen->token;
  screen->Leave();
  HangUp(goes);
  const std::string comes = Rings("comes", "");
  const auto resumed = OpenBoard(*server_, arm_, BoardOf("", token));
  ASSERT_TRUE(resumed->Next());
  EXPECT_EQ(resumed->last.resume(), v1::WatchBoardResponse::RESUME_RESUMED);
  EXPECT_TRUE(resumed->Shows(comes));
  EXPECT_THAT(resumed->last.changes().removed(), ::testing::Contains(goes));
  resumed->Leave();
}

TEST_F(BoardRinging, ALostCallShowsWhoCallsBackUntilHisTimeIsOver) {
  HangUp(Rings("a"));
  v1::ListLostCallsRequest list;
  list.set_parent("regions/fr-pdl");
  const std::string lost = Ask(arm_, &Stub::ListLostCalls, list)->lost_calls(0).name();
  const auto screen = OpenBoard(*server_, arm_, BoardOf());
  ASSERT_TRUE(screen->NextUntil([&] { return screen->Shows(lost); }));
  EXPECT_EQ(screen->cards.at(lost).owner(), "");
  v1::ClaimLostCallRequest claim;
  claim.set_name(lost);
  ASSERT_THAT(Ask(mrl_, &Stub::ClaimLostCall, claim), IsOk());
  ASSERT_TRUE(screen->NextUntil([&] { return screen->cards.at(lost).owner() == "mrl-1"; }));
  EXPECT_EQ(screen->cards.at(lost).owner_role(), sas::type::v1::ROLE_REGULATOR_MG);
  EXPECT_EQ(screen->cards.at(lost).column(), Card::COLUMN_LOST_CALL);
  clock_.Advance(minutes(3));
  ASSERT_TRUE(screen->NextUntil([&] { return screen->cards.at(lost).owner().empty(); }));
  screen->Leave();
}

}  // namespace
}  // namespace sas::regulation
