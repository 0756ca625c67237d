#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/timestamp.h"
#include "common/care/age.h"
#include "sas/slots/v1/agenda_exception.pb.h"
#include "sas/slots/v1/barrier.pb.h"
#include "sas/slots/v1/practitioner.pb.h"
#include "sas/slots/v1/session_plan.pb.h"
#include "sas/slots/v1/site.pb.h"
#include "services/slots/domain/agenda_exception.h"
#include "services/slots/domain/barrier.h"
#include "services/slots/domain/session_plan.h"
#include "services/slots/domain/site_rules.h"

/// From messages to the values that the rules judge. Fields of errors are paths below `prefix`,
/// which may be empty. Enumeration values equal those of the protos (asserted in convert.cpp);
/// whether a value is known is for the rules and the directory's checks to say.
namespace sas::slots {

using base::ToTimestamp;

inline constexpr std::string_view kTimeZoneStandard = "Europe/Paris";

/// INVALID_ARGUMENT `INVALID_DATE`, `INVALID_TIME_OF_DAY`: all of them in one status.
absl::StatusOr<Plan> ToPlan(const v1::SessionPlan& proto, std::string_view prefix = "");

/// INVALID_ARGUMENT `INVALID_DATE`, and what ToHoursCaps says. `practitioner_rpps` stays empty: the
/// plans tell it.
absl::StatusOr<SiteRules> ToSiteRules(const v1::Site& proto, std::string_view prefix = "");

/// In their order, which PlannedSlot::hours_cap counts. INVALID_ARGUMENT `INVALID_HOURS_CAP`,
/// `INVALID_TIME_OF_DAY`.
absl::StatusOr<std::vector<HoursCap>> ToHoursCaps(const v1::Site& proto,
                                                  std::string_view field = "hours_caps");

/// Without the end of a licence, which is the practitioner's. INVALID_ARGUMENT `INVALID_DATE`.
absl::StatusOr<PlanFrame> ToPlanFrame(const v1::Site& proto, std::string_view prefix = "");

/// What the rule of chained sessions needs of the site.
ChainSite ToChainSite(const v1::Site& proto);

PractitionerRules ToPractitionerRules(const v1::Practitioner& proto);

/// `zone`: whose days the seasons are. A season that cannot be read leaves its barrier in force.
Barriers ToBarriers(const std::vector<v1::Barrier>& protos, const care::Zone& zone);

/// An exception of kind OPENING.
Opening ToOpening(const v1::AgendaException& proto, std::string_view site);

/// The site's zone. INVALID_ARGUMENT `UNKNOWN_TIME_ZONE`.
absl::StatusOr<care::Zone> ToZone(const v1::Site& proto);

/// Last day of a licence that ends at the site (full name), by the activity there or else by what
/// he is himself; a date that cannot be read ends it long ago, so that nobody is sent to a session
/// that may not take place.
std::optional<care::Date> LicenceEnd(const v1::Practitioner& proto, std::string_view site);

care::Age ToAge(const type::v1::Age& proto);

v1::EntryRule FromEntryRule(const EntryRule& rule);

/// `prefix.name`, or `name` when there is no prefix.
std::string FieldBelow(std::string_view prefix, std::string_view name);

}  // namespace sas::slots
