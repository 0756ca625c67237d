#include "services/slots/domain/rule_lift.h"

namespace sas::slots {

EntryRule WithoutLifted(const EntryRule* rule, const Need& need) {
  EntryRule open = rule == nullptr ? EntryRule{} : *rule;
  if (rule == nullptr) {
    open.entry_point = need.entry_point;
    open.access = Access::kDirect;
  }
  if (IsLifted(need, Exclusion::kOrderRequired)) open.access = Access::kDirect;
  if (IsLifted(need, Exclusion::kProfessionNotAllowed)) open.profession_codes.clear();
  if (IsLifted(need, Exclusion::kAccessReasonRequired) ||
      IsLifted(need, Exclusion::kAccessReasonNotAccepted)) {
    open.access_reasons.clear();
  }
  if (IsLifted(need, Exclusion::kOrientingProfessionalRequired)) {
    open.orienting_professional_required = false;
  }
  return open;
}

std::vector<std::string_view> WordsOf(std::string_view codes) {
  std::vector<std::string_view> words;
  while (!codes.empty()) {
    const std::size_t comma = codes.find(',');
    words.push_back(codes.substr(0, comma));
    codes.remove_prefix(comma == std::string_view::npos ? codes.size() : comma + 1);
  }
  return words;
}

std::uint32_t ParseLifted(std::string_view codes) {
  std::uint32_t lifted = 0;
  for (const std::string_view code : WordsOf(codes)) {
    if (const auto rule = LiftableRule(code)) lifted |= LiftBit(*rule);
  }
  return lifted;
}

}  // namespace sas::slots
