// That the cluster on which the seat book's suite runs once more would show a broken key rule.

#include "tests/contract/slots_seats/cluster_node.h"

#include <gtest/gtest.h>

#include "common/base/status.h"

namespace sas::slots {
namespace {

class ClusterNodeTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!testing::TempRedis::Installed()) GTEST_SKIP() << "redis-server is not installed";
    ClusterNode::Shared().Empty();
  }

  /// Runs a script with `keys`, which touches the key of its first argument.
  static absl::StatusOr<redis::Reply> Touch(const std::vector<std::string>& keys,
                                            const std::string& touched) {
    std::vector<std::string> command = {"EVAL", "return redis.call('SET', ARGV[1], '1')",
                                        std::to_string(keys.size())};
    command.insert(command.end(), keys.begin(), keys.end());
    command.push_back(touched);
    return ClusterNode::Shared().Do(command);
  }
};

TEST_F(ClusterNodeTest, AScriptStaysInTheSlotOfItsRegion) {
  const std::string meta = "sas:{fr-pdl}:meta";
  const auto inside = Touch({meta, "sas:{fr-pdl}:slot:challans/a"}, "sas:{fr-pdl}:expiries");
  EXPECT_TRUE(inside.ok()) << inside.status();
  EXPECT_EQ(base::ReasonOf(Touch({meta}, "sas:{fr-bre}:expiries").status()), "REDIS_ERROR");
  EXPECT_EQ(base::ReasonOf(Touch({meta}, "sas:expiries").status()), "REDIS_ERROR");
}

TEST_F(ClusterNodeTest, DeclaredKeysOfTwoSlotsAreRefused) {
  const auto crossed = Touch({"sas:{fr-pdl}:meta", "sas:{sources}:lines:a"}, "sas:{fr-pdl}:meta");
  EXPECT_EQ(base::ReasonOf(crossed.status()), "REDIS_ERROR");
  EXPECT_EQ(base::DetailOf(crossed.status()).metadata, (base::Metadata{{"error", "CROSSSLOT"}}));
}

}  // namespace
}  // namespace sas::slots
