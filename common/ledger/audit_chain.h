#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/call.h"
#include "common/base/clock.h"
#include "common/ledger/journal.h"

namespace sas::ledger {

/// One record of an append-only chain: changing, removing or reordering any record breaks every
/// hash after it.
struct AuditRecord {
  int chain = 0;
  std::int64_t sequence = 0;  ///< From 1 within the chain.
  base::Instant time;
  std::string actor;
  std::string role;
  std::string trace_id;
  AuditEntry entry;
  std::string previous_hash;  ///< Hex SHA-256 of the record before; 64 zeros for the first.
  std::string hash;
};

/// The record after `previous_hash`/`previous_sequence`, hashed.
AuditRecord ChainNext(int chain, std::int64_t previous_sequence, std::string_view previous_hash,
                      const base::Call& call, base::Instant now, const AuditEntry& entry);

/// Hash that `record` must have, from its other fields.
std::string AuditHash(const AuditRecord& record);

/// Hex SHA-256.
std::string Sha256Hex(std::string_view bytes);

inline constexpr std::string_view kFirstPreviousHash =
    "0000000000000000000000000000000000000000000000000000000000000000";

}  // namespace sas::ledger
