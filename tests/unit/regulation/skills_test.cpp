#include "services/regulation/domain/skills.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sas::regulation {
namespace {

using care::AgeUnit;
using std::chrono::minutes;

constexpr base::Instant kNow{std::chrono::hours(24 * 365 * 50)};
using Skills = std::vector<std::string>;

TEST(Skills, WhatADossierNeeds) {
  const struct {
    SkillFacts facts;
    Skills needed;
  } rows[] = {
      {{}, {}},
      {{"fr", {}, "", {}}, {}},
      {{"ar", {}, "", {}}, {"LANGUAGE:ar"}},
      {{"", {{15, AgeUnit::kYear}}, "", {}}, {"PAEDIATRICS"}},
      {{"", {{16, AgeUnit::kYear}}, "", {}}, {}},
      {{"", {{182, AgeUnit::kMonth}}, "", {}}, {"PAEDIATRICS"}},
      {{"", {{183, AgeUnit::kMonth}}, "", {}}, {}},
      {{"", {{0, AgeUnit::kDay}}, "", {}}, {"PAEDIATRICS"}},
      {{"", {{0, AgeUnit::kUnspecified}}, "", {}}, {}},  // Nobody has asked.
      {{"", {{40, AgeUnit::kYear}, {3, AgeUnit::kWeek}}, "", {}}, {"PAEDIATRICS"}},
      {{"", {}, "M03.16", {}}, {"PSYCHIATRY"}},
      {{"", {}, "M03.14", Filiere::kPsy}, {"PSYCHIATRY"}},
      {{"tr", {{9, AgeUnit::kYear}}, "M03.16", Filiere::kPsy},
       {"LANGUAGE:tr", "PAEDIATRICS", "PSYCHIATRY"}},
  };

  for (const auto& row : rows) EXPECT_EQ(NeededSkills(row.facts), row.needed);
}

SkillCandidate Waiting(Priority priority, Skills needed) {
  SkillCandidate candidate;
  candidate.queue.priority = priority;
  candidate.queue.wait_start = kNow - minutes(5);
  candidate.wait_target = kNow + minutes(15);
  candidate.needed = std::move(needed);
  return candidate;
}

TEST(Skills, ADossierIsLeftForWhoHasMoreOfWhatItNeeds) {
  const struct {
    Skills needed;
    Skills own;
    std::vector<Skills> others;
    bool left;
  } rows[] = {
      {{"A"}, {}, {{"A"}}, true},
      {{"A"}, {}, {{}, {"B"}}, false},
      {{"A"}, {"A"}, {{"A"}}, false},
      {{"A"}, {}, {}, false},
      {{}, {}, {{"A"}}, false},
      {{"A", "B"}, {"A"}, {{"A", "B"}}, true},
      {{"A", "B"}, {"A"}, {{"B"}}, false},  // Each would leave it to the other.
      {{"A", "B"}, {}, {{"B"}}, true},
      {{"A"}, {"B"}, {{"A"}}, true},  // What is not needed does not count.
  };

  for (const auto& row : rows) {
    EXPECT_EQ(IsLeft(Waiting(Priority::kP2, row.needed), row.own, row.others, kNow), row.left);
  }
}

TEST(Skills, NobodyUrgentOrLateIsLeft) {
  const auto left = [](const SkillCandidate& candidate, base::Instant now) {
    return IsLeft(candidate, {}, {{"A"}}, now);
  };
  EXPECT_TRUE(left(Waiting(Priority::kP2, {"A"}), kNow));
  EXPECT_TRUE(left(Waiting(Priority::kP3, {"A"}), kNow));
  for (const Priority priority : {Priority::kP0, Priority::kP1, Priority::kUnspecified}) {
    EXPECT_FALSE(left(Waiting(priority, {"A"}), kNow));
  }
  EXPECT_TRUE(left(Waiting(Priority::kP2, {"A"}), kNow + minutes(15) - minutes(1)));
  EXPECT_FALSE(left(Waiting(Priority::kP2, {"A"}), kNow + minutes(15)));
  SkillCandidate due = Waiting(Priority::kP3, {"A"});
  due.queue.callback_start = kNow - minutes(30);
  due.queue.callback_end = kNow;
  EXPECT_FALSE(left(due, kNow));
}

}  // namespace
}  // namespace sas::regulation
