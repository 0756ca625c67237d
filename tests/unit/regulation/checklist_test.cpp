#include "services/regulation/domain/checklist.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "services/regulation/domain/protocol_check.h"
#include "tests/unit/regulation/protocols.h"

namespace sas::regulation {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Signs purpura and malaise; a fever asks for a number and for the letter, 40 °C for a regulator.
Protocol Checklist() {
  Protocol protocol = FeverProtocol();
  protocol.kind = ProtocolKind::kChecklist;
  Rule& number = protocol.rules.emplace_back();
  number.id = "number";
  number.when = {{"fever", {"yes"}, {}, {}}};
  number.explanation = "Noter un numéro où rappeler.";
  Rule& letter = protocol.rules.emplace_back();
  letter.id = "letter";
  letter.when = {{"fever", {"yes"}, {}, {}}};
  letter.explanation = "Demander le carnet de santé.";
  protocol.otherwise = Rule{};
  protocol.otherwise->explanation = "Proposer le prochain créneau du cabinet.";
  return protocol;
}

ChecklistSteps Ask(const std::vector<Answer>& answers, std::optional<care::Age> age = {}) {
  const Protocol checklist = Checklist();
  Facts facts;
  facts.age = age;
  return StepsOf(checklist, Evaluate(checklist, facts, answers));
}

std::vector<std::string> Ids(const std::vector<Reason>& reasons) {
  std::vector<std::string> ids;
  for (const Reason& reason : reasons) ids.push_back(reason.rule);
  return ids;
}

const std::vector<Answer> kFever{
    {"purpura", Said::kNo}, {"malaise", Said::kNo}, {"fever", Said::kYes}, {"temperature", 38.5}};

TEST(ChecklistSteps, S3_09_AreToldInTheOrderOfTheFile) {
  const ChecklistSteps found = Ask(kFever, care::Age{1, care::AgeUnit::kYear});
  EXPECT_FALSE(found.escalate);
  EXPECT_THAT(Ids(found.steps), ElementsAre("number", "letter"));
  EXPECT_THAT(found.reasons, IsEmpty());
}

TEST(ChecklistSteps, S3_09_TheRestHoldsWhenNoStepDoes) {
  const ChecklistSteps found =
      Ask({{"purpura", Said::kNo}, {"malaise", Said::kNo}, {"fever", Said::kNo}});
  EXPECT_FALSE(found.escalate);
  ASSERT_EQ(found.steps.size(), 1u);
  EXPECT_EQ(found.steps[0].explanation, "Proposer le prochain créneau du cabinet.");
}

TEST(ChecklistSteps, S3_09_HalfOfTheAnswersAreNoSteps) {
  const ChecklistSteps found = Ask({{"fever", Said::kYes}});
  EXPECT_FALSE(found.escalate);
  EXPECT_THAT(found.steps, IsEmpty());
}

TEST(ChecklistSteps, S3_09_APriorityOrAnExclusionIsARegulators) {
  auto high = kFever;
  high[3].value = 40.5;
  const ChecklistSteps found = Ask(high, care::Age{1, care::AgeUnit::kYear});
  EXPECT_TRUE(found.escalate);
  EXPECT_THAT(Ids(found.reasons), ElementsAre("high"));
  EXPECT_THAT(found.steps, IsEmpty());
  EXPECT_TRUE(Ask(kFever, care::Age{9, care::AgeUnit::kYear}).escalate);  // Not of this age.
}

// Every way of answering the two signs, with and without the rest: a sign that is there, or that
// nobody knows, is a regulator's; steps and a regulator never come together.
TEST(ChecklistSteps, S3_09_ASeveritySignAlwaysEscalates) {
  const std::vector<std::optional<Said>> ways{std::nullopt, Said::kYes, Said::kNo, Said::kUnknown};
  for (const auto& purpura : ways) {
    for (const auto& malaise : ways) {
      for (const auto& fever : ways) {
        std::vector<Answer> answers;
        if (purpura) answers.push_back({"purpura", *purpura});
        if (malaise) answers.push_back({"malaise", *malaise});
        if (fever) answers.push_back({"fever", *fever});
        const ChecklistSteps found = Ask(answers);
        const auto sign = [](const std::optional<Said>& said) {
          return said == Said::kYes || said == Said::kUnknown;
        };
        EXPECT_EQ(found.escalate, sign(purpura) || sign(malaise));
        EXPECT_TRUE(!found.escalate || found.steps.empty());
        EXPECT_EQ(found.escalate, !found.reasons.empty());
      }
    }
  }
}

using Found = std::pair<std::string, std::string>;

std::vector<Found> Check(const Protocol& protocol) {
  std::vector<Found> found;
  for (const ProtocolFault& fault : CheckProtocol(protocol, care::TestIdentities::kAccept)) {
    found.emplace_back(fault.field, fault.reason);
  }
  return found;
}

TEST(ChecklistFile, S3_09_HasStepsWithoutEffectAndAtLeastOneSign) {
  EXPECT_THAT(Check(Checklist()), IsEmpty());
  Protocol protocol = Checklist();
  protocol.questions[0].red_flag.reset();
  protocol.questions[1].red_flag.reset();
  protocol.rules.erase(protocol.rules.begin());
  EXPECT_THAT(Check(protocol), Contains(Found("questions", "SEVERITY_SIGN_REQUIRED")));
}

TEST(ChecklistFile, S3_09_SortsNobody) {
  Protocol protocol = Checklist();
  protocol.rules[1].minimum = Priority::kP3;
  protocol.otherwise->minimum = Priority::kNr;
  EXPECT_THAT(Check(protocol), ElementsAre(Found("rules[1].minimum_priority", "CHECKLIST_SORTS"),
                                           Found("otherwise.minimum_priority", "CHECKLIST_SORTS")));
}

}  // namespace
}  // namespace sas::regulation
