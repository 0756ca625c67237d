#include <algorithm>

#include "common/base/call.h"
#include "common/base/clock.h"
#include "common/rpc/auth.h"
#include "sas/slots/v1/slot_service.pb.h"
#include "tools/bench_driver/bench.h"
#include "tools/bench_driver/process_cpu.h"

namespace sas::bench {
namespace {

namespace v1 = sas::slots::v1;

constexpr char kSearch[] = "/sas.slots.v1.SlotService/SearchSlots";

// The question of a regulator: around Challans, within 48 h, for a child with fever.
v1::SearchSlotsRequest Question(const Setup& setup) {
  v1::SearchSlotsRequest request;
  request.set_parent("regions/" + setup.region);
  request.set_insee_code("85047");
  request.set_radius_meters(30000);
  auto& need = *request.mutable_need();
  need.set_entry_point(sas::type::v1::ENTRY_POINT_LINE_15);
  need.set_care_order("regions/" + setup.region + "/cases/bench/orders/bench");
  need.set_motif_code("M03.14");
  need.mutable_age()->set_value(6);
  need.mutable_age()->set_unit(sas::type::v1::Age::UNIT_YEAR);
  need.set_access_reason(sas::type::v1::ACCESS_REASON_MT_INDISPONIBLE);
  need.set_territory("85");
  return request;
}

std::string OsnpToken(const Setup& setup) {
  const base::SystemClock clock;
  base::Actor actor;
  actor.subject = "bench-osnp";
  actor.role = base::Role::kOsnp;
  actor.regions = {setup.region};
  return rpc::MintToken(setup.key, actor, clock, std::chrono::hours(1));
}

// Asks the same question for ever.
class Asker final : public Caller {
 public:
  explicit Asker(Step step) : step_(std::move(step)) {}

  Step Next() override { return step_; }

  bool Answered(const grpc::Status& status, const grpc::ByteBuffer&) override {
    return status.ok();
  }

 private:
  Step step_;
};

struct Rate {
  std::vector<double> per_second, p50_ms, p99_ms, cpu_us;
};

void Measure(const Setup& setup, const std::string& address, const std::vector<int>& pids,
             const Step& step, int level, Rate& rate) {
  Load load(address, 4);
  std::vector<std::unique_ptr<Caller>> callers;
  for (int i = 0; i < level; ++i) callers.push_back(std::make_unique<Asker>(step));
  load.Closed(callers, std::chrono::milliseconds(300));  // Warm.
  const double cpu = CpuSeconds(pids);
  const Result result = load.Closed(callers, std::chrono::seconds(setup.seconds));
  rate.per_second.push_back(result.PerSecond());
  rate.p50_ms.push_back(result.latency.Milliseconds(0.5));
  rate.p99_ms.push_back(result.latency.Milliseconds(0.99));
  rate.cpu_us.push_back((CpuSeconds(pids) - cpu) * 1e6 /
                        static_cast<double>(std::max<std::uint64_t>(1, result.counted)));
  if (result.faults > 0) throw std::runtime_error("a call of the benchmark was refused");
}

nlohmann::json Told(Rate& rate) {
  return {{"per_s", Median(rate.per_second)},
          {"p50_ms", Median(rate.p50_ms)},
          {"p99_ms", Median(rate.p99_ms)},
          {"cpu_us", Median(rate.cpu_us)}};
}

nlohmann::json OpenLoop(const Setup& setup, const Step& step) {
  nlohmann::json told;
  for (const int rate : {1000, 5000, 10000}) {
    Load load(setup.slots_address, 4);
    const Result result =
        load.Open([&] { return step; }, rate, std::chrono::seconds(setup.seconds), 2048);
    told[std::to_string(rate) + "_per_s"] = {{"p50_ms", result.latency.Milliseconds(0.5)},
                                             {"p99_ms", result.latency.Milliseconds(0.99)},
                                             {"faults", result.faults}};
  }
  return told;
}

}  // namespace

double Median(std::vector<double> values) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

// Search beside its floor, interleaved: an echo of the same request and answer, typed and raw.
nlohmann::json SearchBench(const Setup& setup) {
  Step step;
  step.method = kSearch;
  step.request = ToBuffer(Question(setup));
  step.authorization = OsnpToken(setup);
  grpc::ByteBuffer answer;
  const grpc::Status first = Load(setup.slots_address, 1).One(step, &answer);
  if (!first.ok()) throw std::runtime_error("search refused: " + first.error_message());
  v1::SearchSlotsResponse response;
  FromBuffer(answer, &response);
  const std::string bytes = response.SerializeAsString();
  const EchoServer typed(EchoServer::Kind::kTyped, bytes);
  const EchoServer raw(EchoServer::Kind::kRaw, bytes);

  nlohmann::json told{{"bench", "search"},
                      {"request_bytes", step.request.Length()},
                      {"response_bytes", bytes.size()},
                      {"matches", response.matches_size()}};
  for (const int level : kLevels) {
    Rate search, echo_typed, echo_raw;
    for (int round = 0; round < setup.rounds; ++round) {
      Measure(setup, typed.address(), {typed.pid()}, step, level, echo_typed);
      Measure(setup, setup.slots_address, setup.pids, step, level, search);
      Measure(setup, raw.address(), {raw.pid()}, step, level, echo_raw);
    }
    auto& at = told["in_flight_" + std::to_string(level)];
    at = {{"search", Told(search)}, {"echo_typed", Told(echo_typed)}, {"echo_raw", Told(echo_raw)}};
    at["vs_echo_typed"] = Median(search.per_second) / Median(echo_typed.per_second);
    at["vs_echo_raw"] = Median(search.per_second) / Median(echo_raw.per_second);
  }
  told["open_loop"] = OpenLoop(setup, step);
  return told;
}

}  // namespace sas::bench
