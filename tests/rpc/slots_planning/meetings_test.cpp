// No room and nobody twice, and no chain without approval, whichever came first: the plan or the
// opening of one day.

#include "common/base/timestamp.h"
#include "tests/rpc/slots_planning/planning_server.h"

namespace sas::slots {
namespace {

using absl::StatusCode;
using std::chrono::minutes;

constexpr char kMsp[] = "regions/fr-pdl/sites/msp-soullans";
constexpr char kMmg[] = "regions/fr-pdl/sites/mmg-challans";
constexpr char kGriselin[] = "regions/fr-pdl/practitioners/p-griselin";
constexpr char kChaillouet[] = "regions/fr-pdl/practitioners/v-chaillouet";
constexpr char kGuerinel[] = "regions/fr-pdl/practitioners/d-guerinel";  // At the MMG this evening.
constexpr char kQuelin[] = "regions/fr-pdl/practitioners/m-quelin";      // At the CSNP until 17:30.

class MeetingsTest : public PlanningTest {
 protected:
  /// Of this Tuesday, from a local time on.
  absl::StatusOr<v1::AgendaException> Open(const std::string& site, const std::string& practitioner,
                                           minutes start, minutes end,
                                           const std::string& room = "") {
    const minutes ten{10 * 60};
    v1::CreateAgendaExceptionRequest request;
    request.set_parent(site);
    const std::string number = std::to_string(++opened_);
    request.set_request_id("R-open" + number);
    v1::AgendaException& opening = *request.mutable_agenda_exception();
    opening.set_kind(v1::AgendaException::KIND_OPENING);
    opening.set_agenda("renfort-" + number);
    opening.set_practitioner(practitioner);
    opening.set_room_id(room);
    opening.set_reason_code("RENFORT");
    opening.set_slot_minutes(15);
    opening.set_seats(1);
    opening.add_modes(type::v1::CONSULTATION_MODE_AMB);
    opening.add_classes(type::v1::SLOT_CLASS_SNP);
    *opening.mutable_start_time() = base::ToTimestamp(clock_.Now() + start - ten);
    *opening.mutable_end_time() = base::ToTimestamp(clock_.Now() + end - ten);
    return Ask<v1::AgendaException>(&v1::PlanningService::Stub::CreateAgendaException, request);
  }

  v1::SessionPlan Plan(const std::string& name) {
    v1::SessionPlan found;
    EXPECT_THAT(store_.Read(Internal(),
                            [&](SlotsTransaction& transaction) -> absl::Status {
                              SAS_ASSIGN_OR_RETURN(auto plan, transaction.agendas().GetPlan(name));
                              found = plan.value_or(v1::SessionPlan());
                              return absl::OkStatus();
                            }),
                IsOk());
    found.clear_etag();
    return found;
  }

  /// The plan of the practice from 14:00 to 16:00, every working day.
  v1::SessionPlan Afternoon() {
    v1::SessionPlan plan = ThePlan(kMsp);
    plan.clear_etag();
    plan.set_name(std::string(kMsp) + "/plans/apres-midi");
    plan.set_agenda("apres-midi");
    plan.set_start_time_of_day("14:00");
    plan.set_end_time_of_day("16:00");
    plan.clear_room_id();
    plan.clear_practitioner();
    return plan;
  }

  absl::Status Put(const v1::SessionPlan& plan) {
    return Update(plan, "R-put" + std::to_string(++put_), Planner(), true).status();
  }

  /// A platform offers the doctor for a quarter of an hour at each start of this Tuesday.
  void Publish(const std::string& agenda, const std::string& doctor,
               const std::vector<minutes>& starts) {
    ASSERT_THAT(store_.Write(Internal(),
                             [&](SlotsTransaction& transaction) -> absl::Status {
                               FedAgenda fed;
                               fed.name = agenda;
                               fed.partner = "doctoplan";
                               fed.vouched = clock_.Now();
                               SAS_RETURN_IF_ERROR(transaction.partners().PutAgenda(fed));
                               for (const minutes start : starts) {
                                 SAS_RETURN_IF_ERROR(
                                     transaction.partners().PutSlot(agenda, Fed(doctor, start)));
                               }
                               return absl::OkStatus();
                             }),
                IsOk());
  }

  FedSlot Fed(const std::string& doctor, minutes start) const {
    const base::Instant at = clock_.Now() + start - minutes(10 * 60);
    FedSlot fed;
    fed.practitioner = doctor;
    fed.slot.set_external_id("x-" + std::to_string(start.count()));
    *fed.slot.mutable_start_time() = base::ToTimestamp(at);
    *fed.slot.mutable_end_time() = base::ToTimestamp(at + minutes(15));
    fed.slot.add_modes(type::v1::CONSULTATION_MODE_AMB);
    fed.slot.add_classes(type::v1::SLOT_CLASS_SNP);
    fed.slot.set_free_seats(1);
    return fed;
  }

  void Approve() {
    v1::Site site = TheSite();
    site.clear_etag();
    site.mutable_chaining_approval()->set_approval_date("2026-11-24");
    site.mutable_chaining_approval()->set_reference("ARS-1");
    ASSERT_THAT(Update(site, "R-approve"), IsOk());
  }

  int opened_ = 0;
  int put_ = 0;
};

constexpr minutes At(int hours, int more = 0) {
  return minutes(hours * 60 + more);
}

TEST_F(MeetingsTest, S0_16_APlanDoesNotTakeTheRoomOfAnOpening) {
  const auto opening = Open(kMsp, kChaillouet, At(15), At(16), "cabinet-1");
  ASSERT_THAT(opening, IsOk());
  v1::SessionPlan plan = Afternoon();
  plan.set_room_id("cabinet-1");
  const absl::Status refused = Put(plan);
  EXPECT_THAT(refused, StatusIs(StatusCode::kFailedPrecondition, "ROOM_TAKEN"));
  const auto detail = base::DetailOf(refused);
  ASSERT_EQ(detail.violations.size(), 1U);
  EXPECT_EQ(detail.violations[0].field, "session_plan");
  EXPECT_NE(detail.violations[0].description.find(opening->name()), std::string::npos);
  // From the next day on the room is free.
  plan.set_effective_start_date("2026-11-25");
  EXPECT_THAT(Put(plan), IsOk());
}

TEST_F(MeetingsTest, APlanDoesNotTakeWhoeverHoldsAnOpening) {
  ASSERT_THAT(Open(kCsnp, kGriselin, At(15), At(16)), IsOk());  // Of another site.
  v1::SessionPlan plan = Afternoon();
  EXPECT_THAT(Put(plan), IsOk());
  plan.set_practitioner(kGriselin);
  EXPECT_THAT(Put(plan), ReasonIs("PRACTITIONER_TAKEN"));
  plan.set_end_time_of_day("15:00");
  EXPECT_THAT(Put(plan), IsOk());
}

TEST_F(MeetingsTest, H22_APlanAtTheHoursOfAPlatformIsWrittenAndSaysSo) {
  const std::string agenda = "regions/fr-pdl/sites/cabinet-dunes/agendas/ligne";
  Publish(agenda, kGriselin, {At(14), At(15, 50), At(17)});
  Publish("regions/fr-pdl/sites/cabinet-dunes/agendas/autre", kChaillouet, {At(15)});
  v1::SessionPlan plan = Afternoon();
  const auto nobodys = Update(plan, "R-1", Planner(), true);
  ASSERT_THAT(nobodys, IsOk());
  EXPECT_EQ(nobodys->warnings_size(), 0);

  plan.set_practitioner(kGriselin);
  const auto written = Update(plan, "R-2");
  ASSERT_THAT(written, IsOk());
  ASSERT_EQ(written->warnings_size(), 1);
  for (const std::string& named :
       {plan.name(), std::string("doctoplan"), agenda, std::string("(2 à partir du 2026-11-24)")}) {
    EXPECT_THAT(written->warnings(0), ::testing::HasSubstr(named));
  }
  EXPECT_EQ(Plan(plan.name()).warnings_size(), 0) << "said when it is written, and not kept";
  const auto again = Update(plan, "R-2");
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->warnings_size(), 1);

  plan.set_start_time_of_day("14:15");
  plan.set_end_time_of_day("15:45");
  const auto between = Update(plan, "R-3");
  ASSERT_THAT(between, IsOk());
  EXPECT_EQ(between->warnings_size(), 0);
}

TEST_F(MeetingsTest, H22_NoPlanAndNoOpeningTakesTheAgendaOfAPlatform) {
  Publish(std::string(kMsp) + "/agendas/apres-midi", kChaillouet, {At(17)});
  Publish(std::string(kMsp) + "/agendas/renfort-1", kChaillouet, {At(17)});
  Publish(std::string(kMmg) + "/agendas/renfort-2", kChaillouet, {At(17)});
  const absl::Status refused = Put(Afternoon());
  EXPECT_THAT(refused, StatusIs(StatusCode::kInvalidArgument, "AGENDA_OF_PARTNER"));
  EXPECT_EQ(base::DetailOf(refused).violations.at(0).field, "session_plan.agenda");
  EXPECT_THAT(Open(kMsp, kChaillouet, At(15), At(16)), ReasonIs("AGENDA_OF_PARTNER"));
  EXPECT_THAT(Open(kMsp, kChaillouet, At(15), At(16)), IsOk())
      << "another site's agenda of that id";
}

TEST_F(MeetingsTest, H22_APlanOnAnAgendaThatAPlatformHasSinceCanBeEnded) {
  v1::SessionPlan plan = Afternoon();
  ASSERT_THAT(Put(plan), IsOk());
  Publish(std::string(kMsp) + "/agendas/apres-midi", kChaillouet, {At(17)});
  v1::SessionPlan second = plan;
  second.set_name(std::string(kMsp) + "/plans/soir");
  second.set_start_time_of_day("16:00");
  second.set_end_time_of_day("17:00");
  EXPECT_THAT(Put(second), ReasonIs("AGENDA_OF_PARTNER")) << "another plan takes it, too";
  plan.set_effective_end_date("2026-12-31");
  EXPECT_THAT(Put(plan), IsOk());
  plan.set_effective_end_date("2027-01-31");
  EXPECT_THAT(Put(plan), ReasonIs("AGENDA_OF_PARTNER"));
  plan.set_effective_end_date("2026-12-31");
  plan.set_effective_start_date("2020-01-01");
  EXPECT_THAT(Put(plan), ReasonIs("AGENDA_OF_PARTNER"));
  plan.set_agenda("apres-midi-2");
  EXPECT_THAT(Put(plan), IsOk());
}

TEST_F(MeetingsTest, H22_SlotsAreOpenedInNoAgendaOfAPlatformAndTellWhereTheirDoctorIsSold) {
  Publish(std::string(kMsp) + "/agendas/v-chaillouet", kChaillouet, {At(17)});
  v1::OpenSlotsRequest request;
  request.set_parent(kMsp);
  request.set_practitioner(kChaillouet);
  *request.mutable_start_time() = base::ToTimestamp(clock_.Now() + At(17) - At(10));
  request.set_slot_count(1);
  request.set_request_id("R-1");
  const auto open = [&] {
    return Ask<v1::OpenSlotsResponse>(&v1::PlanningService::Stub::OpenSlots, request);
  };
  EXPECT_THAT(open(), ReasonIs("AGENDA_OF_PARTNER")) << "his own, unless another is named";
  request.set_agenda("urgences");
  request.set_request_id("R-2");
  const auto opened = open();
  ASSERT_THAT(opened, IsOk());
  ASSERT_EQ(opened->warnings_size(), 1);
  EXPECT_THAT(opened->warnings(0), ::testing::HasSubstr("/agendas/v-chaillouet"));
  *request.mutable_start_time() = base::ToTimestamp(clock_.Now() + At(18) - At(10));
  request.set_request_id("R-3");
  const auto later = open();
  ASSERT_THAT(later, IsOk());
  EXPECT_EQ(later->warnings_size(), 0);
}

TEST_F(MeetingsTest, AnOpeningThatIsOverHoldsNothing) {
  ASSERT_THAT(Open(kMsp, kChaillouet, At(15), At(16), "cabinet-1"), IsOk());
  v1::SessionPlan plan = Afternoon();
  plan.set_room_id("cabinet-1");
  clock_.Advance(std::chrono::hours(6));
  EXPECT_THAT(Put(plan), IsOk());
}

TEST_F(MeetingsTest, S0_18_AnOpeningAtTheCsnpChainsOnlyWithApproval) {
  EXPECT_THAT(Open(kCsnp, kChaillouet, At(18, 30), At(19, 30)), IsOk());
  EXPECT_THAT(Open(kMsp, kGuerinel, At(17), At(17, 30)), IsOk());
  const auto refused = Open(kCsnp, kGuerinel, At(18, 30), At(19, 15));
  EXPECT_THAT(refused, StatusIs(StatusCode::kFailedPrecondition, "CHAINING_NOT_APPROVED"));
  EXPECT_THAT(Open(kCsnp, kGuerinel, At(17, 45), At(18, 45)), IsOk());  // Long before the MMG.
}

TEST_F(MeetingsTest, S0_18_AnOpeningAtTheMmgChainsOnlyWithApproval) {
  EXPECT_THAT(Open(kMmg, kQuelin, At(18), At(19)), ReasonIs("CHAINING_NOT_APPROVED"));
  Approve();
  EXPECT_THAT(Open(kMmg, kQuelin, At(18), At(19)), IsOk());
}

TEST_F(MeetingsTest, S0_18_APlanThatFollowsAnOpeningChainsOnlyWithApproval) {
  ASSERT_THAT(Open(kCsnp, kChaillouet, At(18, 30), At(19, 30)), IsOk());
  v1::SessionPlan evening = Plan(std::string(kMmg) + "/plans/soir-semaine-b");
  evening.set_practitioner(kChaillouet);
  EXPECT_THAT(Put(evening), ReasonIs("CHAINING_NOT_APPROVED"));
  Approve();
  EXPECT_THAT(Put(evening), IsOk());
}

}  // namespace
}  // namespace sas::slots
