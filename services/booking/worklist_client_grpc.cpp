#include "services/booking/worklist_client_grpc.h"

#include <utility>

#include "common/rpc/channel.h"
#include "services/booking/slots_client_grpc.h"

namespace sas::booking {
namespace {

constexpr std::chrono::milliseconds kLimit{1000};
constexpr char kService[] = "sas.slots.v1.TemplateService";

template <typename Response>
absl::StatusOr<Response> Told(absl::StatusOr<Response> answer) {
  if (answer.ok()) return answer;
  return ToldBySlots(answer.status());
}

}  // namespace

GrpcWorklistClient::GrpcWorklistClient(const std::string& address,
                                       std::function<std::string()> authorization,
                                       const base::Clock& clock)
    : stub_(slots::v1::TemplateService::NewStub(rpc::MakeChannel(
          {address, {{kService, "GetWorklist"}, {kService, "GetWorklistVerdicts"}}}))),
      authorization_(std::move(authorization)),
      clock_(clock) {}

absl::StatusOr<slots::v1::Worklist> GrpcWorklistClient::GetWorklist(const base::Call& call,
                                                                    const std::string& name) {
  slots::v1::GetWorklistRequest request;
  request.set_name(name);
  return Told(rpc::CallUnary<slots::v1::Worklist>(
      call, authorization_(), clock_, kLimit,
      [&](auto* context, auto* out) { return stub_->GetWorklist(context, request, out); }));
}

absl::StatusOr<slots::v1::GetWorklistVerdictsResponse> GrpcWorklistClient::Judge(
    const base::Call& call, const slots::v1::GetWorklistVerdictsRequest& request) {
  return Told(rpc::CallUnary<slots::v1::GetWorklistVerdictsResponse>(
      call, authorization_(), clock_, kLimit,
      [&](auto* context, auto* out) { return stub_->GetWorklistVerdicts(context, request, out); }));
}

}  // namespace sas::booking
