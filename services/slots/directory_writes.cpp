#include "services/slots/directory_writes.h"

#include <algorithm>
#include <string>

#include "common/base/etag.h"
#include "common/base/status.h"
#include "common/base/timestamp.h"
#include "services/slots/care_signature.h"
#include "services/slots/convert.h"

namespace sas::slots {
namespace {

constexpr int kModeHistoryMax = 50;

/// What the server alone says; what was signed and what waits for it is compared all the same.
void ClearOutput(v1::Site& site) {
  site.clear_confirm_time();
  site.clear_etag();
  site.clear_csnp_mode_history();
  site.clear_unscheduled_care();
  site.mutable_place()->clear_commune();
}

void ClearOutput(v1::SessionPlan& plan) {
  plan.clear_update_time();
  plan.clear_etag();
  plan.clear_warnings();
  plan.clear_full_pilot_weeks();
}

template <typename Row>
bool Same(Row a, Row b) {
  ClearOutput(a);
  ClearOutput(b);
  return a.SerializeAsString() == b.SerializeAsString();
}

/// The entry's next etag.
template <typename Row>
std::string NextEtag(const Row* before, const Row& row) {
  if (before == nullptr) return base::EtagOf(1);
  const std::int64_t version = base::VersionOf(before->etag());
  return base::EtagOf(Same(*before, row) ? version : version + 1);
}

/// A mode counts from the opening when it is the first, else from the day of the change.
void KeepModes(const v1::Site* before, base::Instant now, v1::Site& site) {
  if (before != nullptr) *site.mutable_csnp_mode_history() = before->csnp_mode_history();
  const int size = site.csnp_mode_history_size();
  const auto last =
      size == 0 ? v1::Site::CSNP_MODE_UNSPECIFIED : site.csnp_mode_history(size - 1).mode();
  if (site.csnp_mode() == last) return;
  v1::CsnpModeChange& change = *site.add_csnp_mode_history();
  change.set_mode(site.csnp_mode());
  const auto zone = ToZone(site);
  const bool first = size == 0 || !zone.ok();
  change.set_start_date(first ? site.opening_date() : care::DateText(zone->DateOf(now)));
  if (site.csnp_mode_history_size() > kModeHistoryMax) {
    site.mutable_csnp_mode_history()->DeleteSubrange(0, 1);
  }
}

}  // namespace

bool SaysTheSame(const v1::Site& before, const v1::Site& site) {
  v1::Site held_back = site;
  HoldBackUnsigned(held_back, &before);
  return Same(before, held_back);
}

bool SaysTheSame(const v1::SessionPlan& before, const v1::SessionPlan& plan) {
  return Same(before, plan);
}

bool SameMembership(const v1::Structure* before, const v1::Structure& structure) {
  const bool community = structure.kind() == v1::Structure::KIND_CPTS;
  if (before == nullptr) return !community && structure.communities().empty();
  return (before->kind() == v1::Structure::KIND_CPTS) == community &&
         std::equal(before->communities().begin(), before->communities().end(),
                    structure.communities().begin(), structure.communities().end());
}

absl::StatusOr<v1::Site> WriteSite(SlotsTransaction& transaction, v1::Site site,
                                   const v1::Site* before, const std::string& commune,
                                   base::Instant now) {
  ClearOutput(site);
  HoldBackUnsigned(site, before);
  site.set_etag(NextEtag(before, site));
  KeepModes(before, now, site);
  *site.mutable_confirm_time() = base::ToTimestamp(now);
  site.mutable_place()->set_commune(commune);
  SAS_RETURN_IF_ERROR(transaction.PutSite(site));
  return site;
}

absl::StatusOr<v1::SessionPlan> WritePlan(SlotsTransaction& transaction, v1::SessionPlan plan,
                                          const v1::SessionPlan* before, base::Instant now) {
  ClearOutput(plan);
  plan.set_etag(NextEtag(before, plan));
  *plan.mutable_update_time() = base::ToTimestamp(now);
  SAS_RETURN_IF_ERROR(transaction.PutSessionPlan(plan));
  return plan;
}

}  // namespace sas::slots
