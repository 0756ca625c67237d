#include <soci/soci.h>

#include <map>
#include <utility>

#include "common/base/status.h"
#include "common/ledger/audit_chain.h"
#include "common/ledger/journal_sql.h"
#include "common/sql/statement.h"

namespace sas::ledger {
namespace {

using soci::into;
using soci::use;

/// Records read in one transaction: a check of years must not hold the ledger.
constexpr long long kPageSize = 1000;

struct Head {
  long long sequence = 0;
  std::string hash;
};

absl::Status Broken(long long chain, long long sequence, std::string_view what) {
  return base::Fail(absl::StatusCode::kDataLoss, "AUDIT_CHAIN_BROKEN",
                    "the audit record does not fit its chain (" + std::string(what) +
                        "): it was changed, removed or moved; keep the ledger as it is and compare "
                        "it with its copies",
                    {{"chain", std::to_string(chain)}, {"sequence", std::to_string(sequence)}});
}

/// Every chain with its newest record. A chain without a head counts as one that should be empty.
std::map<long long, Head> ReadHeads(sql::Session& session) {
  std::map<long long, Head> heads;
  long long chain = 0;
  sql::FetchEach(
      session, "SELECT DISTINCT chain FROM audit", [&] { heads[chain] = {}; }, into(chain));
  Head head;
  sql::FetchEach(
      session, "SELECT chain, sequence, hash FROM audit_head", [&] { heads[chain] = head; },
      into(chain), into(head.sequence), into(head.hash));
  return heads;
}

std::vector<AuditRecord> ReadPage(sql::Session& session, long long chain, long long after) {
  std::vector<AuditRecord> page;
  AuditRecord record;
  record.chain = static_cast<int>(chain);
  long long sequence = 0;
  long long time_us = 0;
  sql::FetchEach(
      session,
      "SELECT sequence, time_us, actor, role, trace_id, action, subject, region, detail, "
      "previous_hash, hash FROM audit WHERE chain = :chain AND sequence > :after "
      "ORDER BY sequence LIMIT :page",
      [&] {
        record.sequence = sequence;
        record.time = sql::FromMicros(time_us);
        page.push_back(record);
      },
      use(chain, "chain"), use(after, "after"), use(kPageSize, "page"), into(sequence),
      into(time_us), into(record.actor), into(record.role), into(record.trace_id),
      into(record.entry.action), into(record.entry.subject), into(record.entry.region),
      into(record.entry.detail), into(record.previous_hash), into(record.hash));
  return page;
}

absl::Status CheckRecord(const AuditRecord& record, const Head& previous, const Head& head) {
  if (record.sequence != previous.sequence + 1) {
    return Broken(record.chain, previous.sequence + 1, "missing");
  }
  if (record.previous_hash != previous.hash) {
    return Broken(record.chain, record.sequence, "wrong predecessor");
  }
  if (record.hash != AuditHash(record)) {
    return Broken(record.chain, record.sequence, "wrong content");
  }
  if (record.sequence == head.sequence && record.hash != head.hash) {
    return Broken(record.chain, record.sequence, "not the record that was written last");
  }
  return absl::OkStatus();
}

/// Checks one chain up to `head`, which was read first; what was added since is left out.
absl::StatusOr<std::int64_t> VerifyChain(sql::Database& database, const base::Call& call,
                                         long long chain, const Head& head) {
  Head previous{0, std::string(kFirstPreviousHash)};
  while (previous.sequence < head.sequence) {
    std::vector<AuditRecord> page;
    SAS_RETURN_IF_ERROR(database.Run(call, sql::Access::kRead, [&](sql::Session& session) {
      page = ReadPage(session, chain, previous.sequence);
      return absl::OkStatus();
    }));
    if (page.empty()) return Broken(chain, previous.sequence + 1, "missing");
    for (const AuditRecord& record : page) {
      if (previous.sequence == head.sequence) break;
      SAS_RETURN_IF_ERROR(CheckRecord(record, previous, head));
      previous = {record.sequence, record.hash};
    }
  }
  return head.sequence;
}

}  // namespace

absl::StatusOr<std::int64_t> VerifyAudit(sql::Database& database, const base::Call& call) {
  std::map<long long, Head> heads;
  SAS_RETURN_IF_ERROR(database.Run(call, sql::Access::kRead, [&](sql::Session& session) {
    heads = ReadHeads(session);
    return absl::OkStatus();
  }));
  std::int64_t records = 0;
  for (const auto& [chain, head] : heads) {
    if (head.sequence == 0) return Broken(chain, 1, "a chain without head");
    SAS_ASSIGN_OR_RETURN(const std::int64_t count, VerifyChain(database, call, chain, head));
    records += count;
  }
  return records;
}

}  // namespace sas::ledger
