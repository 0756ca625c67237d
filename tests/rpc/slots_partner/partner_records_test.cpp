#include <string>
#include <thread>
#include <vector>

#include "tests/rpc/slots_partner/partner_limits_fixture.h"

/// The record of a platform: who may read and change it, and how.
namespace sas::slots {
namespace {

using ::testing::HasSubstr;

v1::PartnerLimits Frames(int per_second) {
  v1::PartnerLimits limits;
  limits.set_frames_per_second(per_second);
  return limits;
}

class PartnerRecordsTest : public PartnerLimitsTest {
 protected:
  int Audited() const {
    int count = 0;
    for (const auto& record : store_.ledger().audit()) {
      count += record.entry.action == "UpdatePartner" ? 1 : 0;
    }
    return count;
  }
};

TEST_F(PartnerRecordsTest, WithoutARecordTheServicesOwnLimitsAreInForce) {
  const auto own = Get(Platform());
  ASSERT_THAT(own, IsOk());  // A platform may ask before it publishes.
  EXPECT_EQ(own->name(), kDoctoplan);
  EXPECT_EQ(own->etag(), "");
  EXPECT_EQ(own->limits().frames_per_second(), 0);
  EXPECT_EQ(own->limits_in_force().frames_per_second(), 200);
  EXPECT_EQ(own->limits_in_force().frames_burst(), 400);
  EXPECT_EQ(own->limits_in_force().agenda_max(), 10'000);
  EXPECT_EQ(own->limits_in_force().frame_slot_max(), 2000);
  EXPECT_EQ(own->limits_in_force().breaker_failure_max(), 3);  // As the fixture's gate.
  EXPECT_EQ(own->limits_in_force().breaker_pause().seconds(), 10);
  EXPECT_EQ(own->limits_in_force().breaker_pause_max().seconds(), 300);
  EXPECT_THAT(Get(Supervisor()), StatusIs(absl::StatusCode::kNotFound, "PARTNER_NOT_FOUND"));
  BothPublish();
  const auto known = Get(Supervisor());
  ASSERT_THAT(known, IsOk());
  EXPECT_EQ(known->agenda_count(), 1);
}

TEST_F(PartnerRecordsTest, WhatWasAgreedIsKeptAuditedAndTold) {
  BothPublish();
  const auto head = store_.feed().Head(Internal());
  v1::PartnerLimits limits = Frames(5);
  limits.mutable_breaker_pause()->set_seconds(20);
  const auto agreed = Update(Asking(limits));
  ASSERT_THAT(agreed, IsOk());
  EXPECT_EQ(agreed->limits().SerializeAsString(), limits.SerializeAsString());
  EXPECT_EQ(agreed->limits_in_force().frames_burst(), 10);
  EXPECT_EQ(agreed->limits_in_force().frame_slot_max(), 2000);
  EXPECT_EQ(agreed->agenda_count(), 1);
  EXPECT_EQ(base::ToInstant(agreed->update_time()), clock_.Now());
  EXPECT_EQ(Get(Platform())->SerializeAsString(), agreed->SerializeAsString());
  const auto audit = store_.ledger().audit();
  EXPECT_EQ(audit.back().entry.action, "UpdatePartner");
  EXPECT_EQ(audit.back().entry.subject, kDoctoplan);
  EXPECT_EQ(audit.back().entry.region, "fr-pdl");
  EXPECT_EQ(audit.back().entry.detail,
            "frames=5,burst=0,agendas=0,slots=0,failures=0,pause_ms=20000,pause_max_ms=0");
  const auto events = store_.feed().Read(Internal(), "fr-pdl", *head, 10);
  ASSERT_THAT(events, IsOk());
  ASSERT_EQ(events->size(), 1U);
  EXPECT_EQ((*events)[0].type, "partner.updated");
  EXPECT_EQ((*events)[0].subject, kDoctoplan);
  EXPECT_EQ((*events)[0].actor, "supervisor-1");
}

TEST_F(PartnerRecordsTest, ARepeatGetsTheFirstAnswerAndBringsNothingBack) {
  BothPublish();
  const auto first = Update(Asking(Frames(5)));
  ASSERT_THAT(first, IsOk());
  ASSERT_THAT(Update(Asking(Frames(6), "U-2")), IsOk());
  const auto again = Update(Asking(Frames(5)));
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->SerializeAsString(), first->SerializeAsString());
  EXPECT_EQ(Get(Supervisor())->limits().frames_per_second(), 6);
  EXPECT_EQ(gate_.LimitsOf({"doctoplan", "fr-pdl"}).rate.per_second, 6);
  EXPECT_EQ(Audited(), 2);
  EXPECT_THAT(Update(Asking(Frames(7))), ReasonIs("REQUEST_ID_REUSED"));
  EXPECT_THAT(Update(Asking(Frames(7), "")), ReasonIs("REQUEST_ID_REQUIRED"));
}

TEST_F(PartnerRecordsTest, TwoAtOnceWithOneRequestIdAreOneChange) {
  BothPublish();
  std::vector<std::string> answers(2);
  std::vector<std::thread> clients;
  for (std::string& answer : answers) {
    clients.emplace_back([this, &answer] {
      const auto agreed = Update(Asking(Frames(5)));
      EXPECT_THAT(agreed, IsOk());
      if (agreed.ok()) answer = agreed->SerializeAsString();
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(answers[0], answers[1]);
  EXPECT_EQ(Audited(), 1);
}

TEST_F(PartnerRecordsTest, WhoeverReadAnOlderVersionIsTold) {
  BothPublish();
  EXPECT_THAT(Update(Asking(Frames(5), "U-1", "\"1\"")),
              StatusIs(absl::StatusCode::kAborted, "ETAG_MISMATCH"));  // There is none yet.
  const auto first = Update(Asking(Frames(5)));
  ASSERT_THAT(first, IsOk());
  const auto second = Update(Asking(Frames(6), "U-2", first->etag()));
  ASSERT_THAT(second, IsOk());
  EXPECT_NE(second->etag(), first->etag());
  EXPECT_THAT(Update(Asking(Frames(7), "U-3", first->etag())), ReasonIs("ETAG_MISMATCH"));
  EXPECT_EQ(Get(Supervisor())->limits().frames_per_second(), 6);
}

TEST_F(PartnerRecordsTest, APlatformThatNobodyKnowsIsAgreedWithOnlyIfMeant) {
  v1::UpdatePartnerRequest request = Asking(Frames(5));
  EXPECT_THAT(Update(request), StatusIs(absl::StatusCode::kNotFound, "PARTNER_NOT_FOUND"));
  request.set_allow_missing(true);
  EXPECT_THAT(Update(request), IsOk());
  EXPECT_EQ(Get(Supervisor())->agenda_count(), 0);
  EXPECT_THAT(Update(Asking(Frames(6), "U-2")), IsOk());  // Known now.
}

TEST_F(PartnerRecordsTest, ALimitOutOfItsBoundsIsNamed) {
  BothPublish();
  const auto refused = [&](const v1::PartnerLimits& limits) {
    const auto answer = Update(Asking(limits));
    EXPECT_THAT(answer, StatusIs(absl::StatusCode::kInvalidArgument, "INVALID_PARTNER_LIMITS"));
    const auto detail = base::DetailOf(answer.status());
    return detail.violations.empty() ? "" : detail.violations[0].field;
  };
  EXPECT_EQ(refused(Frames(1001)), "partner.limits.frames_per_second");
  EXPECT_EQ(refused(Frames(-1)), "partner.limits.frames_per_second");
  v1::PartnerLimits limits;
  limits.set_frame_slot_max(2001);
  EXPECT_EQ(refused(limits), "partner.limits.frame_slot_max");
  limits.Clear();
  limits.mutable_breaker_pause()->set_nanos(1);  // Not "not set".
  EXPECT_EQ(refused(limits), "partner.limits.breaker_pause");
  limits.mutable_breaker_pause()->set_seconds(9'000'000'000'000'000'000);
  EXPECT_EQ(refused(limits), "partner.limits.breaker_pause");
  limits.Clear();
  limits.mutable_breaker_pause_max()->set_seconds(9);
  EXPECT_EQ(refused(limits), "partner.limits.breaker_pause_max");
  EXPECT_THAT(std::string(Update(Asking(limits)).status().message()), HasSubstr("10000 ms"));
  EXPECT_EQ(Audited(), 0);
  v1::UpdatePartnerRequest nameless = Asking(Frames(5));
  nameless.mutable_partner()->set_name("regions/fr-pdl/partners/Docto Plan");
  EXPECT_THAT(Update(nameless), ReasonIs("INVALID_RESOURCE_NAME"));
}

TEST_F(PartnerRecordsTest, ACoordinatorOfTheRegionAgreesAndNobodyElse) {
  BothPublish();
  using sas::testing::ActorWith;
  for (const base::Role role : {base::Role::kOsnp, base::Role::kPartner, base::Role::kOperations,
                                base::Role::kService, base::Role::kSecretariat}) {
    EXPECT_THAT(Update(Asking(Frames(5)), ActorWith(role, "doctoplan")),
                ReasonIs("ROLE_FORBIDDEN"));
  }
  base::Actor local = ActorWith(base::Role::kPlanner);
  local.territories = {"85"};
  EXPECT_THAT(Update(Asking(Frames(5)), local), ReasonIs("TERRITORY_FORBIDDEN"));
  v1::UpdatePartnerRequest abroad = Asking(Frames(5));
  abroad.mutable_partner()->set_name("regions/fr-naq/partners/doctoplan");
  EXPECT_THAT(Update(abroad), ReasonIs("REGION_FORBIDDEN"));
  EXPECT_EQ(Audited(), 0);
  EXPECT_THAT(Update(Asking(Frames(5)), ActorWith(base::Role::kPlanner)), IsOk());
}

TEST_F(PartnerRecordsTest, APlatformReadsItselfAlone) {
  BothPublish();
  EXPECT_THAT(Get(Platform("agendia")),
              StatusIs(absl::StatusCode::kPermissionDenied, "OTHER_PARTNER"));
  EXPECT_THAT(ListPlatforms(Platform()), ReasonIs("ROLE_FORBIDDEN"));
  EXPECT_THAT(Get(Osnp()), ReasonIs("ROLE_FORBIDDEN"));
  EXPECT_THAT(Get(Supervisor(), "regions/fr-naq/partners/doctoplan"), ReasonIs("REGION_FORBIDDEN"));
  EXPECT_THAT(Get(sas::testing::ActorWith(base::Role::kOperations)), IsOk());
}

TEST_F(PartnerRecordsTest, TheListHasPlatformsWithARecordAndThosePublishing) {
  BothPublish();
  v1::UpdatePartnerRequest request = Asking(Frames(5));
  request.mutable_partner()->set_name("regions/fr-pdl/partners/later");
  request.set_allow_missing(true);
  ASSERT_THAT(Update(request), IsOk());
  const auto first = ListPlatforms(Supervisor(), 2);
  ASSERT_THAT(first, IsOk());
  ASSERT_EQ(first->partners_size(), 2);
  EXPECT_EQ(first->partners(0).name(), "regions/fr-pdl/partners/agendia");
  EXPECT_EQ(first->partners(0).agenda_count(), 1);
  EXPECT_EQ(first->partners(0).limits_in_force().frames_per_second(), 200);
  EXPECT_EQ(first->partners(1).name(), kDoctoplan);
  const auto rest = ListPlatforms(Supervisor(), 2, first->next_page_token());
  ASSERT_THAT(rest, IsOk());
  ASSERT_EQ(rest->partners_size(), 1);
  EXPECT_EQ(rest->partners(0).limits_in_force().frames_per_second(), 5);
  EXPECT_EQ(rest->partners(0).agenda_count(), 0);
  EXPECT_TRUE(rest->next_page_token().empty());
  EXPECT_THAT(ListPlatforms(Supervisor(), -1), ReasonIs("INVALID_PAGE_SIZE"));
}

}  // namespace
}  // namespace sas::slots
