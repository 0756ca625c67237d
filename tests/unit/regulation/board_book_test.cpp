#include "services/regulation/domain/board_book.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace sas::regulation {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr base::Instant kNow{hours(24 * 365 * 50)};

BoardLine Case(const std::string& id, Priority priority, minutes waited, std::int64_t version = 1) {
  BoardLine line;
  line.name = "regions/r/cases/" + id;
  line.version = version;
  line.territory = "85";
  line.waits = true;
  line.queue.priority = priority;
  line.queue.wait_start = kNow - waited;
  line.limits = LimitsOf(priority, line.queue.wait_start, std::nullopt);
  return line;
}

BoardLine Claimed(BoardLine line, base::Role role, minutes lease = minutes(10)) {
  ++line.version;
  line.claim = {"somebody", role, kNow, kNow + lease, 1};
  return line;
}

BoardLine Order(const std::string& id, hours left) {
  BoardLine line;
  line.name = "regions/r/cases/x/orders/" + id;
  line.kind = BoardKind::kOrder;
  line.version = 1;
  line.territory = "85";
  line.order_state = OrderState::kToDo;
  line.origin = kNow - hours(1);
  line.due = kNow + left;
  return line;
}

BoardLine LostCall(const std::string& id, minutes ago) {
  BoardLine line;
  line.name = "regions/r/lostCalls/" + id;
  line.kind = BoardKind::kLostCall;
  line.version = 1;
  line.territory = "85";
  line.arrival = kNow - ago;
  return line;
}

BoardLine Ringing(const std::string& id, minutes ago, bool again = false) {
  BoardLine line = LostCall(id, ago);
  line.name = "regions/r/waitingCalls/" + id;
  line.kind = BoardKind::kWaitingCall;
  line.again = again;
  return line;
}

const BoardScope kAll = ScopeOf(base::Role::kSupervisor, {}, Filiere::kUnspecified);

std::vector<std::string> Ids(const BoardBook& book, const BoardScope& scope = kAll) {
  std::vector<std::string> ids;
  for (const auto* entry : book.Shown(scope)) {
    ids.push_back(entry->line.name.substr(entry->line.name.rfind('/') + 1));
  }
  return ids;
}

TEST(BoardBook, H42_RingingCallsHaveTheirOwnOrderAndCount) {
  BoardBook book{AlarmRules{}};
  for (BoardLine& line :
       std::vector<BoardLine>{Ringing("long", minutes(2)), Ringing("again", minutes(1), true),
                              Order("order", hours(2)), LostCall("lost", minutes(1)),
                              Case("case", Priority::kP3, minutes(1))}) {
    book.Put(std::move(line), kNow);
  }
  EXPECT_THAT(Ids(book), ElementsAre("case", "lost", "order", "again", "long"));
  EXPECT_EQ(book.Tally(kAll).ringing, 2);
  EXPECT_EQ(book.Tally(kAll).lost_calls, 1);
  EXPECT_EQ(book.Tally(kAll).open_orders, 1);
  const BoardScope osnp = ScopeOf(base::Role::kOsnp, {}, Filiere::kUnspecified);
  EXPECT_THAT(Ids(book, osnp), ElementsAre("order"));
  EXPECT_EQ(book.Tally(osnp).ringing, 2);
}

TEST(BoardBook, ALostCallShowsWhoCallsBackUntilHisTimeIsOver) {
  BoardBook book{AlarmRules{}};
  book.Put(Claimed(LostCall("lost", minutes(1)), base::Role::kArm, minutes(3)), kNow);
  EXPECT_TRUE(book.Shown(kAll).front()->card.claimed);
  EXPECT_EQ(book.Shown(kAll).front()->card.column, BoardColumn::kLostCall);
  book.Look(kNow + minutes(3));
  EXPECT_FALSE(book.Shown(kAll).front()->card.claimed);
}

TEST(BoardBook, TheOrderIsThatOfTheQueueThenLostCallsThenOrders) {
  BoardBook book{AlarmRules{}};
  BoardLine again = Case("p2-again", Priority::kP2, minutes(1));
  again.queue.repeat_calls = 1;
  BoardLine due = Case("due", Priority::kP3, minutes(70));
  due.queue.callback_end = kNow - minutes(1);
  for (const BoardLine& line :
       {Order("late", hours(30)), Order("soon", hours(2)), LostCall("young", minutes(1)),
        LostCall("old", minutes(9)), Case("p3", Priority::kP3, minutes(300)),
        Case("p2-new", Priority::kP2, minutes(2)), Case("p2-old", Priority::kP2, minutes(200)),
        again, due, Case("unset", Priority::kUnspecified, minutes(0)),
        Case("p1", Priority::kP1, minutes(0)), Case("p0", Priority::kP0, minutes(0))}) {
    book.Put(line, kNow);
  }
  EXPECT_THAT(Ids(book), ElementsAre("p0", "p1", "unset", "due", "p2-again", "p2-old", "p2-new",
                                     "p3", "old", "young", "soon", "late"));
}

TEST(BoardBook, H09_StarvationIsAnAlarmAndNeverAnOvertaking) {
  BoardBook book{AlarmRules{}};
  book.Put(Case("starved", Priority::kP2, minutes(600)), kNow);
  book.Put(Case("p1", Priority::kP1, minutes(0)), kNow);
  EXPECT_THAT(Ids(book), ElementsAre("p1", "starved"));
  EXPECT_TRUE(book.Shown(kAll)[1]->card.alarms.Has(BoardAlarm::kStarving));
}

TEST(BoardBook, TellsWhatChangedAndNothingElse) {
  BoardBook book{AlarmRules{}};
  book.Put(Case("a", Priority::kP2, minutes(1)), kNow);
  book.Put(Case("b", Priority::kP2, minutes(1)), kNow);
  book.Close();
  const std::uint64_t before = book.step();
  EXPECT_FALSE(book.Close());
  book.Put(Case("b", Priority::kP2, minutes(1)), kNow);  // The same row again.
  EXPECT_FALSE(book.Close());
  book.Put(Case("b", Priority::kP1, minutes(1), 2), kNow);
  book.Put(Case("b", Priority::kP2, minutes(1), 1), kNow);  // A late reader's older row.
  book.Put(Case("c", Priority::kP2, minutes(1)), kNow);
  EXPECT_TRUE(book.Close());
  const auto delta = book.Since(before, kAll);
  ASSERT_TRUE(delta);
  ASSERT_EQ(delta->cards.size(), 2u);
  EXPECT_EQ(delta->cards[0]->line.queue.priority, Priority::kP1);
  EXPECT_THAT(delta->removed, IsEmpty());
}

TEST(BoardBook, ALineOfWhichAWatcherSawNothingIsNotToldAsRemoved) {
  BoardBook book{AlarmRules{}};
  const BoardScope osnp = ScopeOf(base::Role::kOsnp, {}, Filiere::kUnspecified);
  const BoardScope sarthe = ScopeOf(base::Role::kArm, {"72"}, Filiere::kUnspecified);
  book.Put(Case("a", Priority::kP2, minutes(1)), kNow);
  book.Close();
  const std::uint64_t before = book.step();
  book.Drop("regions/r/cases/a");
  book.Close();
  EXPECT_THAT(book.Since(before, kAll)->removed, ElementsAre("regions/r/cases/a"));
  EXPECT_TRUE(book.Since(before, osnp)->empty());
  EXPECT_TRUE(book.Since(before, sarthe)->empty());
}

TEST(BoardBook, TimeAloneMovesAClaimAnAlarmAndAPromise) {
  BoardBook book{AlarmRules{}};
  book.Put(Claimed(Case("claimed", Priority::kP2, minutes(1)), base::Role::kRegulatorMg), kNow);
  BoardLine decided = Claimed(Case("decided", Priority::kP2, minutes(1)), base::Role::kRegulatorMg);
  decided.waits = false;
  book.Put(decided, kNow);
  book.Close();
  const std::uint64_t before = book.step();
  book.Look(kNow + minutes(1));
  EXPECT_FALSE(book.Close());
  book.Look(kNow + minutes(10));
  EXPECT_TRUE(book.Close());
  const auto delta = book.Since(before, kAll);
  ASSERT_EQ(delta->cards.size(), 1u);
  EXPECT_EQ(delta->cards[0]->card.column, BoardColumn::kToTake);
  EXPECT_THAT(delta->removed, ElementsAre("regions/r/cases/decided"));
}

TEST(BoardBook, H42_AFilterByChainNeverHidesWhatIsUrgent) {
  BoardBook book{AlarmRules{}};
  for (const auto& [id, priority] :
       {std::pair{"p0", Priority::kP0}, std::pair{"p1", Priority::kP1},
        std::pair{"unset", Priority::kUnspecified}, std::pair{"p2", Priority::kP2}}) {
    BoardLine line = Case(id, priority, minutes(1));
    line.filiere = Filiere::kAmu;
    book.Put(line, kNow);
  }
  BoardLine own = Case("own", Priority::kP3, minutes(1));
  own.filiere = Filiere::kSnp;
  book.Put(own, kNow);
  EXPECT_THAT(Ids(book, ScopeOf(base::Role::kRegulatorMg, {}, Filiere::kSnp)),
              ElementsAre("p0", "p1", "unset", "own"));
}

TEST(BoardBook, RolesSeeWhatTheirWorkNeeds) {
  BoardBook book{AlarmRules{}};
  book.Put(Case("case", Priority::kP2, minutes(1)), kNow);
  book.Put(LostCall("call", minutes(1)), kNow);
  book.Put(Order("order", hours(3)), kNow);
  const auto seen = [&](base::Role role) {
    return Ids(book, ScopeOf(role, {}, Filiere::kUnspecified));
  };
  for (const base::Role role : {base::Role::kArm, base::Role::kRegulatorAmu,
                                base::Role::kRegulatorMg, base::Role::kSupervisor}) {
    EXPECT_THAT(seen(role), ElementsAre("case", "call", "order"));
  }
  EXPECT_THAT(seen(base::Role::kOsnp), ElementsAre("order"));
  for (const base::Role role : {base::Role::kOperations, base::Role::kSteering,
                                base::Role::kReferent, base::Role::kPartner}) {
    EXPECT_THAT(seen(role), IsEmpty());
  }
}

TEST(BoardBook, AQueueWithNobodyIsUnattended) {
  BoardBook book{AlarmRules{}};
  const auto nobody = [](Filiere) { return false; };
  BoardLine amu = Case("amu", Priority::kP1, minutes(1));
  amu.filiere = Filiere::kAmu;
  BoardLine snp = Case("snp", Priority::kP2, minutes(1));
  snp.filiere = Filiere::kSnp;
  book.Put(amu, kNow);
  EXPECT_THAT(book.Unattended(kAll, nobody), ElementsAre(Filiere::kAmu));
  book.Put(snp, kNow);
  EXPECT_THAT(book.Unattended(kAll, nobody), ElementsAre(Filiere::kAmu, Filiere::kSnp));
  EXPECT_THAT(book.Unattended(kAll, [](Filiere chain) { return chain == Filiere::kAmu; }),
              ElementsAre(Filiere::kSnp));
  BoardLine other = Case("other", Priority::kP2, minutes(1));
  other.filiere = Filiere::kSnp;
  book.Put(Claimed(other, base::Role::kRegulatorMg), kNow);
  EXPECT_THAT(book.Unattended(kAll, nobody), ElementsAre(Filiere::kAmu));
}

TEST(BoardBook, ThePastIsBounded) {
  BoardBook book{AlarmRules{}};
  book.Put(Case("a", Priority::kP2, minutes(1)), kNow);
  book.Close();
  const std::uint64_t old = book.step();
  const auto change = [&](std::size_t i) {
    book.Put(Case("a", Priority::kP2, minutes(1), static_cast<std::int64_t>(i) + 2), kNow);
    book.Close();
  };
  for (std::size_t i = 0; i < BoardBook::kChangesMax; ++i) change(i);
  EXPECT_TRUE(book.Since(old, kAll));
  change(BoardBook::kChangesMax);
  EXPECT_FALSE(book.Since(old, kAll));
  EXPECT_TRUE(book.Since(old + 1, kAll));
}

TEST(BoardBook, AReloadedBoardIsToldWhole) {
  BoardBook book{AlarmRules{}};
  book.Put(Case("a", Priority::kP2, minutes(1)), kNow);
  book.Close();
  const std::uint64_t before = book.step();
  book.Clear();
  EXPECT_FALSE(book.Since(before, kAll));
  book.Put(Case("a", Priority::kP2, minutes(1)), kNow);
  book.Close();
  EXPECT_FALSE(book.Since(before, kAll));
}

/// A console: keeps what it is told, by name.
struct Screen {
  BoardScope scope;
  std::uint64_t step = 0;
  base::Instant instant{};
  std::vector<std::string> touched;  ///< Rows that changed since it was told last.
  std::map<std::string, BoardCard> cards;

  void Apply(const BoardBook::Delta& delta) {
    for (const auto* entry : delta.cards) cards[entry->line.name] = entry->card;
    for (const std::string& name : delta.removed) cards.erase(name);
  }

  void Whole(const BoardBook& book) {
    cards.clear();
    for (const auto* entry : book.Shown(scope)) cards[entry->line.name] = entry->card;
  }
};

// Random acts, hours and lags; some screens follow by steps, some come back with a token. Each must
// show what a new one would.
TEST(BoardBook, H42_WhoeverFollowsShowsWhatANewBoardWouldShow) {
  for (unsigned seed = 1; seed <= 60; ++seed) {
    std::mt19937 chance(seed);
    const auto up_to = [&](int n) { return static_cast<int>(chance() % static_cast<unsigned>(n)); };
    BoardBook book{AlarmRules{}};
    base::Instant now = kNow;
    std::map<std::string, std::int64_t> versions;
    std::vector<Screen> screens(6);
    const base::Role roles[] = {base::Role::kArm, base::Role::kOsnp, base::Role::kSupervisor};
    for (std::size_t i = 0; i < screens.size(); ++i) {
      screens[i].scope =
          ScopeOf(roles[i % 3], i < 3 ? std::vector<std::string>{} : std::vector<std::string>{"85"},
                  i == 3 ? Filiere::kSnp : Filiere::kUnspecified);
    }
    for (int act = 0; act < 400; ++act) {
      const std::string id = std::to_string(up_to(12));
      BoardLine line;
      switch (up_to(5)) {
        case 0:
          line = Order(id, hours(up_to(40)));
          line.order_state = static_cast<OrderState>(1 + up_to(12));
          break;
        case 1:
          line = LostCall(id, minutes(up_to(20)));
          break;
        default:
          line = Case(id, static_cast<Priority>(up_to(6)), minutes(up_to(60)));
          line.waits = up_to(4) > 0;
          line.filiere = static_cast<Filiere>(up_to(3));
          if (up_to(3) == 0) line = Claimed(line, base::Role::kRegulatorMg, minutes(up_to(30)));
          break;
      }
      line.territory = id.size() > 1 ? "72" : "85";
      line.version = ++versions[line.name];
      now += seconds(up_to(120));
      book.Look(now);
      if (up_to(8) == 0) {
        book.Drop(line.name);
      } else {
        book.Put(line, now);
      }
      book.Close();
      for (Screen& screen : screens) screen.touched.push_back(line.name);
      Screen& screen = screens[static_cast<std::size_t>(up_to(6))];
      const auto delta = book.Since(screen.step, screen.scope);
      if (screen.step == 0 || !delta) {
        screen.Whole(book);
      } else if (up_to(2) == 0) {
        screen.Apply(*delta);
      } else {
        book.Look(now);
        screen.Apply(book.SinceInstant(screen.instant, screen.touched, screen.scope));
      }
      screen.step = book.step();
      screen.instant = now;
      screen.touched.clear();
      Screen fresh;
      fresh.scope = screen.scope;
      fresh.Whole(book);
      ASSERT_EQ(screen.cards, fresh.cards) << "seed " << seed << " act " << act;
    }
  }
}

TEST(BoardBook, H12_AnOfferIsOnBothBoardsAndCountsOnOne) {
  BoardBook book{AlarmRules{}};
  BoardLine line = Case("a", Priority::kP1, minutes(0));
  book.Put(line, kNow);
  book.Close();
  const std::uint64_t before = book.step();
  const BoardScope ours = ScopeOf(base::Role::kArm, {"85"}, Filiere::kUnspecified);
  const BoardScope theirs = ScopeOf(base::Role::kArm, {"44"}, Filiere::kUnspecified);
  EXPECT_THAT(book.Shown(theirs), IsEmpty());
  ++line.version;
  line.offered_to = "44";
  line.offer_alarm = kNow + seconds(60);
  book.Put(line, kNow);
  book.Close();
  EXPECT_EQ(book.Since(before, theirs)->cards.size(), 1u);
  EXPECT_EQ(book.Shown(ours).size(), 1u);
  EXPECT_EQ(book.Tally(ours).waiting.at(Priority::kP1), 1);
  EXPECT_THAT(book.Tally(theirs).waiting, IsEmpty());
  EXPECT_THAT(book.Unattended(theirs, [](Filiere) { return false; }), IsEmpty());
  EXPECT_FALSE(book.Shown(theirs)[0]->card.alarms.Has(BoardAlarm::kOfferUnanswered));
  book.Look(kNow + seconds(60));
  EXPECT_TRUE(book.Shown(theirs)[0]->card.alarms.Has(BoardAlarm::kOfferUnanswered));
  book.Close();
  const std::uint64_t offered = book.step();
  ++line.version;  // Accepted.
  line.territory = "44";
  line.offered_to.clear();
  book.Put(line, kNow + seconds(61));
  book.Close();
  EXPECT_THAT(book.Since(offered, ours)->removed, ElementsAre(line.name));
  EXPECT_EQ(book.Since(offered, theirs)->cards.size(), 1u);
  EXPECT_EQ(book.Tally(theirs).waiting.at(Priority::kP1), 1);
}

// What begins is counted once, when time or an act makes it begin, and for its territory.
TEST(BoardBook, H53_EachAlarmThatBeginsIsCountedOnce) {
  BoardBook book{AlarmRules{}};
  const auto count = [](const BoardBook::Raised& raised) {
    int sum = 0;
    for (const auto& [key, times] : raised) sum += times;
    return sum;
  };
  book.Put(Case("a", Priority::kP1, minutes(0)), kNow);
  EXPECT_EQ(count(book.TakeRaised()), 0);
  book.Look(kNow + minutes(3));
  BoardBook::Raised raised = book.TakeRaised();
  EXPECT_EQ((raised[{"85", BoardAlarm::kWaitLate}]), 1);
  EXPECT_TRUE(book.TakeRaised().empty());
  book.Look(kNow + minutes(4));  // The same alarm goes on.
  EXPECT_EQ((book.TakeRaised()[{"85", BoardAlarm::kWaitLate}]), 0);
  // Somebody takes it and gives it back: the wait is late again, and sounds again.
  book.Put(Claimed(Case("a", Priority::kP1, minutes(0)), base::Role::kRegulatorAmu),
           kNow + minutes(4));
  book.TakeRaised();
  book.Put(Case("a", Priority::kP1, minutes(0), 3), kNow + minutes(5));
  EXPECT_EQ((book.TakeRaised()[{"85", BoardAlarm::kWaitLate}]), 1);
  // A row that comes with its alarm.
  BoardLine nantes = LostCall("l", minutes(11));
  nantes.territory = "44";
  nantes.return_undecided = true;
  book.Put(nantes, kNow);
  raised = book.TakeRaised();
  EXPECT_EQ((raised[{"44", BoardAlarm::kLostCallLate}]), 1);
  EXPECT_EQ((raised[{"44", BoardAlarm::kReturnUndecided}]), 1);
  EXPECT_EQ(raised.size(), 2U);
}

}  // namespace
}  // namespace sas::regulation
