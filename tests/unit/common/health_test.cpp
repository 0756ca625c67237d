#include <gmock/gmock.h>
#include <grpcpp/health_check_service_interface.h>

#include "common/rpc/server.h"

namespace sas::rpc {
namespace {

// What a load balancer would see.
class Board final : public grpc::HealthCheckServiceInterface {
 public:
  void SetServingStatus(const std::string& name, bool serving) override { shown[name] = serving; }

  void SetServingStatus(bool) override { FAIL() << "would flip `live` too"; }

  std::map<std::string, bool> shown;
};

class HealthTest : public ::testing::Test {
 protected:
  void Attach() { health_.Attach(&board_, &metrics_, "test"); }

  Board board_;
  observe::Metrics metrics_;
  Health health_;
};

TEST_F(HealthTest, NothingDeclaredIsNotReady) {
  Attach();
  EXPECT_FALSE(health_.Ready());
  EXPECT_FALSE(board_.shown.at("ready"));
  EXPECT_FALSE(board_.shown.at(""));
  EXPECT_TRUE(board_.shown.at("live"));
}

TEST_F(HealthTest, ReadyNeedsEveryRequiredPart) {
  health_.Declare("ledger", true);
  health_.Declare("projection", true);
  Attach();
  health_.Set("ledger", true, "connected");
  EXPECT_FALSE(board_.shown.at("ready"));
  health_.Set("projection", true, "caught up");
  EXPECT_TRUE(health_.Ready());
  EXPECT_TRUE(board_.shown.at("ready"));
  EXPECT_TRUE(board_.shown.at(""));
  health_.Set("ledger", false, "connection refused");
  EXPECT_FALSE(board_.shown.at("ready"));
  EXPECT_FALSE(board_.shown.at("ledger"));
  EXPECT_TRUE(board_.shown.at("projection"));
  EXPECT_TRUE(board_.shown.at("live"));
}

TEST_F(HealthTest, AnOptionalPartDoesNotTakeReadyWithIt) {
  Attach();
  health_.Declare("ledger", true);
  health_.Declare("redis", false);
  health_.Set("ledger", true, "connected");
  EXPECT_TRUE(board_.shown.at("ready"));
  EXPECT_FALSE(board_.shown.at("redis"));
}

TEST_F(HealthTest, ADrainIsForGood) {
  health_.Declare("ledger", true);
  Attach();
  health_.Set("ledger", true, "connected");
  health_.Drain();
  EXPECT_FALSE(board_.shown.at("ready"));
  EXPECT_TRUE(board_.shown.at("live"));
  health_.Set("ledger", false, "lost");
  health_.Set("ledger", true, "connected");
  EXPECT_FALSE(board_.shown.at("ready"));
  EXPECT_FALSE(health_.Ready());
}

TEST_F(HealthTest, ADetachedServiceIsNotTouched) {
  health_.Declare("ledger", true);
  Attach();
  health_.Attach(nullptr, nullptr, "test");
  board_.shown.clear();
  health_.Set("ledger", true, "connected");
  EXPECT_TRUE(board_.shown.empty());
}

TEST_F(HealthTest, APartMustBeDeclared) {
  EXPECT_DEATH(health_.Set("ledgre", true, "typing error"), "declared");
}

}  // namespace
}  // namespace sas::rpc
