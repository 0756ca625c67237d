#include "services/slots/seats_redis.h"

#include <utility>

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "services/slots/seat_failures.h"
#include "services/slots/seats_redis_parts.h"
#include "services/slots/seats_redis_reply.h"

namespace sas::slots {

using redis_seats::Arguments;
using redis_seats::Key;
using redis_seats::Micros;

namespace {

// XREAD passes over what was trimmed without a word. A stream is trimmed from its front and to far
// more than a batch: only who gets a full one can have missed something, and has not while an entry
// at or before his position is there. Asked after the reading, so that a hole in it is seen. Who
// stood on the very last one that went has missed nothing, and counts anew all the same.
absl::Status CheckReach(redis::Client& client, const base::Call& call, std::string_view region,
                        std::string_view position) {
  const Arguments command = {
      "XREVRANGE", Key(region, "changes"), std::string(position), "-", "COUNT", "1"};
  SAS_ASSIGN_OR_RETURN(const auto reply, client.Command(call, command));
  return reply.items.empty() ? ChangesTrimmed(region) : absl::OkStatus();
}

}  // namespace

RedisSeatBook::RedisSeatBook(redis::Client& client, const base::Clock& clock)
    : client_(client),
      clock_(clock),
      scripts_(std::make_unique<const Scripts>()),
      shared_(std::make_unique<Shared>()) {}

RedisSeatBook::~RedisSeatBook() = default;

std::string RedisSeatBook::NowMicros() const {
  return Micros(clock_.Now());
}

std::string RedisSeatBook::Expected(std::string_view region) const {
  const std::lock_guard lock(shared_->mutex);
  const auto found = shared_->epochs.find(region);
  return std::to_string(found == shared_->epochs.end() ? 0 : found->second);
}

absl::Status RedisSeatBook::Stale(std::string_view region) const {
  std::function<void(const std::string&)> wake;
  {
    const std::lock_guard lock(shared_->mutex);
    wake = shared_->wake;
  }
  if (wake) wake(std::string(region));
  return Rebuilding(region);
}

absl::StatusOr<Hold> RedisSeatBook::TakeHold(const base::Call& call, const HoldRequest& request) {
  const std::string slot = SlotKey(request.region, request.slot);
  const Arguments keys = {Key(request.region, "meta"), slot};
  const Arguments arguments = {Expected(request.region),
                               NowMicros(),
                               SlotId(request.slot),
                               request.token,
                               request.request_id,
                               request.holder,
                               request.order,
                               request.profession,
                               Micros(request.duration),
                               Micros(kHoldTotalMax),
                               std::to_string(request.holds_max),
                               std::to_string(request.order_holds_max),
                               std::to_string(request.beyond_max),
                               request.beyond_reason,
                               request.watch,
                               request.lifted,
                               request.criteria,
                               request.fingerprint,
                               request.organization,
                               std::to_string(request.organization_holds_max),
                               request.refusal.ok() ? "0" : "1"};
  SAS_ASSIGN_OR_RETURN(const auto reply, scripts_->hold.Run(client_, call, keys, arguments));
  SAS_ASSIGN_OR_RETURN(const auto answer, Answer::Of(reply));
  if (answer.word == "STALE") return Stale(request.region);
  if (answer.word == "NOT_OPEN") return NotOpen(request.slot);
  if (answer.word == "REUSED") return RequestReused(request.request_id);
  if (answer.word == "NO_REPEAT") return request.refusal;
  if (answer.word == "TOO_MANY") return TooManyHolds(request.holds_max);
  if (answer.word == "ORDER_HELD") return OrderHeld(NameOfSlot(request.region, answer.TextAt(0)));
  if (answer.word == "QUOTA") return HoldQuota(request.organization_holds_max);
  if (answer.word == "FREE") return SeatsAreFree(request.slot);
  if (answer.word == "EXHAUSTED") return SupernumeraryExhausted(request.slot, request.beyond_max);
  if (answer.word == "FULL") return NoFreeSeat(request.slot, answer.At(0));
  return ToHold(answer, request.slot, request.holder);
}

absl::StatusOr<Hold> RedisSeatBook::RenewHold(const base::Call& call, const HoldKey& hold,
                                              std::chrono::milliseconds duration) {
  const Arguments keys = {Key(hold.region, "meta"), SlotKey(hold.region, hold.slot)};
  const Arguments arguments = {Expected(hold.region), NowMicros(),
                               SlotId(hold.slot),     hold.token,
                               hold.holder,           Micros(duration)};
  SAS_ASSIGN_OR_RETURN(const auto reply, scripts_->renew.Run(client_, call, keys, arguments));
  return ReadHold(reply, hold);
}

absl::StatusOr<Hold> RedisSeatBook::ReadHold(const redis::Reply& reply, const HoldKey& hold) const {
  SAS_ASSIGN_OR_RETURN(const auto answer, Answer::Of(reply));
  if (answer.word == "STALE") return Stale(hold.region);
  if (answer.word == "LOST") return HoldLost(hold.slot);
  return ToHold(answer, hold.slot, hold.holder);
}

absl::Status RedisSeatBook::ReleaseHold(const base::Call& call, const HoldKey& hold) {
  const Arguments keys = {Key(hold.region, "meta"), SlotKey(hold.region, hold.slot)};
  const Arguments arguments = {Expected(hold.region), NowMicros(), SlotId(hold.slot), hold.token,
                               hold.holder};
  SAS_ASSIGN_OR_RETURN(const auto reply, scripts_->release.Run(client_, call, keys, arguments));
  SAS_ASSIGN_OR_RETURN(const auto answer, Answer::Of(reply));
  return answer.word == "STALE" ? Stale(hold.region) : absl::OkStatus();
}

absl::StatusOr<int> RedisSeatBook::ReleaseWatched(const base::Call& call, std::string_view region,
                                                  const std::string& holder,
                                                  const std::string& watch) {
  const Arguments keys = {Key(region, "meta")};
  const Arguments arguments = {Expected(region), NowMicros(), holder, watch};
  SAS_ASSIGN_OR_RETURN(const auto reply,
                       scripts_->release_watched.Run(client_, call, keys, arguments));
  SAS_ASSIGN_OR_RETURN(const auto answer, Answer::Of(reply));
  if (answer.word == "STALE") return Stale(region);
  return static_cast<int>(answer.At(0));
}

absl::StatusOr<int> RedisSeatBook::ReleaseOrders(const base::Call& call, std::string_view region,
                                                 const std::vector<std::string>& orders) {
  const Arguments keys = {Key(region, "meta")};
  Arguments arguments = {Expected(region), NowMicros()};
  arguments.insert(arguments.end(), orders.begin(), orders.end());
  SAS_ASSIGN_OR_RETURN(const auto reply,
                       scripts_->release_orders.Run(client_, call, keys, arguments));
  SAS_ASSIGN_OR_RETURN(const auto answer, Answer::Of(reply));
  if (answer.word == "STALE") return Stale(region);
  return static_cast<int>(answer.At(0));
}

absl::StatusOr<Hold> RedisSeatBook::HandOver(const base::Call& call, const HoldKey& hold,
                                             std::string_view new_holder) {
  const Arguments keys = {Key(hold.region, "meta"), SlotKey(hold.region, hold.slot)};
  const Arguments arguments = {Expected(hold.region), NowMicros(),
                               SlotId(hold.slot),     hold.token,
                               hold.holder,           std::string(new_holder)};
  SAS_ASSIGN_OR_RETURN(const auto reply, scripts_->hand_over.Run(client_, call, keys, arguments));
  SAS_ASSIGN_OR_RETURN(const auto answer, Answer::Of(reply));
  if (answer.word == "STALE") return Stale(hold.region);
  if (answer.word == "LOST") return HoldLost(hold.slot);
  return ToHold(answer, hold.slot, new_holder);
}

absl::StatusOr<int> RedisSeatBook::Sweep(const base::Call& call, std::string_view region,
                                         int limit) {
  const Arguments keys = {Key(region, "meta")};
  const Arguments arguments = {Expected(region), NowMicros(), std::to_string(limit)};
  SAS_ASSIGN_OR_RETURN(const auto reply, scripts_->sweep.Run(client_, call, keys, arguments));
  SAS_ASSIGN_OR_RETURN(const auto answer, Answer::Of(reply));
  if (answer.word == "STALE") return Stale(region);
  return static_cast<int>(answer.At(0));
}

void RedisSeatBook::Expect(std::string_view region, std::int64_t epoch) {
  const std::lock_guard lock(shared_->mutex);
  shared_->epochs[std::string(region)] = epoch;
}

void RedisSeatBook::OnStale(std::function<void(const std::string& region)> wake) {
  const std::lock_guard lock(shared_->mutex);
  shared_->wake = std::move(wake);
}

absl::StatusOr<base::Instant> RedisSeatBook::Time(const base::Call& call) {
  SAS_ASSIGN_OR_RETURN(const auto reply, client_.Command(call, Arguments{"TIME"}));
  return ToTime(reply);
}

absl::StatusOr<std::string> RedisSeatBook::ChangesHead(const base::Call& call,
                                                       std::string_view region) {
  const Arguments command = {"XREVRANGE", Key(region, "changes"), "+", "-", "COUNT", "1"};
  SAS_ASSIGN_OR_RETURN(const auto reply, client_.Command(call, command));
  if (reply.items.empty() || reply.items[0].items.empty()) return std::string("0-0");
  return reply.items[0].items[0].text;
}

absl::StatusOr<ChangeBatch> RedisSeatBook::Changes(const base::Call& call, std::string_view region,
                                                   std::string_view position,
                                                   std::chrono::milliseconds wait) {
  Arguments command = {"XREAD", "COUNT", std::to_string(kChangesMax)};
  if (wait.count() > 0) {  // BLOCK 0 would wait for ever.
    command.insert(command.end(), {"BLOCK", std::to_string(wait.count())});
  }
  command.insert(command.end(), {"STREAMS", Key(region, "changes"), std::string(position)});
  const auto reply =
      wait.count() > 0 ? client_.Blocking(call, command, wait) : client_.Command(call, command);
  if (!reply.ok()) return reply.status();
  ChangeBatch batch = ToChanges(*reply, region, position);
  if (batch.changes.size() + batch.sites.size() >= std::size_t{kChangesMax}) {
    SAS_RETURN_IF_ERROR(CheckReach(client_, call, region, position));
  }
  if (batch.position != position) return batch;
  const Arguments ask = {"HGET", Key(region, "meta"), "epoch"};
  SAS_ASSIGN_OR_RETURN(const auto epoch, client_.Command(call, ask));
  batch.epoch = ToEpoch(epoch);
  return batch;
}

}  // namespace sas::slots
