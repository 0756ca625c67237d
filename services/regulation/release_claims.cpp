#include "services/regulation/release_claims.h"

#include <optional>

#include "common/base/status.h"
#include "services/regulation/case_work.h"
#include "services/regulation/convert.h"
#include "services/regulation/facts.h"
#include "services/regulation/returned_calls.h"
#include "services/regulation/store_rows.h"

namespace sas::regulation {
namespace {

constexpr int kPage = 500;

void Keep(const std::string& name, std::vector<std::string>& names) {
  if (names.size() < static_cast<std::size_t>(kReleasedMax)) names.push_back(name);
}

}  // namespace

absl::StatusOr<std::map<std::string, Held>> HeldIn(RegulationTransaction& transaction,
                                                   const std::string& region, base::Instant now) {
  std::map<std::string, Held> held;
  CaseQuery cases;
  cases.region = region;
  cases.view = v1::CASE_LIST_VIEW_CLAIMED;
  cases.now = now;
  cases.limit = kPage;
  std::vector<v1::RegulationCase> rows;
  do {
    SAS_ASSIGN_OR_RETURN(rows, transaction.ListCases(cases));
    for (const auto& row : rows) Keep(row.name(), held[row.claim().owner().subject()].cases);
    if (!rows.empty()) cases.after = ListKeyOf(cases, IndexOf(rows.back()));
  } while (rows.size() == static_cast<std::size_t>(kPage));
  OrderQuery orders;
  orders.region = region;
  orders.limit = kPage;
  std::vector<v1::CareOrder> page;
  do {
    SAS_ASSIGN_OR_RETURN(page, transaction.ListOrders(orders));
    for (const v1::CareOrder& order : page) {
      const ClaimValue claim = ToValue(order.claim());
      if (IsLive(claim, now)) Keep(order.name(), held[claim.owner].orders);
    }
    if (!page.empty()) orders.after = ListKeyOf(page.back());
  } while (page.size() == static_cast<std::size_t>(kPage));
  LostCallQuery lost_calls;
  lost_calls.region = region;
  lost_calls.limit = kPage;
  std::vector<v1::LostCall> calls;
  do {
    SAS_ASSIGN_OR_RETURN(calls, transaction.ListLostCalls(lost_calls));
    for (const v1::LostCall& lost : calls) {
      const ClaimValue claim = ToValue(lost.claim());
      if (IsLive(claim, now)) Keep(lost.name(), held[claim.owner].lost_calls);
    }
    if (!calls.empty()) lost_calls.after = ListKeyOf(calls.back());
  } while (calls.size() == static_cast<std::size_t>(kPage));
  return held;
}

absl::StatusOr<Held> ReleaseHeld(RegulationTransaction& transaction, const base::Call& call,
                                 base::Instant now, const std::string& subject, const Held& held,
                                 const std::string& how, const std::string& note) {
  Held released;
  for (const std::string& name : held.cases) {
    SAS_ASSIGN_OR_RETURN(v1::RegulationCase row, transaction.GetCase(name));
    const ClaimValue claim = ToValue(row.claim());
    if (!IsOwner(claim, subject, now)) continue;
    CaseWork work = CaseWork::New(transaction, call, now, std::move(row));
    *work.row().mutable_claim() = ToProto(Free(claim));
    if (!note.empty()) work.AddNote(note, true);
    SAS_RETURN_IF_ERROR(
        work.Save("case.released", "claim_version=" + std::to_string(claim.version) +
                                       (how.empty() ? "" : " released=" + how)));
    released.cases.push_back(name);
  }
  for (const std::string& name : held.orders) {
    SAS_ASSIGN_OR_RETURN(v1::CareOrder order, transaction.GetOrder(name));
    const ClaimValue claim = ToValue(order.claim());
    if (!IsOwner(claim, subject, now)) continue;
    *order.mutable_claim() = ToProto(Free(claim));
    SAS_RETURN_IF_ERROR(SaveOrder(transaction, order, now, "order.updated", ActOf(call),
                                  "released=" + (how.empty() ? "yes" : how)));
    released.orders.push_back(name);
  }
  for (const std::string& name : held.lost_calls) {
    SAS_ASSIGN_OR_RETURN(v1::LostCall lost, transaction.GetLostCall(name));
    const ClaimValue claim = ToValue(lost.claim());
    if (!IsOwner(claim, subject, now)) continue;
    *lost.mutable_claim() = ToProto(Free(claim));
    SAS_RETURN_IF_ERROR(
        SaveLost(transaction, lost,
                 {"lost_call.released", ActOf(call), "released=" + (how.empty() ? "yes" : how)}));
    released.lost_calls.push_back(name);
  }
  return released;
}

}  // namespace sas::regulation
