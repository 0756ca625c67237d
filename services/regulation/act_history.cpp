#include <charconv>
#include <functional>
#include <string>

#include "common/base/page_token.h"
#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "services/regulation/acts.h"
#include "services/regulation/case_changes.h"
#include "services/regulation/case_opening.h"
#include "services/regulation/facts.h"
#include "services/regulation/on_case.h"
#include "services/regulation/paging.h"
#include "services/regulation/protected_case.h"

namespace sas::regulation::acts {
namespace {

// Who has seen a protected contact stands in the audit record and in the history.
absl::Status KeepReading(CaseWork& work, v1::ReadReason reason) {
  v1::CaseHistoryEntry entry = HistoryEntryOf(work.call(), work.row(), work.now());
  entry.set_read_reason(reason);
  const std::string& name = work.row().name();
  SAS_RETURN_IF_ERROR(work.transaction().journal().Audit(
      {entry.act(), name, std::string(base::RegionOf(name)),
       "protected=1 reason=" + v1::ReadReason_Name(reason).substr(sizeof "READ_REASON_" - 1)}));
  return work.transaction().history().AddEntry(name, entry);
}

// Shows a dossier by `show`; once more in a transaction that also writes it down, when it has shown
// a protected contact: nobody sees one of which nothing stays.
absl::Status ReadCase(Desk& desk, const base::Call& call, const std::string& name,
                      v1::ReadReason reason, const std::function<absl::Status(CaseWork&)>& show) {
  SAS_RETURN_IF_ERROR(CheckName(call, kCaseName, name, "name"));
  bool saw_protected = false;
  const auto look = [&](RegulationTransaction& transaction, bool write_down) -> absl::Status {
    SAS_ASSIGN_OR_RETURN(CaseWork work,
                         CaseWork::OpenToRead(transaction, call, desk.clock.Now(), name));
    SAS_RETURN_IF_ERROR(CheckReader(work));
    if (reason != v1::READ_REASON_UNSPECIFIED) work.Disclose();
    SAS_ASSIGN_OR_RETURN(const bool sees, work.SeesContact());
    saw_protected = sees && IsProtected(work.row());
    if (saw_protected && write_down) SAS_RETURN_IF_ERROR(KeepReading(work, reason));
    return show(work);
  };
  SAS_RETURN_IF_ERROR(
      desk.store.Read(call, [&](RegulationTransaction& t) { return look(t, false); }));
  if (!saw_protected) return absl::OkStatus();
  return desk.store.Write(call, [&](RegulationTransaction& t) { return look(t, true); });
}

absl::StatusOr<std::int64_t> PositionOf(const std::string& text) {
  std::int64_t position = 0;
  if (text.empty()) return position;
  const char* end = text.data() + text.size();
  if (std::from_chars(text.data(), end, position).ptr == end) return position;
  return base::InvalidField("page_token", "INVALID_PAGE_TOKEN",
                            "give the token of the previous page as it came");
}

void SealChanges(v1::CaseHistoryEntry& entry) {
  for (v1::FieldChange& change : *entry.mutable_changes()) {
    if (!IsSealed(change.field())) continue;
    change.clear_before();
    change.clear_after();
    change.set_sealed(true);
  }
}

}  // namespace

absl::StatusOr<v1::RegulationCase> GetRegulationCase(Desk& desk, const base::Call& call,
                                                     const v1::GetRegulationCaseRequest& request) {
  v1::RegulationCase shown;
  SAS_RETURN_IF_ERROR(ReadCase(desk, call, request.name(), request.read_reason(),
                               [&](CaseWork& work) -> absl::Status {
                                 SAS_ASSIGN_OR_RETURN(shown, work.View());
                                 return absl::OkStatus();
                               }));
  return shown;
}

absl::StatusOr<v1::ListCaseHistoryResponse> ListCaseHistory(
    Desk& desk, const base::Call& call, const v1::ListCaseHistoryRequest& request) {
  SAS_RETURN_IF_ERROR(CheckName(call, kCaseName, request.parent(), "parent"));
  SAS_ASSIGN_OR_RETURN(const int size,
                       base::PageSize(request.page_size(), kPageStandard, kPageMax));
  SAS_ASSIGN_OR_RETURN(const std::string text,
                       base::ParsePageToken(request.parent(), request.page_token()));
  SAS_ASSIGN_OR_RETURN(const std::int64_t after, PositionOf(text));
  v1::ListCaseHistoryResponse response;
  const auto show = [&](CaseWork& work) -> absl::Status {
    response.Clear();
    SAS_ASSIGN_OR_RETURN(const bool sees, work.SeesContact());
    SAS_ASSIGN_OR_RETURN(
        auto page, work.transaction().history().ListEntries(request.parent(), after, size + 1));
    const bool more = page.size() > static_cast<std::size_t>(size);
    if (more) page.pop_back();
    if (more) {
      response.set_next_page_token(
          base::MakePageToken(request.parent(), std::to_string(page.back().position)));
    }
    for (PlacedEntry& each : page) {
      if (!sees) SealChanges(each.entry);
      *response.add_entries() = std::move(each.entry);
    }
    return absl::OkStatus();
  };
  SAS_RETURN_IF_ERROR(ReadCase(desk, call, request.parent(), request.read_reason(), show));
  return response;
}

}  // namespace sas::regulation::acts
