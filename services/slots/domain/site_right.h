#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/base/call.h"
#include "services/slots/domain/need.h"

namespace sas::slots {

/// Values equal those of SiteRight.Right; the greater contains the smaller.
enum class Right { kUnspecified = 0, kRead = 1, kBook = 2, kManage = 3 };

/// What a group may do with an agenda of the site.
struct RightGrant {
  std::string structure;                       ///< Empty: of any.
  base::Role role = base::Role::kUnspecified;  ///< kUnspecified: any.
  std::string agenda;                          ///< Empty: all of the site.
  Right right = Right::kUnspecified;
};

/// Whose a site is, and who may do what there.
struct SiteOwners {
  std::string site;
  std::string structure;
  std::vector<std::string> partners;  ///< Structures that own the place or share the management.
  std::vector<RightGrant> grants;
};

/// May the actor do this with an agenda (empty: with the whole site)? S0-19, S2-09, S4-11.
///
/// Without grants the role decides, and doctors and secretariats manage only where they work: the
/// site itself, its structure or a partner. With grants for the agenda, whoever is named by one has
/// what his grants give, no more; whoever is named by none may not manage once somebody has been
/// given that, and books and reads as his role may. `actor.organization` is a site or a structure;
/// an id without slash is a site of the region.
///
/// Once somebody has been given READ by name, reading is by name: whoever is named by no grant
/// reads and books only as one of the regulation, which sees every site of its territory (hazard
/// H-18; a site closes its lines by its entry rules), where he works, or as a planner who may
/// manage, because MANAGE has been given to nobody.
bool MayOnSite(const SiteOwners& owners, const base::Actor& actor, std::string_view agenda,
               Right right);

/// Has reading anything of the site been given by name?
bool ReadsByName(const SiteOwners& owners);

/// May the asker see the agenda's slots? Whoever has no role is not asked.
bool MayRead(const SiteOwners& owners, const Asker& asker, std::string_view agenda);

/// May he see any? A search asks so once for a site, and then for the agendas of those few whose
/// rights differ.
bool MayReadAny(const SiteOwners& owners, const Asker& asker);

/// Full name of where somebody works, from his credentials; an id without slash is a site.
std::string OrganizationIn(std::string_view organization, std::string_view region);

}  // namespace sas::slots
