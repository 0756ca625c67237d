#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "sas/slots/v1/directory_service.pb.h"
#include "services/slots/practitioners.h"
#include "services/slots/store.h"

namespace sas::slots {

/// `regions/r/sites/s` of the name of an opening or a closure.
std::string SiteOfException(const std::string& name);

/// Openings of single days that are not over, by name.
using Openings = std::map<std::string, v1::AgendaException>;

/// What a region's directory holds, by name; communes by INSEE code.
struct Directory {
  std::map<std::string, type::v1::Commune> communes;
  std::map<std::string, v1::Structure> structures;
  Practitioners practitioners;
  std::map<std::string, v1::Site> sites;
  std::map<std::string, v1::SessionPlan> plans;
  Openings openings;
  std::set<std::string> onto_fed;  ///< Plans by name; see ReadFedAgendas.
};

absl::StatusOr<Directory> ReadDirectory(SlotsTransaction& transaction, std::string_view region,
                                        base::Instant now);

/// Adds those of a site or a region.
absl::Status ReadOpenings(SlotsTransaction& transaction, const std::string& parent,
                          base::Instant now, Openings& openings);

/// Adds those plans of the file that would take an agenda that a platform publishes, or have it on
/// more days than now. A plan that has it already, as `directory` holds it, can be ended, and said
/// again as it is.
absl::Status ReadFedAgendas(SlotsTransaction& transaction, const v1::Territory& territory,
                            Directory& directory);

/// What the entries of `territory` refer to, and what their sessions could meet, and nothing else:
/// a single edit of a large region reads a few rows.
absl::StatusOr<Directory> ReadAround(SlotsTransaction& transaction, std::string_view region,
                                     const v1::Territory& territory, base::Instant now);

/// The directory as it would be after an import. Of two entries of one name the last counts.
Directory WithTerritory(Directory directory, const v1::Territory& territory);

}  // namespace sas::slots
