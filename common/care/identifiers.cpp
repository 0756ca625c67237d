#include "common/care/identifiers.h"

#include <algorithm>
#include <cstddef>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_replace.h"
#include "common/base/status.h"

namespace sas::care {
namespace {

constexpr std::size_t kRppsDigits = 11;
constexpr std::size_t kFinessCharacters = 9;
constexpr std::size_t kSiretDigits = 14;
constexpr std::size_t kInseeCharacters = 5;
constexpr std::size_t kPhoneDigitsMin = 8;
constexpr std::size_t kPhoneDigitsMax = 15;
constexpr std::size_t kEmailCharactersMax = 254;  // RFC 5321.
constexpr std::string_view kLaPosteSiren = "356000000";

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}

bool AllDigits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), IsDigit);
}

int Digit(char c) {
  return c - '0';
}

/// From the right, every second digit doubled, minus 9 above 9; the sum divides by 10.
bool LuhnHolds(std::string_view digits) {
  int sum = 0;
  bool doubled = digits.size() % 2 == 0;  // Of the first digit: the last one counts once.
  for (const char digit : digits) {
    const int value = Digit(digit) * (doubled ? 2 : 1);
    sum += value > 9 ? value - 9 : value;
    doubled = !doubled;
  }
  return sum % 10 == 0;
}

int DigitSum(std::string_view digits) {
  int sum = 0;
  for (const char digit : digits) sum += Digit(digit);
  return sum;
}

bool IsCorsica(std::string_view code) {
  return code.substr(0, 2) == "2A" || code.substr(0, 2) == "2B";
}

bool IsOverseas(std::string_view code) {
  return code.substr(0, 2) == "97";
}

// One mailbox as it may stand in an SMTP envelope and a header: no blank, no control character, no
// second @, no quoting, so that an address can carry neither a second recipient nor a header.
bool IsMailbox(std::string_view address) {
  constexpr std::size_t kLocalMax = 64;
  constexpr std::string_view kLocalMarks = "!#$%&'*+-/=?^_`{|}~.";
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  };
  const std::size_t at = address.find('@');
  if (address.size() > kEmailCharactersMax || at == 0 || at > kLocalMax) return false;
  const std::string_view local = address.substr(0, at);
  const std::string_view domain = address.substr(at + 1);
  const auto dots = [](std::string_view part) {
    return part.front() != '.' && part.back() != '.' && part.find("..") == std::string_view::npos;
  };
  if (domain.find('.') == std::string_view::npos || !dots(local) || !dots(domain)) return false;
  return std::all_of(
             local.begin(), local.end(),
             [&](char c) { return letter(c) || kLocalMarks.find(c) != std::string_view::npos; }) &&
         std::all_of(domain.begin(), domain.end(),
                     [&](char c) { return letter(c) || c == '-' || c == '.'; });
}

}  // namespace

absl::Status CheckRpps(std::string_view rpps, std::string_view field, TestIdentities test) {
  if (rpps.size() != kRppsDigits || !AllDigits(rpps)) {
    return base::InvalidField(field, "INVALID_RPPS", "an RPPS number has 11 digits");
  }
  if (!LuhnHolds(rpps)) {
    return base::InvalidField(field, "INVALID_RPPS", "the check digit does not fit; read it again",
                              {{"rpps", std::string(rpps)}});
  }
  if (test == TestIdentities::kRefuse && rpps.substr(0, 2) == "99") {
    return base::InvalidField(field, "INVALID_RPPS",
                              "numbers of the test range 99… are refused here",
                              {{"rpps", std::string(rpps)}});
  }
  return absl::OkStatus();
}

absl::Status CheckFiness(std::string_view finess, std::string_view field) {
  const bool corsica = IsCorsica(finess);
  if (finess.size() != kFinessCharacters || !AllDigits(finess.substr(corsica ? 2 : 0))) {
    return base::InvalidField(field, "INVALID_FINESS",
                              "a FINESS number has 9 digits, or 2A or 2B and 7 digits");
  }
  if (!corsica && !LuhnHolds(finess)) {
    return base::InvalidField(field, "INVALID_FINESS",
                              "the check digit does not fit; read it again",
                              {{"finess", std::string(finess)}});
  }
  return absl::OkStatus();
}

absl::Status CheckSiret(std::string_view siret, std::string_view field) {
  if (siret.size() != kSiretDigits || !AllDigits(siret)) {
    return base::InvalidField(field, "INVALID_SIRET", "a SIRET number has 14 digits");
  }
  const bool la_poste = siret.substr(0, kLaPosteSiren.size()) == kLaPosteSiren;
  if (!LuhnHolds(siret) && !(la_poste && DigitSum(siret) % 5 == 0)) {
    return base::InvalidField(field, "INVALID_SIRET", "the check digit does not fit; read it again",
                              {{"siret", std::string(siret)}});
  }
  return absl::OkStatus();
}

std::string NormalOrganization(std::string_view organization) {
  // Blanks of numbers that were copied from a letterhead are often no-break ones.
  std::string plain(organization);
  absl::StrReplaceAll(
      {{" ", ""}, {"\t", ""}, {"\n", ""}, {"\r", ""}, {"\u00a0", ""}, {"\u202f", ""}}, &plain);
  const auto prefixed = [&plain](char prefix, std::size_t length) {
    return plain.size() == length + 1 && plain.front() == prefix;
  };
  absl::AsciiStrToUpper(&plain);  // 2A and 2B of Corsica.
  const std::string number = plain.empty() ? "" : plain.substr(1);
  const bool national = (prefixed('1', kFinessCharacters) && CheckFiness(number, "").ok()) ||
                        (prefixed('3', kSiretDigits) && CheckSiret(number, "").ok());
  return absl::AsciiStrToLower(national ? number : plain);
}

bool SameOrganization(std::string_view one, std::string_view other) {
  const std::string normal = NormalOrganization(one);
  return !normal.empty() && normal == NormalOrganization(other);
}

absl::Status CheckInseeCode(std::string_view code, std::string_view field) {
  const bool shape = code.size() == kInseeCharacters &&
                     AllDigits(code.substr(IsCorsica(code) ? 2 : 0)) && code.substr(0, 2) != "00";
  if (shape) return absl::OkStatus();
  return base::InvalidField(field, "INVALID_INSEE_CODE",
                            "use the INSEE code of the commune (5 characters, 2A or 2B in "
                            "Corsica); a postal code is not one");
}

absl::Status CheckPhoneNumber(std::string_view number, std::string_view field) {
  const bool plus = !number.empty() && number.front() == '+';
  const std::string_view digits = number.substr(plus ? 1 : 0);
  if (plus && AllDigits(digits) && digits.size() >= kPhoneDigitsMin &&
      digits.size() <= kPhoneDigitsMax && digits.front() != '0') {
    return absl::OkStatus();
  }
  return base::InvalidField(field, "INVALID_PHONE_NUMBER",
                            "use the international form, + and 8 to 15 digits without spaces");
}

absl::Status CheckEmailAddress(std::string_view address, std::string_view field) {
  if (IsMailbox(address)) return absl::OkStatus();
  return base::InvalidField(field, "INVALID_EMAIL_ADDRESS",
                            "give one address such as camille@fai.example");
}

absl::Status CheckSecureAddress(std::string_view address, std::string_view field) {
  constexpr std::string_view kSpace = ".mssante.fr";
  const bool inside =
      address.size() > kSpace.size() && address.substr(address.size() - kSpace.size()) == kSpace;
  if (IsMailbox(address) && inside) return absl::OkStatus();
  return base::InvalidField(field, "INVALID_SECURE_ADDRESS",
                            "give a mailbox of the MSSanté space, …@….mssante.fr: clear mail is "
                            "never used");
}

absl::Status CheckTerritory(std::string_view code, std::string_view field) {
  bool known = code == "2A" || code == "2B";
  if (code.size() == 2 && AllDigits(code)) known = code >= "01" && code <= "95" && code != "20";
  if (code.size() == 3 && AllDigits(code)) known = code >= "971" && code <= "976";
  if (known) return absl::OkStatus();
  return base::InvalidField(field, "INVALID_TERRITORY",
                            "use a département code: 01 to 95, 2A, 2B, 971 to 976");
}

std::string_view DepartmentOf(std::string_view insee_code) {
  return insee_code.substr(0, IsOverseas(insee_code) ? 3 : 2);
}

}  // namespace sas::care
