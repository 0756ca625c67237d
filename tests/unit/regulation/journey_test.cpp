#include "services/regulation/domain/journey.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sas::regulation {
namespace {

using base::Role;
using std::chrono::hours;
using std::chrono::minutes;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Code = JourneyCode;

constexpr base::Instant kStart{hours(24 * 365 * 50)};
constexpr base::Instant kNow = kStart + hours(1);

// A dossier that was picked up an hour ago and waits with P2.
JourneyFacts Waiting() {
  JourneyFacts facts;
  facts.territory = "85";
  facts.priority = Priority::kP2;
  facts.filiere = Filiere::kSnp;
  facts.entered = kStart;
  facts.entered_by = {"arm-1", Role::kArm};
  facts.wait_start = kStart + minutes(5);
  facts.wait_alarm = kStart + minutes(70);
  facts.done = {{Code::kPickedUp, JourneyState::kDone, kStart, facts.entered_by, ""},
                {Code::kCalled, JourneyState::kDone, kStart - minutes(1), {}, ""}};
  return facts;
}

// Decided, with an order in that state since 50 minutes.
JourneyFacts Ordered(OrderState state) {
  JourneyFacts facts = Waiting();
  facts.wait_start = facts.wait_alarm = {};
  facts.decided = kStart + minutes(9);
  facts.decided_by = {"mrl-1", Role::kRegulatorMg};
  JourneyOrder order;
  order.name = "o1";
  order.state = state;
  order.since = kStart + minutes(10);
  order.due = kStart + hours(24);
  facts.orders = {order};
  return facts;
}

JourneyFacts Booked(OrderState state) {
  JourneyFacts facts = Ordered(state);
  facts.orders[0].site = "CSNP de l’Essai";
  facts.orders[0].appointment_start = kStart + hours(6);
  return facts;
}

std::vector<Code> CodesOf(const Journey& journey, JourneyState state) {
  std::vector<Code> codes;
  for (const JourneyStep& step : journey.steps) {
    if (step.state == state) codes.push_back(step.code);
  }
  return codes;
}

Code NowOf(const Journey& journey) {
  const std::vector<Code> now = CodesOf(journey, JourneyState::kNow);
  EXPECT_EQ(now.size(), 1u);
  return now.empty() ? Code::kUnspecified : now[0];
}

std::vector<JourneyDelay> LateOf(const JourneyFacts& facts, base::Instant now) {
  std::vector<JourneyDelay> late;
  for (const JourneyLate& each : TraceJourney(facts, now).delays) late.push_back(each.code);
  return late;
}

TEST(Journey, S3_02_StepsInOrderThenWhereItIsThenWhatComes) {
  const Journey journey = TraceJourney(Waiting(), kNow);
  std::vector<Code> codes;
  for (const JourneyStep& step : journey.steps) codes.push_back(step.code);
  EXPECT_THAT(codes, ElementsAre(Code::kCalled, Code::kPickedUp, Code::kWaiting, Code::kClaimed,
                                 Code::kDecided, Code::kClosed));
  EXPECT_EQ(NowOf(journey), Code::kWaiting);
  EXPECT_EQ(journey.steps[2].at, kStart + minutes(5));
  EXPECT_EQ(journey.steps[4].at, base::Instant{});
}

TEST(Journey, S3_02_WhoIsResponsibleAtEachStep) {
  struct Row {
    const char* what;
    JourneyFacts facts;
    Code now;
    Role role;
    std::string subject, structure;
    base::Instant since, until;
  };

  JourneyFacts unset = Waiting();
  unset.priority = Priority::kUnspecified;
  JourneyFacts amu = Waiting();
  amu.filiere = Filiere::kAmu;
  JourneyFacts promised = Waiting();
  promised.priority = Priority::kP3;
  promised.promise = CallbackWindow{kStart, kStart + hours(2), true};
  JourneyFacts claimed = Waiting();
  claimed.owner = {"mrl-1", Role::kRegulatorMg};
  claimed.owner_since = kStart + minutes(55);
  claimed.owner_until = kStart + minutes(65);
  JourneyFacts searching = Ordered(OrderState::kSearching);
  searching.orders[0].owner = {"osnp-1", Role::kOsnp};
  searching.orders[0].owner_since = kStart + minutes(11);
  JourneyFacts arrived = Booked(OrderState::kConfirmedToPatient);
  arrived.orders[0].arrived = kStart + minutes(59);
  JourneyFacts decided = Ordered(OrderState::kClosed);
  JourneyFacts entry = Waiting();
  entry.wait_start = {};
  entry.priority = Priority::kNr;
  entry.entered_by = {"idel-1", Role::kProfessional};
  JourneyFacts entry_booked = entry;
  entry_booked.entry_booked = kStart + minutes(2);
  entry_booked.entry_start = kStart + hours(3);
  JourneyFacts entry_arrived = entry_booked;
  entry_arrived.entry_arrived = kStart + minutes(30);
  const base::Instant due = kStart + hours(24);
  const base::Instant since = kStart + minutes(10);
  const Row rows[] = {
      {"unset", unset, Code::kWaiting, Role::kArm, "", "SAS 85", kStart + minutes(5),
       kStart + minutes(70)},
      {"snp", Waiting(), Code::kWaiting, Role::kRegulatorMg, "", "SAS 85", kStart + minutes(5),
       kStart + minutes(70)},
      {"amu", amu, Code::kWaiting, Role::kRegulatorAmu, "", "SAS 85", kStart + minutes(5),
       kStart + minutes(70)},
      {"promise", promised, Code::kWaiting, Role::kRegulatorMg, "", "SAS 85", kStart + minutes(5),
       kStart + hours(2)},
      {"claimed", claimed, Code::kClaimed, Role::kRegulatorMg, "mrl-1", "SAS 85",
       kStart + minutes(55), kStart + minutes(65)},
      {"to do", Ordered(OrderState::kToDo), Code::kOrdered, Role::kOsnp, "", "SAS 85", since, due},
      {"doctor", Ordered(OrderState::kTreatingDoctor), Code::kTreatingDoctorAsked, Role::kOsnp, "",
       "SAS 85", since, due},
      {"search", searching, Code::kSearched, Role::kOsnp, "osnp-1", "SAS 85", kStart + minutes(11),
       due},
      {"third party", Ordered(OrderState::kPendingAcceptance), Code::kPendingAcceptance,
       Role::kUnspecified, "", "tiers sollicité", since, due},
      {"booked", Booked(OrderState::kBooked), Code::kBooked, Role::kOsnp, "", "SAS 85", since,
       kStart + hours(6)},
      {"informed", Booked(OrderState::kConfirmedToPatient), Code::kPatientInformed,
       Role::kEffecteur, "", "CSNP de l’Essai", since, kStart + hours(6)},
      {"arrived",
       arrived,
       Code::kArrived,
       Role::kEffecteur,
       "",
       "CSNP de l’Essai",
       kStart + minutes(59),
       {}},
      {"own doctor", Ordered(OrderState::kTakenByTreatingDoctor), Code::kTreatingDoctorSees,
       Role::kUnspecified, "", "médecin traitant", since, due},
      {"decided",
       decided,
       Code::kDecided,
       Role::kRegulatorMg,
       "mrl-1",
       "SAS 85",
       kStart + minutes(9),
       {}},
      {"entry", entry, Code::kPickedUp, Role::kProfessional, "idel-1", "", kStart, {}},
      {"entry booked", entry_booked, Code::kBooked, Role::kEffecteur, "", "", kStart + minutes(2),
       kStart + hours(3)},
      {"entry arrived",
       entry_arrived,
       Code::kArrived,
       Role::kEffecteur,
       "",
       "",
       kStart + minutes(30),
       {}}};
  for (const Row& row : rows) {
    const Journey journey = TraceJourney(row.facts, kNow);
    EXPECT_EQ(NowOf(journey), row.now) << row.what;
    ASSERT_TRUE(journey.responsible) << row.what;
    EXPECT_EQ(journey.responsible->role, row.role) << row.what;
    EXPECT_EQ(journey.responsible->subject, row.subject) << row.what;
    EXPECT_EQ(journey.responsible->structure, row.structure) << row.what;
    EXPECT_EQ(journey.responsible->since, row.since) << row.what;
    EXPECT_EQ(journey.responsible->until, row.until) << row.what;
    EXPECT_FALSE(journey.responsible->task.empty()) << row.what;
  }
}

TEST(Journey, S3_02_NobodyIsResponsibleForWhatIsOver) {
  for (const CaseState state : {CaseState::kCompleted, CaseState::kValidated, CaseState::kClosed}) {
    JourneyFacts facts = Ordered(OrderState::kConfirmedToPatient);
    facts.state = state;
    const Journey journey = TraceJourney(facts, kNow);
    EXPECT_FALSE(journey.responsible);
    EXPECT_THAT(journey.delays, IsEmpty());
    EXPECT_THAT(CodesOf(journey, JourneyState::kNow), IsEmpty());
    EXPECT_THAT(CodesOf(journey, JourneyState::kToCome), IsEmpty());
  }
}

TEST(Journey, S3_02_ARepeatCallBringsTheRegulatorBackWhileAnOrderRuns) {
  JourneyFacts facts = Ordered(OrderState::kSearching);
  facts.wait_start = kStart + minutes(58);
  facts.wait_alarm = kStart + minutes(90);
  const Journey journey = TraceJourney(facts, kNow);
  EXPECT_EQ(NowOf(journey), Code::kWaiting);
  EXPECT_EQ(journey.responsible->role, Role::kRegulatorMg);
}

TEST(Journey, S3_02_OfTwoOrdersTheSoonestDueAndWorkBeforeWaiting) {
  JourneyFacts facts = Ordered(OrderState::kSearching);
  JourneyOrder urgent = facts.orders[0];
  urgent.name = "o2";
  urgent.due = kStart + hours(4);
  urgent.state = OrderState::kToDo;
  facts.orders.push_back(urgent);
  JourneyOrder informed = urgent;
  informed.name = "o3";
  informed.due = kStart + hours(2);
  informed.state = OrderState::kConfirmedToPatient;
  informed.appointment_start = kStart + hours(2);
  facts.orders.push_back(informed);
  const Journey journey = TraceJourney(facts, kNow);
  EXPECT_EQ(NowOf(journey), Code::kOrdered);
  for (const JourneyStep& step : journey.steps) {
    if (step.state == JourneyState::kNow) {
      EXPECT_EQ(step.order, "o2");
    }
  }
}

TEST(Journey, S3_02_WhatComesFollowsFromTheStep) {
  EXPECT_THAT(
      CodesOf(TraceJourney(Ordered(OrderState::kPendingAcceptance), kNow), JourneyState::kToCome),
      ElementsAre(Code::kBooked, Code::kPatientInformed, Code::kArrived, Code::kClosed));
  EXPECT_THAT(
      CodesOf(TraceJourney(Booked(OrderState::kConfirmedToPatient), kNow), JourneyState::kToCome),
      ElementsAre(Code::kArrived, Code::kClosed));
  EXPECT_THAT(CodesOf(TraceJourney(Ordered(OrderState::kClosed), kNow), JourneyState::kToCome),
              ElementsAre(Code::kClosed));
  JourneyFacts unset = Waiting();
  unset.priority = Priority::kUnspecified;
  EXPECT_THAT(CodesOf(TraceJourney(unset, kNow), JourneyState::kToCome),
              ElementsAre(Code::kPrioritised, Code::kClaimed, Code::kDecided, Code::kClosed));
}

TEST(Journey, S3_02_WhatIsLateAtTheInstantAndNotBefore) {
  const auto tick = std::chrono::microseconds(1);
  const JourneyFacts waiting = Waiting();
  EXPECT_THAT(LateOf(waiting, waiting.wait_alarm - tick), IsEmpty());
  EXPECT_THAT(LateOf(waiting, waiting.wait_alarm), ElementsAre(JourneyDelay::kWait));
  JourneyFacts promised = waiting;
  promised.promise = CallbackWindow{kStart, kStart + hours(2), true};
  promised.wait_alarm = promised.promise->end;
  EXPECT_THAT(LateOf(promised, kStart + hours(2) - tick), IsEmpty());
  EXPECT_THAT(LateOf(promised, kStart + hours(2)), ElementsAre(JourneyDelay::kCallback));
  JourneyFacts claimed = waiting;
  claimed.owner = {"mrl-1", Role::kRegulatorMg};
  EXPECT_THAT(LateOf(claimed, kStart + hours(9)), IsEmpty());

  const JourneyFacts searching = Ordered(OrderState::kSearching);
  EXPECT_THAT(LateOf(searching, kStart + hours(24) - tick), IsEmpty());
  EXPECT_THAT(LateOf(searching, kStart + hours(24)), ElementsAre(JourneyDelay::kOrder));
  const JourneyFacts booked = Booked(OrderState::kBooked);
  EXPECT_THAT(LateOf(booked, kStart + hours(6) - tick), IsEmpty());
  EXPECT_THAT(LateOf(booked, kStart + hours(6)), ElementsAre(JourneyDelay::kInformation));
  JourneyFacts informed = Booked(OrderState::kConfirmedToPatient);
  EXPECT_THAT(LateOf(informed, kStart + hours(6) + kArrivalGrace - tick), IsEmpty());
  EXPECT_THAT(LateOf(informed, kStart + hours(6) + kArrivalGrace),
              ElementsAre(JourneyDelay::kArrival));
  informed.orders[0].arrived = kStart + hours(6);
  EXPECT_THAT(LateOf(informed, kStart + hours(9)), IsEmpty());
}

TEST(Journey, S3_02_AnAppointmentPastTheDeadlineUnlessARegulatorAgreed) {
  JourneyFacts facts = Booked(OrderState::kConfirmedToPatient);
  facts.orders[0].appointment_start = kStart + hours(30);
  EXPECT_THAT(LateOf(facts, kNow), ElementsAre(JourneyDelay::kAppointment));
  facts.orders[0].agreed_start = kStart + hours(29);
  EXPECT_THAT(LateOf(facts, kNow), ElementsAre(JourneyDelay::kAppointment));
  facts.orders[0].agreed_start = kStart + hours(30);
  EXPECT_THAT(LateOf(facts, kNow), IsEmpty());
}

// Marks as acts leave them.
class MarksOf {
 public:
  KpiMark& Add(KpiAct act, const std::string& subject, const std::string& actor, Role role) {
    KpiMark& mark = marks_.emplace_back();
    mark.act = act;
    mark.subject = subject;
    mark.actor = actor;
    mark.role = role;
    mark.filiere = Filiere::kSnp;
    mark.at = kStart + minutes(marks_.size());
    return mark;
  }

  void Order(KpiAct act, OrderState state) {
    Add(act, "case/orders/1", "osnp-1", Role::kOsnp).order_state = state;
  }

  std::vector<Code> Codes() const {
    std::vector<Code> codes;
    for (const JourneyStep& step : StepsOf(marks_)) codes.push_back(step.code);
    return codes;
  }

 private:
  std::vector<KpiMark> marks_;
};

TEST(Journey, S3_02_EachChangeOfAnOrderIsOneStep) {
  MarksOf marks;
  marks.Order(KpiAct::kOrdered, OrderState::kToDo);
  marks.Order(KpiAct::kOrderMoved, OrderState::kTreatingDoctor);
  marks.Order(KpiAct::kOrderMoved, OrderState::kSearching);
  marks.Order(KpiAct::kOrderMoved, OrderState::kSearching);  // A refused proposal.
  marks.Order(KpiAct::kOrderMoved, OrderState::kBooked);
  marks.Order(KpiAct::kOrderMoved, OrderState::kConfirmedToPatient);
  marks.Order(KpiAct::kOrderMoved, OrderState::kNoSlot);
  marks.Order(KpiAct::kOrderMoved, OrderState::kClosed);
  marks.Order(KpiAct::kOrderMoved, OrderState::kReoriented);
  EXPECT_THAT(marks.Codes(),
              ElementsAre(Code::kOrdered, Code::kSearched, Code::kBooked, Code::kPatientInformed,
                          Code::kReturned, Code::kReoriented));
}

TEST(Journey, S3_02_ARenewalIsNoTakingAndAnotherChainIsAReorientation) {
  MarksOf marks;
  marks.Add(KpiAct::kPrioritized, "case", "arm-1", Role::kArm);
  marks.Add(KpiAct::kTaken, "case", "mrl-1", Role::kRegulatorMg);
  marks.Add(KpiAct::kTaken, "case", "mrl-1", Role::kRegulatorMg);
  marks.Add(KpiAct::kPrioritized, "case", "mrl-1", Role::kRegulatorMg).filiere = Filiere::kAmu;
  marks.Add(KpiAct::kTaken, "case", "mru-1", Role::kRegulatorAmu);
  EXPECT_THAT(marks.Codes(),
              ElementsAre(Code::kPrioritised, Code::kClaimed, Code::kReoriented, Code::kClaimed));
}

TEST(Journey, ShowsTheLatestStepsOfAVeryLongWay) {
  JourneyFacts facts = Waiting();
  facts.done.clear();
  for (std::size_t i = 0; i < kJourneyStepsMax + 5; ++i) {
    facts.done.push_back(
        {Code::kCalled, JourneyState::kDone, kStart + std::chrono::seconds(i), {}, ""});
  }
  const Journey journey = TraceJourney(facts, kNow);
  EXPECT_EQ(CodesOf(journey, JourneyState::kDone).size(), kJourneyStepsMax);
  EXPECT_EQ(journey.steps[0].at, kStart + std::chrono::seconds(5));
}

TEST(Journey, EveryStepAndDelayHasItsWords) {
  for (int code = 1; code <= static_cast<int>(Code::kPendingAcceptance); ++code) {
    for (const JourneyState state :
         {JourneyState::kDone, JourneyState::kNow, JourneyState::kToCome}) {
      EXPECT_FALSE(TextOf(static_cast<Code>(code), state).empty()) << code;
    }
  }
  for (int delay = 1; delay <= static_cast<int>(JourneyDelay::kArrival); ++delay) {
    EXPECT_FALSE(TextOf(static_cast<JourneyDelay>(delay)).empty()) << delay;
  }
}

}  // namespace
}  // namespace sas::regulation
