#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/testing/status_matchers.h"
#include "tests/contract/regulation/stores.h"

// Who has a board open, in each ledger.
namespace sas::regulation {
namespace {

using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsOk;

class PresenceContract : public StoreContract {
 protected:
  BoardStream Stream(const std::string& id, const std::string& subject, bool open,
                     const std::string& replica = "one", const std::string& region = "fr-pdl") {
    return {id, replica, region, subject, open, clock_.Now()};
  }

  void Put(const BoardStream& stream) {
    EXPECT_THAT(Write([&](RegulationTransaction& t) { return t.presence().PutStream(stream); }),
                IsOk());
  }

  int Renew(const std::string& replica) {
    int renewed = 0;
    EXPECT_THAT(Write([&](RegulationTransaction& t) -> absl::Status {
                  SAS_ASSIGN_OR_RETURN(renewed, t.presence().RenewStreams(replica, clock_.Now()));
                  return absl::OkStatus();
                }),
                IsOk());
    return renewed;
  }

  std::vector<Absence> Absent(int limit = 10) {
    std::vector<Absence> absent;
    EXPECT_THAT(Read([&](RegulationTransaction& t) -> absl::Status {
                  SAS_ASSIGN_OR_RETURN(absent, t.presence().ListAbsent(clock_.Now(), limit));
                  return absl::OkStatus();
                }),
                IsOk());
    return absent;
  }

  std::optional<base::Instant> End(const std::string& subject) {
    std::optional<base::Instant> end;
    EXPECT_THAT(Read([&](RegulationTransaction& t) -> absl::Status {
                  SAS_ASSIGN_OR_RETURN(end, t.presence().FindEnd("fr-pdl", subject));
                  return absl::OkStatus();
                }),
                IsOk());
    return end;
  }
};

INSTANTIATE_TEST_SUITE_P(Stores, PresenceContract, testing::EveryBackend(), testing::BackendName);

TEST_P(PresenceContract, APersonIsAbsentSinceTheEndOfHisLastStream) {
  Put(Stream("a", "mru-1", true));
  Put(Stream("b", "mru-1", true, "two"));
  Put(Stream("c", "mru-1", true, "two", "fr-naq"));
  EXPECT_THAT(Absent(), IsEmpty());
  Put(Stream("a", "mru-1", false));
  EXPECT_THAT(Absent(), IsEmpty());
  clock_.Advance(seconds(1));
  const base::Instant ended = clock_.Now();
  Put(Stream("b", "mru-1", false, "two"));
  EXPECT_THAT(Absent(), ElementsAre(Absence{"fr-pdl", "mru-1", ended}));
  EXPECT_EQ(End("mru-1"), ended);
  EXPECT_EQ(End("mru-2"), std::nullopt);
  Reopen();
  EXPECT_EQ(End("mru-1"), ended);
  clock_.Advance(seconds(1));
  Put(Stream("d", "mru-1", true));
  EXPECT_THAT(Absent(), IsEmpty());
  EXPECT_EQ(End("mru-1"), clock_.Now() + kStreamStale);
}

TEST_P(PresenceContract, WhatNobodyRenewsGoesStale) {
  Put(Stream("a", "mru-1", true));
  Put(Stream("b", "mru-2", true, "two"));
  Put(Stream("c", "mru-3", false));
  clock_.Advance(kStreamStale - seconds(1));
  EXPECT_EQ(Renew("one"), 1);
  EXPECT_EQ(Renew("three"), 0);
  clock_.Advance(seconds(1));
  const base::Instant now = clock_.Now();
  EXPECT_THAT(Absent(), ElementsAre(Absence{"fr-pdl", "mru-3", now - kStreamStale},
                                    Absence{"fr-pdl", "mru-2", now}));
  EXPECT_EQ(Absent(1).size(), 1u);
  EXPECT_EQ(End("mru-1"), now - seconds(1) + kStreamStale);
}

TEST_P(PresenceContract, OnlyWhatHasEndedIsForgotten) {
  Put(Stream("a", "mru-1", false));
  Put(Stream("b", "mru-2", false));
  const base::Instant ended = clock_.Now();
  clock_.Advance(seconds(1));
  Put(Stream("c", "mru-1", true));
  ASSERT_THAT(Write([&](RegulationTransaction& t) {
                return t.presence().DropStreams("fr-pdl", "mru-1", ended);
              }),
              IsOk());
  EXPECT_EQ(End("mru-1"), clock_.Now() + kStreamStale);
  EXPECT_EQ(End("mru-2"), ended);
  Put(Stream("c", "mru-1", false));
  EXPECT_EQ(End("mru-1"), clock_.Now()) << "the older one is gone, this one is not";
  ASSERT_THAT(Write([&](RegulationTransaction& t) { return t.presence().DropEnded(ended); }),
              IsOk());
  EXPECT_EQ(End("mru-2"), std::nullopt);
  EXPECT_EQ(End("mru-1"), clock_.Now());
}

}  // namespace
}  // namespace sas::regulation
