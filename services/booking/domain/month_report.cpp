#include "services/booking/domain/month_report.h"

#include <algorithm>

#include "common/base/status.h"

namespace sas::booking {
namespace {

constexpr std::size_t kMonthLength = 7;  ///< YYYY-MM
constexpr std::size_t kCancelled = 4;    ///< In the order of Outcomes.
constexpr std::size_t kAbandoned = 3;

absl::Status InvalidMonth() {
  return base::InvalidField("month", "INVALID_MONTH",
                            "YYYY-MM, a month that has begun, for example 2026-11");
}

bool IsSmall(std::int64_t count) {
  return count > 0 && count <= kSmallMax;
}

void Hide(ReportCount& count) {
  count.count = 0;
  count.masked = true;
}

void HideAll(std::vector<ReportCount>& counts) {
  for (ReportCount& each : counts) {
    if (each.count > 0) Hide(each);
  }
}

// The parts of a total that is shown. What is hidden must be about 5 at least, and of two parts at
// least, or the total tells it.
void HideParts(ReportCount* first, ReportCount* last) {
  std::int64_t hidden = 0;
  int parts = 0;
  const auto hide = [&](ReportCount& each) {
    hidden += each.count;
    ++parts;
    Hide(each);
  };
  for (ReportCount* each = first; each != last; ++each) {
    if (IsSmall(each->count)) hide(*each);
  }
  while (parts > 0 && (parts == 1 || hidden <= kSmallMax)) {
    ReportCount* least = nullptr;
    for (ReportCount* each = first; each != last; ++each) {
      if (each->count > 0 && (least == nullptr || each->count < least->count)) least = each;
    }
    if (least == nullptr) return;  // Nothing is shown beside the total, which is as small.
    hide(*least);
  }
}

void HideParts(std::vector<ReportCount>& counts) {
  HideParts(counts.data(), counts.data() + counts.size());
}

}  // namespace

absl::StatusOr<Month> ParseMonth(std::string_view text, const care::Zone& zone, base::Instant now) {
  if (text.size() != kMonthLength) return InvalidMonth();
  const auto first = care::ParseDate(std::string(text) + "-01", "month");
  if (!first.ok()) return InvalidMonth();
  Month month;
  month.text = std::string(text);
  month.first = *first;
  const care::Date next{first->month == 12 ? first->year + 1 : first->year, first->month % 12 + 1,
                        1};
  month.last = care::AddDays(next, -1);
  month.start = zone.At(month.first, {0});
  month.end = zone.At(next, {0});
  return month.start <= now ? absl::StatusOr<Month>(month) : InvalidMonth();
}

void MonthCounts::Add(const ReportedAppointment& appointment) {
  const auto count = [](Counts& counts, std::string_view label) { ++counts[std::string(label)]; };
  ++booked_;
  count(entry_points_, appointment.entry_point);
  count(professions_, appointment.profession);
  switch (appointment.state) {
    case State::kFulfilled:
      ++fulfilled_;
      break;
    case State::kNoShow:
      ++no_show_;
      break;
    case State::kAbandoned:
      ++abandoned_count_;
      count(abandoned_, appointment.abandon_reason);
      break;
    case State::kCancelled:
      ++cancelled_count_;
      count(cancelled_, appointment.cancel_reason);
      break;
    default:
      break;
  }
}

std::vector<ReportCount> MonthCounts::Outcomes() const {
  const std::int64_t open = booked_ - fulfilled_ - no_show_ - abandoned_count_ - cancelled_count_;
  return {{"BOOKED", booked_},
          {"FULFILLED", fulfilled_},
          {"NO_SHOW", no_show_},
          {"ABANDONED", abandoned_count_},
          {"CANCELLED", cancelled_count_},
          {"OPEN", open}};
}

std::vector<ReportCount> MonthCounts::Listed(const Counts& counts) {
  std::vector<ReportCount> listed;
  for (const auto& [label, count] : counts) listed.push_back({label, count});
  return listed;
}

MonthFigures FiguresOf(const MonthCounts& counts, std::int64_t seats) {
  return {counts.Outcomes(),     counts.AbandonedByReason(), counts.CancelledByReason(),
          counts.ByEntryPoint(), counts.ByProfession(),      {counts.kept(), seats}};
}

void MaskSmall(MonthFigures& figures) {
  std::vector<ReportCount>& outcomes = figures.outcomes;
  const bool none_to_tell = IsSmall(outcomes[0].count);
  if (none_to_tell) {
    HideAll(outcomes);
  } else {
    HideParts(outcomes.data() + 1, outcomes.data() + outcomes.size());
  }
  const auto follow = [&](std::vector<ReportCount>& parts, bool total_hidden) {
    total_hidden ? HideAll(parts) : HideParts(parts);
  };
  follow(figures.abandoned_by_reason, outcomes[kAbandoned].masked);
  follow(figures.cancelled_by_reason, outcomes[kCancelled].masked);
  follow(figures.by_entry_point, none_to_tell);
  follow(figures.by_profession, none_to_tell);
  // All but the cancelled ones: with the total it would tell how many these were.
  const std::int64_t kept = figures.fill.appointments;
  if (IsSmall(kept) || none_to_tell || outcomes[kCancelled].masked) {
    figures.fill.appointments = 0;
    figures.fill.masked = kept > 0;
  }
}

}  // namespace sas::booking
