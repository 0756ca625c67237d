#include "tools/sasctl/board_commands.h"

#include <unistd.h>

#include <condition_variable>
#include <iostream>
#include <mutex>
#include <thread>

#include "common/base/status.h"
#include "sas/regulation/v1/board_service.grpc.pb.h"
#include "tools/sasctl/board_screen.h"
#include "tools/sasctl/dossier.h"
#include "tools/sasctl/print.h"

// sasctl board, sasctl board watch: who waits.
namespace sasctl {
namespace {

using regulation::BoardWatchService;
using regulation::WatchBoardRequest;
using regulation::WatchBoardResponse;

constexpr std::chrono::milliseconds kRedraw{500};
constexpr std::chrono::milliseconds kPause{300};  // Before a broken stream is opened again.
constexpr std::chrono::seconds kSilenceMax{10};   // Then the stream is dead: open another.
constexpr const char* kClearScreen = "\033[H\033[2J";
constexpr const char* kAlarmBell = "\a";

/// Follows one board: a thread reads, the main thread draws, so that a stream that says nothing
/// does not stop the screen from saying so.
class BoardFollower {
 public:
  BoardFollower(Suite& suite, base::Role role, const WatchBoardRequest& request, int limit)
      : suite_(suite),
        role_(role),
        screen_(role, request),
        left_(limit),
        live_(isatty(STDOUT_FILENO) != 0) {}

  /// Until the limit, a refusal or Ctrl-C; why it was refused.
  absl::Status Run() {
    std::thread reader([this] { Follow(); });
    std::unique_lock lock(mutex_);
    while (!ended_) {
      wake_.wait_for(lock, kRedraw);
      LookForSilence();
      if (!suite_.json()) Draw();
    }
    lock.unlock();
    reader.join();
    return refusal_;
  }

 private:
  void Follow() {
    const auto stub = BoardWatchService::NewStub(suite_.ChannelTo(suite_.endpoints().regulation));
    while (true) {
      const absl::Status status = FollowOnce(*stub);
      std::unique_lock lock(mutex_);
      if (ended_) break;
      const bool resumes = status.ok() || absl::IsUnavailable(status) || absl::IsAborted(status) ||
                           absl::IsCancelled(status) ||
                           base::ReasonOf(status).rfind("PEER_", 0) == 0;
      if (!resumes) {
        refusal_ = status;
        ended_ = true;
        break;
      }
      wake_.notify_all();
      wake_.wait_for(lock, kPause, [this] { return ended_; });
    }
    wake_.notify_all();
  }

  absl::Status FollowOnce(BoardWatchService::Stub& stub) {
    grpc::ClientContext context;
    context.AddMetadata("authorization", suite_.Authorization(role_));
    WatchBoardRequest request;
    {
      const std::lock_guard lock(mutex_);
      request = screen_.Reconnect();
      context_ = &context;
      heard_ = suite_.clock().Steady();
    }
    const auto reader = stub.WatchBoard(&context, request);
    WatchBoardResponse message;
    bool stopped = false;
    while (!stopped && reader->Read(&message)) stopped = !Take(message);
    if (stopped) context.TryCancel();
    while (reader->Read(&message)) continue;
    const absl::Status status = sas::rpc::FromGrpc(reader->Finish());
    const std::lock_guard lock(mutex_);
    context_ = nullptr;
    return status;
  }

  // False when the stream is not to be read on.
  bool Take(const WatchBoardResponse& message) {
    const std::lock_guard lock(mutex_);
    if (ended_) return false;
    heard_ = suite_.clock().Steady();
    const bool good = screen_.Apply(message, heard_);
    if (suite_.json()) {
      PrintJson(message);
      std::cout.flush();
    }
    if (left_ > 0 && --left_ == 0) ended_ = true;
    drawn_ = false;
    wake_.notify_all();
    return good && !ended_;
  }

  void LookForSilence() {
    if (context_ != nullptr && suite_.clock().Steady() - heard_ > kSilenceMax) {
      context_->TryCancel();
    }
  }

  void Draw() {
    const auto now = suite_.clock().Steady();
    const bool cut = screen_.IsCut(now);
    if (!live_ && drawn_ && cut == was_cut_) return;  // A file gets no line that says nothing new.
    if (live_) std::cout << kClearScreen << (cut && !was_cut_ ? kAlarmBell : "");
    screen_.Print(now);
    std::cout.flush();
    drawn_ = true;
    was_cut_ = cut;
  }

  Suite& suite_;
  const base::Role role_;
  std::mutex mutex_;
  std::condition_variable wake_;
  BoardScreen screen_;
  grpc::ClientContext* context_ = nullptr;
  std::chrono::nanoseconds heard_{};
  int left_;  // Negative: no limit.
  const bool live_;
  bool drawn_ = false;
  bool was_cut_ = false;
  bool ended_ = false;
  absl::Status refusal_;
};

void AddBoardWatch(CLI::App& board, Suite& suite) {
  auto* sub = board.add_subcommand(
      "watch", "The lines of the board, live, and whether they are; Ctrl-C ends. --json: messages");
  auto role = std::make_shared<std::string>("supervisor");
  auto filiere = std::make_shared<std::string>();
  auto all = std::make_shared<bool>(false);
  auto limit = std::make_shared<int>(-1);
  sub->add_option("--role", *role,
                  "arm, regulator_amu, regulator_mg, osnp, supervisor… (supervisor)");
  sub->add_option("--filiere", *filiere, "Only dossiers of this chain, and what is urgent");
  sub->add_flag("--all", *all, "All territories that you may see, not only --territory");
  sub->add_option("--count", *limit, "End after so many messages");
  sub->callback([&suite, role, filiere, all, limit] {
    const base::Role as = base::ParseRole(*role);
    if (as == base::Role::kUnspecified) Suite::Usage("no such role: " + *role);
    WatchBoardRequest request;
    request.set_parent(suite.Parent());
    if (!*all) request.set_territory(suite.territory());
    if (!filiere->empty()) {
      request.set_filiere(ParseEnum<type::Filiere>("FILIERE_", *filiere));
    }
    BoardFollower follower(suite, as, request, *limit);
    if (const absl::Status refusal = follower.Run(); !refusal.ok()) suite.Refuse(refusal);
  });
}

}  // namespace

void AddBoardCommands(CLI::App& app, Suite& suite) {
  auto* sub = app.add_subcommand("board", "Head counts of the room");
  sub->callback([&suite, sub] {
    if (!sub->get_subcommands().empty()) return;
    regulation::GetBoardRequest request;
    request.set_parent(suite.Parent());
    const auto board =
        suite.Ask<regulation::Board>(base::Role::kSupervisor, suite.Regulation(),
                                     &regulation::RegulationService::Stub::GetBoard, request);
    if (suite.json()) return PrintJson(board);
    Table table({"PRIO", "ATTENDENT", "PLUS LONGUE", "EN ALARME"});
    for (const regulation::BoardLine& line : board.lines()) {
      table.Row({PriorityText(line.priority()), std::to_string(line.waiting_count()),
                 line.waiting_count() == 0
                     ? ""
                     : Span(std::chrono::seconds(line.longest_wait().seconds())),
                 std::to_string(line.alarm_count())});
    }
    table.Print();
    std::cout << "en régulation " << board.claimed_count() << ", à décrocher "
              << board.ringing_count() << ", appels perdus " << board.lost_call_count()
              << ", commandes SNP " << board.open_order_count() << "\n";
    if (const std::string idle = IdleText(board); !idle.empty()) std::cout << idle << "\n";
  });
  AddBoardWatch(*sub, suite);
}

}  // namespace sasctl
