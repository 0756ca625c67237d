#include "services/booking/slots_client_grpc.h"

#include <utility>

#include "common/base/status.h"
#include "common/rpc/channel.h"

namespace sas::booking {
namespace {

constexpr std::chrono::milliseconds kPrepareLimit{1000};
constexpr std::chrono::milliseconds kCommitLimit{2000};
constexpr std::chrono::milliseconds kListLimit{2000};
constexpr std::chrono::milliseconds kNextLimit{300};
constexpr std::chrono::milliseconds kRetryAfter{500};
constexpr char kSeatService[] = "sas.slots.v1.SeatService";

absl::Status Unreachable(const absl::Status& cause) {
  return base::FailRetryable(absl::StatusCode::kUnavailable, "SLOTS_UNREACHABLE",
                             "the slots do not answer, nothing is booked yet: repeat with the same "
                             "request_id",
                             kRetryAfter, {{"cause", base::ReasonOf(cause)}});
}

}  // namespace

// A refusal is passed on; that nobody answered in time is our own word.
absl::Status ToldBySlots(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kCancelled:
    case absl::StatusCode::kUnknown:
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kUnauthenticated:
    case absl::StatusCode::kUnimplemented:
      return Unreachable(status);
    default:
      return status;
  }
}

GrpcSlotsClient::GrpcSlotsClient(const std::string& address,
                                 std::function<std::string()> authorization,
                                 const base::Clock& clock)
    : channel_(rpc::MakeChannel(
          {address, {{kSeatService, "PrepareSeats"}, {kSeatService, "CommitSeats"}}})),
      stub_(slots::v1::SeatService::NewStub(channel_)),
      authorization_(std::move(authorization)),
      clock_(clock) {}

std::vector<absl::StatusOr<slots::v1::PreparedSeat>> GrpcSlotsClient::PrepareSeats(
    const base::Call& call, const std::vector<slots::v1::PrepareSeatRequest>& requests) {
  slots::v1::PrepareSeatsRequest ask;
  ask.set_request_id(requests.front().request_id());
  for (const slots::v1::PrepareSeatRequest& request : requests) *ask.add_seats() = request;
  auto answer = rpc::CallUnary<slots::v1::PrepareSeatsResponse>(
      call, authorization_(), clock_, kPrepareLimit,
      [&](auto* context, auto* out) { return stub_->PrepareSeats(context, ask, out); });
  if (answer.ok() && answer->outcomes_size() != ask.seats_size()) {
    answer = absl::InternalError("the slots answered for another number of seats");
  }
  std::vector<absl::StatusOr<slots::v1::PreparedSeat>> outcomes;
  if (!answer.ok()) outcomes.assign(requests.size(), ToldBySlots(answer.status()));
  if (!answer.ok()) return outcomes;
  outcomes.reserve(requests.size());
  for (auto& outcome : *answer->mutable_outcomes()) {
    if (outcome.has_seat()) {
      outcomes.emplace_back(std::move(*outcome.mutable_seat()));
    } else {
      outcomes.emplace_back(ToldBySlots(rpc::FromDetails(outcome.refusal())));
    }
  }
  return outcomes;
}

absl::Status GrpcSlotsClient::CommitSeats(const base::Call& call,
                                          const slots::v1::CommitSeatsRequest& request) {
  return ToldBySlots(
      rpc::CallUnary<slots::v1::CommitSeatsResponse>(
          call, authorization_(), clock_, kCommitLimit,
          [&](auto* context, auto* out) { return stub_->CommitSeats(context, request, out); })
          .status());
}

absl::StatusOr<slots::v1::ListTakenSeatsResponse> GrpcSlotsClient::ListTakenSeats(
    const base::Call& call, const slots::v1::ListTakenSeatsRequest& request) {
  auto answer = rpc::CallUnary<slots::v1::ListTakenSeatsResponse>(
      call, authorization_(), clock_, kListLimit,
      [&](auto* context, auto* out) { return stub_->ListTakenSeats(context, request, out); });
  if (!answer.ok()) return ToldBySlots(answer.status());
  return answer;
}

absl::StatusOr<slots::v1::SearchNextSlotsResponse> GrpcSlotsClient::SearchNextSlots(
    const base::Call& call, const slots::v1::SearchNextSlotsRequest& request) {
  auto answer = rpc::CallUnary<slots::v1::SearchNextSlotsResponse>(
      call, authorization_(), clock_, kNextLimit,
      [&](auto* context, auto* out) { return stub_->SearchNextSlots(context, request, out); });
  if (!answer.ok()) return ToldBySlots(answer.status());
  return answer;
}

absl::StatusOr<slots::v1::GetSlotStandingsResponse> GrpcSlotsClient::GetSlotStandings(
    const base::Call& call, const slots::v1::GetSlotStandingsRequest& request) {
  auto answer = rpc::CallUnary<slots::v1::GetSlotStandingsResponse>(
      call, authorization_(), clock_, kListLimit,
      [&](auto* context, auto* out) { return stub_->GetSlotStandings(context, request, out); });
  if (!answer.ok()) return ToldBySlots(answer.status());
  return answer;
}

absl::Status GrpcSlotsClient::Reachable() const {
  if (channel_->GetState(/*try_to_connect=*/true) == GRPC_CHANNEL_READY) return absl::OkStatus();
  return base::Fail(absl::StatusCode::kUnavailable, "SLOTS_UNREACHABLE",
                    "no connection to the slots");
}

}  // namespace sas::booking
