#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/testing/status_matchers.h"
#include "services/regulation/convert_exchange.h"
#include "tests/contract/regulation/stores.h"

namespace sas::regulation {
namespace {

using base::Role;
using std::chrono::hours;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::ReasonIs;
using testing::StatusIs;
using v1::CaseExchange;

class ExchangeContract : public StoreContract {
 protected:
  void SetUp() override {
    StoreContract::SetUp();
    if (IsSkipped()) return;
    Put({Case("a", v1::PRIORITY_P2), Case("b", v1::PRIORITY_P2)});
  }

  static std::string Name(const std::string& path) {
    const std::size_t slash = path.find('/');
    return "regions/fr-pdl/cases/" + path.substr(0, slash) + "/exchanges/" + path.substr(slash + 1);
  }

  static std::string Short(const std::string& name) {
    const std::string rest = name.substr(std::string("regions/fr-pdl/cases/").size());
    return rest.substr(0, rest.find('/')) + "/" + rest.substr(rest.rfind('/') + 1);
  }

  /// Written now by arm-1.
  CaseExchange Exchange(const std::string& path, std::int64_t version = 1) const {
    CaseExchange exchange;
    exchange.set_name(Name(path));
    exchange.set_kind(CaseExchange::KIND_PHONE);
    exchange.set_state(CaseExchange::STATE_NOTED);
    exchange.set_text("texte");
    exchange.set_territory("85");
    exchange.mutable_created_by()->set_subject("arm-1");
    *exchange.mutable_create_time() = ToTimestamp(clock_.Now());
    exchange.set_etag(EtagOf(version));
    return exchange;
  }

  /// Addressed, and unread since now.
  CaseExchange Message(const std::string& path, Role role, const std::string& organization = "",
                       const std::string& subject = "") const {
    CaseExchange exchange = Exchange(path);
    exchange.set_kind(CaseExchange::KIND_MESSAGE);
    exchange.set_state(CaseExchange::STATE_SENT);
    auto& audience = *exchange.mutable_audience();
    audience.set_role(static_cast<sas::type::v1::Role>(role));
    audience.set_organization(organization);
    audience.set_subject(subject);
    *exchange.mutable_unread_time() = ToTimestamp(clock_.Now());
    return exchange;
  }

  absl::Status Put(const CaseExchange& exchange) {
    clock_.Advance(seconds(1));
    return Write([&](RegulationTransaction& t) { return t.exchanges().PutExchange(exchange); });
  }

  using StoreContract::Put;

  CaseExchange Get(const std::string& path) {
    CaseExchange found;
    EXPECT_THAT(Read([&](RegulationTransaction& t) -> absl::Status {
                  SAS_ASSIGN_OR_RETURN(found, t.exchanges().GetExchange(Name(path)));
                  return absl::OkStatus();
                }),
                IsOk());
    return found;
  }

  std::vector<std::string> Listed(const ExchangeQuery& query) {
    std::vector<std::string> names;
    EXPECT_THAT(Read([&](RegulationTransaction& t) -> absl::Status {
                  names.clear();
                  SAS_ASSIGN_OR_RETURN(const auto rows, t.exchanges().ListExchanges(query));
                  for (const auto& row : rows) names.push_back(Short(row.name()));
                  return absl::OkStatus();
                }),
                IsOk());
    return names;
  }

  std::vector<std::string> Unread(const UnreadQuery& query) {
    std::vector<std::string> names;
    EXPECT_THAT(Read([&](RegulationTransaction& t) -> absl::Status {
                  names.clear();
                  SAS_ASSIGN_OR_RETURN(const auto rows, t.exchanges().ListUnread(query));
                  for (const auto& row : rows) names.push_back(Short(row.name()));
                  return absl::OkStatus();
                }),
                IsOk());
    return names;
  }

  static ExchangeQuery OfCase(ExchangeSight sight = ExchangeSight::kAll,
                              ExchangeReader reader = {}) {
    ExchangeQuery query;
    query.case_name = "regions/fr-pdl/cases/a";
    query.sight = sight;
    query.reader = std::move(reader);
    query.limit = 10;
    return query;
  }

  static UnreadQuery For(const std::string& subject, Role role,
                         const std::string& organization = "") {
    UnreadQuery query;
    query.region = "fr-pdl";
    query.reader = {subject, role, organization};
    query.limit = 10;
    return query;
  }

  bool Receive(const CaseExchange& exchange, const std::string& subject) {
    v1::ReadReceipt receipt;
    receipt.mutable_reader()->set_subject(subject);
    *receipt.mutable_read_time() = ToTimestamp(clock_.Now());
    clock_.Advance(seconds(1));
    bool first = false;
    EXPECT_THAT(Write([&](RegulationTransaction& t) -> absl::Status {
                  SAS_ASSIGN_OR_RETURN(first, t.exchanges().AddReceipt(exchange, receipt));
                  return absl::OkStatus();
                }),
                IsOk());
    return first;
  }
};

INSTANTIATE_TEST_SUITE_P(Stores, ExchangeContract, testing::EveryBackend(), testing::BackendName);

TEST_P(ExchangeContract, PutRefusesWhatIsNotTheSuccessor) {
  ASSERT_THAT(Put(Exchange("a/1")), IsOk());
  EXPECT_THAT(Put(Exchange("a/1")), ReasonIs("CONCURRENT_CHANGE"));
  EXPECT_THAT(Put(Exchange("a/1", 3)), ReasonIs("CONCURRENT_CHANGE"));
  CaseExchange next = Exchange("a/1", 2);
  next.set_state(CaseExchange::STATE_READ);
  ASSERT_THAT(Put(next), IsOk());
  EXPECT_EQ(Get("a/1").SerializeAsString(), next.SerializeAsString());
  EXPECT_THAT(Read([&](RegulationTransaction& t) {
                return t.exchanges().GetExchange(Name("a/2")).status();
              }),
              StatusIs(absl::StatusCode::kNotFound, "EXCHANGE_NOT_FOUND"));
}

TEST_P(ExchangeContract, S3_10_ListsADossierOldestFirstByPages) {
  for (const char* path : {"a/2", "b/1", "a/1", "a/3"}) {
    ASSERT_THAT(Put(Exchange(path)), IsOk());
  }
  EXPECT_THAT(Listed(OfCase()), ElementsAre("a/2", "a/1", "a/3"));
  ExchangeQuery query = OfCase();
  query.limit = 2;
  EXPECT_THAT(Listed(query), ElementsAre("a/2", "a/1"));
  query.after_name = Name("a/1");
  query.after_time = ToInstant(Get("a/1").create_time());
  EXPECT_THAT(Listed(query), ElementsAre("a/3"));
}

TEST_P(ExchangeContract, S3_15_ShowsWhatIsSharedAddressedOrOwn) {
  ASSERT_THAT(Put(Exchange("a/1")), IsOk());
  CaseExchange shared = Exchange("a/2");
  shared.set_shared(true);
  ASSERT_THAT(Put(shared), IsOk());
  ASSERT_THAT(Put(Message("a/3", Role::kOsnp)), IsOk());
  ASSERT_THAT(Put(Message("a/4", Role::kEffecteur, "terrain")), IsOk());
  ASSERT_THAT(Put(Message("a/5", Role::kUnspecified, "", "osnp-1")), IsOk());
  CaseExchange own = Exchange("a/6");
  own.mutable_created_by()->set_subject("dr-1");
  ASSERT_THAT(Put(own), IsOk());
  EXPECT_EQ(Listed(OfCase()).size(), 6u);
  EXPECT_THAT(Listed(OfCase(ExchangeSight::kShared, {"osnp-1", Role::kOsnp, ""})),
              ElementsAre("a/2", "a/3", "a/5"));
  EXPECT_THAT(Listed(OfCase(ExchangeSight::kAddressed, {"dr-1", Role::kEffecteur, "terrain"})),
              ElementsAre("a/4", "a/6"));
  EXPECT_THAT(Listed(OfCase(ExchangeSight::kAddressed, {"dr-2", Role::kEffecteur, "ailleurs"})),
              IsEmpty());
}

TEST_P(ExchangeContract, AStructureIsOneHoweverItIsSpelt) {
  ASSERT_THAT(Put(Message("a/1", Role::kEffecteur, "1850000019")), IsOk());
  ASSERT_THAT(Put(Message("a/2", Role::kUnspecified, "85 000 001 9")), IsOk());
  ASSERT_THAT(Put(Message("a/3", Role::kEffecteur, "920000650")), IsOk());
  for (const char* spelt : {"850000019", "1850000019", "1 850 000 019"}) {
    EXPECT_THAT(Listed(OfCase(ExchangeSight::kAddressed, {"dr-1", Role::kEffecteur, spelt})),
                ElementsAre("a/1", "a/2"))
        << spelt;
    EXPECT_THAT(Unread(For("dr-1", Role::kEffecteur, spelt)), ElementsAre("a/1", "a/2")) << spelt;
    EXPECT_THAT(Unread(For("sec-1", Role::kSecretariat, spelt)), ElementsAre("a/2")) << spelt;
  }
  EXPECT_THAT(Unread(For("dr-1", Role::kEffecteur, " ")), IsEmpty());
}

TEST_P(ExchangeContract, S3_15_UnreadIsByReaderUntilHisReceipt) {
  ASSERT_THAT(Put(Message("b/2", Role::kOsnp)), IsOk());
  ASSERT_THAT(Put(Message("a/1", Role::kOsnp)), IsOk());
  ASSERT_THAT(Put(Message("a/2", Role::kEffecteur, "terrain")), IsOk());
  ASSERT_THAT(Put(Message("a/3", Role::kUnspecified, "terrain")), IsOk());
  ASSERT_THAT(Put(Exchange("a/4")), IsOk());
  EXPECT_THAT(Unread(For("osnp-1", Role::kOsnp)), ElementsAre("b/2", "a/1"));
  EXPECT_THAT(Unread(For("dr-1", Role::kEffecteur, "terrain")), ElementsAre("a/2", "a/3"));
  EXPECT_THAT(Unread(For("sec-1", Role::kSecretariat, "terrain")), ElementsAre("a/3"));
  EXPECT_THAT(Unread(For("dr-1", Role::kEffecteur)), IsEmpty());
  EXPECT_TRUE(Receive(Get("b/2"), "osnp-1"));
  EXPECT_FALSE(Receive(Get("b/2"), "osnp-1"));
  EXPECT_THAT(Unread(For("osnp-1", Role::kOsnp)), ElementsAre("a/1"));
  EXPECT_THAT(Unread(For("osnp-2", Role::kOsnp)), ElementsAre("b/2", "a/1"));
  UnreadQuery query = For("osnp-2", Role::kOsnp);
  query.limit = 1;
  EXPECT_THAT(Unread(query), ElementsAre("b/2"));
  query.after_name = Name("b/2");
  query.after_time = ToInstant(Get("b/2").unread_time());
  EXPECT_THAT(Unread(query), ElementsAre("a/1"));
}

TEST_P(ExchangeContract, S3_15_UnreadIsWithinRegionAndTerritoriesAndNotOnesOwn) {
  ASSERT_THAT(Put(Message("a/1", Role::kArm)), IsOk());
  EXPECT_THAT(Unread(For("arm-1", Role::kArm)), IsEmpty());  // He wrote it.
  UnreadQuery query = For("arm-2", Role::kArm);
  query.territories = {"44", "85"};
  EXPECT_THAT(Unread(query), ElementsAre("a/1"));
  query.territories = {"44"};
  EXPECT_THAT(Unread(query), IsEmpty());
  query = For("arm-2", Role::kArm);
  query.region = "fr-naq";
  EXPECT_THAT(Unread(query), IsEmpty());
  // In person, also what follows from his own request.
  ASSERT_THAT(Put(Message("a/2", Role::kUnspecified, "", "arm-1")), IsOk());
  EXPECT_THAT(Unread(For("arm-1", Role::kArm)), ElementsAre("a/2"));
}

TEST_P(ExchangeContract, S3_15_WhatAnotherHasReadLeavesTheListsInTime) {
  ASSERT_THAT(Put(Message("a/1", Role::kOsnp)), IsOk());
  CaseExchange read = Message("a/2", Role::kOsnp);
  read.set_read(true);
  ASSERT_THAT(Put(read), IsOk());
  UnreadQuery query = For("osnp-2", Role::kOsnp);
  query.read_since = clock_.Now() - hours(1);
  EXPECT_THAT(Unread(query), ElementsAre("a/1", "a/2"));
  query.read_since = clock_.Now();
  EXPECT_THAT(Unread(query), ElementsAre("a/1"));
}

TEST_P(ExchangeContract, S3_16_AFurtherResultIsUnreadAgainAndItsReceiptsStay) {
  CaseExchange answered = Message("a/1", Role::kUnspecified, "", "mrl-1");
  ASSERT_THAT(Put(answered), IsOk());
  EXPECT_TRUE(Receive(answered, "mrl-1"));
  EXPECT_THAT(Unread(For("mrl-1", Role::kRegulatorMg)), IsEmpty());
  CaseExchange again = answered;
  again.set_etag(EtagOf(2));
  *again.mutable_unread_time() = ToTimestamp(clock_.Now());
  ASSERT_THAT(Put(again), IsOk());
  EXPECT_THAT(Unread(For("mrl-1", Role::kRegulatorMg)), ElementsAre("a/1"));
  EXPECT_TRUE(Receive(again, "mrl-1"));
  EXPECT_THAT(Unread(For("mrl-1", Role::kRegulatorMg)), IsEmpty());
  std::vector<v1::ReadReceipt> receipts;
  const auto list = [&](int limit) {
    return Read([&](RegulationTransaction& t) -> absl::Status {
      SAS_ASSIGN_OR_RETURN(receipts, t.exchanges().ListReceipts(Name("a/1"), limit));
      return absl::OkStatus();
    });
  };
  ASSERT_THAT(list(10), IsOk());
  ASSERT_EQ(receipts.size(), 2u);
  EXPECT_LT(ToInstant(receipts[0].read_time()), ToInstant(receipts[1].read_time()));
  ASSERT_THAT(list(1), IsOk());
  EXPECT_EQ(receipts.size(), 1u);
}

TEST_P(ExchangeContract, S3_16_FindsByReferenceAndWhatIsDue) {
  const auto expertise = [&](const std::string& path, const std::string& ref, int minutes) {
    CaseExchange exchange = Exchange(path);
    exchange.set_kind(CaseExchange::KIND_EXPERTISE);
    exchange.mutable_expertise()->set_case_ref(ref);
    if (minutes >= 0) {
      *exchange.mutable_expertise()->mutable_next_attempt_time() =
          ToTimestamp(clock_.Now() + std::chrono::minutes(minutes));
    }
    return exchange;
  };
  const base::Instant now = clock_.Now();
  ASSERT_THAT(Put(expertise("a/1", "ref-1", 5)), IsOk());
  ASSERT_THAT(Put(expertise("b/1", "ref-2", 1)), IsOk());
  ASSERT_THAT(Put(expertise("b/2", "ref-3", -1)), IsOk());
  ASSERT_THAT(Put(Exchange("b/3")), IsOk());
  const auto find = [&](const std::string& ref) {
    std::string name;
    EXPECT_THAT(Read([&](RegulationTransaction& t) -> absl::Status {
                  SAS_ASSIGN_OR_RETURN(const auto found, t.exchanges().FindCaseRef(ref));
                  name = found ? Short(found->name()) : "";
                  return absl::OkStatus();
                }),
                IsOk());
    return name;
  };
  EXPECT_EQ(find("ref-2"), "b/1");
  EXPECT_EQ(find("ref-9"), "");
  EXPECT_EQ(find(""), "");
  const auto due = [&](base::Instant at, int limit) {
    std::vector<std::string> names;
    EXPECT_THAT(Read([&](RegulationTransaction& t) -> absl::Status {
                  names.clear();
                  SAS_ASSIGN_OR_RETURN(const auto found, t.exchanges().ListDue(at, limit));
                  for (const auto& name : found) names.push_back(Short(name));
                  return absl::OkStatus();
                }),
                IsOk());
    return names;
  };
  EXPECT_THAT(due(now, 10), IsEmpty());
  EXPECT_THAT(due(now + hours(1), 10), ElementsAre("b/1", "a/1"));
  EXPECT_THAT(due(now + hours(1), 1), ElementsAre("b/1"));
}

TEST_P(ExchangeContract, CountsWhatNobodyHasRead) {
  const auto count = [&] {
    UnreadCount unread;
    EXPECT_THAT(Read([&](RegulationTransaction& t) -> absl::Status {
                  SAS_ASSIGN_OR_RETURN(unread, t.exchanges().CountUnread());
                  return absl::OkStatus();
                }),
                IsOk());
    return unread;
  };
  EXPECT_EQ(count().count, 0);
  EXPECT_EQ(count().oldest, base::Instant{});
  const base::Instant first = clock_.Now();
  ASSERT_THAT(Put(Message("a/1", Role::kOsnp)), IsOk());
  ASSERT_THAT(Put(Message("a/2", Role::kOsnp)), IsOk());
  CaseExchange read = Message("a/3", Role::kOsnp);
  read.set_read(true);
  ASSERT_THAT(Put(read), IsOk());
  ASSERT_THAT(Put(Exchange("a/4")), IsOk());
  EXPECT_EQ(count().count, 2);
  EXPECT_EQ(count().oldest, first);
}

TEST_P(ExchangeContract, S3_02_MarksOfSomeSubjectsAlone) {
  const auto add = [&](const std::string& subject, std::int64_t version) {
    KpiMark mark;
    mark.subject = "regions/fr-pdl/cases/" + subject;
    mark.version = version;
    mark.territory = "85";
    ASSERT_THAT(Write([&](RegulationTransaction& t) { return t.AddMark(mark); }), IsOk());
    clock_.Advance(seconds(1));
  };
  add("a", 1);
  add("b", 1);
  add("a/visits", 1);
  add("a", 2);
  std::vector<std::string> found;
  ASSERT_THAT(Read([&](RegulationTransaction& t) -> absl::Status {
                found.clear();
                KpiMarkQuery query;
                query.region = "fr-pdl";
                query.end = base::Instant::max();
                query.limit = 10;
                query.subjects = {"regions/fr-pdl/cases/a", "regions/fr-pdl/cases/a/visits"};
                SAS_ASSIGN_OR_RETURN(const auto marks, t.ListMarks(query));
                for (const KpiMark& mark : marks) found.push_back(mark.subject.substr(21));
                return absl::OkStatus();
              }),
              IsOk());
  EXPECT_THAT(found, ElementsAre("a", "a/visits", "a"));
}

}  // namespace
}  // namespace sas::regulation
