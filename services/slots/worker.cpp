#include "services/slots/worker.h"

#include <algorithm>
#include <utility>

#include "common/base/status.h"
#include "common/observe/log.h"

namespace sas::slots {

Worker::Worker(Options options, const base::Clock& clock, Work work)
    : options_(std::move(options)),
      clock_(clock),
      work_(std::move(work)),
      thread_([this] { Turns(); }) {}

Worker::~Worker() {
  Stop();
}

void Worker::Wake() {
  const std::lock_guard lock(mutex_);
  woken_ = true;
  wake_.notify_one();
}

void Worker::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    wake_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
}

void Worker::Turns() {
  std::string last_reason;
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    woken_ = false;
    lock.unlock();
    base::Call call = base::InternalCall(options_.name, clock_, options_.budget);
    call.cancelled = [this] {
      const std::lock_guard guard(mutex_);
      return stopping_;
    };
    const absl::Status status = work_(call);
    const std::string reason = status.ok() ? "" : base::ReasonOf(status);
    if (reason != last_reason) {
      observe::Log(status.ok() ? observe::Level::kInfo : observe::Level::kWarn, "worker",
                   {{"worker", std::string_view(options_.name)},
                    {"reason", std::string_view(reason)},
                    {"message", base::FromAbsl(status.message())}});
      last_reason = reason;
    }
    lock.lock();
    const auto pause = status.ok() ? options_.pause : options_.pause_on_failure;
    wake_.wait_for(lock, pause, [this] { return stopping_; });
    wake_.wait_for(lock, options_.interval, [this] { return woken_ || stopping_; });
  }
}

}  // namespace sas::slots
