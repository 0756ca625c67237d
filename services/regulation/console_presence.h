#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "common/base/call.h"
#include "common/base/clock.h"
#include "common/base/ids.h"
#include "services/regulation/metrics.h"
#include "services/regulation/release_claims.h"
#include "services/regulation/store.h"

namespace sas::regulation {

/// Who runs ConsolePresence::Turn; the audit record and the threads of dossiers name it.
inline constexpr char kConsolePresence[] = "console_presence";

/// A console's WatchBoard stream is the presence of its person. When the last one of a person has
/// ended, on whichever replica, and neither a new one nor an act has come within the grace, what he
/// has in hand is given back (hazard H-11): a patient waits for no console that is off. Who watches
/// no board, at the command line or a machine, has his lease alone.
///
/// Enter and Leave run on any thread and never wait for the ledger; Turn is a periodic work, which
/// writes what has happened since and looks for whoever has gone. It judges nobody before all
/// consoles have had the time to come back after a start, or after the ledger was away: until then
/// what the rows say is not what is.
class ConsolePresence {
 public:
  static constexpr std::chrono::seconds kRenew{10};  ///< Streams of this process, in one write.
  static constexpr std::size_t kPendingMax = 5000;   ///< Changes that wait for the ledger.

  /// All outlive it. A grace of zero watches nobody.
  ConsolePresence(RegulationStore& store, const base::Clock& clock, base::Random& random,
                  RegulationMetrics& metrics, std::chrono::seconds grace);

  /// A stream has begun; its number for Leave. 0 for roles that have nothing in hand.
  std::uint64_t Enter(const std::string& region, const base::Actor& actor);
  void Leave(std::uint64_t stream);

  absl::Status Turn(const base::Call& call);

 private:
  using Streams = std::map<std::uint64_t, BoardStream>;

  /// Under the lock.
  void Note(std::uint64_t number, const BoardStream& stream);
  /// Writes what the ledger does not know yet.
  absl::Status Keep(const base::Call& call);
  absl::Status Renew(const base::Call& call);
  absl::Status Judge(const base::Call& call);
  absl::Status Release(const base::Call& call, const Absence& absence, const Held& held);
  /// The rows have been kept up to date for long enough to believe them.
  bool Settled();

  RegulationStore& store_;
  const base::Clock& clock_;
  RegulationMetrics& metrics_;
  const std::chrono::seconds grace_;
  const std::string replica_;
  std::chrono::nanoseconds kept_since_;  ///< Of Clock::Steady; no gap since, as what follows.
  std::chrono::nanoseconds kept_at_;
  std::chrono::nanoseconds renewed_at_{};
  std::mutex mutex_;  ///< Guards what follows.
  std::uint64_t last_ = 0;
  Streams open_;
  Streams changed_;  ///< Begun or ended, and not written yet.
};

}  // namespace sas::regulation
