#pragma once

#include <string>

#include "sas/slots/v1/slot_service.pb.h"

namespace sasctl {

/// "5 km", to the nearest.
std::string Kilometres(int meters);

/// What an answer does not hold, a line each: whether nothing was found, and in what; sources that
/// did not answer; départements that the circle reaches and the book does not cover (hazard H-18).
/// Empty when the answer has matches and is whole.
std::string LimitsText(const sas::slots::v1::SearchSlotsResponse& found);

/// What one way of asking for more would bring, and what it would reach without cover.
std::string WideningText(const sas::slots::v1::Widening& widening);

}  // namespace sasctl
