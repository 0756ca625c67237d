#include "tests/rpc/regulation/regulation_fixture.h"

namespace sas::regulation {
namespace {

using std::chrono::hours;
using ::testing::ElementsAre;
using testing::IsOk;
using testing::ReasonIs;
using ::testing::SizeIs;
using testing::StatusIs;
using Candidate = v1::RepeatCandidate;

constexpr char kNumber[] = "+33199000001";  // Of every dossier of the fixture.

class RepeatCandidates : public RegulationTest {
 protected:
  static v1::SearchRepeatCandidatesRequest ByNumber(const std::string& number = kNumber) {
    v1::SearchRepeatCandidatesRequest request;
    request.set_parent("regions/fr-pdl");
    request.set_phone_number(number);
    return request;
  }

  std::vector<Candidate> Search(const v1::SearchRepeatCandidatesRequest& request) {
    const auto found = Ask(arm_, &Stub::SearchRepeatCandidates, request);
    EXPECT_THAT(found, IsOk());
    if (!found.ok()) return {};
    return {found->candidates().begin(), found->candidates().end()};
  }
};

// repeat_call_requeues_and_warns_osnp: who takes the call sees the order that somebody works.
TEST_F(RepeatCandidates, H07_CandidatesComeWithTheLiveOrder) {
  const v1::CareOrder order = Ordered();
  ASSERT_THAT(ClaimOrder(osnp_, order.name()), IsOk());
  auto request = ByNumber();
  request.set_motif_code("M03.14");
  const auto found = Search(request);
  ASSERT_THAT(found, SizeIs(1));
  const v1::RegulationCase row = Get(CaseOf(order.name()));
  EXPECT_EQ(found[0].regulation_case(), row.name());
  EXPECT_EQ(found[0].case_number(), row.case_number());
  EXPECT_THAT(found[0].matches(),
              ElementsAre(Candidate::MATCH_SAME_NUMBER, Candidate::MATCH_SAME_MOTIF));
  EXPECT_EQ(found[0].call_count(), 1);
  EXPECT_EQ(found[0].priority(), v1::PRIORITY_P2);
  EXPECT_EQ(found[0].state(), v1::RegulationCase::STATE_ACTIVE);
  EXPECT_EQ(found[0].motif_code(), "M03.14");
  EXPECT_EQ(found[0].etag(), row.etag());
  EXPECT_EQ(found[0].open_order().name(), order.name());
  EXPECT_EQ(found[0].open_order().claim().owner().subject(), osnp_.subject);
  EXPECT_EQ(ToInstant(found[0].last_call_time()), ToInstant(row.origin().pickup_time()));
  // The etag attaches, and what is attached is counted.
  v1::AttachCallRequest attach;
  attach.set_name(row.name());
  attach.set_etag(found[0].etag());
  *attach.mutable_call() = NewCase().regulation_case().origin();
  ASSERT_THAT(Ask(arm_, &Stub::AttachCall, attach), IsOk());
  EXPECT_EQ(Search(request)[0].call_count(), 2);
  request.set_except(row.name());
  EXPECT_THAT(Search(request), SizeIs(0));
}

// lookup_hides_protected: "at what time was it again?", asked by who knows no more than a number.
TEST_F(RepeatCandidates, H35_ALookUpByNumberHidesWhereAProtectedPatientWillBe) {
  const v1::CareOrder order = Ordered();
  ASSERT_THAT(Booked(order.name(), "regions/fr-pdl/appointments/a1"), IsOk());
  auto found = Search(ByNumber());
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].open_order().appointment(), "regions/fr-pdl/appointments/a1");
  EXPECT_FALSE(found[0].protected_contact());
  v1::UpdateRegulationCaseRequest protect;
  *protect.mutable_regulation_case() = Get(CaseOf(order.name()));
  protect.mutable_regulation_case()->mutable_patients(0)->set_protected_contact(true);
  protect.set_etag(protect.regulation_case().etag());
  protect.mutable_update_mask()->add_paths("patients");
  ASSERT_THAT(Ask(arm_, &Stub::UpdateRegulationCase, protect), IsOk());
  found = Search(ByNumber());
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_TRUE(found[0].protected_contact());
  EXPECT_EQ(found[0].open_order().name(), order.name());
  EXPECT_EQ(found[0].open_order().appointment(), "");
  EXPECT_EQ(found[0].open_order().appointment_site(), "");
  EXPECT_FALSE(found[0].open_order().has_appointment_start_time());
  EXPECT_FALSE(found[0].open_order().has_place());
}

TEST_F(RepeatCandidates, H07_NoIdentityIsTold) {
  Open();
  const std::string bytes = Search(ByNumber())[0].SerializeAsString();
  EXPECT_EQ(bytes.find(kNumber), std::string::npos);
}

TEST_F(RepeatCandidates, H07_NearAndSameCommune) {
  auto request = NewCase();
  auto& place = *request.mutable_regulation_case()->mutable_patient_place();
  place.mutable_point()->set_latitude_degrees(46.8458);
  place.mutable_point()->set_longitude_degrees(-1.8794);
  place.set_precision(sas::type::v1::GEO_PRECISION_ADDRESS);
  ASSERT_THAT(Ask(arm_, &Stub::CreateRegulationCase, request), IsOk());
  auto search = ByNumber("");
  search.mutable_point()->set_latitude_degrees(46.8468);
  search.mutable_point()->set_longitude_degrees(-1.8794);
  search.set_insee_code("85047");
  const auto found = Search(search);
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_THAT(found[0].matches(),
              ElementsAre(Candidate::MATCH_NEAR, Candidate::MATCH_SAME_COMMUNE));
  EXPECT_NEAR(found[0].distance_meters(), 111, 1);
  clock_.Advance(hours(1));
  EXPECT_THAT(Search(search), SizeIs(0));
}

TEST_F(RepeatCandidates, H07_AtMostTwenty) {
  for (int i = 0; i < 21; ++i) Open();
  EXPECT_THAT(Search(ByNumber()), SizeIs(20));
}

TEST_F(RepeatCandidates, H07_WhatIsAskedIsSaid) {
  const auto refused = [&](auto change, const char* reason) {
    auto request = ByNumber();
    change(request);
    EXPECT_THAT(Ask(arm_, &Stub::SearchRepeatCandidates, request),
                StatusIs(absl::StatusCode::kInvalidArgument, reason));
  };
  refused([](auto& r) { r.clear_phone_number(); }, "SEARCH_KEY_REQUIRED");
  refused([](auto& r) { r.set_phone_number("0199000001"); }, "INVALID_PHONE_NUMBER");
  refused([](auto& r) { r.mutable_point(); }, "INVALID_POINT");
  refused([](auto& r) { r.set_insee_code("8504"); }, "INVALID_INSEE_CODE");
  refused([](auto& r) { r.set_motif_code("fièvre"); }, "UNKNOWN_CODE");
  refused([](auto& r) { r.set_except("cases/x"); }, "INVALID_RESOURCE_NAME");
}

TEST_F(RepeatCandidates, H07_WhoSeesWhichCandidates) {
  Open();
  auto elsewhere = NewCase();
  elsewhere.mutable_regulation_case()->set_territory("49");
  elsewhere.mutable_regulation_case()->mutable_patient_place()->set_insee_code("49007");
  ASSERT_THAT(Ask(arm_, &Stub::CreateRegulationCase, elsewhere), IsOk());
  EXPECT_THAT(Search(ByNumber()), SizeIs(2));
  auto own = ByNumber();
  own.set_territory("85");
  EXPECT_THAT(Search(own), SizeIs(1));
  base::Actor neighbour = testing::ActorWith(base::Role::kArm, "arm-49");
  neighbour.territories = {"49"};
  EXPECT_EQ(Ask(neighbour, &Stub::SearchRepeatCandidates, ByNumber())->candidates_size(), 1);
  EXPECT_THAT(Ask(neighbour, &Stub::SearchRepeatCandidates, own), ReasonIs("TERRITORY_FORBIDDEN"));
  for (const base::Role role : {base::Role::kOsnp, base::Role::kSupervisor, base::Role::kService,
                                base::Role::kProfessional}) {
    EXPECT_THAT(Ask(testing::ActorWith(role), &Stub::SearchRepeatCandidates, ByNumber()),
                ReasonIs("ROLE_FORBIDDEN"));
  }
  auto other = ByNumber();
  other.set_parent("regions/fr-idf");
  base::Actor bound = arm_;
  bound.regions = {"fr-pdl"};
  EXPECT_THAT(Ask(bound, &Stub::SearchRepeatCandidates, other), ReasonIs("REGION_FORBIDDEN"));
}

}  // namespace
}  // namespace sas::regulation
