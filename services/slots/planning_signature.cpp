#include <utility>

#include "common/base/etag.h"
#include "common/base/status.h"
#include "services/slots/care_signature.h"
#include "services/slots/planning_rights.h"
#include "services/slots/planning_work.h"

namespace sas::slots {

absl::StatusOr<v1::Site> PlanningWork::SignCarePolicy(const v1::SignCarePolicyRequest& request) {
  if (request.etag().empty()) {
    return base::InvalidField("etag", "ETAG_REQUIRED",
                              "give the version on the screen, so that the right one is changed");
  }
  SAS_ASSIGN_OR_RETURN(const auto found, transaction_.GetSite(request.name()));
  if (!found) {
    return base::Fail(absl::StatusCode::kNotFound, "SITE_NOT_FOUND", "no such site in this region",
                      {{"site", request.name()}});
  }
  v1::Territory own;
  *own.add_sites() = *found;
  SAS_RETURN_IF_ERROR(CheckOwnTerritories(frame_.call.actor, own));
  if (request.etag() != found->etag()) {
    return base::Fail(absl::StatusCode::kAborted, "ETAG_MISMATCH",
                      "somebody changed it since you read it; read it again",
                      {{"etag", found->etag()}});
  }
  SAS_ASSIGN_OR_RETURN(v1::Site site, Signed(*found, frame_.call.actor, frame_.now));
  site.set_etag(base::EtagOf(base::VersionOf(found->etag()) + 1));
  SAS_RETURN_IF_ERROR(transaction_.PutSite(site));
  SAS_RETURN_IF_ERROR(transaction_.TouchSite(frame_.region, site.name()));
  events::v1::PlanningChange change;
  change.set_site(site.name());
  SAS_RETURN_IF_ERROR(Tell("SignCarePolicy", "care_policy.signed", site.name(), change).status());
  return site;
}

}  // namespace sas::slots
