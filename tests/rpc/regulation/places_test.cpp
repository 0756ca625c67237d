#include "tests/rpc/regulation/board_screen.h"
#include "tests/rpc/regulation/regulation_fixture.h"

namespace sas::regulation {
namespace {

using ::testing::HasSubstr;
using testing::IsOk;
using testing::ReasonIs;
using testing::StatusIs;

void SetPoint(sas::type::v1::GeoPoint& point, double latitude, double longitude) {
  point.set_latitude_degrees(latitude);
  point.set_longitude_degrees(longitude);
}

class Places : public RegulationTest {
 protected:
  static constexpr double kLatitude = 46.8458, kLongitude = -1.8794;  // Challans.

  /// The telephone is so many degrees of latitude to the north of the address.
  v1::CreateRegulationCaseRequest Located(double north, int accuracy = 15) const {
    v1::CreateRegulationCaseRequest request = NewCase();
    v1::RegulationCase& row = *request.mutable_regulation_case();
    SetPoint(*row.mutable_patient_place()->mutable_point(), kLatitude, kLongitude);
    row.mutable_patient_place()->set_precision(sas::type::v1::GEO_PRECISION_ADDRESS);
    SetPoint(*row.mutable_origin()->mutable_telephone_point(), kLatitude + north, kLongitude);
    row.mutable_origin()->set_telephone_accuracy_meters(accuracy);
    return request;
  }

  v1::CreateRegulationCaseRequest In(const std::string& commune) const {
    v1::CreateRegulationCaseRequest request = NewCase();
    request.mutable_regulation_case()->mutable_patient_place()->set_insee_code(commune);
    return request;
  }

  v1::RegulationCase Created(const v1::CreateRegulationCaseRequest& request) {
    const auto row = Ask(arm_, &Stub::CreateRegulationCase, request);
    EXPECT_THAT(row, IsOk());
    return row.value_or(v1::RegulationCase());
  }

  static v1::UpdateRegulationCaseRequest Moving(const v1::RegulationCase& row,
                                                const std::string& commune) {
    v1::UpdateRegulationCaseRequest update;
    update.mutable_regulation_case()->set_name(row.name());
    update.mutable_regulation_case()->mutable_patient_place()->set_insee_code(commune);
    update.mutable_update_mask()->add_paths("patient_place");
    update.set_etag(row.etag());
    return update;
  }
};

// aml_conflict_visible: on the dossier in metres, on the board as an alarm that moves no line.
TEST_F(Places, H05_AmlConflictVisible) {
  const std::string name = Created(Located(0.05)).name();
  EXPECT_NEAR(Get(name).place_conflict_meters(), 5560, 30);
  const auto screen = OpenBoard(*server_, arm_, BoardOf());
  ASSERT_TRUE(screen->NextUntil(
      [&] { return screen->Alarmed(name, v1::BoardCard::ALARM_PLACE_CONFLICT); }));
  const std::string key = screen->cards[name].order_key();
  // The place is read back and corrected: the telephone was right.
  auto update = Moving(Get(name), "85047");
  SetPoint(*update.mutable_regulation_case()->mutable_patient_place()->mutable_point(),
           kLatitude + 0.05, kLongitude);
  ASSERT_THAT(Ask(arm_, &Stub::UpdateRegulationCase, update), IsOk());
  EXPECT_EQ(Get(name).place_conflict_meters(), 0);
  ASSERT_TRUE(screen->NextUntil(
      [&] { return !screen->Alarmed(name, v1::BoardCard::ALARM_PLACE_CONFLICT); }));
  EXPECT_EQ(screen->cards[name].order_key(), key);
  screen->Leave();
}

TEST_F(Places, H05_TheLatestCallThatSaysWhereItIsCounts) {
  const std::string name = Created(Located(0.05)).name();
  v1::AttachCallRequest again;
  again.set_name(name);
  *again.mutable_call() = NewCase().regulation_case().origin();
  ASSERT_THAT(Ask(arm_, &Stub::AttachCall, again), IsOk());  // From a fixed line: it says nothing.
  EXPECT_GT(Get(name).place_conflict_meters(), 0);
  SetPoint(*again.mutable_call()->mutable_telephone_point(), kLatitude, kLongitude);
  const auto attached = Ask(arm_, &Stub::AttachCall, again);
  ASSERT_THAT(attached, IsOk());
  EXPECT_EQ(attached->place_conflict_meters(), 0);
  v1::DetachCallRequest detach;
  detach.set_name(name);
  detach.set_call_id(attached->further_calls(1).call_id());
  detach.set_reason("autre appelant");
  EXPECT_GT(Ask(arm_, &Stub::DetachCall, detach)->regulation_case().place_conflict_meters(), 0);
}

TEST_F(Places, H05_ATelephoneThatIsHardlyLocatedContradictsNothing) {
  EXPECT_EQ(Created(Located(0.05, 4000)).place_conflict_meters(), 0);
  EXPECT_EQ(Created(Located(0.015)).place_conflict_meters(), 0);
  auto centre = Located(0.05);
  centre.mutable_regulation_case()->mutable_patient_place()->set_precision(
      sas::type::v1::GEO_PRECISION_CITY);
  EXPECT_EQ(Created(centre).place_conflict_meters(), 0);
}

TEST_F(Places, H05_WhatTheLineSaysIsChecked) {
  const auto refused = [&](auto change, const char* reason) {
    auto request = Located(0);
    change(*request.mutable_regulation_case());
    EXPECT_THAT(Ask(arm_, &Stub::CreateRegulationCase, request),
                StatusIs(absl::StatusCode::kInvalidArgument, reason));
  };
  refused([](auto& r) { r.mutable_origin()->mutable_telephone_point()->Clear(); }, "INVALID_POINT");
  refused([](auto& r) { r.mutable_origin()->set_telephone_accuracy_meters(-1); }, "OUT_OF_RANGE");
  refused([](auto& r) { r.mutable_origin()->set_telephone_accuracy_meters(100001); },
          "OUT_OF_RANGE");
  refused([](auto& r) { r.mutable_origin()->set_call_id("mine"); }, "OUTPUT_ONLY_FIELD");
  refused([](auto& r) { r.set_place_conflict_meters(1); }, "OUTPUT_ONLY_FIELD");
  refused([](auto& r) { r.mutable_patient_place()->mutable_point()->set_latitude_degrees(43.3); },
          "POINT_FAR_FROM_COMMUNE");
}

TEST_F(Places, H05_APlaceOutsideTheTerritoryIsSaidTwice) {
  auto request = In("44109");
  request.mutable_regulation_case()->mutable_patient_place()->set_commune("Nantes");
  request.set_request_id("P-1");
  const auto refused = Ask(arm_, &Stub::CreateRegulationCase, request);
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kFailedPrecondition, "PLACE_OUTSIDE_TERRITORY"));
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("Nantes, département 44"));
  // The call is not lost: a refusal keeps nothing, and the same request is confirmed.
  request.mutable_regulation_case()->set_place_outside_confirmed(true);
  const v1::RegulationCase row = Created(request);
  EXPECT_TRUE(row.place_outside_confirmed());
  EXPECT_TRUE(row.has_wait_start_time());
  // What lies inside needs none, and keeps none.
  auto inside = In("85047");
  inside.mutable_regulation_case()->set_place_outside_confirmed(true);
  EXPECT_FALSE(Created(inside).place_outside_confirmed());
}

TEST_F(Places, H05_TheSameWhenThePlaceIsCorrected) {
  const v1::RegulationCase row = Open();
  auto update = Moving(row, "2B033");
  EXPECT_THAT(Ask(arm_, &Stub::UpdateRegulationCase, update), ReasonIs("PLACE_OUTSIDE_TERRITORY"));
  update.mutable_regulation_case()->set_place_outside_confirmed(true);
  auto moved = Ask(arm_, &Stub::UpdateRegulationCase, update);
  ASSERT_THAT(moved, IsOk());
  EXPECT_TRUE(moved->place_outside_confirmed());
  // Another field is written without a word about the place.
  v1::UpdateRegulationCaseRequest motif;
  motif.mutable_regulation_case()->set_name(row.name());
  motif.mutable_regulation_case()->set_motif_code("M03.05");
  motif.mutable_update_mask()->add_paths("motif_code");
  motif.set_etag(moved->etag());
  moved = Ask(arm_, &Stub::UpdateRegulationCase, motif);
  ASSERT_THAT(moved, IsOk());
  EXPECT_TRUE(moved->place_outside_confirmed());
  // Taken back by its own path, it is missed.
  motif.mutable_update_mask()->set_paths(0, "place_outside_confirmed");
  motif.set_etag(moved->etag());
  EXPECT_THAT(Ask(arm_, &Stub::UpdateRegulationCase, motif), ReasonIs("PLACE_OUTSIDE_TERRITORY"));
  moved = Ask(arm_, &Stub::UpdateRegulationCase, Moving(*moved, "85047"));
  ASSERT_THAT(moved, IsOk());
  EXPECT_FALSE(moved->place_outside_confirmed());
}

// A pharmacist knows where he stands with his patient, and his software may be an old one.
TEST_F(Places, H05_ADirectEntryIsNotLostForItsPlace) {
  base::Actor pharmacist = testing::ActorWith(base::Role::kProfessional, "ph-1");
  pharmacist.profession = "21";
  pharmacist.entry_point = "pharmacie";
  auto request = In("44109");
  request.mutable_regulation_case()->mutable_origin()->set_entry_point(
      sas::type::v1::ENTRY_POINT_PHARMACIE);
  const auto row = Ask(pharmacist, &Stub::CreateRegulationCase, request);
  ASSERT_THAT(row, IsOk());
  EXPECT_FALSE(row->place_outside_confirmed());
}

TEST_F(Places, H05_APlaceOfTheTerritoryThatTakesOverNeedsNoConfirmationAnyMore) {
  auto request = In("49007");
  request.mutable_regulation_case()->set_place_outside_confirmed(true);
  const std::string name = Created(request).name();
  v1::OfferCaseRequest offer;
  offer.set_name(name);
  offer.set_to_territory("49");
  offer.set_reason("patient du Maine-et-Loire");
  ASSERT_THAT(AskOn(neighbours_, arm_, &v1::NeighbourService::Stub::OfferCase, offer), IsOk());
  v1::AcceptCaseRequest accept;
  accept.set_name(name);
  const auto accepted = AskOn(neighbours_, mru_, &v1::NeighbourService::Stub::AcceptCase, accept);
  ASSERT_THAT(accepted, IsOk());
  EXPECT_EQ(accepted->territory(), "49");
  EXPECT_FALSE(accepted->place_outside_confirmed());
}

}  // namespace
}  // namespace sas::regulation
