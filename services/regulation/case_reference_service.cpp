#include "services/regulation/case_reference_service.h"

#include <utility>

#include "common/base/status.h"
#include "common/rpc/status_map.h"
#include "services/regulation/convert.h"
#include "services/regulation/on_case.h"
#include "services/regulation/serve.h"
#include "services/regulation/triage_gate.h"
#include "services/regulation/view.h"

namespace sas::regulation {
namespace {

constexpr int kChecksMax = 64;

v1::CaseReference ReferenceTo(const v1::RegulationCase& row) {
  v1::CaseReference reference;
  reference.set_name(row.name());
  reference.set_territory(row.territory());
  return reference;
}

absl::StatusOr<v1::CaseReference> GetReference(Desk& desk, const base::Call& call,
                                               const v1::GetCaseReferenceRequest& request) {
  SAS_RETURN_IF_ERROR(CheckName(call, acts::kCaseName, request.name(), "name"));
  v1::CaseReference reference;
  SAS_RETURN_IF_ERROR(
      desk.store.Read(call, [&](RegulationTransaction& transaction) -> absl::Status {
        SAS_ASSIGN_OR_RETURN(const v1::RegulationCase row, transaction.GetCase(request.name()));
        reference = ReferenceTo(row);
        return absl::OkStatus();
      }));
  return reference;
}

// A booking by a regulator himself is regulated, and its signs are his to judge.
absl::StatusOr<v1::CaseReference> CheckDirect(RegulationTransaction& transaction,
                                              const base::Call& call, base::Instant now,
                                              const v1::DirectBooking& booking) {
  SAS_RETURN_IF_ERROR(
      CheckName(call, "regions/*/cases/*/patients/*", booking.patient(), "direct.patient"));
  SAS_ASSIGN_OR_RETURN(CaseWork work,
                       CaseWork::Open(transaction, call, now, CaseOf(booking.patient())));
  if (work.FindPatient(booking.patient()) == nullptr) {
    return acts::PatientNotFound(booking.patient());
  }
  if (booking.entry_point() != sas::type::v1::ENTRY_POINT_UNSPECIFIED) {
    SAS_RETURN_IF_ERROR(PassDirectBooking(work, booking));
  }
  return ReferenceTo(work.row());
}

absl::StatusOr<v1::CareOrder> ReadOrder(RegulationTransaction& transaction, const base::Call& call,
                                        base::Instant now, const std::string& name) {
  SAS_RETURN_IF_ERROR(CheckName(call, acts::kOrderName, name, "care_order"));
  SAS_ASSIGN_OR_RETURN(v1::CareOrder order, transaction.GetOrder(name));
  return Show(std::move(order), now);
}

absl::StatusOr<v1::BookingCheckOutcome> Check(RegulationTransaction& transaction,
                                              const base::Call& call, base::Instant now,
                                              const v1::BookingCheck& check) {
  v1::BookingCheckOutcome outcome;
  if (check.has_direct()) {
    SAS_ASSIGN_OR_RETURN(*outcome.mutable_regulation_case(),
                         CheckDirect(transaction, call, now, check.direct()));
  } else {
    SAS_ASSIGN_OR_RETURN(*outcome.mutable_care_order(),
                         ReadOrder(transaction, call, now, check.care_order()));
  }
  return outcome;
}

// Of one booking, or a fault of the ledger, which is everybody's.
bool IsOfOne(const absl::Status& status) {
  return absl::IsNotFound(status) || absl::IsFailedPrecondition(status) ||
         absl::IsInvalidArgument(status) || absl::IsPermissionDenied(status);
}

absl::StatusOr<v1::CheckBookingsResponse> CheckAll(Desk& desk, const base::Call& call,
                                                   const v1::CheckBookingsRequest& request) {
  if (request.checks().empty() || request.checks_size() > kChecksMax) {
    return base::InvalidField("checks", "INVALID_CHECK_COUNT", "between 1 and 64 bookings");
  }
  v1::CheckBookingsResponse response;
  SAS_RETURN_IF_ERROR(
      desk.store.Read(call, [&](RegulationTransaction& transaction) -> absl::Status {
        response.Clear();
        for (const v1::BookingCheck& check : request.checks()) {
          auto outcome = Check(transaction, call, desk.clock.Now(), check);
          if (outcome.ok()) {
            *response.add_outcomes() = *std::move(outcome);
          } else if (IsOfOne(outcome.status())) {
            response.add_outcomes()->set_refusal(rpc::ToGrpc(outcome.status()).error_details());
          } else {
            return outcome.status();
          }
        }
        return absl::OkStatus();
      }));
  return response;
}

}  // namespace

grpc::ServerUnaryReactor* CaseReferenceService::GetCaseReference(
    grpc::CallbackServerContext* context, const v1::GetCaseReferenceRequest* request,
    v1::CaseReference* response) {
  return Serve(runtime_, desk_, runtime_.interactive, context, request, response,
               "/sas.regulation.v1.CaseReferenceService/GetCaseReference", GetReference);
}

grpc::ServerUnaryReactor* CaseReferenceService::CheckBookings(
    grpc::CallbackServerContext* context, const v1::CheckBookingsRequest* request,
    v1::CheckBookingsResponse* response) {
  return Serve(runtime_, desk_, runtime_.interactive, context, request, response,
               "/sas.regulation.v1.CaseReferenceService/CheckBookings", CheckAll);
}

}  // namespace sas::regulation
