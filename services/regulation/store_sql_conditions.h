#pragma once

#include <string>

/// Conditions on the columns of `cases`: those of store_rows.cpp, in SQL. The contract suite holds
/// the two together. Numbers are written into the text; `now` is in microseconds.
namespace sas::regulation::sql_rows {

inline std::string Number(long long value) {
  return std::to_string(value);
}

inline std::string Claimed(long long now) {
  return "(state = 2 AND owner <> '' AND claim_expire_us > " + Number(now) + ")";
}

inline std::string Waiting(long long now) {
  return "(state = 2 AND waits = 1 AND (owner = '' OR claim_expire_us <= " + Number(now) + "))";
}

/// A promise that has fallen due: it ranks with P2, outside the order of its own band.
inline std::string PromiseDue(long long now) {
  return "(priority = 4 AND callback_end_us > 0 AND callback_end_us <= " + Number(now) + ")";
}

}  // namespace sas::regulation::sql_rows
