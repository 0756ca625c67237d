#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "services/slots/agenda_ledger_memory.h"
#include "services/slots/domain/place_name.h"
#include "services/slots/import_ledger_memory.h"
#include "services/slots/partner_ledger_memory.h"
#include "services/slots/store_memory.h"
#include "services/slots/store_memory_log.h"
#include "services/slots/store_rows.h"

namespace sas::slots {

/// Messages are shared between copies and never changed in place: a copy is cheap.
struct MemorySlotsStore::Rows {
  template <typename Message>
  using Table = std::map<std::string, std::shared_ptr<const Message>, std::less<>>;

  std::map<std::string, RegionState, std::less<>> regions;
  MemorySiteLog site_log;
  Table<type::v1::Commune> communes;  ///< By region/code.
  Table<v1::Structure> structures;
  Table<v1::Barrier> barriers;
  Table<v1::Practitioner> practitioners;
  Table<v1::Site> sites;
  AgendaRows agendas;
  ImportRows imports;
  PartnerRows partners;
  std::map<std::pair<std::string, int>, SeatFact> seats;
};

/// Is this the commune, or one of those, that somebody looks for?
inline bool Fits(const type::v1::Commune& commune, const CommuneQuery& query) {
  if (!query.insee_code.empty()) return commune.insee_code() == query.insee_code;
  if (!query.postal_code.empty()) {
    const auto& codes = commune.postal_codes();
    return std::find(codes.begin(), codes.end(), query.postal_code) != codes.end();
  }
  const std::string folded = FoldPlaceName(commune.display_name());
  return folded.starts_with(query.folded_prefix) ||
         WithoutArticle(folded).starts_with(query.folded_prefix);
}

}  // namespace sas::slots
