#pragma once

#include "sas/regulation/v1/board_service.pb.h"
#include "sas/regulation/v1/care_order.pb.h"
#include "sas/regulation/v1/regulation_case.pb.h"
#include "services/regulation/domain/board_book.h"
#include "services/regulation/store.h"

/// Between the rows of the ledger, the lines of the board and its messages. The only way of a row
/// into a line: what is not copied here cannot leave by a board (hazard H-48).
namespace sas::regulation {

BoardLine ToLine(const v1::RegulationCase& row);
BoardLine ToLine(const v1::CareOrder& order);
BoardLine ToLine(const v1::LostCall& lost_call);
/// Of a call that rings.
BoardLine ToLine(const WaitingRow& row);

v1::BoardCard ToProto(const BoardBook::Entry& entry);

/// The ledger's head counts in the shape of the board's own.
BoardTally ToTally(const RoomCount& room);

}  // namespace sas::regulation
