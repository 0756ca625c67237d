#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/testing/status_matchers.h"
#include "services/regulation/convert_protocol.h"
#include "tests/contract/regulation/stores.h"

namespace sas::regulation {
namespace {

using std::chrono::hours;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::ReasonIs;
using testing::StatusIs;

class ProtocolContract : public StoreContract {
 protected:
  static std::string Name(const std::string& path) {
    const std::size_t slash = path.find('/');
    const std::size_t version = path.rfind('/');
    return "regions/fr-pdl/scopes/" + path.substr(0, slash) + "/protocols/" +
           path.substr(slash + 1, version - slash - 1) + "/versions/" + path.substr(version + 1);
  }

  v1::Protocol Version(const std::string& path, std::int64_t version = 1) const {
    v1::Protocol protocol;
    protocol.set_name(Name(path));
    protocol.set_title("Fièvre");
    protocol.set_etag(EtagOf(version));
    *protocol.mutable_effect_time() = ToTimestamp(clock_.Now());
    return protocol;
  }

  absl::Status Put(const v1::Protocol& protocol) {
    return Write([&](RegulationTransaction& t) { return t.protocols().PutProtocol(protocol); });
  }

  std::vector<std::string> Listed(const ProtocolQuery& query) {
    std::vector<std::string> names;
    EXPECT_THAT(Read([&](RegulationTransaction& t) -> absl::Status {
                  names.clear();
                  SAS_ASSIGN_OR_RETURN(const auto rows, t.protocols().ListProtocols(query));
                  for (const auto& row : rows) names.push_back(row.name());
                  return absl::OkStatus();
                }),
                IsOk());
    return names;
  }

  static ProtocolQuery Query(const std::string& region = "fr-pdl") {
    ProtocolQuery query;
    query.region = region;
    query.limit = 10;
    return query;
  }
};

INSTANTIATE_TEST_SUITE_P(Stores, ProtocolContract, testing::EveryBackend(), testing::BackendName);

TEST_P(ProtocolContract, PutRefusesWhatIsNotTheSuccessor) {
  ASSERT_THAT(Put(Version("85/fever/1")), IsOk());
  EXPECT_THAT(Put(Version("85/fever/1")), ReasonIs("CONCURRENT_CHANGE"));
  EXPECT_THAT(Put(Version("85/fever/1", 3)), ReasonIs("CONCURRENT_CHANGE"));
  v1::Protocol next = Version("85/fever/1", 2);
  *next.mutable_sign_time() = ToTimestamp(clock_.Now());
  *next.mutable_in_force_time() = ToTimestamp(clock_.Now() + hours(1));
  ASSERT_THAT(Put(next), IsOk());
  v1::Protocol read;
  ASSERT_THAT(Read([&](RegulationTransaction& t) -> absl::Status {
                SAS_ASSIGN_OR_RETURN(read, t.protocols().GetProtocol(next.name()));
                return absl::OkStatus();
              }),
              IsOk());
  EXPECT_EQ(read.SerializeAsString(), next.SerializeAsString());
  EXPECT_THAT(Read([&](RegulationTransaction& t) {
                return t.protocols().GetProtocol(Name("85/fever/2")).status();
              }),
              StatusIs(absl::StatusCode::kNotFound, "PROTOCOL_NOT_FOUND"));
}

TEST_P(ProtocolContract, ListsByNameWithinRegionScopeTerritoryAndProtocol) {
  for (const char* each :
       {"85/fever/1.0", "85/fever/2.0", "85-lvo/entry/1", "44/fever/1", "2a/x/1"}) {
    ASSERT_THAT(Put(Version(each)), IsOk());
  }
  EXPECT_THAT(Listed(Query()),
              ElementsAre(Name("2a/x/1"), Name("44/fever/1"), Name("85-lvo/entry/1"),
                          Name("85/fever/1.0"), Name("85/fever/2.0")));
  EXPECT_THAT(Listed(Query("fr-naq")), IsEmpty());
  EXPECT_EQ(Listed(Query("")).size(), 5u);
  ProtocolQuery query = Query();
  query.territories = {"85", "2A"};
  EXPECT_EQ(Listed(query).size(), 4u);
  query.scope = "85";
  EXPECT_THAT(Listed(query), ElementsAre(Name("85/fever/1.0"), Name("85/fever/2.0")));
  query = Query();
  query.protocol = ProtocolOfVersion(Name("85/fever/1.0"));
  EXPECT_THAT(Listed(query), ElementsAre(Name("85/fever/1.0"), Name("85/fever/2.0")));
  query = Query();
  query.after = Name("44/fever/1");
  query.limit = 2;
  EXPECT_THAT(Listed(query), ElementsAre(Name("85-lvo/entry/1"), Name("85/fever/1.0")));
}

TEST_P(ProtocolContract, S3_06_AnAcknowledgementIsKeptOnce) {
  ASSERT_THAT(Put(Version("85/fever/1")), IsOk());
  const auto acknowledge = [&](const std::string& subject) {
    v1::ProtocolAcknowledgement row;
    row.mutable_actor()->set_subject(subject);
    *row.mutable_acknowledge_time() = ToTimestamp(clock_.Now());
    clock_.Advance(std::chrono::seconds(1));
    ASSERT_THAT(Write([&](RegulationTransaction& t) {
                  return t.protocols().PutAcknowledgement(Name("85/fever/1"), row);
                }),
                IsOk());
  };
  const base::Instant first = clock_.Now();
  acknowledge("zoe");
  acknowledge("arm");
  acknowledge("zoe");
  std::vector<v1::ProtocolAcknowledgement> rows;
  const auto list = [&](const std::string& name, int limit) {
    return Read([&](RegulationTransaction& t) -> absl::Status {
      SAS_ASSIGN_OR_RETURN(rows, t.protocols().ListAcknowledgements(name, limit));
      return absl::OkStatus();
    });
  };
  ASSERT_THAT(list(Name("85/fever/1"), 10), IsOk());
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].actor().subject(), "zoe");
  EXPECT_EQ(ToInstant(rows[0].acknowledge_time()), first);
  ASSERT_THAT(list(Name("85/fever/1"), 1), IsOk());
  EXPECT_EQ(rows.size(), 1u);
  ASSERT_THAT(list(Name("85/fever/2"), 10), IsOk());
  EXPECT_THAT(rows, IsEmpty());
}

TEST_P(ProtocolContract, TriagesNewestFirstSinceAnHour) {
  StoreContract::Put({Case("a", v1::PRIORITY_P2), Case("b", v1::PRIORITY_P2)});
  const auto add = [&](const std::string& id, const std::string& protocol) {
    v1::TriageRecord record;
    record.set_name("regions/fr-pdl/cases/" + id);
    record.set_protocol(Name(protocol));
    *record.mutable_record_time() = ToTimestamp(clock_.Now());
    clock_.Advance(hours(1));
    ASSERT_THAT(Write([&](RegulationTransaction& t) { return t.protocols().AddTriage(record); }),
                IsOk());
  };
  add("a/triages/1", "85/fever/1");
  const base::Instant since = clock_.Now();
  add("b/triages/2", "85/fever/2");
  add("a/triages/3", "85/fever/1");
  add("a/triages/4", "85/chest/1");
  const auto names = [&](base::Instant from, int limit) {
    std::vector<std::string> found;
    EXPECT_THAT(Read([&](RegulationTransaction& t) -> absl::Status {
                  TriageQuery query;
                  query.protocol = ProtocolOfVersion(Name("85/fever/1"));
                  query.since = from;
                  query.limit = limit;
                  SAS_ASSIGN_OR_RETURN(const auto rows, t.protocols().ListTriages(query));
                  for (const auto& row : rows) found.push_back(row.name().substr(21));
                  return absl::OkStatus();
                }),
                IsOk());
    return found;
  };
  EXPECT_THAT(names(since, 10), ElementsAre("a/triages/3", "b/triages/2"));
  EXPECT_THAT(names({}, 10), ElementsAre("a/triages/3", "b/triages/2", "a/triages/1"));
  EXPECT_THAT(names({}, 1), ElementsAre("a/triages/3"));
}

}  // namespace
}  // namespace sas::regulation
