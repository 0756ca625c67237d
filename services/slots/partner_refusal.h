#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "common/base/clock.h"
#include "sas/slots/v1/partner_feed_service.pb.h"
#include "services/slots/store.h"

namespace sas::slots {

/// A platform's own number of a booking, bytes.
inline constexpr std::size_t kExternalAppointmentIdMax = 120;

/// The source's code, or `otherwise` when it is none: no patient's datum comes with a code.
std::string SourceCodeOr(std::string_view code, std::string_view otherwise);

/// Shape and region. INVALID_ARGUMENT `INVALID_RESOURCE_NAME`, `REQUEST_ID_REQUIRED`,
/// `INVALID_REQUEST_ID`, `INVALID_SOURCE_CODE` (a code, so that no patient's datum comes with it);
/// PERMISSION_DENIED `REGION_FORBIDDEN`.
absl::Status CheckRefusal(const base::Call& call, const v1::ReportSourceRefusalRequest& request);

/// Withdraws the slot that its source refused and counts the phantom; the agenda wants a snapshot,
/// because its copy here is proven wrong. NOT_FOUND `SLOT_NOT_FOUND` unless a platform publishes
/// it, PERMISSION_DENIED `AGENDA_OF_OTHER_PARTNER` for another platform. Gives `partner`.
absl::StatusOr<v1::Slot> WithdrawRefused(SlotsTransaction& transaction, const base::Call& call,
                                         const v1::ReportSourceRefusalRequest& request,
                                         base::Instant now, std::string* partner);

}  // namespace sas::slots
