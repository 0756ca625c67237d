#include "services/slots/rotation_keeper.h"

#include <utility>

#include "common/base/status.h"
#include "services/slots/convert.h"
#include "services/slots/domain/index/region_index.h"

namespace sas::slots {
namespace {

care::Date Today(base::Instant now) {
  const auto paris = care::Zone::Load(kTimeZoneStandard);
  SAS_CHECK(paris.ok(), "tzdata is missing: without Europe/Paris no hour is right");
  return paris->DateOf(now);
}

}  // namespace

RotationFrame RotationFrameOf(const std::string& region, base::Instant now) {
  return {region, Today(now)};
}

std::vector<SiteShare> SharesOf(const RegionView& view, base::Instant now) {
  const care::Date today = Today(now);
  std::vector<SiteShare> shares;
  shares.reserve(view.index->site_count());
  view.index->ForEachSite([&](const SiteRef& site) {
    const SiteCard& card = CardOf(site);
    const SiteRules& rules = card.rules;
    SiteShare& share = shares.emplace_back();
    share.site = rules.name;
    share.territories = rules.territories;
    share.booked = site.booked_recent();
    share.days_open = care::DaysBetween(rules.opening_date, today);
    share.competes = !rules.own_patients_only && rules.opening_date <= today &&
                     (!rules.end_date || *rules.end_date >= today);
    share.agreed_weekly_seats = card.site.agreed_weekly_seats();
    share.offered_seats = card.offered.ahead;
    share.offered_days = card.offered.ahead_days;
  });
  return shares;
}

void RotationKeeper::Turn(const RegionView& view, base::Instant now) {
  RotationFrame frame = RotationFrameOf(region_, now);
  if (rotation_ == nullptr || index_ != view.index || rotation_->frame().day != frame.day) {
    rotation_ = std::make_unique<Rotation>(std::move(frame), SharesOf(view, now));
    index_ = view.index;
  } else if (now >= turned_ && now < turned_ + kTurnInterval) {
    return;
  } else {
    std::vector<int> booked;
    booked.reserve(view.index->site_count());
    view.index->ForEachSite([&](const SiteRef& site) { booked.push_back(site.booked_recent()); });
    rotation_->Count(booked);
  }
  turned_ = now;
  const std::vector<SiteShare>& sites = rotation_->sites();
  for (std::size_t i = 0; i < sites.size(); ++i) {
    view.index->StoreRank(sites[i].site, rotation_->turns()[i].rank);
  }
}

}  // namespace sas::slots
