#include "services/regulation/case_ageing.h"
#include "services/regulation/roles.h"
#include "tests/rpc/regulation/regulation_fixture.h"

// Dossiers of one event, and dossiers that are prepared before their hour.
namespace sas::regulation {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::ReasonIs;
using testing::StatusIs;
using ::testing::UnorderedElementsAre;

class OneEvent : public RegulationTest {
 protected:
  absl::StatusOr<v1::RegulationCase> Link(const std::string& name, const std::string& other) {
    v1::LinkRegulationCasesRequest request;
    request.set_name(name);
    request.set_other(other);
    request.set_reason("même accident");
    return Ask(arm_, &Stub::LinkRegulationCases, request);
  }
};

// domain.md §1.6: one accident, several calls and places.
TEST_F(OneEvent, EachNamesAllOthersAndNothingElseChanges) {
  const std::string a = Prioritized(v1::PRIORITY_P2).name();
  const std::string b = Open().name();
  const std::string c = Open().name();
  ASSERT_THAT(Link(a, b), IsOk());
  const auto linked = Link(c, a);
  ASSERT_THAT(linked, IsOk());
  EXPECT_THAT(linked->linked_cases(), UnorderedElementsAre(a, b));
  EXPECT_THAT(Get(a).linked_cases(), UnorderedElementsAre(b, c));
  EXPECT_THAT(Get(b).linked_cases(), UnorderedElementsAre(a, c));
  EXPECT_EQ(Get(b).priority(), v1::PRIORITY_UNSPECIFIED);
  const std::string etag = Get(b).etag();
  ASSERT_THAT(Link(b, c), IsOk());  // Known already.
  EXPECT_EQ(Get(b).etag(), etag);
  EXPECT_THAT(Link(a, a), ReasonIs("SAME_CASE"));
}

TEST_F(OneEvent, WhoIsTakenOutIsForgottenByAll) {
  const std::string a = Open().name();
  const std::string b = Open().name();
  const std::string c = Open().name();
  ASSERT_THAT(Link(a, b), IsOk());
  ASSERT_THAT(Link(a, c), IsOk());
  v1::UnlinkRegulationCaseRequest out;
  out.set_name(b);
  EXPECT_THAT(Ask(arm_, &Stub::UnlinkRegulationCase, out),
              StatusIs(absl::StatusCode::kInvalidArgument));
  out.set_reason("autre lieu");
  ASSERT_THAT(Ask(arm_, &Stub::UnlinkRegulationCase, out), IsOk());
  EXPECT_THAT(Get(b).linked_cases(), IsEmpty());
  EXPECT_THAT(Get(a).linked_cases(), UnorderedElementsAre(c));
  EXPECT_THAT(Get(c).linked_cases(), UnorderedElementsAre(a));
}

TEST_F(OneEvent, AnEventHasItsBound) {
  const std::string first = Open().name();
  for (int i = 0; i < 20; ++i) ASSERT_THAT(Link(first, Open().name()), IsOk());
  EXPECT_THAT(Link(first, Open().name()),
              StatusIs(absl::StatusCode::kResourceExhausted, "LIMIT_REACHED"));
}

/// A ledger whose disk is full: it takes vital writes alone.
class FullStore final : public RegulationStore {
 public:
  explicit FullStore(RegulationStore& store) : store_(store) {}

  absl::Status Write(const base::Call& call, const Work& work) override {
    return IsVitalAct(call) ? store_.Write(call, work) : absl::ResourceExhaustedError(call.method);
  }

  absl::Status Read(const base::Call& call, const Work& work) override {
    return store_.Read(call, work);
  }

  ledger::Feed& feed() override { return store_.feed(); }

 private:
  RegulationStore& store_;
};

class Prepared : public RegulationTest {
 protected:
  absl::StatusOr<v1::RegulationCase> Prepare(std::chrono::seconds ahead, const base::Actor& actor) {
    auto request = NewCase("M06.04");
    *request.mutable_regulation_case()->mutable_activation_time() =
        ToTimestamp(clock_.Now() + ahead);
    return Ask(actor, &Stub::CreateRegulationCase, request);
  }

  std::vector<std::string> List(v1::CaseListView view) {
    v1::ListRegulationCasesRequest request;
    request.set_parent("regions/fr-pdl");
    request.set_view(view);
    const auto page = Ask(mru_, &Stub::ListRegulationCases, request);
    EXPECT_THAT(page, IsOk());
    std::vector<std::string> names;
    for (const auto& row : page->regulation_cases()) names.push_back(row.name());
    return names;
  }

  void Turn() {
    EXPECT_THAT(AgeCases(*desk_, base::InternalCall(kCaseAgeing, clock_, std::chrono::seconds(5))),
                IsOk());
  }
};

TEST_F(Prepared, ItWaitsForNobodyBeforeItsHourAndBeginsByItself) {
  const auto later = Prepare(hours(3), arm_);
  ASSERT_THAT(later, IsOk());
  const auto sooner = Prepare(hours(2), arm_);
  ASSERT_THAT(sooner, IsOk());
  EXPECT_EQ(later->state(), v1::RegulationCase::STATE_PROGRAMMED);
  EXPECT_FALSE(later->has_wait_start_time());
  EXPECT_THAT(List(v1::CASE_LIST_VIEW_WAITING), IsEmpty());
  EXPECT_THAT(List(v1::CASE_LIST_VIEW_PROGRAMMED),
              ::testing::ElementsAre(sooner->name(), later->name()));
  Turn();
  EXPECT_EQ(Get(sooner->name()).state(), v1::RegulationCase::STATE_PROGRAMMED);
  clock_.Advance(hours(2));
  Turn();
  EXPECT_EQ(Get(sooner->name()).state(), v1::RegulationCase::STATE_ACTIVE);
  EXPECT_TRUE(Get(sooner->name()).has_wait_start_time());
  EXPECT_EQ(Get(later->name()).state(), v1::RegulationCase::STATE_PROGRAMMED);
  EXPECT_THAT(List(v1::CASE_LIST_VIEW_WAITING), ::testing::ElementsAre(sooner->name()));
}

// Who was promised a call at this hour waits for it, whatever the disk; the files wait for room.
TEST_F(Prepared, H01_ItBeginsOnAFullDiskAndNothingIsClosedThere) {
  const std::string validated = Open("M06.04").name();
  ASSERT_THAT(Close(arm_, validated, "D.D-MALV.ERR"), IsOk());
  const auto prepared = Prepare(hours(24), arm_);
  ASSERT_THAT(prepared, IsOk());
  clock_.Advance(hours(25));
  FullStore disk(store_);
  Desk desk{disk, clock_, server_->random(), zone_, *metrics_};
  EXPECT_EQ(AgeCases(desk, base::InternalCall(kCaseAgeing, clock_, std::chrono::seconds(5))),
            absl::ResourceExhaustedError(kCaseAgeing));
  EXPECT_EQ(Get(prepared->name()).state(), v1::RegulationCase::STATE_ACTIVE);
  EXPECT_EQ(Get(validated).state(), v1::RegulationCase::STATE_VALIDATED);
}

TEST_F(Prepared, APersonMayBeginItBefore) {
  const auto prepared = Prepare(hours(24), arm_);
  ASSERT_THAT(prepared, IsOk());
  v1::ActivateRegulationCaseRequest request;
  request.set_name(prepared->name());
  const auto begun = Ask(arm_, &Stub::ActivateRegulationCase, request);
  ASSERT_THAT(begun, IsOk());
  EXPECT_EQ(begun->state(), v1::RegulationCase::STATE_ACTIVE);
  EXPECT_TRUE(begun->has_wait_start_time());
  EXPECT_THAT(Ask(arm_, &Stub::ActivateRegulationCase, request), ReasonIs("CASE_STATE_FORBIDS"));
}

TEST_F(Prepared, NotInThePastNorTooFarNorByAPractice) {
  EXPECT_THAT(Prepare(-minutes(1), arm_), ReasonIs("INVALID_ACTIVATION_TIME"));
  EXPECT_THAT(Prepare(hours(24 * 91), arm_), ReasonIs("INVALID_ACTIVATION_TIME"));
  EXPECT_THAT(Prepare(hours(24 * 90), arm_), IsOk());
}

TEST_F(Prepared, AnArchivedDossierIsSeenByNobody) {
  const std::string name = Open("M06.04").name();
  ASSERT_THAT(Close(arm_, name, "D.D-MALV.ERR"), IsOk());
  for (const auto age : {hours(25), hours(24 * 92), hours(24 * 365 * 5)}) {
    EXPECT_NE(Get(name).state(), v1::RegulationCase::STATE_ARCHIVED);
    clock_.Advance(age);
    Turn();
  }
  v1::GetRegulationCaseRequest get;
  get.set_name(name);
  EXPECT_THAT(Ask(mru_, &Stub::GetRegulationCase, get),
              StatusIs(absl::StatusCode::kNotFound, "CASE_ARCHIVED"));
  EXPECT_THAT(List(v1::CASE_LIST_VIEW_ENDED), IsEmpty());
}

}  // namespace
}  // namespace sas::regulation
