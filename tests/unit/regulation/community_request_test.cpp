#include "services/regulation/domain/community_request.h"

#include <gtest/gtest.h>

#include <string>

#include "common/testing/actors.h"
#include "common/testing/status_matchers.h"

namespace sas::regulation {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::IsOk;
using testing::ReasonIs;
using testing::StatusIs;

constexpr base::Instant kNow{hours(24 * 365 * 50)};

Demand Of(DemandState state, base::Instant answer_due = kNow + minutes(30)) {
  return {state, "cpts-lvo", answer_due};
}

TEST(CommunityRequest, OneCommunityIsAskedAtATime) {
  EXPECT_THAT(CheckFreeToAsk(Of(DemandState::kAsked), kNow),
              StatusIs(absl::StatusCode::kFailedPrecondition, "COMMUNITY_ASKED"));
  EXPECT_THAT(CheckFreeToAsk(Of(DemandState::kAsked, kNow + seconds(1)), kNow),
              ReasonIs("COMMUNITY_ASKED"));
  EXPECT_THAT(CheckFreeToAsk(Of(DemandState::kAsked, kNow), kNow), IsOk()) << "its time is over";
  for (const auto state : {DemandState::kNone, DemandState::kAccepted, DemandState::kDeclined,
                           DemandState::kWithdrawn, DemandState::kExpired}) {
    EXPECT_THAT(CheckFreeToAsk(Of(state), kNow), IsOk()) << DemandCode(state);
  }
}

TEST(CommunityRequest, AnAnswerIsAwaitedForFiveMinutesToFourHours) {
  struct Row {
    seconds wait;
    bool allowed;
  };

  for (const Row& row :
       {Row{minutes(5) - seconds(1), false}, Row{minutes(5), true}, Row{hours(4), true},
        Row{hours(4) + seconds(1), false}, Row{seconds(-60), false}}) {
    EXPECT_EQ(CheckAnswerDue(kNow + row.wait, kNow + hours(8), kNow).ok(), row.allowed)
        << row.wait.count();
  }
  EXPECT_THAT(CheckAnswerDue(kNow + hours(1), kNow + hours(1) + seconds(1), kNow), IsOk());
  EXPECT_THAT(CheckAnswerDue(kNow + hours(1), kNow + hours(1), kNow),
              StatusIs(absl::StatusCode::kInvalidArgument, "INVALID_ANSWER_DUE"));
}

TEST(CommunityRequest, OnlyTheCommunityItselfAnswers) {
  const auto may = [](base::Role role, const std::string& organization) {
    base::Actor actor = testing::ActorWith(role, "x-1");
    actor.organization = organization;
    return CheckOwnCommunity(actor, "cpts-lvo").ok();
  };
  for (const base::Role role :
       {base::Role::kEffecteur, base::Role::kSecretariat, base::Role::kProfessional}) {
    EXPECT_TRUE(may(role, "cpts-lvo"));
    EXPECT_TRUE(may(role, "CPTS-LVO ")) << "one structure, however its credentials spell it";
    EXPECT_FALSE(may(role, "cpts-autre"));
    EXPECT_FALSE(may(role, ""));
  }
  EXPECT_FALSE(may(base::Role::kOsnp, "cpts-lvo"));
  EXPECT_FALSE(may(base::Role::kRegulatorMg, "cpts-lvo"));
  base::Actor nobody = testing::ActorWith(base::Role::kEffecteur, "x-1");
  EXPECT_THAT(CheckOwnCommunity(nobody, ""),
              StatusIs(absl::StatusCode::kPermissionDenied, "NOT_OWN_COMMUNITY"));
  nobody.organization = " ";
  EXPECT_THAT(CheckOwnCommunity(nobody, " "), ReasonIs("NOT_OWN_COMMUNITY"));
}

TEST(CommunityRequest, OneAnswerAndInTime) {
  EXPECT_THAT(CheckUnanswered(Of(DemandState::kAsked, kNow + seconds(1)), kNow), IsOk());
  EXPECT_THAT(CheckUnanswered(Of(DemandState::kAsked, kNow), kNow),
              StatusIs(absl::StatusCode::kAborted, "COMMUNITY_ANSWERED"));
  for (const auto state : {DemandState::kNone, DemandState::kAccepted, DemandState::kDeclined,
                           DemandState::kWithdrawn, DemandState::kExpired}) {
    EXPECT_THAT(CheckUnanswered(Of(state), kNow), ReasonIs("COMMUNITY_ANSWERED"))
        << DemandCode(state);
    EXPECT_FALSE(IsOver(Of(state, kNow - hours(1)), kNow)) << DemandCode(state);
  }
}

TEST(CommunityRequest, TheSlotStartsBeforeTheDeadline) {
  EXPECT_THAT(CheckSlotStart(kNow, kNow + hours(4), kNow), IsOk());
  EXPECT_THAT(CheckSlotStart(kNow + hours(4), kNow + hours(4), kNow), IsOk());
  EXPECT_THAT(CheckSlotStart(kNow + hours(4) + seconds(1), kNow + hours(4), kNow),
              StatusIs(absl::StatusCode::kInvalidArgument, "INVALID_SLOT_START"));
  EXPECT_THAT(CheckSlotStart(kNow - seconds(1), kNow + hours(4), kNow),
              ReasonIs("INVALID_SLOT_START"));
}

}  // namespace
}  // namespace sas::regulation
