#include "services/booking/history.h"

#include <cstdio>
#include <string>

#include "common/base/page_token.h"
#include "common/base/status.h"
#include "services/booking/changed.h"
#include "services/booking/convert.h"
#include "services/booking/parse.h"

namespace sas::booking {
namespace {

constexpr int kPageStandard = 50;
constexpr int kPageMax = 200;

std::string TextOf(const ledger::AuditRecord& record) {
  return std::to_string(record.time.time_since_epoch().count()) + " " +
         std::to_string(record.chain) + " " + std::to_string(record.sequence);
}

absl::StatusOr<HistoryPosition> PositionOf(const std::string& text) {
  long long micros = 0;
  int chain = 0;
  long long sequence = 0;
  // The token was made here: its query is bound to it.
  if (std::sscanf(text.c_str(), "%lld %d %lld", &micros, &chain, &sequence) == 3) {
    return HistoryPosition{base::Instant(std::chrono::microseconds(micros)), chain, sequence};
  }
  return base::InvalidField("page_token", "INVALID_PAGE_TOKEN",
                            "give the token of the previous page as it came");
}

v1::HistoryEntry ToEntry(const ledger::AuditRecord& record) {
  v1::HistoryEntry entry;
  *entry.mutable_record_time() = ToTimestamp(record.time);
  entry.mutable_actor()->set_subject(record.actor);
  entry.mutable_actor()->set_role(static_cast<sas::type::v1::Role>(base::ParseRole(record.role)));
  entry.set_action(record.entry.action);
  entry.set_detail(record.entry.detail);
  entry.set_trace_id(record.trace_id);
  entry.set_hash(record.hash);
  return entry;
}

}  // namespace

absl::StatusOr<v1::ListAppointmentHistoryResponse> ListHistory(
    BookingStore& store, const base::Call& call, const v1::ListAppointmentHistoryRequest& request) {
  SAS_RETURN_IF_ERROR(CheckName(call, request.parent(), "parent"));
  SAS_ASSIGN_OR_RETURN(const int size,
                       base::PageSize(request.page_size(), kPageStandard, kPageMax));
  SAS_ASSIGN_OR_RETURN(const std::string text,
                       base::ParsePageToken(request.parent(), request.page_token()));
  std::optional<HistoryPosition> after;
  if (!text.empty()) {
    SAS_ASSIGN_OR_RETURN(after, PositionOf(text));
  }
  std::vector<ledger::AuditRecord> found;
  SAS_RETURN_IF_ERROR(store.Read(call, [&](BookingTransaction& transaction) -> absl::Status {
    SAS_RETURN_IF_ERROR(SeenOrBooked(transaction, call, request.parent()).status());
    SAS_ASSIGN_OR_RETURN(found, transaction.History(request.parent(), after, size + 1));
    return absl::OkStatus();
  }));
  v1::ListAppointmentHistoryResponse response;
  if (static_cast<int>(found.size()) > size) {
    found.pop_back();
    response.set_next_page_token(base::MakePageToken(request.parent(), TextOf(found.back())));
  }
  for (const ledger::AuditRecord& record : found) *response.add_entries() = ToEntry(record);
  return response;
}

}  // namespace sas::booking
