#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "common/base/etag.h"
#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "common/base/timestamp.h"
#include "services/slots/convert.h"
#include "services/slots/field_checks.h"
#include "services/slots/plan_warnings.h"
#include "services/slots/planning_work.h"

namespace sas::slots {
namespace {

constexpr std::size_t kReasonMax = 40;  ///< Characters.

absl::Status CheckReason(std::string_view reason, std::string_view field) {
  const bool shape =
      !reason.empty() && reason.size() <= kReasonMax &&
      reason.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == std::string_view::npos;
  if (shape) return absl::OkStatus();
  return base::InvalidField(field, "REASON_CODE_REQUIRED",
                            "say why in UPPER_SNAKE, for example VACANCES");
}

/// A closure, and what openings have in common with it.
absl::Status CheckTimes(const v1::AgendaException& exception, base::Instant now,
                        std::string_view field) {
  const auto path = [&](std::string_view name) { return FieldBelow(field, name); };
  if (!exception.has_start_time() || !exception.has_end_time()) {
    return base::InvalidField(path("start_time"), "INVALID_TIME_RANGE", "give start and end");
  }
  const base::Instant start = base::ToInstant(exception.start_time());
  const base::Instant end = base::ToInstant(exception.end_time());
  const auto whole = [](base::Instant instant) {
    return instant == std::chrono::floor<std::chrono::minutes>(instant);
  };
  if (!whole(start) || !whole(end) || end <= start) {
    return base::InvalidField(path("end_time"), "INVALID_TIME_RANGE",
                              "use whole minutes, the end after the start");
  }
  const bool closure = exception.kind() == v1::AgendaException::KIND_CLOSURE;
  if (end - start > (closure ? kClosureMax : kOpeningMax)) {
    return base::InvalidField(
        path("end_time"), "INVALID_TIME_RANGE",
        closure ? "a closure takes at most 92 days" : "an opening takes at most 12 h");
  }
  if (end <= now) return base::InvalidField(path("end_time"), "START_IN_PAST", "it is over");
  if (start > now + kExceptionAheadMax) {
    return base::InvalidField(path("start_time"), "INVALID_TIME_RANGE", "at most 400 days ahead");
  }
  return absl::OkStatus();
}

v1::Slot::State StateOf(const PlannedSlot& planned, int free) {
  if (!planned.staffed) return v1::Slot::STATE_WITHDRAWN;
  return free > 0 ? v1::Slot::STATE_FREE : v1::Slot::STATE_BOOKED;
}

/// As the searches show it, when nobody holds a seat of it.
v1::Slot ToProto(const PlannedSlot& planned, int free, std::string_view agenda, base::Instant now) {
  v1::Slot slot;
  slot.set_name(planned.name);
  slot.set_state(StateOf(planned, free));
  *slot.mutable_start_time() = base::ToTimestamp(planned.start);
  *slot.mutable_end_time() = base::ToTimestamp(planned.end);
  slot.set_agenda(std::string(agenda));
  slot.set_practitioner(planned.practitioner);
  for (const Mode mode : planned.modes) {
    slot.add_modes(static_cast<type::v1::ConsultationMode>(mode));
  }
  for (const SlotClass each : planned.classes) {
    slot.add_classes(static_cast<type::v1::SlotClass>(each));
  }
  slot.set_allocation(static_cast<v1::SlotAllocation>(planned.allocation));
  slot.set_seat_count(planned.seats);
  slot.set_free_seat_count(planned.staffed ? free : 0);
  *slot.mutable_verify_time() = base::ToTimestamp(now);
  slot.set_origin(static_cast<v1::Slot::Origin>(planned.origin));
  slot.set_own_patients_only(planned.own_patients_only);
  return slot;
}

std::set<std::string> SitesOf(const std::vector<Plan>& plans, const std::string& own) {
  std::set<std::string> sites{own};
  for (const Plan& plan : plans) sites.insert(plan.site);
  return sites;
}

events::v1::PlanningChange ChangeOf(const v1::AgendaException& exception) {
  events::v1::PlanningChange change;
  change.set_site(SiteOfException(exception.name()));
  change.set_agenda(exception.agenda());
  *change.mutable_start_time() = exception.start_time();
  *change.mutable_end_time() = exception.end_time();
  change.set_reason_code(exception.reason_code());
  return change;
}

}  // namespace

absl::Status PlanningWork::CheckMeetings(const Opening& opening, const care::Zone& zone) {
  std::vector<Plan> others;
  SAS_ASSIGN_OR_RETURN(auto plans,
                       transaction_.ListSessionPlans(opening.site, Page{"", kSitePlansMax}));
  SAS_ASSIGN_OR_RETURN(auto openings, transaction_.agendas().ListExceptions(
                                          opening.site, frame_.now, Page{"", kExceptionsMax}));
  if (!opening.practitioner.empty()) {
    SAS_ASSIGN_OR_RETURN(auto his, transaction_.agendas().ListPlansOf(opening.practitioner));
    std::move(his.begin(), his.end(), std::back_inserter(plans));
    SAS_ASSIGN_OR_RETURN(auto opened,
                         transaction_.agendas().ListOpeningsOf(opening.practitioner, frame_.now));
    std::move(opened.begin(), opened.end(), std::back_inserter(openings));
  }
  for (const v1::SessionPlan& proto : plans) {
    auto plan = ToPlan(proto);
    if (plan.ok()) others.push_back(*std::move(plan));
  }
  for (const v1::AgendaException& each : openings) {
    if (each.kind() != v1::AgendaException::KIND_OPENING) continue;
    others.push_back(PlanOf(ToOpening(each, SiteOfException(each.name())), zone));
  }
  std::map<std::string, ChainSite> sites;
  for (const std::string& name : SitesOf(others, opening.site)) {
    SAS_ASSIGN_OR_RETURN(const auto site, transaction_.GetSite(name));
    if (site) sites.emplace(name, ToChainSite(*site));
  }
  return slots::CheckMeetings(PlanOf(opening, zone), others, sites);
}

absl::Status PlanningWork::CheckOpeningAt(const v1::Site& site,
                                          const v1::AgendaException& exception,
                                          std::string_view field) {
  SAS_ASSIGN_OR_RETURN(const care::Zone zone, ToZone(site));
  SAS_ASSIGN_OR_RETURN(const PlanFrame frame, ToPlanFrame(site));
  const Opening opening = ToOpening(exception, site.name());
  SAS_RETURN_IF_ERROR(CheckOpening(opening, frame, zone, field));
  // Of two slots of one name the opening's would stay, and nobody would ask the platform.
  SAS_ASSIGN_OR_RETURN(const auto fed,
                       transaction_.partners().GetAgenda(AgendaName(site.name(), opening.agenda)));
  if (fed) {
    return base::InvalidField(
        FieldBelow(field, "agenda"), "AGENDA_OF_PARTNER",
        "a platform publishes this agenda, and its word would be lost: choose another id");
  }
  const auto& rooms = site.rooms();
  const bool known =
      opening.room_id.empty() || std::any_of(rooms.begin(), rooms.end(), [&](const v1::Room& room) {
        return room.room_id() == opening.room_id;
      });
  if (!known) {
    return base::InvalidField(FieldBelow(field, "room_id"), "UNKNOWN_REFERENCE",
                              "the site has no such room");
  }
  if (!opening.practitioner.empty()) {
    SAS_ASSIGN_OR_RETURN(const auto doctor, transaction_.GetPractitioner(opening.practitioner));
    if (!doctor) {
      return base::InvalidField(FieldBelow(field, "practitioner"), "UNKNOWN_REFERENCE",
                                "the directory has no such practitioner");
    }
  }
  return CheckMeetings(opening, zone);
}

absl::StatusOr<v1::AgendaException> PlanningWork::AddException(const v1::Site& site,
                                                               v1::AgendaException exception,
                                                               std::string_view field) {
  SAS_RETURN_IF_ERROR(CheckReason(exception.reason_code(), FieldBelow(field, "reason_code")));
  SAS_RETURN_IF_ERROR(CheckTimes(exception, frame_.now, field));
  SAS_ASSIGN_OR_RETURN(const auto living, transaction_.agendas().ListExceptions(
                                              site.name(), frame_.now, Page{"", kExceptionsMax}));
  if (living.size() >= static_cast<std::size_t>(kExceptionsMax)) {
    return base::Fail(absl::StatusCode::kFailedPrecondition, "TOO_MANY_EXCEPTIONS",
                      "the site has 1000 exceptions to come; change its plans instead",
                      {{"site", site.name()}});
  }
  if (exception.kind() == v1::AgendaException::KIND_OPENING) {
    SAS_RETURN_IF_ERROR(CheckOpeningAt(site, exception, field));
  }
  exception.clear_full_pilot_weeks();
  exception.set_name(site.name() + "/exceptions/" + frame_.fresh_id);
  *exception.mutable_create_time() = base::ToTimestamp(frame_.now);
  exception.set_etag(base::EtagOf(1));
  SAS_RETURN_IF_ERROR(transaction_.agendas().PutException(exception));
  SAS_RETURN_IF_ERROR(transaction_.TouchSite(frame_.region, site.name()));
  if (exception.kind() == v1::AgendaException::KIND_OPENING) {
    SAS_RETURN_IF_ERROR(AddPilotWeeks(site, base::ToInstant(exception.start_time()), 1,
                                      *exception.mutable_full_pilot_weeks()));
  }
  return exception;
}

absl::StatusOr<v1::AgendaException> PlanningWork::CreateException(
    const v1::CreateAgendaExceptionRequest& request) {
  const v1::AgendaException& asked = request.agenda_exception();
  constexpr std::string_view kField = "agenda_exception";
  if (asked.kind() == v1::AgendaException::KIND_UNSPECIFIED ||
      !v1::AgendaException::Kind_IsValid(asked.kind())) {
    return base::InvalidField("agenda_exception.kind", "UNKNOWN_ENUM_VALUE", "closure or opening");
  }
  SAS_ASSIGN_OR_RETURN(const v1::Site site,
                       SiteFor(request.parent(), asked.agenda(), Right::kManage));
  SAS_ASSIGN_OR_RETURN(const SiteStanding standing, Standing(site.name()));
  SAS_ASSIGN_OR_RETURN(const v1::AgendaException made, AddException(site, asked, kField));
  SAS_ASSIGN_OR_RETURN(const SiteStanding after, Standing(site.name()));
  SAS_RETURN_IF_ERROR(Tell("CreateAgendaException", "agenda_exception.created", made.name(),
                           ChangeOf(made), standing.Stranded(after))
                          .status());
  SAS_RETURN_IF_ERROR(TellReopened(site.name(), standing, after, made.name()));
  return made;
}

absl::StatusOr<v1::DeleteAgendaExceptionResponse> PlanningWork::DeleteException(
    const v1::DeleteAgendaExceptionRequest& request) {
  const std::string site = SiteOfException(request.name());
  SAS_ASSIGN_OR_RETURN(const auto exception, transaction_.agendas().GetException(request.name()));
  SAS_ASSIGN_OR_RETURN(const v1::Site at,
                       SiteFor(site, exception ? exception->agenda() : "", Right::kManage));
  if (!exception) {
    return base::Fail(absl::StatusCode::kNotFound, "EXCEPTION_NOT_FOUND",
                      "the site has no such exception", {{"exception", request.name()}});
  }
  SAS_ASSIGN_OR_RETURN(const SiteStanding standing, Standing(site));
  SAS_RETURN_IF_ERROR(transaction_.agendas().DeleteException(request.name()));
  SAS_RETURN_IF_ERROR(transaction_.TouchSite(frame_.region, site));
  SAS_ASSIGN_OR_RETURN(const SiteStanding after, Standing(site));
  SAS_ASSIGN_OR_RETURN(const int orphans,
                       Tell("DeleteAgendaException", "agenda_exception.deleted", request.name(),
                            ChangeOf(*exception), standing.Stranded(after)));
  SAS_RETURN_IF_ERROR(TellReopened(site, standing, after));
  v1::DeleteAgendaExceptionResponse response;
  response.set_orphan_count(orphans);
  if (exception->kind() == v1::AgendaException::KIND_CLOSURE) {
    SAS_RETURN_IF_ERROR(AddPilotWeeks(at, frame_.now, frame_.options.horizon_days,
                                      *response.mutable_full_pilot_weeks()));
  }
  return response;
}

absl::StatusOr<std::string> PlanningWork::OwnAgenda(const std::string& site,
                                                    const std::string& practitioner) {
  SAS_ASSIGN_OR_RETURN(const auto plans, transaction_.agendas().ListPlansOf(practitioner));
  for (const v1::SessionPlan& plan : plans) {
    if (plan.name().compare(0, site.size() + 1, site + "/") == 0) return plan.agenda();
  }
  return std::string(base::LastId(practitioner));
}

absl::StatusOr<v1::OpenSlotsResponse> PlanningWork::OpenSlots(const v1::OpenSlotsRequest& request) {
  v1::AgendaException opening;
  opening.set_kind(v1::AgendaException::KIND_OPENING);
  opening.set_reason_code("URGENCE_JOUR_J");
  opening.set_practitioner(request.practitioner());
  opening.set_agenda(request.agenda());
  if (opening.agenda().empty()) {
    SAS_ASSIGN_OR_RETURN(const std::string own,
                         OwnAgenda(request.parent(), request.practitioner()));
    opening.set_agenda(own);
  }
  SAS_ASSIGN_OR_RETURN(const v1::Site site,
                       SiteFor(request.parent(), opening.agenda(), Right::kManage));
  const base::Instant start = base::ToInstant(request.start_time());
  const int minutes = request.slot_minutes() == 0 ? kOpenMinutesStandard : request.slot_minutes();
  opening.set_slot_minutes(minutes);
  opening.set_seats(1);
  *opening.mutable_start_time() = request.start_time();
  *opening.mutable_end_time() =
      base::ToTimestamp(start + std::chrono::minutes(minutes) * request.slot_count());
  *opening.mutable_modes() = request.modes();
  if (opening.modes().empty()) opening.add_modes(type::v1::CONSULTATION_MODE_AMB);
  *opening.mutable_classes() = request.classes();
  if (opening.classes().empty()) {
    opening.add_classes(type::v1::SLOT_CLASS_PRO);
    opening.add_classes(type::v1::SLOT_CLASS_SNP);
  }
  SAS_ASSIGN_OR_RETURN(const v1::AgendaException made, AddException(site, opening, ""));
  SAS_RETURN_IF_ERROR(Tell("OpenSlots", "slots.opened", made.name(), ChangeOf(made)).status());
  v1::OpenSlotsResponse response;
  *response.mutable_agenda_exception() = made;
  SAS_ASSIGN_OR_RETURN(const auto warnings, OpeningWarnings(transaction_, made, site, frame_.now));
  for (const std::string& each : warnings) response.add_warnings(each);
  SAS_ASSIGN_OR_RETURN(const SiteStanding after, Standing(site.name()));
  for (const IndexedSlot& slot : after.picture().site->slots) {
    if (slot.slot.plan == made.name()) {
      *response.add_slots() = ToProto(slot.slot, slot.free_seats, made.agenda(), frame_.now);
    }
  }
  return response;
}

absl::StatusOr<v1::Slot> PlanningWork::WithdrawSlot(const v1::WithdrawSlotRequest& request) {
  SAS_ASSIGN_OR_RETURN(const SlotIdentity identity, ParseSlotName(request.name(), "name"));
  SAS_ASSIGN_OR_RETURN(const v1::Site site,
                       SiteFor(identity.site, identity.agenda, Right::kManage));
  SAS_ASSIGN_OR_RETURN(const SiteStanding standing, Standing(site.name()));
  const auto& slots = standing.picture().site->slots;
  const auto found = std::find_if(slots.begin(), slots.end(), [&](const IndexedSlot& each) {
    return each.slot.name == request.name();
  });
  if (found == slots.end()) {
    return base::Fail(absl::StatusCode::kNotFound, "SLOT_NOT_FOUND",
                      "no such slot within the horizon", {{"slot", request.name()}});
  }
  PlannedSlot planned = found->slot;
  if (planned.start <= frame_.now) {
    return base::Fail(absl::StatusCode::kFailedPrecondition, "SLOT_IN_PAST",
                      "the slot has begun; nobody can book it any more",
                      {{"slot", request.name()}});
  }
  if (planned.withdrawn) return ToProto(planned, 0, identity.agenda, frame_.now);
  v1::AgendaException closure;
  closure.set_kind(v1::AgendaException::KIND_CLOSURE);
  closure.set_agenda(identity.agenda);
  *closure.mutable_start_time() = base::ToTimestamp(planned.start);
  *closure.mutable_end_time() = base::ToTimestamp(planned.end);
  closure.set_reason_code(request.reason_code());
  SAS_ASSIGN_OR_RETURN(const v1::AgendaException made, AddException(site, closure, ""));
  SAS_ASSIGN_OR_RETURN(const SiteStanding after, Standing(site.name()));
  SAS_RETURN_IF_ERROR(Tell("WithdrawSlot", "slot.withdrawn", request.name(), ChangeOf(made),
                           standing.Stranded(after))
                          .status());
  Withdraw(planned);
  return ToProto(planned, 0, identity.agenda, frame_.now);
}

}  // namespace sas::slots
