#include "services/booking/service.h"

#include <utility>

#include "common/base/status.h"
#include "common/rpc/serve_unary.h"
#include "services/booking/changes.h"
#include "services/booking/displaced.h"
#include "services/booking/history.h"
#include "services/booking/message_acts.h"
#include "services/booking/parse.h"
#include "services/booking/session_close.h"
#include "services/booking/visibility.h"

namespace sas::booking {
namespace {

// What the caller may read of a change that was made; made changes are counted.
absl::StatusOr<v1::Appointment> Reported(const BookingParts& parts, const base::Call& call,
                                         absl::StatusOr<v1::Appointment> changed,
                                         std::string_view outcome) {
  if (!changed.ok()) return changed;
  if (!outcome.empty()) parts.metrics.Counted(outcome);
  return ShownTo(call.actor, *std::move(changed));
}

std::string_view ResolutionName(v1::Appointment::State resolution) {
  if (resolution == v1::Appointment::STATE_FULFILLED) return "fulfilled";
  return resolution == v1::Appointment::STATE_ABANDONED ? "abandoned" : "no_show";
}

}  // namespace

absl::StatusOr<v1::Appointment> BookingService::Get(const base::Call& call,
                                                    const v1::GetAppointmentRequest& request) {
  SAS_RETURN_IF_ERROR(CheckName(call, request.name()));
  v1::Appointment found;
  SAS_RETURN_IF_ERROR(parts_.store.Read(call, [&](BookingTransaction& transaction) -> absl::Status {
    SAS_ASSIGN_OR_RETURN(AppointmentRecord record, transaction.Get(request.name()));
    found = std::move(record.appointment);
    SAS_RETURN_IF_ERROR(ShowDisplacement(transaction, found));
    return ShowMessages(transaction, parts_.messages, found);
  }));
  SAS_RETURN_IF_ERROR(CheckSeesOrBooked(call.actor, found));
  return ShownTo(call.actor, std::move(found));
}

absl::StatusOr<v1::ListAppointmentsResponse> BookingService::List(
    const base::Call& call, const v1::ListAppointmentsRequest& request) {
  SAS_ASSIGN_OR_RETURN(AppointmentQuery query, ParseList(call, request));
  SAS_RETURN_IF_ERROR(Narrow(call.actor, query));
  const int page_size = query.limit;
  query.limit = page_size + 1;  // One more tells whether there is another page.
  std::vector<v1::Appointment> found;
  SAS_RETURN_IF_ERROR(parts_.store.Read(call, [&](BookingTransaction& transaction) -> absl::Status {
    SAS_ASSIGN_OR_RETURN(found, transaction.List(query));
    return absl::OkStatus();
  }));
  v1::ListAppointmentsResponse response;
  const bool more = static_cast<int>(found.size()) > page_size;
  if (more) found.pop_back();
  if (more) response.set_next_page_token(NextPageToken(request, found.back()));
  for (v1::Appointment& appointment : found) {
    *response.add_appointments() = ShownTo(call.actor, std::move(appointment));
  }
  return response;
}

grpc::ServerUnaryReactor* BookingService::CreateAppointment(
    grpc::CallbackServerContext* context, const v1::CreateAppointmentRequest* request,
    v1::Appointment* response) {
  return creating_.Serve(context, request, response);
}

grpc::ServerUnaryReactor* BookingService::GetAppointment(grpc::CallbackServerContext* context,
                                                         const v1::GetAppointmentRequest* request,
                                                         v1::Appointment* response) {
  return rpc::ServeUnary(
      runtime_, runtime_.interactive, context, request, response,
      "/sas.booking.v1.BookingService/GetAppointment",
      [this](const base::Call& call, const auto& proto) { return Get(call, proto); });
}

grpc::ServerUnaryReactor* BookingService::ListAppointments(
    grpc::CallbackServerContext* context, const v1::ListAppointmentsRequest* request,
    v1::ListAppointmentsResponse* response) {
  return rpc::ServeUnary(
      runtime_, runtime_.background, context, request, response,
      "/sas.booking.v1.BookingService/ListAppointments",
      [this](const base::Call& call, const auto& proto) { return List(call, proto); });
}

grpc::ServerUnaryReactor* BookingService::CancelAppointment(
    grpc::CallbackServerContext* context, const v1::CancelAppointmentRequest* request,
    v1::Appointment* response) {
  return rpc::ServeUnary(runtime_, runtime_.interactive, context, request, response,
                         "/sas.booking.v1.BookingService/CancelAppointment",
                         [this](const base::Call& call, const auto& proto) {
                           return Reported(parts_, call, Cancel(parts_, call, proto), "cancelled");
                         });
}

grpc::ServerUnaryReactor* BookingService::RecordArrival(grpc::CallbackServerContext* context,
                                                        const v1::RecordArrivalRequest* request,
                                                        v1::Appointment* response) {
  return rpc::ServeUnary(runtime_, runtime_.interactive, context, request, response,
                         "/sas.booking.v1.BookingService/RecordArrival",
                         [this](const base::Call& call, const auto& proto) {
                           return Reported(parts_, call,
                                           booking::RecordArrival(parts_, call, proto), "");
                         });
}

grpc::ServerUnaryReactor* BookingService::ResolveAppointment(
    grpc::CallbackServerContext* context, const v1::ResolveAppointmentRequest* request,
    v1::Appointment* response) {
  return rpc::ServeUnary(runtime_, runtime_.interactive, context, request, response,
                         "/sas.booking.v1.BookingService/ResolveAppointment",
                         [this](const base::Call& call, const auto& proto) {
                           auto resolved = Resolve(parts_, call, proto);
                           if (resolved.ok() && resolved->outcome().final_motif_unknown()) {
                             parts_.metrics.MotifUnknown();
                           }
                           return Reported(parts_, call, std::move(resolved),
                                           ResolutionName(proto.resolution()));
                         });
}

grpc::ServerUnaryReactor* BookingService::RescheduleAppointment(
    grpc::CallbackServerContext* context, const v1::RescheduleAppointmentRequest* request,
    v1::Appointment* response) {
  return rpc::ServeUnary(runtime_, runtime_.interactive, context, request, response,
                         "/sas.booking.v1.BookingService/RescheduleAppointment",
                         [this](const base::Call& call, const auto& proto) {
                           return Reported(parts_, call, rescheduling_.Run(call, proto), "");
                         });
}

grpc::ServerUnaryReactor* BookingService::BatchCreateAppointments(
    grpc::CallbackServerContext* context, const v1::BatchCreateAppointmentsRequest* request,
    v1::BatchCreateAppointmentsResponse* response) {
  return rpc::ServeUnary(
      runtime_, runtime_.interactive, context, request, response,
      "/sas.booking.v1.BookingService/BatchCreateAppointments",
      [this](const base::Call& call, const auto& proto) { return batch_.Run(call, proto); });
}

grpc::ServerUnaryReactor* BookingService::CloseSession(grpc::CallbackServerContext* context,
                                                       const v1::CloseSessionRequest* request,
                                                       v1::SessionClosure* response) {
  return rpc::ServeUnary(runtime_, runtime_.interactive, context, request, response,
                         "/sas.booking.v1.BookingService/CloseSession",
                         [this](const base::Call& call, const auto& proto) {
                           auto closed = booking::CloseSession(parts_, call, proto);
                           if (closed.ok()) parts_.metrics.SessionClosed();
                           return closed;
                         });
}

grpc::ServerUnaryReactor* BookingService::ListAppointmentHistory(
    grpc::CallbackServerContext* context, const v1::ListAppointmentHistoryRequest* request,
    v1::ListAppointmentHistoryResponse* response) {
  return rpc::ServeUnary(runtime_, runtime_.background, context, request, response,
                         "/sas.booking.v1.BookingService/ListAppointmentHistory",
                         [this](const base::Call& call, const auto& proto) {
                           return ListHistory(parts_.store, call, proto);
                         });
}

grpc::ServerUnaryReactor* BookingService::ReconcileSeats(grpc::CallbackServerContext* context,
                                                         const v1::ReconcileSeatsRequest* request,
                                                         v1::ReconcileSeatsResponse* response) {
  return rpc::ServeUnary(runtime_, runtime_.background, context, request, response,
                         "/sas.booking.v1.BookingService/ReconcileSeats",
                         [this](const base::Call& call, const auto& proto) {
                           return reconciliation_.Run(call, proto);
                         });
}

}  // namespace sas::booking
