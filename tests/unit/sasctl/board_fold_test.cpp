#include "tools/sasctl/board_fold.h"

#include <gtest/gtest.h>

#include <string>

namespace sasctl {
namespace {

namespace v1 = sas::regulation::v1;
using sas::base::Role;
using Card = v1::BoardCard;
using Message = BoardFold::Message;

v1::WatchBoardRequest Asked() {
  v1::WatchBoardRequest request;
  request.set_parent("regions/fr-pdl");
  request.set_territory("85");
  return request;
}

Card CardOf(const std::string& name, Card::Column column = Card::COLUMN_TO_TAKE) {
  Card card;
  card.set_name(name);
  card.set_territory("85");
  card.set_column(column);
  return card;
}

/// A stream of a server: numbers its messages, gives each a token.
class BoardFoldTest : public ::testing::Test {
 protected:
  Message Next() {
    Message message;
    message.set_sequence(++sequence_);
    message.set_resume_token("token-" + std::to_string(++tokens_));
    message.set_ledger_sequence(ledger_);
    return message;
  }

  /// The whole board: these lines, and head counts that say so.
  Message Whole(const std::vector<Card>& cards, int waiting) {
    Message message = Counted(waiting);
    message.mutable_snapshot();
    for (const Card& card : cards) *message.mutable_snapshot()->add_cards() = card;
    return message;
  }

  Message Counted(int waiting) {
    Message message = Next();
    message.mutable_counts()->set_ledger_sequence(ledger_);
    message.mutable_counts()->mutable_board()->add_lines()->set_waiting_count(waiting);
    return message;
  }

  std::int64_t sequence_ = 0;
  std::int64_t ledger_ = 7;
  int tokens_ = 0;
  BoardFold fold_{Role::kArm, Asked()};
};

TEST_F(BoardFoldTest, LinesFollowTheMessagesAndTheTokenIsTheLast) {
  EXPECT_EQ(fold_.Request().resume_token(), "");
  ASSERT_TRUE(fold_.Apply(Whole({CardOf("a"), CardOf("b")}, 2)));
  Message changes = Next();
  *changes.mutable_changes()->add_cards() = CardOf("c");
  changes.mutable_changes()->add_removed("a");
  ASSERT_TRUE(fold_.Apply(changes));
  EXPECT_EQ(fold_.cards().size(), 2u);
  EXPECT_EQ(fold_.cards().count("a"), 0u);
  EXPECT_EQ(fold_.Request().resume_token(), changes.resume_token());
  EXPECT_EQ(fold_.Request().territory(), "85");
}

TEST_F(BoardFoldTest, ANewStreamGoesOnWithTheLines) {
  ASSERT_TRUE(fold_.Apply(Whole({CardOf("a")}, 1)));
  fold_.Reconnect();
  sequence_ = 0;
  Message resumed = Counted(2);
  *resumed.mutable_changes()->add_cards() = CardOf("b");
  EXPECT_TRUE(fold_.Apply(resumed));
  EXPECT_EQ(fold_.cards().size(), 2u);
}

TEST_F(BoardFoldTest, H42_RingingCallsAreComparedWithTheirOwnCount) {
  const auto ringing = [&](int count) {
    Message message = Counted(0);
    message.mutable_counts()->mutable_board()->set_ringing_count(count);
    return message;
  };
  Message whole = ringing(1);
  *whole.mutable_snapshot()->add_cards() = CardOf("a", Card::COLUMN_RINGING);
  ASSERT_TRUE(fold_.Apply(whole));
  EXPECT_TRUE(fold_.Apply(ringing(1)));
  EXPECT_TRUE(fold_.Apply(ringing(0)));
  EXPECT_FALSE(fold_.Apply(ringing(0)));
}

TEST_F(BoardFoldTest, H42_AfterAGapTheBoardIsAskedForAnew) {
  ASSERT_TRUE(fold_.Apply(Whole({CardOf("a")}, 1)));
  Next();
  EXPECT_FALSE(fold_.Apply(Next()));
  EXPECT_TRUE(fold_.doubtful());
  EXPECT_EQ(fold_.Request().resume_token(), "");
}

TEST_F(BoardFoldTest, H42_LinesThatAreNotTheLedgersAreLeftWithTheirStreamAndAskedForAnew) {
  ASSERT_TRUE(fold_.Apply(Whole({CardOf("a")}, 1)));
  ASSERT_TRUE(fold_.Apply(Counted(2)));  // Once may be a moment.
  EXPECT_FALSE(fold_.doubtful());
  EXPECT_FALSE(fold_.Apply(Counted(2)));
  EXPECT_TRUE(fold_.doubtful());
  EXPECT_TRUE(fold_.cards().empty());
  EXPECT_EQ(fold_.Request().resume_token(), "");

  fold_.Reconnect();
  sequence_ = 0;
  EXPECT_TRUE(fold_.Apply(Whole({CardOf("a"), CardOf("b")}, 2)));
  EXPECT_FALSE(fold_.doubtful());
  EXPECT_EQ(fold_.cards().size(), 2u);
}

TEST_F(BoardFoldTest, H42_ALineInAnOlderVersionIsAChangeThatWasLost) {
  Card card = CardOf("a");
  card.set_version(3);
  ASSERT_TRUE(fold_.Apply(Whole({card}, 1)));

  const struct {
    int cards;
    std::int64_t versions;
    bool good;
  } rows[] = {{1, 3, true}, {1, 4, false}, {2, 3, false}, {0, 0, false}};

  for (const auto& row : rows) {
    BoardFold fold = fold_;
    Message message = Counted(1);  // The head count is right.
    --sequence_;
    message.mutable_counts()->mutable_sum()->set_card_count(row.cards);
    message.mutable_counts()->mutable_sum()->set_version_sum(row.versions);
    EXPECT_EQ(fold.Apply(message), row.good) << row.cards << " " << row.versions;
    EXPECT_EQ(fold.doubtful(), !row.good);
    EXPECT_EQ(fold.Request().resume_token().empty(), !row.good);
  }
}

TEST_F(BoardFoldTest, DisagreementsThatAreNotInARowAreNone) {
  ASSERT_TRUE(fold_.Apply(Whole({CardOf("a")}, 1)));
  EXPECT_TRUE(fold_.Apply(Counted(2)));
  EXPECT_TRUE(fold_.Apply(Counted(1)));
  EXPECT_TRUE(fold_.Apply(Counted(2)));
  EXPECT_FALSE(fold_.doubtful());
}

TEST_F(BoardFoldTest, CountsOfAnotherStateAreNotCompared) {
  ASSERT_TRUE(fold_.Apply(Whole({CardOf("a")}, 1)));

  const struct { std::int64_t lines, counts; } rows[] = {{7, 0}, {7, 6}, {7, 8}, {0, 0}};

  for (const auto& row : rows) {
    for (int i = 0; i < 2; ++i) {
      Message message = Counted(5);
      message.set_ledger_sequence(row.lines);
      message.mutable_counts()->set_ledger_sequence(row.counts);
      EXPECT_TRUE(fold_.Apply(message)) << row.lines << " " << row.counts;
    }
  }
}

TEST_F(BoardFoldTest, EachColumnIsHeldAgainstItsHeadCount) {
  const std::vector<Card> cards{CardOf("a"),
                                CardOf("b", Card::COLUMN_PROMISED),
                                CardOf("c", Card::COLUMN_IN_REGULATION),
                                CardOf("d", Card::COLUMN_LOST_CALL),
                                CardOf("e", Card::COLUMN_ORDER_TO_DO),
                                CardOf("f", Card::COLUMN_ORDER_BOOKED)};
  const auto counted = [&](int claimed, int lost_calls, int orders) {
    Message message = Counted(2);
    v1::Board& board = *message.mutable_counts()->mutable_board();
    board.set_claimed_count(claimed);
    board.set_lost_call_count(lost_calls);
    board.set_open_order_count(orders);
    return message;
  };

  const struct {
    int claimed, lost_calls, orders;
    bool good;
  } rows[] = {{1, 1, 2, true}, {2, 1, 2, false}, {1, 0, 2, false}, {1, 1, 1, false}};

  for (const auto& row : rows) {
    fold_.Reconnect();
    sequence_ = 0;
    Message whole = counted(1, 1, 2);
    for (const Card& card : cards) *whole.mutable_snapshot()->add_cards() = card;
    ASSERT_TRUE(fold_.Apply(whole));
    for (int i = 0; i < 2; ++i) {
      const bool good = fold_.Apply(counted(row.claimed, row.lost_calls, row.orders));
      EXPECT_EQ(good, row.good || i == 0) << row.claimed << row.lost_calls << row.orders;
    }
  }
}

TEST_F(BoardFoldTest, WhatAnotherTerritoryOffersCountsOverThere) {
  Card offered = CardOf("b");
  offered.set_territory("44");
  offered.set_offered_to("85");
  EXPECT_TRUE(fold_.Apply(Whole({CardOf("a"), offered}, 1)));
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(fold_.Apply(Counted(1)));
}

TEST_F(BoardFoldTest, AFilterByChainHidesDossiersThatAreCounted) {
  v1::WatchBoardRequest request = Asked();
  request.set_filiere(sas::type::v1::FILIERE_SNP);
  BoardFold fold(Role::kRegulatorMg, request);
  EXPECT_TRUE(fold.Apply(Whole({CardOf("a")}, 5)));
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(fold.Apply(Counted(5)));
  Message lost = Counted(5);
  lost.mutable_counts()->mutable_board()->set_lost_call_count(1);
  EXPECT_TRUE(fold.Apply(lost));
  lost.set_sequence(++sequence_);
  EXPECT_FALSE(fold.Apply(lost));
}

TEST_F(BoardFoldTest, ARoleIsHeldAgainstWhatItSees) {
  const struct {
    Role role;
    bool dossiers, orders;
  } rows[] = {
      {Role::kSupervisor, true, true}, {Role::kOsnp, false, true}, {Role::kSteering, false, false}};

  for (const auto& row : rows) {
    for (const bool orders : {false, true}) {
      BoardFold fold(row.role, Asked());
      sequence_ = 0;
      Message message = Counted(orders ? 0 : 1);
      if (orders) message.mutable_counts()->mutable_board()->set_open_order_count(1);
      message.mutable_snapshot();
      EXPECT_TRUE(fold.Apply(message));
      message.set_sequence(2);
      message.clear_snapshot();
      EXPECT_EQ(fold.Apply(message), !(orders ? row.orders : row.dossiers));
    }
  }
}

}  // namespace
}  // namespace sasctl
