#include "services/slots/projection.h"

#include <algorithm>
#include <utility>

#include "common/base/status.h"
#include "services/slots/seat_counts.h"

namespace sas::slots {
namespace {

constexpr std::chrono::milliseconds kFollowPause{100};
constexpr std::chrono::minutes kFollowBudget{5};  // A recount of a large region asks for each slot.

// The book has another epoch than the view, or none.
bool Turned(const ChangeBatch& batch, std::int64_t epoch) {
  return batch.epoch.value_or(epoch) != epoch ||
         std::any_of(batch.changes.begin(), batch.changes.end(), [&](const SeatChange& each) {
           return each.slot.empty() && each.epoch != epoch;
         });
}

// What is behind a full batch may be as old as the last change of it.
bool ToTheEnd(const ChangeBatch& batch) {
  return batch.changes.size() + batch.sites.size() < std::size_t{kChangesMax};
}

// After a failed reading. What the stream no longer has is counted: from its end on, or what is
// behind the hole would be applied to counts that are newer. The position first, as after a load.
std::string GoOnFrom(SeatBook& book, const base::Call& call, const std::string& region,
                     const std::string& position, const absl::Status& why) {
  if (base::ReasonOf(why) != "CHANGES_TRIMMED") return position;
  auto head = book.ChangesHead(call, region);
  return head.ok() ? *std::move(head) : position;  // Told again at the next reading.
}

}  // namespace

Projection::~Projection() {
  Stop();
}

std::shared_ptr<const RegionView> Projection::Find(std::string_view region) const {
  const std::lock_guard lock(mutex_);
  const auto found = regions_.find(region);
  return found == regions_.end() ? nullptr : found->second.view;
}

std::vector<std::string> Projection::Regions() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> names;
  for (const auto& [name, region] : regions_) names.push_back(name);
  return names;
}

void Projection::Install(const std::string& name, RegionView view, const std::string& position) {
  auto rotation = std::make_shared<RotationKeeper>(name);
  rotation->Turn(view, clock_.Now());
  std::unique_lock lock(mutex_);
  Region& region = regions_[name];
  region.rotation = std::move(rotation);
  region.trusted = view.epoch != 0;
  region.view = std::make_shared<const RegionView>(std::move(view));
  region.position = position;
  region.gap = false;
  region.overdue_directory = 0;  // Of a ledger that may have been restored since.
  ++region.installed;
  shown_.notify_all();
  if (started_) StartLocked(name, region);
  const auto listener = listener_;
  lock.unlock();
  if (listener) listener(name);
}

void Projection::Distrust(std::string_view name) {
  const std::lock_guard lock(mutex_);
  const auto found = regions_.find(name);
  if (found != regions_.end()) found->second.trusted = false;
}

void Projection::Vouch(std::string_view name, std::int64_t epoch) {
  const std::lock_guard lock(mutex_);
  const auto found = regions_.find(name);
  if (found == regions_.end() || found->second.view == nullptr) return;
  if (epoch == 0 || found->second.view->epoch != epoch) return;
  found->second.trusted = true;
  shown_.notify_all();
}

absl::Status Projection::Lose(const std::string& name, std::int64_t installed, absl::Status why,
                              std::string next) {
  std::function<void()> wake;
  {
    const std::lock_guard lock(mutex_);
    Region& region = regions_[name];
    if (region.installed != installed) return why;  // The new view has a stream of its own.
    region.position = std::move(next);
    region.gap = true;
    region.trusted = false;
    wake = wake_;
  }
  if (wake) wake();
  return why;
}

absl::Status Projection::Follow(const base::Call& call, const std::string& name,
                                std::chrono::milliseconds wait) {
  std::string position;
  std::int64_t installed = 0;
  bool gap = false;
  {
    std::unique_lock lock(mutex_);
    const Region& region = regions_[name];
    installed = region.installed;
    if (region.view == nullptr || region.view->epoch == 0) {  // Before an Install.
      shown_.wait_for(lock, wait, [&] { return region.installed != installed || !started_; });
      return absl::OkStatus();
    }
    if (region.gap && !region.trusted) {
      shown_.wait_for(lock, wait,
                      [&] { return region.installed != installed || region.trusted || !started_; });
      return absl::OkStatus();
    }
    position = region.position;
    gap = region.gap;
    if (Due(region)) wait = std::chrono::milliseconds(0);
  }
  const base::Instant asked = clock_.Now();  // An answer is no younger than its question.
  if (gap) {
    if (absl::Status counted = Recount(call, name); !counted.ok()) {
      return Lose(name, installed, std::move(counted), position);
    }
  }
  const auto batch = book_.Changes(call, name, position, wait);
  if (!batch.ok()) {
    return Lose(name, installed, batch.status(),
                GoOnFrom(book_, call, name, position, batch.status()));
  }

  std::unique_lock lock(mutex_);
  Region& region = regions_[name];
  if (region.installed != installed) return absl::OkStatus();  // The new view knows better.
  region.position = batch->position;
  for (const SiteChange& each : batch->sites) {
    if (!each.site.empty()) region.overdue.insert(each.site);
    if (each.site.empty()) {
      region.overdue_directory = std::max(region.overdue_directory, each.directory);
    }
  }
  const std::vector<std::string> sites = TakeOverdueLocked(region);
  region.reading = !sites.empty();
  const auto view = region.view;
  const bool turned = Turned(*batch, view->epoch);
  if (turned) region.trusted = false;
  const base::Instant fresh = region.trusted && ToTheEnd(*batch) ? asked : view->fresh;
  const auto rotation = region.rotation;
  lock.unlock();

  auto next = std::make_shared<RegionView>(WithChanges(*view, batch->changes, fresh));
  // After the changes: the counts are later than all of them.
  const absl::Status read = ExchangeSites(call, name, sites, *next);
  rotation->Turn(*next, clock_.Now());

  lock.lock();
  region.reading = false;
  if (!read.ok()) {
    region.overdue.insert(sites.begin(), sites.end());
    region.retry_at = clock_.Steady() + kReadPause;
  }
  if (region.overdue.empty()) {
    next->directory = std::max(next->directory, region.overdue_directory);
  }
  if (region.installed == installed) {
    region.view = std::move(next);
  } else {
    region.overdue.insert(sites.begin(), sites.end());  // For the new view, which may be older.
  }
  shown_.notify_all();
  const auto wake = turned ? wake_ : nullptr;
  const auto listener = listener_;
  lock.unlock();
  if (listener) listener(name);
  if (wake) wake();
  TellAges(call, batch->changes);
  return read;
}

void Projection::TellAges(const base::Call& call, const std::vector<SeatChange>& changes) {
  std::function<void(double)> told;
  {
    const std::lock_guard lock(mutex_);
    told = age_;
  }
  if (!told || changes.empty()) return;
  const auto now = book_.Time(call);
  if (!now.ok()) return;  // The next reading of the stream fails too, and is told.
  for (const SeatChange& change : changes) {
    const std::chrono::duration<double> age = *now - change.written;
    told(std::max(0.0, age.count()));  // Redis' ids never go back, its clock may.
  }
}

bool Projection::Due(const Region& region) const {
  return !region.overdue.empty() && clock_.Steady() >= region.retry_at;
}

std::vector<std::string> Projection::TakeOverdueLocked(Region& region) const {
  std::vector<std::string> sites;
  if (!Due(region)) return sites;
  while (sites.size() < kSitesPerTurn && !region.overdue.empty()) {
    auto next = region.overdue.upper_bound(region.last_read);
    if (next == region.overdue.end()) next = region.overdue.begin();
    region.last_read = sites.emplace_back(std::move(region.overdue.extract(next).value()));
  }
  return sites;
}

// Nothing of the view changes unless all of it could be read.
absl::Status Projection::ExchangeSites(const base::Call& call, const std::string& name,
                                       const std::vector<std::string>& sites, RegionView& view) {
  if (sites.empty()) return absl::OkStatus();
  ReadSites read;
  {
    const std::lock_guard lock(mutex_);
    read = read_sites_;
  }
  if (!read) return absl::OkStatus();
  base::Call bounded = call;
  bounded.deadline =
      std::min<std::chrono::nanoseconds>(call.deadline, clock_.Steady() + kReadBudget);
  SAS_ASSIGN_OR_RETURN(const auto pictures, read(bounded, name, sites));
  std::vector<std::string> names;
  for (const SitePicture& picture : pictures) {
    for (std::string& each : SlotsToCount(picture.open, clock_.Now())) {
      names.push_back(std::move(each));
    }
  }
  SAS_ASSIGN_OR_RETURN(const auto counts, book_.Count(bounded, name, names));
  view = WithChanges(WithSites(view, pictures), counts, view.fresh);
  return absl::OkStatus();
}

void Projection::OnSites(ReadSites read) {
  const std::lock_guard lock(mutex_);
  read_sites_ = std::move(read);
}

void Projection::Reread(std::string_view name, const std::vector<std::string>& sites,
                        std::int64_t directory) {
  const std::lock_guard lock(mutex_);
  const auto found = regions_.find(name);
  if (found == regions_.end()) return;
  Region& region = found->second;
  // The view's version moves with the last site: whoever asks before would have those read again
  // that are in already, and of many sites the end would never come.
  if (region.reading || !region.overdue.empty()) return;
  region.overdue.insert(sites.begin(), sites.end());
  region.overdue_directory = std::max(region.overdue_directory, directory);
}

bool Projection::AwaitDirectory(std::string_view name, std::int64_t directory,
                                std::chrono::milliseconds wait) const {
  std::unique_lock lock(mutex_);
  return shown_.wait_for(lock, wait, [&] {
    const auto found = regions_.find(name);
    return found != regions_.end() && found->second.view != nullptr &&
           found->second.view->directory >= directory;
  });
}

absl::Status Projection::Recount(const base::Call& call, const std::string& name) {
  const auto view = Find(name);
  SAS_RETURN_IF_ERROR(CountSlots(book_, call, name, *view, clock_.Now()));
  const std::lock_guard lock(mutex_);
  Region& region = regions_[name];
  if (region.view == view) region.gap = false;
  return absl::OkStatus();
}

void Projection::OnEpoch(std::function<void()> wake) {
  const std::lock_guard lock(mutex_);
  wake_ = std::move(wake);
}

void Projection::OnExchange(std::function<void(const std::string& region)> listener) {
  const std::lock_guard lock(mutex_);
  listener_ = std::move(listener);
}

void Projection::OnAge(std::function<void(double seconds)> listener) {
  const std::lock_guard lock(mutex_);
  age_ = std::move(listener);
}

void Projection::StartLocked(const std::string& name, Region& region) {
  if (region.worker != nullptr) return;
  Worker::Options options;
  options.name = "follower";
  options.pause_on_failure = kFollowPause;
  options.budget = kFollowBudget;
  region.worker = std::make_unique<Worker>(
      options, clock_, [this, name](const base::Call& call) { return Follow(call, name, kWait); });
}

void Projection::Start() {
  const std::lock_guard lock(mutex_);
  started_ = true;
  for (auto& [name, region] : regions_) StartLocked(name, region);
}

void Projection::Stop() {
  std::vector<std::unique_ptr<Worker>> workers;
  {
    const std::lock_guard lock(mutex_);
    started_ = false;
    shown_.notify_all();
    for (auto& [name, region] : regions_) {
      if (region.worker != nullptr) workers.push_back(std::move(region.worker));
    }
  }
  for (auto& worker : workers) worker->Stop();
}

double Projection::AgeSeconds() const {
  const std::lock_guard lock(mutex_);
  double oldest = 0;
  for (const auto& [name, region] : regions_) {
    const std::chrono::duration<double> age = clock_.Now() - region.view->fresh;
    oldest = std::max(oldest, age.count());
  }
  return oldest;
}

double Projection::FreeSeats() const {
  std::vector<std::shared_ptr<const RegionView>> views;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [name, region] : regions_) views.push_back(region.view);
  }
  const Minute now = CeilMinute(clock_.Now());
  int free = 0;
  for (const auto& view : views) {
    view->index->ForEachSite([&](const SiteRef& site) {
      site.ForEachSlot(now, kMinuteMax, [&](const SlotRef& slot) { free += slot.free_seats(); });
    });
  }
  return free;
}

}  // namespace sas::slots
