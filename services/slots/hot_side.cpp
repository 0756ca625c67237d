#include "services/slots/hot_side.h"

#include "common/base/status.h"
#include "services/slots/rotation_service.h"

namespace sas::slots {

HotSide::HotSide(Availability::Options options, SlotsStore& store, SeatBook& book,
                 rpc::Process& process)
    : book_(book),
      clock_(process.clock()),
      metrics_(process.metrics()),
      projection_(std::make_shared<Projection>(book, process.clock())),
      availability_(options, store, book, *projection_, process.health(), metrics_,
                    process.clock()) {
  projection_->OnAge([this](double seconds) { metrics_.ChangeShown(seconds); });
  process.metrics().OnScrape("sas_slots_projection_age_seconds",
                             "Since the feed of the region heard longest ago", {},
                             [projection = projection_] { return projection->AgeSeconds(); });
  process.metrics().OnScrape("sas_slots_free_seats", "Free seats that start from now on", {},
                             [projection = projection_] { return projection->FreeSeats(); });
}

HotSide::~HotSide() {
  Stop();
}

void HotSide::Start() {
  projection_->Start();
  availability_.Start();
  Worker::Options options;
  options.name = "sweeper";
  options.interval = kSweep;
  sweeper_ = std::make_unique<Worker>(options, clock_,
                                      [this](const base::Call& call) { return Sweep(call); });
  Worker::Options look;
  look.name = "load";
  look.interval = kRotationLook;
  load_ = std::make_unique<Worker>(look, clock_,
                                   [this](const base::Call& /*call*/) { return MeasureLoad(); });
}

void HotSide::Stop() {
  if (load_ != nullptr) load_->Stop();
  if (sweeper_ != nullptr) sweeper_->Stop();
  availability_.Stop();
  projection_->Stop();
}

absl::Status HotSide::Sweep(const base::Call& call) {
  absl::Status first;
  for (const std::string& region : projection_->Regions()) {
    first.Update(book_.Sweep(call, region, kSweepMax).status());
  }
  return first;
}

absl::Status HotSide::MeasureLoad() {
  for (const std::string& region : projection_->Regions()) {
    const auto view = projection_->Find(region);
    if (view == nullptr) continue;
    for (const auto& [territory, gini] : LoadGinis(*view, region, clock_.Now())) {
      metrics_.LoadGini(territory, gini);
    }
  }
  return absl::OkStatus();
}

}  // namespace sas::slots
