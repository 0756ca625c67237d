#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "common/base/clock.h"
#include "common/base/ids.h"
#include "services/booking/feed_loop.h"
#include "services/booking/slots_client.h"
#include "services/booking/store.h"

namespace sas::booking {

/// The thread that tells the slots what the ledger says of seats: woken by commits, looking by
/// itself each second, and at its start for what a crash left. Marks go in order, at most 200 at
/// once, and are removed when the slots have acknowledged them; one replica sends at a time.
class SeatRelay {
 public:
  SeatRelay(BookingStore& store, SlotsClient& slots, const base::Clock& clock,
            base::Random& random);

  /// Ends after the batch that is on its way.
  void Stop() { loop_.Stop(); }

  /// As FeedLoop::Flush.
  bool Flush(std::chrono::milliseconds limit) { return loop_.Flush(limit); }

 private:
  absl::StatusOr<bool> Turn();
  absl::Status EnsureLease(const base::Call& call, bool& leased);
  absl::Status Send(const base::Call& call, const std::vector<SeatMark>& marks);
  absl::Status SendRegion(const base::Call& call, const std::vector<SeatMark>& marks);
  absl::Status SettleOne(const base::Call& call, const SeatMark& mark, const absl::Status& status);
  void Report(const absl::Status& status);

  BookingStore& store_;
  SlotsClient& slots_;
  const base::Clock& clock_;
  base::Random& random_;
  const std::string holder_;   ///< This process, for the lease.
  base::Instant lease_until_;  ///< Of the thread alone, like what follows.
  std::string last_reason_;
  FeedLoop loop_;  ///< Last: starts when the rest is there.
};

}  // namespace sas::booking
