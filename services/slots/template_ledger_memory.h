#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/slots/template_ledger.h"

namespace sas::slots {

/// What the store in memory keeps of it, by name. Rows are shared between copies and never changed
/// in place.
struct TemplateRows {
  std::map<std::string, std::shared_ptr<const v1::Agenda>, std::less<>> agendas;
  std::map<std::string, std::shared_ptr<const v1::Worklist>, std::less<>> worklists;
};

/// The same contract over maps. Private to the store.
class MemoryTemplateLedger final : public TemplateLedger {
 public:
  MemoryTemplateLedger(TemplateRows& rows, bool writes) : rows_(rows), writes_(writes) {}

  absl::Status PutAgenda(const v1::Agenda& agenda) override;
  absl::StatusOr<std::optional<v1::Agenda>> GetAgenda(std::string_view name) override;
  absl::StatusOr<std::vector<v1::Agenda>> ListAgendas(std::string_view parent,
                                                      const Page& page) override;
  absl::Status PutWorklist(const v1::Worklist& worklist) override;
  absl::StatusOr<std::optional<v1::Worklist>> GetWorklist(std::string_view name) override;
  absl::StatusOr<std::vector<v1::Worklist>> ListWorklists(std::string_view parent,
                                                          const Page& page) override;

 private:
  TemplateRows& rows_;
  const bool writes_;
};

}  // namespace sas::slots
