#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "services/regulation/acts.h"
#include "services/regulation/domain/board_card.h"
#include "services/regulation/room_board.h"

namespace sas::regulation::acts {

absl::StatusOr<v1::Board> GetBoard(Desk& desk, const base::Call& call,
                                   const v1::GetBoardRequest& request) {
  SAS_RETURN_IF_ERROR(CheckName(call, "regions/*", request.parent(), "parent"));
  SAS_ASSIGN_OR_RETURN(const auto territories, TerritoriesOf(call.actor, request.territory()));
  const base::Instant now = desk.clock.Now();
  RoomCount room;
  SAS_RETURN_IF_ERROR(
      desk.store.Read(call, [&](RegulationTransaction& transaction) -> absl::Status {
        SAS_ASSIGN_OR_RETURN(
            room,
            transaction.CountRoom(std::string(base::RegionOf(request.parent())), territories, now));
        return absl::OkStatus();
      }));
  return ToBoard(room, ScopeOf(call.actor.role, {}, {}).cases, now);
}

}  // namespace sas::regulation::acts
