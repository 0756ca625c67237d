#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "common/care/geo.h"
#include "common/care/identifiers.h"
#include "common/care/nomenclature.h"
#include "services/regulation/acts.h"
#include "services/regulation/case_right.h"
#include "services/regulation/convert.h"
#include "services/regulation/on_case.h"
#include "services/regulation/protected_case.h"
#include "services/regulation/view.h"

namespace sas::regulation::acts {
namespace {

absl::Status CheckSearch(const base::Call& call, const v1::SearchRepeatCandidatesRequest& request) {
  SAS_RETURN_IF_ERROR(CheckName(call, "regions/*", request.parent(), "parent"));
  if (!request.except().empty()) {
    SAS_RETURN_IF_ERROR(CheckName(call, kCaseName, request.except(), "except"));
  }
  if (request.phone_number().empty() && !request.has_point() && request.insee_code().empty()) {
    return base::InvalidField("phone_number", "SEARCH_KEY_REQUIRED",
                              "give the number, where it is, or the commune");
  }
  if (!request.phone_number().empty()) {
    SAS_RETURN_IF_ERROR(care::CheckPhoneNumber(request.phone_number(), "phone_number"));
  }
  if (request.has_point()) {
    SAS_RETURN_IF_ERROR(care::CheckPoint(PointOf(request.point()), "point"));
  }
  if (!request.insee_code().empty()) {
    SAS_RETURN_IF_ERROR(care::CheckInseeCode(request.insee_code(), "insee_code"));
  }
  return request.motif_code().empty() ? absl::OkStatus()
                                      : care::CheckMotif(request.motif_code(), "motif_code");
}

RepeatCall CallOf(const v1::SearchRepeatCandidatesRequest& request, base::Instant now) {
  RepeatCall call;
  call.number = request.phone_number();
  if (request.has_point()) call.point = PointOf(request.point());
  call.insee_code = request.insee_code();
  call.motif_code = request.motif_code();
  call.now = now;
  return call;
}

// Somebody who knows no more than a number learns neither where the patient is nor when he will be
// where (hazard H-35).
void HidePlaceAndAppointment(v1::CareOrder& order) {
  order.clear_place();
  order.clear_appointment();
  order.clear_appointment_site();
  order.clear_appointment_start_time();
  order.clear_refused_proposals();
  order.clear_reorientation();
}

// The soonest due of the orders that somebody still works.
absl::Status AddOrder(RegulationTransaction& transaction, const RepeatQuery& query,
                      v1::RepeatCandidate& candidate) {
  OrderQuery orders;
  orders.region = query.region;
  orders.case_name = candidate.regulation_case();
  orders.limit = 1;
  SAS_ASSIGN_OR_RETURN(auto open, transaction.ListOrders(orders));
  if (open.empty()) return absl::OkStatus();
  *candidate.mutable_open_order() = Show(std::move(open[0]), query.call.now);
  if (candidate.protected_contact()) HidePlaceAndAppointment(*candidate.mutable_open_order());
  return absl::OkStatus();
}

v1::RepeatCandidate CandidateOf(const RepeatQuery& query, const v1::RegulationCase& row) {
  const RepeatFacts facts = RepeatFactsOf(row);
  const Resemblance resemblance = Resembles(query.call, facts);
  v1::RepeatCandidate candidate;
  candidate.set_regulation_case(row.name());
  candidate.set_case_number(row.case_number());
  for (const RepeatMatch match : resemblance.matches) {
    candidate.add_matches(static_cast<v1::RepeatCandidate::Match>(match));
  }
  candidate.set_protected_contact(IsProtected(row));
  if (resemblance.distance_meters && !candidate.protected_contact()) {
    candidate.set_distance_meters(static_cast<std::int32_t>(*resemblance.distance_meters));
  }
  *candidate.mutable_last_call_time() = ToTimestamp(facts.last_call);
  candidate.set_call_count(1 + row.further_calls_size());
  candidate.set_priority(row.priority());
  candidate.set_state(row.state());
  candidate.set_motif_code(row.motif_code());
  candidate.set_etag(row.etag());
  return candidate;
}

}  // namespace

absl::StatusOr<v1::SearchRepeatCandidatesResponse> SearchRepeatCandidates(
    Desk& desk, const base::Call& call, const v1::SearchRepeatCandidatesRequest& request) {
  SAS_RETURN_IF_ERROR(CheckSearch(call, request));
  RepeatQuery query;
  query.region = std::string(base::RegionOf(request.parent()));
  query.except = request.except();
  query.call = CallOf(request, desk.clock.Now());
  const auto own = TerritoriesOf(call.actor, request.territory());
  v1::SearchRepeatCandidatesResponse response;
  SAS_RETURN_IF_ERROR(
      desk.store.Read(call, [&](RegulationTransaction& transaction) -> absl::Status {
        response.Clear();
        SAS_ASSIGN_OR_RETURN(query.territories,
                             OwnOrHelped(transaction, call.actor, query.region, own,
                                         request.territory(), query.call.now));
        SAS_ASSIGN_OR_RETURN(const auto rows, transaction.FindRepeated(query));
        for (const v1::RegulationCase& row : rows) {
          v1::RepeatCandidate& candidate = *response.add_candidates();
          candidate = CandidateOf(query, row);
          SAS_RETURN_IF_ERROR(AddOrder(transaction, query, candidate));
        }
        return absl::OkStatus();
      }));
  desk.metrics.Proposed(!response.candidates().empty());
  return response;
}

}  // namespace sas::regulation::acts
