#include "services/regulation/room_board.h"

#include <algorithm>

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

}  // namespace

v1::Board ToBoard(const RoomCount& room, base::Instant now) {
  v1::Board board;
  for (const PriorityRule& rule : PriorityRules()) {  // In the order of the bands.
    v1::BoardLine& line = *board.add_lines();
    line.set_priority(static_cast<v1::Priority>(rule.priority));
    for (const WaitCount& count : room.lines) {
      if (count.priority == rule.priority) FillLine(line, count, now);
    }
  }
  board.set_claimed_count(room.claimed);
  board.set_lost_call_count(room.lost_calls);
  board.set_open_order_count(room.open_orders);
  if (room.open_orders > 0) *board.mutable_next_order_due_time() = ToTimestamp(room.next_due);
  *board.mutable_read_time() = ToTimestamp(now);
  return board;
}

}  // namespace sas::regulation
