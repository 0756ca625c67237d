#pragma once

#include <grpcpp/grpcpp.h>

#include <functional>
#include <memory>
#include <string>

#include "common/rpc/runtime.h"
#include "sas/slots/v1/import_service.grpc.pb.h"
#include "services/slots/import_metrics.h"
#include "services/slots/store.h"

namespace sas::slots {

/// Files of a whole region, streamed. Works on the background lane, one message of each stream at a
/// time, at most kWindow read and not answered. Thread-safe.
class ImportService final : public v1::ImportService::CallbackService {
 public:
  static constexpr std::size_t kWindow = 2;
  static constexpr std::size_t kStreamsMax = 8;  ///< One more is refused.

  /// All outlive the service. `on_change` is called when a file has ended, after its commit; may be
  /// empty. Returns when searches show the change, or soon (HotSide::Show).
  ImportService(const rpc::Runtime& runtime, SlotsStore& store, observe::Metrics& metrics,
                int horizon_days,
                std::function<void(const base::Call& call, const std::string& region)> on_change);
  ~ImportService() override;  ///< Closes the streams.

  grpc::ServerBidiReactor<v1::ImportFileRequest, v1::ImportFileResponse>* ImportFile(
      grpc::CallbackServerContext* context) override;

  /// Ends every stream after the message at work, with UNAVAILABLE `DRAINING`; new ones are
  /// refused. An import goes on elsewhere.
  void CloseStreams();

 private:
  struct Streams;

  const rpc::Runtime& runtime_;
  SlotsStore& store_;
  ImportMetrics metrics_;
  const int horizon_days_;
  const std::function<void(const base::Call& call, const std::string& region)> on_change_;
  std::shared_ptr<Streams> streams_;  ///< Shared with the streams, which end by themselves.
};

}  // namespace sas::slots
