#include "tests/rpc/slots_import/import_fixture.h"

/// What the rights of a site keep from a planner by PlanningService, a file does not give him.
namespace sas::slots {
namespace {

constexpr char kMsp[] = "regions/fr-pdl/sites/msp-a";
constexpr char kOwner[] = "regions/fr-pdl/structures/msp-a";
constexpr char kRightsSites[] =
    "site_id;structure_id;structure_name;kind;display_name;insee_code;territories;opening_date;"
    "rooms\n"
    "msp-a;msp-a;MSP A;MSP;MSP A;85047;85;2024-01-01;box-1|box-2\n";
constexpr char kPlanColumns[] =
    "site_id;plan_id;agenda;room_id;weekdays;start;end;slot_minutes;seats;modes;classes;"
    "effective_start\n";

class ImportRightsTest : public ImportTest {
 protected:
  FileTold Sent(v1::ImportHeader::Format format, const std::string& bytes,
                const std::string& organization = "") {
    FileSent file;
    file.format = format;
    file.bytes = bytes;
    file.import_id = "import-" + std::to_string(++files_);
    file.actor.organization = organization;
    return SendWell(file);
  }

  FileTold Sites(const std::string& bytes, const std::string& organization = "") {
    return Sent(v1::ImportHeader::FORMAT_SITES, bytes, organization);
  }

  FileTold Plans(const std::string& bytes, const std::string& organization = "") {
    return Sent(v1::ImportHeader::FORMAT_SESSION_PLANS, bytes, organization);
  }

  /// The site, or one agenda of it, is managed by this structure from now on.
  void GiveManage(const std::string& site, const std::string& structure,
                  const std::string& agenda = "") {
    ASSERT_THAT(store_->Write(base::InternalCall("test", clock_, std::chrono::seconds(30)),
                              [&](SlotsTransaction& transaction) -> absl::Status {
                                SAS_ASSIGN_OR_RETURN(auto found, transaction.GetSite(site));
                                v1::SiteRight& right = *found->add_rights();
                                right.set_structure(structure);
                                right.set_agenda(agenda);
                                right.add_rights(v1::SiteRight::RIGHT_MANAGE);
                                return transaction.PutSite(*found);
                              }),
                IsOk());
  }

  /// A platform has the agenda.
  void Publish(const std::string& agenda) {
    ASSERT_THAT(store_->Write(base::InternalCall("test", clock_, std::chrono::seconds(30)),
                              [&](SlotsTransaction& transaction) {
                                FedAgenda fed;
                                fed.name = agenda;
                                fed.partner = "doctoplan";
                                return transaction.partners().PutAgenda(fed);
                              }),
                IsOk());
  }

  /// One line was refused for the rights of the site, and nothing has changed.
  void ExpectKept(const FileTold& told, const std::string& before) {
    ASSERT_EQ(told.refused.size(), 1U) << told.last.DebugString();
    EXPECT_EQ(told.refused[0].reason(), "SITE_RIGHT_REQUIRED");
    EXPECT_EQ(told.refused[0].field(), "*");
    EXPECT_FALSE(told.refused[0].message().empty());
    EXPECT_EQ(told.last.totals().applied_count(), 0);
    EXPECT_EQ(Picture(), before);
  }

  int files_ = 0;
};

TEST_F(ImportRightsTest, AFileOfSites) {
  ImportCommunes();
  ASSERT_EQ(Sites(kRightsSites).last.totals().applied_count(), 1);
  GiveManage(kMsp, kOwner);
  const std::string before = Picture();
  EXPECT_EQ(Sites(kRightsSites).last.totals().unchanged_count(), 1) << "it says what is there";
  const std::string capped = "site_id;own_patients_only;daily_appointment_max\nmsp-a;oui;1\n";
  ExpectKept(Sites(capped), before);
  ExpectKept(Sites("site_id;structure_id;structure_name\nmsp-a;autre;Autre MSP\n"), before);
  EXPECT_EQ(Sites(capped, kOwner).last.totals().applied_count(), 1);
}

TEST_F(ImportRightsTest, AFileOfPlansByTheAgendasThatALineLeavesAndEnters) {
  ImportCommunes();
  Sites(kRightsSites);
  const std::string morning =
      std::string(kPlanColumns) + "msp-a;matin;csnp;box-1;1;09:00;12:00;15;1;AMB;SNP;2026-11-02\n";
  ASSERT_EQ(Plans(morning).last.totals().applied_count(), 1);
  GiveManage(kMsp, kOwner, "csnp");
  const std::string evening =
      std::string(kPlanColumns) + "msp-a;soir;garde;box-2;1;14:00;16:00;15;1;AMB;SNP;2026-11-02\n";
  EXPECT_EQ(Plans(evening).last.totals().applied_count(), 1)
      << "an agenda of which nothing is said";
  const std::string before = Picture();
  EXPECT_EQ(Plans(morning).last.totals().unchanged_count(), 1);
  const std::string seats = "site_id;plan_id;seats\nmsp-a;matin;2\n";
  ExpectKept(Plans(seats), before);
  ExpectKept(Plans("site_id;plan_id;agenda\nmsp-a;matin;garde\n"), before);
  ExpectKept(Plans("site_id;plan_id;agenda\nmsp-a;soir;csnp\n"), before);
  EXPECT_EQ(Plans(seats, kOwner).last.totals().applied_count(), 1);
}

TEST_F(ImportRightsTest, H22_AFileOfPlansTakesNoAgendaOfAPlatform) {
  ImportCommunes();
  Sites(kRightsSites);
  Publish(std::string(kMsp) + "/agendas/csnp");
  const FileTold told = Plans(std::string(kPlanColumns) +
                              "msp-a;matin;csnp;;1;09:00;12:00;15;1;AMB;SNP;2026-11-02\n"
                              "msp-a;soir;garde;;1;14:00;16:00;15;1;AMB;SNP;2026-11-02\n");
  ASSERT_EQ(told.refused.size(), 1U);
  EXPECT_EQ(told.refused[0].field(), "agenda");
  EXPECT_EQ(told.refused[0].reason(), "AGENDA_OF_PARTNER");
  EXPECT_EQ(told.last.totals().applied_count(), 1);
}

TEST_F(ImportRightsTest, H22_AFileOfPlansSaysAgainWhatClashesAlreadyAndEndsIt) {
  ImportCommunes();
  Sites(kRightsSites);
  const std::string file =
      std::string(kPlanColumns) + "msp-a;matin;csnp;;1;09:00;12:00;15;1;AMB;SNP;2026-11-02\n";
  ASSERT_EQ(Plans(file).last.totals().applied_count(), 1);
  Publish(std::string(kMsp) + "/agendas/csnp");
  EXPECT_EQ(Plans(file).last.totals().unchanged_count(), 1);
  const std::string columns = "site_id;plan_id;effective_end\n";
  EXPECT_EQ(Plans(columns + "msp-a;matin;2026-12-31\n").last.totals().applied_count(), 1);
  const FileTold longer = Plans(columns + "msp-a;matin;2027-01-31\n");
  ASSERT_EQ(longer.refused.size(), 1U);
  EXPECT_EQ(longer.refused[0].reason(), "AGENDA_OF_PARTNER");
}

TEST_F(ImportRightsTest, TheRegister) {
  ImportCommunes();
  const auto format = v1::ImportHeader::FORMAT_FINESS;
  const std::string line = Establishment(Finess(7), "603");
  ASSERT_EQ(Sent(format, line).last.totals().applied_count(), 1);
  const std::string owner = "regions/fr-pdl/structures/finess-" + Finess(1);
  GiveManage("regions/fr-pdl/sites/finess-" + Finess(7), owner);
  const std::string before = Picture();
  EXPECT_EQ(Sent(format, line).last.totals().unchanged_count(), 1);
  const std::string renamed = Establishment(Finess(7), "603", "047", "85", "MSP RENOMMEE");
  const std::string placed = Position(Finess(7), "328409.77", "6649889.05");
  ExpectKept(Sent(format, renamed), before);
  ExpectKept(Sent(format, placed), before);
  EXPECT_EQ(Sent(format, renamed + placed, owner).last.totals().applied_count(), 2);
}

}  // namespace
}  // namespace sas::slots
