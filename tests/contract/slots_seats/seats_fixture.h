#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/redis/client.h"
#include "common/testing/fake_clock.h"
#include "common/testing/status_matchers.h"
#include "common/testing/temp_redis.h"
#include "services/slots/seats_memory.h"
#include "services/slots/seats_redis.h"
#include "tests/contract/slots_seats/cluster_node.h"

namespace sas::slots {

/// One book on one engine, opened under epoch 1 with two slots: kOne of one seat, kTwo of two.
class SeatBookTest : public ::testing::TestWithParam<std::string> {
 protected:
  static constexpr char kRegion[] = "fr-pdl";
  static constexpr char kOne[] = "regions/fr-pdl/sites/challans/slots/csnp-20261124t1230z";
  static constexpr char kTwo[] = "regions/fr-pdl/sites/challans/slots/csnp-20261124t1300z";

  void SetUp() override {
    if (GetParam() == "redis") {
      if (!testing::TempRedis::Installed()) GTEST_SKIP() << "redis-server is not installed";
      server_ = StartRedis();
      client_ = Connect();
      book_ = std::make_unique<RedisSeatBook>(*client_, clock_);
    } else {
      book_ = std::make_unique<MemorySeatBook>(clock_);
    }
    book_->OnStale([this](const std::string& region) { stale_.push_back(region); });
    Open(1, {Slot(kOne, 1), Slot(kTwo, 2)});
  }

  std::unique_ptr<redis::Client> Connect() {
    return std::make_unique<redis::Client>(
        redis::Client::Options{
            .address = server_->address(), .user = "", .password = "", .connections = 16},
        system_clock_);
  }

  /// Redis itself needs a clock that runs: its timeouts are real.
  base::Call Call() { return base::InternalCall("test", system_clock_, std::chrono::seconds(30)); }

  OpenSlot Slot(std::string name, int seats, std::vector<SeatFact> taken = {}) {
    const base::Instant start = clock_.Now() + std::chrono::hours(4);
    return {std::move(name), seats, start, start + std::chrono::minutes(15), std::move(taken)};
  }

  Load LoadOf(std::int64_t epoch, bool keep_holds = false, std::int64_t sequence = 0) {
    return {kRegion, epoch, keep_holds, sequence, "1", "2026-12-14"};
  }

  void Open(std::int64_t epoch, const std::vector<OpenSlot>& slots, bool keep_holds = false,
            std::int64_t sequence = 0) {
    const Load load = LoadOf(epoch, keep_holds, sequence);
    ASSERT_THAT(book_->BeginLoad(Call(), load), sas::testing::IsOk());
    ASSERT_THAT(book_->OpenSlots(Call(), load, slots), sas::testing::IsOk());
    ASSERT_THAT(book_->FinishLoad(Call(), load), sas::testing::IsOk());
    book_->Expect(kRegion, epoch);
  }

  absl::StatusOr<Hold> Take(const std::string& slot, const std::string& holder,
                            const std::string& request_id, std::chrono::seconds length = kHoldMax) {
    SeatBook::HoldRequest request;
    request.region = kRegion;
    request.slot = slot;
    request.token = "token-" + std::to_string(++tokens_);
    request.request_id = request_id;
    request.holder = holder;
    request.order = "regions/fr-pdl/cases/c1/orders/o1";
    request.profession = "21";
    request.duration = length;
    return book_->TakeHold(Call(), request);
  }

  static HoldKey KeyOf(const Hold& hold) { return {kRegion, hold.slot, hold.token, hold.holder}; }

  absl::StatusOr<bool> Commit(const std::string& slot, int seat, const std::string& appointment,
                              bool taken, std::int64_t sequence) {
    return book_->Commit(Call(), {slot, seat, appointment, taken, sequence});
  }

  int FreeSeats(const std::string& slot) {
    const auto counts = book_->Count(Call(), kRegion, {slot});
    EXPECT_THAT(counts, sas::testing::IsOk());
    return counts.ok() ? counts->at(0).free_seats : -2;
  }

  SeatState::Kind KindOf(const std::string& slot, std::size_t seat) {
    const auto seats = book_->Look(Call(), kRegion, slot);
    EXPECT_THAT(seats, sas::testing::IsOk());
    return seats.ok() ? seats->at(seat).kind : SeatState::Kind::kFree;
  }

  /// What FLUSHALL by an operator at 3 a.m. does.
  void Flush() {
    if (client_) {
      const std::vector<std::string> command = {"FLUSHALL"};
      ASSERT_THAT(client_->Command(Call(), command), sas::testing::IsOk());
    } else {
      static_cast<MemorySeatBook&>(*book_).FlushForTest();
    }
  }

  base::SystemClock system_clock_;
  sas::testing::FakeClock clock_;
  std::shared_ptr<sas::testing::TempRedis> server_;
  std::unique_ptr<redis::Client> client_;
  std::unique_ptr<SeatBook> book_;
  std::vector<std::string> stale_;
  std::atomic<int> tokens_{0};
};

inline std::string EngineName(const ::testing::TestParamInfo<std::string>& info) {
  return info.param;
}

}  // namespace sas::slots
