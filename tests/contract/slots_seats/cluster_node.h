#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/redis/client.h"
#include "common/testing/temp_redis.h"

namespace sas::slots {

/// A Redis Cluster of one node that serves the hash slots of our keys' tags and no other. Redis
/// lets an EVAL script touch whatever slots its node serves, declared or not: a node of all 16 384
/// would forgive a key outside of its region, and only a slot that is not served does not. A
/// command whose declared keys lie in two slots is CROSSSLOT either way.
class ClusterNode {
 public:
  /// `tags`: what stands in the braces of keys. SAS_CHECK when it does not serve within ten
  /// seconds.
  explicit ClusterNode(const std::vector<std::string>& tags);

  std::shared_ptr<testing::TempRedis> server() const { return server_; }

  /// Without a key or a script, as a new one is.
  void Empty();

  absl::StatusOr<redis::Reply> Do(const std::vector<std::string>& command);

  /// One for the whole process: a node lets two seconds pass before it serves.
  static ClusterNode& Shared();

 private:
  std::shared_ptr<testing::TempRedis> server_;
  std::unique_ptr<redis::Client> client_;
};

/// The Redis of a contract test: one of its own, or ClusterNode::Shared() when SAS_TEST_REDIS is
/// `cluster` (CMakeLists.txt).
std::shared_ptr<testing::TempRedis> StartRedis();

}  // namespace sas::slots
