#include "common/events/event_service.h"

#include <utility>

#include "common/base/page_token.h"
#include "common/base/status.h"
#include "common/events/event_pump.h"
#include "common/events/event_view.h"
#include "common/ledger/cursor.h"
#include "common/rpc/serve_unary.h"

namespace sas::events {
namespace {

constexpr char kListEvents[] = "/sas.events.v1.EventService/ListEvents";
constexpr char kWatchEvents[] = "/sas.events.v1.EventService/WatchEvents";

constexpr int kPageStandard = 100;
constexpr int kPageMax = 1000;
constexpr std::size_t kPageBytesMax = 512 * 1024;  // Clients take 4 MB; partners perhaps less.
constexpr std::size_t kBacklogMax = 1024;          // Messages of one stream.

// "0" is the start as clients say it.
constexpr std::string_view kFromStart = "0";

std::string StartCursor() {
  return ledger::FormatCursor(ledger::Cursor{});
}

// Where to go on after a page that ended before its limit: at the head, which was read before.
std::string NextToken(const std::string& last, const std::string& head) {
  const auto last_cursor = ledger::ParseCursor(last);
  const auto head_cursor = ledger::ParseCursor(head);
  const bool further = last_cursor.ok() && head_cursor.ok() && *last_cursor < *head_cursor;
  const std::string& next = further ? head : last;
  return next == StartCursor() ? std::string() : next;
}

absl::StatusOr<v1::ListEventsResponse> List(ledger::Feed& feed, const base::Call& call,
                                            const v1::ListEventsRequest& request) {
  SAS_ASSIGN_OR_RETURN(const EventView view, ViewOf(call, request.parent()));
  SAS_ASSIGN_OR_RETURN(const int limit,
                       base::PageSize(request.page_size(), kPageStandard, kPageMax));
  const std::string after = request.page_token() == kFromStart ? "" : request.page_token();
  SAS_ASSIGN_OR_RETURN(const std::string head, feed.Head(call));
  SAS_ASSIGN_OR_RETURN(const auto stored, feed.Read(call, view.region, after, limit));
  v1::ListEventsResponse response;
  std::string last = after;
  std::size_t bytes = 0;
  std::size_t taken = 0;
  for (; taken < stored.size() && bytes < kPageBytesMax; ++taken) {
    last = stored[taken].cursor;
    bytes += stored[taken].payload.size();
    SAS_ASSIGN_OR_RETURN(v1::Event event, ToEvent(stored[taken]));
    if (Shows(view, event)) *response.add_events() = std::move(event);
  }
  const bool whole = taken == stored.size() && stored.size() < static_cast<std::size_t>(limit);
  response.set_next_page_token(whole ? NextToken(last, head) : last);
  return response;
}

}  // namespace

struct EventService::State {
  State(const rpc::Runtime& runtime_in, ledger::Feed& feed_in)
      : runtime(runtime_in), feed(feed_in), pump(runtime_in, feed_in) {}

  // Admits a watcher; its stream is not its own yet.
  absl::Status Enter(const std::shared_ptr<Watcher>& watcher,
                     const v1::WatchEventsRequest& request) {
    SAS_RETURN_IF_ERROR(watcher->scope->Admit());
    SAS_ASSIGN_OR_RETURN(watcher->view, ViewOf(watcher->scope->call(), request.parent()));
    watcher->cursor = request.after_cursor() == kFromStart ? StartCursor() : request.after_cursor();
    SAS_RETURN_IF_ERROR(ledger::ParseCursor(watcher->cursor).status());
    return pump.Enter(watcher);
  }

  void Leave(const std::shared_ptr<Watcher>& watcher) {
    pump.Leave(watcher);
    const std::lock_guard lock(watcher->mutex);
    watcher->stream = nullptr;
    if (watcher->ended.ok()) {
      watcher->ended = base::Fail(absl::StatusCode::kCancelled, "CANCELLED", "the client has gone");
    }
    watcher->scope->Record(watcher->ended);
    watcher->scope.reset();  // The context of the call goes after this.
  }

  const rpc::Runtime& runtime;
  ledger::Feed& feed;
  EventPump pump;
};

EventService::EventService(const rpc::Runtime& runtime, ledger::Feed& feed)
    : state_(std::make_shared<State>(runtime, feed)) {}

EventService::~EventService() {
  CloseStreams();
}

grpc::ServerUnaryReactor* EventService::ListEvents(grpc::CallbackServerContext* context,
                                                   const v1::ListEventsRequest* request,
                                                   v1::ListEventsResponse* response) {
  return rpc::ServeUnary(
      state_->runtime, state_->runtime.background, context, request, response, kListEvents,
      [state = state_](const base::Call& call, const v1::ListEventsRequest& proto) {
        return List(state->feed, call, proto);
      });
}

grpc::ServerWriteReactor<v1::WatchEventsResponse>* EventService::WatchEvents(
    grpc::CallbackServerContext* context, const v1::WatchEventsRequest* request) {
  auto watcher = std::make_shared<Watcher>();
  // Deletes itself when gRPC is done with the call, and tells us first.
  auto* stream =
      new Watcher::Stream(kBacklogMax, [state = state_, watcher] { state->Leave(watcher); });
  watcher->scope = std::make_unique<rpc::ServerCall>(state_->runtime, *context, kWatchEvents);
  watcher->context = context;
  const std::lock_guard lock(watcher->mutex);  // The pump may have it before we are done.
  watcher->stream = stream;
  if (const absl::Status status = state_->Enter(watcher, *request); !status.ok()) {
    watcher->ended = status;
    watcher->closed = true;
    stream->Close(status);
  }
  return stream;
}

void EventService::CloseStreams() {
  state_->pump.Close();
}

void AllowEventMethods(rpc::RoleTable& roles) {
  // Not for planners, who see aggregates only, nor for practices and partners: a feed shows what
  // happens at all sites.
  for (const char* method : {kListEvents, kWatchEvents}) {
    roles.Allow(method, {base::Role::kArm, base::Role::kRegulatorAmu, base::Role::kRegulatorMg,
                         base::Role::kOsnp, base::Role::kSupervisor, base::Role::kOperations,
                         base::Role::kService});
  }
}

}  // namespace sas::events
