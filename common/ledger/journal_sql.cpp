#include "common/ledger/journal_sql.h"

#include <soci/soci.h>

#include <optional>

#include "absl/strings/escaping.h"
#include "common/base/status.h"
#include "common/ledger/audit_chain.h"
#include "common/sql/errors.h"
#include "common/sql/statement.h"
#include "embedded/sas_journal_migrations.h"

namespace sas::ledger {
namespace {

using soci::into;
using soci::use;
using sql::Exec;
using sql::FetchOne;

constexpr std::chrono::milliseconds kRetryInFlight{50};

long long Micros(std::chrono::microseconds duration) {
  return duration.count();
}

/// Takes the key in this transaction, so that a twin on another connection waits for its end
/// instead of running the same write beside it; when this one commits, the twin starts again
/// (40001) and finds the answer. False when an answer is there already.
bool Reserve(sql::Session& session, const AnswerKey& key, long long now) {
  return Exec(session,
              "INSERT INTO answers (caller, method, request_id, fingerprint, response, expires) "
              "VALUES (:caller, :method, :request_id, '', '', 0) "
              "ON CONFLICT (caller, method, request_id) "
              "DO UPDATE SET fingerprint = '', response = '', expires = 0 "
              "WHERE answers.expires <= :now",
              use(key.caller, "caller"), use(key.method, "method"),
              use(key.request_id, "request_id"), use(now, "now")) > 0;
}

}  // namespace

std::vector<sql::Migration> JournalMigrations(
    std::span<const std::pair<std::string_view, std::string_view>> own) {
  std::vector<sql::Migration> migrations;
  for (const auto& [name, text] : journal_migrations::kFiles) migrations.push_back({name, text});
  for (const auto& [name, text] : own) migrations.push_back({name, text});
  return migrations;
}

absl::StatusOr<std::optional<Answer>> SqlJournal::FindAnswer(const AnswerKey& key) {
  std::optional<Answer> found;
  const absl::Status status = sql::Guard([&]() -> absl::Status {
    const long long now = sql::ToMicros(clock_.Now());
    const bool takes_key =
        session_.dialect == sql::Dialect::kPostgres && access_ == sql::Access::kWrite;
    if (takes_key && Reserve(session_, key, now)) return absl::OkStatus();
    Answer answer;
    std::string encoded;
    const bool any = FetchOne(session_,
                              "SELECT fingerprint, response FROM answers WHERE caller = :caller "
                              "AND method = :method AND request_id = :request_id "
                              "AND expires > :now",
                              use(key.caller, "caller"), use(key.method, "method"),
                              use(key.request_id, "request_id"), use(now, "now"),
                              into(answer.fingerprint), into(encoded));
    if (!any) return absl::OkStatus();
    if (!absl::Base64Unescape(encoded, &answer.response)) {
      return base::Fail(absl::StatusCode::kInternal, "ANSWER_UNREADABLE",
                        "the stored answer cannot be read; keep the request_id and report it");
    }
    found = std::move(answer);
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  return found;
}

absl::Status SqlJournal::KeepAnswer(const AnswerKey& key, const Answer& answer) {
  return sql::Guard([&]() -> absl::Status {
    const long long now = sql::ToMicros(clock_.Now());
    const long long expires = now + Micros(kAnswerRetention);
    const std::string encoded = absl::Base64Escape(answer.response);
    const long long kept =
        Exec(session_,
             "INSERT INTO answers (caller, method, request_id, fingerprint, response, expires) "
             "VALUES (:caller, :method, :request_id, :fingerprint, :response, :expires) "
             "ON CONFLICT (caller, method, request_id) "
             "DO UPDATE SET fingerprint = excluded.fingerprint, response = excluded.response, "
             "expires = excluded.expires WHERE answers.expires <= :now",
             use(key.caller, "caller"), use(key.method, "method"),
             use(key.request_id, "request_id"), use(answer.fingerprint, "fingerprint"),
             use(encoded, "response"), use(expires, "expires"), use(now, "now"));
    if (kept > 0) return absl::OkStatus();
    return base::FailRetryable(absl::StatusCode::kAborted, "REQUEST_IN_FLIGHT",
                               "a request with this request_id finished meanwhile; repeat it to "
                               "get its answer",
                               kRetryInFlight);
  });
}

absl::Status SqlJournal::Audit(const AuditEntry& entry) {
  return sql::Guard([&] {
    const long long chain = session_.chain;
    long long sequence = 0;
    std::string hash(kFirstPreviousHash);
    FetchOne(session_, "SELECT sequence, hash FROM audit_head WHERE chain = :chain",
             use(chain, "chain"), into(sequence), into(hash));
    const AuditRecord record =
        ChainNext(session_.chain, sequence, hash, call_, clock_.Now(), entry);
    sequence = record.sequence;
    const long long time_us = sql::ToMicros(record.time);
    Exec(session_,
         "INSERT INTO audit (chain, sequence, time_us, actor, role, trace_id, action, subject, "
         "region, detail, previous_hash, hash) VALUES (:chain, :sequence, :time_us, :actor, :role, "
         ":trace_id, :action, :subject, :region, :detail, :previous_hash, :hash)",
         use(chain, "chain"), use(sequence, "sequence"), use(time_us, "time_us"),
         use(record.actor, "actor"), use(record.role, "role"), use(record.trace_id, "trace_id"),
         use(record.entry.action, "action"), use(record.entry.subject, "subject"),
         use(record.entry.region, "region"), use(record.entry.detail, "detail"),
         use(record.previous_hash, "previous_hash"), use(record.hash, "hash"));
    Exec(session_,
         "INSERT INTO audit_head (chain, sequence, hash) VALUES (:chain, :sequence, :hash) "
         "ON CONFLICT (chain) DO UPDATE SET sequence = excluded.sequence, hash = excluded.hash",
         use(chain, "chain"), use(sequence, "sequence"), use(record.hash, "hash"));
  });
}

absl::Status SqlJournal::Publish(const EventDraft& event) {
  const absl::Status status = sql::Guard([&] {
    const std::string role(base::RoleName(call_.actor.role));
    const long long time_us = sql::ToMicros(clock_.Now());
    const std::string encoded = absl::Base64Escape(event.payload);
    Exec(session_,
         "INSERT INTO outbox (region, type, subject, actor, role, trace_id, record_time_us, "
         "payload) VALUES (:region, :type, :subject, :actor, :role, :trace_id, :record_time_us, "
         ":payload)",
         use(event.region, "region"), use(event.type, "type"), use(event.subject, "subject"),
         use(call_.actor.subject, "actor"), use(role, "role"), use(call_.trace_id, "trace_id"),
         use(time_us, "record_time_us"), use(encoded, "payload"));
  });
  published_ = published_ || status.ok();
  return status;
}

}  // namespace sas::ledger
