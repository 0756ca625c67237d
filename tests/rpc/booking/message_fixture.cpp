#include "tests/rpc/booking/message_fixture.h"

#include "common/base/resource_name.h"
#include "services/booking/convert_messages.h"

namespace sas::booking {

using std::chrono::seconds;
using v1::Message;

absl::StatusOr<regulation::v1::PatientContact> FakeContacts::GetPatientContact(const base::Call&,
                                                                               const std::string&,
                                                                               bool for_letter) {
  const std::lock_guard lock(mutex_);
  if (!failure_.ok()) return failure_;
  regulation::v1::PatientContact contact = contact_;
  if (!for_letter) {
    contact.clear_family_name();
    contact.clear_given_names();
    contact.clear_birth_date();
  }
  return contact;
}

absl::StatusOr<slots::v1::Site> FakeContacts::GetSite(const base::Call&, const std::string&) {
  const std::lock_guard lock(mutex_);
  if (!failure_.ok()) return failure_;
  return site_;
}

void FakeContacts::Put(const regulation::v1::PatientContact& contact) {
  const std::lock_guard lock(mutex_);
  contact_ = contact;
}

void FakeContacts::Put(const slots::v1::Site& site) {
  const std::lock_guard lock(mutex_);
  site_ = site;
}

void FakeContacts::FailWith(absl::Status status) {
  const std::lock_guard lock(mutex_);
  failure_ = std::move(status);
}

SendOutcome FakeChannel::Send(const OutgoingMessage& message) {
  std::function<void()> hook;
  {
    const std::lock_guard lock(mutex_);
    hook = on_send_;
  }
  hook();
  const std::lock_guard lock(mutex_);
  sent_.push_back(message);
  return {answer_, "ref-" + std::to_string(sent_.size()), "TEST"};
}

Receipt FakeChannel::AskReceipt(const std::string&) {
  const std::lock_guard lock(mutex_);
  return receipt_;
}

void FakeChannel::Answer(SendOutcome::Kind kind) {
  const std::lock_guard lock(mutex_);
  answer_ = kind;
}

void FakeChannel::Say(Receipt receipt) {
  const std::lock_guard lock(mutex_);
  receipt_ = receipt;
}

void FakeChannel::OnSend(std::function<void()> hook) {
  const std::lock_guard lock(mutex_);
  on_send_ = std::move(hook);
}

std::vector<OutgoingMessage> FakeChannel::sent() {
  const std::lock_guard lock(mutex_);
  return sent_;
}

MessageTest::MessageTest(testing::Backend backend)
    : BookingTest(backend,
                  {true,
                   true,
                   true,
                   true,
                   {std::chrono::hours(24), std::chrono::minutes(30)},
                   {{"regions/fr-pdl/sites/challans", "csnp@challans.essai.mssante.fr"}}}) {
  mail_.receipts_ = secure_.receipts_ = false;
  regulation::v1::PatientContact contact;
  contact.set_phone_number("+33639980001");
  contact.set_family_name("Essai");
  contact.set_given_names("Camille");
  contact.set_birth_date("1988-01-01");
  contacts_.Put(contact);
  slots::v1::Site site;
  site.set_display_name("CSNP de Challans");
  site.mutable_place()->set_address_line("12 rue de l'Essai");
  site.mutable_place()->set_commune("Challans");
  site.set_direct_line("+33199000007");
  contacts_.Put(site);
  StartWorkers();
}

MessageTest::~MessageTest() {
  StopWorkers();
}

void MessageTest::StopWorkers() {
  workers_.clear();
}

void MessageTest::StartWorkers() {
  if (message_metrics_ == nullptr) {
    message_metrics_ = std::make_unique<MessageMetrics>(server_->metrics());
  }
  message_stub_ = v1::MessageService::NewStub(server_->Channel());
  const auto add = [&](FakeChannel& channel, std::vector<Message::Kind> kinds) {
    workers_.push_back(std::make_unique<MessageWorker>(
        MessageSender::Parts{*store_, contacts_, channel, *message_metrics_, clock_,
                             server_->random(), policy_},
        std::move(kinds)));
  };
  add(sms_, {Message::KIND_PATIENT_SMS});
  add(mail_, {Message::KIND_PATIENT_EMAIL});
  add(secure_, {Message::KIND_PRACTICE, Message::KIND_TREATING_DOCTOR});
}

void MessageTest::Settle(seconds by) {
  clock_.Advance(by);
  for (const auto& worker : workers_) EXPECT_TRUE(worker->Flush(seconds(10)));
}

v1::Appointment MessageTest::Cancel(const v1::Appointment& appointment, const std::string& reason) {
  v1::CancelAppointmentRequest request;
  request.set_name(appointment.name());
  request.set_reason_code(reason);
  request.set_etag(appointment.etag());
  request.set_request_id("cancel-" + std::string(base::LastId(appointment.name())));
  const auto cancelled =
      Ask<v1::Appointment>(osnp_, request, &v1::BookingService::Stub::CancelAppointment);
  EXPECT_THAT(cancelled, testing::IsOk());
  return cancelled.ok() ? *cancelled : v1::Appointment();
}

void MessageTest::Move(const std::string& name, base::Instant start, const std::string& slot) {
  EXPECT_THAT(store_->Write(base::InternalCall("test", clock_, seconds(5)),
                            [&](BookingTransaction& transaction) -> absl::Status {
                              SAS_ASSIGN_OR_RETURN(AppointmentRecord record, transaction.Get(name));
                              *record.appointment.mutable_start_time() = ToTimestamp(start);
                              record.appointment.set_slot(slot);
                              ++record.version;
                              record.appointment.set_etag(EtagOf(record.version));
                              SAS_RETURN_IF_ERROR(transaction.Move(record));
                              return QueueMessages(transaction, record, Occasion::kMoved,
                                                   clock_.Now(), policy_);
                            }),
              testing::IsOk());
}

v1::Appointment MessageTest::Resolve(const v1::Appointment& appointment) {
  v1::ResolveAppointmentRequest request;
  request.set_name(appointment.name());
  request.set_resolution(v1::Appointment::STATE_FULFILLED);
  request.mutable_outcome()->set_final_motif_code("M03.05");
  request.mutable_outcome()->set_follow_up(v1::Outcome::FOLLOW_UP_TREATING_DOCTOR);
  request.set_etag(appointment.etag());
  request.set_request_id("resolve-" + std::string(base::LastId(appointment.name())));
  const auto resolved =
      Ask<v1::Appointment>(Effecteur(), request, &v1::BookingService::Stub::ResolveAppointment);
  EXPECT_THAT(resolved, testing::IsOk());
  return resolved.ok() ? *resolved : v1::Appointment();
}

std::vector<Message> MessageTest::Messages(const std::string& appointment) {
  std::vector<Message> messages;
  EXPECT_THAT(ledger_->store().Read(base::InternalCall("test", clock_, seconds(5)),
                                    [&](BookingTransaction& transaction) -> absl::Status {
                                      SAS_ASSIGN_OR_RETURN(
                                          messages,
                                          transaction.messages().OfAppointment(appointment));
                                      return absl::OkStatus();
                                    }),
              testing::IsOk());
  return messages;
}

Message MessageTest::Only(const std::string& appointment, Message::Kind kind,
                          Message::Occasion occasion) {
  Message found;
  for (const Message& each : Messages(appointment)) {
    if (each.kind() != kind || each.occasion() != occasion) continue;
    EXPECT_EQ(found.name(), "") << "two of them";
    found = each;
  }
  return found;
}

}  // namespace sas::booking
