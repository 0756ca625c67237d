#pragma once

#include <chrono>
#include <string_view>

#include "common/base/call.h"
#include "common/base/clock.h"

namespace sas::regulation {

// Values of these enumerations equal those of sas.regulation.v1 and sas.type.v1; convert.cpp
// asserts it.
enum class Priority { kUnspecified = 0, kP0 = 1, kP1 = 2, kP2 = 3, kP3 = 4, kNr = 5 };
enum class Filiere { kUnspecified = 0, kAmu = 1, kSnp = 2, kPsy = 3, kNeonat = 4 };
enum class CareLevel { kUnspecified = 0, kR1 = 1, kR2 = 2, kR3 = 3, kR4 = 4 };

/// R1 and R2 stop what was planned at leisure (hazard H-14).
constexpr bool IsUpgrade(CareLevel level) {
  return level == CareLevel::kR1 || level == CareLevel::kR2;
}

/// The chain that a regulator works by himself; unspecified for everybody else.
constexpr Filiere OwnFiliere(base::Role role) {
  switch (role) {
    case base::Role::kRegulatorAmu:
      return Filiere::kAmu;
    case base::Role::kRegulatorMg:
      return Filiere::kSnp;
    default:
      return Filiere::kUnspecified;
  }
}

/// Is a dossier of chain `of` worked by who works `chain`? The AMU has every chain but the SNP's,
/// and what has no chain yet is everybody's.
constexpr bool Covers(Filiere chain, Filiere of) {
  return chain == Filiere::kUnspecified || of == Filiere::kUnspecified || of == chain ||
         (chain == Filiere::kAmu && of != Filiere::kSnp);
}

}  // namespace sas::regulation
