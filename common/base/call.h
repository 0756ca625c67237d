#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/clock.h"

namespace sas::base {

/// What a person or a system may be here (domain.md §1.2). Values equal sas.type.v1.Role.
enum class Role {
  kUnspecified = 0,
  kArm = 1,           ///< Assistant de régulation médicale.
  kRegulatorAmu = 2,  ///< Médecin régulateur urgentiste (MRU).
  kRegulatorMg = 3,   ///< Médecin régulateur généraliste (MRG/MRL).
  kOsnp = 4,          ///< Opérateur de soins non programmés.
  kProfessional = 5,  ///< Pharmacien, IDEL, IOA/IAO, MAO, podologue: enters by a site's policy.
  kSecretariat = 6,   ///< Secretariat of a practice.
  kEffecteur = 7,     ///< Doctor or structure that receives the patient.
  kPlanner = 8,       ///< Coordinator of a CPTS: sites, plans, capacities.
  kSupervisor = 9,    ///< Supervisor of the CRRA.
  kPartner = 10,      ///< Partner platform.
  kOperations = 11,   ///< The ops team: no clinical data.
  kService = 12,      ///< Another service of the suite.
  kSteering = 13,     ///< Pilotage (bureau of a CPTS, ARS, CPAM): counts and shares alone.
  kReferent = 14,     ///< Médecin référent: as kSteering, and signs the rules of care.
  kCoordinatingNurse = 15,  ///< Infirmière coordinatrice of a structure: delegates its tasks.
  kMedicalAssistant = 16,   ///< Assistant médical of a practice: tasks without medical judgement.
  kSpecialisedNurse = 17,   ///< IPA, IDE Asalée: closes what a protocol of délégation allows.
};

/// Lower-case name of a role as in tokens, logs and audit, for example "osnp".
std::string_view RoleName(Role role);

/// kUnspecified for an unknown name.
Role ParseRole(std::string_view name);

/// A doctor who regulates (MRU, MRG, MRL).
constexpr bool IsRegulator(Role role) {
  return role == Role::kRegulatorAmu || role == Role::kRegulatorMg;
}

/// Who acts, taken from verified credentials and never from a request body.
struct Actor {
  std::string subject;  ///< Stable pseudonymous id, at most 64 characters, no name of a person.
  Role role = Role::kUnspecified;
  std::vector<std::string> regions;      ///< Region ids, for example "fr-pdl"; kAllRegions.
  std::vector<std::string> territories;  ///< SAS territories (département codes); empty means all.
  std::string
      profession;  ///< TRE_G15 code: 10 médecin, 21 pharmacien, 60 infirmier…; may be empty.
  std::string entry_point;   ///< EntryPoint of sas.type.v1 in lower case, for example "pharmacie".
  std::string organization;  ///< Site or structure the actor works for; may be empty.
  std::string rpps;          ///< Of a professional who signs by name; may be empty.
};

/// Among an actor's regions: all of them. Services of the suite have it.
inline constexpr std::string_view kAllRegions = "-";

bool MayActInRegion(const Actor& actor, std::string_view region);

/// One call on its way through a service: plain data that stores and clients take along.
struct Call {
  std::string method;  ///< For example "/sas.booking.v1.BookingService/CreateAppointment".
  Actor actor;
  std::string trace_id;  ///< W3C trace id, 32 hex digits.
  std::string span_id;
  std::chrono::nanoseconds deadline{};  ///< On Clock::Steady(); every wait is cut to what is left.
  std::function<bool()> cancelled = [] { return false; };

  /// Time left, never negative.
  std::chrono::nanoseconds Left(const Clock& clock) const;
};

/// A call that a service makes on its own behalf (relays, sweepers, start-up).
Call InternalCall(std::string_view purpose, const Clock& clock, std::chrono::nanoseconds budget);

}  // namespace sas::base
