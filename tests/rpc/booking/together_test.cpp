// Confirmations that are served together.

#include "tests/rpc/booking/booking_fixture.h"

namespace sas::booking {
namespace {

using absl::StatusCode;
using testing::IsOk;
using testing::ReasonIs;
using testing::StatusIs;
using Request = v1::CreateAppointmentRequest;

class TogetherTest : public BookingTest, public ::testing::WithParamInterface<testing::Backend> {
 protected:
  TogetherTest() : BookingTest(GetParam()) {}

  Confirmation::Outcomes Confirm(const std::vector<Request>& requests) {
    base::Call call;
    call.method = "/sas.booking.v1.BookingService/CreateAppointment";
    call.actor = Pharmacist();
    call.deadline = clock_.Steady() + std::chrono::seconds(5);
    Confirmation confirmation(
        {ledger_->store(), slots_, regulation_, *metrics_, clock_, care::TestIdentities::kAccept});
    Confirmation::Calls calls;
    for (const Request& request : requests) calls.push_back({call, request});
    return confirmation.Run(calls);
  }
};

TEST_P(TogetherTest, OneExchangeWithTheSlotsForAll) {
  std::vector<Request> requests;
  for (int seat = 0; seat < 5; ++seat) {
    requests.push_back(DirectRequest("r-" + std::to_string(seat), seat));
  }
  const int before = slots_.prepare_exchanges();
  for (const auto& outcome : Confirm(requests)) EXPECT_THAT(outcome, IsOk());
  EXPECT_EQ(slots_.prepare_exchanges(), before + 1);
  EXPECT_EQ(AllNames().size(), 5u);
  EXPECT_EQ(Events().size(), 5u);
}

TEST_P(TogetherTest, WhoIsRefusedStopsNobodyElse) {
  std::vector<Request> requests{DirectRequest("r-0", 0), DirectRequest("r-1", 1),
                                DirectRequest("r-2", 2), DirectRequest("r-3", 0),
                                DirectRequest("r-4", 4), DirectRequest("r-5", 5)};
  requests[1].set_hold_token("spent-0000000000000000000000");
  requests[2].mutable_appointment()->clear_patient();
  const std::string unknown = std::string(kCase) + "/patients/none";
  regulation_.Forget(unknown);
  requests[4].mutable_appointment()->set_patient(unknown);
  const auto outcomes = Confirm(requests);
  EXPECT_THAT(outcomes[0], IsOk());
  EXPECT_THAT(outcomes[1], ReasonIs("HOLD_LOST"));
  EXPECT_THAT(outcomes[2], StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(outcomes[3], StatusIs(StatusCode::kAlreadyExists, "SEAT_TAKEN")) << "I1";
  EXPECT_THAT(outcomes[4], ReasonIs("PATIENT_NOT_FOUND"));
  EXPECT_THAT(outcomes[5], IsOk());
  EXPECT_EQ(AllNames().size(), 2u);
  Flush();
  EXPECT_EQ(slots_.OwnerOf(kSlot, 0), outcomes[0]->name()) << "the loser gave nothing away";
}

TEST_P(TogetherTest, TwinsInOneLoadAreOneAppointmentWithOneAnswer) {
  const Request request = DirectRequest("r-1");
  Request other = request;
  other.mutable_appointment()->set_motif_code("M03.14");
  const auto outcomes = Confirm({request, request, other});
  ASSERT_THAT(outcomes[0], IsOk());
  ASSERT_THAT(outcomes[1], IsOk());
  EXPECT_EQ(outcomes[0]->SerializeAsString(), outcomes[1]->SerializeAsString());
  EXPECT_THAT(outcomes[2], ReasonIs("REQUEST_ID_REUSED"));
  EXPECT_EQ(AllNames().size(), 1u);
  const auto again = Confirm({request}).front();
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->SerializeAsString(), outcomes[0]->SerializeAsString());
}

TEST_P(TogetherTest, ARegulationThatIsSilentStopsAllButThoseWhoAskedByVoice) {
  std::vector<Request> requests{DirectRequest("r-0", 0), DirectRequest("r-1", 1)};
  requests[1].mutable_appointment()->set_oral_check(true);
  regulation_.FailWith(base::Fail(StatusCode::kUnavailable, "REGULATION_UNREACHABLE", "no answer"));
  const auto outcomes = Confirm(requests);
  EXPECT_THAT(outcomes[0], StatusIs(StatusCode::kUnavailable, "REGULATION_UNREACHABLE"));
  ASSERT_THAT(outcomes[1], IsOk());
  EXPECT_TRUE(outcomes[1]->oral_check());
}

INSTANTIATE_TEST_SUITE_P(Ledgers, TogetherTest, testing::EveryBackend(), testing::BackendName);

}  // namespace
}  // namespace sas::booking
