#include <prometheus/counter.h>

#include <thread>

#include "tests/rpc/booking/booking_fixture.h"

// One doctor, two agendas: what the operator sees (hazard H-22).
namespace sas::booking {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using testing::IsOk;
using testing::ReasonIs;
using testing::StatusIs;

constexpr char kDoctor[] = "99700000013";
constexpr char kPlatform[] = "regions/fr-pdl/sites/machecoul/slots/p-20261124t1305z";
constexpr char kRemote[] = "regions/fr-pdl/sites/tlc-nantes/slots/t-20261124t1300z";

class PractitionerBase : public BookingTest {
 protected:
  explicit PractitionerBase(testing::Backend backend = testing::Backend::kMemory)
      : BookingTest(backend) {
    slots_.SetDoctor(kPlatform, kDoctor);
    slots_.SetSlot(kPlatform, clock_.Now() + hours(2) + minutes(5), minutes(15),
                   type::v1::CONSULTATION_MODE_AMB);
  }

  v1::CreateAppointmentRequest In(const std::string& slot, const std::string& request_id,
                                  int seat = 0) {
    v1::CreateAppointmentRequest request = DirectRequest(request_id);
    request.mutable_appointment()->set_slot(slot);
    request.set_hold_token(slots_.Hold(slot, seat, "pharmacie-1"));
    return request;
  }

  int Busy() {
    return static_cast<int>(
        server_->metrics().Counter("sas_booking_practitioner_busy_total", "", {}).Value());
  }

  // Seats of the slot that the relay has given back.
  int GivenBack(const std::string& slot) {
    int count = 0;
    for (const auto& batch : slots_.committed()) {
      for (const auto& change : batch.changes()) {
        count += change.slot() == slot && !change.taken() ? 1 : 0;
      }
    }
    return count;
  }
};

class PractitionerTest : public PractitionerBase {};

TEST_F(PractitionerTest, H22_ASlotOfAnotherAgendaOfTheSameDoctorIsRefusedAndItsSeatGivenBack) {
  const v1::Appointment booked = MustCreate("r-1");
  const auto request = In(kPlatform, "r-2");
  const auto refused = Create(Pharmacist(), request);
  ASSERT_THAT(refused, StatusIs(absl::StatusCode::kFailedPrecondition, "PRACTITIONER_BUSY"));
  EXPECT_EQ(base::DetailOf(refused.status()).metadata,
            (base::Metadata{{"busy_slot", kSlot}, {"slot", kPlatform}}));  // By key on the wire.
  EXPECT_EQ(refused.status().message().find(booked.patient()), absl::string_view::npos);
  EXPECT_EQ(AllNames().size(), 1u);
  Flush();
  EXPECT_EQ(GivenBack(kPlatform), 1);
  EXPECT_EQ(slots_.OwnerOf(kSlot, 0), booked.name());
  EXPECT_EQ(Busy(), 1);
  // Nothing of the refusal is kept: the same request succeeds once the doctor is free.
  v1::CancelAppointmentRequest cancel;
  cancel.set_name(booked.name());
  cancel.set_reason_code("PATIENT");
  cancel.set_etag(booked.etag());
  cancel.set_request_id("c-1");
  ASSERT_THAT(
      Ask<v1::Appointment>(Pharmacist(), cancel, &v1::BookingService::Stub::CancelAppointment),
      IsOk());
  EXPECT_THAT(Create(Pharmacist(), request), IsOk());
}

TEST_F(PractitionerTest, H22_WhatWaitsForOnePlatformKeepsTheDoctorFromTheOther) {
  slots_.SetMaster(slots::v1::AGENDA_MASTER_SOURCE_STREAM);
  EXPECT_EQ(MustCreate("r-1").state(), v1::Appointment::STATE_PENDING);
  EXPECT_THAT(Create(Pharmacist(), In(kPlatform, "r-2")), ReasonIs("PRACTITIONER_BUSY"));
}

TEST_F(PractitionerTest, H22_SeatsOfOneSlotAndThoseBeyondThemGoOn) {
  for (int seat = 0; seat < 3; ++seat) MustCreate("r-" + std::to_string(seat), seat);
  slots_.SetSupernumerary("REGULATOR_ASKS");
  EXPECT_EQ(MustCreate("r-beyond", 3).supernumerary_reason_code(), "REGULATOR_ASKS");
  // Nobody is named there: nobody is known to be in two places.
  slots_.SetDoctor(kPlatform, "");
  EXPECT_THAT(Create(Pharmacist(), In(kPlatform, "r-9")), IsOk());
}

TEST_F(PractitionerTest, H22_AMoveIgnoresItsOwnSeatAndNobodyElses) {
  const v1::Appointment booked = MustCreate("r-1");
  const auto move = [&](const v1::Appointment& from, const std::string& request_id) {
    v1::RescheduleAppointmentRequest request;
    request.set_name(from.name());
    request.set_slot(kPlatform);
    request.set_hold_token(slots_.Hold(kPlatform, 0, "pharmacie-1"));
    request.set_reason_code("PATIENT");
    request.set_etag(from.etag());
    request.set_request_id(request_id);
    return Ask<v1::Appointment>(Pharmacist(), request,
                                &v1::BookingService::Stub::RescheduleAppointment);
  };
  const v1::Appointment other = MustCreate("r-2", 1);
  EXPECT_THAT(move(booked, "m-1"), ReasonIs("PRACTITIONER_BUSY"));
  auto still = Get(Pharmacist(), booked.name());
  ASSERT_THAT(still, IsOk());
  EXPECT_EQ(still->slot(), kSlot);
  Flush();
  EXPECT_EQ(GivenBack(kPlatform), 1);
  v1::CancelAppointmentRequest cancel;
  cancel.set_name(other.name());
  cancel.set_reason_code("PATIENT");
  cancel.set_etag(other.etag());
  cancel.set_request_id("c-1");
  ASSERT_THAT(
      Ask<v1::Appointment>(Pharmacist(), cancel, &v1::BookingService::Stub::CancelAppointment),
      IsOk());
  const auto moved = move(booked, "m-2");
  ASSERT_THAT(moved, IsOk());
  EXPECT_EQ(moved->slot(), kPlatform);
  EXPECT_EQ(Busy(), 1);
}

TEST_F(PractitionerTest, H22_AFamilyHasOneDoctorInOneAgendaAtATime) {
  v1::BatchCreateAppointmentsRequest family = Family(3);
  family.mutable_members(2)->mutable_appointment()->set_slot(kPlatform);
  family.mutable_members(2)->set_hold_token(slots_.Hold(kPlatform, 0, "pharmacie-1"));
  const auto refused = Ask<v1::BatchCreateAppointmentsResponse>(
      Pharmacist(), family, &v1::BookingService::Stub::BatchCreateAppointments);
  ASSERT_THAT(refused, ReasonIs("PRACTITIONER_BUSY"));
  EXPECT_EQ(base::DetailOf(refused.status()).metadata,
            (base::Metadata{{"busy_slot", kSlot}, {"member", "2"}, {"slot", kPlatform}}));
  EXPECT_TRUE(AllNames().empty());
  Flush();
  EXPECT_EQ(GivenBack(kSlot), 2);
  EXPECT_EQ(GivenBack(kPlatform), 1);
  EXPECT_EQ(Busy(), 1);
}

class PractitionerRaceTest : public PractitionerBase,
                             public ::testing::WithParamInterface<testing::Backend> {
 protected:
  PractitionerRaceTest() : PractitionerBase(GetParam()) { slots_.SetDoctor(kRemote, kDoctor); }
};

TEST_P(PractitionerRaceTest, H22_TwoConfirmationsAtOnceOnTwoPlatformsBookOne) {
  for (int round = 0; round < 10; ++round) {
    slots_.SetSlot(kPlatform, clock_.Now() + hours(3 + round), minutes(15),
                   type::v1::CONSULTATION_MODE_AMB);
    slots_.SetSlot(kRemote, clock_.Now() + hours(3 + round) + minutes(10), minutes(15),
                   type::v1::CONSULTATION_MODE_VR);
    const std::string id = std::to_string(round);
    const auto one = In(kPlatform, "p-" + id, round);
    const auto two = In(kRemote, "t-" + id, round);
    absl::StatusOr<v1::Appointment> first = absl::UnknownError("");
    std::thread other([&] { first = Create(Pharmacist(), one); });
    const auto second = Create(Pharmacist(), two);
    other.join();
    EXPECT_NE(first.ok(), second.ok());
    EXPECT_THAT(first.ok() ? second.status() : first.status(), ReasonIs("PRACTITIONER_BUSY"));
  }
  EXPECT_EQ(AllNames().size(), 10u);
}

INSTANTIATE_TEST_SUITE_P(Stores, PractitionerRaceTest, testing::EveryBackend(),
                         testing::BackendName);

}  // namespace
}  // namespace sas::booking
