#pragma once

#include <optional>
#include <string_view>

#include "common/care/geo.h"

/// Legal grids of France, in metres, to degrees. All stand on GRS80 (RGF93, RGAF09, RGFG95, RGR92,
/// RGM04, RGSPM06), which is WGS84 to less than a metre. Nothing else of geodesy is needed here.
namespace sas::slots {

enum class MapGrid {
  kLambert93,   ///< EPSG 2154: metropole and Corsica.
  kUtm20North,  ///< Guadeloupe, Martinique, Saint-Martin, Saint-Barthélemy.
  kUtm21North,  ///< Saint-Pierre-et-Miquelon.
  kUtm22North,  ///< Guyane.
  kUtm38South,  ///< Mayotte.
  kUtm40South,  ///< La Réunion.
};

/// The grid in which a commune's places are given; nothing for where we know none.
std::optional<MapGrid> GridOfCommune(std::string_view insee_code);

/// The grid that the source of a coordinate names ("…,LAMBERT_93", "…,UTM_N20"); nothing when it
/// names none of ours.
std::optional<MapGrid> GridOfSource(std::string_view source);

/// Exact to a decimetre inside of the grid's own land.
care::Point FromGrid(MapGrid grid, double x, double y);

}  // namespace sas::slots
