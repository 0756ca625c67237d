#include <atomic>
#include <thread>

#include "tests/rpc/booking/booking_fixture.h"

// Caps that two confirmations at once would both pass: the slots have judged each by itself.
namespace sas::booking {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using testing::IsOk;
using testing::ReasonIs;
using testing::StatusIs;

constexpr char kDoctor[] = "99700000013";
constexpr char kLater[] = "regions/fr-pdl/sites/challans/slots/b-20261124t1500z";
constexpr char kElsewhere[] = "regions/fr-pdl/sites/machecoul/slots/c-20261124t1500z";
constexpr char kNextWeek[] = "regions/fr-pdl/sites/challans/slots/a-20261201t1300z";

class CapsBase : public BookingTest {
 protected:
  using BookingTest::BookingTest;

  void Put(const std::string& slot, hours from_now) {
    slots_.SetSlot(slot, clock_.Now() + from_now, minutes(15), type::v1::CONSULTATION_MODE_AMB);
  }

  absl::StatusOr<v1::Appointment> Move(const v1::Appointment& from, const std::string& slot,
                                       const std::string& request_id, int seat = 0) {
    v1::RescheduleAppointmentRequest request;
    request.set_name(from.name());
    request.set_slot(slot);
    request.set_hold_token(slots_.Hold(slot, seat, "pharmacie-1"));
    request.set_reason_code("PATIENT");
    request.set_etag(from.etag());
    request.set_request_id(request_id);
    return Ask<v1::Appointment>(Pharmacist(), request,
                                &v1::BookingService::Stub::RescheduleAppointment);
  }

  absl::StatusOr<v1::Appointment> CreateIn(const std::string& slot, const std::string& request_id,
                                           int seat = 0) {
    v1::CreateAppointmentRequest request = DirectRequest(request_id);
    request.mutable_appointment()->set_slot(slot);
    request.set_hold_token(slots_.Hold(slot, seat, "pharmacie-1"));
    return Create(Pharmacist(), request);
  }

  // Seats that the relay has given back.
  int GivenBack() {
    Flush();
    int count = 0;
    for (const auto& batch : slots_.committed()) {
      for (const auto& change : batch.changes()) count += change.taken() ? 0 : 1;
    }
    return count;
  }
};

class CapsTest : public CapsBase {};

TEST_F(CapsTest, S2_53_OneMoreThanTheWeekTakesIsRefusedAndItsSeatGivenBack) {
  slots_.SetWeekCap(1);
  MustCreate("r-1");
  const auto refused = Create(Pharmacist(), DirectRequest("r-2", 1));
  ASSERT_THAT(refused, StatusIs(absl::StatusCode::kFailedPrecondition, "PRACTITIONER_WEEKLY_CAP"));
  EXPECT_EQ(base::DetailOf(refused.status()).metadata,
            (base::Metadata{{"lifted_by", "SITE"},
                            {"practitioner", "regions/fr-pdl/practitioners/99700000013"},
                            {"weekly_appointment_max", "1"}}));
  EXPECT_EQ(AllNames().size(), 1u);
  EXPECT_EQ(GivenBack(), 1);
  Put(kNextWeek, hours(7 * 24));
  EXPECT_THAT(CreateIn(kNextWeek, "r-3"), IsOk()) << "another week";
}

TEST_F(CapsTest, S2_26_HoursHaveTheirOwnCapBesideTheDay) {
  slots_.SetHoursCap(1);
  slots_.SetDayCap(2);
  const v1::Appointment one = MustCreate("r-1");
  const auto refused = Create(Pharmacist(), DirectRequest("r-2", 1));
  ASSERT_THAT(refused, StatusIs(absl::StatusCode::kFailedPrecondition, "SITE_DAILY_CAP"));
  EXPECT_EQ(base::DetailOf(refused.status()).metadata,
            (base::Metadata{{"daily_appointment_max", "1"},
                            {"hours", "this hour"},
                            {"lifted_by", "SITE"},
                            {"site", one.site()}}));
  EXPECT_EQ(GivenBack(), 1);
  // Within its hour it takes no other place; another hour is not full, and then the day is.
  const std::string soon = "regions/fr-pdl/sites/challans/slots/a-20261124t1320z";
  slots_.SetSlot(soon, base::ToInstant(one.start_time()) + minutes(20), minutes(15),
                 type::v1::CONSULTATION_MODE_AMB);
  const auto moved = Move(one, soon, "m-1");
  ASSERT_THAT(moved, IsOk());
  Put(kLater, hours(4));
  const auto later = CreateIn(kLater, "r-3");
  ASSERT_THAT(later, IsOk());
  EXPECT_THAT(Move(*later, kSlot, "m-2", 2), ReasonIs("SITE_DAILY_CAP"));
  const std::string evening = "regions/fr-pdl/sites/challans/slots/a-20261124t1700z";
  Put(evening, hours(6));
  const auto full = CreateIn(evening, "r-4");
  ASSERT_THAT(full, ReasonIs("SITE_DAILY_CAP"));
  EXPECT_EQ(base::DetailOf(full.status()).metadata,
            (base::Metadata{
                {"daily_appointment_max", "2"}, {"lifted_by", "SITE"}, {"site", one.site()}}));
}

TEST_F(CapsTest, OneMoreThanTheSessionTakesBeyondItsSeatsIsRefusedAndItsSeatGivenBack) {
  MustCreate("r-1", 0);
  slots_.SetSupernumerary("PRACTITIONER_AGREES", 1);
  const v1::Appointment beyond = MustCreate("r-2", 1);
  const auto refused = Create(Pharmacist(), DirectRequest("r-3", 2));
  ASSERT_THAT(refused, StatusIs(absl::StatusCode::kFailedPrecondition, "SUPERNUMERARY_EXHAUSTED"));
  EXPECT_EQ(base::DetailOf(refused.status()).metadata,
            (base::Metadata{{"lifted_by", "SITE"}, {"slot", kSlot}, {"supernumerary_max", "1"}}));
  EXPECT_EQ(GivenBack(), 1);
  // Another agenda has its own allowance; within its session the one that has it may move.
  Put(kLater, hours(4));
  EXPECT_THAT(CreateIn(kLater, "r-4", 1), IsOk());
  const std::string within = "regions/fr-pdl/sites/challans/slots/a-20261124t1400z";
  Put(within, hours(5));
  EXPECT_THAT(Move(beyond, within, "m-1", 1), IsOk());
}

TEST_F(CapsTest, S2_53_AMoveIntoAFullWeekIsRefusedAndOneWithinItIsNot) {
  slots_.SetWeekCap(2);
  slots_.SetDoctor(kElsewhere, kDoctor);
  Put(kElsewhere, hours(6));
  Put(kLater, hours(4));
  Put(kNextWeek, hours(7 * 24));
  const v1::Appointment one = MustCreate("r-1", 0);
  MustCreate("r-2", 1);
  const auto other = CreateIn(kNextWeek, "r-3");
  ASSERT_THAT(other, IsOk());
  EXPECT_THAT(Move(*other, kSlot, "m-1", 2), ReasonIs("PRACTITIONER_WEEKLY_CAP"));
  const auto still = Get(Pharmacist(), other->name());
  ASSERT_THAT(still, IsOk());
  EXPECT_EQ(still->slot(), kNextWeek);
  EXPECT_EQ(GivenBack(), 1);
  // Where it goes to, it takes no other place of the week; a colleague's week is not full.
  EXPECT_THAT(Move(one, kElsewhere, "m-2"), IsOk());
  EXPECT_THAT(Move(*other, kLater, "m-3"), IsOk());
}

TEST_F(CapsTest, S2_53_OfAFamilyNobodyIsBookedWhenTheWeekCannotTakeAll) {
  slots_.SetWeekCap(2);
  const auto refused = Ask<v1::BatchCreateAppointmentsResponse>(
      Pharmacist(), Family(3), &v1::BookingService::Stub::BatchCreateAppointments);
  ASSERT_THAT(refused, ReasonIs("PRACTITIONER_WEEKLY_CAP"));
  EXPECT_TRUE(AllNames().empty());
  EXPECT_THAT(
      Ask<v1::BatchCreateAppointmentsResponse>(Pharmacist(), Family(2, "b-2"),
                                               &v1::BookingService::Stub::BatchCreateAppointments),
      IsOk());
}

class CapsRaceTest : public CapsBase, public ::testing::WithParamInterface<testing::Backend> {
 protected:
  CapsRaceTest() : CapsBase(GetParam()) {}

  /// Callers at once, for seats 0 to `callers_count` - 1: how many have one; the others are refused
  /// with `reason`.
  int Race(int callers_count, const std::string& reason) {
    std::vector<v1::CreateAppointmentRequest> requests;
    for (int i = 0; i < callers_count; ++i) {
      requests.push_back(DirectRequest("r-" + std::to_string(i), /*seat=*/i));
    }
    std::atomic<int> booked{0};
    std::atomic<int> capped{0};
    std::vector<std::thread> callers;
    for (const v1::CreateAppointmentRequest& request : requests) {
      callers.emplace_back([&, request] {
        absl::StatusOr<v1::Appointment> created = absl::AbortedError("not asked yet");
        while (absl::IsAborted(created.status())) {  // Another was counted first.
          created = Create(Pharmacist(), request);
        }
        if (created.ok()) ++booked;
        if (base::ReasonOf(created.status()) == reason) ++capped;
      });
    }
    for (std::thread& caller : callers) caller.join();
    EXPECT_EQ(booked + capped, callers_count);
    EXPECT_EQ(AllNames().size(), static_cast<std::size_t>(booked));
    return booked;
  }
};

TEST_P(CapsRaceTest, S2_53_OfManyAtOnceAsManyAreBookedAsTheWeekTakes) {
  slots_.SetWeekCap(3);
  EXPECT_EQ(Race(12, "PRACTITIONER_WEEKLY_CAP"), 3);
}

TEST_P(CapsRaceTest, OfManyAtOnceAsManyAreBookedBeyondTheSeatsAsTheSessionTakes) {
  slots_.SetSupernumerary("FAMILY", 2, /*seat_count=*/0);
  EXPECT_EQ(Race(8, "SUPERNUMERARY_EXHAUSTED"), 2);
}

INSTANTIATE_TEST_SUITE_P(Stores, CapsRaceTest, testing::EveryBackend(), testing::BackendName);

}  // namespace
}  // namespace sas::booking
