#include <algorithm>
#include <set>
#include <thread>
#include <utility>

#include "sas/events/v1/event.pb.h"
#include "tests/rpc/booking/booking_fixture.h"

namespace sas::booking {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using testing::ActorWith;
using testing::IsOk;
using testing::ReasonIs;
using testing::StatusIs;

using Batch = v1::BatchCreateAppointmentsRequest;

constexpr char kHome[] = "regions/fr-pdl/sites/idel-challans/slots/n-20261124t1300z";
constexpr char kRemote[] = "regions/fr-pdl/sites/tlc-nantes/slots/t-20261124t1315z";

class BatchBase : public BookingTest {
 protected:
  using BookingTest::BookingTest;

  // A nurse at the patient's home and a remote doctor, for one order.
  Batch TwoResources(minutes later = minutes(15)) {
    slots_.SetSlot(kHome, clock_.Now() + hours(2), minutes(45), type::v1::CONSULTATION_MODE_HH);
    slots_.SetSlot(kRemote, clock_.Now() + hours(2) + later, minutes(15),
                   type::v1::CONSULTATION_MODE_VR);
    regulation::v1::CareOrder order = SearchedOrder();
    order.clear_modes();
    order.add_modes(type::v1::CONSULTATION_MODE_HH);
    order.add_modes(type::v1::CONSULTATION_MODE_VR);
    regulation_.Put(order);
    Batch request;
    request.set_parent("regions/fr-pdl");
    request.set_kind(v1::Group::KIND_TWO_RESOURCES);
    request.set_request_id("b-1");
    const v1::CreateAppointmentRequest one = OrderRequest("unused");
    for (const char* slot : {kRemote, kHome}) {
      auto& member = *request.add_members();
      *member.mutable_appointment() = one.appointment();
      member.mutable_appointment()->set_slot(slot);
      member.set_hold_token(slots_.Hold(slot, 0, "osnp-1"));
    }
    return request;
  }

  absl::StatusOr<v1::BatchCreateAppointmentsResponse> Book(const base::Actor& actor,
                                                           const Batch& request) {
    return Ask<v1::BatchCreateAppointmentsResponse>(
        actor, request, &v1::BookingService::Stub::BatchCreateAppointments);
  }

  absl::StatusOr<v1::Appointment> Cancel(const v1::Appointment& of) {
    v1::CancelAppointmentRequest request;
    request.set_name(of.name());
    request.set_reason_code("PATIENT");
    request.set_etag(of.etag());
    request.set_request_id("c-" + of.name().substr(of.name().rfind('/') + 1));
    return Ask<v1::Appointment>(osnp_, request, &v1::BookingService::Stub::CancelAppointment);
  }
};

class BatchTest : public BatchBase {};

TEST_F(BatchTest, AFamilyIsBookedInOneTransaction) {
  const auto booked = Book(Pharmacist(), Family(3));
  ASSERT_THAT(booked, IsOk());
  ASSERT_EQ(booked->appointments_size(), 3);
  EXPECT_EQ(slots_.prepare_exchanges(), 1);
  EXPECT_EQ(slots_.prepared().size(), 3u);
  for (int i = 0; i < 3; ++i) {
    const v1::Appointment& each = booked->appointments(i);
    EXPECT_EQ(each.state(), v1::Appointment::STATE_BOOKED);
    EXPECT_EQ(each.seat(), i);
    EXPECT_EQ(each.patient(), std::string(kCase) + "/patients/" + std::to_string(i + 1));
    EXPECT_EQ(each.group().kind(), v1::Group::KIND_FAMILY);
    ASSERT_EQ(each.group().appointments_size(), 3);
    EXPECT_EQ(each.group().appointments(i), each.name());
  }
  Flush();
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(slots_.OwnerOf(kSlot, i), booked->appointments(i).name());
  }
  ASSERT_EQ(Events().size(), 3u);
  events::v1::Event event;
  ASSERT_TRUE(event.ParseFromString(Events()[0].payload));
  EXPECT_EQ(event.type(), "appointment.booked");
  EXPECT_EQ(event.appointment().group_appointments_size(), 3);
}

TEST_F(BatchTest, AllOrNothing) {
  const v1::Appointment blocker = MustCreate("r-1", 2);
  const auto refused = Book(Pharmacist(), Family(4));
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kAlreadyExists, "SEAT_TAKEN"));
  const base::Metadata metadata = base::DetailOf(refused.status()).metadata;
  EXPECT_NE(std::find(metadata.begin(), metadata.end(),
                      std::pair<std::string, std::string>{"member", "2"}),
            metadata.end());
  EXPECT_EQ(AllNames(), std::vector<std::string>{blocker.name()});
  Flush();
  // Prepared seats are given back, and the other's is not.
  EXPECT_EQ(slots_.OwnerOf(kSlot, 2), blocker.name());
  std::set<int> freed;
  for (const auto& batch : slots_.committed()) {
    for (const auto& change : batch.changes()) {
      if (!change.taken()) freed.insert(change.seat());
    }
  }
  EXPECT_EQ(freed, (std::set<int>{0, 1, 3}));
}

TEST_F(BatchTest, ALostHoldOfTheLastGivesTheFirstBack) {
  Batch request = Family(3);
  request.mutable_members(2)->set_hold_token("no-such-hold");
  EXPECT_THAT(Book(Pharmacist(), request), ReasonIs("HOLD_LOST"));
  EXPECT_TRUE(AllNames().empty());
  Flush();
  std::set<int> freed;
  for (const auto& batch : slots_.committed()) {
    for (const auto& change : batch.changes()) freed.insert(change.seat());
  }
  EXPECT_EQ(freed, (std::set<int>{0, 1}));
}

// They are prepared together, so the others have their seats although the first has not.
TEST_F(BatchTest, ALostHoldOfTheFirstGivesTheOthersBack) {
  Batch request = Family(3);
  request.mutable_members(0)->set_hold_token("no-such-hold");
  const auto refused = Book(Pharmacist(), request);
  EXPECT_THAT(refused, ReasonIs("HOLD_LOST"));
  EXPECT_EQ(base::DetailOf(refused.status()).metadata.back(),
            (std::pair<std::string, std::string>{"member", "0"}));
  EXPECT_TRUE(AllNames().empty());
  Flush();
  std::set<int> freed;
  for (const auto& batch : slots_.committed()) {
    for (const auto& change : batch.changes()) freed.insert(change.seat());
  }
  EXPECT_EQ(freed, (std::set<int>{1, 2}));
}

TEST_F(BatchTest, ShapesNameTheMember) {
  Batch request = Family(2);
  request.mutable_members(1)->mutable_appointment()->set_motif_code("X99");
  const auto refused = Book(Pharmacist(), request);
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kInvalidArgument, "UNKNOWN_CODE"));
  ASSERT_FALSE(base::DetailOf(refused.status()).violations.empty());
  EXPECT_EQ(base::DetailOf(refused.status()).violations[0].field,
            "members[1].appointment.motif_code");
  EXPECT_THAT(Book(Pharmacist(), Family(1)), ReasonIs("INVALID_GROUP_SIZE"));
  EXPECT_THAT(Book(Pharmacist(), Family(9)), ReasonIs("INVALID_GROUP_SIZE"));
  request = Family(2);
  request.clear_kind();
  EXPECT_THAT(Book(Pharmacist(), request), ReasonIs("GROUP_KIND_REQUIRED"));
  request = Family(2);
  request.clear_request_id();
  EXPECT_THAT(Book(Pharmacist(), request), ReasonIs("REQUEST_ID_REQUIRED"));
  EXPECT_THAT(Book(ActorWith(base::Role::kArm), Family(2)), ReasonIs("ROLE_FORBIDDEN"));
  EXPECT_TRUE(slots_.prepared().empty());
}

TEST_F(BatchTest, CancellingOneTellsTheOthers) {
  const auto booked = Book(Pharmacist(), Family(3));
  ASSERT_THAT(booked, IsOk());
  ASSERT_THAT(Cancel(booked->appointments(1)), IsOk());
  for (const int other : {0, 2}) {
    const auto now = Get(osnp_, booked->appointments(other).name());
    ASSERT_THAT(now, IsOk());
    EXPECT_EQ(now->state(), v1::Appointment::STATE_BOOKED);
    ASSERT_EQ(now->group().cancelled_appointments_size(), 1);
    EXPECT_EQ(now->group().cancelled_appointments(0), booked->appointments(1).name());
    EXPECT_EQ(now->etag(), "\"2\"");
  }
  const auto events = Events();
  ASSERT_EQ(events.size(), 6u);  // Three bookings, two that hear of it, one cancellation.
  EXPECT_EQ(events[3].type, "appointment.updated");
  EXPECT_EQ(events[4].type, "appointment.updated");
  EXPECT_EQ(events[5].type, "appointment.cancelled");
  Flush();
  EXPECT_EQ(slots_.OwnerOf(kSlot, 1), "");
  EXPECT_EQ(slots_.OwnerOf(kSlot, 0), booked->appointments(0).name());
}

TEST_F(BatchTest, S1_11_NurseAtHomeAndRemoteDoctorAreBookedTogether) {
  const auto booked = Book(osnp_, TwoResources());
  ASSERT_THAT(booked, IsOk());
  ASSERT_EQ(booked->appointments_size(), 2);
  EXPECT_EQ(booked->appointments(0).mode(), type::v1::CONSULTATION_MODE_VR);
  EXPECT_EQ(booked->appointments(1).mode(), type::v1::CONSULTATION_MODE_HH);
  EXPECT_EQ(booked->appointments(1).care_order(), kOrder);
  Flush();
  EXPECT_EQ(slots_.OwnerOf(kRemote, 0), booked->appointments(0).name());
  EXPECT_EQ(slots_.OwnerOf(kHome, 0), booked->appointments(1).name());
  // One of them fulfils the order: the regulation hears of one.
  const auto events = Events();
  ASSERT_EQ(events.size(), 2u);
  for (const ledger::StoredEvent& each : events) {
    events::v1::Event event;
    ASSERT_TRUE(event.ParseFromString(each.payload));
    const bool first = each.subject == booked->appointments(0).name();
    EXPECT_EQ(event.appointment().care_order(), first ? kOrder : "") << each.subject;
  }
  // And it has them once.
  Batch again = TwoResources();
  again.set_request_id("b-2");
  again.mutable_members(0)->set_hold_token(slots_.Hold(kRemote, 1, "osnp-1"));
  again.mutable_members(1)->set_hold_token(slots_.Hold(kHome, 1, "osnp-1"));
  EXPECT_THAT(Book(osnp_, again), ReasonIs("ORDER_ALREADY_BOOKED"));
}

TEST_F(BatchTest, S1_11_ApartTheyAreNotBooked) {
  EXPECT_THAT(Book(osnp_, TwoResources(minutes(60))), ReasonIs("GROUP_SLOTS_APART"));
  EXPECT_TRUE(AllNames().empty());
  Flush();
  EXPECT_EQ(slots_.committed().empty(), false);  // Both seats are given back.
  const auto booked = Book(osnp_, TwoResources(minutes(30)));
  ASSERT_THAT(booked, IsOk());
  // Nor is one moved away from the other.
  constexpr char kAway[] = "regions/fr-pdl/sites/tlc-nantes/slots/t-20261124t1800z";
  slots_.SetSlot(kAway, clock_.Now() + hours(7), minutes(15), type::v1::CONSULTATION_MODE_VR);
  v1::RescheduleAppointmentRequest move;
  move.set_name(booked->appointments(0).name());
  move.set_slot(kAway);
  move.set_hold_token(slots_.Hold(kAway, 0, "osnp-1"));
  move.set_reason_code("PATIENT");
  move.set_etag(booked->appointments(0).etag());
  move.set_request_id("m-1");
  EXPECT_THAT(Ask<v1::Appointment>(osnp_, move, &v1::BookingService::Stub::RescheduleAppointment),
              ReasonIs("GROUP_SLOTS_APART"));
}

class BatchStoreTest : public BatchBase, public ::testing::WithParamInterface<testing::Backend> {
 protected:
  BatchStoreTest() : BatchBase(GetParam()) {}
};

TEST_P(BatchStoreTest, TheSameBytesComeBackAfterARestart) {
  const Batch request = Family(3);
  const auto first = Book(Pharmacist(), request);
  ASSERT_THAT(first, IsOk());
  EXPECT_EQ(Book(Pharmacist(), request)->SerializeAsString(), first->SerializeAsString());
  Restart();
  const auto again = Book(Pharmacist(), request);
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->SerializeAsString(), first->SerializeAsString());
  EXPECT_EQ(AllNames().size(), 3u);
}

TEST_P(BatchStoreTest, TwoFamiliesForTheSameSeatsMakeOne) {
  const Batch one = Family(4, "b-1");
  const Batch two = Family(4, "b-2");
  absl::StatusOr<v1::BatchCreateAppointmentsResponse> first = absl::UnknownError("");
  std::thread other([&] { first = Book(Pharmacist(), one); });
  const auto second = Book(Pharmacist(), two);
  other.join();
  EXPECT_NE(first.ok(), second.ok());
  EXPECT_THAT(first.ok() ? second.status() : first.status(), ReasonIs("SEAT_TAKEN"));
  EXPECT_EQ(AllNames().size(), 4u);
  Flush();
  const auto& winner = first.ok() ? *first : *second;
  for (int i = 0; i < 4; ++i) EXPECT_EQ(slots_.OwnerOf(kSlot, i), winner.appointments(i).name());
}

INSTANTIATE_TEST_SUITE_P(Stores, BatchStoreTest,
                         ::testing::Values(testing::Backend::kMemory, testing::Backend::kSqlite),
                         testing::BackendName);

}  // namespace
}  // namespace sas::booking
