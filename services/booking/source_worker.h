#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "common/base/clock.h"
#include "common/base/ids.h"
#include "services/booking/message_outbox.h"
#include "services/booking/source_acts.h"
#include "services/booking/source_client.h"
#include "services/booking/source_metrics.h"
#include "services/booking/store.h"

namespace sas::booking {

/// Asks platforms to take what was booked here, tells them of what was cancelled here, and hands
/// over to a person what they do not answer in time. One replica works at a time (lease). A turn
/// may be cut off anywhere: the question is asked again, and the booking id makes it one booking
/// there. It never makes an appointment BOOKED without the platform's word. Used by one thread.
class SourceWorker {
 public:
  static constexpr int kPerTurn = 8;
  static constexpr std::chrono::seconds kLease{40};
  static constexpr std::chrono::seconds kLeaseRenew{25};  ///< With less left; longer than a turn.

  /// All outlive it.
  SourceWorker(BookingStore& store, SourceClient& sources, SourceMetrics& metrics,
               const MessagePolicy& policy, const base::Clock& clock, base::Random& random);

  /// One look at everything that is due. The first failure, after the others had their turn; that a
  /// platform is away is none.
  absl::Status Turn(const base::Call& call);

  /// Keeps the figures of the metrics. Each some seconds.
  absl::Status Figures(const base::Call& call);

 private:
  absl::StatusOr<bool> Lease(const base::Call& call);
  absl::Status Step(const SourceWork& work);
  /// The outcome of asking; the work as it goes on, or removed.
  absl::Status Settle(const base::Call& call, SourceWork work,
                      const absl::StatusOr<slots::v1::AskSourceResponse>& answer);
  absl::Status Write(BookingTransaction& transaction, SourceWork work,
                     const absl::StatusOr<slots::v1::AskSourceResponse>& answer,
                     std::string_view* outcome);
  /// Nobody has said anything in time: a person is asked, once.
  absl::Status TellPerson(BookingTransaction& transaction, SourceWork& work, base::Instant now);

  BookingStore& store_;
  SourceClient& sources_;
  SourceMetrics& metrics_;
  const MessagePolicy policy_;
  const base::Clock& clock_;
  base::Random& random_;
  const std::string holder_;     ///< This process, for the lease.
  base::Instant lease_until_{};  ///< Zero: never had it.
};

}  // namespace sas::booking
