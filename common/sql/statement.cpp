#include "common/sql/statement.h"

#include "common/sql/statement_cache.h"

namespace sas::sql {

Query::Query(Session& session, std::string text) : session_(session), text_(std::move(text)) {
  if (session_.statements != nullptr) statement_ = session_.statements->Take(text_);
  if (statement_) return;
  statement_ = std::make_unique<soci::statement>(session_.soci);
  statement_->alloc();
  // One round trip on PostgreSQL, where SOCI's repeatable statements cost three.
  statement_->prepare(text_, soci::details::st_one_time_query);
}

Query::~Query() {
  if (sound_ && session_.statements != nullptr) {
    session_.statements->Keep(std::move(text_), std::move(statement_));
  }
}

bool Query::Run(bool fetch) {
  if (session_.statements != nullptr) session_.statements->CheckMayRun(*statement_);
  statement_->define_and_bind();
  const bool any = statement_->execute(fetch);
  sound_ = true;
  return any;
}

long long Int64(const soci::row& row, std::size_t column) {
  if (row.get_indicator(column) == soci::i_null) return 0;
  switch (row.get_properties(column).get_data_type()) {
    case soci::dt_integer:
      return row.get<int>(column);
    case soci::dt_long_long:
      return row.get<long long>(column);
    case soci::dt_unsigned_long_long:
      return static_cast<long long>(row.get<unsigned long long>(column));
    case soci::dt_double:
      return static_cast<long long>(row.get<double>(column));
    default:
      return std::stoll(row.get<std::string>(column));
  }
}

std::string Text(const soci::row& row, std::size_t column) {
  if (row.get_indicator(column) == soci::i_null) return {};
  return row.get<std::string>(column);
}

}  // namespace sas::sql
