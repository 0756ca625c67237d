#include "services/slots/store_sql_transaction.h"

namespace sas::slots {

using soci::into;
using soci::use;
using sql::Exec;
using sql::FetchEach;
using sql::FetchOne;

namespace {

// A replica of the program before reads the log by version, and one without a row as a change of
// everything: while both run, each of so many has its rows, as that program kept them.
constexpr long long kVersionsKept = 256;

}  // namespace

absl::Status SqlTransaction::TouchSite(std::string_view region, std::string_view site) {
  if (versions_.count(region) == 0) SAS_RETURN_IF_ERROR(NextDirectory(region).status());
  return sql::Guard([&] {
    const std::string key(region);
    const std::string name(site);
    const long long version = versions_.find(region)->second;
    Exec(session_,
         "INSERT INTO site_changes (region, directory, site) VALUES (:region, :directory, :site) "
         "ON CONFLICT (region, directory, site) DO NOTHING",
         use(key, "region"), use(version, "directory"), use(name, "site"));
    // Of each site the last change, and those of the versions shortly before it: the log grows with
    // the sites, not with the versions.
    const long long kept = version - kVersionsKept;
    Exec(session_,
         "DELETE FROM site_changes WHERE region = :region AND site = :site AND directory <= :kept",
         use(key, "region"), use(name, "site"), use(kept, "kept"));
    long long& logged = logged_[key];
    if (logged == version) return;
    logged = version;
    // A version before this one that has said nothing has changed everything.
    const std::string now = std::to_string(version);
    const std::string before = std::to_string(version - 1);
    Exec(session_,
         "UPDATE regions SET log_since = CASE WHEN logged >= " + before + " THEN log_since ELSE " +
             before + " END, logged = " + now + " WHERE region = :region",
         use(key, "region"));
  });
}

absl::StatusOr<SiteChanges> SqlTransaction::ListSiteChanges(std::string_view region,
                                                            std::int64_t after) {
  SAS_ASSIGN_OR_RETURN(const RegionState state, GetRegion(region));
  if (state.directory < after) return SiteChanges{};
  SiteChanges changes{false, {}};
  if (state.directory == after) return changes;
  long long since = 0;
  long long logged = 0;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    const std::string key(region);
    const long long from = after;
    const long long rows = kRefreshedSitesMax + 1;
    std::string site;
    FetchOne(session_, "SELECT log_since, logged FROM regions WHERE region = :region",
             use(key, "region"), into(since), into(logged));
    if (logged != state.directory || after < since) return;
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
  if (all || logged != state.directory || after < since) return SiteChanges{};
  return changes;
}

}  // namespace sas::slots
