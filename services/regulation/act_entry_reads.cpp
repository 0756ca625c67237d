#include <string>
#include <utility>

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "services/regulation/convert.h"
#include "services/regulation/entry_acts.h"
#include "services/regulation/on_case.h"
#include "services/regulation/paging.h"
#include "services/regulation/store_rows.h"
#include "services/regulation/view.h"

namespace sas::regulation::acts {

absl::StatusOr<v1::ListEntriesResponse> ListEntries(EntryDesk& desk, const base::Call& call,
                                                    const v1::ListEntriesRequest& request) {
  SAS_RETURN_IF_ERROR(CheckName(call, "regions/*", request.parent(), "parent"));
  SAS_ASSIGN_OR_RETURN(const PageRequest page, PageOf(call, request));
  OrderQuery query;
  query.region = std::string(base::RegionOf(request.parent()));
  SAS_ASSIGN_OR_RETURN(query.territories, TerritoriesOf(call.actor, request.territory()));
  query.include_ended = request.include_ended();
  query.entries_only = true;
  query.without_local = call.actor.role == base::Role::kOsnp;
  if (EntersDirectly(call.actor.role)) query.owner = call.actor;
  if (page.position) query.after = page.position->key;
  query.limit = page.size + 1;
  v1::ListEntriesResponse response;
  SAS_RETURN_IF_ERROR(
      desk.desk.store.Read(call, [&](RegulationTransaction& transaction) -> absl::Status {
        response.Clear();
        SAS_ASSIGN_OR_RETURN(auto orders, transaction.ListOrders(query));
        const bool more = orders.size() > static_cast<std::size_t>(page.size);
        if (more) orders.pop_back();
        if (more) {
          response.set_next_page_token(WritePage(page, {ListKeyOf(query, orders.back()), {}}));
        }
        for (v1::CareOrder& order : orders) {
          *response.add_care_orders() = Show(std::move(order), desk.desk.clock.Now());
        }
        return absl::OkStatus();
      }));
  return response;
}

}  // namespace sas::regulation::acts
