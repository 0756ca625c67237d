#pragma once

#include <grpcpp/grpcpp.h>

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/asked.h"
#include "common/base/executor.h"
#include "common/base/status.h"
#include "common/rpc/runtime.h"
#include "common/rpc/server_call.h"

namespace sas::rpc {

/// Serves the calls of one unary RPC that come together together, so that they share exchanges with
/// other services, a commit, changes of threads. While loads are on their way the next calls
/// gather, without a timer: a lone call waits for nobody. Each is admitted, counted and told errors
/// as by ServeUnary; past the limit it gets RESOURCE_EXHAUSTED `OVERLOADED`.
///
/// The handler runs on a thread of `lane`, may block, and gives as many outcomes as it was asked,
/// in their order; one that throws fails its whole load. Thread-safe.
template <typename Request, typename Response>
class ServeTogether {
 public:
  using Calls = std::vector<base::Asked<Request>>;
  using Outcomes = std::vector<absl::StatusOr<Response>>;
  using Handler = std::function<Outcomes(const Calls& calls)>;

  static constexpr std::size_t kLoadMax = 64;  ///< Calls in one load.

  ServeTogether(const Runtime& runtime, base::Executor& lane, const char* method, Handler handler)
      : runtime_(runtime), lane_(lane), method_(method), handler_(std::move(handler)) {}

  /// Waits for the carriers: calls are answered before they are done.
  ~ServeTogether() {
    std::unique_lock lock(mutex_);
    idle_.wait(lock, [this] { return carriers_ == 0; });
  }

  ServeTogether(const ServeTogether&) = delete;
  ServeTogether& operator=(const ServeTogether&) = delete;

  grpc::ServerUnaryReactor* Serve(grpc::CallbackServerContext* context, const Request* request,
                                  Response* response) {
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    std::unique_ptr<Member> member(
        new Member{{runtime_, *context, method_}, *request, *response, *reactor});
    absl::Status status = member->scope.Admit();
    if (status.ok() && !Gather(member)) status = member->scope.Overloaded(lane_.name());
    if (!status.ok()) member->scope.Finish(*reactor, status);
    return reactor;
  }

 private:
  static constexpr std::size_t kGatheredMax = 512;
  // A second one works while the first waits for its commit; it leaves with no fewer calls than are
  // on their way, or loads would stay small.
  static constexpr int kCarriersMax = 2;

  struct Member {
    ServerCall scope;
    const Request& request;
    Response& response;
    grpc::ServerUnaryReactor& reactor;
  };

  using Load = std::vector<std::unique_ptr<Member>>;

  // Takes the member over unless there is no room.
  bool Gather(std::unique_ptr<Member>& member) {
    const std::lock_guard lock(mutex_);
    if (gathered_.size() >= kGatheredMax) return false;
    if (carriers_ < kCarriersMax && gathered_.size() + 1 >= under_way_) {
      const bool carried = lane_.TrySubmit([this] { Carry(); });
      if (!carried && carriers_ == 0) return false;
      carriers_ += carried ? 1 : 0;
    }
    gathered_.push_back(std::move(member));
    return true;
  }

  void Carry() {
    std::unique_lock lock(mutex_);
    while (!gathered_.empty() && gathered_.size() >= under_way_) {
      Load load;
      while (!gathered_.empty() && load.size() < kLoadMax) {
        load.push_back(std::move(gathered_.front()));
        gathered_.pop_front();
      }
      const std::size_t size = load.size();
      under_way_ += size;
      lock.unlock();
      Answer(load);
      load.clear();
      lock.lock();
      under_way_ -= size;
    }
    --carriers_;         // What is left goes with the other, who comes back.
    idle_.notify_all();  // Under the lock: the waiter may end this object.
  }

  void Answer(Load& load) {
    std::erase_if(load, [](const std::unique_ptr<Member>& member) {
      const absl::Status status = member->scope.Begin();
      if (!status.ok()) member->scope.Finish(member->reactor, status);
      return !status.ok();
    });
    Calls calls;
    for (const auto& member : load) calls.push_back({member->scope.call(), member->request});
    if (calls.empty()) return;
    Outcomes outcomes;
    const absl::Status failed = load.front()->scope.Guard([&] {
      outcomes = handler_(calls);
      return outcomes.size() == calls.size() ? absl::OkStatus() : absl::InternalError("outcomes");
    });
    for (std::size_t i = 0; i < load.size(); ++i) {
      Member& member = *load[i];
      const absl::Status status = !failed.ok() ? failed : member.scope.Guard([&]() -> absl::Status {
        if (!outcomes[i].ok()) return outcomes[i].status();
        member.response = *std::move(outcomes[i]);
        return absl::OkStatus();
      });
      member.scope.Finish(member.reactor, status);  // Last: its request may now be gone.
    }
  }

  const Runtime& runtime_;
  base::Executor& lane_;
  const char* const method_;
  const Handler handler_;
  std::mutex mutex_;
  std::condition_variable idle_;
  std::deque<std::unique_ptr<Member>> gathered_;
  std::size_t under_way_ = 0;  ///< Calls in loads that are not back.
  int carriers_ = 0;           ///< Threads that carry, or are about to.
};

}  // namespace sas::rpc
