#include "services/slots/domain/finess_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>

#include "common/testing/status_matchers.h"
#include "services/slots/domain/csv.h"

namespace sas::slots {
namespace {

using testing::IsOk;
using testing::ReasonIs;

std::vector<std::string> Fields(std::string_view line) {
  return *SplitFields(line, ';', Quotes::kNone);
}

// Invented, with the shape of the register's lines.
constexpr char kStructure[] =
    "structureet;859900011;859900029;MSP DES MARAIS;MAISON DE SANTE DES MARAIS;;;12;R;DES ESSAIS;"
    "B;LE MARAIS;047;85;VENDEE;85300 CHALLANS;0199000001;;603;Maison de santé (L.6223-3);1110;"
    "Etablissements;;8621Z;;;;;2020-03-01;;2024-01-15";

TEST(FinessFile, ReadsAnEstablishment) {
  const auto row = ParseFinessStructure(Fields(kStructure));
  ASSERT_THAT(row, IsOk());
  EXPECT_EQ(row->finess, "859900011");
  EXPECT_EQ(row->legal_finess, "859900029");
  EXPECT_EQ(row->display_name, "MAISON DE SANTE DES MARAIS");
  EXPECT_EQ(row->address_line, "12 B R DES ESSAIS, LE MARAIS, 85300 CHALLANS");
  EXPECT_EQ(row->insee_code, "85047");
  EXPECT_EQ(row->category, "603");
  EXPECT_EQ(row->opening_date, "2020-03-01");
}

TEST(FinessFile, TheTelephoneIsNowhere) {
  const auto row = ParseFinessStructure(Fields(kStructure));
  ASSERT_THAT(row, IsOk());
  for (const std::string* text : {&row->display_name, &row->address_line, &row->category}) {
    EXPECT_EQ(text->find("0199000001"), std::string::npos);
  }
}

TEST(FinessFile, RefusesALineByItsColumn) {
  auto fields = Fields(kStructure);
  fields[1] = "859900012";
  EXPECT_THAT(ParseFinessStructure(fields), ReasonIs("INVALID_FINESS"));
  fields.resize(20);
  EXPECT_THAT(ParseFinessStructure(fields), ReasonIs("WRONG_COLUMN_COUNT"));
}

TEST(FinessFile, TakesTheCategoriesOfTheTableAlone) {
  EXPECT_EQ(FindFinessCategory("603")->kind, 1);
  EXPECT_EQ(FindFinessCategory("124")->kind, 5);
  EXPECT_EQ(FindFinessCategory("355")->kind, 8);
  EXPECT_FALSE(FindFinessCategory("604")->receives_patients);
  for (const char* other : {"223", "146", "500", "125", ""}) {
    EXPECT_EQ(FindFinessCategory(other), nullptr) << other;
  }
}

TEST(FinessFile, H05_CommuneCodesOfCorsicaAndOverseas) {
  EXPECT_EQ(*InseeCodeOfFiness("01", "451"), "01451");
  EXPECT_EQ(*InseeCodeOfFiness("2A", "004"), "2A004");
  EXPECT_EQ(*InseeCodeOfFiness("9A", "105"), "97105");
  EXPECT_EQ(*InseeCodeOfFiness("9C", "302"), "97302");
  EXPECT_EQ(*InseeCodeOfFiness("9F", "608"), "97608");
  EXPECT_EQ(*InseeCodeOfFiness("9J", "613"), "98613");
  EXPECT_EQ(*InseeCodeOfFiness("9A", "123"), "97701");  // Saint-Barthélemy, since 2007.
  EXPECT_EQ(*InseeCodeOfFiness("9A", "127"), "97801");  // Saint-Martin.
  EXPECT_EQ(*InseeCodeOfFiness("75", "113"), "75056");
  EXPECT_EQ(*InseeCodeOfFiness("69", "383"), "69123");
  EXPECT_EQ(*InseeCodeOfFiness("13", "201"), "13055");
  EXPECT_THAT(InseeCodeOfFiness("9A", "411"), ReasonIs("INVALID_INSEE_CODE"));
  EXPECT_THAT(InseeCodeOfFiness("9J", "105"), ReasonIs("INVALID_INSEE_CODE"));
  EXPECT_THAT(InseeCodeOfFiness("85", "47"), ReasonIs("INVALID_INSEE_CODE"));
  EXPECT_THAT(InseeCodeOfFiness("974", "411"), ReasonIs("INVALID_INSEE_CODE"));
}

TEST(FinessFile, TerritoryAndZoneOfACommune) {
  EXPECT_EQ(TerritoryOfCommune("85047"), "85");
  EXPECT_EQ(TerritoryOfCommune("2B033"), "2B");
  EXPECT_EQ(TerritoryOfCommune("97411"), "974");
  EXPECT_EQ(TerritoryOfCommune("97701"), "971");
  EXPECT_EQ(TerritoryOfCommune("98613"), "");
  EXPECT_EQ(TimeZoneOfCommune("85047"), "");
  EXPECT_EQ(TimeZoneOfCommune("97411"), "Indian/Reunion");
}

TEST(FinessFile, ReadsAPosition) {
  const auto row = ParseFinessPosition(
      Fields("geolocalisation;859900011;328409.77;6649889.05;1,ATLASANTE,94,IGN,BD_ADRESSE,V2.1,"
             "LAMBERT_93;2024-01-15"));
  ASSERT_THAT(row, IsOk());
  EXPECT_TRUE(row->known);
  EXPECT_EQ(row->grid, MapGrid::kLambert93);
  EXPECT_DOUBLE_EQ(row->x, 328'409.77);
  const auto none = ParseFinessPosition(Fields("geolocalisation;859900011;;;;"));
  ASSERT_THAT(none, IsOk());
  EXPECT_FALSE(none->known);
  EXPECT_THAT(ParseFinessPosition(Fields("geolocalisation;859900011;a;b;;")),
              ReasonIs("INVALID_NUMBER"));
}

TEST(FinessFile, H05_APointFarFromItsCommuneIsRefused) {
  const care::Point challans{46.8458, -1.8794};
  EXPECT_THAT(CheckNearCommune({46.86, -1.9}, challans, "85047", "x"), IsOk());
  EXPECT_THAT(CheckNearCommune({-1.8794, 46.8458}, challans, "85047", "x"),
              ReasonIs("POINT_FAR_FROM_COMMUNE"));
  EXPECT_THAT(CheckNearCommune({45.1276, -0.6623}, challans, "85047", "x"),
              ReasonIs("POINT_FAR_FROM_COMMUNE"));
  EXPECT_THAT(CheckNearCommune({0, 0}, challans, "85047", "x"), ReasonIs("INVALID_POINT"));
  EXPECT_THAT(CheckNearCommune({16, -61}, {}, "97701", "x"), IsOk());
}

// Verbatim lines of the register, where they are at hand (Licence Ouverte).
TEST(FinessFile, ReadsTheRegistersOwnLines) {
  std::ifstream file(SAS_SHARED_DATA "/sites/finess_cs1100502_sample_2026-05-12.csv");
  if (!file) GTEST_SKIP() << "no shared data here";
  std::map<std::string, std::string> communes;
  int taken = 0;
  int others = 0;
  for (std::string text; std::getline(file, text);) {
    const auto fields = Fields(*LineToUtf8(text));
    if (FinessSectionOf(fields) != FinessSection::kStructure) {
      ++others;
      continue;
    }
    const auto row = ParseFinessStructure(fields);
    ASSERT_THAT(row, IsOk()) << text;
    communes[row->finess] = row->insee_code;
    taken += FindFinessCategory(row->category) != nullptr ? 1 : 0;
  }
  EXPECT_EQ(others, 1);  // finess;etalab;…
  EXPECT_EQ(communes.size(), 8U);
  EXPECT_EQ(taken, 5);
  EXPECT_EQ(communes["010000024"], "01451");
  EXPECT_EQ(communes["970102018"], "97701");
  EXPECT_EQ(communes["970400024"], "97411");
  EXPECT_EQ(communes["980600027"], "98613");
}

}  // namespace
}  // namespace sas::slots
