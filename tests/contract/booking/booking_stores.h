#pragma once

#include <memory>
#include <string>

#include "common/base/clock.h"
#include "services/booking/store.h"

/// The implementations of BookingStore, for suites that run on all of them.
namespace sas::booking {

enum class Kind { kMemory, kSqlite, kPostgres };

std::string KindName(Kind kind);

class StoreUnderTest {
 public:
  virtual ~StoreUnderTest() = default;
  virtual BookingStore& store() = 0;
  /// Reopens what is durable.
  virtual void Reopen() = 0;
};

/// Nullptr with the `reason` when the engine is not installed.
std::unique_ptr<StoreUnderTest> MakeStore(Kind kind, const base::Clock& clock, std::string& reason);

}  // namespace sas::booking
