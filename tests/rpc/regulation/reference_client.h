#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "common/rpc/status_map.h"
#include "common/testing/actors.h"
#include "common/testing/in_process_server.h"
#include "common/testing/status_matchers.h"
#include "services/regulation/case_reference_service.h"
#include "services/regulation/roles.h"

namespace sas::regulation {

/// A server of CaseReferenceService over a desk, and another service that asks it.
class ReferenceClient {
 public:
  using Stub = v1::CaseReferenceService::Stub;

  ReferenceClient(const base::Clock& clock, Desk& desk)
      : server_(OptionsWith(clock)), references_(server_.runtime(), desk) {
    AllowCaseReferenceMethods(server_.roles());
    EXPECT_THAT(server_.Start({&references_}, {v1::CaseReferenceService::service_full_name()}),
                testing::IsOk());
    stub_ = v1::CaseReferenceService::NewStub(server_.Channel());
  }

  ~ReferenceClient() { server_.Stop(); }

  static base::Actor Booking() {
    base::Actor booking = testing::ActorWith(base::Role::kService, "sas-booking");
    booking.regions = {std::string(base::kAllRegions)};
    return booking;
  }

  absl::StatusOr<v1::CaseReference> Find(const std::string& name,
                                         const base::Actor& actor = Booking()) {
    v1::GetCaseReferenceRequest request;
    request.set_name(name);
    return Ask<v1::CaseReference>(actor, &Stub::GetCaseReference, request);
  }

  absl::StatusOr<v1::CheckBookingsResponse> Check(const v1::CheckBookingsRequest& request,
                                                  const base::Actor& actor = Booking()) {
    return Ask<v1::CheckBookingsResponse>(actor, &Stub::CheckBookings, request);
  }

  /// What it says of one booking without an order.
  absl::StatusOr<v1::CaseReference> CheckDirect(const v1::DirectBooking& booking) {
    v1::CheckBookingsRequest request;
    *request.add_checks()->mutable_direct() = booking;
    const auto answer = Check(request);
    if (!answer.ok()) return answer.status();
    const v1::BookingCheckOutcome& outcome = answer->outcomes(0);
    if (outcome.has_regulation_case()) return outcome.regulation_case();
    return rpc::FromDetails(outcome.refusal());
  }

 private:
  static testing::InProcessServer::Options OptionsWith(const base::Clock& clock) {
    testing::InProcessServer::Options options;
    options.clock = &clock;
    return options;
  }

  template <typename Response, typename Request>
  absl::StatusOr<Response> Ask(const base::Actor& actor,
                               grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                            Response*),
                               const Request& request) {
    grpc::ClientContext context;
    server_.Authorize(context, actor);
    Response response;
    const grpc::Status status = (stub_.get()->*method)(&context, request, &response);
    if (!status.ok()) return rpc::FromGrpc(status);
    return response;
  }

  testing::InProcessServer server_;
  CaseReferenceService references_;
  std::unique_ptr<Stub> stub_;
};

}  // namespace sas::regulation
