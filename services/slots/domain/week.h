#pragma once

#include "common/care/calendar.h"

namespace sas::slots {

/// Monday of the week of `date`.
inline care::Date MondayOf(const care::Date& date) {
  return care::AddDays(date, 1 - care::Weekday(date));
}

}  // namespace sas::slots
