// What platforms report of bookings becomes an event that booking follows.

#include "sas/events/v1/event.pb.h"
#include "tests/rpc/slots_partner/partner_fixture.h"

namespace sas::slots {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

class SourceReportTest : public PartnerTest {
 protected:
  void SetUp() override {
    PartnerTest::SetUp();
    SyncOne(Snapshot(1, {SlotAt(minutes(60))}));
  }

  v1::SourceReport Report(std::int64_t version = 1) const {
    v1::SourceReport report;
    report.set_agenda(kAgenda);
    report.set_external_appointment_id("RDV-7");
    report.set_appointment("regions/fr-pdl/appointments/a1");
    report.set_state(v1::SourceReport::STATE_BOOKED);
    report.set_version(version);
    *report.mutable_start_time() = SlotAt(minutes(60)).start_time();
    report.set_practitioner_rpps(kRpps);
    return report;
  }

  absl::StatusOr<v1::SourceReportAck> Tell(const v1::SourceReport& report,
                                           const std::string& request_id = "R-1",
                                           const base::Actor& actor = Platform()) {
    v1::ReportSourceAppointmentRequest request;
    *request.mutable_report() = report;
    request.set_request_id(request_id);
    return Invoke<v1::SourceReportAck>(
        *stub_, &v1::PartnerFeedService::Stub::ReportSourceAppointment, request, actor);
  }

  v1::SourceReportAck TellByStream(const v1::SourceReport& report) {
    grpc::ClientContext context;
    const auto client = Open(context);
    v1::SyncAgendasRequest request;
    *request.mutable_report() = report;
    EXPECT_TRUE(client->Write(request));
    v1::SyncAgendasResponse response;
    EXPECT_TRUE(client->Read(&response));
    client->WritesDone();
    EXPECT_THAT(rpc::FromGrpc(client->Finish()), IsOk());
    return response.report_ack();
  }

  std::vector<events::v1::Event> Reported() {
    std::vector<events::v1::Event> found;
    const auto stored = store_.feed().Read(Internal(), "", "", 1000);
    EXPECT_THAT(stored, IsOk());
    for (const ledger::StoredEvent& each : *stored) {
      events::v1::Event event;
      EXPECT_TRUE(event.ParseFromString(each.payload));
      if (event.type() == "source.reported") found.push_back(event);
    }
    return found;
  }
};

TEST_F(SourceReportTest, ByStreamOrByASingleCallItIsTheSameEvent) {
  EXPECT_EQ(TellByStream(Report(1)).refusal_reason(), "");
  const auto ack = Tell(Report(2));
  ASSERT_THAT(ack, IsOk());
  EXPECT_EQ(ack->version(), 2);
  const auto events = Reported();
  ASSERT_THAT(events, SizeIs(2));
  for (const events::v1::Event& event : events) {
    EXPECT_EQ(event.subject(), kAgenda);
    EXPECT_EQ(event.source_booking().partner(), "doctoplan");
    EXPECT_EQ(event.source_booking().external_appointment_id(), "RDV-7");
    EXPECT_EQ(event.source_booking().appointment(), "regions/fr-pdl/appointments/a1");
    EXPECT_EQ(event.source_booking().state(), booking::v1::SourceBooking::STATE_BOOKED);
  }
}

TEST_F(SourceReportTest, ARepeatedCallIsOneEvent) {
  ASSERT_THAT(Tell(Report()), IsOk());
  ASSERT_THAT(Tell(Report()), IsOk());
  EXPECT_THAT(Reported(), SizeIs(1));
}

TEST_F(SourceReportTest, H40_APlatformReportsOfItsOwnAgendasOnly) {
  EXPECT_THAT(Tell(Report(), "R-2", Platform("agendia")), ReasonIs("AGENDA_OF_OTHER_PARTNER"));
  v1::SourceReport elsewhere = Report();
  elsewhere.set_agenda("regions/fr-pdl/sites/csnp-challans/agendas/nobody");
  EXPECT_THAT(Tell(elsewhere, "R-3"), ReasonIs("AGENDA_NOT_FOUND"));
  EXPECT_EQ(TellByStream(elsewhere).refusal_reason(), "AGENDA_NOT_FOUND");
  EXPECT_THAT(Tell(Report(), "R-4", Osnp()), StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(Reported(), IsEmpty());
}

TEST_F(SourceReportTest, ARefusalWithdrawsTheSlot) {
  v1::SourceReport report = Report();
  report.set_state(v1::SourceReport::STATE_REFUSED);
  report.set_source_code("TAKEN");
  ASSERT_THAT(Tell(report), IsOk());
  EXPECT_THAT(OfferedNames(), IsEmpty());
  EXPECT_EQ(List(Platform())->agendas(0).phantom_count(), 1);
}

TEST_F(SourceReportTest, AReportIsNumbersAndCodes) {
  std::int64_t sequence = 1;
  const auto refused = [&](const std::function<void(v1::SourceReport&)>& spoil) {
    v1::SourceReport report = Report();
    spoil(report);
    const std::string reason = base::ReasonOf(Tell(report, "R-9").status());
    SyncOne(Delta(++sequence));  // Keeps the breaker closed.
    return reason;
  };
  EXPECT_EQ(refused([](auto& r) { r.clear_external_appointment_id(); }), "EXTERNAL_ID_REQUIRED");
  EXPECT_EQ(refused([](auto& r) { r.set_external_appointment_id(std::string(121, 'x')); }),
            "TEXT_TOO_LONG");
  EXPECT_EQ(refused([](auto& r) { r.set_external_appointment_id("Mme Martin"); }),
            "INVALID_EXTERNAL_ID");
  EXPECT_EQ(refused([](auto& r) { r.set_source_code("Mme Martin a appelé"); }),
            "INVALID_SOURCE_CODE");
  EXPECT_EQ(refused([](auto& r) { r.set_version(0); }), "INVALID_VERSION");
  EXPECT_EQ(refused([](auto& r) { r.clear_start_time(); }), "INVALID_TIME");
  EXPECT_EQ(refused([](auto& r) { r.clear_state(); }), "UNKNOWN_ENUM_VALUE");
  EXPECT_EQ(refused([](auto& r) { r.set_appointment("regions/fr-naq/appointments/a1"); }),
            "REGION_MISMATCH");
  EXPECT_EQ(refused([](auto& r) { r.set_practitioner_rpps("Dr Camille Essai"); }), "INVALID_RPPS");
  EXPECT_THAT(Reported(), IsEmpty());
}

}  // namespace
}  // namespace sas::slots
