#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/base/status.h"
#include "common/testing/status_matchers.h"
#include "services/booking/convert.h"
#include "tests/contract/booking/booking_stores.h"

namespace sas::booking {

constexpr char kSlot[] = "regions/fr-pdl/sites/challans/slots/a-20261124t1300z";

class BookingStoreTest : public testing::StoreContract<StoreUnderTest> {
 protected:
  base::Call Call() {
    base::Call call = base::InternalCall("test", clock_, std::chrono::seconds(20));
    call.actor.subject = "osnp-1";
    return call;
  }

  AppointmentRecord Record(const std::string& id, int seat = 0, const std::string& order = "") {
    AppointmentRecord record;
    v1::Appointment& appointment = record.appointment;
    appointment.set_name("regions/fr-pdl/appointments/" + id);
    appointment.set_state(v1::Appointment::STATE_BOOKED);
    appointment.set_arrival(v1::Appointment::ARRIVAL_EXPECTED);
    appointment.set_regulation_case("regions/fr-pdl/cases/c1");
    if (!order.empty()) appointment.set_care_order("regions/fr-pdl/cases/c1/orders/" + order);
    appointment.set_slot(kSlot);
    appointment.set_seat(seat);
    appointment.set_site("regions/fr-pdl/sites/challans");
    appointment.set_territory("85");
    appointment.mutable_booked_by()->set_subject("osnp-1");
    *appointment.mutable_start_time() = ToTimestamp(clock_.Now() + std::chrono::minutes(seat));
    appointment.set_etag(EtagOf(1));
    return record;
  }

  absl::Status Insert(const AppointmentRecord& record) {
    return store().Write(
        Call(), [&](BookingTransaction& transaction) { return transaction.Insert(record); });
  }

  AppointmentRecord Get(const std::string& name) {
    AppointmentRecord found;
    EXPECT_THAT(store().Read(Call(),
                             [&](BookingTransaction& transaction) -> absl::Status {
                               SAS_ASSIGN_OR_RETURN(found, transaction.Get(name));
                               return absl::OkStatus();
                             }),
                testing::IsOk());
    return found;
  }

  absl::Status Update(AppointmentRecord record, v1::Appointment::State state) {
    record.appointment.set_state(state);
    ++record.version;
    return store().Write(
        Call(), [&](BookingTransaction& transaction) { return transaction.Update(record); });
  }

  std::vector<std::string> List(const AppointmentQuery& query) {
    std::vector<std::string> names;
    EXPECT_THAT(store().Read(Call(),
                             [&](BookingTransaction& transaction) -> absl::Status {
                               names.clear();
                               SAS_ASSIGN_OR_RETURN(const auto page, transaction.List(query));
                               for (const auto& row : page) {
                                 names.push_back(row.name().substr(row.name().rfind('/') + 1));
                               }
                               return absl::OkStatus();
                             }),
                testing::IsOk());
    return names;
  }

  static AppointmentQuery Everything() {
    AppointmentQuery query;
    query.region = "fr-pdl";
    query.limit = 100;
    return query;
  }

  absl::Status Mark(const std::string& appointment, bool taken, int seat = 0) {
    SeatMark mark;
    mark.slot = kSlot;
    mark.seat = seat;
    mark.appointment = "regions/fr-pdl/appointments/" + appointment;
    mark.taken = taken;
    mark.time = clock_.Now();
    return store().Write(
        Call(), [&](BookingTransaction& transaction) { return transaction.MarkSeat(mark); });
  }

  std::vector<SeatMark> Marks(int limit = 100) {
    std::vector<SeatMark> marks;
    EXPECT_THAT(store().Read(Call(),
                             [&](BookingTransaction& transaction) -> absl::Status {
                               SAS_ASSIGN_OR_RETURN(marks, transaction.SeatMarks(limit));
                               return absl::OkStatus();
                             }),
                testing::IsOk());
    return marks;
  }

  SeatBacklog Backlog() {
    SeatBacklog backlog;
    EXPECT_THAT(store().Read(Call(),
                             [&](BookingTransaction& transaction) -> absl::Status {
                               SAS_ASSIGN_OR_RETURN(backlog, transaction.Backlog());
                               return absl::OkStatus();
                             }),
                testing::IsOk());
    return backlog;
  }
};

}  // namespace sas::booking
