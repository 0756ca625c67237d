#include "common/rpc/periodic.h"

#include <algorithm>
#include <utility>

#include "common/base/status.h"
#include "common/observe/log.h"

namespace sas::rpc {
namespace {

constexpr std::chrono::seconds kRunBudget{5};
constexpr std::chrono::milliseconds kIdle{1000};

}  // namespace

Periodic::Periodic(const base::Clock& clock) : clock_(clock), thread_([this] { Turn(); }) {}

Periodic::~Periodic() {
  Stop();
}

void Periodic::Add(std::string_view name, std::chrono::milliseconds interval, Work work) {
  auto job = std::make_unique<Job>();
  job->name = std::string(name);
  job->interval = interval;
  job->due = clock_.Steady();
  job->work = std::move(work);
  const std::lock_guard lock(mutex_);
  jobs_.push_back(std::move(job));
  wake_.notify_all();
}

void Periodic::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    wake_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
}

void Periodic::Turn() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    const auto soonest = std::min_element(
        jobs_.begin(), jobs_.end(), [](const auto& a, const auto& b) { return a->due < b->due; });
    std::chrono::nanoseconds wait = kIdle;
    if (soonest != jobs_.end()) wait = (*soonest)->due - clock_.Steady();
    if (wait > std::chrono::nanoseconds::zero()) {
      wake_.wait_for(lock, wait);
      continue;
    }
    Job& job = **soonest;
    lock.unlock();
    RunOne(job);
    lock.lock();
    job.due = clock_.Steady() + job.interval;
  }
}

void Periodic::RunOne(Job& job) {
  const absl::Status status = job.work(base::InternalCall(job.name, clock_, kRunBudget));
  std::string reason = status.ok() ? std::string() : base::ReasonOf(status);
  if (!status.ok() && reason.empty()) reason = std::string(base::CodeName(status.code()));
  if (reason == job.last_reason) return;
  job.last_reason = reason;
  if (reason.empty()) {
    observe::Log(observe::Level::kInfo, "periodic_recovered",
                 {{"work", std::string_view(job.name)}});
  } else {
    observe::Log(observe::Level::kWarn, "periodic_failed",
                 {{"work", std::string_view(job.name)}, {"reason", std::string_view(reason)}});
  }
}

}  // namespace sas::rpc
