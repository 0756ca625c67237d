#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "common/base/clock.h"
#include "sas/slots/v1/partner_feed_service.pb.h"
#include "services/slots/domain/partner_limits.h"
#include "services/slots/partner_metrics.h"

namespace sas::slots {

/// Questions to platforms over the streams that they have open, and their answers. A platform is
/// asked over the stream that it opened last in this process; a replica to which it has none open
/// cannot ask it. Thread-safe.
class SourceDesk {
 public:
  /// Unanswered questions to one platform: a third of the interactive lane can wait for it.
  static constexpr int kQuestionsMax = 8;
  /// An answer that comes later counts for nothing.
  static constexpr std::chrono::milliseconds kAnswerMax{1'500};

  struct Limits {
    std::chrono::milliseconds answer_max = kAnswerMax;
    BreakerLimits breaker{};  ///< Of questions in a row without an answer.
  };

  /// Writes a question to a stream; false when it cannot.
  using Push = std::function<bool(const v1::SourceQuestion&)>;

  SourceDesk(Limits limits, PartnerMetrics& metrics, const base::Clock& clock)
      : limits_(limits), metrics_(metrics), clock_(clock) {}

  /// `push` is called until Disconnect has returned. Gives the stream's number.
  std::uint64_t Connect(const std::string& partner, Push push);
  /// Who waits for an answer over this stream is told that there is none.
  void Disconnect(const std::string& partner, std::uint64_t line);

  /// Asks and waits, for `limits.answer_max` or what the call has left. The id of the question is
  /// given here. UNAVAILABLE `SOURCE_UNREACHABLE`.
  absl::StatusOr<v1::SourceAnswer> Ask(const base::Call& call, const std::string& partner,
                                       v1::SourceQuestion question);

  /// From gRPC's thread; an answer that nobody waits for is counted and dropped.
  void Answer(const std::string& partner, const v1::SourceAnswer& answer);

 private:
  struct Line {
    std::mutex pushing;
    Push push;  ///< Empty once the stream has gone.
  };

  struct Waiting {
    std::string partner;
    std::uint64_t line = 0;
    std::condition_variable wake;
    v1::SourceAnswer answer;
    bool answered = false;
    bool gone = false;
  };

  struct Partner {
    std::map<std::uint64_t, std::shared_ptr<Line>> lines;  ///< The last one is asked.
    int unanswered = 0;
    Breaker breaker;
  };

  const char* WhyNot(Partner& partner);
  static bool Send(Line& line, const v1::SourceQuestion& question);

  const Limits limits_;
  PartnerMetrics& metrics_;
  const base::Clock& clock_;
  std::mutex mutex_;
  std::map<std::string, Partner> partners_;
  std::map<std::string, Waiting*> waiting_;  ///< By question.
  std::uint64_t last_line_ = 0;
  std::uint64_t last_question_ = 0;
};

}  // namespace sas::slots
