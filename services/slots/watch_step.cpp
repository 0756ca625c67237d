#include "services/slots/watch_step.h"

#include <algorithm>
#include <utility>

#include "common/base/status.h"
#include "services/slots/convert.h"
#include "services/slots/slot_answers.h"

namespace sas::slots {
namespace {

// All that is told of a match, but for what moves while nothing happens.
std::string ContentOf(v1::SlotMatch match) {
  match.clear_score();
  match.clear_information_age();
  auto& terms = *match.mutable_score_terms();
  terms.erase(std::remove_if(terms.begin(), terms.end(),
                             [](const v1::ScoreTerm& term) {
                               return term.code() == "DELAY" || term.code() == "ROTATION";
                             }),
              terms.end());
  // Our own feed vouches all the time, a slot's own source now and then.
  if (match.slot().partner().empty()) match.mutable_slot()->clear_verify_time();
  return match.SerializeAsString();
}

std::vector<WatchedSlot> WatchedSlots(const v1::SearchSlotsResponse& answer) {
  std::vector<WatchedSlot> slots;
  slots.reserve(static_cast<std::size_t>(answer.matches_size()));
  for (const v1::SlotMatch& match : answer.matches()) {
    slots.push_back({match.slot().name(), ContentOf(match)});
  }
  return slots;
}

// All of an answer that changes and the head of a message do not carry.
std::string Beside(v1::SearchSlotsResponse& answer) {
  google::protobuf::RepeatedPtrField<v1::SlotMatch> matches;
  matches.Swap(answer.mutable_matches());  // Not to be copied.
  v1::SearchSlotsResponse rest = answer;
  matches.Swap(answer.mutable_matches());
  rest.clear_total_count();
  rest.clear_fresh_time();
  rest.clear_missing_sources();
  // A token is another one each time, and a console may use the one that it has.
  if (!rest.next_page_token().empty()) rest.set_next_page_token("more");
  return rest.SerializeAsString();
}

v1::AvailabilityChanges ToChanges(const WatchDiff& diff, const v1::SearchSlotsResponse& answer) {
  v1::AvailabilityChanges changes;
  const auto place = [&answer](std::size_t position, v1::PlacedMatch& placed) {
    placed.set_position(static_cast<int>(position));
    *placed.mutable_match() = answer.matches(static_cast<int>(position));
  };
  for (const std::size_t position : diff.added) place(position, *changes.add_added());
  for (const std::size_t position : diff.changed) place(position, *changes.add_changed());
  for (const std::string& slot : diff.taken) changes.add_taken(slot);
  changes.set_total_count(answer.total_count());
  return changes;
}

}  // namespace

void PinWindow(const Query& query, v1::SearchSlotsRequest& search) {
  *search.mutable_start_time() = ToTimestamp(query.start);
  *search.mutable_end_time() = ToTimestamp(query.end);
  *search.mutable_due_time() = ToTimestamp(query.due);
}

absl::Status MoveWindow(v1::SearchSlotsRequest& search, base::Instant now) {
  SAS_ASSIGN_OR_RETURN(const base::Instant end,
                       ReadTime(true, search.end_time(), now, "search.end_time"));
  if (now >= end) {
    return base::Fail(absl::StatusCode::kOutOfRange, "WINDOW_PASSED",
                      "the time that was searched is over; search a new one");
  }
  SAS_ASSIGN_OR_RETURN(const base::Instant start,
                       ReadTime(true, search.start_time(), now, "search.start_time"));
  // A search of the past is refused: who watches means what is left of the window.
  if (start < now) *search.mutable_start_time() = ToTimestamp(now);
  return absl::OkStatus();
}

std::vector<v1::WatchAvailabilityResponse> StepsTo(v1::SearchSlotsResponse answer, bool whole,
                                                   std::chrono::nanoseconds now, Told& told) {
  std::vector<WatchedSlot> shown = WatchedSlots(answer);
  std::string beside = Beside(answer);
  std::vector<std::string> missing(answer.missing_sources().begin(),
                                   answer.missing_sources().end());
  const int total = answer.total_count();
  // That a source is silent, or back, is about every line: nobody waits for it.
  whole = whole || missing != told.missing;
  const bool around = beside != told.beside && now - told.beside_at >= kBesidePause;
  std::vector<v1::WatchAvailabilityResponse> steps;
  if (!whole) {
    const WatchDiff diff = Diff(told.shown, shown);
    const bool counted = total != told.total && now - told.at >= kBesidePause;
    if (!diff.empty() || (counted && !around)) {
      *steps.emplace_back().mutable_changes() = ToChanges(diff, answer);
    }
  }
  if (whole || around) {
    *steps.emplace_back().mutable_snapshot() = std::move(answer);
    told.beside = std::move(beside);
    told.beside_at = now;
  }
  if (steps.empty()) return steps;
  told.shown = std::move(shown);
  told.total = total;
  told.missing = std::move(missing);
  return steps;
}

}  // namespace sas::slots
