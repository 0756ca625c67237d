#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "services/regulation/case_opening.h"
#include "services/regulation/convert.h"
#include "services/regulation/domain/neighbour.h"
#include "services/regulation/facts.h"
#include "services/regulation/neighbour_acts.h"
#include "services/regulation/neighbour_ledger.h"
#include "services/regulation/on_case.h"
#include "services/regulation/paging.h"
#include "services/regulation/returned_calls.h"
#include "services/regulation/roster_work.h"

namespace sas::regulation::acts {
namespace {

absl::Status CheckOffer(CaseWork& work, const v1::OfferCaseRequest& request) {
  const v1::RegulationCase& row = work.row();
  // Who helps by a convention does not give away what is not his.
  SAS_RETURN_IF_ERROR(CheckTerritoryRight(work.call().actor, row.territory()));
  if (row.has_handover()) {
    return base::Fail(absl::StatusCode::kFailedPrecondition, "OFFER_OPEN",
                      "the dossier is on offer already; withdraw that offer to make another",
                      {{"territory", row.handover().to_territory()}});
  }
  if (row.territory() == request.to_territory()) {
    return base::Fail(absl::StatusCode::kFailedPrecondition, "SAME_TERRITORY",
                      "the dossier is there already; give it back to let a colleague take it",
                      {{"territory", row.territory()}});
  }
  if (row.priority() == v1::PRIORITY_NR) {
    return base::Fail(absl::StatusCode::kFailedPrecondition, "PRIORITY_NOT_REGULATED",
                      "an NR dossier waits for nobody: give it a priority, then offer it");
  }
  if (row.past_handovers_size() >= kHandoversMax) {
    return LimitReached("past_handovers", kHandoversMax);
  }
  if (request.unstaffed_confirmed()) return absl::OkStatus();
  return CheckStaffed(work.transaction(), std::string(base::RegionOf(row.name())),
                      request.to_territory(), ToValue(row.filiere()), work.now());
}

absl::Status Offer(CaseWork& work, const v1::OfferCaseRequest& request) {
  SAS_RETURN_IF_ERROR(work.Advance(CaseAct::kReturn));
  SAS_RETURN_IF_ERROR(CheckOffer(work, request));
  v1::TerritoryHandover& offer = *work.row().mutable_handover();
  offer.set_state(v1::TerritoryHandover::STATE_OFFERED);
  offer.set_from_territory(work.row().territory());
  offer.set_to_territory(request.to_territory());
  offer.set_reason(request.reason());
  *offer.mutable_offered_by() = ToProto(work.call().actor);
  *offer.mutable_offer_time() = ToTimestamp(work.now());
  work.Wait();  // Here, until somebody there has it.
  work.AddNote("Proposé au SAS " + offer.to_territory() + " : " + request.reason(), true);
  return work.Save("case.offered",
                   "to=" + offer.to_territory() +
                       (request.unstaffed_confirmed() ? " unstaffed_confirmed=yes" : ""));
}

// Orders go with the dossier: whoever holds one there cannot reach it any more, so it must stand in
// the queue of those who can (hazard H-15), also when a practice cancels later.
absl::Status MoveOrders(CaseWork& work, const std::string& from, const std::string& to) {
  SAS_ASSIGN_OR_RETURN(const auto* orders, work.Orders());
  for (v1::CareOrder order : *orders) {
    if (!IsUnsettled(ToValue(order.state())) || order.territory() != from) continue;
    order.set_territory(to);
    *order.mutable_claim() = ToProto(Free(ToValue(order.claim())));
    const Fact fact{"order.updated", ActOf(work.call()), "territory=" + to};
    SAS_RETURN_IF_ERROR(
        SaveOrder(work.transaction(), order, work.now(), fact.event, fact.act, fact.detail));
    SAS_RETURN_IF_ERROR(TellTerritory(work.transaction(), order, fact, work.now(), from));
  }
  work.Reload();
  return absl::OkStatus();
}

absl::Status Accept(CaseWork& work, const v1::AcceptCaseRequest& request) {
  v1::RegulationCase& row = work.row();
  const std::string from = row.handover().from_territory();
  const std::string to = row.handover().to_territory();
  SAS_RETURN_IF_ERROR(work.Advance(CaseAct::kReturn));
  SAS_RETURN_IF_ERROR(work.EndOffer(v1::TerritoryHandover::STATE_ACCEPTED));
  row.set_territory(to);
  KeepConfirmation(row);
  *row.mutable_claim() = ToProto(Free(ToValue(row.claim())));
  work.Wait();
  SAS_RETURN_IF_ERROR(MoveOrders(work, from, to));
  SAS_RETURN_IF_ERROR(MoveReturn(work));
  if (request.claim()) SAS_RETURN_IF_ERROR(work.TakeClaim());
  work.AddNote("Repris par le SAS " + to, true);
  const std::string detail = "from=" + from + " to=" + to;
  SAS_RETURN_IF_ERROR(work.Save("case.accepted", detail));
  return TellTerritory(work.transaction(), row, {"case.accepted", ActOf(work.call()), detail},
                       work.now(), from);
}

v1::CaseOffer OfferOf(const v1::RegulationCase& row, const v1::TerritoryHandover& handover) {
  v1::CaseOffer offer;
  offer.set_regulation_case(row.name());
  offer.set_case_number(row.case_number());
  offer.set_priority(row.priority());
  offer.set_filiere(row.filiere());
  offer.set_motif_code(row.motif_code());
  *offer.mutable_handover() = handover;
  return offer;
}

absl::StatusOr<v1::CaseOffer> Decline(CaseWork& work, const std::string& reason) {
  v1::RegulationCase& row = work.row();
  SAS_RETURN_IF_ERROR(CheckDecline(ToValue(row.priority()), !reason.empty()));
  const std::string to = row.handover().to_territory();
  row.mutable_handover()->set_decline_reason(reason);
  SAS_RETURN_IF_ERROR(work.EndOffer(v1::TerritoryHandover::STATE_DECLINED));
  work.AddNote("Refusé par le SAS " + to + (reason.empty() ? "" : " : " + reason), true);
  SAS_RETURN_IF_ERROR(work.Save("case.declined", "to=" + to));
  SAS_RETURN_IF_ERROR(TellTerritory(work.transaction(), row,
                                    {"case.declined", ActOf(work.call()), ""}, work.now(), to));
  return OfferOf(row, row.past_handovers(row.past_handovers_size() - 1));
}

absl::Status Withdraw(CaseWork& work) {
  v1::RegulationCase& row = work.row();
  SAS_RETURN_IF_ERROR(CheckTerritoryRight(work.call().actor, row.territory()));
  if (!row.has_handover()) {
    return base::Fail(absl::StatusCode::kFailedPrecondition, "NO_OPEN_OFFER",
                      "nobody offers this dossier now: it was declined or withdrawn");
  }
  const std::string to = row.handover().to_territory();
  SAS_RETURN_IF_ERROR(work.EndOffer(v1::TerritoryHandover::STATE_WITHDRAWN));
  SAS_RETURN_IF_ERROR(work.Save("case.withdrawn", "to=" + to));
  return TellTerritory(work.transaction(), row, {"case.withdrawn", ActOf(work.call()), ""},
                       work.now(), to);
}

}  // namespace

absl::StatusOr<v1::RegulationCase> OfferCase(Desk& desk, const base::Call& call,
                                             const v1::OfferCaseRequest& request) {
  SAS_RETURN_IF_ERROR(care::CheckTerritory(request.to_territory(), "to_territory"));
  SAS_RETURN_IF_ERROR(CheckReason(request.reason()));
  return OnCase(desk, call, request, request.name(),
                [&](CaseWork& work) { return Offer(work, request); });
}

absl::StatusOr<v1::RegulationCase> AcceptCase(Desk& desk, const base::Call& call,
                                              const v1::AcceptCaseRequest& request) {
  SAS_RETURN_IF_ERROR(CheckName(call, kCaseName, request.name(), "name"));
  if (request.claim() && call.actor.role == base::Role::kSupervisor) {
    return base::InvalidField("claim", "CLAIM_FORBIDDEN",
                              "a supervisor has no dossiers in hand: accept it for the queue");
  }
  return ledger::WriteOnce<v1::RegulationCase>(
      desk.store, call, request,
      [&](RegulationTransaction& transaction) -> absl::StatusOr<v1::RegulationCase> {
        SAS_ASSIGN_OR_RETURN(
            CaseWork work,
            CaseWork::OpenOffered(transaction, call, desk.clock.Now(), request.name()));
        SAS_RETURN_IF_ERROR(CheckSeen(desk, call.actor, request.etag(), work.row()));
        SAS_RETURN_IF_ERROR(Accept(work, request));
        return work.View();
      });
}

absl::StatusOr<v1::CaseOffer> DeclineCase(Desk& desk, const base::Call& call,
                                          const v1::DeclineCaseRequest& request) {
  SAS_RETURN_IF_ERROR(CheckName(call, kCaseName, request.name(), "name"));
  SAS_RETURN_IF_ERROR(CheckOptionalReason(request.reason()));
  return ledger::WriteOnce<v1::CaseOffer>(
      desk.store, call, request,
      [&](RegulationTransaction& transaction) -> absl::StatusOr<v1::CaseOffer> {
        SAS_ASSIGN_OR_RETURN(
            CaseWork work,
            CaseWork::OpenOffered(transaction, call, desk.clock.Now(), request.name()));
        SAS_RETURN_IF_ERROR(CheckSeen(desk, call.actor, request.etag(), work.row()));
        return Decline(work, request.reason());
      });
}

absl::StatusOr<v1::RegulationCase> WithdrawOffer(Desk& desk, const base::Call& call,
                                                 const v1::WithdrawOfferRequest& request) {
  return OnCase(desk, call, request, request.name(), Withdraw);
}

absl::StatusOr<v1::ListOffersResponse> ListOffers(Desk& desk, const base::Call& call,
                                                  const v1::ListOffersRequest& request) {
  SAS_RETURN_IF_ERROR(CheckName(call, "regions/*", request.parent(), "parent"));
  SAS_ASSIGN_OR_RETURN(const PageRequest page, PageOf(call, request));
  OfferQuery query;
  query.region = std::string(base::RegionOf(request.parent()));
  SAS_ASSIGN_OR_RETURN(query.territories, TerritoriesOf(call.actor, request.territory()));
  if (page.position) {
    query.after = page.position->key.name;
    query.after_alarm = page.position->now;
  }
  query.limit = page.size + 1;
  v1::ListOffersResponse response;
  SAS_RETURN_IF_ERROR(
      desk.store.Read(call, [&](RegulationTransaction& transaction) -> absl::Status {
        response.Clear();
        SAS_ASSIGN_OR_RETURN(auto rows, transaction.neighbours().ListOffers(query));
        if (static_cast<int>(rows.size()) > page.size) {
          rows.pop_back();
          ListPosition next;
          next.key.name = rows.back().case_name;
          next.now = rows.back().alarm;
          response.set_next_page_token(WritePage(page, next));
        }
        for (const OpenOffer& offer : rows) {
          SAS_ASSIGN_OR_RETURN(const auto row, transaction.GetCase(offer.case_name));
          *response.add_offers() = OfferOf(row, row.handover());
        }
        return absl::OkStatus();
      }));
  return response;
}

}  // namespace sas::regulation::acts
