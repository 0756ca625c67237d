#include "services/booking/contact_client_grpc.h"

#include <utility>

#include "common/base/status.h"
#include "common/rpc/channel.h"

namespace sas::booking {
namespace {

constexpr std::chrono::milliseconds kLimit{1000};
constexpr std::chrono::milliseconds kRetryAfter{5000};

// What the peer refuses for good is said as it is; everything else is tried again.
absl::Status Told(const absl::Status& status, std::string_view reason) {
  if (absl::IsNotFound(status) || absl::IsInvalidArgument(status)) return status;
  return base::FailRetryable(absl::StatusCode::kUnavailable, reason,
                             "no message is sent before the recipient can be asked for",
                             kRetryAfter, {{"cause", base::ReasonOf(status)}});
}

}  // namespace

GrpcContactClient::GrpcContactClient(const std::string& regulation_address,
                                     const std::string& slots_address,
                                     std::function<std::string()> authorization,
                                     const base::Clock& clock)
    : regulation_(regulation::v1::RegulationService::NewStub(rpc::MakeChannel(
          {regulation_address, {{"sas.regulation.v1.RegulationService", "GetPatientContact"}}}))),
      directory_(slots::v1::DirectoryService::NewStub(
          rpc::MakeChannel({slots_address, {{"sas.slots.v1.DirectoryService", "GetSite"}}}))),
      authorization_(std::move(authorization)),
      clock_(clock) {}

absl::StatusOr<regulation::v1::PatientContact> GrpcContactClient::GetPatientContact(
    const base::Call& call, const std::string& patient, bool for_letter) {
  regulation::v1::GetPatientContactRequest request;
  request.set_name(patient);
  request.set_for_letter(for_letter);
  auto answer = rpc::CallUnary<regulation::v1::PatientContact>(
      call, authorization_(), clock_, kLimit, [&](auto* context, auto* out) {
        return regulation_->GetPatientContact(context, request, out);
      });
  if (!answer.ok()) return Told(answer.status(), "REGULATION_UNREACHABLE");
  return answer;
}

absl::StatusOr<slots::v1::Site> GrpcContactClient::GetSite(const base::Call& call,
                                                           const std::string& site) {
  slots::v1::GetSiteRequest request;
  request.set_name(site);
  auto answer = rpc::CallUnary<slots::v1::Site>(
      call, authorization_(), clock_, kLimit,
      [&](auto* context, auto* out) { return directory_->GetSite(context, request, out); });
  if (!answer.ok()) return Told(answer.status(), "SLOTS_UNREACHABLE");
  return answer;
}

}  // namespace sas::booking
