#include <algorithm>
#include <set>
#include <string>

#include "common/base/resource_name.h"
#include "common/care/age.h"
#include "common/care/calendar.h"
#include "common/care/geo.h"
#include "common/care/nomenclature.h"
#include "services/slots/convert.h"
#include "services/slots/directory_checks.h"
#include "services/slots/field_checks.h"

namespace sas::slots {
namespace {

constexpr std::size_t kTitleMax = 120;  ///< Characters, as of the following.
constexpr std::size_t kAddressMax = 200;
constexpr std::size_t kSentenceMax = 300;
constexpr std::size_t kProtocolMax = 80;
constexpr int kPartnersMax = 10;
constexpr int kProfessionsMax = 20;
constexpr int kMotifsMax = 100;
constexpr int kRoomsMax = 50;
constexpr int kEquipmentMax = 20;
constexpr int kDailyMax = 1000;  ///< Appointments.

/// Of a CarePolicy or a MotifRule.
template <typename Limits>
void CheckAgeLimits(const Limits& limits, FieldChecks& checks) {
  const auto check = [&](std::string_view field, bool present, const type::v1::Age& age) {
    const absl::Status status =
        present ? care::CheckAge(ToAge(age), checks.Path(field)) : absl::OkStatus();
    checks.Add(status);
    return present && status.ok();
  };
  const bool from = check("age_min", limits.has_age_min(), limits.age_min());
  const bool to = check("age_max", limits.has_age_max(), limits.age_max());
  if (from && to && !care::AgeWithin(ToAge(limits.age_min()), {}, ToAge(limits.age_max()))) {
    checks.InvalidField("age_min", "INVALID_AGE", "the youngest is older than the oldest");
  }
}

void CheckPlace(const v1::Site& site, const Directory& after, FieldChecks& checks) {
  const type::v1::Place& place = site.place();
  checks.Text("place.address_line", place.address_line(), kAddressMax);
  checks.Text("place.access_hint", place.access_hint(), kAddressMax);
  const absl::Status code =
      care::CheckInseeCode(place.insee_code(), checks.Path("place.insee_code"));
  checks.Add(code);
  if (code.ok() && !after.communes.contains(place.insee_code())) {
    checks.InvalidField("place.insee_code", "UNKNOWN_COMMUNE",
                        "neither this file nor the directory has this commune");
  }
  checks.Add(care::CheckPoint({place.point().latitude_degrees(), place.point().longitude_degrees()},
                              checks.Path("place.point")));
  checks.Enum("place.precision", place.precision(),
              type::v1::GeoPrecision_IsValid(place.precision()), false);
}

void CheckLife(const v1::Site& site, FieldChecks& checks) {
  if (!site.time_zone().empty() && !care::Zone::Load(site.time_zone()).ok()) {
    checks.InvalidField("time_zone", "UNKNOWN_TIME_ZONE", "use a name such as Europe/Paris");
  }
  checks.Enum("phase", site.phase(), v1::Site::Phase_IsValid(site.phase()), false);
  checks.Enum("csnp_mode", site.csnp_mode(), v1::Site::CsnpMode_IsValid(site.csnp_mode()), false);
  const auto opening = care::ParseDate(site.opening_date(), checks.Path("opening_date"));
  checks.Add(opening.status());
  const bool seasonal = site.phase() == v1::Site::PHASE_SEASONAL;
  if (site.end_date().empty() && !seasonal) return;
  const auto end = care::ParseDate(site.end_date(), checks.Path("end_date"));
  checks.Add(end.status());
  if (opening.ok() && end.ok() && *end < *opening) {
    checks.InvalidField("end_date", "INVALID_TIME_RANGE", "the last day comes before the first");
  }
}

void CheckEntryRule(const v1::EntryRule& rule, FieldChecks& checks, std::set<std::string>& seen) {
  checks.Enum("entry_point", rule.entry_point(), type::v1::EntryPoint_IsValid(rule.entry_point()),
              true);
  checks.Once("entry_point", std::to_string(rule.entry_point()), seen);
  checks.Enum("access", rule.access(), v1::EntryRule::Access_IsValid(rule.access()), true);
  if (checks.Count("profession_codes", rule.profession_codes_size(), kProfessionsMax)) {
    for (const std::string& code : rule.profession_codes()) {
      if (code.size() != 2 || code.find_first_not_of("0123456789") != std::string::npos) {
        checks.InvalidField("profession_codes", "INVALID_PROFESSION_CODE",
                            "use TRE_G15 codes, two digits");
      }
    }
  }
  for (const int reason : rule.access_reasons()) {
    checks.Enum("access_reasons", reason, type::v1::AccessReason_IsValid(reason), true);
  }
}

void CheckCarePolicy(const v1::CarePolicy& policy, const std::string& path, Findings& findings) {
  FieldChecks checks(path, findings);
  checks.Text("protocol", policy.protocol(), kProtocolMax);
  CheckAgeLimits(policy, checks);
  if (checks.Count("excluded_motif_codes", policy.excluded_motif_codes_size(), kMotifsMax)) {
    for (int i = 0; i < policy.excluded_motif_codes_size(); ++i) {
      checks.Add(care::CheckMotif(policy.excluded_motif_codes(i),
                                  checks.Path(Indexed("excluded_motif_codes", i))));
    }
  }
  if (!checks.Count("accepted_motifs", policy.accepted_motifs_size(), kMotifsMax)) return;
  for (int i = 0; i < policy.accepted_motifs_size(); ++i) {
    const v1::MotifRule& rule = policy.accepted_motifs(i);
    FieldChecks motif(checks.Path(Indexed("accepted_motifs", i)), findings);
    motif.Add(care::CheckMotif(rule.motif_code(), motif.Path("motif_code")));
    CheckAgeLimits(rule, motif);
    if (rule.minutes_min() < 0 || rule.minutes_min() > kSlotMinutesMax) {
      motif.InvalidField("minutes_min", "NUMBER_OUT_OF_RANGE", "use 0 (any) to 120");
    }
  }
}

void CheckRooms(const v1::Site& site, const std::string& path, Findings& findings) {
  FieldChecks checks(path, findings);
  if (!checks.Count("rooms", site.rooms_size(), kRoomsMax)) return;
  std::set<std::string> seen;
  for (int i = 0; i < site.rooms_size(); ++i) {
    FieldChecks room(checks.Path(Indexed("rooms", i)), findings);
    if (!base::IsId(site.rooms(i).room_id())) {
      room.InvalidField("room_id", "INVALID_ID", "use 1 to 63 of a-z, 0-9, '-', '.', '_', '~'");
    }
    room.Once("room_id", site.rooms(i).room_id(), seen);
    if (room.Count("equipment_codes", site.rooms(i).equipment_codes_size(), kEquipmentMax)) {
      for (const std::string& code : site.rooms(i).equipment_codes()) {
        room.Text("equipment_codes", code, kProtocolMax, true);
      }
    }
  }
}

void CheckIdentity(const v1::Site& site, const Directory& after, FieldChecks& checks) {
  checks.Reference("structure", after.structures.count(site.structure()) == 1, site.structure());
  if (checks.Count("partner_structures", site.partner_structures_size(), kPartnersMax)) {
    for (int i = 0; i < site.partner_structures_size(); ++i) {
      const std::string& partner = site.partner_structures(i);
      checks.Reference(Indexed("partner_structures", i), after.structures.count(partner) == 1,
                       partner);
    }
  }
  checks.Enum("kind", site.kind(), v1::Structure::Kind_IsValid(site.kind()), true);
  checks.Text("display_name", site.display_name(), kTitleMax, true);
  if (!site.finess().empty()) checks.Add(care::CheckFiness(site.finess(), checks.Path("finess")));
  checks.Territories("territories", site.territories(), true);
}

void CheckReception(const v1::Site& site, FieldChecks& checks) {
  checks.Text("directions", site.directions(), kSentenceMax);
  checks.Text("local_tip", site.local_tip(), kSentenceMax);
  if (!site.direct_line().empty()) {
    checks.Add(care::CheckPhoneNumber(site.direct_line(), checks.Path("direct_line")));
  }
  if (!site.secure_mailbox().empty()) {
    checks.Add(care::CheckSecureAddress(site.secure_mailbox(), checks.Path("secure_mailbox")));
  }
  checks.Enum("wheelchair", site.wheelchair(), v1::Accessibility_IsValid(site.wheelchair()), false);
  checks.Enum("care_policy.pregnancy", site.care_policy().pregnancy(),
              v1::Accessibility_IsValid(site.care_policy().pregnancy()), false);
  if (site.daily_appointment_max() < 0 || site.daily_appointment_max() > kDailyMax) {
    checks.InvalidField("daily_appointment_max", "NUMBER_OUT_OF_RANGE", "use 0 (no cap) to 1000");
  }
  if (checks.Count("hours_caps", site.hours_caps_size(), kHoursCapsMax)) {
    checks.Add(ToHoursCaps(site, checks.Path("hours_caps")).status());
  }
  for (int i = 0; i < site.hours_caps_size(); ++i) {
    const int most = site.hours_caps(i).appointment_max();
    if (most >= 1 && most <= kDailyMax) continue;
    checks.InvalidField(Indexed("hours_caps", i) + ".appointment_max", "NUMBER_OUT_OF_RANGE",
                        "use 1 to 1000");
  }
  const int soft = site.daily_appointment_soft_max();
  const int hard = site.daily_appointment_max();
  if (soft < 0 || soft > kDailyMax || (hard > 0 && soft > hard)) {
    checks.InvalidField("daily_appointment_soft_max", "NUMBER_OUT_OF_RANGE",
                        "use 0 (no such limit) to the daily cap");
  }
}

}  // namespace

void CheckSites(std::string_view region, const v1::Territory& territory, const Directory& after,
                Findings& findings) {
  std::set<std::string> seen;
  for (int i = 0; i < territory.sites_size(); ++i) {
    const v1::Site& site = territory.sites(i);
    const std::string path = Indexed("territory.sites", i);
    FieldChecks checks(path, findings);
    checks.Name("regions/*/sites/*", site.name(), region, seen);
    CheckIdentity(site, after, checks);
    CheckPlace(site, after, checks);
    CheckLife(site, checks);
    std::set<std::string> entry_points;
    for (int j = 0; j < site.entry_policy().rules_size(); ++j) {
      FieldChecks rule(checks.Path(Indexed("entry_policy.rules", j)), findings);
      CheckEntryRule(site.entry_policy().rules(j), rule, entry_points);
    }
    CheckCarePolicy(site.care_policy(), checks.Path("care_policy"), findings);
    CheckCareRules(site.care_policy(), checks.Path("care_policy"), findings);
    CheckSharing(site, after, path, findings);
    CheckRooms(site, path, findings);
    CheckReception(site, checks);
  }
}

}  // namespace sas::slots
