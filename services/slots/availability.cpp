#include "services/slots/availability.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "common/base/crash_point.h"
#include "common/base/status.h"
#include "common/observe/log.h"
#include "services/slots/seat_counts.h"

namespace sas::slots {
namespace {

using std::chrono::milliseconds;

// A region of ten million slots takes some minutes; every step has a limit of its own.
constexpr std::chrono::minutes kLookBudget{10};
constexpr milliseconds kPause{20};  // A storm of commits wakes us no more often.
constexpr milliseconds kPauseOnFailure{500};
constexpr char kNoRegion[] = "none";

// Another replica was faster, or the book was lost once more meanwhile: the next look sees.
bool Overtaken(const absl::Status& status) {
  return status.code() == absl::StatusCode::kAborted ||
         base::ReasonOf(status) == "AVAILABILITY_REBUILDING";
}

bool Believed(BookVerdict verdict) {
  return verdict == BookVerdict::kGood || verdict == BookVerdict::kRefresh;
}

}  // namespace

Decision Decide(const Standing& standing) {
  const BookState& book = standing.book;
  const bool loading = book.loading > book.epoch;
  const bool dead = standing.own_load_failed || book.loading_since + kLoadMax < standing.now;
  if (loading && !dead) return {BookVerdict::kWait, ""};
  const bool same = book.epoch == standing.ledger.epoch && book.epoch != 0;
  // A replica that has just taken an epoch begins its load in a moment: look again.
  if (!same && standing.taken_over) return {BookVerdict::kWait, ""};
  if (standing.ledger.epoch == 0) return {BookVerdict::kRebuild, "start"};
  if (book.epoch == 0) return {BookVerdict::kRebuild, "flush"};
  if (!same) return {BookVerdict::kRebuild, "epoch"};
  if (book.fence < standing.seen_fence) return {BookVerdict::kRebuild, "rewind"};
  if (book.seat_sequence < standing.ledger.seat_sequence) {
    // A commit is on its way between its ledger and Redis for a moment; a book that has not come so
    // far in kCommitInFlight lost it.
    const bool lost =
        standing.lagging_sequence > 0 && book.seat_sequence < standing.lagging_sequence;
    if (lost) return {BookVerdict::kRebuild, "rewind"};
  }
  const bool horizon = book.horizon < standing.horizon;
  if (book.directory != std::to_string(standing.ledger.directory)) {
    const bool some =
        standing.sites_known && standing.changed_sites <= kRefreshedSitesMax && !horizon;
    return {some ? BookVerdict::kRefresh : BookVerdict::kExtend, "directory"};
  }
  if (horizon) return {BookVerdict::kExtend, "horizon"};
  return {BookVerdict::kGood, ""};
}

Availability::Availability(Options options, SlotsStore& store, SeatBook& book,
                           Projection& projection, rpc::Health& health, SlotsMetrics& metrics,
                           const base::Clock& clock)
    : options_(options),
      store_(store),
      book_(book),
      projection_(projection),
      health_(health),
      metrics_(metrics),
      clock_(clock) {
  health_.Declare("redis", false);
  health_.Declare("projection", true);
  projection_.SetComplete(false);
  book_.OnStale([this](const std::string& /*region*/) { Wake(); });
  projection_.OnEpoch([this] { Wake(); });
  projection_.OnSites(
      [this](const base::Call& call, const std::string& region,
             const std::vector<std::string>& sites) { return ReadPictures(call, region, sites); });
  feed_subscription_ = store_.feed().Subscribe([this] { Wake(); });
}

Availability::~Availability() {
  book_.OnStale(nullptr);
  projection_.OnEpoch(nullptr);
  projection_.OnSites(nullptr);
  store_.feed().Unsubscribe(feed_subscription_);
  Stop();
}

void Availability::Start() {
  const std::lock_guard lock(worker_mutex_);
  if (worker_ != nullptr) return;
  Worker::Options options;
  options.name = "rebuilder";
  options.interval = kLook;
  options.pause = kPause;
  options.pause_on_failure = kPauseOnFailure;
  options.budget = kLookBudget;
  worker_ = std::make_unique<Worker>(options, clock_,
                                     [this](const base::Call& call) { return Look(call); });
}

void Availability::Stop() {
  std::unique_ptr<Worker> worker;
  {
    const std::lock_guard lock(worker_mutex_);
    worker = std::move(worker_);
  }
  if (worker != nullptr) worker->Stop();
}

void Availability::Wake() {
  const std::lock_guard lock(worker_mutex_);
  if (worker_ != nullptr) worker_->Wake();
}

absl::Status Availability::Look(const base::Call& call) {
  const std::lock_guard lock(look_mutex_);
  std::vector<std::string> regions;
  const absl::Status listed = store_.Read(call, [&](SlotsTransaction& transaction) -> absl::Status {
    SAS_ASSIGN_OR_RETURN(regions, transaction.ListRegions());
    return absl::OkStatus();
  });
  if (!listed.ok()) return listed;  // Views stay; the ledger has its own part of health.
  absl::Status first;
  for (const std::string& region : regions) first.Update(LookAt(call, region));
  if (regions.empty()) Hear(book_.State(call, kNoRegion).status());
  TellReady(regions);
  return first;
}

// A replica that starts while another loads the book would show held seats as free until it has
// adopted: whoever asks is better served by the others for so long.
void Availability::TellReady(const std::vector<std::string>& regions) {
  const bool all = std::all_of(regions.begin(), regions.end(), [this](const std::string& region) {
    return projection_.Find(region) != nullptr;
  });
  projection_.SetComplete(all);
  const bool awaited =
      !begun_ && std::any_of(regions.begin(), regions.end(),
                             [this](const std::string& region) { return known_[region].awaited; });
  begun_ = begun_ || (all && !awaited);
  const char* why = !all      ? "a region is not built yet"
                    : awaited ? "another replica loads a region"
                              : "every region is in memory";
  health_.Set("projection", all && !awaited, why);
}

void Availability::Remember(Known& known, const Standing& standing, const Decision& decision) {
  const BookState& book = standing.book;
  known.awaited = decision.verdict == BookVerdict::kWait &&
                  (book.loading == 0 || standing.now < book.loading_since + kLoadSeen);
  known.ledger_epoch = standing.ledger.epoch;
  if (book.seat_sequence >= standing.ledger.seat_sequence) {
    known.lagging_sequence = 0;
  } else if (book.seat_sequence >= known.lagging_sequence) {  // Behind, but it moves.
    known.lagging_sequence = standing.ledger.seat_sequence;
    known.lagging_since = standing.now;
  }
  known.seen_fence = std::max(known.seen_fence, book.fence);
}

absl::Status Availability::LookAt(const base::Call& call, const std::string& region) {
  Known& known = known_[region];
  Standing standing;
  SiteChanges changes;
  // The book first: its epoch is never ahead of a ledger that is read later.
  const auto book = book_.State(call, region);
  Hear(book.status());
  SAS_RETURN_IF_ERROR(store_.Read(call, [&](SlotsTransaction& transaction) -> absl::Status {
    SAS_ASSIGN_OR_RETURN(standing.ledger, transaction.GetRegion(region));
    if (!book.ok() || book->DirectoryVersion() == 0) return absl::OkStatus();
    if (book->DirectoryVersion() == standing.ledger.directory) return absl::OkStatus();
    if (book->loading > book->epoch) return absl::OkStatus();  // Nothing is refreshed meanwhile.
    SAS_ASSIGN_OR_RETURN(changes, transaction.ListSiteChanges(region, book->DirectoryVersion()));
    standing.sites_known = !changes.whole;
    standing.changed_sites = changes.sites.size();
    return absl::OkStatus();
  }));
  const std::int64_t before = std::exchange(known.ledger_sequence, standing.ledger.seat_sequence);
  if (!book.ok()) {
    SAS_RETURN_IF_ERROR(Substitute(call, region, standing.ledger));
    return book.status();
  }
  standing.book = *book;
  standing.now = clock_.Now();
  standing.horizon = HorizonOf(standing.now, options_.horizon_days);
  standing.seen_fence = known.seen_fence;
  const bool overdue = standing.now >= known.lagging_since + kCommitInFlight;
  standing.lagging_sequence = overdue ? known.lagging_sequence : 0;
  if (standing.ledger.epoch != known.ledger_epoch) known.taken_over_at = standing.now;
  standing.taken_over = !options_.sole && standing.now < known.taken_over_at + kTakeover;
  standing.own_load_failed =
      book->loading != 0 && (options_.sole || book->loading == known.failed_load);

  const Decision decision = Decide(standing);
  Remember(known, standing, decision);
  // Has it all that the ledger had at the last look? What is younger may be on its way.
  if (Believed(decision.verdict) && book->seat_sequence >= before) {
    projection_.Vouch(region, book->epoch);
  }
  if (decision.verdict == BookVerdict::kGood) {
    const absl::Status adopted = Adopt(call, region, *book);
    return Overtaken(adopted) ? absl::OkStatus() : adopted;
  }
  if (decision.verdict == BookVerdict::kRefresh) {
    const absl::Status refreshed = RefreshBook(call, region, standing, changes.sites);
    return Overtaken(refreshed) ? absl::OkStatus() : refreshed;
  }
  if (decision.verdict == BookVerdict::kWait) {
    // A load of another replica that keeps holds: the book serves meanwhile, and so does our view.
    const auto view = projection_.Find(region);
    if (view != nullptr && view->epoch == book->epoch && book->epoch != 0) return absl::OkStatus();
  }
  if (decision.verdict != BookVerdict::kExtend) projection_.Distrust(region);
  if (decision.verdict == BookVerdict::kWait) return Substitute(call, region, standing.ledger);
  const absl::Status loaded = Rebuild(call, region, decision, standing);
  if (loaded.ok()) return loaded;
  SAS_RETURN_IF_ERROR(Substitute(call, region, standing.ledger));
  return Overtaken(loaded) ? absl::OkStatus() : loaded;
}

void Availability::Hear(const absl::Status& redis) {
  health_.Set("redis", redis.ok(), redis.ok() ? "answers" : std::string(redis.message()));
}

absl::StatusOr<RegionLedger> Availability::Read(const base::Call& call, const std::string& region) {
  RegionLedger ledger;
  SAS_RETURN_IF_ERROR(store_.Read(call, [&](SlotsTransaction& transaction) -> absl::Status {
    SAS_ASSIGN_OR_RETURN(ledger, ReadRegion(transaction, region, clock_.Now()));
    return absl::OkStatus();
  }));
  projection_.feeds().Attach(ledger);
  return ledger;
}

absl::Status Availability::Rebuild(const base::Call& call, const std::string& region,
                                   const Decision& decision, const Standing& standing) {
  const auto started = clock_.Steady();
  Known& known = known_[region];
  Load load;
  load.region = region;
  load.epoch = std::max({standing.ledger.epoch, standing.book.epoch, standing.book.loading}) + 1;
  load.keep_holds = decision.verdict == BookVerdict::kExtend;
  SAS_RETURN_IF_ERROR(store_.Write(call, [&](SlotsTransaction& transaction) {
    return transaction.SetEpoch(region, load.epoch);
  }));
  known.ledger_epoch = load.epoch;  // Ours: nobody to wait for.
  known.taken_over_at = {};
  known.failed_load = load.epoch;
  // Before the ledger is read, which may take longer than another replica waits for a load to
  // begin.
  SAS_RETURN_IF_ERROR(book_.BeginLoad(call, load));
  base::AtCrashPoint("slots.load.begun");
  SAS_ASSIGN_OR_RETURN(const RegionLedger ledger, Read(call, region));
  load.seat_sequence = ledger.state.seat_sequence;
  load.directory = std::to_string(ledger.state.directory);
  std::int64_t slots = 0;
  SAS_ASSIGN_OR_RETURN(Picture picture, OpenAll(call, load, ledger, slots));
  load.horizon = picture.view.horizon;
  base::AtCrashPoint("slots.load.opened");
  SAS_RETURN_IF_ERROR(book_.FinishLoad(call, load));
  book_.Expect(load.region, load.epoch);
  known.failed_load = 0;
  known.lagging_sequence = 0;

  const auto orphans = static_cast<std::int64_t>(picture.orphans);
  SAS_RETURN_IF_ERROR(CatchUp(call, region, ledger, {}));
  SAS_RETURN_IF_ERROR(Publish(call, region, std::move(picture), load.epoch));
  const std::chrono::duration<double> took = clock_.Steady() - started;
  metrics_.Rebuilt(decision.cause, took.count());
  metrics_.Epoch(region, static_cast<double>(load.epoch));
  observe::Log(observe::Level::kInfo, "redis_rebuilt",
               {{"region", std::string_view(region)},
                {"cause", std::string_view(decision.cause)},
                {"epoch", load.epoch},
                {"slots", slots},
                {"orphans", orphans},
                {"ms", took.count() * 1000}});
  return absl::OkStatus();
}

// While the picture is made, which for ten million slots takes longer than another replica waits
// for a sign of life (kLoadMax), and with the names of a few sites in memory instead of all.
absl::StatusOr<Picture> Availability::OpenAll(const base::Call& call, const Load& load,
                                              const RegionLedger& ledger, std::int64_t& count) {
  std::vector<OpenSlot> gathered;
  const auto open = [&]() -> absl::Status {
    SAS_RETURN_IF_ERROR(book_.OpenSlots(call, load, gathered));
    count += static_cast<std::int64_t>(gathered.size());
    gathered.clear();
    return absl::OkStatus();
  };
  SAS_ASSIGN_OR_RETURN(
      Picture picture,
      MakePicture(ledger, clock_.Now(), options_.horizon_days, [&](std::vector<OpenSlot> site) {
        std::move(site.begin(), site.end(), std::back_inserter(gathered));
        return gathered.size() < kSlotsTogether ? absl::OkStatus() : open();
      }));
  SAS_RETURN_IF_ERROR(open());
  return picture;
}

absl::Status Availability::Adopt(const base::Call& call, const std::string& region,
                                 const BookState& book) {
  book_.Expect(region, book.epoch);
  const auto view = projection_.Find(region);
  if (view != nullptr && view->epoch == book.epoch) return ShowLatest(call, region, *view, book);
  return AdoptAll(call, region, book);
}

absl::Status Availability::AdoptAll(const base::Call& call, const std::string& region,
                                    const BookState& book) {
  SAS_ASSIGN_OR_RETURN(const RegionLedger ledger, Read(call, region));
  SAS_ASSIGN_OR_RETURN(Picture picture, MakePicture(ledger, clock_.Now(), options_.horizon_days));
  metrics_.Epoch(region, static_cast<double>(book.epoch));
  return Publish(call, region, std::move(picture), book.epoch);
}

absl::Status Availability::Publish(const base::Call& call, const std::string& region,
                                   Picture picture, std::int64_t epoch) {
  // First the hour: the counts of a large region take seconds, and its age is never understated.
  const base::Instant asked = clock_.Now();
  // Then the position, then the counts: a change between them is applied twice, never lost.
  SAS_ASSIGN_OR_RETURN(const std::string position, book_.ChangesHead(call, region));
  SAS_RETURN_IF_ERROR(CountSlots(book_, call, region, picture.view, asked));
  RegionView view = WithChanges(picture.view, {}, asked);
  view.epoch = epoch;
  projection_.Install(region, std::move(view), position);
  return absl::OkStatus();
}

absl::Status Availability::Substitute(const base::Call& call, const std::string& region,
                                      const RegionState& state) {
  const auto view = projection_.Find(region);
  if (view != nullptr && view->directory == state.directory &&
      view->horizon >= HorizonOf(clock_.Now(), options_.horizon_days)) {
    return absl::OkStatus();
  }
  SAS_ASSIGN_OR_RETURN(const RegionLedger ledger, Read(call, region));
  SAS_ASSIGN_OR_RETURN(Picture picture, MakePicture(ledger, clock_.Now(), options_.horizon_days));
  const base::Instant heard = view == nullptr ? base::Instant() : view->fresh;
  projection_.Install(region, WithChanges(picture.view, {}, heard), "");
  return absl::OkStatus();
}

}  // namespace sas::slots
