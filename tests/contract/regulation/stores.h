#pragma once

#include <string>
#include <vector>

#include "common/testing/store_contract.h"
#include "services/regulation/convert.h"
#include "services/regulation/store_memory.h"
#include "services/regulation/store_sql.h"

namespace sas::regulation {

/// Every implementation of RegulationStore, for one suite of tests.
class StoreContract
    : public testing::StoreContract<testing::StoreUnderTest<
          RegulationStore, MemoryRegulationStore, SqlRegulationStore, RegulationMigrations>> {
 protected:
  /// A waiting dossier of fr-pdl, territory 85, not stored.
  v1::RegulationCase Case(const std::string& id, v1::Priority priority) const;
  /// Stores them all.
  void Put(const std::vector<v1::RegulationCase>& cases);
  CaseQuery Query(v1::CaseListView view) const;
  std::vector<std::string> Names(const CaseQuery& query);
};

}  // namespace sas::regulation
