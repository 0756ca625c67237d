#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sas/slots/v1/template_service.pb.h"

namespace sas::slots {

struct Page;

/// What templates have made: named agendas and named worklists. Part of a transaction, so that both
/// are written or neither. Put creates or replaces by name; lists go by name. `parent` is a region
/// or a site. Not thread-safe.
class TemplateLedger {
 public:
  virtual ~TemplateLedger() = default;

  virtual absl::Status PutAgenda(const v1::Agenda& agenda) = 0;
  virtual absl::StatusOr<std::optional<v1::Agenda>> GetAgenda(std::string_view name) = 0;
  virtual absl::StatusOr<std::vector<v1::Agenda>> ListAgendas(std::string_view parent,
                                                              const Page& page) = 0;
  virtual absl::Status PutWorklist(const v1::Worklist& worklist) = 0;
  virtual absl::StatusOr<std::optional<v1::Worklist>> GetWorklist(std::string_view name) = 0;
  virtual absl::StatusOr<std::vector<v1::Worklist>> ListWorklists(std::string_view parent,
                                                                  const Page& page) = 0;
};

}  // namespace sas::slots
