#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>
#include <sstream>
#include <stdexcept>

#include "common/redis/client.h"
#include "tools/bench_driver/comparator_rows.h"
#include "tools/bench_driver/engine_load.h"

namespace sas::bench {
namespace {

constexpr std::chrono::seconds kBudget{600};
constexpr std::chrono::seconds kCommandTimeout{30};

struct RedisSetup {
  std::string address;
  std::string sha;
  std::vector<std::vector<std::string>> questions;
  base::SystemClock clock;
  base::Call call;
};

std::unique_ptr<redis::Client> Connect(const RedisSetup& setup) {
  redis::Client::Options options;
  options.address = setup.address;
  options.connections = 1;
  options.command_timeout = kCommandTimeout;
  return std::make_unique<redis::Client>(options, setup.clock);
}

redis::Reply Must(absl::StatusOr<redis::Reply> reply) {
  if (!reply.ok()) throw std::runtime_error(std::string(reply.status().message()));
  return *std::move(reply);
}

/// ARGV as the parameters of the SQL question.
Ask Asker(const RedisSetup& setup) {
  std::shared_ptr<redis::Client> client = Connect(setup);
  return [client, &setup](std::size_t question) {
    const auto now =
        std::chrono::duration_cast<std::chrono::seconds>(setup.clock.Now().time_since_epoch())
            .count();
    std::vector<std::string> command{"EVALSHA", setup.sha, "1", "sites"};
    const auto& fields = setup.questions[question];
    command.insert(command.end(), fields.begin(), fields.end());
    command.push_back(std::to_string(now));
    command.push_back(std::to_string(now + kQuestionHours * 3600));
    return static_cast<int>(Must(client->Command(setup.call, command)).items.size());
  };
}

}  // namespace

int RedisMain(int argc, char** argv) {
  CLI::App app{"GEOSEARCH and a script against Redis; use tools/bench.", "sas-bench redis"};
  RedisSetup setup;
  std::string script_file;
  std::string questions_file;
  std::vector<int> connections{1, 2, 4, 8};
  int seconds = 3;
  app.add_option("--address", setup.address)->required();
  app.add_option("--script", script_file)->required();
  app.add_option("--questions", questions_file)->required();
  app.add_option("--connections", connections)->delimiter(',');
  app.add_option("--seconds", seconds);
  CLI11_PARSE(app, argc, argv);
  try {
    std::stringstream script;
    script << std::ifstream(script_file).rdbuf();
    setup.questions = ReadRows(questions_file);
    setup.call = base::InternalCall("bench-redis", setup.clock, kBudget);
    const std::vector<std::string> load{"SCRIPT", "LOAD", script.str()};
    setup.sha = Must(Connect(setup)->Command(setup.call, load)).text;
    std::cout << MeasureEngine([&] { return Asker(setup); }, setup.questions.size(), connections,
                               seconds)
                     .dump()
              << "\n";
  } catch (const std::exception& broken) {
    std::cerr << "sas-bench redis: " << broken.what() << "\n";
    return 1;
  }
  return 0;
}

}  // namespace sas::bench
