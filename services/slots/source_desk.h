#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "common/base/clock.h"
#include "services/slots/domain/partner_limits.h"
#include "services/slots/partner_metrics.h"
#include "services/slots/source_ask.h"

namespace sas::slots {

/// Questions to platforms over the streams that they have open to this process, and their answers.
/// A platform is asked over the stream that it opened last; to which replica it has one is the
/// business of SourceRelay. Thread-safe.
class SourceDesk final : public SourceAsk {
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

  absl::StatusOr<v1::SourceAnswer> Ask(const base::Call& call, const std::string& partner,
                                       v1::SourceQuestion question) override;

  bool Connected(const std::string& partner) const;
  /// Platforms with a stream to this process.
  std::vector<std::string> Partners() const;
  /// Called from gRPC's thread when a stream has come or gone; must not block. Empty: nobody.
  void OnLines(std::function<void()> listener);

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
  void TellLines() const;
  static bool Send(Line& line, const v1::SourceQuestion& question);

  const Limits limits_;
  PartnerMetrics& metrics_;
  const base::Clock& clock_;
  mutable std::mutex mutex_;
  std::function<void()> lines_changed_;
  std::map<std::string, Partner> partners_;
  std::map<std::string, Waiting*> waiting_;  ///< By question.
  std::uint64_t last_line_ = 0;
  std::uint64_t last_question_ = 0;
};

}  // namespace sas::slots
