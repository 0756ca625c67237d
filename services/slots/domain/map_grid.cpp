#include "services/slots/domain/map_grid.h"

#include <array>
#include <cmath>
#include <numbers>
#include <utility>

namespace sas::slots {
namespace {

constexpr double kSemiMajor = 6'378'137;  ///< Metres, GRS80.
constexpr double kFlattening = 1 / 298.257222101;
constexpr double kE2 = kFlattening * (2 - kFlattening);
constexpr double kDegree = std::numbers::pi / 180;

/// Latitude, in radians, of an isometric latitude. Converges by about two digits a turn.
double LatitudeOfIsometric(double isometric) {
  const double e = std::sqrt(kE2);
  double latitude = 2 * std::atan(std::exp(isometric)) - std::numbers::pi / 2;
  for (int turn = 0; turn < 8; ++turn) {
    const double bend = e * std::atanh(e * std::sin(latitude));
    latitude = 2 * std::atan(std::exp(isometric + bend)) - std::numbers::pi / 2;
  }
  return latitude;
}

double Isometric(double latitude) {
  const double e = std::sqrt(kE2);
  return std::atanh(std::sin(latitude)) - e * std::atanh(e * std::sin(latitude));
}

/// Great normal times cosine: radius of the parallel.
double Parallel(double latitude) {
  const double sine = std::sin(latitude);
  return kSemiMajor * std::cos(latitude) / std::sqrt(1 - kE2 * sine * sine);
}

care::Point FromLambert93(double x, double y) {
  constexpr double kFirst = 44 * kDegree;  ///< Standard parallels.
  constexpr double kSecond = 49 * kDegree;
  constexpr double kOriginLatitude = 46.5 * kDegree;
  constexpr double kOriginLongitude = 3 * kDegree;
  constexpr double kOriginX = 700'000;
  constexpr double kOriginY = 6'600'000;
  const double n =
      std::log(Parallel(kSecond) / Parallel(kFirst)) / (Isometric(kFirst) - Isometric(kSecond));
  const double scale = Parallel(kFirst) * std::exp(n * Isometric(kFirst)) / n;
  const double pole_y = kOriginY + scale * std::exp(-n * Isometric(kOriginLatitude));
  const double radius = std::hypot(x - kOriginX, y - pole_y);
  const double angle = std::atan2(x - kOriginX, pole_y - y);
  return {LatitudeOfIsometric(-std::log(radius / scale) / n) / kDegree,
          (kOriginLongitude + angle / n) / kDegree};
}

/// Krüger's series to the fourth order.
care::Point FromUtm(int zone, bool north, double x, double y) {
  constexpr double kScale = 0.9996;
  constexpr double n = kFlattening / (2 - kFlattening);
  constexpr double kRectifying = kSemiMajor / (1 + n) * (1 + n * n / 4 + n * n * n * n / 64);
  constexpr std::array kBeta = {n / 2 - 2 * n * n / 3 + 37 * n * n * n / 96,
                                n * n / 48 + n * n * n / 15, 17 * n * n * n / 480};
  const double xi = (y - (north ? 0 : 10'000'000)) / (kScale * kRectifying);
  const double eta = (x - 500'000) / (kScale * kRectifying);
  double xi0 = xi;
  double eta0 = eta;
  for (std::size_t i = 0; i < kBeta.size(); ++i) {
    const double turn = 2 * static_cast<double>(i + 1);
    xi0 -= kBeta[i] * std::sin(turn * xi) * std::cosh(turn * eta);
    eta0 -= kBeta[i] * std::cos(turn * xi) * std::sinh(turn * eta);
  }
  const double conformal = std::asin(std::sin(xi0) / std::cosh(eta0));
  const double meridian = (zone * 6 - 183) * kDegree;
  return {LatitudeOfIsometric(std::atanh(std::sin(conformal))) / kDegree,
          (meridian + std::atan2(std::sinh(eta0), std::cos(xi0))) / kDegree};
}

}  // namespace

std::optional<MapGrid> GridOfCommune(std::string_view insee_code) {
  const std::string_view two = insee_code.substr(0, 2);
  if (two == "98") return std::nullopt;
  if (two != "97") return MapGrid::kLambert93;
  switch (insee_code.size() > 2 ? insee_code[2] : ' ') {
    case '1':
    case '2':
    case '7':
    case '8':
      return MapGrid::kUtm20North;
    case '3':
      return MapGrid::kUtm22North;
    case '4':
      return MapGrid::kUtm40South;
    case '5':
      return MapGrid::kUtm21North;
    case '6':
      return MapGrid::kUtm38South;
    default:
      return std::nullopt;
  }
}

std::optional<MapGrid> GridOfSource(std::string_view source) {
  constexpr std::array<std::pair<std::string_view, MapGrid>, 6> kNames = {
      {{"LAMBERT_93", MapGrid::kLambert93},
       {"UTM_N20", MapGrid::kUtm20North},
       {"UTM_N21", MapGrid::kUtm21North},
       {"UTM_N22", MapGrid::kUtm22North},
       {"UTM_S38", MapGrid::kUtm38South},
       {"UTM_S40", MapGrid::kUtm40South}}};
  for (const auto& [name, grid] : kNames) {
    if (source.find(name) != std::string_view::npos) return grid;
  }
  return std::nullopt;
}

care::Point FromGrid(MapGrid grid, double x, double y) {
  switch (grid) {
    case MapGrid::kLambert93:
      return FromLambert93(x, y);
    case MapGrid::kUtm20North:
      return FromUtm(20, true, x, y);
    case MapGrid::kUtm21North:
      return FromUtm(21, true, x, y);
    case MapGrid::kUtm22North:
      return FromUtm(22, true, x, y);
    case MapGrid::kUtm38South:
      return FromUtm(38, false, x, y);
    case MapGrid::kUtm40South:
      return FromUtm(40, false, x, y);
  }
  return {};
}

}  // namespace sas::slots
