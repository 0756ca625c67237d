#include "services/slots/domain/site_right.h"

#include <algorithm>

#include "common/base/resource_name.h"

namespace sas::slots {
namespace {

/// Full name of where the actor works; empty when the credentials do not say.
std::string OrganizationOf(const base::Actor& actor, std::string_view site) {
  const std::string& organization = actor.organization;
  if (organization.empty() || organization.find('/') != std::string::npos) return organization;
  return base::JoinName({{"regions", base::RegionOf(site)}, {"sites", organization}});
}

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
bool Names(const RightGrant& grant, const SiteOwners& owners, const base::Actor& actor,
           const std::string& organization) {
  const bool works =
      grant.structure.empty() || grant.structure == organization ||
      (organization == owners.site && !organization.empty() && grant.structure == owners.structure);
  return works && (grant.role == base::Role::kUnspecified || grant.role == actor.role);
}

}  // namespace

bool MayOnSite(const SiteOwners& owners, const base::Actor& actor, std::string_view agenda,
               Right right) {
  const std::string organization = OrganizationOf(actor, owners.site);
  bool named = false;
  bool managed = false;  // Has the right to manage been given to anybody?
  for (const RightGrant& grant : owners.grants) {
    // What touches the whole site touches each of its agendas.
    managed =
        managed || (grant.right == Right::kManage && (agenda.empty() || Covers(grant, agenda)));
    if (!Covers(grant, agenda) || !Names(grant, owners, actor, organization)) continue;
    if (grant.right >= right) return true;
    named = true;
  }
  if (named) return false;
  if (right != Right::kManage) return true;
  const bool practice =
      actor.role == base::Role::kEffecteur || actor.role == base::Role::kSecretariat;
  return !managed && (!practice || WorksHere(owners, organization));
}

}  // namespace sas::slots
