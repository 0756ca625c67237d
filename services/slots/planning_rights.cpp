#include "services/slots/planning_rights.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "common/base/status.h"

namespace sas::slots {
namespace {

static_assert(static_cast<int>(Right::kRead) == static_cast<int>(v1::SiteRight::RIGHT_READ));
static_assert(static_cast<int>(Right::kBook) == static_cast<int>(v1::SiteRight::RIGHT_BOOK));
static_assert(static_cast<int>(Right::kManage) == static_cast<int>(v1::SiteRight::RIGHT_MANAGE));
static_assert(static_cast<int>(Right::kManage) == static_cast<int>(v1::SiteRight::Right_MAX));

SiteOwners ToOwners(const v1::Site& site) {
  SiteOwners owners;
  owners.site = site.name();
  owners.structure = site.structure();
  owners.partners = {site.partner_structures().begin(), site.partner_structures().end()};
  for (const v1::SiteRight& each : site.rights()) {
    for (const int right : each.rights()) {
      owners.grants.push_back({each.structure(), static_cast<base::Role>(each.role()),
                               each.agenda(), static_cast<Right>(right)});
    }
  }
  return owners;
}

std::string_view RightText(Right right) {
  constexpr std::array<std::string_view, 4> kTexts{"", "READ", "BOOK", "MANAGE"};
  return kTexts.at(static_cast<std::size_t>(right));
}

}  // namespace

absl::Status CheckSiteRight(const base::Actor& actor, const v1::Site& site, std::string_view agenda,
                            Right right) {
  if (MayOnSite(ToOwners(site), actor, agenda, right)) return absl::OkStatus();
  return base::Fail(
      absl::StatusCode::kPermissionDenied, "SITE_RIGHT_REQUIRED",
      "the rights of this site do not let you do this; ask the structure that plans it",
      {{"site", site.name()},
       {"agenda", std::string(agenda)},
       {"right", std::string(RightText(right))},
       {"structure", site.structure()},
       {"lifted_by", "SITE"}});
}

std::shared_ptr<const SiteOwners> ReadersOf(const v1::Site& site) {
  if (site.rights().empty()) return nullptr;
  SiteOwners owners = ToOwners(site);
  return ReadsByName(owners) ? std::make_shared<const SiteOwners>(std::move(owners)) : nullptr;
}

absl::Status CheckOwnTerritories(const base::Actor& actor, const v1::Territory& territory) {
  if (actor.territories.empty()) return absl::OkStatus();
  const auto own = [&](const std::string& code) {
    return std::find(actor.territories.begin(), actor.territories.end(), code) !=
           actor.territories.end();
  };
  const auto check = [&](const auto& codes) -> absl::Status {
    for (const std::string& code : codes) {
      if (own(code)) continue;
      return base::Fail(absl::StatusCode::kPermissionDenied, "TERRITORY_FORBIDDEN",
                        "your credentials do not cover the SAS territory " + code,
                        {{"territory", code}});
    }
    return absl::OkStatus();
  };
  SAS_RETURN_IF_ERROR(check(territory.territories()));
  for (const v1::Site& site : territory.sites()) SAS_RETURN_IF_ERROR(check(site.territories()));
  return absl::OkStatus();
}

}  // namespace sas::slots
