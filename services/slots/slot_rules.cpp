#include "services/slots/slot_rules.h"

#include <algorithm>
#include <string>

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "common/care/age.h"
#include "common/care/identifiers.h"
#include "common/care/nomenclature.h"
#include "services/slots/convert.h"
#include "services/slots/domain/index/tile_build.h"
#include "services/slots/domain/rule_lift.h"

namespace sas::slots {
namespace {

constexpr int kModesMax = 3;
constexpr int kLanguagesMax = 10;

absl::Status UnknownValue(std::string_view field) {
  return base::InvalidField(field, "UNKNOWN_ENUM_VALUE",
                            "this value is not one that the service knows; update the client");
}

absl::StatusOr<std::vector<Mode>> ReadModes(const v1::CareNeed& proto, std::string_view field) {
  if (proto.modes_size() > kModesMax) {
    return base::InvalidField(FieldBelow(field, "modes"), "TOO_MANY_VALUES", "at most three modes");
  }
  std::vector<Mode> modes;
  for (const int mode : proto.modes()) {
    if (mode == 0 || !type::v1::ConsultationMode_IsValid(mode)) {
      return UnknownValue(FieldBelow(field, "modes"));
    }
    modes.push_back(static_cast<Mode>(mode));
  }
  if (modes.empty()) modes.push_back(Mode::kAmb);
  return modes;
}

// Who cannot come is also seen at home or by video.
void AddModesWithoutWay(std::vector<Mode>& modes) {
  for (const Mode mode : {Mode::kHh, Mode::kVr}) {
    if (std::find(modes.begin(), modes.end(), mode) == modes.end()) modes.push_back(mode);
  }
}

bool IsLine(EntryPoint entry_point) {
  return entry_point == EntryPoint::kLine15 || entry_point == EntryPoint::kLine116117;
}

// Entry point of credentials, "pharmacie" for PHARMACIE; kUnspecified when they name none.
EntryPoint EntryPointOf(const base::Actor& actor) {
  if (actor.entry_point.empty()) return EntryPoint::kUnspecified;
  std::string name = "ENTRY_POINT_" + actor.entry_point;
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  type::v1::EntryPoint value = type::v1::ENTRY_POINT_UNSPECIFIED;
  type::v1::EntryPoint_Parse(name, &value);
  return static_cast<EntryPoint>(value);
}

absl::Status Reserved(std::string_view slot, std::string_view for_whom) {
  return base::Fail(absl::StatusCode::kFailedPrecondition, "SLOT_RESERVED",
                    "this slot is kept for " + std::string(for_whom) + "; choose another",
                    {{"slot", std::string(slot)}, {"lifted_by", "SITE"}});
}

absl::Status CheckTerritoryOf(const base::Actor& actor, const Need& need) {
  const auto& mine = actor.territories;
  if (mine.empty() || std::find(mine.begin(), mine.end(), need.territory) != mine.end()) {
    return absl::OkStatus();
  }
  return base::Fail(absl::StatusCode::kPermissionDenied, "TERRITORY_FORBIDDEN",
                    "your credentials do not cover the SAS territory " + need.territory,
                    {{"territory", need.territory}});
}

std::string_view ForWhom(Allocation allocation) {
  switch (allocation) {
    case Allocation::kRegulated:
      return "regulated orders of 15 and 116 117";
    case Allocation::kEmergency:
      return "the emergency department";
    case Allocation::kProfessionals:
      return "professionals who enter directly";
    case Allocation::kSameDay:
      return "the day itself";
    case Allocation::kSecretariat:
      return "the secretariat of the practice";
    case Allocation::kAnybody:
      break;
  }
  return "others";
}

/// Has the practice taken the slot back?
absl::Status CheckOffered(const PlannedSlot& slot, base::Instant now) {
  if (slot.withdrawn) {
    return base::Fail(absl::StatusCode::kFailedPrecondition, "SLOT_WITHDRAWN",
                      "the practice has withdrawn this slot; choose another",
                      {{"slot", slot.name}, {"lifted_by", "SITE"}});
  }
  if (IsGivenBack(slot, now)) {
    return base::Fail(absl::StatusCode::kFailedPrecondition, "SLOT_GIVEN_BACK",
                      "so shortly before its start this free slot is the practice's again; "
                      "choose another",
                      {{"slot", slot.name}, {"lifted_by", "SITE"}});
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Need> ReadNeed(const v1::CareNeed& proto, std::string_view profession,
                              std::string_view field) {
  Need need;
  if (proto.entry_point() == 0) {
    return base::InvalidField(FieldBelow(field, "entry_point"), "ENTRY_POINT_REQUIRED",
                              "say where the request enters");
  }
  if (!type::v1::EntryPoint_IsValid(proto.entry_point())) {
    return UnknownValue(FieldBelow(field, "entry_point"));
  }
  if (!type::v1::AccessReason_IsValid(proto.access_reason())) {
    return UnknownValue(FieldBelow(field, "access_reason"));
  }
  need.entry_point = static_cast<EntryPoint>(proto.entry_point());
  need.access_reason = static_cast<AccessReason>(proto.access_reason());
  need.profession_code = profession;
  if (!proto.care_order().empty()) {
    SAS_RETURN_IF_ERROR(base::ParseName("regions/*/cases/*/orders/*", proto.care_order(),
                                        FieldBelow(field, "care_order"))
                            .status());
    need.has_order = true;
  }
  SAS_RETURN_IF_ERROR(care::CheckMotif(proto.motif_code(), FieldBelow(field, "motif_code")));
  need.motif_code = proto.motif_code();
  need.age = ToAge(proto.age());
  SAS_RETURN_IF_ERROR(care::CheckAge(need.age, FieldBelow(field, "age")));
  SAS_ASSIGN_OR_RETURN(need.modes, ReadModes(proto, field));
  SAS_RETURN_IF_ERROR(care::CheckTerritory(proto.territory(), FieldBelow(field, "territory")));
  need.territory = proto.territory();
  // Any well-formed number may be searched for; whether test numbers exist is the directory's
  // matter.
  if (!proto.treating_doctor_rpps().empty()) {
    SAS_RETURN_IF_ERROR(care::CheckRpps(proto.treating_doctor_rpps(),
                                        FieldBelow(field, "treating_doctor_rpps"),
                                        care::TestIdentities::kAccept));
    need.treating_doctor_rpps = proto.treating_doctor_rpps();
  }
  if (!proto.orienting_professional_rpps().empty()) {
    SAS_RETURN_IF_ERROR(care::CheckRpps(proto.orienting_professional_rpps(),
                                        FieldBelow(field, "orienting_professional_rpps"),
                                        care::TestIdentities::kAccept));
    need.orienting_rpps = proto.orienting_professional_rpps();
  }
  need.wheelchair = proto.wheelchair();
  need.without_vehicle = proto.without_vehicle();
  if (need.without_vehicle) AddModesWithoutWay(need.modes);
  if (!type::v1::SignAnswer_IsValid(proto.pregnancy())) {
    return UnknownValue(FieldBelow(field, "pregnancy"));
  }
  need.pregnancy = static_cast<Answer>(proto.pregnancy());
  need.evaluation_recorded = proto.evaluation_recorded();
  if (proto.language_codes_size() > kLanguagesMax) {
    return base::InvalidField(FieldBelow(field, "language_codes"), "TOO_MANY_VALUES",
                              "at most ten languages");
  }
  need.languages = {proto.language_codes().begin(), proto.language_codes().end()};
  return need;
}

absl::Status CheckAsker(const base::Actor& actor, const Need& need) {
  const bool enters_by_policy =
      actor.role == base::Role::kProfessional || actor.role == base::Role::kSecretariat ||
      actor.role == base::Role::kEffecteur || actor.role == base::Role::kPartner;
  const EntryPoint own = EntryPointOf(actor);
  const bool allowed =
      !enters_by_policy ||
      (own == EntryPoint::kUnspecified ? !IsLine(need.entry_point) : own == need.entry_point);
  if (!allowed) {
    return base::Fail(absl::StatusCode::kPermissionDenied, "ENTRY_POINT_FORBIDDEN",
                      "your credentials do not let you enter by this way",
                      {{"entry_point", actor.entry_point}});
  }
  return CheckTerritoryOf(actor, need);
}

Asker AskerOf(const base::Actor& actor, const RegionView& view, std::string_view region) {
  Asker asker{actor.role, OrganizationIn(actor.organization, region)};
  if (asker.organization.empty()) return asker;
  if (const SiteRef site = view.index->FindSite(asker.organization)) {
    asker.communities = site.rules().communities;
  } else if (view.memberships != nullptr) {
    const auto found = view.memberships->find(asker.organization);
    if (found != view.memberships->end()) asker.communities = found->second;
  }
  return asker;
}

Asker AskerOf(const base::Actor& caller, const v1::SeatAsker& asker, const RegionView& view,
              std::string_view region) {
  // A role that only a newer client knows is nobody's here.
  if (caller.role != base::Role::kService || !type::v1::Role_IsValid(asker.role())) return {};
  base::Actor person;
  person.role = static_cast<base::Role>(asker.role());
  person.organization = asker.organization();
  return AskerOf(person, view, region);
}

absl::Status CheckSigns(const base::Actor& actor, const v1::CareNeed& need) {
  constexpr std::string_view kDoctor = "10";  // TRE_G15: médecin.
  const bool behind = !need.care_order().empty() || !need.moving_slot().empty();
  const bool doctor = base::IsRegulator(actor.role) || actor.profession == kDoctor;
  if (behind || doctor) return absl::OkStatus();
  const type::v1::SignAnswer sign = need.severity_sign();
  const bool positive = sign == type::v1::SIGN_ANSWER_YES;
  const bool asked = sign != type::v1::SIGN_ANSWER_UNSPECIFIED || need.evaluation_recorded();
  if (asked && !positive) return absl::OkStatus();
  return base::Fail(absl::StatusCode::kFailedPrecondition, "SEVERITY_SIGN",
                    positive ? "a severity sign is positive: call the 15 with the patient"
                             : "the severity signs were not asked: ask them before you hold",
                    {{"propose", "15"}, {"severity_sign", positive ? "positive" : "unasked"}});
}

bool MovesWithinOwnSite(const base::Actor& actor, const std::string& site,
                        std::string_view moving_slot) {
  const bool practice =
      actor.role == base::Role::kEffecteur || actor.role == base::Role::kSecretariat;
  const std::string& own = actor.organization;
  const bool works_here =
      !own.empty() &&
      (own == site || site == base::JoinName({{"regions", base::RegionOf(site)}, {"sites", own}}));
  return practice && works_here && SiteOfSlot(moving_slot) == site;
}

absl::Status CheckMover(const base::Actor& actor, const SiteRules& site, Need& need) {
  for (const EntryRule& rule : site.entry_rules) {
    if (rule.entry_point == need.entry_point && !rule.profession_codes.empty()) {
      need.profession_code = rule.profession_codes.front();
    }
  }
  return CheckTerritoryOf(actor, need);
}

absl::Status CheckSlotFor(const SlotRef& slot, const Need& need, base::Instant now, Stage stage,
                          const EntryRule** rule) {
  const SiteRules& site = slot.rules();
  const Exclusion exclusion = Judge(site, need, Strictness::kHold, rule);
  if (exclusion != Exclusion::kNone) return Refusal(exclusion, site, need);
  if (site.readers != nullptr && !MayRead(*site.readers, need.asker, slot.agenda())) {
    return Refusal(Exclusion::kSiteRightRequired, site, need);
  }
  // First, for what is withdrawn may have no length (unmade_slot.h).
  const PlannedSlot planned = slot.Planned();
  if (stage == Stage::kHold) SAS_RETURN_IF_ERROR(CheckOffered(planned, now));
  const Exclusion series =
      JudgeSeries(site, slot.practitioner_rules().get(), slot.series().minutes, need);
  if (series != Exclusion::kNone) return Refusal(series, site, need);
  if (!planned.staffed && !planned.withdrawn) return Refusal(Exclusion::kUnstaffed, site, need);
  const bool mode = std::any_of(need.modes.begin(), need.modes.end(), [&planned](Mode each) {
    return std::find(planned.modes.begin(), planned.modes.end(), each) != planned.modes.end();
  });
  if (!mode) return Refusal(Exclusion::kModeNotOffered, site, need);
  if (!ClassesAllow(planned.classes, need.entry_point)) {
    return Reserved(planned.name, "other entry points");
  }
  if (NeedsMembership(planned.classes, need.entry_point) && !MayHaveAsMember(site, need.asker)) {
    return Refusal(Exclusion::kCptsMembersOnly, site, need);
  }
  if (planned.own_patients_only && !IsOwnPatient(site, need)) {
    return Refusal(Exclusion::kOwnPatientsOnly, site, need);
  }
  const bool released = IsReleased(planned, now);
  const bool order = need.has_order || IsLifted(need, Exclusion::kOrderRequired);
  if (!AllocationAllows(planned.allocation, need.entry_point, order, released)) {
    return Reserved(planned.name, ForWhom(planned.allocation));
  }
  return absl::OkStatus();
}

bool CountsThatDay(const SlotRef& leaving, const SlotRef& slot) {
  return leaving && leaving.rules().name == slot.rules().name &&
         leaving.day_begin() == slot.day_begin();
}

int UsedThatDay(const SlotRef& slot, const SlotRef& leaving) {
  return UsedOnDay(slot.tile(), slot.run_index()) - (CountsThatDay(leaving, slot) ? 1 : 0);
}

int UsedThatWeek(const RegionIndex& index, const SlotRef& slot, const SlotRef& leaving) {
  const bool same =
      leaving && leaving.practitioner() == slot.practitioner() && leaving.week() == slot.week();
  return index.WeekUsed(slot.practitioner(), slot.week()) - (same ? 1 : 0);
}

absl::Status CheckDailyCap(const SlotRef& slot, int used) {
  const SiteRules& site = slot.rules();
  const int cap = site.daily_appointment_max;
  if (cap == 0 || used < cap) return absl::OkStatus();
  const std::string most = std::to_string(cap);
  return base::Fail(absl::StatusCode::kFailedPrecondition, "SITE_DAILY_CAP",
                    "the site takes " + most + " SAS appointments a day, and this day has them",
                    {{"site", site.name},
                     {"daily_appointment_max", most},
                     {"date", care::DateText(CardOf(slot).zone.DateOf(slot.day_begin()))},
                     {"lifted_by", "SITE"}});
}

absl::Status CheckWeeklyCap(const SlotRef& slot, int used) {
  const auto& practitioner = slot.practitioner_rules();
  if (practitioner == nullptr) return absl::OkStatus();
  const int cap = practitioner->weekly_appointment_max;
  if (used < cap) return absl::OkStatus();
  const std::string most = std::to_string(cap);
  return base::Fail(absl::StatusCode::kFailedPrecondition, "PRACTITIONER_WEEKLY_CAP",
                    "who receives takes " + most + " SAS appointments a week, and has them",
                    {{"practitioner", practitioner->name},
                     {"weekly_appointment_max", most},
                     {"lifted_by", "SITE"}});
}

bool SeesDirectLine(base::Role role) {
  switch (role) {
    case base::Role::kArm:
    case base::Role::kRegulatorAmu:
    case base::Role::kRegulatorMg:
    case base::Role::kOsnp:
    case base::Role::kProfessional:
    case base::Role::kSecretariat:
    case base::Role::kEffecteur:
    case base::Role::kSupervisor:
      return true;
    case base::Role::kUnspecified:
    case base::Role::kPlanner:
    case base::Role::kPartner:
    case base::Role::kOperations:
    case base::Role::kService:
    case base::Role::kSteering:
    case base::Role::kReferent:
    case base::Role::kCoordinatingNurse:
    case base::Role::kMedicalAssistant:
    case base::Role::kSpecialisedNurse:
      break;
  }
  return false;
}

}  // namespace sas::slots
