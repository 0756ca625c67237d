#pragma once

#include <vector>

#include "common/base/call.h"
#include "common/base/clock.h"
#include "sas/regulation/v1/case_history.pb.h"
#include "sas/regulation/v1/regulation_case.pb.h"

namespace sas::regulation {

/// What differs between two versions of a dossier, field by field, of what people write on it. A
/// patient or a call is compared with itself, wherever it stands in its list.
std::vector<v1::FieldChange> ChangesBetween(const v1::RegulationCase& before,
                                            const v1::RegulationCase& after);

/// A line of the dossier's history: what `call` does on this version.
v1::CaseHistoryEntry HistoryEntryOf(const base::Call& call, const v1::RegulationCase& row,
                                    base::Instant now);

}  // namespace sas::regulation
