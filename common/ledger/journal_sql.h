#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/ledger/journal.h"
#include "common/sql/database.h"
#include "common/sql/migrate.h"

namespace sas::ledger {

/// Tables `answers`, `audit`, `outbox` that every service's ledger has, and after these what `own`
/// adds: a service's {file name, content}, as sas_embed() lists them.
std::vector<sql::Migration> JournalMigrations(
    std::span<const std::pair<std::string_view, std::string_view>> own = {});

/// Journal over the session of the running transaction. With kRead it can only find answers, and
/// takes no key.
class SqlJournal final : public Journal {
 public:
  SqlJournal(sql::Session& session, sql::Access access, const base::Call& call,
             const base::Clock& clock)
      : session_(session), access_(access), call_(call), clock_(clock) {}

  absl::StatusOr<std::optional<Answer>> FindAnswer(const AnswerKey& key) override;
  absl::Status KeepAnswer(const AnswerKey& key, const Answer& answer) override;
  absl::Status Audit(const AuditEntry& entry) override;
  absl::Status Publish(const EventDraft& event) override;
  absl::StatusOr<std::string> Newest() override;  ///< In feed_sql.cpp, beside Head.

  bool published() const { return published_; }

 private:
  sql::Session& session_;
  const sql::Access access_;
  const base::Call& call_;
  const base::Clock& clock_;
  bool published_ = false;
};

/// Feed over the outbox table.
class SqlFeed final : public Feed {
 public:
  explicit SqlFeed(sql::Database& database);
  ~SqlFeed() override;

  absl::StatusOr<std::vector<StoredEvent>> Read(const base::Call& call, std::string_view region,
                                                std::string_view cursor, int limit) override;
  absl::StatusOr<std::vector<StoredEvent>> ReadUnsettled(const base::Call& call,
                                                         std::string_view region,
                                                         std::string_view cursor,
                                                         int limit) override;
  absl::StatusOr<std::string> Head(const base::Call& call) override;
  std::uint64_t Subscribe(std::function<void()> wake) override;
  void Unsubscribe(std::uint64_t id) override;

  /// After a committed write that published; RunWrite does it.
  void Notify();

 private:
  struct Listeners;

  absl::StatusOr<std::vector<StoredEvent>> Read(const base::Call& call, std::string_view region,
                                                std::string_view cursor, int limit, bool settled);

  sql::Database& database_;
  std::unique_ptr<Listeners> listeners_;
};

/// A store's write: `work(transaction)` as one unit of `database`, after whose commit the listeners
/// of `feed` hear of what it published. A Transaction is made as SqlJournal is, and tells
/// `published()` like it.
template <typename Transaction, typename Work>
absl::Status RunWrite(sql::Database& database, SqlFeed& feed, const base::Call& call,
                      const base::Clock& clock, const Work& work) {
  bool published = false;
  const absl::Status status =
      database.Run(call, sql::Access::kWrite, [&](sql::Session& session) -> absl::Status {
        Transaction transaction(session, sql::Access::kWrite, call, clock);
        const absl::Status done = work(transaction);
        published = transaction.published();
        return done;
      });
  if (status.ok() && published) feed.Notify();
  return status;
}

/// Several writes of a store, each as RunWrite does it, given to the database together; `first` as
/// Database::WriteTogether has it.
template <typename Transaction, typename Write>
void RunWritesTogether(sql::Database& database, SqlFeed& feed, const base::Clock& clock,
                       std::vector<Write>& writes,
                       const std::function<absl::Status(Transaction&)>& first = nullptr) {
  std::vector<char> published(writes.size(), 0);
  std::vector<sql::WriteUnit> units;
  units.reserve(writes.size());
  for (std::size_t i = 0; i < writes.size(); ++i) {
    units.push_back({writes[i].call,
                     [&, i](sql::Session& session) -> absl::Status {
                       Transaction transaction(session, sql::Access::kWrite, writes[i].call, clock);
                       const absl::Status done = writes[i].work(transaction);
                       published[i] = transaction.published() ? 1 : 0;
                       return done;
                     },
                     absl::OkStatus()});
  }
  database.WriteTogether(units, [&](sql::Session& session) {
    Transaction transaction(session, sql::Access::kWrite, writes.front().call, clock);
    return first ? first(transaction) : absl::OkStatus();
  });
  bool told = false;
  for (std::size_t i = 0; i < writes.size(); ++i) {
    writes[i].status = std::move(units[i].status);
    told = told || (writes[i].status.ok() && published[i] != 0);
  }
  if (told) feed.Notify();
}

/// A store's read, likewise; the engine refuses it every change.
template <typename Transaction, typename Work>
absl::Status RunRead(sql::Database& database, const base::Call& call, const base::Clock& clock,
                     const Work& work) {
  return database.Run(call, sql::Access::kRead, [&](sql::Session& session) -> absl::Status {
    Transaction transaction(session, sql::Access::kRead, call, clock);
    return work(transaction);
  });
}

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
