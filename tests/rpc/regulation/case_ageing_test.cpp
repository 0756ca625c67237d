#include "services/regulation/case_ageing.h"

#include "tests/rpc/regulation/regulation_fixture.h"

// The end of a dossier's life cycle: VALIDE, CLOTURE after a day, CLASSE after three months.
namespace sas::regulation {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using testing::IsOk;
using testing::ReasonIs;
using Case = v1::RegulationCase;

class CaseAgeing : public RegulationTest {
 protected:
  using Stub = v1::RegulationService::Stub;

  /// Decided as advice, completed and validated.
  std::string Validated() {
    const std::string name = Prioritized(v1::PRIORITY_P2).name();
    EXPECT_THAT(Claim(mrl_, name), IsOk());
    EXPECT_THAT(Decide(mrl_, name, v1::CARE_LEVEL_R4, "CONSEIL"), IsOk());
    EXPECT_THAT(Complete(mrl_, name), IsOk());
    EXPECT_THAT(Close(mrl_, name), IsOk());
    return name;
  }

  void Turn() {
    EXPECT_THAT(AgeCases(*desk_, base::InternalCall(kCaseAgeing, clock_, std::chrono::seconds(5))),
                IsOk());
  }

  Case::State StateOf(const std::string& name) { return Get(name).state(); }
};

TEST_F(CaseAgeing, ADossierIsClosedForGoodADayLater) {
  const std::string name = Validated();
  clock_.Advance(hours(24) - minutes(1));
  Turn();
  EXPECT_EQ(StateOf(name), Case::STATE_VALIDATED);
  clock_.Advance(minutes(1));
  Turn();
  EXPECT_EQ(StateOf(name), Case::STATE_CLOSED);
  EXPECT_THAT(Claim(mrl_, name), ReasonIs("CASE_CLOSED"));
  const v1::CaseChange change = *Get(name).recent_changes().rbegin();
  EXPECT_EQ(change.detail(), "state=CLOTURE");
  EXPECT_EQ(change.role(), sas::type::v1::ROLE_SERVICE);
  clock_.Advance(days(91));
  Turn();
  EXPECT_EQ(StateOf(name), Case::STATE_FILED);
}

// A dossier that somebody has closed by mistake is taken up again (hazard H-52).
TEST_F(CaseAgeing, H52_ANewDecisionMakesAClosedDossierActiveAgain) {
  const std::string name = Validated();
  clock_.Advance(hours(23));
  ASSERT_THAT(Claim(mrl_, name), IsOk());
  clock_.Advance(hours(2));  // In somebody's hands it is not taken away.
  ASSERT_THAT(Claim(mrl_, name), IsOk());
  Turn();
  ASSERT_THAT(Decide(mrl_, name, v1::CARE_LEVEL_R3, "ORIENT", "", "CABINET"), IsOk());
  EXPECT_EQ(StateOf(name), Case::STATE_ACTIVE);
  ASSERT_THAT(Complete(mrl_, name), IsOk());
  ASSERT_THAT(Close(mrl_, name), IsOk());
  clock_.Advance(hours(23));
  Turn();
  EXPECT_EQ(StateOf(name), Case::STATE_VALIDATED) << "its day runs from the new decision";
  clock_.Advance(hours(1));
  Turn();
  EXPECT_EQ(StateOf(name), Case::STATE_CLOSED);
}

TEST_F(CaseAgeing, H52_WhoCallsAgainIsNoNewDossierWithinTheDay) {
  const std::string name = Open("M06.04").name();
  ASSERT_THAT(Close(arm_, name, "D.D-MALV.ERR"), IsOk());
  v1::AttachCallRequest again;
  again.set_name(name);
  again.mutable_call()->set_entry_point(sas::type::v1::ENTRY_POINT_LINE_15);
  again.mutable_call()->set_caller_phone_number("+33199000009");
  const auto attached = Ask(arm_, &Stub::AttachCall, again);
  ASSERT_THAT(attached, IsOk());
  EXPECT_EQ(attached->state(), Case::STATE_ACTIVE);
  EXPECT_TRUE(attached->has_wait_start_time());
}

TEST_F(CaseAgeing, WhatIsNotValidatedStays) {
  const std::string open = Prioritized(v1::PRIORITY_P2).name();
  const std::string completed = Prioritized(v1::PRIORITY_P2).name();
  ASSERT_THAT(Claim(mrl_, completed), IsOk());
  ASSERT_THAT(Decide(mrl_, completed, v1::CARE_LEVEL_R4, "CONSEIL"), IsOk());
  ASSERT_THAT(Complete(mrl_, completed), IsOk());
  clock_.Advance(days(120));
  Turn();
  EXPECT_EQ(StateOf(open), Case::STATE_ACTIVE);
  EXPECT_EQ(StateOf(completed), Case::STATE_COMPLETED);
}

}  // namespace
}  // namespace sas::regulation
