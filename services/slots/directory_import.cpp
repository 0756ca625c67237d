#include "services/slots/directory_import.h"

#include <algorithm>
#include <set>
#include <utility>

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "sas/events/v1/event.pb.h"
#include "services/slots/directory_checks.h"
#include "services/slots/directory_writes.h"
#include "services/slots/planning_rights.h"

namespace sas::slots {
namespace {

/// The entry as it is, null when it is new.
template <typename Row>
const Row* Find(const std::map<std::string, Row>& before, const std::string& name) {
  const auto found = before.find(name);
  return found == before.end() ? nullptr : &found->second;
}

std::string SiteOfPlan(const std::string& plan) {
  return plan.substr(0, plan.find("/plans/"));
}

}  // namespace

TerritoryImport::TerritoryImport(const base::Actor& actor, std::string region,
                                 const v1::Territory& territory, ImportOptions options,
                                 base::Instant now)
    : actor_(actor),
      region_(std::move(region)),
      territory_(territory),
      options_(options),
      now_(now) {}

absl::Status TerritoryImport::Check(SlotsTransaction& transaction) {
  SAS_ASSIGN_OR_RETURN(before_, ReadDirectory(transaction, region_, now_));
  SAS_RETURN_IF_ERROR(ReadFedAgendas(transaction, territory_, before_));
  after_ = WithTerritory(before_, territory_);
  SAS_RETURN_IF_ERROR(CheckTerritoryFile(region_, territory_, after_, options_.test_identities));
  return CheckRights();
}

absl::Status TerritoryImport::CheckRights() const {
  for (const v1::Site& site : territory_.sites()) {
    const v1::Site* before = Find(before_.sites, site.name());
    if (before == nullptr || SaysTheSame(*before, site)) continue;
    SAS_RETURN_IF_ERROR(CheckSiteRight(actor_, *before, "", Right::kManage));
  }
  for (const v1::SessionPlan& plan : territory_.session_plans()) {
    const v1::Site* site = Find(before_.sites, SiteOfPlan(plan.name()));
    const v1::SessionPlan* before = Find(before_.plans, plan.name());
    if (site == nullptr || (before != nullptr && SaysTheSame(*before, plan))) continue;
    SAS_RETURN_IF_ERROR(CheckSiteRight(actor_, *site, plan.agenda(), Right::kManage));
    if (before != nullptr) {
      SAS_RETURN_IF_ERROR(CheckSiteRight(actor_, *site, before->agenda(), Right::kManage));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::ImportTerritoryResponse> TerritoryImport::Run(SlotsTransaction& transaction) {
  // First, so that two imports of a region wait for each other before they read.
  SAS_RETURN_IF_ERROR(transaction.NextDirectory(region_).status());
  SAS_RETURN_IF_ERROR(Check(transaction));
  SAS_RETURN_IF_ERROR(WriteEntries(transaction));
  SAS_RETURN_IF_ERROR(WriteSites(transaction));
  SAS_RETURN_IF_ERROR(WritePlans(transaction));
  SAS_RETURN_IF_ERROR(TouchSites(transaction));
  SAS_RETURN_IF_ERROR(Publish(transaction));
  return Response();
}

absl::Status TerritoryImport::WriteEntries(SlotsTransaction& transaction) {
  for (const auto& commune : territory_.communes()) {
    SAS_RETURN_IF_ERROR(transaction.PutCommune(region_, commune));
  }
  for (const auto& structure : territory_.structures()) {
    SAS_RETURN_IF_ERROR(transaction.PutStructure(structure));
  }
  for (const auto& barrier : territory_.barriers()) {
    SAS_RETURN_IF_ERROR(transaction.PutBarrier(barrier));
  }
  for (const auto& practitioner : territory_.practitioners()) {
    SAS_RETURN_IF_ERROR(transaction.PutPractitioner(practitioner));
  }
  return absl::OkStatus();
}

absl::Status TerritoryImport::WriteSites(SlotsTransaction& transaction) {
  for (const v1::Site& site : territory_.sites()) {
    const std::string& commune = after_.communes.at(site.place().insee_code()).display_name();
    SAS_RETURN_IF_ERROR(
        WriteSite(transaction, site, Find(before_.sites, site.name()), commune, now_).status());
  }
  return absl::OkStatus();
}

absl::Status TerritoryImport::WritePlans(SlotsTransaction& transaction) {
  for (const v1::SessionPlan& plan : territory_.session_plans()) {
    SAS_RETURN_IF_ERROR(
        WritePlan(transaction, plan, Find(before_.plans, plan.name()), now_).status());
  }
  return absl::OkStatus();
}

// What searches have to read again: each site of the file, and those whose plans or practitioners
// it has, whoever makes their slots. Communes, barriers and who is a member of a community belong
// to the whole region.
absl::Status TerritoryImport::TouchSites(SlotsTransaction& transaction) {
  const bool same_communes = std::all_of(
      territory_.communes().begin(), territory_.communes().end(), [&](const auto& commune) {
        const auto found = before_.communes.find(commune.insee_code());
        return found != before_.communes.end() &&
               found->second.SerializeAsString() == commune.SerializeAsString();
      });
  std::set<std::string> sites;
  for (const auto& site : territory_.sites()) sites.insert(site.name());
  for (const auto& plan : territory_.session_plans()) sites.insert(SiteOfPlan(plan.name()));
  std::set<std::string> people;
  for (const auto& each : territory_.practitioners()) people.insert(each.name());
  for (const auto& [name, plan] : after_.plans) {
    if (people.count(plan.practitioner()) != 0) sites.insert(SiteOfPlan(name));
  }
  for (const auto& [name, opening] : after_.openings) {
    if (people.count(opening.practitioner()) == 0) continue;
    sites.insert(SiteOfException(name));
  }
  for (const std::string& each : people) {
    SAS_ASSIGN_OR_RETURN(auto fed, transaction.partners().ListSitesOf(each, now_));
    sites.insert(fed.begin(), fed.end());
  }
  const bool same_members = std::all_of(
      territory_.structures().begin(), territory_.structures().end(), [&](const auto& structure) {
        return SameMembership(Find(before_.structures, structure.name()), structure);
      });
  const bool whole = !same_communes || !same_members || !territory_.barriers().empty();
  if (whole || sites.size() > kSiteChangesMax) sites = {""};
  for (const std::string& site : sites) {
    SAS_RETURN_IF_ERROR(transaction.TouchSite(region_, site));
  }
  return absl::OkStatus();
}

absl::Status TerritoryImport::Publish(SlotsTransaction& transaction) {
  const std::string subject = base::JoinName({{"regions", region_}});
  const std::string sites = std::to_string(territory_.sites_size());
  const std::string plans = std::to_string(territory_.session_plans_size());
  const std::string people = std::to_string(territory_.practitioners_size());
  SAS_RETURN_IF_ERROR(transaction.journal().Audit(
      {"ImportTerritory", subject, region_,
       "sites=" + sites + ",plans=" + plans + ",practitioners=" + people}));
  events::v1::Event event;
  event.set_type("territory.imported");
  event.set_subject(subject);
  event.set_region(region_);
  if (territory_.territories_size() == 1) event.set_territory(territory_.territories(0));
  event.mutable_territory_change()->set_site_count(territory_.sites_size());
  event.mutable_territory_change()->set_session_plan_count(territory_.session_plans_size());
  return transaction.journal().Publish({region_, event.type(), subject, event.SerializeAsString()});
}

v1::ImportTerritoryResponse TerritoryImport::Response() const {
  v1::ImportTerritoryResponse response;
  response.set_commune_count(territory_.communes_size());
  response.set_structure_count(territory_.structures_size());
  response.set_practitioner_count(territory_.practitioners_size());
  response.set_site_count(territory_.sites_size());
  response.set_session_plan_count(territory_.session_plans_size());
  response.set_barrier_count(territory_.barriers_size());
  int slots = 0;
  for (std::string& warning :
       TerritoryWarnings(territory_, after_, now_, options_.horizon_days, slots)) {
    response.add_warnings(std::move(warning));
  }
  response.set_slot_count(slots);
  return response;
}

}  // namespace sas::slots
