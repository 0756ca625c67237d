// Who waits on a named worklist: the regulation's orders, judged by the rules of the list's site.

#include <gmock/gmock.h>

#include "services/booking/worklist_service.h"
#include "tests/rpc/booking/booking_fixture.h"

namespace sas::booking {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using testing::ActorWith;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::ReasonIs;
using testing::StatusIs;

constexpr char kList[] = "regions/fr-pdl/sites/csnp-nouveau/worklists/soins-non-programmes";

/// One list of the territories 85 and 44, and what its site says to each order.
class FakeWorklists final : public WorklistClient {
 public:
  absl::StatusOr<slots::v1::Worklist> GetWorklist(const base::Call&,
                                                  const std::string& name) override {
    if (!failure.ok()) return failure;
    if (name != kList) {
      return base::Fail(absl::StatusCode::kNotFound, "WORKLIST_NOT_FOUND", "no such list");
    }
    slots::v1::Worklist worklist;
    worklist.set_name(name);
    worklist.set_display_name("Soins non programmés");
    worklist.add_territories("85");
    worklist.add_territories("44");
    return worklist;
  }

  absl::StatusOr<slots::v1::GetWorklistVerdictsResponse> Judge(
      const base::Call&, const slots::v1::GetWorklistVerdictsRequest& request) override {
    if (!failure.ok()) return failure;
    candidates.push_back(request.candidates_size());
    slots::v1::GetWorklistVerdictsResponse response;
    for (const auto& candidate : request.candidates()) {
      slots::v1::SeatVerdict& verdict = *response.add_verdicts();
      const auto refused = refusals.find(candidate.need().motif_code());
      if (refused != refusals.end()) verdict.set_refusal_reason(refused->second);
      const bool closed = candidate.need().entry_point() == type::v1::ENTRY_POINT_LINE_15;
      if (closed) verdict.set_refusal_reason("ENTRY_POINT_CLOSED");
      verdict.set_distance_meters(4200);
    }
    if (forgets_one) response.mutable_verdicts()->RemoveLast();
    return response;
  }

  absl::Status failure;
  bool forgets_one = false;
  std::map<std::string, std::string> refusals;  ///< By motif.
  std::vector<int> candidates;                  ///< Of each question.
};

class WorklistTest : public BookingTest {
 protected:
  WorklistTest() {
    AllowWorklistMethods(own_server_.roles());
    EXPECT_THAT(own_server_.Start({&service_}, {v1::WorklistService::service_full_name()}), IsOk());
    list_stub_ = v1::WorklistService::NewStub(own_server_.Channel());
  }

  ~WorklistTest() override { own_server_.Stop(); }

  static testing::InProcessServer::Options OptionsWith(const base::Clock& clock) {
    testing::InProcessServer::Options options;
    options.clock = &clock;
    return options;
  }

  /// An order that a regulator has made, `age` ago.
  regulation::v1::CareOrder Order(const std::string& id, hours delay, minutes age,
                                  const std::string& territory = "85") {
    regulation::v1::CareOrder order;
    order.set_name("regions/fr-pdl/cases/c1/orders/" + id);
    order.set_state(regulation::v1::CareOrder::STATE_TO_DO);
    order.set_territory(territory);
    order.set_motif_code("M03.14");
    order.set_clinical_line("ligne clinique");
    order.mutable_delay()->set_seconds(std::chrono::seconds(delay).count());
    *order.mutable_origin_time() = ToTimestamp(clock_.Now() - age);
    *order.mutable_due_time() = ToTimestamp(clock_.Now() - age + delay);
    order.mutable_place()->set_insee_code("85047");
    return order;
  }

  absl::StatusOr<v1::ListWorklistOrdersResponse> List(
      const base::Actor& actor = ActorWith(base::Role::kOsnp), int page_size = 0,
      const std::string& token = "", const std::string& list = kList) {
    v1::ListWorklistOrdersRequest request;
    request.set_parent(list);
    request.set_page_size(page_size);
    request.set_page_token(token);
    grpc::ClientContext context;
    own_server_.Authorize(context, actor);
    v1::ListWorklistOrdersResponse response;
    const grpc::Status status = list_stub_->ListWorklistOrders(&context, request, &response);
    if (!status.ok()) return rpc::FromGrpc(status);
    return response;
  }

  static std::vector<std::string> Ids(const absl::StatusOr<v1::ListWorklistOrdersResponse>& page) {
    std::vector<std::string> ids;
    if (!page.ok()) return {page.status().ToString()};
    for (const auto& each : page->worklist_orders()) {
      ids.push_back(each.care_order().substr(each.care_order().rfind('/') + 1));
    }
    return ids;
  }

  observe::Metrics observed_;
  WorklistMetrics list_metrics_{observed_};
  FakeWorklists worklists_;
  testing::InProcessServer own_server_{OptionsWith(clock_)};
  WorklistService service_{own_server_.runtime(), regulation_, worklists_, list_metrics_};
  std::unique_ptr<v1::WorklistService::Stub> list_stub_;
};

TEST_F(WorklistTest, S2_10_TheListShowsWhoWaitsByBandThenAge) {
  regulation_.Put(Order("late", hours(24), minutes(90)));
  regulation_.Put(Order("old", hours(24), minutes(120), "44"));
  regulation_.Put(Order("urgent", hours(4), minutes(5)));
  auto booked = Order("booked", hours(4), minutes(60));
  booked.set_state(regulation::v1::CareOrder::STATE_BOOKED);
  regulation_.Put(booked);
  auto local = Order("local", hours(4), minutes(60));
  local.mutable_entry()->set_local(true);
  local.mutable_entry()->set_entry_point(type::v1::ENTRY_POINT_LOCAL);
  regulation_.Put(local);
  regulation_.Put(Order("elsewhere", hours(4), minutes(60), "49"));
  const auto page = List();
  ASSERT_THAT(page, IsOk());
  EXPECT_THAT(Ids(page), ElementsAre("urgent", "old", "late"));
  EXPECT_EQ(page->display_name(), "Soins non programmés");
  EXPECT_EQ(page->waiting_count(), 3);
  EXPECT_THAT(page->left_out(), IsEmpty());
  EXPECT_FALSE(page->truncated());
  const v1::WorklistOrder& first = page->worklist_orders(0);
  EXPECT_EQ(first.motif_code(), "M03.14");
  EXPECT_EQ(first.distance_meters(), 4200);
  EXPECT_EQ(first.insee_code(), "85047");
  EXPECT_EQ(page->DebugString().find("ligne clinique"), std::string::npos);
}

TEST_F(WorklistTest, S2_10_WhoseCommunityIsAskedStillWaits) {
  auto order = Order("cpts", hours(24), minutes(5));
  order.set_state(regulation::v1::CareOrder::STATE_PENDING_ACCEPTANCE);
  regulation_.Put(order);  // SOS goes to him: nobody searches.
  EXPECT_THAT(Ids(List()), IsEmpty());
  order.mutable_community_request()->set_state(regulation::v1::CommunityRequest::STATE_ASKED);
  regulation_.Put(order);
  const auto page = List();
  ASSERT_THAT(Ids(page), ElementsAre("cpts"));
  EXPECT_TRUE(page->worklist_orders(0).community_asked());
}

TEST_F(WorklistTest, S2_10_WhoDoesNotSuitIsCountedByReason) {
  regulation_.Put(Order("fever", hours(24), minutes(5)));
  auto order = Order("psy", hours(24), minutes(5));
  order.set_motif_code("M03.16");
  regulation_.Put(order);
  order.set_name("regions/fr-pdl/cases/c1/orders/psy-2");
  regulation_.Put(order);
  worklists_.refusals["M03.16"] = "MOTIF_NOT_ACCEPTED";
  const auto page = List();
  EXPECT_THAT(Ids(page), ElementsAre("fever"));
  ASSERT_EQ(page->left_out_size(), 1);
  EXPECT_EQ(page->left_out(0).reason_code(), "MOTIF_NOT_ACCEPTED");
  EXPECT_EQ(page->left_out(0).order_count(), 2);
}

TEST_F(WorklistTest, S2_10_PagesFollowOneOrder) {
  for (int i = 0; i < 5; ++i) {
    regulation_.Put(Order("o" + std::to_string(i), hours(24), minutes(100 - i)));
  }
  const auto first = List(ActorWith(base::Role::kOsnp), 2);
  EXPECT_THAT(Ids(first), ElementsAre("o0", "o1"));
  // Whoever leaves the list meanwhile moves nobody.
  auto gone = Order("o1", hours(24), minutes(99));
  gone.set_state(regulation::v1::CareOrder::STATE_BOOKED);
  regulation_.Put(gone);
  const auto second = List(ActorWith(base::Role::kOsnp), 2, first->next_page_token());
  EXPECT_THAT(Ids(second), ElementsAre("o2", "o3"));
  const auto third = List(ActorWith(base::Role::kOsnp), 2, second->next_page_token());
  EXPECT_THAT(Ids(third), ElementsAre("o4"));
  EXPECT_EQ(third->next_page_token(), "");
  EXPECT_THAT(List(ActorWith(base::Role::kOsnp), 2, "nonsense"), ReasonIs("INVALID_PAGE_TOKEN"));
  EXPECT_THAT(List(ActorWith(base::Role::kOsnp), -1), ReasonIs("INVALID_PAGE_SIZE"));
}

TEST_F(WorklistTest, S2_10_EachSeesWhatIsHis) {
  regulation_.Put(Order("of-85", hours(24), minutes(5)));
  regulation_.Put(Order("of-44", hours(24), minutes(5), "44"));
  base::Actor osnp = ActorWith(base::Role::kOsnp);
  osnp.territories = {"44"};
  EXPECT_THAT(Ids(List(osnp)), ElementsAre("of-44"));
  osnp.territories = {"33"};
  EXPECT_THAT(List(osnp), ReasonIs("TERRITORY_FORBIDDEN"));
  const auto counts = List(ActorWith(base::Role::kPlanner));
  EXPECT_THAT(Ids(counts), IsEmpty());
  EXPECT_EQ(counts->waiting_count(), 2);
  EXPECT_THAT(List(ActorWith(base::Role::kSecretariat)), ReasonIs("ROLE_FORBIDDEN"));
  EXPECT_THAT(
      List(ActorWith(base::Role::kOsnp), 0, "", "regions/fr-pdl/sites/csnp-nouveau/worklists/none"),
      StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(List(ActorWith(base::Role::kOsnp), 0, "", "regions/fr-pdl/sites/csnp-nouveau"),
              ReasonIs("INVALID_RESOURCE_NAME"));
}

TEST_F(WorklistTest, S2_10_AListThatMayLackSomebodyIsNotShown) {
  regulation_.Put(Order("one", hours(24), minutes(5)));
  worklists_.failure = base::Fail(absl::StatusCode::kUnavailable, "SLOTS_UNREACHABLE", "no");
  EXPECT_THAT(List(), ReasonIs("SLOTS_UNREACHABLE"));
  worklists_.failure = absl::OkStatus();
  regulation_.FailWith(base::Fail(absl::StatusCode::kUnavailable, "REGULATION_UNREACHABLE", "no"));
  EXPECT_THAT(List(), ReasonIs("REGULATION_UNREACHABLE"));
  regulation_.FailWith(absl::OkStatus());
  worklists_.forgets_one = true;
  EXPECT_THAT(List(), ReasonIs("VERDICTS_MISSING"));
}

TEST_F(WorklistTest, S2_10_ReadsSoManyOrdersAndSaysWhenThereAreMore) {
  for (int i = 0; i < WorklistService::kOrdersMax; ++i) {
    regulation_.Put(Order("o" + std::to_string(1000 + i), hours(24), minutes(5)));
  }
  const auto full = List(ActorWith(base::Role::kOsnp), 200);
  ASSERT_THAT(full, IsOk());
  EXPECT_EQ(full->waiting_count(), 400);
  EXPECT_FALSE(full->truncated());
  // Two lines of each order, 200 at a time.
  EXPECT_THAT(worklists_.candidates, ElementsAre(200, 200, 200, 200));
  regulation_.Put(Order("p", hours(24), minutes(5)));
  const auto more = List();
  EXPECT_EQ(more->waiting_count(), 400);
  EXPECT_TRUE(more->truncated());
}

}  // namespace
}  // namespace sas::booking
