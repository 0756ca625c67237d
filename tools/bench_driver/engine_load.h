#pragma once

#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace sas::bench {

/// One connection of another engine: asks a question by its number, gives the number of answers, or
/// throws.
using Ask = std::function<int(std::size_t question)>;

/// Closed loop with one thread for each connection; the engine does nearly all of the work, so that
/// the threads cost it little. Rates for each number of connections, and the best of them:
/// {"per_s":…,"p50_us":…,"p99_us":…,"connections":…,"by_connections":{…}}.
nlohmann::json MeasureEngine(const std::function<Ask()>& connect, std::size_t questions,
                             const std::vector<int>& connections, int seconds);

/// `sas-bench sql`: the prepared question against PostgreSQL; with --count the matches of each
/// question instead.
int SqlMain(int argc, char** argv);

/// `sas-bench redis`: GEOSEARCH and a script against a Redis that holds the same rows.
int RedisMain(int argc, char** argv);

}  // namespace sas::bench
