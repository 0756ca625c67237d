#include <prometheus/registry.h>

#include "services/regulation/roles.h"
#include "tests/rpc/regulation/board_screen.h"
#include "tests/rpc/regulation/regulation_fixture.h"

// Shifts, presence, coverage, silence and surges.
namespace sas::regulation {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using ::testing::ElementsAre;
using testing::IsOk;
using testing::ReasonIs;
using ::testing::SizeIs;
using testing::StatusIs;
using Rosters = v1::RosterService::Stub;
using Kind = v1::RoomNotice;

class RosterTest : public RegulationTest {
 protected:
  // It is 10 h on a Tuesday in Paris.
  v1::PlanShiftRequest NewShift(const base::Actor& person, hours from = hours(0),
                                hours to = hours(8)) const {
    v1::PlanShiftRequest request;
    request.set_parent("regions/fr-pdl");
    v1::Shift& shift = *request.mutable_shift();
    shift.set_territory("85");
    shift.set_role(static_cast<sas::type::v1::Role>(person.role));
    shift.set_subject(person.subject);
    shift.set_place(v1::Shift::PLACE_CRRA);
    *shift.mutable_start_time() = ToTimestamp(clock_.Now() + from);
    *shift.mutable_end_time() = ToTimestamp(clock_.Now() + to);
    return request;
  }

  absl::StatusOr<v1::Shift> Plan(const v1::PlanShiftRequest& request) {
    return AskOn(rosters_, supervisor_, &Rosters::PlanShift, request);
  }

  v1::Shift Planned(const base::Actor& person, hours from = hours(0), hours to = hours(8)) {
    const auto shift = Plan(NewShift(person, from, to));
    EXPECT_THAT(shift, IsOk());
    return shift.value_or(v1::Shift());
  }

  absl::StatusOr<v1::Shift> SignIn(const base::Actor& actor, const v1::Shift& shift,
                                   bool second_line = false) {
    v1::SignInRequest request;
    request.set_name(shift.name());
    request.set_second_line_confirmed(second_line);
    return AskOn(rosters_, actor, &Rosters::SignIn, request);
  }

  absl::StatusOr<v1::SignOutResponse> SignOut(const base::Actor& actor, const v1::Shift& shift) {
    v1::SignOutRequest request;
    request.set_name(shift.name());
    return AskOn(rosters_, actor, &Rosters::SignOut, request);
  }

  void Look() {
    EXPECT_THAT(room_->Look(base::InternalCall("test", clock_, std::chrono::seconds(5))), IsOk());
  }

  v1::TerritoryCoverage Coverage(const base::Actor& actor, const std::string& territory = "85") {
    Look();
    v1::GetCoverageRequest request;
    request.set_parent("regions/fr-pdl");
    request.set_territory(territory);
    const auto coverage = AskOn(rosters_, actor, &Rosters::GetCoverage, request);
    EXPECT_THAT(coverage, IsOk());
    EXPECT_THAT(coverage->territories(), SizeIs(1));
    return coverage->territories_size() == 1 ? coverage->territories(0) : v1::TerritoryCoverage();
  }

  static const v1::QueueCoverage& Osnps(const v1::TerritoryCoverage& coverage) {
    return coverage.queues(1);
  }

  double Gauge(const std::string& name, const std::string& queue = "",
               const std::string& when = "") const {
    for (const auto& family : server_->metrics().registry().Collect()) {
      if (family.name != name) continue;
      for (const auto& metric : family.metric) {
        bool fits = true;
        for (const auto& label : metric.label) {
          if (label.name == "queue") fits = fits && label.value == queue;
          if (label.name == "when") fits = fits && label.value == when;
        }
        if (fits) return metric.gauge.value;
      }
    }
    return -1;
  }

  std::vector<int> NoticeKinds() {
    Look();
    std::vector<int> kinds;
    for (const auto& notice : room_->Notices("fr-pdl", {"85"})) kinds.push_back(notice.kind());
    return kinds;
  }

  absl::StatusOr<v1::Surge> Declare(const base::Actor& actor,
                                    const std::string& reason = "canicule") {
    v1::DeclareSurgeRequest request;
    request.set_parent("regions/fr-pdl");
    request.set_territory("85");
    request.set_reason(reason);
    return AskOn(rosters_, actor, &Rosters::DeclareSurge, request);
  }

  const base::Actor supervisor_ = testing::ActorWith(base::Role::kSupervisor, "sup-1");
  const base::Actor osnp2_ = testing::ActorWith(base::Role::kOsnp, "osnp-2");
};

TEST_F(RosterTest, H47_EveryMethodHasAPolicy) {
  rpc::RoleTable roles;
  AllowRosterMethods(roles);
  std::size_t methods = 0;
  for (const char* name : {"RosterService", "NeighbourService", "CoordinatorService"}) {
    const auto* service = google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(
        std::string("sas.regulation.v1.") + name);
    for (int i = 0; i < service->method_count(); ++i, ++methods) {
      const std::string method = "/" + service->full_name() + "/" + service->method(i)->name();
      ASSERT_TRUE(roles.Knows(method)) << method;
      for (const auto role : {base::Role::kUnspecified, base::Role::kPartner,
                              base::Role::kProfessional, base::Role::kService}) {
        EXPECT_FALSE(roles.Check(method, testing::ActorWith(role)).ok()) << method;
      }
    }
  }
  EXPECT_EQ(roles.entries().size(), methods);
  for (const char* method : {"PlanShift", "CancelShift", "ReplaceShift", "DeclareSurge"}) {
    EXPECT_FALSE(roles.Check(std::string("/sas.regulation.v1.RosterService/") + method, mru_).ok());
  }
}

TEST_F(RosterTest, S1_15_TwentyRegulatorsAndTwoOsnpWithTheirLoad) {
  for (int i = 0; i < 20; ++i) {
    const auto role = i % 2 == 0 ? base::Role::kRegulatorMg : base::Role::kRegulatorAmu;
    Planned(testing::ActorWith(role, "mr-" + std::to_string(i)), hours(i < 10 ? 0 : 8),
            hours(i < 10 ? 8 : 16));
  }
  const v1::Shift first = Planned(osnp_);
  Planned(osnp2_, hours(0), hours(7));
  ASSERT_THAT(SignIn(osnp_, first), IsOk());
  // One of them regulates and orders; the OSNP takes the order.
  const base::Actor mr = testing::ActorWith(base::Role::kRegulatorMg, "mr-4");
  const std::string dossier = Prioritized(v1::PRIORITY_P2).name();
  ASSERT_THAT(Claim(mr, dossier), IsOk());
  const v1::CareOrder order = Ordered();
  ASSERT_THAT(ClaimOrder(osnp_, order.name()), IsOk());

  const v1::TerritoryCoverage seen = Coverage(supervisor_);
  EXPECT_EQ(seen.queues(0).queue(), v1::ROSTER_QUEUE_REGULATION);
  EXPECT_EQ(seen.queues(0).on_shift_count(), 10);
  EXPECT_EQ(seen.queues(0).present_count(), 1);  // mr-4, by his act.
  EXPECT_EQ(seen.queues(0).state(), v1::QueueCoverage::STATE_COVERED);
  EXPECT_EQ(Osnps(seen).on_shift_count(), 2);
  EXPECT_EQ(Osnps(seen).present_count(), 1);
  EXPECT_EQ(seen.queues(2).state(), v1::QueueCoverage::STATE_NOT_REQUIRED);
  for (const v1::PersonCoverage& person : seen.queues(0).people()) {
    const bool busy = person.subject() == "mr-4";
    EXPECT_EQ(person.present(), busy) << person.subject();
    EXPECT_EQ(person.load().claim_count(), busy ? 1 : 0) << person.subject();
    EXPECT_EQ(person.load().act_count(), busy ? 1 : 0) << person.subject();
    EXPECT_EQ(person.load().has_last_act_time(), busy);
  }
  for (const v1::PersonCoverage& person : Osnps(seen).people()) {
    const bool busy = person.subject() == "osnp-1";
    EXPECT_EQ(person.load().claim_count(), busy ? 1 : 0);
    EXPECT_EQ(person.present(), busy);
  }
  EXPECT_EQ(Gauge("sas_regulation_roster_on_shift", "REGULATION"), 10);
  EXPECT_EQ(Gauge("sas_regulation_roster_present", "OSNP"), 1);
}

TEST_F(RosterTest, H51_TheLoadOfOthersIsForTheSupervisorAlone) {
  Planned(mrl_);
  Planned(mru_);
  const v1::TerritoryCoverage seen = Coverage(mrl_);
  ASSERT_THAT(seen.queues(0).people(), SizeIs(2));
  for (const v1::PersonCoverage& person : seen.queues(0).people()) {
    EXPECT_EQ(person.has_load(), person.subject() == "mrl-1");
  }
  const auto operations = Coverage(testing::ActorWith(base::Role::kOperations));
  EXPECT_EQ(operations.queues(0).on_shift_count(), 2);
  EXPECT_THAT(operations.queues(0).people(), SizeIs(0));
}

TEST_F(RosterTest, S1_15_H15_NoOsnpOnShiftIsAnAlarmOnTheBoardAndTheMetric) {
  Planned(mrl_);
  EXPECT_EQ(Osnps(Coverage(arm_)).state(), v1::QueueCoverage::STATE_NOBODY_ON_SHIFT);
  EXPECT_EQ(Gauge("sas_regulation_roster_uncovered", "OSNP", "now"), 1);
  EXPECT_EQ(Gauge("sas_regulation_roster_uncovered", "REGULATION", "now"), 0);
  EXPECT_THAT(NoticeKinds(), ElementsAre(Kind::KIND_NOBODY_ON_SHIFT));
  auto screen = OpenBoard(*server_, arm_, BoardOf("85"));
  ASSERT_TRUE(screen->Next());
  ASSERT_THAT(screen->counts.notices(), SizeIs(1));
  EXPECT_EQ(screen->counts.notices(0).queue(), "OSNP");
  EXPECT_EQ(screen->counts.notices(0).territory(), "85");
  screen->Leave();
  auto elsewhere = OpenBoard(*server_, arm_, BoardOf("44"));
  ASSERT_TRUE(elsewhere->Next());
  EXPECT_THAT(elsewhere->counts.notices(), SizeIs(0));
  elsewhere->Leave();

  const v1::Shift shift = Planned(osnp_, hours(0), hours(2));
  EXPECT_EQ(Osnps(Coverage(arm_)).state(), v1::QueueCoverage::STATE_COVERED);
  EXPECT_EQ(Gauge("sas_regulation_roster_uncovered", "OSNP", "now"), 0);
  clock_.Advance(minutes(11));
  EXPECT_EQ(Osnps(Coverage(arm_)).state(), v1::QueueCoverage::STATE_NOBODY_PRESENT);
  EXPECT_EQ(Gauge("sas_regulation_roster_uncovered", "OSNP", "absent"), 1);
  ASSERT_THAT(SignIn(osnp_, shift), IsOk());
  EXPECT_EQ(Osnps(Coverage(arm_)).state(), v1::QueueCoverage::STATE_COVERED);
  clock_.Advance(minutes(85));
  const v1::TerritoryCoverage soon = Coverage(arm_);
  EXPECT_EQ(Osnps(soon).state(), v1::QueueCoverage::STATE_NOBODY_SOON);
  EXPECT_EQ(Osnps(soon).gap_time().seconds() / 60, shift.end_time().seconds() / 60);
  EXPECT_EQ(Gauge("sas_regulation_roster_uncovered", "OSNP", "soon"), 1);
}

TEST_F(RosterTest, S1_15_AShiftIsPlannedReplacedAndTakenBack) {
  const v1::Shift shift = Planned(osnp_, hours(1), hours(8));
  EXPECT_EQ(shift.state(), v1::Shift::STATE_PLANNED);
  EXPECT_EQ(shift.planned_by().subject(), "sup-1");
  EXPECT_THAT(Plan(NewShift(osnp_, hours(7), hours(9))),
              StatusIs(absl::StatusCode::kFailedPrecondition, "SHIFT_OVERLAPS"));
  v1::ReplaceShiftRequest replace;
  replace.set_name(shift.name());
  replace.set_subject("osnp-2");
  replace.set_place(v1::Shift::PLACE_REMOTE);
  replace.set_reason("malade");
  EXPECT_THAT(AskOn(rosters_, supervisor_, &Rosters::ReplaceShift, replace),
              ReasonIs("ETAG_REQUIRED"));
  replace.set_etag("\"9\"");
  EXPECT_THAT(AskOn(rosters_, supervisor_, &Rosters::ReplaceShift, replace),
              StatusIs(absl::StatusCode::kAborted, "ETAG_MISMATCH"));
  replace.set_etag(shift.etag());
  replace.set_subject("osnp-1");
  EXPECT_THAT(AskOn(rosters_, supervisor_, &Rosters::ReplaceShift, replace),
              ReasonIs("SAME_PERSON"));
  replace.set_subject("osnp-2");
  *replace.mutable_from_time() = ToTimestamp(clock_.Now() + hours(4));
  const auto taken = AskOn(rosters_, supervisor_, &Rosters::ReplaceShift, replace);
  ASSERT_THAT(taken, IsOk());
  EXPECT_EQ(taken->subject(), "osnp-2");
  EXPECT_EQ(taken->end_time().seconds(), shift.end_time().seconds());

  v1::ListShiftsRequest list;
  list.set_parent("regions/fr-pdl");
  *list.mutable_start_time() = ToTimestamp(clock_.Now());
  *list.mutable_end_time() = ToTimestamp(clock_.Now() + hours(24));
  list.set_page_size(1);
  const auto page = AskOn(rosters_, osnp_, &Rosters::ListShifts, list);
  ASSERT_THAT(page, IsOk());
  EXPECT_EQ(page->shifts(0).end_time().seconds(), taken->start_time().seconds());
  EXPECT_EQ(page->shifts(0).replaced_by(), taken->name());
  list.set_page_token(page->next_page_token());
  const auto rest = AskOn(rosters_, osnp_, &Rosters::ListShifts, list);
  ASSERT_THAT(rest, IsOk());
  EXPECT_EQ(rest->shifts(0).name(), taken->name());
  EXPECT_EQ(rest->next_page_token(), "");
  list.clear_page_token();
  *list.mutable_end_time() = ToTimestamp(clock_.Now() + hours(24 * 32));
  EXPECT_THAT(AskOn(rosters_, osnp_, &Rosters::ListShifts, list), ReasonIs("INVALID_PERIOD"));

  v1::CancelShiftRequest cancel;
  cancel.set_name(taken->name());
  cancel.set_etag(taken->etag());
  cancel.set_reason("grève");
  const auto cancelled = AskOn(rosters_, supervisor_, &Rosters::CancelShift, cancel);
  ASSERT_THAT(cancelled, IsOk());
  EXPECT_EQ(cancelled->state(), v1::Shift::STATE_CANCELLED);
  cancel.set_etag(cancelled->etag());
  EXPECT_THAT(AskOn(rosters_, supervisor_, &Rosters::CancelShift, cancel),
              ReasonIs("SHIFT_STATE_FORBIDS"));
  EXPECT_THAT(SignIn(osnp2_, *taken, true), ReasonIs("SHIFT_STATE_FORBIDS"));
  EXPECT_THAT(EventTypes(),
              ElementsAre("shift.planned", "shift.planned", "shift.replaced", "shift.cancelled"));
}

TEST_F(RosterTest, AShiftThatCannotBeIsRefused) {
  const auto refused = [&](const auto& change) {
    v1::PlanShiftRequest request = NewShift(osnp_);
    change(*request.mutable_shift());
    return base::ReasonOf(Plan(request).status());
  };
  EXPECT_EQ(refused([](v1::Shift& s) { s.set_role(sas::type::v1::ROLE_PLANNER); }), "SHIFT_ROLE");
  EXPECT_EQ(refused([](v1::Shift& s) { s.clear_subject(); }), "TEXT_REQUIRED");
  EXPECT_EQ(refused([](v1::Shift& s) { s.clear_place(); }), "SHIFT_PLACE_REQUIRED");
  EXPECT_EQ(refused([](v1::Shift& s) { s.add_languages("arabe"); }), "INVALID_LANGUAGE");
  EXPECT_EQ(refused([](v1::Shift& s) { s.add_skills(v1::Shift::SKILL_UNSPECIFIED); }),
            "SKILL_REQUIRED");
  EXPECT_EQ(refused([](v1::Shift& s) { s.set_territory("99"); }), "INVALID_TERRITORY");
  EXPECT_EQ(refused([](v1::Shift& s) { s.set_etag("\"1\""); }), "OUTPUT_ONLY_FIELD");
  EXPECT_EQ(refused([](v1::Shift& s) { *s.mutable_end_time() = s.start_time(); }), "SHIFT_TIMES");
  EXPECT_EQ(refused([](v1::Shift& s) {
              for (int i = 0; i < 11; ++i) s.add_languages("ar");
            }),
            "TOO_MANY_ITEMS");
  base::Actor other = supervisor_;
  other.territories = {"44"};
  EXPECT_THAT(AskOn(rosters_, other, &Rosters::PlanShift, NewShift(osnp_)),
              ReasonIs("TERRITORY_FORBIDDEN"));
}

TEST_F(RosterTest, APersonSignsInHimselfAndAtHomeWithASecondLine) {
  v1::PlanShiftRequest request = NewShift(mrl_);
  request.mutable_shift()->set_place(v1::Shift::PLACE_REMOTE);
  const auto shift = Plan(request);
  ASSERT_THAT(shift, IsOk());
  EXPECT_THAT(SignIn(mru_, *shift), StatusIs(absl::StatusCode::kPermissionDenied, "NOT_OWN_SHIFT"));
  EXPECT_THAT(SignIn(mrl_, *shift), ReasonIs("SECOND_LINE_REQUIRED"));
  EXPECT_THAT(SignOut(mrl_, *shift), ReasonIs("NOT_SIGNED_IN"));
  const auto there = SignIn(mrl_, *shift, true);
  ASSERT_THAT(there, IsOk());
  EXPECT_EQ(there->state(), v1::Shift::STATE_SIGNED_IN);
  EXPECT_EQ(SignIn(mrl_, *shift, true)->etag(), there->etag());  // Again changes nothing.
  EXPECT_EQ(Coverage(supervisor_).queues(0).people(0).place(), v1::Shift::PLACE_REMOTE);
  ASSERT_THAT(SignOut(supervisor_, *shift), IsOk());
  const auto back = SignIn(mrl_, *shift, true);
  ASSERT_THAT(back, IsOk());
  EXPECT_EQ(back->sign_in_time().seconds(), there->sign_in_time().seconds());
  clock_.Advance(hours(9));
  EXPECT_THAT(SignIn(mrl_, *shift, true), ReasonIs("SHIFT_NOT_NOW"));
}

TEST_F(RosterTest, H11_H15_WhoLeavesHandsBackWhatHeHasAndIsToldWhatIsOpen) {
  const v1::Shift regulator = Planned(mrl_);
  const v1::Shift operator_shift = Planned(osnp_);
  Planned(osnp2_);
  ASSERT_THAT(SignIn(mrl_, regulator), IsOk());
  ASSERT_THAT(SignIn(osnp_, operator_shift), IsOk());
  const v1::CareOrder mine = Ordered();
  Ordered();
  ASSERT_THAT(ClaimOrder(osnp_, mine.name()), IsOk());
  const std::string dossier = Prioritized(v1::PRIORITY_P2).name();
  ASSERT_THAT(Claim(mrl_, dossier), IsOk());
  const auto waits_since = Get(dossier).wait_start_time();

  const auto left = SignOut(osnp_, operator_shift);
  ASSERT_THAT(left, IsOk());
  EXPECT_THAT(left->released_orders(), ElementsAre(mine.name()));
  EXPECT_EQ(left->unclaimed_order_count(), 2);
  EXPECT_EQ(left->staying_count(), 1);
  EXPECT_THAT(ClaimOrder(osnp2_, mine.name()), IsOk());

  const auto gone = SignOut(mrl_, regulator);
  ASSERT_THAT(gone, IsOk());
  EXPECT_THAT(gone->released_cases(), ::testing::Contains(dossier));
  EXPECT_EQ(gone->staying_count(), 0);
  EXPECT_FALSE(Get(dossier).has_claim());
  EXPECT_EQ(Get(dossier).wait_start_time().seconds(), waits_since.seconds());
  EXPECT_THAT(Claim(mru_, dossier), IsOk());
}

TEST_F(RosterTest, H43_SilenceIsToldAndNotBeforeItWasListenedFor) {
  Planned(mrl_);
  Planned(osnp_);
  EXPECT_EQ(Coverage(arm_).call_rate().state(), v1::CallRate::STATE_STARTING);
  EXPECT_EQ(Gauge("sas_regulation_call_watch"), 0);
  for (int i = 0; i < 30; ++i) {  // Each opened dossier takes a second.
    clock_.Advance(std::chrono::seconds(9));
    Open();
    if (i % 5 == 0) Look();
  }
  clock_.Advance(std::chrono::seconds(10));
  const v1::TerritoryCoverage busy = Coverage(arm_);
  EXPECT_EQ(busy.call_rate().state(), v1::CallRate::STATE_NORMAL);
  EXPECT_EQ(busy.call_rate().window_minutes(), 5);
  EXPECT_EQ(busy.call_rate().expected_low(), 10);
  EXPECT_EQ(Gauge("sas_regulation_call_watch"), 1);
  EXPECT_EQ(Gauge("sas_regulation_call_silence"), 0);
  for (int i = 0; i < 30; ++i) {  // The telephone is cut: within 5 min it is told.
    clock_.Advance(std::chrono::seconds(10));
    Look();
  }
  EXPECT_EQ(Coverage(arm_).call_rate().state(), v1::CallRate::STATE_SILENT);
  EXPECT_EQ(Gauge("sas_regulation_call_silence"), 1);
  EXPECT_THAT(NoticeKinds(), ::testing::Contains(Kind::KIND_CALLS_SILENT));
  // A minute without a look is a minute without ears: nothing is judged before it was heard anew.
  clock_.Advance(minutes(2));
  EXPECT_EQ(Coverage(arm_).call_rate().state(), v1::CallRate::STATE_STARTING);
  EXPECT_EQ(Gauge("sas_regulation_call_silence"), 0);
}

TEST_F(RosterTest, H41_ASurgeIsShownLiftsTheSplitAndShedsReports) {
  v1::QueryKpisRequest kpis;
  kpis.set_parent("regions/fr-pdl");
  *kpis.mutable_start_time() = ToTimestamp(clock_.Now() - hours(1));
  *kpis.mutable_end_time() = ToTimestamp(clock_.Now());
  const auto reports = v1::KpiService::NewStub(server_->Channel());
  const auto ask = [&] {
    return AskOn(reports, supervisor_, &v1::KpiService::Stub::QueryKpis, kpis);
  };
  const std::string urgent = Open().name();
  ASSERT_THAT(Prioritize(arm_, urgent, v1::PRIORITY_P1, sas::type::v1::FILIERE_AMU), IsOk());
  const std::string ordinary = Prioritized(v1::PRIORITY_P2).name();
  v1::ClaimNextRegulationCaseRequest next;
  next.set_parent("regions/fr-pdl");
  next.set_territory("85");
  EXPECT_THAT(ask(), IsOk());
  EXPECT_THAT(Declare(mru_), ReasonIs("ROLE_FORBIDDEN"));
  EXPECT_THAT(Declare(supervisor_, ""), ReasonIs("TEXT_REQUIRED"));
  const auto surge = Declare(supervisor_);
  ASSERT_THAT(surge, IsOk());
  EXPECT_EQ(surge->until_time().seconds() - surge->declare_time().seconds(), 4 * 3600);
  EXPECT_THAT(Declare(supervisor_), ReasonIs("SURGE_DECLARED"));
  EXPECT_EQ(Coverage(osnp_).surge().reason(), "canicule");
  EXPECT_THAT(NoticeKinds(), ElementsAre(Kind::KIND_SURGE));
  EXPECT_EQ(Gauge("sas_regulation_surges"), 1);
  EXPECT_THAT(ask(), StatusIs(absl::StatusCode::kResourceExhausted, "SURGE_SHED"));
  EXPECT_THAT(Ask(arm_, &Stub::GetBoard,
                  [] {
                    v1::GetBoardRequest request;
                    request.set_parent("regions/fr-pdl");
                    return request;
                  }()),
              IsOk());
  // The general practitioner is given the P1 of the other chain: the order of bands stays.
  EXPECT_EQ(Ask(mrl_, &Stub::ClaimNextRegulationCase, next)->name(), urgent);
  EXPECT_EQ(Ask(mrl_, &Stub::ClaimNextRegulationCase, next)->name(), ordinary);

  v1::EndSurgeRequest end;
  end.set_name(surge->name());
  ASSERT_THAT(AskOn(rosters_, supervisor_, &Rosters::EndSurge, end), IsOk());
  EXPECT_THAT(AskOn(rosters_, supervisor_, &Rosters::EndSurge, end), ReasonIs("NO_SURGE"));
  Look();
  EXPECT_THAT(ask(), IsOk());
  ASSERT_THAT(Declare(supervisor_), IsOk());
  clock_.Advance(hours(4));  // It ends by itself.
  Look();
  EXPECT_THAT(ask(), IsOk());
  EXPECT_THAT(room_->Notices("fr-pdl", {}), SizeIs(0));
}

TEST_F(RosterTest, WithoutASurgeARegulatorIsGivenHisOwnChain) {
  const std::string urgent = Open().name();
  ASSERT_THAT(Prioritize(arm_, urgent, v1::PRIORITY_P1, sas::type::v1::FILIERE_AMU), IsOk());
  const std::string ordinary = Prioritized(v1::PRIORITY_P2).name();
  v1::ClaimNextRegulationCaseRequest next;
  next.set_parent("regions/fr-pdl");
  next.set_territory("85");
  EXPECT_EQ(Ask(mrl_, &Stub::ClaimNextRegulationCase, next)->name(), ordinary);
}

// A surge in one territory lifts the split there, for whoever works in several or in all.
TEST_F(RosterTest, H41_OfSeveralTerritoriesTheSplitIsLiftedWhereTheSurgeLasts) {
  const auto waiting = [&](const std::string& territory, sas::type::v1::Filiere chain,
                           v1::Priority priority) {
    auto request = NewCase();
    request.mutable_regulation_case()->set_territory(territory);
    request.mutable_regulation_case()->mutable_patient_place()->set_insee_code(territory + "047");
    const std::string name = Ask(arm_, &Stub::CreateRegulationCase, request)->name();
    EXPECT_THAT(Prioritize(arm_, name, priority, chain), IsOk());
    return name;
  };
  ASSERT_THAT(Declare(supervisor_), IsOk());  // In 85.
  base::Actor both = mrl_;
  both.territories = {"85", "44"};
  v1::ClaimNextRegulationCaseRequest next;
  next.set_parent("regions/fr-pdl");
  for (const base::Actor& doctor : {mrl_, both}) {  // Without territories: all.
    const std::string elsewhere = waiting("44", sas::type::v1::FILIERE_AMU, v1::PRIORITY_P1);
    const std::string urgent = waiting("85", sas::type::v1::FILIERE_AMU, v1::PRIORITY_P1);
    const std::string own = waiting("44", sas::type::v1::FILIERE_SNP, v1::PRIORITY_P2);
    EXPECT_EQ(Ask(doctor, &Stub::ClaimNextRegulationCase, next)->name(), urgent);
    EXPECT_EQ(Ask(doctor, &Stub::ClaimNextRegulationCase, next)->name(), own);
    EXPECT_THAT(Ask(doctor, &Stub::ClaimNextRegulationCase, next), ReasonIs("QUEUE_EMPTY"));
    EXPECT_THAT(Claim(mru_, elsewhere), IsOk());
  }
}

TEST_F(RosterTest, H42_EventsOfTheRosterLeaveTheBoardAlive) {
  const std::string dossier = Prioritized(v1::PRIORITY_P2).name();
  auto screen = OpenBoard(*server_, arm_, BoardOf("85"));
  ASSERT_TRUE(screen->NextUntil([&] { return screen->Shows(dossier); }));
  Planned(osnp_);
  const std::string later = Prioritized(v1::PRIORITY_P2).name();
  EXPECT_TRUE(screen->NextUntil([&] { return screen->Shows(later); }));
  screen->Leave();
}

}  // namespace
}  // namespace sas::regulation
