#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/base/call.h"
#include "common/care/age.h"

namespace sas::slots {

// Values of these enumerations equal those of sas.type.v1 and sas.slots.v1; convert.cpp asserts it.
enum class EntryPoint {
  kUnspecified = 0,
  kLine15 = 1,
  kLine116117 = 2,
  kMedecinTraitant = 3,
  kSecretariat = 4,
  kUrgences = 5,
  kPharmacie = 6,
  kIdel = 7,
  kPodologue = 8,
  kAutreProfessionnel = 9,
  kPartenaire = 10,
  kLocal = 11
};
enum class Mode { kUnspecified = 0, kAmb = 1, kHh = 2, kVr = 3 };
enum class SlotClass { kUnspecified = 0, kPublic = 1, kPro = 2, kSnp = 3, kCpts = 4 };
enum class AccessReason {
  kUnspecified = 0,
  kSansMt = 1,
  kMtIndisponible = 2,
  kPasDeRdv48h = 3,
  kHorsResidence = 4,
  kSansReponseCabinets = 5,
  kReorientationUrgences = 6
};
enum class Allocation {
  kAnybody = 0,
  kRegulated = 1,
  kEmergency = 2,
  kProfessionals = 3,
  kSameDay = 4,
  kSecretariat = 5
};
/// Of the patient or the caller; "not asked" is never "no".
enum class Answer { kNotAsked = 0, kNo = 1, kYes = 2, kUnknown = 3 };
/// Where a slot comes from. kUnspecified: nothing makes it any more (unmade_slot.h).
enum class Origin { kUnspecified = 0, kPlan = 1, kPartner = 2, kManual = 3 };

/// The person who asks, for sites whose rights or community count. Without a role nobody in
/// particular does (a service, a verdict about an order), and neither is asked.
struct Asker {
  base::Role role = base::Role::kUnspecified;
  std::string organization;  ///< Where he works, full name of a site or structure; may be empty.
  std::vector<std::string> communities{};  ///< CPTS of which that is a member, by full name.
};

/// Who asks for whom: what a site's rules are held against.
struct Need {
  EntryPoint entry_point = EntryPoint::kUnspecified;
  std::string profession_code;  ///< Of the caller, from the credentials.
  bool has_order = false;
  std::string motif_code;
  care::Age age;
  std::vector<Mode> modes;  ///< Never empty: {kAmb} by default.
  AccessReason access_reason = AccessReason::kUnspecified;
  std::string treating_doctor_rpps;
  std::string territory;  ///< Département code that searches.
  bool wheelchair = false;
  bool evaluation_recorded = false;
  std::string orienting_rpps;
  std::vector<std::string> languages;  ///< ISO 639-1; a wish: it ranks and never refuses.
  bool without_vehicle = false;        ///< `modes` has HH and VR then.
  Answer pregnancy = Answer::kNotAsked;
  Asker asker;
  std::uint32_t lifted =
      0;  ///< Rules that a regulator has lifted (rule_lift.h); never in a search.
};

}  // namespace sas::slots
