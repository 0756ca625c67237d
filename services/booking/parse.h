#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "common/care/identifiers.h"
#include "sas/booking/v1/booking_service.pb.h"
#include "services/booking/store.h"

/// Shape of the requests: everything that needs no ledger and no other service.
namespace sas::booking {

/// The appointment that a CreateAppointment asks for, without what the seat brings: output-only
/// fields of the request are dropped, name, booker and profession are set. INVALID_ARGUMENT with
/// the field's path; PERMISSION_DENIED for region, territory and entry point.
absl::StatusOr<v1::Appointment> ParseDraft(const base::Call& call,
                                           const v1::CreateAppointmentRequest& request,
                                           care::TestIdentities test);

/// `page_size` and `page_token` included.
absl::StatusOr<AppointmentQuery> ParseList(const base::Call& call,
                                           const v1::ListAppointmentsRequest& request);

/// What a page token holds: "<time in microseconds> <name>" of the last row.
std::string PositionText(const ListPosition& position);
/// INVALID_ARGUMENT `INVALID_PAGE_TOKEN`.
absl::StatusOr<ListPosition> ParsePosition(const std::string& text);

/// Token of the page after `last`.
std::string NextPageToken(const v1::ListAppointmentsRequest& request, const v1::Appointment& last);

/// `name` is an appointment of a region in which the caller may act.
absl::Status CheckName(const base::Call& call, const std::string& name,
                       std::string_view field = "name");

/// `slot` is a slot of the region in which the appointment `name` lies.
absl::Status CheckSlotOf(const std::string& name, const std::string& slot, std::string_view field);

/// INVALID_ARGUMENT `HOLD_TOKEN_REQUIRED`.
absl::Status CheckHoldToken(const std::string& token, std::string_view field);

/// `regions/r/sites/s` of a slot's name.
std::string SiteOfSlot(std::string_view slot);

/// Resource id of the appointment that a request makes: the same for each repeat of it, so that a
/// repeat after a crash meets the seat that was prepared before.
std::string AppointmentId(std::string_view caller, std::string_view method,
                          std::string_view request_id);

}  // namespace sas::booking
