#pragma once

#include <string>

#include "common/base/clock.h"
#include "services/slots/partner_metrics.h"
#include "services/slots/source_ask.h"
#include "services/slots/source_check.h"
#include "services/slots/store.h"

namespace sas::slots {

/// What the masters of agendas are asked, and what follows from a no. Thread-safe.
class SourceQuestions final : public SourceCheck {
 public:
  /// All outlive it.
  SourceQuestions(SlotsStore& store, SourceAsk& platforms, PartnerMetrics& metrics,
                  const base::Clock& clock)
      : store_(store), platforms_(platforms), metrics_(metrics), clock_(clock) {}

  absl::Status Check(const base::Call& call, const std::string& slot) override;

  /// INVALID_ARGUMENT for a name or a kind that is none; NOT_FOUND `AGENDA_NOT_FOUND`;
  /// FAILED_PRECONDITION `AGENDA_NOT_ASKED` when its master answers no questions (any more).
  absl::StatusOr<v1::AskSourceResponse> Ask(const base::Call& call,
                                            const v1::AskSourceRequest& request) override;

 private:
  struct Master;

  absl::StatusOr<Master> Find(const base::Call& call, const std::string& slot) const;
  /// The slot was a phantom: withdrawn and counted. A ledger that does not answer leaves it; the
  /// refusal stands all the same.
  void Withdraw(const base::Call& call, const std::string& slot, const std::string& source_code);

  SlotsStore& store_;
  SourceAsk& platforms_;
  PartnerMetrics& metrics_;
  const base::Clock& clock_;
};

}  // namespace sas::slots
