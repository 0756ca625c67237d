#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "services/regulation/store.h"

/// Skills of the room against the needs of the queue.
namespace sas::regulation {

std::vector<std::string> NeededSkillsOf(const v1::RegulationCase& row);

/// Name of the dossier that this regulator takes next; empty when nobody waits. Where a colleague
/// on shift has skills, a dossier that needs them is left for him, inside its band (domain/skills):
/// bands never overtake one another (invariant I4), and with no other choice in
/// the band its head is his.
absl::StatusOr<std::string> NextCaseFor(RegulationTransaction& transaction,
                                        const base::Actor& actor, CaseQuery query);

}  // namespace sas::regulation
