#pragma once

#include "common/rpc/runtime.h"
#include "common/rpc/serve_together.h"
#include "sas/booking/v1/booking_service.grpc.pb.h"
#include "services/booking/batch.h"
#include "services/booking/confirmation.h"
#include "services/booking/reconcile.h"
#include "services/booking/reschedule.h"

namespace sas::booking {

/// sas.booking.v1.BookingService: parses, calls, converts.
class BookingService final : public v1::BookingService::CallbackService {
 public:
  BookingService(const rpc::Runtime& runtime, const BookingParts& parts)
      : runtime_(runtime),
        parts_(parts),
        confirmation_(parts),
        creating_(runtime, runtime.interactive, "/sas.booking.v1.BookingService/CreateAppointment",
                  [this](const auto& calls) { return confirmation_.Run(calls); }),
        rescheduling_(parts),
        batch_(parts),
        reconciliation_(parts_) {}

  grpc::ServerUnaryReactor* CreateAppointment(grpc::CallbackServerContext* context,
                                              const v1::CreateAppointmentRequest* request,
                                              v1::Appointment* response) override;
  grpc::ServerUnaryReactor* GetAppointment(grpc::CallbackServerContext* context,
                                           const v1::GetAppointmentRequest* request,
                                           v1::Appointment* response) override;
  grpc::ServerUnaryReactor* ListAppointments(grpc::CallbackServerContext* context,
                                             const v1::ListAppointmentsRequest* request,
                                             v1::ListAppointmentsResponse* response) override;
  grpc::ServerUnaryReactor* CancelAppointment(grpc::CallbackServerContext* context,
                                              const v1::CancelAppointmentRequest* request,
                                              v1::Appointment* response) override;
  grpc::ServerUnaryReactor* RecordArrival(grpc::CallbackServerContext* context,
                                          const v1::RecordArrivalRequest* request,
                                          v1::Appointment* response) override;
  grpc::ServerUnaryReactor* ResolveAppointment(grpc::CallbackServerContext* context,
                                               const v1::ResolveAppointmentRequest* request,
                                               v1::Appointment* response) override;
  grpc::ServerUnaryReactor* RescheduleAppointment(grpc::CallbackServerContext* context,
                                                  const v1::RescheduleAppointmentRequest* request,
                                                  v1::Appointment* response) override;
  grpc::ServerUnaryReactor* CloseSession(grpc::CallbackServerContext* context,
                                         const v1::CloseSessionRequest* request,
                                         v1::SessionClosure* response) override;
  grpc::ServerUnaryReactor* ListAppointmentHistory(
      grpc::CallbackServerContext* context, const v1::ListAppointmentHistoryRequest* request,
      v1::ListAppointmentHistoryResponse* response) override;
  grpc::ServerUnaryReactor* BatchCreateAppointments(
      grpc::CallbackServerContext* context, const v1::BatchCreateAppointmentsRequest* request,
      v1::BatchCreateAppointmentsResponse* response) override;
  grpc::ServerUnaryReactor* ReconcileSeats(grpc::CallbackServerContext* context,
                                           const v1::ReconcileSeatsRequest* request,
                                           v1::ReconcileSeatsResponse* response) override;

 private:
  absl::StatusOr<v1::Appointment> Get(const base::Call& call,
                                      const v1::GetAppointmentRequest& request);
  absl::StatusOr<v1::ListAppointmentsResponse> List(const base::Call& call,
                                                    const v1::ListAppointmentsRequest& request);

  const rpc::Runtime& runtime_;
  const BookingParts parts_;
  Confirmation confirmation_;
  rpc::ServeTogether<v1::CreateAppointmentRequest, v1::Appointment> creating_;
  Rescheduling rescheduling_;
  BatchBooking batch_;
  Reconciliation reconciliation_;
};

}  // namespace sas::booking
