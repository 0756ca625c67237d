#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "common/ledger/document.h"
#include "services/slots/partner_ledger_sql.h"

// What was agreed with platforms; their agendas are in partner_ledger_sql.cpp.
namespace sas::slots {

using soci::into;
using soci::use;
using sql::Exec;
using sql::FetchEach;
using sql::FetchOne;

absl::StatusOr<int> SqlPartnerLedger::CountAgendas(std::string_view region,
                                                   std::string_view partner) {
  long long count = 0;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    const std::string key(region);
    const std::string owner(partner);
    FetchOne(session_,
             "SELECT count(*) FROM partner_agendas WHERE region = :region AND partner = :partner",
             use(key, "region"), use(owner, "partner"), into(count));
  }));
  return static_cast<int>(count);
}

absl::StatusOr<std::optional<v1::Partner>> SqlPartnerLedger::GetPartner(std::string_view name) {
  const std::string key(name);
  std::string document;
  bool found = false;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    found = FetchOne(session_, "SELECT document FROM partners WHERE name = :name", use(key, "name"),
                     into(document));
  }));
  if (!found) return std::optional<v1::Partner>();
  v1::Partner partner;
  SAS_RETURN_IF_ERROR(ledger::FromDocument(document, key, &partner));
  return std::optional<v1::Partner>(std::move(partner));
}

absl::Status SqlPartnerLedger::PutPartner(const v1::Partner& partner) {
  return sql::Guard([&] {
    const std::string region(base::RegionOf(partner.name()));
    const std::string subject(base::LastId(partner.name()));
    const std::string document = ledger::ToDocument(partner);
    Exec(session_,
         "INSERT INTO partners (name, region, partner, document) VALUES (:name, :region, :partner, "
         ":document) ON CONFLICT (name) DO UPDATE SET document = excluded.document",
         use(partner.name(), "name"), use(region, "region"), use(subject, "partner"),
         use(document, "document"));
  });
}

absl::StatusOr<std::vector<PartnerRow>> SqlPartnerLedger::ListPartners(std::string_view region,
                                                                       std::string_view after,
                                                                       int limit) {
  std::vector<PartnerRow> rows;
  std::vector<std::string> documents;  // Empty: no record.
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    const std::string key(region);
    const std::string first(after);
    const long long most = limit;
    const std::string subject = Bytewise("k.partner");
    std::string partner, document;
    long long agendas = 0;
    FetchEach(
        session_,
        "SELECT k.partner, coalesce(r.document, ''), (SELECT count(*) FROM partner_agendas a "
        "WHERE a.region = k.region AND a.partner = k.partner) FROM (SELECT region, partner FROM "
        "partners UNION SELECT region, partner FROM partner_agendas) k LEFT JOIN partners r ON "
        "r.region = k.region AND r.partner = k.partner WHERE k.region = :region AND " +
            subject + " > :after ORDER BY " + subject + " LIMIT :limit",
        [&] {
          rows.push_back({partner, static_cast<int>(agendas), std::nullopt});
          documents.push_back(document);
        },
        use(key, "region"), use(first, "after"), use(most, "limit"), into(partner), into(document),
        into(agendas));
  }));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (documents[i].empty()) continue;
    SAS_RETURN_IF_ERROR(
        ledger::FromDocument(documents[i], rows[i].partner, &rows[i].record.emplace()));
  }
  return rows;
}

}  // namespace sas::slots
