#pragma once

#include <memory>

#include "common/ledger/journal.h"
#include "common/rpc/runtime.h"
#include "sas/events/v1/event_service.grpc.pb.h"

namespace sas::events {

/// sas.events.v1.EventService over the feed of one service: ListEvents, and WatchEvents with a
/// resumable cursor, heartbeats and a bounded backlog. Every service of the suite registers one.
class EventService final : public sas::events::v1::EventService::CallbackService {
 public:
  EventService(const rpc::Runtime& runtime, ledger::Feed& feed);
  ~EventService() override;

  grpc::ServerUnaryReactor* ListEvents(grpc::CallbackServerContext* context,
                                       const v1::ListEventsRequest* request,
                                       v1::ListEventsResponse* response) override;
  grpc::ServerWriteReactor<v1::WatchEventsResponse>* WatchEvents(
      grpc::CallbackServerContext* context, const v1::WatchEventsRequest* request) override;

  /// Ends every watch with UNAVAILABLE `DRAINING` and the cursor to resume from.
  void CloseStreams();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

/// The methods of EventService for the role table.
void AllowEventMethods(rpc::RoleTable& roles);

}  // namespace sas::events
