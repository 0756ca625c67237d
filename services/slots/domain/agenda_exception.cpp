#include "services/slots/domain/agenda_exception.h"

#include <algorithm>

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "common/care/pdsa_hours.h"
#include "services/slots/domain/findings.h"
#include "services/slots/domain/slot_day.h"

namespace sas::slots {
namespace {

constexpr std::size_t kAgendaMax = 48;  ///< With '-' and the start it makes an id of at most 63.

bool WholeMinutes(base::Instant instant) {
  return instant == std::chrono::floor<std::chrono::minutes>(instant);
}

class OpeningChecker {
 public:
  OpeningChecker(const Opening& opening, std::string_view prefix)
      : opening_(opening), prefix_(prefix) {}

  void CheckShape() {
    if (!base::IsId(opening_.agenda) || opening_.agenda.size() > kAgendaMax) {
      InvalidField("agenda", "INVALID_AGENDA", "use 1 to 48 of a-z, 0-9, '-', '.', '_', '~'");
    }
    if (opening_.slot_minutes < kSlotMinutesMin || opening_.slot_minutes > kSlotMinutesMax) {
      InvalidField("slot_minutes", "INVALID_OPENING", "a slot takes 5 to 120 minutes");
    } else if (opening_.end - opening_.start < std::chrono::minutes(opening_.slot_minutes)) {
      InvalidField("slot_minutes", "INVALID_OPENING", "the opening is shorter than one slot");
    }
    if (opening_.seats < 1 || opening_.seats > kSeatsMax) {
      InvalidField("seats", "INVALID_OPENING", "a slot has 1 to 20 seats");
    }
    if (opening_.give_back_minutes < 0 || opening_.give_back_minutes > kGiveBackMinutesMax) {
      InvalidField("give_back_minutes", "NUMBER_OUT_OF_RANGE", "use 0 to 1440");
    }
    CheckList("modes", opening_.modes, Mode::kAmb, Mode::kVr);
    CheckList("classes", opening_.classes, SlotClass::kPublic, SlotClass::kCpts);
    if (opening_.allocation < Allocation::kAnybody ||
        opening_.allocation > Allocation::kSecretariat) {
      InvalidField("allocation", "UNKNOWN_ENUM_VALUE", "use a value of the list");
    }
  }

  void CheckTimes(const care::Zone& zone) {
    if (!WholeMinutes(opening_.start) || !WholeMinutes(opening_.end)) {
      InvalidField("start_time", "INVALID_TIME_RANGE", "use whole minutes");
    }
    if (opening_.end - opening_.start > kOpeningMax) {
      InvalidField("end_time", "INVALID_TIME_RANGE", "an opening takes at most 12 h");
    }
    const care::Date day = zone.DateOf(opening_.start);
    const base::Instant midnight = zone.At(care::AddDays(day, 1), care::TimeOfDay{0});
    if (opening_.end > midnight) {
      InvalidField("end_time", "INVALID_TIME_RANGE",
                   "an opening does not go past midnight; make one for each day");
    }
  }

  void CheckDay(const PlanFrame& frame, const care::Zone& zone) {
    const care::Date day = zone.DateOf(opening_.start);
    if (!IsOpenOn(frame, day)) {
      findings_.Add(Refuse("SITE_NOT_OPEN", "the site is not open on " + care::DateText(day)));
    }
    if (BreaksPdsa(frame, day, zone.TimeOf(opening_.start),
                   EndOfDay(zone, opening_.start, opening_.end))) {
      findings_.Add(Refuse("SESSION_IN_PDSA_HOURS",
                           "the opening lies in PDSA hours: " + care::PdsaHoursText(frame.pdsa)));
    }
  }

  absl::Status Result() const { return findings_.Result(); }

  bool sound() const { return findings_.empty(); }

 private:
  std::string Field(std::string_view name) const {
    return prefix_.empty() ? std::string(name) : prefix_ + "." + std::string(name);
  }

  void InvalidField(std::string_view field, std::string_view reason, std::string_view description) {
    findings_.Add(base::InvalidField(Field(field), reason, description));
  }

  absl::Status Refuse(std::string_view reason, const std::string& text) const {
    const absl::Status status =
        base::Fail(absl::StatusCode::kFailedPrecondition, reason, text, {{"site", opening_.site}});
    base::ErrorDetail detail = base::DetailOf(status);
    detail.violations.push_back({Field("start_time"), text});
    return base::WithDetail(status, detail);
  }

  template <typename Kind>
  void CheckList(std::string_view field, const std::vector<Kind>& list, Kind first, Kind last) {
    if (list.empty()) InvalidField(field, "INVALID_OPENING", "name at least one");
    const bool known = std::all_of(list.begin(), list.end(),
                                   [&](Kind kind) { return kind >= first && kind <= last; });
    if (!known) InvalidField(field, "UNKNOWN_ENUM_VALUE", "use a value of the list");
  }

  const Opening& opening_;
  const std::string prefix_;
  Findings findings_;
};

}  // namespace

absl::Status CheckOpening(const Opening& opening, const PlanFrame& frame, const care::Zone& zone,
                          std::string_view prefix) {
  OpeningChecker checker(opening, prefix);
  checker.CheckShape();
  checker.CheckTimes(zone);
  if (checker.sound()) checker.CheckDay(frame, zone);
  return checker.Result();
}

Plan PlanOf(const Opening& opening, const care::Zone& zone) {
  Plan plan;
  plan.name = opening.name;
  plan.site = opening.site;
  plan.agenda = opening.agenda;
  plan.practitioner = opening.practitioner;
  plan.room_id = opening.room_id;
  const care::Date day = zone.DateOf(opening.start);
  plan.weekdays = {care::Weekday(day)};
  plan.start = zone.TimeOf(opening.start);
  plan.end = EndOfDay(zone, opening.start, opening.end);
  plan.slot_minutes = opening.slot_minutes;
  plan.seats = opening.seats;
  plan.modes = opening.modes;
  plan.classes = opening.classes;
  plan.effective_start = day;
  plan.effective_end = day;
  plan.public_holidays = true;
  return plan;
}

std::vector<PlannedSlot> SlotsOf(const Opening& opening, const PlanFrame& frame,
                                 const care::Zone& zone) {
  std::vector<PlannedSlot> slots;
  if (opening.slot_minutes < kSlotMinutesMin) return slots;
  const SlotBar bar = BarOf(frame, zone, opening.start, opening.end);
  if (bar == SlotBar::kSiteNotOpen || bar == SlotBar::kPdsaHours) return slots;
  const care::Date day = zone.DateOf(opening.start);
  PlannedSlot slot;
  slot.plan = opening.name;
  slot.origin = Origin::kManual;
  slot.staffed = !opening.practitioner.empty() && IsLicensedOn(frame, day);
  slot.practitioner = slot.staffed ? opening.practitioner : std::string();
  PutIntoDay(day, zone, slot);
  slot.modes = opening.modes;
  slot.classes = opening.classes;
  slot.allocation = opening.allocation;
  slot.seats = opening.seats;
  slot.own_patients_only = opening.own_patients_only;
  if (opening.allocation == Allocation::kSameDay) slot.release = slot.day_begin;
  const std::chrono::minutes length(opening.slot_minutes);
  for (auto start = opening.start; start + length <= opening.end; start += length) {
    slot.name = SlotName(opening.site, opening.agenda, start);
    slot.start = start;
    slot.end = start + length;
    if (opening.allocation == Allocation::kSecretariat) slot.release = start;
    if (opening.give_back_minutes > 0) {
      slot.give_back = start - std::chrono::minutes(opening.give_back_minutes);
    }
    slots.push_back(slot);
  }
  return slots;
}

bool IsClosed(const std::vector<Closure>& closures, std::string_view agenda, base::Instant start,
              base::Instant end) {
  return std::any_of(closures.begin(), closures.end(), [&](const Closure& each) {
    return (each.agenda.empty() || each.agenda == agenda) && start < each.end && each.start < end;
  });
}

void Withdraw(PlannedSlot& slot) {
  slot.withdrawn = true;
  slot.staffed = false;
}

}  // namespace sas::slots
