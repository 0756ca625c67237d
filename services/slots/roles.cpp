#include "services/slots/roles.h"

#include <string>

namespace sas::slots {

using base::Role;

void AllowSlotMethods(rpc::RoleTable& roles) {
  // Nobody of the public, ever (S0-10). The site's own rules come on top.
  for (const char* method : {"/sas.slots.v1.SlotService/SearchSlots",
                             "/sas.slots.v1.AvailabilityWatchService/WatchAvailability"}) {
    roles.Allow(method, {Role::kArm, Role::kRegulatorAmu, Role::kRegulatorMg, Role::kOsnp,
                         Role::kProfessional, Role::kSecretariat, Role::kEffecteur,
                         Role::kSupervisor, Role::kPartner});
  }
  roles.Allow("/sas.slots.v1.SlotService/GetSlot",
              {Role::kArm, Role::kRegulatorAmu, Role::kRegulatorMg, Role::kOsnp,
               Role::kProfessional, Role::kSecretariat, Role::kEffecteur, Role::kPlanner,
               Role::kSupervisor, Role::kPartner, Role::kService});
  roles.Allow("/sas.slots.v1.SlotService/ListSlots",
              {Role::kArm, Role::kRegulatorAmu, Role::kRegulatorMg, Role::kOsnp,
               Role::kProfessional, Role::kSecretariat, Role::kEffecteur, Role::kPlanner,
               Role::kSupervisor, Role::kPartner, Role::kService});
  roles.Allow(
      "/sas.slots.v1.SlotService/GetOffer",
      {Role::kArm, Role::kRegulatorAmu, Role::kRegulatorMg, Role::kOsnp, Role::kEffecteur,
       Role::kPlanner, Role::kSupervisor, Role::kService, Role::kSteering, Role::kReferent});
  // Those who book: an ARM takes the call and hands on, a supervisor and a planner do not book.
  for (const char* method :
       {"/sas.slots.v1.SlotService/HoldSlot", "/sas.slots.v1.SlotService/RenewSlotHold",
        "/sas.slots.v1.SlotService/ReleaseSlotHold"}) {
    roles.Allow(method, {Role::kRegulatorAmu, Role::kRegulatorMg, Role::kOsnp, Role::kProfessional,
                         Role::kSecretariat, Role::kEffecteur, Role::kPartner});
  }
  roles.Allow("/sas.slots.v1.SeatService/PrepareSeat", {Role::kService});
  roles.Allow("/sas.slots.v1.SeatService/PrepareSeats", {Role::kService});
  roles.Allow("/sas.slots.v1.SeatService/CommitSeats", {Role::kService});
  roles.Allow("/sas.slots.v1.SeatService/ListTakenSeats", {Role::kService});
  roles.Allow("/sas.slots.v1.SeatService/GetSlotStandings", {Role::kService});
  roles.Allow("/sas.slots.v1.SeatService/SearchNextSlots", {Role::kService});
  roles.Allow("/sas.slots.v1.SeatService/AskSource", {Role::kService});
}

void AllowSeatOfferMethods(rpc::RoleTable& roles) {
  for (const char* method :
       {"GetSeatVerdicts", "OfferSeat", "HandOverSeat", "WithdrawSeatOffer", "ReleaseOrderHolds"}) {
    roles.Allow(std::string("/sas.slots.v1.SeatOfferService/") + method, {base::Role::kService});
  }
}

void AllowPartnerMethods(rpc::RoleTable& roles) {
  // What lives with a platform is said by the platform alone.
  roles.Allow("/sas.slots.v1.PartnerFeedService/SyncAgendas", {Role::kPartner});
  roles.Allow("/sas.slots.v1.PartnerFeedService/ImportAgenda", {Role::kPartner});
  roles.Allow("/sas.slots.v1.PartnerFeedService/ReportSourceAppointment", {Role::kPartner});
  // Who hears the source's no: those who book, the service that confirms, the platform itself.
  roles.Allow("/sas.slots.v1.PartnerFeedService/ReportSourceRefusal",
              {Role::kRegulatorAmu, Role::kRegulatorMg, Role::kOsnp, Role::kProfessional,
               Role::kSecretariat, Role::kEffecteur, Role::kPartner, Role::kService});
  // Who trusts a platform's agendas again agrees on its limits too.
  for (const char* method : {"ReleasePartnerAgenda", "UpdatePartner"}) {
    roles.Allow(std::string("/sas.slots.v1.PartnerFeedService/") + method,
                {Role::kPlanner, Role::kSupervisor});
  }
  roles.Allow("/sas.slots.v1.PartnerFeedService/ListPartners",
              {Role::kPlanner, Role::kSupervisor, Role::kOperations, Role::kService});
  // A platform reads its own.
  roles.Allow(
      "/sas.slots.v1.PartnerFeedService/GetPartner",
      {Role::kPlanner, Role::kSupervisor, Role::kPartner, Role::kOperations, Role::kService});
  roles.Allow(
      "/sas.slots.v1.PartnerFeedService/ListPartnerAgendas",
      {Role::kPlanner, Role::kSupervisor, Role::kPartner, Role::kOperations, Role::kService});
}

void AllowRotationMethods(rpc::RoleTable& roles) {
  // Open to everybody who takes part: a share that nobody can see is believed by nobody (S2-27).
  roles.Allow(
      "/sas.slots.v1.RotationService/GetLoadTable",
      {Role::kArm, Role::kRegulatorAmu, Role::kRegulatorMg, Role::kOsnp, Role::kProfessional,
       Role::kSecretariat, Role::kEffecteur, Role::kPlanner, Role::kSupervisor, Role::kPartner,
       Role::kService, Role::kSteering, Role::kReferent});
}

void AllowImportMethods(rpc::RoleTable& roles) {
  // As ImportTerritory; which territories stands in the credentials.
  roles.Allow("/sas.slots.v1.ImportService/ImportFile",
              {Role::kPlanner, Role::kSupervisor, Role::kService});
}

void AllowDirectoryMethods(rpc::RoleTable& roles) {
  roles.Allow("/sas.slots.v1.DirectoryService/ImportTerritory",
              {Role::kPlanner, Role::kSupervisor, Role::kService});
  for (const char* method : {"GetSite", "ListSites", "GetPractitioner", "ListPractitioners",
                             "ListSessionPlans", "ListSessions", "SearchCommunes"}) {
    roles.Allow(std::string("/sas.slots.v1.DirectoryService/") + method,
                {Role::kArm, Role::kRegulatorAmu, Role::kRegulatorMg, Role::kOsnp,
                 Role::kProfessional, Role::kSecretariat, Role::kEffecteur, Role::kPlanner,
                 Role::kSupervisor, Role::kPartner, Role::kService});
  }
  // Whoever asks a regulator for a patient says where he is (S3-19).
  roles.Allow("/sas.slots.v1.DirectoryService/SearchCommunes",
              {Role::kCoordinatingNurse, Role::kMedicalAssistant, Role::kSpecialisedNurse});
  // Who signs rules of care reads them, and nothing of who holds sessions (S2-04).
  for (const char* method : {"GetSite", "ListSites"}) {
    roles.Allow(std::string("/sas.slots.v1.DirectoryService/") + method, {Role::kReferent});
  }
}

void AllowTemplateMethods(rpc::RoleTable& roles) {
  // A new CSNP is a coordinator's, as its site is.
  roles.Allow("/sas.slots.v1.TemplateService/ApplyTemplate",
              {Role::kPlanner, Role::kSupervisor, Role::kService});
  for (const char* method : {"GetAgenda", "ListAgendas", "GetWorklist", "ListWorklists"}) {
    roles.Allow(std::string("/sas.slots.v1.TemplateService/") + method,
                {Role::kArm, Role::kRegulatorAmu, Role::kRegulatorMg, Role::kOsnp,
                 Role::kProfessional, Role::kSecretariat, Role::kEffecteur, Role::kPlanner,
                 Role::kSupervisor, Role::kReferent, Role::kService});
  }
  roles.Allow("/sas.slots.v1.TemplateService/GetWorklistVerdicts", {Role::kService});
}

void AllowPlanningMethods(rpc::RoleTable& roles) {
  // What a coordinator decides; practices change what is theirs: sessions, openings, closures.
  for (const char* method : {"UpdateStructure", "UpdateSite", "UpdatePractitioner"}) {
    roles.Allow(std::string("/sas.slots.v1.PlanningService/") + method,
                {Role::kPlanner, Role::kSupervisor, Role::kService});
  }
  for (const char* method : {"UpdateSessionPlan", "DeleteSessionPlan", "CreateAgendaException",
                             "DeleteAgendaException", "OpenSlots", "WithdrawSlot"}) {
    roles.Allow(
        std::string("/sas.slots.v1.PlanningService/") + method,
        {Role::kSecretariat, Role::kEffecteur, Role::kPlanner, Role::kSupervisor, Role::kService});
  }
  roles.Allow("/sas.slots.v1.PlanningService/SignCarePolicy", {Role::kReferent});
  roles.Allow("/sas.slots.v1.PlanningService/ListAgendaExceptions",
              {Role::kArm, Role::kRegulatorAmu, Role::kRegulatorMg, Role::kOsnp, Role::kSecretariat,
               Role::kEffecteur, Role::kPlanner, Role::kSupervisor, Role::kService});
}

}  // namespace sas::slots
