#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <string>

#include "common/base/status.h"
#include "common/rpc/status_map.h"
#include "common/testing/status_matchers.h"
#include "services/booking/regulation_client_grpc.h"
#include "services/booking/slots_client_grpc.h"
#include "services/booking/worklist_client_grpc.h"

namespace sas::booking {
namespace {

using std::chrono::seconds;
using testing::IsOk;
using testing::ReasonIs;
using testing::StatusIs;

/// Answers every call of a peer with one status.
class OneAnswer {
 public:
  void Give(absl::Status status) {
    const std::lock_guard lock(mutex_);
    status_ = std::move(status);
  }

  grpc::ServerUnaryReactor* Answer(grpc::CallbackServerContext* context) {
    auto* reactor = context->DefaultReactor();
    const std::lock_guard lock(mutex_);
    const auto found = context->client_metadata().find("authorization");
    credentials_ = found == context->client_metadata().end()
                       ? ""
                       : std::string(found->second.data(), found->second.size());
    reactor->Finish(rpc::ToGrpc(status_));
    return reactor;
  }

  std::string credentials() const {
    const std::lock_guard lock(mutex_);
    return credentials_;
  }

 private:
  mutable std::mutex mutex_;
  absl::Status status_;
  std::string credentials_;
};

class Seats final : public slots::v1::SeatService::CallbackService {
 public:
  grpc::ServerUnaryReactor* PrepareSeats(grpc::CallbackServerContext* context,
                                         const slots::v1::PrepareSeatsRequest* request,
                                         slots::v1::PrepareSeatsResponse* response) override {
    for (const auto& seat : request->seats()) {
      auto& outcome = *response->add_outcomes();
      if (seat.hold_token() == "spent") {
        outcome.set_refusal(rpc::ToGrpc(base::Fail(absl::StatusCode::kFailedPrecondition,
                                                   "HOLD_LOST", "no", {{"slot", "s"}}))
                                .error_details());
      } else {
        outcome.mutable_seat()->set_seat(3);
      }
    }
    return answer.Answer(context);
  }

  grpc::ServerUnaryReactor* CommitSeats(grpc::CallbackServerContext* context,
                                        const slots::v1::CommitSeatsRequest*,
                                        slots::v1::CommitSeatsResponse*) override {
    return answer.Answer(context);
  }

  OneAnswer answer;
};

class Regulation final : public regulation::v1::RegulationService::CallbackService {
 public:
  /// 450 orders of each territory, by number; a token is how many were told.
  grpc::ServerUnaryReactor* ListCareOrders(
      grpc::CallbackServerContext* context, const regulation::v1::ListCareOrdersRequest* request,
      regulation::v1::ListCareOrdersResponse* response) override {
    ++lists;
    constexpr int kAll = 450;
    int next = request->page_token().empty() ? 0 : std::stoi(request->page_token());
    for (int i = 0; i < request->page_size() && next < kAll; ++i) {
      response->add_care_orders()->set_name(request->territory() + "-" + std::to_string(next++));
    }
    if (next < kAll) response->set_next_page_token(std::to_string(next));
    return answer.Answer(context);
  }

  std::atomic<int> lists{0};
  OneAnswer answer;
};

class Lists final : public slots::v1::TemplateService::CallbackService {
 public:
  grpc::ServerUnaryReactor* GetWorklist(grpc::CallbackServerContext* context,
                                        const slots::v1::GetWorklistRequest* request,
                                        slots::v1::Worklist* response) override {
    response->set_name(request->name());
    return answer.Answer(context);
  }

  grpc::ServerUnaryReactor* GetWorklistVerdicts(grpc::CallbackServerContext* context,
                                                const slots::v1::GetWorklistVerdictsRequest*,
                                                slots::v1::GetWorklistVerdictsResponse*) override {
    return answer.Answer(context);
  }

  OneAnswer answer;
};

class Dossiers final : public regulation::v1::CaseReferenceService::CallbackService {
 public:
  grpc::ServerUnaryReactor* GetCaseReference(grpc::CallbackServerContext* context,
                                             const regulation::v1::GetCaseReferenceRequest* request,
                                             regulation::v1::CaseReference* response) override {
    response->set_name(request->name());
    response->set_territory("85");
    return answer.Answer(context);
  }

  // An order or a patient with "none" in its name is not there.
  grpc::ServerUnaryReactor* CheckBookings(
      grpc::CallbackServerContext* context, const regulation::v1::CheckBookingsRequest* request,
      regulation::v1::CheckBookingsResponse* response) override {
    for (const auto& check : request->checks()) {
      auto& outcome = *response->add_outcomes();
      const std::string& subject =
          check.has_direct() ? check.direct().patient() : check.care_order();
      if (subject.find("none") != std::string::npos) {
        const char* reason = check.has_direct() ? "PATIENT_NOT_FOUND" : "ORDER_NOT_FOUND";
        outcome.set_refusal(
            rpc::ToGrpc(base::Fail(absl::StatusCode::kNotFound, reason, "")).error_details());
      } else if (check.has_direct()) {
        outcome.mutable_regulation_case()->set_territory("85");
      } else {
        outcome.mutable_care_order()->set_name(subject);
      }
    }
    return answer.Answer(context);
  }

  OneAnswer answer;
};

class ClientsTest : public ::testing::Test {
 protected:
  ClientsTest() {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
    builder.RegisterService(&seats_);
    builder.RegisterService(&regulation_);
    builder.RegisterService(&dossiers_);
    builder.RegisterService(&lists_);
    server_ = builder.BuildAndStart();
  }

  ~ClientsTest() override { server_->Shutdown(); }

  std::string Address() const { return "127.0.0.1:" + std::to_string(port_); }

  base::Call Call() const { return base::InternalCall("test", clock_, seconds(5)); }

  absl::StatusOr<slots::v1::PreparedSeat> Prepare(SlotsClient& client,
                                                  const slots::v1::PrepareSeatRequest& request) {
    return client.PrepareSeats(Call(), {request}).front();
  }

  absl::StatusOr<regulation::v1::CaseReference> CheckDirect(
      RegulationClient& client, const regulation::v1::DirectBooking& booking) {
    RegulationClient::Check check;
    *check.mutable_direct() = booking;
    const auto word = client.CheckBookings(Call(), {check}).front();
    if (!word.ok()) return word.status();
    return word->regulation_case();
  }

  base::SystemClock clock_;
  Seats seats_;
  Regulation regulation_;
  Dossiers dossiers_;
  Lists lists_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

absl::Status Refused(absl::StatusCode code, const char* reason) {
  return base::Fail(code, reason, "no");
}

TEST_F(ClientsTest, WhatTheSlotsRefuseIsPassedOn) {
  GrpcSlotsClient client(
      Address(), [] { return "Bearer me"; }, clock_);
  const auto prepared = Prepare(client, {});
  ASSERT_THAT(prepared, IsOk());
  EXPECT_EQ(prepared->seat(), 3);
  EXPECT_EQ(seats_.answer.credentials(), "Bearer me");
  seats_.answer.Give(Refused(absl::StatusCode::kFailedPrecondition, "HOLD_LOST"));
  EXPECT_THAT(Prepare(client, {}), StatusIs(absl::StatusCode::kFailedPrecondition, "HOLD_LOST"));
  seats_.answer.Give(Refused(absl::StatusCode::kInvalidArgument, "REGION_MISMATCH"));
  EXPECT_THAT(client.CommitSeats(Call(), {}), ReasonIs("REGION_MISMATCH"));
}

TEST_F(ClientsTest, OneOutcomeOfManyIsARefusalLikeAnother) {
  GrpcSlotsClient client(
      Address(), [] { return ""; }, clock_);
  slots::v1::PrepareSeatRequest spent;
  spent.set_hold_token("spent");
  const auto refused = Prepare(client, spent);
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kFailedPrecondition, "HOLD_LOST"));
  ASSERT_EQ(base::DetailOf(refused.status()).metadata.size(), 1u);
  EXPECT_EQ(base::DetailOf(refused.status()).metadata[0].second, "s");
}

TEST_F(ClientsTest, SlotsThatCannotAnswerAreUnreachable) {
  GrpcSlotsClient client(
      Address(), [] { return ""; }, clock_);
  for (const absl::StatusCode code :
       {absl::StatusCode::kUnavailable, absl::StatusCode::kDeadlineExceeded,
        absl::StatusCode::kResourceExhausted, absl::StatusCode::kInternal,
        absl::StatusCode::kUnauthenticated}) {
    seats_.answer.Give(Refused(code, "SOMETHING"));
    const auto refused = Prepare(client, {});
    EXPECT_THAT(refused, StatusIs(absl::StatusCode::kUnavailable, "SLOTS_UNREACHABLE"));
    EXPECT_TRUE(base::DetailOf(refused.status()).retry_after);
    EXPECT_THAT(client.CommitSeats(Call(), {}), ReasonIs("SLOTS_UNREACHABLE"));
  }
}

TEST_F(ClientsTest, OnlyTheRegulationSaysThatAnOrderOrAPatientIsNotThere) {
  GrpcRegulationClient client(
      Address(), [] { return "Bearer me"; }, clock_);
  const auto order = client.GetCareOrder(Call(), "regions/r/cases/c/orders/o");
  ASSERT_THAT(order, IsOk());
  EXPECT_EQ(order->name(), "regions/r/cases/c/orders/o");
  EXPECT_EQ(dossiers_.answer.credentials(), "Bearer me");
  EXPECT_THAT(client.GetCareOrder(Call(), "none"),
              StatusIs(absl::StatusCode::kNotFound, "ORDER_NOT_FOUND"));
  regulation::v1::DirectBooking direct;
  direct.set_patient("p");
  const auto dossier = CheckDirect(client, direct);
  ASSERT_THAT(dossier, IsOk());
  EXPECT_EQ(dossier->territory(), "85");
  direct.set_patient("none");
  EXPECT_THAT(CheckDirect(client, direct),
              StatusIs(absl::StatusCode::kNotFound, "PATIENT_NOT_FOUND"));
  for (const absl::StatusCode code :
       {absl::StatusCode::kUnavailable, absl::StatusCode::kPermissionDenied,
        absl::StatusCode::kNotFound, absl::StatusCode::kUnimplemented}) {
    dossiers_.answer.Give(Refused(code, "SOMETHING"));
    EXPECT_THAT(client.GetCareOrder(Call(), "o"),
                StatusIs(absl::StatusCode::kUnavailable, "REGULATION_UNREACHABLE"));
    EXPECT_THAT(CheckDirect(client, direct),
                StatusIs(absl::StatusCode::kUnavailable, "REGULATION_UNREACHABLE"));
  }
}

TEST_F(ClientsTest, OnlyTheRegulationSaysThatADossierIsNotThere) {
  GrpcRegulationClient client(
      Address(), [] { return "Bearer me"; }, clock_);
  const auto found = client.GetCaseReference(Call(), "regions/r/cases/c");
  ASSERT_THAT(found, IsOk());
  EXPECT_EQ(found->territory(), "85");
  dossiers_.answer.Give(Refused(absl::StatusCode::kNotFound, "CASE_NOT_FOUND"));
  EXPECT_THAT(client.GetCaseReference(Call(), "c"),
              StatusIs(absl::StatusCode::kNotFound, "CASE_NOT_FOUND"));
  for (const absl::StatusCode code :
       {absl::StatusCode::kUnavailable, absl::StatusCode::kPermissionDenied,
        absl::StatusCode::kNotFound, absl::StatusCode::kUnimplemented}) {
    dossiers_.answer.Give(Refused(code, "SOMETHING"));
    const auto refused = client.GetCaseReference(Call(), "c");
    EXPECT_THAT(refused, StatusIs(absl::StatusCode::kUnavailable, "REGULATION_UNREACHABLE"));
    EXPECT_TRUE(base::DetailOf(refused.status()).retry_after);
  }
}

TEST_F(ClientsTest, S2_10_OpenOrdersAreReadPageByPage) {
  GrpcRegulationClient client(
      Address(), [] { return "Bearer me"; }, clock_);
  const auto some = client.ListOpenOrders(Call(), "r", "85", 401);
  ASSERT_THAT(some, IsOk());
  ASSERT_EQ(some->size(), 401U);
  EXPECT_EQ(some->front().name(), "85-0");
  EXPECT_EQ(some->back().name(), "85-400");
  EXPECT_EQ(regulation_.lists, 3);
  EXPECT_EQ(client.ListOpenOrders(Call(), "r", "85", 1000)->size(), 450U);
  regulation_.answer.Give(Refused(absl::StatusCode::kPermissionDenied, "SOMETHING"));
  EXPECT_THAT(client.ListOpenOrders(Call(), "r", "85", 401),
              StatusIs(absl::StatusCode::kUnavailable, "REGULATION_UNREACHABLE"));
}

TEST_F(ClientsTest, S2_10_WhatTheSlotsSayOfAWorklistIsPassedOn) {
  GrpcWorklistClient client(
      Address(), [] { return "Bearer me"; }, clock_);
  EXPECT_EQ(client.GetWorklist(Call(), "w")->name(), "w");
  EXPECT_EQ(lists_.answer.credentials(), "Bearer me");
  lists_.answer.Give(Refused(absl::StatusCode::kNotFound, "WORKLIST_NOT_FOUND"));
  EXPECT_THAT(client.GetWorklist(Call(), "w"),
              StatusIs(absl::StatusCode::kNotFound, "WORKLIST_NOT_FOUND"));
  lists_.answer.Give(Refused(absl::StatusCode::kUnavailable, "AVAILABILITY_REBUILDING"));
  EXPECT_THAT(client.Judge(Call(), {}),
              StatusIs(absl::StatusCode::kUnavailable, "SLOTS_UNREACHABLE"));
}

TEST_F(ClientsTest, NobodyAtTheAddressIsFoundOutInTime) {
  server_->Shutdown();
  GrpcSlotsClient slots(
      Address(), [] { return ""; }, clock_);
  GrpcRegulationClient regulation(
      Address(), [] { return ""; }, clock_);
  const auto before = clock_.Steady();
  EXPECT_THAT(Prepare(slots, {}), ReasonIs("SLOTS_UNREACHABLE"));
  EXPECT_THAT(regulation.GetCareOrder(Call(), "o"), ReasonIs("REGULATION_UNREACHABLE"));
  EXPECT_THAT(regulation.GetCaseReference(Call(), "c"), ReasonIs("REGULATION_UNREACHABLE"));
  EXPECT_LT(clock_.Steady() - before, seconds(3));
  EXPECT_THAT(slots.Reachable(), ReasonIs("SLOTS_UNREACHABLE"));
  EXPECT_THAT(regulation.Reachable(), ReasonIs("REGULATION_UNREACHABLE"));
}

}  // namespace
}  // namespace sas::booking
