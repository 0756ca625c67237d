#include <fstream>
#include <sstream>

#include "tests/rpc/slots_import/import_fixture.h"

namespace sas::slots {
namespace {

std::string SiteName(const std::string& finess) {
  return "regions/fr-pdl/sites/finess-" + finess;
}

TEST_F(ImportTest, TheRegisterGivesStructuresAndSitesThatNobodyMayBookYet) {
  ImportCommunes();
  const std::string finess = Finess(7);
  FileSent file;
  file.bytes = "finess;etalab;94;2026-05-12\n" + Establishment(finess, "603") +
               Establishment(Finess(8), "500") + Position(finess, "328409.77", "6649889.05") +
               Position(Finess(8), "328409.77", "6649889.05");
  const FileTold told = SendWell(file);
  EXPECT_EQ(told.last.totals().applied_count(), 2);
  EXPECT_EQ(told.last.totals().skipped_count(), 3);
  const Directory directory = Read();
  ASSERT_EQ(directory.sites.size(), 1U);
  const v1::Site& site = directory.sites.at(SiteName(finess));
  EXPECT_EQ(site.kind(), v1::Structure::KIND_MSP);
  EXPECT_EQ(site.finess(), finess);
  EXPECT_EQ(site.place().commune(), "Challans");
  EXPECT_EQ(site.place().precision(), type::v1::GEO_PRECISION_ADDRESS);
  EXPECT_NEAR(site.place().point().latitude_degrees(), 46.8458, 1e-5);
  EXPECT_NEAR(site.place().point().longitude_degrees(), -1.8794, 1e-5);
  EXPECT_EQ(site.territories(0), "85");
  EXPECT_EQ(site.entry_policy().rules_size(), 0);  // Default deny.
  EXPECT_TRUE(site.direct_line().empty());         // A switchboard is no ligne directe.
  EXPECT_EQ(directory.structures.count(site.structure()), 1U);
  EXPECT_EQ(changes_, std::vector<std::string>({"fr-pdl", "fr-pdl"}));
}

TEST_F(ImportTest, SearchesReadAgainTheSitesThatChanged) {
  ImportCommunes();
  const std::int64_t before = Region().directory;
  FileSent file;
  file.bytes = Establishment(Finess(7), "603");
  SendWell(file);
  EXPECT_EQ(Region().directory, before + 1);
  EXPECT_EQ(ChangesAfter(before).sites, std::vector<std::string>({SiteName(Finess(7))}));
  file.import_id = "import-2";
  const FileTold again = SendWell(file);
  EXPECT_EQ(again.last.totals().unchanged_count(), 1);
  EXPECT_EQ(Region().directory, before + 1);  // Nothing to read again.
}

TEST_F(ImportTest, WhatACoordinatorAddedStays) {
  ImportCommunes();
  const std::string finess = Finess(7);
  FileSent file;
  file.bytes = Establishment(finess, "603") + Position(finess, "328409.77", "6649889.05");
  SendWell(file);
  FileSent opened;
  opened.format = v1::ImportHeader::FORMAT_SITES;
  opened.bytes = "site_id;entry_rules;direct_line;secure_mailbox\nfiness-" + finess +
                 ";LINE_116117=REGULATED|URGENCES=DIRECT;+33199000001;"
                 "msp@marais.essai.mssante.fr\n";
  EXPECT_EQ(SendWell(opened).last.totals().applied_count(), 1);
  file.import_id = "import-2";
  file.bytes = Establishment(finess, "603", "047", "85", "MSP RENOMMEE");
  EXPECT_EQ(SendWell(file).last.totals().applied_count(), 1);
  const v1::Site site = Read().sites.at(SiteName(finess));
  EXPECT_EQ(site.display_name(), "MSP RENOMMEE");
  EXPECT_EQ(site.entry_policy().rules_size(), 2);
  EXPECT_EQ(site.direct_line(), "+33199000001");
  EXPECT_EQ(site.secure_mailbox(), "msp@marais.essai.mssante.fr");
  EXPECT_EQ(site.place().precision(), type::v1::GEO_PRECISION_ADDRESS);
  EXPECT_EQ(site.etag(), "\"4\"");
}

TEST_F(ImportTest, ASiteUnderAnotherNameIsNotMadeTwice) {
  ImportCommunes();
  FileSent own;
  own.format = v1::ImportHeader::FORMAT_SITES;
  own.bytes =
      "site_id;structure_id;structure_name;kind;display_name;insee_code;territories;opening_date;"
      "finess\nmsp-marais;msp-marais;MSP des Marais;MSP;MSP des Marais;85047;85;2024-01-01;" +
      Finess(7) + "\n";
  EXPECT_EQ(SendWell(own).last.totals().applied_count(), 1);
  FileSent file;
  file.bytes = Establishment(Finess(7), "603");
  EXPECT_EQ(SendWell(file).last.totals().unchanged_count(), 1);
  EXPECT_EQ(Read().sites.size(), 1U);
}

TEST_F(ImportTest, H05_CorsicaAndOverseasLieWhereTheyAre) {
  ImportCommunes();
  FileSent file;
  const std::string reunion = Finess(3, "97");
  file.bytes = Establishment("2A0000014", "355", "004", "2A") +
               Establishment(reunion, "355", "408", "9D") +
               Position(reunion, "333320.00", "7677700.00", "1,ESSAI,UTM_S40");
  const FileTold told = SendWell(file);
  EXPECT_EQ(told.last.totals().applied_count(), 3) << told.last.DebugString();
  const Directory directory = Read();
  EXPECT_EQ(directory.sites.at(SiteName("2a0000014")).place().commune(), "Ajaccio");
  const v1::Site& there = directory.sites.at(SiteName(reunion));
  EXPECT_EQ(there.time_zone(), "Indian/Reunion");
  EXPECT_EQ(there.territories(0), "974");
  EXPECT_NEAR(there.place().point().latitude_degrees(), -20.994, 0.01);
}

TEST_F(ImportTest, H05_APositionElsewhereIsRefusedAndTheCentreStays) {
  ImportCommunes();
  const std::string finess = Finess(7);
  FileSent file;
  file.bytes = Establishment(finess, "603") + Position(finess, "1216166.56", "6051870.46");
  const FileTold told = SendWell(file);
  ASSERT_EQ(told.refused.size(), 1U);
  EXPECT_EQ(told.refused[0].line(), 2);
  EXPECT_EQ(told.refused[0].field(), "coordxet");
  EXPECT_EQ(told.refused[0].reason(), "POINT_FAR_FROM_COMMUNE");
  const v1::Site site = Read().sites.at(SiteName(finess));
  EXPECT_EQ(site.place().precision(), type::v1::GEO_PRECISION_CITY);
  EXPECT_NEAR(site.place().point().latitude_degrees(), 46.8458, 1e-9);
}

TEST_F(ImportTest, OnlyTheTerritoriesOfTheCallerAndOfTheRequest) {
  ImportCommunes();
  FileSent file;
  file.bytes = Establishment(Finess(7), "603") + Establishment(Finess(7, "44"), "603", "087", "44");
  file.territories = {"44"};
  EXPECT_EQ(SendWell(file).last.totals().skipped_count(), 1);
  file.import_id = "import-2";
  file.territories = {};
  file.actor.territories = {"44"};
  EXPECT_EQ(SendWell(file).last.totals().skipped_count(), 1);
  file.territories = {"85"};
  EXPECT_THAT(Send(file).status, ReasonIs("TERRITORY_FORBIDDEN"));
  EXPECT_EQ(Read().sites.size(), 1U);
}

TEST_F(ImportTest, TheRegistersOwnLinesWhereTheyAreAtHand) {
  std::ifstream in(SAS_SHARED_DATA "/sites/finess_cs1100502_sample_2026-05-12.csv");
  if (!in) GTEST_SKIP() << "no shared data here";
  std::stringstream text;
  text << in.rdbuf();
  FileSent communes;
  communes.format = v1::ImportHeader::FORMAT_COMMUNES;
  communes.bytes =
      "code_insee;nom;lat;lon\n01451;Viriat;46.2543;5.2156\n97302;Cayenne;4.9372;-52.326\n"
      "97411;Saint-Denis;-20.8823;55.4504\n97801;Saint-Martin;18.0670;-63.0825\n";
  SendWell(communes);
  FileSent file;
  file.bytes = text.str();
  const FileTold told = SendWell(file);
  EXPECT_EQ(told.last.totals().applied_count(), 4);  // Four hospitals.
  EXPECT_EQ(told.last.totals().refused_count(), 0);
  EXPECT_EQ(told.last.totals().skipped_count(), 5);  // First line, PMI, dialysis, EHPAD, Wallis.
  EXPECT_EQ(Read().sites.at(SiteName("010000024")).place().address_line(),
            "900 RTE DE PARIS, 01440 VIRIAT");
}

}  // namespace
}  // namespace sas::slots
