#include "services/slots/slot_answers.h"

#include <algorithm>
#include <string>
#include <vector>

#include "common/base/status.h"
#include "services/slots/convert.h"
#include "services/slots/domain/search_score.h"
#include "services/slots/domain/site_right.h"
#include "services/slots/slot_rules.h"

namespace sas::slots {
namespace {

using std::chrono::duration_cast;
using std::chrono::microseconds;
using std::chrono::seconds;

constexpr std::int64_t kSecondsMax = 7'258'118'400;  // 2200-01-01.
constexpr std::size_t kOfferSitesMax = 500;

bool Steers(base::Role role) {
  return role == base::Role::kSteering || role == base::Role::kReferent;
}

// `asker`: null where everything may be counted.
v1::SiteOffer OfferOf(const SiteRef& site, const Asker* asker, base::Instant now) {
  const auto counts = [&](const SlotRef& slot) {
    return asker == nullptr || MayRead(*site.rules().readers, *asker, slot.agenda());
  };
  const auto free_within = [&](std::chrono::hours hours) {
    int free = 0;
    site.ForEachSlot(CeilMinute(now), CeilMinute(now + hours),
                     [&](const SlotRef& slot) { free += counts(slot) ? slot.free_seats() : 0; });
    return free;
  };
  v1::SiteOffer offer;
  offer.set_site(site.name());
  offer.set_site_display_name(site.rules().display_name);
  offer.set_free_4h_count(free_within(std::chrono::hours(4)));
  offer.set_free_24h_count(free_within(std::chrono::hours(24)));
  offer.set_free_48h_count(free_within(std::chrono::hours(48)));
  return offer;
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

v1::Slot::State StateOf(const SlotRef& slot, int free, base::Instant hold_expire) {
  if (!slot.staffed()) return v1::Slot::STATE_WITHDRAWN;
  if (free > 0) return v1::Slot::STATE_FREE;
  return hold_expire == base::Instant() ? v1::Slot::STATE_BOOKED : v1::Slot::STATE_HELD;
}

bool Stale(const RegionView& view, base::Instant now) {
  return now - view.fresh > kVerifiedFor;
}

base::Instant VouchTime(const RegionView& view, const SlotRef& slot) {
  return slot.source() == nullptr ? view.fresh : std::min(view.fresh, slot.source()->vouched());
}

v1::Slot ToSlot(const RegionView& view, const SlotRef& slot) {
  return ToSlot(view, slot, {slot.name(), slot.free_seats(), slot.hold_expire(), 0});
}

v1::Slot ToSlot(const RegionView& view, const SlotRef& slot, const SeatChange& after) {
  v1::Slot proto;
  proto.set_name(slot.name());
  proto.set_state(StateOf(slot, after.free_seats, after.hold_expire));
  *proto.mutable_start_time() = ToTimestamp(slot.start());
  *proto.mutable_end_time() = ToTimestamp(slot.end());
  proto.set_agenda(std::string(slot.agenda()));
  proto.set_practitioner(std::string(slot.practitioner()));
  for (const Mode mode : slot.modes()) {
    proto.add_modes(static_cast<type::v1::ConsultationMode>(mode));
  }
  for (const SlotClass each : slot.classes()) {
    proto.add_classes(static_cast<type::v1::SlotClass>(each));
  }
  proto.set_allocation(static_cast<v1::SlotAllocation>(slot.allocation()));
  proto.set_seat_count(slot.seats());
  proto.set_free_seat_count(slot.staffed() ? std::max(0, after.free_seats) : 0);
  if (after.hold_expire != base::Instant()) {
    *proto.mutable_hold_expire_time() = ToTimestamp(after.hold_expire);
  }
  const base::Instant vouched = VouchTime(view, slot);
  if (vouched != base::Instant()) *proto.mutable_verify_time() = ToTimestamp(vouched);
  if (slot.source() != nullptr) {
    proto.set_partner(slot.source()->partner());
    proto.set_master(static_cast<v1::AgendaMaster>(slot.source()->master()));
  }
  proto.set_origin(static_cast<v1::Slot::Origin>(slot.origin()));
  proto.set_own_patients_only(slot.own_patients_only());
  return proto;
}

v1::SlotHold ToHoldProto(const RegionView& view, const SlotRef& slot, const Hold& hold) {
  v1::SlotHold proto;
  *proto.mutable_slot() = ToSlot(view, slot, hold.after);
  proto.set_hold_token(hold.token);
  proto.set_seat(hold.seat);
  *proto.mutable_expire_time() = ToTimestamp(hold.expire);
  *proto.mutable_renew_limit_time() = ToTimestamp(hold.renew_limit);
  proto.set_care_order(hold.order);
  return proto;
}

bool Unverified(const RegionView& view, const Match& match, base::Instant now) {
  return match.unverified || now - VouchTime(view, match.slot) > kVerifiedFor;
}

v1::SlotMatch ToMatch(const RegionView& view, const Match& match, const Query& query,
                      base::Role reader, base::Instant now) {
  v1::SlotMatch proto;
  const SlotRef& slot = match.slot;
  const SiteCard& card = CardOf(slot);
  const Explanation why = Explain(match, query);
  *proto.mutable_slot() = ToSlot(view, slot);
  proto.set_site(card.rules.name);
  proto.set_site_display_name(card.rules.display_name);
  proto.set_practitioner_display_name(std::string(slot.practitioner_display_name()));
  proto.set_distance_meters(match.distance_meters);
  proto.set_detour_meters(match.detour.meters);
  proto.set_score(match.score);
  for (const ScoreTerm& term : why.terms) {
    v1::ScoreTerm& out = *proto.add_score_terms();
    out.set_code(term.code);
    out.set_points(term.points);
    out.set_label(term.label);
  }
  proto.set_past_deadline(match.past_deadline);
  for (const std::string& code : why.unknown_criteria) proto.add_unknown_criteria(code);
  proto.set_site_kind(card.site.kind());
  *proto.mutable_place() = card.site.place();
  if (why.rule != nullptr) *proto.mutable_entry_rule() = FromEntryRule(*why.rule);
  proto.set_directions(card.site.directions());
  if (SeesDirectLine(reader)) proto.set_direct_line(card.site.direct_line());
  const base::Instant vouched = VouchTime(view, slot);
  if (vouched != base::Instant()) {
    const microseconds age = std::max(now - vouched, microseconds::zero());
    proto.mutable_information_age()->set_seconds(duration_cast<seconds>(age).count());
    proto.mutable_information_age()->set_nanos(static_cast<int>((age % seconds(1)).count()) * 1000);
  }
  proto.set_unverified(Unverified(view, match, now));
  return proto;
}

v1::ExcludedSite ToExcluded(const Excluded& excluded, const Need& need) {
  v1::ExcludedSite proto;
  const SiteRules& rules = excluded.site.rules();
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

std::vector<v1::ExcludedCount> ToExcludedCounts(const ExclusionCounts& counts) {
  std::vector<v1::ExcludedCount> protos;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] == 0) continue;
    const auto exclusion = static_cast<Exclusion>(i);
    const bool looked = exclusion != Exclusion::kNone;
    v1::ExcludedCount& proto = protos.emplace_back();
    proto.set_reason_code(looked ? std::string(ExclusionCode(exclusion)) : "NOTHING_FREE");
    proto.set_site_count(static_cast<int>(counts[i]));
  }
  std::sort(protos.begin(), protos.end(), [](const auto& a, const auto& b) {
    return a.site_count() != b.site_count() ? a.site_count() > b.site_count()
                                            : a.reason_code() < b.reason_code();
  });
  return protos;
}

v1::UncoveredDepartment ToUncovered(const Uncovered& uncovered) {
  v1::UncoveredDepartment proto;
  proto.set_department_code(uncovered.department);
  proto.set_distance_meters(uncovered.distance_meters);
  proto.set_unconfirmed(!uncovered.confirmed);
  return proto;
}

v1::Offer MakeOffer(const RegionView& view, std::string_view territory, const Asker& asker,
                    base::Instant now) {
  std::vector<v1::SiteOffer> offers;
  view.index->ForEachSite([&](const SiteRef& site) {
    const auto& territories = site.rules().territories;
    const bool wanted = territory.empty() || std::find(territories.begin(), territories.end(),
                                                       territory) != territories.end();
    if (!wanted) return;
    const bool by_name = site.rules().readers != nullptr && !Steers(asker.role);
    if (by_name && !MayReadAny(*site.rules().readers, asker)) return;
    offers.push_back(OfferOf(site, by_name ? &asker : nullptr, now));
  });
  std::sort(offers.begin(), offers.end(), [](const auto& a, const auto& b) {
    return a.free_48h_count() != b.free_48h_count() ? a.free_48h_count() > b.free_48h_count()
                                                    : a.site() < b.site();
  });
  if (offers.size() > kOfferSitesMax) offers.resize(kOfferSitesMax);
  v1::Offer proto;
  for (v1::SiteOffer& offer : offers) {
    if (view.fresh != base::Instant()) *offer.mutable_verify_time() = ToTimestamp(view.fresh);
    *proto.add_sites() = std::move(offer);
  }
  if (view.fresh != base::Instant()) *proto.mutable_fresh_time() = ToTimestamp(view.fresh);
  return proto;
}

}  // namespace sas::slots
