#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "common/testing/fake_clock.h"
#include "services/regulation/convert.h"
#include "services/regulation/store.h"

/// Every implementation of RegulationStore, for one suite of tests.
namespace sas::regulation {

enum class StoreKind { kMemory, kSqlite, kPostgres };

std::string KindName(StoreKind kind);

class StoreUnderTest {
 public:
  virtual ~StoreUnderTest() = default;
  virtual RegulationStore& store() = 0;
  /// Closes and opens what is durable.
  virtual void Reopen() = 0;
};

/// Nullptr with the `reason` when the engine is not installed.
std::unique_ptr<StoreUnderTest> MakeStore(StoreKind kind, const base::Clock& clock,
                                          std::string& reason);

class StoreContract : public ::testing::TestWithParam<StoreKind> {
 protected:
  void SetUp() override;

  RegulationStore& store() { return under_test_->store(); }

  base::Call Call() const { return base::InternalCall("test", clock_, std::chrono::seconds(30)); }

  absl::Status Write(const RegulationStore::Work& work) { return store().Write(Call(), work); }

  absl::Status Read(const RegulationStore::Work& work) { return store().Read(Call(), work); }

  /// A waiting dossier of fr-pdl, territory 85, not stored.
  v1::RegulationCase Case(const std::string& id, v1::Priority priority) const;
  /// Stores them all.
  void Put(const std::vector<v1::RegulationCase>& cases);
  CaseQuery Query(v1::CaseListView view) const;
  std::vector<std::string> Names(const CaseQuery& query);

  testing::FakeClock clock_;
  std::unique_ptr<StoreUnderTest> under_test_;
};

}  // namespace sas::regulation
