#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "common/base/call.h"

/// Rules of what is exchanged about a dossier: whom it may be addressed to, who sees it, how a
/// secure message moves on, and how a platform of téléexpertise is told (seeds S3-10, S3-15,
/// S3-16).
namespace sas::regulation {

/// Values equal CaseExchange.Kind.
enum class ExchangeKind {
  kUnspecified = 0,
  kPhone = 1,
  kClickToCall = 2,
  kMssante = 3,
  kMessage = 4,
  kExpertise = 5,
};

/// Values equal CaseExchange.State.
enum class ExchangeState {
  kUnspecified = 0,
  kNoted = 1,
  kSent = 2,
  kReceived = 3,
  kRead = 4,
  kFailed = 5,
  kRequested = 6,
  kAnswered = 7,
};

/// Whom an exchange is addressed to; nobody when all is empty.
struct Addressee {
  base::Role role = base::Role::kUnspecified;
  std::string organization;
  std::string subject;
};

/// Who reads: a person by his credentials.
struct ExchangeReader {
  std::string subject;
  base::Role role = base::Role::kUnspecified;
  std::string organization;
};

/// Structures are compared as they are counted (care::SameOrganization).
bool IsAddressed(const Addressee& audience, const ExchangeReader& reader);

/// INVALID_ARGUMENT `AUDIENCE_FORBIDDEN` for roles that read no clinical content (steering,
/// operations, planning, partners, services), `AUDIENCE_TOO_WIDE` for a role of practices without
/// its structure, `AUDIENCE_REQUIRED` for a structure of blanks alone.
absl::Status CheckAudience(const Addressee& audience, std::string_view field);

/// How far a role reads the exchanges of a dossier.
enum class ExchangeSight {
  kAll,        ///< Regulation: regulators, ARM, supervisor.
  kShared,     ///< What is shared, addressed to him or written by him.
  kAddressed,  ///< What is addressed to him or written by him.
};

/// `own_case`: the dossier is one that he has entered himself.
ExchangeSight SightOf(base::Role role, bool own_case);

/// A secure message moves on: SENT and RECEIVED to READ, SENT to FAILED, FAILED to SENT again.
/// FAILED_PRECONDITION `EXCHANGE_STATE_FORBIDS`.
absl::Status CheckMssanteMove(ExchangeState from, ExchangeState to);

/// State in which a new exchange of `kind` begins. INVALID_ARGUMENT `KIND_FORBIDDEN` for kinds with
/// an act of their own, `STATE_REQUIRED` for a secure message that is neither SENT nor RECEIVED,
/// `OUTPUT_ONLY_FIELD` for another kind that says its own.
absl::Status CheckNewState(ExchangeKind kind, ExchangeState asked);

/// Printable ASCII of 1 to 200 characters: INVALID_ARGUMENT `INVALID_REFERENCE`.
absl::Status CheckMssanteReference(std::string_view reference, std::string_view field);

// --- téléexpertise ---

/// The platform is told at most this often, about 25 minutes in all.
inline constexpr int kExpertiseAttemptsMax = 12;

/// Pause after the `attempts`-th attempt: 2 s, doubling, at most 5 min; nothing when it was the
/// last.
std::optional<std::chrono::seconds> PauseAfter(int attempts);

/// 1 to 16 of letters, digits, '.', '_' and '-': INVALID_ARGUMENT `INVALID_SPECIALTY`.
absl::Status CheckSpecialty(std::string_view specialty, std::string_view field);
/// 1 to 64 of the same: INVALID_ARGUMENT `INVALID_REFERENCE`.
absl::Status CheckResultId(std::string_view id, std::string_view field);

/// A template of links: https (http to this machine), with `{case_ref}` once and `{specialty}` at
/// most once, and no other brace, so that nothing else of a dossier can come into an address.
/// INVALID_ARGUMENT `INVALID_LINK_TEMPLATE`.
absl::Status CheckLinkTemplate(std::string_view text);

/// The link of one request; `text` has passed CheckLinkTemplate, the codes their checks.
std::string LinkOf(std::string_view text, std::string_view case_ref, std::string_view specialty);

}  // namespace sas::regulation
