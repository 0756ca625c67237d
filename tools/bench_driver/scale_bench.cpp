#include <algorithm>
#include <numeric>

#include "sas/slots/v1/slot_service.pb.h"
#include "tools/bench_driver/bench.h"
#include "tools/bench_driver/questions.h"
#include "tools/bench_driver/rates.h"
#include "tools/bench_driver/synthetic_region.h"

namespace sas::bench {
namespace {

namespace v1 = sas::slots::v1;

constexpr int kQuestions = 512;
constexpr int kInFlightMax = 4096;                    ///< Calls that the open loop may have out.
constexpr std::chrono::milliseconds kPatience{1000};  ///< An answer that comes later is no good.

std::vector<Step> Steps(const Setup& setup) {
  const std::vector<CommuneRow> communes = ReadCommunes(setup.communes);
  const std::string token = OsnpToken(setup);
  std::vector<Step> steps;
  for (const Question& each : MakeQuestions(communes, kQuestions, RegionOptions().seed)) {
    steps.push_back({kSearchMethod, ToBuffer(ToRequest(each, setup.region)), token, true});
  }
  return steps;
}

constexpr std::pair<const char*, EchoServer::Kind> kEchoes[] = {
    {"echo_typed", EchoServer::Kind::kTyped},
    {"echo_typed_queue", EchoServer::Kind::kTypedQueue},
    {"echo_raw", EchoServer::Kind::kRaw},
    {"echo_raw_queue", EchoServer::Kind::kRawQueue}};

/// One of the servers that are compared.
struct Measured {
  const char* name;
  std::unique_ptr<EchoServer> echo;  ///< Null for the service itself.
  Rate rate;
};

struct Answers {
  std::vector<std::string> bytes;
  std::vector<int> totals;  ///< Matches in all.
  double matches = 0;       ///< Of an answer, on average.
  double excluded = 0;
};

Answers AskOnce(const Setup& setup, const std::vector<Step>& steps) {
  Load load(setup.slots_address, 1);
  Answers answers;
  for (const Step& step : steps) {
    grpc::ByteBuffer answer;
    const grpc::Status status = load.One(step, &answer);
    if (!status.ok()) throw std::runtime_error("search refused: " + status.error_message());
    v1::SearchSlotsResponse response;
    if (!FromBuffer(answer, &response)) throw std::runtime_error("an answer cannot be parsed");
    answers.bytes.push_back(response.SerializeAsString());
    answers.totals.push_back(response.total_count());
    answers.matches += response.matches_size() / static_cast<double>(steps.size());
    answers.excluded += response.excluded_sites_size() / static_cast<double>(steps.size());
  }
  return answers;
}

double MeanSize(const std::vector<std::string>& answers) {
  const std::size_t sum = std::accumulate(
      answers.begin(), answers.end(), std::size_t{0},
      [](std::size_t size, const std::string& bytes) { return size + bytes.size(); });
  return static_cast<double>(sum) / static_cast<double>(answers.size());
}

/// Twice as many calls as can be answered, for as long as a measurement takes: what is answered in
/// time, as a part of the most that was ever answered.
nlohmann::json Overload(const Setup& setup, const std::vector<Step>& steps, double peak) {
  std::vector<double> goodput, started;
  double p99_ms = 0;
  for (int round = 0; round < setup.rounds; ++round) {
    Load load(setup.slots_address, 4, kPatience);
    std::size_t next = 0;
    const Result result = load.Open([&] { return steps[next++ % steps.size()]; }, 2 * peak,
                                    std::chrono::seconds(setup.seconds), kInFlightMax);
    goodput.push_back(result.PerSecond());
    started.push_back(static_cast<double>(result.started) / result.seconds);
    p99_ms = std::max(p99_ms, result.latency.Milliseconds(0.99));
  }
  return {{"offered_per_s", 2 * peak},
          {"started_per_s", Median(started)},
          {"good_per_s", Median(goodput)},
          {"goodput", Median(goodput) / peak},
          {"p99_ms", p99_ms}};
}

}  // namespace

// Many questions against one size of region, beside echoes of the very answers, interleaved.
nlohmann::json ScaleBench(const Setup& setup) {
  const std::vector<Step> steps = Steps(setup);
  const Answers answers = AskOnce(setup, steps);
  std::vector<Measured> measured;
  for (const auto& [name, kind] : kEchoes) {
    measured.push_back({name, std::make_unique<EchoServer>(kind, answers.bytes), {}});
  }
  measured.push_back({"search", nullptr, {}});
  nlohmann::json told{{"questions", steps.size()},
                      {"response_bytes", MeanSize(answers.bytes)},
                      {"matches", answers.matches},
                      {"excluded", answers.excluded},
                      {"totals", answers.totals}};
  double peak = 0;
  for (const int level : kLevels) {
    for (Measured& each : measured) each.rate = {};
    for (int round = 0; round < setup.rounds; ++round) {
      for (Measured& each : measured) {
        const auto& echo = each.echo;
        Measure(setup, echo ? echo->address() : setup.slots_address,
                echo ? std::vector{echo->pid()} : setup.pids, steps, level, each.rate);
      }
    }
    auto& at = told["in_flight_" + std::to_string(level)];
    for (const Measured& each : measured) at[each.name] = Told(each.rate);
    peak = std::max(peak, Median(measured.back().rate.per_second));
  }
  told["peak_per_s"] = peak;
  told["overload"] = Overload(setup, steps, peak);
  return told;
}

}  // namespace sas::bench
