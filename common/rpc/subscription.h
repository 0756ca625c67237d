#pragma once

#include <grpcpp/grpcpp.h>

#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <utility>

#include "absl/status/status.h"
#include "common/base/status.h"
#include "common/rpc/status_map.h"

namespace sas::rpc {

/// A server-streaming call with a bounded backlog: any thread pushes, one write is in flight, and a
/// reader that is too slow ends the stream (ABORTED `STREAM_TOO_SLOW`) instead of eating memory.
/// Deletes itself when gRPC is done with it.
template <typename Message>
class Subscription final : public grpc::ServerWriteReactor<Message> {
 public:
  /// `on_done` runs once, when no further Push or Close will be accepted. `on_idle` runs whenever
  /// all that was pushed is out, from a thread of gRPC.
  Subscription(std::size_t backlog_max, std::function<void()> on_done,
               std::function<void()> on_idle = {})
      : backlog_max_(backlog_max), on_done_(std::move(on_done)), on_idle_(std::move(on_idle)) {}

  /// False when the stream is closed or closing. Overflow closes it.
  bool Push(Message message) {
    std::unique_lock lock(mutex_);
    if (closing_ || cancelled_) return false;
    if (backlog_.size() >= backlog_max_) {
      CloseLocked(base::Fail(absl::StatusCode::kAborted, "STREAM_TOO_SLOW",
                             "the reader is slower than the stream; resume from the last cursor"),
                  lock);
      return false;
    }
    backlog_.push_back(std::move(message));
    if (!writing_) WriteNextLocked(lock);
    return true;
  }

  /// Ends the stream after the backlog has been written. Idempotent.
  void Close(absl::Status status) {
    std::unique_lock lock(mutex_);
    if (!closing_) CloseLocked(std::move(status), lock);
  }

  std::size_t Backlog() const {
    std::unique_lock lock(mutex_);
    return backlog_.size();
  }

  void OnWriteDone(bool ok) override {
    std::unique_lock lock(mutex_);
    backlog_.pop_front();
    writing_ = false;
    if (!ok) cancelled_ = true;
    const bool idle = backlog_.empty();
    WriteNextLocked(lock);
    if (lock.owns_lock()) lock.unlock();
    if (idle && on_idle_) on_idle_();  // OnDone, which deletes us, waits for this to return.
  }

  void OnCancel() override {
    std::unique_lock lock(mutex_);
    cancelled_ = true;
    if (!closing_) CloseLocked(absl::CancelledError("the client has gone"), lock);
  }

  void OnDone() override {
    on_done_();
    delete this;
  }

 private:
  void CloseLocked(absl::Status status, std::unique_lock<std::mutex>& lock) {
    closing_ = true;
    final_ = std::move(status);
    if (!writing_) WriteNextLocked(lock);
  }

  // Starts the next write, or finishes. The operation starts outside the lock: gRPC may call back.
  void WriteNextLocked(std::unique_lock<std::mutex>& lock) {
    if (finished_) return;
    if (!backlog_.empty() && !cancelled_) {
      writing_ = true;
      const Message* next = &backlog_.front();  // A deque keeps references while others push.
      lock.unlock();
      this->StartWrite(next);
      return;
    }
    if (!closing_ && !cancelled_) return;
    finished_ = true;
    const grpc::Status status = ToGrpc(final_);
    lock.unlock();
    this->Finish(status);
  }

  const std::size_t backlog_max_;
  const std::function<void()> on_done_;
  const std::function<void()> on_idle_;
  mutable std::mutex mutex_;
  std::deque<Message> backlog_;
  absl::Status final_;
  bool writing_ = false;
  bool closing_ = false;
  bool cancelled_ = false;
  bool finished_ = false;
};

}  // namespace sas::rpc
