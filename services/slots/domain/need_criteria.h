#pragma once

#include <string>
#include <string_view>

#include "services/slots/domain/need.h"

/// What a patient needs of a site beyond motif and age, kept with a hold so that the confirmation
/// asks it again (hazard H-21) of whoever confirms, order or not.
namespace sas::slots {

/// Words of a list with commas, for example "wheelchair,pregnancy_yes"; empty when nothing is
/// asked.
std::string CriteriaCodes(const Need& need);

/// The same put into `need`; words of a newer version are left out.
void AddCriteria(std::string_view codes, Need& need);

}  // namespace sas::slots
