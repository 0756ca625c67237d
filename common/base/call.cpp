#include "common/base/call.h"

#include <algorithm>
#include <array>
#include <utility>

namespace sas::base {
namespace {

constexpr std::array<std::pair<Role, std::string_view>, 17> kRoles{{
    {Role::kArm, "arm"},
    {Role::kRegulatorAmu, "regulator_amu"},
    {Role::kRegulatorMg, "regulator_mg"},
    {Role::kOsnp, "osnp"},
    {Role::kProfessional, "professional"},
    {Role::kSecretariat, "secretariat"},
    {Role::kEffecteur, "effecteur"},
    {Role::kPlanner, "planner"},
    {Role::kSupervisor, "supervisor"},
    {Role::kPartner, "partner"},
    {Role::kOperations, "operations"},
    {Role::kService, "service"},
    {Role::kSteering, "steering"},
    {Role::kReferent, "referent"},
    {Role::kCoordinatingNurse, "coordinating_nurse"},
    {Role::kMedicalAssistant, "medical_assistant"},
    {Role::kSpecialisedNurse, "specialised_nurse"},
}};

}  // namespace

std::string_view RoleName(Role role) {
  for (const auto& [value, name] : kRoles) {
    if (value == role) return name;
  }
  return "unspecified";
}

Role ParseRole(std::string_view name) {
  for (const auto& [value, known] : kRoles) {
    if (known == name) return value;
  }
  return Role::kUnspecified;
}

bool MayActInRegion(const Actor& actor, std::string_view region) {
  return std::any_of(actor.regions.begin(), actor.regions.end(), [&](const std::string& known) {
    return known == region || known == kAllRegions;
  });
}

std::chrono::nanoseconds Call::Left(const Clock& clock) const {
  return std::max(std::chrono::nanoseconds::zero(), deadline - clock.Steady());
}

Call InternalCall(std::string_view purpose, const Clock& clock, std::chrono::nanoseconds budget) {
  Call call;
  call.method = std::string(purpose);
  call.actor.subject = std::string(purpose);
  call.actor.role = Role::kService;
  call.deadline = clock.Steady() + budget;
  return call;
}

}  // namespace sas::base
