#include <algorithm>
#include <utility>

#include "common/base/status.h"
#include "services/slots/seat_failures.h"
#include "services/slots/seats_redis.h"
#include "services/slots/seats_redis_parts.h"
#include "services/slots/seats_redis_reply.h"

namespace sas::slots {

using redis_seats::Arguments;
using redis_seats::Key;
using redis_seats::Micros;

namespace {

/// Redis does nothing else while a script runs: one of this size stays well under 5 ms.
constexpr std::size_t kSlotsPerScript = 200;
/// Scripts of one round trip. Redis runs them in a row, so a hold may wait for all of them.
constexpr std::size_t kScriptsPerTrip = 4;
constexpr std::chrono::hours kSlotAfterlife{1};

// A slot as open.lua reads it.
void AddSlot(std::string_view region, const OpenSlot& slot, base::Instant now,
             redis::Script::Arguments& run) {
  const auto life = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::max(slot.end - now, std::chrono::microseconds::zero()) + kSlotAfterlife);
  run.keys.push_back(SlotKey(region, slot.slot));
  run.values.insert(run.values.end(),
                    {SlotId(slot.slot), std::to_string(slot.seats), Micros(slot.start),
                     std::to_string(life.count()), slot.patients_only ? "1" : "0",
                     std::to_string(slot.taken.size())});
  for (const SeatFact& fact : slot.taken) {
    run.values.insert(run.values.end(),
                      {std::to_string(fact.seat), fact.appointment, std::to_string(fact.sequence)});
  }
}

absl::Status GivenUp() {
  return base::Fail(absl::StatusCode::kCancelled, "CANCELLED", "the call was given up");
}

absl::Status AllDone(const std::vector<redis::Reply>& replies, std::string_view region) {
  for (const redis::Reply& reply : replies) {
    SAS_ASSIGN_OR_RETURN(const auto answer, Answer::Of(reply));
    if (answer.word != "OK") return LoadSuperseded(region);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<SeatChange>> RedisSeatBook::Count(
    const base::Call& call, std::string_view region, const std::vector<std::string>& slots) {
  std::vector<SeatChange> counts;
  counts.reserve(slots.size());
  const Arguments arguments = {Expected(region), NowMicros()};
  std::vector<redis::Script::Arguments> runs;
  for (std::size_t first = 0; first < slots.size();) {
    if (call.cancelled()) return GivenUp();
    runs.clear();
    for (; runs.size() < kScriptsPerTrip && first < slots.size(); first += kSlotsPerScript) {
      const std::size_t last = std::min(slots.size(), first + kSlotsPerScript);
      redis::Script::Arguments& run = runs.emplace_back();
      run.keys = {Key(region, "meta")};
      run.values = arguments;
      for (std::size_t i = first; i < last; ++i) run.keys.push_back(SlotKey(region, slots[i]));
    }
    SAS_ASSIGN_OR_RETURN(const auto replies, scripts_->count.RunAll(client_, call, runs));
    for (const redis::Reply& reply : replies) {
      SAS_ASSIGN_OR_RETURN(const auto answer, Answer::Of(reply));
      if (answer.word == "STALE") return Stale(region);
      for (std::size_t at = 0; at < answer.values.size(); at += 2) {
        counts.push_back({slots[counts.size()], static_cast<int>(answer.At(at)),
                          answer.InstantAt(at + 1), /*epoch=*/0});
      }
    }
  }
  return counts;
}

absl::StatusOr<BookState> RedisSeatBook::State(const base::Call& call, std::string_view region) {
  const Arguments command = {"HMGET", Key(region, "meta"), "epoch",     "loading", "loading_us",
                             "fence", "seat_sequence",     "directory", "horizon"};
  SAS_ASSIGN_OR_RETURN(const auto reply, client_.Command(call, command));
  return ToBookState(reply);
}

absl::Status RedisSeatBook::BeginLoad(const base::Call& call, const Load& load) {
  const Arguments keys = {Key(load.region, "meta")};
  const Arguments arguments = {std::to_string(load.epoch), NowMicros(),
                               load.keep_holds ? "1" : "0"};
  SAS_ASSIGN_OR_RETURN(const auto reply, scripts_->begin.Run(client_, call, keys, arguments));
  SAS_ASSIGN_OR_RETURN(const auto answer, Answer::Of(reply));
  return answer.word == "OK" ? absl::OkStatus() : LoadSuperseded(load.region);
}

absl::Status RedisSeatBook::OpenSlots(const base::Call& call, const Load& load,
                                      const std::vector<OpenSlot>& slots) {
  const Arguments head = {std::to_string(load.epoch), "", std::to_string(load.seat_sequence)};
  std::vector<redis::Script::Arguments> runs;
  for (std::size_t first = 0; first < slots.size();) {
    if (call.cancelled()) return GivenUp();
    runs.clear();
    // The hour of each round trip: it shows that the load lives.
    const base::Instant now = clock_.Now();
    for (; runs.size() < kScriptsPerTrip && first < slots.size(); first += kSlotsPerScript) {
      const std::size_t last = std::min(slots.size(), first + kSlotsPerScript);
      redis::Script::Arguments& run = runs.emplace_back();
      run.keys = {Key(load.region, "meta")};
      run.values = head;
      run.values[1] = Micros(now);
      for (std::size_t i = first; i < last; ++i) AddSlot(load.region, slots[i], now, run);
    }
    SAS_ASSIGN_OR_RETURN(const auto replies, scripts_->open.RunAll(client_, call, runs));
    SAS_RETURN_IF_ERROR(AllDone(replies, load.region));
  }
  return absl::OkStatus();
}

absl::Status RedisSeatBook::FinishLoad(const base::Call& call, const Load& load) {
  const Arguments keys = {Key(load.region, "meta")};
  const Arguments arguments = {std::to_string(load.epoch), NowMicros(),
                               std::to_string(load.seat_sequence), load.directory, load.horizon};
  SAS_ASSIGN_OR_RETURN(const auto reply, scripts_->finish.Run(client_, call, keys, arguments));
  SAS_ASSIGN_OR_RETURN(const auto answer, Answer::Of(reply));
  return answer.word == "OK" ? absl::OkStatus() : LoadSuperseded(load.region);
}

absl::StatusOr<bool> RedisSeatBook::BeginRefresh(const base::Call& call, const Refresh& refresh,
                                                 bool take_over) {
  const Arguments keys = {Key(refresh.region, "meta")};
  const Arguments arguments = {std::to_string(refresh.epoch), NowMicros(),
                               std::to_string(refresh.directory), Micros(kRefreshMax),
                               take_over ? "1" : "0"};
  SAS_ASSIGN_OR_RETURN(const auto reply,
                       scripts_->refresh_begin.Run(client_, call, keys, arguments));
  SAS_ASSIGN_OR_RETURN(const auto answer, Answer::Of(reply));
  if (answer.word != "OK") return LoadSuperseded(refresh.region);
  return answer.At(0) == 1;
}

absl::Status RedisSeatBook::RefreshSite(const base::Call& call, const Refresh& refresh,
                                        std::string_view site, const std::vector<OpenSlot>& slots) {
  const base::Instant now = clock_.Now();
  const Arguments head = {
      std::to_string(refresh.epoch),         Micros(now),  std::to_string(refresh.directory),
      std::to_string(refresh.seat_sequence), SiteId(site), "0"};
  std::size_t first = 0;
  do {  // A site without slots is told too.
    const std::size_t last = std::min(slots.size(), first + kSlotsPerScript);
    redis::Script::Arguments run{{Key(refresh.region, "meta")}, head};
    for (std::size_t i = first; i < last; ++i) AddSlot(refresh.region, slots[i], now, run);
    if (last == slots.size()) run.values[5] = "1";
    SAS_ASSIGN_OR_RETURN(const auto replies,
                         scripts_->refresh_site.RunAll(client_, call, {&run, 1}));
    SAS_RETURN_IF_ERROR(AllDone(replies, refresh.region));
    first = last;
  } while (first < slots.size());
  return absl::OkStatus();
}

absl::Status RedisSeatBook::FinishRefresh(const base::Call& call, const Refresh& refresh) {
  const Arguments keys = {Key(refresh.region, "meta")};
  const Arguments arguments = {std::to_string(refresh.epoch), NowMicros(),
                               std::to_string(refresh.directory)};
  SAS_ASSIGN_OR_RETURN(const auto reply,
                       scripts_->refresh_finish.Run(client_, call, keys, arguments));
  SAS_ASSIGN_OR_RETURN(const auto answer, Answer::Of(reply));
  return answer.word == "OK" ? absl::OkStatus() : LoadSuperseded(refresh.region);
}

}  // namespace sas::slots
