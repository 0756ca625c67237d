#pragma once

#include <mutex>
#include <utility>

#include "common/rpc/duplex.h"
#include "common/rpc/status_map.h"

namespace sas::rpc {

// Whatever can go on now. One thread at a time goes on; another one that comes meanwhile leaves
// it to that one, so that no operation starts on a reactor that is finished and gone.
template <typename Request, typename Response>
void Duplex<Request, Response>::Proceed(std::unique_lock<std::mutex>& lock) {
  again_ = true;
  if (proceeding_) return;
  proceeding_ = true;
  while (again_) {
    again_ = false;
    Submit();
    if (Over()) {
      // `proceeding_` stays: nobody touches the stream after Finish.
      const grpc::Status status = ToGrpc(final_);
      lock.unlock();
      this->Finish(status);
      return;
    }
    Operate(lock);
  }
  proceeding_ = false;
}

template <typename Request, typename Response>
bool Duplex<Request, Response>::Push(Response message) {
  std::unique_lock lock(mutex_);
  if (closing_ || cancelled_ || all_read_ || pushed_.size() >= kPushedMax) return false;
  pushed_.push_back(std::move(message));
  Proceed(lock);
  return true;
}

template <typename Request, typename Response>
void Duplex<Request, Response>::Submit() {
  if (working_ || inbox_.empty()) return;
  at_work_ = std::move(inbox_.front());
  inbox_.pop_front();
  working_ = lane_.TrySubmit([this] { RunOne(); });
  if (working_) return;
  CloseLocked(base::Fail(absl::StatusCode::kResourceExhausted, "OVERLOADED",
                         "too many calls at once; connect again and go on after the last answer",
                         {{"lane", lane_.name()}}));
}

template <typename Request, typename Response>
bool Duplex<Request, Response>::Over() const {
  const bool ends = closing_ || cancelled_ || (all_read_ && inbox_.empty());
  return ends && !working_ && !writing_ && (outbox_.empty() || cancelled_);
}

// Operations start outside the lock: gRPC may call back at once.
template <typename Request, typename Response>
void Duplex<Request, Response>::Operate(std::unique_lock<std::mutex>& lock) {
  const bool write = !writing_ && !cancelled_ && !(outbox_.empty() && pushed_.empty());
  const bool read =
      !reading_ && !all_read_ && !closing_ && !cancelled_ && UnansweredLocked() < window_;
  if (!write && !read) return;
  if (write) writing_pushed_ = !pushed_.empty();
  writing_ = writing_ || write;
  reading_ = reading_ || read;
  // A deque keeps references.
  const Response* next = write ? &(writing_pushed_ ? pushed_ : outbox_).front() : nullptr;
  lock.unlock();
  if (write) this->StartWrite(next);
  if (read) this->StartRead(&incoming_);
  lock.lock();
}

// On the lane. `this` lives: the stream does not finish while something is at work.
template <typename Request, typename Response>
void Duplex<Request, Response>::RunOne() {
  absl::StatusOr<Response> answer = work_(at_work_);
  std::unique_lock lock(mutex_);
  working_ = false;
  if (answer.ok()) {
    outbox_.push_back(*std::move(answer));
  } else {
    CloseLocked(answer.status());
  }
  Proceed(lock);
}

}  // namespace sas::rpc
