#include "common/base/resource_name.h"
#include "services/slots/domain/place_name.h"
#include "services/slots/store_sql_transaction.h"

namespace sas::slots {

using soci::use;
using sql::Exec;

namespace {

/// ",85,44,": a code is looked for with its commas.
template <typename List>
std::string CodeList(const List& codes) {
  std::string text = ",";
  for (const auto& code : codes) text += code + ",";
  return text;
}

std::string Containing(std::string_view code) {
  return "%," + std::string(code) + ",%";
}

}  // namespace

absl::Status SqlTransaction::PutCommune(std::string_view region, const type::v1::Commune& commune) {
  return sql::Guard([&] {
    const std::string key(region);
    const std::string folded = FoldPlaceName(commune.display_name());
    const std::string bare(WithoutArticle(folded));
    const std::string postal_codes = CodeList(commune.postal_codes());
    const long long population = commune.population();
    const std::string document = ledger::ToDocument(commune);
    Exec(session_,
         "INSERT INTO communes (region, insee_code, folded, bare, postal_codes, population, "
         "document) VALUES (:region, :insee_code, :folded, :bare, :postal_codes, :population, "
         ":document) ON CONFLICT (region, insee_code) DO UPDATE SET folded = excluded.folded, "
         "bare = excluded.bare, postal_codes = excluded.postal_codes, "
         "population = excluded.population, document = excluded.document",
         use(key, "region"), use(commune.insee_code(), "insee_code"), use(folded, "folded"),
         use(bare, "bare"), use(postal_codes, "postal_codes"), use(population, "population"),
         use(document, "document"));
  });
}

absl::StatusOr<std::optional<type::v1::Commune>> SqlTransaction::GetCommune(std::string_view region,
                                                                            std::string_view code) {
  const CommuneQuery query{std::string(code), "", ""};
  SAS_ASSIGN_OR_RETURN(std::vector<type::v1::Commune> found, FindCommunes(region, query, 1));
  if (found.empty()) return std::optional<type::v1::Commune>();
  return std::optional<type::v1::Commune>(std::move(found.front()));
}

absl::StatusOr<std::vector<type::v1::Commune>> SqlTransaction::ListCommunes(std::string_view region,
                                                                            const Page& page) {
  const std::string key = Bytewise("insee_code");
  return FetchMessages<type::v1::Commune>(
      {"SELECT insee_code, document FROM communes WHERE region = :region AND " + key +
           " > :after ORDER BY " + key + " LIMIT :limit",
       {{"region", std::string(region)}, {"after", page.after}},
       page.limit});
}

absl::StatusOr<std::vector<type::v1::Commune>> SqlTransaction::FindCommunes(
    std::string_view region, const CommuneQuery& query, int limit) {
  SqlQuery sql{"SELECT insee_code, document FROM communes WHERE region = :region",
               {{"region", std::string(region)}},
               limit};
  if (!query.insee_code.empty()) {
    sql.text += " AND insee_code = :code";
    sql.bound.emplace_back("code", query.insee_code);
  } else if (!query.postal_code.empty()) {
    sql.text += " AND postal_codes LIKE :postal";
    sql.bound.emplace_back("postal", Containing(query.postal_code));
  } else {  // A folded name has neither % nor _.
    sql.text += " AND (folded LIKE :folded OR bare LIKE :bare)";
    sql.bound.emplace_back("folded", query.folded_prefix + "%");
    sql.bound.emplace_back("bare", query.folded_prefix + "%");
  }
  sql.text += " ORDER BY population DESC, " + Bytewise("insee_code") + " LIMIT :limit";
  return FetchMessages<type::v1::Commune>(sql);
}

absl::Status SqlTransaction::PutStructure(const v1::Structure& structure) {
  return PutRow("structures", structure.name(), ledger::ToDocument(structure));
}

absl::StatusOr<std::vector<v1::Structure>> SqlTransaction::ListStructures(std::string_view region,
                                                                          const Page& page) {
  return FetchMessages<v1::Structure>(PageOf("structures", "region", region, page));
}

absl::Status SqlTransaction::PutBarrier(const v1::Barrier& barrier) {
  return PutRow("barriers", barrier.name(), ledger::ToDocument(barrier));
}

absl::StatusOr<std::vector<v1::Barrier>> SqlTransaction::ListBarriers(std::string_view region,
                                                                      const Page& page) {
  return FetchMessages<v1::Barrier>(PageOf("barriers", "region", region, page));
}

absl::Status SqlTransaction::PutPractitioner(const v1::Practitioner& practitioner) {
  return PutRow("practitioners", practitioner.name(), ledger::ToDocument(practitioner), "rpps",
                practitioner.rpps());
}

absl::StatusOr<std::optional<v1::Practitioner>> SqlTransaction::GetPractitioner(
    std::string_view name) {
  return FetchMessage<v1::Practitioner>("practitioners", name);
}

absl::StatusOr<std::vector<v1::Practitioner>> SqlTransaction::ListPractitioners(
    std::string_view region, const Page& page) {
  return FetchMessages<v1::Practitioner>(PageOf("practitioners", "region", region, page));
}

absl::Status SqlTransaction::PutSite(const v1::Site& site) {
  return sql::Guard([&] {
    const std::string region(base::RegionOf(site.name()));
    const std::string territories = CodeList(site.territories());
    const std::string document = ledger::ToDocument(site);
    Exec(session_,
         "INSERT INTO sites (name, region, territories, finess, document) VALUES (:name, :region, "
         ":territories, :finess, :document) ON CONFLICT (name) DO UPDATE SET "
         "territories = excluded.territories, finess = excluded.finess, "
         "document = excluded.document",
         use(site.name(), "name"), use(region, "region"), use(territories, "territories"),
         use(site.finess(), "finess"), use(document, "document"));
  });
}

absl::StatusOr<std::optional<v1::Site>> SqlTransaction::GetSite(std::string_view name) {
  return FetchMessage<v1::Site>("sites", name);
}

absl::StatusOr<std::vector<v1::Site>> SqlTransaction::ListSites(std::string_view region,
                                                                std::string_view territory,
                                                                const Page& page) {
  if (territory.empty()) return FetchMessages<v1::Site>(PageOf("sites", "region", region, page));
  const std::string key = Bytewise("name");
  return FetchMessages<v1::Site>(
      {"SELECT name, document FROM sites WHERE region = :region AND territories LIKE :territory "
       "AND " +
           key + " > :after ORDER BY " + key + " LIMIT :limit",
       {{"region", std::string(region)},
        {"territory", Containing(territory)},
        {"after", page.after}},
       page.limit});
}

absl::Status SqlTransaction::PutSessionPlan(const v1::SessionPlan& plan) {
  const std::string site = plan.name().substr(0, plan.name().find("/plans/"));
  SAS_RETURN_IF_ERROR(PutRow("session_plans", plan.name(), ledger::ToDocument(plan), "site", site));
  return NotePractitioner("session_plans", plan.name(), plan.practitioner());
}

absl::StatusOr<std::vector<v1::SessionPlan>> SqlTransaction::ListSessionPlans(
    std::string_view parent, const Page& page) {
  const bool of_site = parent.find("/sites/") != std::string_view::npos;
  return FetchMessages<v1::SessionPlan>(PageOf("session_plans", of_site ? "site" : "region",
                                               of_site ? parent : base::RegionOf(parent), page));
}

}  // namespace sas::slots
