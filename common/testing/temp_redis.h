#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/testing/child_process.h"

namespace sas::testing {

/// A private Redis on a unix socket, empty, without persistence; gone with the object.
class TempRedis {
 public:
  /// `arguments` go to redis-server as they are, for example {"--requirepass", "secret"}.
  explicit TempRedis(std::vector<std::string> arguments = {});
  ~TempRedis();

  /// False when redis-server is not installed: GTEST_SKIP().
  static bool Installed();

  /// Address for redis::Client.
  std::string address() const { return "unix:" + socket_; }

  /// Kills it (SIGKILL); the address stays.
  void Kill();
  /// Starts it again, empty.
  void Start();
  void Restart();
  /// Stops answering while connections stay open (SIGSTOP), and goes on.
  void Freeze();
  void Thaw();

 private:
  TempFolder folder_;
  std::string socket_;
  std::vector<std::string> arguments_;
  std::unique_ptr<ChildProcess> server_;
};

}  // namespace sas::testing
