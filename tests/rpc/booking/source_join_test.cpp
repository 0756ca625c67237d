// Bookings that platforms report of themselves: joined by the booking id, or by a person.

#include <gmock/gmock.h>

#include "tests/rpc/booking/source_fixture.h"

namespace sas::booking {
namespace {

using std::chrono::minutes;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::ReasonIs;
using ::testing::SizeIs;
using testing::StatusIs;

using B = v1::SourceBooking;

class SourceJoinTest : public SourceTest {
 protected:
  SourceJoinTest() {
    slots_.SetMaster(slots::v1::AGENDA_MASTER_SOURCE_REDIRECT, "https://rdv.example/agenda?dr=7");
  }

  std::string LastAudit(const std::string& name) {
    std::string detail;
    EXPECT_THAT(ledger_->store().Read(
                    base::InternalCall("test", clock_, std::chrono::seconds(5)),
                    [&](BookingTransaction& transaction) -> absl::Status {
                      SAS_ASSIGN_OR_RETURN(const auto records,
                                           transaction.History(name, std::nullopt, 100));
                      if (!records.empty()) {
                        detail = records.back().entry.action + " " + records.back().entry.detail +
                                 " by " + records.back().actor;
                      }
                      return absl::OkStatus();
                    }),
                IsOk());
    return detail;
  }
};

// The same hour, the same doctor, the same site, and not a word of whose it is.
TEST_F(SourceJoinTest, H32_NothingIsJoinedByAMatchAlone) {
  const v1::Appointment pending = MustCreate("R-1");
  Report(Says(B::STATE_BOOKED, 1, ""));
  EXPECT_EQ(Now(pending.name()).state(), v1::Appointment::STATE_PENDING);
  const auto waiting = Bookings();
  ASSERT_THAT(waiting, SizeIs(1));
  EXPECT_EQ(waiting[0].join(), B::JOIN_UNSPECIFIED);
  EXPECT_EQ(waiting[0].appointment(), "");
  EXPECT_THAT(Bookings(kCase), IsEmpty());
}

TEST_F(SourceJoinTest, H32_TheBookingIdJoins) {
  const v1::Appointment pending = MustCreate("R-1");
  Report(Says(B::STATE_BOOKED, 1, pending.name()));
  EXPECT_THAT(Bookings(), IsEmpty());
  const auto joined = Bookings(kCase);
  ASSERT_THAT(joined, SizeIs(1));
  EXPECT_EQ(joined[0].join(), B::JOIN_BOOKING_ID);
  EXPECT_EQ(joined[0].appointment(), pending.name());
}

TEST_F(SourceJoinTest, H32_APersonJoinsOnTwoFactsAndItIsOnRecord) {
  const v1::Appointment pending = MustCreate("R-1");
  Report(Says(B::STATE_BOOKED, 1, ""));
  const B row = Bookings().front();
  EXPECT_THAT(Join(row, {B::FACT_START_TIME}, pending.name()), ReasonIs("JOIN_FACTS_REQUIRED"));
  EXPECT_EQ(Now(pending.name()).state(), v1::Appointment::STATE_PENDING);
  const auto joined = Join(row, {B::FACT_START_TIME, B::FACT_PATIENT_SAYS}, pending.name(), "J-2");
  ASSERT_THAT(joined, IsOk());
  EXPECT_EQ(joined->regulation_case(), kCase);
  EXPECT_EQ(joined->join(), B::JOIN_PERSON);
  EXPECT_EQ(joined->joined_by().subject(), "osnp-1");
  EXPECT_EQ(Now(pending.name()).state(), v1::Appointment::STATE_BOOKED);
  EXPECT_EQ(Now(pending.name()).source().external_appointment_id(), "RDV-7");
  const std::string audit = LastAudit(row.name());
  EXPECT_THAT(audit, HasSubstr("JoinSourceBooking"));
  EXPECT_THAT(audit, HasSubstr("fact=START_TIME fact=PATIENT_SAYS"));
  EXPECT_THAT(audit, HasSubstr("osnp-1"));
  EXPECT_THAT(TypesOf(row.name()), ElementsAre("source_booking.recorded", "source_booking.joined"));
  // What the platform says of it later finds its appointment by the number.
  Report(Says(B::STATE_CANCELLED, 2, ""));
  EXPECT_EQ(Now(pending.name()).state(), v1::Appointment::STATE_CANCELLED);
}

TEST_F(SourceJoinTest, H32_AFactThatIsNotSoJoinsNothing) {
  const v1::Appointment pending = MustCreate("R-1");
  auto report = Says(B::STATE_BOOKED, 1, "");
  *report.mutable_start_time() = ToTimestamp(start_ + minutes(15));
  Report(report);
  const B row = Bookings().front();
  EXPECT_THAT(Join(row, {B::FACT_START_TIME, B::FACT_PATIENT_SAYS}, pending.name()),
              ReasonIs("JOIN_FACT_DIFFERS"));
  EXPECT_EQ(Now(pending.name()).state(), v1::Appointment::STATE_PENDING);
  EXPECT_THAT(Bookings(), SizeIs(1));
}

TEST_F(SourceJoinTest, ABookingOfThePlatformAloneIsJoinedToADossier) {
  Report(Says(B::STATE_BOOKED, 1, ""));
  const B row = Bookings().front();
  ASSERT_THAT(Join(row, {B::FACT_REGULATOR, B::FACT_PATIENT_SAYS}), IsOk());
  EXPECT_THAT(Bookings(kCase), SizeIs(1));
  EXPECT_THAT(Bookings(), IsEmpty());
  EXPECT_THAT(AllNames(), IsEmpty());  // It makes no appointment of ours.
  EXPECT_THAT(Join(row, {B::FACT_REGULATOR, B::FACT_PATIENT_SAYS}), IsOk());  // A repeat.
  EXPECT_THAT(Join(row, {B::FACT_REGULATOR, B::FACT_PATIENT_SAYS}, "", "J-2"),
              ReasonIs("SOURCE_BOOKING_JOINED"));
}

TEST_F(SourceJoinTest, S2_44_TheReportThatCameFirstBecomesTheSameBooking) {
  Report(Says(B::STATE_BOOKED, 1, ""));
  const v1::Appointment pending = MustCreate("R-1");
  const auto booked = Resolve(pending, true, "RDV-7");
  ASSERT_THAT(booked, IsOk());
  EXPECT_THAT(Bookings(), IsEmpty());
  ASSERT_THAT(Bookings(kCase), SizeIs(1));
  EXPECT_EQ(Bookings(kCase)[0].appointment(), pending.name());
  EXPECT_THAT(AllNames(), SizeIs(1));
  // And again, with and without its id: still one.
  Report(Says(B::STATE_BOOKED, 1, ""));
  Report(Says(B::STATE_BOOKED, 2, pending.name()));
  EXPECT_THAT(Bookings(kCase), SizeIs(1));
  EXPECT_THAT(AllNames(), SizeIs(1));
}

TEST_F(SourceJoinTest, S2_44_TheReportThatComesAfterThePersonIsTheSameBooking) {
  const v1::Appointment pending = MustCreate("R-1");
  ASSERT_THAT(Resolve(pending, true, "RDV-7"), IsOk());
  Report(Says(B::STATE_BOOKED, 1, ""));
  EXPECT_THAT(Bookings(), IsEmpty());
  EXPECT_THAT(Bookings(kCase), SizeIs(1));
}

TEST_F(SourceJoinTest, ANumberOfAnotherAppointmentIsRefused) {
  const v1::Appointment first = MustCreate("R-1");
  ASSERT_THAT(Resolve(first, true, "RDV-7"), IsOk());
  const v1::Appointment second = MustCreate("R-2", 1);
  EXPECT_THAT(Resolve(second, true, "RDV-7", "S-2"), ReasonIs("SOURCE_BOOKING_JOINED"));
  EXPECT_EQ(Now(second.name()).state(), v1::Appointment::STATE_PENDING);
}

TEST_F(SourceJoinTest, ABookingOfAnAgendaOfOursIsKeptAndChangesNothing) {
  slots_.SetMaster(slots::v1::AGENDA_MASTER_UNSPECIFIED);
  const v1::Appointment ours = MustCreate("R-1");
  Report(Says(B::STATE_CANCELLED, 1, ours.name()));
  EXPECT_EQ(Now(ours.name()).state(), v1::Appointment::STATE_BOOKED);
  EXPECT_THAT(Bookings(kCase), SizeIs(1));
}

TEST_F(SourceJoinTest, WhoMayJoin) {
  Report(Says(B::STATE_BOOKED, 1, ""));
  v1::JoinSourceBookingRequest request;
  request.set_name(Bookings().front().name());
  request.set_regulation_case("regions/fr-naq/cases/c1");
  request.add_facts(B::FACT_REGULATOR);
  request.add_facts(B::FACT_PATIENT_SAYS);
  request.set_request_id("J-9");
  const auto join = [&](const base::Actor& actor) {
    return Ask<B>(actor, request, &v1::SourceService::Stub::JoinSourceBooking);
  };
  EXPECT_THAT(join(Pharmacist()), StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(join(osnp_), ReasonIs("REGION_MISMATCH"));
  request.set_name("regions/fr-pdl/sourceBookings/x");
  request.set_regulation_case(kCase);
  EXPECT_THAT(join(osnp_), ReasonIs("SOURCE_BOOKING_NOT_FOUND"));
}

// A row joined to a dossier that nobody has would be lost for good.
TEST_F(SourceJoinTest, ADossierThatIsNotThereIsNotJoined) {
  const v1::Appointment pending = MustCreate("R-1");
  Report(Says(B::STATE_BOOKED, 1, ""));
  const B row = Bookings().front();
  const std::vector<B::Fact> facts{B::FACT_START_TIME, B::FACT_PATIENT_SAYS};
  regulation_.FailWith(base::Fail(absl::StatusCode::kUnavailable, "REGULATION_UNREACHABLE", "no"));
  EXPECT_THAT(Join(row, facts, pending.name(), "J-1"),
              StatusIs(absl::StatusCode::kUnavailable, "REGULATION_UNREACHABLE"));
  regulation_.FailWith(absl::OkStatus());
  regulation_.Forget(kCase);
  EXPECT_THAT(Join(row, facts, pending.name(), "J-1"),
              StatusIs(absl::StatusCode::kNotFound, "CASE_NOT_FOUND"));
  EXPECT_THAT(Bookings(), SizeIs(1));
  EXPECT_EQ(Now(pending.name()).state(), v1::Appointment::STATE_PENDING);
}

}  // namespace
}  // namespace sas::booking
