#include "sas/slots/v1/slot_service.pb.h"
#include "tools/bench_driver/bench.h"
#include "tools/bench_driver/rates.h"

namespace sas::bench {
namespace {

namespace v1 = sas::slots::v1;

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

// Search in the demo territory beside its floor, interleaved: an echo of the same request and
// answer, typed and raw.
nlohmann::json EchoBench(const Setup& setup) {
  Step step;
  step.method = kSearchMethod;
  step.request = ToBuffer(Question(setup));
  step.authorization = OsnpToken(setup);
  grpc::ByteBuffer answer;
  const grpc::Status first = Load(setup.slots_address, 1).One(step, &answer);
  if (!first.ok()) throw std::runtime_error("search refused: " + first.error_message());
  v1::SearchSlotsResponse response;
  FromBuffer(answer, &response);
  const std::string bytes = response.SerializeAsString();
  const EchoServer typed(EchoServer::Kind::kTyped, {bytes});
  const EchoServer raw(EchoServer::Kind::kRaw, {bytes});

  nlohmann::json told{{"bench", "echo"},
                      {"request_bytes", step.request.Length()},
                      {"response_bytes", bytes.size()},
                      {"matches", response.matches_size()}};
  for (const int level : kLevels) {
    Rate search, echo_typed, echo_raw;
    for (int round = 0; round < setup.rounds; ++round) {
      Measure(setup, typed.address(), {typed.pid()}, {step}, level, echo_typed);
      Measure(setup, setup.slots_address, setup.pids, {step}, level, search);
      Measure(setup, raw.address(), {raw.pid()}, {step}, level, echo_raw);
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
