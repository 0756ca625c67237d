#pragma once

#include <grpcpp/grpcpp.h>

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/executor.h"
#include "common/base/status.h"

namespace sas::rpc {

/// A bidirectional call in which each request gets one answer, in order, from work that may block
/// and therefore runs on a lane. At most `window` requests wait unanswered: beyond, nothing is read
/// and the sender's own flow control holds it back, so that a sender without measure costs no
/// memory. An answer counts as given when gRPC has taken it.
///
/// The server may speak first too: Push sends messages of its own beside the answers, and `absorb`
/// takes requests that answer those, in gRPC's thread and without the lane, which may be full of
/// work that waits for them.
///
/// Ends with OK when the client has sent all and has all answers, with the status of the work when
/// that fails, with RESOURCE_EXHAUSTED `OVERLOADED` when the lane is full, or by Close. What was
/// read and not answered then has had no effect. Deletes itself when gRPC is done with it.
template <typename Request, typename Response>
class Duplex final : public grpc::ServerBidiReactor<Request, Response> {
 public:
  using Work = std::function<absl::StatusOr<Response>(const Request&)>;
  using OnEnd = std::function<void(const absl::Status&)>;
  /// True when the request was taken and needs no answer. Never blocks.
  using Absorb = std::function<bool(const Request&)>;

  static constexpr std::size_t kPushedMax = 32;  ///< Messages of the server's own, unwritten.

  /// `on_end` runs once, last, from a thread of gRPC; the call's context is gone after it.
  Duplex(base::Executor& lane, std::size_t window, Work work, OnEnd on_end, Absorb absorb = nullptr)
      : lane_(lane),
        window_(window),
        work_(std::move(work)),
        on_end_(std::move(on_end)),
        absorb_(std::move(absorb)) {}

  /// Begins to read. Apart from the constructor, so that whoever made it can keep it first.
  void Start() {
    std::unique_lock lock(mutex_);
    Proceed(lock);
  }

  /// Ends the stream after the answer that is at work. Idempotent, any thread, never blocks.
  void Close(absl::Status status) {
    std::unique_lock lock(mutex_);
    CloseLocked(std::move(status));
    Proceed(lock);
  }

  /// Sends a message of the server's own, before answers that wait. False when the stream ends, or
  /// when kPushedMax are unwritten: the client does not read. Any thread, never blocks.
  bool Push(Response message);

  /// Requests read and not answered yet.
  std::size_t Unanswered() const {
    const std::lock_guard lock(mutex_);
    return UnansweredLocked();
  }

  void OnReadDone(bool ok) override {
    // Outside the lock: who absorbs has a lock of his own. Nobody reads anew before it is done.
    const bool absorbed = ok && absorb_ != nullptr && absorb_(incoming_);
    std::unique_lock lock(mutex_);
    reading_ = false;
    if (!ok) {
      all_read_ = true;
    } else if (!closing_ && !absorbed) {
      inbox_.push_back(std::move(incoming_));
    }
    Proceed(lock);
  }

  void OnWriteDone(bool ok) override {
    std::unique_lock lock(mutex_);
    writing_ = false;
    (writing_pushed_ ? pushed_ : outbox_).pop_front();
    if (!ok) cancelled_ = true;
    Proceed(lock);
  }

  void OnCancel() override {
    std::unique_lock lock(mutex_);
    cancelled_ = true;
    CloseLocked(base::Fail(absl::StatusCode::kCancelled, "CANCELLED", "the client has gone"));
    Proceed(lock);
  }

  void OnDone() override {
    on_end_(final_);
    delete this;
  }

 private:
  std::size_t UnansweredLocked() const {
    return inbox_.size() + outbox_.size() + (working_ ? 1 : 0);
  }

  void CloseLocked(absl::Status status) {
    if (closing_) return;
    closing_ = true;
    final_ = std::move(status);
    inbox_.clear();
  }

  /// Whatever can go on now.
  void Proceed(std::unique_lock<std::mutex>& lock);
  void Submit();
  bool Over() const;
  void Operate(std::unique_lock<std::mutex>& lock);
  void RunOne();

  base::Executor& lane_;
  const std::size_t window_;
  const Work work_;
  const OnEnd on_end_;
  const Absorb absorb_;
  mutable std::mutex mutex_;
  Request incoming_;
  Request at_work_;  ///< Of the lane's thread while `working_`.
  std::deque<Request> inbox_;
  std::deque<Response> outbox_;
  std::deque<Response> pushed_;
  absl::Status final_;
  bool reading_ = false;
  bool all_read_ = false;
  bool working_ = false;
  bool writing_ = false;
  bool writing_pushed_ = false;  ///< With `writing_`: the first of `pushed_`, else of `outbox_`.
  bool closing_ = false;
  bool cancelled_ = false;
  bool proceeding_ = false;
  bool again_ = false;
};

}  // namespace sas::rpc

#include "common/rpc/duplex_impl.h"  // The bodies of the templates.
