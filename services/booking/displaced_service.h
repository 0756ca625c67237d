#pragma once

#include "common/rpc/runtime.h"
#include "sas/booking/v1/displaced_service.grpc.pb.h"
#include "services/booking/booking_steps.h"
#include "services/booking/displaced_metrics.h"

namespace sas::booking {

/// sas.booking.v1.DisplacedService: the work that withdrawn sessions leave. Thread-safe.
class DisplacedService final : public v1::DisplacedService::CallbackService {
 public:
  DisplacedService(const rpc::Runtime& runtime, const BookingParts& parts,
                   DisplacedMetrics& metrics)
      : runtime_(runtime), parts_(parts), metrics_(metrics) {}

  grpc::ServerUnaryReactor* ListDisplacedAppointments(
      grpc::CallbackServerContext* context, const v1::ListDisplacedAppointmentsRequest* request,
      v1::ListDisplacedAppointmentsResponse* response) override;
  grpc::ServerUnaryReactor* KeepDisplacedAppointment(
      grpc::CallbackServerContext* context, const v1::KeepDisplacedAppointmentRequest* request,
      v1::Appointment* response) override;

 private:
  absl::StatusOr<v1::ListDisplacedAppointmentsResponse> List(
      const base::Call& call, const v1::ListDisplacedAppointmentsRequest& request);

  const rpc::Runtime& runtime_;
  const BookingParts parts_;
  DisplacedMetrics& metrics_;
};

}  // namespace sas::booking
