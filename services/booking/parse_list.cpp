#include <charconv>

#include "common/base/page_token.h"
#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "common/rpc/auth.h"
#include "services/booking/convert.h"
#include "services/booking/parse.h"

namespace sas::booking {
namespace {

constexpr int kPageStandard = 50;
constexpr int kPageMax = 200;

// What a page token belongs to.
std::string QueryOf(const v1::ListAppointmentsRequest& request) {
  v1::ListAppointmentsRequest query = request;
  query.clear_page_size();
  query.clear_page_token();
  return query.SerializeAsString();
}

absl::Status CheckFilter(std::string_view pattern, const std::string& name, std::string_view field,
                         std::string_view region) {
  if (name.empty()) return absl::OkStatus();
  SAS_ASSIGN_OR_RETURN(const auto ids, base::ParseName(pattern, name, field));
  if (ids[0] == region) return absl::OkStatus();
  return base::InvalidField(field, "REGION_MISMATCH", "must lie in the region of `parent`");
}

}  // namespace

absl::StatusOr<ListPosition> ParsePosition(const std::string& text) {
  long long micros = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), micros);
  const auto digits = static_cast<std::size_t>(end - text.data());
  if (error != std::errc() || digits >= text.size() || text[digits] != ' ') {
    return base::InvalidField("page_token", "INVALID_PAGE_TOKEN",
                              "give the token of the previous page as it came");
  }
  return ListPosition{base::Instant(std::chrono::microseconds(micros)), text.substr(digits + 1)};
}

std::string PositionText(const ListPosition& position) {
  return std::to_string(position.first.time_since_epoch().count()) + " " + position.second;
}

absl::StatusOr<AppointmentQuery> ParseList(const base::Call& call,
                                           const v1::ListAppointmentsRequest& request) {
  SAS_ASSIGN_OR_RETURN(const auto ids, base::ParseName("regions/*", request.parent(), "parent"));
  SAS_RETURN_IF_ERROR(rpc::CheckRegion(call, ids[0]));
  SAS_RETURN_IF_ERROR(
      CheckFilter("regions/*/cases/*", request.regulation_case(), "regulation_case", ids[0]));
  SAS_RETURN_IF_ERROR(CheckFilter("regions/*/sites/*", request.site(), "site", ids[0]));
  AppointmentQuery query;
  query.region = ids[0];
  query.regulation_case = request.regulation_case();
  query.site = request.site();
  query.include_cancelled = request.include_cancelled();
  if (request.booked_by_me()) query.booker = call.actor.subject;
  if (request.has_start_time()) query.start = ToInstant(request.start_time());
  if (request.has_end_time()) query.end = ToInstant(request.end_time());
  if (query.start && query.end && *query.end <= *query.start) {
    return base::InvalidField("end_time", "INVALID_TIME_RANGE", "must come after `start_time`");
  }
  SAS_ASSIGN_OR_RETURN(query.limit, base::PageSize(request.page_size(), kPageStandard, kPageMax));
  SAS_ASSIGN_OR_RETURN(const std::string position,
                       base::ParsePageToken(QueryOf(request), request.page_token()));
  if (!position.empty()) {
    SAS_ASSIGN_OR_RETURN(query.after, ParsePosition(position));
  }
  return query;
}

std::string NextPageToken(const v1::ListAppointmentsRequest& request, const v1::Appointment& last) {
  return base::MakePageToken(QueryOf(request),
                             PositionText({ToInstant(last.start_time()), last.name()}));
}

}  // namespace sas::booking
