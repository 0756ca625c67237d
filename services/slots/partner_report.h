#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "common/base/clock.h"
#include "sas/slots/v1/partner_feed_service.pb.h"
#include "services/slots/store.h"

/// What became of a booking at its source, as the platform reports it: kept as an event, which
/// booking follows. The event is the durable word, so an ack means that booking will hear of it.
namespace sas::slots {

/// Shape and region. INVALID_ARGUMENT `INVALID_RESOURCE_NAME`, `REGION_MISMATCH`,
/// `EXTERNAL_ID_REQUIRED`, `TEXT_TOO_LONG`, `INVALID_EXTERNAL_ID`, `UNKNOWN_ENUM_VALUE`,
/// `INVALID_VERSION`, `INVALID_TIME`, `INVALID_SOURCE_CODE`; PERMISSION_DENIED
/// `REGION_FORBIDDEN`.
absl::Status CheckReport(const base::Call& call, const v1::SourceReport& report);

/// Audit and event `source.reported`. The same report twice is two events, which the reader takes
/// for one. NOT_FOUND `AGENDA_NOT_FOUND`, PERMISSION_DENIED `AGENDA_OF_OTHER_PARTNER`. A refusal
/// withdraws the slot as a phantom; `phantom` says whether it did.
absl::StatusOr<v1::SourceReportAck> KeepReport(SlotsTransaction& transaction,
                                               const base::Call& call,
                                               const v1::SourceReport& report, base::Instant now,
                                               bool* phantom);

}  // namespace sas::slots
