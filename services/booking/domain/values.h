#pragma once

namespace sas::booking {

// Values of these enumerations equal those of sas.booking.v1, sas.type.v1, sas.slots.v1 and
// sas.regulation.v1; convert.cpp asserts it.
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
  kLocal = 11,
};

enum class AccessReason {
  kUnspecified = 0,
  kSansMt = 1,
  kMtIndisponible = 2,
  kPasDeRdv48h = 3,
  kHorsResidence = 4,
  kSansReponseCabinets = 5,
  kReorientationUrgences = 6,
};

}  // namespace sas::booking
