#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "common/redis/script.h"
#include "embedded/slots_scripts.h"
#include "services/slots/seats_redis.h"

/// What the sources of RedisSeatBook share. Private to them.
namespace sas::slots {
namespace redis_seats {

using Arguments = std::vector<std::string>;

inline std::string Micros(base::Instant instant) {
  return std::to_string(instant.time_since_epoch().count());
}

inline std::string Micros(std::chrono::microseconds length) {
  return std::to_string(length.count());
}

/// `sas:{fr-pdl}:meta`.
inline std::string Key(std::string_view region, std::string_view what) {
  std::string key = "sas:{";
  key.append(region).append("}:").append(what);
  return key;
}

inline redis::Script Make(std::string_view name, std::string_view body) {
  std::string source(scripts::seat_lua);
  source.append(body);
  return {name, source};
}

inline redis::Script MakeOpening(std::string_view name, std::string_view body) {
  std::string source(scripts::seat_lua);
  source.append(scripts::open_lua).append(body);
  return {name, source};
}

}  // namespace redis_seats

struct RedisSeatBook::Scripts {
  redis::Script hold = redis_seats::Make("hold", scripts::hold_lua);
  redis::Script renew = redis_seats::Make("renew", scripts::renew_lua);
  redis::Script hand_over = redis_seats::Make("hand_over", scripts::hand_over_lua);
  redis::Script release = redis_seats::Make("release", scripts::release_lua);
  redis::Script release_orders = redis_seats::Make("release_orders", scripts::release_orders_lua);
  redis::Script release_watched =
      redis_seats::Make("release_watched", scripts::release_watched_lua);
  redis::Script prepare = redis_seats::Make("prepare", scripts::prepare_lua);
  redis::Script commit = redis_seats::Make("commit", scripts::commit_lua);
  redis::Script sweep = redis_seats::Make("sweep", scripts::sweep_lua);
  redis::Script look = redis_seats::Make("look", scripts::look_lua);
  redis::Script count = redis_seats::Make("count", scripts::count_lua);
  redis::Script begin = redis_seats::Make("open_begin", scripts::open_begin_lua);
  redis::Script open = redis_seats::MakeOpening("open_slots", scripts::open_slots_lua);
  redis::Script finish = redis_seats::Make("open_finish", scripts::open_finish_lua);
  redis::Script refresh_begin =
      redis_seats::MakeOpening("refresh_begin", scripts::refresh_begin_lua);
  redis::Script refresh_site = redis_seats::MakeOpening("refresh_site", scripts::refresh_site_lua);
  redis::Script refresh_finish =
      redis_seats::MakeOpening("refresh_finish", scripts::refresh_finish_lua);
};

struct RedisSeatBook::Shared {
  mutable std::mutex mutex;
  std::map<std::string, std::int64_t, std::less<>> epochs;
  std::function<void(const std::string&)> wake;
};

}  // namespace sas::slots
