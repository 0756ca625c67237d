#pragma once

#include <functional>
#include <memory>
#include <string>

#include "common/rpc/runtime.h"
#include "sas/slots/v1/watch_service.grpc.pb.h"
#include "services/slots/metrics.h"
#include "services/slots/projection.h"
#include "services/slots/seats.h"

namespace sas::slots {

class WatchPump;

/// sas.slots.v1.AvailabilityWatchService: searches that are kept alive. Credentials, role and
/// territory are judged when a watch opens, as those of SearchSlots are. Thread-safe.
class WatchService final : public v1::AvailabilityWatchService::CallbackService {
 public:
  /// All outlive the service.
  WatchService(const rpc::Runtime& runtime, const Projection& projection, SeatBook& book,
               SlotsMetrics& searches, observe::Metrics& metrics);
  ~WatchService() override;  ///< Closes the streams.

  grpc::ServerWriteReactor<v1::WatchAvailabilityResponse>* WatchAvailability(
      grpc::CallbackServerContext* context, const v1::WatchAvailabilityRequest* request) override;

  /// For Projection::OnExchange; may outlive the service.
  std::function<void(const std::string& region)> Listener() const;

  /// Ends every watch with UNAVAILABLE `DRAINING`; new ones are refused.
  void CloseStreams();

 private:
  const rpc::Runtime& runtime_;
  std::shared_ptr<WatchPump> pump_;  ///< Shared with the streams, which end by themselves.
};

}  // namespace sas::slots
