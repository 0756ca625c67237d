// A session through midnight, from the plan to the cap of its day.

#include "common/care/calendar.h"
#include "tests/rpc/slots_search/slots_server.h"

namespace sas::slots {
namespace {

using std::chrono::hours;
using ::testing::Contains;

class NightTest : public SlotsServerTest {
 protected:
  static constexpr char kNight[] = "regions/fr-pdl/sites/mmg-nuit";

  void SetUp() override {
    SlotsServerTest::SetUp();
    ASSERT_THAT(store_.Write(Internal(),
                             [](SlotsTransaction& transaction) -> absl::Status {
                               SAS_ASSIGN_OR_RETURN(
                                   auto site,
                                   transaction.GetSite("regions/fr-pdl/sites/mmg-challans"));
                               site->set_name(kNight);
                               site->set_daily_appointment_max(1);
                               SAS_RETURN_IF_ERROR(transaction.PutSite(*site));
                               v1::Practitioner doctor;
                               doctor.set_name("regions/fr-pdl/practitioners/nuit");
                               doctor.set_display_name("Dr N. Essai");
                               doctor.set_rpps("10000000017");
                               SAS_RETURN_IF_ERROR(transaction.PutPractitioner(doctor));
                               return transaction.PutSessionPlan(PlanOf(doctor.name()));
                             }),
                IsOk());
    LookAgain();
  }

  static v1::SessionPlan PlanOf(const std::string& doctor) {
    v1::SessionPlan plan;
    plan.set_name(std::string(kNight) + "/plans/nuit");
    plan.set_agenda("nuit");
    plan.set_practitioner(doctor);
    for (int day = 1; day <= 7; ++day) plan.add_weekdays(day);
    plan.set_start_time_of_day("20:00");
    plan.set_end_time_of_day("01:00");
    plan.set_slot_minutes(15);
    plan.set_seats(1);
    plan.add_modes(type::v1::CONSULTATION_MODE_AMB);
    plan.add_classes(type::v1::SLOT_CLASS_SNP);
    plan.set_effective_start_date("2026-01-01");
    plan.set_pdsa_hours(true);
    plan.set_public_holidays(true);
    return plan;
  }

  void LookAgain() {
    ASSERT_THAT(store_.Write(Internal(),
                             [](SlotsTransaction& transaction) {
                               return transaction.TouchSite("fr-pdl", kNight);
                             }),
                IsOk());
    ASSERT_THAT(availability_->Look(Internal()), IsOk());
    Follow();
  }

  /// Wednesday 00:10, `days` later: a night goes on.
  void AfterMidnight(int days = 0) {
    clock_.Advance(hours(24 * days + 14) + std::chrono::minutes(10));
    LookAgain();
  }

  /// The first slots around Challans.
  std::vector<std::string> Found() {
    v1::SearchSlotsRequest request = AroundChallans();
    request.set_page_size(50);
    const auto answer = Search(request);
    EXPECT_THAT(answer, IsOk());
    return answer.ok() ? SlotsOf(*answer) : std::vector<std::string>();
  }

  /// Of the night of Tuesday 24 November, or the next; a start in UTC.
  static std::string At(const std::string& stamp) {
    return std::string(kNight) + "/slots/nuit-202611" + stamp + "z";
  }

  static google::protobuf::Timestamp Local(const care::Date& date, int minutes) {
    return base::ToTimestamp(care::Zone::Load("Europe/Paris")->At(date, {minutes}));
  }
};

TEST_F(NightTest, TheCapOfADayCountsItsNight) {
  // Wednesday 00:45, of Tuesday's session.
  const auto held = Hold(At("24t2345"));
  ASSERT_THAT(held, IsOk());
  const auto prepared = Prepare(*held);
  ASSERT_THAT(prepared, IsOk());
  const v1::DayCap& cap = prepared->day_cap();
  EXPECT_EQ(cap.start_time().seconds(), Local({2026, 11, 24}, 60).seconds());  // Monday's night.
  EXPECT_EQ(cap.end_time().seconds(), Local({2026, 11, 25}, 60).seconds());
  ASSERT_THAT(Commit(At("24t2345"), "a1", true, "R-c1"), IsOk());
  Follow();
  EXPECT_THAT(Hold(At("24t1900"), Osnp("osnp-2"), "R-2"), ReasonIs("SITE_DAILY_CAP"));

  // Wednesday's own evening is another day, which begins when the night has ended.
  const auto next = Hold(At("25t1900"), Osnp("osnp-2"), "R-3");
  ASSERT_THAT(next, IsOk());
  const auto other = Prepare(*next, "a2", "osnp-2");
  ASSERT_THAT(other, IsOk());
  EXPECT_EQ(other->day_cap().start_time().seconds(), Local({2026, 11, 25}, 60).seconds());
  EXPECT_EQ(other->day_cap().end_time().seconds(), Local({2026, 11, 26}, 60).seconds());
}

TEST_F(NightTest, AfterMidnightTheNightGoesOn) {
  AfterMidnight();
  EXPECT_THAT(Found(), Contains(At("24t2345")));
  EXPECT_THAT(Hold(At("24t2345")), IsOk());
}

// What was given before midnight is known after it, at the hold and not at the confirmation only.
TEST_F(NightTest, AfterMidnightTheEveningStillCounts) {
  ASSERT_THAT(Commit(At("24t1900"), "a1", true, "R-c1"), IsOk());
  Follow();
  AfterMidnight();
  EXPECT_THAT(Found(), ::testing::Not(Contains(At("24t2345"))));
  EXPECT_THAT(Hold(At("25t1900"), Osnp("osnp-2")), IsOk());  // Another day.
  EXPECT_THAT(Hold(At("24t2345")), ReasonIs("SITE_DAILY_CAP"));
  // A second look finds the same: what is over is not asked of the book any more.
  LookAgain();
  EXPECT_THAT(Hold(At("24t2345")), ReasonIs("SITE_DAILY_CAP"));
  ASSERT_THAT(Commit(At("24t1900"), "a1", false, "R-c2"), IsOk());
  LookAgain();
  EXPECT_THAT(Hold(At("24t2345")), IsOk());
}

TEST_F(NightTest, S2_53_AfterSundayMidnightTheWeekIsStillSundays) {
  ASSERT_THAT(store_.Write(Internal(),
                           [](SlotsTransaction& transaction) -> absl::Status {
                             SAS_ASSIGN_OR_RETURN(
                                 auto doctor,
                                 transaction.GetPractitioner("regions/fr-pdl/practitioners/nuit"));
                             doctor->set_weekly_appointment_max(1);
                             return transaction.PutPractitioner(*doctor);
                           }),
              IsOk());
  LookAgain();
  ASSERT_THAT(Commit(At("24t1900"), "a1", true, "R-c1"), IsOk());
  Follow();
  AfterMidnight(5);  // Monday.
  EXPECT_THAT(Hold(At("29t2345")), ReasonIs("PRACTITIONER_WEEKLY_CAP"));
  const auto next = Hold(At("30t1900"));
  ASSERT_THAT(next, IsOk());
  // Booking counts the starts of the week that begins when Sunday's night ends.
  const auto prepared = Prepare(*next);
  ASSERT_THAT(prepared, IsOk());
  const v1::WeekCap& cap = prepared->week_cap();
  EXPECT_EQ(cap.appointment_max(), 1);
  EXPECT_EQ(cap.practitioner(), "regions/fr-pdl/practitioners/nuit");
  EXPECT_EQ(cap.start_time().seconds(), Local({2026, 11, 30}, 60).seconds());
  EXPECT_EQ(cap.end_time().seconds(), Local({2026, 12, 7}, 60).seconds());
}

TEST_F(NightTest, AfterMidnightTheNightBeforeLastDoesNotCount) {
  ASSERT_THAT(Commit(At("23t2330"), "a1", true, "R-c1"), IsOk());  // Tuesday 00:30, of Monday.
  Follow();
  AfterMidnight();
  const auto held = Hold(At("24t2345"));
  ASSERT_THAT(held, IsOk());
  const auto prepared = Prepare(*held);
  ASSERT_THAT(prepared, IsOk());
  EXPECT_EQ(prepared->day_cap().start_time().seconds(), Local({2026, 11, 24}, 60).seconds());
  EXPECT_EQ(prepared->day_cap().end_time().seconds(), Local({2026, 11, 25}, 60).seconds());
}

}  // namespace
}  // namespace sas::slots
