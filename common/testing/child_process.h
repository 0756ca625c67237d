#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

namespace sas::testing {

/// A program that a test starts and that dies with the test, even when the test is killed.
class ChildProcess {
 public:
  struct Options {
    std::vector<std::string> command;  ///< Absolute path of the program, then its arguments.
    std::string log;                   ///< File that takes its output.
    std::string user;  ///< Runs as this user when started by root; empty: as we are.
  };

  explicit ChildProcess(const Options& options);
  ~ChildProcess();  ///< Kills.
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  bool Running();
  void Signal(int signal);
  /// Sends `signal` and waits for the end.
  void Stop(int signal);
  /// Waits for the end; the exit code, or -1 after a signal.
  int Wait();

 private:
  pid_t pid_ = -1;
  std::optional<int> exit_code_;
};

/// An empty folder that only its owner reads, removed with the object.
class TempFolder {
 public:
  explicit TempFolder(const std::string& name);
  ~TempFolder();
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  const std::string& path() const { return path_; }

  /// Gives the folder to `user` (as root only).
  void GiveTo(const std::string& user) const;

 private:
  std::string path_;
};

/// Asks `ready` every few milliseconds, for at most ten seconds; false when it never was. For
/// programs that do not say when they listen.
bool PollUntil(bool (*ready)(void*), void* argument);

template <typename Ready>
bool PollUntil(Ready ready) {
  return PollUntil([](void* argument) { return (*static_cast<Ready*>(argument))(); }, &ready);
}

}  // namespace sas::testing
