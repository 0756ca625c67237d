#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>

#include "common/testing/fake_clock.h"
#include "services/slots/store.h"

/// Every implementation of SlotsStore, for one suite of tests.
namespace sas::slots {

enum class StoreKind { kMemory, kSqlite, kPostgres };

std::string KindName(StoreKind kind);

class StoreUnderTest {
 public:
  virtual ~StoreUnderTest() = default;
  virtual SlotsStore& store() = 0;
  /// Closes and opens what is durable.
  virtual void Reopen() = 0;
};

/// Nullptr with the `reason` when the engine is not installed.
std::unique_ptr<StoreUnderTest> MakeStore(StoreKind kind, const base::Clock& clock,
                                          std::string& reason);

using Work = std::function<absl::Status(SlotsTransaction&)>;

class StoreContract : public ::testing::TestWithParam<StoreKind> {
 protected:
  void SetUp() override;

  SlotsStore& store() { return under_test_->store(); }

  base::Call Call() const { return base::InternalCall("test", clock_, std::chrono::seconds(30)); }

  absl::Status Write(const Work& work) { return store().Write(Call(), work); }

  absl::Status Read(const Work& work) { return store().Read(Call(), work); }

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

  testing::FakeClock clock_;
  std::unique_ptr<StoreUnderTest> under_test_;
};

}  // namespace sas::slots
