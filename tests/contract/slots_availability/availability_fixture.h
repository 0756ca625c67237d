#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/redis/client.h"
#include "common/testing/fake_clock.h"
#include "common/testing/status_matchers.h"
#include "common/testing/temp_redis.h"
#include "services/slots/availability.h"
#include "services/slots/seats_memory.h"
#include "services/slots/seats_redis.h"
#include "services/slots/store_memory.h"

namespace sas::slots {

/// A store that lets a test act at a chosen moment: once, after the first reading that follows a
/// write, which is where a load has begun and read the ledger.
class HookedStore final : public SlotsStore {
 public:
  explicit HookedStore(SlotsStore& inner) : inner_(inner) {}

  absl::Status Write(const base::Call& call,
                     const std::function<absl::Status(SlotsTransaction&)>& work) override {
    armed_ = hook != nullptr;
    return inner_.Write(call, work);
  }

  absl::Status Read(const base::Call& call,
                    const std::function<absl::Status(SlotsTransaction&)>& work) override {
    const absl::Status status = inner_.Read(call, work);
    if (later != nullptr && --reads_before_later == 0) std::exchange(later, nullptr)();
    if (armed_ && hook != nullptr) {
      armed_ = false;
      std::exchange(hook, nullptr)();
    }
    return status;
  }

  absl::Status Ping(const base::Call& call) override { return inner_.Ping(call); }

  ledger::Feed& feed() override { return inner_.feed(); }

  std::function<void()> hook;

  /// Once, after so many readings from now.
  void After(int readings, std::function<void()> act) {
    reads_before_later = readings;
    later = std::move(act);
  }

 private:
  std::function<void()> later;
  int reads_before_later = 0;
  SlotsStore& inner_;
  bool armed_ = false;
};

/// One site with a session each weekday 13:30–14:30 (four slots of one seat) from Tuesday
/// 24 November 2026, 10:00 in Paris; replicas of the service on one book.
class AvailabilityTest : public ::testing::TestWithParam<std::string> {
 protected:
  static constexpr char kRegion[] = "fr-pdl";
  static constexpr char kSlot[] = "regions/fr-pdl/sites/s/slots/a-20261124t1230z";
  static constexpr char kOther[] = "regions/fr-pdl/sites/s/slots/a-20261124t1245z";

  /// One process of the service.
  struct Replica {
    explicit Replica(AvailabilityTest& test, bool sole = false)
        : book(test.MakeBook()),
          store(test.store_),
          projection(*book, test.clock_),
          metrics(registry),
          availability({.horizon_days = 3, .sole = sole}, store, *book, projection, health, metrics,
                       test.clock_) {}

    std::shared_ptr<SeatBook> book;
    HookedStore store;
    Projection projection;
    observe::Metrics registry;
    SlotsMetrics metrics;
    rpc::Health health;
    Availability availability;
  };

  void SetUp() override {
    if (GetParam() == "redis") {
      if (!sas::testing::TempRedis::Installed()) GTEST_SKIP() << "redis-server is not installed";
      server_ = std::make_unique<sas::testing::TempRedis>();
      redis::Client::Options options;
      options.address = server_->address();
      client_ = std::make_unique<redis::Client>(options, clock_);
    } else {
      memory_ = std::make_shared<MemorySeatBook>(clock_);
    }
    PutTerritory("14:30");
    replica_ = std::make_unique<Replica>(*this);
  }

  virtual std::shared_ptr<SeatBook> MakeBook() {
    if (memory_ != nullptr) return memory_;
    return std::make_shared<RedisSeatBook>(*client_, clock_);
  }

  /// The clock stands still, so no deadline passes; Redis' own time-outs are real all the same.
  base::Call Call() { return base::InternalCall("test", clock_, std::chrono::seconds(30)); }

  /// A change of everything: sessions end at `end` from now on.
  void PutTerritory(const std::string& end) {
    Write([&](SlotsTransaction& transaction) -> absl::Status {
      SAS_RETURN_IF_ERROR(transaction.NextDirectory(kRegion).status());
      return PutSite(transaction, "s", end, 15);
    });
  }

  /// A change of one site alone, logged as such.
  void ChangeSite(const std::string& id, const std::string& end, int slot_minutes = 15) {
    Write([&](SlotsTransaction& transaction) -> absl::Status {
      SAS_RETURN_IF_ERROR(PutSite(transaction, id, end, slot_minutes));
      return transaction.TouchSite(kRegion, "regions/fr-pdl/sites/" + id);
    });
  }

  static absl::Status PutSite(SlotsTransaction& transaction, const std::string& id,
                              const std::string& end, int slot_minutes) {
    v1::Site site;
    site.set_name("regions/fr-pdl/sites/" + id);
    site.set_kind(v1::Structure::KIND_CSNP);
    site.mutable_place()->mutable_point()->set_latitude_degrees(46.8);
    site.mutable_place()->mutable_point()->set_longitude_degrees(-1.9);
    site.add_territories("85");
    site.set_opening_date("2022-01-24");
    v1::Practitioner doctor;
    doctor.set_name("regions/fr-pdl/practitioners/d");
    doctor.set_rpps("99700000001");
    v1::SessionPlan plan;
    plan.set_name(site.name() + "/plans/p");
    plan.set_agenda("a");
    plan.set_practitioner(doctor.name());
    for (const int day : {1, 2, 3, 4, 5}) plan.add_weekdays(day);
    plan.set_start_time_of_day("13:30");
    plan.set_end_time_of_day(end);
    plan.set_slot_minutes(slot_minutes);
    plan.set_seats(1);
    plan.add_modes(type::v1::CONSULTATION_MODE_AMB);
    plan.add_classes(type::v1::SLOT_CLASS_SNP);
    plan.set_effective_start_date("2022-01-24");
    SAS_RETURN_IF_ERROR(transaction.PutSite(site));
    SAS_RETURN_IF_ERROR(transaction.PutPractitioner(doctor));
    return transaction.PutSessionPlan(plan);
  }

  void Write(const std::function<absl::Status(SlotsTransaction&)>& work) {
    ASSERT_THAT(store_.Write(Call(), work), sas::testing::IsOk());
  }

  /// What booking says, in the ledger alone.
  std::int64_t PutSeat(const std::string& slot, const std::string& appointment, bool taken = true) {
    std::int64_t sequence = 0;
    Write([&](SlotsTransaction& transaction) -> absl::Status {
      SAS_ASSIGN_OR_RETURN(sequence, transaction.NextSeatSequence(slot));
      if (!taken) return transaction.FreeSeat(slot, 0, appointment).status();
      return transaction.PutSeat({slot, 0, appointment, true, sequence}).status();
    });
    return sequence;
  }

  absl::Status Look() { return replica_->availability.Look(Call()); }

  RegionState Ledger() {
    RegionState state;
    EXPECT_THAT(store_.Read(Call(),
                            [&](SlotsTransaction& transaction) -> absl::Status {
                              SAS_ASSIGN_OR_RETURN(state, transaction.GetRegion(kRegion));
                              return absl::OkStatus();
                            }),
                sas::testing::IsOk());
    return state;
  }

  BookState State() {
    const auto state = replica_->book->State(Call(), kRegion);
    EXPECT_THAT(state, sas::testing::IsOk());
    return state.value_or(BookState());
  }

  absl::StatusOr<Hold> Take(SeatBook& book, const std::string& slot,
                            const std::string& holder = "osnp-1") {
    SeatBook::HoldRequest request;
    request.region = kRegion;
    request.slot = slot;
    request.token = "token-" + holder;
    request.request_id = "r-" + slot.substr(slot.size() - 5);
    request.holder = holder;
    request.duration = kHoldMax;
    return book.TakeHold(Call(), request);
  }

  absl::StatusOr<Hold> Take(const std::string& slot) { return Take(*replica_->book, slot); }

  int FreeInView(const std::string& slot) {
    const auto view = replica_->projection.Find(kRegion);
    const SlotRef found = view == nullptr ? SlotRef() : view->index->FindSlot(slot);
    return found ? found.free_seats() : -1;
  }

  void Flush() {
    if (memory_ != nullptr) {
      memory_->FlushForTest();
      return;
    }
    const std::vector<std::string> command = {"FLUSHALL"};
    ASSERT_THAT(client_->Command(Call(), command), sas::testing::IsOk());
  }

  void SetDown(bool down) {
    if (memory_ != nullptr) return memory_->SetDownForTest(down);
    down ? server_->Freeze() : server_->Thaw();
  }

  base::SystemClock system_clock_;
  sas::testing::FakeClock clock_;
  MemorySlotsStore store_{clock_};
  std::unique_ptr<sas::testing::TempRedis> server_;
  std::unique_ptr<redis::Client> client_;
  std::shared_ptr<MemorySeatBook> memory_;
  std::unique_ptr<Replica> replica_;
};

inline std::string EngineOf(const ::testing::TestParamInfo<std::string>& info) {
  return info.param;
}

}  // namespace sas::slots
