#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/testing/status_matchers.h"
#include "tests/contract/regulation/stores.h"

// Calls before their dossier, on each ledger.
namespace sas::regulation {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::ReasonIs;
using testing::StatusIs;

constexpr char kNumber[] = "+33199000061";

class PickupContract : public StoreContract {
 protected:
  static std::string Name(const std::string& id, const std::string& region = "fr-pdl") {
    return "regions/" + region + "/waitingCalls/" + id;
  }

  // Rings in the 85 since some seconds; its reference is its id.
  WaitingRow Call(const std::string& id, seconds ago, bool again = false) const {
    WaitingRow row;
    row.call.set_name(Name(id));
    row.call.set_state(v1::WaitingCall::STATE_RINGING);
    row.call.set_territory("85");
    row.call.set_call_reference(id);
    row.call.set_phone_number(kNumber);
    *row.call.mutable_arrival_time() = ToTimestamp(clock_.Now() - ago);
    row.call.set_etag(EtagOf(1));
    row.again = again;
    return row;
  }

  static WaitingRow Next(WaitingRow row, v1::WaitingCall::State state) {
    row.call.set_state(state);
    row.call.set_etag(EtagOf(VersionOf(row.call.etag()) + 1));
    return row;
  }

  absl::Status Put(const WaitingRow& row) {
    return Write([&](RegulationTransaction& t) { return t.pickups().PutWaiting(row); });
  }

  template <typename Ask>
  auto Asked(Ask ask) {
    std::decay_t<decltype(*ask(std::declval<RegulationTransaction&>()))> found{};
    EXPECT_THAT(Read([&](RegulationTransaction& t) -> absl::Status {
                  SAS_ASSIGN_OR_RETURN(found, ask(t));
                  return absl::OkStatus();
                }),
                IsOk());
    return found;
  }

  static std::vector<std::string> Ids(const std::vector<WaitingRow>& rows) {
    std::vector<std::string> ids;
    for (const WaitingRow& row : rows) ids.push_back(row.call.name().substr(28));
    return ids;
  }

  std::vector<std::string> Listed(const WaitingQuery& query) {
    return Ids(Asked([&](RegulationTransaction& t) { return t.pickups().ListWaiting(query); }));
  }

  std::string NextOf(const WaitingQuery& query) {
    std::string next;  // It locks: asked by those who write.
    EXPECT_THAT(Write([&](RegulationTransaction& t) -> absl::Status {
                  SAS_ASSIGN_OR_RETURN(next, t.pickups().NextRinging(query));
                  return absl::OkStatus();
                }),
                IsOk());
    return next;
  }

  static WaitingQuery Query() {
    WaitingQuery query;
    query.region = "fr-pdl";
    query.limit = 10;
    return query;
  }
};

INSTANTIATE_TEST_SUITE_P(Stores, PickupContract, testing::EveryBackend(), testing::BackendName);

TEST_P(PickupContract, PutRefusesWhatIsNotTheSuccessorAndKeepsAllOfIt) {
  const WaitingRow first = Call("a", seconds(3), true);
  ASSERT_THAT(Put(first), IsOk());
  EXPECT_THAT(Put(first), StatusIs(absl::StatusCode::kAborted, "CONCURRENT_CHANGE"));
  WaitingRow next = Next(first, v1::WaitingCall::STATE_PICKED_UP);
  next.call.mutable_picked_up_by()->set_subject("arm-1");
  ASSERT_THAT(Put(next), IsOk());
  EXPECT_THAT(Put(next), ReasonIs("CONCURRENT_CHANGE"));
  Reopen();
  const auto read =
      Asked([](RegulationTransaction& t) { return t.pickups().GetWaiting(Name("a")); });
  EXPECT_EQ(read.call.SerializeAsString(), next.call.SerializeAsString());
  EXPECT_TRUE(read.again);
  EXPECT_THAT(
      Read([](RegulationTransaction& t) { return t.pickups().GetWaiting(Name("b")).status(); }),
      StatusIs(absl::StatusCode::kNotFound, "WAITING_CALL_NOT_FOUND"));
}

TEST_P(PickupContract, TheOrderOfTheQueueThenWhatWasPickedUpInPages) {
  for (const WaitingRow& row : {Call("young", seconds(1)), Call("b", seconds(9)),
                                Call("a", seconds(9)), Call("again", seconds(2), true)}) {
    ASSERT_THAT(Put(row), IsOk());
  }
  const WaitingRow taken = Call("taken", seconds(60), true);
  ASSERT_THAT(Put(taken), IsOk());
  ASSERT_THAT(Put(Next(taken, v1::WaitingCall::STATE_PICKED_UP)), IsOk());
  const WaitingRow lost = Call("lost", seconds(60));
  ASSERT_THAT(Put(lost), IsOk());
  ASSERT_THAT(Put(Next(lost, v1::WaitingCall::STATE_LOST)), IsOk());

  WaitingQuery query = Query();
  EXPECT_THAT(Listed(query), ElementsAre("again", "a", "b", "young", "taken"));
  query.limit = 2;
  EXPECT_THAT(Listed(query), ElementsAre("again", "a"));
  query.after = KeyOf(ToValue(Call("a", seconds(9))));
  EXPECT_THAT(Listed(query), ElementsAre("b", "young"));
  query.after = KeyOf(ToValue(Call("young", seconds(1))));
  EXPECT_THAT(Listed(query), ElementsAre("taken"));
  query = Query();
  query.ringing_only = true;
  EXPECT_THAT(Listed(query), ElementsAre("again", "a", "b", "young"));
  EXPECT_EQ(NextOf(Query()), Name("again"));
}

TEST_P(PickupContract, RegionsAndTerritories) {
  WaitingRow there = Call("there", seconds(50));
  there.call.set_territory("44");
  WaitingRow elsewhere = Call("there", seconds(70));  // Another region's telephone system.
  elsewhere.call.set_name(Name("there", "fr-naq"));
  for (const WaitingRow& row : {Call("here", seconds(5)), there, elsewhere}) {
    ASSERT_THAT(Put(row), IsOk());
  }
  EXPECT_EQ(NextOf(Query()), Name("there"));
  WaitingQuery query = Query();
  query.territories = {"85"};
  EXPECT_THAT(Listed(query), ElementsAre("here"));
  EXPECT_EQ(NextOf(query), Name("here"));
  query.territories = {"49"};
  EXPECT_EQ(NextOf(query), "");
  EXPECT_THAT(Listed(query), IsEmpty());
  query = {};
  query.limit = 10;
  EXPECT_THAT(Listed(query), ElementsAre("there", "there", "here"));
  const auto count = [&](const std::string& territory) {
    return Asked(
        [&](RegulationTransaction& t) { return t.pickups().CountRinging("fr-pdl", territory); });
  };
  EXPECT_EQ(count("85"), 1);
  EXPECT_EQ(count("49"), 0);
}

TEST_P(PickupContract, AReferenceIsOneCallWhileItLasts) {
  const WaitingRow first = Call("ref", seconds(30));
  ASSERT_THAT(Put(first), IsOk());
  WaitingRow second = Call("ref", seconds(5));
  second.call.set_name(Name("second"));
  EXPECT_THAT(Put(second), StatusIs(absl::StatusCode::kAborted, "CONCURRENT_CHANGE"));
  const WaitingRow picked = Next(first, v1::WaitingCall::STATE_PICKED_UP);
  ASSERT_THAT(Put(picked), IsOk());
  EXPECT_THAT(Put(second), ReasonIs("CONCURRENT_CHANGE"));
  ASSERT_THAT(Put(Next(picked, v1::WaitingCall::STATE_ON_CASE)), IsOk());
  ASSERT_THAT(Put(second), IsOk());
  const auto found = [&](const std::string& region, const std::string& reference) {
    return Asked(
        [&](RegulationTransaction& t) { return t.pickups().FindReference(region, reference); });
  };
  ASSERT_TRUE(found("fr-pdl", "ref"));
  EXPECT_EQ(found("fr-pdl", "ref")->call.name(), Name("second"));
  EXPECT_FALSE(found("fr-naq", "ref"));
  EXPECT_FALSE(found("fr-pdl", "other"));
}

TEST_P(PickupContract, CallsOfANumberNewestFirst) {
  WaitingRow hidden = Call("hidden", seconds(3));
  hidden.call.clear_phone_number();
  WaitingRow other = Call("other", seconds(4));
  other.call.set_phone_number("+33199000062");
  for (const WaitingRow& row : {Call("old", minutes(31)), Call("first", minutes(9)),
                                Call("last", minutes(2)), hidden, other}) {
    ASSERT_THAT(Put(row), IsOk());
  }
  const auto calls = [&](const std::string& number, const std::string& region = "fr-pdl") {
    return Ids(Asked([&](RegulationTransaction& t) {
      return t.pickups().ListOfNumber(region, number, clock_.Now() - minutes(30));
    }));
  };
  EXPECT_THAT(calls(kNumber), ElementsAre("last", "first"));
  EXPECT_THAT(calls(""), IsEmpty());
  EXPECT_THAT(calls(kNumber, "fr-naq"), IsEmpty());
}

TEST_P(PickupContract, TheRoomCountsWhatRings) {
  const auto room = [&](const std::string& region, const std::vector<std::string>& territories) {
    return Asked(
        [&](RegulationTransaction& t) { return t.CountRoom(region, territories, clock_.Now()); });
  };
  EXPECT_EQ(room("fr-pdl", {}).ringing, 0);
  EXPECT_EQ(room("fr-pdl", {}).oldest_ringing, base::Instant{});
  WaitingRow there = Call("there", seconds(50));
  there.call.set_territory("44");
  const WaitingRow taken = Call("taken", seconds(90));
  for (const WaitingRow& row : {Call("here", seconds(5)), there, taken}) {
    ASSERT_THAT(Put(row), IsOk());
  }
  ASSERT_THAT(Put(Next(taken, v1::WaitingCall::STATE_PICKED_UP)), IsOk());
  EXPECT_EQ(room("", {}).ringing, 2);
  EXPECT_EQ(room("fr-pdl", {}).oldest_ringing, clock_.Now() - seconds(50));
  EXPECT_EQ(room("fr-pdl", {"85"}).ringing, 1);
  EXPECT_EQ(room("fr-pdl", {"85"}).oldest_ringing, clock_.Now() - seconds(5));
  EXPECT_EQ(room("fr-naq", {}).ringing, 0);
}

TEST_P(PickupContract, WhatIsSettledIsForgottenAndWhatIsLiveStays) {
  for (const char* id : {"rings", "talks", "case", "lost", "young"}) {
    ASSERT_THAT(Put(Call(id, std::string(id) == "young" ? seconds(10) : seconds(100))), IsOk());
  }
  ASSERT_THAT(Put(Next(Call("talks", seconds(100)), v1::WaitingCall::STATE_PICKED_UP)), IsOk());
  ASSERT_THAT(Put(Next(Call("case", seconds(100)), v1::WaitingCall::STATE_ON_CASE)), IsOk());
  ASSERT_THAT(Put(Next(Call("lost", seconds(100)), v1::WaitingCall::STATE_LOST)), IsOk());
  ASSERT_THAT(Put(Next(Call("young", seconds(10)), v1::WaitingCall::STATE_LOST)), IsOk());
  const auto settled = [&](int limit) {
    return Asked([&](RegulationTransaction& t) {
      return t.pickups().ListSettled(clock_.Now() - seconds(50), limit);
    });
  };
  EXPECT_THAT(settled(10), ElementsAre(Name("case"), Name("lost")));
  EXPECT_THAT(settled(1), ElementsAre(Name("case")));
  ASSERT_THAT(Write([&](RegulationTransaction& t) {
                return t.pickups().Drop({Name("case"), Name("lost"), Name("unknown")});
              }),
              IsOk());
  EXPECT_THAT(settled(10), IsEmpty());
  EXPECT_THAT(
      Read([&](RegulationTransaction& t) { return t.pickups().GetWaiting(Name("lost")).status(); }),
      ReasonIs("WAITING_CALL_NOT_FOUND"));
  EXPECT_THAT(Read([&](RegulationTransaction& t) {
                return t.pickups().GetWaiting(Name("talks")).status();
              }),
              IsOk());
}

}  // namespace
}  // namespace sas::regulation
