#include "services/booking/report_service.h"

#include <string>
#include <utility>
#include <vector>

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "common/care/identifiers.h"
#include "common/rpc/auth.h"
#include "common/rpc/serve_unary.h"
#include "services/booking/convert.h"
#include "services/booking/visibility.h"

namespace sas::booking {
namespace {

// Reads reports that leave the CRRA and the practices (domain.md §1.2: aggregates only).
bool IsOutside(base::Role role) {
  return role == base::Role::kSteering || role == base::Role::kReferent;
}

absl::StatusOr<AppointmentQuery> QueryOf(const base::Call& call,
                                         const v1::GetMonthReportRequest& request) {
  SAS_ASSIGN_OR_RETURN(const auto ids, base::ParseName("regions/*", request.parent(), "parent"));
  SAS_RETURN_IF_ERROR(rpc::CheckRegion(call, ids[0]));
  AppointmentQuery query;
  query.region = ids[0];
  query.include_cancelled = true;
  query.limit = ReportService::kPage;
  if (!request.site().empty()) {
    SAS_ASSIGN_OR_RETURN(const auto site,
                         base::ParseName("regions/*/sites/*", request.site(), "site"));
    if (site[0] != ids[0]) {
      return base::InvalidField("site", "REGION_MISMATCH", "not of the region in `parent`");
    }
    query.site = request.site();
  }
  SAS_RETURN_IF_ERROR(Narrow(call.actor, query));
  if (request.territory().empty()) return query;
  SAS_RETURN_IF_ERROR(care::CheckTerritory(request.territory(), "territory"));
  SAS_RETURN_IF_ERROR(CheckTerritoryOf(call.actor, request.territory()));
  query.territories = {request.territory()};
  return query;
}

ReportedAppointment ReportedOf(const v1::Appointment& appointment) {
  return {ToValue(appointment.state()), appointment.abandon_reason_code(),
          appointment.cancel_reason_code(), EntryPointCode(appointment.entry_point()),
          appointment.booker_profession_code()};
}

void Fill(const std::vector<ReportCount>& counts,
          google::protobuf::RepeatedPtrField<v1::ReportCount>& out) {
  for (const ReportCount& each : counts) {
    v1::ReportCount& added = *out.Add();
    added.set_label(each.label);
    added.set_count(each.count);
    added.set_masked(each.masked);
  }
}

v1::ReportFill ToProto(const ReportedFill& fill) {
  v1::ReportFill proto;
  proto.set_appointment_count(fill.appointments);
  proto.set_seat_count(fill.seats);
  proto.set_masked(fill.masked);
  if (!fill.masked && fill.seats > 0) {
    proto.set_fill_permille(static_cast<std::int32_t>(fill.appointments * 1000 / fill.seats));
  }
  return proto;
}

}  // namespace

absl::StatusOr<MonthCounts> ReportService::Count(const base::Call& call,
                                                 AppointmentQuery query) const {
  MonthCounts counts;
  while (true) {
    std::vector<v1::Appointment> page;
    SAS_RETURN_IF_ERROR(
        parts_.store.Read(call, [&](BookingTransaction& transaction) -> absl::Status {
          SAS_ASSIGN_OR_RETURN(page, transaction.List(query));
          return absl::OkStatus();
        }));
    for (const v1::Appointment& each : page) counts.Add(ReportedOf(each));
    if (counts.booked() > parts_.appointments_max) {
      const std::string most = std::to_string(parts_.appointments_max);
      return base::Fail(absl::StatusCode::kOutOfRange, "REPORT_TOO_LARGE",
                        "more than " + most + " appointments: ask for one territory or site",
                        {{"appointments_max", most}});
    }
    if (static_cast<int>(page.size()) < query.limit) return counts;
    query.after = ListPosition{ToInstant(page.back().start_time()), page.back().name()};
  }
}

absl::StatusOr<v1::MonthReport> ReportService::Report(
    const base::Call& call, const v1::GetMonthReportRequest& request) const {
  SAS_ASSIGN_OR_RETURN(AppointmentQuery query, QueryOf(call, request));
  const base::Instant now = parts_.clock.Now();
  SAS_ASSIGN_OR_RETURN(const Month month, ParseMonth(request.month(), parts_.zone, now));
  query.start = month.start;
  query.end = month.end;
  const std::string site = query.site;
  SAS_ASSIGN_OR_RETURN(const MonthCounts counts, Count(call, std::move(query)));
  std::int64_t seats = 0;
  std::string unknown = site.empty() ? "SITE_REQUIRED" : "";
  if (!site.empty()) {
    const auto counted = parts_.sessions.CountSeats(call, site, month.first, month.last);
    if (absl::IsNotFound(counted.status())) return counted.status();
    if (counted.ok()) seats = *counted;
    if (!counted.ok()) unknown = "SLOTS_UNREACHABLE";
  }
  MonthFigures figures = FiguresOf(counts, seats);
  if (IsOutside(call.actor.role)) MaskSmall(figures);
  v1::MonthReport report;
  report.set_month(month.text);
  *report.mutable_start_time() = ToTimestamp(month.start);
  *report.mutable_end_time() = ToTimestamp(month.end);
  *report.mutable_count_time() = ToTimestamp(now);
  Fill(figures.outcomes, *report.mutable_outcomes());
  Fill(figures.abandoned_by_reason, *report.mutable_abandoned_by_reason());
  Fill(figures.cancelled_by_reason, *report.mutable_cancelled_by_reason());
  Fill(figures.by_entry_point, *report.mutable_by_entry_point());
  Fill(figures.by_profession, *report.mutable_by_profession());
  if (unknown.empty()) *report.mutable_fill() = ToProto(figures.fill);
  report.mutable_fill()->set_unknown_reason(unknown);
  report.set_definition_version(kReportVersion);
  return report;
}

grpc::ServerUnaryReactor* ReportService::GetMonthReport(grpc::CallbackServerContext* context,
                                                        const v1::GetMonthReportRequest* request,
                                                        v1::MonthReport* response) {
  return rpc::ServeUnary(
      runtime_, runtime_.background, context, request, response,
      "/sas.booking.v1.ReportService/GetMonthReport",
      [this](const base::Call& call, const auto& proto) { return Report(call, proto); });
}

}  // namespace sas::booking
