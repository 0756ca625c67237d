#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>
#include <sstream>

#include "common/rpc/process.h"
#include "tools/bench_driver/bench.h"
#include "tools/bench_driver/board_bench.h"
#include "tools/bench_driver/engine_load.h"
#include "tools/bench_driver/fairness_bench.h"
#include "tools/bench_driver/fill.h"
#include "tools/bench_driver/kernel_bench.h"

// The load driver behind tools/bench. The last line is one JSON object.
int main(int argc, char** argv) {
  sas::rpc::SparePeerLocks();  // As the services do: floors are measured at their best.
  if (argc == 5 && std::string(argv[1]) == "echo-server") {
    return sas::bench::ServeEcho(argv[2], argv[3], std::stoi(argv[4]));
  }
  if (argc > 1) {
    const std::string word = argv[1];
    if (word == "board") return sas::bench::BoardMain(argc - 1, argv + 1);
    if (word == "fairness") return sas::bench::FairnessMain(argc - 1, argv + 1);
    if (word == "fill") return sas::bench::FillMain(argc - 1, argv + 1);
    if (word == "kernel") return sas::bench::KernelMain(argc - 1, argv + 1);
    if (word == "sql") return sas::bench::SqlMain(argc - 1, argv + 1);
    if (word == "redis") return sas::bench::RedisMain(argc - 1, argv + 1);
  }
  CLI::App app{"Load driver of the SAS suite; use tools/bench.", "sas-bench"};
  sas::bench::Setup setup;
  std::string name;
  std::string key_file;
  app.add_option("name", name)
      ->required()
      ->check(CLI::IsMember(
          {"echo", "scale", "freshness", "recovery", "hold", "confirm", "race", "reoffer"}));
  app.add_option("--slots", setup.slots_address)->required();
  app.add_option("--booking", setup.booking_address);
  app.add_option("--regulation", setup.regulation_address);
  app.add_option("--replica", setup.replica_address);
  app.add_option("--key-file", key_file)->required();
  app.add_option("--folder", setup.folder)->required();
  app.add_option("--region", setup.region);
  app.add_option("--patient", setup.patient);
  app.add_option("--searcher", setup.searcher);
  app.add_option("--communes", setup.communes);
  app.add_option("--pid", setup.pids);
  app.add_option("--seconds", setup.seconds);
  app.add_option("--rounds", setup.rounds);
  app.add_option("--attempts", setup.attempts);
  app.add_option("--seed", setup.seed);
  CLI11_PARSE(app, argc, argv);
  std::ifstream in(key_file);
  std::getline(in, setup.key);
  try {
    const nlohmann::json told = name == "echo"        ? sas::bench::EchoBench(setup)
                                : name == "scale"     ? sas::bench::ScaleBench(setup)
                                : name == "freshness" ? sas::bench::FreshnessBench(setup)
                                : name == "recovery"  ? sas::bench::RecoveryBench(setup)
                                : name == "hold"      ? sas::bench::HoldBench(setup)
                                : name == "race"      ? sas::bench::RaceBench(setup)
                                : name == "reoffer"   ? sas::bench::ReofferBench(setup)
                                                      : sas::bench::ConfirmBench(setup);
    std::cout << told.dump() << "\n";
  } catch (const std::exception& broken) {
    std::cerr << "sas-bench: " << broken.what() << "\n";
    return 1;
  }
  return 0;
}
