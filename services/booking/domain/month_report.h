#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/clock.h"
#include "common/care/calendar.h"
#include "services/booking/domain/appointment.h"

/// What became of a month's appointments (S2-55).
namespace sas::booking {

/// Grows when a definition changes: figures of two versions are not compared.
inline constexpr int kReportVersion = 1;
/// A count of so few people is hidden from readers outside (domain.md §2.2, k ≥ 5).
inline constexpr std::int64_t kSmallMax = 4;

struct Month {
  std::string text;  ///< YYYY-MM.
  care::Date first;
  care::Date last;
  base::Instant start{};
  base::Instant end{};  ///< Exclusive.
};

/// A calendar month of the zone: its days begin at its midnights, so a month with a change of hour
/// is an hour longer or shorter. INVALID_ARGUMENT `INVALID_MONTH`, also for one that has not begun.
absl::StatusOr<Month> ParseMonth(std::string_view text, const care::Zone& zone, base::Instant now);

struct ReportCount {
  std::string label;
  std::int64_t count = 0;
  bool masked = false;

  bool operator==(const ReportCount&) const = default;
};

/// One appointment, as the report sees it.
struct ReportedAppointment {
  State state = State::kUnspecified;
  std::string_view abandon_reason;
  std::string_view cancel_reason;
  std::string_view entry_point;
  std::string_view profession;
};

struct ReportedFill {
  std::int64_t appointments = 0;  ///< Without cancelled ones.
  std::int64_t seats = 0;
  bool masked = false;
};

/// Counts of a month. Memory grows with the codes, not with the appointments.
class MonthCounts {
 public:
  void Add(const ReportedAppointment& appointment);

  std::int64_t booked() const { return booked_; }

  /// BOOKED, FULFILLED, NO_SHOW, ABANDONED, CANCELLED, OPEN: the first is the sum of the others.
  std::vector<ReportCount> Outcomes() const;

  std::vector<ReportCount> AbandonedByReason() const { return Listed(abandoned_); }

  std::vector<ReportCount> CancelledByReason() const { return Listed(cancelled_); }

  std::vector<ReportCount> ByEntryPoint() const { return Listed(entry_points_); }

  std::vector<ReportCount> ByProfession() const { return Listed(professions_); }

  std::int64_t kept() const { return booked_ - cancelled_count_; }

 private:
  using Counts = std::map<std::string, std::int64_t, std::less<>>;

  static std::vector<ReportCount> Listed(const Counts& counts);

  std::int64_t booked_ = 0;
  std::int64_t fulfilled_ = 0;
  std::int64_t no_show_ = 0;
  std::int64_t abandoned_count_ = 0;
  std::int64_t cancelled_count_ = 0;
  Counts abandoned_;
  Counts cancelled_;
  Counts entry_points_;
  Counts professions_;
};

/// The whole report, as it is shown.
struct MonthFigures {
  std::vector<ReportCount> outcomes;
  std::vector<ReportCount> abandoned_by_reason;
  std::vector<ReportCount> cancelled_by_reason;
  std::vector<ReportCount> by_entry_point;
  std::vector<ReportCount> by_profession;
  ReportedFill fill;
};

MonthFigures FiguresOf(const MonthCounts& counts, std::int64_t seats);

/// For readers outside: hides each count of 1 to 4 people, and as many others as it takes that no
/// hidden one follows from what is shown. A zero is shown: it is about nobody.
void MaskSmall(MonthFigures& figures);

}  // namespace sas::booking
