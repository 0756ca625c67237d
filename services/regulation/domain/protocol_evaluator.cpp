#include "services/regulation/domain/protocol_evaluator.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "common/base/status.h"
#include "services/regulation/domain/priority.h"

namespace sas::regulation {
namespace {

constexpr char kMotifNotAsked[] = "M07.00";
constexpr char kUnknownSign[] = "Signe de gravité non éliminé : « ne sait pas » n’est pas « non ».";
constexpr char kOtherPatient[] = "Ce protocole n’est pas fait pour cet âge ou cette situation.";
constexpr char kOtherMotif[] = "Ce protocole n’est pas fait pour ce motif.";

using Given = std::map<std::string, const AnswerValue*>;

// The word that a condition compares with; empty for numbers and texts.
std::string WordOf(const AnswerValue& value) {
  if (const Said* said = std::get_if<Said>(&value)) {
    return *said == Said::kYes ? "yes" : *said == Said::kNo ? "no" : "unknown";
  }
  if (const Chosen* chosen = std::get_if<Chosen>(&value)) return chosen->code;
  return "";
}

bool Holds(const Condition& condition, const Given& given) {
  const auto found = given.find(condition.question);
  if (found == given.end()) return false;  // Not asked.
  if (!condition.is.empty()) {
    return std::find(condition.is.begin(), condition.is.end(), WordOf(*found->second)) !=
           condition.is.end();
  }
  const double* number = std::get_if<double>(found->second);
  return number != nullptr && (!condition.at_least || *number >= *condition.at_least) &&
         (!condition.below || *number < *condition.below);
}

bool AllHold(const std::vector<Condition>& conditions, const Given& given) {
  return std::all_of(conditions.begin(), conditions.end(),
                     [&](const Condition& condition) { return Holds(condition, given); });
}

bool IsPositive(const Question& question, const Given& given) {
  return question.red_flag && Holds({question.id, {"yes"}, {}, {}}, given);
}

bool IsUnknown(const Question& question, const Given& given) {
  return question.red_flag && Holds({question.id, {"unknown"}, {}, {}}, given);
}

void TakeSign(TriageResult& result, const std::string& id, Priority minimum,
              const std::string& proposal, const std::string& explanation) {
  result.minimum = MoreUrgent(result.minimum, minimum);
  result.booking_blocked = true;
  result.positive_signs.push_back(id);
  result.reasons.push_back({id, explanation});
  if (result.proposal != kPropose15) result.proposal = proposal;
}

void TakeRedFlags(TriageResult& result, const Protocol& protocol, const Given& given) {
  for (const Question& question : protocol.questions) {
    if (IsPositive(question, given)) {
      TakeSign(result, question.id, question.red_flag->minimum, question.red_flag->proposal,
               question.red_flag->explanation);
    } else if (IsUnknown(question, given)) {
      result.minimum = MoreUrgent(result.minimum, Priority::kP2);
      result.reasons.push_back({question.id, kUnknownSign});
    }
  }
}

void TakeRule(TriageResult& result, const Rule& rule) {
  if (rule.severity) {
    TakeSign(result, rule.id, rule.minimum, rule.proposal, rule.explanation);
  } else {
    result.minimum = MoreUrgent(result.minimum, rule.minimum);
    result.reasons.push_back({rule.id, rule.explanation});
  }
  result.excluded = result.excluded || rule.excludes;
  if (result.orientation.empty() || rule.excludes) {
    if (!rule.orientation.empty()) result.orientation = rule.orientation;
  }
  // AMU is the more urgent chain, and stays once it is proposed.
  if (rule.filiere != Filiere::kUnspecified && result.filiere != Filiere::kAmu) {
    result.filiere = rule.filiere;
  }
}

void TakeRules(TriageResult& result, const Protocol& protocol, const Facts& facts,
               const Given& given) {
  for (const Rule& rule : protocol.rules) {
    const Belongs belongs = In(rule.audience, facts);
    // A criterion of exclusion needs to be known; everything that makes more urgent does not.
    const bool applies = belongs == Belongs::kYes || (belongs == Belongs::kMaybe && !rule.excludes);
    if (applies && AllHold(rule.when, given)) TakeRule(result, rule);
  }
}

void JudgeInclusion(TriageResult& result, const Protocol& protocol, const Facts& facts) {
  if (In(protocol.audience, facts) == Belongs::kNo) {
    result.excluded = true;
    result.reasons.push_back({"audience", kOtherPatient});
  }
  const bool known = !facts.motif_code.empty() && facts.motif_code != kMotifNotAsked;
  if (known && !protocol.motif_codes.empty() &&
      std::find(protocol.motif_codes.begin(), protocol.motif_codes.end(), facts.motif_code) ==
          protocol.motif_codes.end()) {
    result.excluded = true;
    result.reasons.push_back({"motif", kOtherMotif});
  }
}

void FindOpenQuestions(TriageResult& result, const Protocol& protocol, const Facts& facts,
                       const Given& given) {
  for (const Question& question : protocol.questions) {
    if (given.count(question.id) > 0 || In(question.audience, facts) == Belongs::kNo ||
        !AllHold(question.ask_when, given)) {
      continue;
    }
    if (question.mandatory) result.missing.push_back(question.id);
    if (result.next_question.empty()) result.next_question = question.id;
  }
}

bool Accepts(const Question& question, const AnswerValue& value) {
  if (const Said* said = std::get_if<Said>(&value)) {
    return *said == Said::kUnknown || question.kind == QuestionKind::kYesNo;
  }
  if (const Chosen* chosen = std::get_if<Chosen>(&value)) {
    return question.kind == QuestionKind::kChoice &&
           std::find(question.choices.begin(), question.choices.end(), chosen->code) !=
               question.choices.end();
  }
  if (std::holds_alternative<double>(value)) return question.kind == QuestionKind::kNumber;
  return question.kind == QuestionKind::kText;
}

absl::Status CheckAnswer(const Question& question, const AnswerValue& value,
                         const std::string& field) {
  if (!Accepts(question, value)) {
    return base::InvalidField(field, "ANSWER_NOT_ACCEPTED",
                              "the question does not accept this kind of answer",
                              {{"question", question.id}});
  }
  if (const double* number = std::get_if<double>(&value)) {
    if (!(*number >= question.number_min && *number <= question.number_max)) {
      return base::InvalidField(field, "OUT_OF_RANGE", "the number is out of the question's range",
                                {{"question", question.id}});
    }
  }
  if (const std::string* text = std::get_if<std::string>(&value)) {
    // Bytes, not characters: four at most for each, refused and never cut.
    if (text->size() > 4 * kAnswerTextMax) {
      return base::InvalidField(field, "TEXT_TOO_LONG", "is too long; shorten it, nothing is cut");
    }
  }
  return absl::OkStatus();
}

}  // namespace

Priority MoreUrgent(Priority a, Priority b) {
  if (a == Priority::kUnspecified) return b;
  if (b == Priority::kUnspecified) return a;
  return RuleOf(a).band <= RuleOf(b).band ? a : b;
}

absl::Status CheckAnswers(const Protocol& protocol, const std::vector<Answer>& answers,
                          const std::string& field) {
  std::set<std::string> seen;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const std::string path = field + "[" + std::to_string(i) + "]";
    const Question* question = FindQuestion(protocol, answers[i].question);
    if (question == nullptr) {
      return base::InvalidField(path + ".question", "UNKNOWN_QUESTION",
                                "this version has no such question; read the protocol again");
    }
    if (!seen.insert(question->id).second) {
      return base::InvalidField(path, "ANSWER_TWICE", "the question is answered twice",
                                {{"question", question->id}});
    }
    SAS_RETURN_IF_ERROR(CheckAnswer(*question, answers[i].value, path));
  }
  return absl::OkStatus();
}

std::vector<Answer> Acceptable(const Protocol& protocol, const std::vector<Answer>& answers) {
  std::vector<Answer> kept;
  for (const Answer& answer : answers) {
    const Question* question = FindQuestion(protocol, answer.question);
    if (question != nullptr && CheckAnswer(*question, answer.value, "").ok()) {
      kept.push_back(answer);
    }
  }
  return kept;
}

TriageResult Evaluate(const Protocol& protocol, const Facts& facts,
                      const std::vector<Answer>& answers) {
  Given given;
  for (const Answer& answer : answers) given.emplace(answer.question, &answer.value);
  TriageResult result;
  TakeRedFlags(result, protocol, given);
  TakeRules(result, protocol, facts, given);
  JudgeInclusion(result, protocol, facts);
  FindOpenQuestions(result, protocol, facts, given);
  // The rest holds only once all has been asked: half of the answers never mean "ordinary". The
  // steps of a checklist come to no priority, and are something all the same.
  const bool steps = protocol.kind == ProtocolKind::kChecklist && !result.reasons.empty();
  if (result.missing.empty() && !result.excluded && protocol.otherwise && !steps &&
      result.minimum == Priority::kUnspecified) {
    TakeRule(result, *protocol.otherwise);
  }
  return result;
}

}  // namespace sas::regulation
