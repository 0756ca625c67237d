#pragma once

#include "common/rpc/runtime.h"
#include "sas/booking/v1/source_service.grpc.pb.h"
#include "services/booking/booking_steps.h"

namespace sas::booking {

/// sas.booking.v1.SourceService: what people say of appointments of which a platform is the master,
/// and of the bookings that platforms report. Thread-safe.
class SourceService final : public v1::SourceService::CallbackService {
 public:
  SourceService(const rpc::Runtime& runtime, const BookingParts& parts)
      : runtime_(runtime), parts_(parts) {}

  grpc::ServerUnaryReactor* ResolveSourceAppointment(
      grpc::CallbackServerContext* context, const v1::ResolveSourceAppointmentRequest* request,
      v1::Appointment* response) override;
  grpc::ServerUnaryReactor* ListSourceBookings(grpc::CallbackServerContext* context,
                                               const v1::ListSourceBookingsRequest* request,
                                               v1::ListSourceBookingsResponse* response) override;
  grpc::ServerUnaryReactor* JoinSourceBooking(grpc::CallbackServerContext* context,
                                              const v1::JoinSourceBookingRequest* request,
                                              v1::SourceBooking* response) override;

 private:
  absl::StatusOr<v1::Appointment> Resolve(const base::Call& call,
                                          const v1::ResolveSourceAppointmentRequest& request);
  absl::StatusOr<v1::ListSourceBookingsResponse> List(const base::Call& call,
                                                      const v1::ListSourceBookingsRequest& request);
  absl::StatusOr<v1::SourceBooking> Join(const base::Call& call,
                                         const v1::JoinSourceBookingRequest& request);

  const rpc::Runtime& runtime_;
  const BookingParts parts_;
};

}  // namespace sas::booking
