#include "services/regulation/roles.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "services/regulation/case_ageing.h"
#include "services/regulation/console_presence.h"

namespace sas::regulation {

using base::Role;

void AllowRegulationMethods(rpc::RoleTable& roles) {
  const auto allow = [&](const char* method, std::initializer_list<Role> who) {
    roles.Allow(std::string("/sas.regulation.v1.RegulationService/") + method, who);
  };

  // Taking a call, or entering one's own dossier by the policy of a site.
  allow("CreateRegulationCase", {Role::kArm, Role::kRegulatorAmu, Role::kRegulatorMg, Role::kOsnp,
                                 Role::kProfessional, Role::kSecretariat, Role::kEffecteur});
  allow("GetRegulationCase",
        {Role::kArm, Role::kRegulatorAmu, Role::kRegulatorMg, Role::kOsnp, Role::kSupervisor,
         Role::kProfessional, Role::kSecretariat, Role::kEffecteur});
  // Who changed what, and who read what was protected.
  allow("ListCaseHistory",
        {Role::kArm, Role::kRegulatorAmu, Role::kRegulatorMg, Role::kSupervisor});
  allow("ListRegulationCases",
        {Role::kArm, Role::kRegulatorAmu, Role::kRegulatorMg, Role::kOsnp, Role::kSupervisor});
  for (const char* method :
       {"UpdateRegulationCase", "PrioritizeRegulationCase", "AttachCall", "DetachCall",
        "SearchRepeatCandidates", "TransferRegulationCase", "RecordBilan", "RecordMissionStatus",
        "LaunchReflexDeparture", "LinkRegulationCases", "UnlinkRegulationCase",
        "ActivateRegulationCase"}) {
    allow(method, {Role::kArm, Role::kRegulatorAmu, Role::kRegulatorMg});
  }
  allow("AddCaseNote",
        {Role::kArm, Role::kRegulatorAmu, Role::kRegulatorMg, Role::kOsnp, Role::kSupervisor});

  // An ARM takes what nobody has prioritised; the queue itself is the regulators'.
  allow("ClaimRegulationCase", {Role::kArm, Role::kRegulatorAmu, Role::kRegulatorMg});
  allow("ClaimNextRegulationCase", {Role::kRegulatorAmu, Role::kRegulatorMg});
  allow("ReleaseRegulationCase",
        {Role::kArm, Role::kRegulatorAmu, Role::kRegulatorMg, Role::kSupervisor});

  // Medical acts: doctors only. The OSNP never decides, the ARM gives no advice.
  for (const char* method : {"AcknowledgeReflexDeparture", "CancelReflexDeparture",
                             "CreateDecision", "CreateCareOrder", "AgreeLateAppointment"}) {
    allow(method, {Role::kRegulatorAmu, Role::kRegulatorMg});
  }
  allow("ListDecisions", {Role::kArm, Role::kRegulatorAmu, Role::kRegulatorMg, Role::kSupervisor});
  for (const char* method : {"CompleteRegulationCase", "CloseRegulationCase"}) {
    allow(method, {Role::kArm, Role::kRegulatorAmu, Role::kRegulatorMg, Role::kSupervisor});
  }

  // Orders. booking asks for their state before it confirms.
  allow("GetCareOrder",
        {Role::kArm, Role::kRegulatorAmu, Role::kRegulatorMg, Role::kOsnp, Role::kSupervisor,
         Role::kService, Role::kProfessional, Role::kSecretariat, Role::kEffecteur});
  allow("ListCareOrders", {Role::kArm, Role::kRegulatorAmu, Role::kRegulatorMg, Role::kOsnp,
                           Role::kSupervisor, Role::kService});
  for (const char* method :
       {"ClaimCareOrder", "RecordTreatingDoctorContact", "RecordRefusedProposal",
        "RecordContactAttempt", "ConfirmPatientInformed", "ReturnCareOrder"}) {
    // Whoever has made an entry without regulation works it, and no other order (CheckEntryRight).
    allow(method, {Role::kOsnp, Role::kRegulatorAmu, Role::kRegulatorMg, Role::kProfessional,
                   Role::kSecretariat, Role::kEffecteur});
  }

  // For booking's messages; people read the dossier.
  allow("GetPatientContact", {Role::kService});

  // Calls to return, and the wall: head counts without a patient. SERVICE is the telephone's link.
  allow("RecordLostCall", {Role::kArm, Role::kSupervisor, Role::kService});
  allow("RecordHangUp",
        {Role::kArm, Role::kRegulatorAmu, Role::kRegulatorMg, Role::kSupervisor, Role::kService});
  for (const char* method : {"ListLostCalls", "ClaimLostCall", "RecordCallReturn",
                             "ResolveLostCall", "RecordCallbackAttempt"}) {
    allow(method, {Role::kArm, Role::kRegulatorAmu, Role::kRegulatorMg, Role::kSupervisor});
  }
  allow("GetBoard", {Role::kArm, Role::kRegulatorAmu, Role::kRegulatorMg, Role::kOsnp,
                     Role::kSupervisor, Role::kOperations, Role::kSteering, Role::kReferent});
}

bool IsVitalAct(const base::Call& call) {
  constexpr std::string_view kService = "/sas.regulation.v1.RegulationService/";
  // RecordCallReturn, RecordCallbackAttempt: the third call that nobody answers hands a silent
  // caller to a regulator.
  constexpr std::array<std::string_view, 13> kVital{
      "CreateRegulationCase",    "AttachCall",
      "ClaimRegulationCase",     "ClaimNextRegulationCase",
      "LaunchReflexDeparture",   "AcknowledgeReflexDeparture",
      "RecordLostCall",          "CreateDecision",
      "TransferRegulationCase",  "RecordHangUp",
      "RecordCallReturn",        "RecordCallbackAttempt",
      "PrioritizeRegulationCase"};
  const std::string_view method = call.method;
  // A replica that renews its streams too late would be taken for dead, and its people for gone.
  if (method == kBoardReader || method == kConsolePresence) return true;
  if (method == kCaseBeginning) return true;  // What only closes and files may wait.
  constexpr std::array<std::string_view, 14> kElsewhere{
      "/sas.regulation.v1.PickupService/AnnounceCall",
      "/sas.regulation.v1.PickupService/PickUpNextCall",
      "/sas.regulation.v1.PickupService/PickUpCall",
      "/sas.regulation.v1.PickupService/EndWaitingCall",
      "/sas.regulation.v1.ProtocolService/RecordTriage",
      "/sas.regulation.v1.EntryService/SubmitEntry",
      "/sas.regulation.v1.EntryService/Reorient",
      "/sas.regulation.v1.TaskService/EscalateTask",
      "/sas.regulation.v1.TaskService/EscalateChecklist",
      "/sas.regulation.v1.RosterService/DeclareSurge",
      "/sas.regulation.v1.NeighbourService/OfferCase",
      "/sas.regulation.v1.NeighbourService/AcceptCase",
      "/sas.regulation.v1.NeighbourService/DeclineCase",
      "/sas.regulation.v1.NeighbourService/WithdrawOffer"};
  if (std::find(kElsewhere.begin(), kElsewhere.end(), method) != kElsewhere.end()) return true;
  return method.substr(0, kService.size()) == kService &&
         std::find(kVital.begin(), kVital.end(), method.substr(kService.size())) != kVital.end();
}

void AllowEntryMethods(rpc::RoleTable& roles) {
  const auto allow = [&](const char* method, std::initializer_list<Role> who) {
    roles.Allow(std::string("/sas.regulation.v1.EntryService/") + method, who);
  };
  // By which way who enters, and what of whom he sees, stands in domain/entry.
  allow("SubmitEntry", {Role::kProfessional, Role::kSecretariat, Role::kEffecteur});
  for (const char* method : {"ListEntries", "Reorient"}) {
    allow(method, {Role::kArm, Role::kRegulatorAmu, Role::kRegulatorMg, Role::kOsnp,
                   Role::kProfessional, Role::kSecretariat, Role::kEffecteur});
  }
  allow("ListEntries", {Role::kSupervisor});
}

void AllowBoardMethods(rpc::RoleTable& roles) {
  // What each role gets of it stands in domain/board_card: ScopeOf.
  roles.Allow("/sas.regulation.v1.BoardWatchService/WatchBoard",
              {Role::kArm, Role::kRegulatorAmu, Role::kRegulatorMg, Role::kOsnp, Role::kSupervisor,
               Role::kOperations, Role::kSteering, Role::kReferent});
}

void AllowKpiMethods(rpc::RoleTable& roles) {
  // Not for those whose work is measured: speed must not become their aim (hazard H-51).
  roles.Allow("/sas.regulation.v1.KpiService/QueryKpis",
              {Role::kRegulatorAmu, Role::kRegulatorMg, Role::kSupervisor, Role::kOperations,
               Role::kSteering, Role::kReferent});
}

void AllowExchangeMethods(rpc::RoleTable& roles) {
  const auto allow = [&](const char* method, std::initializer_list<Role> who) {
    roles.Allow(std::string("/sas.regulation.v1.ExchangeService/") + method, who);
  };
  // Who works on dossiers; how far each sees stands in domain/exchange: SightOf.
  for (const char* method : {"CreateCaseExchange", "GetCaseExchange", "ListCaseExchanges",
                             "ListUnreadExchanges", "MarkExchangeRead"}) {
    allow(method, {Role::kArm, Role::kRegulatorAmu, Role::kRegulatorMg, Role::kOsnp,
                   Role::kSupervisor, Role::kProfessional, Role::kSecretariat, Role::kEffecteur,
                   Role::kCoordinatingNurse, Role::kMedicalAssistant, Role::kSpecialisedNurse});
  }
  allow("GetJourney", {Role::kArm, Role::kRegulatorAmu, Role::kRegulatorMg, Role::kOsnp,
                       Role::kSupervisor, Role::kProfessional, Role::kSecretariat, Role::kEffecteur,
                       Role::kCoordinatingNurse, Role::kMedicalAssistant, Role::kSpecialisedNurse});
  allow("StartCall", {Role::kArm, Role::kRegulatorAmu, Role::kRegulatorMg, Role::kOsnp});
  allow("RecordMssanteState",
        {Role::kArm, Role::kRegulatorAmu, Role::kRegulatorMg, Role::kOsnp, Role::kSupervisor});
  // A medical act; the answer comes by the platform's own credentials.
  allow("RequestExpertise", {Role::kRegulatorAmu, Role::kRegulatorMg, Role::kEffecteur});
  allow("AttachExpertiseResult", {Role::kPartner});
}

void AllowCaseReferenceMethods(rpc::RoleTable& roles) {
  // People read the dossier.
  for (const char* method : {"GetCaseReference", "CheckBookings"}) {
    roles.Allow(std::string("/sas.regulation.v1.CaseReferenceService/") + method, {Role::kService});
  }
}

void AllowProtocolMethods(rpc::RoleTable& roles) {
  const auto allow = [&](const char* method, std::initializer_list<Role> who) {
    roles.Allow(std::string("/sas.regulation.v1.ProtocolService/") + method, who);
  };
  // Whoever asks questions by a protocol reads it, and says that he has.
  for (const char* method : {"ListProtocols", "GetProtocol", "AcknowledgeProtocol"}) {
    allow(method,
          {Role::kArm, Role::kRegulatorAmu, Role::kRegulatorMg, Role::kOsnp, Role::kProfessional,
           Role::kSecretariat, Role::kEffecteur, Role::kPlanner, Role::kSupervisor, Role::kReferent,
           Role::kCoordinatingNurse, Role::kMedicalAssistant, Role::kSpecialisedNurse});
  }
  allow("RecordTriage", {Role::kArm, Role::kRegulatorAmu, Role::kRegulatorMg, Role::kProfessional,
                         Role::kSecretariat, Role::kEffecteur});
  // The médecin référent and the supervisor try a draft out; on no dossier.
  allow("EvaluateTriage",
        {Role::kArm, Role::kRegulatorAmu, Role::kRegulatorMg, Role::kProfessional,
         Role::kSecretariat, Role::kEffecteur, Role::kSupervisor, Role::kReferent});
  for (const char* method : {"CheckProtocol", "SimulateProtocol"}) {
    allow(method, {Role::kReferent, Role::kSupervisor, Role::kPlanner, Role::kRegulatorAmu,
                   Role::kRegulatorMg});
  }
  // Whether he is the one who is named follows from his RPPS.
  allow("SignProtocol", {Role::kReferent, Role::kRegulatorAmu, Role::kRegulatorMg});
}

void AllowRosterMethods(rpc::RoleTable& roles) {
  const auto allow = [&](const char* service, const char* method, std::initializer_list<Role> who) {
    roles.Allow(std::string("/sas.regulation.v1.") + service + "/" + method, who);
  };
  for (const char* method :
       {"PlanShift", "ReplaceShift", "CancelShift", "DeclareSurge", "EndSurge"}) {
    allow("RosterService", method, {Role::kSupervisor});
  }
  // One's own shift; whose it is stands with the act.
  for (const char* method : {"SignIn", "SignOut"}) {
    allow("RosterService", method,
          {Role::kArm, Role::kRegulatorAmu, Role::kRegulatorMg, Role::kOsnp, Role::kSupervisor});
  }
  allow("RosterService", "ListShifts",
        {Role::kArm, Role::kRegulatorAmu, Role::kRegulatorMg, Role::kOsnp, Role::kPlanner,
         Role::kSupervisor});
  // Who sees whose load stands with the act (hazard H-51).
  allow("RosterService", "GetCoverage",
        {Role::kArm, Role::kRegulatorAmu, Role::kRegulatorMg, Role::kOsnp, Role::kSupervisor,
         Role::kOperations});

  for (const char* method : {"OfferCase", "AcceptCase", "DeclineCase", "WithdrawOffer",
                             "ListOffers", "ListConventions"}) {
    allow("NeighbourService", method,
          {Role::kArm, Role::kRegulatorAmu, Role::kRegulatorMg, Role::kSupervisor});
  }
  for (const char* method : {"PutConvention", "EndConvention"}) {
    allow("NeighbourService", method, {Role::kSupervisor});
  }

  for (const char* method : {"PutCoordinator", "RemoveCoordinator"}) {
    allow("CoordinatorService", method, {Role::kSupervisor, Role::kPlanner});
  }
  // Telephone and e-mail are left out for most of them: act_coordinators.cpp.
  for (const char* method : {"GetCoordinator", "ListCoordinators"}) {
    allow("CoordinatorService", method,
          {Role::kArm, Role::kRegulatorAmu, Role::kRegulatorMg, Role::kOsnp, Role::kSupervisor,
           Role::kPlanner, Role::kSecretariat, Role::kEffecteur, Role::kReferent, Role::kSteering,
           Role::kOperations});
  }
}

void AllowPickupMethods(rpc::RoleTable& roles) {
  const auto allow = [&](const char* method, std::initializer_list<Role> who) {
    roles.Allow(std::string("/sas.regulation.v1.PickupService/") + method, who);
  };
  // SERVICE is the telephone's link.
  for (const char* method : {"AnnounceCall", "EndWaitingCall"}) {
    allow(method, {Role::kService, Role::kArm, Role::kSupervisor});
  }
  for (const char* method : {"PickUpNextCall", "PickUpCall"}) {
    allow(method, {Role::kArm, Role::kRegulatorAmu, Role::kRegulatorMg});
  }
  allow("ListWaitingCalls",
        {Role::kService, Role::kArm, Role::kRegulatorAmu, Role::kRegulatorMg, Role::kSupervisor});
}

void AllowTaskMethods(rpc::RoleTable& roles) {
  const auto allow = [&](const char* method, std::initializer_list<Role> who) {
    roles.Allow(std::string("/sas.regulation.v1.TaskService/") + method, who);
  };
  // Everybody who works tasks, at the CRRA or in a structure.
  for (const char* method : {"CreateTask", "GetTask", "ListTasks", "TakeTask", "CloseTask",
                             "CancelTask", "EscalateTask"}) {
    allow(method, {Role::kArm, Role::kRegulatorAmu, Role::kRegulatorMg, Role::kOsnp,
                   Role::kSupervisor, Role::kProfessional, Role::kSecretariat, Role::kEffecteur,
                   Role::kCoordinatingNurse, Role::kMedicalAssistant, Role::kSpecialisedNurse});
  }
  allow("DelegateTask",
        {Role::kCoordinatingNurse, Role::kRegulatorAmu, Role::kRegulatorMg, Role::kEffecteur});
  // Who answers the telephone of a practice.
  for (const char* method : {"EvaluateChecklist", "EscalateChecklist"}) {
    allow(method, {Role::kSecretariat, Role::kMedicalAssistant, Role::kCoordinatingNurse,
                   Role::kSpecialisedNurse, Role::kEffecteur});
  }
}

void AllowCommunityMethods(rpc::RoleTable& roles) {
  const auto allow = [&](const char* method, std::initializer_list<Role> who) {
    roles.Allow(std::string("/sas.regulation.v1.CommunityService/") + method, who);
  };
  for (const char* method : {"AskCommunity", "WithdrawDemand"}) {
    allow(method, {Role::kOsnp, Role::kRegulatorAmu, Role::kRegulatorMg, Role::kProfessional,
                   Role::kSecretariat, Role::kEffecteur});
  }
  for (const char* method : {"AnswerDemand", "ListDemands"}) {
    allow(method, {Role::kProfessional, Role::kSecretariat, Role::kEffecteur});
  }
}

}  // namespace sas::regulation
