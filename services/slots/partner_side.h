#pragma once

#include "common/rpc/process.h"
#include "services/slots/feed_ages.h"
#include "services/slots/partner_feed.h"
#include "services/slots/partner_gate.h"
#include "services/slots/partner_metrics.h"
#include "services/slots/partner_service.h"
#include "services/slots/source_desk.h"
#include "services/slots/source_questions.h"
#include "services/slots/store.h"

namespace sas::slots {

/// Partner feeds together: the service, its limits, its metrics and what is done at intervals.
/// Owned by main.
class PartnerSide {
 public:
  /// Well below the 30 s after which a slot is "non vérifié".
  static constexpr std::chrono::milliseconds kRefresh{5'000};
  static constexpr std::chrono::milliseconds kCountPhantoms{60'000};

  PartnerSide(SlotsStore& store, FeedAges& ages, rpc::Process& process);

  PartnerService& service() { return service_; }

  SourceCheck& sources() { return questions_; }

  void CloseStreams() { service_.CloseStreams(); }

 private:
  PartnerGate gate_;
  PartnerMetrics metrics_;
  PartnerFeed feed_;
  SourceDesk desk_;
  SourceQuestions questions_;
  PartnerService service_;
};

}  // namespace sas::slots
