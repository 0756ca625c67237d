#pragma once

#include <string_view>
#include <vector>

#include "common/care/age.h"

/// What nobody has asked yet, for an act of somebody who is not the treating doctor and has no file
/// to look it up in (seed S3-15).
namespace sas::regulation {

/// What is known of a patient.
struct PatientKnowledge {
  bool name = false;  ///< Family name and given names.
  bool birth_date = false;
  bool sex = false;
  bool has_age = false;
  care::Age age;
  bool weight = false;
  bool medical_history = false;
  bool current_treatment = false;
  bool allergies = false;
  bool treating_doctor_asked = false;
  bool treating_doctor_declared = false;
  bool treating_doctor_reachable = false;  ///< His RPPS or his secure mailbox is known.
  /// The act is the treating doctor's own: he has the file.
  bool asked_by_treating_doctor = false;
};

/// What is known of the dossier itself.
struct CaseKnowledge {
  bool motif = false;
  bool place = false;
  bool callback_number = false;
};

struct MissingItem {
  std::string_view code;
  std::string_view text;  ///< In French, for people.
};

/// In the order in which to ask: what identifies, then what treats, then who follows. Empty for the
/// treating doctor.
std::vector<MissingItem> MissingOf(const PatientKnowledge& patient);
std::vector<MissingItem> MissingOf(const CaseKnowledge& dossier);

}  // namespace sas::regulation
