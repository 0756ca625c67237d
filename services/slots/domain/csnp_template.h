#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/care/calendar.h"

/// A template that makes a CSNP's named agenda and its named worklist (S2-10): what it may say, to
/// which site it may be applied, and the plans that follow from it.
namespace sas::slots {

inline constexpr std::size_t kTemplateTitleMax = 120;  ///< Characters.
inline constexpr int kTemplateSessionsMax = 14;        ///< Two a day.
inline constexpr std::size_t kSessionIdMax = 14;       ///< With an agenda's 48 a plan's id has 63.
inline constexpr int kSlotsPerHourMax = 12;            ///< Slots of 5 minutes.
inline constexpr int kReachMetersMin = 1'000;
inline constexpr int kReachMetersMax = 100'000;
inline constexpr int kReachMetersStandard = 30'000;  ///< As an ordinary search.

/// Values equal Site.CsnpMode.
enum class CsnpMode { kUnspecified = 0, kPhysical = 1, kDistributed = 2, kTerritorial = 3 };

struct TemplateSession {
  std::string id;
  int slots_per_hour = 0;
};

struct CsnpTemplate {
  std::string id;
  int version = 0;
  std::string display_name;
  std::vector<CsnpMode> modes;  ///< Of the CSNP for which it is.
  std::string agenda;
  std::string agenda_display_name;
  std::vector<TemplateSession> sessions;
  std::string worklist;
  std::string worklist_display_name;
  int reach_meters = 0;  ///< 0: kReachMetersStandard.
  std::string digest;    ///< Of the whole content.
};

/// Shape of a template, all findings in one status: INVALID_ARGUMENT `INVALID_TEMPLATE`,
/// `INVALID_ID`, `INVALID_AGENDA`, `TEXT_REQUIRED`, `TEXT_TOO_LONG`, `DUPLICATE_ENTRY`,
/// `NUMBER_OUT_OF_RANGE`. Fields are paths below `prefix`. Days, hours, classes and modes are
/// judged as those of every plan.
absl::Status CheckTemplate(const CsnpTemplate& wanted, std::string_view prefix);

/// What a site is and has before.
struct TemplateGround {
  std::string site;
  bool csnp = false;
  CsnpMode mode = CsnpMode::kUnspecified;
  std::string applied_id;  ///< Template of its named agenda; empty: it has none.
  int applied_version = 0;
  std::string applied_digest;
  bool agenda_in_use = false;  ///< Plans, or a platform, make slots of the agenda already.
};

/// May it be applied there? FAILED_PRECONDITION `TEMPLATE_NOT_FOR_SITE` (no CSNP, or of another
/// mode), `TEMPLATE_DIFFERS` (the site has another template, version or content), `AGENDA_IN_USE`;
/// ALREADY_EXISTS `TEMPLATE_APPLIED`.
absl::Status CheckGround(const CsnpTemplate& wanted, const TemplateGround& ground);

/// First day of the plans: as asked, else today, never before the site opens. INVALID_ARGUMENT
/// `INVALID_DATE`, `START_IN_PAST`.
absl::StatusOr<care::Date> FirstDay(const std::string& asked, const care::Date& today,
                                    const care::Date& opening, std::string_view field);

/// Capacity of an hour as the length of a slot (S2-08): 4 gives 15 minutes.
int MinutesOf(int slots_per_hour);

/// Id of a session's plan.
std::string PlanIdOf(const CsnpTemplate& wanted, const TemplateSession& session);

}  // namespace sas::slots
