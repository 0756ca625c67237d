#include "common/ledger/audit_chain.h"

#include <openssl/evp.h>

#include "common/base/status.h"

namespace sas::ledger {
namespace {

/// Length before content: no two different records can give the same bytes.
void Put(std::string& out, std::string_view field) {
  out += std::to_string(field.size());
  out += ':';
  out += field;
}

}  // namespace

std::string Sha256Hex(std::string_view bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  SAS_CHECK(EVP_Digest(bytes.data(), bytes.size(), digest, &size, EVP_sha256(), nullptr) == 1,
            "SHA-256 is missing from OpenSSL");
  std::string hex;
  hex.reserve(2 * std::size_t{size});
  for (unsigned int i = 0; i < size; ++i) {
    hex += kDigits[digest[i] >> 4];
    hex += kDigits[digest[i] & 15];
  }
  return hex;
}

std::string AuditHash(const AuditRecord& record) {
  std::string bytes;
  Put(bytes, "sas-audit-1");  // A later way to hash gets another name.
  Put(bytes, std::to_string(record.chain));
  Put(bytes, std::to_string(record.sequence));
  Put(bytes, std::to_string(record.time.time_since_epoch().count()));
  Put(bytes, record.actor);
  Put(bytes, record.role);
  Put(bytes, record.trace_id);
  Put(bytes, record.entry.action);
  Put(bytes, record.entry.subject);
  Put(bytes, record.entry.region);
  Put(bytes, record.entry.detail);
  Put(bytes, record.previous_hash);
  return Sha256Hex(bytes);
}

AuditRecord ChainNext(int chain, std::int64_t previous_sequence, std::string_view previous_hash,
                      const base::Call& call, base::Instant now, const AuditEntry& entry) {
  AuditRecord record;
  record.chain = chain;
  record.sequence = previous_sequence + 1;
  record.time = now;
  record.actor = call.actor.subject;
  record.role = std::string(base::RoleName(call.actor.role));
  record.trace_id = call.trace_id;
  record.entry = entry;
  record.previous_hash = std::string(previous_hash);
  record.hash = AuditHash(record);
  return record;
}

}  // namespace sas::ledger
