#include "services/regulation/domain/claim.h"

#include <gtest/gtest.h>

#include "common/testing/status_matchers.h"

namespace sas::regulation {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using testing::IsOk;
using testing::StatusIs;

constexpr base::Instant kNow{std::chrono::hours(24 * 365 * 50)};
constexpr seconds kLease{120};

base::Actor Doctor(std::string subject) {
  base::Actor actor;
  actor.subject = std::move(subject);
  actor.role = base::Role::kRegulatorAmu;
  return actor;
}

absl::StatusOr<ClaimValue> TakeAs(const ClaimValue& claim, const std::string& subject,
                                  base::Instant now) {
  return Take(claim, Doctor(subject), kLease, now, Claimable::kCase);
}

TEST(Claim, H10_SecondIsRefusedAndLearnsTheOwner) {
  const auto first = TakeAs({}, "doctor-1", kNow);
  ASSERT_THAT(first, IsOk());
  EXPECT_EQ(first->version, 1);
  const auto second = TakeAs(*first, "doctor-2", kNow + seconds(119));
  EXPECT_THAT(second, StatusIs(absl::StatusCode::kAborted, "CASE_ALREADY_CLAIMED"));
  EXPECT_EQ(base::DetailOf(second.status()).metadata,
            (base::Metadata{{"owner_role", "regulator_amu"}, {"owner", "doctor-1"}}));
}

TEST(Claim, EachKindOfClaimHasItsRefusal) {
  const auto first = Take({}, Doctor("doctor-1"), kLostCallLease, kNow, Claimable::kLostCall);
  ASSERT_THAT(first, IsOk());
  const base::Instant last = kNow + minutes(3) - seconds(1);
  const auto check = [&](const std::string& subject, base::Instant now) {
    return CheckNotTaken(*first, subject, now, Claimable::kLostCall);
  };
  EXPECT_THAT(check("doctor-2", last),
              StatusIs(absl::StatusCode::kAborted, "LOST_CALL_ALREADY_CLAIMED"));
  EXPECT_THAT(check("doctor-1", last), IsOk());
  EXPECT_THAT(check("doctor-2", kNow + minutes(3)), IsOk());
  EXPECT_THAT(Take(*first, Doctor("doctor-2"), kLease, kNow, Claimable::kLostCall),
              testing::ReasonIs("LOST_CALL_ALREADY_CLAIMED"));
}

TEST(Claim, RenewingKeepsTheVersion) {
  const auto first = TakeAs({}, "doctor-1", kNow);
  const auto renewed = TakeAs(*first, "doctor-1", kNow + seconds(60));
  ASSERT_THAT(renewed, IsOk());
  EXPECT_EQ(renewed->version, 1);
  EXPECT_EQ(renewed->taken, kNow);
  EXPECT_EQ(renewed->expire, kNow + seconds(180));
}

TEST(Claim, H11_ExpiredIsFreeForAnybodyUnderANewVersion) {
  const auto first = TakeAs({}, "doctor-1", kNow);
  EXPECT_TRUE(IsLive(*first, kNow + kLease - std::chrono::microseconds(1)));
  EXPECT_FALSE(IsLive(*first, kNow + kLease));
  const auto second = TakeAs(*first, "doctor-2", kNow + kLease);
  ASSERT_THAT(second, IsOk());
  EXPECT_EQ(second->owner, "doctor-2");
  EXPECT_EQ(second->version, 2);
}

TEST(Claim, OwnExpiredClaimIsTakenAnew) {
  const auto first = TakeAs({}, "doctor-1", kNow);
  EXPECT_EQ(TakeAs(*first, "doctor-1", kNow + kLease)->version, 2);
}

TEST(Claim, WhoTakesItOverIsTheOwnerUnderANewVersion) {
  const auto first = TakeAs({}, "doctor-1", kNow);
  const auto taken = TakeOver(*first, Doctor("doctor-2"), kLease, kNow + seconds(5));
  ASSERT_THAT(taken, IsOk());
  EXPECT_EQ(taken->owner, "doctor-2");
  EXPECT_EQ(taken->version, 2);
  EXPECT_EQ(taken->expire, kNow + seconds(5) + kLease);
  EXPECT_THAT(CheckFence(*taken, "doctor-1", 1, kNow + seconds(6)),
              StatusIs(absl::StatusCode::kAborted, "CLAIM_LOST"));
  base::Actor arm = Doctor("arm-1");
  arm.role = base::Role::kArm;
  EXPECT_THAT(TakeOver(*taken, arm, kLease, kNow + seconds(6)),
              StatusIs(absl::StatusCode::kPermissionDenied, "TAKE_OVER_FORBIDDEN"));
  EXPECT_THAT(TakeOver(*taken, arm, kLease, kNow + minutes(9)), IsOk());  // Nobody has it.
}

TEST(Claim, WhoIsHandedItHasNoLongerThanTwoMinutesToAct) {
  const auto first = TakeAs({}, "doctor-1", kNow);
  const auto handed = HandTo(*first, Doctor("doctor-2"), minutes(10), kNow + seconds(5));
  ASSERT_THAT(handed, IsOk());
  EXPECT_EQ(handed->owner, "doctor-2");
  EXPECT_EQ(handed->version, 2);
  EXPECT_EQ(handed->expire, kNow + seconds(5) + minutes(2));
  EXPECT_EQ(HandTo(*first, Doctor("doctor-2"), seconds(60), kNow)->expire, kNow + seconds(60));
  base::Actor operator_of_osnp = Doctor("osnp-1");
  operator_of_osnp.role = base::Role::kOsnp;
  for (const base::Actor& nobody : {Doctor(""), operator_of_osnp}) {
    EXPECT_THAT(HandTo(*first, nobody, kLease, kNow),
                StatusIs(absl::StatusCode::kInvalidArgument, "COLLEAGUE_REQUIRED"));
  }
}

TEST(Claim, FreeKeepsTheFence) {
  const auto first = TakeAs({}, "doctor-1", kNow);
  const ClaimValue free = Free(*first);
  EXPECT_TRUE(free.owner.empty());
  EXPECT_EQ(free.version, 1);
  EXPECT_EQ(TakeAs(free, "doctor-1", kNow)->version, 2);
}

TEST(Claim, H11_OnlyTheOwnersActsRenew) {
  const auto first = TakeAs({}, "doctor-1", kNow);
  const base::Instant later = kNow + seconds(100);
  EXPECT_EQ(Renew(*first, "doctor-1", kLease, later).expire, later + kLease);
  EXPECT_EQ(Renew(*first, "doctor-2", kLease, later).expire, first->expire);
  EXPECT_EQ(Renew(*first, "doctor-1", kLease, kNow + kLease).expire, first->expire);
}

TEST(Claim, H11_ItTellsTheOwnersLastActAndNobodyElses) {
  ClaimValue claim = *TakeAs({}, "doctor-1", kNow);
  EXPECT_EQ(claim.acted, kNow);
  claim = Renew(claim, "doctor-1", kLease, kNow + seconds(60));
  EXPECT_EQ(claim.acted, kNow + seconds(60));
  EXPECT_EQ(Renew(claim, "arm-1", kLease, kNow + seconds(90)).acted, kNow + seconds(60));
  EXPECT_EQ(Raise(claim, "arm-1", kLease, kNow + seconds(90)).acted, kNow + seconds(60));
  EXPECT_EQ(TakeAs(claim, "doctor-2", kNow + minutes(3))->acted, kNow + minutes(3));
  EXPECT_EQ(Free(claim).acted, base::Instant{});
}

TEST(Claim, H03_H11_ARaiseLeavesTheOwnerNoMoreThanTheNewLease) {
  constexpr minutes kLong{10};
  const auto held = Take({}, Doctor("doctor-1"), kLong, kNow, Claimable::kCase);
  const base::Instant later = kNow + minutes(1);
  const ClaimValue raised = Raise(*held, "arm-1", kLease, later);
  EXPECT_EQ(raised.expire, later + kLease);
  EXPECT_EQ(raised.raised, later);
  EXPECT_EQ(raised.version, held->version);
  EXPECT_EQ(raised.owner, "doctor-1");
  // Never later than it would have ended anyway.
  const ClaimValue ending = Raise(*held, "arm-1", kLease, kNow + minutes(9));
  EXPECT_EQ(ending.expire, held->expire);
  EXPECT_EQ(Renew(raised, "doctor-1", kLease, later + seconds(5)).raised, base::Instant{});
  EXPECT_EQ(Renew(raised, "doctor-2", kLease, later + seconds(5)).raised, later);
  EXPECT_EQ(Raise(*held, "doctor-1", kLease, later).raised, base::Instant{});
  EXPECT_EQ(Raise(Free(*held), "arm-1", kLease, later).raised, base::Instant{});
  EXPECT_EQ(Raise(*held, "arm-1", kLease, held->expire).raised, base::Instant{});  // It has ended.
}

// paused_owner_is_fenced: an owner who comes back after his lease decides nothing, whether somebody
// else has taken over or not.
TEST(Claim, H10_PausedOwnerIsFenced) {
  const auto first = TakeAs({}, "doctor-1", kNow);
  EXPECT_THAT(CheckFence(*first, "doctor-1", 1, kNow), IsOk());
  EXPECT_THAT(CheckFence(*first, "doctor-1", 1, kNow + kLease),
              StatusIs(absl::StatusCode::kAborted, "CLAIM_LOST"));
  const auto second = TakeAs(*first, "doctor-2", kNow + kLease);
  EXPECT_THAT(CheckFence(*second, "doctor-1", 1, kNow + kLease),
              StatusIs(absl::StatusCode::kAborted, "CLAIM_LOST"));
  const auto third = TakeAs(Free(*second), "doctor-1", kNow + kLease);
  EXPECT_THAT(CheckFence(*third, "doctor-1", 1, kNow + kLease),
              StatusIs(absl::StatusCode::kAborted, "CLAIM_LOST"));
  EXPECT_THAT(CheckFence(*third, "doctor-1", 3, kNow + kLease), IsOk());
}

}  // namespace
}  // namespace sas::regulation
