#include "tests/rpc/booking/source_fixture.h"

namespace sas::booking {

SourceTest::SourceTest(testing::Backend backend) : BookingTest(backend) {
  slots_.SetMaster(slots::v1::AGENDA_MASTER_SOURCE_STREAM);
}

void SourceTest::Turn() {
  SourceWorker worker(*store_, platform_, source_metrics_, policy_, clock_, server_->random());
  EXPECT_THAT(worker.Turn(base::InternalCall("test", clock_, std::chrono::seconds(5))),
              testing::IsOk());
  clock_.Advance(SourceWorker::kLease);  // Its lease; another worker comes next time.
}

void SourceTest::Report(const events::v1::SourceBookingChange& report) {
  SourceReader reader(*store_, source_metrics_, policy_, clock_);
  events::v1::Event event;
  event.set_type("source.reported");
  event.set_cursor("c-" + std::to_string(++reported_));
  *event.mutable_source_booking() = report;
  const base::Call call = base::InternalCall("test", clock_, std::chrono::seconds(5));
  EXPECT_THAT(reader.Handle(call, event), testing::IsOk());
  EXPECT_EQ(*reader.LoadCursor(call), event.cursor());
}

events::v1::SourceBookingChange SourceTest::Says(v1::SourceBooking::State state,
                                                 std::int64_t version,
                                                 const std::string& appointment,
                                                 const std::string& number) const {
  events::v1::SourceBookingChange report;
  report.set_partner("doctoplan");
  report.set_agenda("regions/fr-pdl/sites/challans/agendas/a");
  report.set_external_appointment_id(number);
  report.set_appointment(appointment);
  report.set_state(state);
  report.set_version(version);
  *report.mutable_start_time() = ToTimestamp(start_);
  report.set_practitioner_rpps("99700000013");
  return report;
}

v1::Appointment SourceTest::Now(const std::string& name) {
  const auto found = Get(osnp_, name);
  EXPECT_THAT(found, testing::IsOk());
  return found.value_or(v1::Appointment());
}

std::vector<v1::Message> SourceTest::Tasks() {
  std::vector<v1::Message> tasks;
  for (const std::string& name : AllNames()) {
    const v1::Appointment appointment = Now(name);
    for (const v1::Message& message : appointment.messages()) {
      if (message.kind() == v1::Message::KIND_SOURCE && message.task_open()) {
        tasks.push_back(message);
      }
    }
  }
  return tasks;
}

std::vector<v1::SourceBooking> SourceTest::Bookings(const std::string& regulation_case) {
  v1::ListSourceBookingsRequest request;
  request.set_parent("regions/fr-pdl");
  request.set_regulation_case(regulation_case);
  const auto page = Ask<v1::ListSourceBookingsResponse>(
      osnp_, request, &v1::SourceService::Stub::ListSourceBookings);
  EXPECT_THAT(page, testing::IsOk());
  if (!page.ok()) return {};
  return {page->source_bookings().begin(), page->source_bookings().end()};
}

absl::StatusOr<v1::Appointment> SourceTest::Resolve(const v1::Appointment& appointment, bool taken,
                                                    const std::string& number,
                                                    const std::string& request_id) {
  v1::ResolveSourceAppointmentRequest request;
  request.set_name(appointment.name());
  request.set_taken(taken);
  request.set_external_appointment_id(number);
  request.set_etag(appointment.etag());
  request.set_request_id(request_id);
  return Ask<v1::Appointment>(osnp_, request, &v1::SourceService::Stub::ResolveSourceAppointment);
}

absl::StatusOr<v1::SourceBooking> SourceTest::Join(
    const v1::SourceBooking& booking, const std::vector<v1::SourceBooking::Fact>& facts,
    const std::string& appointment, const std::string& request_id) {
  v1::JoinSourceBookingRequest request;
  request.set_name(booking.name());
  request.set_regulation_case(kCase);
  request.set_appointment(appointment);
  for (const auto fact : facts) request.add_facts(fact);
  request.set_request_id(request_id);
  return Ask<v1::SourceBooking>(osnp_, request, &v1::SourceService::Stub::JoinSourceBooking);
}

absl::StatusOr<v1::Appointment> SourceTest::Cancel(const v1::Appointment& appointment,
                                                   const std::string& request_id) {
  v1::CancelAppointmentRequest request;
  request.set_name(appointment.name());
  request.set_reason_code("PATIENT");
  request.set_etag(appointment.etag());
  request.set_request_id(request_id);
  return Ask<v1::Appointment>(osnp_, request, &v1::BookingService::Stub::CancelAppointment);
}

std::vector<std::string> SourceTest::TypesOf(const std::string& subject) {
  std::vector<std::string> types;
  for (const ledger::StoredEvent& stored : Events()) {
    events::v1::Event event;
    EXPECT_TRUE(event.ParseFromString(stored.payload));
    if (event.subject() == subject) types.push_back(event.type());
  }
  return types;
}

}  // namespace sas::booking
