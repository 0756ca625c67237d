#pragma once

#include "common/rpc/auth.h"

namespace sas::regulation {

/// Who may call what (domain.md §1.2). Finer rules — lowering a priority, one's own dossier,
/// closing after a medical act — stand with the acts.
void AllowRegulationMethods(rpc::RoleTable& roles);

}  // namespace sas::regulation
