// Caps of a site's weekdays and hours, from the directory to the prepared seat.

#include "common/care/calendar.h"
#include "tests/rpc/slots_search/slots_server.h"

namespace sas::slots {
namespace {

using absl::StatusCode;
using ::testing::HasSubstr;

/// Soullans has six slots on Tuesday, 11:00 to 12:30: one appointment before 11:30, two from then
/// on; on Saturday it would take none of this.
class HoursCapsTest : public SlotsServerTest {
 protected:
  static constexpr char kSite[] = "regions/fr-pdl/sites/msp-soullans";

  void SetUp() override {
    SlotsServerTest::SetUp();
    ASSERT_THAT(store_.Write(Internal(),
                             [](SlotsTransaction& transaction) -> absl::Status {
                               SAS_ASSIGN_OR_RETURN(auto site, transaction.GetSite(kSite));
                               AddCap(*site, 2, "", "11:30", 1);
                               AddCap(*site, 2, "11:30", "", 2);
                               AddCap(*site, 6, "", "", 1);
                               SAS_RETURN_IF_ERROR(transaction.NextDirectory("fr-pdl").status());
                               return transaction.PutSite(*site);
                             }),
                IsOk());
    ASSERT_THAT(availability_->Look(Internal()), IsOk());
  }

  static void AddCap(v1::Site& site, int weekday, const std::string& start, const std::string& end,
                     int most) {
    v1::HoursCap& cap = *site.add_hours_caps();
    cap.add_weekdays(weekday);
    cap.set_start_time_of_day(start);
    cap.set_end_time_of_day(end);
    cap.set_appointment_max(most);
  }

  /// A start in UTC of Tuesday, or of another day of November.
  static std::string At(const std::string& stamp, const std::string& day = "24") {
    return std::string(kSite) + "/slots/griselin-202611" + day + "t" + stamp + "z";
  }

  v1::SearchSlotsResponse Found() {
    v1::SearchSlotsRequest request = AroundChallans();
    request.set_insee_code("85284");
    request.set_radius_meters(1000);
    *request.mutable_end_time() = ToTimestamp(clock_.Now() + std::chrono::hours(5));
    const auto answer = Search(request);
    EXPECT_THAT(answer, IsOk());
    return answer.value_or(v1::SearchSlotsResponse());
  }

  static std::int64_t Local(int day, int minutes) {
    return ToTimestamp(care::Zone::Load("Europe/Paris")->At({2026, 11, day}, {minutes})).seconds();
  }
};

TEST_F(HoursCapsTest, S2_26_AHeldSeatClosesItsHoursAndNoOthers) {
  ASSERT_EQ(Found().total_count(), 6);
  ASSERT_THAT(Hold(At("1000"), Osnp("osnp-1"), "R-1"), IsOk());
  Follow();
  EXPECT_EQ(Found().total_count(), 4);
  const auto refused = Hold(At("1015"), Osnp("osnp-2"), "R-2");
  ASSERT_THAT(refused, StatusIs(StatusCode::kFailedPrecondition, "SITE_DAILY_CAP"));
  EXPECT_EQ(base::DetailOf(refused.status()).metadata,
            (base::Metadata{{"daily_appointment_max", "1"},
                            {"date", "2026-11-24"},
                            {"hours", "00:00-11:30"},
                            {"lifted_by", "SITE"},
                            {"site", kSite}}));
  // Wednesday has no such hours.
  EXPECT_THAT(Hold(At("1015", "25"), Osnp("osnp-3"), "R-3"), IsOk());
  EXPECT_THAT(Hold(At("1100", "25"), Osnp("osnp-4"), "R-4"), IsOk());
}

TEST_F(HoursCapsTest, S2_26_H18_ASiteWhoseHoursAreTakenIsLeftOutAsFull) {
  int number = 0;
  for (const char* stamp : {"1000", "1030", "1045"}) {
    const std::string id = std::to_string(++number);
    ASSERT_THAT(Hold(At(stamp), Osnp("osnp-" + id), "R-" + id), IsOk()) << stamp;
    Follow();
  }
  const v1::SearchSlotsResponse found = Found();
  EXPECT_EQ(found.total_count(), 0);
  ASSERT_EQ(found.excluded_sites_size(), 1);
  EXPECT_EQ(found.excluded_sites(0).reason_code(), "FULL");
  EXPECT_THAT(found.excluded_sites(0).explanation(), HasSubstr("ses heures"));
  EXPECT_TRUE(found.excluded_sites(0).has_next_start_time());  // Tomorrow.
}

TEST_F(HoursCapsTest, S2_26_H24_TheRepeatOfTheHoldThatFilledTheHoursIsTheSameHold) {
  const auto hold = Hold(At("1000"), Osnp(), "R-1");
  ASSERT_THAT(hold, IsOk());
  Follow();
  EXPECT_THAT(Hold(At("1015"), Osnp(), "R-2"), ReasonIs("SITE_DAILY_CAP"));
  const auto repeat = Hold(At("1000"), Osnp(), "R-1");
  ASSERT_THAT(repeat, IsOk());
  EXPECT_EQ(repeat->hold_token(), hold->hold_token());
}

TEST_F(HoursCapsTest, S2_26_BookingIsGivenTheHoursToCount) {
  const auto held = Hold(At("1030"));
  ASSERT_THAT(held, IsOk());
  const auto prepared = Prepare(*held);
  ASSERT_THAT(prepared, IsOk());
  EXPECT_EQ(prepared->day_cap().appointment_max(), 6);
  EXPECT_EQ(prepared->hours_cap().appointment_max(), 2);
  EXPECT_EQ(prepared->hours_cap().hours(), "11:30-24:00");
  EXPECT_EQ(prepared->hours_cap().start_time().seconds(), Local(24, 11 * 60 + 30));
  EXPECT_EQ(prepared->hours_cap().end_time().seconds(), Local(25, 0));
  EXPECT_EQ(prepared->day_cap().hours(), "");
}

// Holds are judged from memory, confirmations from the ledger.
TEST_F(HoursCapsTest, S2_26_TheLedgerRefusesWhoConfirmsLate) {
  const auto morning = Hold(At("1000"), Osnp("osnp-1"), "R-1");
  const auto later = Hold(At("1030"), Osnp("osnp-2"), "R-2");
  ASSERT_THAT(morning, IsOk());
  ASSERT_THAT(later, IsOk());
  ASSERT_THAT(Commit(At("1015"), "a1", true, "R-c1"), IsOk());
  EXPECT_THAT(Prepare(*morning, "a2"), ReasonIs("SITE_DAILY_CAP"));
  EXPECT_THAT(Prepare(*later, "a3", "osnp-2"), IsOk());
}

TEST_F(HoursCapsTest, S2_26_H26_AMoveWithinItsHoursTakesNoOtherPlace) {
  ASSERT_THAT(Commit(At("1000"), "a1", true, "R-c1"), IsOk());
  ASSERT_THAT(Commit(At("1030"), "a2", true, "R-c2"), IsOk());
  ASSERT_THAT(Commit(At("1045"), "a3", true, "R-c3"), IsOk());
  Follow();
  EXPECT_THAT(Hold(At("1015"), Osnp(), "R-1"), ReasonIs("SITE_DAILY_CAP"));
  v1::CareNeed moving = NeedOf116117();
  moving.set_moving_slot(At("1000"));
  // The hours from half past eleven on are full, whatever leaves those before.
  EXPECT_THAT(Hold(At("1100"), Osnp(), "R-2", moving), ReasonIs("SITE_DAILY_CAP"));
  const auto held = Hold(At("1015"), Osnp(), "R-3", moving);
  ASSERT_THAT(held, IsOk());
  EXPECT_THAT(Prepare(*held, "a9"), ReasonIs("SITE_DAILY_CAP"));
  EXPECT_THAT(Prepare(*held, "a1"), IsOk());
}

}  // namespace
}  // namespace sas::slots
