#include "services/slots/domain/csnp_template.h"

#include <algorithm>
#include <set>

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "services/slots/domain/findings.h"

namespace sas::slots {
namespace {

constexpr std::size_t kAgendaIdMax = 48;  ///< As of every agenda.
constexpr int kMinutesOfHour = 60;

/// Characters of UTF-8, not bytes.
std::size_t Length(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

class Checker {
 public:
  explicit Checker(std::string_view prefix) : prefix_(prefix) {}

  void Invalid(std::string_view field, std::string_view reason, std::string_view description) {
    findings_.Add(base::InvalidField(prefix_ + "." + std::string(field), reason, description));
  }

  void Id(std::string_view field, const std::string& id, std::size_t max, std::string_view reason) {
    if (base::IsId(id) && id.size() <= max) return;
    Invalid(field, reason, "use 1 to " + std::to_string(max) + " of a-z, 0-9, '-', '.', '_', '~'");
  }

  void Title(std::string_view field, const std::string& text) {
    if (text.empty()) Invalid(field, "TEXT_REQUIRED", "must not be empty");
    if (Length(text) > kTemplateTitleMax) {
      Invalid(field, "TEXT_TOO_LONG", "at most 120 characters");
    }
  }

  void Session(const TemplateSession& session, std::size_t index) {
    const std::string path = "agenda.sessions[" + std::to_string(index) + "].";
    Id(path + "session_id", session.id, kSessionIdMax, "INVALID_ID");
    if (!session.id.empty() && !sessions_.insert(session.id).second) {
      Invalid(path + "session_id", "DUPLICATE_ENTRY", "stands here for the second time");
    }
    if (MinutesOf(session.slots_per_hour) == 0) {
      Invalid(path + "slots_per_hour", "INVALID_TEMPLATE",
              "use 1, 2, 3, 4, 5, 6, 10 or 12 slots an hour: a slot takes whole minutes");
    }
  }

  absl::Status Result() const { return findings_.Result(); }

 private:
  const std::string prefix_;
  std::set<std::string> sessions_;
  Findings findings_;
};

}  // namespace

int MinutesOf(int slots_per_hour) {
  const bool whole = slots_per_hour > 0 && slots_per_hour <= kSlotsPerHourMax &&
                     kMinutesOfHour % slots_per_hour == 0;
  return whole ? kMinutesOfHour / slots_per_hour : 0;
}

std::string PlanIdOf(const CsnpTemplate& wanted, const TemplateSession& session) {
  return wanted.agenda + "-" + session.id;
}

absl::Status CheckTemplate(const CsnpTemplate& wanted, std::string_view prefix) {
  constexpr std::size_t kIdMax = 63;
  Checker checker(prefix);
  checker.Id("template_id", wanted.id, kIdMax, "INVALID_ID");
  if (wanted.version < 1) checker.Invalid("version", "NUMBER_OUT_OF_RANGE", "use 1 and up");
  checker.Title("display_name", wanted.display_name);
  const bool modes_known = std::all_of(wanted.modes.begin(), wanted.modes.end(), [](CsnpMode mode) {
    return mode > CsnpMode::kUnspecified && mode <= CsnpMode::kTerritorial;
  });
  if (wanted.modes.empty() || !modes_known) {
    checker.Invalid("csnp_modes", "INVALID_TEMPLATE",
                    "say for which CSNP it is: PHYSICAL, DISTRIBUTED, TERRITORIAL");
  }
  checker.Id("agenda.agenda", wanted.agenda, kAgendaIdMax, "INVALID_AGENDA");
  checker.Title("agenda.display_name", wanted.agenda_display_name);
  if (wanted.sessions.empty() ||
      wanted.sessions.size() > static_cast<std::size_t>(kTemplateSessionsMax)) {
    checker.Invalid("agenda.sessions", "INVALID_TEMPLATE", "an agenda has 1 to 14 sessions");
  } else {
    for (std::size_t i = 0; i < wanted.sessions.size(); ++i) checker.Session(wanted.sessions[i], i);
  }
  checker.Id("worklist.worklist", wanted.worklist, kIdMax, "INVALID_ID");
  checker.Title("worklist.display_name", wanted.worklist_display_name);
  if (wanted.reach_meters != 0 &&
      (wanted.reach_meters < kReachMetersMin || wanted.reach_meters > kReachMetersMax)) {
    checker.Invalid("worklist.reach_meters", "NUMBER_OUT_OF_RANGE",
                    "use 1000 to 100000, or 0 for 30000");
  }
  return checker.Result();
}

absl::Status CheckGround(const CsnpTemplate& wanted, const TemplateGround& ground) {
  const std::string version = std::to_string(wanted.version);
  const bool fits = ground.csnp && std::find(wanted.modes.begin(), wanted.modes.end(),
                                             ground.mode) != wanted.modes.end();
  if (!fits) {
    return base::Fail(absl::StatusCode::kFailedPrecondition, "TEMPLATE_NOT_FOR_SITE",
                      "the template is not for this site: look at the kind and csnp_mode of the "
                      "site, and at csnp_modes of the template",
                      {{"site", ground.site}, {"template", wanted.id}});
  }
  if (!ground.applied_id.empty()) {
    const bool same = ground.applied_id == wanted.id && ground.applied_version == wanted.version &&
                      ground.applied_digest == wanted.digest;
    const base::Metadata values{{"site", ground.site},
                                {"template", wanted.id},
                                {"version", version},
                                {"applied_template", ground.applied_id},
                                {"applied_version", std::to_string(ground.applied_version)}};
    if (same) {
      return base::Fail(absl::StatusCode::kAlreadyExists, "TEMPLATE_APPLIED",
                        "the site has agenda and worklist of this template already; change its "
                        "plans one by one",
                        values);
    }
    return base::Fail(absl::StatusCode::kFailedPrecondition, "TEMPLATE_DIFFERS",
                      "the site has agenda and worklist of template " + ground.applied_id + "/" +
                          std::to_string(ground.applied_version) +
                          "; this template, version or content is another: change the plans one "
                          "by one",
                      values);
  }
  if (!ground.agenda_in_use) return absl::OkStatus();
  return base::Fail(absl::StatusCode::kFailedPrecondition, "AGENDA_IN_USE",
                    "the site has slots in an agenda of this id already: give the template's "
                    "agenda another id, or end those plans first",
                    {{"site", ground.site}, {"agenda", wanted.agenda}});
}

absl::StatusOr<care::Date> FirstDay(const std::string& asked, const care::Date& today,
                                    const care::Date& opening, std::string_view field) {
  care::Date first = today;
  if (!asked.empty()) {
    SAS_ASSIGN_OR_RETURN(first, care::ParseDate(asked, field));
    if (first < today) {
      return base::InvalidField(field, "START_IN_PAST", "this day has passed: use today or later");
    }
  }
  return std::max(first, opening);
}

}  // namespace sas::slots
