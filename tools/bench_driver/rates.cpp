#include "tools/bench_driver/rates.h"

#include <algorithm>

#include "common/base/call.h"
#include "common/base/clock.h"
#include "common/rpc/auth.h"
#include "tools/bench_driver/process_cpu.h"

namespace sas::bench {
namespace {

constexpr std::chrono::milliseconds kWarm{300};
constexpr int kConnections = 4;

class Asker final : public Caller {
 public:
  Asker(const std::vector<Step>& steps, std::size_t first) : steps_(steps), next_(first) {}

  Step Next() override { return steps_[next_++ % steps_.size()]; }

  bool Answered(const grpc::Status& status, const grpc::ByteBuffer&) override {
    return status.ok();
  }

 private:
  const std::vector<Step>& steps_;
  std::size_t next_;
};

}  // namespace

std::string OsnpToken(const Setup& setup) {
  const base::SystemClock clock;
  base::Actor actor;
  actor.subject = "bench-osnp";
  actor.role = base::Role::kOsnp;
  actor.regions = {setup.region};
  return rpc::MintToken(setup.key, actor, clock, std::chrono::hours(1));
}

void Measure(const Setup& setup, const std::string& address, const std::vector<int>& pids,
             const std::vector<Step>& steps, int level, Rate& rate) {
  Load load(address, kConnections);
  std::vector<std::unique_ptr<Caller>> callers;
  for (int i = 0; i < level; ++i) {
    const std::size_t first = static_cast<std::size_t>(i) * steps.size();
    callers.push_back(std::make_unique<Asker>(steps, first / static_cast<std::size_t>(level)));
  }
  load.Closed(callers, kWarm);
  const double cpu = CpuSeconds(pids);
  const Result result = load.Closed(callers, std::chrono::seconds(setup.seconds));
  rate.per_second.push_back(result.PerSecond());
  rate.p50_ms.push_back(result.latency.Milliseconds(0.5));
  rate.p99_ms.push_back(result.latency.Milliseconds(0.99));
  rate.cpu_us.push_back((CpuSeconds(pids) - cpu) * 1e6 /
                        static_cast<double>(std::max<std::uint64_t>(1, result.counted)));
  if (result.faults > 0) throw std::runtime_error("a call of the benchmark was refused");
}

nlohmann::json Told(const Rate& rate) {
  return {{"per_s", Median(rate.per_second)},
          {"p50_ms", Median(rate.p50_ms)},
          {"p99_ms", Median(rate.p99_ms)},
          {"cpu_us", Median(rate.cpu_us)}};
}

double Median(std::vector<double> values) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

}  // namespace sas::bench
