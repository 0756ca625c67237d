#include <algorithm>

#include "tools/bench_driver/bench.h"
#include "tools/bench_driver/process_cpu.h"
#include "tools/bench_driver/seat_caller.h"

namespace sas::bench {
namespace {

// Confirmations a caller makes in one round; the holds before them live 120 s.
constexpr int kRoundSeats[] = {1500, 6000, 9000, 12000};

// A patient for each of `count` bookings, each with a dossier of his own as in life.
std::vector<std::string> OpenDossiers(const Setup& setup, int count) {
  constexpr int kOpeners = 16;
  static int opener_index = 0;
  std::vector<std::unique_ptr<Caller>> openers;
  for (int i = 0; i < kOpeners; ++i) {
    openers.push_back(std::make_unique<Opener>(
        setup, ++opener_index, static_cast<std::size_t>((count + kOpeners - 1) / kOpeners)));
  }
  Load load(setup.regulation_address, 4);
  load.Closed(openers, std::chrono::seconds(60));
  std::vector<std::string> patients;
  for (auto& opener : openers) {
    for (std::string& each : static_cast<Opener&>(*opener).Take()) {
      patients.push_back(std::move(each));
    }
  }
  if (patients.size() < static_cast<std::size_t>(count)) throw std::runtime_error("no dossiers");
  return patients;
}

// Takes `count` seats from the end of `seats` and deals them out to `level` confirmers.
std::vector<std::unique_ptr<Caller>> Prepare(const Setup& setup, int level, int count,
                                             std::vector<std::string>& seats) {
  static int holder_index = 0;
  if (seats.size() < static_cast<std::size_t>(count)) throw std::runtime_error("no seats left");
  std::vector<std::string> patients = OpenDossiers(setup, count);
  std::vector<std::vector<std::string>> parts(static_cast<std::size_t>(level));
  for (int i = 0; i < count; ++i) {
    parts[static_cast<std::size_t>(i % level)].push_back(std::move(seats.back()));
    seats.pop_back();
  }
  std::vector<std::unique_ptr<Caller>> holders;
  for (auto& part : parts) {
    holders.push_back(std::make_unique<Holder>(setup, ++holder_index, std::move(part)));
  }
  Load load(setup.slots_address, 4);
  load.Closed(holders, std::chrono::seconds(60));
  std::vector<std::unique_ptr<Caller>> confirmers;
  for (auto& holder : holders) {
    std::vector<HeldSeat> held = static_cast<Holder&>(*holder).Take();
    for (HeldSeat& seat : held) {
      seat.patient = std::move(patients.back());
      patients.pop_back();
    }
    confirmers.push_back(std::make_unique<Confirmer>(setup, std::move(held)));
  }
  return confirmers;
}

}  // namespace

// Durable confirmations through gRPC beside the raw floor: the same rows in grouped commits with
// the same fsync, on the same disk, in the same sitting.
nlohmann::json ConfirmBench(const Setup& setup) {
  nlohmann::json told{{"bench", "confirm"}};
  std::vector<std::string> seats = FreeSeats(setup);
  for (std::size_t i = 0; i < std::size(kLevels); ++i) {
    const int level = kLevels[i];
    std::vector<double> per_second, p50, p99, cpu_us, floor;
    for (int round = 0; round < setup.rounds; ++round) {
      auto confirmers = Prepare(setup, level, kRoundSeats[i], seats);
      Load load(setup.booking_address, 4);
      const double cpu = CpuSeconds(setup.pids);
      const Result result = load.Closed(confirmers, std::chrono::seconds(60));
      if (result.faults > 0) throw std::runtime_error("a confirmation was refused");
      per_second.push_back(result.PerSecond());
      p50.push_back(result.latency.Milliseconds(0.5));
      p99.push_back(result.latency.Milliseconds(0.99));
      cpu_us.push_back((CpuSeconds(setup.pids) - cpu) * 1e6 / static_cast<double>(result.counted));
      floor.push_back(LedgerFloorPerSecond(setup.folder, level, setup.seconds));
    }
    told["callers_" + std::to_string(level)] = {
        {"per_s", Median(per_second)},  {"p50_ms", Median(p50)},
        {"p99_ms", Median(p99)},        {"cpu_us", Median(cpu_us)},
        {"floor_per_s", Median(floor)}, {"vs_floor", Median(per_second) / Median(floor)}};
  }
  return told;
}

}  // namespace sas::bench
