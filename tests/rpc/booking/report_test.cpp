// The one-month report: counts from the ledger, for those who answer for a site or a territory.

#include <gmock/gmock.h>

#include "services/booking/report_service.h"
#include "tests/rpc/booking/booking_fixture.h"

namespace sas::booking {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::seconds;
using testing::ActorWith;
using ::testing::ElementsAre;
using testing::IsOk;
using testing::ReasonIs;
using testing::StatusIs;

constexpr char kSite[] = "regions/fr-pdl/sites/challans";

class FakeSessions final : public SessionClient {
 public:
  absl::StatusOr<std::int64_t> CountSeats(const base::Call&, const std::string& site,
                                          const care::Date& first,
                                          const care::Date& last) override {
    asked = site + " " + care::DateText(first) + " " + care::DateText(last);
    return seats;
  }

  absl::StatusOr<std::int64_t> seats = 40;
  std::string asked;
};

class ReportTest : public BookingTest {
 protected:
  ReportTest() {
    AllowReportMethods(own_server_.roles());
    EXPECT_THAT(own_server_.Start({&reports_}, {v1::ReportService::service_full_name()}), IsOk());
    report_stub_ = v1::ReportService::NewStub(own_server_.Channel());
  }

  ~ReportTest() override { own_server_.Stop(); }

  static testing::InProcessServer::Options OptionsWith(const base::Clock& clock) {
    testing::InProcessServer::Options options;
    options.clock = &clock;
    return options;
  }

  static base::Instant Begin() { return base::Instant(seconds(1'793'487'600)); }  // 1 November.

  /// An appointment in the ledger, at another seat each.
  void Keep(base::Instant start, v1::Appointment::State state = v1::Appointment::STATE_FULFILLED,
            const std::string& reason = "", const std::string& territory = "85",
            const std::string& site = kSite, const std::string& profession = "21") {
    AppointmentRecord record;
    v1::Appointment& row = record.appointment;
    const std::string number = std::to_string(++count_);
    row.set_name("regions/fr-pdl/appointments/a" + number);
    row.set_state(state);
    row.set_slot(site + "/slots/s" + number);
    row.set_site(site);
    row.set_territory(territory);
    row.set_regulation_case(kCase);
    row.set_entry_point(type::v1::ENTRY_POINT_PHARMACIE);
    row.set_booker_profession_code(profession);
    *row.mutable_start_time() = ToTimestamp(start);
    if (state == v1::Appointment::STATE_ABANDONED) row.set_abandon_reason_code(reason);
    if (state == v1::Appointment::STATE_CANCELLED) row.set_cancel_reason_code(reason);
    ASSERT_THAT(ledger_->store().Write(
                    base::InternalCall("test", clock_, seconds(5)),
                    [&](BookingTransaction& transaction) { return transaction.Insert(record); }),
                IsOk());
  }

  absl::StatusOr<v1::MonthReport> Report(
      const base::Actor& actor = ActorWith(base::Role::kSupervisor),
      const std::string& month = "2026-11", const std::string& territory = "",
      const std::string& site = "") {
    v1::GetMonthReportRequest request;
    request.set_parent("regions/fr-pdl");
    request.set_month(month);
    request.set_territory(territory);
    request.set_site(site);
    grpc::ClientContext context;
    own_server_.Authorize(context, actor);
    v1::MonthReport response;
    const grpc::Status status = report_stub_->GetMonthReport(&context, request, &response);
    if (!status.ok()) return rpc::FromGrpc(status);
    return response;
  }

  static std::vector<std::string> Shown(
      const google::protobuf::RepeatedPtrField<v1::ReportCount>& counts) {
    std::vector<std::string> shown;
    for (const auto& each : counts) {
      shown.push_back(each.label() + "=" + (each.masked() ? "*" : std::to_string(each.count())));
    }
    return shown;
  }

  static std::int64_t BookedOf(const absl::StatusOr<v1::MonthReport>& report) {
    return report.ok() ? report->outcomes(0).count() : -1;
  }

  int count_ = 0;
  FakeSessions sessions_;
  testing::InProcessServer own_server_{OptionsWith(clock_)};
  ReportService reports_{own_server_.runtime(),
                         {ledger_->store(), sessions_, clock_, *care::Zone::Load("Europe/Paris"),
                          /*appointments_max=*/1200}};
  std::unique_ptr<v1::ReportService::Stub> report_stub_;
};

TEST_F(ReportTest, S2_55_AbandonStandsInTheOneMonthReportWithItsReason) {
  Keep(Begin() + hours(9));
  Keep(Begin() + hours(10), v1::Appointment::STATE_NO_SHOW);
  Keep(Begin() + hours(11), v1::Appointment::STATE_ABANDONED, "WAIT_TOO_LONG");
  Keep(Begin() + hours(12), v1::Appointment::STATE_CANCELLED, "PATIENT");
  Keep(Begin() + hours(13), v1::Appointment::STATE_BOOKED);
  const auto report = Report();
  ASSERT_THAT(report, IsOk());
  EXPECT_THAT(Shown(report->outcomes()), ElementsAre("BOOKED=5", "FULFILLED=1", "NO_SHOW=1",
                                                     "ABANDONED=1", "CANCELLED=1", "OPEN=1"));
  EXPECT_THAT(Shown(report->abandoned_by_reason()), ElementsAre("WAIT_TOO_LONG=1"));
  EXPECT_THAT(Shown(report->cancelled_by_reason()), ElementsAre("PATIENT=1"));
  EXPECT_THAT(Shown(report->by_entry_point()), ElementsAre("PHARMACIE=5"));
  EXPECT_EQ(report->month(), "2026-11");
  EXPECT_EQ(report->start_time().seconds(), 1'793'487'600);
  EXPECT_EQ(report->end_time().seconds(), 1'796'079'600);
  EXPECT_EQ(report->definition_version(), kReportVersion);
}

TEST_F(ReportTest, S0_12_TheProfessionOfTheBookerIsCounted) {
  Keep(Begin(), v1::Appointment::STATE_FULFILLED, "", "85", kSite, "21");
  Keep(Begin(), v1::Appointment::STATE_FULFILLED, "", "85", kSite, "60");
  Keep(Begin(), v1::Appointment::STATE_FULFILLED, "", "85", kSite, "60");
  EXPECT_THAT(Shown(Report()->by_profession()), ElementsAre("21=1", "60=2"));
}

TEST_F(ReportTest, S2_55_AMonthIsThatOfParis) {
  const microseconds one(1);
  Keep(Begin() - one);
  Keep(Begin());
  const base::Instant october = base::Instant(seconds(1'790'805'600));  // 30 September, 22:00 UTC.
  Keep(october - one);
  Keep(october);
  EXPECT_EQ(BookedOf(Report()), 1);
  const auto before = Report(ActorWith(base::Role::kSupervisor), "2026-10");
  EXPECT_EQ(BookedOf(before), 2);  // 745 hours, with the night of the change.
  EXPECT_EQ(BookedOf(Report(ActorWith(base::Role::kSupervisor), "2026-09")), 1);
}

TEST_F(ReportTest, EachPageIsCountedOnce) {
  for (int i = 0; i < ReportService::kPage * 2 + 1; ++i) {
    Keep(Begin() + hours(9));  // All at once: pages go on by name.
  }
  EXPECT_EQ(BookedOf(Report()), ReportService::kPage * 2 + 1);
  for (int i = 0; i < 199; ++i) Keep(Begin() + hours(10));
  EXPECT_EQ(BookedOf(Report()), 1200);
  Keep(Begin() + hours(10));
  EXPECT_THAT(Report(), StatusIs(absl::StatusCode::kOutOfRange, "REPORT_TOO_LARGE"));
  EXPECT_EQ(BookedOf(Report(ActorWith(base::Role::kSupervisor), "2026-11", "49")), 0);
}

TEST_F(ReportTest, ASitesFillIsWhatWasBookedOfWhatItOpened) {
  for (int i = 0; i < 10; ++i) Keep(Begin() + hours(9));
  Keep(Begin() + hours(9), v1::Appointment::STATE_CANCELLED, "PATIENT");
  const auto of_site = Report(ActorWith(base::Role::kSupervisor), "2026-11", "", kSite);
  ASSERT_THAT(of_site, IsOk());
  EXPECT_EQ(sessions_.asked, std::string(kSite) + " 2026-11-01 2026-11-30");
  EXPECT_EQ(of_site->fill().appointment_count(), 10);
  EXPECT_EQ(of_site->fill().seat_count(), 40);
  EXPECT_EQ(of_site->fill().fill_permille(), 250);
  // Without the slots the counts stand, and the fill is said not to be known.
  sessions_.seats = base::Fail(absl::StatusCode::kUnavailable, "SLOTS_UNREACHABLE", "away");
  const auto without = Report(ActorWith(base::Role::kSupervisor), "2026-11", "", kSite);
  EXPECT_EQ(BookedOf(without), 11);
  EXPECT_EQ(without->fill().unknown_reason(), "SLOTS_UNREACHABLE");
  EXPECT_FALSE(without->fill().has_fill_permille());
  EXPECT_EQ(Report()->fill().unknown_reason(), "SITE_REQUIRED");
  sessions_.seats = base::Fail(absl::StatusCode::kNotFound, "SITE_NOT_FOUND", "no such site");
  EXPECT_THAT(Report(ActorWith(base::Role::kSupervisor), "2026-11", "", kSite),
              ReasonIs("SITE_NOT_FOUND"));
}

TEST_F(ReportTest, H51_SteeringAndReferentSeeNoCountOfFewerThanFive) {
  for (int i = 0; i < 8; ++i) Keep(Begin() + hours(9));
  Keep(Begin() + hours(9), v1::Appointment::STATE_ABANDONED, "OTHER");
  for (const base::Role role : {base::Role::kSteering, base::Role::kReferent}) {
    const auto report = Report(ActorWith(role));
    ASSERT_THAT(report, IsOk());
    EXPECT_THAT(Shown(report->outcomes()), ElementsAre("BOOKED=9", "FULFILLED=*", "NO_SHOW=0",
                                                       "ABANDONED=*", "CANCELLED=0", "OPEN=0"));
    EXPECT_THAT(Shown(report->abandoned_by_reason()), ElementsAre("OTHER=*"));
  }
}

TEST_F(ReportTest, EachSeesWhatIsHis) {
  Keep(Begin());
  Keep(Begin(), v1::Appointment::STATE_FULFILLED, "", "49");
  Keep(Begin(), v1::Appointment::STATE_FULFILLED, "", "85", "regions/fr-pdl/sites/machecoul");
  EXPECT_EQ(BookedOf(Report()), 3);
  EXPECT_EQ(BookedOf(Report(ActorWith(base::Role::kPlanner), "2026-11", "49")), 1);
  base::Actor steering = ActorWith(base::Role::kOperations);
  steering.territories = {"85"};
  EXPECT_EQ(BookedOf(Report(steering)), 2);
  EXPECT_THAT(Report(steering, "2026-11", "49"), ReasonIs("TERRITORY_FORBIDDEN"));
  // A practice sees its site, and no other.
  EXPECT_EQ(BookedOf(Report(Effecteur())), 2);
  EXPECT_THAT(Report(Effecteur(), "2026-11", "", "regions/fr-pdl/sites/machecoul"),
              StatusIs(absl::StatusCode::kPermissionDenied, "SITE_FORBIDDEN"));
  for (const base::Role role : {base::Role::kOsnp, base::Role::kArm, base::Role::kProfessional,
                                base::Role::kPartner, base::Role::kService}) {
    EXPECT_THAT(Report(ActorWith(role)), ReasonIs("ROLE_FORBIDDEN"));
  }
}

TEST_F(ReportTest, RefusesBadShapes) {
  const base::Actor supervisor = ActorWith(base::Role::kSupervisor);
  EXPECT_THAT(Report(supervisor, "november"), ReasonIs("INVALID_MONTH"));
  EXPECT_THAT(Report(supervisor, "2026-12"), ReasonIs("INVALID_MONTH"));  // To come.
  EXPECT_THAT(Report(supervisor, "2026-11", "850"), ReasonIs("INVALID_TERRITORY"));
  EXPECT_THAT(Report(supervisor, "2026-11", "", "regions/fr-naq/sites/x"),
              ReasonIs("REGION_MISMATCH"));
  EXPECT_THAT(Report(supervisor, "2026-11", "", "challans"),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace sas::booking
