#include "services/slots/directory_reads.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <string>
#include <vector>

#include "common/base/page_token.h"
#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "common/care/identifiers.h"
#include "common/rpc/auth.h"
#include "services/slots/directory_unscheduled.h"
#include "services/slots/domain/place_name.h"

namespace sas::slots {
namespace {

/// How professionals reach the site is of those who regulate, book, receive or plan.
bool SeesLine(const base::Actor& actor) {
  return actor.role != base::Role::kPartner && actor.role != base::Role::kOperations &&
         actor.role != base::Role::kReferent;
}

void HideLine(const base::Actor& actor, v1::Site& site) {
  if (SeesLine(actor)) return;
  site.clear_direct_line();
  site.clear_secure_mailbox();
}

absl::StatusOr<std::string> RegionOfParent(const base::Call& call, std::string_view pattern,
                                           std::string_view name, std::string_view field) {
  SAS_ASSIGN_OR_RETURN(const auto ids, base::ParseName(pattern, name, field));
  SAS_RETURN_IF_ERROR(rpc::CheckRegion(call, ids[0]));
  return ids[0];
}

/// One page of rows by name: asks for one more, to know whether there is a next.
template <typename Row, typename Request, typename List>
absl::StatusOr<std::vector<Row>> ReadPage(SlotsStore& store, const base::Call& call,
                                          const Request& request, std::string_view identity,
                                          List list, std::string& next_token) {
  SAS_ASSIGN_OR_RETURN(const int size,
                       base::PageSize(request.page_size(), kPageStandard, kPageMax));
  SAS_ASSIGN_OR_RETURN(const std::string after,
                       base::ParsePageToken(identity, request.page_token()));
  std::vector<Row> rows;
  SAS_RETURN_IF_ERROR(store.Read(call, [&](SlotsTransaction& transaction) -> absl::Status {
    SAS_ASSIGN_OR_RETURN(rows, list(transaction, Page{after, size + 1}));
    return absl::OkStatus();
  }));
  if (rows.size() > static_cast<std::size_t>(size)) {
    rows.resize(static_cast<std::size_t>(size));
    next_token = base::MakePageToken(identity, rows.back().name());
  }
  return rows;
}

absl::Status PractitionerNotFound(const std::string& name) {
  return base::Fail(absl::StatusCode::kNotFound, "PRACTITIONER_NOT_FOUND",
                    "no such practitioner in this region", {{"practitioner", name}});
}

std::string Upper(std::string_view text) {
  std::string upper(text);
  std::transform(upper.begin(), upper.end(), upper.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return upper;
}

/// Codes before names: 85047 is Challans, though 85047 might be a postal code elsewhere.
absl::StatusOr<std::vector<type::v1::Commune>> FindCommunes(SlotsTransaction& transaction,
                                                            const std::string& region,
                                                            const std::string& folded, int limit) {
  const std::string code = Upper(folded);
  if (!care::CheckInseeCode(code, "query").ok()) {
    return transaction.FindCommunes(region, {"", "", folded}, limit);
  }
  SAS_ASSIGN_OR_RETURN(auto found, transaction.FindCommunes(region, {code, "", ""}, 1));
  SAS_ASSIGN_OR_RETURN(auto reached, transaction.FindCommunes(region, {"", code, ""}, limit));
  for (type::v1::Commune& commune : reached) {
    const bool known = !found.empty() && found[0].insee_code() == commune.insee_code();
    if (!known && found.size() < static_cast<std::size_t>(limit)) {
      found.push_back(std::move(commune));
    }
  }
  return found;
}

}  // namespace

absl::StatusOr<v1::Site> ReadSite(SlotsStore& store, const base::Call& call,
                                  const v1::GetSiteRequest& request, base::Instant now) {
  SAS_RETURN_IF_ERROR(RegionOfParent(call, "regions/*/sites/*", request.name(), "name").status());
  std::optional<v1::Site> site;
  SAS_RETURN_IF_ERROR(store.Read(call, [&](SlotsTransaction& transaction) -> absl::Status {
    SAS_ASSIGN_OR_RETURN(site, transaction.GetSite(request.name()));
    return site ? TellUnscheduledCare(transaction, now, *site) : absl::OkStatus();
  }));
  if (!site) {
    return base::Fail(absl::StatusCode::kNotFound, "SITE_NOT_FOUND", "no such site in this region",
                      {{"site", request.name()}});
  }
  HideLine(call.actor, *site);
  return *std::move(site);
}

absl::StatusOr<v1::ListSitesResponse> ReadSites(SlotsStore& store, const base::Call& call,
                                                const v1::ListSitesRequest& request,
                                                base::Instant now) {
  SAS_ASSIGN_OR_RETURN(const std::string region,
                       RegionOfParent(call, "regions/*", request.parent(), "parent"));
  if (!request.territory().empty()) {
    SAS_RETURN_IF_ERROR(care::CheckTerritory(request.territory(), "territory"));
  }
  v1::ListSitesResponse response;
  SAS_ASSIGN_OR_RETURN(
      auto sites, ReadPage<v1::Site>(
                      store, call, request, "sites|" + region + "|" + request.territory(),
                      [&](SlotsTransaction& transaction,
                          const Page& page) -> absl::StatusOr<std::vector<v1::Site>> {
                        SAS_ASSIGN_OR_RETURN(
                            auto found, transaction.ListSites(region, request.territory(), page));
                        for (v1::Site& site : found) {
                          SAS_RETURN_IF_ERROR(TellUnscheduledCare(transaction, now, site));
                        }
                        return found;
                      },
                      *response.mutable_next_page_token()));
  for (v1::Site& site : sites) {
    HideLine(call.actor, site);
    *response.add_sites() = std::move(site);
  }
  return response;
}

absl::StatusOr<v1::Practitioner> ReadPractitioner(SlotsStore& store, const base::Call& call,
                                                  const v1::GetPractitionerRequest& request) {
  SAS_RETURN_IF_ERROR(
      RegionOfParent(call, "regions/*/practitioners/*", request.name(), "name").status());
  std::optional<v1::Practitioner> practitioner;
  SAS_RETURN_IF_ERROR(store.Read(call, [&](SlotsTransaction& transaction) -> absl::Status {
    SAS_ASSIGN_OR_RETURN(practitioner, transaction.GetPractitioner(request.name()));
    return absl::OkStatus();
  }));
  if (!practitioner) return PractitionerNotFound(request.name());
  return *std::move(practitioner);
}

absl::StatusOr<v1::ListPractitionersResponse> ReadPractitioners(
    SlotsStore& store, const base::Call& call, const v1::ListPractitionersRequest& request) {
  SAS_ASSIGN_OR_RETURN(const std::string region,
                       RegionOfParent(call, "regions/*", request.parent(), "parent"));
  v1::ListPractitionersResponse response;
  SAS_ASSIGN_OR_RETURN(auto practitioners,
                       ReadPage<v1::Practitioner>(
                           store, call, request, "practitioners|" + region,
                           [&](SlotsTransaction& transaction, const Page& page) {
                             return transaction.ListPractitioners(region, page);
                           },
                           *response.mutable_next_page_token()));
  for (auto& row : practitioners) *response.add_practitioners() = std::move(row);
  return response;
}

absl::StatusOr<v1::ListSessionPlansResponse> ReadSessionPlans(
    SlotsStore& store, const base::Call& call, const v1::ListSessionPlansRequest& request) {
  SAS_RETURN_IF_ERROR(
      RegionOfParent(call, "regions/*/sites/*", request.parent(), "parent").status());
  v1::ListSessionPlansResponse response;
  SAS_ASSIGN_OR_RETURN(auto plans, ReadPage<v1::SessionPlan>(
                                       store, call, request, "plans|" + request.parent(),
                                       [&](SlotsTransaction& transaction, const Page& page) {
                                         return transaction.ListSessionPlans(request.parent(),
                                                                             page);
                                       },
                                       *response.mutable_next_page_token()));
  for (auto& row : plans) *response.add_session_plans() = std::move(row);
  return response;
}

absl::StatusOr<v1::SearchCommunesResponse> ReadCommunes(SlotsStore& store, const base::Call& call,
                                                        const v1::SearchCommunesRequest& request) {
  SAS_ASSIGN_OR_RETURN(const std::string region,
                       RegionOfParent(call, "regions/*", request.parent(), "parent"));
  SAS_ASSIGN_OR_RETURN(const int limit,
                       base::PageSize(request.page_size(), kCommunesStandard, kCommunesFoundMax));
  if (request.query().size() > kCommuneQueryMax) {
    return base::InvalidField("query", "TEXT_TOO_LONG", "at most 80 bytes");
  }
  const std::string folded = FoldPlaceName(request.query());
  if (folded.size() < 2) {
    return base::InvalidField("query", "QUERY_TOO_SHORT",
                              "give an INSEE code, a postal code or two letters of the name");
  }
  v1::SearchCommunesResponse response;
  SAS_RETURN_IF_ERROR(store.Read(call, [&](SlotsTransaction& transaction) -> absl::Status {
    SAS_ASSIGN_OR_RETURN(const auto found, FindCommunes(transaction, region, folded, limit));
    response.mutable_communes()->Assign(found.begin(), found.end());
    return absl::OkStatus();
  }));
  return response;
}

}  // namespace sas::slots
