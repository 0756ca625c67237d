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

PartnerService::PartnerService(const rpc::Runtime& runtime, PartnerFeed& feed,
                               PartnerRecords& records, SourceDesk* desk)
    : runtime_(runtime),
      feed_(feed),
      records_(records),
      desk_(desk),
      streams_(std::make_shared<Streams>()) {}

PartnerService::~PartnerService() {
  CloseStreams();
}

void PartnerService::CloseStreams() {
  streams_->Close();
}

absl::StatusOr<v1::SyncAgendasResponse> PartnerService::Work(
    const base::Call& call, const v1::SyncAgendasRequest& request) {
  SAS_RETURN_IF_ERROR(records_.EnsureHeard(call));
  v1::SyncAgendasResponse response;
  if (request.has_report()) {
    SAS_ASSIGN_OR_RETURN(*response.mutable_report_ack(), feed_.Hear(call, request.report()));
  } else {
    SAS_ASSIGN_OR_RETURN(*response.mutable_ack(), feed_.Sync(call, request.frame()));
  }
  return response;
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
      SAS_ASSIGN_OR_RETURN(response, Work(call, request));
      return absl::OkStatus();
    }));
    return response;
  };

  struct Self {
    Stream* stream = nullptr;
    std::uint64_t line = 0;  ///< At the desk; 0: not there.
  };

  const auto self = std::make_shared<Self>();
  const auto absorb = [desk = desk_, scope](const v1::SyncAgendasRequest& request) {
    if (!request.has_answer()) return false;
    if (desk != nullptr) desk->Answer(scope->call().actor.subject, request.answer());
    return true;
  };
  auto* stream = new Stream(
      runtime_.interactive, kWindow, work,
      [streams = streams_, desk = desk_, self, scope](const absl::Status& status) {
        if (self->line != 0) desk->Disconnect(scope->call().actor.subject, self->line);
        streams->Leave(self->stream);
        scope->Record(status);
      },
      absorb);
  self->stream = stream;
  absl::Status admitted = scope->Admit();
  if (admitted.ok()) admitted = streams_->Enter(stream);
  if (!admitted.ok()) {
    stream->Close(std::move(admitted));
    return stream;
  }
  if (desk_ != nullptr) {
    self->line =
        desk_->Connect(scope->call().actor.subject, [stream](const v1::SourceQuestion& question) {
          v1::SyncAgendasResponse response;
          *response.mutable_question() = question;
          return stream->Push(std::move(response));
        });
  }
  stream->Start();
  return stream;
}

grpc::ServerUnaryReactor* PartnerService::ImportAgenda(grpc::CallbackServerContext* context,
                                                       const v1::ImportAgendaRequest* request,
                                                       v1::ImportAgendaResponse* response) {
  return rpc::ServeUnary(runtime_, runtime_.interactive, context, request, response,
                         "/sas.slots.v1.PartnerFeedService/ImportAgenda",
                         [this](const base::Call& call,
                                const auto& proto) -> absl::StatusOr<v1::ImportAgendaResponse> {
                           SAS_RETURN_IF_ERROR(records_.EnsureHeard(call));
                           return feed_.Import(call, proto);
                         });
}

grpc::ServerUnaryReactor* PartnerService::ReportSourceRefusal(
    grpc::CallbackServerContext* context, const v1::ReportSourceRefusalRequest* request,
    v1::Slot* response) {
  return rpc::ServeUnary(
      runtime_, runtime_.interactive, context, request, response,
      "/sas.slots.v1.PartnerFeedService/ReportSourceRefusal",
      [this](const base::Call& call, const auto& proto) { return feed_.Refuse(call, proto); });
}

grpc::ServerUnaryReactor* PartnerService::ReportSourceAppointment(
    grpc::CallbackServerContext* context, const v1::ReportSourceAppointmentRequest* request,
    v1::SourceReportAck* response) {
  return rpc::ServeUnary(
      runtime_, runtime_.interactive, context, request, response,
      "/sas.slots.v1.PartnerFeedService/ReportSourceAppointment",
      [this](const base::Call& call, const auto& proto) -> absl::StatusOr<v1::SourceReportAck> {
        SAS_RETURN_IF_ERROR(records_.EnsureHeard(call));
        return feed_.HearOne(call, proto);
      });
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

grpc::ServerUnaryReactor* PartnerService::GetPartner(grpc::CallbackServerContext* context,
                                                     const v1::GetPartnerRequest* request,
                                                     v1::Partner* response) {
  return rpc::ServeUnary(
      runtime_, runtime_.interactive, context, request, response,
      "/sas.slots.v1.PartnerFeedService/GetPartner",
      [this](const base::Call& call, const auto& proto) { return records_.Get(call, proto); });
}

grpc::ServerUnaryReactor* PartnerService::ListPartners(grpc::CallbackServerContext* context,
                                                       const v1::ListPartnersRequest* request,
                                                       v1::ListPartnersResponse* response) {
  return rpc::ServeUnary(
      runtime_, runtime_.interactive, context, request, response,
      "/sas.slots.v1.PartnerFeedService/ListPartners",
      [this](const base::Call& call, const auto& proto) { return records_.List(call, proto); });
}

grpc::ServerUnaryReactor* PartnerService::UpdatePartner(grpc::CallbackServerContext* context,
                                                        const v1::UpdatePartnerRequest* request,
                                                        v1::Partner* response) {
  return rpc::ServeUnary(
      runtime_, runtime_.interactive, context, request, response,
      "/sas.slots.v1.PartnerFeedService/UpdatePartner",
      [this](const base::Call& call, const auto& proto) { return records_.Update(call, proto); });
}

}  // namespace sas::slots
