#include "services/slots/domain/site_right.h"

#include <algorithm>

#include "common/base/resource_name.h"

namespace sas::slots {
namespace {

bool WorksHere(const SiteOwners& owners, const std::string& organization) {
  return !organization.empty() &&
         (organization == owners.site || organization == owners.structure ||
          std::find(owners.partners.begin(), owners.partners.end(), organization) !=
              owners.partners.end());
}

/// A grant about one agenda says nothing about another, and nothing about the whole site.
bool Covers(const RightGrant& grant, std::string_view agenda) {
  return grant.agenda.empty() || grant.agenda == agenda;
}

/// Whoever works at the site works for the structure that manages it.
bool Names(const RightGrant& grant, const SiteOwners& owners, const Asker& asker) {
  const std::string& organization = asker.organization;
  const bool works =
      grant.structure.empty() || grant.structure == organization ||
      (organization == owners.site && !organization.empty() && grant.structure == owners.structure);
  return works && (grant.role == base::Role::kUnspecified || grant.role == asker.role);
}

/// Who answers for a whole territory, or for the suite.
bool IsOfRegulation(base::Role role) {
  return role == base::Role::kArm || base::IsRegulator(role) || role == base::Role::kOsnp ||
         role == base::Role::kSupervisor || role == base::Role::kService;
}

bool May(const SiteOwners& owners, const Asker& asker, std::string_view agenda, Right right) {
  bool named = false;
  bool managed = false;  // Has the right to manage been given to anybody?
  bool by_name = false;  // Has reading?
  for (const RightGrant& grant : owners.grants) {
    // What touches the whole site touches each of its agendas.
    managed =
        managed || (grant.right == Right::kManage && (agenda.empty() || Covers(grant, agenda)));
    if (!Covers(grant, agenda)) continue;
    by_name = by_name || grant.right == Right::kRead;
    if (!Names(grant, owners, asker)) continue;
    if (grant.right >= right) return true;
    named = true;
  }
  if (named) return false;
  if (right != Right::kManage) {
    // Whoever may still change what is planned there sees it.
    const bool plans = asker.role == base::Role::kPlanner && !managed;
    return !by_name || plans || IsOfRegulation(asker.role) || WorksHere(owners, asker.organization);
  }
  const bool practice =
      asker.role == base::Role::kEffecteur || asker.role == base::Role::kSecretariat;
  return !managed && (!practice || WorksHere(owners, asker.organization));
}

}  // namespace

std::string OrganizationIn(std::string_view organization, std::string_view region) {
  if (organization.empty() || organization.find('/') != std::string_view::npos) {
    return std::string(organization);
  }
  return base::JoinName({{"regions", region}, {"sites", organization}});
}

bool MayOnSite(const SiteOwners& owners, const base::Actor& actor, std::string_view agenda,
               Right right) {
  const Asker asker{actor.role, OrganizationIn(actor.organization, base::RegionOf(owners.site))};
  return May(owners, asker, agenda, right);
}

bool ReadsByName(const SiteOwners& owners) {
  return std::any_of(owners.grants.begin(), owners.grants.end(),
                     [](const RightGrant& grant) { return grant.right == Right::kRead; });
}

bool MayRead(const SiteOwners& owners, const Asker& asker, std::string_view agenda) {
  return asker.role == base::Role::kUnspecified || May(owners, asker, agenda, Right::kRead);
}

bool MayReadAny(const SiteOwners& owners, const Asker& asker) {
  // An agenda of which no grant speaks is read as the site is.
  return MayRead(owners, asker, "") ||
         std::any_of(owners.grants.begin(), owners.grants.end(), [&](const RightGrant& grant) {
           return !grant.agenda.empty() && MayRead(owners, asker, grant.agenda);
         });
}

}  // namespace sas::slots
