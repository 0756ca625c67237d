#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/sql/statement.h"
#include "services/slots/store_sql_rows.h"
#include "services/slots/template_ledger.h"

namespace sas::slots {

/// The tables of migration 0040 over one session. Private to the store.
class SqlTemplateLedger final : public TemplateLedger, private SqlRows {
 public:
  explicit SqlTemplateLedger(sql::Session& session) : SqlRows(session) {}

  absl::Status PutAgenda(const v1::Agenda& agenda) override;
  absl::StatusOr<std::optional<v1::Agenda>> GetAgenda(std::string_view name) override;
  absl::StatusOr<std::vector<v1::Agenda>> ListAgendas(std::string_view parent,
                                                      const Page& page) override;
  absl::Status PutWorklist(const v1::Worklist& worklist) override;
  absl::StatusOr<std::optional<v1::Worklist>> GetWorklist(std::string_view name) override;
  absl::StatusOr<std::vector<v1::Worklist>> ListWorklists(std::string_view parent,
                                                          const Page& page) override;

 private:
  /// A page of `table`, of a region or of a site.
  SqlQuery Below(const char* table, std::string_view parent, const Page& page) const;
};

}  // namespace sas::slots
