// What every ledger must do with freed seats and their offers.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/testing/status_matchers.h"
#include "services/booking/convert.h"
#include "tests/contract/booking/booking_stores.h"

namespace sas::booking {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::ReasonIs;
using ::testing::UnorderedElementsAre;

constexpr char kSlot[] = "regions/fr-pdl/sites/challans/slots/a-20261124t1300z";

class OfferLedgerTest : public testing::StoreContract<StoreUnderTest> {
 protected:
  base::Call Call() { return base::InternalCall("test", clock_, seconds(20)); }

  template <typename Work>
  void Write(Work work) {
    ASSERT_THAT(store().Write(Call(),
                              [&](BookingTransaction& transaction) -> absl::Status {
                                return work(transaction.offers());
                              }),
                IsOk());
  }

  template <typename Value, typename Work>
  Value Read(Work work) {
    Value value{};
    EXPECT_THAT(store().Read(Call(),
                             [&](BookingTransaction& transaction) -> absl::Status {
                               SAS_ASSIGN_OR_RETURN(value, work(transaction.offers()));
                               return absl::OkStatus();
                             }),
                IsOk());
    return value;
  }

  FreedSeat Freed(const std::string& id) {
    FreedSeat seat;
    seat.id = id;
    seat.region = "fr-pdl";
    seat.slot = kSlot;
    seat.care_order = "regions/fr-pdl/cases/c1/orders/o1";
    seat.cause = "CANCELLED";
    seat.start = clock_.Now() + hours(4);
    seat.freed = clock_.Now();
    return seat;
  }

  OfferRecord Offer(const std::string& id, const std::string& freed, const std::string& order,
                    v1::SeatOffer::State state = v1::SeatOffer::STATE_MADE,
                    const std::string& territory = "85", const std::string& region = "fr-pdl") {
    OfferRecord record;
    record.freed_seat = freed;
    record.offer.set_name("regions/" + region + "/seatOffers/" + id);
    record.offer.set_state(state);
    record.offer.set_slot(kSlot);
    record.offer.set_care_order("regions/" + region + "/cases/c1/orders/" + order);
    record.offer.set_territory(territory);
    record.offer.set_hold_token("secret");
    *record.offer.mutable_create_time() = ToTimestamp(clock_.Now());
    return record;
  }

  std::vector<std::string> List(const OfferQuery& query) {
    std::vector<std::string> ids;
    for (const OfferRecord& each : Read<std::vector<OfferRecord>>(
             [&](OfferLedger& offers) { return offers.ListOffers(query); })) {
      ids.push_back(each.offer.name().substr(each.offer.name().rfind('/') + 1));
    }
    return ids;
  }

  static OfferQuery Everything() {
    OfferQuery query;
    query.region = "fr-pdl";
    query.include_ended = true;
    query.limit = 100;
    return query;
  }

  std::vector<std::string> OpenIds(int limit = 100) {
    std::vector<std::string> ids;
    for (const FreedSeat& each : Read<std::vector<FreedSeat>>(
             [&](OfferLedger& offers) { return offers.OpenFreed(limit); })) {
      ids.push_back(each.id);
    }
    return ids;
  }
};

TEST_P(OfferLedgerTest, AFreedSeatIsKeptOnceAndComesBackWhole) {
  Write([&](OfferLedger& offers) { return offers.AddFreed(Freed("a-1")); });
  FreedSeat again = Freed("a-1");
  again.cause = "MOVED";
  Write([&](OfferLedger& offers) { return offers.AddFreed(again); });
  Reopen();
  const auto kept = Read<FreedSeat>([](OfferLedger& offers) { return offers.GetFreed("a-1"); });
  EXPECT_EQ(kept.cause, "CANCELLED");
  EXPECT_EQ(kept.slot, kSlot);
  EXPECT_EQ(kept.care_order, "regions/fr-pdl/cases/c1/orders/o1");
  EXPECT_EQ(kept.start, clock_.Now() + hours(4));
  EXPECT_EQ(kept.freed, clock_.Now());
  EXPECT_TRUE(kept.open);
  EXPECT_EQ(kept.rounds, 0);
  EXPECT_THAT(store().Read(Call(),
                           [](BookingTransaction& transaction) {
                             return transaction.offers().GetFreed("none").status();
                           }),
              ReasonIs("FREED_SEAT_NOT_FOUND"));
}

TEST_P(OfferLedgerTest, OpenOnesComeOldestFirstAndClosedOnesNotAtAll) {
  Write([&](OfferLedger& offers) { return offers.AddFreed(Freed("z-1")); });
  clock_.Advance(seconds(1));
  Write([&](OfferLedger& offers) { return offers.AddFreed(Freed("a-1")); });
  Write([&](OfferLedger& offers) { return offers.AddFreed(Freed("b-1")); });
  EXPECT_THAT(OpenIds(), ElementsAre("z-1", "a-1", "b-1"));
  EXPECT_THAT(OpenIds(2), ElementsAre("z-1", "a-1"));
  FreedSeat closed = Freed("a-1");
  closed.open = false;
  closed.rounds = 3;
  closed.offer = "regions/fr-pdl/seatOffers/a-1-3";
  closed.end_reason = "ROUNDS";
  Write([&](OfferLedger& offers) { return offers.PutFreed(closed); });
  EXPECT_THAT(OpenIds(), ElementsAre("z-1", "b-1"));
  const auto kept = Read<FreedSeat>([](OfferLedger& offers) { return offers.GetFreed("a-1"); });
  EXPECT_EQ(kept.rounds, 3);
  EXPECT_EQ(kept.offer, closed.offer);
  EXPECT_EQ(kept.end_reason, "ROUNDS");
}

TEST_P(OfferLedgerTest, OffersAreListedNewestFirstByRegionTerritoryAndState) {
  Write([&](OfferLedger& offers) { return offers.PutOffer(Offer("one", "a-1", "o1")); });
  clock_.Advance(seconds(1));
  Write([&](OfferLedger& offers) -> absl::Status {
    SAS_RETURN_IF_ERROR(offers.PutOffer(Offer("two", "a-1", "o2", v1::SeatOffer::STATE_DECLINED)));
    SAS_RETURN_IF_ERROR(
        offers.PutOffer(Offer("three", "a-1", "o3", v1::SeatOffer::STATE_MADE, "44")));
    return offers.PutOffer(Offer("four", "b-1", "o4", v1::SeatOffer::STATE_MADE, "33", "fr-naq"));
  });
  EXPECT_THAT(List(Everything()), ElementsAre("two", "three", "one"));
  OfferQuery query = Everything();
  query.include_ended = false;
  EXPECT_THAT(List(query), ElementsAre("three", "one"));
  query.territories = {"85"};
  EXPECT_THAT(List(query), ElementsAre("one"));
  query = Everything();
  query.limit = 1;
  query.after = std::pair{clock_.Now(), std::string("regions/fr-pdl/seatOffers/two")};
  EXPECT_THAT(List(query), ElementsAre("three"));
  EXPECT_EQ(Read<std::int64_t>([](OfferLedger& offers) { return offers.CountMade(); }), 3);
}

TEST_P(OfferLedgerTest, AnOfferIsReplacedByItsName) {
  OfferRecord record = Offer("one", "a-1", "o1");
  Write([&](OfferLedger& offers) { return offers.PutOffer(record); });
  record.offer.set_state(v1::SeatOffer::STATE_TAKEN);
  Write([&](OfferLedger& offers) { return offers.PutOffer(record); });
  Reopen();
  const auto kept =
      Read<OfferRecord>([&](OfferLedger& offers) { return offers.GetOffer(record.offer.name()); });
  EXPECT_EQ(kept.offer.SerializeAsString(), record.offer.SerializeAsString());
  EXPECT_EQ(kept.freed_seat, "a-1");
  EXPECT_EQ(Read<std::int64_t>([](OfferLedger& offers) { return offers.CountMade(); }), 0);
  EXPECT_THAT(store().Read(
                  Call(),
                  [](BookingTransaction& transaction) {
                    return transaction.offers().GetOffer("regions/fr-pdl/seatOffers/none").status();
                  }),
              ReasonIs("OFFER_NOT_FOUND"));
}

TEST_P(OfferLedgerTest, AskedAreThoseOfTheSeatAndThoseWithAnotherOpenOffer) {
  Write([&](OfferLedger& offers) -> absl::Status {
    SAS_RETURN_IF_ERROR(offers.PutOffer(Offer("1", "a-1", "o1", v1::SeatOffer::STATE_EXPIRED)));
    SAS_RETURN_IF_ERROR(offers.PutOffer(Offer("2", "b-1", "o2", v1::SeatOffer::STATE_MADE)));
    SAS_RETURN_IF_ERROR(offers.PutOffer(Offer("3", "b-1", "o3", v1::SeatOffer::STATE_DECLINED)));
    return offers.PutOffer(Offer("4", "c-1", "o4", v1::SeatOffer::STATE_MADE, "33", "fr-naq"));
  });
  EXPECT_THAT(Read<std::vector<std::string>>(
                  [&](OfferLedger& offers) { return offers.AskedOrders(Freed("a-1")); }),
              UnorderedElementsAre("regions/fr-pdl/cases/c1/orders/o1",
                                   "regions/fr-pdl/cases/c1/orders/o2"));
}

TEST_P(OfferLedgerTest, TheLiveAppointmentOfAnOrderIsFound) {
  using Live = std::optional<std::pair<std::string, std::string>>;
  const std::string order = "regions/fr-pdl/cases/c1/orders/o1";
  AppointmentRecord record;
  record.appointment.set_name("regions/fr-pdl/appointments/a");
  record.appointment.set_state(v1::Appointment::STATE_BOOKED);
  record.appointment.set_care_order(order);
  record.appointment.set_slot(kSlot);
  const auto live = [&](const std::string& of) {
    return Read<Live>([&](OfferLedger& offers) { return offers.LiveOfOrder(of); });
  };
  EXPECT_FALSE(live(order));
  ASSERT_THAT(store().Write(Call(), [&](BookingTransaction& t) { return t.Insert(record); }),
              IsOk());
  ASSERT_TRUE(live(order));
  EXPECT_EQ(live(order)->first, record.appointment.name());
  EXPECT_EQ(live(order)->second, kSlot);
  EXPECT_FALSE(live(""));
  record.appointment.set_state(v1::Appointment::STATE_CANCELLED);
  ++record.version;
  ASSERT_THAT(store().Write(Call(), [&](BookingTransaction& t) { return t.Update(record); }),
              IsOk());
  EXPECT_FALSE(live(order));
}

TEST_P(OfferLedgerTest, OldOnesAreForgottenWithTheirOffersWhenTheyHaveEnded) {
  FreedSeat ended = Freed("a-1");
  Write([&](OfferLedger& offers) -> absl::Status {
    SAS_RETURN_IF_ERROR(offers.AddFreed(ended));
    SAS_RETURN_IF_ERROR(offers.AddFreed(Freed("b-1")));
    SAS_RETURN_IF_ERROR(offers.PutOffer(Offer("1", "a-1", "o1", v1::SeatOffer::STATE_TAKEN)));
    SAS_RETURN_IF_ERROR(offers.PutOffer(Offer("2", "b-1", "o2", v1::SeatOffer::STATE_TAKEN)));
    ended.open = false;
    return offers.PutFreed(ended);
  });
  Write([&](OfferLedger& offers) { return offers.PurgeFreed(clock_.Now(), 10); });
  EXPECT_THAT(List(Everything()), ElementsAre("2", "1"));
  Write([&](OfferLedger& offers) { return offers.PurgeFreed(clock_.Now() + seconds(1), 10); });
  EXPECT_THAT(List(Everything()), ElementsAre("2"));
  EXPECT_THAT(OpenIds(), ElementsAre("b-1"));
}

TEST_P(OfferLedgerTest, OneReplicaHasTheWorkUntilItsLeaseEnds) {
  const auto lease = [&](const std::string& holder) {
    bool leased = false;
    Write([&](OfferLedger& offers) -> absl::Status {
      SAS_ASSIGN_OR_RETURN(leased,
                           offers.LeaseRefill(holder, clock_.Now(), clock_.Now() + seconds(8)));
      return absl::OkStatus();
    });
    return leased;
  };
  EXPECT_TRUE(lease("one"));
  EXPECT_FALSE(lease("two"));
  clock_.Advance(seconds(7));
  EXPECT_TRUE(lease("one"));
  clock_.Advance(seconds(8));
  EXPECT_TRUE(lease("two"));
  EXPECT_FALSE(lease("one"));
}

INSTANTIATE_TEST_SUITE_P(Stores, OfferLedgerTest, testing::EveryBackend(), testing::BackendName);

}  // namespace
}  // namespace sas::booking
