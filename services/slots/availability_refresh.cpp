#include <algorithm>
#include <cstddef>
#include <iterator>
#include <map>
#include <set>
#include <utility>

#include "common/base/status.h"
#include "common/observe/log.h"
#include "services/slots/availability.h"

namespace sas::slots {
namespace {

// Between two signs of life: large sites too are done well within kRefreshMax.
constexpr std::size_t kSitesPerSign = 10;

std::set<std::pair<std::string, int>> SeatsOf(const std::vector<SeatFact>& facts,
                                              std::vector<SeatFact>* later, std::int64_t after) {
  std::set<std::pair<std::string, int>> seats;
  for (const SeatFact& fact : facts) {
    seats.emplace(fact.slot, fact.seat);
    if (later != nullptr && fact.sequence > after) later->push_back(fact);
  }
  return seats;
}

}  // namespace

// In parts, so that no reading of the ledger is long. The book's version moves when all are in: a
// site that has changed again meanwhile is a matter of the next look, and never of a load.
absl::Status Availability::RefreshBook(const base::Call& call, const std::string& region,
                                       const Standing& standing,
                                       const std::vector<std::string>& sites) {
  const auto started = clock_.Steady();
  Known& known = known_[region];
  const Refresh refresh{region, standing.book.epoch, standing.ledger.directory, 0};
  SAS_ASSIGN_OR_RETURN(bool ours, book_.BeginRefresh(call, refresh, known.failed_refresh));
  if (!ours) return absl::OkStatus();  // The next look sees what became of it.
  known.failed_refresh = true;
  Refreshed done;
  for (std::size_t from = 0; from < sites.size(); from += kSiteChangesMax) {
    const std::size_t to = std::min(sites.size(), from + kSiteChangesMax);
    const std::vector<std::string> part(sites.begin() + static_cast<std::ptrdiff_t>(from),
                                        sites.begin() + static_cast<std::ptrdiff_t>(to));
    SAS_ASSIGN_OR_RETURN(ours, RefreshSites(call, refresh, part, done));
    if (!ours) break;
  }
  if (ours) SAS_RETURN_IF_ERROR(book_.FinishRefresh(call, refresh));
  known.failed_refresh = false;
  book_.Expect(region, refresh.epoch);
  const std::chrono::duration<double> took = clock_.Steady() - started;
  metrics_.Refreshed(took.count());
  observe::Log(observe::Level::kInfo, "sites_refreshed",
               {{"region", std::string_view(region)},
                {"directory", refresh.directory},
                {"sites", done.sites},
                {"slots", done.slots},
                {"orphans", done.orphans},
                {"ms", took.count() * 1000}});
  return absl::OkStatus();
}

absl::StatusOr<bool> Availability::RefreshSites(const base::Call& call, const Refresh& claim,
                                                const std::vector<std::string>& sites,
                                                Refreshed& done) {
  Refresh refresh = claim;
  RegionLedger ledger;
  SAS_RETURN_IF_ERROR(store_.Read(call, [&](SlotsTransaction& transaction) -> absl::Status {
    SAS_ASSIGN_OR_RETURN(ledger, ReadSites(transaction, refresh.region, sites, clock_.Now()));
    return absl::OkStatus();
  }));
  projection_.feeds().Attach(ledger);
  SAS_ASSIGN_OR_RETURN(const auto pictures, MakePictures(ledger, sites));
  refresh.directory = ledger.state.directory;
  refresh.seat_sequence = ledger.state.seat_sequence;
  bool ours = true;
  std::size_t together = 0;
  for (const SitePicture& picture : pictures) {
    if (together++ % kSitesPerSign == 0) {
      SAS_ASSIGN_OR_RETURN(ours, book_.BeginRefresh(call, claim, true));
      if (!ours) break;  // Another has come so far meanwhile, or goes further.
    }
    SAS_RETURN_IF_ERROR(book_.RefreshSite(call, refresh, picture.name, picture.open));
    ++done.sites;
    done.slots += static_cast<std::int64_t>(picture.open.size());
    done.orphans += picture.orphans;
  }
  SAS_RETURN_IF_ERROR(CatchUp(call, refresh.region, ledger, sites));
  return ours;
}

absl::StatusOr<std::vector<SitePicture>> Availability::MakePictures(
    const RegionLedger& ledger, const std::vector<std::string>& sites) {
  std::map<std::string_view, const SiteLedger*> found;
  for (const SiteLedger& each : ledger.sites) found.emplace(each.site.name(), &each);
  std::vector<SitePicture> pictures;
  for (const std::string& name : sites) {
    const auto site = found.find(name);
    if (site == found.end()) {
      pictures.emplace_back().name = name;  // Gone from the directory.
      continue;
    }
    SAS_ASSIGN_OR_RETURN(SitePicture picture, MakeSitePicture(*site->second, ledger.practitioners,
                                                              clock_.Now(), options_.horizon_days));
    pictures.push_back(std::move(picture));
  }
  return pictures;
}

absl::StatusOr<std::vector<SitePicture>> Availability::ReadPictures(
    const base::Call& call, const std::string& region, const std::vector<std::string>& sites) {
  RegionLedger ledger;
  SAS_RETURN_IF_ERROR(store_.Read(call, [&](SlotsTransaction& transaction) -> absl::Status {
    SAS_ASSIGN_OR_RETURN(ledger, ReadSites(transaction, region, sites, clock_.Now()));
    return absl::OkStatus();
  }));
  projection_.feeds().Attach(ledger);
  return MakePictures(ledger, sites);
}

// The follower hears of refreshes from the stream, within milliseconds. One whose view is behind
// the book for longer has missed some of it: the stream was cut, or the view was read before.
absl::Status Availability::ShowLatest(const base::Call& call, const std::string& region,
                                      const RegionView& view, const BookState& book) {
  Known& known = known_[region];
  const std::int64_t version = book.DirectoryVersion();
  if (view.directory >= version) return absl::OkStatus();
  const base::Instant now = clock_.Now();
  if (known.shown_behind != version) {
    known.shown_behind = version;
    known.shown_behind_since = now;
  }
  if (now < known.shown_behind_since + kLook) return absl::OkStatus();
  known.shown_behind = 0;
  SiteChanges changes;
  SAS_RETURN_IF_ERROR(store_.Read(call, [&](SlotsTransaction& transaction) -> absl::Status {
    SAS_ASSIGN_OR_RETURN(changes, transaction.ListSiteChanges(region, view.directory));
    return absl::OkStatus();
  }));
  // The follower takes few at a time; above this a load is faster here as it is in the book.
  if (changes.whole || changes.sites.size() > kRefreshedSitesMax) {
    return AdoptAll(call, region, book);
  }
  projection_.Reread(region, changes.sites, version);
  return absl::OkStatus();
}

void Availability::Show(const base::Call& caller, const std::string& region) {
  Wake();
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
      caller.deadline - clock_.Steady() - kAnswerMargin);
  if (left <= std::chrono::milliseconds(0)) return;
  const auto wait = std::min(kShowMax, left);
  const base::Call call = base::InternalCall("show", clock_, wait);
  RegionState state;
  const absl::Status read = store_.Read(call, [&](SlotsTransaction& transaction) -> absl::Status {
    SAS_ASSIGN_OR_RETURN(state, transaction.GetRegion(region));
    return absl::OkStatus();
  });
  if (read.ok()) projection_.AwaitDirectory(region, state.directory, wait);
}

// A commit that reached the ledger after `before` was read, and the book before the new epoch, may
// have been overwritten by the load. After the new epoch none can be: it is refused or applied on
// top.
absl::Status Availability::CatchUp(const base::Call& call, const std::string& region,
                                   const RegionLedger& before,
                                   const std::vector<std::string>& sites) {
  const base::Instant now = clock_.Now();
  RegionState state;
  std::vector<SeatFact> taken;
  SAS_RETURN_IF_ERROR(store_.Read(call, [&](SlotsTransaction& transaction) -> absl::Status {
    SAS_ASSIGN_OR_RETURN(state, transaction.GetRegion(region));
    if (state.seat_sequence == before.state.seat_sequence) return absl::OkStatus();
    taken.clear();
    if (sites.empty()) {
      SAS_ASSIGN_OR_RETURN(taken, transaction.ListSeats(region, now - kHistory, now + kAhead));
      return absl::OkStatus();
    }
    for (const std::string& site : sites) {
      SAS_ASSIGN_OR_RETURN(auto seats,
                           transaction.ListSiteSeats(site, now - kHistory, now + kAhead));
      std::move(seats.begin(), seats.end(), std::back_inserter(taken));
    }
    return absl::OkStatus();
  }));
  if (state.seat_sequence == before.state.seat_sequence) return absl::OkStatus();
  std::vector<SeatFact> facts;
  const auto now_taken = SeatsOf(taken, &facts, before.state.seat_sequence);
  const auto add_freed = [&](const std::vector<SeatFact>& had) {
    for (const SeatFact& fact : had) {
      if (now_taken.count({fact.slot, fact.seat}) != 0) continue;
      facts.push_back({fact.slot, fact.seat, fact.appointment, false, state.seat_sequence});
    }
  };
  for (const SiteLedger& site : before.sites) add_freed(site.taken);
  add_freed(before.stray);
  for (const SeatFact& fact : facts) SAS_RETURN_IF_ERROR(book_.Commit(call, fact).status());
  return absl::OkStatus();
}

}  // namespace sas::slots
