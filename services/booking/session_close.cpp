#include "services/booking/session_close.h"

#include <string>
#include <utility>

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "common/ledger/write_once.h"
#include "common/rpc/auth.h"
#include "services/booking/convert.h"
#include "services/booking/domain/session.h"
#include "services/booking/records.h"
#include "services/booking/visibility.h"

namespace sas::booking {
namespace {

using Request = v1::CloseSessionRequest;

constexpr std::chrono::hours kSessionMax{24};
constexpr int kSessionPassagesMax = 1000;  ///< More seats than any session has.

absl::Status CheckShape(const base::Call& call, const Request& request, base::Instant now) {
  SAS_ASSIGN_OR_RETURN(const auto ids,
                       base::ParseName("regions/*/sites/*", request.site(), "site"));
  SAS_RETURN_IF_ERROR(rpc::CheckRegion(call, ids[0]));
  if (!request.has_start_time() || !request.has_end_time()) {
    return base::InvalidField("start_time", "FIELD_REQUIRED", "say which session: start and end");
  }
  const base::Instant start = ToInstant(request.start_time());
  const base::Instant end = ToInstant(request.end_time());
  if (end <= start || end - start > kSessionMax) {
    return base::InvalidField("end_time", "INVALID_TIME_RANGE",
                              "after `start_time`, and at most 24 h after it");
  }
  if (end > now) {
    return base::Fail(absl::StatusCode::kFailedPrecondition, "SESSION_NOT_OVER",
                      "the session is not over: close it when its last patient could have come");
  }
  return CheckMayGo(call.actor, request.site());
}

absl::StatusOr<std::vector<SessionPassage>> PassagesOf(BookingTransaction& transaction,
                                                       const Request& request) {
  AppointmentQuery query;
  query.region = std::string(base::RegionOf(request.site()));
  query.site = request.site();
  query.start = ToInstant(request.start_time());
  query.end = ToInstant(request.end_time());
  query.limit = kSessionPassagesMax + 1;
  SAS_ASSIGN_OR_RETURN(const auto found, transaction.List(query));
  if (static_cast<int>(found.size()) > kSessionPassagesMax) {
    return base::InvalidField("end_time", "TOO_MANY_ITEMS",
                              "more than 1000 appointments: close a shorter time");
  }
  std::vector<SessionPassage> passages;
  for (const v1::Appointment& each : found) {
    if (!request.agenda().empty() && AgendaOfSlot(each.slot()) != request.agenda()) continue;
    passages.push_back({std::string(base::LastId(each.name())), ToValue(each.state()),
                        !each.outcome().final_motif_code().empty(),
                        each.outcome().final_motif_unknown()});
  }
  return passages;
}

}  // namespace

absl::StatusOr<v1::SessionClosure> CloseSession(const BookingParts& parts, const base::Call& call,
                                                const Request& request) {
  SAS_RETURN_IF_ERROR(CheckShape(call, request, parts.clock.Now()));
  return ledger::WriteOnce<v1::SessionClosure>(
      parts.store, call, request,
      [&](BookingTransaction& transaction) -> absl::StatusOr<v1::SessionClosure> {
        SAS_ASSIGN_OR_RETURN(const auto passages, PassagesOf(transaction, request));
        SAS_ASSIGN_OR_RETURN(const SessionCounts counts, CheckSession(passages));
        v1::SessionClosure closure;
        closure.set_site(request.site());
        closure.set_agenda(request.agenda());
        *closure.mutable_start_time() = request.start_time();
        *closure.mutable_end_time() = request.end_time();
        closure.set_fulfilled_count(counts.fulfilled);
        closure.set_motif_unknown_count(counts.motif_unknown);
        closure.set_no_show_count(counts.no_show);
        closure.set_abandoned_count(counts.abandoned);
        *closure.mutable_close_time() = ToTimestamp(parts.clock.Now());
        *closure.mutable_closed_by() = ToProto(call.actor);
        SAS_RETURN_IF_ERROR(transaction.InsertClosure(closure));
        SAS_RETURN_IF_ERROR(RecordClosure(transaction.journal(), closure));
        return closure;
      });
}

}  // namespace sas::booking
