#include "services/slots/region_ledger.h"

#include <optional>
#include <set>
#include <utility>

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "common/base/timestamp.h"
#include "services/slots/convert.h"
#include "services/slots/partner_slots.h"

namespace sas::slots {
namespace {

constexpr int kPageRows = 1000;

// Every row of a listing that goes by pages.
template <typename Row, typename List, typename NameOf>
absl::StatusOr<std::vector<Row>> ReadAll(List list, NameOf name_of) {
  std::vector<Row> all;
  Page page{"", kPageRows};
  while (true) {
    SAS_ASSIGN_OR_RETURN(std::vector<Row> rows, list(page));
    const bool last = rows.size() < static_cast<std::size_t>(kPageRows);
    std::move(rows.begin(), rows.end(), std::back_inserter(all));
    if (last) return all;
    page.after = name_of(all.back());
  }
}

const auto kName = [](const auto& row) { return row.name(); };

absl::StatusOr<std::vector<v1::SessionPlan>> ReadPlans(SlotsTransaction& transaction,
                                                       const std::string& parent) {
  return ReadAll<v1::SessionPlan>(
      [&](const Page& page) { return transaction.ListSessionPlans(parent, page); }, kName);
}

// Hands plans and seats of a region to their sites.
void Distribute(std::vector<v1::SessionPlan> plans, std::vector<SeatFact> taken,
                RegionLedger& ledger) {
  std::map<std::string_view, SiteLedger*> by_name;
  for (SiteLedger& each : ledger.sites) by_name.emplace(each.site.name(), &each);
  const auto find = [&](std::string_view name, std::string_view infix) -> SiteLedger* {
    const auto found = by_name.find(name.substr(0, name.find(infix)));
    return found == by_name.end() ? nullptr : found->second;
  };
  for (v1::SessionPlan& plan : plans) {
    SiteLedger* site = find(plan.name(), "/plans/");
    if (site != nullptr) site->plans.push_back(std::move(plan));
  }
  for (SeatFact& fact : taken) {
    SiteLedger* site = find(fact.slot, "/slots/");
    (site == nullptr ? ledger.stray : site->taken).push_back(std::move(fact));
  }
}

// Those that may still say something of the days that a picture shows.
absl::StatusOr<std::vector<v1::AgendaException>> ReadExceptions(SlotsTransaction& transaction,
                                                                const std::string& parent,
                                                                base::Instant now) {
  return ReadAll<v1::AgendaException>(
      [&](const Page& page) {
        return transaction.agendas().ListExceptions(parent, now - kHistory, page);
      },
      kName);
}

// Practitioners of the site's plans and openings that are not known yet.
absl::Status ReadDoctors(SlotsTransaction& transaction, const SiteLedger& site,
                         const std::vector<v1::AgendaException>& exceptions, Practitioners& known) {
  for (const v1::SessionPlan& plan : site.plans) {
    SAS_RETURN_IF_ERROR(ReadPractitioner(transaction, plan.practitioner(), known));
  }
  for (const v1::AgendaException& each : exceptions) {
    SAS_RETURN_IF_ERROR(ReadPractitioner(transaction, each.practitioner(), known));
  }
  return absl::OkStatus();
}

// A closure takes slots out, an opening adds some.
absl::Status AddException(const v1::AgendaException& exception, const Practitioners& practitioners,
                          SiteLedger& ledger) {
  if (exception.kind() == v1::AgendaException::KIND_CLOSURE) {
    ledger.closures.push_back({exception.agenda(), base::ToInstant(exception.start_time()),
                               base::ToInstant(exception.end_time())});
    return absl::OkStatus();
  }
  SAS_ASSIGN_OR_RETURN(const care::Zone zone, ToZone(ledger.site));
  SAS_ASSIGN_OR_RETURN(PlanFrame frame, ToPlanFrame(ledger.site));
  frame.licence_end = LicenceEndOf(practitioners, exception.practitioner(), ledger.site.name());
  auto slots = SlotsOf(ToOpening(exception, ledger.site.name()), frame, zone);
  std::move(slots.begin(), slots.end(), std::back_inserter(ledger.extra));
  return absl::OkStatus();
}

// Hands exceptions of a region to their sites.
absl::Status Distribute(const std::vector<v1::AgendaException>& exceptions, RegionLedger& ledger) {
  std::map<std::string_view, SiteLedger*> by_name;
  for (SiteLedger& each : ledger.sites) by_name.emplace(each.site.name(), &each);
  for (const v1::AgendaException& each : exceptions) {
    const std::string_view name = each.name();
    const auto site = by_name.find(name.substr(0, name.find("/exceptions/")));
    if (site == by_name.end()) continue;
    SAS_RETURN_IF_ERROR(AddException(each, ledger.practitioners, *site->second));
  }
  return absl::OkStatus();
}

void AddMembership(const v1::Structure& structure, Memberships& memberships) {
  std::vector<std::string> communities(structure.communities().begin(),
                                       structure.communities().end());
  if (structure.kind() == v1::Structure::KIND_CPTS) communities.push_back(structure.name());
  if (!communities.empty()) memberships[structure.name()] = std::move(communities);
}

// Of the structure that manages the site and of those that share it.
std::vector<std::string> CommunitiesOf(const v1::Site& site, const Memberships& memberships) {
  std::set<std::string> communities;
  const auto add = [&](const std::string& structure) {
    const auto found = memberships.find(structure);
    if (found != memberships.end()) communities.insert(found->second.begin(), found->second.end());
  };
  add(site.structure());
  for (const std::string& partner : site.partner_structures()) add(partner);
  return {communities.begin(), communities.end()};
}

absl::Status ReadMembership(SlotsTransaction& transaction, const std::string& structure,
                            Memberships& memberships) {
  if (structure.empty() || memberships.count(structure) != 0) return absl::OkStatus();
  SAS_ASSIGN_OR_RETURN(const auto found, transaction.GetStructure(structure));
  if (found) AddMembership(*found, memberships);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<RegionLedger> ReadRegion(SlotsTransaction& transaction, std::string_view region,
                                        base::Instant now) {
  const std::string parent = base::JoinName({{"regions", region}});
  RegionLedger ledger;
  SAS_ASSIGN_OR_RETURN(ledger.state, transaction.GetRegion(region));
  SAS_ASSIGN_OR_RETURN(
      std::vector<v1::Site> sites,
      ReadAll<v1::Site>([&](const Page& page) { return transaction.ListSites(region, "", page); },
                        kName));
  ledger.sites.resize(sites.size());
  for (std::size_t i = 0; i < sites.size(); ++i) ledger.sites[i].site = std::move(sites[i]);
  SAS_ASSIGN_OR_RETURN(std::vector<v1::SessionPlan> plans, ReadPlans(transaction, parent));
  SAS_ASSIGN_OR_RETURN(
      std::vector<v1::Practitioner> practitioners,
      ReadAll<v1::Practitioner>(
          [&](const Page& page) { return transaction.ListPractitioners(region, page); }, kName));
  for (v1::Practitioner& each : practitioners) {
    std::string name = each.name();
    ledger.practitioners.emplace(std::move(name), std::move(each));
  }
  SAS_ASSIGN_OR_RETURN(ledger.communes,
                       ReadAll<type::v1::Commune>(
                           [&](const Page& page) { return transaction.ListCommunes(region, page); },
                           [](const auto& row) { return row.insee_code(); }));
  SAS_ASSIGN_OR_RETURN(
      ledger.barriers,
      ReadAll<v1::Barrier>([&](const Page& page) { return transaction.ListBarriers(region, page); },
                           kName));
  SAS_ASSIGN_OR_RETURN(std::vector<SeatFact> taken,
                       transaction.ListSeats(region, now - kHistory, now + kAhead));
  SAS_ASSIGN_OR_RETURN(
      const std::vector<v1::Structure> structures,
      ReadAll<v1::Structure>(
          [&](const Page& page) { return transaction.ListStructures(region, page); }, kName));
  for (const v1::Structure& each : structures) AddMembership(each, ledger.memberships);
  for (SiteLedger& each : ledger.sites) {
    each.communities = CommunitiesOf(each.site, ledger.memberships);
  }
  Distribute(std::move(plans), std::move(taken), ledger);
  SAS_ASSIGN_OR_RETURN(const auto exceptions, ReadExceptions(transaction, parent, now));
  SAS_RETURN_IF_ERROR(Distribute(exceptions, ledger));
  SAS_RETURN_IF_ERROR(AddPartnerSlots(transaction, parent, now, ledger));
  return ledger;
}

absl::StatusOr<RegionLedger> ReadSites(SlotsTransaction& transaction, std::string_view region,
                                       const std::vector<std::string>& sites, base::Instant now) {
  RegionLedger ledger;
  SAS_ASSIGN_OR_RETURN(ledger.state, transaction.GetRegion(region));
  for (const std::string& name : sites) {
    SAS_ASSIGN_OR_RETURN(std::optional<v1::Site> found, transaction.GetSite(name));
    if (!found.has_value()) continue;
    SiteLedger site;
    site.site = *std::move(found);
    SAS_RETURN_IF_ERROR(ReadMembership(transaction, site.site.structure(), ledger.memberships));
    for (const std::string& partner : site.site.partner_structures()) {
      SAS_RETURN_IF_ERROR(ReadMembership(transaction, partner, ledger.memberships));
    }
    site.communities = CommunitiesOf(site.site, ledger.memberships);
    SAS_ASSIGN_OR_RETURN(site.plans, ReadPlans(transaction, name));
    SAS_ASSIGN_OR_RETURN(site.taken, transaction.ListSiteSeats(name, now - kHistory, now + kAhead));
    SAS_ASSIGN_OR_RETURN(const auto exceptions, ReadExceptions(transaction, name, now));
    SAS_RETURN_IF_ERROR(ReadDoctors(transaction, site, exceptions, ledger.practitioners));
    for (const v1::AgendaException& each : exceptions) {
      SAS_RETURN_IF_ERROR(AddException(each, ledger.practitioners, site));
    }
    ledger.sites.push_back(std::move(site));
    SAS_RETURN_IF_ERROR(AddPartnerSlots(transaction, name, now, ledger));
  }
  return ledger;
}

}  // namespace sas::slots
