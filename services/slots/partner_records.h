#pragma once

#include <atomic>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "common/base/clock.h"
#include "sas/slots/v1/partner.pb.h"
#include "sas/slots/v1/partner_feed_service.pb.h"
#include "services/slots/partner_gate.h"
#include "services/slots/partner_metrics.h"
#include "services/slots/store.h"

namespace sas::slots {

/// What was agreed with each platform of a region, in the ledger, and how it comes to the gate of
/// this process. Thread-safe.
class PartnerRecords {
 public:
  /// All outlive it.
  PartnerRecords(SlotsStore& store, PartnerGate& gate, PartnerMetrics& metrics,
                 const base::Clock& clock);

  /// PERMISSION_DENIED `OTHER_PARTNER`, NOT_FOUND `PARTNER_NOT_FOUND`.
  absl::StatusOr<v1::Partner> Get(const base::Call& call, const v1::GetPartnerRequest& request);

  absl::StatusOr<v1::ListPartnersResponse> List(const base::Call& call,
                                                const v1::ListPartnersRequest& request);

  /// In force here when it is answered. INVALID_ARGUMENT `INVALID_PARTNER_LIMITS`, NOT_FOUND
  /// `PARTNER_NOT_FOUND`, ABORTED `ETAG_MISMATCH`; PERMISSION_DENIED `TERRITORY_FORBIDDEN` for
  /// whoever acts for some SAS territories: a platform serves all of the region.
  absl::StatusOr<v1::Partner> Update(const base::Call& call,
                                     const v1::UpdatePartnerRequest& request);

  /// Hears from the ledger what other replicas were told. Each some seconds; while the ledger does
  /// not answer, what was heard last stays in force.
  absl::Status Refresh(const base::Call& call);

  /// Before a frame is judged: reads the ledger unless it was read since the start, so that no
  /// frame is judged by other limits than the agreed ones. A failure is the ledger's.
  absl::Status EnsureHeard(const base::Call& call);

 private:
  /// The record as it is answered, with what this process makes of it.
  v1::Partner Shown(v1::Partner record, int agendas) const;
  void TakeUp(const v1::Partner& record);

  SlotsStore& store_;
  PartnerGate& gate_;
  PartnerMetrics& metrics_;
  const base::Clock& clock_;
  std::atomic<bool> heard_ = false;  ///< All records, once.
};

}  // namespace sas::slots
