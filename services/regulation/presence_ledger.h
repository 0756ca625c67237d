#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/clock.h"

namespace sas::regulation {

/// An open stream that nobody has renewed for so long has ended: its replica was killed.
inline constexpr std::chrono::seconds kStreamStale{30};

/// One board of a person.
struct BoardStream {
  std::string id;
  std::string replica;  ///< Process that serves it.
  std::string region;
  std::string subject;
  bool open = true;
  base::Instant seen{};  ///< Last known to be open; of one that has ended, its end.
};

/// A person none of whose streams is open any more.
struct Absence {
  std::string region;
  std::string subject;
  base::Instant since{};  ///< End of the last one.

  bool operator==(const Absence&) const = default;
};

/// Presence of people at their consoles; part of a RegulationTransaction and of its rules. Rows are
/// no record: who has none is somebody of whom nothing is known.
class PresenceLedger {
 public:
  virtual ~PresenceLedger() = default;

  /// Replaces the one of this id.
  virtual absl::Status PutStream(const BoardStream& stream) = 0;
  /// The open streams of a replica are open at `now`; how many they are.
  virtual absl::StatusOr<int> RenewStreams(const std::string& replica, base::Instant now) = 0;
  /// Whose last stream has ended by `until`, the longest absence first. An open one ends
  /// kStreamStale after it was seen.
  virtual absl::StatusOr<std::vector<Absence>> ListAbsent(base::Instant until, int limit) = 0;
  /// End of the person's last stream, which may be to come; nothing without one.
  virtual absl::StatusOr<std::optional<base::Instant>> FindEnd(const std::string& region,
                                                               const std::string& subject) = 0;
  /// Forgets the streams of the person that have ended by `until`.
  virtual absl::Status DropStreams(const std::string& region, const std::string& subject,
                                   base::Instant until) = 0;
  /// The same of everybody.
  virtual absl::Status DropEnded(base::Instant until) = 0;
};

}  // namespace sas::regulation
