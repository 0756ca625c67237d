#pragma once

#include <cstddef>
#include <memory>

#include "common/observe/metrics.h"
#include "common/rpc/runtime.h"
#include "sas/regulation/v1/board_service.grpc.pb.h"
#include "services/regulation/domain/board_alarms.h"
#include "services/regulation/store.h"

namespace sas::regulation {

class BoardPump;
class ConsolePresence;
class RoomWatch;

/// sas.regulation.v1.BoardWatchService: boards that are kept alive. Credentials, role, region and
/// territory are judged when a watch opens. Answers bytes, because watchers of one view share them.
/// Thread-safe.
class BoardWatchService final : public v1::BoardWatchService::WithRawCallbackMethod_WatchBoard<
                                    v1::BoardWatchService::Service> {
 public:
  /// All outlive the service. `room` says what the room itself lacks, `presence` is told who
  /// watches; both may be null.
  BoardWatchService(const rpc::Runtime& runtime, RegulationStore& store, AlarmRules rules,
                    std::size_t watchers_max, observe::Metrics& metrics,
                    const RoomWatch* room = nullptr,
                    std::shared_ptr<ConsolePresence> presence = nullptr);
  ~BoardWatchService() override;  ///< Closes the streams.

  grpc::ServerWriteReactor<grpc::ByteBuffer>* WatchBoard(grpc::CallbackServerContext* context,
                                                         const grpc::ByteBuffer* request) override;

  /// Ends every watch with UNAVAILABLE `DRAINING` and the token to resume from; new ones are
  /// refused.
  void CloseStreams();

 private:
  const rpc::Runtime& runtime_;
  // Shared with the streams, which end by themselves.
  std::shared_ptr<BoardPump> pump_;
  std::shared_ptr<ConsolePresence> presence_;
};

}  // namespace sas::regulation
