#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "services/slots/agenda_ledger_memory.h"
#include "services/slots/import_ledger_memory.h"
#include "services/slots/partner_ledger_memory.h"
#include "services/slots/store_memory.h"
#include "services/slots/store_memory_log.h"

namespace sas::slots {

/// Messages are shared between copies and never changed in place: a copy is cheap.
struct MemorySlotsStore::Rows {
  template <typename Message>
  using Table = std::map<std::string, std::shared_ptr<const Message>, std::less<>>;

  std::map<std::string, RegionState, std::less<>> regions;
  MemorySiteLog site_log;
  Table<type::v1::Commune> communes;  ///< By region/code.
  Table<v1::Structure> structures;
  Table<v1::Practitioner> practitioners;
  Table<v1::Site> sites;
  AgendaRows agendas;
  ImportRows imports;
  PartnerRows partners;
  std::map<std::pair<std::string, int>, SeatFact> seats;
};

}  // namespace sas::slots
