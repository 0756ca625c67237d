#include "services/booking/store_sql_standby.h"
#include "tests/contract/booking/booking_store_fixture.h"

// What an answer of this ledger survives: the loss of its server, or not.
namespace sas::booking {
namespace {

class StandbyTest : public BookingStoreTest {};

TEST_P(StandbyTest, H23_AServerAloneSaysThatItIsAlone) {
  if (GetParam() == testing::Backend::kMemory) GTEST_SKIP() << "no engine";
  const auto standbys = SynchronousStandbys(*under_test_->database(), Call());
  ASSERT_THAT(standbys, testing::IsOk());
  if (GetParam() == testing::Backend::kSqlite) {
    EXPECT_FALSE(standbys->has_value()) << "a file has copies, and no standby";
  } else {
    EXPECT_EQ(standbys->value_or(-1), 0);
  }
}

INSTANTIATE_TEST_SUITE_P(Stores, StandbyTest, testing::EveryBackend(), testing::BackendName);

}  // namespace
}  // namespace sas::booking
