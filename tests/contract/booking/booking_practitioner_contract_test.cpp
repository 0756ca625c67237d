#include <atomic>
#include <thread>

#include "tests/contract/booking/booking_store_fixture.h"

// Nobody receives two patients at once in two agendas (hazard H-22), on each ledger.
namespace sas::booking {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using testing::IsOk;
using testing::ReasonIs;
using testing::StatusIs;

constexpr char kOther[] = "regions/fr-pdl/sites/machecoul/slots/doctoplan-20261124t1305z";
constexpr char kThird[] = "regions/fr-bre/sites/redon/slots/agendia-20261124t1300z";
constexpr char kDoctor[] = "99700000013";
constexpr char kColleague[] = "99700000021";

class BookingPractitionerTest : public BookingStoreTest {
 protected:
  /// In `slot`, `from` to `to` minutes from now.
  AppointmentRecord At(const std::string& id, const std::string& slot, int from, int to,
                       const std::string& doctor = kDoctor, int seat = 0) {
    AppointmentRecord record = Record(id, seat);
    v1::Appointment& appointment = record.appointment;
    appointment.set_slot(slot);
    appointment.set_site(slot.substr(0, slot.find("/slots/")));
    appointment.set_practitioner_rpps(doctor);
    *appointment.mutable_start_time() = ToTimestamp(clock_.Now() + minutes(from));
    *appointment.mutable_end_time() = ToTimestamp(clock_.Now() + minutes(to));
    return record;
  }

  absl::Status Move(AppointmentRecord record) {
    ++record.version;
    return store().Write(Call(),
                         [&](BookingTransaction& transaction) { return transaction.Move(record); });
  }

  static std::string Name(const std::string& id) { return "regions/fr-pdl/appointments/" + id; }
};

TEST_P(BookingPractitionerTest, H22_TwoAgendasOfOneDoctorExcludeEachOther) {
  ASSERT_THAT(Insert(At("a", kSlot, 60, 75)), IsOk());
  const absl::Status refused = Insert(At("b", kOther, 74, 89));
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kFailedPrecondition, "PRACTITIONER_BUSY"));
  EXPECT_EQ(base::DetailOf(refused).metadata,
            (base::Metadata{{"slot", kOther}, {"busy_slot", kSlot}}));
  Reopen();
  EXPECT_THAT(Insert(At("b", kOther, 46, 61)), ReasonIs("PRACTITIONER_BUSY"));
  EXPECT_THAT(Insert(At("b", kOther, 30, 120)), ReasonIs("PRACTITIONER_BUSY"));
  EXPECT_THAT(Insert(At("b", kOther, 65, 70)), ReasonIs("PRACTITIONER_BUSY"));
  EXPECT_THAT(Insert(At("b", kThird, 60, 75)), ReasonIs("PRACTITIONER_BUSY"));
  // One that has ended keeps its time; one that is cancelled does not.
  ASSERT_THAT(Update(Get(Name("a")), v1::Appointment::STATE_FULFILLED), IsOk());
  EXPECT_THAT(Insert(At("b", kOther, 74, 89)), ReasonIs("PRACTITIONER_BUSY"));
  ASSERT_THAT(Update(Get(Name("a")), v1::Appointment::STATE_CANCELLED), IsOk());
  EXPECT_THAT(Insert(At("b", kOther, 74, 89)), IsOk());
}

TEST_P(BookingPractitionerTest, H22_WhatTouchesWithoutOverlappingAndWhoIsSomebodyElseMayBeBooked) {
  ASSERT_THAT(Insert(At("a", kSlot, 60, 75)), IsOk());
  EXPECT_THAT(Insert(At("b", kOther, 75, 90)), IsOk());
  EXPECT_THAT(Insert(At("c", kThird, 45, 60)), IsOk());
  EXPECT_THAT(Insert(At("d", kOther, 60, 75, kColleague, 1)), IsOk());
  // Seats of one slot share its time, whatever the plan has made of its length since.
  EXPECT_THAT(Insert(At("e", kSlot, 60, 75, kDoctor, 1)), IsOk());
  EXPECT_THAT(Insert(At("f", kSlot, 60, 70, kDoctor, 2)), IsOk());
  // Nobody is named: nobody can be in two places.
  EXPECT_THAT(Insert(At("g", kThird, 60, 75, "", 3)), IsOk());
  EXPECT_THAT(Insert(At("h", kOther, 60, 75, "", 4)), IsOk());
}

TEST_P(BookingPractitionerTest, H22_AMoveGoesToNoTimeThatAnotherAgendaHas) {
  ASSERT_THAT(Insert(At("a", kSlot, 60, 75)), IsOk());
  ASSERT_THAT(Insert(At("b", kThird, 120, 135)), IsOk());
  AppointmentRecord moved = At("a", kOther, 130, 145);
  EXPECT_THAT(Move(moved), StatusIs(absl::StatusCode::kFailedPrecondition, "PRACTITIONER_BUSY"));
  EXPECT_EQ(Get(Name("a")).version, 1);
  // Its own time is free for it, and what it leaves for everybody.
  ASSERT_THAT(Move(At("a", kOther, 65, 80)), IsOk());
  EXPECT_THAT(Insert(At("c", kThird, 60, 65, kDoctor, 1)), IsOk());
  EXPECT_THAT(Insert(At("d", kThird, 70, 75, kDoctor, 2)), ReasonIs("PRACTITIONER_BUSY"));
  // To a colleague of the same site it leaves all of it.
  moved = At("a", kOther, 65, 80, kColleague);
  moved.version = 2;
  ASSERT_THAT(Move(moved), IsOk());
  EXPECT_THAT(Insert(At("d", kThird, 70, 75, kDoctor, 2)), IsOk());
}

TEST_P(BookingPractitionerTest, H22_AMemberOfAGroupThatIsRefusedLeavesNothingOfTheOthers) {
  EXPECT_THAT(store().Write(Call(),
                            [&](BookingTransaction& transaction) -> absl::Status {
                              SAS_RETURN_IF_ERROR(transaction.Insert(At("a", kSlot, 60, 75)));
                              return transaction.Insert(At("b", kOther, 60, 75));
                            }),
              ReasonIs("PRACTITIONER_BUSY"));
  EXPECT_EQ(List(Everything()), std::vector<std::string>{});
}

// Whoever comes first has the doctor: exactly one, however they meet.
TEST_P(BookingPractitionerTest, H22_OfTwoPlatformsAtOnceOneWins) {
  for (int round = 0; round < 25; ++round) {
    std::atomic<int> booked{0};
    std::atomic<int> refused{0};
    std::vector<std::thread> writers;
    for (int i = 0; i < 4; ++i) {
      writers.emplace_back([&, i, round] {
        const int from = 60 * (round + 1) + 5 * i;  // All of them have the last of the 20 minutes.
        const std::string id = "r" + std::to_string(round) + "-" + std::to_string(i);
        const std::string slot =
            (i % 2 == 0 ? std::string(kOther) : std::string(kThird)) + "-" + id;
        const absl::Status status = Insert(At(id, slot, from, from + 20));
        if (status.ok()) ++booked;
        if (base::ReasonOf(status) == "PRACTITIONER_BUSY") ++refused;
      });
    }
    for (std::thread& writer : writers) writer.join();
    ASSERT_EQ(booked, 1) << round;
    ASSERT_EQ(refused, 3) << round;
  }
}

// Who comes to a slot that has somebody leans on him: when he goes meanwhile, the time is not open
// to another agenda for that instant.
TEST_P(BookingPractitionerTest, H22_ANeighbourWhoGoesTakesNoTimeOfWhoComes) {
  for (int round = 0; round < 25; ++round) {
    const std::string n = std::to_string(round);
    const int from = 60 * (round + 1);
    const std::string slot = std::string(kSlot) + "-" + n;
    ASSERT_THAT(Insert(At("first" + n, slot, from, from + 15)), IsOk());
    std::thread leaves([&] {
      AppointmentRecord record = Get(Name("first" + n));
      EXPECT_THAT(Update(record, v1::Appointment::STATE_CANCELLED), IsOk());
    });
    absl::Status second;
    std::thread comes(
        [&] { second = Insert(At("second" + n, slot, from, from + 15, kDoctor, 1)); });
    absl::Status other;
    std::thread elsewhere(
        [&] { other = Insert(At("other" + n, kOther, from, from + 15, kDoctor, round)); });
    leaves.join();
    comes.join();
    elsewhere.join();
    EXPECT_NE(second.ok(), other.ok()) << round << ": " << second << " / " << other;
  }
}

INSTANTIATE_TEST_SUITE_P(Stores, BookingPractitionerTest, testing::EveryBackend(),
                         testing::BackendName);

}  // namespace
}  // namespace sas::booking
