#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tools/bench_driver/bench.h"
#include "tools/bench_driver/load.h"

namespace sas::bench {

inline constexpr char kSearchMethod[] = "/sas.slots.v1.SlotService/SearchSlots";

/// One operator of unscheduled care for every question.
std::string OsnpToken(const Setup& setup);

/// Figures of one server at one level, one value for each round.
struct Rate {
  std::vector<double> per_second, p50_ms, p99_ms, cpu_us;
};

/// `level` callers in a closed loop, each asking all of `steps` in turn; a refusal is an exception.
void Measure(const Setup& setup, const std::string& address, const std::vector<int>& pids,
             const std::vector<Step>& steps, int level, Rate& rate);

/// Medians of the rounds.
nlohmann::json Told(const Rate& rate);

}  // namespace sas::bench
