#include "tools/bench_driver/engine_load.h"

#include <exception>
#include <stdexcept>
#include <thread>

#include "tools/bench_driver/histogram.h"
#include "tools/bench_driver/load.h"

namespace sas::bench {
namespace {

constexpr std::size_t kWarmQuestions = 32;

struct Worker {
  Ask ask;
  std::size_t next = 0;
  Histogram latency;
  std::exception_ptr fault;
};

void Run(Worker& worker, std::size_t questions, std::uint64_t end) {
  try {
    for (std::uint64_t begin = NowNs(); begin < end; begin = NowNs()) {
      worker.ask(worker.next++ % questions);
      worker.latency.Add(NowNs() - begin);
    }
  } catch (...) {
    worker.fault = std::current_exception();
  }
}

nlohmann::json Measure(const std::function<Ask()>& connect, std::size_t questions, int connections,
                       int seconds) {
  std::vector<Worker> workers(static_cast<std::size_t>(connections));
  for (std::size_t i = 0; i < workers.size(); ++i) {
    workers[i].ask = connect();
    workers[i].next = i * questions / workers.size();
    for (std::size_t warm = 0; warm < kWarmQuestions; ++warm) workers[i].ask(warm % questions);
  }
  const std::uint64_t begin = NowNs();
  const std::uint64_t end = begin + static_cast<std::uint64_t>(seconds) * 1'000'000'000;
  std::vector<std::thread> threads;
  threads.reserve(workers.size());
  for (Worker& each : workers) threads.emplace_back([&] { Run(each, questions, end); });
  for (std::thread& each : threads) each.join();
  const double took = static_cast<double>(NowNs() - begin) / 1e9;
  Histogram all;
  for (Worker& each : workers) {
    if (each.fault) std::rethrow_exception(each.fault);
    all.Merge(each.latency);
  }
  return {{"per_s", static_cast<double>(all.total()) / took},
          {"p50_us", all.Milliseconds(0.5) * 1000},
          {"p99_us", all.Milliseconds(0.99) * 1000}};
}

}  // namespace

nlohmann::json MeasureEngine(const std::function<Ask()>& connect, std::size_t questions,
                             const std::vector<int>& connections, int seconds) {
  nlohmann::json best;
  nlohmann::json by_connections;
  for (const int count : connections) {
    nlohmann::json told = Measure(connect, questions, count, seconds);
    by_connections[std::to_string(count)] = told["per_s"];
    if (best.is_null() || told["per_s"].get<double>() > best["per_s"].get<double>()) {
      best = std::move(told);
      best["connections"] = count;
    }
  }
  best["by_connections"] = std::move(by_connections);
  return best;
}

}  // namespace sas::bench
