#include "services/slots/watch_service.h"

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "services/slots/watch_pump.h"

namespace sas::slots {
namespace {

constexpr char kWatch[] = "/sas.slots.v1.AvailabilityWatchService/WatchAvailability";
constexpr std::size_t kBacklogMax = 2;  // The messages of one look, and never of a second one.

absl::Status Open(WatchPump& pump, const std::shared_ptr<Watch>& watch,
                  const v1::SearchSlotsRequest& search) {
  SAS_RETURN_IF_ERROR(watch->scope->Admit());
  if (!search.page_token().empty()) {
    return base::InvalidField("search.page_token", "INVALID_PAGE_TOKEN",
                              "a watch is of the first page; leave it empty");
  }
  watch->search = search;
  watch->region = base::RegionOf(search.parent());
  watch->subject = watch->scope->call().actor.subject;
  watch->id = pump.MakeWatchId();
  return pump.Enter(watch);
}

void Leave(WatchPump& pump, const std::shared_ptr<Watch>& watch) {
  pump.Leave(watch);
  const std::lock_guard lock(watch->mutex);
  watch->stream = nullptr;
  if (watch->ended.ok()) {
    watch->ended = base::Fail(absl::StatusCode::kCancelled, "CANCELLED", "the client has gone");
    // Not when we end it: the console watches elsewhere then, and its caller is still on the line.
    pump.ReleaseHolds(*watch);
  }
  watch->scope->Record(watch->ended);
  watch->scope.reset();  // The context of the call goes after this.
}

}  // namespace

WatchService::WatchService(const rpc::Runtime& runtime, const Projection& projection,
                           SeatBook& book, SlotsMetrics& searches, observe::Metrics& metrics)
    : runtime_(runtime),
      pump_(std::make_shared<WatchPump>(runtime, projection, book, searches, metrics)) {}

WatchService::~WatchService() {
  CloseStreams();
}

grpc::ServerWriteReactor<v1::WatchAvailabilityResponse>* WatchService::WatchAvailability(
    grpc::CallbackServerContext* context, const v1::WatchAvailabilityRequest* request) {
  auto watch = std::make_shared<Watch>();
  // Deletes itself when gRPC is done with the call, and tells us first.
  auto* stream = new Watch::Stream(
      kBacklogMax, [pump = pump_, watch] { Leave(*pump, watch); },
      [pump = pump_.get(), watch = watch.get()] { pump->Written(*watch); });
  watch->scope = std::make_unique<rpc::ServerCall>(runtime_, *context, kWatch);
  watch->context = context;
  const std::lock_guard lock(watch->mutex);  // The pump may have it before we are done.
  watch->stream = stream;
  absl::Status status = watch->scope->Guard([&] { return Open(*pump_, watch, request->search()); });
  if (!status.ok()) {
    watch->ended = status;
    watch->closed = true;
    watch->closed_at = runtime_.clock.Steady();
    stream->Close(std::move(status));
  }
  return stream;
}

std::function<void(const std::string& region)> WatchService::Listener() const {
  return [weak = std::weak_ptr<WatchPump>(pump_)](const std::string& region) {
    if (const auto pump = weak.lock()) pump->Changed(region);
  };
}

void WatchService::CloseStreams() {
  pump_->Close();
}

}  // namespace sas::slots
