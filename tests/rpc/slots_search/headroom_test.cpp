// A day of a site at twenty times what the field has, through search, rules, hold and confirmation.

#include <set>

#include "absl/strings/str_format.h"
#include "tests/rpc/slots_search/slots_server.h"

namespace sas::slots {
namespace {

constexpr int kConsultationsPerDay = 25;  // 15 to 25 in the field (S2).
constexpr int kHeadroom = 20;
constexpr int kDoctors = kConsultationsPerDay;
/// One more than the weekly cap of a doctor lets through, so that caps decide and not the seats.
constexpr int kSlotsOfADoctor = kHeadroom + 1;

class HeadroomTest : public SlotsServerTest {
 protected:
  static constexpr char kSite[] = "regions/fr-pdl/sites/grand";

  void SetUp() override {
    SlotsServerTest::SetUp();
    ASSERT_THAT(store_.Write(Internal(),
                             [this](SlotsTransaction& transaction) { return Put(transaction); }),
                IsOk());
    ASSERT_THAT(availability_->Look(Internal()), IsOk());
  }

  static absl::Status Put(SlotsTransaction& transaction) {
    SAS_RETURN_IF_ERROR(transaction.NextDirectory("fr-pdl").status());
    SAS_ASSIGN_OR_RETURN(auto site, transaction.GetSite(kCsnp));
    site->set_name(kSite);
    site->set_display_name("Grand site d’essai");
    site->clear_rooms();
    site->clear_secretary_required();
    site->set_daily_appointment_max(kConsultationsPerDay * kHeadroom);
    SAS_RETURN_IF_ERROR(transaction.PutSite(*site));
    for (int i = 0; i < kDoctors; ++i) {
      const std::string id = "grand-" + std::to_string(i);
      v1::Practitioner doctor;
      doctor.set_name("regions/fr-pdl/practitioners/" + id);
      doctor.set_status(v1::Practitioner::STATUS_SALARIE);
      SAS_RETURN_IF_ERROR(transaction.PutPractitioner(doctor));
      v1::SessionPlan plan;
      plan.set_name(std::string(kSite) + "/plans/" + id);
      plan.set_agenda(id);
      plan.set_practitioner(doctor.name());
      plan.add_weekdays(3);  // Tomorrow.
      plan.set_start_time_of_day("09:00");
      plan.set_end_time_of_day("19:30");
      plan.set_slot_minutes(30);
      plan.set_seats(1);
      plan.add_modes(type::v1::CONSULTATION_MODE_AMB);
      plan.add_classes(type::v1::SLOT_CLASS_SNP);
      plan.set_effective_start_date("2026-11-01");
      SAS_RETURN_IF_ERROR(transaction.PutSessionPlan(plan));
    }
    return absl::OkStatus();
  }

  /// The best slots of the site that a search shows, of tomorrow.
  std::vector<std::string> Offered() {
    v1::SearchSlotsRequest request = AroundChallans();
    request.mutable_start_time()->set_seconds(kTomorrow);
    request.mutable_end_time()->set_seconds(kTomorrow + 24 * 3600);
    request.set_page_size(50);
    const auto answer = Search(request);
    EXPECT_THAT(answer, IsOk());
    std::vector<std::string> offered;
    for (const std::string& slot : SlotsOf(*answer)) {
      if (slot.rfind(kSite, 0) == 0) offered.push_back(slot);
    }
    excluded_ = ExcludedOf(*answer);
    return offered;
  }

  static constexpr std::int64_t kTomorrow = 1'795'561'200;  // Wednesday 25 November 2026, 0:00.
  std::map<std::string, v1::ExcludedSite> excluded_;
};

TEST_F(HeadroomTest, S2_57_ATwentyfoldDayIsHeldAndBookedThroughTheRules) {
  static_assert(kDoctors * kSlotsOfADoctor > kConsultationsPerDay * kHeadroom);
  std::set<std::string> booked;
  for (int i = 0; i < kConsultationsPerDay * kHeadroom; ++i) {
    const auto offered = Offered();
    ASSERT_FALSE(offered.empty()) << "after " << i;
    const std::string number = std::to_string(i);
    const auto hold = Hold(offered[0], Osnp(), "H-" + number);
    ASSERT_THAT(hold, IsOk()) << offered[0] << " after " << i;
    ASSERT_THAT(Prepare(*hold, "a" + number), IsOk());
    ASSERT_THAT(Commit(offered[0], "a" + number, true, "C-" + number), IsOk());
    Follow();
    EXPECT_TRUE(booked.insert(offered[0]).second) << offered[0] << " was offered twice";
  }
  EXPECT_EQ(booked.size(), 500U);
  // The next one is refused by the day's cap, although seats are left.
  EXPECT_TRUE(Offered().empty());
  EXPECT_EQ(excluded_["grand"].reason_code(), "FULL");
  for (int minute = 8 * 60; minute < 18 * 60 + 30; minute += 30) {  // One that nobody has, in UTC.
    v1::GetSlotRequest get;
    get.set_name(
        absl::StrFormat("%s/slots/grand-0-20261125t%02d%02dz", kSite, minute / 60, minute % 60));
    const auto slot = Invoke<v1::Slot>(*slots_stub_, &v1::SlotService::Stub::GetSlot, get, Osnp());
    if (!slot.ok() || booked.count(get.name()) != 0) continue;
    EXPECT_THAT(Hold(get.name(), Osnp("osnp-2"), "H-more"), ReasonIs("SITE_DAILY_CAP"));
    return;
  }
  ADD_FAILURE() << "every slot of the first doctor is booked: his weekly cap did not hold";
}

}  // namespace
}  // namespace sas::slots
