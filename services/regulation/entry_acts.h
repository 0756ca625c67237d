#pragma once

#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "sas/regulation/v1/entry_service.pb.h"
#include "services/regulation/case_work.h"
#include "services/regulation/desk.h"
#include "services/regulation/entry_metrics.h"
#include "services/regulation/protocol_metrics.h"

namespace sas::regulation {

/// What every act of EntryService needs.
struct EntryDesk {
  Desk& desk;
  EntryMetrics& metrics;
  ProtocolMetrics& protocol_metrics;
};

/// The reorientation with who and when.
v1::Reorientation Signed(const v1::Reorientation& asked, const base::Call& call, base::Instant now);

/// Tells the thread of the dossier and the feed; the caller saves the dossier. `order` may be
/// empty.
absl::Status TellElsewhere(CaseWork& work, const v1::Reorientation& reorientation,
                           const std::string& order);

/// ACHEVE: nothing is left to do here.
absl::Status EndCase(CaseWork& work, const v1::Reorientation& reorientation);

}  // namespace sas::regulation

/// One function for each RPC of EntryService; what each promises stands in the proto.
namespace sas::regulation::acts {

// act_entry.cpp
absl::StatusOr<v1::SubmitEntryResponse> SubmitEntry(EntryDesk& desk, const base::Call& call,
                                                    const v1::SubmitEntryRequest& request);

// act_entry_reads.cpp
absl::StatusOr<v1::ListEntriesResponse> ListEntries(EntryDesk& desk, const base::Call& call,
                                                    const v1::ListEntriesRequest& request);

// act_reorient.cpp
absl::StatusOr<v1::ReorientResponse> Reorient(EntryDesk& desk, const base::Call& call,
                                              const v1::ReorientRequest& request);

}  // namespace sas::regulation::acts
