#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "sas/booking/v1/message_service.grpc.pb.h"
#include "services/booking/message_service.h"
#include "services/booking/message_worker.h"
#include "tests/rpc/booking/booking_fixture.h"

namespace sas::booking {

/// The dossiers and the directory, as messages see them.
class FakeContacts final : public ContactClient {
 public:
  absl::StatusOr<regulation::v1::PatientContact> GetPatientContact(const base::Call& call,
                                                                   const std::string& patient,
                                                                   bool for_letter) override;
  absl::StatusOr<slots::v1::Site> GetSite(const base::Call& call, const std::string& site) override;

  void Put(const regulation::v1::PatientContact& contact);
  void Put(const slots::v1::Site& site);
  void FailWith(absl::Status status);

 private:
  std::mutex mutex_;
  regulation::v1::PatientContact contact_;
  slots::v1::Site site_;
  absl::Status failure_;
};

/// An operator that remembers what it was given, whatever it answers.
class FakeChannel final : public ChannelClient {
 public:
  SendOutcome Send(const OutgoingMessage& message) override;

  bool HasReceipts() const override { return receipts_; }

  Receipt AskReceipt(const std::string& reference) override;

  void Answer(SendOutcome::Kind kind);
  void Say(Receipt receipt);
  /// Called in Send, before it answers.
  void OnSend(std::function<void()> hook);
  std::vector<OutgoingMessage> sent();

  bool receipts_ = true;

 private:
  std::mutex mutex_;
  SendOutcome::Kind answer_ = SendOutcome::Kind::kAccepted;
  Receipt receipt_ = Receipt::kNone;
  std::function<void()> on_send_ = [] {};
  std::vector<OutgoingMessage> sent_;
};

/// Booking with messages: SMS, e-mail and secure mail, each with its worker.
class MessageTest : public BookingTest {
 protected:
  explicit MessageTest(testing::Backend backend = testing::Backend::kMemory);
  ~MessageTest() override;

  /// Advances past the undo and waits until nothing is due.
  void Settle(std::chrono::seconds by = std::chrono::seconds(9));
  void StopWorkers();
  void StartWorkers();

  v1::Appointment Cancel(const v1::Appointment& appointment, const std::string& reason = "SITE");
  /// In place, as another start: what a reschedule leaves in the ledger.
  void Move(const std::string& name, base::Instant start, const std::string& slot);
  v1::Appointment Resolve(const v1::Appointment& appointment);

  std::vector<v1::Message> Messages(const std::string& appointment);
  v1::Message Only(const std::string& appointment, v1::Message::Kind kind,
                   v1::Message::Occasion occasion = v1::Message::OCCASION_BOOKED);

  template <typename Response, typename Request, typename Method>
  absl::StatusOr<Response> AskMessages(const base::Actor& actor, const Request& request,
                                       Method method) {
    grpc::ClientContext context;
    server_->Authorize(context, actor);
    Response response;
    const grpc::Status status = (message_stub_.get()->*method)(&context, request, &response);
    if (!status.ok()) return rpc::FromGrpc(status);
    return response;
  }

  FakeContacts contacts_;
  FakeChannel sms_;
  FakeChannel mail_;
  FakeChannel secure_;
  std::unique_ptr<MessageMetrics> message_metrics_;
  std::unique_ptr<v1::MessageService::Stub> message_stub_;
  std::vector<std::unique_ptr<MessageWorker>> workers_;
};

}  // namespace sas::booking
