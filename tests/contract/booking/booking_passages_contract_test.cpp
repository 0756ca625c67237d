#include "tests/contract/booking/booking_store_fixture.h"

// Histories and closed sessions, on each ledger.
namespace sas::booking {
namespace {

using testing::IsOk;
using testing::StatusIs;

class BookingPassagesTest : public BookingStoreTest {
 protected:
  static constexpr char kName[] = "regions/fr-pdl/appointments/a";

  void Act(const std::string& action, const std::string& subject = kName) {
    ASSERT_THAT(
        store().Write(
            Call(),
            [&](BookingTransaction& transaction) {
              return transaction.journal().Audit({action, subject, "fr-pdl", "state=BOOKED"});
            }),
        IsOk());
  }

  std::vector<ledger::AuditRecord> History(const std::optional<HistoryPosition>& after = {},
                                           int limit = 100) {
    std::vector<ledger::AuditRecord> found;
    EXPECT_THAT(store().Read(Call(),
                             [&](BookingTransaction& transaction) -> absl::Status {
                               SAS_ASSIGN_OR_RETURN(found,
                                                    transaction.History(kName, after, limit));
                               return absl::OkStatus();
                             }),
                IsOk());
    return found;
  }

  absl::Status Close(const std::string& agenda, int hour) {
    v1::SessionClosure closure;
    closure.set_site("regions/fr-pdl/sites/challans");
    closure.set_agenda(agenda);
    *closure.mutable_start_time() = ToTimestamp(clock_.Now() + std::chrono::hours(hour));
    closure.set_fulfilled_count(3);
    return store().Write(Call(), [&](BookingTransaction& transaction) {
      return transaction.InsertClosure(closure);
    });
  }
};

TEST_P(BookingPassagesTest, S2_56_AHistoryIsWhatTheAuditHasOfItInOrder) {
  for (const char* action : {"CreateAppointment", "RecordArrival", "ResolveAppointment"}) {
    Act(action);
    Act(action, "regions/fr-pdl/appointments/other");
    clock_.Advance(std::chrono::seconds(1));
  }
  Reopen();
  const auto history = History();
  ASSERT_EQ(history.size(), 3u);
  EXPECT_EQ(history[0].entry.action, "CreateAppointment");
  EXPECT_EQ(history[2].entry.action, "ResolveAppointment");
  EXPECT_EQ(history[0].actor, "osnp-1");
  EXPECT_EQ(history[0].entry.detail, "state=BOOKED");
  EXPECT_EQ(history[0].hash.size(), 64u);
  EXPECT_LT(history[0].time, history[1].time);
  const auto first = History({}, 1);
  ASSERT_EQ(first.size(), 1u);
  const auto rest = History(HistoryPosition{first[0].time, first[0].chain, first[0].sequence}, 100);
  ASSERT_EQ(rest.size(), 2u);
  EXPECT_EQ(rest[0].entry.action, "RecordArrival");
}

TEST_P(BookingPassagesTest, S2_49_ASessionIsClosedOnce) {
  ASSERT_THAT(Close("matin", 0), IsOk());
  Reopen();
  EXPECT_THAT(Close("matin", 0), StatusIs(absl::StatusCode::kAlreadyExists, "SESSION_CLOSED"));
  EXPECT_THAT(Close("soir", 0), IsOk());
  EXPECT_THAT(Close("matin", 24), IsOk());
  EXPECT_THAT(Close("", 0), IsOk());
}

TEST_P(BookingPassagesTest, H44_APaperFormIsOneAppointmentUntilThatIsCancelled) {
  for (const char* id : {"a", "b", "c"}) ASSERT_THAT(Insert(Record(id, *id - 'a')), IsOk());
  const auto keep = [this](const std::string& id, const std::string& owner) {
    std::string known = "nothing was asked";
    EXPECT_THAT(store().Write(Call(),
                              [&](BookingTransaction& transaction) -> absl::Status {
                                SAS_ASSIGN_OR_RETURN(
                                    known,
                                    transaction.KeepPaperForm(
                                        {owner, "F-014", "regions/fr-pdl/appointments/" + id}));
                                return absl::OkStatus();
                              }),
                IsOk());
    return known;
  };
  EXPECT_EQ(keep("a", "structures/officine"), "");
  Reopen();
  EXPECT_EQ(keep("b", "structures/officine"), kName);
  EXPECT_EQ(keep("b", "territory:85"), "") << "another's numbers";
  ASSERT_THAT(Update(Get(kName), v1::Appointment::STATE_CANCELLED), IsOk());
  EXPECT_EQ(keep("c", "structures/officine"), "");
  EXPECT_EQ(keep("b", "structures/officine"), "regions/fr-pdl/appointments/c");
}

INSTANTIATE_TEST_SUITE_P(Stores, BookingPassagesTest, testing::EveryBackend(),
                         testing::BackendName);

}  // namespace
}  // namespace sas::booking
