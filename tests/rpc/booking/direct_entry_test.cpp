#include "tests/rpc/booking/booking_fixture.h"

// A booking without an order names a dossier: the regulation says whether it is there, and whose.
namespace sas::booking {
namespace {

using ::testing::IsEmpty;
using testing::IsOk;
using testing::StatusIs;

constexpr char kPatient[] = "regions/fr-pdl/cases/c1/patients/1";

class DirectEntryTest : public BookingTest {
 protected:
  absl::Status Away() {
    return base::FailRetryable(absl::StatusCode::kUnavailable, "REGULATION_UNREACHABLE", "away",
                               std::chrono::seconds(1));
  }

  void ExpectNothingHappened() {
    EXPECT_THAT(slots_.prepared(), IsEmpty());
    EXPECT_THAT(AllNames(), IsEmpty());
  }

  // A regulator's own booking is asked no questionnaire; the dossier is.
  v1::CreateAppointmentRequest RegulatorRequest(const std::string& request_id) {
    v1::CreateAppointmentRequest request = OrderRequest(request_id);
    request.set_hold_token(slots_.Hold(kSlot, 0, "regulator-1"));
    v1::Appointment& draft = *request.mutable_appointment();
    draft.clear_care_order();
    draft.clear_care_order_version();
    draft.set_clinical_line("toux depuis deux jours, sans fièvre");
    return request;
  }

  base::Actor Regulator() { return testing::ActorWith(base::Role::kRegulatorMg, "regulator-1"); }
};

TEST_F(DirectEntryTest, TheDossierAndThePatientMustBeThere) {
  regulation_.Forget(kPatient);
  EXPECT_THAT(Create(Pharmacist(), DirectRequest("r-1")),
              StatusIs(absl::StatusCode::kNotFound, "PATIENT_NOT_FOUND"));
  EXPECT_THAT(Create(Regulator(), RegulatorRequest("r-2")),
              StatusIs(absl::StatusCode::kNotFound, "PATIENT_NOT_FOUND"));
  regulation_.Forget(kCase);
  EXPECT_THAT(Create(Pharmacist(), DirectRequest("r-3")),
              StatusIs(absl::StatusCode::kNotFound, "CASE_NOT_FOUND"));
  EXPECT_THAT(Create(Regulator(), RegulatorRequest("r-4")),
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

TEST_F(DirectEntryTest, UnreachableIsNotYesAndTheSameRequestGoesOn) {
  regulation_.FailWith(Away());
  const v1::CreateAppointmentRequest request = DirectRequest("r-1");
  const auto refused = Create(Pharmacist(), request);
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kUnavailable, "REGULATION_UNREACHABLE"));
  EXPECT_TRUE(base::DetailOf(refused.status()).retry_after);
  ExpectNothingHappened();
  regulation_.FailWith(absl::OkStatus());
  EXPECT_THAT(Create(Pharmacist(), request), IsOk());
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

TEST_F(DirectEntryTest, H44_APaperFormTypedTwiceIsOneAppointment) {
  v1::CreateAppointmentRequest first = DirectRequest("r-1");
  first.mutable_appointment()->set_paper_form_number("F-014");
  const auto booked = Create(Pharmacist(), first);
  ASSERT_THAT(booked, IsOk());
  EXPECT_EQ(booked->paper_form_number(), "F-014");
  const auto repeat = Create(Pharmacist(), first);
  ASSERT_THAT(repeat, IsOk());
  EXPECT_EQ(repeat->name(), booked->name());

  base::Actor colleague = Pharmacist();
  colleague.subject = "pharmacie-2";
  v1::CreateAppointmentRequest second = first;
  second.set_request_id("r-2");
  second.set_hold_token(slots_.Hold(kSlot, 1, colleague.subject));
  const auto refused = Create(colleague, second);
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kAlreadyExists, "PAPER_FORM_EXISTS"));
  EXPECT_EQ(base::DetailOf(refused.status()).metadata,
            (base::Metadata{{"appointment", booked->name()}, {"paper_form_number", "F-014"}}));
  EXPECT_EQ(AllNames().size(), 1U);
  // The number of another organization is another form.
  colleague.organization = "structures/officine";
  EXPECT_THAT(Create(colleague, second), IsOk());
  // And one organization is one, however its credentials spell it.
  colleague.organization = "Structures/Officine ";
  v1::CreateAppointmentRequest third = first;
  third.set_request_id("r-3");
  third.set_hold_token(slots_.Hold(kSlot, 2, colleague.subject));
  EXPECT_THAT(Create(colleague, third),
              StatusIs(absl::StatusCode::kAlreadyExists, "PAPER_FORM_EXISTS"));
}

TEST_F(DirectEntryTest, H44_AFormNumberIsOfADirectEntryAndReadsAsANumber) {
  v1::CreateAppointmentRequest request = OrderRequest("r-1");
  request.mutable_appointment()->set_paper_form_number("F-014");
  EXPECT_THAT(Create(osnp_, request),
              StatusIs(absl::StatusCode::kInvalidArgument, "PAPER_FORM_FORBIDDEN"));
  request = DirectRequest("r-2");
  request.mutable_appointment()->set_paper_form_number("F 014");
  EXPECT_THAT(Create(Pharmacist(), request),
              StatusIs(absl::StatusCode::kInvalidArgument, "INVALID_CODE"));
}

TEST_F(DirectEntryTest, H44_MembersOfAGroupShareTheirForm) {
  v1::BatchCreateAppointmentsRequest family = Family(2);
  for (auto& member : *family.mutable_members()) {
    member.mutable_appointment()->set_paper_form_number("F-015");
  }
  const auto booked = Ask<v1::BatchCreateAppointmentsResponse>(
      Pharmacist(), family, &v1::BookingService::Stub::BatchCreateAppointments);
  ASSERT_THAT(booked, IsOk());
  const std::string first = booked->appointments(0).name();
  const std::string both = first + " " + booked->appointments(1).name();
  const auto repeat = Ask<v1::BatchCreateAppointmentsResponse>(
      Pharmacist(), family, &v1::BookingService::Stub::BatchCreateAppointments);
  ASSERT_THAT(repeat, IsOk());
  EXPECT_EQ(repeat->SerializeAsString(), booked->SerializeAsString());
  // Typed again, be it for one member or for all: each that stands is named.
  v1::CreateAppointmentRequest one = DirectRequest("r-2", 2);
  one.mutable_appointment()->set_paper_form_number("F-015");
  const auto refused = Create(Pharmacist(), one);
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kAlreadyExists, "PAPER_FORM_EXISTS"));
  EXPECT_EQ(base::DetailOf(refused.status()).metadata,
            (base::Metadata{
                {"appointment", first}, {"appointments", both}, {"paper_form_number", "F-015"}}));
  EXPECT_EQ(AllNames().size(), 2U);
}

TEST_F(DirectEntryTest, H44_AFamilysFormIsTypedAgainOnceAllOfItIsCancelled) {
  const auto family = [this](const std::string& request_id) {
    v1::BatchCreateAppointmentsRequest request = Family(2, request_id);
    for (auto& member : *request.mutable_members()) {
      member.mutable_appointment()->set_paper_form_number("F-015");
    }
    return Ask<v1::BatchCreateAppointmentsResponse>(
        Pharmacist(), request, &v1::BookingService::Stub::BatchCreateAppointments);
  };
  const auto cancel = [this](const std::string& name, const std::string& request_id) {
    const auto standing = Get(Pharmacist(), name);
    v1::CancelAppointmentRequest request;
    request.set_name(name);
    request.set_reason_code("PATIENT");
    request.set_etag(standing.ok() ? standing->etag() : "");
    request.set_request_id(request_id);
    return Ask<v1::Appointment>(Pharmacist(), request, &v1::BookingService::Stub::CancelAppointment)
        .status();
  };
  const auto booked = family("b-1");
  ASSERT_THAT(booked, IsOk());
  const std::string second = booked->appointments(1).name();
  ASSERT_THAT(cancel(booked->appointments(0).name(), "c-1"), IsOk());

  v1::CreateAppointmentRequest one = DirectRequest("r-2", 2);
  one.mutable_appointment()->set_paper_form_number("F-015");
  const auto refused = Create(Pharmacist(), one);
  ASSERT_THAT(refused, StatusIs(absl::StatusCode::kAlreadyExists, "PAPER_FORM_EXISTS"));
  EXPECT_EQ(
      base::DetailOf(refused.status()).metadata,
      (base::Metadata{
          {"appointment", second}, {"appointments", second}, {"paper_form_number", "F-015"}}));
  EXPECT_EQ(AllNames().size(), 2U);
  ASSERT_THAT(cancel(second, "c-2"), IsOk());
  EXPECT_THAT(family("b-2"), IsOk());
}

TEST_F(DirectEntryTest, AGroupNamesTheMemberWhosePatientIsMissing) {
  regulation_.Forget("regions/fr-pdl/cases/c1/patients/2");
  const auto refused = Ask<v1::BatchCreateAppointmentsResponse>(
      Pharmacist(), Family(2), &v1::BookingService::Stub::BatchCreateAppointments);
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kNotFound, "PATIENT_NOT_FOUND"));
  const base::Metadata metadata = base::DetailOf(refused.status()).metadata;
  ASSERT_FALSE(metadata.empty());
  EXPECT_EQ(metadata.back(), (std::pair<std::string, std::string>("member", "1")));
  EXPECT_THAT(AllNames(), IsEmpty());
}

}  // namespace
}  // namespace sas::booking
