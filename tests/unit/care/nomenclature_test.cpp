#include "common/care/nomenclature.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "common/testing/status_matchers.h"
#include "embedded/care_nomenclature.h"

namespace sas::care {
namespace {

using testing::IsOk;
using testing::StatusIs;

TEST(Nomenclature, ListsHaveTheirPublishedSizeAndNoTwins) {
  const std::map<std::string_view, std::size_t> sizes{{"attribution", 40},
                                                      {"cadre", 10},
                                                      {"canal", 6},
                                                      {"communication", 9},
                                                      {"delai", 11},
                                                      {"effet", 12},
                                                      {"etape", 5},
                                                      {"etat", 7},
                                                      {"etat_demande", 1},
                                                      {"fait", 179},
                                                      {"filiere", 4},
                                                      {"id_lieu", 5},
                                                      {"intervention", 5},
                                                      {"langue", 183},
                                                      {"lieu", 63},
                                                      {"motif", 52},
                                                      {"nb_victimes", 6},
                                                      {"niveau_soin", 4},
                                                      {"objet_source", 5},
                                                      {"origine", 19},
                                                      {"patient", 5},
                                                      {"precision", 5},
                                                      {"priorite", 5},
                                                      {"reponse_demande", 4},
                                                      {"risque", 37},
                                                      {"role", 8},
                                                      {"sexe", 4},
                                                      {"signalement", 2},
                                                      {"statut_vecteur", 18},
                                                      {"systeme", 3},
                                                      {"type_appelant", 29},
                                                      {"type_com", 7},
                                                      {"type_decision", 5},
                                                      {"type_id_patient", 5},
                                                      {"type_orientation", 7},
                                                      {"type_pec", 4},
                                                      {"type_ressource", 34},
                                                      {"type_vecteur", 63}};
  for (const auto& [file, size] : sizes) {
    EXPECT_EQ(CodesOf(file).size(), size) << file;
    std::set<std::string_view> codes;
    for (const Code& code : CodesOf(file)) {
      EXPECT_FALSE(code.label.empty()) << code.code;
      EXPECT_TRUE(codes.insert(code.code).second) << code.code;
    }
  }
  EXPECT_EQ(std::size(nomenclature::kFiles), sizes.size() + 2);  // The two files of rules.
}

TEST(Nomenclature, LabelsAsPublished) {
  EXPECT_EQ(MotifLabel("M03.14"), "Fièvre, problème infectieux");
  EXPECT_EQ(MotifLabel("M01.01"), "Suspicion d’arrêt cardiaque, mort subite");
  EXPECT_EQ(MotifLabel("M99.99"), "");
  EXPECT_EQ(LabelIn(Attributions(), "DRM.MRL.MG"), "Régulation ML");
  EXPECT_EQ(LabelIn(OrientationTypes(), "EPHAD"), "EPHAD ou Long séjour");
  EXPECT_EQ(LabelIn(ResourceTypes(), "LIBERAL.MMG"), "Maison médicale de garde");
  EXPECT_EQ(LabelIn(Delays(), "DEL0"), "Immédiatement");
  EXPECT_EQ(LabelIn(VehicleTypes(), "SIS.VSAV"),
            "Véhicule de secours et d'assistance aux victimes");
  EXPECT_EQ(LabelIn(MissionStatuses(), "ARRIVEE"), "Arrivée sur les lieux");
  EXPECT_EQ(LabelIn(Languages(), "pt"), "Portugais");
}

TEST(Nomenclature, H16_UnknownAndEmptyCodesAreRefused) {
  EXPECT_THAT(CheckMotif("M03.14", "motif_code"), IsOk());
  for (const char* code : {"", "M03", "m03.14", "M03.14 ", "M03.99"}) {
    EXPECT_THAT(CheckMotif(code, "motif_code"),
                StatusIs(absl::StatusCode::kInvalidArgument, "UNKNOWN_CODE"))
        << code;
  }
  const absl::Status status = CheckCode(Origines(), "HubSante.origine", "17", "origin");
  EXPECT_EQ(base::DetailOf(status).violations[0].field, "origin");
  EXPECT_NE(std::string(status.message()).find("HubSante.origine"), std::string::npos);
  EXPECT_THAT(CheckCode(Origines(), "HubSante.origine", "116117", "origin"), IsOk());
}

TEST(Nomenclature, H16_LevelThreeOfFaitAndLieuPassesOnlyWhereItIsNotListed) {
  EXPECT_EQ(LabelIn(Faits(), "C02.05.01"), "Médicale");
  EXPECT_EQ(LabelIn(Lieux(), "L04.09.02"), "Etablissement pour personnes handicapées");
  for (const char* code : {"C02.00.00", "C02.05.00", "C02.05.01", "C05.00.03", "C01.02.04"}) {
    EXPECT_THAT(CheckFait(code, "fait_code"), IsOk()) << code;
  }
  // Below a listed level 3, below an unknown level 2, of level 1, of another list, misshapen.
  for (const char* code : {"", "C02.05.04", "C01.06.01", "C09.00.01", "C05.00.06", "L01.01.01",
                           "C01.02.4", "C01.02.0x", "C01.02.004", "c01.02.04"}) {
    EXPECT_THAT(CheckFait(code, "fait_code"),
                StatusIs(absl::StatusCode::kInvalidArgument, "UNKNOWN_CODE"))
        << code;
  }
  EXPECT_THAT(CheckLieu("L01.01.03", "lieu_code"), IsOk());
  EXPECT_THAT(CheckLieu("L04.07.04", "lieu_code"),
              StatusIs(absl::StatusCode::kInvalidArgument, "UNKNOWN_CODE"));
}

// Hazard H-02.
TEST(Nomenclature, H02_VitalMotifs) {
  const std::set<std::string> vital{"M01.00", "M01.01", "M01.02", "M01.03", "M02.02",
                                    "M02.08", "M02.09", "M02.10", "M03.01", "M03.04",
                                    "M03.06", "M03.08", "M03.19"};
  for (const Code& code : Motifs()) {
    EXPECT_EQ(IsVitalMotif(code.code), vital.count(std::string(code.code)) == 1) << code.code;
  }
}

// Hazard H-04: the list is keyed on motif and on nature de fait.
TEST(Nomenclature, H04_ReflexListMotifAndFait) {
  EXPECT_TRUE(IsReflexMotif("M01.01", ""));
  EXPECT_FALSE(IsReflexMotif("M01.01", "C10.02.00"));  // A corpse is found, nobody is dying.
  EXPECT_TRUE(IsReflexMotif("M02.10", ""));
  EXPECT_FALSE(IsReflexMotif("M01.02", ""));
  for (const char* fait :
       {"C02.08.04", "C02.08.07", "C02.11.01", "C02.12.00", "C02.13.02", "C02.13.06"}) {
    EXPECT_TRUE(IsReflexMotif("M07.00", fait)) << fait;
  }
  EXPECT_TRUE(IsReflexMotif("M01.02", "C01.01.04"));   // Inert rider.
  EXPECT_FALSE(IsReflexMotif("M02.06", "C01.01.04"));  // Scratched rider.
  EXPECT_TRUE(IsReflexMotif("M01.03", "C01.01.05"));
  EXPECT_FALSE(IsReflexMotif("M01.02", "C01.01.01"));
  EXPECT_FALSE(IsReflexMotif("M03.14", ""));
  EXPECT_FALSE(IsReflexMotif("", ""));
}

}  // namespace
}  // namespace sas::care
