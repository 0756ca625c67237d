#include "services/booking/roles.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace sas::booking {

void AllowBookingMethods(rpc::RoleTable& roles) {
  using base::Role;
  const std::string service = "/sas.booking.v1.BookingService/";
  for (const char* method : {"CreateAppointment", "BatchCreateAppointments"}) {
    roles.Allow(service + method, {Role::kOsnp, Role::kRegulatorAmu, Role::kRegulatorMg,
                                   Role::kProfessional, Role::kSecretariat, Role::kEffecteur});
  }
  roles.Allow(service + "CancelAppointment",
              {Role::kOsnp, Role::kRegulatorAmu, Role::kRegulatorMg, Role::kProfessional,
               Role::kSecretariat, Role::kEffecteur, Role::kSupervisor});
  // A practice moves its own within its site, what it has booked elsewhere as any booker
  // (visibility.h).
  roles.Allow(service + "RescheduleAppointment",
              {Role::kOsnp, Role::kRegulatorAmu, Role::kRegulatorMg, Role::kProfessional,
               Role::kSecretariat, Role::kEffecteur});
  // A planner sees no clinical data (visibility.h), but his desk receives the patients.
  roles.Allow(
      service + "GetAppointment",
      {Role::kArm, Role::kOsnp, Role::kRegulatorAmu, Role::kRegulatorMg, Role::kProfessional,
       Role::kSecretariat, Role::kEffecteur, Role::kPlanner, Role::kSupervisor, Role::kService});
  roles.Allow(
      service + "ListAppointments",
      {Role::kArm, Role::kOsnp, Role::kRegulatorAmu, Role::kRegulatorMg, Role::kProfessional,
       Role::kSecretariat, Role::kEffecteur, Role::kPlanner, Role::kSupervisor, Role::kService});
  // Codes only, without identities; everybody reads that of the appointments that he sees.
  roles.Allow(service + "ListAppointmentHistory",
              {Role::kOsnp, Role::kRegulatorAmu, Role::kRegulatorMg, Role::kProfessional,
               Role::kSecretariat, Role::kEffecteur, Role::kPlanner, Role::kSupervisor});
  roles.Allow(service + "ReconcileSeats", {Role::kOperations, Role::kSupervisor});
  for (const char* method : {"RecordArrival", "ResolveAppointment", "CloseSession"}) {
    roles.Allow(service + method, {Role::kSecretariat, Role::kEffecteur, Role::kPlanner});
  }
}

void AllowRefillMethods(rpc::RoleTable& roles) {
  using base::Role;
  roles.Allow("/sas.booking.v1.RefillService/ListSeatOffers",
              {Role::kOsnp, Role::kRegulatorAmu, Role::kRegulatorMg, Role::kSupervisor});
  // Whoever may have an order.
  roles.Allow("/sas.booking.v1.RefillService/DeclineSeatOffer",
              {Role::kOsnp, Role::kRegulatorAmu, Role::kRegulatorMg});
}

void AllowDisplacedMethods(rpc::RoleTable& roles) {
  using base::Role;
  // Who may call the patient or the practice; a practice sees its own site.
  roles.Allow("/sas.booking.v1.DisplacedService/ListDisplacedAppointments",
              {Role::kArm, Role::kOsnp, Role::kRegulatorAmu, Role::kRegulatorMg, Role::kSecretariat,
               Role::kEffecteur, Role::kPlanner, Role::kSupervisor, Role::kService});
  roles.Allow("/sas.booking.v1.DisplacedService/KeepDisplacedAppointment",
              {Role::kOsnp, Role::kRegulatorAmu, Role::kRegulatorMg, Role::kSecretariat,
               Role::kEffecteur, Role::kSupervisor});
}

void AllowWorklistMethods(rpc::RoleTable& roles) {
  using base::Role;
  // Who reads orders at the regulation; a planner gets the counts (domain/worklist).
  roles.Allow("/sas.booking.v1.WorklistService/ListWorklistOrders",
              {Role::kArm, Role::kOsnp, Role::kRegulatorAmu, Role::kRegulatorMg, Role::kSupervisor,
               Role::kPlanner});
}

void AllowMessageMethods(rpc::RoleTable& roles) {
  using base::Role;
  const std::string service = "/sas.booking.v1.MessageService/";
  for (const char* method : {"GetMessage", "ListMessages"}) {
    roles.Allow(service + method,
                {Role::kArm, Role::kOsnp, Role::kRegulatorAmu, Role::kRegulatorMg,
                 Role::kSecretariat, Role::kEffecteur, Role::kSupervisor, Role::kService});
  }
  for (const char* method : {"RetryMessage", "ResolveMessageTask"}) {
    roles.Allow(service + method, {Role::kArm, Role::kOsnp, Role::kRegulatorAmu, Role::kRegulatorMg,
                                   Role::kSecretariat, Role::kEffecteur, Role::kSupervisor});
  }
  // A letter is a professional's word.
  roles.Allow(service + "ApproveMessage",
              {Role::kEffecteur, Role::kRegulatorAmu, Role::kRegulatorMg});
  // The practice itself, or the link that reads the acknowledgements of the secure mail.
  roles.Allow(service + "RecordMessageReceipt",
              {Role::kSecretariat, Role::kEffecteur, Role::kService});
}

void AllowReportMethods(rpc::RoleTable& roles) {
  using base::Role;
  // Not for those whose work is measured (hazard H-51); a practice sees itself.
  roles.Allow(
      "/sas.booking.v1.ReportService/GetMonthReport",
      {Role::kRegulatorAmu, Role::kRegulatorMg, Role::kSecretariat, Role::kEffecteur,
       Role::kPlanner, Role::kSupervisor, Role::kOperations, Role::kSteering, Role::kReferent});
}

bool IsVitalAct(const base::Call& call) {
  constexpr std::string_view kService = "/sas.booking.v1.BookingService/";
  constexpr std::array<std::string_view, 4> kVital{"CreateAppointment", "BatchCreateAppointments",
                                                   "CancelAppointment", "RescheduleAppointment"};
  const std::string_view method = call.method;
  return method.substr(0, kService.size()) == kService &&
         std::find(kVital.begin(), kVital.end(), method.substr(kService.size())) != kVital.end();
}

void AllowSourceMethods(rpc::RoleTable& roles) {
  using base::Role;
  const std::string service = "/sas.booking.v1.SourceService/";
  // Whoever books says what the platform says of it.
  roles.Allow(service + "ResolveSourceAppointment",
              {Role::kArm, Role::kOsnp, Role::kRegulatorAmu, Role::kRegulatorMg,
               Role::kProfessional, Role::kSecretariat, Role::kEffecteur, Role::kSupervisor});
  roles.Allow(service + "ListSourceBookings",
              {Role::kArm, Role::kOsnp, Role::kRegulatorAmu, Role::kRegulatorMg, Role::kSupervisor,
               Role::kService});
  roles.Allow(service + "JoinSourceBooking", {Role::kArm, Role::kOsnp, Role::kRegulatorAmu,
                                              Role::kRegulatorMg, Role::kSupervisor});
}

}  // namespace sas::booking
