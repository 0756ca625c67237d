#pragma once

#include "common/rpc/process.h"
#include "services/slots/feed_ages.h"
#include "services/slots/partner_compare.h"
#include "services/slots/partner_feed.h"
#include "services/slots/partner_gate.h"
#include "services/slots/partner_metrics.h"
#include "services/slots/partner_records.h"
#include "services/slots/partner_service.h"
#include "services/slots/source_desk.h"
#include "services/slots/source_questions.h"
#include "services/slots/source_relay.h"
#include "services/slots/store.h"

namespace sas::slots {

/// Partner feeds together: the service, its limits, its metrics and what is done at intervals.
/// Owned by main.
class PartnerSide {
 public:
  /// Well below the 30 s after which a slot is "non vérifié".
  static constexpr std::chrono::milliseconds kRefresh{5'000};
  static constexpr std::chrono::milliseconds kCountPhantoms{60'000};
  static constexpr std::chrono::milliseconds kCompare{300'000};

  /// All outlive it. Over `post` the replicas ask platforms whose stream ends at another one.
  PartnerSide(SlotsStore& store, FeedAges& ages, SourcePost& post, rpc::Process& process);

  PartnerService& service() { return service_; }

  SourceCheck& sources() { return questions_; }

  void CloseStreams() { service_.CloseStreams(); }

  /// From now on questions of other replicas are taken, until Stop.
  void Start() { relay_.Start(); }

  void Stop() { relay_.Stop(); }

 private:
  PartnerGate gate_;
  PartnerMetrics metrics_;
  PartnerFeed feed_;
  PartnerRecords records_;
  PartnerCompare compare_;
  SourceDesk desk_;
  SourceRelay relay_;
  SourceQuestions questions_;
  PartnerService service_;
};

}  // namespace sas::slots
