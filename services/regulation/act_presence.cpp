#include <algorithm>

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "common/ledger/write_once.h"
#include "services/regulation/convert.h"
#include "services/regulation/convert_roster.h"
#include "services/regulation/facts.h"
#include "services/regulation/release_claims.h"
#include "services/regulation/roster_acts.h"
#include "services/regulation/roster_work.h"

namespace sas::regulation::acts {
namespace {

constexpr char kShiftName[] = "regions/*/shifts/*";
constexpr int kOrdersPage = 1000;

// One's own shift, or the supervisor for somebody.
absl::StatusOr<v1::Shift> OpenOwn(RegulationTransaction& transaction, const base::Call& call,
                                  const std::string& name) {
  SAS_ASSIGN_OR_RETURN(v1::Shift shift, transaction.roster().GetShift(name));
  SAS_RETURN_IF_ERROR(CheckTerritoryRight(call.actor, shift.territory()));
  if (shift.subject() != call.actor.subject && call.actor.role != base::Role::kSupervisor) {
    return base::Fail(absl::StatusCode::kPermissionDenied, "NOT_OWN_SHIFT",
                      "this is a colleague's shift; he signs in himself, or the supervisor does");
  }
  return shift;
}

// Orders of the territory that nobody has (hazard H-15).
absl::Status CountUnclaimed(RegulationTransaction& transaction, base::Instant now,
                            const v1::Shift& shift, v1::SignOutResponse& response) {
  OrderQuery query;
  query.region = std::string(base::RegionOf(shift.name()));
  query.territories = {shift.territory()};
  query.limit = kOrdersPage;
  SAS_ASSIGN_OR_RETURN(const auto orders, transaction.ListOrders(query));
  response.set_unclaimed_order_count(static_cast<std::int32_t>(std::count_if(
      orders.begin(), orders.end(),
      [&](const v1::CareOrder& order) { return !IsLive(ToValue(order.claim()), now); })));
  return absl::OkStatus();
}

// What he has in hand goes back to the head of its band, with its age (hazard H-11).
absl::Status Release(RegulationTransaction& transaction, const base::Call& call, base::Instant now,
                     const v1::Shift& shift, v1::SignOutResponse& response) {
  SAS_ASSIGN_OR_RETURN(auto held,
                       HeldIn(transaction, std::string(base::RegionOf(shift.name())), now));
  SAS_ASSIGN_OR_RETURN(const Held released, ReleaseHeld(transaction, call, now, shift.subject(),
                                                        held[shift.subject()], "", ""));
  response.mutable_released_cases()->Assign(released.cases.begin(), released.cases.end());
  response.mutable_released_orders()->Assign(released.orders.begin(), released.orders.end());
  return CountUnclaimed(transaction, now, shift, response);
}

absl::Status CountStaying(RegulationTransaction& transaction, base::Instant now,
                          const v1::Shift& shift, v1::SignOutResponse& response) {
  SAS_ASSIGN_OR_RETURN(const auto shifts,
                       ShiftsAt(transaction, std::string(base::RegionOf(shift.name())),
                                {shift.territory()}, now, now + std::chrono::microseconds(1)));
  const RosterQueue queue = QueueOf(static_cast<base::Role>(shift.role()));
  response.set_staying_count(static_cast<std::int32_t>(
      std::count_if(shifts.begin(), shifts.end(), [&](const v1::Shift& each) {
        const ShiftValue value = ToValue(each);
        return QueueOf(value.role) == queue && OnShift(value, now);
      })));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::Shift> SignIn(RosterDesk& desk, const base::Call& call,
                                 const v1::SignInRequest& request) {
  SAS_RETURN_IF_ERROR(CheckName(call, kShiftName, request.name(), "name"));
  return ledger::WriteOnce<v1::Shift>(
      desk.desk.store, call, request,
      [&](RegulationTransaction& transaction) -> absl::StatusOr<v1::Shift> {
        const base::Instant now = desk.desk.clock.Now();
        SAS_ASSIGN_OR_RETURN(v1::Shift shift, OpenOwn(transaction, call, request.name()));
        SAS_RETURN_IF_ERROR(CheckSignIn(ToValue(shift), now));
        if (shift.place() == v1::Shift::PLACE_REMOTE && !request.second_line_confirmed()) {
          return base::InvalidField("second_line_confirmed", "SECOND_LINE_REQUIRED",
                                    "who regulates at home has a second telephone path: check it, "
                                    "then say so");
        }
        if (shift.state() == v1::Shift::STATE_SIGNED_IN) return shift;
        shift.set_state(v1::Shift::STATE_SIGNED_IN);
        if (!shift.has_sign_in_time()) *shift.mutable_sign_in_time() = ToTimestamp(now);
        SAS_RETURN_IF_ERROR(SaveShift(transaction, shift, "shift.signed_in", ActOf(call),
                                      "place=" + v1::Shift::Place_Name(shift.place())));
        return shift;
      });
}

absl::StatusOr<v1::SignOutResponse> SignOut(RosterDesk& desk, const base::Call& call,
                                            const v1::SignOutRequest& request) {
  SAS_RETURN_IF_ERROR(CheckName(call, kShiftName, request.name(), "name"));
  return ledger::WriteOnce<v1::SignOutResponse>(
      desk.desk.store, call, request,
      [&](RegulationTransaction& transaction) -> absl::StatusOr<v1::SignOutResponse> {
        const base::Instant now = desk.desk.clock.Now();
        SAS_ASSIGN_OR_RETURN(v1::Shift shift, OpenOwn(transaction, call, request.name()));
        if (shift.state() != v1::Shift::STATE_SIGNED_IN) {
          return base::Fail(absl::StatusCode::kFailedPrecondition, "NOT_SIGNED_IN",
                            "nobody is signed in on this shift");
        }
        shift.set_state(v1::Shift::STATE_SIGNED_OUT);
        *shift.mutable_sign_out_time() = ToTimestamp(now);
        v1::SignOutResponse response;
        SAS_RETURN_IF_ERROR(Release(transaction, call, now, shift, response));
        SAS_RETURN_IF_ERROR(
            SaveShift(transaction, shift, "shift.signed_out", ActOf(call),
                      "released_cases=" + std::to_string(response.released_cases_size()) +
                          " released_orders=" + std::to_string(response.released_orders_size())));
        SAS_RETURN_IF_ERROR(CountStaying(transaction, now, shift, response));
        *response.mutable_shift() = std::move(shift);
        return response;
      });
}

}  // namespace sas::regulation::acts
