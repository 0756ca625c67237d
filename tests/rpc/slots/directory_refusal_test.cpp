#include <functional>

#include "tests/rpc/slots/directory_fixture.h"

namespace sas::slots {
namespace {

using absl::StatusCode;

struct Case {
  const char* field;
  const char* reason;
  std::function<void(v1::Territory&)> change;
};

v1::Site& Site(v1::Territory& t) {
  return *t.mutable_sites(0);
}

v1::HoursCap* HoursCap(v1::Territory& t, const std::string& start, const std::string& end) {
  v1::HoursCap* cap = Site(t).add_hours_caps();
  cap->set_start_time_of_day(start);
  cap->set_end_time_of_day(end);
  cap->set_appointment_max(1);
  return cap;
}

v1::Practitioner& Doctor(v1::Territory& t) {
  return *t.mutable_practitioners(0);
}

/// A sound one at the site, beside those that the doctor has.
v1::Practitioner::Activity& ActivityOf(v1::Territory& t) {
  v1::Practitioner::Activity& activity = *Doctor(t).add_activities();
  activity.set_site("regions/fr-pdl/sites/csnp");
  activity.set_status(v1::Practitioner::STATUS_REMPLACANT);
  activity.set_licence_end_date("2027-06-30");
  return activity;
}

v1::SessionPlan& Plan(v1::Territory& t) {
  return *t.mutable_session_plans(0);
}

v1::Barrier& AddBarrier(v1::Territory& t) {
  v1::Barrier& barrier = *t.add_barriers();
  barrier.set_name("regions/fr-pdl/barriers/vie");
  barrier.set_display_name("la Vie");
  for (const double longitude : {-1.9, -1.8}) {
    barrier.add_points()->set_latitude_degrees(46.7);
    barrier.mutable_points(barrier.points_size() - 1)->set_longitude_degrees(longitude);
  }
  return barrier;
}

v1::BarrierSeason& SeasonOf(v1::Territory& t) {
  v1::BarrierSeason& season = *AddBarrier(t).mutable_season();
  season.set_start_month_day("02-29");
  season.set_end_month_day("11-01");
  return season;
}

template <typename Enum>
Enum Unknown() {
  return static_cast<Enum>(99);
}

std::vector<Case> EntryCases() {
  return {
      {"territory.territories[0]", "INVALID_TERRITORY",
       [](auto& t) { t.set_territories(0, "99"); }},
      {"territory.display_name", "TEXT_TOO_LONG",
       [](auto& t) { t.set_display_name(std::string(121, 'x')); }},
      {"territory.communes[0].insee_code", "INVALID_INSEE_CODE",
       [](auto& t) {
         t.mutable_communes(0)->set_insee_code("8504");
         t.clear_sites();
         t.clear_session_plans();
       }},
      {"territory.communes[0].department_code", "INVALID_TERRITORY",
       [](auto& t) { t.mutable_communes(0)->set_department_code("44"); }},
      {"territory.communes[0].postal_codes", "INVALID_POSTAL_CODE",
       [](auto& t) { t.mutable_communes(0)->set_postal_codes(0, "853"); }},
      {"territory.communes[0].point", "INVALID_POINT",
       [](auto& t) { t.mutable_communes(0)->clear_point(); }},
      {"territory.communes[1].insee_code", "DUPLICATE_ENTRY",
       [](auto& t) { *t.add_communes() = t.communes(0); }},
      {"territory.structures[1].name", "INVALID_RESOURCE_NAME",
       [](auto& t) {
         t.mutable_structures(1)->set_name("structures/ch");
         t.mutable_sites(0)->clear_partner_structures();
       }},
      {"territory.structures[0].kind", "UNKNOWN_ENUM_VALUE",
       [](auto& t) { t.mutable_structures(0)->set_kind(v1::Structure::KIND_UNSPECIFIED); }},
      {"territory.structures[0].kind", "UNKNOWN_ENUM_VALUE",
       [](auto& t) { t.mutable_structures(0)->set_kind(Unknown<v1::Structure::Kind>()); }},
      {"territory.structures[0].finess", "INVALID_FINESS",
       [](auto& t) { t.mutable_structures(0)->set_finess("850000018"); }},
      {"territory.structures[1].siret", "INVALID_SIRET",
       [](auto& t) { t.mutable_structures(1)->set_siret("34173748400021"); }},
      {"territory.structures[1].communities[0]", "UNKNOWN_REFERENCE",
       [](auto& t) { t.mutable_structures(1)->add_communities("regions/fr-pdl/structures/x"); }},
      {"territory.structures[0].communities[0]", "NOT_A_COMMUNITY",
       [](auto& t) { t.mutable_structures(0)->add_communities(t.structures(1).name()); }},
      {"territory.structures[1].communities[1]", "DUPLICATE_ENTRY",
       [](auto& t) {
         for (int i = 0; i < 2; ++i) {
           t.mutable_structures(1)->add_communities(t.structures(0).name());
         }
       }},
      {"territory.structures[1].communities", "TOO_MANY_VALUES",
       [](auto& t) {
         for (int i = 0; i < 11; ++i) {
           t.mutable_structures(1)->add_communities(t.structures(0).name());
         }
       }},
      {"territory.barriers[0].name", "INVALID_RESOURCE_NAME",
       [](auto& t) { AddBarrier(t).set_name("barriers/vie"); }},
      {"territory.barriers[0].display_name", "TEXT_REQUIRED",
       [](auto& t) { AddBarrier(t).clear_display_name(); }},
      {"territory.barriers[0].points", "FIELD_REQUIRED",
       [](auto& t) { AddBarrier(t).mutable_points()->RemoveLast(); }},
      {"territory.barriers[0].points", "TOO_MANY_VALUES",
       [](auto& t) {
         v1::Barrier& barrier = AddBarrier(t);
         while (barrier.points_size() < 101) *barrier.add_points() = barrier.points(0);
       }},
      {"territory.barriers[0].crossings", "INVALID_POINT",
       [](auto& t) { AddBarrier(t).add_crossings(); }},
      {"territory.barriers[0].detour_meters", "NUMBER_OUT_OF_RANGE",
       [](auto& t) { AddBarrier(t).set_detour_meters(300'001); }},
      {"territory.barriers[0].season.start_month_day", "INVALID_DATE",
       [](auto& t) { SeasonOf(t).set_start_month_day("02-30"); }},
      {"territory.barriers[0].season.end_month_day", "INVALID_DATE",
       [](auto& t) { SeasonOf(t).clear_end_month_day(); }},
      {"territory.practitioners[0].rpps", "INVALID_RPPS",
       [](auto& t) { Doctor(t).set_rpps("1000290937"); }},
      {"territory.practitioners[1].rpps", "DUPLICATE_ENTRY",
       [](auto& t) { t.mutable_practitioners(1)->set_rpps(t.practitioners(0).rpps()); }},
      {"territory.practitioners[0].display_name", "TEXT_REQUIRED",
       [](auto& t) { Doctor(t).clear_display_name(); }},
      {"territory.practitioners[0].profession_code", "INVALID_PROFESSION_CODE",
       [](auto& t) { Doctor(t).set_profession_code("MG"); }},
      {"territory.practitioners[0].specialty_code", "INVALID_SPECIALTY_CODE",
       [](auto& t) { Doctor(t).set_specialty_code("54"); }},
      {"territory.practitioners[0].status", "UNKNOWN_ENUM_VALUE",
       [](auto& t) { Doctor(t).set_status(Unknown<v1::Practitioner::Status>()); }},
      {"territory.practitioners[1].licence_end_date", "INVALID_DATE",
       [](auto& t) { t.mutable_practitioners(1)->clear_licence_end_date(); }},
      {"territory.practitioners[0].activities[0].site", "UNKNOWN_REFERENCE",
       [](auto& t) { ActivityOf(t).set_site("regions/fr-pdl/sites/x"); }},
      {"territory.practitioners[0].activities[1].site", "DUPLICATE_ENTRY",
       [](auto& t) {
         ActivityOf(t);
         ActivityOf(t);
       }},
      {"territory.practitioners[0].activities[0].status", "UNKNOWN_ENUM_VALUE",
       [](auto& t) { ActivityOf(t).clear_status(); }},
      {"territory.practitioners[0].activities[0].status", "INVALID_ACTIVITY",
       [](auto& t) { ActivityOf(t).set_status(v1::Practitioner::STATUS_IPA); }},
      {"territory.practitioners[0].activities[0].licence_end_date", "INVALID_DATE",
       [](auto& t) { ActivityOf(t).clear_licence_end_date(); }},
      {"territory.practitioners[0].activities[0].licence_end_date", "INVALID_DATE",
       [](auto& t) {
         ActivityOf(t).set_status(v1::Practitioner::STATUS_TITULAIRE);
         Doctor(t).mutable_activities(0)->set_licence_end_date("2027-02-30");
       }},
      {"territory.practitioners[0].activities", "TOO_MANY_VALUES",
       [](auto& t) {
         while (Doctor(t).activities_size() < 21) ActivityOf(t);
       }},
      {"territory.practitioners[0].weekly_appointment_max", "NUMBER_OUT_OF_RANGE",
       [](auto& t) { Doctor(t).set_weekly_appointment_max(201); }},
      {"territory.practitioners[0].language_codes", "INVALID_LANGUAGE_CODE",
       [](auto& t) { Doctor(t).add_language_codes("eng"); }},
  };
}

std::vector<Case> SiteCases() {
  return {
      {"territory.sites[0].structure", "UNKNOWN_REFERENCE",
       [](auto& t) { Site(t).set_structure("regions/fr-pdl/structures/x"); }},
      {"territory.sites[0].partner_structures[0]", "UNKNOWN_REFERENCE",
       [](auto& t) { Site(t).set_partner_structures(0, "regions/fr-pdl/structures/x"); }},
      {"territory.sites[0].kind", "UNKNOWN_ENUM_VALUE",
       [](auto& t) { Site(t).set_kind(Unknown<v1::Structure::Kind>()); }},
      {"territory.sites[0].place.insee_code", "UNKNOWN_COMMUNE",
       [](auto& t) { Site(t).mutable_place()->set_insee_code("85300"); }},
      {"territory.sites[0].place.point", "INVALID_POINT",
       [](auto& t) { Site(t).mutable_place()->mutable_point()->Clear(); }},
      {"territory.sites[0].finess", "INVALID_FINESS",
       [](auto& t) { Site(t).set_finess("33078119"); }},
      {"territory.sites[0].territories", "INVALID_TERRITORY",
       [](auto& t) { Site(t).clear_territories(); }},
      {"territory.sites[0].time_zone", "UNKNOWN_TIME_ZONE",
       [](auto& t) { Site(t).set_time_zone("/etc/passwd"); }},
      {"territory.sites[0].opening_date", "INVALID_DATE",
       [](auto& t) { Site(t).set_opening_date("2026-02-30"); }},
      {"territory.sites[0].end_date", "INVALID_TIME_RANGE",
       [](auto& t) { Site(t).set_end_date("2021-12-31"); }},
      {"territory.sites[0].end_date", "INVALID_DATE",
       [](auto& t) { Site(t).set_phase(v1::Site::PHASE_SEASONAL); }},
      {"territory.sites[0].phase", "UNKNOWN_ENUM_VALUE",
       [](auto& t) { Site(t).set_phase(Unknown<v1::Site::Phase>()); }},
      {"territory.sites[0].entry_policy.rules[0].entry_point", "UNKNOWN_ENUM_VALUE",
       [](auto& t) {
         Site(t).mutable_entry_policy()->mutable_rules(0)->set_entry_point(
             Unknown<type::v1::EntryPoint>());
       }},
      {"territory.sites[0].entry_policy.rules[0].access", "UNKNOWN_ENUM_VALUE",
       [](auto& t) { Site(t).mutable_entry_policy()->mutable_rules(0)->clear_access(); }},
      {"territory.sites[0].entry_policy.rules[1].entry_point", "DUPLICATE_ENTRY",
       [](auto& t) {
         auto& policy = *Site(t).mutable_entry_policy();
         *policy.add_rules() = policy.rules(0);
       }},
      {"territory.sites[0].entry_policy.rules[0].profession_codes", "INVALID_PROFESSION_CODE",
       [](auto& t) {
         Site(t).mutable_entry_policy()->mutable_rules(0)->add_profession_codes("infirmier");
       }},
      {"territory.sites[0].care_policy.excluded_motif_codes[0]", "UNKNOWN_CODE",
       [](auto& t) { Site(t).mutable_care_policy()->set_excluded_motif_codes(0, "M99.00"); }},
      {"territory.sites[0].care_policy.accepted_motifs[0].motif_code", "UNKNOWN_CODE",
       [](auto& t) { Site(t).mutable_care_policy()->add_accepted_motifs(); }},
      {"territory.sites[0].care_policy.age_min", "INVALID_AGE",
       [](auto& t) { Site(t).mutable_care_policy()->mutable_age_min()->clear_unit(); }},
      {"territory.sites[0].care_policy.age_min", "INVALID_AGE",
       [](auto& t) {
         auto& age = *Site(t).mutable_care_policy()->mutable_age_max();
         age.set_value(1);
         age.set_unit(type::v1::Age::UNIT_WEEK);
       }},
      {"territory.sites[0].rooms[1].room_id", "DUPLICATE_ENTRY",
       [](auto& t) { Site(t).mutable_rooms(1)->set_room_id("box-1"); }},
      {"territory.sites[0].rooms[1].room_id", "INVALID_ID",
       [](auto& t) { Site(t).mutable_rooms(1)->set_room_id("Box 2"); }},
      {"territory.sites[0].directions", "TEXT_TOO_LONG",
       [](auto& t) { Site(t).set_directions(std::string(301, 'x')); }},
      {"territory.sites[0].direct_line", "INVALID_PHONE_NUMBER",
       [](auto& t) { Site(t).set_direct_line("0199000001"); }},
      {"territory.sites[0].secure_mailbox", "INVALID_SECURE_ADDRESS",
       [](auto& t) { Site(t).set_secure_mailbox("accueil@cabinet.example"); }},
      {"territory.sites[0].wheelchair", "UNKNOWN_ENUM_VALUE",
       [](auto& t) { Site(t).set_wheelchair(Unknown<v1::Accessibility>()); }},
      {"territory.sites[0].daily_appointment_max", "NUMBER_OUT_OF_RANGE",
       [](auto& t) { Site(t).set_daily_appointment_max(-1); }},
      {"territory.sites[0].hours_caps[0].appointment_max", "NUMBER_OUT_OF_RANGE",
       [](auto& t) { Site(t).add_hours_caps(); }},
      {"territory.sites[0].hours_caps[0].weekdays", "INVALID_HOURS_CAP",
       [](auto& t) { HoursCap(t, "", "")->add_weekdays(8); }},
      {"territory.sites[0].hours_caps[0].start_time_of_day", "INVALID_TIME_OF_DAY",
       [](auto& t) { HoursCap(t, "8 h", ""); }},
      {"territory.sites[0].hours_caps[0].end_time_of_day", "INVALID_HOURS_CAP",
       [](auto& t) { HoursCap(t, "12:00", "12:00"); }},
      {"territory.sites[0].hours_caps[1]", "INVALID_HOURS_CAP",
       [](auto& t) {
         HoursCap(t, "", "12:01")->add_weekdays(6);
         HoursCap(t, "12:00", "");  // Of every day, so of Saturday too.
       }},
      {"territory.sites[0].hours_caps", "TOO_MANY_VALUES",
       [](auto& t) {
         for (int i = 0; i < 9; ++i) {
           HoursCap(t, "0" + std::to_string(i) + ":00", "0" + std::to_string(i) + ":30");
         }
       }},
  };
}

std::vector<Case> PlanCases() {
  return {
      {"territory.session_plans[0].name", "UNKNOWN_REFERENCE",
       [](auto& t) { Plan(t).set_name("regions/fr-pdl/sites/x/plans/soir"); }},
      {"territory.session_plans[0].practitioner", "UNKNOWN_REFERENCE",
       [](auto& t) { Plan(t).set_practitioner("regions/fr-pdl/practitioners/x"); }},
      {"territory.session_plans[0].room_id", "UNKNOWN_REFERENCE",
       [](auto& t) { Plan(t).set_room_id("box-9"); }},
      {"territory.session_plans[0].agenda", "INVALID_AGENDA",
       [](auto& t) { Plan(t).set_agenda("CSNP"); }},
      {"territory.session_plans[0].start_time_of_day", "INVALID_TIME_OF_DAY",
       [](auto& t) { Plan(t).set_start_time_of_day("18h00"); }},
      {"territory.session_plans[0].end_time_of_day", "INVALID_SESSION_PLAN",
       [](auto& t) { Plan(t).set_end_time_of_day("17:00"); }},
      {"territory.session_plans[0].effective_start_date", "INVALID_DATE",
       [](auto& t) { Plan(t).clear_effective_start_date(); }},
      {"territory.session_plans[0].effective_end_date", "INVALID_SESSION_PLAN",
       [](auto& t) { Plan(t).set_effective_end_date("2021-01-01"); }},
      {"territory.session_plans[0].modes", "UNKNOWN_ENUM_VALUE",
       [](auto& t) { Plan(t).set_modes(0, Unknown<type::v1::ConsultationMode>()); }},
      {"territory.session_plans[0].classes", "UNKNOWN_ENUM_VALUE",
       [](auto& t) { Plan(t).set_classes(0, Unknown<type::v1::SlotClass>()); }},
      {"territory.session_plans[0].allocation_pattern", "UNKNOWN_ENUM_VALUE",
       [](auto& t) { Plan(t).add_allocation_pattern(Unknown<v1::SlotAllocation>()); }},
      {"territory.session_plans[0].slot_minutes", "INVALID_SESSION_PLAN",
       [](auto& t) { Plan(t).set_slot_minutes(0); }},
      {"territory.session_plans[0].every_weeks", "INVALID_SESSION_PLAN",
       [](auto& t) { Plan(t).set_every_weeks(-1); }},
      {"territory.session_plans[0].secretary", "TEXT_TOO_LONG",
       [](auto& t) { Plan(t).set_secretary(std::string(121, 'x')); }},
  };
}

TEST_F(DirectoryTest, EachFaultIsRefusedWithItsPathAndNothingIsWritten) {
  std::vector<Case> cases = EntryCases();
  for (auto& list : {SiteCases(), PlanCases()}) cases.insert(cases.end(), list.begin(), list.end());
  int number = 0;
  for (const Case& c : cases) {
    v1::Territory territory = SoundTerritory();
    c.change(territory);
    const auto refused = Import(territory, "case-" + std::to_string(++number));
    EXPECT_THAT(refused, StatusIs(StatusCode::kInvalidArgument, c.reason)) << c.field;
    const auto detail = base::DetailOf(refused.status());
    ASSERT_FALSE(detail.violations.empty()) << c.field;
    EXPECT_EQ(detail.violations[0].field, c.field);
    EXPECT_EQ(detail.violations.size(), 1U)
        << c.field << " " << detail.violations[1].field << ": " << detail.violations[1].description;
  }
  EXPECT_EQ(SiteCount(), 0);
  EXPECT_TRUE(changes_.empty());
}

TEST_F(DirectoryTest, LimitsCountCharactersNotBytes) {
  v1::Territory territory = SoundTerritory();
  std::string title;
  for (int i = 0; i < 120; ++i) title += "é";
  territory.set_display_name(title);
  EXPECT_THAT(Import(territory, "r1"), IsOk());
  territory.set_display_name(title + "é");
  EXPECT_THAT(Import(territory, "r2"), ReasonIs("TEXT_TOO_LONG"));
}

TEST_F(DirectoryTest, AllFindingsUpToFiftyInOneAnswer) {
  v1::Territory territory = SoundTerritory();
  territory.clear_communes();
  for (int i = 0; i < 60; ++i) {
    auto& commune = *territory.add_communes();
    commune = SoundTerritory().communes(0);
    commune.set_insee_code("850" + std::to_string(30 + i));
    commune.set_population(-1);
  }
  const auto refused = Import(territory);
  EXPECT_THAT(refused, StatusIs(StatusCode::kInvalidArgument, "NEGATIVE_NUMBER"));
  const auto detail = base::DetailOf(refused.status());
  EXPECT_EQ(detail.violations.size(), 50U);
  EXPECT_EQ(detail.violations[49].field, "territory.communes[49].population");
  const std::map<std::string, std::string> values(detail.metadata.begin(), detail.metadata.end());
  EXPECT_EQ(values.at("finding_count"), "60");
}

TEST_F(DirectoryTest, TooManyEntriesAreRefused) {
  v1::Territory territory;
  for (int i = 0; i < 501; ++i) territory.add_structures();
  const auto refused = Import(territory);
  EXPECT_THAT(refused, StatusIs(StatusCode::kInvalidArgument, "TOO_MANY_VALUES"));
  EXPECT_EQ(base::DetailOf(refused.status()).violations[0].field, "territory.structures");
}

TEST_F(DirectoryTest, WrongRegionIsRefusedBeforeTheFileIsRead) {
  auto request = Request(SoundTerritory());
  request.set_parent("regions/fr-naq");  // Not the actor's.
  EXPECT_THAT(Import(request), StatusIs(StatusCode::kPermissionDenied, "REGION_FORBIDDEN"));
  base::Actor planner = ActorWith(base::Role::kPlanner);
  planner.regions = {"fr-naq"};
  EXPECT_THAT(Import(request, planner), StatusIs(StatusCode::kInvalidArgument, "REGION_MISMATCH"));
  request.set_parent("regions/-");
  EXPECT_THAT(Import(request), ReasonIs("INVALID_RESOURCE_NAME"));
  request.set_parent("fr-pdl");
  EXPECT_THAT(Import(request), ReasonIs("INVALID_RESOURCE_NAME"));
}

TEST_F(DirectoryTest, RequestIdIsRequired) {
  EXPECT_THAT(Import(SoundTerritory(), ""), ReasonIs("REQUEST_ID_REQUIRED"));
  EXPECT_THAT(Import(SoundTerritory(), "a b"), ReasonIs("INVALID_REQUEST_ID"));
}

TEST(DirectoryWithoutTestIdentities, RefusesTheTestRange) {
  testing::FakeClock clock;
  MemorySlotsStore store(clock);
  v1::Territory territory;
  auto& doctor = *territory.add_practitioners();
  doctor.set_name("regions/fr-pdl/practitioners/a");
  doctor.set_rpps("99700218896");
  doctor.set_display_name("Dr A. Essai");
  doctor.set_profession_code("10");
  doctor.set_status(v1::Practitioner::STATUS_TITULAIRE);
  for (const auto test : {care::TestIdentities::kRefuse, care::TestIdentities::kAccept}) {
    const base::Actor planner = ActorWith(base::Role::kPlanner);
    TerritoryImport import(planner, "fr-pdl", territory, {test, 21}, clock.Now());
    const absl::Status status = store.Read(
        base::Call{}, [&](SlotsTransaction& transaction) { return import.Check(transaction); });
    EXPECT_EQ(status.ok(), test == care::TestIdentities::kAccept) << status.ToString();
  }
}

}  // namespace
}  // namespace sas::slots
