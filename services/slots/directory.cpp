#include "services/slots/directory.h"

#include <utility>
#include <vector>

#include "common/base/resource_name.h"
#include "common/base/status.h"

namespace sas::slots {
namespace {

constexpr int kPageRows = 1000;

/// Reads a list to its end into a map by `key`.
template <typename Row, typename List, typename Key>
absl::Status ReadAll(std::map<std::string, Row>& rows, List list, Key key) {
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

}  // namespace

absl::StatusOr<Directory> ReadDirectory(SlotsTransaction& transaction, std::string_view region) {
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
