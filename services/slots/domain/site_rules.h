#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "common/care/age.h"
#include "common/care/calendar.h"
#include "common/care/geo.h"
#include "services/slots/domain/exclusion.h"
#include "services/slots/domain/hours_cap.h"
#include "services/slots/domain/need.h"
#include "services/slots/domain/site_right.h"

namespace sas::slots {

enum class Access { kUnspecified = 0, kDirect = 1, kRegulated = 2 };

struct EntryRule {
  EntryPoint entry_point = EntryPoint::kUnspecified;
  Access access = Access::kUnspecified;
  std::vector<std::string> profession_codes;
  std::vector<AccessReason> access_reasons;
  bool evaluation_required = false;
  bool orienting_professional_required = false;
};

struct MotifRule {
  std::string motif_code;  ///< A code ending in .00 stands for its whole group.
  care::Age age_min;
  care::Age age_max;
  int minutes_min = 0;  ///< Shortest slot that suffices (S3-39); 0: any.
};

/// A rule of inclusion or exclusion with its reason, signed by the médecin référent (S2-14).
struct CareRule {
  bool include = false;    ///< Otherwise it excludes.
  std::string motif_code;  ///< As of MotifRule; empty: every motif.
  care::Age age_min;
  care::Age age_max;
  std::string explanation;  ///< Told to the caller.
};

/// Most SAS appointments a week of a practitioner who has not agreed to another number (S2-53).
inline constexpr int kWeeklyAppointmentStandard = 20;

/// What the rules need to know of who receives.
struct PractitionerRules {
  std::string name;
  std::string rpps;
  bool motifs_limited = false;           ///< Sees `motif_codes` alone; always so for an IPA.
  std::vector<std::string> motif_codes;  ///< As of MotifRule.
  std::vector<std::string> language_codes;
  int weekly_appointment_max = kWeeklyAppointmentStandard;
};

/// What the rules need to know of a site.
struct SiteRules {
  std::string name;
  std::string display_name;
  care::Point point;
  std::vector<std::string> territories;
  std::vector<EntryRule> entry_rules;
  bool own_patients_only = false;
  std::vector<std::string> practitioner_rpps;  ///< Who holds sessions here, for own patients.
  std::vector<MotifRule> accepted_motifs;
  std::vector<std::string> excluded_motif_codes;
  care::Age age_min;
  care::Age age_max;
  std::optional<bool> wheelchair;  ///< Absent: unknown, "à vérifier par téléphone".
  std::optional<bool> pregnancy;   ///< Receives pregnant patients; the same.
  care::Date opening_date;
  std::optional<care::Date> end_date;
  int daily_appointment_max = 0;              ///< 0 means no cap.
  int daily_appointment_soft_max = 0;         ///< The site ranks after others from then on (S2-26).
  std::vector<HoursCap> hours_caps;           ///< Beside it, of some weekdays and hours.
  std::vector<CareRule> care_rules;           ///< The first that applies decides.
  std::vector<std::string> communities;       ///< CPTS to which it belongs, by full name.
  std::shared_ptr<const SiteOwners> readers;  ///< Where reading is by name; null: as roles may.
};

/// How strictly a need is judged: a search shows sites whose reason of access, evaluation or
/// orienting professional is still to be asked; a hold and a confirmation do not.
enum class Strictness { kSearch, kHold };

/// Is there an order, or can the asker still give one? A regulator looks at the offer before he
/// orders, so a search by 15 or 116 117 shows regulated agendas; a hold needs the order itself.
bool HasOrMayOrder(const Need& need, Strictness strictness);

/// The first rule of the site that refuses this need, kNone when it is received. `rule` points to
/// the entry rule that lets it in.
Exclusion Judge(const SiteRules& site, const Need& need, Strictness strictness,
                const EntryRule** rule = nullptr);

/// Rules about who receives and for how long: the same answer for every slot of one series (plan,
/// practitioner, length). Depends on nothing else, so that a verdict can be kept. `practitioner`
/// may be null (unknown: no limit).
Exclusion JudgeSeries(const SiteRules& site, const PractitionerRules* practitioner,
                      int slot_minutes, const Need& need);

/// Does the treating doctor of the need hold sessions here?
bool IsOwnPatient(const SiteRules& site, const Need& need);

/// The rule that decides about this need, null when none applies.
const CareRule* DecidingRule(const SiteRules& site, const Need& need);

/// May this entry take a slot kept for `allocation`? `released` tells whether its hour of release
/// has come (PlannedSlot::release).
bool AllocationAllows(Allocation allocation, EntryPoint entry_point, bool has_order, bool released);

/// May this entry point see a slot of these classes? SNP: 15 and 116 117; PRO: every professional;
/// CPTS: the community's own, by members' entry points (MT, secretariat, PRO), whose membership
/// MayHaveAsMember asks; never 15 and 116 117, which see what is SNP too. PUBLIC: all.
bool ClassesAllow(const std::vector<SlotClass>& classes, EntryPoint entry_point);

/// Does the entry point see them only as the community's own?
bool NeedsMembership(const std::vector<SlotClass>& classes, EntryPoint entry_point);

/// Is the asker of a community of the site? Where the directory knows none of the site there is
/// nothing to be a member of, and the entry point decides alone.
bool MayHaveAsMember(const SiteRules& site, const Asker& asker);

}  // namespace sas::slots
