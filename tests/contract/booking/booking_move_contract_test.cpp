#include <atomic>
#include <set>
#include <thread>
#include <utility>

#include "tests/contract/booking/booking_store_fixture.h"

// Appointments that go to another seat, on each ledger.
namespace sas::booking {
namespace {

using testing::IsOk;
using testing::ReasonIs;
using testing::StatusIs;

constexpr char kOther[] = "regions/fr-pdl/sites/machecoul/slots/b-20261124t1500z";

class BookingMoveTest : public BookingStoreTest {
 protected:
  static std::string Name(const std::string& id) { return "regions/fr-pdl/appointments/" + id; }

  absl::Status Move(AppointmentRecord record, const std::string& slot, int seat) {
    record.appointment.set_slot(slot);
    record.appointment.set_seat(seat);
    record.appointment.set_site(slot.substr(0, slot.find("/slots/")));
    *record.appointment.mutable_start_time() = ToTimestamp(clock_.Now() + std::chrono::hours(2));
    ++record.version;
    return store().Write(Call(),
                         [&](BookingTransaction& transaction) { return transaction.Move(record); });
  }
};

TEST_P(BookingMoveTest, TheOldSeatIsFreeAndTheNewOneTaken) {
  ASSERT_THAT(Insert(Record("a", 0, "o1")), IsOk());
  ASSERT_THAT(Move(Get(Name("a")), kOther, 3), IsOk());
  Reopen();
  const AppointmentRecord moved = Get(Name("a"));
  EXPECT_EQ(moved.version, 2);
  EXPECT_EQ(moved.appointment.slot(), kOther);
  EXPECT_EQ(moved.appointment.seat(), 3);
  EXPECT_THAT(Insert(Record("b", 0)), IsOk());  // In the seat that it left.
  AppointmentRecord late = Record("c", 3);
  late.appointment.set_slot(kOther);
  EXPECT_THAT(Insert(late), StatusIs(absl::StatusCode::kAlreadyExists, "SEAT_TAKEN"));
  EXPECT_THAT(Insert(Record("d", 5, "o1")), ReasonIs("ORDER_ALREADY_BOOKED"));
  AppointmentQuery query = Everything();
  query.site = "regions/fr-pdl/sites/machecoul";
  EXPECT_EQ(List(query), std::vector<std::string>{"a"});
  query = Everything();
  query.start = clock_.Now() + std::chrono::hours(1);
  EXPECT_EQ(List(query), std::vector<std::string>{"a"});
}

TEST_P(BookingMoveTest, H26_ATakenSeatLeavesTheOldOneUntouched) {
  ASSERT_THAT(Insert(Record("a", 0)), IsOk());
  ASSERT_THAT(Insert(Record("b", 1)), IsOk());
  EXPECT_THAT(Move(Get(Name("a")), kSlot, 1),
              StatusIs(absl::StatusCode::kAlreadyExists, "SEAT_TAKEN"));
  EXPECT_EQ(Get(Name("a")).version, 1);
  EXPECT_EQ(Get(Name("a")).appointment.seat(), 0);
  EXPECT_THAT(Insert(Record("c", 0)), ReasonIs("SEAT_TAKEN"));  // Still its own.
  ASSERT_THAT(Update(Get(Name("b")), v1::Appointment::STATE_CANCELLED), IsOk());
  EXPECT_THAT(Move(Get(Name("a")), kSlot, 1), IsOk());
}

TEST_P(BookingMoveTest, MovesOnlyTheVersionThatWasRead) {
  ASSERT_THAT(Insert(Record("a", 0)), IsOk());
  const AppointmentRecord read = Get(Name("a"));
  ASSERT_THAT(Move(read, kOther, 0), IsOk());
  EXPECT_THAT(Move(read, kOther, 1), StatusIs(absl::StatusCode::kAborted, "CONCURRENT_CHANGE"));
  EXPECT_EQ(Get(Name("a")).appointment.seat(), 0);
}

TEST_P(BookingMoveTest, H26_TwentyMovesOntoOneSeatMoveOne) {
  constexpr int kMovers = 20;
  for (int i = 0; i < kMovers; ++i) {
    ASSERT_THAT(Insert(Record("m" + std::to_string(i), i)), IsOk());
  }
  std::atomic<int> moved{0};
  std::atomic<int> refused{0};
  std::vector<std::thread> movers;
  for (int i = 0; i < kMovers; ++i) {
    const AppointmentRecord record = Get(Name("m" + std::to_string(i)));
    movers.emplace_back([&, record] {
      const absl::Status status = Move(record, kOther, 0);
      if (status.ok()) ++moved;
      if (base::ReasonOf(status) == "SEAT_TAKEN") ++refused;
    });
  }
  for (std::thread& mover : movers) mover.join();
  EXPECT_EQ(moved, 1);
  EXPECT_EQ(refused, kMovers - 1);
  // Everybody has a seat, and nobody two.
  std::set<std::pair<std::string, int>> seats;
  for (int i = 0; i < kMovers; ++i) {
    const v1::Appointment now = Get(Name("m" + std::to_string(i))).appointment;
    EXPECT_TRUE(seats.emplace(now.slot(), now.seat()).second);
  }
}

INSTANTIATE_TEST_SUITE_P(Stores, BookingMoveTest, testing::EveryBackend(), testing::BackendName);

}  // namespace
}  // namespace sas::booking
