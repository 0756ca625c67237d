#include "services/booking/domain/order_check.h"

#include <gtest/gtest.h>

#include <utility>

#include "common/testing/status_matchers.h"

namespace sas::booking {
namespace {

using testing::IsOk;
using testing::ReasonIs;
using testing::StatusIs;

const OrderClaim kClaim{7, "patients/1", EntryPoint::kUnspecified, false, {}};

OrderFacts Order(OrderState state) {
  OrderFacts order;
  order.state = state;
  order.version = 7;
  order.patient = "patients/1";
  return order;
}

TEST(OrderCheck, ASearchedOrderOfThisVersionMayBeBooked) {
  EXPECT_THAT(CheckOrder(Order(OrderState::kSearching), kClaim), IsOk());
}

TEST(OrderCheck, S1_09_NoBookingBeforeTheTreatingDoctorWasAsked) {
  EXPECT_THAT(CheckOrder(Order(OrderState::kTreatingDoctor), kClaim),
              StatusIs(absl::StatusCode::kFailedPrecondition, "ORDER_NOT_SEARCHING"));
  EXPECT_THAT(CheckOrder(Order(OrderState::kToDo), kClaim), ReasonIs("ORDER_NOT_SEARCHING"));
}

TEST(OrderCheck, H14_NothingIsConfirmedOnAStoppedOrder) {
  EXPECT_THAT(CheckOrder(Order(OrderState::kSuperseded), kClaim), ReasonIs("ORDER_SUPERSEDED"));
  OrderFacts changed = Order(OrderState::kSearching);
  changed.version = 8;
  EXPECT_THAT(CheckOrder(changed, kClaim), ReasonIs("ORDER_SUPERSEDED"));
  changed.version = 6;
  EXPECT_THAT(CheckOrder(changed, kClaim), ReasonIs("ORDER_SUPERSEDED"));
}

TEST(OrderCheck, AnOrderIsBookedByTheWayByWhichItCame) {
  OrderFacts entry = Order(OrderState::kSearching);
  entry.entry = EntryPoint::kPharmacie;
  OrderClaim claim = kClaim;
  claim.by_regulation = true;
  claim.entry_point = EntryPoint::kPharmacie;
  EXPECT_THAT(CheckOrder(entry, claim), IsOk());
  EXPECT_THAT(CheckOrder(Order(OrderState::kSearching), claim), ReasonIs("ENTRY_POINT_FORBIDDEN"));
  claim.entry_point = EntryPoint::kLine15;
  EXPECT_THAT(CheckOrder(entry, claim),
              StatusIs(absl::StatusCode::kPermissionDenied, "ENTRY_POINT_FORBIDDEN"));
  EXPECT_THAT(CheckOrder(Order(OrderState::kSearching), claim), IsOk());
  claim.entry_point = EntryPoint::kLocal;
  EXPECT_THAT(CheckOrder(entry, claim), ReasonIs("ENTRY_POINT_FORBIDDEN"));
  entry.local = true;
  EXPECT_THAT(CheckOrder(entry, claim), IsOk());
}

TEST(OrderCheck, AnEntryIsBookedByItsOwnStructureOrByTheRegulation) {
  OrderFacts entry = Order(OrderState::kSearching);
  entry.entry = EntryPoint::kPharmacie;
  entry.organization = "pharmacie-du-port";
  entry.submitter = "pharma-1";
  OrderClaim claim = kClaim;
  claim.entry_point = EntryPoint::kPharmacie;
  claim.booker.subject = "pharma-2";
  for (const char* other : {"pharmacie-de-la-gare", ""}) {
    claim.booker.organization = other;
    EXPECT_THAT(CheckOrder(entry, claim),
                StatusIs(absl::StatusCode::kPermissionDenied, "NOT_OWN_ENTRY"));
  }
  claim.by_regulation = true;
  EXPECT_THAT(CheckOrder(entry, claim), IsOk());
  claim.by_regulation = false;
  claim.booker.organization = "pharmacie-du-port";
  EXPECT_THAT(CheckOrder(entry, claim), IsOk());
}

TEST(OrderCheck, AnEntryIsBookedByThePersonWhereOneSideNamesNoStructure) {
  OrderFacts entry = Order(OrderState::kSearching);
  entry.entry = EntryPoint::kPharmacie;
  entry.submitter = "pharma-1";
  OrderClaim claim = kClaim;
  claim.entry_point = EntryPoint::kPharmacie;
  for (const auto& [entered_for, books_for] :
       {std::pair{"pharmacie-du-port", ""}, std::pair{"", "pharmacie-du-port"},
        std::pair{"", ""}}) {
    entry.organization = entered_for;
    claim.booker.organization = books_for;
    claim.booker.subject = "pharma-1";
    EXPECT_THAT(CheckOrder(entry, claim), IsOk()) << entered_for << " " << books_for;
    claim.booker.subject = "pharma-2";
    EXPECT_THAT(CheckOrder(entry, claim), ReasonIs("NOT_OWN_ENTRY"))
        << entered_for << " " << books_for;
  }
}

TEST(OrderCheck, OneAppointmentForAnOrder) {
  for (const OrderState state : {OrderState::kBooked, OrderState::kConfirmedToPatient}) {
    EXPECT_THAT(CheckOrder(Order(state), kClaim),
                StatusIs(absl::StatusCode::kAlreadyExists, "ORDER_ALREADY_BOOKED"));
  }
}

TEST(OrderCheck, EndedOrdersAndUnknownStatesAreNotSearching) {
  for (const int state : {0, 4, 7, 8, 9, 10, 12, 13, 99}) {
    EXPECT_THAT(CheckOrder(Order(static_cast<OrderState>(state)), kClaim),
                ReasonIs("ORDER_NOT_SEARCHING"));
  }
}

// Who finds a slot meanwhile books it; the regulation takes the request back by itself.
TEST(OrderCheck, AnOrderAboutWhichACommunityIsAskedMayBeBooked) {
  OrderFacts order = Order(OrderState::kPendingAcceptance);
  order.community_asked = true;
  EXPECT_THAT(CheckOrder(order, kClaim), IsOk());
  order.version = 8;
  EXPECT_THAT(CheckOrder(order, kClaim), ReasonIs("ORDER_SUPERSEDED"));
}

TEST(OrderCheck, H29_TheOrderIsForThisPatient) {
  OrderFacts order = Order(OrderState::kSearching);
  order.patient = "patients/2";
  EXPECT_THAT(CheckOrder(order, kClaim), ReasonIs("ORDER_OF_OTHER_PATIENT"));
  order.patient = "";
  EXPECT_THAT(CheckOrder(order, kClaim), IsOk());
}

TEST(OrderCheck, S1_01_ALateSlotNeedsARegulator) {
  const base::Instant due{std::chrono::hours(500'000)};
  const base::Instant late = due + std::chrono::minutes(1);
  base::Actor actor;
  actor.role = base::Role::kOsnp;
  EXPECT_THAT(CheckDue(due, due, actor, {}), IsOk());
  EXPECT_THAT(CheckDue(late, due, actor, {true, {}}),
              StatusIs(absl::StatusCode::kFailedPrecondition, "PAST_DUE"));
  actor.role = base::Role::kRegulatorMg;
  EXPECT_THAT(CheckDue(late, due, actor, {true, {}}), IsOk());
  EXPECT_THAT(CheckDue(late, due, actor, {}),
              StatusIs(absl::StatusCode::kFailedPrecondition, "LATE_REASON_REQUIRED"));
}

TEST(OrderCheck, S1_01_AnAgreementReachesAsFarAsItSays) {
  const base::Instant due{std::chrono::hours(500'000)};
  const base::Instant agreed = due + std::chrono::hours(6);
  base::Actor actor;
  actor.role = base::Role::kOsnp;
  EXPECT_THAT(CheckDue(agreed, due, actor, {true, agreed}), IsOk());
  EXPECT_THAT(CheckDue(agreed + std::chrono::minutes(1), due, actor, {true, agreed}),
              ReasonIs("PAST_DUE"));
  EXPECT_THAT(CheckDue(agreed, due, actor, {false, agreed}), ReasonIs("LATE_REASON_REQUIRED"));
}

TEST(OrderCheck, H36_AStartBeyondEveryDeadlineNeedsAReasonAlsoWhenTheOrderCannotBeRead) {
  const base::Instant now{std::chrono::hours(500'000)};
  for (const std::chrono::hours after : {kLateAfterStandard, std::chrono::hours(24)}) {
    const base::Instant farthest = now + after;
    EXPECT_THAT(CheckDueUnread(farthest, now, after, false), IsOk());
    EXPECT_THAT(CheckDueUnread(farthest + std::chrono::minutes(1), now, after, true), IsOk());
    EXPECT_THAT(CheckDueUnread(farthest + std::chrono::minutes(1), now, after, false),
                StatusIs(absl::StatusCode::kFailedPrecondition, "LATE_REASON_REQUIRED"));
  }
}

TEST(OrderCheck, ReasonsOfALateStartAreAClosedList) {
  for (const char* code : {"", "PATIENT", "NO_EARLIER_SLOT", "DISTANCE", "MODE", "OTHER"}) {
    EXPECT_THAT(CheckLateReason(code, "late_reason_code"), IsOk());
  }
  EXPECT_THAT(CheckLateReason("HOLIDAY", "late_reason_code"),
              StatusIs(absl::StatusCode::kInvalidArgument, "UNKNOWN_CODE"));
}

}  // namespace
}  // namespace sas::booking
