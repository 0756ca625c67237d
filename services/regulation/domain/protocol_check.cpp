#include "services/regulation/domain/protocol_check.h"

#include <algorithm>
#include <array>
#include <set>

#include "common/base/status.h"
#include "common/care/nomenclature.h"
#include "services/regulation/domain/delegation.h"
#include "services/regulation/domain/priority.h"
#include "services/regulation/domain/protocol_graph.h"

namespace sas::regulation {
namespace {

constexpr std::size_t kProtocolIdMax = 40;
constexpr std::size_t kPersonNameMax = 80;
constexpr std::size_t kChoiceLabelMax = 120;

bool IsProtocolId(std::string_view id) {
  return !id.empty() && id.size() <= kProtocolIdMax &&
         std::all_of(id.begin(), id.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
         });
}

bool AtLeastAsUrgent(Priority priority, Priority bound) {
  return priority != Priority::kUnspecified && RuleOf(priority).band <= RuleOf(bound).band;
}

class Checker {
 public:
  Checker(const Protocol& protocol, care::TestIdentities test) : protocol_(protocol), test_(test) {}

  std::vector<ProtocolFault> Run() {
    CheckHead();
    if (protocol_.kind == ProtocolKind::kDelegation) {
      CheckDelegation();
    } else {
      CheckQuestionnaire();
    }
    CheckSignature();
    if (faults_.size() > kProtocolFaultsMax) faults_.resize(kProtocolFaultsMax);
    return std::move(faults_);
  }

 private:
  void Fault(const std::string& field, const std::string& reason, const std::string& message) {
    faults_.push_back({field, reason, message});
  }

  void Take(const std::string& field, const absl::Status& status) {
    if (status.ok()) return;
    Fault(field, base::ReasonOf(status), std::string(base::FromAbsl(status.message())));
  }

  void CheckText(const std::string& text, const std::string& field, std::size_t maximum) {
    const std::size_t characters = CharactersOf(text);
    if (characters == 0) Fault(field, "TEXT_REQUIRED", "must not be empty");
    if (characters > maximum) {
      Fault(field, "TEXT_TOO_LONG", "at most " + std::to_string(maximum) + " characters");
    }
  }

  void CheckCount(std::size_t count, std::size_t maximum, const std::string& field) {
    if (count <= maximum) return;
    Fault(field, "TOO_MANY_ITEMS", "at most " + std::to_string(maximum) + " entries");
  }

  void CheckId(const std::string& id, const std::string& field) {
    if (!IsProtocolId(id)) {
      Fault(field, "INVALID_ID", "1 to 40 of a-z, 0-9 and -");
    } else if (!ids_.insert(id).second) {
      Fault(field, "ID_TWICE", id + " stands twice: questions and rules share their ids");
    }
  }

  void CheckAudience(const Audience& audience, const std::string& field) {
    for (const auto& [age, name] :
         {std::pair(audience.age_min, ".age_min"), std::pair(audience.age_max, ".age_max")}) {
      if (age.unit != care::AgeUnit::kUnspecified) {
        Take(field + name, care::CheckAge(age, field + name));
      } else if (age.value != 0) {
        Fault(field + name, "INVALID_AGE", "an age needs its unit: 6 months are not 6 years");
      }
    }
  }

  void CheckHead() {
    CheckText(protocol_.title, "title", kProtocolTitleMax);
    if (protocol_.kind == ProtocolKind::kUnspecified) {
      Fault("kind", "KIND_REQUIRED",
            "KIND_TRIAGE, KIND_CSNP_ENTRY, KIND_SHORT_FORM, KIND_CHECKLIST or KIND_DELEGATION");
    }
    if (protocol_.kind == ProtocolKind::kTriage && protocol_.motif_codes.empty()) {
      Fault("motif_codes", "MOTIF_REQUIRED", "a triage says for which motifs it is");
    }
    CheckCount(protocol_.motif_codes.size(), kMotifsOfProtocolMax, "motif_codes");
    for (std::size_t i = 0; i < protocol_.motif_codes.size(); ++i) {
      const std::string field = "motif_codes[" + std::to_string(i) + "]";
      Take(field, care::CheckMotif(protocol_.motif_codes[i], field));
    }
    CheckAudience(protocol_.audience, "audience");
  }

  void CheckDelegation() {
    if (!protocol_.questions.empty() || !protocol_.rules.empty() || protocol_.otherwise) {
      Fault(protocol_.questions.empty() ? "rules" : "questions", "QUESTION_NOT_ASKED",
            "a délégation asks nothing: it names acts");
    }
    for (std::size_t i = 0; i < protocol_.delegated_acts.size(); ++i) {
      CheckAudience(protocol_.delegated_acts[i].audience,
                    "delegated_acts[" + std::to_string(i) + "].audience");
    }
    for (ProtocolFault& fault : CheckDelegatedActs(protocol_)) faults_.push_back(std::move(fault));
  }

  void CheckQuestionnaire() {
    if (protocol_.questions.empty()) Fault("questions", "QUESTION_REQUIRED", "nothing is asked");
    CheckCount(protocol_.questions.size(), kQuestionsMax, "questions");
    CheckCount(protocol_.rules.size(), kRulesMax, "rules");
    // An empty list would mis-sort every call until somebody noticed (hazard H-49).
    if (SeveritySigns(protocol_).empty()) {
      Fault("questions", "SEVERITY_SIGN_REQUIRED", "a protocol has at least one severity sign");
    }
    if (!protocol_.delegated_acts.empty()) {
      Fault("delegated_acts", "DELEGATED_ACT_FORBIDDEN", "only a KIND_DELEGATION names acts");
    }
    for (std::size_t i = 0; i < protocol_.questions.size(); ++i) {
      CheckQuestion(protocol_.questions[i], "questions[" + std::to_string(i) + "]");
    }
    for (std::size_t i = 0; i < protocol_.rules.size(); ++i) {
      CheckRule(protocol_.rules[i], "rules[" + std::to_string(i) + "]");
    }
    CheckOtherwise();
    CheckSections();
    for (ProtocolFault& fault : CheckConditions(protocol_)) faults_.push_back(std::move(fault));
  }

  bool IsChecklist() const { return protocol_.kind == ProtocolKind::kChecklist; }

  void CheckQuestion(const Question& question, const std::string& field) {
    CheckId(question.id, field + ".id");
    CheckText(question.text, field + ".text", kQuestionTextMax);
    CheckAudience(question.audience, field + ".audience");
    switch (question.kind) {
      case QuestionKind::kUnspecified:
        Fault(field + ".kind", "KIND_REQUIRED", "say what is accepted as an answer");
        break;
      case QuestionKind::kChoice:
        CheckChoices(question, field + ".choices");
        break;
      case QuestionKind::kNumber:
        if (!(question.number_min < question.number_max)) {
          Fault(field, "OUT_OF_RANGE", "number_min is less than number_max");
        }
        break;
      default:
        break;
    }
    if (!question.choices.empty() && question.kind != QuestionKind::kChoice) {
      Fault(field + ".choices", "CHOICES_NOT_ASKED", "only a choice has choices");
    }
    if (question.red_flag) CheckRedFlag(question, field);
  }

  void CheckChoices(const Question& question, const std::string& field) {
    if (question.choices.size() < 2) Fault(field, "CHOICES_REQUIRED", "a choice has two or more");
    CheckCount(question.choices.size(), kChoicesMax, field);
    std::set<std::string> codes{"yes", "no", "unknown"};  // Kept for what they mean everywhere.
    for (std::size_t i = 0; i < question.choices.size(); ++i) {
      const std::string choice = field + "[" + std::to_string(i) + "]";
      if (!IsProtocolId(question.choices[i])) {
        Fault(choice + ".code", "INVALID_ID", "1 to 40 of a-z, 0-9 and -");
      } else if (!codes.insert(question.choices[i]).second) {
        Fault(choice + ".code", "ID_TWICE", question.choices[i] + " stands twice, or is kept");
      }
      CheckText(question.labels[i], choice + ".label", kChoiceLabelMax);
    }
  }

  void CheckRedFlag(const Question& question, const std::string& field) {
    if (question.kind != QuestionKind::kYesNo || !question.mandatory) {
      Fault(field, "SEVERITY_SIGN_NOT_ASKED",
            "a severity sign is a mandatory yes/no question: not asked is never no");
    }
    CheckBound(question.red_flag->minimum, question.red_flag->proposal, field + ".red_flag");
    CheckText(question.red_flag->explanation, field + ".red_flag.explanation", kExplanationMax);
  }

  // The hard bound of a severity sign.
  void CheckBound(Priority minimum, const std::string& proposal, const std::string& field) {
    if (!AtLeastAsUrgent(minimum, kSeverityBound)) {
      Fault(field + ".minimum_priority", "SEVERITY_BELOW_BOUND",
            "a severity sign comes to P0 or P1, never to less");
    }
    if (proposal != kPropose15 && proposal != kProposeEmergencies) {
      Fault(field + ".proposal", "SEVERITY_PROPOSAL_REQUIRED",
            "a severity sign proposes 15 or URGENCES");
    }
  }

  void CheckRule(const Rule& rule, const std::string& field) {
    CheckId(rule.id, field + ".id");
    CheckText(rule.explanation, field + ".explanation", kExplanationMax);
    CheckAudience(rule.audience, field + ".audience");
    if (rule.when.empty()) {
      Fault(field + ".when", "CONDITION_REQUIRED", "say when; `otherwise` is for the rest");
    }
    const bool effect = rule.minimum != Priority::kUnspecified || rule.excludes ||
                        rule.filiere != Filiere::kUnspecified || !rule.orientation.empty();
    // In a checklist the explanation itself is the step.
    if (!effect && !IsChecklist()) {
      Fault(field, "RULE_WITHOUT_EFFECT", "a priority, a chain or an orientation");
    }
    if (rule.severity) {
      CheckBound(rule.minimum, rule.proposal, field);
    } else if (!rule.proposal.empty()) {
      Fault(field + ".proposal", "PROPOSAL_WITHOUT_SIGN", "only a severity sign has a proposal");
    }
    if (rule.excludes && rule.orientation.empty()) {
      Fault(field + ".orientation", "ORIENTATION_REQUIRED", "say where the patient belongs");
    }
    CheckOrientation(rule.orientation, field + ".orientation");
    CheckLeast(rule.minimum, field);
  }

  void CheckOrientation(const std::string& code, const std::string& field) {
    if (code.empty()) return;
    Take(field, care::CheckCode(care::OrientationTypes(), "typeOrientation", code, field));
  }

  // A vital motif may not be sorted below P2 by a file (hazard H-02), and a secretary sorts nobody.
  void CheckLeast(Priority minimum, const std::string& field) {
    if (IsChecklist() && minimum != Priority::kUnspecified &&
        !AtLeastAsUrgent(minimum, Priority::kP2)) {
      Fault(field + ".minimum_priority", "CHECKLIST_SORTS",
            "a checklist has steps without priority, or a regulator: P2 or more urgent");
    }
    const bool vital =
        std::any_of(protocol_.motif_codes.begin(), protocol_.motif_codes.end(),
                    [](const std::string& motif) { return care::IsVitalMotif(motif); });
    if (!vital || minimum == Priority::kUnspecified || AtLeastAsUrgent(minimum, Priority::kP2)) {
      return;
    }
    Fault(field + ".minimum_priority", "VITAL_MOTIF_BELOW_BOUND",
          "a protocol on a vital motif comes to P2 or more urgent");
  }

  void CheckOtherwise() {
    if (!protocol_.otherwise) {
      return Fault("otherwise", "OTHERWISE_REQUIRED", "say what holds when no rule applies");
    }
    const Rule& rule = *protocol_.otherwise;
    if (!rule.when.empty() || rule.severity || rule.excludes) {
      Fault("otherwise", "INVALID_CONDITION", "the last rule has neither condition nor sign");
    }
    if (rule.minimum == Priority::kUnspecified && !IsChecklist()) {
      Fault("otherwise.minimum_priority", "PRIORITY_REQUIRED", "P1, P2, P3 or NR");
    }
    CheckText(rule.explanation, "otherwise.explanation", kExplanationMax);
    CheckOrientation(rule.orientation, "otherwise.orientation");
    CheckLeast(rule.minimum, "otherwise");
  }

  // Entry of a CSNP: all four parts are there, and three of them must be answered (seed 002).
  void CheckSections() {
    if (protocol_.kind != ProtocolKind::kCsnpEntry) return;

    struct Part {
      Section section;
      const char* name;
      bool mandatory;
    };

    constexpr std::array<Part, 4> kParts{{{Section::kMotif, "SECTION_MOTIF", true},
                                          {Section::kHistory, "SECTION_HISTORY", false},
                                          {Section::kSeverity, "SECTION_SEVERITY", true},
                                          {Section::kPreviousCare, "SECTION_PREVIOUS_CARE", true}}};
    for (const Part& part : kParts) {
      const bool there = std::any_of(
          protocol_.questions.begin(), protocol_.questions.end(), [&](const Question& question) {
            return question.section == part.section && question.ask_when.empty() &&
                   (question.mandatory || !part.mandatory);
          });
      if (there) continue;
      Fault("questions", "SECTION_REQUIRED",
            std::string("the entry of a CSNP always asks ") + part.name +
                (part.mandatory ? ", by a mandatory question" : ""));
    }
  }

  void CheckPerson(const std::optional<ProtocolPerson>& person, const std::string& field,
                   const char* reason, const char* missing) {
    if (!person) return Fault(field, reason, missing);
    CheckText(person->display_name, field + ".display_name", kPersonNameMax);
    Take(field + ".rpps", care::CheckRpps(person->rpps, field + ".rpps", test_));
  }

  void CheckSignature() {
    CheckPerson(protocol_.author, "author", "AUTHOR_REQUIRED", "say who wrote it");
    CheckPerson(protocol_.signatory, "signatory", "SIGNATORY_REQUIRED",
                "name the doctor who signs it: nothing is applied unsigned");
    if (protocol_.author && protocol_.signatory &&
        protocol_.author->rpps == protocol_.signatory->rpps) {
      Fault("signatory.rpps", "SECOND_PERSON_REQUIRED", "who signs is not who wrote it");
    }
    if (!protocol_.effect) return Fault("effect_time", "EFFECT_REQUIRED", "give a date of effect");
    if (!protocol_.review)
      return Fault("review_time", "REVIEW_REQUIRED", "say until when it holds");
    if (*protocol_.review <= *protocol_.effect ||
        *protocol_.review > *protocol_.effect + kReviewMax) {
      Fault("review_time", "OUT_OF_RANGE", "after the date of effect, within three years of it");
    }
  }

  const Protocol& protocol_;
  const care::TestIdentities test_;
  std::set<std::string> ids_;
  std::vector<ProtocolFault> faults_;
};

}  // namespace

std::size_t CharactersOf(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

std::vector<ProtocolFault> CheckProtocol(const Protocol& protocol, care::TestIdentities test) {
  return Checker(protocol, test).Run();
}

std::vector<ProtocolFault> CheckRemovedSigns(const Protocol& next, const Protocol& in_force) {
  std::vector<std::string> known = SeveritySigns(next);
  known.insert(known.end(), next.removed_signs.begin(), next.removed_signs.end());
  std::vector<ProtocolFault> faults;
  for (const std::string& sign : SeveritySigns(in_force)) {
    if (std::find(known.begin(), known.end(), sign) != known.end()) continue;
    faults.push_back({"removed_signs", "SEVERITY_SIGN_REMOVED",
                      "the version in force has the severity sign " + sign +
                          ": keep it, or name it in removed_signs"});
  }
  return faults;
}

}  // namespace sas::regulation
