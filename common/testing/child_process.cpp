#include "common/testing/child_process.h"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "common/base/status.h"

namespace sas::testing {
namespace {

constexpr std::chrono::milliseconds kPollEvery{5};
constexpr int kPollsMax = 2000;

/// Between fork and exec only calls that are safe there.
[[noreturn]] void Exec(char* const* arguments, int log, const passwd* user) {
  ::dup2(log, STDOUT_FILENO);
  ::dup2(log, STDERR_FILENO);
  if (user != nullptr) {
    if (::setgroups(0, nullptr) != 0 || ::setgid(user->pw_gid) != 0 ||
        ::setuid(user->pw_uid) != 0) {
      ::_exit(126);
    }
  }
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // After setuid, which clears it.
  ::execv(arguments[0], arguments);
  ::_exit(127);
}

}  // namespace

ChildProcess::ChildProcess(const Options& options) {
  std::vector<std::string> command = options.command;
  std::vector<char*> arguments;
  for (std::string& argument : command) arguments.push_back(argument.data());
  arguments.push_back(nullptr);
  const passwd* user = nullptr;
  if (!options.user.empty() && ::geteuid() == 0) user = ::getpwnam(options.user.c_str());
  const int log = ::open(options.log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  SAS_CHECK(log >= 0, "the log of a child process cannot be written: " + options.log);
  pid_ = ::fork();
  SAS_CHECK(pid_ >= 0, "fork failed");
  if (pid_ == 0) Exec(arguments.data(), log, user);
  ::close(log);
}

ChildProcess::~ChildProcess() {
  Stop(SIGKILL);
}

bool ChildProcess::Running() {
  if (exit_code_) return false;
  int status = 0;
  if (::waitpid(pid_, &status, WNOHANG) == 0) return true;
  exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return false;
}

void ChildProcess::Signal(int signal) {
  if (Running()) ::kill(pid_, signal);
}

void ChildProcess::Stop(int signal) {
  Signal(signal);
  Wait();
}

int ChildProcess::Wait() {
  if (exit_code_) return *exit_code_;
  int status = 0;
  ::waitpid(pid_, &status, 0);
  exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return *exit_code_;
}

TempFolder::TempFolder(const std::string& name) {
  // Short: a unix socket's path may have 107 characters.
  path_ = std::filesystem::temp_directory_path().string() + "/sas-" + name + "-XXXXXX";
  SAS_CHECK(::mkdtemp(path_.data()) != nullptr, "a temporary folder cannot be made");
}

TempFolder::~TempFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

void TempFolder::GiveTo(const std::string& user) const {
  const passwd* entry = ::getpwnam(user.c_str());
  if (entry == nullptr || ::geteuid() != 0) return;
  SAS_CHECK(::chown(path_.c_str(), entry->pw_uid, entry->pw_gid) == 0, "chown failed");
}

bool PollUntil(bool (*ready)(void*), void* argument) {
  for (int i = 0; i < kPollsMax; ++i) {
    if (ready(argument)) return true;
    std::this_thread::sleep_for(kPollEvery);
  }
  return false;
}

}  // namespace sas::testing
