#include <algorithm>

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "common/ledger/write_once.h"
#include "common/rpc/request_shape.h"
#include "services/regulation/convert.h"
#include "services/regulation/convert_roster.h"
#include "services/regulation/facts.h"
#include "services/regulation/paging.h"
#include "services/regulation/roster_acts.h"
#include "services/regulation/roster_work.h"

namespace sas::regulation::acts {
namespace {

constexpr char kShiftName[] = "regions/*/shifts/*";
constexpr int kLanguagesMax = 10;
constexpr std::size_t kSubjectMax = 64;
constexpr std::chrono::hours kWindowMax{31 * 24};

bool IsLanguage(const std::string& code) {
  return code.size() == 2 && std::all_of(code.begin(), code.end(),
                                         [](char each) { return each >= 'a' && each <= 'z'; });
}

// Who works, where, and what he can do.
absl::Status CheckPerson(const v1::Shift& shift) {
  SAS_RETURN_IF_ERROR(rpc::CheckText(shift.subject(), "shift.subject", kSubjectMax, 1));
  if (shift.place() == v1::Shift::PLACE_UNSPECIFIED) {
    return base::InvalidField("shift.place", "SHIFT_PLACE_REQUIRED", "say CRRA or REMOTE");
  }
  if (shift.languages_size() > kLanguagesMax || shift.skills_size() > kLanguagesMax) {
    return base::InvalidField("shift.languages", "TOO_MANY_ITEMS",
                              "at most ten languages and ten skills");
  }
  for (const std::string& language : shift.languages()) {
    if (IsLanguage(language)) continue;
    return base::InvalidField("shift.languages", "INVALID_LANGUAGE",
                              "two letters of ISO 639-1, for example ar");
  }
  for (const int skill : shift.skills()) {
    if (skill != v1::Shift::SKILL_UNSPECIFIED) continue;
    return base::InvalidField("shift.skills", "SKILL_REQUIRED", "name the skill or leave it out");
  }
  return absl::OkStatus();
}

absl::Status CheckShift(const v1::Shift& shift, base::Instant now, const care::Zone& zone) {
  SAS_RETURN_IF_ERROR(rpc::CheckUnset(shift,
                                      {"name", "state", "sign_in_time", "sign_out_time",
                                       "replaced_by", "reason", "planned_by", "plan_time", "etag"},
                                      "shift"));
  SAS_RETURN_IF_ERROR(care::CheckTerritory(shift.territory(), "shift.territory"));
  if (QueueOf(static_cast<base::Role>(shift.role())) == RosterQueue::kUnspecified) {
    return base::InvalidField("shift.role", "SHIFT_ROLE",
                              "shifts are of REGULATOR_AMU, REGULATOR_MG, OSNP or ARM");
  }
  SAS_RETURN_IF_ERROR(CheckPerson(shift));
  return CheckShiftTimes(ToInstant(shift.start_time()), ToInstant(shift.end_time()), now, zone);
}

std::string RoleCode(const v1::Shift& shift) {
  return "role=" + std::string(base::RoleName(static_cast<base::Role>(shift.role())));
}

// Plans `shift`, which is in shape; its name is given here.
absl::Status Plan(RosterDesk& desk, const base::Call& call, RegulationTransaction& transaction,
                  const std::string& region, const std::string& detail, v1::Shift& shift) {
  shift.set_name("regions/" + region + "/shifts/" +
                 base::MakeId(desk.desk.clock, desk.desk.random));
  shift.set_state(v1::Shift::STATE_PLANNED);
  *shift.mutable_planned_by() = ToProto(call.actor);
  *shift.mutable_plan_time() = ToTimestamp(desk.desk.clock.Now());
  SAS_RETURN_IF_ERROR(CheckFreePerson(transaction, shift));
  return SaveShift(transaction, shift, "shift.planned", ActOf(call), RoleCode(shift) + detail);
}

// A shift that stands, of the version on the caller's screen.
absl::StatusOr<v1::Shift> OpenShift(RegulationTransaction& transaction, const base::Call& call,
                                    const std::string& name, const std::string& etag,
                                    base::Instant now) {
  SAS_ASSIGN_OR_RETURN(v1::Shift shift, transaction.roster().GetShift(name));
  SAS_RETURN_IF_ERROR(CheckTerritoryRight(call.actor, shift.territory()));
  SAS_RETURN_IF_ERROR(CheckRowEtag(etag, shift.etag()));
  SAS_RETURN_IF_ERROR(CheckStanding(ToValue(shift), now));
  return shift;
}

// What the one who takes over works: the rest of the shift.
absl::StatusOr<v1::Shift> RestOf(const v1::Shift& shift, const v1::ReplaceShiftRequest& request,
                                 base::Instant now) {
  v1::Shift rest;
  rest.set_territory(shift.territory());
  rest.set_role(shift.role());
  rest.set_subject(request.subject());
  rest.set_place(request.place());
  *rest.mutable_languages() = request.languages();
  *rest.mutable_skills() = request.skills();
  *rest.mutable_end_time() = shift.end_time();
  base::Instant from = std::max(ToInstant(shift.start_time()), now);
  if (request.has_from_time()) from = ToInstant(request.from_time());
  if (from < ToInstant(shift.start_time()) || from >= ToInstant(shift.end_time())) {
    return base::InvalidField("from_time", "SHIFT_TIMES", "take over within the shift");
  }
  *rest.mutable_start_time() = ToTimestamp(from);
  if (rest.subject() == shift.subject()) {
    return base::InvalidField("subject", "SAME_PERSON", "name somebody else");
  }
  SAS_RETURN_IF_ERROR(CheckPerson(rest));
  return rest;
}

}  // namespace

absl::StatusOr<v1::Shift> PlanShift(RosterDesk& desk, const base::Call& call,
                                    const v1::PlanShiftRequest& request) {
  SAS_RETURN_IF_ERROR(CheckName(call, "regions/*", request.parent(), "parent"));
  SAS_RETURN_IF_ERROR(CheckShift(request.shift(), desk.desk.clock.Now(), desk.desk.zone));
  SAS_RETURN_IF_ERROR(CheckTerritoryRight(call.actor, request.shift().territory()));
  const std::string region(base::RegionOf(request.parent()));
  return ledger::WriteOnce<v1::Shift>(
      desk.desk.store, call, request,
      [&](RegulationTransaction& transaction) -> absl::StatusOr<v1::Shift> {
        v1::Shift shift = request.shift();
        SAS_RETURN_IF_ERROR(Plan(desk, call, transaction, region, "", shift));
        return shift;
      });
}

absl::StatusOr<v1::Shift> ReplaceShift(RosterDesk& desk, const base::Call& call,
                                       const v1::ReplaceShiftRequest& request) {
  SAS_RETURN_IF_ERROR(CheckName(call, kShiftName, request.name(), "name"));
  SAS_RETURN_IF_ERROR(CheckReason(request.reason()));
  const std::string region(base::RegionOf(request.name()));
  return ledger::WriteOnce<v1::Shift>(
      desk.desk.store, call, request,
      [&](RegulationTransaction& transaction) -> absl::StatusOr<v1::Shift> {
        const base::Instant now = desk.desk.clock.Now();
        SAS_ASSIGN_OR_RETURN(v1::Shift shift,
                             OpenShift(transaction, call, request.name(), request.etag(), now));
        SAS_ASSIGN_OR_RETURN(v1::Shift rest, RestOf(shift, request, now));
        SAS_RETURN_IF_ERROR(Plan(desk, call, transaction, region, " replaces=yes", rest));
        // What was worked of it stays a shift of its own length; nothing of it stands otherwise.
        if (ToInstant(rest.start_time()) > ToInstant(shift.start_time())) {
          *shift.mutable_end_time() = rest.start_time();
        } else {
          shift.set_state(v1::Shift::STATE_REPLACED);
        }
        shift.set_replaced_by(rest.name());
        shift.set_reason(request.reason());
        SAS_RETURN_IF_ERROR(
            SaveShift(transaction, shift, "shift.replaced", ActOf(call), RoleCode(shift)));
        return rest;
      });
}

absl::StatusOr<v1::Shift> CancelShift(RosterDesk& desk, const base::Call& call,
                                      const v1::CancelShiftRequest& request) {
  SAS_RETURN_IF_ERROR(CheckName(call, kShiftName, request.name(), "name"));
  SAS_RETURN_IF_ERROR(CheckReason(request.reason()));
  return ledger::WriteOnce<v1::Shift>(
      desk.desk.store, call, request,
      [&](RegulationTransaction& transaction) -> absl::StatusOr<v1::Shift> {
        SAS_ASSIGN_OR_RETURN(v1::Shift shift, OpenShift(transaction, call, request.name(),
                                                        request.etag(), desk.desk.clock.Now()));
        shift.set_state(v1::Shift::STATE_CANCELLED);
        shift.set_reason(request.reason());
        SAS_RETURN_IF_ERROR(
            SaveShift(transaction, shift, "shift.cancelled", ActOf(call), RoleCode(shift)));
        return shift;
      });
}

absl::StatusOr<v1::ListShiftsResponse> ListShifts(RosterDesk& desk, const base::Call& call,
                                                  const v1::ListShiftsRequest& request) {
  SAS_RETURN_IF_ERROR(CheckName(call, "regions/*", request.parent(), "parent"));
  SAS_ASSIGN_OR_RETURN(const PageRequest page, PageOf(call, request));
  ShiftQuery query;
  query.region = std::string(base::RegionOf(request.parent()));
  SAS_ASSIGN_OR_RETURN(query.territories, TerritoriesOf(call.actor, request.territory()));
  query.subject = request.subject();
  query.start = ToInstant(request.start_time());
  query.end = ToInstant(request.end_time());
  if (query.end <= query.start || query.end - query.start > kWindowMax) {
    return base::InvalidField("end_time", "INVALID_PERIOD", "a period of at most 31 days");
  }
  if (page.position) {
    query.after = page.position->key.name;
    query.after_start = page.position->now;
  }
  query.limit = page.size + 1;
  v1::ListShiftsResponse response;
  SAS_RETURN_IF_ERROR(
      desk.desk.store.Read(call, [&](RegulationTransaction& transaction) -> absl::Status {
        response.Clear();
        SAS_ASSIGN_OR_RETURN(auto rows, transaction.roster().ListShifts(query));
        if (static_cast<int>(rows.size()) > page.size) {
          rows.pop_back();
          ListPosition next;
          next.key.name = rows.back().name();
          next.now = ToInstant(rows.back().start_time());
          response.set_next_page_token(WritePage(page, next));
        }
        for (v1::Shift& row : rows) *response.add_shifts() = std::move(row);
        return absl::OkStatus();
      }));
  return response;
}

}  // namespace sas::regulation::acts
