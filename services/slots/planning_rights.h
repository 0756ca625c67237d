#pragma once

#include <memory>
#include <string_view>

#include "absl/status/status.h"
#include "common/base/call.h"
#include "sas/slots/v1/directory_service.pb.h"
#include "sas/slots/v1/site.pb.h"
#include "services/slots/domain/site_right.h"

namespace sas::slots {

/// PERMISSION_DENIED `SITE_RIGHT_REQUIRED` unless the actor may do this with an agenda of the site
/// (empty: with all of it), see MayOnSite.
absl::Status CheckSiteRight(const base::Actor& actor, const v1::Site& site, std::string_view agenda,
                            Right right);

/// Whose the site is, when its rights give reading by name; otherwise null.
std::shared_ptr<const SiteOwners> ReadersOf(const v1::Site& site);

/// An actor of some SAS territories changes those alone: PERMISSION_DENIED `TERRITORY_FORBIDDEN`
/// when the file, or a site of it, is of another.
absl::Status CheckOwnTerritories(const base::Actor& actor, const v1::Territory& territory);

}  // namespace sas::slots
