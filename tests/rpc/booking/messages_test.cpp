#include <gmock/gmock.h>

#include "tests/rpc/booking/message_fixture.h"

namespace sas::booking {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::AllOf;
using ::testing::HasSubstr;
using testing::IsOk;
using ::testing::Not;
using v1::Message;

constexpr char kOtherSlot[] = "regions/fr-pdl/sites/challans/slots/a-20261124t1400z";

TEST_F(MessageTest, S2_45_ABookedPatientGetsOneNeutralSmsAndAReminder) {
  const v1::Appointment booked = MustCreate("r-1");
  Settle();
  ASSERT_EQ(sms_.sent().size(), 1u);
  EXPECT_EQ(sms_.sent()[0].recipient, "+33639980001");
  EXPECT_EQ(sms_.sent()[0].body,
            "RDV mardi 24/11 à 12h00, CSNP de Challans, 12 rue de l'Essai. Si aggravation, appelez "
            "le 15.");
  const Message sent = Only(booked.name(), Message::KIND_PATIENT_SMS);
  EXPECT_EQ(sent.state(), Message::STATE_SENT);
  EXPECT_EQ(sent.provider_reference(), "ref-1");
  // The reminder of 24 h has no time any more; the one of 30 min comes.
  Settle(minutes(90));
  ASSERT_EQ(sms_.sent().size(), 2u);
  EXPECT_THAT(sms_.sent()[1].body, HasSubstr("Rappel : RDV mardi 24/11 à 12h00"));
  // The practice is told too, and neither text names motif or patient.
  ASSERT_EQ(secure_.sent().size(), 1u);
  EXPECT_EQ(secure_.sent()[0].recipient, "csnp@challans.essai.mssante.fr");
  EXPECT_THAT(secure_.sent()[0].body, AllOf(Not(HasSubstr("Essai (")), Not(HasSubstr("M03"))));
}

TEST_F(MessageTest, H52_NobodyIsToldWhatCanStillBeUndone) {
  const v1::Appointment booked = MustCreate("r-1");
  Settle(seconds(7));
  EXPECT_TRUE(sms_.sent().empty());
  EXPECT_TRUE(secure_.sent().empty());
  Cancel(booked);
  Settle();
  // Who was never told of an appointment is not told that it is cancelled.
  EXPECT_TRUE(sms_.sent().empty());
  EXPECT_TRUE(secure_.sent().empty());
  for (const Message& each : Messages(booked.name())) {
    EXPECT_EQ(each.state(), Message::STATE_VOID) << each.DebugString();
  }
}

TEST_F(MessageTest, H33_ACancelledAppointmentIsToldOnceAndRemindsNobody) {
  const v1::Appointment booked = MustCreate("r-1");
  Settle();
  Cancel(booked);
  Settle();
  ASSERT_EQ(sms_.sent().size(), 2u);
  EXPECT_THAT(sms_.sent()[1].body, HasSubstr("RDV annulé : mardi 24/11 à 12h00"));
  Settle(hours(1));
  EXPECT_EQ(sms_.sent().size(), 2u);
}

TEST_F(MessageTest, H33_AChangeNamesTheTimeThatItReplaces) {
  const v1::Appointment booked = MustCreate("r-1");
  Settle();
  Move(booked.name(), clock_.Now() + hours(5), kOtherSlot);
  Settle();
  ASSERT_EQ(sms_.sent().size(), 2u);
  EXPECT_THAT(sms_.sent()[1].body, AllOf(HasSubstr("RDV modifié : mardi 24/11 à 15h00"),
                                         HasSubstr("(au lieu de mardi 24/11 à 12h00)")));
}

TEST_F(MessageTest, H33_WhoIsRescheduledHearsTheNewTimeAndTheOldOne) {
  const v1::Appointment booked = MustCreate("r-1");
  Settle();
  slots_.SetSlot(kOtherSlot, clock_.Now() + hours(5), minutes(15), type::v1::CONSULTATION_MODE_AMB);
  v1::RescheduleAppointmentRequest request;
  request.set_name(booked.name());
  request.set_slot(kOtherSlot);
  request.set_hold_token(slots_.Hold(kOtherSlot, 0, "pharmacie-1"));
  request.set_reason_code("PATIENT");
  request.set_etag(booked.etag());
  request.set_request_id("m-1");
  ASSERT_THAT(
      Ask<v1::Appointment>(Pharmacist(), request, &v1::BookingService::Stub::RescheduleAppointment),
      IsOk());
  Settle();
  ASSERT_EQ(sms_.sent().size(), 2u);
  EXPECT_THAT(sms_.sent()[1].body, AllOf(HasSubstr("RDV modifié : mardi 24/11 à 15h00"),
                                         HasSubstr("(au lieu de mardi 24/11 à 12h00)")));
  EXPECT_EQ(secure_.sent().size(), 2u);
  EXPECT_EQ(
      Only(booked.name(), Message::KIND_PATIENT_SMS, Message::OCCASION_MOVED).appointment_version(),
      2);
}

TEST_F(MessageTest, S2_45_EachOfAGroupIsTold) {
  const auto booked = Ask<v1::BatchCreateAppointmentsResponse>(
      Pharmacist(), Family(2), &v1::BookingService::Stub::BatchCreateAppointments);
  ASSERT_THAT(booked, IsOk());
  Settle();
  EXPECT_EQ(sms_.sent().size(), 2u);
  for (const v1::Appointment& each : booked->appointments()) {
    EXPECT_EQ(Only(each.name(), Message::KIND_PATIENT_SMS).state(), Message::STATE_SENT);
  }
}

// Whatever happens to an appointment, and whenever: the last that a patient hears is what the
// ledger says (hazard H-33, `last_message_equals_ledger`).
TEST_F(MessageTest, H33_TheLastMessageEqualsTheLedger) {
  for (int seed = 0; seed < 12; ++seed) {
    const v1::Appointment booked = MustCreate("r-" + std::to_string(seed), seed);
    const std::size_t before = sms_.sent().size();
    base::Instant start = clock_.Now() + hours(2);
    bool told = false;
    for (int step = 0; step < 4; ++step) {
      if (((seed >> step) & 1) != 0) {
        Settle();  // Told in between, or not.
        told = true;
      }
      start += minutes(15);
      Move(booked.name(), start, kOtherSlot + std::to_string(seed * 4 + step));
    }
    if (seed % 3 == 0) {
      const auto now = Get(osnp_, booked.name());
      ASSERT_THAT(now, IsOk());
      Cancel(*now);
    }
    Settle();
    const auto sent = sms_.sent();
    if (seed % 3 == 0) {
      ASSERT_EQ(sent.size() > before, told) << seed;
      if (told) {
        EXPECT_THAT(sent.back().body, HasSubstr("annulé")) << seed;
      }
    } else {
      const care::Zone paris = *care::Zone::Load("Europe/Paris");
      const int minute = paris.TimeOf(start).minutes;
      const std::string hour = " à " + std::to_string(minute / 60) + "h" +
                               (minute % 60 < 10 ? "0" : "") + std::to_string(minute % 60);
      ASSERT_GT(sent.size(), before) << seed;
      EXPECT_THAT(sent.back().body, HasSubstr(hour + ",")) << seed;
    }
  }
}

TEST_F(MessageTest, H33_AChangeWhileTheSmsIsOnItsWayIsToldAsAChange) {
  const v1::Appointment booked = MustCreate("r-1");
  bool once = false;
  sms_.OnSend([&] {
    if (!std::exchange(once, true)) Move(booked.name(), clock_.Now() + hours(5), kOtherSlot);
  });
  Settle();
  Settle();
  ASSERT_EQ(sms_.sent().size(), 2u);
  EXPECT_THAT(sms_.sent()[1].body, HasSubstr("au lieu de mardi 24/11 à 12h00"));
  EXPECT_EQ(Only(booked.name(), Message::KIND_PATIENT_SMS).state(), Message::STATE_SENT);
}

TEST_F(MessageTest, ACrashBetweenSendingAndNotingSendsAgainUnderTheSameId) {
  const v1::Appointment booked = MustCreate("r-1");
  workers_.resize(1);  // Whose next write is to fail.
  sms_.OnSend([&] { store_->FailNextWrite(FaultyStore::Fault::kBeforeCommit); });
  clock_.Advance(seconds(9));
  workers_[0]->Flush(std::chrono::milliseconds(300));
  sms_.OnSend([] {});
  EXPECT_EQ(Only(booked.name(), Message::KIND_PATIENT_SMS).attempt_count() >= 1, true);
  StopWorkers();
  StartWorkers();
  Settle(seconds(31));  // The lease of the worker that died.
  const auto sent = sms_.sent();
  ASSERT_GE(sent.size(), 2u);
  for (const OutgoingMessage& each : sent) {
    EXPECT_EQ(each.id, sent[0].id);
    EXPECT_EQ(each.body, sent[0].body);
  }
  EXPECT_EQ(Only(booked.name(), Message::KIND_PATIENT_SMS).state(), Message::STATE_SENT);
}

TEST_F(MessageTest, AnUncertainAttemptCountsAsTold) {
  const v1::Appointment booked = MustCreate("r-1");
  sms_.Answer(SendOutcome::Kind::kUnknown);
  clock_.Advance(seconds(9));
  workers_[0]->Flush(std::chrono::milliseconds(200));
  EXPECT_GE(sms_.sent().size(), 1u);
  Cancel(booked);
  sms_.Answer(SendOutcome::Kind::kAccepted);
  Settle();
  EXPECT_THAT(sms_.sent().back().body, HasSubstr("annulé"));
}

TEST_F(MessageTest, S2_45_RetriesWithGrowingWaitsThenCallsThePatient) {
  const v1::Appointment booked = MustCreate("r-1");
  Move(booked.name(), clock_.Now() + hours(13), kOtherSlot);  // Time for all attempts, by day.
  sms_.Answer(SendOutcome::Kind::kNotSent);
  Message message;
  for (int i = 0; i < 100 && message.state() != Message::STATE_FAILED; ++i) {
    clock_.Advance(minutes(7));
    StopWorkers();  // A worker that has failed pauses by the machine's clock.
    StartWorkers();
    workers_[0]->Flush(std::chrono::milliseconds(150));
    message = Only(booked.name(), Message::KIND_PATIENT_SMS, Message::OCCASION_MOVED);
  }
  EXPECT_EQ(message.state(), Message::STATE_FAILED);
  EXPECT_EQ(message.reason_code(), "ATTEMPTS_SPENT");
  EXPECT_EQ(message.attempt_count(), kAttemptsMax);
  EXPECT_EQ(message.task(), Message::TASK_CALL_PATIENT);
  EXPECT_TRUE(message.task_open());
  EXPECT_FALSE(message.has_told_start_time());
  EXPECT_EQ(static_cast<int>(sms_.sent().size()), kAttemptsMax);
}

TEST_F(MessageTest, S2_45_AtNightTheSmsWaitsForTheMorning) {
  clock_.Advance(hours(12));  // 22:00 in Paris.
  const base::Instant now = clock_.Now();
  slots_.SetStart(now + hours(14));
  const v1::Appointment booked = MustCreate("r-1");
  Settle();
  EXPECT_TRUE(sms_.sent().empty());
  EXPECT_EQ(Only(booked.name(), Message::KIND_PATIENT_SMS).reason_code(), "QUIET_HOURS");
  EXPECT_EQ(secure_.sent().size(), 1u);  // A mailbox does not ring.
  Settle(hours(10));
  EXPECT_EQ(sms_.sent().size(), 1u);
}

// In the morning he would be on his way to an hour that is no more.
TEST_F(MessageTest, S2_45_AtNightWhoWasToldOfAnEarlyHourHearsThatItIsNoMore) {
  clock_.Advance(hours(11));  // 21:00 in Paris.
  slots_.SetStart(clock_.Now() + hours(11) + minutes(30));
  const v1::Appointment booked = MustCreate("r-1");
  Settle();
  ASSERT_EQ(sms_.sent().size(), 1u);
  clock_.Advance(minutes(90));
  Move(booked.name(), clock_.Now() + hours(16), kOtherSlot);
  Settle();
  ASSERT_EQ(sms_.sent().size(), 2u);
  EXPECT_THAT(sms_.sent()[1].body, HasSubstr("au lieu de mercredi 25/11 à 8h30"));
}

TEST_F(MessageTest, WithoutTheDossierNothingIsSentAndNothingIsLost) {
  contacts_.FailWith(base::Fail(absl::StatusCode::kUnavailable, "REGULATION_UNREACHABLE", "away"));
  const v1::Appointment booked = MustCreate("r-1");
  clock_.Advance(seconds(9));
  EXPECT_FALSE(workers_[0]->Flush(std::chrono::milliseconds(200)));
  EXPECT_THAT(workers_[0]->Reachable(), testing::ReasonIs("CHANNEL_UNREACHABLE"));
  EXPECT_EQ(Only(booked.name(), Message::KIND_PATIENT_SMS).attempt_count(), 0);
  contacts_.FailWith(absl::OkStatus());
  Settle();
  EXPECT_EQ(sms_.sent().size(), 1u);
  EXPECT_THAT(workers_[0]->Reachable(), IsOk());
}

TEST_F(MessageTest, H34_TheMailboxOfTheDirectoryCountsBeforeTheSetting) {
  slots::v1::Site site;
  site.set_secure_mailbox("accueil@challans.essai.mssante.fr");
  contacts_.Put(site);
  const v1::Appointment booked = MustCreate("r-1");
  Settle();
  ASSERT_EQ(secure_.sent().size(), 1u);
  EXPECT_EQ(secure_.sent()[0].recipient, "accueil@challans.essai.mssante.fr");
  // It has changed there: the next message knows, without a restart.
  site.set_secure_mailbox("nouveau@challans.essai.mssante.fr");
  contacts_.Put(site);
  Move(booked.name(), clock_.Now() + hours(5), kOtherSlot);
  Settle();
  ASSERT_EQ(secure_.sent().size(), 2u);
  EXPECT_EQ(secure_.sent()[1].recipient, "nouveau@challans.essai.mssante.fr");
  // Where the directory has none the setting holds.
  site.clear_secure_mailbox();
  contacts_.Put(site);
  Move(booked.name(), clock_.Now() + hours(4), kSlot);
  Settle();
  ASSERT_EQ(secure_.sent().size(), 3u);
  EXPECT_EQ(secure_.sent()[2].recipient, "csnp@challans.essai.mssante.fr");
}

TEST_F(MessageTest, H34_ASiteThatOnlyTheDirectoryKnowsAMailboxOfIsTold) {
  constexpr char kMachecoulSlot[] = "regions/fr-pdl/sites/machecoul/slots/a-20261124t1300z";
  v1::CreateAppointmentRequest request = DirectRequest("r-1");
  request.mutable_appointment()->set_slot(kMachecoulSlot);
  request.set_hold_token(slots_.Hold(kMachecoulSlot, 0, "pharmacie-1"));
  slots::v1::Site site;
  site.set_secure_mailbox("accueil@machecoul.essai.mssante.fr");
  contacts_.Put(site);
  const auto booked = Create(Pharmacist(), request);
  ASSERT_THAT(booked, IsOk());
  Settle();
  ASSERT_EQ(secure_.sent().size(), 1u);
  EXPECT_EQ(secure_.sent()[0].recipient, "accueil@machecoul.essai.mssante.fr");
  EXPECT_EQ(Only(booked->name(), Message::KIND_PRACTICE).state(), Message::STATE_SENT);
}

TEST_F(MessageTest, H34_WithoutTheDirectoryThePracticesMessageWaitsAndIsNotLost) {
  slots::v1::Site site;
  site.set_secure_mailbox("accueil@challans.essai.mssante.fr");
  contacts_.Put(site);
  contacts_.FailWith(base::Fail(absl::StatusCode::kUnavailable, "SLOTS_UNREACHABLE", "away"));
  const v1::Appointment booked = MustCreate("r-1");
  clock_.Advance(seconds(9));
  EXPECT_FALSE(workers_[2]->Flush(std::chrono::milliseconds(200)));
  EXPECT_TRUE(secure_.sent().empty()) << "the setting may be the old mailbox";
  const Message waiting = Only(booked.name(), Message::KIND_PRACTICE);
  EXPECT_EQ(waiting.state(), Message::STATE_WAITING);
  EXPECT_EQ(waiting.attempt_count(), 0);
  contacts_.FailWith(absl::OkStatus());
  Settle();
  ASSERT_EQ(secure_.sent().size(), 1u);
  EXPECT_EQ(secure_.sent()[0].recipient, "accueil@challans.essai.mssante.fr");
}

TEST_F(MessageTest, TheLedgerHoldsNeitherTextNorAddress) {
  const v1::Appointment booked = MustCreate("r-1");
  Settle();
  ASSERT_EQ(sms_.sent().size(), 1u);
  std::string kept;
  for (const Message& each : Messages(booked.name())) kept += each.DebugString();
  for (const auto& event : Events()) kept += event.payload;
  EXPECT_THAT(kept, AllOf(Not(HasSubstr("+3363998")), Not(HasSubstr("aggravation")),
                          Not(HasSubstr("Camille")), Not(HasSubstr("mssante.fr"))));
}

}  // namespace
}  // namespace sas::booking
