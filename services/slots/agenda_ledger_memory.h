#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/slots/agenda_ledger.h"
#include "services/slots/template_ledger_memory.h"

namespace sas::slots {

/// What the store in memory keeps of agendas, by name. Rows are shared between copies and never
/// changed in place.
struct AgendaRows {
  std::map<std::string, std::shared_ptr<const v1::SessionPlan>, std::less<>> plans;
  std::map<std::string, std::shared_ptr<const v1::AgendaException>, std::less<>> exceptions;
  TemplateRows templates;
};

/// The same contract over maps. Private to the store.
class MemoryAgendaLedger final : public AgendaLedger {
 public:
  MemoryAgendaLedger(AgendaRows& rows, bool writes)
      : rows_(rows), writes_(writes), templates_(rows.templates, writes) {}

  absl::StatusOr<std::optional<v1::SessionPlan>> GetPlan(std::string_view name) override;
  absl::StatusOr<std::vector<v1::SessionPlan>> ListPlansOf(std::string_view practitioner) override;
  absl::Status DeletePlan(std::string_view name) override;
  absl::Status PutException(const v1::AgendaException& exception) override;
  absl::StatusOr<std::optional<v1::AgendaException>> GetException(std::string_view name) override;
  absl::Status DeleteException(std::string_view name) override;
  absl::StatusOr<std::vector<v1::AgendaException>> ListExceptions(std::string_view parent,
                                                                  base::Instant ending_after,
                                                                  const Page& page) override;
  absl::StatusOr<std::vector<v1::AgendaException>> ListOpeningsOf(
      std::string_view practitioner, base::Instant ending_after) override;
  absl::StatusOr<int> PurgeExceptions(base::Instant before, int limit) override;

  TemplateLedger& templates() override { return templates_; }

 private:
  AgendaRows& rows_;
  const bool writes_;
  MemoryTemplateLedger templates_;
};

}  // namespace sas::slots
