#include "common/events/follower.h"

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

#include "common/base/backoff.h"
#include "common/base/status.h"
#include "common/observe/log.h"
#include "common/rpc/channel.h"

namespace sas::events {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

constexpr seconds kHandleBudget{5};
constexpr milliseconds kRetryFirst{100};
constexpr milliseconds kRetryCap{5000};
constexpr double kNeverHeardSeconds = 1e9;

// An own ledger without cursor has followed nothing yet: from the start.
constexpr char kFromStart[] = "0";

// Tags of the completion queue; one operation is in flight at a time.
void* Tag(int step) {
  return reinterpret_cast<void*>(static_cast<std::intptr_t>(step));
}

absl::Status Silent() {
  return base::Fail(absl::StatusCode::kUnavailable, "FEED_SILENT",
                    "the feed said nothing for too long; connecting anew");
}

// One WatchEvents call, read with a limit on silence. One operation is in flight at a time; a read
// that has not come back yet goes on in the background. Not thread-safe but for Cancel.
class Watch {
 public:
  Watch(v1::EventService::Stub& stub, const v1::WatchEventsRequest& request,
        const std::string& authorization, milliseconds silence_max)
      : request_(request), silence_max_(silence_max) {
    context_.AddMetadata("authorization", authorization);
    reader_ = stub.PrepareAsyncWatchEvents(&context_, request_, &queue_);
  }

  ~Watch() {
    queue_.Shutdown();
    void* tag = nullptr;
    bool ok = false;
    while (queue_.Next(&tag, &ok)) continue;
  }

  void Cancel() { context_.TryCancel(); }

  absl::Status Start() {
    reader_->StartCall(Tag(1));
    return Await();
  }

  /// Waits for the next message, which stands in message() until the next read.
  absl::Status Read() {
    BeginRead();
    return Await();
  }

  /// False when the next message is not there yet, or the stream is at its end: Read tells which.
  bool ReadWhatIsThere() {
    if (ended_) return false;
    BeginRead();
    void* tag = nullptr;
    bool ok = false;
    if (queue_.AsyncNext(&tag, &ok, Deadline(milliseconds::zero())) ==
        grpc::CompletionQueue::TIMEOUT) {
      return false;
    }
    reading_ = false;
    ended_ = !ok;
    return ok;
  }

  v1::WatchEventsResponse& message() { return message_; }

 private:
  static gpr_timespec Deadline(milliseconds from_now) {
    return gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC),
                        gpr_time_from_millis(from_now.count(), GPR_TIMESPAN));
  }

  void BeginRead() {
    if (reading_ || ended_) return;
    reading_ = true;
    reader_->Read(&message_, Tag(2));
  }

  // OK when the operation in flight succeeded; the status of the call, or FEED_SILENT, otherwise.
  absl::Status Await() {
    void* tag = nullptr;
    bool ok = false;
    bool silent = false;
    if (!ended_) {
      if (queue_.AsyncNext(&tag, &ok, Deadline(silence_max_)) == grpc::CompletionQueue::TIMEOUT) {
        silent = true;
        Cancel();
        queue_.Next(&tag, &ok);  // The cancelled operation still has to come back.
      }
      reading_ = false;
    }
    if (ok && !silent) return absl::OkStatus();
    grpc::Status status;
    reader_->Finish(&status, Tag(3));
    queue_.Next(&tag, &ok);
    if (silent) return Silent();
    if (status.ok()) {
      return base::Fail(absl::StatusCode::kUnavailable, "FEED_ENDED", "the feed was closed");
    }
    return rpc::FromGrpc(status);
  }

  const v1::WatchEventsRequest request_;
  const milliseconds silence_max_;
  grpc::CompletionQueue queue_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientAsyncReader<v1::WatchEventsResponse>> reader_;
  v1::WatchEventsResponse message_;
  bool reading_ = false;
  bool ended_ = false;  ///< A read has said so; the status has still to be asked for.
};

}  // namespace

struct Follower::State {
  State(Options options_in, const base::Clock& clock_in, base::Random& random, LoadCursor load_in,
        Handle handle_in)
      : options(std::move(options_in)),
        clock(clock_in),
        load(std::move(load_in)),
        handle(std::move(handle_in)),
        stub(v1::EventService::NewStub(rpc::MakeChannel({options.address, {}}))),
        backoff(kRetryFirst, kRetryCap, random),
        thread([this] { Run(); }) {}

  void Run() {
    while (true) {
      const absl::Status status = FollowOnce();
      std::unique_lock lock(mutex);
      if (stopping) return;
      Report(status);
      wake.wait_for(lock, backoff.Next(), [this] { return stopping; });
      if (stopping) return;
    }
  }

  absl::Status FollowOnce() {
    v1::WatchEventsRequest request;
    request.set_parent(options.region.rfind("regions/", 0) == 0 ? options.region
                                                                : "regions/" + options.region);
    SAS_ASSIGN_OR_RETURN(const std::string cursor,
                         load(base::InternalCall(options.name, clock, kHandleBudget)));
    request.set_after_cursor(cursor.empty() && !options.from_now ? kFromStart : cursor);
    Watch current(*stub, request, options.authorization(), options.silence_max);
    {
      const std::lock_guard lock(mutex);
      if (stopping) return absl::OkStatus();
      watch = &current;
    }
    const absl::Status status = Drink(current);
    const std::lock_guard lock(mutex);
    watch = nullptr;
    return status;
  }

  // Hands on what the stream says until it ends.
  absl::Status Drink(Watch& current) {
    SAS_RETURN_IF_ERROR(current.Start());
    std::vector<v1::Event> events;
    while (true) {
      SAS_RETURN_IF_ERROR(current.Read());
      events.clear();
      Take(current, events);
      const std::size_t most = careful > 0 ? 1 : kTogetherMax;
      while (events.size() < most && current.ReadWhatIsThere()) Take(current, events);
      if (events.empty()) continue;
      const absl::Status handled =
          handle(base::InternalCall(options.name, clock, kHandleBudget), events);
      if (handled.ok()) {
        careful -= careful > 0 ? 1 : 0;
        continue;
      }
      careful = kTogetherMax;
      // Given up here and read again after the cursor that the ledger kept: nothing is skipped.
      current.Cancel();
      while (current.Read().ok()) continue;
      return handled;
    }
  }

  void Take(Watch& current, std::vector<v1::Event>& events) {
    heard = clock.Steady().count();
    backoff.Reset();
    v1::WatchEventsResponse& message = current.message();
    if (!message.has_event()) return;
    message.mutable_event()->set_cursor(message.cursor());
    events.push_back(std::move(*message.mutable_event()));
  }

  // Once for each new reason: a peer that is away for an hour is no thousand lines.
  void Report(const absl::Status& status) {
    const std::string reason = base::ReasonOf(status);
    if (reason == last_reason) return;
    last_reason = reason;
    observe::Log(observe::Level::kWarn, "feed_interrupted",
                 {{"feed", std::string_view(options.name)},
                  {"code", base::CodeName(status.code())},
                  {"reason", std::string_view(reason)}});
  }

  void Stop() {
    {
      const std::lock_guard lock(mutex);
      stopping = true;
      if (watch != nullptr) watch->Cancel();
      wake.notify_all();
    }
    if (thread.joinable()) thread.join();
  }

  const Options options;
  const base::Clock& clock;
  const LoadCursor load;
  const Handle handle;
  const std::unique_ptr<v1::EventService::Stub> stub;
  base::Backoff backoff;  ///< Of the thread alone, like the next two.
  std::string last_reason;
  std::size_t careful = 0;  ///< So many events come one by one.
  std::atomic<nanoseconds::rep> heard{0};
  std::mutex mutex;
  std::condition_variable wake;
  Watch* watch = nullptr;  ///< Guarded by mutex, like `stopping`.
  bool stopping = false;
  std::thread thread;  ///< Last: starts when the rest is there.
};

Follower::Follower(Options options, const base::Clock& clock, base::Random& random, LoadCursor load,
                   Handle handle)
    : state_(std::make_unique<State>(std::move(options), clock, random, std::move(load),
                                     std::move(handle))) {}

Follower::Handle Follower::OneByOne(HandleOne handle) {
  return [handle = std::move(handle)](const base::Call& call, const auto& events) -> absl::Status {
    for (const v1::Event& event : events) SAS_RETURN_IF_ERROR(handle(call, event));
    return absl::OkStatus();
  };
}

Follower::~Follower() {
  Stop();
}

void Follower::Stop() {
  state_->Stop();
}

double Follower::SecondsSinceHeard() const {
  const nanoseconds heard(state_->heard.load());
  if (heard == nanoseconds::zero()) return kNeverHeardSeconds;
  return std::chrono::duration<double>(state_->clock.Steady() - heard).count();
}

void ShowAge(observe::Metrics& metrics, const std::string& name, const std::string& help,
             const std::shared_ptr<Follower>& follower) {
  metrics.OnScrape(name, help, {}, [heard = std::weak_ptr<Follower>(follower)] {
    const auto alive = heard.lock();
    return alive == nullptr ? 0.0 : alive->SecondsSinceHeard();
  });
}

}  // namespace sas::events
