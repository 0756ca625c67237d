#include "tests/contract/booking/booking_store_fixture.h"

// Appointments whose slot was withdrawn, on each ledger.
namespace sas::booking {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using testing::IsOk;
using Names = std::vector<std::string>;

class DisplacedLedgerTest : public BookingStoreTest {
 protected:
  DisplacedRow Row(const std::string& id, int start_minutes) {
    DisplacedRow row;
    row.appointment = "regions/fr-pdl/appointments/" + id;
    row.territory = "85";
    row.site = "regions/fr-pdl/sites/challans";
    row.start = clock_.Now() + minutes(start_minutes);
    row.displacement.set_reason(v1::Displacement::REASON_WITHDRAWN);
    *row.displacement.mutable_displace_time() = ToTimestamp(clock_.Now());
    return row;
  }

  DisplacedRow Kept(DisplacedRow row) {
    *row.displacement.mutable_keep_time() = ToTimestamp(clock_.Now());
    row.displacement.mutable_kept_by()->set_subject("osnp-1");
    return row;
  }

  template <typename Work>
  void Write(const Work& work) {
    EXPECT_THAT(store().Write(Call(),
                              [&](BookingTransaction& transaction) -> absl::Status {
                                return work(transaction.displaced());
                              }),
                IsOk());
  }

  void Put(const DisplacedRow& row) {
    Write([&](DisplacedLedger& ledger) { return ledger.Put(row); });
  }

  std::optional<v1::Displacement> Get(const std::string& id) {
    std::optional<v1::Displacement> found;
    Write([&](DisplacedLedger& ledger) -> absl::Status {
      SAS_ASSIGN_OR_RETURN(found, ledger.Get("regions/fr-pdl/appointments/" + id));
      return absl::OkStatus();
    });
    return found;
  }

  Names List(DisplacedQuery query) {
    Names names;
    if (query.region.empty()) query.region = "fr-pdl";
    if (query.limit == 0) query.limit = 100;
    Write([&](DisplacedLedger& ledger) -> absl::Status {
      names.clear();
      SAS_ASSIGN_OR_RETURN(const auto rows, ledger.List(query));
      for (const DisplacedRow& row : rows) {
        names.push_back(row.appointment.substr(row.appointment.rfind('/') + 1));
      }
      return absl::OkStatus();
    });
    return names;
  }

  DisplacedFigures Figures(base::Instant soon) {
    DisplacedFigures figures;
    Write([&](DisplacedLedger& ledger) -> absl::Status {
      SAS_ASSIGN_OR_RETURN(figures, ledger.Figures(soon));
      return absl::OkStatus();
    });
    return figures;
  }
};

TEST_P(DisplacedLedgerTest, GivesBackWhatItWasGivenAndHasOneForEachAppointment) {
  const DisplacedRow row = Kept(Row("a", 5));
  Put(Row("a", 5));
  Put(row);
  Reopen();
  ASSERT_TRUE(Get("a"));
  EXPECT_EQ(Get("a")->SerializeAsString(), row.displacement.SerializeAsString());
  DisplacedQuery all;
  all.include_kept = true;
  EXPECT_EQ(List(all), (Names{"a"}));
  EXPECT_EQ(List({}), Names{});
  std::optional<v1::Displacement> removed;
  Write([&](DisplacedLedger& ledger) -> absl::Status {
    SAS_ASSIGN_OR_RETURN(removed, ledger.Remove(row.appointment));
    return absl::OkStatus();
  });
  ASSERT_TRUE(removed);
  EXPECT_EQ(removed->kept_by().subject(), "osnp-1");
  Write([&](DisplacedLedger& ledger) -> absl::Status {
    SAS_ASSIGN_OR_RETURN(removed, ledger.Remove(row.appointment));
    return absl::OkStatus();
  });
  EXPECT_FALSE(removed);
  EXPECT_FALSE(Get("a"));
}

TEST_P(DisplacedLedgerTest, H27_ListsSoonestFirst) {
  for (const auto& [id, start] : std::vector<std::pair<std::string, int>>{
           {"late", 90}, {"b", 5}, {"begun", -5}, {"a", 5}, {"~", 5}, {"Z", 5}}) {
    Put(Row(id, start));
  }
  EXPECT_EQ(List({}), (Names{"begun", "Z", "a", "b", "~", "late"}));
  DisplacedQuery page;
  page.limit = 3;
  EXPECT_EQ(List(page), (Names{"begun", "Z", "a"}));
  page.after = std::pair(clock_.Now() + minutes(5), std::string("regions/fr-pdl/appointments/a"));
  EXPECT_EQ(List(page), (Names{"b", "~", "late"}));
}

TEST_P(DisplacedLedgerTest, ListsWhatIsAskedFor) {
  Put(Row("a", 1));
  DisplacedRow other = Row("b", 2);
  other.territory = "44";
  other.site = "regions/fr-pdl/sites/machecoul";
  Put(other);
  DisplacedRow elsewhere = Row("c", 3);
  elsewhere.appointment = "regions/fr-bre/appointments/c";
  Put(elsewhere);
  Put(Kept(Row("d", 4)));
  EXPECT_EQ(List({}), (Names{"a", "b"}));
  DisplacedQuery query;
  query.territories = {"72", "44"};
  EXPECT_EQ(List(query), (Names{"b"}));
  query = {};
  query.site = "regions/fr-pdl/sites/challans";
  EXPECT_EQ(List(query), (Names{"a"}));
  query.include_kept = true;
  EXPECT_EQ(List(query), (Names{"a", "d"}));
  query = {};
  query.region = "fr-bre";
  EXPECT_EQ(List(query), (Names{"c"}));
}

TEST_P(DisplacedLedgerTest, H27_CountsThoseThatStartSoon) {
  EXPECT_EQ(Figures(clock_.Now()).open, 0);
  EXPECT_EQ(Figures(clock_.Now()).soon, 0);
  Put(Row("begun", -5));
  Put(Row("at", 120));
  Put(Row("after", 121));
  Put(Kept(Row("kept", 1)));
  const DisplacedFigures figures = Figures(clock_.Now() + minutes(120));
  EXPECT_EQ(figures.open, 3);
  EXPECT_EQ(figures.soon, 2);
}

TEST_P(DisplacedLedgerTest, KnowsWhenAllWereLastLookedAt) {
  const auto checked = [&] {
    std::optional<base::Instant> at;
    Write([&](DisplacedLedger& ledger) -> absl::Status {
      SAS_ASSIGN_OR_RETURN(at, ledger.Checked());
      return absl::OkStatus();
    });
    return at;
  };
  EXPECT_EQ(checked(), std::nullopt);
  Write([&](DisplacedLedger& ledger) { return ledger.PutChecked(clock_.Now()); });
  Write([&](DisplacedLedger& ledger) { return ledger.PutChecked(clock_.Now() + seconds(7)); });
  Reopen();
  EXPECT_EQ(checked(), clock_.Now() + seconds(7));
}

INSTANTIATE_TEST_SUITE_P(Stores, DisplacedLedgerTest, testing::EveryBackend(),
                         testing::BackendName);

}  // namespace
}  // namespace sas::booking
