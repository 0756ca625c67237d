#include <prometheus/counter.h>

#include <algorithm>
#include <set>

#include "tests/rpc/regulation/board_screen.h"
#include "tests/rpc/regulation/regulation_fixture.h"

namespace sas::regulation {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ActorWith;
using testing::IsOk;
using testing::ReasonIs;
using testing::StatusIs;
using Response = v1::WatchBoardResponse;

class BoardWatchTest : public RegulationTest {
 protected:
  std::unique_ptr<BoardScreen> Watch(const base::Actor& actor,
                                     const v1::WatchBoardRequest& request = BoardOf()) {
    return OpenBoard(*server_, actor, request);
  }

  /// What a board that is opened now shows to `actor`.
  std::string FreshText(const base::Actor& actor) {
    const auto fresh = Watch(actor);
    EXPECT_TRUE(fresh->Next());
    fresh->Leave();
    return fresh->Text();
  }

  /// Reads until this screen shows what a new one shows.
  bool CatchesUp(BoardScreen& screen, const base::Actor& actor) {
    const std::string fresh = FreshText(actor);
    return screen.Text() == fresh || screen.NextUntil([&] { return screen.Text() == fresh; });
  }

  v1::LostCall Lost(const std::string& number) {
    v1::RecordLostCallRequest request;
    request.set_parent("regions/fr-pdl");
    request.mutable_lost_call()->set_phone_number(number);
    request.mutable_lost_call()->set_territory("85");
    const auto lost = Ask(arm_, &Stub::RecordLostCall, request);
    EXPECT_THAT(lost, IsOk());
    return lost.value_or(v1::LostCall());
  }
};

TEST_F(BoardWatchTest, FirstTheWholeBoardThenWhatChanges) {
  const std::string waiting = Prioritized(v1::PRIORITY_P2).name();
  const auto screen = Watch(arm_);
  ASSERT_TRUE(screen->Next());
  ASSERT_TRUE(screen->last.has_snapshot());
  EXPECT_EQ(screen->Names(), std::vector<std::string>{waiting});
  EXPECT_EQ(screen->cards[waiting].column(), v1::BoardCard::COLUMN_TO_TAKE);
  EXPECT_EQ(screen->last.counts().board().lines(3).waiting_count(), 1);

  ASSERT_THAT(Claim(mrl_, waiting), IsOk());
  ASSERT_TRUE(screen->NextUntil([&] { return !screen->cards[waiting].owner().empty(); }));
  const v1::BoardCard& card = screen->cards[waiting];
  EXPECT_EQ(card.owner(), "mrl-1");
  EXPECT_EQ(card.owner_role(), sas::type::v1::ROLE_REGULATOR_MG);
  EXPECT_EQ(card.column(), v1::BoardCard::COLUMN_IN_REGULATION);

  const std::string urgent = Open().name();
  ASSERT_TRUE(screen->NextUntil([&] { return screen->Shows(urgent); }));
  EXPECT_EQ(screen->Names(), (std::vector<std::string>{urgent, waiting}));
  EXPECT_EQ(screen->snapshots, 1);
}

TEST_F(BoardWatchTest, TheOrderIsThatOfTheListAndTheCardsHaveNamesNotPlaces) {
  for (const v1::Priority priority :
       {v1::PRIORITY_P3, v1::PRIORITY_P2, v1::PRIORITY_P0, v1::PRIORITY_P2, v1::PRIORITY_P1}) {
    Prioritized(priority, priority <= v1::PRIORITY_P1 ? "M03.14" : "M03.05");
  }
  Open();
  v1::ListRegulationCasesRequest request;
  request.set_parent("regions/fr-pdl");
  const auto list = Ask(mru_, &Stub::ListRegulationCases, request);
  ASSERT_THAT(list, IsOk());
  std::vector<std::string> names;
  for (const auto& row : list->regulation_cases()) names.push_back(row.name());
  const auto screen = Watch(mru_);
  ASSERT_TRUE(screen->Next());
  EXPECT_EQ(screen->Names(), names);
  EXPECT_EQ(names.size(), 6u);
}

TEST_F(BoardWatchTest, TimeAloneRaisesAlarmsAndEndsClaims) {
  const std::string late = Prioritized(v1::PRIORITY_P2, "M03.05").name();
  const std::string taken = Prioritized(v1::PRIORITY_P2, "M03.05").name();
  ASSERT_THAT(Claim(mrl_, taken), IsOk());
  const auto screen = Watch(arm_);
  ASSERT_TRUE(screen->Next());
  EXPECT_FALSE(screen->Alarmed(late, v1::BoardCard::ALARM_WAIT_TARGET));
  clock_.Advance(minutes(10));
  ASSERT_TRUE(screen->NextUntil([&] { return screen->cards[taken].owner().empty(); }));
  EXPECT_EQ(screen->cards[taken].column(), v1::BoardCard::COLUMN_TO_TAKE);
  clock_.Advance(minutes(10));
  ASSERT_TRUE(
      screen->NextUntil([&] { return screen->Alarmed(late, v1::BoardCard::ALARM_WAIT_TARGET); }));
  EXPECT_EQ(screen->snapshots, 1);
}

TEST_F(BoardWatchTest, S3_14_TheBoardCountsAnOrderDownWithAlertsAt24hAnd40h) {
  const v1::CareOrder order = Ordered();
  const auto screen = Watch(osnp_);
  ASSERT_TRUE(screen->Next());
  ASSERT_TRUE(screen->Shows(order.name()));
  EXPECT_EQ(screen->cards[order.name()].due_time().seconds() -
                screen->cards[order.name()].since_time().seconds(),
            48 * 3600);
  EXPECT_EQ(screen->cards[order.name()].alarms_size(), 0);
  clock_.SetNow(ToInstant(order.origin_time()) + hours(24));
  clock_.Advance(seconds(1));
  ASSERT_TRUE(screen->NextUntil(
      [&] { return screen->Alarmed(order.name(), v1::BoardCard::ALARM_ORDER_HALF); }));
  clock_.SetNow(ToInstant(order.origin_time()) + hours(40));
  clock_.Advance(seconds(1));
  ASSERT_TRUE(screen->NextUntil(
      [&] { return screen->Alarmed(order.name(), v1::BoardCard::ALARM_ORDER_LATE); }));
}

TEST_F(BoardWatchTest, ResumesWithoutGapOrDouble) {
  const std::string stays = Prioritized(v1::PRIORITY_P2, "M03.05").name();
  const std::string leaves = Prioritized(v1::PRIORITY_P2, "M03.05").name();
  const auto before = Watch(mrl_);
  ASSERT_TRUE(before->Next());
  before->Leave();

  const std::string comes = Open().name();
  ASSERT_THAT(Claim(mrl_, leaves), IsOk());
  ASSERT_THAT(Decide(mrl_, leaves, v1::CARE_LEVEL_R4, "CONSEIL"), IsOk());
  ASSERT_THAT(Complete(mrl_, leaves), IsOk());
  const std::string lost = Lost("+33199000042").name();

  const auto after = Watch(mrl_, BoardOf("", before->token));
  after->cards = before->cards;
  ASSERT_TRUE(after->Next());
  EXPECT_EQ(after->last.resume(), Response::RESUME_RESUMED);
  ASSERT_TRUE(after->last.has_changes());
  std::set<std::string> told;
  for (const auto& card : after->last.changes().cards()) told.insert(card.name());
  EXPECT_EQ(told, (std::set<std::string>{comes, lost}));  // Each once, and not what stayed.
  EXPECT_FALSE(after->Shows(leaves));
  EXPECT_TRUE(after->Shows(stays));
  EXPECT_EQ(after->Text(), FreshText(mrl_));
}

TEST_F(BoardWatchTest, ATokenThatCannotBeUsedIsToldAndTheBoardComesWhole) {
  const std::string name = Open().name();
  const auto first = Watch(arm_);
  ASSERT_TRUE(first->Next());
  const std::string token = first->token;
  const std::string cursor = token.substr(token.rfind('_') + 1);
  const auto with = [&](const std::string& other) {
    return token.substr(0, token.size() - cursor.size()) + other;
  };
  const long long epoch = 1LL << 34;

  const struct {
    std::string token;
    base::Actor actor;
    std::string territory;
    Response::Resume outcome;
  } rows[] = {
      {with("1.0.999"), arm_, "", Response::RESUME_FROM_FUTURE},
      {with("1.0." + std::to_string(epoch + 1)), arm_, "", Response::RESUME_OTHER_EPOCH},
      {token, arm_, "85", Response::RESUME_OTHER_VIEW},
      {token, osnp_, "", Response::RESUME_OTHER_VIEW},
      {"yesterday", arm_, "", Response::RESUME_UNREADABLE},
      {"b1_0123456789abcdef_12_1.0.x", arm_, "", Response::RESUME_UNREADABLE},
      {token, arm_, "", Response::RESUME_RESUMED},
  };

  for (const auto& row : rows) {
    const auto screen = Watch(row.actor, BoardOf(row.territory, row.token));
    ASSERT_TRUE(screen->Next()) << row.token;
    EXPECT_EQ(screen->last.resume(), row.outcome) << row.token;
    EXPECT_EQ(screen->last.has_snapshot(), row.outcome != Response::RESUME_RESUMED) << row.token;
    screen->Leave();
  }
}

TEST_F(BoardWatchTest, H42_HeadCountsComeFromTheLedgerAndEqualTheLines) {
  Prioritized(v1::PRIORITY_P2, "M03.05");
  Open();
  Lost("+33199000043");
  Ordered();
  const auto screen = Watch(arm_);
  ASSERT_TRUE(screen->NextUntil([&] {
    return screen->last.has_counts() &&
           screen->counts.ledger_sequence() == screen->last.ledger_sequence();
  }));
  v1::GetBoardRequest request;
  request.set_parent("regions/fr-pdl");
  const auto board = Ask(arm_, &Stub::GetBoard, request);
  ASSERT_THAT(board, IsOk());
  const auto in = [&](v1::BoardCard::Column column) {
    return std::count_if(screen->cards.begin(), screen->cards.end(),
                         [&](const auto& each) { return each.second.column() == column; });
  };
  int waiting = 0;
  for (int i = 0; i < board->lines_size(); ++i) {
    EXPECT_EQ(screen->counts.board().lines(i).waiting_count(), board->lines(i).waiting_count());
    waiting += board->lines(i).waiting_count();
  }
  EXPECT_EQ(in(v1::BoardCard::COLUMN_TO_TAKE), waiting);
  EXPECT_EQ(in(v1::BoardCard::COLUMN_IN_REGULATION), screen->counts.board().claimed_count());
  EXPECT_EQ(in(v1::BoardCard::COLUMN_LOST_CALL), screen->counts.board().lost_call_count());
  EXPECT_EQ(in(v1::BoardCard::COLUMN_ORDER_TO_DO), screen->counts.board().open_order_count());
  EXPECT_EQ(waiting, 2);
}

TEST_F(BoardWatchTest, H42_CountsAreHeldAgainstLinesOfTheSameInstantOnly) {
  const std::string name = Prioritized(v1::PRIORITY_P2, "M03.05").name();
  const auto taken = Claim(mrl_, name);
  ASSERT_THAT(taken, IsOk());
  clock_.SetNow(ToInstant(taken->claim().expire_time()) - milliseconds(300));
  const auto first = Watch(arm_);  // Counts.
  ASSERT_TRUE(first->Next());
  EXPECT_EQ(first->counts.ledger_sequence(), first->last.ledger_sequence());
  EXPECT_EQ(first->counts.board().claimed_count(), 1);
  clock_.Advance(milliseconds(600));
  const auto second = Watch(mrl_);  // Is given the same counts; the claim has ended since.
  ASSERT_TRUE(second->Next());
  EXPECT_EQ(second->cards[name].column(), v1::BoardCard::COLUMN_TO_TAKE);
  EXPECT_EQ(second->counts.board().claimed_count(), 1);
  EXPECT_EQ(second->counts.ledger_sequence(), 0);
  clock_.Advance(seconds(1));
  ASSERT_TRUE(second->NextUntil([&] { return second->counts.ledger_sequence() != 0; }));
  EXPECT_EQ(second->counts.ledger_sequence(), second->last.ledger_sequence());
  EXPECT_EQ(second->counts.board().claimed_count(), 0);
}

TEST_F(BoardWatchTest, H42_AHeartbeatComesEachSecondWithTheLedgersNumber) {
  Open();
  const auto screen = Watch(arm_);
  ASSERT_TRUE(screen->Next());
  for (int i = 0; i < 3; ++i) {
    clock_.Advance(seconds(1));
    ASSERT_TRUE(screen->Next());
    EXPECT_EQ(screen->last.step_case(), Response::STEP_NOT_SET);
    EXPECT_TRUE(screen->last.has_counts());
    EXPECT_GT(screen->last.ledger_sequence(), 0);
    EXPECT_FALSE(screen->last.resume_token().empty());
  }
}

TEST_F(BoardWatchTest, AQueueThatNobodyWatchesIsUnattended) {
  const std::string name = Prioritized(v1::PRIORITY_P2, "M03.05").name();
  const auto arm = Watch(arm_);
  ASSERT_TRUE(arm->Next());
  ASSERT_EQ(arm->counts.unattended_filieres_size(), 1);
  EXPECT_EQ(arm->counts.unattended_filieres(0), sas::type::v1::FILIERE_SNP);
  const auto regulator = Watch(mrl_);
  ASSERT_TRUE(regulator->Next());
  clock_.Advance(seconds(2));
  ASSERT_TRUE(arm->NextUntil([&] { return arm->counts.unattended_filieres_size() == 0; }));
  regulator->Leave();
  clock_.Advance(seconds(2));
  // Its end reaches the server in its own time.
  ASSERT_TRUE(arm->NextUntil([&] {
    clock_.Advance(seconds(2));
    return arm->counts.unattended_filieres_size() == 1;
  }));
}

TEST_F(BoardWatchTest, H48_WhatARoleMayNotSeeIsNotSent) {
  auto request = NewCase();
  v1::RegulationCase& row = *request.mutable_regulation_case();
  row.mutable_patients(0)->set_family_name("CANARI");
  row.mutable_patients(0)->set_given_names("Jaune");
  row.mutable_origin()->set_callback_phone_number("+33199000077");
  row.mutable_patient_place()->set_address_line("7 rue du Canari");
  ASSERT_THAT(Ask(arm_, &Stub::CreateRegulationCase, request), IsOk());
  Lost("+33199000078");
  const v1::CareOrder order = Ordered();

  const auto arm = Watch(arm_);
  const auto osnp = Watch(osnp_);
  const auto steering = Watch(ActorWith(base::Role::kSteering, "cpts-1"));
  for (const auto* screen : {&arm, &osnp, &steering}) ASSERT_TRUE((*screen)->Next());
  EXPECT_EQ(arm->cards.size(), 4u);
  EXPECT_EQ(osnp->Names(), std::vector<std::string>{order.name()});
  EXPECT_TRUE(steering->cards.empty());
  EXPECT_EQ(steering->counts.board().lost_call_count(), 1);
  for (const auto* screen : {&arm, &osnp, &steering}) {
    for (const char* canary : {"CANARI", "Canari", "Jaune", "9900007", "99000001"}) {
      EXPECT_EQ((*screen)->all_bytes.find(canary), std::string::npos) << canary;
    }
  }
}

TEST_F(BoardWatchTest, TerritoriesAreFilteredAtTheSource) {
  const std::string vendee = Open().name();
  auto request = NewCase();
  request.mutable_regulation_case()->set_territory("72");
  request.mutable_regulation_case()->mutable_patient_place()->set_insee_code("72181");
  const auto sarthe = Ask(arm_, &Stub::CreateRegulationCase, request);
  ASSERT_THAT(sarthe, IsOk());
  base::Actor of_72 = ActorWith(base::Role::kArm, "arm-72");
  of_72.territories = {"72"};
  const auto narrow = Watch(of_72);
  const auto asked = Watch(arm_, BoardOf("85"));
  ASSERT_TRUE(narrow->Next());
  ASSERT_TRUE(asked->Next());
  EXPECT_EQ(narrow->Names(), std::vector<std::string>{sarthe->name()});
  EXPECT_EQ(asked->Names(), std::vector<std::string>{vendee});
  EXPECT_EQ(narrow->counts.board().lines(2).waiting_count(), 1);
  EXPECT_THAT(Watch(of_72, BoardOf("85"))->End(), ReasonIs("TERRITORY_FORBIDDEN"));
}

TEST_F(BoardWatchTest, RefusesWhoMayNotWatch) {
  EXPECT_THAT(Watch(ActorWith(base::Role::kPlanner))->End(), ReasonIs("ROLE_FORBIDDEN"));
  EXPECT_THAT(Watch(ActorWith(base::Role::kPartner))->End(), ReasonIs("ROLE_FORBIDDEN"));
  v1::WatchBoardRequest request = BoardOf();
  request.set_parent("regions/fr-bre");
  EXPECT_THAT(Watch(arm_, request)->End(), ReasonIs("REGION_FORBIDDEN"));
  request.set_parent("fr-pdl");
  EXPECT_THAT(Watch(arm_, request)->End(), ReasonIs("INVALID_RESOURCE_NAME"));
  request = BoardOf();
  request.set_filiere(static_cast<sas::type::v1::Filiere>(77));
  EXPECT_THAT(Watch(arm_, request)->End(), ReasonIs("UNKNOWN_ENUM_VALUE"));
}

TEST_F(BoardWatchTest, DrainingGivesTheTokenToResumeFrom) {
  Open();
  const auto screen = Watch(arm_);
  ASSERT_TRUE(screen->Next());
  boards_->CloseStreams();
  const absl::Status status = screen->End();
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kUnavailable, "DRAINING"));
  EXPECT_EQ(base::DetailOf(status).metadata, (base::Metadata{{"resume_token", screen->token}}));
  EXPECT_THAT(Watch(arm_)->End(), ReasonIs("DRAINING"));
}

TEST_F(BoardWatchTest, FiveHundredBoardsShowAnActAndOneMoreIsRefused) {
  std::vector<std::shared_ptr<grpc::Channel>> channels;
  for (int i = 0; i < 4; ++i) {
    grpc::ChannelArguments arguments;
    arguments.SetInt("test.channel", i);  // Connections of their own.
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    channels.push_back(grpc::CreateCustomChannel(server_->address(),
                                                 grpc::InsecureChannelCredentials(), arguments));
  }
  const std::string name = Prioritized(v1::PRIORITY_P2, "M03.05").name();
  std::vector<std::unique_ptr<BoardScreen>> screens;
  for (std::size_t i = 0; i < kBoardWatchersMax; ++i) {
    screens.push_back(OpenBoard(*server_, ActorWith(base::Role::kArm, "arm-" + std::to_string(i)),
                                BoardOf("85"), channels[i % channels.size()]));
  }
  for (const auto& screen : screens) {
    ASSERT_TRUE(screen->Next());
    ASSERT_TRUE(screen->Shows(name));
  }
  EXPECT_THAT(Watch(ActorWith(base::Role::kArm, "one-more"))->End(),
              StatusIs(absl::StatusCode::kResourceExhausted, "TOO_MANY_STREAMS"));
  ASSERT_THAT(Claim(mrl_, name), IsOk());
  for (const auto& screen : screens) {
    ASSERT_TRUE(screen->NextUntil([&] { return screen->cards[name].owner() == "mrl-1"; }));
  }
  boards_->CloseStreams();
  for (const auto& screen : screens) EXPECT_THAT(screen->End(), ReasonIs("DRAINING"));
}

TEST_F(BoardWatchTest, OneSubjectHasTwentyBoardsAtMost) {
  std::vector<std::unique_ptr<BoardScreen>> screens;
  for (int i = 0; i < 20; ++i) {
    screens.push_back(Watch(arm_));
    ASSERT_TRUE(screens.back()->Next());
  }
  EXPECT_THAT(Watch(arm_)->End(),
              StatusIs(absl::StatusCode::kResourceExhausted, "TOO_MANY_BOARDS"));
  EXPECT_TRUE(Watch(mrl_)->Next());
}

TEST_F(BoardWatchTest, ASlowReaderGetsTheLatestStateAndNoBacklog) {
  const std::string name = Prioritized(v1::PRIORITY_P2, "M03.05").name();
  grpc::ChannelArguments narrow;  // The transport takes little for who does not read.
  narrow.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  narrow.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  narrow.SetInt(GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES, 1024);
  const auto slow = OpenBoard(
      *server_, arm_, BoardOf(),
      grpc::CreateCustomChannel(server_->address(), grpc::InsecureChannelCredentials(), narrow));
  ASSERT_TRUE(slow->Next());
  const auto prompt = Watch(mrl_);
  ASSERT_TRUE(prompt->Next());
  prometheus::Counter& given_up = server_->metrics().Counter(
      "sas_regulation_board_slow_total",
      "Readers that were given the whole board because they were slow.", {});
  v1::ReleaseRegulationCaseRequest release;
  release.set_name(name);
  // Until the transport takes no more for it, and ten seconds (each act is one) beyond. Each act is
  // seen on another board first, so that no minute of stall passes between two rounds.
  constexpr int kActsMax = 5000;
  int acts = 0;
  while (given_up.Value() < 1 && acts < kActsMax) {
    ASSERT_THAT(Claim(mrl_, name), IsOk());
    ASSERT_TRUE(prompt->NextUntil([&] { return prompt->cards[name].owner() == "mrl-1"; }));
    ASSERT_THAT(Ask(mrl_, &Stub::ReleaseRegulationCase, release), IsOk());
    ASSERT_TRUE(prompt->NextUntil([&] { return prompt->cards[name].owner().empty(); }));
    acts += 2;
  }
  ASSERT_LT(acts, kActsMax);
  const std::string last = Open().name();
  ASSERT_TRUE(slow->NextUntil([&] { return slow->Shows(last); }));
  EXPECT_EQ(slow->snapshots, 2);  // The first, and one instead of all that it had missed.
  EXPECT_EQ(slow->Text(), FreshText(arm_));
}

}  // namespace
}  // namespace sas::regulation
