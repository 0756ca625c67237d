#include "tools/sasctl/search_text.h"

#include <gtest/gtest.h>

// What somebody at a terminal reads of a search that found little.
namespace sasctl {
namespace {

namespace v1 = sas::slots::v1;

template <typename Answer>
void AddUncovered(Answer& answer, const char* department, int meters, bool unconfirmed) {
  auto& each = *answer.add_uncovered_departments();
  each.set_department_code(department);
  each.set_distance_meters(meters);
  each.set_unconfirmed(unconfirmed);
}

TEST(SearchText, H18_ThereIsNoneOnlyWhereEverythingAnsweredAndIsCovered) {
  v1::SearchSlotsResponse found;
  EXPECT_EQ(LimitsText(found), "aucun créneau\n");
  AddUncovered(found, "16", 12'210, true);
  AddUncovered(found, "17", 12'860, false);
  EXPECT_EQ(LimitsText(found),
            "aucun créneau dans ce qui est couvert\n"
            "non couverts, leurs créneaux ne sont pas dans cette réponse : "
            "16 (peut-être, dès 12 km), 17 (dès 13 km)\n");
  found.add_missing_sources("disponibilites");
  found.add_missing_sources("plateforme-a");
  EXPECT_EQ(LimitsText(found),
            "réponse incomplète : disponibilites, plateforme-a\n"
            "non couverts, leurs créneaux ne sont pas dans cette réponse : "
            "16 (peut-être, dès 12 km), 17 (dès 13 km)\n");
}

TEST(SearchText, H18_MatchesDoNotHideWhatIsNotCovered) {
  v1::SearchSlotsResponse found;
  found.add_matches();
  EXPECT_EQ(LimitsText(found), "");
  AddUncovered(found, "17", 400, false);
  EXPECT_EQ(LimitsText(found),
            "non couverts, leurs créneaux ne sont pas dans cette réponse : 17 (dès 0 km)\n");
}

TEST(SearchText, H18_AWideningNamesWhatItWouldReachWithoutCover) {
  v1::Widening widening;
  widening.set_label("45 km au lieu de 30");
  widening.set_match_count(3);
  EXPECT_EQ(WideningText(widening), "45 km au lieu de 30: 3 de plus");
  AddUncovered(widening, "16", 31'500, true);
  EXPECT_EQ(WideningText(widening),
            "45 km au lieu de 30: 3 de plus ; non couverts : 16 (peut-être, dès 32 km)");
}

}  // namespace
}  // namespace sasctl
