#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/ledger/journal.h"
#include "common/sql/database.h"
#include "common/sql/migrate.h"

namespace sas::ledger {

/// Tables `answers`, `audit`, `outbox` that every service's ledger has. A service puts its own
/// migrations after these.
std::vector<sql::Migration> JournalMigrations();

/// Journal over the session of the running transaction. With kRead it can only find answers, and
/// takes no key.
class SqlJournal final : public Journal {
 public:
  SqlJournal(sql::Session& session, const base::Call& call, const base::Clock& clock,
             sql::Access access = sql::Access::kWrite)
      : session_(session), call_(call), clock_(clock), access_(access) {}

  absl::StatusOr<std::optional<Answer>> FindAnswer(const AnswerKey& key) override;
  absl::Status KeepAnswer(const AnswerKey& key, const Answer& answer) override;
  absl::Status Audit(const AuditEntry& entry) override;
  absl::Status Publish(const EventDraft& event) override;

  bool published() const { return published_; }

 private:
  sql::Session& session_;
  const base::Call& call_;
  const base::Clock& clock_;
  const sql::Access access_;
  bool published_ = false;
};

/// Feed over the outbox table.
class SqlFeed final : public Feed {
 public:
  explicit SqlFeed(sql::Database& database);
  ~SqlFeed() override;

  absl::StatusOr<std::vector<StoredEvent>> Read(const base::Call& call, std::string_view region,
                                                std::string_view cursor, int limit) override;
  absl::StatusOr<std::string> Head(const base::Call& call) override;
  std::uint64_t Subscribe(std::function<void()> wake) override;
  void Unsubscribe(std::uint64_t id) override;

  /// Stores call this after a committed write that published.
  void Notify();

 private:
  struct Listeners;
  sql::Database& database_;
  std::unique_ptr<Listeners> listeners_;
};

/// Removes answers older than kAnswerRetention; at most `limit` rows a call.
absl::StatusOr<int> PurgeAnswers(sql::Database& database, const base::Call& call,
                                 const base::Clock& clock, int limit);

/// Removes the oldest events, those recorded before `before`, at most `limit` a call, and gives
/// their number. A cursor older than what is left is then answered with `CURSOR_TRIMMED`.
absl::StatusOr<int> TrimOutbox(sql::Database& database, const base::Call& call,
                               base::Instant before, int limit);

/// Walks every audit chain of the ledger and recomputes its hashes. OK with the number of records,
/// DATA_LOSS `AUDIT_CHAIN_BROKEN` naming chain and sequence of the first record that does not fit.
absl::StatusOr<std::int64_t> VerifyAudit(sql::Database& database, const base::Call& call);

}  // namespace sas::ledger
