#include <libpq-fe.h>

#include <CLI/CLI.hpp>
#include <array>
#include <fstream>
#include <iostream>
#include <sstream>
#include <stdexcept>

#include "common/base/clock.h"
#include "tools/bench_driver/comparator_rows.h"
#include "tools/bench_driver/engine_load.h"

namespace sas::bench {
namespace {

constexpr char kStatement[] = "question";
constexpr int kParameters = 8;

using Connection = std::unique_ptr<PGconn, decltype(&PQfinish)>;
using SqlAnswer = std::unique_ptr<PGresult, decltype(&PQclear)>;

struct SqlSetup {
  std::string conninfo;
  std::string query;
  std::vector<std::vector<std::string>> questions;
};

Connection Connect(const SqlSetup& setup) {
  Connection connection(PQconnectdb(setup.conninfo.c_str()), &PQfinish);
  if (PQstatus(connection.get()) != CONNECTION_OK) {
    throw std::runtime_error(PQerrorMessage(connection.get()));
  }
  const SqlAnswer prepared(
      PQprepare(connection.get(), kStatement, setup.query.c_str(), kParameters, nullptr), &PQclear);
  if (PQresultStatus(prepared.get()) != PGRES_COMMAND_OK) {
    throw std::runtime_error(PQerrorMessage(connection.get()));
  }
  return connection;
}

/// $1 latitude, $2 longitude, $3 territory, $4 entry bit, $5 motif bit, $6 age in months, $7 and $8
/// the window in Unix seconds.
SqlAnswer Run(PGconn* connection, const std::vector<std::string>& question) {
  const auto now = std::chrono::duration_cast<std::chrono::seconds>(
      base::SystemClock().Now().time_since_epoch());
  const std::string from = std::to_string(now.count());
  const std::string to = std::to_string(now.count() + kQuestionHours * 3600);
  const std::array<const char*, kParameters> values{
      question[0].c_str(), question[1].c_str(), question[2].c_str(), question[3].c_str(),
      question[4].c_str(), question[5].c_str(), from.c_str(),        to.c_str()};
  SqlAnswer answer(
      PQexecPrepared(connection, kStatement, kParameters, values.data(), nullptr, nullptr, 0),
      &PQclear);
  if (PQresultStatus(answer.get()) != PGRES_TUPLES_OK) {
    throw std::runtime_error(PQerrorMessage(connection));
  }
  return answer;
}

Ask Asker(const SqlSetup& setup) {
  std::shared_ptr<PGconn> connection = Connect(setup);
  return [connection, &setup](std::size_t question) {
    return PQntuples(Run(connection.get(), setup.questions[question]).get());
  };
}

nlohmann::json Counts(const SqlSetup& setup) {
  const Connection connection = Connect(setup);
  nlohmann::json counts = nlohmann::json::array();
  for (const auto& question : setup.questions) {
    counts.push_back(std::stoi(PQgetvalue(Run(connection.get(), question).get(), 0, 0)));
  }
  return counts;
}

}  // namespace

int SqlMain(int argc, char** argv) {
  CLI::App app{"The prepared question against PostgreSQL; use tools/bench.", "sas-bench sql"};
  SqlSetup setup;
  std::string query_file;
  std::string questions_file;
  std::vector<int> connections{1, 2, 4, 8};
  int seconds = 3;
  bool count = false;
  app.add_option("--conninfo", setup.conninfo)->required();
  app.add_option("--query", query_file)->required();
  app.add_option("--questions", questions_file)->required();
  app.add_option("--connections", connections)->delimiter(',');
  app.add_option("--seconds", seconds);
  app.add_flag("--count", count);
  CLI11_PARSE(app, argc, argv);
  try {
    std::stringstream query;
    query << std::ifstream(query_file).rdbuf();
    setup.query = query.str();
    setup.questions = ReadRows(questions_file);
    const nlohmann::json told = count ? Counts(setup)
                                      : MeasureEngine([&] { return Asker(setup); },
                                                      setup.questions.size(), connections, seconds);
    std::cout << told.dump() << "\n";
  } catch (const std::exception& broken) {
    std::cerr << "sas-bench sql: " << broken.what() << "\n";
    return 1;
  }
  return 0;
}

}  // namespace sas::bench
