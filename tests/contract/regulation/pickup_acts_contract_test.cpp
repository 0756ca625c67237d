#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <thread>
#include <vector>

#include "common/base/status.h"
#include "common/observe/metrics.h"
#include "common/testing/actors.h"
#include "common/testing/fake_random.h"
#include "common/testing/status_matchers.h"
#include "services/regulation/acts.h"
#include "services/regulation/pickup_acts.h"
#include "tests/contract/regulation/stores.h"

// A whole room answers the telephone at once, on each ledger.
namespace sas::regulation {
namespace {

using testing::IsOk;
using testing::ReasonIs;

constexpr int kCalls = 120;
constexpr int kArms = 8;

class PickupActsContract : public StoreContract {
 protected:
  base::Call As(const std::string& subject, const char* method) {
    base::Call call = Call();
    call.method = method;
    call.actor = testing::ActorWith(base::Role::kArm, subject);
    return call;
  }

  Desk MakeDesk() { return {store(), clock_, random_, zone_, metrics_}; }

  // One second after the one before.
  std::string Announced(int number) {
    v1::AnnounceCallRequest request;
    request.set_parent("regions/fr-pdl");
    request.mutable_waiting_call()->set_territory("85");
    request.mutable_waiting_call()->set_origine_code("15");
    request.mutable_waiting_call()->set_call_reference("call-" + std::to_string(number));
    request.set_request_id("A-" + std::to_string(number));
    Desk desk = MakeDesk();
    const auto call = acts::AnnounceCall(desk, As("link", "Announce"), request);
    EXPECT_THAT(call, IsOk());
    clock_.Advance(std::chrono::seconds(1));
    return call.value_or(v1::WaitingCall()).name();
  }

  // The calls that this ARM got, in this order, until nobody rings.
  std::vector<std::string> Work(const std::string& arm) {
    std::vector<std::string> calls;
    Desk desk = MakeDesk();
    for (int act = 0; act < 10 * kCalls; ++act) {
      v1::PickUpNextCallRequest request;
      request.set_parent("regions/fr-pdl");
      request.set_request_id("P-" + std::to_string(calls.size()));
      const auto call = acts::PickUpNextCall(desk, As(arm, "PickUpNext"), request);
      if (call.ok()) {
        EXPECT_EQ(call->picked_up_by().subject(), arm);
        calls.push_back(call->name());
      } else if (!absl::IsAborted(call.status())) {  // Else asked again, as a console does.
        EXPECT_THAT(call, ReasonIs("NOBODY_RINGS"));
        return calls;
      }
    }
    ADD_FAILURE() << "the queue never ends";
    return calls;
  }

  testing::FakeRandom random_;
  const care::Zone zone_ = *care::Zone::Load("Europe/Paris");
  observe::Metrics page_;
  RegulationMetrics metrics_{page_};
};

INSTANTIATE_TEST_SUITE_P(Stores, PickupActsContract, testing::EveryBackend(), testing::BackendName);

TEST_P(PickupActsContract, TwoArmNeverGetTheSameCallAndNoCallIsLeft) {
  std::map<std::string, int> rings;  // The place of each in the queue.
  for (int i = 0; i < kCalls; ++i) rings[Announced(i)] = i;
  ASSERT_EQ(rings.size(), static_cast<std::size_t>(kCalls));
  std::vector<std::vector<std::string>> got(kArms);
  std::vector<std::thread> room;
  for (int arm = 0; arm < kArms; ++arm) {
    room.emplace_back(
        [&, arm] { got[static_cast<std::size_t>(arm)] = Work("arm-" + std::to_string(arm)); });
  }
  for (std::thread& arm : room) arm.join();
  for (const auto& calls : got) {
    int before = -1;
    for (const std::string& name : calls) {
      ASSERT_EQ(rings.count(name), 1u) << name << " was given twice";
      EXPECT_GT(rings[name], before);  // Each ARM gets them in the order of the queue.
      before = rings[name];
      rings.erase(name);
    }
  }
  EXPECT_TRUE(rings.empty());
}

TEST_P(PickupActsContract, OfTwoWhoWantOneCallOneLearnsWhoHasIt) {
  for (int i = 0; i < 20; ++i) {
    const std::string name = Announced(i);
    std::vector<absl::StatusOr<v1::WaitingCall>> answers(2);
    std::vector<std::thread> both;
    for (std::size_t arm = 0; arm < 2; ++arm) {
      both.emplace_back([&, arm] {
        v1::PickUpCallRequest request;
        request.set_name(name);
        request.set_request_id("P-" + std::to_string(i));
        Desk desk = MakeDesk();
        answers[arm] = acts::PickUpCall(desk, As("arm-" + std::to_string(arm), "PickUp"), request);
      });
    }
    for (std::thread& arm : both) arm.join();
    ASSERT_NE(answers[0].ok(), answers[1].ok()) << answers[0].status() << answers[1].status();
    const std::size_t winner = answers[0].ok() ? 0 : 1;
    EXPECT_THAT(answers[1 - winner], ReasonIs("CALL_PICKED_UP"));
    EXPECT_THAT(base::DetailOf(answers[1 - winner].status()).metadata,
                ::testing::Contains(::testing::Pair("owner", "arm-" + std::to_string(winner))));
  }
}

TEST_P(PickupActsContract, ADossierTakesItsCallAndADocumentKeepsIt) {
  Desk desk = MakeDesk();
  const std::string name = Announced(1);
  v1::CreateRegulationCaseRequest request;
  request.set_parent("regions/fr-pdl");
  request.set_request_id("C-1");
  request.mutable_regulation_case()->set_territory("85");
  request.mutable_regulation_case()->set_motif_code("M03.14");
  request.mutable_regulation_case()->add_patients();
  v1::CallOrigin& origin = *request.mutable_regulation_case()->mutable_origin();
  origin.set_entry_point(sas::type::v1::ENTRY_POINT_LINE_15);
  origin.set_waiting_call(name);
  const auto opened = acts::CreateRegulationCase(desk, As("arm-1", "Create"), request);
  ASSERT_THAT(opened, IsOk());
  EXPECT_EQ(opened->origin().origine_code(), "15");
  Reopen();
  ASSERT_THAT(Read([&](RegulationTransaction& transaction) -> absl::Status {
                SAS_ASSIGN_OR_RETURN(const WaitingRow row, transaction.pickups().GetWaiting(name));
                EXPECT_EQ(row.call.state(), v1::WaitingCall::STATE_ON_CASE);
                EXPECT_EQ(row.call.regulation_case(), opened->name());
                return absl::OkStatus();
              }),
              IsOk());
}

}  // namespace
}  // namespace sas::regulation
