#include "services/regulation/room_watch.h"

#include <algorithm>
#include <array>
#include <utility>

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "services/regulation/convert.h"
#include "services/regulation/convert_roster.h"
#include "services/regulation/neighbour_ledger.h"
#include "services/regulation/roster_work.h"
#include "services/regulation/store_rows.h"

namespace sas::regulation {
namespace {

constexpr int kMarksPage = 1000;
constexpr int kOffersMax = 1000;
constexpr std::chrono::minutes kMinute{1};  // The last minute that is looked at counts, too.
constexpr std::chrono::seconds kLate{30};   // A slow transaction's mark appears so late.
constexpr std::chrono::seconds kDeaf{60};   // Without a look, calls were not listened for.
constexpr std::array kQueues{RosterQueue::kRegulation, RosterQueue::kOsnp, RosterQueue::kArm};

bool IsCall(const KpiMark& mark) {
  const bool opened = mark.act == KpiAct::kOpened || mark.act == KpiAct::kCalled;
  return mark.act == KpiAct::kLostCall || (opened && mark.code.rfind("LINE_", 0) == 0);
}

v1::RoomNotice::Kind KindOf(CoverageState state) {
  switch (state) {
    case CoverageState::kNobodyOnShift:
      return v1::RoomNotice::KIND_NOBODY_ON_SHIFT;
    case CoverageState::kNobodySoon:
      return v1::RoomNotice::KIND_NOBODY_SOON;
    case CoverageState::kNobodyPresent:
      return v1::RoomNotice::KIND_NOBODY_PRESENT;
    default:
      return v1::RoomNotice::KIND_UNSPECIFIED;
  }
}

v1::RoomNotice Notice(v1::RoomNotice::Kind kind, const std::string& territory,
                      std::string_view queue, base::Instant time) {
  v1::RoomNotice notice;
  notice.set_kind(kind);
  notice.set_territory(territory);
  notice.set_queue(std::string(queue));
  *notice.mutable_time() = ToTimestamp(time);
  return notice;
}

}  // namespace

RoomWatch::RoomWatch(RegulationStore& store, const base::Clock& clock, const care::Zone& zone,
                     Rules rules, observe::Metrics& metrics)
    : store_(store), clock_(clock), zone_(zone), rules_(std::move(rules)), metrics_(metrics) {}

absl::Status RoomWatch::Hear(const base::Call& call, base::Instant now) {
  const base::Instant begin = now - kCallsKept;
  KpiMarkQuery query;
  query.start = std::max(begin, heard_ - kLate);
  query.end = now + std::chrono::seconds(1);
  query.limit = kMarksPage;
  std::vector<KpiMark> page;
  do {
    SAS_RETURN_IF_ERROR(store_.Read(call, [&](RegulationTransaction& transaction) -> absl::Status {
      SAS_ASSIGN_OR_RETURN(page, transaction.ListMarks(query));
      return absl::OkStatus();
    }));
    if (!page.empty()) query.after = KeyOf(page.back());
    const std::lock_guard lock(mutex_);
    for (const KpiMark& mark : page) marks_[KeyOf(mark)] = mark;
  } while (page.size() == static_cast<std::size_t>(kMarksPage));
  heard_ = now;
  const std::chrono::nanoseconds steady = clock_.Steady();
  if (listening_ == base::Instant{} || steady - heard_at_ > kDeaf) listening_ = now;
  heard_at_ = steady;
  const std::lock_guard lock(mutex_);
  marks_.erase(marks_.begin(), marks_.lower_bound({begin, "", 0}));
  acts_.clear();
  for (const auto& [key, mark] : marks_) {
    Acts& acts = acts_[{std::string(base::RegionOf(mark.subject)), mark.actor}];
    ++acts.count;
    acts.last = mark.at;
  }
  return absl::OkStatus();
}

absl::Status RoomWatch::Look(const base::Call& call) {
  const base::Instant now = clock_.Now();
  SAS_RETURN_IF_ERROR(Hear(call, now));
  std::vector<Place> rosters;
  std::vector<v1::Shift> shifts;
  std::vector<v1::Surge> surges;
  std::vector<OpenOffer> offers;
  SAS_RETURN_IF_ERROR(store_.Read(call, [&](RegulationTransaction& transaction) -> absl::Status {
    SAS_ASSIGN_OR_RETURN(rosters, transaction.roster().ListRosters());
    SAS_ASSIGN_OR_RETURN(shifts, ShiftsAt(transaction, "", {}, now, now + rules_.ahead + kMinute));
    SAS_ASSIGN_OR_RETURN(surges, transaction.roster().ListSurges(""));
    OfferQuery query;
    query.limit = kOffersMax;
    SAS_ASSIGN_OR_RETURN(offers, transaction.neighbours().ListOffers(query));
    return absl::OkStatus();
  }));
  Room room;
  room.looked = now;
  std::map<Place, std::vector<Attendance>> attendance;
  for (const v1::Shift& shift : shifts) {
    const std::string region(base::RegionOf(shift.name()));
    const ShiftValue value = ToValue(shift);
    attendance[{region, shift.territory()}].push_back({value, Present(region, value, now)});
  }
  for (const Place& place : rosters) ShowStaffing(room, place, attendance[place], now);
  Judge(room, now);
  int lasting = 0;
  for (const v1::Surge& surge : surges) {
    if (!Lasts(surge, now)) continue;
    ++lasting;
    const std::string region(base::RegionOf(surge.name()));
    room.surging.insert(region);
    room.notices[{region, surge.territory()}].push_back(
        Notice(v1::RoomNotice::KIND_SURGE, surge.territory(), "", ToInstant(surge.declare_time())));
  }
  metrics_.Surges(lasting);
  const auto late = std::count_if(offers.begin(), offers.end(),
                                  [&](const OpenOffer& offer) { return offer.alarm <= now; });
  metrics_.Offers(static_cast<int>(offers.size()), static_cast<int>(late));
  const std::lock_guard lock(mutex_);
  room_ = std::move(room);
  return absl::OkStatus();
}

void RoomWatch::Judge(Room& room, base::Instant now) {
  std::map<Place, std::vector<base::Instant>> calls;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [key, mark] : marks_) {
      const std::string region(base::RegionOf(mark.subject));
      if (IsCall(mark)) calls[{region, mark.territory}].push_back(mark.at);
    }
  }
  for (const std::string& territory : rules_.bands.Territories()) {
    // A département lies in one region: the one that its roster or its calls show.
    Place place{"", territory};
    const auto mine = [&](const auto& each) { return each.first.second == territory; };
    const auto heard = std::find_if(calls.begin(), calls.end(), mine);
    const auto known = std::find_if(room.notices.begin(), room.notices.end(), mine);
    if (heard != calls.end()) place = heard->first;
    if (known != room.notices.end()) place = known->first;
    const CallVerdict verdict =
        JudgeCalls(rules_.bands, territory, calls[place], listening_, now, zone_);
    room.calls[place] = verdict;
    const bool silent = verdict.state == CallState::kSilent;
    metrics_.Calls(territory, silent, verdict.window.count() > 0);
    if (silent) {
      room.notices[place].push_back(
          Notice(v1::RoomNotice::KIND_CALLS_SILENT, territory, "", now - verdict.window));
    }
  }
}

void RoomWatch::ShowStaffing(Room& room, const Place& place, const std::vector<Attendance>& shifts,
                             base::Instant now) {
  const std::string& territory = place.second;
  std::vector<v1::RoomNotice>& notices = room.notices[place];
  for (const RosterQueue queue : kQueues) {
    int on_shift = 0;
    int present = 0;
    for (const Attendance& each : shifts) {
      if (QueueOf(each.shift.role) != queue || !OnShift(each.shift, now)) continue;
      ++on_shift;
      if (each.present) ++present;
    }
    const CoverageValue value =
        CoverageOf(territory, queue, shifts, rules_.staffing, zone_, now, rules_.ahead);
    metrics_.Staffed(territory, queue, on_shift, present, value.state);
    const v1::RoomNotice::Kind kind = KindOf(value.state);
    if (kind == v1::RoomNotice::KIND_UNSPECIFIED) continue;
    notices.push_back(Notice(kind, territory, QueueName(queue), value.gap.value_or(now)));
  }
}

base::Instant RoomWatch::looked() const {
  const std::lock_guard lock(mutex_);
  return room_.looked;
}

RoomWatch::Acts RoomWatch::ActsOf(const std::string& region, const std::string& subject) const {
  const std::lock_guard lock(mutex_);
  const auto found = acts_.find({region, subject});
  return found == acts_.end() ? Acts() : found->second;
}

bool RoomWatch::Present(const std::string& region, const ShiftValue& shift,
                        base::Instant now) const {
  if (shift.state == ShiftState::kSignedIn) return true;
  return ActsOf(region, shift.subject).last > now - kPresenceOfAct;
}

CallVerdict RoomWatch::CallsOf(const std::string& region, const std::string& territory) const {
  const std::lock_guard lock(mutex_);
  for (const std::string& known : {region, std::string()}) {
    const auto found = room_.calls.find({known, territory});
    if (found != room_.calls.end()) return found->second;
  }
  return {};
}

std::vector<v1::RoomNotice> RoomWatch::Notices(const std::string& region,
                                               const std::vector<std::string>& territories) const {
  std::vector<v1::RoomNotice> shown;
  const std::lock_guard lock(mutex_);
  for (const auto& [place, notices] : room_.notices) {
    const bool here = place.first == region || place.first.empty();
    if (!here || !InTerritories(territories, place.second)) continue;
    shown.insert(shown.end(), notices.begin(), notices.end());
  }
  return shown;
}

bool RoomWatch::Surging(const std::string& region) const {
  const std::lock_guard lock(mutex_);
  return room_.surging.count(region) > 0;
}

}  // namespace sas::regulation
