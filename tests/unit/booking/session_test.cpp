#include "services/booking/domain/session.h"

#include <gtest/gtest.h>

#include "common/base/status.h"
#include "common/testing/status_matchers.h"

namespace sas::booking {
namespace {

using testing::IsOk;
using testing::ReasonIs;
using testing::StatusIs;

SessionPassage Passage(const std::string& id, State state, bool motif = false,
                       bool unknown = false) {
  return {id, state, motif, unknown};
}

TEST(Session, S2_49_ClosesWithEveryPassageDocumented) {
  const auto counts =
      CheckSession({Passage("a", State::kFulfilled, true),
                    Passage("b", State::kFulfilled, false, true), Passage("c", State::kNoShow),
                    Passage("d", State::kAbandoned), Passage("e", State::kCancelled)});
  ASSERT_THAT(counts, IsOk());
  EXPECT_EQ(counts->fulfilled, 2);
  EXPECT_EQ(counts->motif_unknown, 1);
  EXPECT_EQ(counts->no_show, 1);
  EXPECT_EQ(counts->abandoned, 1);
  EXPECT_THAT(CheckSession({}), IsOk());
}

TEST(Session, S2_49_StaysOpenWhileAPassageLacksItsEndOrItsMotif) {
  const auto refused = CheckSession({Passage("a", State::kFulfilled, true),
                                     Passage("b", State::kFulfilled), Passage("c", State::kBooked),
                                     Passage("d", State::kPending), Passage("e", State::kNoShow)});
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kFailedPrecondition, "SESSION_NOT_COMPLETE"));
  EXPECT_EQ(base::DetailOf(refused.status()).metadata,
            (base::Metadata{{"count", "3"}, {"appointments", "b,c,d"}}));
}

TEST(Session, ARefusalNamesAsManyAsOneCanRead) {
  std::vector<SessionPassage> passages;
  for (int i = 0; i < kOpenPassagesNamed + 5; ++i) passages.push_back(Passage("x", State::kBooked));
  const auto refused = CheckSession(passages);
  EXPECT_EQ(base::DetailOf(refused.status()).metadata[0].second, "25");
  EXPECT_EQ(base::DetailOf(refused.status()).metadata[1].second.size(),
            static_cast<std::size_t>(2 * kOpenPassagesNamed - 1));
}

TEST(Session, AnAgendaMayHaveDashes) {
  EXPECT_EQ(AgendaOfSlot("regions/fr-pdl/sites/s/slots/dr-essai-matin-20261124t1300z"),
            "dr-essai-matin");
}

TEST(Session, ASlotsNameHasItsStart) {
  const auto start = StartOfSlot("regions/fr-pdl/sites/s/slots/dr-essai-20261124t1300z");
  ASSERT_TRUE(start);
  EXPECT_EQ(*start, base::Instant(std::chrono::seconds(1'795'525'200)));
  for (const char* none : {"", "a", "slots/a-20261124t1300", "slots/a-20261324t1300z",
                           "slots/a-20261124t2560z", "slots/a- 20261124t130z"}) {
    EXPECT_FALSE(StartOfSlot(none)) << none;
  }
}

}  // namespace
}  // namespace sas::booking
