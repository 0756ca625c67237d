#pragma once

#include <string>

namespace sas::bench {

/// What run_bench.py tells the driver for `board`.
struct BoardSetup {
  std::string address;  ///< Of a regulation with a fresh ledger.
  std::string key;
  std::string region = "fr-pdl";
  int pid = 0;  ///< Whose memory counts.
  int seconds = 20;
  int watchers = 500;
  int surge_seconds = 30;  ///< 0: none.
};

/// Boards under calls, then under ten times as many and a flood of lists. The last line is JSON.
int BoardMain(int argc, char** argv);

}  // namespace sas::bench
