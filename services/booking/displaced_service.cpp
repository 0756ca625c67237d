#include "services/booking/displaced_service.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/base/page_token.h"
#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "common/rpc/auth.h"
#include "common/rpc/serve_unary.h"
#include "services/booking/convert.h"
#include "services/booking/displaced.h"
#include "services/booking/parse.h"
#include "services/booking/visibility.h"

namespace sas::booking {
namespace {

using Request = v1::ListDisplacedAppointmentsRequest;
using Response = v1::ListDisplacedAppointmentsResponse;

constexpr int kPageStandard = 50;
constexpr int kPageMax = 200;

// What a page token belongs to.
std::string IdentityOf(const Request& request) {
  Request query = request;
  query.clear_page_size();
  query.clear_page_token();
  return query.SerializeAsString();
}

absl::StatusOr<DisplacedQuery> QueryOf(const base::Call& call, const Request& request) {
  SAS_ASSIGN_OR_RETURN(const auto ids, base::ParseName("regions/*", request.parent(), "parent"));
  SAS_RETURN_IF_ERROR(rpc::CheckRegion(call, ids[0]));
  if (!request.site().empty()) {
    SAS_ASSIGN_OR_RETURN(const auto site,
                         base::ParseName("regions/*/sites/*", request.site(), "site"));
    if (site[0] != ids[0]) {
      return base::InvalidField("site", "REGION_MISMATCH", "must lie in the region of `parent`");
    }
  }
  AppointmentQuery seen;
  seen.region = ids[0];
  seen.site = request.site();
  SAS_RETURN_IF_ERROR(Narrow(call.actor, seen));
  DisplacedQuery query;
  query.region = seen.region;
  query.site = seen.site;
  query.territories = seen.territories;
  SAS_ASSIGN_OR_RETURN(query.limit, base::PageSize(request.page_size(), kPageStandard, kPageMax));
  SAS_ASSIGN_OR_RETURN(const std::string position,
                       base::ParsePageToken(IdentityOf(request), request.page_token()));
  if (!position.empty()) {
    SAS_ASSIGN_OR_RETURN(query.after, ParsePosition(position));
  }
  return query;
}

}  // namespace

absl::StatusOr<Response> DisplacedService::List(const base::Call& call, const Request& request) {
  SAS_ASSIGN_OR_RETURN(DisplacedQuery query, QueryOf(call, request));
  const int page_size = query.limit;
  query.limit = page_size + 1;  // One more tells whether there is another page.
  Response response;
  SAS_RETURN_IF_ERROR(parts_.store.Read(call, [&](BookingTransaction& transaction) -> absl::Status {
    response.Clear();
    SAS_ASSIGN_OR_RETURN(std::vector<DisplacedRow> rows, transaction.displaced().List(query));
    SAS_ASSIGN_OR_RETURN(const auto checked, transaction.displaced().Checked());
    if (checked) *response.mutable_check_time() = ToTimestamp(*checked);
    const bool more = static_cast<int>(rows.size()) > page_size;
    if (more) rows.pop_back();
    if (more) {
      response.set_next_page_token(base::MakePageToken(
          IdentityOf(request), PositionText({rows.back().start, rows.back().appointment})));
    }
    for (DisplacedRow& row : rows) {
      SAS_ASSIGN_OR_RETURN(AppointmentRecord record, transaction.Get(row.appointment));
      *record.appointment.mutable_displacement() = std::move(row.displacement);
      *response.add_appointments() = ShownTo(call.actor, std::move(record.appointment));
    }
    return absl::OkStatus();
  }));
  return response;
}

grpc::ServerUnaryReactor* DisplacedService::ListDisplacedAppointments(
    grpc::CallbackServerContext* context, const Request* request, Response* response) {
  return rpc::ServeUnary(
      runtime_, runtime_.background, context, request, response,
      "/sas.booking.v1.DisplacedService/ListDisplacedAppointments",
      [this](const base::Call& call, const auto& proto) { return List(call, proto); });
}

grpc::ServerUnaryReactor* DisplacedService::KeepDisplacedAppointment(
    grpc::CallbackServerContext* context, const v1::KeepDisplacedAppointmentRequest* request,
    v1::Appointment* response) {
  return rpc::ServeUnary(
      runtime_, runtime_.interactive, context, request, response,
      "/sas.booking.v1.DisplacedService/KeepDisplacedAppointment",
      [this](const base::Call& call, const auto& proto) -> absl::StatusOr<v1::Appointment> {
        SAS_ASSIGN_OR_RETURN(v1::Appointment kept, KeepDisplaced(parts_, call, proto));
        metrics_.Counted("kept");
        return ShownTo(call.actor, std::move(kept));
      });
}

}  // namespace sas::booking
