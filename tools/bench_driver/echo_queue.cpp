#include "tools/bench_driver/echo_queue.h"

#include <memory>

#include "sas/slots/v1/slot_service.grpc.pb.h"

namespace sas::bench {
namespace {

namespace v1 = sas::slots::v1;

using TypedService = v1::SlotService::WithAsyncMethod_SearchSlots<v1::SlotService::Service>;
using RawService = v1::SlotService::WithRawMethod_SearchSlots<v1::SlotService::Service>;

/// Calls asked for in advance: a new connection never waits for the loop.
constexpr int kOpenCalls = 64;

template <typename Service, typename Request, typename Response>
class Loop {
 public:
  void Serve(grpc::ServerCompletionQueue& queue, const std::vector<Response>& answers) {
    for (int i = 0; i < kOpenCalls; ++i) Ask(queue);
    std::size_t next = 0;
    void* tag = nullptr;
    bool ok = false;
    while (queue.Next(&tag, &ok)) {
      auto* call = static_cast<Call*>(tag);
      if (!ok || call->answered) {
        delete call;
        continue;
      }
      Ask(queue);
      call->answered = true;
      call->writer.Finish(answers[next++ % answers.size()], grpc::Status::OK, call);
    }
  }

  Service service;

 private:
  struct Call {
    grpc::ServerContext context;
    Request request;
    grpc::ServerAsyncResponseWriter<Response> writer{&context};
    bool answered = false;
  };

  void Ask(grpc::ServerCompletionQueue& queue) {
    auto* call = new Call;
    service.RequestSearchSlots(&call->context, &call->request, &call->writer, &queue, &queue, call);
  }
};

}  // namespace

struct QueueEcho::State {
  bool raw = false;
  Loop<TypedService, v1::SearchSlotsRequest, v1::SearchSlotsResponse> typed_loop;
  Loop<RawService, grpc::ByteBuffer, grpc::ByteBuffer> raw_loop;
  std::vector<v1::SearchSlotsResponse> typed_answers;
  std::vector<grpc::ByteBuffer> raw_answers;
  std::unique_ptr<grpc::ServerCompletionQueue> queue;
};

QueueEcho::QueueEcho(bool raw, const std::vector<std::string>& answers)
    : state_(std::make_unique<State>()) {
  state_->raw = raw;
  for (const std::string& bytes : answers) {
    const grpc::Slice slice(bytes);
    state_->raw_answers.emplace_back(&slice, 1);
    state_->typed_answers.emplace_back().ParseFromString(bytes);
  }
}

QueueEcho::~QueueEcho() = default;

void QueueEcho::Register(grpc::ServerBuilder& builder) {
  builder.RegisterService(state_->raw ? static_cast<grpc::Service*>(&state_->raw_loop.service)
                                      : static_cast<grpc::Service*>(&state_->typed_loop.service));
  state_->queue = builder.AddCompletionQueue();
}

void QueueEcho::Serve() {
  if (state_->raw) {
    state_->raw_loop.Serve(*state_->queue, state_->raw_answers);
  } else {
    state_->typed_loop.Serve(*state_->queue, state_->typed_answers);
  }
}

}  // namespace sas::bench
