#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tools/bench_driver/load.h"

namespace sas::bench {

/// What run_bench.py tells the driver: addresses, key, processes, territory.
struct Setup {
  std::string slots_address;
  std::string booking_address;
  std::string regulation_address;  ///< For ConfirmBench.
  std::string replica_address;     ///< A second sas-slots, for FreshnessBench.
  std::string key;
  std::string region = "fr-pdl";
  std::string folder;   ///< On the disk of the ledgers.
  std::string patient;  ///< Of a dossier that is there; whoever books, books for him.
  /// Who searches for the one order that waits: ReofferBench then measures what he is offered.
  std::string searcher;
  std::string communes;   ///< File of communes, for ScaleBench and RecoveryBench.
  std::vector<int> pids;  ///< Processes whose CPU counts.
  int seconds = 3;
  int rounds = 3;
  std::uint64_t attempts = 0;  ///< Of RaceBench; cancellings of ReofferBench.
  std::uint64_t seed = 1;
};

/// Calls in flight at which rates are compared.
inline constexpr int kLevels[] = {1, 8, 32, 128};

double Median(std::vector<double> values);

/// Served copies of answers, typed or as raw bytes: the floor of every unary RPC of that size.
class EchoServer {
 public:
  /// On gRPC's callback threads, or on a completion queue with one thread.
  enum class Kind { kTyped, kRaw, kTypedQueue, kRawQueue };
  /// Several answers are given in turn, so that their sizes are those of what is compared.
  EchoServer(Kind kind, const std::vector<std::string>& answers);
  ~EchoServer();
  EchoServer(const EchoServer&) = delete;
  EchoServer& operator=(const EchoServer&) = delete;

  const std::string& address() const { return address_; }

  int pid() const { return pid_; }

 private:
  int pid_ = 0;
  std::string address_;
  std::string file_;
};

/// Body of the echo server's process.
int ServeEcho(const std::string& kind, const std::string& file, int port_pipe);

nlohmann::json EchoBench(const Setup& setup);
nlohmann::json ScaleBench(const Setup& setup);
nlohmann::json FreshnessBench(const Setup& setup);
/// Searches, holds and books until a line comes on standard input; each act is a line of
/// `recovery.jsonl` in the folder, which bench_recovery.py judges.
nlohmann::json RecoveryBench(const Setup& setup);
nlohmann::json HoldBench(const Setup& setup);
nlohmann::json ConfirmBench(const Setup& setup);
nlohmann::json RaceBench(const Setup& setup);
nlohmann::json ReofferBench(const Setup& setup);

/// Rows as of a real confirmation, grouped commits, no gRPC: confirmations a second when `callers`
/// wait.
double LedgerFloorPerSecond(const std::string& folder, int callers, int seconds);

/// Token of a professional whose entry point the bench territory opens.
std::string BenchToken(const Setup& setup, int index);

}  // namespace sas::bench
