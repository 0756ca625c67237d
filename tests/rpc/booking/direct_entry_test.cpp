// An entry without an order names a dossier: the regulation says whether it is there, and whose.

#include "tests/rpc/booking/booking_fixture.h"

namespace sas::booking {
namespace {

using testing::IsOk;
using testing::ReasonIs;
using testing::StatusIs;

constexpr char kPatient[] = "regions/fr-pdl/cases/c1/patients/1";

class DirectEntryTest : public BookingTest {
 protected:
  absl::Status Away() {
    return base::FailRetryable(absl::StatusCode::kUnavailable, "REGULATION_UNREACHABLE", "away",
                               std::chrono::seconds(1));
  }

  void ExpectNothingHappened() {
    EXPECT_TRUE(slots_.prepared().empty());
    EXPECT_TRUE(AllNames().empty());
  }
};

TEST_F(DirectEntryTest, TheDossierAndThePatientMustBeThere) {
  regulation_.Forget(kPatient);
  EXPECT_THAT(Create(Pharmacist(), DirectRequest("r-1")),
              StatusIs(absl::StatusCode::kNotFound, "PATIENT_NOT_FOUND"));
  regulation_.Forget(kCase);
  EXPECT_THAT(Create(Pharmacist(), DirectRequest("r-2")),
              StatusIs(absl::StatusCode::kNotFound, "CASE_NOT_FOUND"));
  ExpectNothingHappened();
}

TEST_F(DirectEntryTest, ADossierOfAnotherTerritoryIsNotTheCallers) {
  base::Actor pharmacist = Pharmacist();
  pharmacist.territories = {"85"};
  regulation_.SetTerritory("49");
  EXPECT_THAT(Create(pharmacist, DirectRequest("r-1")),
              StatusIs(absl::StatusCode::kPermissionDenied, "TERRITORY_FORBIDDEN"));
  ExpectNothingHappened();
  regulation_.SetTerritory("85");
  EXPECT_THAT(Create(pharmacist, DirectRequest("r-2")), IsOk());
}

// Unreachable is not "yes", and no voice replaces a dossier.
TEST_F(DirectEntryTest, WithoutTheRegulationNothingIsBookedAndTheSameRequestGoesOn) {
  regulation_.FailWith(Away());
  v1::CreateAppointmentRequest request = DirectRequest("r-1");
  request.mutable_appointment()->set_oral_check(true);
  const auto refused = Create(Pharmacist(), request);
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kUnavailable, "REGULATION_UNREACHABLE"));
  EXPECT_TRUE(base::DetailOf(refused.status()).retry_after);
  ExpectNothingHappened();
  regulation_.FailWith(absl::OkStatus());
  const auto booked = Create(Pharmacist(), request);
  ASSERT_THAT(booked, IsOk());
  EXPECT_FALSE(booked->oral_check());
}

TEST_F(DirectEntryTest, ARepeatOfWhatIsBookedNeedsNoRegulation) {
  const v1::CreateAppointmentRequest request = DirectRequest("r-1");
  const auto booked = Create(Pharmacist(), request);
  ASSERT_THAT(booked, IsOk());
  regulation_.FailWith(Away());
  const auto again = Create(Pharmacist(), request);
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->SerializeAsString(), booked->SerializeAsString());
}

TEST_F(DirectEntryTest, AnOrderSaysItAllAndAMoveWasAskedBefore) {
  ASSERT_THAT(Create(osnp_, OrderRequest("r-1")), IsOk());
  EXPECT_TRUE(regulation_.asked_cases().empty());
}

TEST_F(DirectEntryTest, AGroupNamesTheMemberWhoseDossierIsMissing) {
  regulation_.Forget("regions/fr-pdl/cases/c1/patients/2");
  v1::BatchCreateAppointmentsRequest request;
  request.set_parent("regions/fr-pdl");
  request.set_kind(v1::Group::KIND_FAMILY);
  request.set_request_id("b-1");
  for (int i = 0; i < 2; ++i) {
    const v1::CreateAppointmentRequest one = DirectRequest("unused", i);
    auto& member = *request.add_members();
    *member.mutable_appointment() = one.appointment();
    member.mutable_appointment()->set_patient(std::string(kCase) + "/patients/" +
                                              std::to_string(i + 1));
    member.set_hold_token(one.hold_token());
  }
  const auto refused = Ask<v1::BatchCreateAppointmentsResponse>(
      Pharmacist(), request, &v1::BookingService::Stub::BatchCreateAppointments);
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kNotFound, "PATIENT_NOT_FOUND"));
  const base::Metadata metadata = base::DetailOf(refused.status()).metadata;
  ASSERT_FALSE(metadata.empty());
  EXPECT_EQ(metadata.back(), (std::pair<std::string, std::string>("member", "1")));
  EXPECT_TRUE(AllNames().empty());
}

}  // namespace
}  // namespace sas::booking
