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

  /// Of `owner`, as appointment `id`: which one the form is already.
  std::string Keep(const std::string& id, const std::string& owner) {
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
  }

  /// Members of one group, in its order, the last of whom was typed in from another form.
  void InsertFamily(const std::vector<std::string>& ids) {
    for (std::size_t i = 0; i < ids.size(); ++i) {
      AppointmentRecord record = Record(ids[i], static_cast<int>(i));
      record.appointment.set_paper_form_number(i + 1 < ids.size() ? "F-014" : "F-015");
      record.appointment.mutable_group()->set_kind(v1::Group::KIND_FAMILY);
      for (const std::string& id : ids) {
        record.appointment.mutable_group()->add_appointments("regions/fr-pdl/appointments/" + id);
      }
      ASSERT_THAT(Insert(record), IsOk());
    }
  }

  absl::Status Cancel(const std::string& id) {
    return Update(Get("regions/fr-pdl/appointments/" + id), v1::Appointment::STATE_CANCELLED);
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
  EXPECT_EQ(Keep("a", "structures/officine"), "");
  Reopen();
  EXPECT_EQ(Keep("b", "structures/officine"), kName);
  EXPECT_EQ(Keep("b", "territory:85"), "") << "another's numbers";
  ASSERT_THAT(Update(Get(kName), v1::Appointment::STATE_CANCELLED), IsOk());
  EXPECT_EQ(Keep("c", "structures/officine"), "");
  EXPECT_EQ(Keep("b", "structures/officine"), "regions/fr-pdl/appointments/c");
}

TEST_P(BookingPassagesTest, H44_AFamilysFormStandsAsLongAsOneOfItsAppointmentsDoes) {
  const std::string owner = "structures/officine";
  InsertFamily({"a", "b", "c", "d"});
  ASSERT_THAT(Insert(Record("new", 7)), IsOk());
  ASSERT_THAT(Insert(Record("newer", 8)), IsOk());
  EXPECT_EQ(Keep("a", owner), "");
  EXPECT_EQ(Keep("b", owner), kName);
  ASSERT_THAT(Cancel("a"), IsOk());
  Reopen();
  EXPECT_EQ(Keep("new", owner), "regions/fr-pdl/appointments/b");
  ASSERT_THAT(Cancel("b"), IsOk());
  // An end is no cancellation: the patient was there.
  ASSERT_THAT(Update(Get("regions/fr-pdl/appointments/c"), v1::Appointment::STATE_NO_SHOW), IsOk());
  EXPECT_EQ(Keep("new", owner), "regions/fr-pdl/appointments/c");
  ASSERT_THAT(Cancel("c"), IsOk());
  EXPECT_EQ(Keep("new", owner), "") << "the last one has a form of its own";
  EXPECT_EQ(Keep("newer", owner), "regions/fr-pdl/appointments/new");
}

INSTANTIATE_TEST_SUITE_P(Stores, BookingPassagesTest, testing::EveryBackend(),
                         testing::BackendName);

}  // namespace
}  // namespace sas::booking
