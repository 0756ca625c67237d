#include "services/regulation/domain/protocol_evaluator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "common/testing/status_matchers.h"
#include "services/regulation/domain/priority.h"
#include "services/regulation/domain/protocol_check.h"
#include "tests/unit/regulation/protocols.h"

namespace sas::regulation {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::ReasonIs;

constexpr care::Age kOneYear{1, care::AgeUnit::kYear};
constexpr care::Age kOneMonth{1, care::AgeUnit::kMonth};

Facts Of(std::optional<care::Age> age) {
  Facts facts;
  facts.age = age;
  return facts;
}

const std::vector<Answer> kNoSign{{"purpura", Said::kNo}, {"malaise", Said::kNo}};

std::vector<Answer> And(std::vector<Answer> answers, std::vector<Answer> more) {
  answers.insert(answers.end(), more.begin(), more.end());
  return answers;
}

struct Row {
  const char* what;
  std::optional<care::Age> age;
  std::vector<Answer> answers;
  Priority minimum;
  bool blocked;
  const char* proposal;
  const char* next;
};

std::string NameOf(const ::testing::TestParamInfo<Row>& info) {
  return info.param.what;
}

class Evaluation : public ::testing::TestWithParam<Row> {};

INSTANTIATE_TEST_SUITE_P(
    Table, Evaluation,
    ::testing::Values(
        Row{"nothing_asked", kOneYear, {}, Priority::kUnspecified, false, "", "purpura"},
        // Half of the answers never mean "ordinary".
        Row{"half", kOneYear, kNoSign, Priority::kUnspecified, false, "", "fever"},
        Row{"complete_mild", kOneYear, And(kNoSign, {{"fever", Said::kYes}, {"temperature", 38.5}}),
            Priority::kP3, false, "", "drinks"},
        Row{"high", kOneYear, And(kNoSign, {{"fever", Said::kYes}, {"temperature", 40.0}}),
            Priority::kP2, false, "", "drinks"},
        Row{"just_below_high", kOneYear,
            And(kNoSign, {{"fever", Said::kYes}, {"temperature", 39.9}}), Priority::kP3, false, "",
            "drinks"},
        // The age decides: the same fever under three months is a severity sign.
        Row{"infant", kOneMonth, And(kNoSign, {{"fever", Said::kYes}, {"temperature", 38.0}}),
            Priority::kP1, true, "URGENCES", "drinks"},
        // An age that nobody knows excludes no sign.
        Row{"age_unknown",
            {},
            And(kNoSign, {{"fever", Said::kYes}, {"temperature", 38.0}}),
            Priority::kP1,
            true,
            "URGENCES",
            "drinks"},
        Row{"purpura", kOneYear, {{"purpura", Said::kYes}}, Priority::kP0, true, "15", "malaise"},
        // Two signs: the more urgent priority, and the 15.
        Row{"both",
            kOneYear,
            {{"malaise", Said::kYes}, {"purpura", Said::kYes}},
            Priority::kP0,
            true,
            "15",
            "fever"},
        Row{"malaise",
            kOneYear,
            {{"malaise", Said::kYes}},
            Priority::kP1,
            true,
            "URGENCES",
            "purpura"},
        // "Does not know" is not "no" (hazard H-06), nor is it "yes".
        Row{"unknown_sign",
            kOneYear,
            {{"purpura", Said::kUnknown}, {"malaise", Said::kNo}, {"fever", Said::kNo}},
            Priority::kP2,
            false,
            "",
            "drinks"},
        // Not fever: the temperature is not asked.
        Row{"no_fever", kOneYear, And(kNoSign, {{"fever", Said::kNo}}), Priority::kP3, false, "",
            "drinks"}),
    NameOf);

TEST_P(Evaluation, S2_11_AnswersComeToTheirResult) {
  const Protocol protocol = FeverProtocol();
  ASSERT_THAT(CheckAnswers(protocol, GetParam().answers, "answers"), IsOk());
  const TriageResult result = Evaluate(protocol, Of(GetParam().age), GetParam().answers);
  EXPECT_EQ(result.minimum, GetParam().minimum);
  EXPECT_EQ(result.booking_blocked, GetParam().blocked);
  EXPECT_EQ(result.proposal, GetParam().proposal);
  EXPECT_EQ(result.next_question, GetParam().next);
}

TEST(Evaluator, S2_11_EveryResultIsExplained) {
  const TriageResult result =
      Evaluate(FeverProtocol(), Of(kOneYear),
               {{"purpura", Said::kYes}, {"fever", Said::kYes}, {"temperature", 41.0}});
  ASSERT_EQ(result.reasons.size(), 2u);
  EXPECT_EQ(result.reasons[0].rule, "purpura");
  EXPECT_EQ(result.reasons[0].explanation, "Purpura fébrile.");
  EXPECT_EQ(result.reasons[1].rule, "high");
  EXPECT_THAT(result.positive_signs, ElementsAre("purpura"));
  EXPECT_THAT(result.missing, ElementsAre("malaise"));
}

TEST(Evaluator, H06_WhatWasNotAskedIsMissing) {
  const Protocol protocol = FeverProtocol();
  EXPECT_THAT(Evaluate(protocol, {}, {}).missing, ElementsAre("purpura", "malaise", "fever"));
  EXPECT_THAT(Evaluate(protocol, {}, {{"fever", Said::kYes}}).missing,
              ElementsAre("purpura", "malaise", "temperature"));
  EXPECT_THAT(
      Evaluate(protocol, {}, And(kNoSign, {{"fever", Said::kYes}, {"temperature", Said::kUnknown}}))
          .missing,
      IsEmpty());
}

TEST(Evaluator, WhoDoesNotBelongIsToldSo) {
  const Protocol protocol = FeverProtocol();
  const auto adult = Evaluate(protocol, Of(care::Age{30, care::AgeUnit::kYear}), kNoSign);
  EXPECT_TRUE(adult.excluded);
  EXPECT_EQ(adult.minimum, Priority::kUnspecified);
  Facts other = Of(kOneYear);
  other.motif_code = "M03.20";
  EXPECT_TRUE(Evaluate(protocol, other, {}).excluded);
  other.motif_code = "M07.00";
  EXPECT_FALSE(Evaluate(protocol, other, {}).excluded);
  // A criterion of exclusion, with where he belongs.
  const auto well = Evaluate(protocol, Of(kOneYear),
                             And(kNoSign, {{"fever", Said::kNo}, {"drinks", Chosen{"well"}}}));
  EXPECT_TRUE(well.excluded);
  EXPECT_EQ(well.orientation, "DOMICILE");
}

TEST(Evaluator, PregnancyIsAVariant) {
  Protocol protocol = FeverProtocol();
  protocol.rules[1].audience.pregnancy = Pregnancy::kPregnant;
  const std::vector<Answer> hot = And(kNoSign, {{"fever", Said::kYes}, {"temperature", 41.0}});
  Facts facts = Of(kOneYear);
  EXPECT_EQ(Evaluate(protocol, facts, hot).minimum, Priority::kP2);  // Not asked: it may be.
  facts.pregnant = true;
  EXPECT_EQ(Evaluate(protocol, facts, hot).minimum, Priority::kP2);
  facts.pregnant = false;
  EXPECT_EQ(Evaluate(protocol, facts, hot).minimum, Priority::kP3);
}

TEST(Evaluator, AnswersAreHeldAgainstTheirQuestions) {
  const Protocol protocol = FeverProtocol();
  const auto check = [&](const Answer& answer) {
    return CheckAnswers(protocol, {answer}, "answers");
  };
  EXPECT_THAT(check({"x", Said::kYes}), ReasonIs("UNKNOWN_QUESTION"));
  EXPECT_THAT(check({"temperature", Said::kYes}), ReasonIs("ANSWER_NOT_ACCEPTED"));
  EXPECT_THAT(check({"temperature", Said::kUnknown}), IsOk());
  EXPECT_THAT(check({"temperature", 43.0}), IsOk());
  EXPECT_THAT(check({"temperature", 43.1}), ReasonIs("OUT_OF_RANGE"));
  EXPECT_THAT(check({"drinks", Chosen{"much"}}), ReasonIs("ANSWER_NOT_ACCEPTED"));
  EXPECT_THAT(check({"drinks", std::string("bien")}), ReasonIs("ANSWER_NOT_ACCEPTED"));
  EXPECT_THAT(CheckAnswers(protocol, {{"fever", Said::kYes}, {"fever", Said::kNo}}, "answers"),
              ReasonIs("ANSWER_TWICE"));
  EXPECT_EQ(
      Acceptable(protocol, {{"x", Said::kYes}, {"temperature", 99.0}, {"fever", Said::kNo}}).size(),
      1u);
}

// --- whatever passes the check keeps the bound -------------------------------------------------

class Dice {
 public:
  explicit Dice(unsigned seed) : random_(seed) {}

  int Upto(int n) { return std::uniform_int_distribution<int>(0, n)(random_); }

  bool One(int in) { return Upto(in - 1) == 0; }

  Priority AnyPriority() { return static_cast<Priority>(Upto(5)); }

  Audience AnyAudience() {
    Audience audience;
    if (One(4)) audience.age_min = {Upto(3), care::AgeUnit::kYear};
    if (One(4)) audience.age_max = {Upto(4), care::AgeUnit::kYear};
    if (One(4)) audience.pregnancy = static_cast<Pregnancy>(Upto(2));
    return audience;
  }

  std::vector<Condition> AnyConditions(int questions) {
    std::vector<Condition> conditions;
    for (int i = 0, n = Upto(2); i < n; ++i) {
      const char* words[] = {"yes", "no", "unknown"};
      conditions.push_back({"q" + std::to_string(Upto(questions - 1)), {words[Upto(2)]}, {}, {}});
    }
    return conditions;
  }

  // Often unsound: that is the check's business.
  Protocol AnyProtocol() {
    Protocol protocol = FeverProtocol();
    protocol.motif_codes = {One(3) ? "M03.06" : "M03.14"};
    protocol.audience = AnyAudience();
    protocol.questions.clear();
    protocol.rules.clear();
    const int count = 2 + Upto(4);
    for (int i = 0; i < count; ++i) {
      Question question;
      question.id = "q" + std::to_string(i);
      question.text = "?";
      question.kind = QuestionKind::kYesNo;
      question.mandatory = !One(6);
      question.audience = AnyAudience();
      if (One(3)) question.ask_when = AnyConditions(count);
      if (One(2)) {
        question.red_flag = RedFlag{One(8) ? AnyPriority() : static_cast<Priority>(1 + Upto(1)),
                                    One(8) ? "CABINET" : "15", "!"};
      }
      protocol.questions.push_back(question);
    }
    for (int i = 0, rules = Upto(4); i < rules; ++i) {
      Rule rule;
      rule.id = "r" + std::to_string(i);
      rule.when = AnyConditions(count);
      rule.audience = AnyAudience();
      rule.severity = One(3);
      rule.minimum = rule.severity && !One(6) ? Priority::kP1 : AnyPriority();
      rule.proposal = rule.severity ? "URGENCES" : "";
      rule.excludes = One(4);
      rule.orientation = rule.excludes ? "CABINET" : "";
      rule.filiere = static_cast<Filiere>(Upto(2));
      rule.explanation = "!";
      protocol.rules.push_back(rule);
    }
    protocol.otherwise->minimum = AnyPriority();
    return protocol;
  }

  Facts AnyFacts() {
    Facts facts;
    if (!One(3)) facts.age = care::Age{Upto(6), care::AgeUnit::kYear};
    if (!One(3)) facts.pregnant = One(2);
    facts.motif_code = One(3) ? "M03.20" : "";
    return facts;
  }

  std::vector<Answer> AnyAnswers(const Protocol& protocol) {
    std::vector<Answer> answers;
    for (const Question& question : protocol.questions) {
      if (!One(3)) answers.push_back({question.id, static_cast<Said>(Upto(2))});
    }
    return answers;
  }

 private:
  std::mt19937 random_;
};

bool SaidYes(const std::vector<Answer>& answers, const std::string& id) {
  for (const Answer& answer : answers) {
    if (answer.question == id && std::get<Said>(answer.value) == Said::kYes) return true;
  }
  return false;
}

TEST(Evaluator, H49_NoCheckedProtocolEverGivesLessThanTheBound) {
  Dice dice(49);
  int sound = 0;
  int positive = 0;
  for (int round = 0; round < 10'000; ++round) {
    const Protocol protocol = dice.AnyProtocol();
    if (!CheckProtocol(protocol, care::TestIdentities::kAccept).empty()) continue;
    ++sound;
    for (int i = 0; i < 5; ++i) {
      const std::vector<Answer> answers = dice.AnyAnswers(protocol);
      const TriageResult result = Evaluate(protocol, dice.AnyFacts(), answers);
      for (const Question& question : protocol.questions) {
        if (!question.red_flag || !SaidYes(answers, question.id)) continue;
        ++positive;
        ASSERT_NE(result.minimum, Priority::kUnspecified);
        ASSERT_LE(RuleOf(result.minimum).band, RuleOf(kSeverityBound).band);
        ASSERT_LE(RuleOf(result.minimum).band, RuleOf(question.red_flag->minimum).band);
        ASSERT_TRUE(result.booking_blocked);
        ASSERT_FALSE(result.proposal.empty());
      }
      // And the other way: nothing is blocked without a sign, nothing low on a vital motif.
      ASSERT_EQ(result.booking_blocked, !result.positive_signs.empty());
      if (protocol.motif_codes.front() == "M03.06" && result.minimum != Priority::kUnspecified) {
        ASSERT_LE(RuleOf(result.minimum).band, RuleOf(Priority::kP2).band);
      }
    }
  }
  EXPECT_GT(sound, 150);
  EXPECT_GT(positive, 300);
}

// Another answer never takes away what a positive sign has given.
TEST(Evaluator, H49_MoreAnswersNeverLowerASign) {
  Dice dice(50);
  int compared = 0;
  for (int round = 0; round < 6'000; ++round) {
    const Protocol protocol = dice.AnyProtocol();
    if (!CheckProtocol(protocol, care::TestIdentities::kAccept).empty()) continue;
    std::vector<Answer> answers = dice.AnyAnswers(protocol);
    const Facts facts = dice.AnyFacts();
    const TriageResult all = Evaluate(protocol, facts, answers);
    if (answers.empty()) continue;
    answers.pop_back();
    const TriageResult before = Evaluate(protocol, facts, answers);
    if (!before.booking_blocked) continue;
    ++compared;
    ASSERT_TRUE(all.booking_blocked);
    ASSERT_LE(RuleOf(all.minimum).band, RuleOf(before.minimum).band);
  }
  EXPECT_GT(compared, 40);
}

}  // namespace
}  // namespace sas::regulation
