#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"

/// Codes and rules of the French care system that every service shares. Pure: no I/O, no clock.
namespace sas::care {

/// Identities of the ANS test range (99…) are refused in production.
enum class TestIdentities { kRefuse, kAccept };

/// The setting TEST_IDENTITIES as a rule.
constexpr TestIdentities TestIdentitiesIf(bool accepted) {
  return accepted ? TestIdentities::kAccept : TestIdentities::kRefuse;
}

/// RPPS: 11 digits, Luhn over the 11. INVALID_ARGUMENT `INVALID_RPPS` about `field`.
absl::Status CheckRpps(std::string_view rpps, std::string_view field, TestIdentities test);

/// FINESS: 9 characters, département (2A/2B kept), Luhn over the nine; the Luhn rule of Corsica is
/// not published, so the format alone is checked there. `INVALID_FINESS`.
absl::Status CheckFiness(std::string_view finess, std::string_view field);

/// SIRET: 14 digits, Luhn; La Poste's (356000000…) sum to a multiple of 5. `INVALID_SIRET`.
absl::Status CheckSiret(std::string_view siret, std::string_view field);

/// An organization of credentials as it is compared: without case and blanks, and a FINESS or SIRET
/// without the prefix of its national form (IDNST: `1` FINESS, `3` SIRET), so that one structure is
/// one whatever its identity provider writes.
std::string NormalOrganization(std::string_view organization);

/// One structure, however each side spells it. Nothing, or blanks alone, is nobody's: also not
/// another nothing's.
bool SameOrganization(std::string_view one, std::string_view other);

/// INSEE code of a commune (COG): five characters, 2A/2B for Corsica. The existence is the
/// directory's matter. `INVALID_INSEE_CODE`; the message reminds that a postal code is not one.
absl::Status CheckInseeCode(std::string_view code, std::string_view field);

/// E.164 with + and 8 to 15 digits. `INVALID_PHONE_NUMBER`; the number itself is never in the
/// message.
absl::Status CheckPhoneNumber(std::string_view number, std::string_view field);

/// One mailbox, local part and domain, of at most 254 printable ASCII characters.
/// `INVALID_EMAIL_ADDRESS`; the address itself is never in the message.
absl::Status CheckEmailAddress(std::string_view address, std::string_view field);

/// A mailbox of the MSSanté space (its domain ends in `.mssante.fr`): `INVALID_SECURE_ADDRESS` for
/// any other, so that no letter about a patient leaves it.
absl::Status CheckSecureAddress(std::string_view address, std::string_view field);

/// Département code of the COG: 01…95, 2A, 2B, 971…976. `INVALID_TERRITORY`.
absl::Status CheckTerritory(std::string_view code, std::string_view field);

/// Département of a commune: 85 of 85047, 2A of 2A004, 974 of 97411.
std::string_view DepartmentOf(std::string_view insee_code);

}  // namespace sas::care
