// What RedisSeatBook does for many seats in one exchange.
#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "services/slots/seat_failures.h"
#include "services/slots/seats_redis.h"
#include "services/slots/seats_redis_parts.h"
#include "services/slots/seats_redis_reply.h"

namespace sas::slots {
namespace {

using redis_seats::Key;
using redis_seats::Micros;
using Runs = std::vector<redis::Script::Arguments>;

redis_seats::Arguments KeysOf(std::string_view region, std::string_view slot) {
  return {Key(region, "meta"), SlotKey(region, slot)};
}

// `read(i, reply)` for each reply, or the fault of the exchange as often as there were runs.
template <typename Value, typename Read>
std::vector<absl::StatusOr<Value>> Each(const absl::StatusOr<std::vector<redis::Reply>>& replies,
                                        std::size_t count, Read read) {
  if (!replies.ok()) return std::vector<absl::StatusOr<Value>>(count, replies.status());
  std::vector<absl::StatusOr<Value>> values;
  values.reserve(count);
  for (std::size_t i = 0; i < count; ++i) values.push_back(read(i, (*replies)[i]));
  return values;
}

}  // namespace

std::vector<absl::StatusOr<Hold>> RedisSeatBook::FindHolds(const base::Call& call,
                                                           const std::vector<HoldKey>& holds) {
  const std::string now = NowMicros();
  Runs runs;
  runs.reserve(holds.size());
  for (const HoldKey& hold : holds) {
    runs.push_back({KeysOf(hold.region, hold.slot),
                    {Expected(hold.region), now, SlotId(hold.slot), hold.token, hold.holder, "0"}});
  }
  return Each<Hold>(
      scripts_->renew.RunAll(client_, call, runs), holds.size(),
      [&](std::size_t i, const redis::Reply& reply) { return ReadHold(reply, holds[i]); });
}

std::vector<absl::StatusOr<Hold>> RedisSeatBook::PrepareAll(const base::Call& call,
                                                            const std::vector<Preparation>& seats) {
  const std::string now = NowMicros();
  Runs runs;
  runs.reserve(seats.size());
  for (const auto& [hold, appointment] : seats) {
    runs.push_back({KeysOf(hold.region, hold.slot),
                    {Expected(hold.region), now, SlotId(hold.slot), hold.token, hold.holder,
                     appointment, Micros(kPrepareMax)}});
  }
  return Each<Hold>(
      scripts_->prepare.RunAll(client_, call, runs), seats.size(),
      [&](std::size_t i, const redis::Reply& reply) { return ReadHold(reply, seats[i].hold); });
}

std::vector<absl::StatusOr<bool>> RedisSeatBook::CommitAll(const base::Call& call,
                                                           const std::vector<SeatFact>& facts) {
  const std::string now = NowMicros();
  Runs runs;
  runs.reserve(facts.size());
  for (const SeatFact& fact : facts) {
    const std::string_view region = base::RegionOf(fact.slot);
    runs.push_back({KeysOf(region, fact.slot),
                    {Expected(region), now, SlotId(fact.slot), std::to_string(fact.seat),
                     fact.appointment, fact.taken ? "1" : "0", std::to_string(fact.sequence)}});
  }
  return Each<bool>(scripts_->commit.RunAll(client_, call, runs), facts.size(),
                    [&](std::size_t i, const redis::Reply& reply) -> absl::StatusOr<bool> {
                      SAS_ASSIGN_OR_RETURN(const auto answer, Answer::Of(reply));
                      if (answer.word == "STALE") return Stale(base::RegionOf(facts[i].slot));
                      return answer.At(0) == 1;
                    });
}

SeatsOfSlots RedisSeatBook::LookAll(const base::Call& call, std::string_view region,
                                    const std::vector<std::string>& slots) {
  const std::string now = NowMicros();
  Runs runs;
  runs.reserve(slots.size());
  for (const std::string& slot : slots) {
    runs.push_back({KeysOf(region, slot), {Expected(region), now, SlotId(slot)}});
  }
  using Seats = std::vector<SeatState>;
  return Each<Seats>(scripts_->look.RunAll(client_, call, runs), slots.size(),
                     [&](std::size_t i, const redis::Reply& reply) -> absl::StatusOr<Seats> {
                       SAS_ASSIGN_OR_RETURN(const auto answer, Answer::Of(reply));
                       if (answer.word == "STALE") return Stale(region);
                       if (answer.word == "NOT_OPEN") return NotOpen(slots[i]);
                       return ToSeats(answer);
                     });
}

}  // namespace sas::slots
