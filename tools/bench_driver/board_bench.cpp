#include "tools/bench_driver/board_bench.h"

#include <sys/resource.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <fstream>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <thread>

#include "tools/bench_driver/board_calls.h"
#include "tools/bench_driver/board_flood.h"
#include "tools/bench_driver/board_watchers.h"
#include "tools/bench_driver/load.h"

namespace sas::bench {
namespace {

using std::chrono::milliseconds;

constexpr double kCallsPerSecond = 20;
constexpr double kSurge = 10;  // Times the ordinary rate.
constexpr int kCallers = 8;
constexpr int kSurgeCallers = 160;
constexpr int kNice = 10;
constexpr int kFirstSeconds = 60;
constexpr int kWarmSeconds = 2;
constexpr int kSettledProbes = 10;  // In a row: all is normal again.
constexpr double kSettledMs = 100;
constexpr milliseconds kProbePause{100};
constexpr int kRecoverySecondsMax = 60;
constexpr double kFanoutMsMax = 200;
constexpr double kVitalOkMin = 0.999;
constexpr double kRecoverySecondsGoal = 30;
constexpr milliseconds kDrawPause{1000};  // For the last acts to reach the boards.

// Resident bytes of the service.
double ResidentBytes(const BoardSetup& setup) {
  std::ifstream file("/proc/" + std::to_string(setup.pid) + "/statm");
  double size = 0;
  double resident = 0;
  file >> size >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE));
}

struct Surge {
  double vital_ok = 0;
  double recovery_s = 0;
  double vital_p99_ms = 0;
  nlohmann::json reads;  ///< By kind.
  std::uint64_t vital = 0;
  std::uint64_t late = 0;                         ///< Calls that nobody began to open within 2 s.
  std::map<std::string, std::uint64_t> refusals;  ///< By reason.
  std::vector<BoardAct> shown;
};

double Recovery(BoardCalls& calls) {
  const std::uint64_t begin = NowNs();
  int settled = 0;
  while (settled < kSettledProbes) {
    const double took = calls.Probe();
    settled = took >= 0 && took <= kSettledMs ? settled + 1 : 0;
    const double seconds = static_cast<double>(NowNs() - begin) / 1e9;
    if (seconds > kRecoverySecondsMax) return seconds;
    std::this_thread::sleep_for(kProbePause);
  }
  // The probes themselves are no part of it.
  const double probes = kSettledProbes * std::chrono::duration<double>(kProbePause).count();
  return std::max(0.0, static_cast<double>(NowNs() - begin) / 1e9 - probes);
}

Surge MakeSurge(const BoardSetup& setup, BoardCalls& calls) {
  Surge surge;
  BoardFlood flood(setup);
  auto figures = calls.Run(kSurge * kCallsPerSecond, setup.surge_seconds, kSurgeCallers, false);
  flood.Stop();
  for (const BoardFlood::Reads& reads : flood.reads()) {
    surge.reads[reads.name] = {{"answered", reads.answered.load()},
                               {"shed", reads.shed.load()},
                               {"failed", reads.failed.load()}};
  }
  surge.shown = std::move(figures.shown);
  surge.vital = figures.vital;
  surge.late = figures.late;
  surge.refusals = figures.refusals;
  surge.vital_ok = static_cast<double>(figures.vital_in_2s) / static_cast<double>(surge.vital);
  surge.vital_p99_ms = figures.acts.Milliseconds(0.99);
  surge.recovery_s = Recovery(calls);
  return surge;
}

// The goals of hazard H-41 and of the boards; without a surge, those of the boards.
bool GoalsMet(const nlohmann::json& told) {
  if (told["fanout_p99_ms"] > kFanoutMsMax || told["fanout_missing"] > 0) return false;
  if (!told.contains("surge_s")) return true;
  return told["vital_ok_2s"] >= kVitalOkMin && told["recovery_s"] <= kRecoverySecondsGoal;
}

nlohmann::json BoardBench(const BoardSetup& setup) {
  BoardCalls calls(setup);
  calls.Run(kCallsPerSecond, kWarmSeconds, kCallers, true);
  const double before = ResidentBytes(setup);
  std::vector<std::string> tokens;
  for (int i = 0; i < setup.watchers; ++i) tokens.push_back(RoomToken(setup, "supervisor", i));
  BoardWatchers watchers(setup.address, setup.region, tokens);
  if (!watchers.AwaitFirst(kFirstSeconds)) throw std::runtime_error("not every board has begun");
  const double with = ResidentBytes(setup);
  const auto figures = calls.Run(kCallsPerSecond, setup.seconds, kCallers, true);
  std::this_thread::sleep_for(kDrawPause);
  watchers.StopNoting();
  Surge surge;
  if (setup.surge_seconds > 0) surge = MakeSurge(setup, calls);
  const std::uint64_t lost = calls.CountLost(figures.shown) + calls.CountLost(surge.shown);
  const double after = ResidentBytes(setup);
  watchers.Stop();
  std::uint64_t missing = 0;
  const Histogram delays = watchers.Delays(figures.shown, missing);
  nlohmann::json told{
      {"bench", "board"},
      {"watchers", setup.watchers},
      {"calls_per_s", kCallsPerSecond},
      {"acts", figures.acts.total()},
      {"acts_refused", figures.refused},
      {"calls_lost", figures.late},
      {"act_p50_ms", figures.acts.Milliseconds(0.5)},
      {"act_p99_ms", figures.acts.Milliseconds(0.99)},
      {"fanout_p50_ms", delays.Milliseconds(0.5)},
      {"fanout_p99_ms", delays.Milliseconds(0.99)},
      {"fanout_missing", missing},
      {"streams_broken", watchers.broken()},
      {"boards_disagreeing", watchers.disagreeing()},
      {"dossiers_lost", lost},
      {"messages", watchers.messages()},
      {"bytes_per_watcher", static_cast<std::int64_t>((with - before) / setup.watchers)},
      {"rss_mb", after / 1e6}};
  if (setup.surge_seconds > 0) {
    told["surge_s"] = setup.surge_seconds;
    told["surge_vital"] = surge.vital;
    told["surge_late"] = surge.late;
    told["surge_refusals"] = surge.refusals;
    told["surge_vital_p99_ms"] = surge.vital_p99_ms;
    told["vital_ok_2s"] = surge.vital_ok;
    told["recovery_s"] = surge.recovery_s;
    std::cout << nlohmann::json{{"bench", "board_reads"}, {"reads", surge.reads}}.dump() << "\n";
  }
  told["goals_met"] = GoalsMet(told);
  return told;
}

}  // namespace

int BoardMain(int argc, char** argv) {
  CLI::App app{"Boards under load; use tools/bench board.", "sas-bench board"};
  BoardSetup setup;
  std::string key_file;
  app.add_option("--regulation", setup.address)->required();
  app.add_option("--key-file", key_file)->required();
  app.add_option("--pid", setup.pid)->required();
  app.add_option("--seconds", setup.seconds);
  app.add_option("--watchers", setup.watchers);
  app.add_option("--surge-seconds", setup.surge_seconds);
  CLI11_PARSE(app, argc, argv);
  // In the field 500 consoles have machines of their own: what they compute must not take the
  // service's processor. Threads inherit it.
  setpriority(PRIO_PROCESS, 0, kNice);
  std::ifstream in(key_file);
  std::getline(in, setup.key);
  try {
    const nlohmann::json told = BoardBench(setup);
    std::cout << told.dump() << "\n";
    if (told["dossiers_lost"] > 0) throw std::runtime_error("dossiers are lost");
    if (told["boards_disagreeing"] > 0) throw std::runtime_error("boards disagree");
  } catch (const std::exception& broken) {
    std::cerr << "sas-bench: " << broken.what() << "\n";
    return 1;
  }
  return 0;
}

}  // namespace sas::bench
