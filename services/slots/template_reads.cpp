#include "services/slots/template_reads.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/base/page_token.h"
#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "common/care/identifiers.h"
#include "common/rpc/auth.h"
#include "services/slots/candidate_place.h"
#include "services/slots/convert_template.h"
#include "services/slots/seat_failures.h"
#include "services/slots/slot_rules.h"

namespace sas::slots {
namespace {

constexpr int kPageStandard = 50;
constexpr int kPageMax = 200;
constexpr std::string_view kWorklistPattern = "regions/*/sites/*/worklists/*";

absl::Status CheckName(const base::Call& call, std::string_view pattern, std::string_view name) {
  SAS_ASSIGN_OR_RETURN(const auto ids, base::ParseName(pattern, name, "name"));
  return rpc::CheckRegion(call, ids[0]);
}

template <typename Row>
absl::Status Fill(SlotsTransaction& transaction, Row& row) {
  const std::string& name = row.name();
  const std::size_t end = name.find('/', name.find("/sites/") + std::string("/sites/").size());
  SAS_ASSIGN_OR_RETURN(const auto site, transaction.GetSite(name.substr(0, end)));
  if (site) FillFrom(*site, row);
  return absl::OkStatus();
}

absl::StatusOr<v1::Worklist> FindWorklist(SlotsStore& store, const base::Call& call,
                                          const std::string& name) {
  SAS_RETURN_IF_ERROR(CheckName(call, kWorklistPattern, name));
  std::optional<v1::Worklist> found;
  SAS_RETURN_IF_ERROR(store.Read(call, [&](SlotsTransaction& transaction) -> absl::Status {
    SAS_ASSIGN_OR_RETURN(found, transaction.agendas().templates().GetWorklist(name));
    return found ? Fill(transaction, *found) : absl::OkStatus();
  }));
  if (found) return *std::move(found);
  return base::Fail(absl::StatusCode::kNotFound, "WORKLIST_NOT_FOUND",
                    "no such worklist: list those of the site, or apply a template to it",
                    {{"worklist", name}});
}

/// A page of a region's or a site's rows, each with what its site says.
template <typename Row, typename Request, typename List>
absl::StatusOr<std::vector<Row>> ReadPage(SlotsStore& store, const base::Call& call,
                                          const Request& request, const std::string& identity,
                                          List list, std::string& next_token) {
  SAS_ASSIGN_OR_RETURN(const auto ids,
                       base::ParseName("regions/*/sites/*-", request.parent(), "parent"));
  SAS_RETURN_IF_ERROR(rpc::CheckRegion(call, ids[0]));
  SAS_ASSIGN_OR_RETURN(const int size,
                       base::PageSize(request.page_size(), kPageStandard, kPageMax));
  SAS_ASSIGN_OR_RETURN(const std::string after,
                       base::ParsePageToken(identity, request.page_token()));
  const std::string parent = ids[1] == "-" ? "regions/" + ids[0] : request.parent();
  std::vector<Row> rows;
  SAS_RETURN_IF_ERROR(store.Read(call, [&](SlotsTransaction& transaction) -> absl::Status {
    SAS_ASSIGN_OR_RETURN(rows,
                         list(transaction.agendas().templates(), parent, Page{after, size + 1}));
    for (Row& row : rows) SAS_RETURN_IF_ERROR(Fill(transaction, row));
    return absl::OkStatus();
  }));
  if (rows.size() > static_cast<std::size_t>(size)) {
    rows.resize(static_cast<std::size_t>(size));
    next_token = base::MakePageToken(identity, rows.back().name());
  }
  return rows;
}

bool Serves(const v1::Worklist& worklist, const std::string& territory) {
  const auto& own = worklist.territories();
  return territory.empty() || std::find(own.begin(), own.end(), territory) != own.end();
}

absl::StatusOr<std::pair<std::shared_ptr<const RegionView>, const SiteCard*>> FindCard(
    const Projection& projection, const std::string& worklist) {
  const std::string region(base::RegionOf(worklist));
  auto view = projection.Find(region);
  const SiteCard* card =
      view == nullptr ? nullptr : view->FindSite(worklist.substr(0, worklist.find("/worklists/")));
  if (card == nullptr) return Rebuilding(region);
  return std::pair(std::move(view), card);
}

void JudgeOne(const RegionView& view, const SiteCard& card, const v1::SeatCandidate& candidate,
              int reach_meters, const std::string& field, base::Instant now,
              v1::SeatVerdict& verdict) {
  // An order that cannot be read here is no reason to leave out the others.
  const auto need = ReadNeed(candidate.need(), "", field + ".need");
  const auto place = PlaceOf(candidate, view, field);
  const absl::Status readable = need.ok() ? place.status() : need.status();
  if (!readable.ok()) {
    verdict.set_refusal_reason(base::ReasonOf(readable));
    return;
  }
  verdict.set_distance_meters(WayMeters(view, *place, card.rules.point, now));
  const Exclusion exclusion = Judge(card.rules, *need, Strictness::kSearch);
  if (exclusion != Exclusion::kNone) {
    verdict.set_refusal_reason(std::string(ExclusionCode(exclusion)));
  } else if (verdict.distance_meters() > reach_meters) {
    verdict.set_refusal_reason("TOO_FAR");
  }
}

}  // namespace

absl::StatusOr<v1::Agenda> ReadAgenda(SlotsStore& store, const base::Call& call,
                                      const v1::GetAgendaRequest& request) {
  SAS_RETURN_IF_ERROR(CheckName(call, "regions/*/sites/*/agendas/*", request.name()));
  std::optional<v1::Agenda> found;
  SAS_RETURN_IF_ERROR(store.Read(call, [&](SlotsTransaction& transaction) -> absl::Status {
    SAS_ASSIGN_OR_RETURN(found, transaction.agendas().templates().GetAgenda(request.name()));
    return found ? Fill(transaction, *found) : absl::OkStatus();
  }));
  if (found) return *std::move(found);
  return base::Fail(absl::StatusCode::kNotFound, "NAMED_AGENDA_NOT_FOUND",
                    "no template has made an agenda of this name: list those of the site",
                    {{"agenda", request.name()}});
}

absl::StatusOr<v1::ListAgendasResponse> ReadAgendas(SlotsStore& store, const base::Call& call,
                                                    const v1::ListAgendasRequest& request) {
  v1::ListAgendasResponse response;
  SAS_ASSIGN_OR_RETURN(auto rows,
                       ReadPage<v1::Agenda>(
                           store, call, request, "named_agendas|" + request.parent(),
                           [](TemplateLedger& ledger, const std::string& parent, const Page& page) {
                             return ledger.ListAgendas(parent, page);
                           },
                           *response.mutable_next_page_token()));
  for (v1::Agenda& row : rows) *response.add_agendas() = std::move(row);
  return response;
}

absl::StatusOr<v1::Worklist> ReadWorklist(SlotsStore& store, const base::Call& call,
                                          const v1::GetWorklistRequest& request) {
  return FindWorklist(store, call, request.name());
}

absl::StatusOr<v1::ListWorklistsResponse> ReadWorklists(SlotsStore& store, const base::Call& call,
                                                        const v1::ListWorklistsRequest& request) {
  if (!request.territory().empty()) {
    SAS_RETURN_IF_ERROR(care::CheckTerritory(request.territory(), "territory"));
  }
  v1::ListWorklistsResponse response;
  SAS_ASSIGN_OR_RETURN(
      auto rows,
      ReadPage<v1::Worklist>(
          store, call, request, "worklists|" + request.parent() + "|" + request.territory(),
          [](TemplateLedger& ledger, const std::string& parent, const Page& page) {
            return ledger.ListWorklists(parent, page);
          },
          *response.mutable_next_page_token()));
  for (v1::Worklist& row : rows) {
    if (Serves(row, request.territory())) *response.add_worklists() = std::move(row);
  }
  return response;
}

absl::StatusOr<v1::GetWorklistVerdictsResponse> JudgeWorklist(
    SlotsStore& store, const Projection& projection, const base::Call& call,
    const v1::GetWorklistVerdictsRequest& request, base::Instant now) {
  if (request.candidates().empty() || request.candidates_size() > kWorklistCandidatesMax) {
    return base::InvalidField("candidates", "INVALID_CANDIDATE_COUNT", "between 1 and 200 needs",
                              {{"candidates_max", std::to_string(kWorklistCandidatesMax)}});
  }
  SAS_ASSIGN_OR_RETURN(const v1::Worklist worklist, FindWorklist(store, call, request.name()));
  SAS_ASSIGN_OR_RETURN(const auto found, FindCard(projection, worklist.name()));
  v1::GetWorklistVerdictsResponse response;
  for (int i = 0; i < request.candidates_size(); ++i) {
    JudgeOne(*found.first, *found.second, request.candidates(i), worklist.reach_meters(),
             "candidates[" + std::to_string(i) + "]", now, *response.add_verdicts());
  }
  return response;
}

}  // namespace sas::slots
