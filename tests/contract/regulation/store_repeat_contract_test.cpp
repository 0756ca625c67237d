#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/testing/status_matchers.h"
#include "tests/contract/regulation/stores.h"

// What each ledger knows of calls that belong to a dossier that is there (hazard H-07).
namespace sas::regulation {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsOk;
using ::testing::SizeIs;

constexpr care::Point kHere{46.8458, -1.8794};

class RepeatContract : public StoreContract {
 protected:
  v1::RegulationCase Called(const std::string& id, const std::string& number,
                            base::Instant at) const {
    v1::RegulationCase row = Case(id, v1::PRIORITY_P2);
    row.mutable_origin()->set_caller_phone_number(number);
    *row.mutable_origin()->mutable_pickup_time() = ToTimestamp(at);
    return row;
  }

  static void SetPlace(v1::RegulationCase& row, const care::Point& point,
                       sas::type::v1::GeoPrecision precision) {
    row.mutable_patient_place()->mutable_point()->set_latitude_degrees(point.latitude);
    row.mutable_patient_place()->mutable_point()->set_longitude_degrees(point.longitude);
    row.mutable_patient_place()->set_precision(precision);
  }

  RepeatQuery Asked() const {
    RepeatQuery query;
    query.region = "fr-pdl";
    query.call.now = clock_.Now();
    return query;
  }

  RepeatQuery AskedByNumber(const std::string& number) const {
    RepeatQuery query = Asked();
    query.call.number = number;
    return query;
  }

  std::vector<std::string> Found(const RepeatQuery& query) {
    std::vector<std::string> names;
    EXPECT_THAT(Read([&](RegulationTransaction& t) -> absl::Status {
                  names.clear();
                  SAS_ASSIGN_OR_RETURN(const auto rows, t.FindRepeated(query));
                  for (const auto& row : rows) names.push_back(row.name().substr(21));
                  return absl::OkStatus();
                }),
                IsOk());
    return names;
  }
};

INSTANTIATE_TEST_SUITE_P(Stores, RepeatContract, testing::EveryBackend(), testing::BackendName);

TEST_P(RepeatContract, H07_FindsTheNumberWhoeverCalledFromIt) {
  const base::Instant now = clock_.Now();
  v1::RegulationCase relay = Called("relay", "+33199000005", now - minutes(3));
  relay.mutable_origin()->set_callback_phone_number("+33199000001");
  v1::RegulationCase later = Called("later", "+33199000006", now - minutes(9));
  *later.add_further_calls() = Called("", "+33199000001", now - minutes(1)).origin();
  v1::RegulationCase longer = Called("longer", "+331990000012", now);
  v1::RegulationCase elsewhere = Called("elsewhere", "+33199000001", now);
  elsewhere.set_territory("44");
  v1::RegulationCase region = Called("x", "+33199000001", now);
  region.set_name("regions/fr-bre/cases/x");
  Put({relay, later, longer, elsewhere, region});
  RepeatQuery query = AskedByNumber("+33199000001");
  query.territories = {"85", "49"};
  EXPECT_THAT(Found(query), ElementsAre("later", "relay"));
  query.except = later.name();
  EXPECT_THAT(Found(query), ElementsAre("relay"));
  query.territories.clear();
  EXPECT_THAT(Found(query), ElementsAre("elsewhere", "relay"));
  EXPECT_THAT(Found(AskedByNumber("+33199000002")), IsEmpty());
  EXPECT_THAT(Found(AskedByNumber("+3319900000")), IsEmpty());
}

TEST_P(RepeatContract, H07_FindsWhatIsNearAndNotLongAgo) {
  const base::Instant now = clock_.Now();
  using namespace sas::type::v1;
  v1::RegulationCase door = Called("door", "", now - minutes(29));
  SetPlace(door, {kHere.latitude + 0.0026, kHere.longitude}, GEO_PRECISION_ADDRESS);
  v1::RegulationCase east = Called("east", "", now - minutes(2));
  SetPlace(east, {kHere.latitude, kHere.longitude + 0.0038}, GEO_PRECISION_STREET);
  v1::RegulationCase far = Called("far", "", now);
  SetPlace(far, {kHere.latitude, kHere.longitude + 0.0041}, GEO_PRECISION_EXACT);
  v1::RegulationCase past = Called("past", "", now - minutes(31));
  SetPlace(past, kHere, GEO_PRECISION_EXACT);
  // The centre of a commune is everybody's place there.
  v1::RegulationCase centre = Called("centre", "", now);
  SetPlace(centre, kHere, GEO_PRECISION_CITY);
  centre.mutable_patient_place()->set_insee_code("85047");
  v1::RegulationCase telephone = Called("telephone", "", now - minutes(1));
  telephone.mutable_origin()->mutable_telephone_point()->set_latitude_degrees(kHere.latitude);
  telephone.mutable_origin()->mutable_telephone_point()->set_longitude_degrees(kHere.longitude);
  telephone.mutable_origin()->set_telephone_accuracy_meters(20);
  Put({door, east, far, past, centre, telephone});
  RepeatQuery query = Asked();
  query.call.point = kHere;
  EXPECT_THAT(Found(query), ElementsAre("telephone", "east", "door"));
  query.call.insee_code = "85047";
  EXPECT_THAT(Found(query), ElementsAre("telephone", "east", "door", "centre"));
}

TEST_P(RepeatContract, H07_WhatHasEndedIsFoundForADay) {
  const base::Instant now = clock_.Now();
  const auto ended = [&](const std::string& id, base::Instant at) {
    v1::RegulationCase row = Called(id, "+33199000001", at);
    row.set_state(v1::RegulationCase::STATE_CLOSED);
    row.clear_wait_start_time();
    *row.mutable_close_time() = ToTimestamp(at);
    return row;
  };
  Put({ended("yesterday", now - hours(24)), ended("today", now - hours(23)),
       Called("open", "+33199000001", now - hours(24 * 9))});
  EXPECT_THAT(Found(AskedByNumber("+33199000001")), ElementsAre("today", "open"));
}

TEST_P(RepeatContract, H07_ACandidateChangesWithItsDossier) {
  v1::RegulationCase row = Called("a", "+33199000001", clock_.Now());
  Put({row});
  row.mutable_origin()->set_caller_phone_number("+33199000002");
  row.mutable_patient_place()->set_insee_code("85047");
  row.set_etag(EtagOf(2));
  Put({row});
  EXPECT_THAT(Found(AskedByNumber("+33199000001")), IsEmpty());
  EXPECT_THAT(Found(AskedByNumber("+33199000002")), ElementsAre("a"));
  RepeatQuery commune = Asked();
  commune.call.insee_code = "85047";
  EXPECT_THAT(Found(commune), ElementsAre("a"));
}

// A hundred people call about one fire; who calls from the same number is found among them.
TEST_P(RepeatContract, H07_TheBestTwentyOfManyAndTheNumberFirst) {
  std::vector<v1::RegulationCase> rows;
  for (int i = 0; i < 120; ++i) {
    rows.push_back(Called("fire-" + std::to_string(1000 + i), "", clock_.Now()));
    rows.back().mutable_patient_place()->set_insee_code("85047");
  }
  rows.push_back(Called("own", "+33199000001", clock_.Now() - hours(3)));
  Put(rows);
  RepeatQuery query = AskedByNumber("+33199000001");
  query.call.insee_code = "85047";
  const auto found = Found(query);
  ASSERT_THAT(found, SizeIs(kCandidatesMax));
  EXPECT_EQ(found.front(), "own");
}

// In a surge a commune has more dossiers than anybody compares: the newest are looked at.
TEST_P(RepeatContract, H07_OfManyInACommuneTheNewestAreProposed) {
  std::vector<v1::RegulationCase> rows;
  for (int i = 0; i < 320; ++i) {
    const base::Instant called = clock_.Now() - std::chrono::seconds(320 - (i * 7) % 320);
    rows.push_back(Called("c-" + std::to_string(1000 + (i * 7) % 320), "", called));
    rows.back().mutable_patient_place()->set_insee_code("85047");
  }
  Put(rows);
  RepeatQuery query = Asked();
  query.call.insee_code = "85047";
  const auto found = Found(query);
  ASSERT_THAT(found, SizeIs(kCandidatesMax));
  EXPECT_EQ(found.front(), "c-1319");
  EXPECT_EQ(found.back(), "c-1300");
}

// As an act does: read and written in one transaction, twice, and only the second changes a number.
TEST_P(RepeatContract, H07_WhatIsReadAndWrittenStaysFound) {
  Put({Called("a", "+33199000001", clock_.Now())});
  const std::string name = "regions/fr-pdl/cases/a";
  for (const char* number : {"+33199000001", "+33199000002"}) {
    ASSERT_THAT(Write([&](RegulationTransaction& t) -> absl::Status {
                  SAS_ASSIGN_OR_RETURN(v1::RegulationCase row, t.GetCase(name));
                  const std::int64_t version = VersionOf(row.etag());
                  row.set_priority(v1::PRIORITY_P1);
                  row.set_etag(EtagOf(version + 1));
                  SAS_RETURN_IF_ERROR(t.PutCase(row));
                  row.mutable_origin()->set_caller_phone_number(number);
                  row.set_etag(EtagOf(version + 2));
                  return t.PutCase(row);
                }),
                IsOk());
    EXPECT_THAT(Found(AskedByNumber(number)), ElementsAre("a"));
  }
  EXPECT_THAT(Found(AskedByNumber("+33199000001")), IsEmpty()) << "nobody calls from there now";
}

TEST_P(RepeatContract, H07_KeepsWhatADossierWasBeforeACall) {
  Put({Case("a", v1::PRIORITY_P2), Case("b", v1::PRIORITY_P2)});
  const std::string name = "regions/fr-pdl/cases/a";
  const BeforeCall before{CaseState::kCompleted,
                          Priority::kNr,
                          clock_.Now(),
                          {},
                          clock_.Now() + hours(1),
                          clock_.Now() - hours(1),
                          "regions/fr-pdl/lostCalls/x"};
  std::vector<AttachedCall> kept;
  ASSERT_THAT(Write([&](RegulationTransaction& t) -> absl::Status {
                SAS_RETURN_IF_ERROR(t.KeepAttached({name, "second", 7, clock_.Now(), {}}));
                SAS_RETURN_IF_ERROR(t.KeepAttached({name, "first", 3, clock_.Now(), before}));
                SAS_RETURN_IF_ERROR(
                    t.KeepAttached({"regions/fr-pdl/cases/b", "first", 2, clock_.Now(), {}}));
                SAS_RETURN_IF_ERROR(t.KeepAttached({name, "second", 7, clock_.Now(), before}));
                SAS_ASSIGN_OR_RETURN(kept, t.ListAttached(name));
                return absl::OkStatus();
              }),
              IsOk());
  ASSERT_THAT(kept, SizeIs(2));
  EXPECT_EQ(kept[0].call_id, "first");
  EXPECT_EQ(kept[0].version, 3);
  EXPECT_EQ(kept[0].attached, clock_.Now());
  EXPECT_EQ(kept[0].before, before);
  EXPECT_EQ(kept[1].before, before);
  ASSERT_THAT(Write([&](RegulationTransaction& t) -> absl::Status {
                SAS_RETURN_IF_ERROR(t.DropAttached(name, "first"));
                SAS_ASSIGN_OR_RETURN(kept, t.ListAttached(name));
                return absl::OkStatus();
              }),
              IsOk());
  ASSERT_THAT(kept, SizeIs(1));
  EXPECT_EQ(kept[0].call_id, "second");
}

}  // namespace
}  // namespace sas::regulation
