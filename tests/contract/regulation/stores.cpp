#include "tests/contract/regulation/stores.h"

#include "common/base/status.h"
#include "common/testing/status_matchers.h"

namespace sas::regulation {

v1::RegulationCase StoreContract::Case(const std::string& id, v1::Priority priority) const {
  v1::RegulationCase row;
  row.set_name("regions/fr-pdl/cases/" + id);
  row.set_state(v1::RegulationCase::STATE_ACTIVE);
  row.set_territory("85");
  row.set_priority(priority);
  row.set_etag(EtagOf(1));
  *row.mutable_create_time() = ToTimestamp(clock_.Now());
  *row.mutable_wait_start_time() = ToTimestamp(clock_.Now());
  *row.mutable_wait_alarm_time() = ToTimestamp(clock_.Now() + std::chrono::minutes(1));
  return row;
}

void StoreContract::Put(const std::vector<v1::RegulationCase>& cases) {
  ASSERT_THAT(Write([&](RegulationTransaction& t) -> absl::Status {
                for (const auto& row : cases) SAS_RETURN_IF_ERROR(t.PutCase(row));
                return absl::OkStatus();
              }),
              testing::IsOk());
}

CaseQuery StoreContract::Query(v1::CaseListView view) const {
  CaseQuery query;
  query.region = "fr-pdl";
  query.view = view;
  query.now = clock_.Now();
  query.limit = 200;
  return query;
}

std::vector<std::string> StoreContract::Names(const CaseQuery& query) {
  std::vector<std::string> names;
  EXPECT_THAT(Read([&](RegulationTransaction& t) -> absl::Status {
                names.clear();
                SAS_ASSIGN_OR_RETURN(const auto cases, t.ListCases(query));
                for (const auto& row : cases) {
                  names.push_back(row.name().substr(std::string("regions/fr-pdl/cases/").size()));
                }
                return absl::OkStatus();
              }),
              testing::IsOk());
  return names;
}

}  // namespace sas::regulation
