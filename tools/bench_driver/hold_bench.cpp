#include "tools/bench_driver/bench.h"
#include "tools/bench_driver/process_cpu.h"
#include "tools/bench_driver/seat_caller.h"

namespace sas::bench {

// Hold and give back, each caller on a seat of his own; only the holds count, and each of them
// costs the services two scripts. run_bench.py measures the bare EVALSHA in the same sitting.
nlohmann::json HoldBench(const Setup& setup) {
  nlohmann::json told{{"bench", "hold"}};
  const std::vector<std::string> seats = FreeSeats(setup);
  // A round ends with holds that live on: the next one takes other seats, and its callers are other
  // people, because one person holds three seats at most.
  std::size_t next = 0;
  for (const int level : kLevels) {
    std::vector<double> per_second, p50, p99, cpu_us;
    for (int round = 0; round < setup.rounds; ++round) {
      std::vector<std::unique_ptr<Caller>> callers;
      for (int i = 0; i < level; ++i) {
        const int person = static_cast<int>(next);
        callers.push_back(
            std::make_unique<HoldAndRelease>(setup, person, seats[next++ % seats.size()]));
      }
      Load load(setup.slots_address, 4);
      const double cpu = CpuSeconds(setup.pids);
      const Result result = load.Closed(callers, std::chrono::seconds(setup.seconds));
      if (result.faults > 0) throw std::runtime_error("a hold of the benchmark was refused");
      per_second.push_back(result.PerSecond());
      p50.push_back(result.latency.Milliseconds(0.5));
      p99.push_back(result.latency.Milliseconds(0.99));
      cpu_us.push_back((CpuSeconds(setup.pids) - cpu) * 1e6 / static_cast<double>(result.counted));
    }
    told["in_flight_" + std::to_string(level)] = {{"holds_per_s", Median(per_second)},
                                                  {"scripts_per_s", 2 * Median(per_second)},
                                                  {"p50_ms", Median(p50)},
                                                  {"p99_ms", Median(p99)},
                                                  {"cpu_us", Median(cpu_us)}};
  }
  return told;
}

}  // namespace sas::bench
