#pragma once

#include <vector>

#include "services/regulation/domain/protocol_check.h"

namespace sas::regulation {

/// Faults of the conditions of questions and rules: unknown question, unaccepted answer, a cycle of
/// questions (each would wait for the other), a question or rule that no answers can ever reach.
/// Ids are unique, or that was told before.
std::vector<ProtocolFault> CheckConditions(const Protocol& protocol);

}  // namespace sas::regulation
