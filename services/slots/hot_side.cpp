#include "services/slots/hot_side.h"

#include "common/base/status.h"

namespace sas::slots {

HotSide::HotSide(Availability::Options options, SlotsStore& store, SeatBook& book,
                 rpc::Process& process)
    : book_(book),
      clock_(process.clock()),
      metrics_(process.metrics()),
      projection_(std::make_shared<Projection>(book, process.clock())),
      availability_(options, store, book, *projection_, process.health(), metrics_,
                    process.clock()) {
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
}

void HotSide::Stop() {
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

}  // namespace sas::slots
