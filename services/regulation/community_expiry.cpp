#include <vector>

#include "common/base/status.h"
#include "services/regulation/community_acts.h"
#include "services/regulation/store_rows.h"

namespace sas::regulation {
namespace {

constexpr int kPage = 200;

absl::Status Expire(CommunityDesk& desk, const base::Call& call, const std::string& name) {
  bool expired = false;
  SAS_RETURN_IF_ERROR(
      desk.desk.store.Write(call, [&](RegulationTransaction& transaction) -> absl::Status {
        expired = false;
        const base::Instant now = desk.desk.clock.Now();
        SAS_ASSIGN_OR_RETURN(v1::CareOrder order, transaction.GetOrder(name));
        if (!IsOver(DemandOf(order), now)) return absl::OkStatus();  // Answered meanwhile.
        expired = true;
        SAS_RETURN_IF_ERROR(EndDemand(order, DemandState::kExpired, now));
        return SaveDemand(transaction, order, "ExpireDemand", now);
      }));
  if (expired) desk.metrics.Moved(DemandState::kExpired);
  return absl::OkStatus();
}

}  // namespace

absl::Status ExpireDemands(CommunityDesk& desk, const base::Call& call) {
  OrderQuery query;
  query.unanswered_until = desk.desk.clock.Now();
  query.limit = kPage;
  std::vector<v1::CareOrder> rows;
  do {
    SAS_RETURN_IF_ERROR(
        desk.desk.store.Read(call, [&](RegulationTransaction& transaction) -> absl::Status {
          SAS_ASSIGN_OR_RETURN(rows, transaction.ListOrders(query));
          return absl::OkStatus();
        }));
    for (const v1::CareOrder& row : rows) SAS_RETURN_IF_ERROR(Expire(desk, call, row.name()));
    if (!rows.empty()) query.after = ListKeyOf(rows.back());
  } while (rows.size() == static_cast<std::size_t>(kPage));
  return absl::OkStatus();
}

}  // namespace sas::regulation
