#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/base/clock.h"
#include "common/ledger/journal_sql.h"
#include "common/sql/database.h"
#include "services/regulation/exchange_ledger_sql.h"
#include "services/regulation/history_ledger_sql.h"
#include "services/regulation/pickup_ledger_sql.h"
#include "services/regulation/presence_ledger_sql.h"
#include "services/regulation/protocol_ledger_sql.h"
#include "services/regulation/roster_ledger_sql.h"
#include "services/regulation/store.h"
#include "services/regulation/store_sql_repeat.h"
#include "services/regulation/task_ledger_sql.h"

namespace sas::regulation {

/// A query put together from parts. Numbers are written into the text, strings are bound.
struct Query {
  std::string text;
  std::vector<std::pair<std::string, std::string>> bound;  ///< Parameter, value.

  /// ` AND territory IN …`, nothing when all are wanted.
  void AndTerritories(const std::vector<std::string>& territories, const sql::Session& session);
};

class SqlTransaction final : public RegulationTransaction {
 public:
  SqlTransaction(sql::Session& session, sql::Access access, const base::Call& call,
                 const base::Clock& clock)
      : session_(session),
        access_(access),
        call_(call),
        clock_(clock),
        journal_(session, access, call, clock),
        protocols_(session, access),
        roster_(session, access),
        neighbours_(session, access),
        exchanges_(session, access),
        tasks_(session, access),
        history_(session),
        presence_(session),
        pickups_(session, access) {}

  ledger::Journal& journal() override { return journal_; }

  ProtocolLedger& protocols() override { return protocols_; }

  RosterLedger& roster() override { return roster_; }

  NeighbourLedger& neighbours() override { return neighbours_; }

  ExchangeLedger& exchanges() override { return exchanges_; }

  TaskLedger& tasks() override { return tasks_; }

  HistoryLedger& history() override { return history_; }

  PresenceLedger& presence() override { return presence_; }

  PickupLedger& pickups() override { return pickups_; }

  bool published() const { return journal_.published(); }

  absl::StatusOr<v1::RegulationCase> GetCase(const std::string& name) override;
  absl::Status PutCase(const v1::RegulationCase& row) override;
  absl::StatusOr<std::vector<v1::RegulationCase>> ListCases(const CaseQuery& query) override;
  absl::StatusOr<std::string> NextCase(const CaseQuery& query) override;
  absl::StatusOr<std::vector<v1::RegulationCase>> NextCases(const CaseQuery& query) override;
  absl::StatusOr<std::vector<WaitEntry>> ListWaits(const std::optional<WaitEntry>& after,
                                                   base::Instant now, int limit) override;
  absl::StatusOr<RoomCount> CountRoom(const std::string& region,
                                      const std::vector<std::string>& territories,
                                      base::Instant now) override;

  absl::Status AddDecision(const v1::Decision& decision) override;
  absl::StatusOr<std::vector<v1::Decision>> ListDecisions(const std::string& case_name,
                                                          const std::string& after,
                                                          int limit) override;

  absl::StatusOr<std::string> KeepPaperForm(const PaperForm& form) override;
  absl::Status DropPaperForm(const PaperForm& form) override;

  absl::StatusOr<std::vector<v1::RegulationCase>> FindRepeated(const RepeatQuery& query) override;
  absl::Status KeepAttached(const AttachedCall& call) override;
  absl::StatusOr<std::vector<AttachedCall>> ListAttached(const std::string& case_name) override;
  absl::Status DropAttached(const std::string& case_name, const std::string& call_id) override;

  absl::StatusOr<v1::CareOrder> GetOrder(const std::string& name) override;
  absl::Status PutOrder(const v1::CareOrder& order) override;
  absl::StatusOr<std::vector<v1::CareOrder>> ListOrders(const OrderQuery& query) override;

  absl::StatusOr<v1::LostCall> GetLostCall(const std::string& name) override;
  absl::StatusOr<std::optional<v1::LostCall>> FindLostCall(const std::string& region,
                                                           const std::string& number) override;
  absl::Status PutLostCall(const v1::LostCall& lost_call) override;
  absl::StatusOr<std::vector<v1::LostCall>> ListLostCalls(const LostCallQuery& query) override;

  absl::Status AddMark(const KpiMark& mark) override;
  absl::StatusOr<std::vector<KpiMark>> ListMarks(const KpiMarkQuery& query) override;

  absl::StatusOr<std::int64_t> NextCount(const std::string& key) override;
  absl::StatusOr<std::string> GetCursor(const std::string& feed) override;
  absl::Status PutCursor(const std::string& feed, const std::string& cursor) override;

 private:
  /// By which a call finds the dossier. Throws as SOCI does.
  void PutNumbers(const std::string& name, const std::vector<std::string>& numbers);
  void CountWaits(const Query& where, base::Instant now, RoomCount& room);
  /// Territories where something is claimed.
  std::vector<std::string> CountClaims(const Query& where, base::Instant now, RoomCount& room);
  absl::Status FindIdle(const Query& where, const std::string& territory, base::Instant now,
                        RoomCount& room);
  long long Count(const Query& query);

  sql::Session& session_;
  const sql::Access access_;
  const base::Call& call_;
  const base::Clock& clock_;
  ledger::SqlJournal journal_;
  SqlProtocolLedger protocols_;
  SqlRosterLedger roster_;
  SqlNeighbourLedger neighbours_;
  SqlExchangeLedger exchanges_;
  SqlTaskLedger tasks_;
  SqlHistoryLedger history_;
  SqlPresenceLedger presence_;
  SqlPickupLedger pickups_;
  std::map<std::string, RepeatColumns> repeat_read_;  ///< As it stands in the ledger, by dossier.
};

}  // namespace sas::regulation
