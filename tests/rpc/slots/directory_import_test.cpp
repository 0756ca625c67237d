#include "common/base/timestamp.h"
#include "sas/events/v1/event.pb.h"
#include "tests/rpc/slots/directory_fixture.h"

namespace sas::slots {
namespace {

using absl::StatusCode;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

TEST_F(DirectoryTest, ImportsAndTellsWhatItWrote) {
  const auto answer = Import(SoundTerritory());
  ASSERT_THAT(answer, IsOk());
  EXPECT_EQ(answer->commune_count(), 1);
  EXPECT_EQ(answer->structure_count(), 2);
  EXPECT_EQ(answer->practitioner_count(), 2);
  EXPECT_EQ(answer->site_count(), 1);
  EXPECT_EQ(answer->session_plan_count(), 1);
  EXPECT_EQ(answer->slot_count(), 8 * 15);  // Fifteen working days within three weeks.
  EXPECT_THAT(answer->warnings(), IsEmpty());
  EXPECT_EQ(changes_, (std::vector<std::string>{"fr-pdl"}));
}

TEST_F(DirectoryTest, LeavesOneAuditRecordAndOneEvent) {
  ASSERT_THAT(Import(SoundTerritory()), IsOk());
  const auto audit = store_.ledger().audit();
  ASSERT_EQ(audit.size(), 1U);
  EXPECT_EQ(audit[0].entry.action, "ImportTerritory");
  EXPECT_EQ(audit[0].entry.subject, "regions/fr-pdl");
  EXPECT_EQ(audit[0].entry.detail, "sites=1,plans=1,practitioners=2");
  const auto events = *store_.feed().Read(base::Call{}, "", "", 10);
  ASSERT_EQ(events.size(), 1U);
  events::v1::Event event;
  ASSERT_TRUE(event.ParseFromString(events[0].payload));
  EXPECT_EQ(event.type(), "territory.imported");
  EXPECT_EQ(event.region(), "fr-pdl");
  EXPECT_EQ(event.territory(), "85");
  EXPECT_EQ(event.territory_change().site_count(), 1);
  EXPECT_EQ(event.territory_change().session_plan_count(), 1);
}

TEST_F(DirectoryTest, RepeatGetsTheFirstAnswerAndAnotherBodyIsRefused) {
  const auto first = Import(SoundTerritory());
  ASSERT_THAT(first, IsOk());
  const auto again = Import(SoundTerritory());
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->SerializeAsString(), first->SerializeAsString());
  EXPECT_EQ(store_.ledger().audit().size(), 1U);
  v1::Territory other = SoundTerritory();
  other.mutable_sites(0)->set_display_name("Autre");
  EXPECT_THAT(Import(other), StatusIs(StatusCode::kInvalidArgument, "REQUEST_ID_REUSED"));
}

TEST_F(DirectoryTest, ValidateOnlyWritesNothing) {
  auto request = Request(SoundTerritory());
  request.set_validate_only(true);
  const auto answer = Import(request);
  ASSERT_THAT(answer, IsOk());
  EXPECT_EQ(answer->slot_count(), 8 * 15);
  EXPECT_EQ(SiteCount(), 0);
  EXPECT_THAT(store_.ledger().audit(), IsEmpty());
  EXPECT_TRUE(changes_.empty());
  request.mutable_territory()->mutable_sites(0)->set_finess("330781197");
  EXPECT_THAT(Import(request), ReasonIs("INVALID_FINESS"));
}

TEST_F(DirectoryTest, EtagFollowsTheContent) {
  ASSERT_THAT(Import(SoundTerritory(), "r1"), IsOk());
  v1::GetSiteRequest get;
  get.set_name("regions/fr-pdl/sites/csnp");
  const auto site = [&] { return *Ask(&v1::DirectoryService::Stub::GetSite, get); };
  EXPECT_EQ(site().etag(), "\"1\"");
  EXPECT_EQ(site().confirm_time().seconds(), clock_.Now().time_since_epoch().count() / 1'000'000);
  EXPECT_EQ(site().place().commune(), "Challans");
  clock_.Advance(std::chrono::hours(1));
  ASSERT_THAT(Import(SoundTerritory(), "r2"), IsOk());
  EXPECT_EQ(site().etag(), "\"1\"");  // Confirmed, not changed.
  EXPECT_EQ(site().confirm_time().seconds(), clock_.Now().time_since_epoch().count() / 1'000'000);
  v1::Territory changed = SoundTerritory();
  changed.mutable_sites(0)->set_directions("Porte B");
  changed.mutable_sites(0)->set_etag("\"99\"");  // The server's matter.
  ASSERT_THAT(Import(changed, "r3"), IsOk());
  EXPECT_EQ(site().etag(), "\"2\"");
}

TEST_F(DirectoryTest, WhatTheFileDoesNotNameStays) {
  ASSERT_THAT(Import(SoundTerritory(), "r1"), IsOk());
  v1::Territory more;
  *more.add_session_plans() = SoundTerritory().session_plans(0);
  more.mutable_session_plans(0)->set_name("regions/fr-pdl/sites/csnp/plans/midi");
  more.mutable_session_plans(0)->set_start_time_of_day("12:00");
  more.mutable_session_plans(0)->set_end_time_of_day("13:00");
  const auto answer = Import(more, "r2");  // Site, room and doctor are in the directory.
  ASSERT_THAT(answer, IsOk());
  EXPECT_EQ(answer->site_count(), 0);
  EXPECT_EQ(answer->slot_count(), 4 * 15);
  EXPECT_EQ(SiteCount(), 1);
}

// A plan of the file may also collide with one that the file does not name.
TEST_F(DirectoryTest, S0_16_RoomTakenByAPlanOfTheDirectory) {
  ASSERT_THAT(Import(SoundTerritory(), "r1"), IsOk());
  v1::Territory more;
  v1::SessionPlan& plan = *more.add_session_plans();
  plan = SoundTerritory().session_plans(0);
  plan.set_name("regions/fr-pdl/sites/csnp/plans/autre");
  plan.set_agenda("autre");
  plan.set_practitioner("regions/fr-pdl/practitioners/b");
  plan.set_start_time_of_day("19:00");
  const auto refused = Import(more, "r2");
  EXPECT_THAT(refused, StatusIs(StatusCode::kFailedPrecondition, "ROOM_TAKEN"));
  const auto detail = base::DetailOf(refused.status());
  ASSERT_EQ(detail.violations.size(), 1U);
  EXPECT_EQ(detail.violations[0].field, "territory.session_plans[0]");
  EXPECT_THAT(detail.violations[0].description, HasSubstr("plans/soir"));
  plan.set_room_id("box-2");
  EXPECT_THAT(Import(more, "r2"), IsOk());
}

/// An opening of this Tuesday in the CSNP of SoundTerritory, 15:00 to 16:00.
v1::AgendaException Opening(const testing::FakeClock& clock) {
  v1::AgendaException opening;
  opening.set_name("regions/fr-pdl/sites/csnp/exceptions/x1");
  opening.set_kind(v1::AgendaException::KIND_OPENING);
  opening.set_agenda("renfort");
  opening.set_practitioner("regions/fr-pdl/practitioners/b");
  opening.set_room_id("box-2");
  opening.set_slot_minutes(15);
  *opening.mutable_start_time() = base::ToTimestamp(clock.Now() + std::chrono::hours(5));
  *opening.mutable_end_time() = base::ToTimestamp(clock.Now() + std::chrono::hours(6));
  return opening;
}

TEST_F(DirectoryTest, S0_16_RoomAndPractitionerTakenByAnOpening) {
  ASSERT_THAT(Import(SoundTerritory(), "r1"), IsOk());
  const base::Call internal = base::InternalCall("test", clock_, std::chrono::seconds(30));
  ASSERT_THAT(store_.Write(internal,
                           [&](SlotsTransaction& transaction) {
                             return transaction.agendas().PutException(Opening(clock_));
                           }),
              IsOk());
  v1::Territory more;
  v1::SessionPlan& plan = *more.add_session_plans();
  plan = SoundTerritory().session_plans(0);
  plan.set_name("regions/fr-pdl/sites/csnp/plans/autre");
  plan.set_agenda("autre");
  plan.set_room_id("box-2");
  plan.set_start_time_of_day("15:30");
  plan.set_end_time_of_day("17:00");
  const auto refused = Import(more, "r2");
  EXPECT_THAT(refused, StatusIs(StatusCode::kFailedPrecondition, "ROOM_TAKEN"));
  const auto detail = base::DetailOf(refused.status());
  ASSERT_EQ(detail.violations.size(), 1U);
  EXPECT_EQ(detail.violations[0].field, "territory.session_plans[0]");
  EXPECT_THAT(detail.violations[0].description, HasSubstr("exceptions/x1"));
  plan.set_room_id("box-1");
  EXPECT_THAT(Import(more, "r2"), IsOk());
  plan.set_practitioner("regions/fr-pdl/practitioners/b");
  EXPECT_THAT(Import(more, "r3"), ReasonIs("PRACTITIONER_TAKEN"));
  plan.set_start_time_of_day("16:00");
  EXPECT_THAT(Import(more, "r3"), IsOk());
}

// Licence, motifs and cap of a practitioner follow him to wherever he has slots.
TEST_F(DirectoryTest, APractitionerOfTheFileTouchesTheSitesOfHisOpeningsAndPlatforms) {
  ASSERT_THAT(Import(SoundTerritory(), "r1"), IsOk());
  const base::Call internal = base::InternalCall("test", clock_, std::chrono::seconds(30));
  std::int64_t version = 0;
  ASSERT_THAT(
      store_.Write(internal,
                   [&](SlotsTransaction& transaction) -> absl::Status {
                     SAS_ASSIGN_OR_RETURN(const auto region, transaction.GetRegion("fr-pdl"));
                     version = region.directory;
                     SAS_RETURN_IF_ERROR(transaction.agendas().PutException(Opening(clock_)));
                     FedSlot fed;
                     *fed.slot.mutable_start_time() = Opening(clock_).start_time();
                     fed.practitioner = "regions/fr-pdl/practitioners/b";
                     return transaction.partners().PutSlot(
                         "regions/fr-pdl/sites/msp/agendas/doctoplan", fed);
                   }),
      IsOk());
  v1::Territory more;
  *more.add_practitioners() = SoundTerritory().practitioners(1);
  ASSERT_THAT(Import(more, "r2"), IsOk());
  SiteChanges changes;
  ASSERT_THAT(store_.Read(internal,
                          [&](SlotsTransaction& transaction) -> absl::Status {
                            SAS_ASSIGN_OR_RETURN(changes,
                                                 transaction.ListSiteChanges("fr-pdl", version));
                            return absl::OkStatus();
                          }),
              IsOk());
  EXPECT_THAT(changes.sites,
              UnorderedElementsAre("regions/fr-pdl/sites/csnp", "regions/fr-pdl/sites/msp"));
}

TEST_F(DirectoryTest, OnePractitionerInTwoPlaces) {
  v1::Territory territory = SoundTerritory();
  v1::SessionPlan& plan = *territory.add_session_plans();
  plan = territory.session_plans(0);
  plan.set_name("regions/fr-pdl/sites/csnp/plans/autre");
  plan.set_agenda("autre");
  plan.set_room_id("box-2");
  EXPECT_THAT(Import(territory), ReasonIs("PRACTITIONER_TAKEN"));
}

TEST_F(DirectoryTest, S0_03_NoSessionInsidePdsaHours) {
  v1::Territory territory = SoundTerritory();
  territory.mutable_session_plans(0)->set_end_time_of_day("20:30");
  const auto refused = Import(territory);
  EXPECT_THAT(refused, StatusIs(StatusCode::kFailedPrecondition, "SESSION_IN_PDSA_HOURS"));
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("20:00 to 08:00"));
  EXPECT_EQ(SiteCount(), 0);
  territory.mutable_session_plans(0)->set_pdsa_hours(true);  // A CSNP may not say so.
  EXPECT_THAT(Import(territory), ReasonIs("SESSION_IN_PDSA_HOURS"));
  territory.mutable_sites(0)->set_kind(v1::Structure::KIND_MMG);
  EXPECT_THAT(Import(territory), IsOk());
}

TEST_F(DirectoryTest, S4_04_SessionWarnsWithoutDoctorOrSecretary) {
  v1::Territory territory = SoundTerritory();
  v1::SessionPlan& plan = *territory.mutable_session_plans(0);
  // Retired and salaried, remplaçant, libéral: each of them may hold it.
  for (const auto status :
       {v1::Practitioner::STATUS_SALARIE_RETRAITE, v1::Practitioner::STATUS_REMPLACANT,
        v1::Practitioner::STATUS_TITULAIRE}) {
    territory.mutable_practitioners(0)->set_status(status);
    territory.mutable_practitioners(0)->set_licence_end_date("2027-12-31");
    const auto answer = Import(territory, "status-" + std::to_string(status));
    ASSERT_THAT(answer, IsOk());
    EXPECT_THAT(answer->warnings(), IsEmpty());
  }
  plan.clear_secretary();
  const auto alone = Import(territory, "r1");
  ASSERT_THAT(alone, IsOk());
  EXPECT_THAT(alone->warnings(), ElementsAre(HasSubstr("sans secrétaire")));
  plan.clear_practitioner();
  const auto nobody = Import(territory, "r2");
  ASSERT_THAT(nobody, IsOk());
  EXPECT_THAT(nobody->warnings(),
              UnorderedElementsAre(HasSubstr("sans secrétaire"), HasSubstr("à pourvoir")));
}

TEST_F(DirectoryTest, S0_07_AFourthSessionInAPilotWeekIsFlagged) {
  v1::Territory territory = SoundTerritory();
  territory.mutable_sites(0)->set_phase(v1::Site::PHASE_PILOT);
  auto* weekdays = territory.mutable_session_plans(0)->mutable_weekdays();
  weekdays->Clear();
  for (const int day : {1, 2, 4}) weekdays->Add(day);
  auto answer = Import(territory, "r1");
  ASSERT_THAT(answer, IsOk());
  EXPECT_THAT(answer->warnings(), IsEmpty());
  weekdays->Add(5);
  answer = Import(territory, "r2");
  ASSERT_THAT(answer, IsOk());
  // Weeks are whole: of this one Monday is over, of the last one the horizon has Monday alone.
  EXPECT_THAT(answer->warnings(),
              ElementsAre(HasSubstr("4 séances dans la semaine du 2026-11-23"),
                          HasSubstr("4 séances dans la semaine du 2026-11-30"),
                          HasSubstr("4 séances dans la semaine du 2026-12-07"),
                          HasSubstr("4 séances dans la semaine du 2026-12-14")));
}

TEST_F(DirectoryTest, S0_07_APlanOfAnotherFileCountsToo) {
  v1::Territory territory = SoundTerritory();
  territory.mutable_sites(0)->set_phase(v1::Site::PHASE_PILOT);
  v1::SessionPlan& plan = *territory.mutable_session_plans(0);
  plan.clear_weekdays();
  for (const int day : {1, 2, 4}) plan.add_weekdays(day);
  ASSERT_THAT(Import(territory, "r1")->warnings(), IsEmpty());
  plan.set_name("regions/fr-pdl/sites/csnp/plans/vendredi");
  plan.clear_weekdays();
  plan.add_weekdays(5);
  const auto answer = Import(territory, "r2");
  ASSERT_THAT(answer, IsOk());
  EXPECT_THAT(answer->warnings(), SizeIs(4));
}

TEST_F(DirectoryTest, S4_12_ASecondCsnpOfOneCptsWarns) {
  v1::Territory territory = SoundTerritory();
  v1::Site& second = *territory.add_sites();
  second = territory.sites(0);
  second.set_name("regions/fr-pdl/sites/csnp-2");
  v1::SessionPlan& plan = *territory.add_session_plans();
  plan = territory.session_plans(0);
  plan.set_name("regions/fr-pdl/sites/csnp-2/plans/soir");
  plan.set_practitioner("regions/fr-pdl/practitioners/b");
  const auto answer = Import(territory, "r1");
  ASSERT_THAT(answer, IsOk());
  EXPECT_THAT(answer->warnings(), ElementsAre(HasSubstr("deuxième CSNP actif")));
  territory.mutable_sites(1)->set_csnp_mode(v1::Site::CSNP_MODE_TERRITORIAL);
  EXPECT_THAT(Import(territory, "r2")->warnings(), IsEmpty());
}

TEST_F(DirectoryTest, SiteWithoutPlanWarns) {
  v1::Territory territory = SoundTerritory();
  territory.clear_session_plans();
  EXPECT_THAT(Import(territory)->warnings(), ElementsAre(HasSubstr("aucune plage")));
}

TEST_F(DirectoryTest, DemoTerritoriesAreSound) {
  for (const auto& [file, region] :
       {std::pair("challans", "fr-pdl"), std::pair("haute-gironde", "fr-naq"),
        std::pair("nord-velay-forez", "fr-ara")}) {
    auto request = Request(Demo(file), file);
    request.set_parent(std::string("regions/") + region);
    base::Actor planner = ActorWith(base::Role::kPlanner);
    planner.regions = {region};
    const auto answer = Import(request, planner);
    ASSERT_THAT(answer, IsOk()) << file;
    EXPECT_GT(answer->slot_count(), 100) << file;
  }
}

// What the rights of a site keep from a planner by PlanningService, a file does not give him.
TEST_F(DirectoryTest, AFileRespectsTheRightsOfASite) {
  v1::Territory territory = SoundTerritory();
  v1::SiteRight& right = *territory.mutable_sites(0)->add_rights();
  right.set_structure(territory.structures(0).name());
  right.add_rights(v1::SiteRight::RIGHT_MANAGE);
  ASSERT_THAT(Import(territory, "r1"), IsOk());
  EXPECT_THAT(Import(territory, "r2"), IsOk());  // Says what is there.
  v1::Territory renamed = territory;
  renamed.mutable_sites(0)->set_display_name("Autre nom");
  EXPECT_THAT(Import(renamed, "r3"),
              StatusIs(absl::StatusCode::kPermissionDenied, "SITE_RIGHT_REQUIRED"));
  v1::Territory replanned = territory;
  replanned.mutable_session_plans(0)->set_seats(2);
  EXPECT_THAT(Import(replanned, "r4"), ReasonIs("SITE_RIGHT_REQUIRED"));
  base::Actor owner = ActorWith(base::Role::kPlanner);
  owner.organization = territory.structures(0).name();
  EXPECT_THAT(Import(Request(renamed, "r5"), owner), IsOk());
}

class FedAgendaTest : public DirectoryTest {
 protected:
  /// A platform publishes the agenda of the plan.
  void Publish(const v1::SessionPlan& plan) {
    const std::string site = plan.name().substr(0, plan.name().find("/plans/"));
    ASSERT_THAT(store_.Write(base::InternalCall("test", clock_, std::chrono::seconds(10)),
                             [&](SlotsTransaction& transaction) {
                               FedAgenda fed;
                               fed.name = AgendaName(site, plan.agenda());
                               fed.partner = "doctoplan";
                               return transaction.partners().PutAgenda(fed);
                             }),
                IsOk());
  }
};

TEST_F(FedAgendaTest, H22_AFileTakesNoAgendaOfAPlatform) {
  const v1::Territory territory = SoundTerritory();
  Publish(territory.session_plans(0));
  EXPECT_THAT(Import(territory), ReasonIs("AGENDA_OF_PARTNER"));
}

TEST_F(FedAgendaTest, H22_AFileSaysAgainWhatClashesAlreadyAndEndsIt) {
  v1::Territory territory = SoundTerritory();
  v1::SessionPlan& plan = *territory.mutable_session_plans(0);
  ASSERT_THAT(Import(territory, "r1"), IsOk());
  Publish(plan);
  EXPECT_THAT(Import(territory, "r2"), IsOk());
  plan.set_effective_end_date("2026-12-31");
  EXPECT_THAT(Import(territory, "r3"), IsOk());
  plan.clear_effective_end_date();
  EXPECT_THAT(Import(territory, "r4"), ReasonIs("AGENDA_OF_PARTNER"));
}

TEST_F(DirectoryTest, RolesThatMayImport) {
  for (const auto role : {base::Role::kPlanner, base::Role::kSupervisor, base::Role::kService}) {
    EXPECT_THAT(Import(Request(SoundTerritory(), base::RoleName(role).data()), ActorWith(role)),
                IsOk());
  }
  for (const auto role :
       {base::Role::kOsnp, base::Role::kArm, base::Role::kRegulatorMg, base::Role::kEffecteur,
        base::Role::kPartner, base::Role::kOperations, base::Role::kProfessional}) {
    EXPECT_THAT(Import(Request(SoundTerritory(), "x"), ActorWith(role)),
                StatusIs(StatusCode::kPermissionDenied, "ROLE_FORBIDDEN"));
  }
}

TEST_F(DirectoryTest, PlannerOfATerritoryChangesItAlone) {
  base::Actor planner = ActorWith(base::Role::kPlanner);
  planner.territories = {"44"};
  EXPECT_THAT(Import(Request(SoundTerritory()), planner),
              StatusIs(StatusCode::kPermissionDenied, "TERRITORY_FORBIDDEN"));
  planner.territories = {"44", "85"};
  EXPECT_THAT(Import(Request(SoundTerritory()), planner), IsOk());
}

}  // namespace
}  // namespace sas::slots
