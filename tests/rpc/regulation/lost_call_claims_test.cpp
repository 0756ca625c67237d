#include "tests/rpc/regulation/regulation_fixture.h"

// A call to return has an owner while he calls: two do not call at once.
namespace sas::regulation {
namespace {

using base::Role;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ActorWith;
using testing::IsOk;
using testing::ReasonIs;
using testing::StatusIs;
using Ends = v1::ResolveLostCallRequest;

class LostCallClaims : public RegulationTest {
 protected:
  std::string Lost() {
    v1::RecordLostCallRequest request;
    request.set_parent("regions/fr-pdl");
    request.mutable_lost_call()->set_phone_number("+33199000071");
    request.mutable_lost_call()->set_territory("85");
    return Ask(arm_, &Stub::RecordLostCall, request).value_or(v1::LostCall()).name();
  }

  absl::StatusOr<v1::LostCall> ClaimAs(const base::Actor& actor, const std::string& name,
                                       const std::string& etag = "",
                                       const std::string& request_id = "") {
    v1::ClaimLostCallRequest request;
    request.set_name(name);
    request.set_etag(etag);
    request.set_request_id(request_id);
    return Ask(actor, &Stub::ClaimLostCall, request);
  }

  absl::StatusOr<v1::LostCall> CallBack(
      const base::Actor& actor, const std::string& name,
      v1::CallReturn::Result result = v1::CallReturn::RESULT_NO_ANSWER) {
    v1::RecordCallReturnRequest request;
    request.set_name(name);
    request.set_result(result);
    return Ask(actor, &Stub::RecordCallReturn, request);
  }

  absl::StatusOr<v1::LostCall> Resolve(const base::Actor& actor, const std::string& name,
                                       Ends::Outcome outcome, const std::string& reason = "") {
    Ends request;
    request.set_name(name);
    request.set_outcome(outcome);
    request.set_reason(reason);
    return Ask(actor, &Stub::ResolveLostCall, request);
  }

  v1::LostCall Listed() {
    v1::ListLostCallsRequest request;
    request.set_parent("regions/fr-pdl");
    const auto listed = Ask(arm_, &Stub::ListLostCalls, request);
    EXPECT_THAT(listed, IsOk());
    return listed->lost_calls_size() == 1 ? listed->lost_calls(0) : v1::LostCall();
  }

  const base::Actor arm2_ = ActorWith(Role::kArm, "arm-2");
  const base::Actor supervisor_ = ActorWith(Role::kSupervisor, "sup-1");
};

TEST_F(LostCallClaims, WhoCallsBackIsNamedToTheSecondAndShownToAll) {
  const std::string name = Lost();
  const auto claimed = ClaimAs(arm_, name);
  ASSERT_THAT(claimed, IsOk());
  EXPECT_EQ(claimed->claim().owner().subject(), "arm-1");
  EXPECT_EQ(ToInstant(claimed->claim().expire_time()) - ToInstant(claimed->claim().claim_time()),
            minutes(3));
  EXPECT_EQ(Listed().claim().owner().subject(), "arm-1");
  const base::Metadata owner{{"owner", "arm-1"}, {"owner_role", "arm"}};
  for (const auto& refused : {ClaimAs(arm2_, name), CallBack(arm2_, name), CallBack(mrl_, name),
                              Resolve(arm2_, name, Ends::OUTCOME_REACHED)}) {
    EXPECT_THAT(refused, StatusIs(absl::StatusCode::kAborted, "LOST_CALL_ALREADY_CLAIMED"));
    EXPECT_EQ(base::DetailOf(refused.status()).metadata, owner);
  }
}

TEST_F(LostCallClaims, TheAttemptEndsIt) {
  const std::string name = Lost();
  ASSERT_THAT(ClaimAs(arm_, name), IsOk());
  const auto tried = CallBack(arm_, name);
  ASSERT_THAT(tried, IsOk());
  EXPECT_FALSE(tried->has_claim());
  EXPECT_FALSE(Listed().has_claim());
  ASSERT_THAT(ClaimAs(arm2_, name), IsOk());
  const auto reached = CallBack(arm2_, name, v1::CallReturn::RESULT_REACHED);
  ASSERT_THAT(reached, IsOk());
  EXPECT_FALSE(reached->has_claim());
  EXPECT_THAT(ClaimAs(arm_, name), ReasonIs("LOST_CALL_DONE"));
}

TEST_F(LostCallClaims, ItEndsByTimeAndItsOwnerRenewsIt) {
  const std::string name = Lost();
  ASSERT_THAT(ClaimAs(arm_, name), IsOk());
  clock_.Advance(minutes(2));
  ASSERT_THAT(ClaimAs(arm_, name), IsOk());
  clock_.Advance(minutes(2));
  EXPECT_THAT(ClaimAs(arm2_, name), ReasonIs("LOST_CALL_ALREADY_CLAIMED"));
  clock_.Advance(minutes(1));
  EXPECT_FALSE(Listed().has_claim());
  const auto next = ClaimAs(arm2_, name);
  ASSERT_THAT(next, IsOk());
  EXPECT_EQ(next->claim().version(), 2);
}

TEST_F(LostCallClaims, ARegulatorOrTheSupervisorEndsItAllTheSame) {
  const std::string first = Lost();
  ASSERT_THAT(ClaimAs(arm_, first), IsOk());
  EXPECT_THAT(Resolve(mrl_, first, Ends::OUTCOME_MEANS_SENT, "SMUR envoyé"), IsOk());
  const std::string second = Lost();
  ASSERT_THAT(ClaimAs(arm_, second), IsOk());
  EXPECT_THAT(Resolve(supervisor_, second, Ends::OUTCOME_REACHED), IsOk());
  const std::string third = Lost();
  ASSERT_THAT(ClaimAs(arm_, third), IsOk());
  EXPECT_THAT(Resolve(arm_, third, Ends::OUTCOME_REACHED), IsOk());
}

TEST_F(LostCallClaims, OneActForOneRequestAndTheEntryOnTheScreen) {
  const std::string name = Lost();
  const std::string seen = Listed().etag();
  const auto first = ClaimAs(arm_, name, seen, "claim-1");
  ASSERT_THAT(first, IsOk());
  EXPECT_EQ(ClaimAs(arm_, name, seen, "claim-1")->SerializeAsString(), first->SerializeAsString());
  EXPECT_THAT(ClaimAs(arm_, name, "", "claim-1"), ReasonIs("REQUEST_ID_REUSED"));
  EXPECT_THAT(ClaimAs(arm_, name, seen), StatusIs(absl::StatusCode::kAborted, "ETAG_MISMATCH"));
  EXPECT_THAT(ClaimAs(osnp_, name), ReasonIs("ROLE_FORBIDDEN"));
  EXPECT_THAT(ClaimAs(arm_, "regions/fr-pdl/lostCalls/none"),
              StatusIs(absl::StatusCode::kNotFound, "LOST_CALL_NOT_FOUND"));
  // The number rings again meanwhile: whoever calls goes on.
  EXPECT_EQ(Lost(), name);
  EXPECT_EQ(Listed().claim().owner().subject(), "arm-1");
}

}  // namespace
}  // namespace sas::regulation
