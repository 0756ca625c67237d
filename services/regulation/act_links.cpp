#include <set>
#include <string>

#include "common/base/status.h"
#include "services/regulation/acts.h"
#include "services/regulation/on_case.h"

// Dossiers of one event, each with its own patients and decisions; and those prepared in advance.
namespace sas::regulation::acts {
namespace {

constexpr std::size_t kOfOneEventMax = 21;  // A dossier names 20 others.

std::set<std::string> EventOf(const v1::RegulationCase& row) {
  std::set<std::string> names(row.linked_cases().begin(), row.linked_cases().end());
  names.insert(row.name());
  return names;
}

void Name(const std::set<std::string>& event, v1::RegulationCase& row) {
  row.clear_linked_cases();
  for (const std::string& each : event) {
    if (each != row.name()) row.add_linked_cases(each);
  }
}

std::string LinkedCode(const std::set<std::string>& event) {
  return "linked=" + std::to_string(event.size() - 1);
}

// All of the event but the dossier of the act. Those that the caller has not named follow, also in
// other territories: what they say of the event is no more than names.
absl::Status TellOthers(CaseWork& work, const std::set<std::string>& event) {
  for (const std::string& name : event) {
    if (name == work.row().name()) continue;
    SAS_ASSIGN_OR_RETURN(v1::RegulationCase row, work.transaction().GetCase(name));
    CaseWork other = CaseWork::New(work.transaction(), work.call(), work.now(), std::move(row));
    if (EventOf(other.row()) == event) continue;
    Name(event, other.row());
    SAS_RETURN_IF_ERROR(other.Save("case.updated", LinkedCode(event)));
  }
  return absl::OkStatus();
}

absl::Status Link(CaseWork& work, const v1::LinkRegulationCasesRequest& request) {
  SAS_RETURN_IF_ERROR(work.Advance(CaseAct::kNote));
  SAS_ASSIGN_OR_RETURN(
      CaseWork other, CaseWork::Open(work.transaction(), work.call(), work.now(), request.other()));
  SAS_RETURN_IF_ERROR(other.Advance(CaseAct::kNote));
  const std::set<std::string> before = EventOf(work.row());
  std::set<std::string> event = EventOf(other.row());
  event.insert(before.begin(), before.end());
  if (event.size() > kOfOneEventMax) return LimitReached("linked_cases", kOfOneEventMax - 1);
  if (event == before) return absl::OkStatus();
  SAS_RETURN_IF_ERROR(TellOthers(work, event));
  Name(event, work.row());
  if (!request.reason().empty()) work.AddNote("Même événement : " + request.reason(), false);
  return work.Save("case.updated", LinkedCode(event));
}

absl::Status Unlink(CaseWork& work, const v1::UnlinkRegulationCaseRequest& request) {
  SAS_RETURN_IF_ERROR(work.Advance(CaseAct::kNote));
  if (work.row().linked_cases().empty()) return absl::OkStatus();
  std::set<std::string> rest = EventOf(work.row());
  rest.erase(work.row().name());
  SAS_RETURN_IF_ERROR(TellOthers(work, rest));
  Name({work.row().name()}, work.row());
  work.AddNote("Retiré de l'événement : " + request.reason(), false);
  return work.Save("case.updated", "linked=0");
}

}  // namespace

absl::StatusOr<v1::RegulationCase> LinkRegulationCases(
    Desk& desk, const base::Call& call, const v1::LinkRegulationCasesRequest& request) {
  SAS_RETURN_IF_ERROR(CheckOptionalReason(request.reason()));
  SAS_RETURN_IF_ERROR(CheckName(call, kCaseName, request.other(), "other"));
  if (request.other() == request.name()) {
    return base::InvalidField("other", "SAME_CASE", "name another dossier of the event");
  }
  return OnCase(desk, call, request, request.name(),
                [&](CaseWork& work) { return Link(work, request); });
}

absl::StatusOr<v1::RegulationCase> UnlinkRegulationCase(
    Desk& desk, const base::Call& call, const v1::UnlinkRegulationCaseRequest& request) {
  SAS_RETURN_IF_ERROR(CheckReason(request.reason()));
  return OnCase(desk, call, request, request.name(),
                [&](CaseWork& work) { return Unlink(work, request); });
}

absl::StatusOr<v1::RegulationCase> ActivateRegulationCase(
    Desk& desk, const base::Call& call, const v1::ActivateRegulationCaseRequest& request) {
  return OnCase(desk, call, request, request.name(), [&](CaseWork& work) -> absl::Status {
    SAS_RETURN_IF_ERROR(work.Advance(CaseAct::kActivate));
    work.Wait();
    return work.Save("case.updated", "state=ACTIF");
  });
}

}  // namespace sas::regulation::acts
