#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "common/base/clock.h"
#include "common/ledger/journal.h"
#include "sas/regulation/v1/care_order.pb.h"
#include "sas/regulation/v1/decision.pb.h"
#include "sas/regulation/v1/regulation_case.pb.h"
#include "sas/regulation/v1/regulation_service.pb.h"
#include "services/regulation/domain/attached_call.h"
#include "services/regulation/domain/board_alarms.h"
#include "services/regulation/domain/kpi_mark.h"
#include "services/regulation/domain/queue.h"
#include "services/regulation/exchange_ledger.h"
#include "services/regulation/history_ledger.h"
#include "services/regulation/pickup_ledger.h"
#include "services/regulation/presence_ledger.h"
#include "services/regulation/protocol_ledger.h"
#include "services/regulation/store_queries.h"
#include "services/regulation/task_ledger.h"

namespace sas::regulation {
class RosterLedger;
class NeighbourLedger;

/// One transaction. Aggregates are whole: what is put replaces what was there. Put compares
/// versions: the stored one must be the predecessor of the new, ABORTED `CONCURRENT_CHANGE`
/// otherwise. Rows of a write transaction that were read stay unchanged until its end.
class RegulationTransaction {
 public:
  virtual ~RegulationTransaction() = default;

  virtual ledger::Journal& journal() = 0;
  virtual ProtocolLedger& protocols() = 0;
  virtual RosterLedger& roster() = 0;
  virtual NeighbourLedger& neighbours() = 0;
  virtual ExchangeLedger& exchanges() = 0;
  virtual TaskLedger& tasks() = 0;
  virtual HistoryLedger& history() = 0;
  virtual PickupLedger& pickups() = 0;
  virtual PresenceLedger& presence() = 0;

  /// NOT_FOUND `CASE_NOT_FOUND`.
  virtual absl::StatusOr<v1::RegulationCase> GetCase(const std::string& name) = 0;
  virtual absl::Status PutCase(const v1::RegulationCase& regulation_case) = 0;
  /// In the order of the queue at `now`; ended ones newest first.
  virtual absl::StatusOr<std::vector<v1::RegulationCase>> ListCases(const CaseQuery& query) = 0;
  /// Name of the dossier that is taken next among those that wait and are ready, locked against
  /// others until the end of the transaction; empty when there is none. `view`, `after` and `limit`
  /// do not count.
  virtual absl::StatusOr<std::string> NextCase(const CaseQuery& query) = 0;
  /// The first `limit` of those that NextCase chooses among, in its order, and not locked.
  virtual absl::StatusOr<std::vector<v1::RegulationCase>> NextCases(const CaseQuery& query) = 0;
  /// Of all regions, the longest wait first, after that of `after` (start and name); without the
  /// dossiers themselves.
  virtual absl::StatusOr<std::vector<WaitEntry>> ListWaits(const std::optional<WaitEntry>& after,
                                                           base::Instant now, int limit) = 0;
  virtual absl::StatusOr<RoomCount> CountRoom(const std::string& region,
                                              const std::vector<std::string>& territories,
                                              base::Instant now) = 0;

  virtual absl::Status AddDecision(const v1::Decision& decision) = 0;
  /// Oldest first, after the decision named `after`.
  virtual absl::StatusOr<std::vector<v1::Decision>> ListDecisions(const std::string& case_name,
                                                                  const std::string& after,
                                                                  int limit) = 0;

  /// A paper form is one dossier: keeps which, the first time. Name of the dossier that the form is
  /// already, empty when there was none (hazard H-44).
  virtual absl::StatusOr<std::string> KeepPaperForm(const PaperForm& form) = 0;
  /// The number was a slip: the dossier is not that form.
  virtual absl::Status DropPaperForm(const PaperForm& form) = 0;

  /// The best candidates for a call, best first, at most kCandidatesMax (hazard H-07).
  virtual absl::StatusOr<std::vector<v1::RegulationCase>> FindRepeated(
      const RepeatQuery& query) = 0;
  /// What the dossier, which is kept, was before a call; replaces what was kept of that call.
  virtual absl::Status KeepAttached(const AttachedCall& call) = 0;
  /// Oldest first.
  virtual absl::StatusOr<std::vector<AttachedCall>> ListAttached(const std::string& case_name) = 0;
  virtual absl::Status DropAttached(const std::string& case_name, const std::string& call_id) = 0;

  /// NOT_FOUND `ORDER_NOT_FOUND`.
  virtual absl::StatusOr<v1::CareOrder> GetOrder(const std::string& name) = 0;
  virtual absl::Status PutOrder(const v1::CareOrder& order) = 0;
  /// Soonest due first; entries: EntryKey.
  virtual absl::StatusOr<std::vector<v1::CareOrder>> ListOrders(const OrderQuery& query) = 0;

  /// NOT_FOUND `LOST_CALL_NOT_FOUND`.
  virtual absl::StatusOr<v1::LostCall> GetLostCall(const std::string& name) = 0;
  /// The newest call to return of this number, nothing when there is none.
  virtual absl::StatusOr<std::optional<v1::LostCall>> FindLostCall(const std::string& region,
                                                                   const std::string& number) = 0;
  virtual absl::Status PutLostCall(const v1::LostCall& lost_call) = 0;
  /// Calls to return, oldest first.
  virtual absl::StatusOr<std::vector<v1::LostCall>> ListLostCalls(const LostCallQuery& query) = 0;

  /// Keeps what figures are made of; hour, actor and role are those of the journal.
  virtual absl::Status AddMark(const KpiMark& mark) = 0;
  /// Oldest first. Of subjects, whatever the region: their names begin with it.
  virtual absl::StatusOr<std::vector<KpiMark>> ListMarks(const KpiMarkQuery& query) = 0;

  /// 1, 2, 3… for each key.
  virtual absl::StatusOr<std::int64_t> NextCount(const std::string& key) = 0;

  /// Position in another service's feed; empty before the first event.
  virtual absl::StatusOr<std::string> GetCursor(const std::string& feed) = 0;
  virtual absl::Status PutCursor(const std::string& feed, const std::string& cursor) = 0;

  /// Of the waits that are written in it.
  const AlarmRules& delays() const { return *delays_; }

  void UseDelays(const AlarmRules& delays) { delays_ = &delays; }

 private:
  inline static const AlarmRules kNational{};
  const AlarmRules* delays_ = &kNational;
};

/// The ledger of regulation. `work` may run more than once and must have no outside effect.
class RegulationStore {
 public:
  using Work = std::function<absl::Status(RegulationTransaction&)>;

  virtual ~RegulationStore() = default;

  /// All of `work` or nothing; durable when it returns OK.
  virtual absl::Status Write(const base::Call& call, const Work& work) = 0;
  virtual absl::Status Read(const base::Call& call, const Work& work) = 0;
  virtual ledger::Feed& feed() = 0;

  /// Delays of the sites, for whoever writes a wait. Before the first write.
  void UseDelays(AlarmRules delays) { delays_ = std::move(delays); }

 protected:
  AlarmRules delays_;
};

}  // namespace sas::regulation
