#include "services/slots/convert.h"

#include <string>

#include "common/base/status.h"
#include "common/care/pdsa_hours.h"
#include "sas/type/v1/care.pb.h"
#include "services/slots/domain/findings.h"
#include "services/slots/domain/month_day.h"

namespace sas::slots {
namespace {

namespace type_v1 = sas::type::v1;

template <typename A, typename B>
constexpr bool Same(A ours, B theirs) {
  return static_cast<int>(ours) == static_cast<int>(theirs);
}

static_assert(Same(EntryPoint::kUnspecified, type_v1::ENTRY_POINT_UNSPECIFIED));
static_assert(Same(EntryPoint::kLine15, type_v1::ENTRY_POINT_LINE_15));
static_assert(Same(EntryPoint::kLine116117, type_v1::ENTRY_POINT_LINE_116117));
static_assert(Same(EntryPoint::kMedecinTraitant, type_v1::ENTRY_POINT_MEDECIN_TRAITANT));
static_assert(Same(EntryPoint::kSecretariat, type_v1::ENTRY_POINT_SECRETARIAT));
static_assert(Same(EntryPoint::kUrgences, type_v1::ENTRY_POINT_URGENCES));
static_assert(Same(EntryPoint::kPharmacie, type_v1::ENTRY_POINT_PHARMACIE));
static_assert(Same(EntryPoint::kIdel, type_v1::ENTRY_POINT_IDEL));
static_assert(Same(EntryPoint::kPodologue, type_v1::ENTRY_POINT_PODOLOGUE));
static_assert(Same(EntryPoint::kAutreProfessionnel, type_v1::ENTRY_POINT_AUTRE_PROFESSIONNEL));
static_assert(Same(EntryPoint::kPartenaire, type_v1::ENTRY_POINT_PARTENAIRE));
static_assert(Same(EntryPoint::kLocal, type_v1::ENTRY_POINT_LOCAL));
static_assert(Same(EntryPoint::kLocal, type_v1::EntryPoint_MAX));
static_assert(Same(Mode::kAmb, type_v1::CONSULTATION_MODE_AMB));
static_assert(Same(Mode::kHh, type_v1::CONSULTATION_MODE_HH));
static_assert(Same(Mode::kVr, type_v1::CONSULTATION_MODE_VR));
static_assert(Same(Mode::kVr, type_v1::ConsultationMode_MAX));
static_assert(Same(SlotClass::kPublic, type_v1::SLOT_CLASS_PUBLIC));
static_assert(Same(SlotClass::kPro, type_v1::SLOT_CLASS_PRO));
static_assert(Same(SlotClass::kSnp, type_v1::SLOT_CLASS_SNP));
static_assert(Same(SlotClass::kCpts, type_v1::SLOT_CLASS_CPTS));
static_assert(Same(SlotClass::kCpts, type_v1::SlotClass_MAX));

static_assert(Same(AccessReason::kSansMt, type_v1::ACCESS_REASON_SANS_MT));
static_assert(Same(AccessReason::kMtIndisponible, type_v1::ACCESS_REASON_MT_INDISPONIBLE));
static_assert(Same(AccessReason::kPasDeRdv48h, type_v1::ACCESS_REASON_PAS_DE_RDV_48H));
static_assert(Same(AccessReason::kHorsResidence, type_v1::ACCESS_REASON_HORS_RESIDENCE));
static_assert(Same(AccessReason::kSansReponseCabinets,
                   type_v1::ACCESS_REASON_SANS_REPONSE_CABINETS));
static_assert(Same(AccessReason::kReorientationUrgences,
                   type_v1::ACCESS_REASON_REORIENTATION_URGENCES));
static_assert(Same(AccessReason::kReorientationUrgences, type_v1::AccessReason_MAX));

static_assert(Same(Allocation::kAnybody, v1::SLOT_ALLOCATION_UNSPECIFIED));
static_assert(Same(Allocation::kRegulated, v1::SLOT_ALLOCATION_REGULATED));
static_assert(Same(Allocation::kEmergency, v1::SLOT_ALLOCATION_EMERGENCY));
static_assert(Same(Allocation::kProfessionals, v1::SLOT_ALLOCATION_PROFESSIONALS));
static_assert(Same(Allocation::kSameDay, v1::SLOT_ALLOCATION_SAME_DAY));
static_assert(Same(Allocation::kSecretariat, v1::SLOT_ALLOCATION_SECRETARIAT));
static_assert(Same(Allocation::kSecretariat, v1::SlotAllocation_MAX));

static_assert(Same(AgendaMaster::kOurs, v1::AGENDA_MASTER_OURS));
static_assert(Same(AgendaMaster::kSourceStream, v1::AGENDA_MASTER_SOURCE_STREAM));
static_assert(Same(AgendaMaster::kSourceRedirect, v1::AGENDA_MASTER_SOURCE_REDIRECT));
static_assert(v1::AgendaMaster_ARRAYSIZE == 4);
static_assert(Same(Origin::kPlan, v1::Slot::ORIGIN_PLAN));
static_assert(Same(Origin::kPartner, v1::Slot::ORIGIN_PARTNER));
static_assert(Same(Origin::kManual, v1::Slot::ORIGIN_MANUAL));
static_assert(Same(Origin::kManual, v1::Slot::Origin_MAX));
static_assert(Same(Access::kDirect, v1::EntryRule::ACCESS_DIRECT));
static_assert(Same(Access::kRegulated, v1::EntryRule::ACCESS_REGULATED));
static_assert(Same(Access::kRegulated, v1::EntryRule::Access_MAX));

static_assert(Same(care::AgeUnit::kDay, type_v1::Age::UNIT_DAY));
static_assert(Same(care::AgeUnit::kWeek, type_v1::Age::UNIT_WEEK));
static_assert(Same(care::AgeUnit::kMonth, type_v1::Age::UNIT_MONTH));
static_assert(Same(care::AgeUnit::kYear, type_v1::Age::UNIT_YEAR));
static_assert(Same(care::AgeUnit::kYear, type_v1::Age::Unit_MAX));

template <typename Value, typename List>
std::vector<Value> CastAll(const List& list) {
  std::vector<Value> values;
  values.reserve(static_cast<std::size_t>(list.size()));
  for (const auto value : list) values.push_back(static_cast<Value>(value));
  return values;
}

template <typename List>
std::vector<std::string> Strings(const List& list) {
  return {list.begin(), list.end()};
}

void ReadDate(const std::string& text, const std::string& field, care::Date& date,
              Findings& findings) {
  const auto parsed = care::ParseDate(text, field);
  if (parsed.ok()) date = *parsed;
  findings.Add(parsed.status());
}

void ReadDate(const std::string& text, const std::string& field, std::optional<care::Date>& date,
              Findings& findings) {
  if (text.empty()) return;
  ReadDate(text, field, date.emplace(), findings);
}

void ReadTime(const std::string& text, const std::string& field, care::TimeOfDay& time,
              Findings& findings) {
  const auto parsed = care::ParseTimeOfDay(text, field);
  if (parsed.ok()) time = *parsed;
  findings.Add(parsed.status());
}

/// MM-DD as month × 100 + day; whether the day exists is for CheckPlan to say.
void ReadMonthDay(const std::string& text, const std::string& field, int& month_day,
                  Findings& findings) {
  if (const auto read = MonthDayOf(text)) {
    month_day = *read;
  } else {
    findings.Add(base::InvalidField(field, "INVALID_DATE", "use MM-DD"));
  }
}

void ReadSeasons(const v1::SessionPlan& proto, std::string_view prefix, Plan& plan,
                 Findings& findings) {
  for (int i = 0; i < proto.seasons_size(); ++i) {
    const v1::SeasonCapacity& each = proto.seasons(i);
    const std::string path = FieldBelow(prefix, "seasons[" + std::to_string(i) + "]");
    Season season;
    ReadMonthDay(each.start_month_day(), path + ".start_month_day", season.first, findings);
    ReadMonthDay(each.end_month_day(), path + ".end_month_day", season.last, findings);
    season.seats = each.seats();
    plan.seasons.push_back(season);
  }
}

/// The ARS' approval of chained sessions; a date that cannot be read approves nothing.
std::optional<care::Date> ChainingFrom(const v1::Site& proto) {
  if (!proto.has_chaining_approval()) return std::nullopt;
  const auto date = care::ParseDate(proto.chaining_approval().approval_date(), "approval_date");
  return date.ok() ? std::optional(*date) : std::nullopt;
}

care::HolidayRegime HolidaysOf(const v1::Site& proto) {
  static_assert(static_cast<int>(v1::HOLIDAY_REGIME_METROPOLE) ==
                static_cast<int>(care::HolidayRegime::kMetropole) + 1);
  static_assert(static_cast<int>(v1::HolidayRegime_MAX) ==
                static_cast<int>(care::HolidayRegime::kSaintMartin) + 1);
  const bool named = proto.holiday_regime() != v1::HOLIDAY_REGIME_UNSPECIFIED &&
                     v1::HolidayRegime_IsValid(proto.holiday_regime());
  return named ? static_cast<care::HolidayRegime>(static_cast<int>(proto.holiday_regime()) - 1)
               : care::HolidayRegimeOf(proto.place().insee_code());
}

EntryRule ToEntryRule(const v1::EntryRule& proto) {
  EntryRule rule;
  rule.entry_point = static_cast<EntryPoint>(proto.entry_point());
  rule.access = static_cast<Access>(proto.access());
  rule.profession_codes = Strings(proto.profession_codes());
  rule.access_reasons = CastAll<AccessReason>(proto.access_reasons());
  rule.evaluation_required = proto.evaluation_required();
  rule.orienting_professional_required = proto.orienting_professional_required();
  return rule;
}

// Who receives patients at night and on Sundays by what it is: all others complement the practices
// of the day (S0-03), and need the ARS to work then.
bool IsOfPdsa(v1::Structure::Kind kind) {
  return kind == v1::Structure::KIND_MMG || kind == v1::Structure::KIND_SOS ||
         kind == v1::Structure::KIND_HOPITAL;
}

}  // namespace

std::string FieldBelow(std::string_view prefix, std::string_view name) {
  std::string field(prefix);
  if (!field.empty()) field += '.';
  return field.append(name);
}

care::Age ToAge(const type::v1::Age& proto) {
  return {proto.value(), static_cast<care::AgeUnit>(proto.unit())};
}

absl::StatusOr<Plan> ToPlan(const v1::SessionPlan& proto, std::string_view prefix) {
  const auto field = [&](std::string_view name) { return FieldBelow(prefix, name); };
  Findings findings;
  Plan plan;
  plan.name = proto.name();
  plan.site = plan.name.substr(0, plan.name.find("/plans/"));
  plan.agenda = proto.agenda();
  plan.practitioner = proto.practitioner();
  plan.room_id = proto.room_id();
  plan.weekdays = {proto.weekdays().begin(), proto.weekdays().end()};
  ReadTime(proto.start_time_of_day(), field("start_time_of_day"), plan.start, findings);
  ReadTime(proto.end_time_of_day(), field("end_time_of_day"), plan.end, findings);
  plan.slot_minutes = proto.slot_minutes();
  plan.seats = proto.seats();
  plan.modes = CastAll<Mode>(proto.modes());
  plan.classes = CastAll<SlotClass>(proto.classes());
  plan.allocation_pattern = CastAll<Allocation>(proto.allocation_pattern());
  ReadDate(proto.effective_start_date(), field("effective_start_date"), plan.effective_start,
           findings);
  ReadDate(proto.effective_end_date(), field("effective_end_date"), plan.effective_end, findings);
  plan.every_weeks = proto.every_weeks();
  plan.public_holidays = proto.public_holidays();
  plan.pdsa_hours = proto.pdsa_hours();
  plan.secretary = proto.secretary();
  ReadSeasons(proto, prefix, plan, findings);
  plan.give_back_minutes = proto.give_back_minutes();
  if (!proto.same_day_release_time_of_day().empty()) {
    ReadTime(proto.same_day_release_time_of_day(), field("same_day_release_time_of_day"),
             plan.same_day_release, findings);
  }
  plan.secretariat_minutes = proto.secretariat_minutes();
  plan.supernumerary_max = proto.supernumerary_max();
  plan.own_patients_only = proto.own_patients_only();
  if (!findings.empty()) return findings.Result();
  return plan;
}

absl::StatusOr<SiteRules> ToSiteRules(const v1::Site& proto, std::string_view prefix) {
  Findings findings;
  SiteRules site;
  site.name = proto.name();
  site.display_name = proto.display_name();
  site.point = {proto.place().point().latitude_degrees(),
                proto.place().point().longitude_degrees()};
  site.territories = Strings(proto.territories());
  for (const auto& rule : proto.entry_policy().rules()) {
    site.entry_rules.push_back(ToEntryRule(rule));
  }
  site.own_patients_only = proto.entry_policy().own_patients_only();
  const v1::CarePolicy& policy = proto.care_policy();
  for (const auto& motif : policy.accepted_motifs()) {
    site.accepted_motifs.push_back(
        {motif.motif_code(), ToAge(motif.age_min()), ToAge(motif.age_max()), motif.minutes_min()});
  }
  for (const auto& rule : policy.rules()) {
    site.care_rules.push_back({rule.effect() == v1::CareRule::EFFECT_INCLUDE, rule.motif_code(),
                               ToAge(rule.age_min()), ToAge(rule.age_max()), rule.explanation()});
  }
  site.excluded_motif_codes = Strings(policy.excluded_motif_codes());
  site.age_min = ToAge(policy.age_min());
  site.age_max = ToAge(policy.age_max());
  if (proto.wheelchair() == v1::ACCESSIBILITY_YES) site.wheelchair = true;
  if (proto.wheelchair() == v1::ACCESSIBILITY_NO) site.wheelchair = false;
  if (policy.pregnancy() == v1::ACCESSIBILITY_YES) site.pregnancy = true;
  if (policy.pregnancy() == v1::ACCESSIBILITY_NO) site.pregnancy = false;
  ReadDate(proto.opening_date(), FieldBelow(prefix, "opening_date"), site.opening_date, findings);
  ReadDate(proto.end_date(), FieldBelow(prefix, "end_date"), site.end_date, findings);
  site.daily_appointment_max = proto.daily_appointment_max();
  site.daily_appointment_soft_max = proto.daily_appointment_soft_max();
  auto hours_caps = ToHoursCaps(proto, FieldBelow(prefix, "hours_caps"));
  findings.Add(hours_caps.status());
  if (hours_caps.ok()) site.hours_caps = *std::move(hours_caps);
  if (!findings.empty()) return findings.Result();
  return site;
}

absl::StatusOr<PlanFrame> ToPlanFrame(const v1::Site& proto, std::string_view prefix) {
  Findings findings;
  PlanFrame frame;
  ReadDate(proto.opening_date(), FieldBelow(prefix, "opening_date"), frame.site_opening, findings);
  ReadDate(proto.end_date(), FieldBelow(prefix, "end_date"), frame.site_end, findings);
  frame.secretary_required = proto.secretary_required();
  const bool of_pdsa = IsOfPdsa(proto.kind());
  if (!of_pdsa) frame.pdsa_from = ChainingFrom(proto);
  frame.may_use_pdsa_hours = of_pdsa || frame.pdsa_from.has_value();
  frame.holidays = HolidaysOf(proto);
  frame.pdsa = care::PdsaHoursOf(proto.place().insee_code());
  if (!findings.empty()) return findings.Result();
  return frame;
}

ChainSite ToChainSite(const v1::Site& proto) {
  return {proto.kind() == v1::Structure::KIND_CSNP, proto.kind() == v1::Structure::KIND_MMG,
          ChainingFrom(proto)};
}

PractitionerRules ToPractitionerRules(const v1::Practitioner& proto) {
  PractitionerRules rules;
  rules.name = proto.name();
  rules.rpps = proto.rpps();
  rules.motifs_limited =
      proto.motif_codes_size() > 0 || proto.status() == v1::Practitioner::STATUS_IPA;
  rules.motif_codes = Strings(proto.motif_codes());
  rules.language_codes = Strings(proto.language_codes());
  if (proto.weekly_appointment_max() > 0) {
    rules.weekly_appointment_max = proto.weekly_appointment_max();
  }
  return rules;
}

Opening ToOpening(const v1::AgendaException& proto, std::string_view site) {
  Opening opening;
  opening.name = proto.name();
  opening.site = site;
  opening.agenda = proto.agenda();
  opening.practitioner = proto.practitioner();
  opening.room_id = proto.room_id();
  opening.start = base::ToInstant(proto.start_time());
  opening.end = base::ToInstant(proto.end_time());
  opening.slot_minutes = proto.slot_minutes();
  opening.seats = proto.seats();
  opening.modes = CastAll<Mode>(proto.modes());
  opening.classes = CastAll<SlotClass>(proto.classes());
  opening.allocation = static_cast<Allocation>(proto.allocation());
  opening.give_back_minutes = proto.give_back_minutes();
  opening.own_patients_only = proto.own_patients_only();
  return opening;
}

absl::StatusOr<care::Zone> ToZone(const v1::Site& proto) {
  return care::Zone::Load(proto.time_zone().empty() ? kTimeZoneStandard
                                                    : std::string_view(proto.time_zone()));
}

std::optional<care::Date> LicenceEnd(const v1::Practitioner& proto, std::string_view site) {
  std::string_view end = proto.licence_end_date();
  for (const v1::Practitioner::Activity& each : proto.activities()) {
    if (each.site() == site) end = each.licence_end_date();
  }
  if (end.empty()) return std::nullopt;
  return care::ParseDate(end, "licence_end_date").value_or(care::Date{});
}

v1::EntryRule FromEntryRule(const EntryRule& rule) {
  v1::EntryRule proto;
  proto.set_entry_point(static_cast<type::v1::EntryPoint>(rule.entry_point));
  proto.set_access(static_cast<v1::EntryRule::Access>(rule.access));
  for (const std::string& code : rule.profession_codes) proto.add_profession_codes(code);
  for (const AccessReason reason : rule.access_reasons) {
    proto.add_access_reasons(static_cast<type::v1::AccessReason>(reason));
  }
  proto.set_evaluation_required(rule.evaluation_required);
  proto.set_orienting_professional_required(rule.orienting_professional_required);
  return proto;
}

}  // namespace sas::slots
