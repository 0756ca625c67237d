#include "services/slots/domain/site_rules.h"
#include "services/slots/domain/judge_parts.h"
#include "services/slots/domain/rule_lift.h"

#include <algorithm>

namespace sas::slots {
namespace {

template <typename List, typename Value>
bool In(const List& list, const Value& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

/// "M03.00" stands for all of M03.
bool CoversMotif(std::string_view rule, std::string_view motif) {
  constexpr std::string_view kGroup = ".00";
  if (rule == motif) return true;
  const bool group =
      rule.size() > kGroup.size() && rule.substr(rule.size() - kGroup.size()) == kGroup;
  const std::string_view stem = rule.substr(0, rule.size() - (group ? 2 : 0));
  return group && motif.substr(0, stem.size()) == stem;
}

bool IsSet(const care::Age& age) {
  return age.unit != care::AgeUnit::kUnspecified;
}

/// Shortest slot that this rule asks for; 0 when it is not about this age.
int MinutesMin(const SiteRules& site, const MotifRule& rule, const Need& need) {
  const bool applies = care::AgeWithin(need.age, IsSet(rule.age_min) ? rule.age_min : site.age_min,
                                       IsSet(rule.age_max) ? rule.age_max : site.age_max);
  return applies ? rule.minutes_min : 0;
}

}  // namespace

Exclusion JudgeCare(const SiteRules& site, const Need& need) {
  const auto covers = [&](std::string_view rule) { return CoversMotif(rule, need.motif_code); };
  if (std::any_of(site.excluded_motif_codes.begin(), site.excluded_motif_codes.end(), covers)) {
    return Exclusion::kMotifNotAccepted;
  }
  bool motif = site.accepted_motifs.empty();
  bool age = motif && care::AgeWithin(need.age, site.age_min, site.age_max);
  for (const MotifRule& rule : site.accepted_motifs) {
    if (!covers(rule.motif_code)) continue;
    motif = true;
    age = age || care::AgeWithin(need.age, IsSet(rule.age_min) ? rule.age_min : site.age_min,
                                 IsSet(rule.age_max) ? rule.age_max : site.age_max);
  }
  if (!motif) return Exclusion::kMotifNotAccepted;
  if (!age) return Exclusion::kAgeNotAccepted;
  const CareRule* decides = DecidingRule(site, need);
  return decides != nullptr && !decides->include ? Exclusion::kExcludedByRule : Exclusion::kNone;
}

bool RefusesWheelchair(const SiteRules& site) {
  return site.wheelchair.has_value() && !*site.wheelchair;
}

bool IsOwnPatient(const SiteRules& site, const Need& need) {
  return In(site.practitioner_rpps, need.treating_doctor_rpps);
}

bool RefusesPregnancy(const SiteRules& site) {
  return site.pregnancy.has_value() && !*site.pregnancy;
}

namespace {

Exclusion JudgePatient(const SiteRules& site, const Need& need) {
  if (const Exclusion found = JudgeCare(site, need); found != Exclusion::kNone) return found;
  if (site.own_patients_only && !IsOwnPatient(site, need)) return Exclusion::kOwnPatientsOnly;
  if (need.wheelchair && RefusesWheelchair(site)) return Exclusion::kWheelchairNo;
  const bool pregnant = need.pregnancy == Answer::kYes;
  return pregnant && RefusesPregnancy(site) ? Exclusion::kPregnancyNotAccepted : Exclusion::kNone;
}

}  // namespace

Exclusion JudgePapers(const EntryRule& rule, const Need& need, Strictness strictness) {
  const bool hold = strictness == Strictness::kHold;
  if (!rule.access_reasons.empty()) {
    if (need.access_reason == AccessReason::kUnspecified) {
      const bool lifted = IsLifted(need, Exclusion::kAccessReasonRequired);
      if (hold && !lifted) return Exclusion::kAccessReasonRequired;
    } else if (!In(rule.access_reasons, need.access_reason) &&
               !IsLifted(need, Exclusion::kAccessReasonNotAccepted)) {
      return Exclusion::kAccessReasonNotAccepted;
    }
  }
  if (hold && rule.evaluation_required && !need.evaluation_recorded) {
    return Exclusion::kEvaluationRequired;
  }
  if (hold && rule.orienting_professional_required && need.orienting_rpps.empty() &&
      !IsLifted(need, Exclusion::kOrientingProfessionalRequired)) {
    return Exclusion::kOrientingProfessionalRequired;
  }
  return Exclusion::kNone;
}

bool HasOrMayOrder(const Need& need, Strictness strictness) {
  return need.has_order ||
         (strictness == Strictness::kSearch &&
          (need.entry_point == EntryPoint::kLine15 || need.entry_point == EntryPoint::kLine116117));
}

const EntryRule* FindEntryRule(const SiteRules& site, EntryPoint entry_point) {
  const auto entry =
      std::find_if(site.entry_rules.begin(), site.entry_rules.end(), [&](const EntryRule& each) {
        return each.entry_point == entry_point && each.access != Access::kUnspecified;
      });
  return entry == site.entry_rules.end() ? nullptr : &*entry;
}

Exclusion JudgeEntry(const EntryRule* entry, const Need& need, Strictness strictness) {
  if (entry == nullptr) {
    const bool lifted = IsLifted(need, Exclusion::kEntryPointClosed);
    return lifted ? Exclusion::kNone : Exclusion::kEntryPointClosed;
  }
  if (!entry->profession_codes.empty() && !In(entry->profession_codes, need.profession_code) &&
      !IsLifted(need, Exclusion::kProfessionNotAllowed)) {
    return Exclusion::kProfessionNotAllowed;
  }
  const bool needs_order =
      entry->access == Access::kRegulated && !IsLifted(need, Exclusion::kOrderRequired);
  return needs_order && !HasOrMayOrder(need, strictness) ? Exclusion::kOrderRequired
                                                         : Exclusion::kNone;
}

Exclusion Judge(const SiteRules& site, const Need& need, Strictness strictness,
                const EntryRule** rule) {
  if (!In(site.territories, need.territory) && !IsLifted(need, Exclusion::kTerritoryNotServed)) {
    return Exclusion::kTerritoryNotServed;
  }
  if (site.readers != nullptr && !MayReadAny(*site.readers, need.asker)) {
    return Exclusion::kSiteRightRequired;
  }
  const EntryRule* entry = FindEntryRule(site, need.entry_point);
  Exclusion found = JudgeEntry(entry, need, strictness);
  if (found == Exclusion::kNone) found = JudgePatient(site, need);
  if (found == Exclusion::kNone && entry != nullptr) {
    found = JudgePapers(*entry, need, strictness);
  }
  if (found == Exclusion::kNone && rule != nullptr) *rule = entry;
  return found;
}

const CareRule* DecidingRule(const SiteRules& site, const Need& need) {
  const auto rule =
      std::find_if(site.care_rules.begin(), site.care_rules.end(), [&](const CareRule& each) {
        return (each.motif_code.empty() || CoversMotif(each.motif_code, need.motif_code)) &&
               care::AgeWithin(need.age, each.age_min, each.age_max);
      });
  return rule == site.care_rules.end() ? nullptr : &*rule;
}

Exclusion JudgeSeries(const SiteRules& site, const PractitionerRules* practitioner,
                      int slot_minutes, const Need& need) {
  const auto covers = [&](std::string_view rule) { return CoversMotif(rule, need.motif_code); };
  if (practitioner != nullptr && practitioner->motifs_limited) {
    const auto& motifs = practitioner->motif_codes;
    if (std::none_of(motifs.begin(), motifs.end(), covers)) {
      return Exclusion::kMotifNotForPractitioner;
    }
  }
  const bool too_short = std::any_of(
      site.accepted_motifs.begin(), site.accepted_motifs.end(), [&](const MotifRule& rule) {
        return covers(rule.motif_code) && slot_minutes < MinutesMin(site, rule, need);
      });
  return too_short ? Exclusion::kSlotTooShort : Exclusion::kNone;
}

bool AllocationAllows(Allocation allocation, EntryPoint entry_point, bool has_order,
                      bool released) {
  switch (allocation) {
    case Allocation::kAnybody:
      return true;
    case Allocation::kRegulated:
      return has_order &&
             (entry_point == EntryPoint::kLine15 || entry_point == EntryPoint::kLine116117);
    case Allocation::kEmergency:
      return entry_point == EntryPoint::kUrgences;
    case Allocation::kProfessionals:
      return entry_point == EntryPoint::kMedecinTraitant ||
             entry_point == EntryPoint::kSecretariat || entry_point == EntryPoint::kPharmacie ||
             entry_point == EntryPoint::kIdel || entry_point == EntryPoint::kPodologue ||
             entry_point == EntryPoint::kAutreProfessionnel;
    case Allocation::kSameDay:
      return released;
    case Allocation::kSecretariat:
      return released || entry_point == EntryPoint::kSecretariat;
  }
  return false;
}

bool ClassesAllow(const std::vector<SlotClass>& classes, EntryPoint entry_point) {
  if (In(classes, SlotClass::kPublic)) return true;
  switch (entry_point) {
    case EntryPoint::kLine15:
    case EntryPoint::kLine116117:
      return In(classes, SlotClass::kSnp);
    case EntryPoint::kUrgences:  // Of the hospital, not a member of the community.
      return In(classes, SlotClass::kPro);
    case EntryPoint::kMedecinTraitant:
    case EntryPoint::kSecretariat:
    case EntryPoint::kPharmacie:
    case EntryPoint::kIdel:
    case EntryPoint::kPodologue:
    case EntryPoint::kAutreProfessionnel:
      return In(classes, SlotClass::kPro) || In(classes, SlotClass::kCpts);
    case EntryPoint::kUnspecified:
    case EntryPoint::kPartenaire:
    case EntryPoint::kLocal:
      return false;
  }
  return false;
}

bool NeedsMembership(const std::vector<SlotClass>& classes, EntryPoint entry_point) {
  std::vector<SlotClass> others = classes;
  std::erase(others, SlotClass::kCpts);
  return ClassesAllow(classes, entry_point) && !ClassesAllow(others, entry_point);
}

bool MayHaveAsMember(const SiteRules& site, const Asker& asker) {
  if (asker.role == base::Role::kUnspecified || site.communities.empty()) return true;
  return std::any_of(asker.communities.begin(), asker.communities.end(),
                     [&](const std::string& each) { return In(site.communities, each); });
}

}  // namespace sas::slots
