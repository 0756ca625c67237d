#include <algorithm>
#include <cmath>
#include <fstream>
#include <numbers>
#include <sstream>
#include <stdexcept>

#include "tools/bench_driver/synthetic_region.h"

namespace sas::bench {
namespace {

constexpr double kMetersPerDegree = 111'195;
constexpr std::size_t kColumns = 9;

std::vector<std::string> Split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::stringstream in(text);
  for (std::string part; std::getline(in, part, separator);) parts.push_back(part);
  return parts;
}

}  // namespace

std::vector<CommuneRow> ReadCommunes(const std::string& file) {
  std::ifstream in(file);
  if (!in) throw std::runtime_error("no communes file: " + file);
  std::vector<CommuneRow> communes;
  std::string line;
  std::getline(in, line);
  if (line.rfind("code_insee,nom,departement,", 0) != 0) {
    throw std::runtime_error("not a communes file: " + file);
  }
  while (std::getline(in, line)) {
    const std::vector<std::string> columns = Split(line, ',');
    if (columns.size() < kColumns || columns[6].empty()) continue;  // Without a point.
    const std::string& department = columns[2];
    if (department.rfind("97", 0) == 0 || department.rfind("98", 0) == 0) continue;
    CommuneRow row{
        columns[0], columns[1], department, Split(columns[4], '|'), std::stoi(columns[5]), {}};
    row.point = {std::stod(columns[6]), std::stod(columns[7])};
    communes.push_back(std::move(row));
  }
  if (communes.empty()) throw std::runtime_error("no commune with a point in " + file);
  return communes;
}

PopulationDraw::PopulationDraw(const std::vector<CommuneRow>& communes) : communes_(communes) {
  std::uint64_t sum = 0;
  for (const CommuneRow& commune : communes) {
    sum += static_cast<std::uint64_t>(std::max(0, commune.population));
    cumulated_.push_back(sum);
  }
  if (sum == 0) throw std::runtime_error("the communes have no inhabitants");
}

const CommuneRow& PopulationDraw::At(std::uint64_t draw) const {
  const std::uint64_t wanted = draw % cumulated_.back();
  const auto found = std::upper_bound(cumulated_.begin(), cumulated_.end(), wanted);
  return communes_[static_cast<std::size_t>(found - cumulated_.begin())];
}

std::uint64_t Mix(std::uint64_t seed, std::uint64_t what, std::uint64_t index) {
  // SplitMix64.
  std::uint64_t bits =
      seed + what * 0xD1B54A32D192ED03U + (index + 1) * std::uint64_t{0x9E3779B97F4A7C15U};
  bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9U;
  bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EBU;
  return bits ^ (bits >> 31);
}

care::Point Near(const care::Point& point, std::uint64_t bits, double meters) {
  const auto part = [](std::uint64_t half) {
    return 2.0 * static_cast<double>(half & 0xFFFFFFFFU) / 4294967295.0 - 1.0;
  };
  const double north = meters * part(bits) / kMetersPerDegree;
  const double east = meters * part(bits >> 32) / kMetersPerDegree /
                      std::cos(point.latitude * std::numbers::pi / 180);
  return {point.latitude + north, point.longitude + east};
}

}  // namespace sas::bench
