#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/clock.h"
#include "common/care/calendar.h"

namespace sas::regulation {

/// Calls in an hour that is like any other of its kind.
struct CallBand {
  double low = 0;   ///< The fewest.
  double high = 0;  ///< The most.
};

/// What each hour of each weekday and of public holidays usually brings, territory by territory.
/// Declared by people, from the figures of past months; immutable after Parse.
class CallBands {
 public:
  static constexpr std::size_t kLinesMax = 20'000;

  /// A file of lines `territory,day,hour,low,high` under that header: day MON … SUN or HOL, hour
  /// 0 to 23 in Paris, calls in that hour. `#` begins a comment. INVALID_ARGUMENT
  /// `INVALID_CALL_BANDS` with the line.
  static absl::StatusOr<CallBands> Parse(std::string_view text);

  /// Of the hour in which `at` lies; a holiday without a line of its own is like a Sunday.
  std::optional<CallBand> At(const std::string& territory, base::Instant at,
                             const care::Zone& zone) const;

  std::vector<std::string> Territories() const;

  bool empty() const { return bands_.empty(); }

 private:
  /// Territory, day (0 Monday … 6 Sunday, 7 holiday), hour.
  std::map<std::tuple<std::string, int, int>, CallBand> bands_;
};

/// Values equal CallRate.State.
enum class CallState {
  kUnspecified = 0,
  kNoBand = 1,
  kStarting = 2,
  kNormal = 3,
  kSilent = 4,
  kHigh = 5
};

struct CallVerdict {
  CallState state = CallState::kNoBand;
  std::chrono::minutes window{};
  int calls = 0;
  double low = 0;  ///< Expected in the window.
  double high = 0;
};

/// Windows that are looked at, shortest first.
inline constexpr std::chrono::minutes kCallWindows[] = {
    std::chrono::minutes(5), std::chrono::minutes(10), std::chrono::minutes(15),
    std::chrono::minutes(30), std::chrono::minutes(60)};
inline constexpr std::chrono::minutes kCallsKept{60};  ///< The longest of them.

/// Is it too quiet, or too loud? Calls come by chance, so a count is called too low when even the
/// low end of the band would bring so few in less than one of 10 000 such windows (Poisson). The
/// shortest window that can show it decides: 5 min where the band has 111 calls an hour, an hour
/// where it has ten. A window that began before `listening` is not judged: what came before was
/// not heard. `calls` are the arrivals of the last hour, in any order.
CallVerdict JudgeCalls(const CallBands& bands, const std::string& territory,
                       const std::vector<base::Instant>& calls, base::Instant listening,
                       base::Instant now, const care::Zone& zone);

}  // namespace sas::regulation
