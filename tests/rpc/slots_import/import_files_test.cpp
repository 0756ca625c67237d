#include <fstream>
#include <sstream>

#include "common/base/timestamp.h"
#include "tests/rpc/slots_import/import_fixture.h"

namespace sas::slots {
namespace {

constexpr char kSites[] =
    "site_id;structure_id;structure_name;kind;display_name;insee_code;territories;opening_date;"
    "rooms;entry_rules\n"
    "msp-a;msp-a;MSP A;MSP;\"MSP A; aile nord\";85047;85;2024-01-01;box-1|box-2;"
    "LINE_116117=REGULATED\n"
    "msp-b;msp-a;;MSP;MSP B;85071;85|44;2024-01-01;;\n";

constexpr char kPlans[] =
    "site_id;plan_id;agenda;room_id;weekdays;start;end;slot_minutes;seats;modes;classes;"
    "effective_start;own_patients_only\n"
    "msp-a;matin;csnp;box-1;1|2|3;09:00;12:00;15;1;AMB;SNP|PRO;2026-11-02;oui\n";

FileSent Sites(const std::string& bytes = kSites) {
  FileSent file;
  file.format = v1::ImportHeader::FORMAT_SITES;
  file.bytes = bytes;
  return file;
}

FileSent Plans(const std::string& bytes = kPlans) {
  FileSent file;
  file.format = v1::ImportHeader::FORMAT_SESSION_PLANS;
  file.bytes = bytes;
  return file;
}

TEST_F(ImportTest, CommunesAreReadAndLeaveTheRestOfTheRegisterAside) {
  ImportCommunes();
  const Directory directory = Read();
  EXPECT_EQ(directory.communes.at("2A004").postal_codes_size(), 3);
  EXPECT_EQ(directory.communes.at("85047").population(), 22943);
  EXPECT_TRUE(ChangesAfter(0).whole);
}

TEST_F(ImportTest, H05_ACommuneWithoutPointIsRefused) {
  FileSent file;
  file.format = v1::ImportHeader::FORMAT_COMMUNES;
  file.bytes = "code_insee,nom,lat,lon\n97701,Saint-Barthélemy,,\n85300,Nulle part,95,0\n";
  const FileTold told = SendWell(file);
  ASSERT_EQ(told.refused.size(), 2U);
  EXPECT_EQ(told.refused[0].reason(), "INVALID_POINT");
  EXPECT_EQ(told.refused[0].field(), "lat");
}

TEST_F(ImportTest, SitesAndPlansOfACoordinator) {
  ImportCommunes();
  EXPECT_EQ(SendWell(Sites()).last.totals().applied_count(), 2);
  EXPECT_EQ(SendWell(Plans()).last.totals().applied_count(), 1);
  const Directory directory = Read();
  const v1::Site& site = directory.sites.at("regions/fr-pdl/sites/msp-a");
  EXPECT_EQ(site.display_name(), "MSP A; aile nord");
  EXPECT_EQ(site.rooms_size(), 2);
  EXPECT_EQ(site.place().precision(), type::v1::GEO_PRECISION_CITY);
  EXPECT_EQ(site.entry_policy().rules(0).access(), v1::EntryRule::ACCESS_REGULATED);
  const v1::SessionPlan& plan = directory.plans.at("regions/fr-pdl/sites/msp-a/plans/matin");
  EXPECT_EQ(plan.weekdays_size(), 3);
  EXPECT_EQ(plan.classes_size(), 2);
  EXPECT_TRUE(plan.practitioner().empty());  // À pourvoir.
  EXPECT_TRUE(plan.own_patients_only());
  EXPECT_EQ(plan.etag(), "\"1\"");
}

TEST_F(ImportTest, AColumnThatIsNotThereLeavesWhatIsThere) {
  ImportCommunes();
  SendWell(Sites());
  FileSent tip = Sites("site_id,local_tip\nmsp-a,\"Sonner, puis attendre\"\n");
  tip.import_id = "import-2";
  EXPECT_EQ(SendWell(tip).last.totals().applied_count(), 1);
  const v1::Site site = Read().sites.at("regions/fr-pdl/sites/msp-a");
  EXPECT_EQ(site.local_tip(), "Sonner, puis attendre");
  EXPECT_EQ(site.rooms_size(), 2);
}

TEST_F(ImportTest, EachWrongLineIsToldWithColumnAndReasonAndTheOthersAreApplied) {
  ImportCommunes();
  const FileTold sites =
      SendWell(Sites(std::string(kSites) +
                     "msp-c;inconnue;;MSP;MSP C;85047;85;2024-01-01;;\n"
                     "msp-d;msp-a;;MSP;MSP D;99999;85;2024-01-01;;\n"
                     "msp-e;msp-a;;CLINIQUE;MSP E;85047;85;2024-01-01;;\n"
                     "msp-f;msp-a;;MSP;MSP F;85047;85;hier;;\n"
                     "msp-g;msp-a\n"
                     "msp-h;msp-a;;MSP;MSP H;85047;85;2024-01-01;;LINE_15=PEUT-ETRE\n"));
  const std::vector<std::pair<std::string, std::string>> expected = {
      {"structure_id", "UNKNOWN_REFERENCE"}, {"insee_code", "UNKNOWN_COMMUNE"},
      {"kind", "UNKNOWN_ENUM_VALUE"},        {"opening_date", "INVALID_DATE"},
      {"*", "WRONG_COLUMN_COUNT"},           {"entry_rules", "UNKNOWN_ENUM_VALUE"}};
  ASSERT_EQ(sites.refused.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(sites.refused[i].line(), static_cast<std::int64_t>(i) + 4);
    EXPECT_EQ(sites.refused[i].field(), expected[i].first) << i;
    EXPECT_EQ(sites.refused[i].reason(), expected[i].second) << i;
    EXPECT_FALSE(sites.refused[i].message().empty());
  }
  EXPECT_EQ(sites.last.totals().applied_count(), 2);
}

TEST_F(ImportTest, NoTwoSessionsInOneRoomWhateverTheFileSays) {
  ImportCommunes();
  SendWell(Sites());
  const FileTold told =
      SendWell(Plans(std::string(kPlans) +
                     "msp-a;autre;garde;box-1;3|4;11:00;13:00;15;1;AMB;SNP;2026-11-02;\n"
                     "msp-x;autre;garde;box-1;3;11:00;13:00;15;1;AMB;SNP;2026-11-02;\n"
                     "msp-a;courte;garde;box-2;3;11:00;11:05;15;1;AMB;SNP;2026-11-02;\n"));
  ASSERT_EQ(told.refused.size(), 3U);
  EXPECT_EQ(told.refused[0].reason(), "ROOM_TAKEN");
  EXPECT_EQ(told.refused[0].field(), "plan_id");
  EXPECT_EQ(told.refused[1].reason(), "UNKNOWN_REFERENCE");
  EXPECT_EQ(told.refused[1].field(), "site_id");
  EXPECT_EQ(told.refused[2].reason(), "INVALID_SESSION_PLAN");
  EXPECT_EQ(told.refused[2].field(), "slot_minutes");
}

TEST_F(ImportTest, S0_16_NorInTheRoomOfAnOpening) {
  ImportCommunes();
  SendWell(Sites());
  v1::AgendaException opening;
  opening.set_name("regions/fr-pdl/sites/msp-a/exceptions/x1");
  opening.set_kind(v1::AgendaException::KIND_OPENING);
  opening.set_agenda("renfort");
  opening.set_room_id("box-1");
  opening.set_slot_minutes(15);
  *opening.mutable_start_time() = base::ToTimestamp(clock_.Now() + std::chrono::hours(1));
  *opening.mutable_end_time() = base::ToTimestamp(clock_.Now() + std::chrono::hours(2));
  ASSERT_THAT(store_->Write(base::InternalCall("test", clock_, std::chrono::seconds(30)),
                            [&](SlotsTransaction& transaction) {
                              return transaction.agendas().PutException(opening);
                            }),
              IsOk());
  const FileTold told = SendWell(Plans());  // Tuesday, 09:00 to 12:00.
  ASSERT_EQ(told.refused.size(), 1U);
  EXPECT_EQ(told.refused[0].reason(), "ROOM_TAKEN");
  EXPECT_EQ(told.refused[0].field(), "plan_id");
}

TEST_F(ImportTest, APlannerWritesInHisTerritoriesAlone) {
  ImportCommunes();
  SendWell(Sites());
  FileSent theft = Sites("site_id;territories;display_name\nmsp-b;44;Pris\nmsp-a;85;Pris\n");
  theft.import_id = "import-2";
  theft.actor.territories = {"44"};
  const FileTold told = SendWell(theft);
  ASSERT_EQ(told.refused.size(), 2U);
  EXPECT_EQ(told.refused[0].reason(), "TERRITORY_FORBIDDEN");
  FileSent plans = Plans();
  plans.actor.territories = {"44"};
  EXPECT_EQ(SendWell(plans).refused.at(0).reason(), "TERRITORY_FORBIDDEN");
  EXPECT_TRUE(Read().plans.empty());
}

TEST_F(ImportTest, CheckingWritesNothingAndTellsTheSame) {
  ImportCommunes();
  const std::string before = Picture();
  const std::int64_t directory = Region().directory;
  FileSent file = Sites();
  file.validate_only = true;
  const FileTold checked = SendWell(file);
  EXPECT_EQ(checked.last.totals().applied_count(), 2);
  EXPECT_EQ(Picture(), before);
  EXPECT_EQ(Region().directory, directory);
  file.validate_only = false;
  EXPECT_EQ(SendWell(file).resumed_at, 0);
}

TEST_F(ImportTest, TheExampleFilesOfTheDemoAreSound) {
  const auto read = [](const std::string& name) {
    std::ifstream in(std::string(SAS_DEMO) + "/" + name);
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
  };
  ImportCommunes();
  const FileTold sites = SendWell(Sites(read("sites-example.csv")));
  EXPECT_EQ(sites.last.totals().refused_count(), 0) << sites.last.DebugString();
  EXPECT_GE(sites.last.totals().applied_count(), 2);
  const FileTold plans = SendWell(Plans(read("plans-example.csv")));
  EXPECT_EQ(plans.last.totals().refused_count(), 0) << plans.last.DebugString();
  EXPECT_GE(plans.last.totals().applied_count(), 2);
}

}  // namespace
}  // namespace sas::slots
