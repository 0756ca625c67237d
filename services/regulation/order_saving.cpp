#include "common/base/bound_etag.h"
#include "common/base/status.h"
#include "services/regulation/case_work.h"
#include "services/regulation/community_demand.h"
#include "services/regulation/convert.h"
#include "services/regulation/facts.h"

namespace sas::regulation {

absl::Status SaveOrder(RegulationTransaction& transaction, v1::CareOrder& order, base::Instant now,
                       const std::string& event, const std::string& act,
                       const std::string& detail) {
  TakeBackDemand(order, now);
  order.set_version(order.version() + 1);
  order.set_etag(base::BoundEtag(order.name(), order.version()));
  *order.mutable_update_time() = ToTimestamp(now);
  SAS_RETURN_IF_ERROR(transaction.PutOrder(order));
  return RecordOrder(transaction, order, {event, act, detail}, now);
}

}  // namespace sas::regulation
