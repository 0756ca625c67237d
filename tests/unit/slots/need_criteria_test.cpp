#include "services/slots/domain/need_criteria.h"

#include <gtest/gtest.h>

namespace sas::slots {
namespace {

TEST(NeedCriteria, H21_WhatIsAskedOfASiteSurvivesTheHold) {
  for (const bool wheelchair : {false, true}) {
    for (const Answer pregnancy :
         {Answer::kNotAsked, Answer::kNo, Answer::kYes, Answer::kUnknown}) {
      Need need;
      need.wheelchair = wheelchair;
      need.pregnancy = pregnancy;
      Need again;
      AddCriteria(CriteriaCodes(need), again);
      EXPECT_EQ(again.wheelchair, wheelchair);
      EXPECT_EQ(again.pregnancy, pregnancy);
    }
  }
}

TEST(NeedCriteria, NothingAskedIsNoWord) {
  EXPECT_EQ(CriteriaCodes(Need{}), "");
}

TEST(NeedCriteria, WordsOfANewerVersionDoNotHideTheOthers) {
  Need need;
  AddCriteria("stretcher,wheelchair", need);
  EXPECT_TRUE(need.wheelchair);
}

}  // namespace
}  // namespace sas::slots
