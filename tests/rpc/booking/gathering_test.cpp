#include "services/booking/gathering.h"

#include <gtest/gtest.h>

#include <latch>
#include <list>
#include <string>
#include <thread>

#include "common/base/status.h"
#include "common/testing/status_matchers.h"
#include "sas/slots/v1/seat_service.pb.h"

namespace sas::booking {
namespace {

using std::chrono::seconds;
using testing::IsOk;
using testing::ReasonIs;
using Seats = Gathering<slots::v1::PrepareSeatRequest, slots::v1::PreparedSeat>;

/// Slots whose answers wait until they are let go; each seat's number is its request's id.
class GatheringTest : public ::testing::Test {
 protected:
  ~GatheringTest() override {
    LetGo();
    for (std::thread& thread : threads_) thread.join();
  }

  Seats::Outcomes Answer(const Seats::Requests& seats) {
    {
      const std::lock_guard lock(mutex_);
      sizes_.push_back(seats.size());
    }
    if (!let_go_.try_wait()) let_go_.wait();
    Seats::Outcomes outcomes;
    for (const auto* seat : seats) {
      if (seat->request_id() == "0") {
        outcomes.emplace_back(base::Fail(absl::StatusCode::kFailedPrecondition, "HOLD_LOST", ""));
        continue;
      }
      slots::v1::PreparedSeat prepared;
      prepared.set_seat(std::stoi(seat->request_id()));
      outcomes.emplace_back(std::move(prepared));
    }
    return outcomes;
  }

  absl::StatusOr<slots::v1::PreparedSeat> Ask(int id, seconds limit = seconds(30)) {
    slots::v1::PrepareSeatRequest request;
    request.set_request_id(std::to_string(id));
    return batch_.Run(base::InternalCall("test", clock_, seconds(60)), request, limit);
  }

  /// Asks on a thread and waits until it is sent or has gathered.
  void AskBeside(int id) {
    const std::size_t before = Asked();
    threads_.emplace_back([this, id] {
      const auto seat = Ask(id);
      EXPECT_TRUE(id == 0 ? !seat.ok() : seat.ok() && seat->seat() == id) << id;
    });
    while (Asked() == before) std::this_thread::yield();
  }

  std::size_t Asked() const {
    std::size_t sent = 0;
    for (const std::size_t size : Sizes()) sent += size;
    return sent + batch_.Gathered();
  }

  std::vector<std::size_t> Sizes() const {
    const std::lock_guard lock(mutex_);
    return sizes_;
  }

  void LetGo() {
    if (!let_go_.try_wait()) let_go_.count_down();
  }

  base::SystemClock clock_;
  mutable std::mutex mutex_;
  std::vector<std::size_t> sizes_;
  std::latch let_go_{1};
  Seats batch_{[this](const auto& seats, auto) { return Answer(seats); }, clock_};
  std::list<std::thread> threads_;
};

TEST_F(GatheringTest, AloneItGoesAtOnce) {
  LetGo();
  const auto seat = Ask(7);
  ASSERT_THAT(seat, IsOk());
  EXPECT_EQ(seat->seat(), 7);
  EXPECT_THAT(Ask(0), ReasonIs("HOLD_LOST"));
}

TEST_F(GatheringTest, WhatComesMeanwhileGoesTogetherAndEachHasItsOwnAnswer) {
  for (int id = 0; id < 9; ++id) AskBeside(id);
  EXPECT_EQ(Sizes(), (std::vector<std::size_t>{1, 1}));
  EXPECT_EQ(batch_.Gathered(), 7u);
  LetGo();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
  std::size_t sent = 0;
  for (const std::size_t size : Sizes()) sent += size;
  EXPECT_EQ(sent, 9u);
  EXPECT_LE(Sizes().size(), 4u);
}

TEST_F(GatheringTest, NoMoreThanAPeerTakesAtOnce) {
  for (int id = 1; id <= 70; ++id) AskBeside(id);
  LetGo();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
  for (const std::size_t size : Sizes()) EXPECT_LE(size, 64u);
}

TEST_F(GatheringTest, WhoseTimeIsUpLeavesAndIsNeverSent) {
  AskBeside(1);
  AskBeside(2);
  EXPECT_THAT(Ask(3, seconds(0)), ReasonIs("DEADLINE_EXCEEDED"));
  EXPECT_EQ(batch_.Gathered(), 0u);
  EXPECT_EQ(Sizes(), (std::vector<std::size_t>{1, 1}));
}

}  // namespace
}  // namespace sas::booking
