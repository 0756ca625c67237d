#include <gtest/gtest.h>

#include "common/base/resource_name.h"
#include "common/testing/status_matchers.h"
#include "services/booking/convert.h"
#include "services/booking/convert_messages.h"
#include "tests/contract/booking/booking_stores.h"

namespace sas::booking {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using testing::IsOk;
using testing::ReasonIs;
using testing::StatusIs;
using v1::Message;

class MessageLedgerTest : public testing::StoreContract<StoreUnderTest> {
 protected:
  Message Make(const std::string& id, const std::string& appointment = "a",
               const std::string& region = "fr-pdl") {
    Message message;
    message.set_name("regions/" + region + "/appointments/" + appointment + "/messages/" + id);
    message.set_kind(Message::KIND_PATIENT_SMS);
    message.set_occasion(Message::OCCASION_BOOKED);
    message.set_state(Message::STATE_WAITING);
    message.set_site("regions/fr-pdl/sites/challans");
    message.set_territory("85");
    *message.mutable_next_attempt_time() = ToTimestamp(clock_.Now());
    Touch(message, clock_.Now());
    return message;
  }

  absl::Status Add(const Message& message) {
    return Write(
        [&](BookingTransaction& transaction) { return transaction.messages().Add(message); });
  }

  absl::Status Update(const Message& message) {
    return Write(
        [&](BookingTransaction& transaction) { return transaction.messages().Update(message); });
  }

  Message Get(const std::string& name) {
    Message message;
    EXPECT_THAT(Read([&](BookingTransaction& transaction) -> absl::Status {
                  SAS_ASSIGN_OR_RETURN(message, transaction.messages().Get(name));
                  return absl::OkStatus();
                }),
                IsOk());
    return message;
  }

  std::vector<std::string> Due(Message::Kind kind, base::Instant now, int limit = 10) {
    std::vector<std::string> ids;
    EXPECT_THAT(Read([&](BookingTransaction& transaction) -> absl::Status {
                  ids.clear();
                  SAS_ASSIGN_OR_RETURN(const auto names,
                                       transaction.messages().Due(kind, now, limit));
                  for (const auto& name : names) ids.push_back(name.substr(name.rfind('/') + 1));
                  return absl::OkStatus();
                }),
                IsOk());
    return ids;
  }

  std::vector<std::string> List(const MessageQuery& query) {
    std::vector<std::string> ids;
    EXPECT_THAT(Read([&](BookingTransaction& transaction) -> absl::Status {
                  ids.clear();
                  SAS_ASSIGN_OR_RETURN(const auto rows, transaction.messages().List(query));
                  for (const MessageRow& row : rows) {
                    const std::string& name = row.message.name();
                    ids.push_back(name.substr(name.rfind('/') + 1));
                    last_sequence_ = row.sequence;
                  }
                  return absl::OkStatus();
                }),
                IsOk());
    return ids;
  }

  bool Lease(Message::Kind kind, const std::string& holder, base::Instant until) {
    bool leased = false;
    EXPECT_THAT(Write([&](BookingTransaction& transaction) -> absl::Status {
                  SAS_ASSIGN_OR_RETURN(
                      leased, transaction.messages().Lease(kind, holder, clock_.Now(), until));
                  return absl::OkStatus();
                }),
                IsOk());
    return leased;
  }

  static MessageQuery Everything() {
    MessageQuery query;
    query.region = "fr-pdl";
    query.limit = 100;
    return query;
  }

  std::int64_t last_sequence_ = 0;
};

TEST_P(MessageLedgerTest, GivesBackWhatItWasGiven) {
  Message message = Make("v1-sms");
  message.set_reason_code("QUIET_HOURS");
  ASSERT_THAT(Add(message), IsOk());
  Reopen();
  EXPECT_EQ(Get(message.name()).SerializeAsString(), message.SerializeAsString());
  EXPECT_THAT(Add(message), StatusIs(absl::StatusCode::kAlreadyExists, "MESSAGE_EXISTS"));
  EXPECT_THAT(
      Read([](BookingTransaction& transaction) {
        return transaction.messages().Get("regions/fr-pdl/appointments/a/messages/no").status();
      }),
      StatusIs(absl::StatusCode::kNotFound, "MESSAGE_NOT_FOUND"));
}

TEST_P(MessageLedgerTest, ARefusedOneLeavesTheTransactionUsable) {
  ASSERT_THAT(Add(Make("v1-sms")), IsOk());
  EXPECT_THAT(Write([&](BookingTransaction& transaction) {
                EXPECT_THAT(transaction.messages().Add(Make("v1-sms")), ReasonIs("MESSAGE_EXISTS"));
                return transaction.messages().Add(Make("v2-sms"));
              }),
              IsOk());
  EXPECT_EQ(List(Everything()), (std::vector<std::string>{"v1-sms", "v2-sms"}));
}

TEST_P(MessageLedgerTest, UpdatesOnlyTheVersionThatWasRead) {
  ASSERT_THAT(Add(Make("v1-sms")), IsOk());
  Message read = Get(Make("v1-sms").name());
  read.set_state(Message::STATE_SENDING);
  Touch(read, clock_.Now());
  ASSERT_THAT(Update(read), IsOk());
  EXPECT_THAT(Update(read), StatusIs(absl::StatusCode::kAborted, "CONCURRENT_CHANGE"));
  EXPECT_EQ(Get(read.name()).state(), Message::STATE_SENDING);
}

TEST_P(MessageLedgerTest, TheSoonestDueComesFirst) {
  Message later = Make("later");
  *later.mutable_next_attempt_time() = ToTimestamp(clock_.Now() + minutes(5));
  Message mail = Make("mail");
  mail.set_kind(Message::KIND_PATIENT_EMAIL);
  Message done = Make("done");
  done.clear_next_attempt_time();
  Message early = Make("early");
  *early.mutable_next_attempt_time() = ToTimestamp(clock_.Now() - minutes(5));
  for (const Message& each : {later, mail, done, Make("now"), early}) {
    ASSERT_THAT(Add(each), IsOk());
  }
  using Ids = std::vector<std::string>;
  EXPECT_EQ(Due(Message::KIND_PATIENT_SMS, clock_.Now()), (Ids{"early", "now"}));
  EXPECT_EQ(Due(Message::KIND_PATIENT_SMS, clock_.Now(), 1), Ids{"early"});
  EXPECT_EQ(Due(Message::KIND_PATIENT_SMS, clock_.Now() + minutes(5)),
            (Ids{"early", "now", "later"}));
  EXPECT_EQ(Due(Message::KIND_PATIENT_EMAIL, clock_.Now()), Ids{"mail"});
}

TEST_P(MessageLedgerTest, ListsWhatIsAskedFor) {
  Message task = Make("task");
  task.set_state(Message::STATE_FAILED);
  task.set_task(Message::TASK_CALL_PATIENT);
  task.set_task_open(true);
  Message closed = Make("closed");
  closed.set_task(Message::TASK_CALL_PATIENT);
  Message elsewhere = Make("elsewhere", "b");
  elsewhere.set_territory("44");
  elsewhere.set_site("regions/fr-pdl/sites/machecoul");
  for (const Message& each : {Make("first"), task, closed, elsewhere, Make("far", "a", "fr-bre")}) {
    ASSERT_THAT(Add(each), IsOk());
  }
  using Ids = std::vector<std::string>;
  EXPECT_EQ(List(Everything()), (Ids{"first", "task", "closed", "elsewhere"}));
  MessageQuery query = Everything();
  query.open_tasks_only = true;
  EXPECT_EQ(List(query), Ids{"task"});
  query = Everything();
  query.task = Message::TASK_CALL_PATIENT;
  EXPECT_EQ(List(query), (Ids{"task", "closed"}));
  query = Everything();
  query.state = Message::STATE_FAILED;
  EXPECT_EQ(List(query), Ids{"task"});
  query = Everything();
  query.territories = {"44", "49"};
  EXPECT_EQ(List(query), Ids{"elsewhere"});
  query = Everything();
  query.site = "regions/fr-pdl/sites/challans";
  EXPECT_EQ(List(query), (Ids{"first", "task", "closed"}));
  query.appointment = "regions/fr-pdl/appointments/b";
  EXPECT_EQ(List(query), Ids{});
  query = Everything();
  query.limit = 2;
  EXPECT_EQ(List(query), (Ids{"first", "task"}));
  query.after = last_sequence_;
  EXPECT_EQ(List(query), (Ids{"closed", "elsewhere"}));
}

TEST_P(MessageLedgerTest, KeepsTheLatestOfAnAppointmentInOrder) {
  for (int i = 0; i < kMessagesOfOneMax + 2; ++i) {
    ASSERT_THAT(Add(Make("m" + std::to_string(i))), IsOk());
  }
  ASSERT_THAT(Add(Make("other", "b")), IsOk());
  EXPECT_THAT(Read([](BookingTransaction& transaction) -> absl::Status {
                SAS_ASSIGN_OR_RETURN(const auto messages, transaction.messages().OfAppointment(
                                                              "regions/fr-pdl/appointments/a"));
                EXPECT_EQ(messages.size(), static_cast<std::size_t>(kMessagesOfOneMax));
                EXPECT_EQ(base::LastId(messages.front().name()), "m2");
                EXPECT_EQ(base::LastId(messages.back().name()), "m101");
                return absl::OkStatus();
              }),
              IsOk());
}

TEST_P(MessageLedgerTest, CountsWhatIsDueAndWhatIsToBeDone) {
  Message task = Make("task");
  task.set_state(Message::STATE_FAILED);
  task.clear_next_attempt_time();
  task.set_task(Message::TASK_CALL_PRACTICE);
  task.set_task_open(true);
  Message sent = Make("sent");
  sent.set_state(Message::STATE_SENT);
  Message later = Make("later");
  *later.mutable_next_attempt_time() = ToTimestamp(clock_.Now() + minutes(1));
  for (const Message& each : {task, sent, later, Make("now")}) ASSERT_THAT(Add(each), IsOk());
  EXPECT_THAT(Read([&](BookingTransaction& transaction) -> absl::Status {
                SAS_ASSIGN_OR_RETURN(const MessageBacklog backlog,
                                     transaction.messages().Backlog(clock_.Now()));
                EXPECT_EQ(backlog.waiting, 1);
                EXPECT_EQ(backlog.open_tasks, 1);
                EXPECT_EQ(backlog.oldest, clock_.Now());
                return absl::OkStatus();
              }),
              IsOk());
}

TEST_P(MessageLedgerTest, OneHolderOfEachKind) {
  const auto until = [&] { return clock_.Now() + seconds(30); };
  EXPECT_TRUE(Lease(Message::KIND_PATIENT_SMS, "one", until()));
  EXPECT_FALSE(Lease(Message::KIND_PATIENT_SMS, "two", until()));
  EXPECT_TRUE(Lease(Message::KIND_PRACTICE, "two", until()));
  EXPECT_TRUE(Lease(Message::KIND_PATIENT_SMS, "one", until()));
  clock_.Advance(seconds(30));
  EXPECT_TRUE(Lease(Message::KIND_PATIENT_SMS, "two", until()));
  EXPECT_FALSE(Lease(Message::KIND_PATIENT_SMS, "one", until()));
}

INSTANTIATE_TEST_SUITE_P(Stores, MessageLedgerTest, testing::EveryBackend(), testing::BackendName);

}  // namespace
}  // namespace sas::booking
