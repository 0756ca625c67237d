#pragma once

#include <string>

#include "common/base/call.h"
#include "common/base/clock.h"
#include "sas/regulation/v1/exchange.pb.h"
#include "services/regulation/domain/exchange.h"

namespace sas::regulation {

inline ExchangeKind ToValue(v1::CaseExchange::Kind kind) {
  return static_cast<ExchangeKind>(kind);
}

inline ExchangeState ToValue(v1::CaseExchange::State state) {
  return static_cast<ExchangeState>(state);
}

Addressee ToValue(const v1::ExchangeAudience& audience);

ExchangeReader ReaderOf(const base::Actor& actor);

/// What the ledger sorts and filters exchanges by, beside the document. Times are zero when there
/// is none.
struct ExchangeIndex {
  std::string case_name;
  std::string region;
  Addressee audience;
  std::string author;
  base::Instant created{};
  base::Instant unread{};
  base::Instant due{};
};

ExchangeIndex IndexOf(const v1::CaseExchange& exchange);

/// "PHONE", as events, audit and metrics name a kind.
std::string KindName(v1::CaseExchange::Kind kind);
std::string StateName(v1::CaseExchange::State state);

}  // namespace sas::regulation
