#include "services/slots/import_service.h"

#include <mutex>
#include <set>
#include <utility>

#include "common/base/status.h"
#include "common/rpc/duplex.h"
#include "common/rpc/server_call.h"
#include "services/slots/import_run.h"

namespace sas::slots {
namespace {

constexpr char kImportFile[] = "/sas.slots.v1.ImportService/ImportFile";
constexpr std::chrono::seconds kMessageBudget{30};  ///< A chunk is some thousand lines.

using Stream = rpc::Duplex<v1::ImportFileRequest, v1::ImportFileResponse>;

absl::Status Draining() {
  return base::FailRetryable(absl::StatusCode::kUnavailable, "DRAINING",
                             "this server stops; go on elsewhere after the last answer",
                             std::chrono::milliseconds::zero());
}

}  // namespace

/// The streams that live, so that a server that stops can end them.
struct ImportService::Streams {
  absl::Status Enter(Stream* stream) {
    const std::lock_guard lock(mutex);
    if (closing) return Draining();
    if (live.size() >= kStreamsMax) {
      return base::FailRetryable(absl::StatusCode::kResourceExhausted, "TOO_MANY_STREAMS",
                                 "too many files are imported at once; come back later",
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

ImportService::ImportService(
    const rpc::Runtime& runtime, SlotsStore& store, observe::Metrics& metrics, int horizon_days,
    std::function<void(const base::Call& call, const std::string& region)> on_change)
    : runtime_(runtime),
      store_(store),
      metrics_(metrics),
      horizon_days_(horizon_days),
      on_change_(std::move(on_change)),
      streams_(std::make_shared<Streams>()) {}

ImportService::~ImportService() {
  CloseStreams();
}

void ImportService::CloseStreams() {
  streams_->Close();
}

grpc::ServerBidiReactor<v1::ImportFileRequest, v1::ImportFileResponse>* ImportService::ImportFile(
    grpc::CallbackServerContext* context) {
  auto scope = std::make_shared<rpc::ServerCall>(runtime_, *context, kImportFile);
  auto run =
      std::make_shared<ImportRun>(store_, metrics_, runtime_.clock, horizon_days_, on_change_);
  const auto work =
      [this, scope,
       run](const v1::ImportFileRequest& request) -> absl::StatusOr<v1::ImportFileResponse> {
    base::Call call = scope->call();
    call.deadline = runtime_.clock.Steady() + kMessageBudget;  // Of this message, not of the file.
    v1::ImportFileResponse response;
    SAS_RETURN_IF_ERROR(scope->Guard([&]() -> absl::Status {
      SAS_ASSIGN_OR_RETURN(response, run->Take(call, request));
      return absl::OkStatus();
    }));
    return response;
  };
  const auto self = std::make_shared<Stream*>(nullptr);
  auto* stream = new Stream(runtime_.background, kWindow, work,
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

}  // namespace sas::slots
