#include "services/booking/regulation_client_grpc.h"

#include <algorithm>
#include <utility>

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "common/rpc/channel.h"

namespace sas::booking {
namespace {

constexpr std::chrono::milliseconds kLimit{500};
constexpr std::chrono::milliseconds kListLimit{1000};
constexpr std::chrono::milliseconds kRetryAfter{1000};
constexpr int kPageMax = 200;

absl::Status Unreachable(const absl::Status& cause) {
  return base::FailRetryable(absl::StatusCode::kUnavailable, "REGULATION_UNREACHABLE",
                             "the regulation cannot be asked about the order: ask a regulator by "
                             "voice and say so, or repeat later",
                             kRetryAfter, {{"cause", base::ReasonOf(cause)}});
}

// An entry without order was opened there a moment ago: nobody's voice replaces the dossier.
absl::Status CaseUnknown(const absl::Status& cause) {
  return base::FailRetryable(absl::StatusCode::kUnavailable, "REGULATION_UNREACHABLE",
                             "the regulation cannot be asked whether it has the dossier: repeat "
                             "with the same request_id",
                             kRetryAfter, {{"cause", base::ReasonOf(cause)}});
}

absl::Status ListUnknown(const absl::Status& cause) {
  return base::FailRetryable(
      absl::StatusCode::kUnavailable, "REGULATION_UNREACHABLE",
      "the regulation cannot be asked who waits: look there, or repeat later", kRetryAfter,
      {{"cause", base::ReasonOf(cause)}});
}

}  // namespace

GrpcRegulationClient::GrpcRegulationClient(const std::string& address,
                                           std::function<std::string()> authorization,
                                           const base::Clock& clock)
    : channel_(
          rpc::MakeChannel({address,
                            {{"sas.regulation.v1.RegulationService", "GetCareOrder"},
                             {"sas.regulation.v1.RegulationService", "ListCareOrders"},
                             {"sas.regulation.v1.EntryService", "CheckDirectBooking"},
                             {"sas.regulation.v1.CaseReferenceService", "GetCaseReference"}}})),
      stub_(regulation::v1::RegulationService::NewStub(channel_)),
      cases_(regulation::v1::CaseReferenceService::NewStub(channel_)),
      entries_(regulation::v1::EntryService::NewStub(channel_)),
      authorization_(std::move(authorization)),
      clock_(clock) {}

absl::StatusOr<regulation::v1::CareOrder> GrpcRegulationClient::GetCareOrder(
    const base::Call& call, const std::string& name) {
  regulation::v1::GetCareOrderRequest request;
  request.set_name(name);
  auto answer = rpc::CallUnary<regulation::v1::CareOrder>(
      call, authorization_(), clock_, kLimit,
      [&](auto* context, auto* out) { return stub_->GetCareOrder(context, request, out); });
  if (answer.ok()) return answer;
  if (!absl::IsNotFound(answer.status())) return Unreachable(answer.status());
  return base::Fail(absl::StatusCode::kNotFound, "ORDER_NOT_FOUND",
                    "the regulation knows no such order; read the dossier again",
                    {{"care_order", name}});
}

absl::Status GrpcRegulationClient::CheckDirectBooking(
    const base::Call& call, const regulation::v1::CheckDirectBookingRequest& request) {
  const absl::Status status = rpc::CallUnary<regulation::v1::CheckDirectBookingResponse>(
                                  call, authorization_(), clock_, kLimit,
                                  [&](auto* context, auto* out) {
                                    return entries_->CheckDirectBooking(context, request, out);
                                  })
                                  .status();
  if (status.ok() || absl::IsNotFound(status)) return absl::OkStatus();
  return absl::IsFailedPrecondition(status) ? status : Unreachable(status);
}

absl::StatusOr<regulation::v1::CaseReference> GrpcRegulationClient::GetCaseReference(
    const base::Call& call, const std::string& name, const std::string& patient) {
  regulation::v1::GetCaseReferenceRequest request;
  request.set_name(name);
  request.set_patient(patient);
  auto answer = rpc::CallUnary<regulation::v1::CaseReference>(
      call, authorization_(), clock_, kLimit,
      [&](auto* context, auto* out) { return cases_->GetCaseReference(context, request, out); });
  if (answer.ok()) return answer;
  const std::string reason = base::ReasonOf(answer.status());
  if (reason == "CASE_NOT_FOUND" || reason == "PATIENT_NOT_FOUND") return answer.status();
  return CaseUnknown(answer.status());
}

absl::StatusOr<std::vector<regulation::v1::CareOrder>> GrpcRegulationClient::ListCareOrders(
    const base::Call& call, const std::string& region, int limit) {
  regulation::v1::ListCareOrdersRequest request;
  request.set_parent(base::JoinName({{"regions", region}, {"cases", "-"}}));
  request.set_page_size(limit);
  auto answer = rpc::CallUnary<regulation::v1::ListCareOrdersResponse>(
      call, authorization_(), clock_, kListLimit,
      [&](auto* context, auto* out) { return stub_->ListCareOrders(context, request, out); });
  if (!answer.ok()) return Unreachable(answer.status());
  return std::vector<regulation::v1::CareOrder>(answer->care_orders().begin(),
                                                answer->care_orders().end());
}

absl::StatusOr<std::vector<regulation::v1::CareOrder>> GrpcRegulationClient::ListOpenOrders(
    const base::Call& call, const std::string& region, const std::string& territory, int limit) {
  regulation::v1::ListCareOrdersRequest request;
  request.set_parent(base::JoinName({{"regions", region}, {"cases", "-"}}));
  request.set_territory(territory);
  std::vector<regulation::v1::CareOrder> orders;
  while (true) {
    request.set_page_size(std::min(kPageMax, limit - static_cast<int>(orders.size())));
    auto page = rpc::CallUnary<regulation::v1::ListCareOrdersResponse>(
        call, authorization_(), clock_, kListLimit,
        [&](auto* context, auto* out) { return stub_->ListCareOrders(context, request, out); });
    if (!page.ok()) return ListUnknown(page.status());
    for (auto& order : *page->mutable_care_orders()) orders.push_back(std::move(order));
    const bool enough = orders.size() >= static_cast<std::size_t>(limit);
    if (enough || page->next_page_token().empty()) return orders;
    request.set_page_token(page->next_page_token());
  }
}

absl::Status GrpcRegulationClient::Reachable() const {
  if (channel_->GetState(/*try_to_connect=*/true) == GRPC_CHANNEL_READY) return absl::OkStatus();
  return base::Fail(absl::StatusCode::kUnavailable, "REGULATION_UNREACHABLE",
                    "no connection to the regulation");
}

}  // namespace sas::booking
