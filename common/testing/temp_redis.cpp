#include "common/testing/temp_redis.h"

#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <utility>

#include "common/base/status.h"

namespace sas::testing {
namespace {

constexpr char kServer[] = "/usr/bin/redis-server";

bool Answers(const std::string& path) {
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof(address.sun_path) - 1);
  const bool connected =
      ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
  ::close(fd);
  return connected;
}

}  // namespace

TempRedis::TempRedis(std::vector<std::string> arguments)
    : folder_("redis"), socket_(folder_.path() + "/redis.sock"), arguments_(std::move(arguments)) {
  Start();
}

TempRedis::~TempRedis() = default;

bool TempRedis::Installed() {
  return ::access(kServer, X_OK) == 0;
}

void TempRedis::Kill() {
  server_.reset();
}

void TempRedis::Start() {
  ::unlink(socket_.c_str());
  ChildProcess::Options options;
  options.command = {kServer, "--port",       "0",  "--unixsocket", socket_,       "--save",
                     "",      "--appendonly", "no", "--dir",        folder_.path()};
  options.command.insert(options.command.end(), arguments_.begin(), arguments_.end());
  options.log = folder_.path() + "/redis.log";
  server_ = std::make_unique<ChildProcess>(options);
  SAS_CHECK(
      PollUntil([this] { return Answers(socket_) || !server_->Running(); }) && server_->Running(),
      "redis-server did not start: see " + options.log);
}

void TempRedis::Restart() {
  Kill();
  Start();
}

void TempRedis::Freeze() {
  server_->Signal(SIGSTOP);
}

void TempRedis::Thaw() {
  server_->Signal(SIGCONT);
}

}  // namespace sas::testing
