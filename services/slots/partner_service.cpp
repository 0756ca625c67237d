#include "services/slots/partner_service.h"

#include <mutex>
#include <set>
#include <utility>

#include "common/base/status.h"
#include "common/rpc/duplex.h"
#include "common/rpc/serve_unary.h"

namespace sas::slots {
namespace {

constexpr char kSync[] = "/sas.slots.v1.PartnerFeedService/SyncAgendas";
constexpr std::chrono::seconds kFrameBudget{5};

using Stream = rpc::Duplex<v1::SyncAgendasRequest, v1::SyncAgendasResponse>;

absl::Status Draining() {
  return base::FailRetryable(absl::StatusCode::kUnavailable, "DRAINING",
                             "this server stops; go on elsewhere after the last answer",
                             std::chrono::milliseconds::zero());
}

}  // namespace

/// The streams that live, so that a server that stops can end them.
struct PartnerService::Streams {
  absl::Status Enter(Stream* stream) {
    const std::lock_guard lock(mutex);
    if (closing) return Draining();
    if (live.size() >= kStreamsMax) {
      return base::FailRetryable(absl::StatusCode::kResourceExhausted, "TOO_MANY_STREAMS",
                                 "too many streams are open here; one carries many agendas",
                                 std::chrono::seconds(5));
    }
    live.insert(stream);
    return absl::OkStatus();
  }

  void Leave(Stream* stream) {
    const std::lock_guard lock(mutex);
    live.erase(stream);
  }

  void Close() {
    const std::lock_guard lock(mutex);
    closing = true;
    for (Stream* stream : live) stream->Close(Draining());
  }

  std::mutex mutex;
  std::set<Stream*> live;
  bool closing = false;
};

PartnerService::PartnerService(const rpc::Runtime& runtime, PartnerFeed& feed)
    : runtime_(runtime), feed_(feed), streams_(std::make_shared<Streams>()) {}

PartnerService::~PartnerService() {
  CloseStreams();
}

void PartnerService::CloseStreams() {
  streams_->Close();
}

grpc::ServerBidiReactor<v1::SyncAgendasRequest, v1::SyncAgendasResponse>*
PartnerService::SyncAgendas(grpc::CallbackServerContext* context) {
  auto scope = std::make_shared<rpc::ServerCall>(runtime_, *context, kSync);
  const auto work =
      [this,
       scope](const v1::SyncAgendasRequest& request) -> absl::StatusOr<v1::SyncAgendasResponse> {
    base::Call call = scope->call();
    call.deadline = runtime_.clock.Steady() + kFrameBudget;  // Of this frame, not of the stream.
    v1::SyncAgendasResponse response;
    SAS_RETURN_IF_ERROR(scope->Guard([&]() -> absl::Status {
      SAS_ASSIGN_OR_RETURN(*response.mutable_ack(), feed_.Sync(call, request.frame()));
      return absl::OkStatus();
    }));
    return response;
  };
  const auto self = std::make_shared<Stream*>(nullptr);
  auto* stream = new Stream(runtime_.interactive, kWindow, work,
                            [streams = streams_, self, scope](const absl::Status& status) {
                              streams->Leave(*self);
                              scope->Record(status);
                            });
  *self = stream;
  absl::Status admitted = scope->Admit();
  if (admitted.ok()) admitted = streams_->Enter(stream);
  if (admitted.ok()) {
    stream->Start();
  } else {
    stream->Close(std::move(admitted));
  }
  return stream;
}

grpc::ServerUnaryReactor* PartnerService::ImportAgenda(grpc::CallbackServerContext* context,
                                                       const v1::ImportAgendaRequest* request,
                                                       v1::ImportAgendaResponse* response) {
  return rpc::ServeUnary(
      runtime_, runtime_.interactive, context, request, response,
      "/sas.slots.v1.PartnerFeedService/ImportAgenda",
      [this](const base::Call& call, const auto& proto) { return feed_.Import(call, proto); });
}

grpc::ServerUnaryReactor* PartnerService::ReportSourceRefusal(
    grpc::CallbackServerContext* context, const v1::ReportSourceRefusalRequest* request,
    v1::Slot* response) {
  return rpc::ServeUnary(
      runtime_, runtime_.interactive, context, request, response,
      "/sas.slots.v1.PartnerFeedService/ReportSourceRefusal",
      [this](const base::Call& call, const auto& proto) { return feed_.Refuse(call, proto); });
}

grpc::ServerUnaryReactor* PartnerService::ReleasePartnerAgenda(
    grpc::CallbackServerContext* context, const v1::ReleasePartnerAgendaRequest* request,
    v1::PartnerAgenda* response) {
  return rpc::ServeUnary(
      runtime_, runtime_.interactive, context, request, response,
      "/sas.slots.v1.PartnerFeedService/ReleasePartnerAgenda",
      [this](const base::Call& call, const auto& proto) { return feed_.Release(call, proto); });
}

grpc::ServerUnaryReactor* PartnerService::ListPartnerAgendas(
    grpc::CallbackServerContext* context, const v1::ListPartnerAgendasRequest* request,
    v1::ListPartnerAgendasResponse* response) {
  return rpc::ServeUnary(
      runtime_, runtime_.interactive, context, request, response,
      "/sas.slots.v1.PartnerFeedService/ListPartnerAgendas",
      [this](const base::Call& call, const auto& proto) { return feed_.List(call, proto); });
}

}  // namespace sas::slots
