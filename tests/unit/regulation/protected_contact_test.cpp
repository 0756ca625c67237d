#include "services/regulation/domain/protected_contact.h"

#include <gtest/gtest.h>

namespace sas::regulation {
namespace {

constexpr ContactReader kStranger{};
constexpr ContactReader kHasDossier{.has_dossier = true};
constexpr ContactReader kHasOrder{.has_order = true};
constexpr ContactReader kTookCall{.took_call = true};
constexpr ContactReader kRegulates{.in_regulation = true};

TEST(ProtectedContact, H35_WhoWorksOnItSeesItAndNobodyElseDoes) {
  for (const ContactReader& reader : {kHasDossier, kHasOrder, kTookCall}) {
    EXPECT_TRUE(SeesContact(reader, CaseState::kActive, Priority::kP2));
  }
  EXPECT_FALSE(SeesContact(kStranger, CaseState::kActive, Priority::kP2));
  EXPECT_FALSE(SeesContact(kRegulates, CaseState::kActive, Priority::kP2));
}

TEST(ProtectedContact, H35_NobodyInRegulationIsAskedForAReasonWhileItMayBeVital) {
  for (const Priority priority : {Priority::kP0, Priority::kP1, Priority::kUnspecified}) {
    EXPECT_TRUE(SeesContact(kRegulates, CaseState::kActive, priority));
    EXPECT_FALSE(SeesContact(kStranger, CaseState::kActive, priority));
  }
  for (const Priority priority : {Priority::kP2, Priority::kP3, Priority::kNr}) {
    EXPECT_FALSE(SeesContact(kRegulates, CaseState::kActive, priority));
  }
}

TEST(ProtectedContact, H35_WhatHasEndedIsReadWithAReason) {
  for (const CaseState state : {CaseState::kValidated, CaseState::kClosed, CaseState::kFiled}) {
    EXPECT_FALSE(SeesContact(kTookCall, state, Priority::kP0));
    EXPECT_FALSE(SeesContact(kRegulates, state, Priority::kP0));
  }
  EXPECT_TRUE(SeesContact(kTookCall, CaseState::kCompleted, Priority::kP2));
  // An order may outlive the activity of its dossier.
  EXPECT_TRUE(SeesContact(kHasOrder, CaseState::kValidated, Priority::kP2));
}

}  // namespace
}  // namespace sas::regulation
