#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "common/rpc/process.h"
#include "services/slots/availability.h"
#include "services/slots/metrics.h"
#include "services/slots/projection.h"
#include "services/slots/seats.h"
#include "services/slots/store.h"
#include "services/slots/worker.h"

namespace sas::slots {

/// The threads of the hot side together: one that rebuilds, one for each region that follows, one
/// that sweeps. Owned by main.
class HotSide {
 public:
  static constexpr std::chrono::milliseconds kSweep{250};
  static constexpr std::chrono::milliseconds kRotationLook{10'000};  ///< For the metric alone.
  static constexpr int kSweepMax = 500;  ///< Holds ended in one turn and region.

  HotSide(Availability::Options options, SlotsStore& store, SeatBook& book, rpc::Process& process);
  ~HotSide();

  const Projection& projection() const { return *projection_; }

  SlotsMetrics& metrics() { return metrics_; }

  /// As Projection::OnExchange.
  void OnExchange(std::function<void(const std::string& region)> listener) {
    projection_->OnExchange(std::move(listener));
  }

  FeedAges& feeds() { return projection_->feeds(); }

  /// Starts the threads; answers come from memory as soon as the first look is done.
  void Start();
  /// Idempotent.
  void Stop();

  /// `call` has changed the directory: returns when searches of this process show it, or when its
  /// time is nearly over, see Availability::Show. Any thread.
  void Show(const base::Call& call, const std::string& region) { availability_.Show(call, region); }

 private:
  absl::Status Sweep(const base::Call& call);
  absl::Status MeasureLoad();

  SeatBook& book_;
  const base::Clock& clock_;
  SlotsMetrics metrics_;
  std::shared_ptr<Projection> projection_;  ///< Shared with the metrics page, which goes last.
  Availability availability_;
  std::unique_ptr<Worker> sweeper_;
  std::unique_ptr<Worker> load_;
};

}  // namespace sas::slots
