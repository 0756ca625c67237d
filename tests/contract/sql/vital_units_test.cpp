#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <thread>
#include <vector>

#include "common/sql/database.h"
#include "common/testing/fake_clock.h"
#include "common/testing/temp_database.h"

// Vital units of work beside a flood of reads, on SQLite's one connection (hazard H-41).
namespace sas::sql {
namespace {

using std::chrono::seconds;

class VitalUnits : public ::testing::Test {
 protected:
  static constexpr int kReads = 40;

  VitalUnits() {
    Database::Options options;
    options.url = file_.url();
    options.vital = [](const base::Call& call) { return call.method == "vital"; };
    auto opened = Database::Open(options, clock_);
    EXPECT_TRUE(opened.ok()) << opened.status();
    database_ = *std::move(opened);
  }

  base::Call Call(const char* method) const {
    return base::InternalCall(method, clock_, seconds(60));
  }

  void WaitFor(std::size_t waiting) const {
    while (database_->Waiting() < waiting) std::this_thread::yield();
  }

  /// While the connection is busy, kReads of `look` come to wait, and then a vital write.
  void VitalBehindReads(const std::function<void()>& look, const std::function<void()>& save,
                        const std::function<void()>& answered) {
    std::promise<void> busy;
    std::promise<void> go;
    std::vector<std::thread> callers;
    callers.emplace_back([&] {
      (void)database_->Run(Call("hold"), Access::kRead, [&](Session&) {
        busy.set_value();
        go.get_future().wait();
        return absl::OkStatus();
      });
    });
    busy.get_future().wait();
    for (int i = 0; i < kReads; ++i) {
      callers.emplace_back([&] {
        (void)database_->Run(Call("list"), Access::kRead,
                             [&](Session&) { return look(), absl::OkStatus(); });
      });
    }
    WaitFor(kReads);
    callers.emplace_back([&] {
      const absl::Status saved = database_->Run(Call("vital"), Access::kWrite,
                                                [&](Session&) { return save(), absl::OkStatus(); });
      EXPECT_TRUE(saved.ok()) << saved;
      answered();
    });
    WaitFor(kReads + 1);
    go.set_value();
    for (std::thread& caller : callers) caller.join();
  }

  testing::FakeClock clock_;
  testing::TempSqlite file_;
  std::unique_ptr<Database> database_;
};

TEST_F(VitalUnits, H41_AVitalWriteOvertakesWhatWaits) {
  std::atomic<int> read{0};
  std::atomic<int> read_before{-1};
  VitalBehindReads([&] { ++read; }, [&] { read_before = read.load(); }, [] {});
  EXPECT_EQ(read_before, 0);
  EXPECT_EQ(read, kReads);
}

// Reads after the first wait until the vital write has its answer: were they in its batch, it would
// wait for them.
TEST_F(VitalUnits, H41_AVitalWriteWaitsForOneReadAndNotForAll) {
  std::atomic<int> read{0};
  std::atomic<bool> late{false};
  std::promise<void> saved;
  const std::shared_future<void> answered = saved.get_future().share();
  const auto look = [&] {
    if (++read == 2) late = answered.wait_for(seconds(5)) != std::future_status::ready;
  };
  VitalBehindReads(
      look, [] {}, [&] { saved.set_value(); });
  EXPECT_FALSE(late);
  EXPECT_EQ(read, kReads);
}

// A read that was long makes the next ones rest while vital writes come, and only then.
TEST_F(VitalUnits, H41_ReadsRestBesideVitalWrites) {
  constexpr seconds kLong{1};
  std::promise<void> reading;
  std::promise<void> saved;
  const std::shared_future<void> answered = saved.get_future().share();
  std::atomic<bool> late{false};
  std::vector<std::thread> callers;
  callers.emplace_back([&] {
    (void)database_->Run(Call("list"), Access::kRead, [&](Session&) {
      reading.set_value();
      WaitFor(2);  // The vital write, and the next read before it.
      clock_.Advance(kLong);
      return absl::OkStatus();
    });
  });
  reading.get_future().wait();
  callers.emplace_back([&] {
    (void)database_->Run(Call("list"), Access::kRead, [&](Session&) {
      late = answered.wait_for(seconds(5)) != std::future_status::ready;
      return absl::OkStatus();
    });
  });
  WaitFor(1);
  callers.emplace_back([&] {
    const absl::Status done =
        database_->Run(Call("vital"), Access::kWrite, [](Session&) { return absl::OkStatus(); });
    EXPECT_TRUE(done.ok()) << done;
    saved.set_value();
  });
  for (std::thread& caller : callers) caller.join();
  EXPECT_FALSE(late) << "the vital write was answered with the read";
}

}  // namespace
}  // namespace sas::sql
