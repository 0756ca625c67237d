#pragma once

#include <string_view>

#include "common/base/call.h"
#include "common/rpc/auth.h"

namespace sas::regulation {

/// Who may call what (domain.md §1.2). Finer rules — lowering a priority, one's own dossier,
/// closing after a medical act — stand with the acts.
void AllowRegulationMethods(rpc::RoleTable& roles);

/// The boards' reads of the ledger, on all watchers' behalf; they rest by themselves (BoardPump).
inline constexpr std::string_view kBoardReader = "board";

/// Whether a call goes before all others in the ledger, and may use the room that a full disk has
/// left: those of the vital lane, what reports the life of a call that is known already, and the
/// boards' reads.
bool IsVitalAct(const base::Call& call);

/// Of EntryService.
void AllowEntryMethods(rpc::RoleTable& roles);

/// Of BoardWatchService.
void AllowBoardMethods(rpc::RoleTable& roles);

/// Of KpiService.
void AllowKpiMethods(rpc::RoleTable& roles);

/// Of ExchangeService.
void AllowExchangeMethods(rpc::RoleTable& roles);

/// Of CaseReferenceService.
void AllowCaseReferenceMethods(rpc::RoleTable& roles);

/// Of PickupService.
void AllowPickupMethods(rpc::RoleTable& roles);

/// Of TaskService. Whose task it is stands in domain/task.
void AllowTaskMethods(rpc::RoleTable& roles);

/// Of CommunityService. Which community somebody answers for stands in domain/community_request.
void AllowCommunityMethods(rpc::RoleTable& roles);

/// The same for ProtocolService.
void AllowProtocolMethods(rpc::RoleTable& roles);

/// Of RosterService, NeighbourService and CoordinatorService.
void AllowRosterMethods(rpc::RoleTable& roles);

}  // namespace sas::regulation
