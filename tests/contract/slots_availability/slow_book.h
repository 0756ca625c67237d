#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/testing/fake_clock.h"
#include "services/slots/seats.h"

namespace sas::slots {

/// A book whose answers about what is shown are on their way for `late`: the clock moves after each
/// was made and before it comes. All else is `inner`'s.
class SlowBook final : public SeatBook {
 public:
  SlowBook(std::shared_ptr<SeatBook> inner, sas::testing::FakeClock& clock)
      : inner_(std::move(inner)), clock_(clock) {}

  std::chrono::microseconds late{0};
  std::function<void()> on_site;  ///< After each site of a refresh.

  absl::StatusOr<std::vector<SeatChange>> Count(const base::Call& call, std::string_view region,
                                                const std::vector<std::string>& slots) override {
    return Late(inner_->Count(call, region, slots));
  }

  absl::StatusOr<std::string> ChangesHead(const base::Call& call,
                                          std::string_view region) override {
    return Late(inner_->ChangesHead(call, region));
  }

  absl::StatusOr<ChangeBatch> Changes(const base::Call& call, std::string_view region,
                                      std::string_view position,
                                      std::chrono::milliseconds wait) override {
    return Late(inner_->Changes(call, region, position, wait));
  }

  absl::StatusOr<Hold> TakeHold(const base::Call& call, const HoldRequest& request) override {
    return inner_->TakeHold(call, request);
  }

  absl::StatusOr<Hold> RenewHold(const base::Call& call, const HoldKey& hold,
                                 std::chrono::milliseconds duration) override {
    return inner_->RenewHold(call, hold, duration);
  }

  absl::Status ReleaseHold(const base::Call& call, const HoldKey& hold) override {
    return inner_->ReleaseHold(call, hold);
  }

  absl::StatusOr<int> ReleaseWatched(const base::Call& call, std::string_view region,
                                     const std::string& holder, const std::string& watch) override {
    return inner_->ReleaseWatched(call, region, holder, watch);
  }

  absl::StatusOr<int> ReleaseOrders(const base::Call& call, std::string_view region,
                                    const std::vector<std::string>& orders) override {
    return inner_->ReleaseOrders(call, region, orders);
  }

  absl::StatusOr<Hold> HandOver(const base::Call& call, const HoldKey& hold,
                                std::string_view new_holder) override {
    return inner_->HandOver(call, hold, new_holder);
  }

  std::vector<absl::StatusOr<Hold>> FindHolds(const base::Call& call,
                                              const std::vector<HoldKey>& holds) override {
    return inner_->FindHolds(call, holds);
  }

  std::vector<absl::StatusOr<Hold>> PrepareAll(const base::Call& call,
                                               const std::vector<Preparation>& seats) override {
    return inner_->PrepareAll(call, seats);
  }

  std::vector<absl::StatusOr<bool>> CommitAll(const base::Call& call,
                                              const std::vector<SeatFact>& facts) override {
    return inner_->CommitAll(call, facts);
  }

  absl::StatusOr<int> Sweep(const base::Call& call, std::string_view region, int limit) override {
    return inner_->Sweep(call, region, limit);
  }

  SeatsOfSlots LookAll(const base::Call& call, std::string_view region,
                       const std::vector<std::string>& slots) override {
    return inner_->LookAll(call, region, slots);
  }

  void Expect(std::string_view region, std::int64_t epoch) override {
    inner_->Expect(region, epoch);
  }

  void OnStale(std::function<void(const std::string& region)> wake) override {
    inner_->OnStale(std::move(wake));
  }

  absl::StatusOr<BookState> State(const base::Call& call, std::string_view region) override {
    return inner_->State(call, region);
  }

  absl::Status BeginLoad(const base::Call& call, const Load& load) override {
    return inner_->BeginLoad(call, load);
  }

  absl::Status OpenSlots(const base::Call& call, const Load& load,
                         const std::vector<OpenSlot>& slots) override {
    return inner_->OpenSlots(call, load, slots);
  }

  absl::Status FinishLoad(const base::Call& call, const Load& load) override {
    return inner_->FinishLoad(call, load);
  }

  absl::StatusOr<bool> BeginRefresh(const base::Call& call, const Refresh& refresh,
                                    bool take_over) override {
    return inner_->BeginRefresh(call, refresh, take_over);
  }

  absl::Status RefreshSite(const base::Call& call, const Refresh& refresh, std::string_view site,
                           const std::vector<OpenSlot>& slots) override {
    const absl::Status done = inner_->RefreshSite(call, refresh, site, slots);
    if (on_site) on_site();
    return done;
  }

  absl::Status FinishRefresh(const base::Call& call, const Refresh& refresh) override {
    return inner_->FinishRefresh(call, refresh);
  }

  absl::StatusOr<base::Instant> Time(const base::Call& call) override { return inner_->Time(call); }

 private:
  template <typename Answer>
  Answer Late(Answer answer) {
    clock_.Advance(late);
    return answer;
  }

  const std::shared_ptr<SeatBook> inner_;
  sas::testing::FakeClock& clock_;
};

}  // namespace sas::slots
