#include "services/regulation/domain/contact_attempt.h"

#include <gtest/gtest.h>

#include "common/testing/status_matchers.h"

namespace sas::regulation {
namespace {

using testing::IsOk;
using testing::ReasonIs;
using enum ContactResult;

TEST(ContactAttempt, AnAnswerBeginsTheCountAnew) {
  EXPECT_EQ(UnansweredOf({}), 0);
  EXPECT_EQ(UnansweredOf({kNoAnswer, kVoicemail, kBusy}), 3);
  EXPECT_EQ(UnansweredOf({kNoAnswer, kVoicemail, kReached, kBusy}), 1);
  EXPECT_EQ(UnansweredOf({kNoAnswer, kWrongNumber}), 1) << "nobody's telephone of this dossier";
}

TEST(ContactAttempt, H15_ThreeCallsBeforeUnreachable) {
  EXPECT_THAT(CheckUnreachable(2, base::Role::kOsnp), ReasonIs("TOO_FEW_ATTEMPTS"));
  EXPECT_THAT(CheckUnreachable(3, base::Role::kOsnp), IsOk());
  EXPECT_THAT(CheckUnreachable(0, base::Role::kRegulatorMg), IsOk());
}

TEST(ContactAttempt, ACallbackLiesBeforeTheDeadline) {
  const base::Instant now{std::chrono::hours(1000)};
  const auto due = now + std::chrono::hours(4);
  EXPECT_THAT(CheckCallback(now, now + std::chrono::minutes(20), due), IsOk());
  EXPECT_THAT(CheckCallback(now, now, due), ReasonIs("INVALID_CALLBACK_TIME"));
  EXPECT_THAT(CheckCallback(now, due, due), ReasonIs("INVALID_CALLBACK_TIME"));
}

}  // namespace
}  // namespace sas::regulation
