#include "common/care/entry_way.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>

#include "common/care/identifiers.h"

namespace sas::care {
namespace {

using base::Role;

// By which way who enters. Professions are of a PROFESSIONAL.
struct Way {
  std::string_view entry_point;
  bool professional;
  bool secretariat;
  bool effecteur;
  std::size_t profession_count;
  std::array<std::string_view, 2> professions;
};

constexpr std::array kWays{
    Way{"medecin_traitant", true, true, true, 1, {"10"}},
    Way{"secretariat", false, true, false, 0, {}},
    Way{"urgences", true, false, false, 2, {"10", "60"}},
    Way{"pharmacie", true, false, false, 1, {"21"}},
    Way{"idel", true, false, false, 1, {"60"}},
    Way{"podologue", true, false, false, 1, {"80"}},
    Way{"autre_professionnel", true, false, false, 0, {}},
    Way{kLocalEntry, true, true, true, 0, {}},
};

const Way* FindWay(std::string_view entry_point) {
  const auto* found = std::find_if(
      kWays.begin(), kWays.end(), [&](const Way& each) { return each.entry_point == entry_point; });
  return found == kWays.end() ? nullptr : found;
}

bool Admits(const Way& way, Role role) {
  switch (role) {
    case Role::kProfessional:
      return way.professional;
    case Role::kSecretariat:
      return way.secretariat;
    case Role::kEffecteur:
      return way.effecteur;
    default:
      return false;
  }
}

}  // namespace

std::string_view OwnEntryPoint(const base::Actor& actor) {
  if (!actor.entry_point.empty()) return actor.entry_point;
  switch (actor.role) {
    case Role::kSecretariat:
      return "secretariat";
    case Role::kEffecteur:
      return "medecin_traitant";
    default:
      return "";
  }
}

bool EntersBy(const base::Actor& actor, std::string_view entry_point) {
  const Way* way = FindWay(entry_point);
  const bool practice = actor.role == Role::kSecretariat || actor.role == Role::kEffecteur;
  const bool own = OwnEntryPoint(actor) == entry_point || (practice && entry_point == kLocalEntry);
  return way != nullptr && own && Admits(*way, actor.role);
}

absl::Span<const std::string_view> ProfessionsOf(std::string_view entry_point) {
  const Way* way = FindWay(entry_point);
  if (way == nullptr) return {};
  return absl::MakeConstSpan(way->professions.data(), way->profession_count);
}

bool IsOwnEntry(const base::Actor& actor, std::string_view organization,
                std::string_view submitter) {
  const std::string entered_for = NormalOrganization(organization);
  const std::string works_for = NormalOrganization(actor.organization);
  if (!entered_for.empty() && !works_for.empty()) return entered_for == works_for;
  return !submitter.empty() && submitter == actor.subject;
}

}  // namespace sas::care
