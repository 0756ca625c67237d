#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/clock.h"
#include "sas/regulation/v1/exchange.pb.h"
#include "services/regulation/domain/exchange.h"

namespace sas::regulation {

/// Which exchanges of a dossier, oldest first.
struct ExchangeQuery {
  std::string case_name;
  ExchangeReader reader;  ///< Does not count with kAll.
  ExchangeSight sight = ExchangeSight::kAddressed;
  base::Instant after_time{};  ///< Creation of the last one of the page before, and its name.
  std::string after_name;
  int limit = 0;
};

/// Which exchanges wait for `reader`: addressed to him, not written by him, and not read by him.
struct UnreadQuery {
  std::string region;
  std::vector<std::string> territories;  ///< Empty: all.
  ExchangeReader reader;
  base::Instant read_since{};  ///< Those that another has read count from here on alone.
  base::Instant after_time{};  ///< Since when the last one of the page before waits, and its name.
  std::string after_name;
  int limit = 0;
};

/// What nobody has read.
struct UnreadCount {
  int count = 0;
  base::Instant oldest{};  ///< Zero when there is none.
};

/// What is exchanged about dossiers; part of a RegulationTransaction and of its rules.
class ExchangeLedger {
 public:
  virtual ~ExchangeLedger() = default;

  /// NOT_FOUND `EXCHANGE_NOT_FOUND`. Without receipts, like all that follow.
  virtual absl::StatusOr<v1::CaseExchange> GetExchange(const std::string& name) = 0;
  /// ABORTED `CONCURRENT_CHANGE` unless the etag is the successor of the stored one.
  virtual absl::Status PutExchange(const v1::CaseExchange& exchange) = 0;
  /// The expertise of this reference, whatever its dossier; nothing when there is none.
  virtual absl::StatusOr<std::optional<v1::CaseExchange>> FindCaseRef(
      const std::string& case_ref) = 0;
  virtual absl::StatusOr<std::vector<v1::CaseExchange>> ListExchanges(
      const ExchangeQuery& query) = 0;
  /// Waiting longest first.
  virtual absl::StatusOr<std::vector<v1::CaseExchange>> ListUnread(const UnreadQuery& query) = 0;

  /// Keeps the first of each person since `unread_time`; false when there was one.
  virtual absl::StatusOr<bool> AddReceipt(const v1::CaseExchange& exchange,
                                          const v1::ReadReceipt& receipt) = 0;
  /// Oldest first.
  virtual absl::StatusOr<std::vector<v1::ReadReceipt>> ListReceipts(const std::string& exchange,
                                                                    int limit) = 0;

  /// Names of those whose platform is due to be told, soonest first.
  virtual absl::StatusOr<std::vector<std::string>> ListDue(base::Instant now, int limit) = 0;
  /// Of all regions.
  virtual absl::StatusOr<UnreadCount> CountUnread() = 0;
};

absl::Status ExchangeNotFound(const std::string& name);

}  // namespace sas::regulation
