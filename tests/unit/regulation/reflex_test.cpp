#include "services/regulation/domain/reflex.h"

#include <gtest/gtest.h>

#include "common/testing/status_matchers.h"

namespace sas::regulation {
namespace {

using enum ReflexState;
using testing::IsOk;
using testing::ReasonIs;

TEST(Reflex, EveryActInEveryState) {
  const ReflexState states[] = {kNone, kProposed, kLaunched, kAcknowledged, kCancelled};

  struct Row {
    ReflexAct act;
    ReflexState after[5];  // kNone where it is refused.
  };

  const Row rows[] = {
      {ReflexAct::kLaunch, {kLaunched, kLaunched, kNone, kNone, kLaunched}},
      {ReflexAct::kAcknowledge, {kNone, kNone, kAcknowledged, kNone, kNone}},
      {ReflexAct::kCancel, {kNone, kNone, kCancelled, kCancelled, kNone}},
  };
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < std::size(states); ++i) {
      const auto after = Advance(states[i], row.act);
      if (row.after[i] == kNone) {
        EXPECT_THAT(after, ReasonIs("REFLEX_STATE_FORBIDS"));
      } else {
        ASSERT_THAT(after, IsOk());
        EXPECT_EQ(*after, row.after[i]);
      }
    }
  }
}

TEST(Reflex, H04_ProposalSendsNothingAndNeverUndoesADeparture) {
  EXPECT_EQ(Propose(kNone, true), kProposed);
  EXPECT_FALSE(IsUnderWay(Propose(kNone, true)));
  EXPECT_EQ(Propose(kProposed, false), kNone);
  for (const ReflexState done : {kLaunched, kAcknowledged, kCancelled}) {
    EXPECT_EQ(Propose(done, false), done);
    EXPECT_EQ(Propose(done, true), done);
  }
}

TEST(Reflex, MeansOfAReflexDeparture) {
  for (const char* code : {"SMUR", "SMUR.ADULT", "SIS.SP", "LIBERAL.MCS", "AASC", "TSU"}) {
    EXPECT_THAT(CheckReflexResource(code, "resource_codes"), IsOk()) << code;
  }
  EXPECT_THAT(CheckReflexResource("LIBERAL.MG", "f"), ReasonIs("RESOURCE_NOT_REFLEX"));
  EXPECT_THAT(CheckReflexResource("FDO.PN", "f"), ReasonIs("RESOURCE_NOT_REFLEX"));
  EXPECT_THAT(CheckReflexResource("SMURF", "f"), ReasonIs("UNKNOWN_CODE"));
  EXPECT_THAT(CheckReflexResource("", "f"), ReasonIs("UNKNOWN_CODE"));
}

}  // namespace
}  // namespace sas::regulation
