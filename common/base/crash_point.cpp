#include "common/base/crash_point.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <cstdio>
#include <iterator>

namespace sas::base {
namespace {

constexpr std::size_t kNone = std::size(kCrashPoints);
constexpr int kPassingsMax = 1'000'000;

std::atomic<std::size_t> armed_point{kNone};
std::atomic<int> passings_left{0};

}  // namespace

void AtCrashPoint(CrashPoint point) {
  if (armed_point.load(std::memory_order_relaxed) != point.index()) return;
  if (passings_left.fetch_sub(1) != 1) return;
  kill(getpid(), SIGKILL);
  while (true) pause();  // The signal ends all threads; none may go on meanwhile.
}

bool ArmCrashPoint(std::string_view armed) {
  armed_point = kNone;
  if (armed.empty()) return true;
  const std::size_t colon = armed.find(':');
  const std::string_view name = armed.substr(0, colon);
  int passings = 1;
  if (colon != std::string_view::npos) {
    const char* const end = armed.data() + armed.size();
    const auto [rest, fault] = std::from_chars(armed.data() + colon + 1, end, passings);
    if (fault != std::errc() || rest != end) passings = 0;
  }
  const auto* const found = std::find(std::begin(kCrashPoints), std::end(kCrashPoints), name);
  if (found == std::end(kCrashPoints) || passings < 1 || passings > kPassingsMax) {
    return false;
  }
  passings_left = passings;
  armed_point = static_cast<std::size_t>(std::distance(std::begin(kCrashPoints), found));
  return true;
}

bool ListCrashPoints(std::string_view service, int argc, char** argv) {
  if (argc != 2 || std::string_view(argv[1]) != "--list-crash-points") return false;
  for (const std::string_view point : kCrashPoints) {
    const std::string_view owner = point.substr(0, point.find('.'));
    if (owner == service || owner == "ledger") std::puts(point.data());
  }
  return true;
}

}  // namespace sas::base
