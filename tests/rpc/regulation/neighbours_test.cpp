#include <prometheus/registry.h>

#include <latch>
#include <thread>

#include "services/regulation/roles.h"
#include "tests/rpc/regulation/board_screen.h"
#include "tests/rpc/regulation/regulation_fixture.h"

// Dossiers between territories, and help by convention.
namespace sas::regulation {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::IsOk;
using testing::ReasonIs;
using ::testing::SizeIs;
using testing::StatusIs;
using Neighbours = v1::NeighbourService::Stub;
using Handover = v1::TerritoryHandover;

base::Actor Of(base::Role role, const std::string& subject, const std::string& territory) {
  base::Actor actor = testing::ActorWith(role, subject);
  actor.territories = {territory};
  return actor;
}

class NeighbourTest : public RegulationTest {
 protected:
  v1::OfferCaseRequest NewOffer(const std::string& name, const std::string& to = "44") const {
    v1::OfferCaseRequest request;
    request.set_name(name);
    request.set_to_territory(to);
    request.set_reason("le patient est à Nantes");
    return request;
  }

  absl::StatusOr<v1::RegulationCase> Offer(const std::string& name, const std::string& to = "44") {
    return AskOn(neighbours_, here_, &Neighbours::OfferCase, NewOffer(name, to));
  }

  absl::StatusOr<v1::RegulationCase> Accept(const base::Actor& actor, const std::string& name,
                                            bool claim = true) {
    v1::AcceptCaseRequest request;
    request.set_name(name);
    request.set_claim(claim);
    return AskOn(neighbours_, actor, &Neighbours::AcceptCase, request);
  }

  absl::StatusOr<v1::CaseOffer> Decline(const base::Actor& actor, const std::string& name,
                                        const std::string& reason = "") {
    v1::DeclineCaseRequest request;
    request.set_name(name);
    request.set_reason(reason);
    return AskOn(neighbours_, actor, &Neighbours::DeclineCase, request);
  }

  absl::StatusOr<v1::RegulationCase> Withdraw(const base::Actor& actor, const std::string& name) {
    v1::WithdrawOfferRequest request;
    request.set_name(name);
    return AskOn(neighbours_, actor, &Neighbours::WithdrawOffer, request);
  }

  std::vector<std::string> Offers(const base::Actor& actor) {
    v1::ListOffersRequest request;
    request.set_parent("regions/fr-pdl");
    const auto page = AskOn(neighbours_, actor, &Neighbours::ListOffers, request);
    EXPECT_THAT(page, IsOk());
    std::vector<std::string> names;
    for (const auto& offer : page->offers()) names.push_back(offer.regulation_case());
    return names;
  }

  absl::StatusOr<v1::NeighbourConvention> Agree(
      v1::NeighbourConvention::Hours when = v1::NeighbourConvention::HOURS_ALWAYS,
      const std::string& etag = "") {
    v1::PutConventionRequest request;
    v1::NeighbourConvention& row = *request.mutable_convention();
    row.set_name("regions/fr-pdl/conventions/pdsa-85-44");
    row.set_host_territory("85");
    row.set_helping_territory("44");
    row.set_hours(when);
    row.set_reference("ARS PDL 2026-12");
    row.set_etag(etag);
    *row.mutable_start_time() = ToTimestamp(clock_.Now() - hours(1));
    *row.mutable_end_time() = ToTimestamp(clock_.Now() + hours(24 * 365));
    return AskOn(neighbours_, supervisor_, &Neighbours::PutConvention, request);
  }

  absl::StatusOr<v1::RegulationCase> ClaimNextIn85(const base::Actor& actor) {
    v1::ClaimNextRegulationCaseRequest request;
    request.set_parent("regions/fr-pdl");
    request.set_territory("85");
    return Ask(actor, &Stub::ClaimNextRegulationCase, request);
  }

  std::vector<std::string> AuditDetails(const std::string& action) const {
    std::vector<std::string> details;
    for (const ledger::AuditRecord& record : store_.ledger().audit()) {
      if (record.entry.action == action) details.push_back(record.entry.detail);
    }
    return details;
  }

  const base::Actor here_ = Of(base::Role::kRegulatorMg, "mrg-85", "85");
  const base::Actor there_ = Of(base::Role::kRegulatorMg, "mrg-44", "44");
  const base::Actor there2_ = Of(base::Role::kRegulatorMg, "mrg-44b", "44");
  const base::Actor arm_there_ = Of(base::Role::kArm, "arm-44", "44");
  const base::Actor supervisor_ = Of(base::Role::kSupervisor, "sup-85", "85");
};

TEST_F(NeighbourTest, H12_ADossierIsNeverWithoutAnOwner) {
  const v1::RegulationCase before = Prioritized(v1::PRIORITY_P1);
  const std::string name = before.name();
  ASSERT_THAT(Claim(here_, name), IsOk());
  EXPECT_THAT(Ask(there_, &Stub::GetRegulationCase,
                  [&] {
                    v1::GetRegulationCaseRequest get;
                    get.set_name(name);
                    return get;
                  }()),
              ReasonIs("TERRITORY_FORBIDDEN"));
  const auto offered = Offer(name);
  ASSERT_THAT(offered, IsOk());
  EXPECT_EQ(offered->territory(), "85");
  EXPECT_EQ(offered->claim().owner().subject(), "mrg-85");
  EXPECT_EQ(offered->handover().state(), Handover::STATE_OFFERED);
  EXPECT_EQ(ToInstant(offered->handover().alarm_time()),
            ToInstant(offered->handover().offer_time()) + seconds(60));
  EXPECT_THAT(Offers(here_), ElementsAre(name));
  EXPECT_THAT(Offers(there_), ElementsAre(name));
  EXPECT_THAT(Offers(Of(base::Role::kArm, "arm-49", "49")), SizeIs(0));
  EXPECT_THAT(Offer(name, "49"), ReasonIs("OFFER_OPEN"));
  // Who is asked may read it, and do nothing to it before he has accepted.
  v1::GetRegulationCaseRequest get;
  get.set_name(name);
  EXPECT_EQ(Ask(there_, &Stub::GetRegulationCase, get)->handover().reason(),
            "le patient est à Nantes");
  EXPECT_THAT(Claim(there_, name), ReasonIs("TERRITORY_FORBIDDEN"));
  EXPECT_THAT(Accept(Of(base::Role::kArm, "arm-49", "49"), name), ReasonIs("TERRITORY_FORBIDDEN"));

  const auto accepted = Accept(there_, name);
  ASSERT_THAT(accepted, IsOk());
  EXPECT_EQ(accepted->territory(), "44");
  EXPECT_EQ(accepted->case_number(), before.case_number());
  EXPECT_EQ(accepted->claim().owner().subject(), "mrg-44");
  EXPECT_GT(accepted->claim().version(), offered->claim().version());
  EXPECT_EQ(accepted->wait_start_time().seconds(), before.wait_start_time().seconds());
  EXPECT_FALSE(accepted->has_handover());
  ASSERT_THAT(accepted->past_handovers(), SizeIs(1));
  EXPECT_EQ(accepted->past_handovers(0).answered_by().subject(), "mrg-44");
  EXPECT_EQ(accepted->past_handovers(0).from_territory(), "85");
  EXPECT_THAT(Offers(there_), SizeIs(0));
  // The former owner's decision is fenced, and so is every other act of his.
  v1::CreateDecisionRequest decide;
  decide.set_parent(name);
  decide.mutable_decision()->set_care_level(v1::CARE_LEVEL_R4);
  decide.mutable_decision()->set_decision_code("CONSEIL");
  decide.mutable_decision()->set_instructions("Repos et surveillance.");
  decide.mutable_decision()->set_claim_version(offered->claim().version());
  EXPECT_THAT(Ask(here_, &Stub::CreateDecision, decide), ReasonIs("TERRITORY_FORBIDDEN"));
  base::Actor both = here_;
  both.territories = {"44", "85"};
  EXPECT_THAT(Ask(both, &Stub::CreateDecision, decide), ReasonIs("CLAIM_LOST"));
  EXPECT_THAT(Accept(there2_, name), ReasonIs("NO_OPEN_OFFER"));
  EXPECT_THAT(AuditDetails("AcceptCase"), ElementsAre("from=85 to=44"));
}

TEST_F(NeighbourTest, H12_TwoAcceptAtOnceAndOneHasIt) {
  const std::string name = Prioritized(v1::PRIORITY_P1).name();
  ASSERT_THAT(Offer(name), IsOk());
  std::latch start(2);
  std::vector<absl::StatusOr<v1::RegulationCase>> answers(2);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < 2; ++i) {
    threads.emplace_back([&, i] {
      v1::AcceptCaseRequest request;
      request.set_name(name);
      request.set_claim(true);
      request.set_request_id("race-" + std::to_string(i));
      start.arrive_and_wait();
      answers[i] = AskOn(neighbours_, i == 0 ? there_ : there2_, &Neighbours::AcceptCase, request);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_NE(answers[0].ok(), answers[1].ok());
  const auto& lost = answers[0].ok() ? answers[1] : answers[0];
  EXPECT_THAT(lost, ReasonIs("NO_OPEN_OFFER"));
  EXPECT_EQ(Get(name).claim().owner().subject(), answers[0].ok() ? "mrg-44" : "mrg-44b");
}

TEST_F(NeighbourTest, H12_BothBoardsShowAnOfferAndItsAlarm) {
  const std::string name = Prioritized(v1::PRIORITY_P1).name();
  auto ours = OpenBoard(*server_, Of(base::Role::kArm, "arm-85", "85"), BoardOf());
  auto theirs = OpenBoard(*server_, arm_there_, BoardOf());
  auto others = OpenBoard(*server_, Of(base::Role::kArm, "arm-49", "49"), BoardOf());
  ASSERT_TRUE(ours->NextUntil([&] { return ours->Shows(name); }));
  ASSERT_TRUE(theirs->Next());
  EXPECT_FALSE(theirs->Shows(name));
  ASSERT_THAT(Offer(name), IsOk());
  ASSERT_TRUE(theirs->NextUntil([&] { return theirs->Shows(name); }));
  EXPECT_EQ(theirs->cards[name].territory(), "85");
  EXPECT_EQ(theirs->cards[name].offered_to(), "44");
  const std::string token = theirs->token;
  ASSERT_TRUE(ours->NextUntil([&] { return ours->cards[name].offered_to() == "44"; }));
  clock_.Advance(seconds(61));
  const auto late = v1::BoardCard::ALARM_OFFER_UNANSWERED;
  ASSERT_TRUE(ours->NextUntil([&] { return ours->Alarmed(name, late); }));
  ASSERT_TRUE(theirs->NextUntil([&] { return theirs->Alarmed(name, late); }));
  // Head counts stay those of the ledger: the dossier counts where it is.
  for (const auto& line : theirs->counts.board().lines()) EXPECT_EQ(line.waiting_count(), 0);
  ASSERT_THAT(Accept(there_, name, false), IsOk());
  ASSERT_TRUE(ours->NextUntil([&] { return !ours->Shows(name); }));
  ASSERT_TRUE(theirs->NextUntil([&] { return theirs->cards[name].territory() == "44"; }));
  EXPECT_FALSE(others->Shows(name));
  EXPECT_EQ(others->all_bytes.find(name), std::string::npos);
  ours->Leave();
  theirs->Leave();
  others->Leave();
  // Who comes back with an old token hears of it.
  auto resumed = OpenBoard(*server_, arm_there_, BoardOf("", token));
  ASSERT_TRUE(resumed->Next());
  EXPECT_EQ(resumed->cards[name].territory(), "44");
  resumed->Leave();
}

TEST_F(NeighbourTest, H12_AnUnansweredOfferIsCountedAndTheAlarmFollowsThePriority) {
  const std::string name = Prioritized(v1::PRIORITY_P2).name();
  const auto offered = Offer(name);
  ASSERT_THAT(offered, IsOk());
  EXPECT_EQ(ToInstant(offered->handover().alarm_time()),
            ToInstant(offered->handover().offer_time()) + minutes(5));
  ASSERT_THAT(Prioritize(mru_, name, v1::PRIORITY_P1), IsOk());
  EXPECT_EQ(ToInstant(Get(name).handover().alarm_time()),
            ToInstant(offered->handover().offer_time()) + seconds(60));
  clock_.Advance(seconds(60));
  ASSERT_THAT(room_->Look(base::InternalCall("test", clock_, seconds(5))), IsOk());
  double open = -1;
  double late = -1;
  for (const auto& family : server_->metrics().registry().Collect()) {
    if (family.name == "sas_regulation_offers_open") open = family.metric[0].gauge.value;
    if (family.name == "sas_regulation_offers_late") late = family.metric[0].gauge.value;
  }
  EXPECT_EQ(open, 1);
  EXPECT_EQ(late, 1);
}

TEST_F(NeighbourTest, AnOfferIsDeclinedOrWithdrawnAndTheDossierStays) {
  const std::string name = Prioritized(v1::PRIORITY_P1).name();
  ASSERT_THAT(Offer(name), IsOk());
  EXPECT_THAT(Decline(there_, name), ReasonIs("REASON_REQUIRED"));
  EXPECT_THAT(Decline(here_, name, "non"), ReasonIs("TERRITORY_FORBIDDEN"));
  const auto declined = Decline(there_, name, "aucun SMUR libre");
  ASSERT_THAT(declined, IsOk());
  EXPECT_EQ(declined->handover().state(), Handover::STATE_DECLINED);
  EXPECT_EQ(declined->handover().decline_reason(), "aucun SMUR libre");
  EXPECT_EQ(Get(name).territory(), "85");
  EXPECT_THAT(Decline(there_, name, "encore"), ReasonIs("NO_OPEN_OFFER"));
  ASSERT_THAT(Offer(name), IsOk());
  EXPECT_THAT(Withdraw(there_, name), ReasonIs("TERRITORY_FORBIDDEN"));
  ASSERT_THAT(Withdraw(here_, name), IsOk());
  EXPECT_THAT(Withdraw(here_, name), ReasonIs("NO_OPEN_OFFER"));
  const v1::RegulationCase row = Get(name);
  ASSERT_THAT(row.past_handovers(), SizeIs(2));
  EXPECT_EQ(row.past_handovers(1).state(), Handover::STATE_WITHDRAWN);
  EXPECT_TRUE(row.has_wait_start_time());
  EXPECT_THAT(EventTypes(), Contains("case.declined"));
  // A P2 may be declined without a word.
  const std::string mild = Prioritized(v1::PRIORITY_P2).name();
  ASSERT_THAT(Offer(mild), IsOk());
  EXPECT_THAT(Decline(there_, mild), IsOk());
}

TEST_F(NeighbourTest, WhatCannotBeOfferedIsRefused) {
  const std::string name = Prioritized(v1::PRIORITY_P2).name();
  EXPECT_THAT(Offer(name, "85"), ReasonIs("SAME_TERRITORY"));
  EXPECT_THAT(Offer(name, "Nantes"), ReasonIs("INVALID_TERRITORY"));
  v1::OfferCaseRequest silent = NewOffer(name);
  silent.clear_reason();
  EXPECT_THAT(AskOn(neighbours_, here_, &Neighbours::OfferCase, silent), ReasonIs("TEXT_REQUIRED"));
  const std::string nr = Prioritized(v1::PRIORITY_NR).name();
  EXPECT_THAT(Offer(nr), ReasonIs("PRIORITY_NOT_REGULATED"));
  EXPECT_THAT(Accept(there_, name), ReasonIs("NO_OPEN_OFFER"));
  ASSERT_THAT(Offer(name), IsOk());
  EXPECT_THAT(Accept(Of(base::Role::kSupervisor, "sup-44", "44"), name),
              ReasonIs("CLAIM_FORBIDDEN"));
  ASSERT_THAT(Accept(Of(base::Role::kSupervisor, "sup-44", "44"), name, false), IsOk());
  EXPECT_FALSE(Get(name).has_claim());
  EXPECT_THAT(Claim(there_, name), IsOk());
  for (int i = 0; i < 19; ++i) {
    ASSERT_THAT(AskOn(neighbours_, there_, &Neighbours::OfferCase, NewOffer(name, "49")), IsOk());
    ASSERT_THAT(Withdraw(there_, name), IsOk());
  }
  EXPECT_THAT(AskOn(neighbours_, there_, &Neighbours::OfferCase, NewOffer(name, "49")),
              ReasonIs("LIMIT_REACHED"));
}

TEST_F(NeighbourTest, H12_AnUnstaffedQueueIsNotOfferedToUnlessSomebodySaysSo) {
  const std::string name = Prioritized(v1::PRIORITY_P2).name();
  v1::PlanShiftRequest plan;
  plan.set_parent("regions/fr-pdl");
  v1::Shift& shift = *plan.mutable_shift();
  shift.set_territory("44");
  shift.set_role(sas::type::v1::ROLE_REGULATOR_AMU);
  shift.set_subject("mru-44");
  shift.set_place(v1::Shift::PLACE_CRRA);
  *shift.mutable_start_time() = ToTimestamp(clock_.Now());
  *shift.mutable_end_time() = ToTimestamp(clock_.Now() + hours(8));
  const base::Actor anywhere = testing::ActorWith(base::Role::kSupervisor, "sup-0");
  ASSERT_THAT(AskOn(rosters_, anywhere, &v1::RosterService::Stub::PlanShift, plan), IsOk());
  EXPECT_THAT(Offer(name), ReasonIs("QUEUE_UNSTAFFED"));  // SNP, and an MRU alone.
  v1::OfferCaseRequest confirmed = NewOffer(name);
  confirmed.set_unstaffed_confirmed(true);
  ASSERT_THAT(AskOn(neighbours_, here_, &Neighbours::OfferCase, confirmed), IsOk());
  EXPECT_THAT(AuditDetails("OfferCase"), ElementsAre(HasSubstr("unstaffed_confirmed=yes")));
  ASSERT_THAT(Withdraw(here_, name), IsOk());
  shift.set_role(sas::type::v1::ROLE_REGULATOR_MG);
  shift.set_subject("mrg-44");
  ASSERT_THAT(AskOn(rosters_, anywhere, &v1::RosterService::Stub::PlanShift, plan), IsOk());
  EXPECT_THAT(Offer(name), IsOk());
}

TEST_F(NeighbourTest, H15_OpenOrdersGoWithTheDossier) {
  const v1::CareOrder order = Ordered();
  const std::string name = CaseOf(order.name());
  const base::Actor osnp_here = Of(base::Role::kOsnp, "osnp-85", "85");
  const base::Actor osnp_there = Of(base::Role::kOsnp, "osnp-44", "44");
  ASSERT_THAT(ClaimOrder(osnp_here, order.name()), IsOk());
  ASSERT_THAT(Offer(name), IsOk());
  ASSERT_THAT(Accept(there_, name), IsOk());
  const v1::CareOrder moved = GetOrder(order.name());
  EXPECT_EQ(moved.territory(), "44");
  EXPECT_FALSE(moved.has_claim());
  EXPECT_GT(moved.version(), order.version());  // A booking of the former operator is refused.
  EXPECT_THAT(ClaimOrder(osnp_here, order.name()), ReasonIs("TERRITORY_FORBIDDEN"));
  EXPECT_THAT(ClaimOrder(osnp_there, order.name()), IsOk());
}

// The patient knew of his appointment when the dossier went, and then the practice cancels it.
TEST_F(NeighbourTest, H15_AnOrderThatOpensAgainIsInTheNewTerritory) {
  const std::string order = Ordered().name();
  const base::Actor osnp_here = Of(base::Role::kOsnp, "osnp-85", "85");
  const base::Actor osnp_there = Of(base::Role::kOsnp, "osnp-44", "44");
  ASSERT_THAT(ClaimOrder(osnp_, order), IsOk());
  ASSERT_THAT(Contact(order, v1::TreatingDoctorContact::OUTCOME_UNAVAILABLE), IsOk());
  const std::string appointment = "regions/fr-pdl/appointments/a1";
  ASSERT_THAT(Booked(order, appointment), IsOk());
  v1::ConfirmPatientInformedRequest informed;
  informed.set_name(order);
  ASSERT_THAT(Ask(osnp_, &Stub::ConfirmPatientInformed, informed), IsOk());
  ASSERT_THAT(Offer(CaseOf(order)), IsOk());
  ASSERT_THAT(Accept(there_, CaseOf(order)), IsOk());
  EXPECT_EQ(GetOrder(order).state(), v1::CareOrder::STATE_CONFIRMED_TO_PATIENT);
  ASSERT_THAT(Booked(order, appointment, sas::booking::v1::Appointment::STATE_CANCELLED), IsOk());
  v1::ListCareOrdersRequest list;
  list.set_parent("regions/fr-pdl/cases/-");
  const auto listed = Ask(osnp_there, &Stub::ListCareOrders, list);
  ASSERT_THAT(listed, IsOk());
  ASSERT_THAT(listed->care_orders(), SizeIs(1));
  EXPECT_EQ(listed->care_orders(0).name(), order);
  EXPECT_EQ(listed->care_orders(0).state(), v1::CareOrder::STATE_SEARCHING);
  EXPECT_THAT(ClaimOrder(osnp_here, order), ReasonIs("TERRITORY_FORBIDDEN"));
  EXPECT_THAT(ClaimOrder(osnp_there, order), IsOk());
}

TEST_F(NeighbourTest, ADossierThatEndsIsNotOnOfferAnyMore) {
  const std::string name = Prioritized(v1::PRIORITY_P2).name();
  ASSERT_THAT(Claim(here_, name), IsOk());
  ASSERT_THAT(Offer(name), IsOk());
  ASSERT_THAT(Decide(here_, name, v1::CARE_LEVEL_R4, "CONSEIL"), IsOk());
  ASSERT_THAT(Complete(here_, name), IsOk());
  EXPECT_THAT(Offers(there_), SizeIs(0));
  EXPECT_EQ(Get(name).past_handovers(0).state(), Handover::STATE_WITHDRAWN);
  EXPECT_THAT(Accept(there_, name), ReasonIs("NO_OPEN_OFFER"));
}

TEST_F(NeighbourTest, AConventionLetsANeighbourTakeFromTheQueueInItsOrder) {
  const std::string second = Prioritized(v1::PRIORITY_P2).name();
  const std::string first = Prioritized(v1::PRIORITY_P1).name();
  EXPECT_THAT(ClaimNextIn85(there_), ReasonIs("TERRITORY_FORBIDDEN"));
  ASSERT_THAT(Agree(), IsOk());
  EXPECT_THAT(ClaimNextIn85(Of(base::Role::kRegulatorMg, "mrg-49", "49")),
              ReasonIs("TERRITORY_FORBIDDEN"));
  const auto taken = ClaimNextIn85(there_);
  ASSERT_THAT(taken, IsOk());
  EXPECT_EQ(taken->name(), first);
  EXPECT_EQ(taken->territory(), "85");
  EXPECT_THAT(AuditDetails("ClaimNextRegulationCase"),
              ElementsAre("claim_version=1 convention=pdsa-85-44"));
  EXPECT_THAT(Claim(there2_, second), IsOk());
  EXPECT_THAT(AuditDetails("ClaimRegulationCase"),
              ElementsAre("claim_version=1 convention=pdsa-85-44"));
  v1::ListRegulationCasesRequest list;
  list.set_parent("regions/fr-pdl");
  list.set_territory("85");
  EXPECT_THAT(Ask(there_, &Stub::ListRegulationCases, list)->regulation_cases(), SizeIs(2));
  // An ARM does not help by it, nobody helps the other way, and what is not his he does not give.
  EXPECT_THAT(Ask(arm_there_, &Stub::ListRegulationCases, list), ReasonIs("TERRITORY_FORBIDDEN"));
  EXPECT_THAT(AskOn(neighbours_, there_, &Neighbours::OfferCase, NewOffer(first, "49")),
              ReasonIs("TERRITORY_FORBIDDEN"));
  ASSERT_THAT(Decide(there_, first, v1::CARE_LEVEL_R4, "CONSEIL"), IsOk());
  EXPECT_THAT(AuditDetails("CreateDecision"), ElementsAre(HasSubstr("convention=pdsa-85-44")));
}

TEST_F(NeighbourTest, AConventionHelpsInItsHoursAndWhoHasADossierKeepsIt) {
  const std::string name = Prioritized(v1::PRIORITY_P2).name();
  const std::string other = Prioritized(v1::PRIORITY_P2).name();
  // Tuesday, 10 h: not in the hours of the PDSA.
  const auto pdsa = Agree(v1::NeighbourConvention::HOURS_PDSA);
  ASSERT_THAT(pdsa, IsOk());
  EXPECT_FALSE(pdsa->in_force());
  EXPECT_THAT(ClaimNextIn85(there_), ReasonIs("TERRITORY_FORBIDDEN"));
  EXPECT_THAT(Agree(v1::NeighbourConvention::HOURS_SAS), ReasonIs("ETAG_REQUIRED"));
  const auto sas = Agree(v1::NeighbourConvention::HOURS_SAS, pdsa->etag());
  ASSERT_THAT(sas, IsOk());
  EXPECT_TRUE(sas->in_force());
  ASSERT_THAT(Claim(there_, name), IsOk());
  v1::EndConventionRequest end;
  end.set_name(sas->name());
  end.set_etag(sas->etag());
  const auto ended = AskOn(neighbours_, supervisor_, &Neighbours::EndConvention, end);
  ASSERT_THAT(ended, IsOk());
  EXPECT_FALSE(ended->in_force());
  end.set_etag(ended->etag());
  EXPECT_THAT(AskOn(neighbours_, supervisor_, &Neighbours::EndConvention, end),
              ReasonIs("CONVENTION_ENDED"));
  EXPECT_THAT(Claim(there_, other), ReasonIs("TERRITORY_FORBIDDEN"));
  EXPECT_THAT(Decide(there_, name, v1::CARE_LEVEL_R4, "CONSEIL"), IsOk());
  clock_.Advance(minutes(11));  // His claim is over, and with it his right.
  EXPECT_THAT(Claim(there_, name), ReasonIs("TERRITORY_FORBIDDEN"));
  v1::ListConventionsRequest list;
  list.set_parent("regions/fr-pdl");
  const auto page = AskOn(neighbours_, there_, &Neighbours::ListConventions, list);
  ASSERT_THAT(page, IsOk());
  EXPECT_THAT(page->conventions(), SizeIs(1));
}

TEST_F(NeighbourTest, TheHostWritesAConvention) {
  v1::PutConventionRequest request;
  v1::NeighbourConvention& row = *request.mutable_convention();
  row.set_name("regions/fr-pdl/conventions/x");
  row.set_host_territory("44");
  row.set_helping_territory("85");
  row.set_hours(v1::NeighbourConvention::HOURS_ALWAYS);
  row.set_reference("x");
  *row.mutable_start_time() = ToTimestamp(clock_.Now());
  *row.mutable_end_time() = ToTimestamp(clock_.Now() + hours(24));
  const auto put = [&](const base::Actor& actor) {
    return AskOn(neighbours_, actor, &Neighbours::PutConvention, request);
  };
  EXPECT_THAT(put(supervisor_), ReasonIs("TERRITORY_FORBIDDEN"));  // He would let himself in.
  EXPECT_THAT(put(there_), ReasonIs("ROLE_FORBIDDEN"));
  row.set_host_territory("85");
  EXPECT_THAT(put(supervisor_), ReasonIs("CONVENTION_TERRITORIES"));
  row.set_helping_territory("44");
  row.clear_hours();
  EXPECT_THAT(put(supervisor_), ReasonIs("CONVENTION_HOURS_REQUIRED"));
  row.set_hours(v1::NeighbourConvention::HOURS_ALWAYS);
  *row.mutable_end_time() = row.start_time();
  EXPECT_THAT(put(supervisor_), ReasonIs("CONVENTION_TIMES"));
}

}  // namespace
}  // namespace sas::regulation
