#include "services/regulation/view.h"

#include <utility>

#include "services/regulation/case_skills.h"
#include "services/regulation/convert.h"
#include "services/regulation/protected_case.h"

namespace sas::regulation {
namespace {

enum class Sight { kAll, kWithoutDoctorsNotes, kOrderWork };

Sight SightOf(base::Role role) {
  switch (role) {
    case base::Role::kRegulatorAmu:
    case base::Role::kRegulatorMg:
      return Sight::kAll;
    case base::Role::kArm:
    case base::Role::kSupervisor:
      return Sight::kWithoutDoctorsNotes;
    default:
      return Sight::kOrderWork;
  }
}

void KeepNotes(v1::RegulationCase& row, bool with_arm_notes) {
  google::protobuf::RepeatedPtrField<v1::CaseNote> kept;
  for (v1::CaseNote& note : *row.mutable_notes()) {
    const bool by_arm = note.author().role() == sas::type::v1::ROLE_ARM;
    if (note.shared() || (with_arm_notes && by_arm)) *kept.Add() = std::move(note);
  }
  *row.mutable_notes() = std::move(kept);
}

void HideClinical(v1::RegulationCase& row) {
  row.clear_bilan();
  row.clear_severity_form();
  row.clear_triages();
  row.clear_handover();
  row.clear_past_handovers();
  row.clear_recent_changes();
  for (v1::Patient& patient : *row.mutable_patients()) {
    patient.clear_medical_history();
    patient.clear_current_treatment();
    patient.clear_allergies();
    patient.clear_weight_kg();
  }
}

}  // namespace

v1::RegulationCase Show(v1::RegulationCase row, const base::Actor& viewer, base::Instant now,
                        bool sees_contact) {
  if (!IsLive(ToValue(row.claim()), now)) row.clear_claim();
  const std::vector<std::string> needed = NeededSkillsOf(row);
  row.mutable_needed_skills()->Assign(needed.begin(), needed.end());
  switch (SightOf(viewer.role)) {
    case Sight::kAll:
      break;
    case Sight::kWithoutDoctorsNotes:
      KeepNotes(row, true);
      break;
    case Sight::kOrderWork:
      KeepNotes(row, false);
      if (row.origin().taken_by().subject() != viewer.subject) HideClinical(row);
      break;
  }
  if (!sees_contact && IsProtected(row)) Seal(row);
  return row;
}

v1::CareOrder Show(v1::CareOrder order, base::Instant now) {
  if (!IsLive(ToValue(order.claim()), now)) order.clear_claim();
  return order;
}

}  // namespace sas::regulation
