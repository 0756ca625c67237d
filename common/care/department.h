#pragma once

#include <string_view>

#include "common/care/geo.h"

/// What needs no directory of communes to be said of a place in France.
namespace sas::care {

/// False when `point` is so far outside of the département that it can only be an error: the centre
/// of a homonym, latitude and longitude exchanged (hazard H-05). True for a département of which
/// nothing is known.
bool MayLieIn(const Point& point, std::string_view department);

/// Département whose SAMU answers: Saint-Barthélemy (977) and Saint-Martin (978) call Guadeloupe.
std::string_view RegulatedBy(std::string_view department);

}  // namespace sas::care
