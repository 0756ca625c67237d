#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "common/ledger/write_once.h"
#include "services/regulation/acts.h"
#include "services/regulation/case_opening.h"
#include "services/regulation/case_right.h"
#include "services/regulation/case_work.h"
#include "services/regulation/convert.h"
#include "services/regulation/on_case.h"
#include "services/regulation/paging.h"
#include "services/regulation/protected_case.h"
#include "services/regulation/store_rows.h"
#include "services/regulation/view.h"

namespace sas::regulation::acts {

absl::StatusOr<v1::RegulationCase> CreateRegulationCase(
    Desk& desk, const base::Call& call, const v1::CreateRegulationCaseRequest& request) {
  SAS_RETURN_IF_ERROR(CheckName(call, "regions/*", request.parent(), "parent"));
  const v1::RegulationCase& proto = request.regulation_case();
  const Moment moment = desk.Now();
  SAS_RETURN_IF_ERROR(CheckOpening(call, proto, moment));
  bool created = false;
  auto answer = ledger::WriteOnce<v1::RegulationCase>(
      desk.store, call, request,
      [&](RegulationTransaction& transaction) -> absl::StatusOr<v1::RegulationCase> {
        v1::RegulationCase row = proto;
        SAS_RETURN_IF_ERROR(ConfirmPlace(call.actor, row, proto.place_outside_confirmed()));
        row.set_name(request.parent() + "/cases/" + base::MakeId(desk.clock, desk.random));
        SAS_RETURN_IF_ERROR(FillNewCase(desk, call, transaction, moment, row));
        CaseWork work = CaseWork::New(transaction, call, moment.now, std::move(row));
        SAS_RETURN_IF_ERROR(SaveOpened(work));
        created = true;
        return work.View();
      });
  if (answer.ok() && created) CountOpened(desk, *answer);
  return answer;
}

absl::StatusOr<v1::ListRegulationCasesResponse> ListRegulationCases(
    Desk& desk, const base::Call& call, const v1::ListRegulationCasesRequest& request) {
  SAS_RETURN_IF_ERROR(CheckName(call, "regions/*", request.parent(), "parent"));
  SAS_ASSIGN_OR_RETURN(const PageRequest page, PageOf(call, request));
  CaseQuery query;
  query.region = std::string(base::RegionOf(request.parent()));
  const auto own = TerritoriesOf(call.actor, request.territory());
  query.filiere = ToValue(request.filiere());
  query.view = request.view();
  const base::Instant now = desk.clock.Now();
  query.now = page.position ? page.position->now : now;
  if (page.position) query.after = page.position->key;
  query.limit = page.size + 1;
  v1::ListRegulationCasesResponse response;
  SAS_RETURN_IF_ERROR(
      desk.store.Read(call, [&](RegulationTransaction& transaction) -> absl::Status {
        response.Clear();
        SAS_ASSIGN_OR_RETURN(query.territories, OwnOrHelped(transaction, call.actor, query.region,
                                                            own, request.territory(), now));
        SAS_ASSIGN_OR_RETURN(const auto rows, transaction.ListCases(query));
        for (const v1::RegulationCase& row : rows) {
          if (response.regulation_cases_size() == page.size) {
            const auto& last = rows[static_cast<std::size_t>(page.size) - 1];
            response.set_next_page_token(
                WritePage(page, {ListKeyOf(query, IndexOf(last)), query.now}));
            break;
          }
          *response.add_regulation_cases() =
              Show(row, call.actor, now, SeesContact(row, {}, call.actor, now));
        }
        return absl::OkStatus();
      }));
  return response;
}

}  // namespace sas::regulation::acts
