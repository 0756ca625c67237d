#include <csignal>
#include <cstdlib>
#include <thread>

#include "common/observe/log.h"
#include "common/rpc/server.h"

namespace sas::rpc {
namespace {

constexpr int kExitImpatient = 1;

sigset_t StopSignals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  return set;
}

}  // namespace

void BlockSignals() {
  const sigset_t set = StopSignals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);  // A peer that hangs up is an error of write(), not our end.
}

void WaitForSignal() {
  const sigset_t set = StopSignals();
  int caught = 0;
  sigwait(&set, &caught);
  observe::Log(observe::Level::kInfo, "stopping", {{"signal", std::int64_t{caught}}});
  observe::FlushLog();
  std::thread([set] {
    int again = 0;
    sigwait(&set, &again);
    std::_Exit(kExitImpatient);
  }).detach();
}

}  // namespace sas::rpc
