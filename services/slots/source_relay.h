#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "common/base/clock.h"
#include "common/base/executor.h"
#include "common/base/ids.h"
#include "services/slots/partner_metrics.h"
#include "services/slots/source_ask.h"
#include "services/slots/source_desk.h"
#include "services/slots/source_post.h"
#include "services/slots/worker.h"

namespace sas::slots {

/// A platform opens one stream, to whichever replica. Asks over it when it ends here; otherwise
/// leaves the question in Redis, and the replica that has the stream takes it, asks, and leaves the
/// answer. A question that nobody has taken when its time is over is asked by nobody, so a
/// confirmation never overtakes the cancellation that follows it.
///
/// One thread takes questions while this replica has a stream, one says which it has, and
/// kAskersMax wait for platforms. Thread-safe.
class SourceRelay final : public SourceAsk {
 public:
  static constexpr std::size_t kAskersMax = 8;
  /// Questions of this replica to one platform that wait elsewhere; they hold threads of a lane.
  static constexpr int kWaitingMax = SourceDesk::kQuestionsMax;
  /// A replica says so often which streams it has, and is believed for so long.
  static constexpr std::chrono::milliseconds kAnnounce{1'000};
  static constexpr std::chrono::milliseconds kBelieved{3'000};
  /// One look for questions: a stream that has just come waits so long for its first one.
  static constexpr std::chrono::milliseconds kTake{200};
  /// Of the asker's patience kept for the answer's way back.
  static constexpr std::chrono::milliseconds kWayBack{100};

  /// All outlive it. `answer_max` as of the desk.
  SourceRelay(std::chrono::milliseconds answer_max, SourceDesk& desk, SourcePost& post,
              PartnerMetrics& metrics, const base::Clock& clock, base::Random& random);
  ~SourceRelay() override;

  /// From now on this replica takes questions of others.
  void Start();
  /// Idempotent; the others are told that no stream ends here.
  void Stop();

  /// As SourceAsk; UNAVAILABLE `REDIS_UNAVAILABLE` when the stream is not here and nobody can be
  /// asked where it is.
  absl::StatusOr<v1::SourceAnswer> Ask(const base::Call& call, const std::string& partner,
                                       v1::SourceQuestion question) override;

 private:
  absl::StatusOr<v1::SourceAnswer> AskElsewhere(const base::Call& call, const std::string& partner,
                                                const v1::SourceQuestion& question);
  absl::Status Announce(const base::Call& call);
  absl::Status TakeAll(const base::Call& call);
  void AskFor(const SourcePost::Letter& letter);
  void Reply(const SourcePost::Letter& letter, const std::string& body);
  bool Enter(const std::string& partner);
  void Leave(const std::string& partner);

  const std::chrono::milliseconds answer_max_;
  SourceDesk& desk_;
  SourcePost& post_;
  PartnerMetrics& metrics_;
  const base::Clock& clock_;
  base::Random& random_;
  const std::string replica_;
  std::mutex mutex_;
  std::map<std::string, int> waiting_;  ///< By platform.
  std::set<std::string> announced_;     ///< Of the thread that announces.
  base::Executor askers_;
  std::unique_ptr<Worker> announcer_;
  std::unique_ptr<Worker> taker_;
};

}  // namespace sas::slots
