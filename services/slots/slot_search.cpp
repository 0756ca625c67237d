#include "services/slots/slot_search.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "common/base/page_token.h"
#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "common/care/geo.h"
#include "services/slots/domain/search_rank.h"
#include "services/slots/search_pages.h"
#include "services/slots/slot_answers.h"
#include "services/slots/slot_lookup.h"
#include "services/slots/slot_rules.h"

namespace sas::slots {
namespace {

static_assert(std::chrono::minutes(kWindowMax).count() <= kRankedMinutesMax,
              "a window is ranked to its end");

using std::chrono::hours;

constexpr int kPageStandard = 20;
constexpr int kPageMax = 50;

absl::StatusOr<care::Point> ReadCentre(const v1::SearchSlotsRequest& request,
                                       const RegionView& view) {
  if (request.has_point()) {
    const care::Point point{request.point().latitude_degrees(),
                            request.point().longitude_degrees()};
    SAS_RETURN_IF_ERROR(care::CheckPoint(point, "point"));
    return point;
  }
  if (request.insee_code().empty()) {
    return base::InvalidField("insee_code", "PLACE_REQUIRED", "give a commune or a point");
  }
  return view.communes->Centre(request.insee_code(), "insee_code");
}

absl::StatusOr<Query> ReadQuery(const base::Call& call, const v1::SearchSlotsRequest& request,
                                const RegionView& view, base::Instant now) {
  Query query;
  SAS_ASSIGN_OR_RETURN(query.need, ReadNeed(request.need(), call.actor.profession, "need"));
  SAS_RETURN_IF_ERROR(CheckAsker(call.actor, query.need));
  query.need.asker = AskerOf(call.actor, view, base::RegionOf(request.parent()));
  query.radius_meters =
      request.radius_meters() == 0 ? kRadiusStandardMeters : request.radius_meters();
  if (query.radius_meters < 0 || query.radius_meters > kRadiusMaxMeters) {
    return base::InvalidField("radius_meters", "INVALID_RADIUS",
                              "between 1 and " + std::to_string(kRadiusMaxMeters) + " metres",
                              {{"radius_meters_max", std::to_string(kRadiusMaxMeters)}});
  }
  SAS_ASSIGN_OR_RETURN(query.start,
                       ReadTime(request.has_start_time(), request.start_time(), now, "start_time"));
  if (query.start < now - kStartInPastMax) {
    return base::InvalidField("start_time", "START_IN_PAST", "slots of the past cannot be had");
  }
  SAS_ASSIGN_OR_RETURN(query.end, ReadTime(request.has_end_time(), request.end_time(),
                                           query.start + kWindowStandard, "end_time"));
  if (query.end <= query.start) {
    return base::InvalidField("end_time", "INVALID_TIME_RANGE", "the end is not after the start");
  }
  if (query.end > query.start + kWindowMax) {
    return base::InvalidField("end_time", "WINDOW_TOO_LONG", "at most 14 days after the start");
  }
  SAS_ASSIGN_OR_RETURN(query.due,
                       ReadTime(request.has_due_time(), request.due_time(), query.end, "due_time"));
  SAS_ASSIGN_OR_RETURN(query.centre, ReadCentre(request, view));
  query.now = now;
  query.start = std::max(query.start, now);
  return query;
}

std::uint64_t MarkOf(const SlotRef& slot) {
  return ShownMark(slot.site().name(), slot.agenda(), slot.start_minute());
}

/// How a patient may be seen beside what was asked for.
struct OtherMode {
  Mode mode;
  const char* label;
};

constexpr OtherMode kOtherModes[] = {{Mode::kVr, "téléconsultation aussi"},
                                     {Mode::kHh, "à domicile aussi"},
                                     {Mode::kAmb, "au cabinet aussi"}};

std::string KilometresText(int meters) {
  return std::to_string((meters + 500) / 1000);
}

// Matches of `wider` that `found` does not have, in few words; false when there are none.
bool AddWidening(const RegionView& view, const Found& found, const Query& wider, const char* kind,
                 const std::string& label, const char* agreed_by,
                 std::vector<v1::Widening>& widenings) {
  const Outline further = Count(*view.index, wider, found.matches);
  if (further.count == 0) return false;
  v1::Widening& widening = widenings.emplace_back();
  widening.set_kind_code(kind);
  widening.set_label(label);
  widening.set_match_count(static_cast<int>(further.count));
  *widening.mutable_first_start_time() = ToTimestamp(further.first_start);
  widening.set_agreed_by(agreed_by);
  return true;
}

void AddWidenings(const RegionView& view, const Found& found, const Query& query,
                  std::vector<v1::Widening>& widenings) {
  Query wider = query;
  wider.excluded_limit = 0;
  Query farther = wider;
  farther.radius_meters = std::min(kRadiusMaxMeters, query.radius_meters + query.radius_meters / 2);
  if (farther.radius_meters > query.radius_meters) {
    const std::string label = KilometresText(farther.radius_meters) + " km au lieu de " +
                              KilometresText(query.radius_meters);
    if (AddWidening(view, found, farther, "RADIUS", label, "", widenings)) {
      for (const Uncovered& each : view.border->Within(farther.centre, farther.radius_meters)) {
        *widenings.back().add_uncovered_departments() = ToUncovered(each);
      }
    }
  }
  Query later = wider;
  later.end = std::min<base::Instant>(query.end + kWindowStandard, query.start + kWindowMax);
  if (later.end > query.end) {
    // Past the deadline of the order only a regulator may go (S1-01).
    const char* agreed_by = later.end > query.due ? "REGULATOR" : "";
    AddWidening(view, found, later, "WINDOW", "48 h de plus", agreed_by, widenings);
  }
  for (const OtherMode& other : kOtherModes) {
    const auto& asked = query.need.modes;
    if (std::find(asked.begin(), asked.end(), other.mode) != asked.end()) continue;
    if (other.mode == Mode::kAmb && query.need.without_vehicle) continue;  // He cannot come.
    Query also = wider;
    also.need.modes.push_back(other.mode);
    if (AddWidening(view, found, also, "MODE", other.label, "REGULATOR", widenings)) {
      widenings.back().set_mode(static_cast<type::v1::ConsultationMode>(other.mode));
    }
  }
}

absl::StatusOr<SearchPage> FindPageIn(const base::Call& call, const v1::SearchSlotsRequest& request,
                                      const RegionView& view, base::Instant now) {
  SAS_ASSIGN_OR_RETURN(const int page_size,
                       base::PageSize(request.page_size(), kPageStandard, kPageMax));
  v1::SearchSlotsRequest bound = request;
  bound.clear_page_size();
  bound.clear_page_token();
  const std::string identity = bound.SerializeAsString() + call.actor.profession +
                               std::to_string(static_cast<int>(call.actor.role)) +
                               call.actor.organization;
  SAS_ASSIGN_OR_RETURN(SearchPosition position,
                       ReadSearchToken(identity, request.page_token(), now));
  const bool first_page = request.page_token().empty();
  if (first_page) position.now = now;
  SearchPage page;
  SAS_ASSIGN_OR_RETURN(page.query, ReadQuery(call, request, view, position.now));
  page.query.present = now;

  const auto shown_max = static_cast<std::size_t>(page_size);
  // One more than is shown, to know whether there is another page; what was shown may come first.
  page.query.limit =
      position.shown.size() + std::max<std::size_t>(shown_max + 1, first_page ? kThinAnswer : 0);
  page.query.excluded_limit = first_page ? kExcludedMax : 0;
  page.kept = view.index;
  page.found = Search(*view.index, page.query);
  if (!first_page) {
    std::erase_if(page.found.matches,
                  [&](const Match& match) { return position.Shows(MarkOf(match.slot)); });
  }
  const Found& found = page.found;
  if (first_page) {
    page.uncovered = view.border->Within(page.query.centre, page.query.radius_meters);
  }
  if (first_page && found.total < kThinAnswer) {
    AddWidenings(view, found, page.query, page.widenings);
  }
  if (found.matches.size() > shown_max) {
    page.found.matches.resize(shown_max);
    for (const Match& match : found.matches) position.shown.push_back(MarkOf(match.slot));
    page.next_page_token = MakeSearchToken(identity, position);
  }
  return page;
}

}  // namespace

absl::StatusOr<SearchPage> FindPage(const base::Call& call, const v1::SearchSlotsRequest& request,
                                    const RegionView& view, base::Instant now) {
  if (request.need().moving_slot().empty()) return FindPageIn(call, request, view, now);
  SAS_ASSIGN_OR_RETURN(
      const SlotRef from,
      FindMovingSlot(view, request.parent(), request.need().moving_slot(), "need.moving_slot"));
  if (!from) return FindPageIn(call, request, view, now);  // Past: it counts nowhere.
  RegionView without = view;
  without.index = view.index->Leaving(from);
  return FindPageIn(call, request, without, now);
}

v1::SearchSlotsResponse ToResponse(const RegionView& view, const SearchPage& page,
                                   base::Role reader, base::Instant now) {
  v1::SearchSlotsResponse response;
  for (const Match& match : page.found.matches) {
    *response.add_matches() = ToMatch(view, match, page.query, reader, now);
  }
  for (const Excluded& each : page.found.excluded) {
    *response.add_excluded_sites() = ToExcluded(each, page.query.need);
  }
  for (v1::ExcludedCount& each : ToExcludedCounts(page.found.excluded_counts)) {
    *response.add_excluded_counts() = std::move(each);
  }
  for (const v1::Widening& widening : page.widenings) *response.add_widenings() = widening;
  for (const Uncovered& each : page.uncovered) {
    *response.add_uncovered_departments() = ToUncovered(each);
  }
  response.set_next_page_token(page.next_page_token);
  response.set_total_count(static_cast<int>(page.found.total));
  response.mutable_centre()->set_latitude_degrees(page.query.centre.latitude);
  response.mutable_centre()->set_longitude_degrees(page.query.centre.longitude);
  if (view.fresh != base::Instant()) *response.mutable_fresh_time() = ToTimestamp(view.fresh);
  if (Stale(view, now)) response.add_missing_sources(kAvailabilitySource);
  for (const std::string& partner : page.silent_partners) response.add_missing_sources(partner);
  return response;
}

}  // namespace sas::slots
