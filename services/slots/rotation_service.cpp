#include "services/slots/rotation_service.h"

#include <algorithm>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "common/care/identifiers.h"
#include "common/rpc/serve_unary.h"
#include "services/slots/convert.h"
#include "services/slots/domain/site_fill.h"
#include "services/slots/rotation_keeper.h"
#include "services/slots/slot_lookup.h"

namespace sas::slots {
namespace {

bool Contains(const std::vector<std::string>& list, const std::string& word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

bool Shown(const SiteShare& share, const std::string& territory, const base::Actor& actor) {
  if (!territory.empty()) return Contains(share.territories, territory);
  return actor.territories.empty() ||
         std::any_of(share.territories.begin(), share.territories.end(),
                     [&](const std::string& each) { return Contains(actor.territories, each); });
}

/// Seats of the last 28 days that were booked, of all competing sites of one group.
struct GroupFill {
  std::int64_t offered = 0;
  std::int64_t booked = 0;

  int Permille() const { return offered == 0 ? 0 : static_cast<int>(booked * 1000 / offered); }
};

FillFacts FactsOf(const SiteCard& card, const SiteRules& rules, const GroupFill& group) {
  FillFacts facts;
  facts.offered = card.offered.past;
  facts.booked = card.offered.past_booked;
  facts.territory_permille = group.Permille();
  facts.entry_points = static_cast<int>(rules.entry_rules.size());
  facts.own_patients_only = rules.own_patients_only;
  facts.motifs_limited = !rules.accepted_motifs.empty() || !rules.excluded_motif_codes.empty() ||
                         !rules.care_rules.empty();
  return facts;
}

void AddRow(const SiteRules& rules, const SiteShare& share, const SiteTurn& turn, const Fill& fill,
            v1::LoadTable& table) {
  v1::SiteLoad& row = *table.add_sites();
  row.set_site(rules.name);
  row.set_site_display_name(rules.display_name);
  row.set_share_seats(turn.share_seats);
  row.set_booked_count(share.booked);
  row.set_newcomer_credit(turn.newcomer_credit);
  row.set_load_permille(turn.load_permille);
  row.set_rotation_rank(turn.rank);
  row.set_fill_permille(fill.permille);
  row.set_under_filled(fill.under_filled);
  for (const std::string_view code : fill.suggestions) row.add_suggestion_codes(std::string(code));
}

void SortAndCut(v1::LoadTable& table) {
  auto& rows = *table.mutable_sites();
  std::sort(rows.begin(), rows.end(), [](const v1::SiteLoad& a, const v1::SiteLoad& b) {
    return std::tuple(a.rotation_rank(), std::string_view(a.site())) <
           std::tuple(b.rotation_rank(), std::string_view(b.site()));
  });
  if (rows.size() > kLoadTableSitesMax) {
    rows.DeleteSubrange(kLoadTableSitesMax, rows.size() - kLoadTableSitesMax);
  }
}

}  // namespace

v1::LoadTable MakeLoadTable(const RegionView& view, const std::string& region,
                            const std::string& territory, const base::Actor& actor,
                            base::Instant now) {
  const Rotation rotation(RotationFrameOf(region, now), SharesOf(view, now));
  const std::vector<int> group_of = RotationGroups(rotation.sites());
  const auto card_of = [&view](const SiteShare& share) { return view.FindSite(share.site); };
  std::map<int, GroupFill> groups;
  for (std::size_t i = 0; i < group_of.size(); ++i) {
    const SiteCard* card = card_of(rotation.sites()[i]);
    if (card == nullptr || !rotation.sites()[i].competes) continue;
    groups[group_of[i]].offered += card->offered.past;
    groups[group_of[i]].booked += card->offered.past_booked;
  }
  v1::LoadTable table;
  std::vector<int> loads;
  for (std::size_t i = 0; i < group_of.size(); ++i) {
    const SiteShare& share = rotation.sites()[i];
    const SiteTurn& turn = rotation.turns()[i];
    const SiteCard* card = card_of(share);
    // What is closed, or offers nothing, takes no part.
    if (card == nullptr || turn.share_seats == 0 || !Shown(share, territory, actor)) continue;
    const SiteRules& rules = card->rules;
    if (!share.competes && !rules.own_patients_only) continue;
    AddRow(rules, share, turn, JudgeFill(FactsOf(*card, rules, groups[group_of[i]])), table);
    if (share.competes) loads.push_back(turn.load_permille);
  }
  SortAndCut(table);
  table.set_start_date(care::DateText(care::AddDays(rotation.frame().day, -kRotationDays)));
  table.set_seed(rotation.frame().seed + "|" + care::DateText(rotation.frame().day));
  table.set_gini_permille(GiniPermille(std::move(loads)));
  if (view.fresh != base::Instant()) *table.mutable_fresh_time() = ToTimestamp(view.fresh);
  return table;
}

std::map<std::string, double> LoadGinis(const RegionView& view, const std::string& region,
                                        base::Instant now) {
  const Rotation rotation(RotationFrameOf(region, now), SharesOf(view, now));
  std::map<std::string, std::vector<int>> loads;
  for (std::size_t i = 0; i < rotation.sites().size(); ++i) {
    const SiteTurn& turn = rotation.turns()[i];
    if (!rotation.sites()[i].competes || turn.share_seats == 0) continue;
    for (const std::string& territory : rotation.sites()[i].territories) {
      loads[territory].push_back(turn.load_permille);
    }
  }
  std::map<std::string, double> ginis;
  for (auto& [territory, each] : loads) ginis[territory] = GiniPermille(std::move(each)) / 1000.0;
  return ginis;
}

grpc::ServerUnaryReactor* RotationService::GetLoadTable(grpc::CallbackServerContext* context,
                                                        const v1::GetLoadTableRequest* request,
                                                        v1::LoadTable* response) {
  return rpc::ServeInline(
      runtime_, context, request, response, "/sas.slots.v1.RotationService/GetLoadTable",
      [this](const base::Call& call, const auto& proto) -> absl::StatusOr<v1::LoadTable> {
        SAS_ASSIGN_OR_RETURN(const auto view, FindRegion(projection_, call, proto.parent()));
        if (!proto.territory().empty()) {
          SAS_RETURN_IF_ERROR(care::CheckTerritory(proto.territory(), "territory"));
          if (!call.actor.territories.empty() &&
              !Contains(call.actor.territories, proto.territory())) {
            return base::Fail(
                absl::StatusCode::kPermissionDenied, "TERRITORY_FORBIDDEN",
                "your credentials do not cover the SAS territory " + proto.territory(),
                {{"territory", proto.territory()}});
          }
        }
        SAS_ASSIGN_OR_RETURN(const auto ids,
                             base::ParseName("regions/*", proto.parent(), "parent"));
        return MakeLoadTable(*view, ids[0], proto.territory(), call.actor, runtime_.clock.Now());
      });
}

}  // namespace sas::slots
