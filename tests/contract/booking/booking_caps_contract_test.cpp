#include <gmock/gmock.h>

#include <atomic>
#include <thread>

#include "common/testing/query_plan.h"
#include "tests/contract/booking/booking_store_fixture.h"

// What is counted under a cap where appointments are written, on each ledger.
namespace sas::booking {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using testing::IsOk;

constexpr char kDoctor[] = "99700000013";
constexpr char kColleague[] = "99700000021";
constexpr char kElsewhere[] = "regions/fr-pdl/sites/machecoul/slots/a-20261125t0900z";
constexpr char kOtherAgenda[] = "regions/fr-pdl/sites/challans/slots/a-b-20261124t1300z";

class BookingCapsTest : public BookingStoreTest {
 protected:
  /// In `slot`, `from` minutes from now, for ten.
  AppointmentRecord At(const std::string& id, const std::string& slot, int from, int seat = 0,
                       const std::string& doctor = kDoctor) {
    AppointmentRecord record = Record(id, seat);
    v1::Appointment& appointment = record.appointment;
    appointment.set_slot(slot);
    appointment.set_site(slot.substr(0, slot.find("/slots/")));
    appointment.set_practitioner_rpps(doctor);
    *appointment.mutable_start_time() = ToTimestamp(clock_.Now() + minutes(from));
    *appointment.mutable_end_time() = ToTimestamp(clock_.Now() + minutes(from + 10));
    return record;
  }

  static std::string Name(const std::string& id) { return "regions/fr-pdl/appointments/" + id; }

  /// From now to `end` minutes from now.
  CappedWeek Week(int end, const std::string& except = "") {
    return {"fr-pdl", kDoctor, clock_.Now(), clock_.Now() + minutes(end), except};
  }

  CappedSession Session(int end, int seats = 1, const std::string& except = "") {
    const base::Instant now = clock_.Now();
    return {"regions/fr-pdl/sites/challans", "a", seats, now, now + minutes(end), except};
  }

  int Count(const CappedWeek& week) {
    return Counted(
        [&](BookingTransaction& transaction) { return transaction.CountWeekForOneMore(week); });
  }

  int Count(const CappedSession& session) {
    return Counted([&](BookingTransaction& transaction) {
      return transaction.CountBeyondForOneMore(session);
    });
  }

  /// Writers at once, each of whom counts as `count` does and adds an appointment below `most`;
  /// how many did.
  template <typename Count, typename Make>
  int Race(int writers_count, int most, const Count& count, const Make& make) {
    std::atomic<int> booked{0};
    std::atomic<int> refused{0};
    std::vector<std::thread> writers;
    for (int i = 0; i < writers_count; ++i) {
      writers.emplace_back([&, i] {
        absl::Status status = absl::AbortedError("not asked yet");
        while (absl::IsAborted(status)) {  // Another counted the same first, again and again.
          status = store().Write(Call(), [&](BookingTransaction& transaction) -> absl::Status {
            SAS_ASSIGN_OR_RETURN(const int found, count(transaction));
            if (found >= most) return absl::FailedPreconditionError("full");
            return transaction.Insert(make(i));
          });
        }
        if (status.ok()) ++booked;
        if (absl::IsFailedPrecondition(status)) ++refused;
      });
    }
    for (std::thread& writer : writers) writer.join();
    EXPECT_EQ(booked + refused, writers_count);
    return booked;
  }

 private:
  template <typename Ask>
  int Counted(const Ask& ask) {
    int found = -1;
    EXPECT_THAT(store().Write(Call(),
                              [&](BookingTransaction& transaction) -> absl::Status {
                                SAS_ASSIGN_OR_RETURN(found, ask(transaction));
                                return absl::OkStatus();
                              }),
                IsOk());
    return found;
  }
};

TEST_P(BookingCapsTest, S2_53_AWeekIsCountedOverAllSitesOfWhoReceives) {
  ASSERT_THAT(Insert(At("a", kSlot, 60)), IsOk());
  ASSERT_THAT(Insert(At("b", kElsewhere, 120)), IsOk());
  ASSERT_THAT(Insert(At("c", kSlot, 60, 1, kColleague)), IsOk());
  AppointmentRecord region = At("d", "regions/fr-bre/sites/redon/slots/a-20261124t1500z", 180);
  region.appointment.set_name("regions/fr-bre/appointments/d");
  ASSERT_THAT(Insert(region), IsOk());
  Reopen();
  EXPECT_EQ(Count(Week(121)), 2);
  EXPECT_EQ(Count(Week(120)), 1) << "the end does not count";
  EXPECT_EQ(Count(Week(600)), 2) << "another region has its own cap";
  EXPECT_EQ(Count(Week(600, Name("b"))), 1) << "one that is moved does not stand in its own way";
  CappedWeek later = Week(600);
  later.start = clock_.Now() + minutes(60);
  EXPECT_EQ(Count(later), 2);
  later.start += minutes(1);
  EXPECT_EQ(Count(later), 1);
  // One that has ended was one of the week; one that is cancelled was not.
  ASSERT_THAT(Update(Get(Name("a")), v1::Appointment::STATE_FULFILLED), IsOk());
  EXPECT_EQ(Count(Week(600)), 2);
  ASSERT_THAT(Update(Get(Name("b")), v1::Appointment::STATE_CANCELLED), IsOk());
  EXPECT_EQ(Count(Week(600)), 1);
}

// Each confirmation counts: by who receives, and not by going through his region's week.
TEST_P(BookingCapsTest, S2_53_AWeekIsFoundByWhoReceives) {
  ASSERT_THAT(Insert(At("a", kSlot, 60)), IsOk());
  EXPECT_EQ(Count(Week(120)), 1);
  EXPECT_EQ(Count(Session(120, 0)), 1);
  if (GetParam() != testing::Backend::kSqlite) return;
  const auto plan = [this](const std::string& part) {
    return testing::PlanOf(*under_test_->database(), clock_, part);
  };
  EXPECT_THAT(plan("start_us < :end_us AND name <> :except"),
              ::testing::HasSubstr("appointments_practitioner"));
  EXPECT_THAT(plan("seat >= :seats AND name <> :except"),
              ::testing::HasSubstr("appointments_site_start"));
}

TEST_P(BookingCapsTest, ASessionIsCountedBeyondItsSeats) {
  ASSERT_THAT(Insert(At("in", kSlot, 60, 0)), IsOk());
  ASSERT_THAT(Insert(At("beyond", kSlot, 60, 1)), IsOk());
  ASSERT_THAT(Insert(At("later", "regions/fr-pdl/sites/challans/slots/a-20261124t1320z", 80, 2)),
              IsOk());
  // A longer name of an agenda is another agenda, and so is one of another site.
  ASSERT_THAT(Insert(At("other", kOtherAgenda, 60, 5, kColleague)), IsOk());
  ASSERT_THAT(Insert(At("elsewhere", kElsewhere, 200, 5, kColleague)), IsOk());
  Reopen();
  EXPECT_EQ(Count(Session(600)), 2);
  EXPECT_EQ(Count(Session(600, 2)), 1);
  EXPECT_EQ(Count(Session(80)), 1);
  EXPECT_EQ(Count(Session(600, 1, Name("later"))), 1);
  ASSERT_THAT(Update(Get(Name("beyond")), v1::Appointment::STATE_CANCELLED), IsOk());
  EXPECT_EQ(Count(Session(600)), 1);
}

// However they meet, whoever would be one too many counts again.
TEST_P(BookingCapsTest, S2_53_OfManyAtOnceAsManyAreWrittenAsTheWeekTakes) {
  const CappedWeek week = Week(24 * 60);
  const auto count = [&](BookingTransaction& transaction) {
    return transaction.CountWeekForOneMore(week);
  };
  const auto make = [&](int i) {
    const std::string slot = i % 2 == 0 ? std::string(kSlot) : std::string(kElsewhere);
    return At("w" + std::to_string(i), slot + std::to_string(i), 60 + 15 * i);
  };
  EXPECT_EQ(Race(8, 3, count, make), 3);
  EXPECT_EQ(Count(week), 3);
}

TEST_P(BookingCapsTest, OfManyAtOnceAsManyLieBeyondTheSeatsAsTheSessionTakes) {
  const CappedSession session = Session(24 * 60);
  const auto count = [&](BookingTransaction& transaction) {
    return transaction.CountBeyondForOneMore(session);
  };
  const auto make = [&](int i) {
    return At("s" + std::to_string(i),
              "regions/fr-pdl/sites/challans/slots/a-20261124t140" + std::to_string(i) + "z",
              120 + 10 * i, 1);
  };
  EXPECT_EQ(Race(8, 2, count, make), 2);
  EXPECT_EQ(Count(session), 2);
}

INSTANTIATE_TEST_SUITE_P(Stores, BookingCapsTest, testing::EveryBackend(), testing::BackendName);

}  // namespace
}  // namespace sas::booking
