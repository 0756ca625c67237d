#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/care/geo.h"
#include "services/slots/domain/map_grid.h"

/// The official extract "FINESS établissements, géolocalisé": one line for each establishment
/// (section structureet), then one for each position (section geolocalisation). No column names; a
/// first line `finess;etalab;…` tells version and day.
namespace sas::slots {

/// What a category of establishments is here.
struct FinessCategory {
  std::string_view code;   ///< categetab.
  int kind;                ///< Value of sas.slots.v1.Structure.Kind.
  bool receives_patients;  ///< Has a site; otherwise a structure alone (CPTS).
  std::string_view label;
};

/// The categories that are taken; every other one is passed over.
std::span<const FinessCategory> FinessCategories();
/// Nullptr when the category is none of ours.
const FinessCategory* FindFinessCategory(std::string_view code);

enum class FinessSection { kStructure, kGeolocation, kOther };

FinessSection FinessSectionOf(const std::vector<std::string>& fields);

/// An establishment (ET). Its telephone is not read: a switchboard is no ligne directe.
struct FinessStructure {
  std::string finess;        ///< Of the establishment.
  std::string legal_finess;  ///< Of its entité juridique.
  std::string display_name;
  std::string address_line;
  std::string insee_code;
  std::string category;
  std::string opening_date;  ///< YYYY-MM-DD, not before 1900.
};

/// INVALID_ARGUMENT `WRONG_COLUMN_COUNT`, `INVALID_FINESS`, `INVALID_INSEE_CODE`. The category is
/// not judged.
absl::StatusOr<FinessStructure> ParseFinessStructure(const std::vector<std::string>& fields);

/// The category alone, to pass over the others cheaply; empty when the line has none.
std::string_view FinessCategoryOf(const std::vector<std::string>& fields);

/// A position.
struct FinessPosition {
  std::string finess;
  bool known = false;  ///< False: the register has none.
  double x = 0;        ///< Metres in the grid.
  double y = 0;
  std::optional<MapGrid> grid;  ///< As the source says; nothing: the commune's.
};

/// INVALID_ARGUMENT `WRONG_COLUMN_COUNT`, `INVALID_FINESS`, `INVALID_NUMBER`.
absl::StatusOr<FinessPosition> ParseFinessPosition(const std::vector<std::string>& fields);

/// INSEE code of the register's département (01…95, 2A, 2B, 9A…9J overseas) and commune (three
/// digits): 01 and 451 are 01451, 9D and 411 are 97411, 9J and 613 are 98613. The two communes that
/// have left Guadeloupe have their present code (97123 is 97701, 97127 is 97801), an arrondissement
/// that of Paris, Lyon or Marseille, as in files of communes. INVALID_ARGUMENT
/// `INVALID_INSEE_CODE`.
absl::StatusOr<std::string> InseeCodeOfFiness(std::string_view department,
                                              std::string_view commune);

/// The SAS territory of a commune: its département, 971 for Saint-Barthélemy and Saint-Martin;
/// empty where there is no SAS (98…).
std::string_view TerritoryOfCommune(std::string_view insee_code);

/// IANA zone of a commune; empty for Europe/Paris.
std::string_view TimeZoneOfCommune(std::string_view insee_code);

/// How far from its commune's centre a place may lie: communes of the metropole are 38 km long at
/// most (Arles), Guyane's are ten times larger. Metres.
double FarFromCommune(std::string_view insee_code);

/// INVALID_ARGUMENT `POINT_FAR_FROM_COMMUNE`, `INVALID_POINT` about `field`: a commune of the same
/// name elsewhere, latitude and longitude exchanged, another grid (hazard H-05). A `centre` of 0,0
/// is unknown and holds nothing.
absl::Status CheckNearCommune(const care::Point& point, const care::Point& centre,
                              std::string_view insee_code, std::string_view field);

}  // namespace sas::slots
