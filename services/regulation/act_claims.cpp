#include <algorithm>

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "services/regulation/acts.h"
#include "services/regulation/case_right.h"
#include "services/regulation/case_skills.h"
#include "services/regulation/convert.h"
#include "services/regulation/on_case.h"
#include "services/regulation/roster_work.h"

namespace sas::regulation::acts {
namespace {

std::string VersionCode(const v1::RegulationCase& row) {
  return "claim_version=" + std::to_string(row.claim().version());
}

absl::Status TakeCase(CaseWork& work) {
  SAS_RETURN_IF_ERROR(work.Advance(CaseAct::kTake));
  SAS_RETURN_IF_ERROR(work.TakeClaim());
  return work.Save("case.claimed", VersionCode(work.row()));
}

absl::Status TakeCaseOver(CaseWork& work, const std::string& reason) {
  v1::RegulationCase& row = work.row();
  const ClaimValue claim = ToValue(row.claim());
  SAS_RETURN_IF_ERROR(work.Advance(CaseAct::kTake));
  SAS_ASSIGN_OR_RETURN(
      const ClaimValue taken,
      TakeOver(claim, work.call().actor, RuleOf(ToValue(row.priority())).claim_lease, work.now()));
  *row.mutable_claim() = ToProto(taken);
  work.AddNote("Repris à " + claim.owner + " : " + reason, false);
  return work.Save("case.claimed", VersionCode(row) + " taken_from=" + claim.owner);
}

// From hand to hand: it never stands in the queue in between.
absl::Status HandCaseTo(CaseWork& work, const sas::type::v1::Actor& colleague) {
  v1::RegulationCase& row = work.row();
  base::Actor to;
  to.subject = colleague.subject();
  to.role = static_cast<base::Role>(colleague.role());
  SAS_RETURN_IF_ERROR(work.Advance(CaseAct::kTake));
  SAS_ASSIGN_OR_RETURN(
      const ClaimValue handed,
      HandTo(ToValue(row.claim()), to, RuleOf(ToValue(row.priority())).claim_lease, work.now()));
  SAS_RETURN_IF_ERROR(CheckOnShift(work.transaction(), std::string(base::RegionOf(row.name())),
                                   row.territory(), to.subject, work.now()));
  *row.mutable_claim() = ToProto(handed);
  return work.Save("case.claimed", VersionCode(row) + " handed_to=" + to.subject);
}

// A regulator takes from his own chain unless he asks for another. Where a surge lasts the split
// between chains is lifted: of that territory he is given whoever is next in any of them
// (domain.md §1.2).
absl::Status ChooseChain(RegulationTransaction& transaction, const base::Actor& actor,
                         const v1::ClaimNextRegulationCaseRequest& request, CaseQuery& query) {
  query.filiere = ToValue(request.filiere());
  query.any_chain.clear();
  if (query.filiere != Filiere::kUnspecified) return absl::OkStatus();
  query.filiere = OwnFiliere(actor.role);
  SAS_ASSIGN_OR_RETURN(query.any_chain, SurgesIn(transaction, query.region, query.now));
  return absl::OkStatus();
}

// Who takes what is transferred. In a surge that is any regulator.
absl::Status CheckTaker(CaseWork& work, Filiere chain) {
  const std::string region(base::RegionOf(work.row().name()));
  const std::string& territory = work.row().territory();
  SAS_ASSIGN_OR_RETURN(const auto surges, SurgesIn(work.transaction(), region, work.now()));
  const bool surge = std::find(surges.begin(), surges.end(), territory) != surges.end();
  return CheckStaffed(work.transaction(), region, territory, surge ? Filiere::kUnspecified : chain,
                      work.now());
}

std::string FiliereName(sas::type::v1::Filiere filiere) {
  return sas::type::v1::Filiere_Name(filiere).substr(std::string("FILIERE_").size());
}

}  // namespace

absl::StatusOr<v1::RegulationCase> ClaimRegulationCase(
    Desk& desk, const base::Call& call, const v1::ClaimRegulationCaseRequest& request) {
  SAS_RETURN_IF_ERROR(CheckOptionalReason(request.take_over_reason(), "take_over_reason"));
  return OnCase(desk, call, request, request.name(), [&](CaseWork& work) {
    const ClaimValue claim = ToValue(work.row().claim());
    const bool anothers =
        IsLive(claim, work.now()) && !IsOwner(claim, call.actor.subject, work.now());
    return anothers && !request.take_over_reason().empty()
               ? TakeCaseOver(work, request.take_over_reason())
               : TakeCase(work);
  });
}

absl::StatusOr<v1::RegulationCase> ClaimNextRegulationCase(
    Desk& desk, const base::Call& call, const v1::ClaimNextRegulationCaseRequest& request) {
  SAS_RETURN_IF_ERROR(CheckName(call, "regions/*", request.parent(), "parent"));
  CaseQuery query;
  query.region = std::string(base::RegionOf(request.parent()));
  const auto own = TerritoriesOf(call.actor, request.territory());
  return ledger::WriteOnce<v1::RegulationCase>(
      desk.store, call, request,
      [&](RegulationTransaction& transaction) -> absl::StatusOr<v1::RegulationCase> {
        query.now = desk.clock.Now();
        SAS_ASSIGN_OR_RETURN(query.territories, OwnOrHelped(transaction, call.actor, query.region,
                                                            own, request.territory(), query.now));
        SAS_RETURN_IF_ERROR(ChooseChain(transaction, call.actor, request, query));
        SAS_ASSIGN_OR_RETURN(const std::string name, NextCaseFor(transaction, call.actor, query));
        if (name.empty()) {
          return base::Fail(absl::StatusCode::kNotFound, "QUEUE_EMPTY",
                            "nobody waits in this queue; look at the other chain or come back");
        }
        SAS_ASSIGN_OR_RETURN(CaseWork work, CaseWork::Open(transaction, call, query.now, name));
        SAS_RETURN_IF_ERROR(TakeCase(work));
        return work.View();
      });
}

absl::StatusOr<v1::RegulationCase> ReleaseRegulationCase(
    Desk& desk, const base::Call& call, const v1::ReleaseRegulationCaseRequest& request) {
  SAS_RETURN_IF_ERROR(CheckOptionalReason(request.reason()));
  return OnCase(desk, call, request, request.name(), [&](CaseWork& work) -> absl::Status {
    const ClaimValue claim = ToValue(work.row().claim());
    const bool supervisor = call.actor.role == base::Role::kSupervisor;
    // A supervisor gives back for somebody who has left (hazard H-11).
    if (claim.owner != call.actor.subject && !(supervisor && !claim.owner.empty())) {
      return base::Fail(absl::StatusCode::kFailedPrecondition, "NOT_CLAIM_OWNER",
                        "the dossier is not yours to give back");
    }
    if (!request.reason().empty()) {
      work.AddNote((request.has_to() ? "Confié à " + request.to().subject() : "Rendu") + " : " +
                       request.reason(),
                   false);
    }
    if (request.has_to()) return HandCaseTo(work, request.to());
    *work.row().mutable_claim() = ToProto(Free(claim));
    return work.Save("case.released", VersionCode(work.row()));
  });
}

absl::StatusOr<v1::RegulationCase> TransferRegulationCase(
    Desk& desk, const base::Call& call, const v1::TransferRegulationCaseRequest& request) {
  if (request.filiere() == sas::type::v1::FILIERE_UNSPECIFIED) {
    return base::InvalidField("filiere", "FILIERE_REQUIRED", "name the chain that takes it");
  }
  SAS_RETURN_IF_ERROR(CheckReason(request.reason()));
  return OnCase(desk, call, request, request.name(), [&](CaseWork& work) -> absl::Status {
    v1::RegulationCase& row = work.row();
    SAS_RETURN_IF_ERROR(work.Advance(CaseAct::kReturn));
    if (row.filiere() == request.filiere()) {
      return base::Fail(absl::StatusCode::kFailedPrecondition, "SAME_FILIERE",
                        "the dossier is in that chain already; give it back to let a colleague "
                        "take it",
                        {{"filiere", FiliereName(request.filiere())}});
    }
    if (row.priority() == v1::PRIORITY_NR) {
      return base::Fail(absl::StatusCode::kFailedPrecondition, "PRIORITY_NOT_REGULATED",
                        "an NR dossier waits for nobody: give it a priority, then transfer it");
    }
    if (!request.unstaffed_confirmed()) {
      SAS_RETURN_IF_ERROR(CheckTaker(work, ToValue(request.filiere())));
    }
    const std::string change = FiliereName(row.filiere()) + ">" + FiliereName(request.filiere());
    row.set_filiere(request.filiere());
    *row.mutable_claim() = ToProto(Free(ToValue(row.claim())));
    work.Wait();
    work.AddNote("Réorientation " + change + " : " + request.reason(), false);
    return work.Save(
        "case.transferred",
        "filiere=" + change + (request.unstaffed_confirmed() ? " unstaffed_confirmed=yes" : ""));
  });
}

}  // namespace sas::regulation::acts
