#include "services/regulation/domain/exchange.h"

#include <algorithm>
#include <array>

#include "common/base/status.h"
#include "common/care/identifiers.h"

namespace sas::regulation {
namespace {

using base::Role;

constexpr std::size_t kReferenceMax = 200;
constexpr std::size_t kSpecialtyMax = 16;
constexpr std::size_t kResultIdMax = 64;
constexpr std::size_t kTemplateMax = 500;
constexpr std::chrono::seconds kPauseFirst{2};
constexpr std::chrono::seconds kPauseMax{300};
constexpr std::string_view kCaseRef = "{case_ref}";
constexpr std::string_view kSpecialty = "{specialty}";

enum class Side { kRegulation, kPractice, kNone };

Side SideOf(Role role) {
  switch (role) {
    case Role::kArm:
    case Role::kRegulatorAmu:
    case Role::kRegulatorMg:
    case Role::kSupervisor:
    case Role::kOsnp:
      return Side::kRegulation;
    case Role::kProfessional:
    case Role::kSecretariat:
    case Role::kEffecteur:
    case Role::kCoordinatingNurse:
    case Role::kMedicalAssistant:
    case Role::kSpecialisedNurse:
      return Side::kPractice;
    default:
      return Side::kNone;
  }
}

bool IsCode(std::string_view text, std::size_t max) {
  return !text.empty() && text.size() <= max && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  });
}

int Count(std::string_view text, std::string_view part) {
  int count = 0;
  for (auto at = text.find(part); at != std::string_view::npos;
       at = text.find(part, at + part.size())) {
    ++count;
  }
  return count;
}

bool StartsWith(std::string_view text, std::string_view start) {
  return text.substr(0, start.size()) == start;
}

void Replace(std::string& text, std::string_view part, std::string_view by) {
  const std::size_t at = text.find(part);
  if (at != std::string::npos) text.replace(at, part.size(), by);
}

}  // namespace

bool IsAddressed(const Addressee& audience, const ExchangeReader& reader) {
  if (!audience.subject.empty()) return audience.subject == reader.subject;
  if (audience.role == Role::kUnspecified && audience.organization.empty()) return false;
  return (audience.role == Role::kUnspecified || audience.role == reader.role) &&
         (audience.organization.empty() ||
          care::SameOrganization(audience.organization, reader.organization));
}

absl::Status CheckAudience(const Addressee& audience, std::string_view field) {
  const bool structure = !care::NormalOrganization(audience.organization).empty();
  const Side side = SideOf(audience.role);
  if (audience.role != Role::kUnspecified && side == Side::kNone) {
    return base::InvalidField(field, "AUDIENCE_FORBIDDEN",
                              "this role reads nothing about a patient: choose who works on the "
                              "dossier");
  }
  if (side == Side::kPractice && !structure) {
    return base::InvalidField(field, "AUDIENCE_TOO_WIDE",
                              "name the structure too: not every practice works on the dossier");
  }
  if (audience.organization.empty() || structure) return absl::OkStatus();
  return base::InvalidField(field, "AUDIENCE_REQUIRED",
                            "blanks name no structure: name it, or leave it out");
}

ExchangeSight SightOf(Role role, bool own_case) {
  if (role == Role::kOsnp) return ExchangeSight::kShared;
  switch (SideOf(role)) {
    case Side::kRegulation:
      return ExchangeSight::kAll;
    case Side::kPractice:
      return own_case ? ExchangeSight::kShared : ExchangeSight::kAddressed;
    case Side::kNone:
      break;
  }
  return ExchangeSight::kAddressed;
}

absl::Status CheckMssanteMove(ExchangeState from, ExchangeState to) {
  struct Move {
    ExchangeState from, to;
  };

  constexpr std::array kMoves{Move{ExchangeState::kSent, ExchangeState::kRead},
                              Move{ExchangeState::kSent, ExchangeState::kFailed},
                              Move{ExchangeState::kReceived, ExchangeState::kRead},
                              Move{ExchangeState::kFailed, ExchangeState::kSent}};
  for (const Move& move : kMoves) {
    if (move.from == from && move.to == to) return absl::OkStatus();
  }
  return base::Fail(absl::StatusCode::kFailedPrecondition, "EXCHANGE_STATE_FORBIDS",
                    "a sent message was read or failed, a received one was read, a failed one is "
                    "sent again; this exchange is at another point, look at it again");
}

absl::Status CheckNewState(ExchangeKind kind, ExchangeState asked) {
  switch (kind) {
    case ExchangeKind::kPhone:
    case ExchangeKind::kMessage:
      if (asked == ExchangeState::kUnspecified) return absl::OkStatus();
      return base::InvalidField("exchange.state", "OUTPUT_ONLY_FIELD",
                                "is set by the server: leave it out");
    case ExchangeKind::kMssante:
      if (asked == ExchangeState::kSent || asked == ExchangeState::kReceived) {
        return absl::OkStatus();
      }
      return base::InvalidField("exchange.state", "STATE_REQUIRED",
                                "say whether the secure message was SENT or RECEIVED");
    default:
      return base::InvalidField("exchange.kind", "KIND_FORBIDDEN",
                                "PHONE, MSSANTE or MESSAGE; a call and an expertise have acts of "
                                "their own (StartCall, RequestExpertise)");
  }
}

absl::Status CheckMssanteReference(std::string_view reference, std::string_view field) {
  const bool printable =
      std::all_of(reference.begin(), reference.end(), [](char c) { return c > ' ' && c <= '~'; });
  if (printable && !reference.empty() && reference.size() <= kReferenceMax) {
    return absl::OkStatus();
  }
  return base::InvalidField(field, "INVALID_REFERENCE",
                            "the message's own number: 1 to 200 printable characters without a "
                            "space");
}

std::optional<std::chrono::seconds> PauseAfter(int attempts) {
  if (attempts >= kExpertiseAttemptsMax) return std::nullopt;
  std::chrono::seconds pause = kPauseFirst;
  for (int i = 1; i < attempts && pause < kPauseMax; ++i) pause *= 2;
  return std::min(pause, kPauseMax);
}

absl::Status CheckSpecialty(std::string_view specialty, std::string_view field) {
  if (IsCode(specialty, kSpecialtyMax)) return absl::OkStatus();
  return base::InvalidField(field, "INVALID_SPECIALTY",
                            "1 to 16 of letters, digits, '.', '_' and '-', for example SM15");
}

absl::Status CheckResultId(std::string_view id, std::string_view field) {
  if (IsCode(id, kResultIdMax)) return absl::OkStatus();
  return base::InvalidField(field, "INVALID_REFERENCE",
                            "your number of the result: 1 to 64 of letters, digits, '.', '_' and "
                            "'-'");
}

absl::Status CheckLinkTemplate(std::string_view text) {
  const bool scheme = StartsWith(text, "https://") || StartsWith(text, "http://127.0.0.1:") ||
                      StartsWith(text, "http://localhost:");
  const int specialties = Count(text, kSpecialty);
  const int others = Count(text, "{") - Count(text, kCaseRef) - specialties;
  const bool printable =
      std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
  if (scheme && printable && text.size() <= kTemplateMax && Count(text, kCaseRef) == 1 &&
      specialties <= 1 && others == 0) {
    return absl::OkStatus();
  }
  return base::InvalidField("link", "INVALID_LINK_TEMPLATE",
                            "https://… with {case_ref} once, {specialty} at most once, and nothing "
                            "else in braces");
}

std::string LinkOf(std::string_view text, std::string_view case_ref, std::string_view specialty) {
  std::string link(text);
  Replace(link, kCaseRef, case_ref);
  Replace(link, kSpecialty, specialty);
  return link;
}

}  // namespace sas::regulation
