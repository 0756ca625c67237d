#pragma once

#include <gtest/gtest.h>

#include <utility>

#include "common/testing/store_contract.h"
#include "services/slots/store_memory.h"
#include "services/slots/store_sql.h"

namespace sas::slots {

/// Every implementation of SlotsStore, for one suite of tests.
class StoreContract
    : public testing::StoreContract<
          testing::StoreUnderTest<SlotsStore, MemorySlotsStore, SqlSlotsStore, SlotsMigrations>> {
 protected:
  /// What `get` gives in a reading transaction; fails the test when it fails.
  template <typename Get>
  auto Got(Get get) {
    typename decltype(get(std::declval<SlotsTransaction&>()))::value_type value{};
    const absl::Status status = Read([&](SlotsTransaction& t) -> absl::Status {
      auto result = get(t);
      if (!result.ok()) return result.status();
      value = *std::move(result);
      return absl::OkStatus();
    });
    EXPECT_TRUE(status.ok()) << status.ToString();
    return value;
  }
};

}  // namespace sas::slots
