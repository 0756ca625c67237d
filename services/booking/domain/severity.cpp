#include "services/booking/domain/severity.h"

#include "common/base/status.h"
#include "services/booking/domain/order_check.h"

namespace sas::booking {
namespace {

constexpr std::string_view kDoctor = "10";  // TRE_G15: médecin.

void Append(std::string& list, const std::string& code) {
  if (!list.empty()) list += ',';
  list += code;
}

}  // namespace

bool IsDoctor(const base::Actor& actor) {
  return IsRegulator(actor.role) ||
         (actor.role == base::Role::kProfessional && actor.profession == kDoctor);
}

absl::StatusOr<bool> PassSeverity(const std::vector<SeveritySign>& signs, const base::Actor& actor,
                                  std::string_view override_reason) {
  std::string positive;
  std::string unasked;
  for (const SeveritySign& sign : signs) {
    if (sign.answer == SignAnswer::kYes) Append(positive, sign.code);
    if (sign.answer == SignAnswer::kNotAsked && sign.mandatory) Append(unasked, sign.code);
  }
  if (positive.empty() && unasked.empty()) return false;
  if (IsDoctor(actor) && !override_reason.empty()) return true;
  base::Metadata metadata{{"propose", "15"}};
  if (!positive.empty()) metadata.emplace_back("positive", positive);
  if (!unasked.empty()) metadata.emplace_back("unasked", unasked);
  const std::string what = positive.empty()
                               ? "a mandatory severity sign was not asked: ask it, "
                               : "a severity sign is positive: call the 15 with the patient, ";
  return base::Fail(absl::StatusCode::kFailedPrecondition, "SEVERITY_SIGN",
                    what + "or let a doctor lift it with a reason", std::move(metadata));
}

}  // namespace sas::booking
