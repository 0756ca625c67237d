#pragma once

#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/redis/client.h"
#include "services/slots/seats.h"

namespace sas::slots {

/// SeatBook on Redis: the scripts of scripts/, keys as in README.md. Thread-safe.
class RedisSeatBook final : public SeatBook {
 public:
  RedisSeatBook(redis::Client& client, const base::Clock& clock);
  ~RedisSeatBook() override;

  absl::StatusOr<Hold> TakeHold(const base::Call& call, const HoldRequest& request) override;
  absl::StatusOr<Hold> RenewHold(const base::Call& call, const HoldKey& hold,
                                 std::chrono::milliseconds duration) override;
  absl::Status ReleaseHold(const base::Call& call, const HoldKey& hold) override;
  absl::StatusOr<int> ReleaseWatched(const base::Call& call, std::string_view region,
                                     const std::string& holder, const std::string& watch) override;
  absl::StatusOr<int> ReleaseOrders(const base::Call& call, std::string_view region,
                                    const std::vector<std::string>& orders) override;
  absl::StatusOr<Hold> HandOver(const base::Call& call, const HoldKey& hold,
                                std::string_view new_holder) override;
  std::vector<absl::StatusOr<Hold>> FindHolds(const base::Call& call,
                                              const std::vector<HoldKey>& holds) override;
  std::vector<absl::StatusOr<Hold>> PrepareAll(const base::Call& call,
                                               const std::vector<Preparation>& seats) override;
  std::vector<absl::StatusOr<bool>> CommitAll(const base::Call& call,
                                              const std::vector<SeatFact>& facts) override;
  absl::StatusOr<int> Sweep(const base::Call& call, std::string_view region, int limit) override;
  SeatsOfSlots LookAll(const base::Call& call, std::string_view region,
                       const std::vector<std::string>& slots) override;
  absl::StatusOr<std::vector<SeatChange>> Count(const base::Call& call, std::string_view region,
                                                const std::vector<std::string>& slots) override;

  void Expect(std::string_view region, std::int64_t epoch) override;
  void OnStale(std::function<void(const std::string& region)> wake) override;
  absl::StatusOr<BookState> State(const base::Call& call, std::string_view region) override;
  absl::Status BeginLoad(const base::Call& call, const Load& load) override;
  absl::Status OpenSlots(const base::Call& call, const Load& load,
                         const std::vector<OpenSlot>& slots) override;
  absl::Status FinishLoad(const base::Call& call, const Load& load) override;
  absl::StatusOr<bool> BeginRefresh(const base::Call& call, const Refresh& refresh,
                                    bool take_over) override;
  absl::Status RefreshSite(const base::Call& call, const Refresh& refresh, std::string_view site,
                           const std::vector<OpenSlot>& slots) override;
  absl::Status FinishRefresh(const base::Call& call, const Refresh& refresh) override;

  absl::StatusOr<base::Instant> Time(const base::Call& call) override;
  absl::StatusOr<std::string> ChangesHead(const base::Call& call, std::string_view region) override;
  absl::StatusOr<ChangeBatch> Changes(const base::Call& call, std::string_view region,
                                      std::string_view position,
                                      std::chrono::milliseconds wait) override;

 private:
  struct Scripts;
  struct Shared;

  std::string NowMicros() const;
  std::string Expected(std::string_view region) const;
  absl::Status Stale(std::string_view region) const;
  absl::StatusOr<Hold> ReadHold(const redis::Reply& reply, const HoldKey& hold) const;

  redis::Client& client_;
  const base::Clock& clock_;
  const std::unique_ptr<const Scripts> scripts_;
  const std::unique_ptr<Shared> shared_;
};

}  // namespace sas::slots
