#include "services/slots/slot_answers.h"

#include <algorithm>
#include <string>
#include <vector>

#include "common/base/status.h"
#include "services/slots/convert.h"
#include "services/slots/domain/slot_name.h"
#include "services/slots/slot_rules.h"

namespace sas::slots {
namespace {

using std::chrono::duration_cast;
using std::chrono::microseconds;
using std::chrono::seconds;

constexpr std::int64_t kSecondsMax = 7'258'118'400;  // 2200-01-01.
constexpr std::size_t kOfferSitesMax = 500;

int FreeBefore(const IndexedSite& site, base::Instant now, std::chrono::hours within) {
  int free = 0;
  for (const IndexedSlot& slot : site.slots) {
    if (slot.slot.start >= now && slot.slot.start < now + within) free += slot.free_seats;
  }
  return free;
}

}  // namespace

absl::StatusOr<base::Instant> ReadTime(bool present, const google::protobuf::Timestamp& time,
                                       base::Instant standard, std::string_view field) {
  if (!present) return standard;
  if (time.seconds() < 0 || time.seconds() >= kSecondsMax || time.nanos() < 0 ||
      time.nanos() > 999'999'999) {
    return base::InvalidField(field, "INVALID_TIME", "not a time between 1970 and 2199");
  }
  return base::Instant(seconds(time.seconds()) + microseconds(time.nanos() / 1000));
}

v1::Slot::State StateOf(const IndexedSlot& slot, int free, base::Instant hold_expire) {
  if (!slot.slot.staffed) return v1::Slot::STATE_WITHDRAWN;
  if (free > 0) return v1::Slot::STATE_FREE;
  return hold_expire == base::Instant() ? v1::Slot::STATE_BOOKED : v1::Slot::STATE_HELD;
}

bool Stale(const RegionView& view, base::Instant now) {
  return now - view.snapshot->fresh > kVerifiedFor;
}

base::Instant VouchTime(const RegionView& view, const IndexedSlot& slot) {
  const base::Instant fresh = view.snapshot->fresh;
  return slot.slot.source == nullptr ? fresh : std::min(fresh, slot.slot.source->vouched());
}

v1::Slot ToSlot(const RegionView& view, const IndexedSlot& slot) {
  return ToSlot(view, slot, {slot.slot.name, slot.free_seats, slot.hold_expire, 0});
}

v1::Slot ToSlot(const RegionView& view, const IndexedSlot& slot, const SeatChange& after) {
  const PlannedSlot& planned = slot.slot;
  v1::Slot proto;
  proto.set_name(planned.name);
  proto.set_state(StateOf(slot, after.free_seats, after.hold_expire));
  *proto.mutable_start_time() = ToTimestamp(planned.start);
  *proto.mutable_end_time() = ToTimestamp(planned.end);
  const auto identity = ParseSlotName(planned.name, "name");
  if (identity.ok()) proto.set_agenda(identity->agenda);
  proto.set_practitioner(planned.practitioner);
  for (const Mode mode : planned.modes) {
    proto.add_modes(static_cast<type::v1::ConsultationMode>(mode));
  }
  for (const SlotClass each : planned.classes) {
    proto.add_classes(static_cast<type::v1::SlotClass>(each));
  }
  proto.set_allocation(static_cast<v1::SlotAllocation>(planned.allocation));
  proto.set_seat_count(planned.seats);
  proto.set_free_seat_count(std::max(0, after.free_seats));
  if (after.hold_expire != base::Instant()) {
    *proto.mutable_hold_expire_time() = ToTimestamp(after.hold_expire);
  }
  const base::Instant vouched = VouchTime(view, slot);
  if (vouched != base::Instant()) *proto.mutable_verify_time() = ToTimestamp(vouched);
  if (planned.source != nullptr) proto.set_partner(planned.source->partner());
  proto.set_origin(static_cast<v1::Slot::Origin>(planned.origin));
  return proto;
}

v1::SlotHold ToHoldProto(const RegionView& view, const IndexedSlot& slot, const Hold& hold) {
  v1::SlotHold proto;
  *proto.mutable_slot() = ToSlot(view, slot, hold.after);
  proto.set_hold_token(hold.token);
  proto.set_seat(hold.seat);
  *proto.mutable_expire_time() = ToTimestamp(hold.expire);
  *proto.mutable_renew_limit_time() = ToTimestamp(hold.renew_limit);
  proto.set_care_order(hold.order);
  return proto;
}

v1::SlotMatch ToMatch(const RegionView& view, const Match& match, base::Role reader,
                      base::Instant now) {
  v1::SlotMatch proto;
  const IndexedSite& site = *match.site;
  *proto.mutable_slot() = ToSlot(view, *match.slot);
  proto.set_site(site.rules.name);
  proto.set_site_display_name(site.rules.display_name);
  proto.set_practitioner_display_name(match.slot->practitioner_display_name);
  proto.set_distance_meters(match.distance_meters);
  proto.set_score(match.score);
  for (const ScoreTerm& term : match.terms) {
    v1::ScoreTerm& out = *proto.add_score_terms();
    out.set_code(term.code);
    out.set_points(term.points);
    out.set_label(term.label);
  }
  proto.set_past_deadline(match.past_deadline);
  for (const std::string& code : match.unknown_criteria) proto.add_unknown_criteria(code);
  const SiteCard* card = view.FindSite(site.rules.name);
  if (card != nullptr) {
    proto.set_site_kind(card->site.kind());
    *proto.mutable_place() = card->site.place();
  }
  if (match.rule != nullptr) *proto.mutable_entry_rule() = FromEntryRule(*match.rule);
  proto.set_directions(site.directions);
  if (SeesDirectLine(reader)) proto.set_direct_line(site.direct_line);
  const base::Instant vouched = VouchTime(view, *match.slot);
  if (vouched != base::Instant()) {
    const microseconds age = std::max(now - vouched, microseconds::zero());
    proto.mutable_information_age()->set_seconds(duration_cast<seconds>(age).count());
    proto.mutable_information_age()->set_nanos(static_cast<int>((age % seconds(1)).count()) * 1000);
  }
  proto.set_unverified(match.unverified || now - vouched > kVerifiedFor);
  return proto;
}

v1::ExcludedSite ToExcluded(const Excluded& excluded, const Need& need) {
  v1::ExcludedSite proto;
  const SiteRules& rules = excluded.site->rules;
  proto.set_site(rules.name);
  proto.set_site_display_name(rules.display_name);
  proto.set_distance_meters(excluded.distance_meters);
  proto.set_reason_code(std::string(ExclusionCode(excluded.exclusion)));
  proto.set_explanation(ExclusionText(excluded.exclusion, rules, need));
  proto.set_lifted_by(std::string(ExclusionLifter(excluded.exclusion)));
  if (excluded.next_start != base::Instant()) {
    *proto.mutable_next_start_time() = ToTimestamp(excluded.next_start);
  }
  return proto;
}

v1::Offer MakeOffer(const RegionView& view, std::string_view territory, base::Instant now) {
  std::vector<v1::SiteOffer> offers;
  for (const auto& site : view.snapshot->sites) {
    const auto& territories = site->rules.territories;
    const bool wanted = territory.empty() || std::find(territories.begin(), territories.end(),
                                                       territory) != territories.end();
    if (!wanted) continue;
    v1::SiteOffer offer;
    offer.set_site(site->rules.name);
    offer.set_site_display_name(site->rules.display_name);
    offer.set_free_4h_count(FreeBefore(*site, now, std::chrono::hours(4)));
    offer.set_free_24h_count(FreeBefore(*site, now, std::chrono::hours(24)));
    offer.set_free_48h_count(FreeBefore(*site, now, std::chrono::hours(48)));
    if (view.snapshot->fresh != base::Instant()) {
      *offer.mutable_verify_time() = ToTimestamp(view.snapshot->fresh);
    }
    offers.push_back(std::move(offer));
  }
  std::stable_sort(offers.begin(), offers.end(), [](const auto& a, const auto& b) {
    return a.free_48h_count() != b.free_48h_count() ? a.free_48h_count() > b.free_48h_count()
                                                    : a.site() < b.site();
  });
  if (offers.size() > kOfferSitesMax) offers.resize(kOfferSitesMax);
  v1::Offer proto;
  for (v1::SiteOffer& offer : offers) *proto.add_sites() = std::move(offer);
  if (view.snapshot->fresh != base::Instant()) {
    *proto.mutable_fresh_time() = ToTimestamp(view.snapshot->fresh);
  }
  return proto;
}

}  // namespace sas::slots
