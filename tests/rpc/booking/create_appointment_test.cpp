#include <atomic>
#include <condition_variable>
#include <thread>

#include "common/observe/log.h"
#include "common/testing/texts.h"
#include "sas/events/v1/event.pb.h"
#include "services/booking/store_memory.h"
#include "tests/rpc/booking/booking_fixture.h"

namespace sas::booking {
namespace {

using std::chrono::seconds;
using testing::IsOk;
using testing::ReasonIs;
using testing::StatusIs;

class CreateTest : public BookingTest {
 protected:
  std::vector<ledger::AuditRecord> Audit() {
    return dynamic_cast<MemoryBookingStore&>(ledger_->store()).feed().audit();
  }
};

TEST_F(CreateTest, BooksAHeldSeat) {
  v1::CreateAppointmentRequest request = DirectRequest("r-1", 2);
  request.mutable_appointment()->set_seat(7);  // Output only: ignored.
  request.mutable_appointment()->set_state(v1::Appointment::STATE_FULFILLED);
  const auto created = Create(Pharmacist(), request);
  ASSERT_THAT(created, IsOk());
  EXPECT_EQ(created->state(), v1::Appointment::STATE_BOOKED);
  EXPECT_EQ(created->arrival(), v1::Appointment::ARRIVAL_EXPECTED);
  EXPECT_EQ(created->seat(), 2);
  EXPECT_EQ(created->site_display_name(), "CSNP de Challans");
  EXPECT_EQ(created->mode(), type::v1::CONSULTATION_MODE_AMB);
  EXPECT_EQ(created->start_time().seconds(),
            ToTimestamp(clock_.Now() + std::chrono::hours(2)).seconds());
  EXPECT_EQ(created->directions(), "Entrée par les urgences, carte Vitale.");
  EXPECT_EQ(created->booked_by().subject(), "pharmacie-1");
  EXPECT_EQ(created->etag(), "\"1\"");
  auto read = Get(osnp_, created->name());
  ASSERT_THAT(read, IsOk());
  read->clear_messaging();  // Only who reads is told whether anybody gets a message.
  EXPECT_EQ(read->SerializeAsString(), created->SerializeAsString());
}

TEST_F(CreateTest, S0_12_ABookingShowsTheProfessionOfTheBooker) {
  v1::CreateAppointmentRequest request = DirectRequest("r-1");
  request.mutable_appointment()->set_booker_profession_code("10");  // Not his to say.
  const auto created = Create(Pharmacist(), request);
  ASSERT_THAT(created, IsOk());
  EXPECT_EQ(created->booker_profession_code(), "21");
  EXPECT_EQ(created->entry_point(), type::v1::ENTRY_POINT_PHARMACIE);
}

TEST_F(CreateTest, TheSlotsHearOfIt) {
  const v1::Appointment created = MustCreate("r-1");
  Flush();
  EXPECT_EQ(slots_.OwnerOf(kSlot, 0), created.name());
  EXPECT_EQ(Backlog().count, 0);
}

TEST_F(CreateTest, LeavesOneAuditRecordAndOneEvent) {
  const v1::Appointment created = MustCreate("r-1");
  ASSERT_EQ(Audit().size(), 1u);
  EXPECT_EQ(Audit()[0].entry.action, "CreateAppointment");
  EXPECT_EQ(Audit()[0].entry.subject, created.name());
  EXPECT_EQ(Audit()[0].actor, "pharmacie-1");
  EXPECT_EQ(Audit()[0].entry.detail, "state=BOOKED entry_point=PHARMACIE");
  ASSERT_EQ(Events().size(), 1u);
  EXPECT_EQ(Events()[0].type, "appointment.booked");
  events::v1::Event event;
  ASSERT_TRUE(event.ParseFromString(Events()[0].payload));
  EXPECT_EQ(event.territory(), "85");
  EXPECT_EQ(event.appointment().regulation_case(), kCase);
  EXPECT_EQ(event.appointment().state(), v1::Appointment::STATE_BOOKED);
}

TEST_F(CreateTest, WhatSomebodyWroteReachesNeitherAuditNorEventsNorLogs) {
  constexpr char kCanary[] = "zbulikoplet";
  v1::CreateAppointmentRequest request = DirectRequest("r-1");
  v1::Appointment& draft = *request.mutable_appointment();
  draft.set_clinical_line(kCanary);
  auto& attempt = *draft.add_attempts();
  attempt.set_target(kCanary);
  attempt.set_outcome(kCanary);
  *attempt.mutable_attempt_time() = ToTimestamp(clock_.Now());
  draft.mutable_severity_form()->set_override_reason(kCanary);
  auto& sign = *draft.mutable_severity_form()->add_signs();
  sign.set_code("purpura");
  sign.set_label(kCanary);
  ::testing::internal::CaptureStderr();
  ASSERT_THAT(Create(Pharmacist(), request), IsOk());
  v1::CreateAppointmentRequest refused = request;
  refused.set_request_id("r-2");
  refused.mutable_appointment()->mutable_severity_form()->mutable_signs(1)->set_answer(
      type::v1::SIGN_ANSWER_YES);
  const absl::Status status = Create(Pharmacist(), refused).status();
  EXPECT_THAT(status, ReasonIs("SEVERITY_SIGN"));
  Flush();
  observe::FlushLog();
  std::string everything = ::testing::internal::GetCapturedStderr() + status.ToString();
  EXPECT_NE(everything.find("CreateAppointment"), std::string::npos);  // The log is on.
  for (const auto& record : Audit()) everything += record.entry.detail + record.entry.subject;
  for (const auto& event : Events()) everything += event.payload + event.subject;
  EXPECT_EQ(everything.find(kCanary), std::string::npos);
}

TEST_F(CreateTest, TheSameRequestTwiceIsOneAppointmentAndTheSameBytes) {
  const v1::CreateAppointmentRequest request = DirectRequest("r-1");
  const auto first = Create(Pharmacist(), request);
  ASSERT_THAT(first, IsOk());
  clock_.Advance(std::chrono::minutes(10));  // The hold is long over.
  const auto second = Create(Pharmacist(), request);
  ASSERT_THAT(second, IsOk());
  EXPECT_EQ(first->SerializeAsString(), second->SerializeAsString());
  EXPECT_EQ(AllNames().size(), 1u);
}

TEST_F(CreateTest, ARepeatIsAnsweredWhileTheSlotsAreAway) {
  const v1::CreateAppointmentRequest request = DirectRequest("r-1");
  const auto first = Create(Pharmacist(), request);
  ASSERT_THAT(first, IsOk());
  slots_.FailWith(base::Fail(absl::StatusCode::kUnavailable, "SLOTS_UNREACHABLE", "no answer"));
  const auto second = Create(Pharmacist(), request);
  ASSERT_THAT(second, IsOk());
  EXPECT_EQ(first->SerializeAsString(), second->SerializeAsString());
}

TEST_F(CreateTest, AnotherBodyOrCallerIsNotTheSameRequest) {
  v1::CreateAppointmentRequest request = DirectRequest("r-1");
  ASSERT_THAT(Create(Pharmacist(), request), IsOk());
  request.mutable_appointment()->mutable_age()->set_value(39);
  EXPECT_THAT(Create(Pharmacist(), request),
              StatusIs(absl::StatusCode::kInvalidArgument, "REQUEST_ID_REUSED"));
  base::Actor other = Pharmacist();
  other.subject = "pharmacie-2";
  request.set_hold_token(slots_.Hold(kSlot, 1, "pharmacie-2"));
  EXPECT_THAT(Create(other, request), IsOk());
  EXPECT_EQ(AllNames().size(), 2u);
}

TEST_F(CreateTest, ARepeatAfterACutMeetsThePreparedSeatAgain) {
  const v1::CreateAppointmentRequest request = DirectRequest("r-1");
  store_->FailNextWrite(FaultyStore::Fault::kBeforeCommit);
  EXPECT_THAT(Create(Pharmacist(), request), StatusIs(absl::StatusCode::kUnavailable));
  ASSERT_THAT(Create(Pharmacist(), request), IsOk());
  const auto prepared = slots_.prepared();
  ASSERT_EQ(prepared.size(), 2u);
  EXPECT_EQ(prepared[0].appointment(), prepared[1].appointment());
}

TEST_F(CreateTest, AnAnswerLostAfterTheCommitIsLookedUp) {
  const v1::CreateAppointmentRequest request = DirectRequest("r-1");
  store_->FailNextWrite(FaultyStore::Fault::kAfterCommit);
  const auto booked = Create(Pharmacist(), request);
  ASSERT_THAT(booked, IsOk());
  const auto repeat = Create(Pharmacist(), request);
  ASSERT_THAT(repeat, IsOk());
  EXPECT_EQ(repeat->SerializeAsString(), booked->SerializeAsString());
  EXPECT_EQ(AllNames().size(), 1u);
}

// text_roundtrip_every_hop: from the order to the practice, at its full length in characters.
TEST_F(CreateTest, H16_TextRoundtripEveryHop) {
  testing::HardTexts texts(20);
  for (int seat = 0; seat < 6; ++seat) {
    const std::string line = texts.Of(300);
    v1::CreateAppointmentRequest request = DirectRequest("r-" + std::to_string(seat), seat);
    request.mutable_appointment()->set_clinical_line(line);
    const auto created = Create(Pharmacist(), request);
    ASSERT_THAT(created, IsOk());
    EXPECT_EQ(created->clinical_line(), line);
    EXPECT_EQ(Get(osnp_, created->name())->clinical_line(), line);
    EXPECT_EQ(Create(Pharmacist(), request)->clinical_line(), line);  // The kept answer.
  }
  v1::CreateAppointmentRequest longer = DirectRequest("r-9", 9);
  longer.mutable_appointment()->set_clinical_line(texts.Of(301));
  EXPECT_THAT(Create(Pharmacist(), longer), ReasonIs("TEXT_TOO_LONG"));
}

TEST_F(CreateTest, AnOrderBooksWithoutSayingTheReasonAgain) {
  const auto created = Create(osnp_, OrderRequest("r-1"));
  ASSERT_THAT(created, IsOk());
  EXPECT_EQ(created->care_order(), kOrder);
  EXPECT_EQ(created->access_reason(), type::v1::ACCESS_REASON_SANS_MT);
  EXPECT_EQ(created->clinical_line(), "fièvre depuis la veille");
  EXPECT_FALSE(created->oral_check());
  EXPECT_EQ(slots_.prepared()[0].need().care_order(), kOrder);
  EXPECT_EQ(slots_.prepared()[0].holder(), "osnp-1");
}

TEST_F(CreateTest, S2_52_WithoutPretriageMotifOrTransmissionsNothingIsBooked) {
  v1::CreateAppointmentRequest request = DirectRequest("r-1");
  request.mutable_appointment()->clear_severity_form();
  EXPECT_THAT(Create(Pharmacist(), request), ReasonIs("PRETRIAGE_REQUIRED"));
  request = DirectRequest("r-2");
  request.mutable_appointment()->set_motif_code("M06.04");
  EXPECT_THAT(Create(Pharmacist(), request), ReasonIs("MOTIF_NOT_IDENTIFIED"));
  request = DirectRequest("r-3");
  request.mutable_appointment()->clear_clinical_line();
  EXPECT_THAT(Create(Pharmacist(), request), ReasonIs("CLINICAL_LINE_REQUIRED"));
  EXPECT_TRUE(slots_.prepared().empty());
  EXPECT_TRUE(AllNames().empty());
}

TEST_F(CreateTest, H14_WithoutTheRegulationOnlyAnOralCheckBooks) {
  regulation_.FailWith(
      base::Fail(absl::StatusCode::kUnavailable, "REGULATION_UNREACHABLE", "no answer"));
  v1::CreateAppointmentRequest request = OrderRequest("r-1");
  EXPECT_THAT(Create(osnp_, request),
              StatusIs(absl::StatusCode::kUnavailable, "REGULATION_UNREACHABLE"));
  EXPECT_TRUE(slots_.prepared().empty());
  request.set_request_id("r-2");
  request.mutable_appointment()->set_oral_check(true);
  const auto created = Create(osnp_, request);
  ASSERT_THAT(created, IsOk());
  EXPECT_TRUE(created->oral_check());
  ASSERT_EQ(Audit().size(), 1u);
  EXPECT_EQ(Audit()[0].entry.detail, "state=BOOKED entry_point=LINE_116117 oral_check=1");
}

TEST_F(CreateTest, AnOralCheckIsNoWordAgainstTheRegulation) {
  regulation::v1::CareOrder order = SearchedOrder();
  order.set_state(regulation::v1::CareOrder::STATE_SUPERSEDED);
  regulation_.Put(order);
  v1::CreateAppointmentRequest request = OrderRequest("r-1");
  request.mutable_appointment()->set_oral_check(true);
  EXPECT_THAT(Create(osnp_, request), ReasonIs("ORDER_SUPERSEDED"));
}

TEST_F(CreateTest, S2_12_ADoctorLiftsASignWithAReason) {
  v1::CreateAppointmentRequest request = OrderRequest("r-1");
  request.set_hold_token(slots_.Hold(kSlot, 0, "mrl-1"));
  auto& form = *request.mutable_appointment()->mutable_severity_form();
  form.set_override_by("forged");
  auto& sign = *form.add_signs();
  sign.set_code("purpura");
  sign.set_answer(type::v1::SIGN_ANSWER_YES);
  const base::Actor regulator = testing::ActorWith(base::Role::kRegulatorMg, "mrl-1");
  EXPECT_THAT(Create(regulator, request), ReasonIs("SEVERITY_SIGN"));
  form.set_override_reason("lésion ancienne, connue");
  const auto created = Create(regulator, request);
  ASSERT_THAT(created, IsOk());
  EXPECT_EQ(created->severity_form().override_by(), "regulator_mg");
  EXPECT_EQ(Audit()[0].entry.detail,
            "state=BOOKED entry_point=LINE_116117 severity_lifted_by=regulator_mg");
}

TEST_F(CreateTest, S4_08_TheEmergencyDepartmentBooksByItsEvaluation) {
  base::Actor iao = testing::ActorWith(base::Role::kProfessional, "iao-1");
  iao.profession = "60";
  iao.entry_point = "urgences";
  slots::v1::EntryRule rule;
  rule.set_entry_point(type::v1::ENTRY_POINT_URGENCES);
  rule.set_access(slots::v1::EntryRule::ACCESS_DIRECT);
  rule.set_evaluation_required(true);
  slots_.SetRule(rule);
  v1::CreateAppointmentRequest request = DirectRequest("r-1");
  request.set_hold_token(slots_.Hold(kSlot, 0, "iao-1"));
  request.mutable_appointment()->set_entry_point(type::v1::ENTRY_POINT_URGENCES);
  EXPECT_THAT(Create(iao, request), ReasonIs("EVALUATION_REQUIRED"));
  request.set_request_id("r-2");
  request.set_hold_token(slots_.Hold(kSlot, 0, "iao-1"));
  auto& evaluation = *request.mutable_appointment()->mutable_evaluation();
  evaluation.set_triage_level(4);
  evaluation.set_reason("plaie simple, constantes normales");
  evaluation.set_patient_informed(true);
  evaluation.set_protocol("reorientation/2.1");
  const auto created = Create(iao, request);
  ASSERT_THAT(created, IsOk());
  EXPECT_TRUE(created->care_order().empty());
  EXPECT_TRUE(slots_.prepared().back().need().evaluation_recorded());
}

class CreateRaceTest : public BookingTest, public ::testing::WithParamInterface<testing::Backend> {
 protected:
  CreateRaceTest() : BookingTest(GetParam()) {}
};

TEST_P(CreateRaceTest, FiftyCallersForOneSeatMakeOneAppointment) {
  constexpr int kCallers = 50;
  std::vector<v1::CreateAppointmentRequest> requests;
  for (int i = 0; i < kCallers; ++i) requests.push_back(DirectRequest("r-" + std::to_string(i)));
  std::atomic<int> booked{0};
  std::atomic<int> taken{0};
  std::vector<std::thread> callers;
  for (int i = 0; i < kCallers; ++i) {
    callers.emplace_back([&, i] {
      const auto created = Create(Pharmacist(), requests[static_cast<std::size_t>(i)]);
      if (created.ok()) ++booked;
      if (base::ReasonOf(created.status()) == "SEAT_TAKEN") ++taken;
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(booked, 1);
  EXPECT_EQ(taken, kCallers - 1);
  const auto names = AllNames();
  ASSERT_EQ(names.size(), 1u);
  Flush();
  EXPECT_EQ(slots_.OwnerOf(kSlot, 0), names[0]);  // The losers have freed nothing of the winner's.
}

TEST_P(CreateRaceTest, TwoRunsOfOneRequestMakeOneAppointment) {
  std::mutex mutex;
  std::condition_variable both;
  int inside = 0;
  slots_.OnPrepare([&] {
    std::unique_lock lock(mutex);
    ++inside;
    both.notify_all();
    both.wait_for(lock, seconds(5), [&] { return inside >= 2; });
  });
  const v1::CreateAppointmentRequest request = DirectRequest("r-1");
  absl::StatusOr<v1::Appointment> answers[2] = {absl::UnknownError(""), absl::UnknownError("")};
  std::thread other([&] { answers[0] = Create(Pharmacist(), request); });
  {
    // Under way: the second does not go with it.
    std::unique_lock lock(mutex);
    both.wait_for(lock, seconds(5), [&] { return inside == 1; });
  }
  answers[1] = Create(Pharmacist(), request);
  other.join();
  slots_.OnPrepare([] {});
  EXPECT_EQ(inside, 2);
  for (auto& answer : answers) {
    if (answer.ok()) continue;
    EXPECT_THAT(answer, StatusIs(absl::StatusCode::kAborted));
    answer = Create(Pharmacist(), request);
    ASSERT_THAT(answer, IsOk());
  }
  EXPECT_EQ(answers[0]->SerializeAsString(), answers[1]->SerializeAsString());
  EXPECT_EQ(AllNames().size(), 1u);
  Flush();
  EXPECT_EQ(slots_.OwnerOf(kSlot, 0), answers[0]->name());
}

TEST_P(CreateRaceTest, TheSameBytesComeBackFromAReopenedLedger) {
  const v1::CreateAppointmentRequest request = DirectRequest("r-1");
  const auto first = Create(Pharmacist(), request);
  ASSERT_THAT(first, IsOk());
  Restart();
  const auto second = Create(Pharmacist(), request);
  ASSERT_THAT(second, IsOk());
  EXPECT_EQ(first->SerializeAsString(), second->SerializeAsString());
  EXPECT_EQ(AllNames().size(), 1u);
}

class DayCapTest : public CreateRaceTest {
 protected:
  static constexpr int kCap = 3;

  void Race();
};

// Twelve at once, of whom kCap are booked.
void DayCapTest::Race() {
  constexpr int kCallers = 12;
  std::vector<v1::CreateAppointmentRequest> requests;
  for (int i = 0; i < kCallers; ++i) {
    requests.push_back(DirectRequest("r-" + std::to_string(i), /*seat=*/i));
  }
  std::atomic<int> booked{0};
  std::atomic<int> capped{0};
  std::vector<std::thread> callers;
  for (int i = 0; i < kCallers; ++i) {
    callers.emplace_back([&, i] {
      absl::StatusOr<v1::Appointment> created = absl::AbortedError("not asked yet");
      while (absl::IsAborted(created.status())) {  // Another wrote the same day first.
        created = Create(Pharmacist(), requests[static_cast<std::size_t>(i)]);
      }
      if (created.ok()) ++booked;
      if (base::ReasonOf(created.status()) == "SITE_DAILY_CAP") ++capped;
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(booked, kCap);
  EXPECT_EQ(capped, kCallers - kCap);
  EXPECT_EQ(AllNames().size(), static_cast<std::size_t>(kCap));
}

TEST_P(DayCapTest, S2_26_OfManyAtOnceAsManyAreBookedAsTheSiteTakesADay) {
  slots_.SetDayCap(kCap);
  Race();
}

TEST_P(DayCapTest, S2_26_OfManyAtOnceAsManyAreBookedAsTheSiteTakesInItsHours) {
  slots_.SetDayCap(kCap + 4);
  slots_.SetHoursCap(kCap);
  Race();
}

INSTANTIATE_TEST_SUITE_P(Stores, DayCapTest, testing::EveryBackend(), testing::BackendName);

INSTANTIATE_TEST_SUITE_P(Stores, CreateRaceTest,
                         ::testing::Values(testing::Backend::kMemory, testing::Backend::kSqlite),
                         testing::BackendName);

}  // namespace
}  // namespace sas::booking
