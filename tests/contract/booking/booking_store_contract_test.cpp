#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "common/testing/texts.h"
#include "tests/contract/booking/booking_store_fixture.h"

namespace sas::booking {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::IsOk;
using testing::ReasonIs;
using testing::StatusIs;

TEST_P(BookingStoreTest, GivesBackWhatItWasGiven) {
  AppointmentRecord record = Record("a", 2, "o1");
  record.appointment.set_clinical_line("plaie de la main, \"propre\"; suites simples : é");
  record.consultation_start = clock_.Now();
  ASSERT_THAT(Insert(record), IsOk());
  Reopen();
  const AppointmentRecord found = Get(record.appointment.name());
  EXPECT_EQ(found.appointment.SerializeAsString(), record.appointment.SerializeAsString());
  EXPECT_EQ(found.version, 1);
  EXPECT_EQ(found.consultation_start, record.consultation_start);
  EXPECT_EQ(found.left, std::nullopt);
  EXPECT_THAT(store().Read(Call(),
                           [](BookingTransaction& transaction) {
                             return transaction.Get("regions/fr-pdl/appointments/no").status();
                           }),
              StatusIs(absl::StatusCode::kNotFound, "APPOINTMENT_NOT_FOUND"));
}

// text_roundtrip_every_hop.
TEST_P(BookingStoreTest, H16_TextRoundtripEveryHop) {
  testing::HardTexts texts(18);
  for (int seat = 0; seat < 8; ++seat) {
    AppointmentRecord record = Record("a" + std::to_string(seat), seat);
    texts.Fill(record.appointment, 60);
    ASSERT_THAT(Insert(record), IsOk());
    Reopen();
    EXPECT_EQ(Get(record.appointment.name()).appointment.SerializeAsString(),
              record.appointment.SerializeAsString());
  }
}

TEST_P(BookingStoreTest, ASeatHasOneLiveAppointment) {
  ASSERT_THAT(Insert(Record("a", 0)), IsOk());
  EXPECT_THAT(Insert(Record("b", 0)), StatusIs(absl::StatusCode::kAlreadyExists, "SEAT_TAKEN"));
  EXPECT_THAT(Insert(Record("c", 1)), IsOk());
  for (const auto state : {v1::Appointment::STATE_FULFILLED, v1::Appointment::STATE_NO_SHOW}) {
    ASSERT_THAT(Update(Get("regions/fr-pdl/appointments/a"), state), IsOk());
    EXPECT_THAT(Insert(Record("b", 0)), ReasonIs("SEAT_TAKEN"));
  }
  ASSERT_THAT(Update(Get("regions/fr-pdl/appointments/a"), v1::Appointment::STATE_CANCELLED),
              IsOk());
  EXPECT_THAT(Insert(Record("b", 0)), IsOk());
}

TEST_P(BookingStoreTest, AnOrderHasOneLiveAppointment) {
  ASSERT_THAT(Insert(Record("a", 0, "o1")), IsOk());
  const absl::Status refused = Insert(Record("b", 1, "o1"));
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kAlreadyExists, "ORDER_ALREADY_BOOKED"));
  EXPECT_EQ(base::DetailOf(refused).metadata,
            (base::Metadata{{"appointment", "regions/fr-pdl/appointments/a"}}));
  EXPECT_THAT(Insert(Record("b", 0, "o1")), ReasonIs("ORDER_ALREADY_BOOKED"));
  ASSERT_THAT(Update(Get("regions/fr-pdl/appointments/a"), v1::Appointment::STATE_CANCELLED),
              IsOk());
  EXPECT_THAT(Insert(Record("b", 1, "o1")), IsOk());
  // Direct entries have no order, and are not one another's.
  EXPECT_THAT(Insert(Record("c", 2)), IsOk());
  EXPECT_THAT(Insert(Record("d", 3)), IsOk());
}

TEST_P(BookingStoreTest, ANameIsUsedOnce) {
  ASSERT_THAT(Insert(Record("a", 0)), IsOk());
  EXPECT_THAT(Insert(Record("a", 1)),
              StatusIs(absl::StatusCode::kAlreadyExists, "APPOINTMENT_EXISTS"));
}

TEST_P(BookingStoreTest, ARefusalLeavesTheTransactionUsable) {
  ASSERT_THAT(Insert(Record("a", 0)), IsOk());
  EXPECT_THAT(store().Write(Call(),
                            [&](BookingTransaction& transaction) {
                              EXPECT_THAT(transaction.Insert(Record("b", 0)),
                                          ReasonIs("SEAT_TAKEN"));
                              return transaction.Insert(Record("b", 1));
                            }),
              IsOk());
  EXPECT_EQ(Get("regions/fr-pdl/appointments/b").appointment.seat(), 1);
}

TEST_P(BookingStoreTest, FiftyWritersForOneSeatMakeOneAppointment) {
  std::atomic<int> booked{0};
  std::atomic<int> refused{0};
  std::vector<std::thread> writers;
  for (int i = 0; i < 50; ++i) {
    writers.emplace_back([&, i] {
      const absl::Status status = Insert(Record("w" + std::to_string(i), 0));
      if (status.ok()) ++booked;
      if (base::ReasonOf(status) == "SEAT_TAKEN") ++refused;
    });
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(booked, 1);
  EXPECT_EQ(refused, 49);
}

TEST_P(BookingStoreTest, UpdatesOnlyTheVersionThatWasRead) {
  ASSERT_THAT(Insert(Record("a", 0)), IsOk());
  const AppointmentRecord read = Get("regions/fr-pdl/appointments/a");
  ASSERT_THAT(Update(read, v1::Appointment::STATE_FULFILLED), IsOk());
  EXPECT_THAT(Update(read, v1::Appointment::STATE_CANCELLED),
              StatusIs(absl::StatusCode::kAborted, "CONCURRENT_CHANGE"));
  EXPECT_EQ(Get("regions/fr-pdl/appointments/a").appointment.state(),
            v1::Appointment::STATE_FULFILLED);
}

TEST_P(BookingStoreTest, ListsByStartThenName) {
  for (const auto& [id, seat] : std::vector<std::pair<std::string, int>>{
           {"late", 9}, {"b", 1}, {"soon", 0}, {"z", 3}, {"~", 4}}) {
    ASSERT_THAT(Insert(Record(id, seat)), IsOk());
  }
  AppointmentRecord same_start = Record("a", 5);
  *same_start.appointment.mutable_start_time() = ToTimestamp(clock_.Now() + minutes(1));
  ASSERT_THAT(Insert(same_start), IsOk());
  EXPECT_EQ(List(Everything()), (std::vector<std::string>{"soon", "a", "b", "z", "~", "late"}));
  AppointmentQuery page = Everything();
  page.limit = 2;
  EXPECT_EQ(List(page), (std::vector<std::string>{"soon", "a"}));
  page.after = ListPosition{clock_.Now() + minutes(1), "regions/fr-pdl/appointments/a"};
  EXPECT_EQ(List(page), (std::vector<std::string>{"b", "z"}));
}

TEST_P(BookingStoreTest, ListsWhatIsAskedFor) {
  ASSERT_THAT(Insert(Record("a", 0)), IsOk());
  AppointmentRecord other = Record("b", 1);
  other.appointment.set_regulation_case("regions/fr-pdl/cases/c2");
  other.appointment.set_site("regions/fr-pdl/sites/machecoul");
  other.appointment.set_territory("44");
  other.appointment.mutable_booked_by()->set_subject("ph-1");
  ASSERT_THAT(Insert(other), IsOk());
  AppointmentRecord elsewhere = Record("c", 2);
  elsewhere.appointment.set_name("regions/fr-bre/appointments/c");
  ASSERT_THAT(Insert(elsewhere), IsOk());
  ASSERT_THAT(Insert(Record("d", 3)), IsOk());
  ASSERT_THAT(Update(Get("regions/fr-pdl/appointments/d"), v1::Appointment::STATE_CANCELLED),
              IsOk());

  using Names = std::vector<std::string>;
  EXPECT_EQ(List(Everything()), (Names{"a", "b"}));
  AppointmentQuery query = Everything();
  query.include_cancelled = true;
  EXPECT_EQ(List(query), (Names{"a", "b", "d"}));
  query = Everything();
  query.regulation_case = "regions/fr-pdl/cases/c2";
  EXPECT_EQ(List(query), (Names{"b"}));
  query = Everything();
  query.site = "regions/fr-pdl/sites/challans";
  EXPECT_EQ(List(query), (Names{"a"}));
  query = Everything();
  query.territories = {"44", "72"};
  EXPECT_EQ(List(query), (Names{"b"}));
  query = Everything();
  query.booker = "ph-1";
  EXPECT_EQ(List(query), (Names{"b"}));
  query = Everything();
  query.start = clock_.Now() + minutes(1);
  EXPECT_EQ(List(query), (Names{"b"}));
  query = Everything();
  query.end = clock_.Now() + minutes(1);
  EXPECT_EQ(List(query), (Names{"a"}));
}

TEST_P(BookingStoreTest, CountsASitesDayForOneMore) {
  const auto count = [this](base::Instant start, base::Instant end) {
    int found = -1;
    EXPECT_THAT(store().Write(Call(),
                              [&](BookingTransaction& transaction) -> absl::Status {
                                SAS_ASSIGN_OR_RETURN(
                                    found, transaction.CountForOneMore(
                                               Record("x", 0).appointment.site(), start, end));
                                return absl::OkStatus();
                              }),
                IsOk());
    return found;
  };
  ASSERT_THAT(Insert(Record("a", 0)), IsOk());
  ASSERT_THAT(Insert(Record("b", 1)), IsOk());
  const base::Instant start = ToInstant(Record("a", 0).appointment.start_time());
  const base::Instant last = ToInstant(Record("b", 1).appointment.start_time());
  EXPECT_EQ(count(start, last + minutes(1)), 2);
  EXPECT_EQ(count(last + minutes(1), last + hours(1)), 0);
  ASSERT_THAT(Update(Get("regions/fr-pdl/appointments/a"), v1::Appointment::STATE_CANCELLED),
              IsOk());
  EXPECT_EQ(count(start, last + minutes(1)), 1);
}

TEST_P(BookingStoreTest, KnowsTheRegionsThatHaveAppointments) {
  const auto regions = [this] {
    std::vector<std::string> found;
    EXPECT_THAT(store().Read(Call(),
                             [&](BookingTransaction& transaction) -> absl::Status {
                               SAS_ASSIGN_OR_RETURN(found, transaction.Regions());
                               return absl::OkStatus();
                             }),
                IsOk());
    return found;
  };
  EXPECT_THAT(regions(), ::testing::IsEmpty());
  ASSERT_THAT(Insert(Record("a", 0)), IsOk());
  ASSERT_THAT(Insert(Record("b", 1)), IsOk());
  EXPECT_THAT(regions(), ::testing::ElementsAre("fr-pdl"));
}

TEST_P(BookingStoreTest, CountsWhatIsOpen) {
  ASSERT_THAT(Insert(Record("a", 0)), IsOk());
  ASSERT_THAT(Insert(Record("b", 1)), IsOk());
  ASSERT_THAT(Update(Get("regions/fr-pdl/appointments/a"), v1::Appointment::STATE_NO_SHOW), IsOk());
  EXPECT_THAT(store().Read(Call(),
                           [](BookingTransaction& transaction) -> absl::Status {
                             SAS_ASSIGN_OR_RETURN(const auto count, transaction.CountOpen());
                             EXPECT_EQ(count, 1);
                             return absl::OkStatus();
                           }),
              IsOk());
}

TEST_P(BookingStoreTest, AMarkTellsTheTruthOfTheLedgerWhenItIsRead) {
  ASSERT_THAT(Mark("a", true), IsOk());
  ASSERT_EQ(Marks().size(), 1u);
  EXPECT_FALSE(Marks()[0].taken);  // There is no such appointment.
  ASSERT_THAT(Insert(Record("a", 0)), IsOk());
  EXPECT_TRUE(Marks()[0].taken);
  ASSERT_THAT(Mark("a", true, 7), IsOk());
  EXPECT_FALSE(Marks()[1].taken);  // It has another seat.
  ASSERT_THAT(Mark("b", false), IsOk());
  EXPECT_TRUE(Marks()[2].taken);  // Whoever asks hears who has it.
  EXPECT_EQ(Marks()[2].appointment, "regions/fr-pdl/appointments/a");
  ASSERT_THAT(Update(Get("regions/fr-pdl/appointments/a"), v1::Appointment::STATE_CANCELLED),
              IsOk());
  EXPECT_FALSE(Marks()[0].taken);
}

TEST_P(BookingStoreTest, MarksStayInOrderUntilRemoved) {
  for (const char* id : {"a", "b", "c"}) {
    ASSERT_THAT(Mark(id, true), IsOk());
    clock_.Advance(seconds(10));
  }
  Reopen();
  ASSERT_EQ(Marks().size(), 3u);
  EXPECT_EQ(Marks(2).size(), 2u);
  EXPECT_EQ(Backlog().count, 3);
  EXPECT_EQ(*Backlog().oldest, clock_.Now() - seconds(30));
  const auto marks = Marks();
  EXPECT_LT(marks[0].sequence, marks[1].sequence);
  EXPECT_EQ(marks[0].appointment, "regions/fr-pdl/appointments/a");
  EXPECT_EQ(marks[0].slot, kSlot);
  ASSERT_THAT(store().Write(Call(),
                            [&](BookingTransaction& transaction) -> absl::Status {
                              SAS_RETURN_IF_ERROR(transaction.RemoveSeatMarks({}));
                              SAS_RETURN_IF_ERROR(transaction.ParkSeatMark(marks[1].sequence));
                              return transaction.RemoveSeatMarks({marks[0].sequence});
                            }),
              IsOk());
  ASSERT_EQ(Marks().size(), 1u);
  EXPECT_EQ(Marks()[0].sequence, marks[2].sequence);
  EXPECT_EQ(Backlog().count, 1);
  EXPECT_EQ(Backlog().parked, 1);
  EXPECT_EQ(*Backlog().oldest, clock_.Now() - seconds(10));
}

TEST_P(BookingStoreTest, OneReplicaHasTheRelay) {
  const auto lease = [&](const char* holder) {
    bool leased = false;
    EXPECT_THAT(store().Write(Call(),
                              [&](BookingTransaction& transaction) -> absl::Status {
                                const base::Instant now = clock_.Now();
                                SAS_ASSIGN_OR_RETURN(
                                    leased, transaction.LeaseRelay(holder, now, now + seconds(10)));
                                return absl::OkStatus();
                              }),
                IsOk());
    return leased;
  };
  EXPECT_TRUE(lease("one"));
  EXPECT_FALSE(lease("two"));
  clock_.Advance(seconds(9));
  EXPECT_TRUE(lease("one"));
  clock_.Advance(seconds(9));
  EXPECT_FALSE(lease("two"));
  clock_.Advance(seconds(1));
  EXPECT_TRUE(lease("two"));
  EXPECT_FALSE(lease("one"));
}

TEST_P(BookingStoreTest, AStoredAnswerIsFoundByAReader) {
  const ledger::AnswerKey key{"osnp-1", "/m", "r-1"};
  const auto find = [&] {
    std::optional<ledger::Answer> found;
    EXPECT_THAT(store().Read(Call(),
                             [&](BookingTransaction& transaction) -> absl::Status {
                               SAS_ASSIGN_OR_RETURN(found, transaction.journal().FindAnswer(key));
                               return absl::OkStatus();
                             }),
                IsOk());
    return found;
  };
  EXPECT_FALSE(find());
  ASSERT_THAT(store().Write(Call(),
                            [&](BookingTransaction& transaction) -> absl::Status {
                              SAS_RETURN_IF_ERROR(transaction.journal().FindAnswer(key).status());
                              return transaction.journal().KeepAnswer(key, {"print", "answer"});
                            }),
              IsOk());
  ASSERT_TRUE(find());
  EXPECT_EQ(find()->response, "answer");
}

TEST_P(BookingStoreTest, ARefusedWorkLeavesNothing) {
  EXPECT_THAT(store().Write(Call(),
                            [&](BookingTransaction& transaction) -> absl::Status {
                              SAS_RETURN_IF_ERROR(transaction.Insert(Record("a", 0)));
                              return base::Fail(absl::StatusCode::kAborted, "NO", "no");
                            }),
              ReasonIs("NO"));
  EXPECT_EQ(List(Everything()), std::vector<std::string>{});
}

INSTANTIATE_TEST_SUITE_P(Stores, BookingStoreTest, testing::EveryBackend(), testing::BackendName);

}  // namespace
}  // namespace sas::booking
