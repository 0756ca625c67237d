#include "services/regulation/case_ageing.h"

#include <algorithm>
#include <string>
#include <vector>

#include "common/base/status.h"
#include "services/regulation/case_work.h"
#include "services/regulation/convert.h"
#include "services/regulation/store_rows.h"

namespace sas::regulation {
namespace {

constexpr int kPage = 200;

// Its order may still come back, and would find a dossier that is closed for good.
absl::StatusOr<bool> MayComeBack(CaseWork& work) {
  SAS_ASSIGN_OR_RETURN(const auto* orders, work.Orders());
  return std::any_of(orders->begin(), orders->end(), [&](const v1::CareOrder& order) {
    return IsOpen(ToValue(order.state())) || IsBookedAhead(order, work.now());
  });
}

absl::Status Age(Desk& desk, const base::Call& call, const std::string& name) {
  return desk.store.Write(call, [&](RegulationTransaction& transaction) -> absl::Status {
    const base::Instant now = desk.clock.Now();
    SAS_ASSIGN_OR_RETURN(CaseWork work, CaseWork::Open(transaction, call, now, name));
    SAS_ASSIGN_OR_RETURN(const auto* decisions, work.Decisions());
    const base::Instant decided =
        decisions->empty() ? base::Instant{} : ToInstant(decisions->back().create_time());
    const CaseIndex index = IndexOf(work.row());
    const auto ageing = AgeingOf(index.state, index.opened, decided, desk.kept);
    const bool begins = index.state == CaseState::kProgrammed;
    // Somebody decides anew, or has done so.
    const bool taken = !begins && IsLive(ToValue(work.row().claim()), now);
    if (!ageing || ageing->due > now || taken) return absl::OkStatus();
    if (index.state == CaseState::kValidated) {
      SAS_ASSIGN_OR_RETURN(const bool may_come_back, MayComeBack(work));
      if (may_come_back) return absl::OkStatus();
    }
    SAS_RETURN_IF_ERROR(work.Advance(ageing->act));
    if (begins) work.Wait();
    const std::string code(CaseStateCode(ToValue(work.row().state())));
    return work.Save("case.updated", "state=" + code);
  });
}

// Their names first: what is moved leaves the list.
absl::StatusOr<std::vector<std::string>> OldOnes(Desk& desk, const base::Call& call,
                                                 CaseState state) {
  std::vector<std::string> names;
  CaseQuery query;
  query.view =
      state == CaseState::kProgrammed ? v1::CASE_LIST_VIEW_PROGRAMMED : v1::CASE_LIST_VIEW_ENDED;
  query.state = state;
  query.now = desk.clock.Now();
  query.opened_until = NewestToAge(state, query.now, desk.kept);
  query.limit = kPage;
  std::vector<v1::RegulationCase> rows;
  do {
    SAS_RETURN_IF_ERROR(
        desk.store.Read(call, [&](RegulationTransaction& transaction) -> absl::Status {
          SAS_ASSIGN_OR_RETURN(rows, transaction.ListCases(query));
          return absl::OkStatus();
        }));
    for (const v1::RegulationCase& row : rows) names.push_back(row.name());
    if (!rows.empty()) query.after = ListKeyOf(query, IndexOf(rows.back()));
  } while (rows.size() == static_cast<std::size_t>(kPage));
  return names;
}

}  // namespace

absl::Status AgeCases(Desk& desk, const base::Call& call) {
  base::Call beginning = call;
  beginning.method = kCaseBeginning;
  for (const CaseState state :
       {CaseState::kProgrammed, CaseState::kValidated, CaseState::kClosed, CaseState::kFiled}) {
    const base::Call& as = state == CaseState::kProgrammed ? beginning : call;
    SAS_ASSIGN_OR_RETURN(const auto names, OldOnes(desk, as, state));
    for (const std::string& name : names) SAS_RETURN_IF_ERROR(Age(desk, as, name));
  }
  return absl::OkStatus();
}

}  // namespace sas::regulation
