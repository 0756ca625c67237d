#include "services/slots/store_sql_transaction.h"

namespace sas::slots {

using soci::into;
using soci::use;
using sql::Exec;
using sql::FetchEach;
using sql::FetchOne;

absl::Status SqlTransaction::TouchSite(std::string_view region, std::string_view site) {
  if (versions_.count(region) == 0) SAS_RETURN_IF_ERROR(NextDirectory(region).status());
  return sql::Guard([&] {
    const std::string key(region);
    const std::string name(site);
    const long long version = versions_.find(region)->second;
    const long long kept = version - kSiteChangesVersions;
    Exec(session_,
         "INSERT INTO site_changes (region, directory, site) VALUES (:region, :directory, :site) "
         "ON CONFLICT (region, directory, site) DO NOTHING",
         use(key, "region"), use(version, "directory"), use(name, "site"));
    Exec(session_, "DELETE FROM site_changes WHERE region = :region AND directory <= :kept",
         use(key, "region"), use(kept, "kept"));
  });
}

absl::StatusOr<SiteChanges> SqlTransaction::ListSiteChanges(std::string_view region,
                                                            std::int64_t after) {
  SAS_ASSIGN_OR_RETURN(const RegionState state, GetRegion(region));
  if (state.directory < after) return SiteChanges{};
  SiteChanges changes{false, {}};
  long long versions = 0;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    const std::string key(region);
    const long long from = after;
    const long long rows = kSiteChangesMax + 1;
    std::string site;
    FetchOne(session_,
             "SELECT count(DISTINCT directory) FROM site_changes "
             "WHERE region = :region AND directory > :after",
             use(key, "region"), use(from, "after"), into(versions));
    const std::string name = Bytewise("site");
    FetchEach(
        session_,
        "SELECT site FROM site_changes WHERE region = :region AND directory > :after "
        "GROUP BY site ORDER BY " +
            name + " LIMIT :rows",
        [&] { changes.sites.push_back(site); }, use(key, "region"), use(from, "after"),
        use(rows, "rows"), into(site));
  }));
  // The empty name sorts first.
  const bool all = !changes.sites.empty() && changes.sites.front().empty();
  const bool gap = versions != state.directory - after;
  if (all || gap || changes.sites.size() > kSiteChangesMax) return SiteChanges{};
  return changes;
}

}  // namespace sas::slots
