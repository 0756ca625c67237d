#pragma once

#include <span>
#include <string_view>

#include "common/care/geo.h"

/// What needs no directory of communes to be said of a place in France.
namespace sas::care {

/// False when `point` is so far outside of the département that it can only be an error: the centre
/// of a homonym, latitude and longitude exchanged (hazard H-05). True for a département of which
/// nothing is known.
bool MayLieIn(const Point& point, std::string_view department);

/// Around the centres of a département's communes, rounded outwards to a tenth of a degree; of 973
/// and 975 around the land itself.
struct DepartmentBox {
  std::string_view department;
  double south, north, west, east;
};

/// Of every département with a SAMU.
std::span<const DepartmentBox> DepartmentBoxes();

/// Is `region` one of metropolitan France ("fr-pdl", ISO 3166-2 in lower case), and the département
/// none of its own? False for a region of any other name: then nothing is known.
bool IsOfAnotherRegion(std::string_view department, std::string_view region);

/// Département whose SAMU answers: Saint-Barthélemy (977) and Saint-Martin (978) call Guadeloupe.
std::string_view RegulatedBy(std::string_view department);

}  // namespace sas::care
