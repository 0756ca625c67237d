#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "common/base/clock.h"

namespace sas::slots {

/// What the replicas leave for one another in Redis about platforms: who has a stream of one,
/// questions for whoever has it, and answers. Nothing of a patient, and nothing that must survive:
/// each row carries the instant after which nobody believes it, so a flushed Redis or an old dump
/// costs an answer and never makes one (what an epoch is for seats). Implementations are
/// thread-safe.
class SourcePost {
 public:
  /// Questions to one platform that no replica has taken yet; one more is refused.
  static constexpr int kQuestionsMax = 16;
  /// Redis forgets what nobody takes.
  static constexpr std::chrono::milliseconds kKeep{10'000};

  /// A question on its way.
  struct Letter {
    std::string partner;
    std::string reply;    ///< Where its answer is waited for: a number of chance.
    base::Instant until;  ///< Nobody waits any longer then, so nobody asks.
    std::string trace_id;
    std::string body;
  };

  enum class Verdict { kPut, kNoStream, kFull };

  virtual ~SourcePost() = default;

  /// `replica` has a stream of the platform and is believed until then.
  virtual absl::Status Announce(const base::Call& call, const std::string& partner,
                                const std::string& replica, base::Instant until) = 0;
  /// It has none any more.
  virtual absl::Status Leave(const base::Call& call, const std::string& partner,
                             const std::string& replica) = 0;

  virtual absl::StatusOr<Verdict> Put(const base::Call& call, const Letter& letter,
                                      base::Instant now) = 0;
  /// The oldest question to one of `partners`; it is nobody else's from now on. Waits up to `wait`.
  virtual absl::StatusOr<std::optional<Letter>> Take(const base::Call& call,
                                                     const std::vector<std::string>& partners,
                                                     std::chrono::milliseconds wait) = 0;

  virtual absl::Status Answer(const base::Call& call, const Letter& letter,
                              const std::string& body) = 0;
  /// Waits up to `wait`.
  virtual absl::StatusOr<std::optional<std::string>> AwaitAnswer(
      const base::Call& call, const Letter& letter, std::chrono::milliseconds wait) = 0;
};

}  // namespace sas::slots
