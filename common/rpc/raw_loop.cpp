#include "common/rpc/raw_loop.h"

#include <optional>
#include <string_view>
#include <utility>

#include "common/rpc/server_call.h"
#include "common/rpc/status_map.h"

namespace sas::rpc {
namespace {

constexpr std::string_view kLane = "raw";  // Of OVERLOADED's metadata.

}  // namespace

// One call, from the moment that it is asked of gRPC to the moment that its answer has gone.
struct RawLoop::Call {
  explicit Call(const RawMethod& served) : method(served) {}

  const RawMethod& method;
  grpc::ServerContext context;
  grpc::ByteBuffer request;
  RawMethod::Writer writer{&context};
  std::optional<ServerCall> scope;  // From its coming on.
  bool answered = false;
};

RawLoop::RawLoop(std::vector<RawMethod> methods, RawLimits limits, grpc::ServerBuilder& builder)
    : methods_(std::move(methods)), limits_(limits), queue_(builder.AddCompletionQueue()) {}

RawLoop::~RawLoop() {
  queue_->Shutdown();
  if (thread_.joinable()) {
    thread_.join();
  } else {
    Work();  // gRPC wants the queue emptied, also of a server that could not listen.
  }
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (std::thread& helper : helpers_) helper.join();
}

void RawLoop::Start() {
  for (const RawMethod& method : methods_) {
    for (std::size_t i = 0; i < limits_.posted; ++i) Post(method);
  }
  for (std::size_t i = 0; i < limits_.helpers; ++i) helpers_.emplace_back([this] { Help(); });
  thread_ = std::thread([this] { Work(); });
}

void RawLoop::Post(const RawMethod& method) {
  auto* call = new Call(method);  // Owned by its tag: each tag comes out of the queue once.
  method.post(&call->context, &call->request, &call->writer, queue_.get(), call);
}

void RawLoop::Work() {
  void* tag = nullptr;
  bool ok = false;
  while (queue_->Next(&tag, &ok)) {
    TakeIn(static_cast<Call*>(tag), ok);
    do {
      while (queue_->AsyncNext(&tag, &ok, gpr_time_0(GPR_CLOCK_MONOTONIC)) ==
             grpc::CompletionQueue::GOT_EVENT) {
        TakeIn(static_cast<Call*>(tag), ok);
      }
      Call* next = Next();
      if (next == nullptr) break;
      Answer(*next);
    } while (true);
  }
}

// What waits longest; a helper is woken for what waits behind it.
RawLoop::Call* RawLoop::Next() {
  const std::lock_guard lock(mutex_);
  if (waiting_.empty()) return nullptr;
  Call* next = waiting_.front();
  waiting_.pop_front();
  if (!waiting_.empty() && idle_ > 0) wake_.notify_one();
  return next;
}

void RawLoop::Help() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (waiting_.empty()) {
      ++idle_;
      wake_.wait(lock);
      --idle_;
      continue;
    }
    Call* next = waiting_.front();
    waiting_.pop_front();
    lock.unlock();
    Answer(*next);
    lock.lock();
  }
}

void RawLoop::TakeIn(Call* call, bool ok) {
  if (call->answered) {
    --in_flight_;
    delete call;
    return;
  }
  if (!ok) {  // The server shuts down: no call came.
    delete call;
    return;
  }
  Post(call->method);
  ++in_flight_;
  call->scope.emplace(call->method.runtime, call->context, call->method.name);
  if (in_flight_ > limits_.in_flight_max) {
    Refuse(*call);
  } else {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(call);
  }
}

void RawLoop::Refuse(Call& call) {
  absl::Status status = call.scope->Admit();
  if (status.ok()) status = call.scope->Overloaded(kLane);
  call.scope->Record(status);
  call.answered = true;
  call.writer.FinishWithError(ToGrpc(status), &call);
}

void RawLoop::Answer(Call& call) {
  grpc::ByteBuffer response;
  const absl::Status status = call.scope->Serve([&]() -> absl::Status {
    absl::StatusOr<grpc::ByteBuffer> made = call.method.handler(call.scope->call(), call.request);
    if (!made.ok()) return made.status();
    response = *std::move(made);
    return absl::OkStatus();
  });
  call.scope->Record(status);
  call.answered = true;
  if (status.ok()) {
    call.writer.Finish(response, grpc::Status::OK, &call);
  } else {
    call.writer.FinishWithError(ToGrpc(status), &call);
  }
}

}  // namespace sas::rpc
