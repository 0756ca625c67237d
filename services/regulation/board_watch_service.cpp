#include "services/regulation/board_watch_service.h"

#include <utility>

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "common/rpc/raw_method.h"
#include "common/rpc/request_shape.h"
#include "services/regulation/board_pump.h"
#include "services/regulation/console_presence.h"
#include "services/regulation/convert.h"
#include "services/regulation/desk.h"

namespace sas::regulation {
namespace {

constexpr char kWatch[] = "/sas.regulation.v1.BoardWatchService/WatchBoard";
constexpr std::size_t kBacklogMax = 2;  // A message on its way, and never a second one.

absl::Status Open(BoardPump& pump, ConsolePresence* presence,
                  const std::shared_ptr<BoardWatch>& watch, const grpc::ByteBuffer& bytes) {
  SAS_RETURN_IF_ERROR(watch->scope->Admit());
  v1::WatchBoardRequest request;
  SAS_RETURN_IF_ERROR(rpc::ParseRaw(bytes, request));
  SAS_RETURN_IF_ERROR(rpc::CheckKnownEnums(request));
  const base::Call& call = watch->scope->call();
  SAS_RETURN_IF_ERROR(CheckName(call, "regions/*", request.parent(), "parent"));
  SAS_ASSIGN_OR_RETURN(auto territories, TerritoriesOf(call.actor, request.territory()));
  watch->region = std::string(base::RegionOf(request.parent()));
  watch->subject = call.actor.subject;
  watch->role = call.actor.role;
  watch->token = request.resume_token();
  watch->view.scope = ScopeOf(call.actor.role, std::move(territories), ToValue(request.filiere()));
  watch->view.key = ViewKey(watch->region, watch->view.scope);
  watch->view.hash = ViewHash(watch->view.key);
  SAS_RETURN_IF_ERROR(pump.Enter(watch));
  if (presence != nullptr) watch->presence = presence->Enter(watch->region, call.actor);
  return absl::OkStatus();
}

void Leave(BoardPump& pump, ConsolePresence* presence, const std::shared_ptr<BoardWatch>& watch) {
  pump.Leave(watch);
  const std::lock_guard lock(watch->mutex);
  if (presence != nullptr) presence->Leave(watch->presence);
  watch->stream = nullptr;
  if (watch->ended.ok()) {
    watch->ended = base::Fail(absl::StatusCode::kCancelled, "CANCELLED", "the client has gone");
  }
  watch->scope->Record(watch->ended);
  watch->scope.reset();  // The context of the call goes after this.
}

}  // namespace

BoardWatchService::BoardWatchService(const rpc::Runtime& runtime, RegulationStore& store,
                                     AlarmRules rules, std::size_t watchers_max,
                                     observe::Metrics& metrics, const RoomWatch* room,
                                     std::shared_ptr<ConsolePresence> presence)
    : runtime_(runtime),
      pump_(std::make_shared<BoardPump>(runtime, store, std::move(rules), watchers_max, metrics,
                                        room)),
      presence_(std::move(presence)) {}

BoardWatchService::~BoardWatchService() {
  CloseStreams();
}

grpc::ServerWriteReactor<grpc::ByteBuffer>* BoardWatchService::WatchBoard(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request) {
  auto watch = std::make_shared<BoardWatch>();
  // Deletes itself when gRPC is done with the call, and tells us first.
  auto* stream = new BoardWatch::Stream(
      kBacklogMax,
      [pump = pump_, presence = presence_, watch] { Leave(*pump, presence.get(), watch); },
      [pump = pump_.get(), watch = watch.get()] { pump->Written(*watch); });
  watch->scope = std::make_unique<rpc::ServerCall>(runtime_, *context, kWatch);
  watch->context = context;
  const std::lock_guard lock(watch->mutex);  // The pump may have it before we are done.
  watch->stream = stream;
  absl::Status status =
      watch->scope->Guard([&] { return Open(*pump_, presence_.get(), watch, *request); });
  if (!status.ok()) {
    watch->ended = status;
    watch->closed = true;
    watch->closed_at = runtime_.clock.Steady();
    stream->Close(std::move(status));
  }
  return stream;
}

void BoardWatchService::CloseStreams() {
  pump_->Close();
}

}  // namespace sas::regulation
