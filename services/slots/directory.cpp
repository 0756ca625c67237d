#include "services/slots/directory.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "common/base/resource_name.h"
#include "common/base/status.h"

namespace sas::slots {
namespace {

constexpr int kPageRows = 1000;

/// Reads a list to its end into a map by `key`.
template <typename Rows, typename List, typename Key>
absl::Status ReadAll(Rows& rows, List list, Key key) {
  using Row = typename Rows::mapped_type;
  Page page{"", kPageRows};
  while (true) {
    SAS_ASSIGN_OR_RETURN(std::vector<Row> batch, list(page));
    for (Row& row : batch) {
      page.after = key(row);
      rows.emplace(page.after, std::move(row));
    }
    if (batch.size() < static_cast<std::size_t>(kPageRows)) return absl::OkStatus();
  }
}

/// Reads single rows into a directory, each once.
class Around {
 public:
  Around(SlotsTransaction& transaction, base::Instant now, Directory& directory)
      : transaction_(transaction), now_(now), directory_(directory) {}

  absl::Status Structure(const std::string& name) {
    return Read(directory_.structures, name, [&] { return transaction_.GetStructure(name); });
  }

  absl::Status Practitioner(const std::string& name) {
    if (directory_.practitioners.contains(name)) return absl::OkStatus();
    SAS_RETURN_IF_ERROR(ReadPractitioner(transaction_, name, directory_.practitioners));
    SAS_ASSIGN_OR_RETURN(const auto plans, transaction_.agendas().ListPlansOf(name));
    for (const v1::SessionPlan& plan : plans) {
      directory_.plans.emplace(plan.name(), plan);
      SAS_RETURN_IF_ERROR(Site(plan.name().substr(0, plan.name().find("/plans/"))));
    }
    SAS_ASSIGN_OR_RETURN(const auto openings, transaction_.agendas().ListOpeningsOf(name, now_));
    for (const v1::AgendaException& opening : openings) {
      directory_.openings.emplace(opening.name(), opening);
      SAS_RETURN_IF_ERROR(Site(SiteOfException(opening.name())));
    }
    return absl::OkStatus();
  }

  absl::Status Site(const std::string& name) {
    return Read(directory_.sites, name, [&] { return transaction_.GetSite(name); });
  }

  absl::Status SessionsOf(const std::string& site) {
    SAS_RETURN_IF_ERROR(ReadAll(
        directory_.plans,
        [&](const Page& page) { return transaction_.ListSessionPlans(site, page); },
        [](const auto& row) { return row.name(); }));
    return ReadOpenings(transaction_, site, now_, directory_.openings);
  }

  absl::Status Commune(std::string_view region, const std::string& code) {
    return Read(directory_.communes, code, [&] { return transaction_.GetCommune(region, code); });
  }

 private:
  template <typename Row, typename Get>
  absl::Status Read(std::map<std::string, Row>& rows, const std::string& name, Get get) {
    if (name.empty() || rows.contains(name)) return absl::OkStatus();
    SAS_ASSIGN_OR_RETURN(std::optional<Row> row, get());
    if (row) rows.emplace(name, *std::move(row));
    return absl::OkStatus();
  }

  SlotsTransaction& transaction_;
  const base::Instant now_;
  Directory& directory_;
};

/// Has the plan another agenda than before, or the same on days on which it had it not?
bool TakesMore(const v1::SessionPlan& before, const v1::SessionPlan& plan) {
  const std::string& end = before.effective_end_date();
  const bool longer = !end.empty() && (plan.effective_end_date().empty() ||  // YYYY-MM-DD sorts.
                                       plan.effective_end_date() > end);
  const bool earlier = plan.effective_start_date() < before.effective_start_date();
  return plan.agenda() != before.agenda() || longer || earlier;
}

}  // namespace

std::string SiteOfException(const std::string& name) {
  return name.substr(0, name.find("/exceptions/"));
}

absl::Status ReadOpenings(SlotsTransaction& transaction, const std::string& parent,
                          base::Instant now, Openings& openings) {
  SAS_RETURN_IF_ERROR(ReadAll(
      openings,
      [&](const Page& page) { return transaction.agendas().ListExceptions(parent, now, page); },
      [](const auto& row) { return row.name(); }));
  std::erase_if(openings, [](const auto& row) {
    return row.second.kind() != v1::AgendaException::KIND_OPENING;
  });
  return absl::OkStatus();
}

absl::Status ReadFedAgendas(SlotsTransaction& transaction, const v1::Territory& territory,
                            Directory& directory) {
  std::map<std::string, std::vector<std::string>> takers;  // Plans by agenda.
  for (const v1::SessionPlan& plan : territory.session_plans()) {
    const auto before = directory.plans.find(plan.name());
    if (before != directory.plans.end() && !TakesMore(before->second, plan)) continue;
    const std::string site = plan.name().substr(0, plan.name().find("/plans/"));
    takers[AgendaName(site, plan.agenda())].push_back(plan.name());
  }
  for (const auto& [agenda, plans] : takers) {
    SAS_ASSIGN_OR_RETURN(const auto fed, transaction.partners().GetAgenda(agenda));
    if (fed) directory.onto_fed.insert(plans.begin(), plans.end());
  }
  return absl::OkStatus();
}

absl::StatusOr<Directory> ReadAround(SlotsTransaction& transaction, std::string_view region,
                                     const v1::Territory& territory, base::Instant now) {
  Directory directory;
  Around around(transaction, now, directory);
  for (const v1::Structure& structure : territory.structures()) {
    SAS_RETURN_IF_ERROR(around.Structure(structure.name()));
    for (const std::string& community : structure.communities()) {
      SAS_RETURN_IF_ERROR(around.Structure(community));
    }
  }
  for (const v1::Practitioner& practitioner : territory.practitioners()) {
    SAS_RETURN_IF_ERROR(around.Practitioner(practitioner.name()));
    for (const auto& activity : practitioner.activities()) {
      SAS_RETURN_IF_ERROR(around.Site(activity.site()));
    }
  }
  for (const v1::Site& site : territory.sites()) {
    SAS_RETURN_IF_ERROR(around.Site(site.name()));
    SAS_RETURN_IF_ERROR(around.Commune(region, site.place().insee_code()));
    SAS_RETURN_IF_ERROR(around.Structure(site.structure()));
    for (const std::string& partner : site.partner_structures()) {
      SAS_RETURN_IF_ERROR(around.Structure(partner));
    }
    for (const v1::SiteRight& right : site.rights()) {
      SAS_RETURN_IF_ERROR(around.Structure(right.structure()));
    }
  }
  for (const v1::SessionPlan& plan : territory.session_plans()) {
    const std::string site = plan.name().substr(0, plan.name().find("/plans/"));
    SAS_RETURN_IF_ERROR(around.Site(site));
    SAS_RETURN_IF_ERROR(around.SessionsOf(site));
    if (!plan.practitioner().empty()) {
      SAS_RETURN_IF_ERROR(around.Practitioner(plan.practitioner()));
    }
  }
  SAS_RETURN_IF_ERROR(ReadFedAgendas(transaction, territory, directory));
  return directory;
}

absl::StatusOr<Directory> ReadDirectory(SlotsTransaction& transaction, std::string_view region,
                                        base::Instant now) {
  const std::string parent = base::JoinName({{"regions", region}});
  const auto by_name = [](const auto& row) { return row.name(); };
  Directory directory;
  SAS_RETURN_IF_ERROR(ReadAll(
      directory.communes, [&](const Page& page) { return transaction.ListCommunes(region, page); },
      [](const type::v1::Commune& row) { return row.insee_code(); }));
  SAS_RETURN_IF_ERROR(ReadAll(
      directory.structures,
      [&](const Page& page) { return transaction.ListStructures(region, page); }, by_name));
  SAS_RETURN_IF_ERROR(ReadAll(
      directory.practitioners,
      [&](const Page& page) { return transaction.ListPractitioners(region, page); }, by_name));
  SAS_RETURN_IF_ERROR(ReadAll(
      directory.sites, [&](const Page& page) { return transaction.ListSites(region, "", page); },
      by_name));
  SAS_RETURN_IF_ERROR(ReadAll(
      directory.plans, [&](const Page& page) { return transaction.ListSessionPlans(parent, page); },
      by_name));
  SAS_RETURN_IF_ERROR(ReadOpenings(transaction, parent, now, directory.openings));
  return directory;
}

Directory WithTerritory(Directory directory, const v1::Territory& territory) {
  for (const auto& row : territory.communes()) directory.communes[row.insee_code()] = row;
  for (const auto& row : territory.structures()) directory.structures[row.name()] = row;
  for (const auto& row : territory.practitioners()) directory.practitioners[row.name()] = row;
  for (const auto& row : territory.sites()) directory.sites[row.name()] = row;
  for (const auto& row : territory.session_plans()) directory.plans[row.name()] = row;
  return directory;
}

}  // namespace sas::slots
