#include <gmock/gmock.h>

#include "tests/rpc/booking/message_fixture.h"

namespace sas::booking {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::IsOk;
using ::testing::Not;
using testing::ReasonIs;
using testing::StatusIs;
using v1::Message;
using Stub = v1::MessageService::Stub;

class MessageTasks : public MessageTest {
 protected:
  absl::StatusOr<Message> Retry(const Message& message, const std::string& request_id = "retry-1") {
    v1::RetryMessageRequest request;
    request.set_name(message.name());
    request.set_etag(message.etag());
    request.set_request_id(request_id);
    return AskMessages<Message>(osnp_, request, &Stub::RetryMessage);
  }

  absl::StatusOr<Message> Close(const Message& message, const std::string& code) {
    v1::ResolveMessageTaskRequest request;
    request.set_name(message.name());
    request.set_etag(message.etag());
    request.set_resolution_code(code);
    request.set_request_id("close-1");
    return AskMessages<Message>(osnp_, request, &Stub::ResolveMessageTask);
  }

  absl::StatusOr<Message> Approve(const base::Actor& actor, const Message& message) {
    v1::ApproveMessageRequest request;
    request.set_name(message.name());
    request.set_etag(message.etag());
    request.set_request_id("approve-1");
    return AskMessages<Message>(actor, request, &Stub::ApproveMessage);
  }

  absl::StatusOr<Message> Receive(const base::Actor& actor, const Message& message,
                                  Message::State receipt, const std::string& request_id = "mdn-1") {
    v1::RecordMessageReceiptRequest request;
    request.set_name(message.name());
    request.set_receipt(receipt);
    request.set_request_id(request_id);
    return AskMessages<Message>(actor, request, &Stub::RecordMessageReceipt);
  }

  std::vector<std::string> OpenTasks(const base::Actor& actor) {
    v1::ListMessagesRequest request;
    request.set_parent("regions/fr-pdl/appointments/-");
    request.set_open_tasks_only(true);
    const auto page = AskMessages<v1::ListMessagesResponse>(actor, request, &Stub::ListMessages);
    EXPECT_THAT(page, IsOk());
    std::vector<std::string> names;
    if (page.ok()) {
      for (const Message& each : page->messages()) names.push_back(each.name());
    }
    return names;
  }

  void Contact(const std::function<void(regulation::v1::PatientContact&)>& change) {
    regulation::v1::PatientContact contact;
    contact.set_phone_number("+33639980001");
    change(contact);
    contacts_.Put(contact);
  }

  // The letter that a closed passage proposes.
  Message Letter() {
    const v1::Appointment seen = Resolve(MustCreate("r-1"));
    return Only(seen.name(), Message::KIND_TREATING_DOCTOR, Message::OCCASION_OUTCOME);
  }

  static void GiveDoctor(regulation::v1::PatientContact& contact) {
    contact.mutable_treating_doctor()->set_status(regulation::v1::TreatingDoctor::STATUS_DECLARED);
    contact.mutable_treating_doctor()->set_rpps("99700000013");
    contact.mutable_treating_doctor()->set_mssante_address("dr.essai@medecin.essai.mssante.fr");
    contact.set_family_name("Essai");
    contact.set_given_names("Camille");
  }

  const base::Actor link_ = testing::ActorWith(base::Role::kService, "mss-link");
};

TEST_F(MessageTasks, H35_AProtectedContactIsSilentAndATask) {
  Contact([](auto& contact) {
    contact.set_protected_contact(true);
    contact.set_email_address("camille@fai.example");
  });
  const v1::Appointment booked = MustCreate("r-1");
  Settle();
  Settle(minutes(95));  // The reminder, too.
  EXPECT_TRUE(sms_.sent().empty());
  EXPECT_TRUE(mail_.sent().empty());
  const Message message = Only(booked.name(), Message::KIND_PATIENT_SMS);
  EXPECT_EQ(message.state(), Message::STATE_FAILED);
  EXPECT_EQ(message.reason_code(), "CONTACT_PROTECTED");
  EXPECT_EQ(message.task(), Message::TASK_CALL_PATIENT);
  EXPECT_TRUE(message.task_open());
  EXPECT_EQ(Only(booked.name(), Message::KIND_PATIENT_EMAIL).state(), Message::STATE_VOID);
}

TEST_F(MessageTasks, S3_13_WhoHasOptedOutIsCalledAboutAChangeOnly) {
  Contact([](auto& contact) { contact.set_message_opt_out(true); });
  const v1::Appointment booked = MustCreate("r-1");
  Settle();
  EXPECT_TRUE(sms_.sent().empty());
  const Message first = Only(booked.name(), Message::KIND_PATIENT_SMS);
  EXPECT_EQ(first.state(), Message::STATE_VOID);
  EXPECT_EQ(first.reason_code(), "OPTED_OUT");
}

TEST_F(MessageTasks, S3_13_TheMailTakesWhatNoTelephoneCan) {
  Contact([](auto& contact) {
    contact.set_phone_number("+33199000001");
    contact.set_email_address("camille@fai.example");
  });
  const v1::Appointment booked = MustCreate("r-1");
  Settle();
  EXPECT_TRUE(sms_.sent().empty());
  ASSERT_EQ(mail_.sent().size(), 1u);
  EXPECT_EQ(mail_.sent()[0].subject, "Votre rendez-vous");
  EXPECT_THAT(mail_.sent()[0].body, HasSubstr("Entrée par les urgences, carte Vitale."));
  EXPECT_EQ(Only(booked.name(), Message::KIND_PATIENT_SMS).reason_code(), "NOT_A_MOBILE");
  EXPECT_FALSE(Only(booked.name(), Message::KIND_PATIENT_SMS).task_open());
}

TEST_F(MessageTasks, H33_AnUndeliveredSmsIsACallTask) {
  const v1::Appointment booked = MustCreate("r-1");
  Settle();
  sms_.Say(Receipt::kUndelivered);
  Settle(seconds(11));
  const Message message = Only(booked.name(), Message::KIND_PATIENT_SMS);
  EXPECT_EQ(message.state(), Message::STATE_FAILED);
  EXPECT_EQ(message.reason_code(), "UNDELIVERED");
  EXPECT_TRUE(message.task_open());
  EXPECT_THAT(OpenTasks(osnp_), ::testing::ElementsAre(message.name()));
  const auto closed = Close(message, "DONE");
  ASSERT_THAT(closed, IsOk());
  EXPECT_FALSE(closed->task_open());
  EXPECT_EQ(closed->task_resolution_code(), "DONE");
  EXPECT_THAT(Close(message, "DONE"), IsOk());  // The same request again.
  EXPECT_THAT(OpenTasks(osnp_), IsEmpty());
}

TEST_F(MessageTasks, AReceiptIsSeenOnTheAppointment) {
  const v1::Appointment booked = MustCreate("r-1");
  Settle();
  sms_.Say(Receipt::kReceived);
  Settle(seconds(11));
  const auto shown = Get(osnp_, booked.name());
  ASSERT_THAT(shown, IsOk());
  EXPECT_EQ(shown->messaging(), v1::MESSAGING_CONFIGURED);
  ASSERT_GE(shown->messages_size(), 1);
  EXPECT_EQ(shown->messages(0).kind(), Message::KIND_PATIENT_SMS);
  EXPECT_EQ(shown->messages(0).state(), Message::STATE_RECEIVED);
}

TEST_F(MessageTasks, H34_APracticeThatDoesNotAnswerIsCalledByItsDirectLine) {
  slots_.SetStart(clock_.Now() + hours(5));
  const v1::Appointment booked = MustCreate("r-1");
  Settle();
  EXPECT_EQ(Only(booked.name(), Message::KIND_PRACTICE).state(), Message::STATE_SENT);
  Settle(minutes(4));
  EXPECT_THAT(OpenTasks(osnp_), IsEmpty());
  Settle(minutes(1));
  const Message message = Only(booked.name(), Message::KIND_PRACTICE);
  EXPECT_EQ(message.task(), Message::TASK_CALL_PRACTICE);
  EXPECT_TRUE(message.task_open());
  EXPECT_EQ(message.task_phone_number(), "+33199000007");
  EXPECT_EQ(message.reason_code(), "NO_RECEIPT");
  // It reads the message after all: nobody need call.
  const auto read = Receive(Effecteur(), message, Message::STATE_READ);
  ASSERT_THAT(read, IsOk());
  EXPECT_EQ(read->state(), Message::STATE_READ);
  EXPECT_FALSE(read->task_open());
  EXPECT_EQ(read->task_resolution_code(), "RECEIVED");
}

TEST_F(MessageTasks, H34_AReceiptInTimeMakesNoTask) {
  slots_.SetStart(clock_.Now() + hours(5));
  const v1::Appointment booked = MustCreate("r-1");
  Settle();
  ASSERT_THAT(Receive(link_, Only(booked.name(), Message::KIND_PRACTICE), Message::STATE_RECEIVED),
              IsOk());
  Settle(minutes(10));
  EXPECT_THAT(OpenTasks(osnp_), IsEmpty());
}

TEST_F(MessageTasks, H34_ADeadRelayMakesTheTaskAllTheSame) {
  slots_.SetStart(clock_.Now() + hours(5));
  secure_.Answer(SendOutcome::Kind::kNotSent);
  const v1::Appointment booked = MustCreate("r-1");
  clock_.Advance(seconds(9));
  workers_[2]->Flush(std::chrono::milliseconds(100));
  clock_.Advance(minutes(5));
  Message message;
  for (int i = 0; i < 50 && !message.task_open(); ++i) {
    workers_[2]->Flush(std::chrono::milliseconds(100));
    message = Only(booked.name(), Message::KIND_PRACTICE);
  }
  EXPECT_TRUE(message.task_open());
  EXPECT_EQ(message.task_phone_number(), "+33199000007");
}

TEST_F(MessageTasks, H34_SoonBeforeTheStartThePracticeIsCalledAtOnce) {
  slots_.SetStart(clock_.Now() + minutes(30));
  const v1::Appointment booked = MustCreate("r-1");
  Settle();
  EXPECT_EQ(OpenTasks(osnp_).size(), 1u);
  EXPECT_EQ(secure_.sent().size(), 1u);  // And told by mail as well.
}

TEST_F(MessageTasks, S2_51_AClosedPassageProposesALetterThatAProfessionalApproves) {
  Contact(GiveDoctor);
  const Message letter = Letter();
  EXPECT_EQ(letter.state(), Message::STATE_PROPOSED);
  Settle(hours(1));
  const std::size_t before = secure_.sent().size();
  EXPECT_THAT(Approve(osnp_, letter),
              StatusIs(absl::StatusCode::kPermissionDenied, "ROLE_FORBIDDEN"));
  ASSERT_THAT(Approve(Effecteur(), letter), IsOk());
  Settle();
  const auto sent = secure_.sent();
  ASSERT_EQ(sent.size(), before + 1);
  EXPECT_EQ(sent.back().recipient, "dr.essai@medecin.essai.mssante.fr");
  EXPECT_THAT(sent.back().body, HasSubstr("Camille Essai"));
  EXPECT_THAT(sent.back().body, HasSubstr("retour vers le médecin traitant"));
  EXPECT_TRUE(mail_.sent().empty());  // Never by clear mail.
}

TEST_F(MessageTasks, S2_51_WhoLeftBeforeHeWasSeenHasNoLetterAndNoReminder) {
  Contact(GiveDoctor);
  const v1::Appointment booked = MustCreate("r-1");
  v1::RecordArrivalRequest arrival;
  arrival.set_name(booked.name());
  arrival.set_arrival(v1::Appointment::ARRIVAL_ARRIVED);
  arrival.set_request_id("arrival-1");
  const auto arrived =
      Ask<v1::Appointment>(Effecteur(), arrival, &v1::BookingService::Stub::RecordArrival);
  ASSERT_THAT(arrived, IsOk());
  v1::ResolveAppointmentRequest request;
  request.set_name(booked.name());
  request.set_resolution(v1::Appointment::STATE_ABANDONED);
  request.set_abandon_reason_code("WAIT_TOO_LONG");
  request.set_etag(arrived->etag());
  request.set_request_id("resolve-1");
  ASSERT_THAT(
      Ask<v1::Appointment>(Effecteur(), request, &v1::BookingService::Stub::ResolveAppointment),
      IsOk());
  Settle(hours(2));
  EXPECT_TRUE(sms_.sent().empty());
  for (const Message& each : Messages(booked.name())) {
    EXPECT_NE(each.kind(), Message::KIND_TREATING_DOCTOR);
    EXPECT_EQ(each.reason_code(), "APPOINTMENT_ENDED");
  }
}

TEST_F(MessageTasks, S2_50_ALetterIsSentReadOrFailedAndTriedAgain) {
  Contact(GiveDoctor);
  ASSERT_THAT(Approve(Effecteur(), Letter()), IsOk());
  secure_.Answer(SendOutcome::Kind::kRefused);
  Settle();
  const auto name = OpenTasks(osnp_);
  ASSERT_EQ(name.size(), 1u);
  v1::GetMessageRequest get;
  get.set_name(name[0]);
  const auto failed = AskMessages<Message>(osnp_, get, &Stub::GetMessage);
  ASSERT_THAT(failed, IsOk());
  EXPECT_EQ(failed->state(), Message::STATE_FAILED);
  EXPECT_EQ(failed->task(), Message::TASK_FORWARD_LETTER);
  secure_.Answer(SendOutcome::Kind::kAccepted);
  ASSERT_THAT(Retry(*failed), IsOk());
  Settle();
  const auto ids = secure_.sent();
  EXPECT_EQ(ids.back().id, ids[ids.size() - 2].id + ".r1");  // A new letter to the operator.
  const auto sent = AskMessages<Message>(osnp_, get, &Stub::GetMessage);
  ASSERT_THAT(sent, IsOk());
  EXPECT_EQ(sent->state(), Message::STATE_SENT);
  EXPECT_THAT(OpenTasks(osnp_), IsEmpty());
  EXPECT_THAT(Retry(*sent, "retry-2"), ReasonIs("MESSAGE_STATE_FORBIDS"));
  const auto read = Receive(link_, *sent, Message::STATE_READ);
  ASSERT_THAT(read, IsOk());
  EXPECT_EQ(read->state(), Message::STATE_READ);
  EXPECT_THAT(Receive(link_, *read, Message::STATE_RECEIVED, "mdn-2"),
              ReasonIs("MESSAGE_STATE_FORBIDS"));
}

TEST_F(MessageTasks, H34_ByRppsOnlyAndWithoutAMailboxTheFallbackList) {
  Contact([](auto& contact) {
    GiveDoctor(contact);
    contact.mutable_treating_doctor()->clear_rpps();
    contact.mutable_treating_doctor()->set_display_name("Dr Homonyme");
  });
  ASSERT_THAT(Approve(Effecteur(), Letter()), IsOk());
  Settle();
  for (const OutgoingMessage& each : secure_.sent()) {
    EXPECT_THAT(each.recipient, Not(HasSubstr("medecin")));
  }
  v1::ListMessagesRequest request;
  request.set_parent("regions/fr-pdl/appointments/-");
  request.set_task(Message::TASK_FORWARD_LETTER);
  request.set_open_tasks_only(true);
  const auto page = AskMessages<v1::ListMessagesResponse>(osnp_, request, &Stub::ListMessages);
  ASSERT_THAT(page, IsOk());
  ASSERT_EQ(page->messages_size(), 1);
  EXPECT_EQ(page->messages(0).reason_code(), "NO_RPPS");
}

TEST_F(MessageTasks, S2_51_ADoctorWithoutASecureMailboxIsOnTheFallbackList) {
  Contact([](auto& contact) {
    GiveDoctor(contact);
    contact.mutable_treating_doctor()->clear_mssante_address();
  });
  const Message letter = Letter();
  ASSERT_THAT(Approve(Effecteur(), letter), IsOk());
  Settle();
  const Message stopped = Only(letter.name().substr(0, letter.name().find("/messages/")),
                               Message::KIND_TREATING_DOCTOR, Message::OCCASION_OUTCOME);
  EXPECT_EQ(stopped.reason_code(), "NO_SECURE_ADDRESS");
  EXPECT_EQ(stopped.task(), Message::TASK_FORWARD_LETTER);
  EXPECT_TRUE(stopped.task_open());
}

TEST_F(MessageTasks, APracticeSeesItsOwnMessagesOnly) {
  const v1::Appointment booked = MustCreate("r-1");
  Settle();
  base::Actor other = Effecteur();
  other.organization = "machecoul";
  v1::GetMessageRequest get;
  get.set_name(Only(booked.name(), Message::KIND_PRACTICE).name());
  EXPECT_THAT(AskMessages<Message>(other, get, &Stub::GetMessage), ReasonIs("SITE_FORBIDDEN"));
  EXPECT_THAT(AskMessages<Message>(Effecteur(), get, &Stub::GetMessage), IsOk());
  v1::ListMessagesRequest list;
  list.set_parent("regions/fr-pdl/appointments/-");
  const auto page = AskMessages<v1::ListMessagesResponse>(other, list, &Stub::ListMessages);
  ASSERT_THAT(page, IsOk());
  EXPECT_EQ(page->messages_size(), 0);
}

TEST_F(MessageTasks, RefusesWhatDoesNotFit) {
  const v1::Appointment booked = MustCreate("r-1");
  Settle();
  const Message message = Only(booked.name(), Message::KIND_PATIENT_SMS);
  Message stale = message;
  stale.set_etag("\"1\"");
  EXPECT_THAT(Retry(stale, "a"), ReasonIs("ETAG_MISMATCH"));
  stale.clear_etag();
  EXPECT_THAT(Retry(stale, "b"), ReasonIs("ETAG_REQUIRED"));
  EXPECT_THAT(Close(message, "LATER"), ReasonIs("UNKNOWN_CODE"));
  EXPECT_THAT(Close(message, "DONE"), ReasonIs("NO_OPEN_TASK"));
  EXPECT_THAT(Approve(Effecteur(), message), ReasonIs("MESSAGE_STATE_FORBIDS"));
  EXPECT_THAT(Receive(link_, message, Message::STATE_SENT), ReasonIs("INVALID_RECEIPT"));
  v1::GetMessageRequest get;
  get.set_name(booked.name() + "/messages/no");
  EXPECT_THAT(AskMessages<Message>(osnp_, get, &Stub::GetMessage), ReasonIs("MESSAGE_NOT_FOUND"));
  get.set_name("regions/fr-pdl/appointments/a");
  EXPECT_THAT(AskMessages<Message>(osnp_, get, &Stub::GetMessage),
              ReasonIs("INVALID_RESOURCE_NAME"));
}

TEST_F(MessageTasks, ListsPageByPage) {
  const v1::Appointment booked = MustCreate("r-1");
  v1::ListMessagesRequest request;
  request.set_parent(booked.name());
  request.set_page_size(2);
  std::vector<std::string> names;
  do {
    const auto page = AskMessages<v1::ListMessagesResponse>(osnp_, request, &Stub::ListMessages);
    ASSERT_THAT(page, IsOk());
    for (const Message& each : page->messages()) names.push_back(each.name());
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(names.size(), Messages(booked.name()).size());
  EXPECT_GE(names.size(), 3u);
}

class MessagesOff : public BookingTest {};

TEST_F(MessagesOff, S2_45_WithoutAChannelNothingIsWrittenAndTheAppointmentSaysSo) {
  const v1::Appointment booked = MustCreate("r-1");
  const auto shown = Get(osnp_, booked.name());
  ASSERT_THAT(shown, IsOk());
  EXPECT_EQ(shown->messages_size(), 0);
  EXPECT_EQ(shown->messaging(), v1::MESSAGING_NOT_CONFIGURED);
}

}  // namespace
}  // namespace sas::booking
