#include "services/regulation/domain/attached_call.h"

#include <gtest/gtest.h>

#include "services/regulation/domain/priority.h"

namespace sas::regulation {
namespace {

// Versions 4 and up; the call came with version 4.
std::vector<KeptChange> Changes(std::vector<std::string_view> acts) {
  std::vector<KeptChange> changes;
  for (const std::string_view act : acts) {
    changes.push_back({static_cast<std::int64_t>(changes.size()) + 4, act});
  }
  return changes;
}

DetachEffect Effect(std::vector<std::string_view> acts, std::int64_t next_version = 0) {
  const auto last = static_cast<std::int64_t>(acts.size()) + 3;
  AttachedCall call;
  call.version = 4;
  return EffectOf(Changes(std::move(acts)), call, next_version, last);
}

TEST(AttachedCall, H07_NobodyHasActedWhoOnlyLookedOrAttached) {
  EXPECT_EQ(Effect({"AttachCall"}), DetachEffect::kRestore);
  EXPECT_EQ(Effect({"AttachCall", "ClaimRegulationCase", "ReleaseRegulationCase",
                    "ClaimNextRegulationCase", "AttachCall", "DetachCall"}),
            DetachEffect::kRestore);
}

TEST(AttachedCall, H07_AnyOtherActKeepsTheDossierAsItIs) {
  for (const char* act :
       {"PrioritizeRegulationCase", "CreateDecision", "AddCaseNote", "RecordBilan", "RecordHangUp",
        "AcceptCase", "UpdateRegulationCase", "SomethingNew"}) {
    EXPECT_EQ(Effect({"AttachCall", act}), DetachEffect::kKeep) << act;
    EXPECT_EQ(Effect({"AttachCall", "ClaimRegulationCase", act, "AttachCall"}, 7),
              DetachEffect::kKeep)
        << act;
  }
}

TEST(AttachedCall, H07_WhatALaterCallStandsOnIsPassedOn) {
  EXPECT_EQ(Effect({"AttachCall", "AttachCall"}, 5), DetachEffect::kPassOn);
  // What was done after the later call is that call's matter.
  EXPECT_EQ(Effect({"AttachCall", "AttachCall", "CreateDecision"}, 5), DetachEffect::kPassOn);
}

TEST(AttachedCall, H07_WhatIsNotKeptAnyMoreCountsAsAnAct) {
  std::vector<KeptChange> changes = Changes({"AttachCall", "ClaimRegulationCase", "DetachCall"});
  EXPECT_FALSE(HasActed(changes, 4, 6));
  changes.erase(changes.begin() + 1);
  EXPECT_TRUE(HasActed(changes, 4, 6));
  // A call from before this was kept is of version 0.
  EXPECT_TRUE(HasActed(Changes({"AttachCall"}), 0, 4));
}

TEST(AttachedCall, H07_TheOwnDossierIsTakenNoLaterThanTheFirst) {
  for (const PriorityRule& rule : PriorityRules()) {
    EXPECT_LE(RuleOf(OwnPriority(rule.priority)).band, rule.band) << rule.code;
  }
}

}  // namespace
}  // namespace sas::regulation
