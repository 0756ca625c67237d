// What every ledger must do with work at sources and with bookings that platforms report.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/testing/status_matchers.h"
#include "services/booking/convert.h"
#include "tests/contract/booking/booking_stores.h"

namespace sas::booking {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::ReasonIs;

constexpr char kFirst[] = "regions/fr-pdl/appointments/a1";
constexpr char kSecond[] = "regions/fr-pdl/appointments/a2";

class SourceLedgerTest : public testing::StoreContract<StoreUnderTest> {
 protected:
  template <typename Work>
  absl::Status Try(Work work) {
    return store().Write(base::InternalCall("test", clock_, seconds(20)),
                         [&](BookingTransaction& transaction) -> absl::Status {
                           return work(transaction.sources());
                         });
  }

  template <typename Work>
  auto Read(Work work) {
    typename decltype(work(std::declval<SourceLedger&>()))::value_type value{};
    EXPECT_THAT(store().Read(base::InternalCall("test", clock_, seconds(20)),
                             [&](BookingTransaction& transaction) -> absl::Status {
                               SAS_ASSIGN_OR_RETURN(value, work(transaction.sources()));
                               return absl::OkStatus();
                             }),
                IsOk());
    return value;
  }

  SourceWork Work(const std::string& appointment, seconds due) {
    SourceWork work;
    work.appointment = appointment;
    work.due = clock_.Now() + due;
    work.overdue = clock_.Now() + minutes(15);
    return work;
  }

  std::vector<std::string> Due(seconds after, int limit = 10) {
    std::vector<std::string> names;
    for (const SourceWork& work : Read(
             [&](SourceLedger& sources) { return sources.DueWork(clock_.Now() + after, limit); })) {
      names.push_back(work.appointment);
    }
    return names;
  }

  v1::SourceBooking Booking(const std::string& id, const std::string& number,
                            const std::string& regulation_case = "") {
    v1::SourceBooking booking;
    booking.set_name("regions/fr-pdl/sourceBookings/" + id);
    booking.set_partner("doctoplan");
    booking.set_external_appointment_id(number);
    booking.set_version(3);
    booking.set_regulation_case(regulation_case);
    *booking.mutable_create_time() = ToTimestamp(clock_.Now());
    return booking;
  }

  absl::Status Put(const v1::SourceBooking& booking) {
    return Try([&](SourceLedger& sources) { return sources.PutBooking(booking); });
  }

  std::vector<std::string> Numbers(const SourceBookingQuery& query) {
    std::vector<std::string> numbers;
    for (const v1::SourceBooking& each :
         Read([&](SourceLedger& sources) { return sources.ListBookings(query); })) {
      numbers.push_back(each.external_appointment_id());
    }
    return numbers;
  }
};

INSTANTIATE_TEST_SUITE_P(Stores, SourceLedgerTest, testing::EveryBackend(), testing::BackendName);

TEST_P(SourceLedgerTest, WorkIsOneForEachAppointmentAndDueInItsTime) {
  SourceWork work = Work(kFirst, seconds(10));
  ASSERT_THAT(Try([&](SourceLedger& sources) -> absl::Status {
                SAS_RETURN_IF_ERROR(sources.PutWork(work));
                return sources.PutWork(Work(kSecond, seconds(5)));
              }),
              IsOk());
  EXPECT_THAT(Due(seconds(4)), IsEmpty());
  EXPECT_THAT(Due(seconds(5)), ElementsAre(kSecond));
  EXPECT_THAT(Due(seconds(10)), ElementsAre(kSecond, kFirst));
  EXPECT_THAT(Due(seconds(10), 1), ElementsAre(kSecond));
  work.task = SourceTask::kCancel;
  work.attempts = 4;
  work.told_person = true;
  ASSERT_THAT(Try([&](SourceLedger& sources) { return sources.PutWork(work); }), IsOk());
  Reopen();
  const auto kept = Read([](SourceLedger& sources) { return sources.GetWork(kFirst); });
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->task, SourceTask::kCancel);
  EXPECT_EQ(kept->attempts, 4);
  EXPECT_EQ(kept->due, work.due);
  EXPECT_EQ(kept->overdue, work.overdue);
  EXPECT_TRUE(kept->told_person);
  EXPECT_EQ(Read([](SourceLedger& sources) { return sources.Figures(); }).overdue, 1);
  ASSERT_THAT(Try([&](SourceLedger& sources) { return sources.RemoveWork(kFirst); }), IsOk());
  EXPECT_FALSE(Read([](SourceLedger& sources) { return sources.GetWork(kFirst); }));
  EXPECT_EQ(Read([](SourceLedger& sources) { return sources.Figures(); }).work, 1);
}

TEST_P(SourceLedgerTest, S2_44_OneBookingForEachPlatformAndNumber) {
  ASSERT_THAT(Put(Booking("1-a", "RDV-7")), IsOk());
  EXPECT_THAT(Put(Booking("2-b", "RDV-7")), ReasonIs("SOURCE_BOOKING_EXISTS"));
  ASSERT_THAT(Put(Booking("2-b", "RDV-8")), IsOk());
  v1::SourceBooking other = Booking("3-c", "RDV-7");
  other.set_partner("agendia");
  ASSERT_THAT(Put(other), IsOk());
  Reopen();
  const auto found = Read(
      [](SourceLedger& sources) { return sources.FindBooking("fr-pdl", "doctoplan", "RDV-7"); });
  ASSERT_TRUE(found);
  EXPECT_EQ(found->SerializeAsString(), Booking("1-a", "RDV-7").SerializeAsString());
  EXPECT_FALSE(Read(
      [](SourceLedger& sources) { return sources.FindBooking("fr-naq", "doctoplan", "RDV-7"); }));
  EXPECT_THAT(
      Try([](SourceLedger& sources) { return sources.GetBooking("regions/fr-pdl/x").status(); }),
      ReasonIs("SOURCE_BOOKING_NOT_FOUND"));
}

TEST_P(SourceLedgerTest, H32_TheWorkListHasThoseThatNobodyHasJoined) {
  ASSERT_THAT(Put(Booking("1-a", "RDV-1")), IsOk());
  clock_.Advance(minutes(2));
  ASSERT_THAT(Put(Booking("2-b", "RDV-2")), IsOk());
  ASSERT_THAT(Put(Booking("3-c", "RDV-3", "regions/fr-pdl/cases/c1")), IsOk());
  SourceBookingQuery query;
  query.region = "fr-pdl";
  query.limit = 10;
  EXPECT_THAT(Numbers(query), ElementsAre("RDV-1", "RDV-2"));
  const auto figures = Read([](SourceLedger& sources) { return sources.Figures(); });
  EXPECT_EQ(figures.unjoined, 2);
  EXPECT_EQ(figures.oldest_unjoined, clock_.Now() - minutes(2));
  query.limit = 1;
  EXPECT_THAT(Numbers(query), ElementsAre("RDV-1"));
  query.after = "regions/fr-pdl/sourceBookings/1-a";
  EXPECT_THAT(Numbers(query), ElementsAre("RDV-2"));
  v1::SourceBooking joined = Booking("1-a", "RDV-1", "regions/fr-pdl/cases/c1");
  ASSERT_THAT(Put(joined), IsOk());
  SourceBookingQuery dossier;
  dossier.region = "fr-pdl";
  dossier.regulation_case = "regions/fr-pdl/cases/c1";
  dossier.limit = 10;
  EXPECT_THAT(Numbers(dossier), ElementsAre("RDV-1", "RDV-3"));
  query = {"fr-naq", "", "", 10};
  EXPECT_THAT(Numbers(query), IsEmpty());
}

TEST_P(SourceLedgerTest, KeepsWhereItHasComeInAnotherFeed) {
  EXPECT_EQ(Read([](SourceLedger& sources) { return sources.GetCursor("slots"); }), "");
  for (const char* cursor : {"c-1", "c-2"}) {
    ASSERT_THAT(Try([&](SourceLedger& sources) { return sources.PutCursor("slots", cursor); }),
                IsOk());
  }
  Reopen();
  EXPECT_EQ(Read([](SourceLedger& sources) { return sources.GetCursor("slots"); }), "c-2");
  EXPECT_EQ(Read([](SourceLedger& sources) { return sources.GetCursor("other"); }), "");
}

TEST_P(SourceLedgerTest, OneReplicaAtATimeAsks) {
  const auto lease = [&](const std::string& holder) {
    bool leased = false;
    EXPECT_THAT(Try([&](SourceLedger& sources) -> absl::Status {
                  SAS_ASSIGN_OR_RETURN(leased, sources.LeaseSources(holder, clock_.Now(),
                                                                    clock_.Now() + seconds(40)));
                  return absl::OkStatus();
                }),
                IsOk());
    return leased;
  };
  EXPECT_TRUE(lease("one"));
  EXPECT_FALSE(lease("two"));
  EXPECT_TRUE(lease("one"));
  clock_.Advance(seconds(40));
  EXPECT_TRUE(lease("two"));
}

}  // namespace
}  // namespace sas::booking
