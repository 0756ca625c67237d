#pragma once

#include <string>

#include "absl/status/status.h"
#include "sas/regulation/v1/care_order.pb.h"
#include "sas/regulation/v1/pickup_service.pb.h"
#include "sas/regulation/v1/regulation_case.pb.h"
#include "services/regulation/facts.h"

namespace sas::regulation {

/// Keeps what figures are made of, beside the audit record and the event of the same act; acts that
/// no figure looks at leave none.
absl::Status MarkCase(RegulationTransaction& transaction, const v1::RegulationCase& row,
                      const Fact& fact);
absl::Status MarkOrder(RegulationTransaction& transaction, const v1::CareOrder& order,
                       const Fact& fact);
/// A call that somebody had answered has ended, and has its dossier.
absl::Status MarkTalk(RegulationTransaction& transaction, const v1::WaitingCall& waiting);
absl::Status MarkLostCall(RegulationTransaction& transaction, const v1::LostCall& lost_call,
                          const Fact& fact);

}  // namespace sas::regulation
