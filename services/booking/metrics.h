#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string_view>

#include "common/observe/metrics.h"

namespace sas::booking {

/// What the service counts beside its RPCs. Label sets are closed lists. Thread-safe.
class BookingMetrics {
 public:
  explicit BookingMetrics(observe::Metrics& metrics);

  /// booked, pending, moved, repeated, refused, failed; cancelled, fulfilled, no_show, abandoned;
  /// another word counts as other.
  void Counted(std::string_view outcome);
  /// A seat beyond those of its slot was booked.
  void Supernumerary();
  /// A confirmation was refused because another agenda has a patient with its practitioner then.
  void PractitionerBusy();
  /// A passage was closed without a known final motif ("non renseigné", hazard H-51).
  void MotifUnknown();
  /// A session was closed.
  void SessionClosed();
  /// Time of a stage of CreateAppointment: order, prepare, ledger.
  void Stage(std::string_view stage, double seconds);

  /// Appointments that are pending or booked.
  void Live(std::int64_t count) { figures_->live = count; }

  /// How many seats are wrong, and how.
  struct DriftCounts {
    int missing = 0;
    int ghost = 0;
    int other = 0;
  };

  /// Seats of which the slots believed something else than the ledger, and those of which only what
  /// they show was wrong, at the last comparison.
  void Drift(const DriftCounts& ledger, const DriftCounts& shown);

  /// Whether what they show could not be compared, the last time: of some region nobody could say.
  void ShownUnknown(bool unknown) { figures_->shown_unknown = unknown; }

  /// Marks that the slots have not heard of, the age of the oldest, and those that they refused.
  void Relay(std::int64_t backlog, double lag_seconds, std::int64_t parked);

 private:
  static constexpr std::array kDriftKinds{"missing",       "ghost",       "other",
                                          "shown_missing", "shown_ghost", "shown_other"};

  // Scrapes may come while the service goes.
  struct Figures {
    std::atomic<std::int64_t> live{0};
    std::atomic<std::int64_t> backlog{0};
    std::atomic<double> lag_seconds{0};
    std::atomic<std::int64_t> parked{0};
    std::array<std::atomic<int>, kDriftKinds.size()> drift{};
    std::atomic<bool> shown_unknown{false};
  };

  observe::Metrics& metrics_;
  const std::shared_ptr<Figures> figures_ = std::make_shared<Figures>();
};

}  // namespace sas::booking
