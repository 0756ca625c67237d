#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/backoff.h"
#include "common/base/call.h"
#include "common/base/clock.h"
#include "common/base/ids.h"
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
  ~SeatRelay();  ///< Stops.
  SeatRelay(const SeatRelay&) = delete;
  SeatRelay& operator=(const SeatRelay&) = delete;

  /// Ends after the batch that is on its way.
  void Stop();

  /// Blocks until nothing waits, or `limit` is over; for the drain and for tests.
  bool Flush(std::chrono::milliseconds limit);

 private:
  void Wake();
  void Run();
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
  const std::string holder_;  ///< This process, for the lease.
  base::Backoff backoff_;     ///< Of the thread alone, like the two that follow.
  base::Instant lease_until_;
  std::string last_reason_;
  std::uint64_t subscription_ = 0;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable idle_changed_;
  bool woken_ = false;
  bool idle_ = false;  ///< The last turn found nothing and nobody has woken us since.
  bool stopping_ = false;
  std::thread thread_;  ///< Last: starts when the rest is there.
};

}  // namespace sas::booking
