#include "services/regulation/kpi_service.h"

#include <algorithm>

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "services/regulation/convert.h"
#include "services/regulation/kpi_query.h"
#include "services/regulation/serve.h"

namespace sas::regulation {
namespace {

constexpr char kQuery[] = "/sas.regulation.v1.KpiService/QueryKpis";
constexpr std::chrono::hours kPeriodMax{31 * 24};
constexpr int kMarksPage = 2000;

absl::Status CheckPeriod(const v1::QueryKpisRequest& request) {
  if (!request.has_start_time() || !request.has_end_time() ||
      ToInstant(request.end_time()) <= ToInstant(request.start_time())) {
    return base::InvalidField("end_time", "INVALID_PERIOD",
                              "give a start and a later end of the period");
  }
  if (ToInstant(request.end_time()) - ToInstant(request.start_time()) > kPeriodMax) {
    return base::Fail(absl::StatusCode::kOutOfRange, "PERIOD_TOO_LONG",
                      "ask for 31 days at most, and for the rest apart",
                      {{"days_max", std::to_string(kPeriodMax.count() / 24)}});
  }
  return absl::OkStatus();
}

absl::Status CheckIds(const v1::QueryKpisRequest& request) {
  for (const std::string& id : request.kpi_ids()) {
    const auto known = KpiDefinitions();
    if (std::any_of(known.begin(), known.end(),
                    [&](const KpiDefinition& each) { return each.id == id; })) {
      continue;
    }
    return base::InvalidField("kpi_ids", "UNKNOWN_KPI",
                              "is no figure of regulation: K01 to K18, "
                              "K31, K32, K37",
                              {{"kpi", id}});
  }
  return absl::OkStatus();
}

v1::Kpi ToProto(const Kpi& kpi) {
  v1::Kpi proto;
  proto.set_id(std::string(kpi.definition->id));
  proto.set_title(std::string(kpi.definition->title));
  proto.set_definition(std::string(kpi.definition->definition));
  proto.set_source(std::string(kpi.definition->source));
  proto.set_unit(std::string(kpi.definition->unit));
  proto.set_unknown_reason(std::string(kpi.unknown));
  for (const KpiFigure& figure : kpi.figures) {
    v1::KpiFigure& added = *proto.add_figures();
    added.set_label(figure.label);
    added.set_numerator(figure.numerator);
    added.set_denominator(figure.denominator);
    if (figure.value) added.set_value(*figure.value);
    added.set_masked(figure.masked);
  }
  return proto;
}

// Reads reports that leave the CRRA (domain.md §1.2: aggregates only).
bool IsOutside(base::Role role) {
  return role == base::Role::kSteering || role == base::Role::kReferent;
}

absl::Status FindOldest(Desk& desk, const base::Call& call, const KpiMarkQuery& all,
                        v1::QueryKpisResponse& response) {
  return desk.store.Read(call, [&](RegulationTransaction& transaction) -> absl::Status {
    response.clear_known_since_time();
    SAS_ASSIGN_OR_RETURN(const auto first, transaction.ListMarks(all));
    if (!first.empty()) *response.mutable_known_since_time() = ToTimestamp(first[0].at);
    return absl::OkStatus();
  });
}

absl::StatusOr<v1::QueryKpisResponse> Query(Desk& desk, const base::Call& call,
                                            const v1::QueryKpisRequest& request) {
  SAS_RETURN_IF_ERROR(CheckName(call, "regions/*", request.parent(), "parent"));
  SAS_ASSIGN_OR_RETURN(const auto territories, TerritoriesOf(call.actor, request.territory()));
  SAS_RETURN_IF_ERROR(CheckNotShed(desk, request.parent()));
  SAS_RETURN_IF_ERROR(CheckPeriod(request));
  SAS_RETURN_IF_ERROR(CheckIds(request));
  const std::string region(base::RegionOf(request.parent()));
  const base::Instant start = ToInstant(request.start_time());
  const base::Instant end = std::min(ToInstant(request.end_time()), desk.clock.Now());
  SAS_ASSIGN_OR_RETURN(const KpiFold fold, FoldPeriod(desk, call, region, territories, start, end));
  std::vector<Kpi> kpis = fold.Figures();
  if (IsOutside(call.actor.role)) MaskSmall(kpis);
  v1::QueryKpisResponse response;
  for (const Kpi& kpi : kpis) {
    const auto& wanted = request.kpi_ids();
    if (wanted.empty() ||
        std::find(wanted.begin(), wanted.end(), kpi.definition->id) != wanted.end()) {
      *response.add_kpis() = ToProto(kpi);
    }
  }
  *response.mutable_start_time() = ToTimestamp(start);
  *response.mutable_end_time() = ToTimestamp(end);
  response.set_act_count(static_cast<std::int64_t>(fold.marks()));
  response.set_definition_version(kKpiVersion);
  SAS_RETURN_IF_ERROR(FindOldest(
      desk, call, {region, territories, {}, desk.clock.Now(), std::nullopt, 1, {}}, response));
  return response;
}

}  // namespace

absl::Status EachMark(Desk& desk, const base::Call& call, KpiMarkQuery query,
                      const std::function<void(const KpiMark&)>& add) {
  query.limit = kMarksPage;
  while (true) {
    std::vector<KpiMark> page;
    SAS_RETURN_IF_ERROR(
        desk.store.Read(call, [&](RegulationTransaction& transaction) -> absl::Status {
          SAS_ASSIGN_OR_RETURN(page, transaction.ListMarks(query));
          return absl::OkStatus();
        }));
    for (const KpiMark& mark : page) add(mark);
    if (page.size() < static_cast<std::size_t>(kMarksPage)) return absl::OkStatus();
    query.after = KeyOf(page.back());
  }
}

KpiFold NewFold(Desk& desk, base::Instant start, base::Instant end) {
  return {start, end, [&zone = desk.zone](base::Instant at) { return zone.DateOf(at); },
          desk.lines};
}

absl::StatusOr<KpiFold> FoldPeriod(Desk& desk, const base::Call& call, const std::string& region,
                                   const std::vector<std::string>& territories, base::Instant start,
                                   base::Instant end) {
  KpiFold fold = NewFold(desk, start, end);
  SAS_RETURN_IF_ERROR(EachMark(desk, call, {region, territories, start, end, std::nullopt, 0, {}},
                               [&](const KpiMark& mark) { fold.Add(mark); }));
  return fold;
}

grpc::ServerUnaryReactor* KpiService::QueryKpis(grpc::CallbackServerContext* context,
                                                const v1::QueryKpisRequest* request,
                                                v1::QueryKpisResponse* response) {
  return Serve(runtime_, desk_, runtime_.background, context, request, response, kQuery, Query);
}

}  // namespace sas::regulation
