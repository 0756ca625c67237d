#include "services/regulation/domain/protocol_graph.h"

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <utility>

namespace sas::regulation {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

bool Accepts(const Question& question, const std::string& word) {
  if (word == "unknown") return true;
  if (question.kind == QuestionKind::kYesNo) return word == "yes" || word == "no";
  return std::find(question.choices.begin(), question.choices.end(), word) !=
         question.choices.end();
}

// What is left of the answers of one question once all conditions on it hold.
class Left {
 public:
  explicit Left(const Question& question) : low_(question.number_min), high_(question.number_max) {}

  void And(const Condition& condition) {
    if (!condition.is.empty()) {
      std::set<std::string> both;
      for (const std::string& word : condition.is) {
        if (!words_ || words_->count(word) > 0) both.insert(word);
      }
      words_ = std::move(both);
    }
    if (condition.at_least) low_ = std::max(low_, *condition.at_least);
    if (condition.below) below_ = std::min(below_, *condition.below);
    numeric_ = numeric_ || condition.at_least || condition.below;
  }

  bool Empty() const {
    if (words_ && words_->empty()) return true;
    if (!numeric_) return false;
    // A number and a word at once is no answer.
    return words_.has_value() || low_ > high_ || low_ >= below_;
  }

 private:
  std::optional<std::set<std::string>> words_;
  double low_;
  double high_;
  double below_ = kInfinity;
  bool numeric_ = false;
};

bool AgesMeet(const Audience& a, const Audience& b) {
  const auto days = [](const care::Age& age, double unbound) {
    return age.unit == care::AgeUnit::kUnspecified ? unbound : care::AgeDays(age);
  };
  // A maximum lasts until the end of its unit, so equal limits meet.
  return std::max(days(a.age_min, 0), days(b.age_min, 0)) <=
         std::min(days(a.age_max, kInfinity), days(b.age_max, kInfinity));
}

bool Meet(const Audience& a, const Audience& b) {
  const bool pregnancy = a.pregnancy == Pregnancy::kAny || b.pregnancy == Pregnancy::kAny ||
                         a.pregnancy == b.pregnancy;
  return pregnancy && AgesMeet(a, b);
}

class Graph {
 public:
  explicit Graph(const Protocol& protocol) : protocol_(protocol) {
    for (const Question& question : protocol.questions) by_id_.emplace(question.id, &question);
  }

  std::vector<ProtocolFault> Check() {
    for (std::size_t i = 0; i < protocol_.questions.size(); ++i) {
      CheckEach(protocol_.questions[i].ask_when, Path("questions", i) + ".ask_when");
    }
    for (std::size_t i = 0; i < protocol_.rules.size(); ++i) {
      CheckEach(protocol_.rules[i].when, Path("rules", i) + ".when");
    }
    // Reachability asks what conditions mean: only when each of them means something.
    if (!faults_.empty()) return std::move(faults_);
    FindCycles();
    if (faults_.empty()) FindUnreachable();
    return std::move(faults_);
  }

 private:
  static std::string Path(const char* list, std::size_t index) {
    return std::string(list) + "[" + std::to_string(index) + "]";
  }

  void Fault(const std::string& field, const char* reason, const std::string& message) {
    faults_.push_back({field, reason, message});
  }

  void CheckEach(const std::vector<Condition>& conditions, const std::string& field) {
    if (conditions.size() > kConditionsMax) {
      Fault(field, "TOO_MANY_ITEMS", "at most " + std::to_string(kConditionsMax) + " conditions");
    }
    for (std::size_t i = 0; i < conditions.size(); ++i) {
      CheckOne(conditions[i], field + "[" + std::to_string(i) + "]");
    }
  }

  void CheckOne(const Condition& condition, const std::string& field) {
    const auto found = by_id_.find(condition.question);
    if (found == by_id_.end()) {
      return Fault(field + ".question", "UNKNOWN_QUESTION",
                   "no question has the id " + condition.question);
    }
    const bool numeric = condition.at_least || condition.below;
    if (numeric == !condition.is.empty()) {
      return Fault(field, "INVALID_CONDITION", "give `is`, or at_least and below: one of the two");
    }
    if (numeric && found->second->kind != QuestionKind::kNumber) {
      return Fault(field, "INVALID_CONDITION",
                   condition.question + " is not answered by a number: use `is`");
    }
    for (std::size_t i = 0; i < condition.is.size(); ++i) {
      if (Accepts(*found->second, condition.is[i])) continue;
      Fault(field + ".is[" + std::to_string(i) + "]", "ANSWER_NOT_ACCEPTED",
            condition.question + " does not accept the answer " + condition.is[i]);
    }
  }

  // Depth first; a question that is met while its own conditions are followed waits for itself.
  bool Follow(const Question& question) {
    const auto [mark, fresh] = marks_.emplace(question.id, false);
    if (!fresh) return mark->second;
    for (const Condition& condition : question.ask_when) {
      if (!Follow(*by_id_.at(condition.question))) return false;
    }
    marks_[question.id] = true;
    return true;
  }

  void FindCycles() {
    for (std::size_t i = 0; i < protocol_.questions.size(); ++i) {
      marks_.clear();
      if (Follow(protocol_.questions[i])) continue;
      return Fault(
          Path("questions", i) + ".ask_when", "QUESTION_CYCLE",
          "the question waits for an answer that waits for it: " + protocol_.questions[i].id);
    }
  }

  // All conditions that hold once these do, those of the questions that they look at included.
  void Collect(const std::vector<Condition>& conditions, std::map<std::string, Left>& left,
               std::vector<const Audience*>& audiences, std::set<std::string>& seen) {
    for (const Condition& condition : conditions) {
      const Question& question = *by_id_.at(condition.question);
      left.try_emplace(question.id, question).first->second.And(condition);
      if (!seen.insert(question.id).second) continue;
      audiences.push_back(&question.audience);
      Collect(question.ask_when, left, audiences, seen);
    }
  }

  bool Reachable(const std::vector<Condition>& conditions, const Audience& audience) {
    std::map<std::string, Left> left;
    std::vector<const Audience*> audiences{&protocol_.audience, &audience};
    std::set<std::string> seen;
    Collect(conditions, left, audiences, seen);
    for (const auto& [id, answers] : left) {
      if (answers.Empty()) return false;
    }
    for (const Audience* a : audiences) {
      for (const Audience* b : audiences) {
        if (!Meet(*a, *b)) return false;
      }
    }
    return true;
  }

  void FindUnreachable() {
    for (std::size_t i = 0; i < protocol_.questions.size(); ++i) {
      const Question& question = protocol_.questions[i];
      if (Reachable(question.ask_when, question.audience)) continue;
      Fault(Path("questions", i), "QUESTION_UNREACHABLE",
            "no answers and no patient lead to the question " + question.id);
    }
    for (std::size_t i = 0; i < protocol_.rules.size(); ++i) {
      const Rule& rule = protocol_.rules[i];
      if (Reachable(rule.when, rule.audience)) continue;
      Fault(Path("rules", i), "RULE_UNREACHABLE",
            "no answers and no patient lead to the rule " + rule.id);
    }
  }

  const Protocol& protocol_;
  std::map<std::string, const Question*> by_id_;
  std::map<std::string, bool> marks_;  ///< False while a question's own conditions are followed.
  std::vector<ProtocolFault> faults_;
};

}  // namespace

std::vector<ProtocolFault> CheckConditions(const Protocol& protocol) {
  return Graph(protocol).Check();
}

}  // namespace sas::regulation
