#include "services/booking/regulation_client_grpc.h"

#include <algorithm>
#include <utility>

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "common/rpc/channel.h"
#include "common/rpc/status_map.h"

namespace sas::booking {
namespace {

constexpr std::chrono::milliseconds kLimit{500};
constexpr std::chrono::milliseconds kListLimit{1000};
constexpr std::chrono::milliseconds kRetryAfter{1000};
constexpr char kReferences[] = "sas.regulation.v1.CaseReferenceService";
constexpr int kPageMax = 200;

absl::Status Unreachable(const absl::Status& cause) {
  return base::FailRetryable(absl::StatusCode::kUnavailable, "REGULATION_UNREACHABLE",
                             "the regulation cannot be asked about the order: ask a regulator by "
                             "voice and say so, or repeat later",
                             kRetryAfter, {{"cause", base::ReasonOf(cause)}});
}

// Its own word: there is no such dossier, or no such patient.
bool IsNotThere(const absl::Status& status) {
  const std::string reason = base::ReasonOf(status);
  return reason == "CASE_NOT_FOUND" || reason == "PATIENT_NOT_FOUND";
}

// A join was read there a moment ago: nobody's voice replaces the dossier.
absl::Status CaseUnknown(const absl::Status& cause) {
  return base::FailRetryable(absl::StatusCode::kUnavailable, "REGULATION_UNREACHABLE",
                             "the regulation cannot be asked whether it has the dossier: repeat "
                             "with the same request_id",
                             kRetryAfter, {{"cause", base::ReasonOf(cause)}});
}

// The outcome of one check, a refusal as what it means to who books.
absl::StatusOr<RegulationClient::Word> Heard(const RegulationClient::Check& check,
                                             RegulationClient::Word outcome) {
  const bool direct = check.has_direct();
  if (direct ? outcome.has_regulation_case() : outcome.has_care_order()) return outcome;
  const absl::Status refused = rpc::FromDetails(outcome.refusal());
  if (direct && (absl::IsFailedPrecondition(refused) || IsNotThere(refused))) return refused;
  if (direct || !absl::IsNotFound(refused)) return Unreachable(refused);
  return base::Fail(absl::StatusCode::kNotFound, "ORDER_NOT_FOUND",
                    "the regulation knows no such order; read the dossier again",
                    {{"care_order", check.care_order()}});
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
    : channel_(rpc::MakeChannel({address,
                                 {{"sas.regulation.v1.RegulationService", "ListCareOrders"},
                                  {kReferences, "CheckBookings"},
                                  {kReferences, "GetCaseReference"}}})),
      stub_(regulation::v1::RegulationService::NewStub(channel_)),
      cases_(regulation::v1::CaseReferenceService::NewStub(channel_)),
      authorization_(std::move(authorization)),
      clock_(clock) {}

std::vector<absl::StatusOr<RegulationClient::Word>> GrpcRegulationClient::CheckBookings(
    const base::Call& call, const std::vector<Check>& checks) {
  regulation::v1::CheckBookingsRequest request;
  for (const Check& check : checks) *request.add_checks() = check;
  auto answer = rpc::CallUnary<regulation::v1::CheckBookingsResponse>(
      call, authorization_(), clock_, kLimit,
      [&](auto* context, auto* out) { return cases_->CheckBookings(context, request, out); });
  if (answer.ok() && answer->outcomes_size() != request.checks_size()) {
    answer = absl::InternalError("the regulation answered for another number of bookings");
  }
  std::vector<absl::StatusOr<Word>> words;
  if (!answer.ok()) words.assign(checks.size(), Unreachable(answer.status()));
  if (!answer.ok()) return words;
  words.reserve(checks.size());
  for (int i = 0; i < answer->outcomes_size(); ++i) {
    words.push_back(
        Heard(checks[static_cast<std::size_t>(i)], std::move(*answer->mutable_outcomes(i))));
  }
  return words;
}

absl::StatusOr<regulation::v1::CaseReference> GrpcRegulationClient::GetCaseReference(
    const base::Call& call, const std::string& name) {
  regulation::v1::GetCaseReferenceRequest request;
  request.set_name(name);
  auto answer = rpc::CallUnary<regulation::v1::CaseReference>(
      call, authorization_(), clock_, kLimit,
      [&](auto* context, auto* out) { return cases_->GetCaseReference(context, request, out); });
  if (answer.ok()) return answer;
  return IsNotThere(answer.status()) ? answer.status() : CaseUnknown(answer.status());
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
