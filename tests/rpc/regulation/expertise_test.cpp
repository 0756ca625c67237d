#include <deque>
#include <functional>

#include "services/regulation/expertise_worker.h"
#include "tests/rpc/regulation/exchange_fixture.h"

namespace sas::regulation {
namespace {

using base::Role;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ActorWith;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::IsOk;
using ::testing::Not;
using testing::ReasonIs;
using testing::StatusIs;
using Kind = ExpertiseOutcome::Kind;

// A platform that answers as it is told, then by accepting.
class FakePlatform final : public ExpertiseClient {
 public:
  ExpertiseOutcome Announce(const ExpertiseNotice& notice) override {
    notices.push_back(notice);
    if (while_told) while_told();
    if (outcomes.empty()) return {Kind::kAccepted, ""};
    const ExpertiseOutcome outcome = outcomes.front();
    outcomes.pop_front();
    return outcome;
  }

  std::vector<ExpertiseNotice> notices;
  std::deque<ExpertiseOutcome> outcomes;
  std::function<void()> while_told;
};

class ExpertiseTest : public ExchangeTest {
 protected:
  v1::RequestExpertiseRequest NewRequest(const std::string& parent) const {
    v1::RequestExpertiseRequest request;
    request.set_parent(parent);
    request.set_specialty("SM15");
    request.set_text("lésion évolutive, avis dermatologique");
    return request;
  }

  Exchange Requested() {
    const auto asked =
        AskExchanges(mrl_, &ExchangeStub::RequestExpertise, NewRequest(Open().name()));
    EXPECT_THAT(asked, IsOk());
    return asked.value_or(Exchange());
  }

  absl::StatusOr<v1::AttachExpertiseResultResponse> Attach(const base::Actor& actor,
                                                           const std::string& case_ref,
                                                           const std::string& text = "bénin",
                                                           const std::string& id = "r-1") {
    v1::AttachExpertiseResultRequest request;
    request.set_parent("regions/fr-pdl");
    request.set_case_ref(case_ref);
    request.mutable_result()->set_result_id(id);
    request.mutable_result()->set_text(text);
    return AskExchanges(actor, &ExchangeStub::AttachExpertiseResult, request);
  }

  void Turn() { EXPECT_THAT(worker_.Turn(base::InternalCall("test", clock_, seconds(5))), IsOk()); }

  FakePlatform client_;
  ExpertiseWorker worker_{store_, client_, *exchange_metrics_, clock_};
};

TEST_F(ExpertiseTest, S3_16_ARequestHasAReferenceAndALinkWithoutThePatient) {
  const Exchange asked = Requested();
  EXPECT_EQ(asked.kind(), Exchange::KIND_EXPERTISE);
  EXPECT_EQ(asked.state(), Exchange::STATE_REQUESTED);
  const std::string& ref = asked.expertise().case_ref();
  EXPECT_EQ(ref.size(), 32u);
  EXPECT_EQ(asked.expertise().link(), "https://omnidoc.example/d?ref=" + ref + "&sp=SM15");
  EXPECT_THAT(asked.name(), Not(HasSubstr(ref)));
  EXPECT_FALSE(asked.unread());
  EXPECT_THAT(Unread(mrl_), IsEmpty());  // There is nothing to read yet.
  EXPECT_NE(Requested().expertise().case_ref(), ref);
}

TEST_F(ExpertiseTest, S3_16_ThePlatformIsToldCodesAlone) {
  const Exchange asked = Requested();
  Turn();
  ASSERT_EQ(client_.notices.size(), 1u);
  EXPECT_EQ(client_.notices[0].case_ref, asked.expertise().case_ref());
  EXPECT_EQ(client_.notices[0].specialty, "SM15");
  EXPECT_EQ(client_.notices[0].territory, "85");
  EXPECT_EQ(GetAs(mrl_, asked.name())->state(), Exchange::STATE_SENT);
  clock_.Advance(minutes(30));
  Turn();
  EXPECT_EQ(client_.notices.size(), 1u);
  EXPECT_THAT(worker_.Reachable(), IsOk());
}

TEST_F(ExpertiseTest, S3_16_ItIsToldAgainWithGrowingPausesUnderTheSameReference) {
  const Exchange asked = Requested();
  client_.outcomes = {{Kind::kNotTaken, "HTTP_503"}, {Kind::kNotTaken, "HTTP_503"}};
  Turn();
  EXPECT_THAT(worker_.Reachable(),
              StatusIs(absl::StatusCode::kUnavailable, "PLATFORM_UNREACHABLE"));
  Turn();
  EXPECT_EQ(client_.notices.size(), 1u);  // The pause is not over.
  clock_.Advance(seconds(2));
  Turn();
  EXPECT_EQ(client_.notices.size(), 2u);
  clock_.Advance(seconds(3));
  Turn();
  EXPECT_EQ(client_.notices.size(), 2u);
  clock_.Advance(seconds(1));
  Turn();
  EXPECT_EQ(client_.notices.size(), 3u);
  for (const ExpertiseNotice& notice : client_.notices) {
    EXPECT_EQ(notice.case_ref, asked.expertise().case_ref());
  }
  EXPECT_EQ(GetAs(mrl_, asked.name())->state(), Exchange::STATE_SENT);
  EXPECT_EQ(GetAs(mrl_, asked.name())->expertise().attempt_count(), 3);
  EXPECT_THAT(worker_.Reachable(), IsOk());
}

TEST_F(ExpertiseTest, S3_16_AttemptsEndAndWhoAskedFindsTheFailureUnread) {
  const Exchange asked = Requested();
  client_.outcomes.assign(100, {Kind::kNotTaken, "HTTP_NOT_SENT"});
  for (int i = 0; i < 60; ++i) {
    Turn();
    clock_.Advance(minutes(1));
  }
  EXPECT_EQ(client_.notices.size(), static_cast<std::size_t>(kExpertiseAttemptsMax));
  const auto failed = GetAs(mrl_, asked.name());
  EXPECT_EQ(failed->state(), Exchange::STATE_FAILED);
  EXPECT_EQ(failed->expertise().fail_reason(), "PLATFORM_UNREACHABLE");
  EXPECT_THAT(Unread(mrl_), ElementsAre(asked.name()));
  // The doctor has followed the link all the same.
  ASSERT_THAT(Attach(platform_, asked.expertise().case_ref()), IsOk());
  EXPECT_EQ(GetAs(mrl_, asked.name())->state(), Exchange::STATE_ANSWERED);
}

TEST_F(ExpertiseTest, S3_16_ARefusalIsNotRepeated) {
  const Exchange asked = Requested();
  client_.outcomes = {{Kind::kRefused, "HTTP_422"}};
  Turn();
  clock_.Advance(minutes(30));
  Turn();
  EXPECT_EQ(client_.notices.size(), 1u);
  EXPECT_EQ(GetAs(mrl_, asked.name())->expertise().fail_reason(), "PLATFORM_REFUSED");
  EXPECT_THAT(Unread(mrl_), ElementsAre(asked.name()));
}

TEST_F(ExpertiseTest, AnAttemptThatRunsKeepsOtherReplicasFromIt) {
  Requested();
  ExpertiseWorker other(store_, client_, *exchange_metrics_, clock_);
  client_.while_told = [&] {
    client_.while_told = nullptr;
    EXPECT_THAT(other.Turn(base::InternalCall("test", clock_, seconds(5))), IsOk());
  };
  Turn();
  EXPECT_EQ(client_.notices.size(), 1u);
}

TEST_F(ExpertiseTest, AnAnswerWhileItIsToldStands) {
  const Exchange asked = Requested();
  client_.while_told = [&] {
    client_.while_told = nullptr;
    EXPECT_THAT(Attach(platform_, asked.expertise().case_ref()), IsOk());
  };
  client_.outcomes = {{Kind::kNotTaken, "HTTP_NO_ANSWER"}};
  Turn();
  EXPECT_EQ(GetAs(mrl_, asked.name())->state(), Exchange::STATE_ANSWERED);
  clock_.Advance(minutes(1));
  Turn();
  EXPECT_EQ(client_.notices.size(), 1u);
}

TEST_F(ExpertiseTest, S3_16_AResultIsAttachedOnceAndUnreadForWhoAsked) {
  const Exchange asked = Requested();
  const std::string& ref = asked.expertise().case_ref();
  const auto attached = Attach(platform_, ref);
  ASSERT_THAT(attached, IsOk());
  EXPECT_EQ(attached->result_count(), 1);
  // The platform repeats it under another request: nothing changes.
  const auto again = Attach(platform_, ref);
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->attach_time().seconds(), attached->attach_time().seconds());
  EXPECT_EQ(again->result_count(), 1);
  const auto shown = GetAs(mrl_, asked.name());
  EXPECT_EQ(shown->state(), Exchange::STATE_ANSWERED);
  ASSERT_EQ(shown->expertise().results_size(), 1);
  EXPECT_EQ(shown->expertise().results(0).text(), "bénin");
  EXPECT_TRUE(shown->unread());
  EXPECT_THAT(Unread(mrl_), ElementsAre(asked.name()));
  EXPECT_THAT(Unread(ActorWith(Role::kRegulatorMg, "mrl-2")), IsEmpty());
  EXPECT_EQ(EventTypes().back(), "exchange.answered");
  ASSERT_THAT(MarkRead(mrl_, asked.name()), IsOk());
  EXPECT_THAT(Unread(mrl_), IsEmpty());
  // A second opinion begins anew.
  ASSERT_THAT(Attach(platform_, ref, "à revoir à 3 mois", "r-2"), IsOk());
  EXPECT_THAT(Unread(mrl_), ElementsAre(asked.name()));
  EXPECT_THAT(Attach(platform_, ref, "malin", "r-1"),
              StatusIs(absl::StatusCode::kFailedPrecondition, "RESULT_CHANGED"));
}

TEST_F(ExpertiseTest, S3_16_NobodyButThatPlatformAnswers) {
  const Exchange asked = Requested();
  const std::string& ref = asked.expertise().case_ref();
  EXPECT_THAT(Attach(ActorWith(Role::kPartner, "doctoplan"), ref),
              StatusIs(absl::StatusCode::kNotFound, "EXPERTISE_NOT_FOUND"));
  EXPECT_THAT(Attach(platform_, std::string(32, '0')), ReasonIs("EXPERTISE_NOT_FOUND"));
  EXPECT_THAT(Attach(platform_, ""), ReasonIs("EXPERTISE_NOT_FOUND"));
  EXPECT_THAT(Attach(mrl_, ref), ReasonIs("ROLE_FORBIDDEN"));
  EXPECT_THAT(GetAs(platform_, asked.name()), ReasonIs("ROLE_FORBIDDEN"));
  base::Actor elsewhere = platform_;
  elsewhere.regions = {"fr-naq"};
  EXPECT_THAT(Attach(elsewhere, ref), ReasonIs("REGION_FORBIDDEN"));
}

TEST_F(ExpertiseTest, BoundsAndShapes) {
  const Exchange asked = Requested();
  const std::string& ref = asked.expertise().case_ref();
  EXPECT_THAT(Attach(platform_, ref, ""), ReasonIs("TEXT_REQUIRED"));
  EXPECT_THAT(Attach(platform_, ref, std::string(4001, 'x')), ReasonIs("TEXT_TOO_LONG"));
  EXPECT_THAT(Attach(platform_, ref, "x", "a b"), ReasonIs("INVALID_REFERENCE"));
  for (int i = 0; i < 10; ++i) {
    ASSERT_THAT(Attach(platform_, ref, std::string(4000, 'x'), "r-" + std::to_string(i)), IsOk());
  }
  EXPECT_THAT(Attach(platform_, ref, "x", "r-10"),
              StatusIs(absl::StatusCode::kResourceExhausted, "LIMIT_REACHED"));
  auto request = NewRequest(Open().name());
  request.set_specialty("SM 15");
  EXPECT_THAT(AskExchanges(mrl_, &ExchangeStub::RequestExpertise, request),
              ReasonIs("INVALID_SPECIALTY"));
  request = NewRequest(Open().name());
  request.clear_text();
  EXPECT_THAT(AskExchanges(mrl_, &ExchangeStub::RequestExpertise, request),
              ReasonIs("TEXT_REQUIRED"));
}

TEST_F(ExpertiseTest, WithoutAPlatformItIsRefusedWithAWayOut) {
  ExchangeDesk bare{*desk_, *exchange_metrics_, {}};
  base::Call call = base::InternalCall("test", clock_, seconds(5));
  call.actor = mrl_;
  auto request = NewRequest(Open().name());
  request.set_request_id("r");
  EXPECT_THAT(acts::RequestExpertise(bare, call, request),
              StatusIs(absl::StatusCode::kFailedPrecondition, "EXPERTISE_NOT_CONFIGURED"));
}

}  // namespace
}  // namespace sas::regulation
