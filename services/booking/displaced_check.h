#pragma once

#include <chrono>
#include <deque>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "common/base/clock.h"
#include "sas/events/v1/event.pb.h"
#include "services/booking/displaced_metrics.h"
#include "services/booking/domain/displacement.h"
#include "services/booking/slots_client.h"
#include "services/booking/store.h"

namespace sas::booking {

/// Finds appointments whose slot nobody holds any more, and those whose slot is back (hazard H-27).
/// It asks the slots how things are now and not what has happened: a lost event, a death on either
/// side or a doctor's licence that ends by itself costs time alone. A site is looked at when the
/// slots' feed names it, every appointment at the start and each kPassInterval. Several replicas
/// may look at once: what is found is written once.
class DisplacedCheck {
 public:
  static constexpr std::chrono::minutes kPassInterval{5};
  static constexpr std::size_t kSitesMax = 1000;  ///< Named and not looked at; more: everything.
  static constexpr std::size_t kAskedMax = 200;   ///< Slots in one question.

  /// All of them outlive it.
  DisplacedCheck(BookingStore& store, SlotsClient& slots, DisplacedMetrics& metrics,
                 const base::Clock& clock);

  /// An event of the slots' feed. Any thread.
  void Hear(const events::v1::Event& event);

  /// Looks at what is due, for as long as the call has time; the rest is for the next turn. One
  /// thread. UNAVAILABLE `SLOTS_UNREACHABLE`: nothing is forgotten.
  absl::Status Turn(const base::Call& call);

  /// Reads what the metrics show.
  absl::Status Figures(const base::Call& call);

 private:
  /// An appointment to come with its slot.
  struct Look {
    std::string slot;
    std::string appointment;
  };

  absl::Status TurnSites(const base::Call& call);
  absl::Status TurnPass(const base::Call& call);
  bool PassDue();
  absl::StatusOr<std::vector<Look>> Live(const base::Call& call, const std::string& region,
                                         const std::string& site) const;
  absl::Status Ask(const base::Call& call, const std::vector<Look>& looks);
  absl::Status Apply(const base::Call& call, const std::vector<Look>& looks,
                     const std::vector<Standing>& standings);
  bool HasTime(const base::Call& call) const;

  BookingStore& store_;
  SlotsClient& slots_;
  DisplacedMetrics& metrics_;
  const base::Clock& clock_;
  const base::Instant made_;  ///< Of us.

  std::mutex mutex_;
  std::set<std::string> sites_;  ///< To look at.
  bool all_ = true;              ///< Everything is to be looked at.

  // Of the thread of Turn alone.
  std::deque<Look> pass_;  ///< What is left of it, by slot.
  bool passing_ = false;
  base::Instant pass_start_{};
  std::chrono::nanoseconds next_pass_{};
};

}  // namespace sas::booking
