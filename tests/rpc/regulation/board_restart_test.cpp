#include <algorithm>
#include <atomic>
#include <functional>

#include "common/ledger/ledger_epoch.h"
#include "common/testing/temp_database.h"
#include "services/regulation/board_source.h"
#include "services/regulation/board_watch_service.h"
#include "services/regulation/roles.h"
#include "services/regulation/service.h"
#include "services/regulation/store_sql.h"
#include "tests/rpc/regulation/board_screen.h"
#include "tests/rpc/regulation/regulation_fixture.h"

// Boards over a durable ledger: processes come and go, the clock is the machine's.
namespace sas::regulation {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ActorWith;
using testing::IsOk;
using Response = v1::WatchBoardResponse;

/// A feed that keeps some events to itself, as a broken pump would.
class DeafStore final : public RegulationStore, private ledger::Feed {
 public:
  explicit DeafStore(RegulationStore& store) : store_(store) {}

  absl::Status Write(const base::Call& call, const Work& work) override {
    return store_.Write(call, work);
  }

  absl::Status Read(const base::Call& call, const Work& work) override {
    if (broken)
      return base::Fail(absl::StatusCode::kUnavailable, "LEDGER_UNAVAILABLE", "it is away");
    if (before_read) before_read();
    if (undone) ReadWhatIsUndone(call, work);
    return store_.Read(call, work);
  }

  ledger::Feed& feed() override { return *this; }

  std::atomic<bool> deaf{false};
  std::atomic<bool> broken{false};
  std::atomic<bool> undone{false};    ///< Reads share the transaction of a write that fails.
  std::function<void()> before_read;  ///< Set before anybody watches.

 private:
  void ReadWhatIsUndone(const base::Call& call, const Work& work) {
    const absl::Status status = store_.Write(call, [&](RegulationTransaction& t) -> absl::Status {
      CaseQuery all;
      all.region = "fr-pdl";
      all.view = v1::CASE_LIST_VIEW_OPEN;
      all.limit = 100;
      SAS_ASSIGN_OR_RETURN(auto rows, t.ListCases(all));
      for (v1::RegulationCase& row : rows) {
        row.set_etag(EtagOf(VersionOf(row.etag()) + 1));
        SAS_RETURN_IF_ERROR(t.PutCase(row));
      }
      SAS_RETURN_IF_ERROR(work(t));
      return absl::ResourceExhaustedError("disk full");
    });
    EXPECT_TRUE(absl::IsResourceExhausted(status)) << status;
  }

  absl::StatusOr<std::vector<ledger::StoredEvent>> Read(const base::Call& call,
                                                        std::string_view region,
                                                        std::string_view cursor,
                                                        int limit) override {
    auto events = store_.feed().Read(call, region, cursor, limit);
    if (events.ok() && deaf) {
      for (auto& event : *events) event.subject = kept_;
    } else if (events.ok() && !events->empty()) {
      kept_ = events->front().subject;
    }
    return events;
  }

  absl::StatusOr<std::vector<ledger::StoredEvent>> ReadUnsettled(const base::Call& call,
                                                                 std::string_view region,
                                                                 std::string_view cursor,
                                                                 int limit) override {
    return store_.feed().ReadUnsettled(call, region, cursor, limit);
  }

  absl::StatusOr<std::string> Head(const base::Call& call) override {
    return store_.feed().Head(call);
  }

  std::uint64_t Subscribe(std::function<void()> wake) override {
    return store_.feed().Subscribe(std::move(wake));
  }

  void Unsubscribe(std::uint64_t id) override { store_.feed().Unsubscribe(id); }

  RegulationStore& store_;
  std::string kept_;
};

/// One life of a process on the ledger.
class Process {
 public:
  explicit Process(const std::string& url, const base::Clock& clock) : clock_(clock) {
    sql::Database::Options options;
    options.url = url;
    database_ = *sql::Database::Open(options, clock_);
    const absl::Status migrated = sql::Migrate(
        *database_, base::InternalCall("test", clock_, seconds(5)), RegulationMigrations());
    SAS_CHECK(migrated.ok(), migrated.ToString());
    store_ = std::make_unique<SqlRegulationStore>(*database_, clock_);
    deaf_ = std::make_unique<DeafStore>(*store_);
    testing::InProcessServer::Options server;
    server.clock = &clock_;
    server_ = std::make_unique<testing::InProcessServer>(server);
    metrics_ = std::make_unique<RegulationMetrics>(server_->metrics());
    desk_ = std::make_unique<Desk>(Desk{*store_, clock_, server_->random(), zone_, *metrics_});
    service_ = std::make_unique<RegulationService>(server_->runtime(), *desk_);
    boards_ = std::make_unique<BoardWatchService>(server_->runtime(), *deaf_, AlarmRules{}, 10,
                                                  server_->metrics());
    AllowRegulationMethods(server_->roles());
    AllowBoardMethods(server_->roles());
    const absl::Status started = server_->Start(
        {service_.get(), boards_.get()},
        {v1::RegulationService::service_full_name(), v1::BoardWatchService::service_full_name()});
    SAS_CHECK(started.ok(), started.ToString());
    stub_ = v1::RegulationService::NewStub(server_->Channel());
  }

  ~Process() {
    server_->Stop([this] { boards_->CloseStreams(); });
  }

  void Prioritize(const std::string& name, v1::Priority priority) {
    grpc::ClientContext context;
    server_->Authorize(context, ActorWith(base::Role::kArm, "arm-1"));
    v1::PrioritizeRegulationCaseRequest request;
    request.set_name(name);
    request.set_priority(priority);
    request.set_filiere(sas::type::v1::FILIERE_SNP);
    request.set_request_id(base::MakeRequestId(random_));
    v1::RegulationCase row;
    const grpc::Status status = stub_->PrioritizeRegulationCase(&context, request, &row);
    EXPECT_TRUE(status.ok()) << status.error_message();
  }

  v1::RegulationCase Open() {
    grpc::ClientContext context;
    server_->Authorize(context, ActorWith(base::Role::kArm, "arm-1"));
    v1::CreateRegulationCaseRequest request;
    request.set_parent("regions/fr-pdl");
    request.set_request_id(base::MakeRequestId(random_));
    v1::RegulationCase& row = *request.mutable_regulation_case();
    row.set_territory("85");
    row.set_motif_code("M03.05");
    row.mutable_origin()->set_entry_point(sas::type::v1::ENTRY_POINT_LINE_15);
    row.mutable_origin()->set_origine_code("15");
    row.mutable_origin()->set_caller_phone_number("+33199000001");
    row.add_patients()->mutable_age()->set_value(6);
    row.mutable_patients(0)->mutable_age()->set_unit(sas::type::v1::Age::UNIT_YEAR);
    v1::RegulationCase opened;
    const grpc::Status status = stub_->CreateRegulationCase(&context, request, &opened);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return opened;
  }

  std::unique_ptr<BoardScreen> Watch(const std::string& token = "") {
    return WatchAs(base::Role::kArm, "arm-1", token);
  }

  std::unique_ptr<BoardScreen> WatchAs(base::Role role, const std::string& subject,
                                       const std::string& token = "") {
    return OpenBoard(*server_, ActorWith(role, subject), BoardOf("", token));
  }

  sql::Database& database() { return *database_; }

  DeafStore& store() { return *deaf_; }

 private:
  const base::Clock& clock_;
  base::SystemRandom random_;
  const care::Zone zone_ = *care::Zone::Load("Europe/Paris");
  std::unique_ptr<sql::Database> database_;
  std::unique_ptr<SqlRegulationStore> store_;
  std::unique_ptr<DeafStore> deaf_;
  std::unique_ptr<testing::InProcessServer> server_;
  std::unique_ptr<RegulationMetrics> metrics_;
  std::unique_ptr<Desk> desk_;
  std::unique_ptr<RegulationService> service_;
  std::unique_ptr<BoardWatchService> boards_;
  std::unique_ptr<v1::RegulationService::Stub> stub_;
};

class BoardRestart : public ::testing::Test {
 protected:
  std::unique_ptr<Process> Start() { return std::make_unique<Process>(ledger_.url(), clock_); }

  testing::TempSqlite ledger_;
  base::SystemClock clock_;
};

TEST_F(BoardRestart, ABoardResumesOnTheNextProcessWithoutGapOrDouble) {
  auto process = Start();
  const std::string seen = process->Open().name();
  auto screen = process->Watch();
  ASSERT_TRUE(screen->NextUntil([&] { return screen->Shows(seen); }));
  const std::string token = screen->token;
  const std::string missed = process->Open().name();
  screen.reset();
  process.reset();

  process = Start();
  const std::string later = process->Open().name();
  screen = process->Watch(token);
  ASSERT_TRUE(screen->Next());
  EXPECT_EQ(screen->last.resume(), Response::RESUME_RESUMED);
  ASSERT_TRUE(screen->last.has_changes());
  if (!screen->Shows(later)) {
    ASSERT_TRUE(screen->NextUntil([&] { return screen->Shows(later); }));
  }
  EXPECT_TRUE(screen->Shows(missed));
  EXPECT_FALSE(screen->Shows(seen));  // Nothing happened to it: it is not told twice.
  EXPECT_EQ(screen->snapshots, 0);
  screen.reset();
}

// The rows that a new process reads first are newer than the place from which it follows the feed.
TEST_F(BoardRestart, H42_AnActBetweenHeadAndRowsIsToldToWhoResumes) {
  auto process = Start();
  const std::string raised = process->Open().name();
  const std::string untouched = process->Open().name();
  auto screen = process->Watch();
  ASSERT_TRUE(screen->NextUntil([&] { return screen->Shows(untouched); }));
  const std::string token = screen->token;
  screen.reset();
  process.reset();

  process = Start();
  bool acted = false;
  process->store().before_read = [&] {
    if (!std::exchange(acted, true)) process->Prioritize(raised, v1::PRIORITY_P0);
  };
  screen = process->Watch(token);
  ASSERT_TRUE(screen->Next());
  EXPECT_EQ(screen->last.resume(), Response::RESUME_RESUMED);
  EXPECT_EQ(screen->cards[raised].priority(), v1::PRIORITY_P0);
  EXPECT_FALSE(screen->Shows(untouched));
  screen.reset();
}

TEST_F(BoardRestart, WhoMissedMoreThan4096EventsGetsTheWholeBoard) {
  const auto process = Start();
  const std::string name = process->Open().name();
  auto screen = process->Watch();
  ASSERT_TRUE(screen->NextUntil([&] { return screen->Shows(name); }));
  const std::string token = screen->token;
  screen->Leave();
  const auto publish = [&](int count) {
    const base::Call call = base::InternalCall("test", clock_, seconds(5));
    return process->store().Write(call, [&](RegulationTransaction& t) -> absl::Status {
      for (int i = 0; i < count; ++i) {
        SAS_RETURN_IF_ERROR(t.journal().Publish({"fr-pdl", "case.changed", name, ""}));
      }
      return absl::OkStatus();
    });
  };

  const struct {
    int more;
    Response::Resume outcome;
  } rows[] = {{BoardSource::kResumeMax, Response::RESUME_RESUMED}, {1, Response::RESUME_TOO_OLD}};

  for (const auto& row : rows) {
    ASSERT_THAT(publish(row.more), IsOk());
    screen = process->Watch(token);
    ASSERT_TRUE(screen->Next());
    EXPECT_EQ(screen->last.resume(), row.outcome);
    EXPECT_EQ(screen->last.has_snapshot(), row.outcome == Response::RESUME_TOO_OLD);
    EXPECT_TRUE(screen->Shows(name));
    screen->Leave();
  }
}

TEST_F(BoardRestart, H45_ARestoredLedgerIsTold) {
  auto process = Start();
  const std::string name = process->Open().name();
  auto screen = process->Watch();
  ASSERT_TRUE(screen->NextUntil([&] { return screen->Shows(name); }));
  const std::string token = screen->token;
  screen.reset();
  process.reset();
  {
    process = Start();
    const base::Call call = base::InternalCall("restore", clock_, seconds(5));
    ASSERT_THAT(ledger::RaiseEpoch(process->database(), call, clock_), IsOk());
    process.reset();
  }
  process = Start();
  screen = process->Watch(token);
  ASSERT_TRUE(screen->Next());
  EXPECT_EQ(screen->last.resume(), Response::RESUME_OTHER_EPOCH);
  EXPECT_TRUE(screen->last.has_snapshot());
  EXPECT_TRUE(screen->Shows(name));
  screen.reset();
}

TEST_F(BoardRestart, S2_30_AnActShowsOnEveryBoardWithin5s) {
  const auto process = Start();
  auto one = process->Watch();
  auto two = process->Watch();
  ASSERT_TRUE(one->Next());
  ASSERT_TRUE(two->Next());
  for (int i = 0; i < 20; ++i) {
    const auto before = clock_.Steady();
    const std::string name = process->Open().name();
    for (auto* screen : {one.get(), two.get()}) {
      ASSERT_TRUE(screen->Shows(name) || screen->NextUntil([&] { return screen->Shows(name); }));
    }
    EXPECT_LT(clock_.Steady() - before, seconds(5));
  }
  one.reset();
  two.reset();
}

// p0_popup_1s: from the ARM's raise to the last of all screens. A machine that is busy with
// something else may be late once; what is told by no event, or by a slower one, is late each time.
TEST_F(BoardRestart, H03_ARaiseToP0IsOnEveryBoardWithinASecond) {
  constexpr int kRaises = 9;
  const auto process = Start();
  std::vector<std::unique_ptr<BoardScreen>> screens;
  for (int i = 0; i < 2; ++i) {
    const std::string number = std::to_string(i);
    screens.push_back(process->WatchAs(base::Role::kArm, "arm-" + number));
    screens.push_back(process->WatchAs(base::Role::kRegulatorAmu, "mru-" + number));
    screens.push_back(process->WatchAs(base::Role::kRegulatorMg, "mrl-" + number));
  }
  for (const auto& screen : screens) ASSERT_TRUE(screen->Next());
  std::vector<std::chrono::nanoseconds> delays;
  for (int i = 0; i < kRaises; ++i) {
    const std::string name = process->Open().name();
    process->Prioritize(name, v1::PRIORITY_P2);
    const auto shows = [&](BoardScreen& screen, v1::Priority priority) {
      return screen.cards[name].priority() == priority;
    };
    for (const auto& screen : screens) {
      ASSERT_TRUE(shows(*screen, v1::PRIORITY_P2) ||
                  screen->NextUntil([&] { return shows(*screen, v1::PRIORITY_P2); }));
    }
    const auto before = clock_.Steady();
    process->Prioritize(name, v1::PRIORITY_P0);
    for (const auto& screen : screens) {
      ASSERT_TRUE(screen->NextUntil([&] { return shows(*screen, v1::PRIORITY_P0); }));
    }
    delays.push_back(clock_.Steady() - before);
    EXPECT_LT(delays.back(), seconds(5));
  }
  std::sort(delays.begin(), delays.end());
  EXPECT_LT(delays[kRaises / 2], seconds(1));
  screens.clear();
}

TEST_F(BoardRestart, H42_AnEventThatIsLostOnTheWayIsNoticedByTheHeadCounts) {
  const auto process = Start();
  const std::string seen = process->Open().name();
  auto screen = process->Watch();
  ASSERT_TRUE(screen->NextUntil([&] { return screen->Shows(seen); }));
  const std::string repeated = process->Open().name();  // By a deaf feed, from now on.
  ASSERT_TRUE(screen->NextUntil([&] { return screen->Shows(repeated); }));
  process->store().deaf = true;
  const std::string lost = process->Open().name();
  ASSERT_TRUE(screen->NextUntil([&] { return screen->Shows(lost); }));
  EXPECT_EQ(screen->snapshots, 2);  // The board was read anew, and everybody was told.
  screen.reset();
}

TEST_F(BoardRestart, H42_CountsAreHeldAgainstLinesOfTheSameStateOnly) {
  const auto process = Start();
  process->Open();
  std::atomic<int> reads{0};
  // The board reads when it counts, and then what has happened: while it counts somebody calls.
  process->store().before_read = [&] {
    if (++reads % 2 == 0) process->Open();
  };
  auto screen = process->Watch();
  for (int counted = 0; counted < 5;) {
    ASSERT_TRUE(screen->Next());
    if (!screen->last.has_counts()) continue;
    ++counted;
    if (screen->counts.ledger_sequence() == 0) continue;
    if (screen->counts.ledger_sequence() != screen->last.ledger_sequence()) continue;
    int waiting = 0;
    for (const auto& line : screen->counts.board().lines()) waiting += line.waiting_count();
    EXPECT_EQ(static_cast<int>(screen->cards.size()), waiting);
  }
  EXPECT_EQ(screen->snapshots, 1);
  screen.reset();
}

TEST_F(BoardRestart, ALineIsNeverOfAWriteThatIsUndone) {
  const auto process = Start();
  auto screen = process->Watch();
  ASSERT_TRUE(screen->Next());
  process->store().undone = true;
  const std::string name = process->Open().name();
  ASSERT_TRUE(screen->NextUntil([&] { return screen->Shows(name); }));
  EXPECT_EQ(screen->cards[name].version(), 1);
  screen.reset();
}

TEST_F(BoardRestart, H42_NoHeartbeatWhileTheLedgerCannotBeRead) {
  const auto process = Start();
  auto screen = process->Watch();
  ASSERT_TRUE(screen->Next());
  process->store().broken = true;
  // Whatever was on its way; then silence, and in the end the reason.
  int messages = 0;
  while (screen->Next()) ++messages;
  EXPECT_LE(messages, 2);
  EXPECT_THAT(rpc::FromGrpc(screen->reader->Finish()), testing::ReasonIs("LEDGER_UNAVAILABLE"));
}

}  // namespace
}  // namespace sas::regulation
