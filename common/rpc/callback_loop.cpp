#include "common/rpc/callback_loop.h"

#include <grpc/grpc.h>
#include <grpc/support/time.h>
#include <grpcpp/completion_queue.h>
#include <pthread.h>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace sas::rpc {
namespace {

constexpr std::size_t kThreadsMax = 16;  // As gRPC: a pod may see all processors of its node.

// The queue, its threads and what they do later. A second thread at the queue would cost more than
// it brings where there are two processors: the helper has no part in events.
class Loop {
 public:
  Loop();
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  grpc::CompletionQueue& queue() { return queue_; }

  void Later(std::function<void()> work);

 private:
  void TakeIn();
  void Help();
  bool Waits();
  bool RunOne();

  grpc::CompletionQueue queue_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> waiting_;
  std::size_t idle_ = 0;  // Helpers that wait.
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

thread_local Loop* loop_of_thread = nullptr;

Loop::Loop() {
  for (std::size_t i = 0; i < CallbackThreads(); ++i) {
    threads_.emplace_back([this] { TakeIn(); });
    pthread_setname_np(threads_.back().native_handle(), "rpc_events");
    threads_.emplace_back([this] { Help(); });
    pthread_setname_np(threads_.back().native_handle(), "rpc_helper");
  }
}

Loop::~Loop() {
  queue_.Shutdown();
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void Loop::TakeIn() {
  loop_of_thread = this;
  const gpr_timespec at_once = gpr_time_0(GPR_CLOCK_MONOTONIC);
  const gpr_timespec never = gpr_inf_future(GPR_CLOCK_MONOTONIC);
  while (true) {
    // The queue of the C library: what C++ makes of an event is the callback's own affair.
    const grpc_event event =
        grpc_completion_queue_next(queue_.cq(), Waits() ? at_once : never, nullptr);
    if (event.type == GRPC_QUEUE_SHUTDOWN) return;
    if (event.type == GRPC_QUEUE_TIMEOUT) {
      RunOne();
      continue;
    }
    auto* callback = static_cast<grpc_completion_queue_functor*>(event.tag);
    callback->functor_run(callback, event.success);
  }
}

void Loop::Help() {
  loop_of_thread = this;
  while (true) {
    {
      std::unique_lock lock(mutex_);
      ++idle_;
      wake_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
      --idle_;
      if (stopping_) return;
    }
    while (RunOne()) {
    }
  }
}

void Loop::Later(std::function<void()> work) {
  const std::lock_guard lock(mutex_);
  waiting_.push_back(std::move(work));
}

bool Loop::Waits() {
  const std::lock_guard lock(mutex_);
  return !waiting_.empty();
}

// What waits longest; a helper is woken for what waits behind it.
bool Loop::RunOne() {
  std::unique_lock lock(mutex_);
  if (waiting_.empty()) return false;
  const std::function<void()> work = std::move(waiting_.front());
  waiting_.pop_front();
  const bool more = !waiting_.empty() && idle_ > 0;
  lock.unlock();
  if (more) wake_.notify_one();
  work();
  return true;
}

// Made with the first server or channel that needs it, and ended with the last.
struct Shared {
  std::mutex mutex;
  std::size_t users = 0;
  std::unique_ptr<Loop> loop;
};

Shared& SharedLoop() {
  static auto* shared = new Shared;  // Outlives what is released at the process's end.
  return *shared;
}

}  // namespace

std::size_t CallbackThreads() {
  return std::clamp<std::size_t>(std::thread::hardware_concurrency() / 2, 1, kThreadsMax);
}

void RunLater(std::function<void()> work) {
  if (loop_of_thread == nullptr) {
    work();
  } else {
    loop_of_thread->Later(std::move(work));
  }
}

}  // namespace sas::rpc

// In the place of libgrpc++'s own (callback_loop.h).
grpc::CompletionQueue* grpc::CompletionQueue::CallbackAlternativeCQ() {
  auto& shared = sas::rpc::SharedLoop();
  const std::lock_guard lock(shared.mutex);
  if (shared.users++ == 0) shared.loop = std::make_unique<sas::rpc::Loop>();
  return &shared.loop->queue();
}

void grpc::CompletionQueue::ReleaseCallbackAlternativeCQ(grpc::CompletionQueue*) {
  auto& shared = sas::rpc::SharedLoop();
  std::unique_ptr<sas::rpc::Loop> last;
  const std::lock_guard lock(shared.mutex);
  if (--shared.users == 0) last = std::move(shared.loop);
}
