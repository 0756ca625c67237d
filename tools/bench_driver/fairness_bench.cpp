#include "tools/bench_driver/fairness_bench.h"

#include <CLI/CLI.hpp>
#include <cmath>
#include <iostream>
#include <nlohmann/json.hpp>

#include "absl/strings/str_format.h"
#include "tools/bench_driver/fairness_run.h"

namespace sas::bench {
namespace {

constexpr care::Date kFirst{2026, 9, 7};  ///< A Monday.
constexpr std::uint64_t kSeed = 20'261'124;

struct Sum {
  int served = 0;
  int unserved = 0;
  int caps_broken = 0;
  int delay_left = 0;
  double meters = 0;
  double wait_hours = 0;
  double gini = 0;  ///< Mean of the territories.

  void Add(const FairOutcome& outcome, std::size_t territories) {
    served += outcome.served;
    unserved += outcome.unserved;
    caps_broken += outcome.caps_broken;
    delay_left += outcome.delay_left;
    meters += outcome.meters;
    wait_hours += outcome.wait_hours;
    gini += slots::GiniPermille(outcome.loads) / 1000.0 / static_cast<double>(territories);
  }

  double Travel() const { return meters / std::max(served, 1); }
};

const char* Word(FairPolicy policy) {
  switch (policy) {
    case FairPolicy::kRotation:
      return "rotation";
    case FairPolicy::kNearestOfClass:
      return "nearest of class";
    case FairPolicy::kNearest:
      return "nearest";
    case FairPolicy::kEarliest:
      return "earliest";
  }
  return "";
}

void Print(const std::string& territory, FairPolicy policy, const FairOutcome& outcome) {
  const auto [low, high] = std::minmax_element(outcome.loads.begin(), outcome.loads.end());
  double mean = 0;
  for (const int load : outcome.loads)
    mean += load / 1e6 / static_cast<double>(outcome.loads.size());
  std::cout << absl::StrFormat(
      "%-16s %-16s served %4d  not %4d  gini %.3f  load %.2f to %.2f, max/mean %.2f  travel %5.1f "
      "km"
      "  wait %4.1f h  caps broken %d  delay class left %d\n",
      territory, Word(policy), outcome.served, outcome.unserved,
      slots::GiniPermille(outcome.loads) / 1000.0, *low / 1e6, *high / 1e6, *high / 1e6 / mean,
      outcome.meters / std::max(outcome.served, 1) / 1000,
      outcome.wait_hours / std::max(outcome.served, 1), outcome.caps_broken, outcome.delay_left);
}

}  // namespace

int FairnessMain(int argc, char** argv) {
  CLI::App app{"Fairness of the rotation; use tools/bench fairness.", "sas-bench fairness"};
  std::vector<std::string> files;
  std::string demand;
  int requests = 10'000;
  int weeks = 52;
  app.add_option("territory", files, "Files of deploy/demo")->required();
  app.add_option("--demand", demand, "profiles_fr.json");
  app.add_option("--requests", requests, "Over all territories")->check(CLI::PositiveNumber);
  app.add_option("--weeks", weeks, "That they spread over")->check(CLI::Range(1, 104));
  CLI11_PARSE(app, argc, argv);
  try {
    const DemandProfile profile = ReadDemand(demand);
    std::cout << "demand: " << profile.source << "\n";
    const care::Date last = care::AddDays(kFirst, weeks * 7 - 1);
    std::map<FairPolicy, Sum> sums;
    for (std::size_t i = 0; i < files.size(); ++i) {
      const FairTerritory territory = ReadFairTerritory(
          files[i], care::AddDays(kFirst, -slots::kRotationDays), care::AddDays(last, 3));
      const auto all = static_cast<std::size_t>(requests);
      const auto count = static_cast<int>((all * (i + 1)) / files.size() - all * i / files.size());
      const auto asked = MakeRequests(territory, profile, kFirst, last, count, kSeed + i);
      for (const auto policy : {FairPolicy::kRotation, FairPolicy::kNearestOfClass,
                                FairPolicy::kNearest, FairPolicy::kEarliest}) {
        const FairOutcome outcome = FairRun(territory, kFirst, last, policy).Play(asked);
        Print(territory.name, policy, outcome);
        sums[policy].Add(outcome, files.size());
      }
    }
    const Sum& rotation = sums[FairPolicy::kRotation];
    const Sum& in_class = sums[FairPolicy::kNearestOfClass];
    const Sum& nearest = sums[FairPolicy::kNearest];
    const Sum& earliest = sums[FairPolicy::kEarliest];
    const auto round = [](double value) { return std::round(value * 1000) / 1000; };
    const nlohmann::ordered_json told = {
        {"bench", "fairness"},
        {"gini", round(rotation.gini)},
        {"gini_nearest", round(nearest.gini)},
        {"gini_earliest", round(earliest.gini)},
        {"gini_nearest_of_class", round(in_class.gini)},
        {"extra_travel_m", std::lround(rotation.Travel() - in_class.Travel())},
        {"extra_travel_to_nearest_m", std::lround(rotation.Travel() - nearest.Travel())},
        {"caps_broken", rotation.caps_broken},
        {"delay_class_left", rotation.delay_left},
        {"requests", requests},
        {"served", rotation.served},
        {"served_nearest", nearest.served},
        {"served_earliest", earliest.served},
        {"travel_m", std::lround(rotation.Travel())},
        {"wait_hours", round(rotation.wait_hours / std::max(rotation.served, 1))},
        {"wait_hours_nearest", round(nearest.wait_hours / std::max(nearest.served, 1))},
        {"weeks", weeks},
        {"seed", kSeed}};
    std::cout << told.dump() << "\n";
  } catch (const std::exception& broken) {
    std::cerr << "sas-bench: " << broken.what() << "\n";
    return 1;
  }
  return 0;
}

}  // namespace sas::bench
