#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "common/base/call.h"
#include "services/regulation/domain/protocol.h"
#include "services/regulation/domain/protocol_check.h"

/// Protocols of délégation: which acts a doctor has left to whom (seed 003). What is not delegated
/// is a doctor's, and what is unknown of the patient is not delegated.
namespace sas::regulation {

inline constexpr int kDelegatedActsMax = 40;
inline constexpr int kProfessionsOfActMax = 20;

/// A doctor closes any act by himself: a regulator, or whoever has the profession 10 in his
/// credentials.
bool IsDoctor(const base::Actor& actor);

/// Everything that is wrong with the acts of a version. The hard bound: no act on a vital motif.
std::vector<ProtocolFault> CheckDelegatedActs(const Protocol& protocol);

/// May this act be asked of `role`? PERMISSION_DENIED `ACT_NOT_DELEGATED`, which names who may.
absl::Status CheckActAsked(const Protocol& protocol, std::string_view code, base::Role role);

/// May `actor`, who is no doctor, close this act for this patient? PERMISSION_DENIED
/// `ACT_NOT_DELEGATED`: `why` is ACT, ROLE, PROFESSION, MOTIF or PATIENT, `who` names who may.
absl::Status CheckActClosed(const Protocol& protocol, std::string_view code,
                            const base::Actor& actor, const Facts& facts);

}  // namespace sas::regulation
