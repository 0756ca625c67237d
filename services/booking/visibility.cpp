#include "services/booking/visibility.h"

#include <algorithm>
#include <string_view>

#include "common/base/resource_name.h"
#include "common/base/status.h"

namespace sas::booking {
namespace {

bool IsPractice(const base::Actor& actor) {
  return actor.role == base::Role::kEffecteur || actor.role == base::Role::kSecretariat;
}

// The site that the credentials name, as a resource name; empty when they name none. Which sites a
// structure has is not known here.
std::string SiteOf(const base::Actor& actor, std::string_view region) {
  const std::string& organization = actor.organization;
  if (!IsPractice(actor) || organization.empty()) return {};
  if (organization.find('/') == std::string::npos) {
    return base::JoinName({{"regions", region}, {"sites", organization}});
  }
  return organization.find("/sites/") == std::string::npos ? std::string() : organization;
}

absl::Status Forbid(std::string_view reason, std::string_view message) {
  return base::Fail(absl::StatusCode::kPermissionDenied, reason, message);
}

absl::Status SiteForbidden() {
  return Forbid("SITE_FORBIDDEN", "these credentials are for another site's appointments");
}

}  // namespace

absl::Status CheckTerritoryOf(const base::Actor& actor, const std::string& territory) {
  const auto& own = actor.territories;
  if (own.empty() || std::find(own.begin(), own.end(), territory) != own.end()) {
    return absl::OkStatus();
  }
  return base::Fail(absl::StatusCode::kPermissionDenied, "TERRITORY_FORBIDDEN",
                    "your credentials do not cover the SAS territory " + territory,
                    {{"territory", territory}});
}

absl::Status CheckSees(const base::Actor& actor, const v1::Appointment& appointment) {
  SAS_RETURN_IF_ERROR(CheckTerritoryOf(actor, appointment.territory()));
  const std::string site = SiteOf(actor, base::RegionOf(appointment.name()));
  if (!site.empty() && site != appointment.site()) return SiteForbidden();
  if (actor.role == base::Role::kProfessional && !IsBooker(actor, appointment)) {
    return Forbid("NOT_YOUR_BOOKING", "this appointment was booked by somebody else");
  }
  return absl::OkStatus();
}

bool IsBooker(const base::Actor& actor, const v1::Appointment& appointment) {
  return !actor.subject.empty() && actor.subject == appointment.booked_by().subject();
}

absl::Status CheckSeesOrBooked(const base::Actor& actor, const v1::Appointment& appointment) {
  return IsBooker(actor, appointment) ? CheckTerritoryOf(actor, appointment.territory())
                                      : CheckSees(actor, appointment);
}

absl::Status CheckMayGo(const base::Actor& actor, const std::string& site) {
  const std::string own = SiteOf(actor, base::RegionOf(site));
  return own.empty() || own == site ? absl::OkStatus() : SiteForbidden();
}

absl::Status Narrow(const base::Actor& actor, AppointmentQuery& query) {
  query.territories = actor.territories;
  if (actor.role == base::Role::kProfessional) query.booker = actor.subject;
  const std::string site = SiteOf(actor, query.region);
  const bool own_bookings = !query.booker.empty() && query.booker == actor.subject;
  if (site.empty() || own_bookings) return absl::OkStatus();
  if (!query.site.empty() && query.site != site) return SiteForbidden();
  query.site = site;
  return absl::OkStatus();
}

v1::Appointment ShownTo(const base::Actor& actor, v1::Appointment appointment) {
  if (actor.role != base::Role::kPlanner) return appointment;
  appointment.clear_messages();  // Who may not be called is no planner's matter.
  appointment.clear_clinical_line();
  appointment.clear_motif_code();
  appointment.clear_age();
  appointment.clear_attempts();
  appointment.clear_evaluation();
  appointment.clear_severity_form();
  if (appointment.has_outcome()) appointment.mutable_outcome()->clear_final_motif_code();
  return appointment;
}

}  // namespace sas::booking
