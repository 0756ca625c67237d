#include <soci/soci.h>

#include <functional>
#include <thread>
#include <utility>

#include "common/sql/statement.h"
#include "common/testing/child_process.h"
#include "services/booking/batch.h"
#include "services/booking/changes.h"
#include "services/booking/displaced_check.h"
#include "services/booking/reschedule.h"
#include "tests/rpc/booking/booking_fixture.h"

// What others do to the same rows while a confirmation, a group, a move or a cancellation is
// written. Only on PostgreSQL are there others.
namespace sas::booking {
namespace {

using soci::into;
using std::chrono::hours;
using std::chrono::minutes;
using testing::IsOk;
using testing::ReasonIs;

// By their sites the days come the other way round than by who receives: agenda a before agenda c.
constexpr char kChallans[] = "regions/fr-pdl/sites/challans/slots/c-20261124t1100z";
constexpr char kMachecoul[] = "regions/fr-pdl/sites/machecoul/slots/a-20261124t1100z";
constexpr char kDoctorA[] = "99700000013";
constexpr char kDoctorC[] = "99700000015";

/// A store whose next write is overtaken: it has read when something else is written.
class Overtaken final : public BookingStore {
 public:
  Overtaken(BookingStore& inner, std::function<void()> meanwhile)
      : inner_(inner), meanwhile_(std::move(meanwhile)) {}

  absl::Status Write(const base::Call& call, const Work& work) override {
    return inner_.Write(call, [&](BookingTransaction& transaction) -> absl::Status {
      SAS_RETURN_IF_ERROR(transaction.Regions().status());
      if (meanwhile_) std::exchange(meanwhile_, nullptr)();
      return work(transaction);
    });
  }

  absl::Status Read(const base::Call& call, const Work& work) override {
    return inner_.Read(call, work);
  }

  ledger::Feed& feed() override { return inner_.feed(); }

 private:
  BookingStore& inner_;
  std::function<void()> meanwhile_;
};

class WritingOrderTest : public BookingTest {
 protected:
  WritingOrderTest() : BookingTest(testing::Backend::kPostgres) {
    for (const char* slot : {kChallans, kMachecoul}) {
      slots_.SetSlot(slot, clock_.Now() + hours(2), minutes(15), type::v1::CONSULTATION_MODE_AMB);
    }
  }

  base::Call CallOf(const std::string& method, const base::Actor& actor) {
    base::Call call;
    call.method = "/sas.booking.v1.BookingService/" + method;
    call.actor = actor;
    call.deadline = clock_.Steady() + std::chrono::seconds(20);
    return call;
  }

  BookingParts Parts(BookingStore& store) {
    return {store, slots_, regulation_, *metrics_, clock_, care::TestIdentities::kAccept};
  }

  absl::Status Sql(const std::string& text) {
    return ledger_->database()->Run(base::InternalCall("test", clock_, std::chrono::seconds(20)),
                                    sql::Access::kWrite, [&](sql::Session& session) {
                                      sql::Exec(session, text);
                                      return absl::OkStatus();
                                    });
  }

  /// Has what `statement` changes while `act` runs and waits for it; then `meanwhile`.
  void WhileHeld(const std::string& statement, const std::function<void()>& act,
                 const std::function<void()>& meanwhile) {
    std::thread beside;
    EXPECT_THAT(
        ledger_->database()->Run(base::InternalCall("test", clock_, std::chrono::seconds(20)),
                                 sql::Access::kWrite,
                                 [&](sql::Session& session) {
                                   sql::Exec(session, statement);
                                   if (!beside.joinable())
                                     beside = std::thread(act);  // Once, also when run again.
                                   EXPECT_TRUE(testing::PollUntil([&] { return SomebodyWaits(); }));
                                   meanwhile();
                                   return absl::OkStatus();
                                 }),
        IsOk());
    if (beside.joinable()) beside.join();
  }

  bool SomebodyWaits() {
    long long waiting = 0;
    EXPECT_THAT(
        ledger_->database()->Run(
            base::InternalCall("test", clock_, std::chrono::seconds(20)), sql::Access::kRead,
            [&](sql::Session& session) {
              sql::FetchOne(session,
                            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type "
                            "= 'Lock' AND datname = current_database()",
                            into(waiting));
              return absl::OkStatus();
            }),
        IsOk());
    return waiting > 0;
  }

  /// Nobody has the row, which there is.
  bool IsFree(const std::string& row) {
    const absl::Status looked = ledger_->database()->Run(
        base::InternalCall("test", clock_, std::chrono::seconds(20)), sql::Access::kWrite,
        [&](sql::Session& session) {
          long long version = 0;
          EXPECT_TRUE(sql::FetchOne(session, "SELECT version FROM " + row + " FOR UPDATE NOWAIT",
                                    into(version)));
          return absl::OkStatus();
        });
    return looked.ok();
  }

  /// Today's rows of both sites.
  void CountOnce() {
    for (const char* site : {"challans", "machecoul"}) {
      const std::string name = "regions/fr-pdl/sites/" + std::string(site);
      const auto midnight = std::chrono::floor<std::chrono::days>(clock_.Now());
      EXPECT_THAT(
          ledger_->store().Write(
              CallOf("Test", Pharmacist()),
              [&](BookingTransaction& transaction) {
                return transaction.CountForOneMore(name, midnight, midnight + hours(24)).status();
              }),
          IsOk());
    }
  }

  v1::CreateAppointmentRequest RequestOf(const std::string& request_id, const std::string& slot) {
    v1::CreateAppointmentRequest request = DirectRequest(request_id);
    request.mutable_appointment()->set_slot(slot);
    request.set_hold_token(slots_.Hold(slot, 0, "pharmacie-1"));
    return request;
  }

  Confirmation::Outcomes Confirm(const std::vector<v1::CreateAppointmentRequest>& requests) {
    const base::Call call = CallOf("CreateAppointment", Pharmacist());
    Confirmation confirmation(Parts(ledger_->store()));
    Confirmation::Calls calls;
    for (const auto& request : requests) calls.push_back({call, request});
    return confirmation.Run(calls);
  }
};

TEST_F(WritingOrderTest, S2_53_ConfirmationsTogetherTakeDaysInOneOrder) {
  CountOnce();
  slots_.SetDayCap(5);
  const std::vector<v1::CreateAppointmentRequest> requests{RequestOf("r-1", kMachecoul),
                                                           RequestOf("r-2", kChallans)};
  Confirmation::Outcomes outcomes;
  WhileHeld(
      "UPDATE capped_days SET version = version + 1 WHERE site LIKE '%/challans'",
      [&] { outcomes = Confirm(requests); },
      [&] { EXPECT_TRUE(IsFree("capped_days WHERE site LIKE '%/machecoul'")); });
  ASSERT_EQ(outcomes.size(), 2u);
  for (const auto& outcome : outcomes) EXPECT_THAT(outcome, IsOk());
  EXPECT_EQ(outcomes[0]->slot(), kMachecoul) << "each has its own answer";
  EXPECT_EQ(outcomes[1]->slot(), kChallans);
}

TEST_F(WritingOrderTest, S2_53_AFamilyTakesDaysInOneOrder) {
  CountOnce();
  slots_.SetDayCap(5);
  v1::BatchCreateAppointmentsRequest request = Family(2);
  int member = 0;
  for (const char* slot : {kMachecoul, kChallans}) {
    request.mutable_members(member)->mutable_appointment()->set_slot(slot);
    request.mutable_members(member++)->set_hold_token(slots_.Hold(slot, 0, "pharmacie-1"));
  }
  absl::StatusOr<v1::BatchCreateAppointmentsResponse> booked = absl::UnknownError("");
  WhileHeld(
      "UPDATE capped_days SET version = version + 1 WHERE site LIKE '%/challans'",
      [&] {
        BatchBooking batch(Parts(ledger_->store()));
        booked = batch.Run(CallOf("BatchCreateAppointments", Pharmacist()), request);
      },
      [&] { EXPECT_TRUE(IsFree("capped_days WHERE site LIKE '%/machecoul'")); });
  ASSERT_THAT(booked, IsOk());
  EXPECT_EQ(booked->appointments(0).slot(), kMachecoul) << "in the order of the request";
  EXPECT_EQ(booked->appointments(1).slot(), kChallans);
}

// The first appointment of a slot writes the hours of who receives (hazard H-22).
TEST_F(WritingOrderTest, H22_DoctorsAreTakenInOneOrderTogetherAndInAGroup) {
  const std::string hour = std::to_string(sql::ToMicros(clock_.Now() + hours(2)));
  for (const char* doctor : {kDoctorA, kDoctorC}) {
    ASSERT_THAT(Sql("INSERT INTO practitioner_hours (start_us, practitioner, version) VALUES (" +
                    hour + ", '" + doctor + "', 1)"),
                IsOk());
  }
  const std::string held =
      "UPDATE practitioner_hours SET version = version + 1 WHERE practitioner = '" +
      std::string(kDoctorA) + "'";
  const auto other_is_free = [&] {
    EXPECT_TRUE(IsFree("practitioner_hours WHERE practitioner = '" + std::string(kDoctorC) + "'"));
  };
  const std::vector<v1::CreateAppointmentRequest> requests{RequestOf("r-1", kChallans),
                                                           RequestOf("r-2", kMachecoul)};
  Confirmation::Outcomes outcomes;
  WhileHeld(
      held, [&] { outcomes = Confirm(requests); }, other_is_free);
  ASSERT_EQ(outcomes.size(), 2u);
  for (const auto& outcome : outcomes) {
    ASSERT_THAT(outcome, IsOk());
    v1::CancelAppointmentRequest cancel;
    cancel.set_name(outcome->name());
    cancel.set_reason_code("PATIENT");
    cancel.set_etag(outcome->etag());
    cancel.set_request_id(outcome->slot() == kChallans ? "c-1" : "c-2");
    ASSERT_THAT(Cancel(Parts(ledger_->store()), CallOf("CancelAppointment", Pharmacist()), cancel),
                IsOk());
  }
  v1::BatchCreateAppointmentsRequest request = Family(2);
  int member = 0;
  for (const char* slot : {kChallans, kMachecoul}) {
    request.mutable_members(member)->mutable_appointment()->set_slot(slot);
    request.mutable_members(member++)->set_hold_token(slots_.Hold(slot, 1, "pharmacie-1"));
  }
  absl::StatusOr<v1::BatchCreateAppointmentsResponse> booked = absl::UnknownError("");
  WhileHeld(
      held,
      [&] {
        BatchBooking batch(Parts(ledger_->store()));
        booked = batch.Run(CallOf("BatchCreateAppointments", Pharmacist()), request);
      },
      other_is_free);
  EXPECT_THAT(booked, IsOk());
}

class GroupRaceTest : public WritingOrderTest {
 protected:
  static constexpr char kHome[] = "regions/fr-pdl/sites/idel-challans/slots/n-20261124t1300z";
  static constexpr char kRemote[] = "regions/fr-pdl/sites/tlc-nantes/slots/t-20261124t1300z";
  static constexpr char kHomeLater[] = "regions/fr-pdl/sites/idel-challans/slots/n-20261124t1320z";
  static constexpr char kRemoteSooner[] = "regions/fr-pdl/sites/tlc-nantes/slots/t-20261124t1240z";

  // Nurse and doctor at two o'clock, for half an hour; she may come 20 minutes later, he sooner.
  v1::BatchCreateAppointmentsResponse BookBoth() {
    const auto put = [&](const char* slot, int from, type::v1::ConsultationMode mode) {
      slots_.SetSlot(slot, clock_.Now() + minutes(120 + from), minutes(30), mode);
    };
    put(kHome, 0, type::v1::CONSULTATION_MODE_HH);
    put(kHomeLater, 20, type::v1::CONSULTATION_MODE_HH);
    put(kRemote, 0, type::v1::CONSULTATION_MODE_VR);
    put(kRemoteSooner, -20, type::v1::CONSULTATION_MODE_VR);
    regulation::v1::CareOrder order = SearchedOrder();
    order.clear_modes();
    order.add_modes(type::v1::CONSULTATION_MODE_HH);
    order.add_modes(type::v1::CONSULTATION_MODE_VR);
    regulation_.Put(order);
    v1::BatchCreateAppointmentsRequest request;
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
    BatchBooking batch(Parts(ledger_->store()));
    const auto booked = batch.Run(CallOf("BatchCreateAppointments", osnp_), request);
    EXPECT_THAT(booked, IsOk());
    return booked.value_or(v1::BatchCreateAppointmentsResponse());
  }

  absl::StatusOr<v1::Appointment> Move(BookingStore& store, const v1::Appointment& from,
                                       const char* slot, const std::string& request_id) {
    v1::RescheduleAppointmentRequest request;
    request.set_name(from.name());
    request.set_slot(slot);
    request.set_hold_token(slots_.Hold(slot, 0, "osnp-1"));
    request.set_reason_code("PATIENT");
    request.set_etag(from.etag());
    request.set_request_id(request_id);
    Rescheduling rescheduling(Parts(store));
    return rescheduling.Run(CallOf("RescheduleAppointment", osnp_), request);
  }
};

// Each of them is near to where the other still is; both together are not.
TEST_F(GroupRaceTest, S1_11_OfNurseAndDoctorThatAreMovedAtOnceOneStays) {
  const v1::BatchCreateAppointmentsResponse both = BookBoth();
  ASSERT_EQ(both.appointments_size(), 2);
  Overtaken overtaken(ledger_->store(), [&] {
    EXPECT_THAT(Move(ledger_->store(), both.appointments(1), kHomeLater, "m-1"), IsOk());
  });
  EXPECT_THAT(Move(overtaken, both.appointments(0), kRemoteSooner, "m-2"),
              ReasonIs("GROUP_SLOTS_APART"));
  EXPECT_EQ(Get(osnp_, both.appointments(0).name())->slot(), kRemote);
  EXPECT_EQ(Get(osnp_, both.appointments(1).name())->slot(), kHomeLater);
}

// A look at the slots finds the session withdrawn while the patient cancels: nobody is to be
// called.
TEST_F(WritingOrderTest, H27_WhoCancelsWhileHisSlotIsFoundWithdrawnIsCalledByNobody) {
  const v1::Appointment booked = MustCreate("r-1");
  slots_.SetStanding(kSlot, slots::v1::SlotStanding::KIND_WITHDRAWN);
  Overtaken overtaken(ledger_->store(), [&] {
    DisplacedCheck check(ledger_->store(), slots_, *displaced_metrics_, clock_);
    EXPECT_THAT(check.Turn(base::InternalCall("displaced", clock_, std::chrono::seconds(5))),
                IsOk());
  });
  v1::CancelAppointmentRequest request;
  request.set_name(booked.name());
  request.set_reason_code("PATIENT");
  request.set_etag(booked.etag());
  request.set_request_id("c-1");
  ASSERT_THAT(Cancel(Parts(overtaken), CallOf("CancelAppointment", Pharmacist()), request), IsOk());
  const auto now = Get(Pharmacist(), booked.name());
  ASSERT_THAT(now, IsOk());
  EXPECT_EQ(now->state(), v1::Appointment::STATE_CANCELLED);
  EXPECT_FALSE(now->has_displacement());
}

}  // namespace
}  // namespace sas::booking
