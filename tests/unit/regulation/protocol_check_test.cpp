#include "services/regulation/domain/protocol_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "tests/unit/regulation/protocols.h"

namespace sas::regulation {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Found = std::pair<std::string, std::string>;

std::vector<Found> Check(const Protocol& protocol) {
  std::vector<Found> found;
  for (const ProtocolFault& fault : CheckProtocol(protocol, care::TestIdentities::kAccept)) {
    EXPECT_FALSE(fault.message.empty());
    found.emplace_back(fault.field, fault.reason);
  }
  return found;
}

TEST(ProtocolCheck, ASoundOneHasNoFault) {
  EXPECT_THAT(Check(FeverProtocol()), IsEmpty());
}

// One change each; the fault is told where it is.
struct Bad {
  const char* what;
  std::function<void(Protocol&)> change;
  const char* field;
  const char* reason;
};

class BadProtocol : public ::testing::TestWithParam<Bad> {};

const std::vector<Bad> kBad{
    {"title", [](auto& p) { p.title.clear(); }, "title", "TEXT_REQUIRED"},
    {"title_long", [](auto& p) { p.title.assign(121, 'a'); }, "title", "TEXT_TOO_LONG"},
    {"kind", [](auto& p) { p.kind = ProtocolKind::kUnspecified; }, "kind", "KIND_REQUIRED"},
    {"no_motif", [](auto& p) { p.motif_codes.clear(); }, "motif_codes", "MOTIF_REQUIRED"},
    {"unknown_motif", [](auto& p) { p.motif_codes.push_back("M99.99"); }, "motif_codes[1]",
     "UNKNOWN_CODE"},
    {"age_without_unit", [](auto& p) { p.audience.age_min.value = 6; }, "audience.age_min",
     "INVALID_AGE"},
    {"no_question", [](auto& p) { p.questions.clear(); }, "questions", "QUESTION_REQUIRED"},
    {"question_id", [](auto& p) { p.questions[1].id = "Ä"; }, "questions[1].id", "INVALID_ID"},
    {"question_twice", [](auto& p) { p.questions[1].id = "purpura"; }, "questions[1].id",
     "ID_TWICE"},
    {"rule_named_as_question", [](auto& p) { p.rules[0].id = "fever"; }, "rules[0].id", "ID_TWICE"},
    {"question_kind", [](auto& p) { p.questions[2].kind = QuestionKind::kUnspecified; },
     "questions[2].kind", "KIND_REQUIRED"},
    {"number_range", [](auto& p) { p.questions[3].number_max = 30; }, "questions[3]",
     "OUT_OF_RANGE"},
    {"one_choice",
     [](auto& p) {
       p.questions[4].choices = {"well"};
       p.questions[4].labels = {"Bien"};
     },
     "questions[4].choices", "CHOICES_REQUIRED"},
    {"choice_twice", [](auto& p) { p.questions[4].choices[2] = "well"; },
     "questions[4].choices[2].code", "ID_TWICE"},
    {"choice_kept_word", [](auto& p) { p.questions[4].choices[2] = "unknown"; },
     "questions[4].choices[2].code", "ID_TWICE"},
    {"choices_of_yes_no",
     [](auto& p) {
       p.questions[2].choices = {"a", "b"};
     },
     "questions[2].choices", "CHOICES_NOT_ASKED"},
    {"unknown_question", [](auto& p) { p.questions[3].ask_when[0].question = "x"; },
     "questions[3].ask_when[0].question", "UNKNOWN_QUESTION"},
    {"unaccepted_answer",
     [](auto& p) {
       p.rules[2].when[1].is = {"well", "much"};
     },
     "rules[2].when[1].is[1]", "ANSWER_NOT_ACCEPTED"},
    {"condition_empty", [](auto& p) { p.rules[2].when[1].is.clear(); }, "rules[2].when[1]",
     "INVALID_CONDITION"},
    {"number_of_words", [](auto& p) { p.rules[0].when[0].question = "fever"; }, "rules[0].when[0]",
     "INVALID_CONDITION"},
    {"rule_without_condition", [](auto& p) { p.rules[1].when.clear(); }, "rules[1].when",
     "CONDITION_REQUIRED"},
    {"rule_without_effect",
     [](auto& p) {
       p.rules[1].minimum = Priority::kUnspecified;
       p.rules[1].filiere = Filiere::kUnspecified;
     },
     "rules[1]", "RULE_WITHOUT_EFFECT"},
    {"rule_explanation", [](auto& p) { p.rules[1].explanation.clear(); }, "rules[1].explanation",
     "TEXT_REQUIRED"},
    {"orientation_code", [](auto& p) { p.rules[2].orientation = "MARS"; }, "rules[2].orientation",
     "UNKNOWN_CODE"},
    {"exclusion_without_orientation", [](auto& p) { p.rules[2].orientation.clear(); },
     "rules[2].orientation", "ORIENTATION_REQUIRED"},
    {"proposal_without_sign", [](auto& p) { p.rules[1].proposal = "15"; }, "rules[1].proposal",
     "PROPOSAL_WITHOUT_SIGN"},
    {"otherwise", [](auto& p) { p.otherwise.reset(); }, "otherwise", "OTHERWISE_REQUIRED"},
    {"otherwise_priority", [](auto& p) { p.otherwise->minimum = Priority::kUnspecified; },
     "otherwise.minimum_priority", "PRIORITY_REQUIRED"},
    {"otherwise_excludes", [](auto& p) { p.otherwise->excludes = true; }, "otherwise",
     "INVALID_CONDITION"},
};

// Hazard H-49: what no file may do, however it was signed.
const std::vector<Bad> kOutOfBounds{
    {"no_sign",
     [](auto& p) {
       p.questions[0].red_flag.reset();
       p.questions[1].red_flag.reset();
       p.rules[0].severity = false;
       p.rules[0].proposal.clear();
     },
     "questions", "SEVERITY_SIGN_REQUIRED"},
    {"flag_p2", [](auto& p) { p.questions[1].red_flag->minimum = Priority::kP2; },
     "questions[1].red_flag.minimum_priority", "SEVERITY_BELOW_BOUND"},
    {"flag_unset", [](auto& p) { p.questions[1].red_flag->minimum = Priority::kUnspecified; },
     "questions[1].red_flag.minimum_priority", "SEVERITY_BELOW_BOUND"},
    {"flag_nr", [](auto& p) { p.questions[1].red_flag->minimum = Priority::kNr; },
     "questions[1].red_flag.minimum_priority", "SEVERITY_BELOW_BOUND"},
    {"flag_proposal", [](auto& p) { p.questions[1].red_flag->proposal = "CABINET"; },
     "questions[1].red_flag.proposal", "SEVERITY_PROPOSAL_REQUIRED"},
    {"flag_optional", [](auto& p) { p.questions[1].mandatory = false; }, "questions[1]",
     "SEVERITY_SIGN_NOT_ASKED"},
    {"rule_p3", [](auto& p) { p.rules[0].minimum = Priority::kP3; }, "rules[0].minimum_priority",
     "SEVERITY_BELOW_BOUND"},
    {"rule_proposal", [](auto& p) { p.rules[0].proposal.clear(); }, "rules[0].proposal",
     "SEVERITY_PROPOSAL_REQUIRED"},
    {"vital_motif_p3", [](auto& p) { p.motif_codes = {"M03.06"}; }, "otherwise.minimum_priority",
     "VITAL_MOTIF_BELOW_BOUND"},
    {"author", [](auto& p) { p.author.reset(); }, "author", "AUTHOR_REQUIRED"},
    {"signatory", [](auto& p) { p.signatory.reset(); }, "signatory", "SIGNATORY_REQUIRED"},
    {"signatory_rpps", [](auto& p) { p.signatory->rpps = "123"; }, "signatory.rpps",
     "INVALID_RPPS"},
    {"one_person", [](auto& p) { p.author = p.signatory; }, "signatory.rpps",
     "SECOND_PERSON_REQUIRED"},
    {"effect", [](auto& p) { p.effect.reset(); }, "effect_time", "EFFECT_REQUIRED"},
    {"review", [](auto& p) { p.review.reset(); }, "review_time", "REVIEW_REQUIRED"},
    {"review_before", [](auto& p) { p.review = *p.effect; }, "review_time", "OUT_OF_RANGE"},
    {"review_late", [](auto& p) { p.review = *p.effect + kReviewMax + std::chrono::hours(1); },
     "review_time", "OUT_OF_RANGE"},
};

std::string NameOf(const ::testing::TestParamInfo<Bad>& info) {
  return info.param.what;
}

INSTANTIATE_TEST_SUITE_P(Shape, BadProtocol, ::testing::ValuesIn(kBad), NameOf);
INSTANTIATE_TEST_SUITE_P(H49_Bounds, BadProtocol, ::testing::ValuesIn(kOutOfBounds), NameOf);

TEST_P(BadProtocol, H49_IsRefusedWhereItIsWrong) {
  Protocol protocol = FeverProtocol();
  GetParam().change(protocol);
  EXPECT_THAT(Check(protocol), Contains(Found(GetParam().field, GetParam().reason)));
}

TEST(ProtocolCheck, H49_TheLongestReviewIsAccepted) {
  Protocol protocol = FeverProtocol();
  protocol.review = *protocol.effect + kReviewMax;
  EXPECT_THAT(Check(protocol), IsEmpty());
}

TEST(ProtocolCheck, H49_ACycleIsNamed) {
  Protocol protocol = FeverProtocol();
  protocol.questions[2].ask_when = {{"drinks", {"well"}, {}, {}}};
  protocol.questions[4].ask_when = {{"temperature", {}, 38.0, {}}};
  EXPECT_THAT(Check(protocol), ElementsAre(Found("questions[2].ask_when", "QUESTION_CYCLE")));
  protocol = FeverProtocol();
  protocol.questions[4].ask_when = {{"drinks", {"well"}, {}, {}}};
  EXPECT_THAT(Check(protocol), ElementsAre(Found("questions[4].ask_when", "QUESTION_CYCLE")));
}

TEST(ProtocolCheck, H49_AnUnreachableQuestionIsNamed) {
  const auto unreachable = [](const std::function<void(Protocol&)>& change) {
    Protocol protocol = FeverProtocol();
    change(protocol);
    return Check(protocol);
  };
  const auto fourth = ElementsAre(Found("questions[4]", "QUESTION_UNREACHABLE"));
  // Two demands on one answer that exclude each other, the second by way of another question.
  EXPECT_THAT(
      unreachable([](Protocol& p) {
        p.rules.pop_back();
        p.questions[4].ask_when = {{"temperature", {}, 38.0, {}}, {"fever", {"no"}, {}, {}}};
      }),
      fourth);
  // A number out of the range that the question accepts.
  EXPECT_THAT(unreachable([](Protocol& p) {
                p.rules.pop_back();
                p.questions[4].ask_when = {{"temperature", {}, 43.5, {}}};
              }),
              fourth);
  // An age that the protocol does not receive.
  EXPECT_THAT(unreachable([](Protocol& p) {
                p.rules.pop_back();
                p.questions[4].audience.age_min = {10, care::AgeUnit::kYear};
              }),
              fourth);
  // The limits themselves can be met.
  EXPECT_THAT(unreachable([](Protocol& p) {
                p.questions[4].ask_when = {{"temperature", {}, 43.0, {}}};
                p.rules.pop_back();
              }),
              IsEmpty());
  // A rule is reached by answers, too.
  EXPECT_THAT(unreachable([](Protocol& p) {
                p.rules[1].when.push_back({"temperature", {}, {}, 39.0});
              }),
              ElementsAre(Found("rules[1]", "RULE_UNREACHABLE")));
}

TEST(ProtocolCheck, S2_11_TheEntryOfACsnpAsksAllFourParts) {
  Protocol protocol = FeverProtocol();
  protocol.kind = ProtocolKind::kCsnpEntry;
  protocol.questions[2].section = Section::kMotif;
  protocol.questions[4].section = Section::kHistory;
  EXPECT_THAT(Check(protocol), ElementsAre(Found("questions", "SECTION_REQUIRED")));
  Question path = protocol.questions[4];
  path.id = "path";
  path.section = Section::kPreviousCare;
  path.mandatory = false;  // What was tried must be asked, not only offered.
  protocol.questions.push_back(path);
  EXPECT_THAT(Check(protocol), ElementsAre(Found("questions", "SECTION_REQUIRED")));
  protocol.questions.back().mandatory = true;
  EXPECT_THAT(Check(protocol), IsEmpty());
}

TEST(ProtocolCheck, H49_ASignTakenAwayMustBeNamed) {
  const Protocol in_force = FeverProtocol();
  Protocol next = in_force;
  EXPECT_THAT(CheckRemovedSigns(next, in_force), IsEmpty());
  next.questions.erase(next.questions.begin());
  ASSERT_EQ(CheckRemovedSigns(next, in_force).size(), 1u);
  EXPECT_EQ(CheckRemovedSigns(next, in_force).front().reason, "SEVERITY_SIGN_REMOVED");
  next.removed_signs = {"purpura"};
  EXPECT_THAT(CheckRemovedSigns(next, in_force), IsEmpty());
}

TEST(ProtocolCheck, ProductionRefusesTestIdentities) {
  EXPECT_FALSE(CheckProtocol(FeverProtocol(), care::TestIdentities::kRefuse).empty());
}

}  // namespace
}  // namespace sas::regulation
