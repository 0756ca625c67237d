#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "services/regulation/domain/protocol.h"

namespace sas::regulation {

inline constexpr std::size_t kAnswerTextMax = 300;

/// Why a result is what it is: one rule or question with its French explanation.
struct Reason {
  std::string rule;
  std::string explanation;
};

/// What answers come to. A person sets the priority; this says what it may not be below.
struct TriageResult {
  Priority minimum = Priority::kUnspecified;  ///< While nothing has given one.
  bool booking_blocked = false;
  std::vector<std::string> positive_signs;
  std::string proposal;  ///< 15 or URGENCES when a sign is positive.
  Filiere filiere = Filiere::kUnspecified;
  bool excluded = false;
  std::string orientation;
  std::vector<Reason> reasons;
  std::vector<std::string> missing;  ///< Mandatory questions without an answer, in order.
  std::string next_question;         ///< Empty when nothing is left to ask.
};

/// INVALID_ARGUMENT `UNKNOWN_QUESTION`, `ANSWER_TWICE`, `ANSWER_NOT_ACCEPTED`, `OUT_OF_RANGE`,
/// `TEXT_TOO_LONG`: the path of the answer is `field` with its index. Values are never in the
/// message.
absl::Status CheckAnswers(const Protocol& protocol, const std::vector<Answer>& answers,
                          const std::string& field);

/// Keeps what the protocol has a question for and accepts: old answers under a new version.
std::vector<Answer> Acceptable(const Protocol& protocol, const std::vector<Answer>& answers);

/// What `answers`, which were checked, come to. Everything that applies counts, and the most urgent
/// priority wins, so that no rule takes away what a severity sign has given. What is not known of
/// the patient excludes no sign; a sign answered "yes" counts even where it need not be asked.
TriageResult Evaluate(const Protocol& protocol, const Facts& facts,
                      const std::vector<Answer>& answers);

/// `a` when it is more urgent than `b`; unspecified is the least.
Priority MoreUrgent(Priority a, Priority b);

}  // namespace sas::regulation
