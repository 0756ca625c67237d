#include "services/regulation/convert_exchange.h"

#include <string_view>

#include "common/base/resource_name.h"
#include "services/regulation/convert.h"

namespace sas::regulation {

static_assert(static_cast<int>(ExchangeKind::kExpertise) == v1::CaseExchange::KIND_EXPERTISE);
static_assert(v1::CaseExchange::Kind_MAX == v1::CaseExchange::KIND_EXPERTISE);
static_assert(static_cast<int>(ExchangeState::kAnswered) == v1::CaseExchange::STATE_ANSWERED);
static_assert(v1::CaseExchange::State_MAX == v1::CaseExchange::STATE_ANSWERED);

Addressee ToValue(const v1::ExchangeAudience& audience) {
  return {static_cast<base::Role>(audience.role()), audience.organization(), audience.subject()};
}

ExchangeReader ReaderOf(const base::Actor& actor) {
  return {actor.subject, actor.role, actor.organization};
}

ExchangeIndex IndexOf(const v1::CaseExchange& exchange) {
  ExchangeIndex index;
  index.case_name = CaseOf(exchange.name());
  index.region = std::string(base::RegionOf(exchange.name()));
  index.audience = ToValue(exchange.audience());
  index.author = exchange.created_by().subject();
  index.created = ToInstant(exchange.create_time());
  if (exchange.has_unread_time()) index.unread = ToInstant(exchange.unread_time());
  if (exchange.expertise().has_next_attempt_time()) {
    index.due = ToInstant(exchange.expertise().next_attempt_time());
  }
  return index;
}

std::string KindName(v1::CaseExchange::Kind kind) {
  return v1::CaseExchange::Kind_Name(kind).substr(std::string_view("KIND_").size());
}

std::string StateName(v1::CaseExchange::State state) {
  return v1::CaseExchange::State_Name(state).substr(std::string_view("STATE_").size());
}

}  // namespace sas::regulation
