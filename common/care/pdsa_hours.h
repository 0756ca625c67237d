#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "common/care/calendar.h"

namespace sas::care {

/// Hours of a commune by its INSEE code: those of its département where the table has it, otherwise
/// the national ones.
PdsaHours PdsaHoursOf(std::string_view insee_code);

/// "every day 20:00 to 08:00, Saturday from 12:00, all Sunday, public holidays and bridge days".
std::string PdsaHoursText(const PdsaHours& hours);

/// The table of départements whose cahier des charges has other hours, from a file: lines
/// `departement matin soir samedi` (HH:MM) with blanks or tabs between, '#' begins a comment; an
/// empty path: none. Called by main before anybody is served: the table is read without a lock.
/// `INVALID_PDSA_HOURS` with file and line, and nothing changed, when the file cannot be read, a
/// département is unknown or stands there twice, or hours are out of bounds: morning 05:00 to
/// 10:00, evening 18:00 to 22:00, Saturday between 10:00 and the evening.
absl::Status UsePdsaHours(const std::string& path);

}  // namespace sas::care
