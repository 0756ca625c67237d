#include "services/regulation/room_board.h"

#include <algorithm>
#include <optional>

#include "services/regulation/convert.h"

namespace sas::regulation {
namespace {

google::protobuf::Duration ToDuration(std::chrono::microseconds span) {
  google::protobuf::Duration duration;
  duration.set_seconds(std::chrono::duration_cast<std::chrono::seconds>(span).count());
  duration.set_nanos(static_cast<std::int32_t>((span % std::chrono::seconds(1)).count() * 1000));
  return duration;
}

void FillLine(v1::BoardLine& line, const WaitCount& count, base::Instant now) {
  line.set_waiting_count(count.waiting);
  line.set_alarm_count(count.alarms);
  *line.mutable_longest_wait() = ToDuration(std::max(now - count.oldest, {}));
  if (count.next_callback != base::Instant{}) {
    *line.mutable_next_callback_time() = ToTimestamp(count.next_callback);
  }
}

std::optional<v1::IdleClaim> OldestClaim(const RoomCount& room) {
  const auto oldest = std::min_element(
      room.idle.begin(), room.idle.end(),
      [](const IdleClaim& a, const IdleClaim& b) { return a.claim.acted < b.claim.acted; });
  if (oldest == room.idle.end()) return std::nullopt;
  v1::IdleClaim claim;
  claim.set_regulation_case(oldest->case_name);
  claim.set_case_number(oldest->case_number);
  claim.mutable_owner()->set_subject(oldest->claim.owner);
  claim.mutable_owner()->set_role(static_cast<sas::type::v1::Role>(oldest->claim.role));
  *claim.mutable_act_time() = ToTimestamp(oldest->claim.acted);
  *claim.mutable_expire_time() = ToTimestamp(oldest->claim.expire);
  return claim;
}

}  // namespace

v1::Board ToBoard(const RoomCount& room, bool with_owner, base::Instant now) {
  v1::Board board;
  for (const PriorityRule& rule : PriorityRules()) {  // In the order of the bands.
    v1::BoardLine& line = *board.add_lines();
    line.set_priority(static_cast<v1::Priority>(rule.priority));
    for (const WaitCount& count : room.lines) {
      if (count.priority == rule.priority) FillLine(line, count, now);
    }
  }
  board.set_claimed_count(room.claimed);
  if (const auto oldest = OldestClaim(room); oldest && with_owner) {
    *board.mutable_oldest_claim() = *oldest;
  }
  board.set_lost_call_count(room.lost_calls);
  board.set_ringing_count(room.ringing);
  if (room.ringing > 0) {
    *board.mutable_oldest_ringing_time() = ToTimestamp(room.oldest_ringing);
  }
  board.set_open_order_count(room.open_orders);
  if (room.open_orders > 0) *board.mutable_next_order_due_time() = ToTimestamp(room.next_due);
  *board.mutable_read_time() = ToTimestamp(now);
  return board;
}

}  // namespace sas::regulation
