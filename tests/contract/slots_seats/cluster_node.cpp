#include "tests/contract/slots_seats/cluster_node.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <string_view>

#include "common/base/clock.h"
#include "common/base/status.h"

namespace sas::slots {
namespace {

const base::Clock& Clock() {
  static const base::SystemClock clock;
  return clock;
}

// For the bus between nodes, which Redis does not do without. Free a moment ago: the next to bind
// gets another one.
std::string FreePort() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  const bool bound = ::bind(fd, reinterpret_cast<const sockaddr*>(&address), size) == 0 &&
                     ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  ::close(fd);
  SAS_CHECK(bound, "no free port on loopback");
  return std::to_string(ntohs(address.sin_port));
}

}  // namespace

ClusterNode::ClusterNode(const std::vector<std::string>& tags)
    : server_(std::make_shared<testing::TempRedis>(std::vector<std::string>{
          "--cluster-enabled", "yes", "--cluster-port", FreePort(), "--bind", "127.0.0.1",
          "--cluster-require-full-coverage", "no", "--cluster-node-timeout", "500"})),
      client_(std::make_unique<redis::Client>(
          redis::Client::Options{.address = server_->address(),
                                 .user = "",
                                 .password = "",
                                 .command_timeout = std::chrono::seconds(5)},
          Clock())) {
  for (const std::string& tag : tags) {
    const auto slot = Do({"CLUSTER", "KEYSLOT", "{" + tag + "}"});
    SAS_CHECK(slot.ok(), slot.status().ToString());
    const auto added = Do({"CLUSTER", "ADDSLOTS", std::to_string(slot->integer)});
    SAS_CHECK(added.ok(), added.status().ToString());
  }
  const bool serves = testing::PollUntil([this] {
    const auto info = Do({"CLUSTER", "INFO"});
    return info.ok() && info->text.find("cluster_state:ok") != std::string::npos;
  });
  SAS_CHECK(serves, "the cluster's node does not serve");
}

absl::StatusOr<redis::Reply> ClusterNode::Do(const std::vector<std::string>& command) {
  return client_->Command(base::InternalCall("test", Clock(), std::chrono::seconds(30)), command);
}

void ClusterNode::Empty() {
  const auto flushed = Do({"FLUSHALL"});
  SAS_CHECK(flushed.ok(), flushed.status().ToString());
  const auto forgotten = Do({"SCRIPT", "FLUSH"});
  SAS_CHECK(forgotten.ok(), forgotten.status().ToString());
}

ClusterNode& ClusterNode::Shared() {
  static ClusterNode node({"fr-pdl", "sources"});
  return node;
}

std::shared_ptr<testing::TempRedis> StartRedis() {
  const char* const kind = std::getenv("SAS_TEST_REDIS");
  if (kind == nullptr || std::string_view(kind) != "cluster") {
    return std::make_shared<testing::TempRedis>();
  }
  ClusterNode::Shared().Empty();
  return ClusterNode::Shared().server();
}

}  // namespace sas::slots
