#include "services/slots/store.h"

#include "common/base/status.h"

namespace sas::slots {

absl::Status EpochSuperseded(std::string_view region, std::int64_t epoch) {
  return base::Fail(absl::StatusCode::kAborted, "EPOCH_SUPERSEDED",
                    "the region has this epoch or a later one; read it again",
                    {{"region", std::string(region)}, {"epoch", std::to_string(epoch)}});
}

std::string_view SiteOfAgenda(std::string_view agenda) {
  return agenda.substr(0, agenda.find("/agendas/"));
}

std::string AgendaName(std::string_view site, std::string_view agenda_id) {
  return std::string(site).append("/agendas/").append(agenda_id);
}

}  // namespace sas::slots
