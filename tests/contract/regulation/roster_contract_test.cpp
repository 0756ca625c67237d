#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "common/testing/status_matchers.h"
#include "services/regulation/neighbour_ledger.h"
#include "services/regulation/roster_ledger.h"
#include "tests/contract/regulation/stores.h"

namespace sas::regulation {
namespace {

using std::chrono::hours;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsOk;
using ::testing::Pair;
using testing::ReasonIs;
using testing::StatusIs;

class RosterContract : public StoreContract {
 protected:
  v1::Shift Shift(const std::string& id, int start_hour, int end_hour,
                  const std::string& subject = "osnp-1", const std::string& territory = "85",
                  const std::string& region = "fr-pdl") const {
    v1::Shift shift;
    shift.set_name("regions/" + region + "/shifts/" + id);
    shift.set_territory(territory);
    shift.set_subject(subject);
    shift.set_role(sas::type::v1::ROLE_OSNP);
    shift.set_state(v1::Shift::STATE_PLANNED);
    shift.add_languages("ar");
    *shift.mutable_start_time() = ToTimestamp(clock_.Now() + hours(start_hour));
    *shift.mutable_end_time() = ToTimestamp(clock_.Now() + hours(end_hour));
    shift.set_etag(EtagOf(1));
    return shift;
  }

  absl::Status Put(const v1::Shift& shift) {
    return Write([&](RegulationTransaction& t) { return t.roster().PutShift(shift); });
  }

  std::vector<std::string> Listed(const ShiftQuery& query) {
    std::vector<std::string> ids;
    EXPECT_THAT(Read([&](RegulationTransaction& t) -> absl::Status {
                  ids.clear();
                  SAS_ASSIGN_OR_RETURN(const auto rows, t.roster().ListShifts(query));
                  for (const auto& row : rows) ids.push_back(row.name().substr(22));
                  return absl::OkStatus();
                }),
                IsOk());
    return ids;
  }

  ShiftQuery Query(int start_hour, int end_hour) const {
    ShiftQuery query;
    query.region = "fr-pdl";
    query.start = clock_.Now() + hours(start_hour);
    query.end = clock_.Now() + hours(end_hour);
    query.limit = 10;
    return query;
  }
};

INSTANTIATE_TEST_SUITE_P(Stores, RosterContract, testing::EveryBackend(), testing::BackendName);

TEST_P(RosterContract, S1_15_AShiftIsReplacedByItsSuccessorAlone) {
  ASSERT_THAT(Put(Shift("a", 0, 8)), IsOk());
  EXPECT_THAT(Put(Shift("a", 0, 8)), ReasonIs("CONCURRENT_CHANGE"));
  v1::Shift next = Shift("a", 0, 6);
  next.set_etag(EtagOf(3));
  EXPECT_THAT(Put(next), ReasonIs("CONCURRENT_CHANGE"));
  next.set_etag(EtagOf(2));
  ASSERT_THAT(Put(next), IsOk());
  Reopen();
  v1::Shift read;
  ASSERT_THAT(Read([&](RegulationTransaction& t) -> absl::Status {
                SAS_ASSIGN_OR_RETURN(read, t.roster().GetShift(next.name()));
                return absl::OkStatus();
              }),
              IsOk());
  EXPECT_EQ(read.SerializeAsString(), next.SerializeAsString());
  EXPECT_THAT(Listed(Query(6, 9)), IsEmpty());  // It ends earlier now.
  EXPECT_THAT(Read([&](RegulationTransaction& t) {
                return t.roster().GetShift("regions/fr-pdl/shifts/none").status();
              }),
              StatusIs(absl::StatusCode::kNotFound, "SHIFT_NOT_FOUND"));
}

TEST_P(RosterContract, S1_15_ShiftsByStartWithinATimeATerritoryAndAPerson) {
  for (const v1::Shift& shift :
       {Shift("c", 0, 8), Shift("b", 0, 8, "mrg-1"), Shift("a", 8, 16), Shift("d", -8, 0),
        Shift("e", 2, 4, "mrg-2", "44"), Shift("f", 0, 8, "x", "2A"),
        Shift("g", 0, 8, "x", "33", "fr-naq")}) {
    ASSERT_THAT(Put(shift), IsOk());
  }
  EXPECT_THAT(Listed(Query(0, 8)), ElementsAre("b", "c", "f", "e"));
  EXPECT_THAT(Listed(Query(-1, 9)), ElementsAre("d", "b", "c", "f", "e", "a"));
  EXPECT_THAT(Listed(Query(16, 99)), IsEmpty());
  ShiftQuery query = Query(-1, 9);
  query.territories = {"85", "2A"};
  EXPECT_THAT(Listed(query), ElementsAre("d", "b", "c", "f", "a"));
  query.subject = "mrg-1";
  EXPECT_THAT(Listed(query), ElementsAre("b"));
  query = Query(-1, 9);
  query.after = "regions/fr-pdl/shifts/b";
  query.after_start = clock_.Now();
  query.limit = 3;
  EXPECT_THAT(Listed(query), ElementsAre("c", "f", "e"));
  query = Query(-1, 9);
  query.region = "";
  EXPECT_EQ(Listed(query).size(), 7u);
  std::vector<std::pair<std::string, std::string>> rosters;
  ASSERT_THAT(Read([&](RegulationTransaction& t) -> absl::Status {
                SAS_ASSIGN_OR_RETURN(rosters, t.roster().ListRosters());
                return absl::OkStatus();
              }),
              IsOk());
  EXPECT_THAT(rosters, ElementsAre(Pair("fr-naq", "33"), Pair("fr-pdl", "2A"), Pair("fr-pdl", "44"),
                                   Pair("fr-pdl", "85")));
}

TEST_P(RosterContract, S1_15_TwoOverlappingShiftsWrittenAtOnceAreOne) {
  // Each looks whether the person is free, then writes: one of them must see the other.
  const auto plan = [&](const std::string& id) {
    return store().Write(Call(), [&](RegulationTransaction& t) -> absl::Status {
      SAS_RETURN_IF_ERROR(t.roster().LockPerson("fr-pdl", "osnp-1"));
      ShiftQuery query = Query(0, 8);
      query.subject = "osnp-1";
      SAS_ASSIGN_OR_RETURN(const auto others, t.roster().ListShifts(query));
      if (!others.empty()) return absl::FailedPreconditionError("taken");
      return t.roster().PutShift(Shift(id, 0, 8));
    });
  };
  for (int round = 0; round < 5; ++round) {
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back(
          [&, i] { plan(std::to_string(round) + "-" + std::to_string(i)).IgnoreError(); });
    }
    for (std::thread& thread : threads) thread.join();
    ASSERT_EQ(Listed(Query(0, 8)).size(), 1u);
  }
}

TEST_P(RosterContract, TheLastSurgeOfATerritory) {
  v1::Surge surge;
  surge.set_name("regions/fr-pdl/surges/85");
  surge.set_territory("85");
  surge.set_etag(EtagOf(1));
  const auto put = [&] {
    return Write([&](RegulationTransaction& t) { return t.roster().PutSurge(surge); });
  };
  ASSERT_THAT(put(), IsOk());
  EXPECT_THAT(put(), ReasonIs("CONCURRENT_CHANGE"));
  surge.set_reason("canicule");
  surge.set_etag(EtagOf(2));
  ASSERT_THAT(put(), IsOk());
  EXPECT_THAT(put(), ReasonIs("CONCURRENT_CHANGE"));
  ASSERT_THAT(Read([&](RegulationTransaction& t) -> absl::Status {
                SAS_ASSIGN_OR_RETURN(const auto found, t.roster().FindSurge(surge.name()));
                EXPECT_EQ(found->reason(), "canicule");
                SAS_ASSIGN_OR_RETURN(const auto none,
                                     t.roster().FindSurge("regions/fr-pdl/surges/44"));
                EXPECT_FALSE(none);
                SAS_ASSIGN_OR_RETURN(const auto here, t.roster().ListSurges("fr-pdl"));
                EXPECT_EQ(here.size(), 1u);
                SAS_ASSIGN_OR_RETURN(const auto all, t.roster().ListSurges(""));
                EXPECT_EQ(all.size(), 1u);
                SAS_ASSIGN_OR_RETURN(const auto elsewhere, t.roster().ListSurges("fr-naq"));
                EXPECT_THAT(elsewhere, IsEmpty());
                return absl::OkStatus();
              }),
              IsOk());
}

TEST_P(RosterContract, S1_20_CoordinatorsByNameAndTerritory) {
  const auto entry = [](const std::string& id, const std::string& territory) {
    v1::Coordinator coordinator;
    coordinator.set_name("regions/fr-pdl/coordinators/" + id);
    coordinator.set_territory(territory);
    coordinator.set_phone_number("+33199000042");
    coordinator.set_etag(EtagOf(1));
    return coordinator;
  };
  const auto put = [&](const v1::Coordinator& row) {
    return Write([&](RegulationTransaction& t) { return t.roster().PutCoordinator(row); });
  };
  for (const auto& row : {entry("b", "85"), entry("a", "44"), entry("c", "85")}) {
    ASSERT_THAT(put(row), IsOk());
  }
  EXPECT_THAT(put(entry("a", "44")), ReasonIs("CONCURRENT_CHANGE"));
  v1::Coordinator next = entry("a", "44");
  next.set_display_name("Bureau");
  next.set_etag(EtagOf(2));
  ASSERT_THAT(put(next), IsOk());
  const auto listed = [&](const CoordinatorQuery& query) {
    std::vector<std::string> ids;
    EXPECT_THAT(Read([&](RegulationTransaction& t) -> absl::Status {
                  ids.clear();
                  SAS_ASSIGN_OR_RETURN(const auto rows, t.roster().ListCoordinators(query));
                  for (const auto& row : rows) ids.push_back(row.name().substr(28));
                  return absl::OkStatus();
                }),
                IsOk());
    return ids;
  };
  CoordinatorQuery query;
  query.region = "fr-pdl";
  query.limit = 10;
  EXPECT_THAT(listed(query), ElementsAre("a", "b", "c"));
  query.after = "regions/fr-pdl/coordinators/a";
  query.limit = 1;
  EXPECT_THAT(listed(query), ElementsAre("b"));
  query.after.clear();
  query.limit = 10;
  query.territories = {"44"};
  EXPECT_THAT(listed(query), ElementsAre("a"));
  const auto drop = [&](const std::string& id) {
    return Write([&](RegulationTransaction& t) {
      return t.roster().DropCoordinator("regions/fr-pdl/coordinators/" + id);
    });
  };
  ASSERT_THAT(drop("a"), IsOk());
  EXPECT_THAT(drop("a"), ReasonIs("COORDINATOR_NOT_FOUND"));
  EXPECT_THAT(listed(query), IsEmpty());
}

TEST_P(RosterContract, H12_OffersBySoonestAlarmForBothSides) {
  StoreContract::Put(
      {Case("a", v1::PRIORITY_P2), Case("b", v1::PRIORITY_P1), Case("c", v1::PRIORITY_P2)});
  const base::Instant now = clock_.Now();
  const auto put = [&](const std::string& id, const std::string& to, int alarm_hour) {
    return Write([&](RegulationTransaction& t) {
      return t.neighbours().PutOffer(
          {"regions/fr-pdl/cases/" + id, "85", to, now + hours(alarm_hour)});
    });
  };
  ASSERT_THAT(put("a", "44", 3), IsOk());
  ASSERT_THAT(put("b", "2A", 2), IsOk());
  ASSERT_THAT(put("c", "44", 9), IsOk());
  ASSERT_THAT(put("c", "44", 1), IsOk());  // Raised meanwhile.
  const auto listed = [&](const OfferQuery& query) {
    std::vector<std::string> ids;
    EXPECT_THAT(Read([&](RegulationTransaction& t) -> absl::Status {
                  ids.clear();
                  SAS_ASSIGN_OR_RETURN(const auto rows, t.neighbours().ListOffers(query));
                  for (const auto& row : rows) ids.push_back(row.case_name.substr(21));
                  return absl::OkStatus();
                }),
                IsOk());
    return ids;
  };
  OfferQuery query;
  query.region = "fr-pdl";
  query.limit = 10;
  EXPECT_THAT(listed(query), ElementsAre("c", "b", "a"));
  query.territories = {"44"};
  EXPECT_THAT(listed(query), ElementsAre("c", "a"));
  query.territories = {"85"};
  EXPECT_THAT(listed(query), ElementsAre("c", "b", "a"));
  query.after = "regions/fr-pdl/cases/c";
  query.after_alarm = now + hours(1);
  query.limit = 1;
  EXPECT_THAT(listed(query), ElementsAre("b"));
  ASSERT_THAT(Write([&](RegulationTransaction& t) {
                return t.neighbours().DropOffer("regions/fr-pdl/cases/b");
              }),
              IsOk());
  OfferQuery all;
  all.limit = 10;
  EXPECT_THAT(listed(all), ElementsAre("c", "a"));
}

TEST_P(RosterContract, ConventionsOfAHost) {
  const auto write = [&](const std::string& id, const std::string& host, std::int64_t version) {
    v1::NeighbourConvention row;
    row.set_name("regions/fr-pdl/conventions/" + id);
    row.set_host_territory(host);
    row.set_helping_territory("49");
    row.set_etag(EtagOf(version));
    return Write([&](RegulationTransaction& t) { return t.neighbours().PutConvention(row); });
  };
  ASSERT_THAT(write("b", "85", 1), IsOk());
  ASSERT_THAT(write("a", "44", 1), IsOk());
  EXPECT_THAT(write("a", "44", 1), ReasonIs("CONCURRENT_CHANGE"));
  EXPECT_THAT(write("a", "44", 3), ReasonIs("CONCURRENT_CHANGE"));
  ASSERT_THAT(write("a", "44", 2), IsOk());
  const auto listed = [&](const ConventionQuery& query) {
    std::vector<std::string> ids;
    EXPECT_THAT(Read([&](RegulationTransaction& t) -> absl::Status {
                  ids.clear();
                  SAS_ASSIGN_OR_RETURN(const auto rows, t.neighbours().ListConventions(query));
                  for (const auto& row : rows) ids.push_back(row.name().substr(27));
                  return absl::OkStatus();
                }),
                IsOk());
    return ids;
  };
  EXPECT_THAT(listed({"fr-pdl", "", "", 10}), ElementsAre("a", "b"));
  EXPECT_THAT(listed({"fr-pdl", "85", "", 10}), ElementsAre("b"));
  EXPECT_THAT(listed({"fr-pdl", "", "regions/fr-pdl/conventions/a", 10}), ElementsAre("b"));
  EXPECT_THAT(listed({"fr-naq", "", "", 10}), IsEmpty());
  EXPECT_THAT(Read([&](RegulationTransaction& t) {
                return t.neighbours().GetConvention("regions/fr-pdl/conventions/x").status();
              }),
              StatusIs(absl::StatusCode::kNotFound, "CONVENTION_NOT_FOUND"));
}

}  // namespace
}  // namespace sas::regulation
