#include "services/regulation/domain/case_life.h"

#include <algorithm>
#include <array>
#include <utility>

#include "common/base/status.h"
#include "services/regulation/domain/priority.h"

namespace sas::regulation {
namespace {

using enum CaseState;

struct Step {
  CaseAct act;
  CaseState from;
  CaseState to;
};

// Everything that is not here is refused.
constexpr std::array<Step, 25> kSteps{{
    {CaseAct::kActivate, kProgrammed, kActive},   {CaseAct::kWork, kProgrammed, kProgrammed},
    {CaseAct::kWork, kActive, kActive},           {CaseAct::kWork, kCompleted, kCompleted},
    {CaseAct::kTake, kProgrammed, kProgrammed},   {CaseAct::kTake, kActive, kActive},
    {CaseAct::kTake, kCompleted, kCompleted},     {CaseAct::kTake, kValidated, kValidated},
    {CaseAct::kNote, kProgrammed, kProgrammed},   {CaseAct::kNote, kActive, kActive},
    {CaseAct::kNote, kCompleted, kCompleted},     {CaseAct::kNote, kValidated, kValidated},
    {CaseAct::kReturn, kProgrammed, kActive},     {CaseAct::kReturn, kActive, kActive},
    {CaseAct::kReturn, kCompleted, kActive},      {CaseAct::kReturn, kValidated, kActive},
    {CaseAct::kDecide, kActive, kActive},         {CaseAct::kDecide, kCompleted, kActive},
    {CaseAct::kDecide, kValidated, kActive},      {CaseAct::kComplete, kActive, kCompleted},
    {CaseAct::kValidate, kCompleted, kValidated}, {CaseAct::kClose, kValidated, kClosed},
    {CaseAct::kCloseDirect, kActive, kValidated}, {CaseAct::kFile, kClosed, kFiled},
    {CaseAct::kArchive, kFiled, kArchived},
}};

constexpr std::array<std::string_view, 8> kCodes{"",       "PROGRAM", "ACTIF",  "ACHEVE",
                                                 "VALIDE", "CLOTURE", "CLASSE", "ARCHIVE"};

constexpr std::array<std::string_view, 12> kActNames{
    "activate", "work",     "take",  "note",         "return", "decide",
    "complete", "validate", "close", "close_direct", "file",   "archive"};

constexpr std::chrono::hours kReactivable{24};
constexpr std::chrono::months kToFile{3};

// The same day so many months later, or the last one of a shorter month.
base::Instant MonthsAfter(base::Instant from, std::chrono::months months) {
  const auto day = std::chrono::floor<std::chrono::days>(from);
  std::chrono::year_month_day date = std::chrono::year_month_day(day) + months;
  if (!date.ok()) date = date.year() / date.month() / std::chrono::last;
  return std::chrono::sys_days(date) + (from - day);
}

absl::Status Incomplete(const std::vector<std::string>& missing) {
  if (missing.empty()) return absl::OkStatus();
  std::string list;
  for (const std::string& code : missing) list += (list.empty() ? "" : ",") + code;
  return base::Fail(absl::StatusCode::kFailedPrecondition, "CASE_INCOMPLETE",
                    "the dossier is not complete: see what is missing and finish it first",
                    {{"missing", list}});
}

}  // namespace

std::string_view CaseStateCode(CaseState state) {
  return kCodes.at(static_cast<std::size_t>(state));
}

std::optional<Ageing> AgeingOf(CaseState state, base::Instant opened, base::Instant decided,
                               std::chrono::years kept) {
  if (state == kProgrammed) return Ageing{CaseAct::kActivate, opened};
  if (state == kValidated) return Ageing{CaseAct::kClose, std::max(opened, decided) + kReactivable};
  if (state == kClosed) return Ageing{CaseAct::kFile, MonthsAfter(opened, kToFile)};
  if (state == kFiled) return Ageing{CaseAct::kArchive, MonthsAfter(opened, kept)};
  return std::nullopt;
}

base::Instant NewestToAge(CaseState state, base::Instant now, std::chrono::years kept) {
  constexpr std::chrono::days kShortestThreeMonths{89};
  if (state == kProgrammed) return now;
  if (state == kFiled) return now - std::chrono::days(365) * kept.count();
  return now - (state == kValidated ? std::chrono::days(1) : kShortestThreeMonths);
}

absl::StatusOr<CaseState> Advance(CaseState state, CaseAct act) {
  const auto* step = std::find_if(kSteps.begin(), kSteps.end(),
                                  [&](const Step& s) { return s.act == act && s.from == state; });
  if (step != kSteps.end()) return step->to;
  if (state >= kClosed) {
    return base::Fail(absl::StatusCode::kFailedPrecondition, "CASE_CLOSED",
                      "the dossier is closed for good; open a new one for a new need",
                      {{"state", std::string(CaseStateCode(state))}});
  }
  return base::Fail(absl::StatusCode::kFailedPrecondition, "CASE_STATE_FORBIDS",
                    "the dossier's state does not allow this act",
                    {{"state", std::string(CaseStateCode(state))},
                     {"act", std::string(kActNames.at(static_cast<std::size_t>(act)))}});
}

bool OwesDecision(const CaseFacts& facts) {
  return facts.patient_without_decision || facts.undecided_bilan || facts.returned_order;
}

std::vector<std::string> MissingOf(const CaseFacts& facts) {
  std::vector<std::string> missing;
  const auto add = [&](bool lacks, const char* code) {
    if (lacks) missing.emplace_back(code);
  };
  add(facts.priority == Priority::kUnspecified, "PRIORITY");
  add(!facts.motif_known, "MOTIF");
  // NR: no act of medical regulation is owed.
  add(facts.patient_without_decision && facts.priority != Priority::kNr, "DECISION");
  add(facts.bilan_awaited, "BILAN");
  add(facts.team_at_work, "MISSION");
  add(facts.undecided_bilan, "DECISION_AFTER_BILAN");
  add(facts.reflex_unacknowledged, "REFLEX_ACKNOWLEDGEMENT");
  add(facts.open_order, "OPEN_ORDER");
  add(facts.returned_order, "RETURNED_ORDER");
  add(facts.call_return_open, "CALL_RETURN");
  return missing;
}

absl::Status CheckComplete(const CaseFacts& facts) {
  std::vector<std::string> missing = MissingOf(facts);
  std::erase_if(missing,
                [](const std::string& code) { return code == "PRIORITY" || code == "MOTIF"; });
  return Incomplete(missing);
}

absl::Status CheckValidate(const CaseFacts& facts) {
  return Incomplete(MissingOf(facts));
}

absl::Status CheckDirectClose(const DirectCloseFacts& facts) {
  if (facts.call_return_open) {
    return base::Fail(absl::StatusCode::kFailedPrecondition, "CALL_RETURN_OPEN",
                      "the caller hung up and was not reached: call back, or let a regulator or "
                      "the supervisor decide");
  }
  if (facts.medical_act) {
    return base::Fail(absl::StatusCode::kFailedPrecondition, "MEDICAL_ACT_EXISTS",
                      "a medical act is on the dossier: a regulator completes it, then closes it");
  }
  const bool owed = facts.priority != Priority::kNr &&
                    (facts.priority != Priority::kUnspecified || facts.vital_motif);
  if (owed) {
    return base::Fail(
        absl::StatusCode::kFailedPrecondition, "PRIORITY_FORBIDS_CLOSING",
        "the dossier waits for a regulator; give it NR first if no medical act is due",
        {{"priority", std::string(RuleOf(facts.priority).code)}});
  }
  if (facts.attribution.empty()) {
    return base::InvalidField("attribution", "ATTRIBUTION_REQUIRED",
                              "say what kind of call it was, for example D.D-MALV.ERR");
  }
  const std::string head = facts.attribution.substr(0, facts.attribution.find('.'));
  if (head != "DR" && head != "D") {
    return base::InvalidField("attribution", "ATTRIBUTION_NOT_DIRECT",
                              "without a medical act only a DR or D attribution fits");
  }
  return absl::OkStatus();
}

}  // namespace sas::regulation
