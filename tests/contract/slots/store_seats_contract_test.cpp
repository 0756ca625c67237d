#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <thread>

#include "common/testing/status_matchers.h"
#include "services/slots/domain/slot_name.h"
#include "tests/contract/slots/stores.h"

namespace sas::slots {
namespace {

using std::chrono::hours;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsOk;
using ::testing::Pair;
using testing::ReasonIs;

class SeatsContract : public StoreContract {
 protected:
  std::string Slot(int hour, const std::string& site = "regions/fr-pdl/sites/csnp") const {
    return SlotName(site, "agenda", clock_.Now() + hours(hour));
  }

  bool Put(const std::string& slot, int seat, const std::string& appointment) {
    bool changed = false;
    EXPECT_THAT(
        Write([&](SlotsTransaction& t) -> absl::Status {
          SAS_ASSIGN_OR_RETURN(const std::int64_t sequence, t.NextSeatSequence(slot));
          SAS_ASSIGN_OR_RETURN(changed, t.PutSeat({slot, seat, appointment, true, sequence}));
          return absl::OkStatus();
        }),
        IsOk());
    return changed;
  }

  bool Free(const std::string& slot, int seat, const std::string& appointment) {
    bool freed = false;
    EXPECT_THAT(Write([&](SlotsTransaction& t) -> absl::Status {
                  SAS_ASSIGN_OR_RETURN(freed, t.FreeSeat(slot, seat, appointment));
                  return absl::OkStatus();
                }),
                IsOk());
    return freed;
  }

  /// "seat:appointment" of a slot.
  std::vector<std::string> Of(const std::string& slot) {
    std::vector<std::string> seats;
    for (const auto& fact : Got([&](SlotsTransaction& t) { return t.ListSlotSeats(slot); })) {
      EXPECT_EQ(fact.slot, slot);
      EXPECT_TRUE(fact.taken);
      seats.push_back(std::to_string(fact.seat) + ":" + fact.appointment);
    }
    return seats;
  }

  std::int64_t Sequence(const std::string& region = "fr-pdl") {
    return Got([&](SlotsTransaction& t) { return t.GetRegion(region); }).seat_sequence;
  }
};

INSTANTIATE_TEST_SUITE_P(Stores, SeatsContract, testing::EveryBackend(), testing::BackendName);

TEST_P(SeatsContract, OneAppointmentForEachSeat) {
  const std::string slot = Slot(1);
  EXPECT_TRUE(Put(slot, 1, "b"));
  EXPECT_TRUE(Put(slot, 0, "a"));
  EXPECT_FALSE(Put(slot, 0, "a"));  // A repeat.
  EXPECT_THAT(Of(slot), ElementsAre("0:a", "1:b"));
  EXPECT_TRUE(Put(slot, 0, "c"));  // Booking's ledger has the last word.
  EXPECT_THAT(Of(slot), ElementsAre("0:c", "1:b"));
  Reopen();
  EXPECT_THAT(Of(slot), ElementsAre("0:c", "1:b"));
}

// Hazard H-26: `late_reopen_frees_nobody_else`.
TEST_P(SeatsContract, FreesOnlyForItsOwner) {
  const std::string slot = Slot(1);
  Put(slot, 0, "a");
  EXPECT_FALSE(Free(slot, 0, "b"));
  EXPECT_FALSE(Free(slot, 1, "a"));
  EXPECT_THAT(Of(slot), ElementsAre("0:a"));
  EXPECT_TRUE(Free(slot, 0, "a"));
  EXPECT_FALSE(Free(slot, 0, "a"));
  Put(slot, 0, "b");
  EXPECT_FALSE(Free(slot, 0, "a"));  // A late duplicate.
  EXPECT_THAT(Of(slot), ElementsAre("0:b"));
}

TEST_P(SeatsContract, SequenceGrowsByRegion) {
  Put(Slot(1), 0, "a");
  Put(Slot(2), 0, "b");
  Put(Slot(1, "regions/fr-naq/sites/x"), 0, "c");
  EXPECT_EQ(Sequence(), 2);
  EXPECT_EQ(Sequence("fr-naq"), 1);
  const auto seats = Got([&](SlotsTransaction& t) { return t.ListSlotSeats(Slot(2)); });
  ASSERT_EQ(seats.size(), 1U);
  EXPECT_EQ(seats[0].sequence, 2);
  Reopen();
  EXPECT_EQ(Sequence(), 2);
}

TEST_P(SeatsContract, RefusesWhatIsNoSlot) {
  EXPECT_THAT(Write([](SlotsTransaction& t) {
                return t.PutSeat({"regions/fr-pdl/sites/csnp", 0, "a", true, 1}).status();
              }),
              ReasonIs("INVALID_RESOURCE_NAME"));
  EXPECT_THAT(Write([](SlotsTransaction& t) { return t.NextSeatSequence("x").status(); }),
              ReasonIs("INVALID_RESOURCE_NAME"));
}

TEST_P(SeatsContract, ListsByStartInTheHalfOpenWindowOfOneRegion) {
  Put(Slot(3), 0, "c");
  Put(Slot(1), 1, "b");
  Put(Slot(1), 0, "a");
  Put(Slot(5), 0, "d");
  Put(Slot(2, "regions/fr-naq/sites/x"), 0, "other");
  const auto list = [&](int from, int to) {
    std::vector<std::string> appointments;
    for (const auto& fact : Got([&](SlotsTransaction& t) {
           return t.ListSeats("fr-pdl", clock_.Now() + hours(from), clock_.Now() + hours(to));
         })) {
      appointments.push_back(fact.appointment);
    }
    return appointments;
  };
  EXPECT_THAT(list(0, 10), ElementsAre("a", "b", "c", "d"));
  EXPECT_THAT(list(1, 5), ElementsAre("a", "b", "c"));
  EXPECT_THAT(list(2, 3), IsEmpty());
}

TEST_P(SeatsContract, ListsThoseOfOneSite) {
  Put(Slot(3), 0, "c");
  Put(Slot(1), 1, "b");
  Put(Slot(1), 0, "a");
  Put(Slot(9), 0, "late");
  Put(Slot(2, "regions/fr-pdl/sites/csnp-2"), 0, "other");
  std::vector<std::string> appointments;
  for (const auto& fact : Got([&](SlotsTransaction& t) {
         return t.ListSiteSeats("regions/fr-pdl/sites/csnp", clock_.Now() + hours(1),
                                clock_.Now() + hours(9));
       })) {
    appointments.push_back(fact.appointment);
  }
  EXPECT_THAT(appointments, ElementsAre("a", "b", "c"));
}

TEST_P(SeatsContract, CountsBySite) {
  Put(Slot(1), 0, "a");
  Put(Slot(1), 1, "b");
  Put(Slot(9), 0, "late");
  Put(Slot(2, "regions/fr-pdl/sites/msp"), 0, "c");
  Put(Slot(2, "regions/fr-naq/sites/x"), 0, "other");
  EXPECT_THAT(
      Got([&](SlotsTransaction& t) {
        return t.CountSeatsBySite("fr-pdl", clock_.Now(), clock_.Now() + hours(9));
      }),
      ElementsAre(Pair("regions/fr-pdl/sites/csnp", 2), Pair("regions/fr-pdl/sites/msp", 1)));
}

TEST_P(SeatsContract, PurgesTheOldInSmallSteps) {
  for (int i = 1; i <= 5; ++i) Put(Slot(i), 0, "a" + std::to_string(i));
  const auto purge = [&](int limit) {
    int purged = -1;
    EXPECT_THAT(Write([&](SlotsTransaction& t) -> absl::Status {
                  SAS_ASSIGN_OR_RETURN(purged, t.PurgeSeats(clock_.Now() + hours(4), limit));
                  return absl::OkStatus();
                }),
                IsOk());
    return purged;
  };
  EXPECT_EQ(purge(2), 2);
  EXPECT_EQ(purge(2), 1);
  EXPECT_EQ(purge(2), 0);
  EXPECT_THAT(Of(Slot(4)), ElementsAre("0:a4"));
  EXPECT_THAT(Of(Slot(5)), ElementsAre("0:a5"));
}

TEST_P(SeatsContract, RefusedWorkTakesNoSeatAndNoSequence) {
  EXPECT_FALSE(Write([&](SlotsTransaction& t) -> absl::Status {
                 SAS_RETURN_IF_ERROR(t.NextSeatSequence(Slot(1)).status());
                 SAS_RETURN_IF_ERROR(t.PutSeat({Slot(1), 0, "a", true, 1}).status());
                 return absl::InternalError("stop");
               }).ok());
  EXPECT_THAT(Of(Slot(1)), IsEmpty());
  EXPECT_EQ(Sequence(), 0);
}

// Two writers of one region never get one sequence, and each seat ends with one of them.
TEST_P(SeatsContract, WritersFromSeveralThreadsNeverShareASequence) {
  constexpr int kThreads = 4;
  constexpr int kEach = 25;
  std::mutex mutex;
  std::set<std::int64_t> sequences;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < kEach; ++i) {
        std::int64_t sequence = 0;
        absl::Status status;
        do {  // PostgreSQL gives up after some conflicts; a caller then repeats.
          status = Write([&](SlotsTransaction& t) -> absl::Status {
            SAS_ASSIGN_OR_RETURN(sequence, t.NextSeatSequence(Slot(1)));
            return t.PutSeat({Slot(1), i, std::to_string(thread), true, sequence}).status();
          });
        } while (base::ReasonOf(status) == "LEDGER_CONFLICT");
        EXPECT_THAT(status, IsOk());
        const std::lock_guard lock(mutex);
        EXPECT_TRUE(sequences.insert(sequence).second);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(Sequence(), kThreads * kEach);
  EXPECT_EQ(Of(Slot(1)).size(), static_cast<std::size_t>(kEach));
}

}  // namespace
}  // namespace sas::slots
