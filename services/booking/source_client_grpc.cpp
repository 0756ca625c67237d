#include "services/booking/source_client_grpc.h"

#include <utility>

#include "common/base/status.h"
#include "common/rpc/channel.h"
#include "services/booking/slots_client_grpc.h"

namespace sas::booking {
namespace {

constexpr std::chrono::milliseconds kLimit{2500};  // The slots wait 1.5 s for the platform.

}  // namespace

GrpcSourceClient::GrpcSourceClient(const std::string& address,
                                   std::function<std::string()> authorization,
                                   const base::Clock& clock)
    : stub_(slots::v1::SeatService::NewStub(rpc::MakeChannel({address, {}}))),
      authorization_(std::move(authorization)),
      clock_(clock) {}

absl::StatusOr<slots::v1::AskSourceResponse> GrpcSourceClient::Ask(
    const base::Call& call, const slots::v1::AskSourceRequest& request) {
  auto answer = rpc::CallUnary<slots::v1::AskSourceResponse>(
      call, authorization_(), clock_, kLimit,
      [&](auto* context, auto* out) { return stub_->AskSource(context, request, out); });
  if (answer.ok() || base::ReasonOf(answer.status()) == "SOURCE_UNREACHABLE") return answer;
  return ToldBySlots(answer.status());
}

}  // namespace sas::booking
