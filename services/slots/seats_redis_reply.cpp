#include "services/slots/seats_redis_reply.h"

#include <charconv>

#include "common/base/status.h"

namespace sas::slots {
namespace {

std::int64_t Number(std::string_view text) {
  std::int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

base::Instant ToInstant(std::int64_t micros) {
  return base::Instant(std::chrono::microseconds(micros));
}

// Fields of a stream entry or of a hash: name, value, name, value…
std::string_view Field(const redis::Reply& fields, std::string_view name) {
  for (std::size_t i = 0; i + 1 < fields.items.size(); i += 2) {
    if (fields.items[i].text == name) return fields.items[i + 1].text;
  }
  return {};
}

}  // namespace

std::string SlotId(std::string_view name) {
  constexpr std::string_view kSites = "/sites/";
  constexpr std::string_view kSlots = "/slots/";
  const std::size_t site = name.find(kSites);
  const std::size_t slot = name.find(kSlots);
  if (site == std::string_view::npos || slot == std::string_view::npos || slot < site) return {};
  std::string id(name.substr(site + kSites.size(), slot - site - kSites.size()));
  id.append("/").append(name.substr(slot + kSlots.size()));
  return id;
}

std::string NameOfSlot(std::string_view region, std::string_view id) {
  const std::size_t bar = id.find('/');
  if (bar == std::string_view::npos) return {};
  std::string name = "regions/";
  name.append(region).append("/sites/").append(id.substr(0, bar));
  name.append("/slots/").append(id.substr(bar + 1));
  return name;
}

std::string SiteId(std::string_view name) {
  return std::string(name.substr(name.rfind('/') + 1));
}

std::string NameOfSite(std::string_view region, std::string_view id) {
  if (id.empty()) return {};
  std::string name = "regions/";
  name.append(region).append("/sites/").append(id);
  return name;
}

std::string SlotKey(std::string_view region, std::string_view name) {
  std::string key = "sas:{";
  key.append(region).append("}:slot:").append(SlotId(name));
  return key;
}

absl::StatusOr<Answer> Answer::Of(const redis::Reply& reply) {
  if (reply.type != redis::Reply::Type::kArray || reply.items.empty()) {
    return base::Fail(absl::StatusCode::kInternal, "REDIS_ERROR",
                      "a script gave an answer that it never gives");
  }
  Answer answer;
  answer.word = reply.items[0].text;
  answer.values.reserve(reply.items.size() - 1);
  for (std::size_t i = 1; i < reply.items.size(); ++i) {
    answer.values.push_back(reply.items[i].text);
  }
  return answer;
}

std::int64_t Answer::At(std::size_t index) const {
  return index < values.size() ? Number(values[index]) : 0;
}

base::Instant Answer::InstantAt(std::size_t index) const {
  return ToInstant(At(index));
}

std::string Answer::TextAt(std::size_t index) const {
  return index < values.size() ? values[index] : std::string();
}

Hold ToHold(const Answer& answer, std::string_view slot, std::string_view holder) {
  Hold hold;
  hold.slot = slot;
  hold.holder = holder;
  hold.seat = static_cast<int>(answer.At(0));
  hold.token = answer.TextAt(1);
  hold.order = answer.TextAt(2);
  hold.fence = answer.At(3);
  hold.expire = answer.InstantAt(4);
  hold.renew_limit = answer.InstantAt(5);
  hold.profession = answer.TextAt(6);
  hold.appointment = answer.TextAt(7);
  hold.after = {std::string(slot), static_cast<int>(answer.At(8)), answer.InstantAt(9), 0};
  hold.beyond_reason = answer.TextAt(10);
  hold.lifted = answer.TextAt(11);
  hold.criteria = answer.TextAt(12);
  return hold;
}

std::vector<SeatState> ToSeats(const Answer& answer) {
  std::vector<SeatState> seats;
  for (std::size_t i = 0; i + 2 < answer.values.size(); i += 3) {
    SeatState seat;
    const std::string& state = answer.values[i];
    if (state == "held") seat.kind = SeatState::Kind::kHeld;
    if (state == "prepared") seat.kind = SeatState::Kind::kPrepared;
    if (state == "taken") seat.kind = SeatState::Kind::kTaken;
    seat.expire = answer.InstantAt(i + 1);
    seat.appointment = answer.TextAt(i + 2);
    seats.push_back(std::move(seat));
  }
  return seats;
}

BookState ToBookState(const redis::Reply& reply) {
  const auto text = [&reply](std::size_t i) {
    return i < reply.items.size() ? reply.items[i].text : std::string();
  };
  BookState state;
  state.epoch = Number(text(0));
  state.loading = Number(text(1));
  state.loading_since = ToInstant(Number(text(2)));
  state.fence = Number(text(3));
  state.seat_sequence = Number(text(4));
  state.directory = text(5);
  state.horizon = text(6);
  return state;
}

std::int64_t ToEpoch(const redis::Reply& reply) {
  return Number(reply.text);
}

base::Instant ToTime(const redis::Reply& reply) {
  const auto number = [&reply](std::size_t i) {
    return i < reply.items.size() ? Number(reply.items[i].text) : 0;
  };
  return ToInstant(number(0) * 1'000'000 + number(1));
}

ChangeBatch ToChanges(const redis::Reply& reply, std::string_view region,
                      std::string_view position) {
  ChangeBatch batch;
  batch.position = position;
  if (reply.items.empty() || reply.items[0].items.size() < 2) return batch;  // Nothing new.
  for (const redis::Reply& entry : reply.items[0].items[1].items) {
    if (entry.items.size() < 2) continue;
    batch.position = entry.items[0].text;
    const redis::Reply& fields = entry.items[1];
    if (const std::string_view version = Field(fields, "directory"); !version.empty()) {
      batch.sites.push_back({NameOfSite(region, Field(fields, "site")), Number(version)});
      continue;
    }
    const std::string_view id = Field(fields, "slot");
    batch.changes.push_back({id.empty() ? std::string() : NameOfSlot(region, id),
                             static_cast<int>(Number(Field(fields, "free"))),
                             ToInstant(Number(Field(fields, "hold_expire_us"))),
                             Number(Field(fields, "epoch")),
                             ToInstant(Number(batch.position) * 1000)});
  }
  return batch;
}

}  // namespace sas::slots
