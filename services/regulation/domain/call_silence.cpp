#include "services/regulation/domain/call_silence.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <set>

#include "common/base/status.h"
#include "common/care/identifiers.h"

namespace sas::regulation {
namespace {

constexpr double kChanceMax = 1e-4;
constexpr double kCallsMax = 100'000;  // In an hour.
constexpr std::string_view kHeader = "territory,day,hour,low,high";
constexpr std::array<std::string_view, 8> kDays{"MON", "TUE", "WED", "THU",
                                                "FRI", "SAT", "SUN", "HOL"};
constexpr int kSunday = 6;
constexpr int kHoliday = 7;

absl::Status InvalidLine(int line, const char* what) {
  return base::InvalidField("call_bands", "INVALID_CALL_BANDS", what,
                            {{"line", std::to_string(line)}});
}

std::vector<std::string_view> Cells(std::string_view line) {
  std::vector<std::string_view> cells;
  while (true) {
    const std::size_t comma = line.find(',');
    cells.push_back(line.substr(0, comma));
    if (comma == std::string_view::npos) return cells;
    line.remove_prefix(comma + 1);
  }
}

template <typename Value>
bool Read(std::string_view text, Value& value) {
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  return fault == std::errc() && end == text.data() + text.size();
}

// ln P(X = k) of a Poisson variable.
double LogMass(int k, double mean) {
  return k * std::log(mean) - mean - std::lgamma(k + 1.0);
}

// P(X <= k).
double AtMost(int k, double mean) {
  if (mean <= 0) return 1;
  double sum = 0;
  for (int i = 0; i <= k; ++i) sum += std::exp(LogMass(i, mean));
  return std::min(sum, 1.0);
}

bool TooFew(int calls, double low) {
  return calls < low && AtMost(calls, low) < kChanceMax;
}

bool TooMany(int calls, double high) {
  return calls > high && 1 - AtMost(calls - 1, high) < kChanceMax;
}

}  // namespace

absl::StatusOr<CallBands> CallBands::Parse(std::string_view text) {
  CallBands bands;
  bool headed = false;
  for (int number = 1; !text.empty(); ++number) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (line.empty() || line[0] == '#') continue;
    if (!headed) {
      if (line != kHeader) return InvalidLine(number, "begin with territory,day,hour,low,high");
      headed = true;
      continue;
    }
    const auto cells = Cells(line);
    if (cells.size() != 5) return InvalidLine(number, "write territory,day,hour,low,high");
    const std::string territory(cells[0]);
    const auto day = std::find(kDays.begin(), kDays.end(), cells[1]);
    int hour = -1;
    CallBand band;
    if (!care::CheckTerritory(territory, "call_bands").ok() || day == kDays.end() ||
        !Read(cells[2], hour) || hour < 0 || hour > 23) {
      return InvalidLine(number, "territory as 85, day MON to SUN or HOL, hour 0 to 23");
    }
    if (!Read(cells[3], band.low) || !Read(cells[4], band.high) || !(band.low >= 0) ||
        !(band.low <= band.high) || !(band.high <= kCallsMax)) {
      return InvalidLine(number, "calls in an hour: low not above high, both 0 to 100000");
    }
    const auto key = std::tuple(territory, static_cast<int>(day - kDays.begin()), hour);
    if (!bands.bands_.emplace(key, band).second)
      return InvalidLine(number, "this hour came before");
    if (bands.bands_.size() > kLinesMax) return InvalidLine(number, "too many lines");
  }
  return bands;
}

std::optional<CallBand> CallBands::At(const std::string& territory, base::Instant at,
                                      const care::Zone& zone) const {
  const care::Date date = zone.DateOf(at);
  const int hour = zone.TimeOf(at).minutes / 60;
  const bool holiday = !care::PublicHoliday(date, care::HolidayRegimeOf(territory)).empty();
  if (holiday) {
    const auto own = bands_.find({territory, kHoliday, hour});
    if (own != bands_.end()) return own->second;
  }
  const auto found = bands_.find({territory, holiday ? kSunday : care::Weekday(date) - 1, hour});
  if (found == bands_.end()) return std::nullopt;
  return found->second;
}

std::vector<std::string> CallBands::Territories() const {
  std::set<std::string> names;
  for (const auto& [key, band] : bands_) names.insert(std::get<0>(key));
  return {names.begin(), names.end()};
}

CallVerdict JudgeCalls(const CallBands& bands, const std::string& territory,
                       const std::vector<base::Instant>& calls, base::Instant listening,
                       base::Instant now, const care::Zone& zone) {
  CallVerdict verdict;
  double low = 0;
  double high = 0;
  std::chrono::minutes summed{0};
  for (const std::chrono::minutes window : kCallWindows) {
    for (; summed < window; summed += std::chrono::minutes(1)) {
      const auto band = bands.At(territory, now - summed - std::chrono::seconds(30), zone);
      if (!band) return verdict;  // What was judged of shorter windows stands.
      low += band->low / 60;
      high += band->high / 60;
    }
    if (now - window < listening) {
      if (verdict.state == CallState::kNoBand) verdict.state = CallState::kStarting;
      return verdict;
    }
    const auto heard = std::count_if(calls.begin(), calls.end(), [&](base::Instant call) {
      return now - window < call && call <= now;
    });
    verdict = {CallState::kNormal, window, static_cast<int>(heard), low, high};
    if (TooFew(verdict.calls, low)) verdict.state = CallState::kSilent;
    if (TooMany(verdict.calls, high)) verdict.state = CallState::kHigh;
    if (verdict.state != CallState::kNormal) return verdict;
  }
  return verdict;
}

}  // namespace sas::regulation
