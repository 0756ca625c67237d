#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "common/base/clock.h"
#include "common/care/calendar.h"
#include "common/care/identifiers.h"
#include "sas/regulation/v1/care_order.pb.h"
#include "sas/regulation/v1/decision.pb.h"
#include "sas/regulation/v1/regulation_case.pb.h"

/// What can be said of the messages of a request without the ledger: limits, formats, codes. All
/// refusals are INVALID_ARGUMENT with the path of the field. Unknown enum values were refused
/// before.
namespace sas::regulation {

inline constexpr int kPatientsMax = 20;
inline constexpr int kFurtherCallsMax = 50;
inline constexpr int kNotesMax = 500;
inline constexpr int kActNotesMax = 50;  ///< Beyond these, lines that acts write.
inline constexpr int kReflexResourcesMax = 10;
inline constexpr int kRefusedProposalsMax = 50;
inline constexpr std::size_t kNoteCharactersMax = 2000;

/// When and where a request is judged.
struct Moment {
  base::Instant now{};
  care::Date today;  ///< In Paris.
  care::TestIdentities test_identities = care::TestIdentities::kRefuse;
};

/// A dossier to open: required fields, no output-only field, every part in shape.
absl::Status CheckNewCase(const v1::RegulationCase& proto, const Moment& moment);

/// One field of `regulation_case` that UpdateRegulationCase may write; `UNKNOWN_MASK_PATH` for
/// another.
absl::Status CheckUpdatePath(const std::string& path, const v1::RegulationCase& proto,
                             const Moment& moment);

absl::Status CheckOrigin(const v1::CallOrigin& origin, const std::string& field,
                         const Moment& moment);
absl::Status CheckBilan(const v1::Bilan& bilan);
absl::Status CheckNote(const v1::CaseNote& note);
absl::Status CheckDecisionShape(const v1::Decision& decision);
absl::Status CheckOrderShape(const v1::CareOrder& order);
/// The same of an entry, which has no decision.
absl::Status CheckOrderNeeds(const v1::CareOrder& order);
/// Texts of a reorientation; what it says is CheckReorientation's matter.
absl::Status CheckReorientationShape(const v1::Reorientation& reorientation);
absl::Status CheckContact(const v1::TreatingDoctorContact& contact);
absl::Status CheckAttempt(const v1::ContactAttempt& attempt);
/// `region` is the order's: a slot of another region cannot have been offered.
absl::Status CheckProposal(const v1::RefusedProposal& proposal, std::string_view region);
absl::Status CheckLostCall(const v1::LostCall& lost_call, const Moment& moment);

/// RESOURCE_EXHAUSTED `LIMIT_REACHED`.
absl::Status LimitReached(const std::string& what, int maximum);

/// At most 200 characters, at least one.
absl::Status CheckReason(std::string_view reason);
/// The same of one that need not be given.
absl::Status CheckOptionalReason(std::string_view reason, std::string_view field = "reason");

/// A sign of the severity form is present.
bool HasPositiveSign(const sas::type::v1::SeverityForm& form);

}  // namespace sas::regulation
