#include <gtest/gtest.h>

#include "common/testing/status_matchers.h"
#include "services/slots/domain/findings.h"
#include "services/slots/domain/place_name.h"
#include "services/slots/domain/slot_name.h"

namespace sas::slots {
namespace {

using testing::IsOk;
using testing::ReasonIs;

TEST(SlotName, RoundTrip) {
  const base::Instant start(std::chrono::sys_days(std::chrono::year(2026) / 11 / 24) +
                            std::chrono::hours(17) + std::chrono::minutes(5));
  const std::string name = SlotName("regions/fr-pdl/sites/csnp", "csnp-ete", start);
  EXPECT_EQ(name, "regions/fr-pdl/sites/csnp/slots/csnp-ete-20261124t1705z");
  const auto identity = ParseSlotName(name, "slot");
  ASSERT_THAT(identity, IsOk());
  EXPECT_EQ(identity->region, "fr-pdl");
  EXPECT_EQ(identity->site, "regions/fr-pdl/sites/csnp");
  EXPECT_EQ(identity->agenda, "csnp-ete");
  EXPECT_EQ(identity->start, start);
}

TEST(SlotName, RefusesWhatItDoesNotMake) {
  const std::string site = "regions/fr-pdl/sites/csnp/slots/";
  for (const char* id : {"csnp", "20261124t1705z", "-20261124t1705z", "csnp20261124t1705z",
                         "csnp-20261324t1705z", "csnp-20261124t2405z", "csnp-20261124t1760z",
                         "csnp-20261131t1705z", "csnp-20261124-1705z", "csnp-2026112at1705z"}) {
    EXPECT_THAT(ParseSlotName(site + id, "slot"), ReasonIs("INVALID_RESOURCE_NAME")) << id;
  }
  EXPECT_THAT(ParseSlotName("regions/fr-pdl/slots/csnp-20261124t1705z", "slot"),
              ReasonIs("INVALID_RESOURCE_NAME"));
}

TEST(PlaceName, FoldsCaseAndAccents) {
  EXPECT_EQ(FoldPlaceName("Coëx"), "coex");
  EXPECT_EQ(FoldPlaceName("COËX"), "coex");
  EXPECT_EQ(FoldPlaceName("Noirmoutier-en-l'Île"), "noirmoutier en l ile");
  EXPECT_EQ(FoldPlaceName("Noirmoutier en l’Île"), "noirmoutier en l ile");
  EXPECT_EQ(FoldPlaceName("Œuf-en-Ternois"), "oeuf en ternois");
  EXPECT_EQ(FoldPlaceName("L’Haÿ-les-Roses"), "l hay les roses");
  EXPECT_EQ(FoldPlaceName("L’HAŸ-LES-ROSES"), "l hay les roses");
  EXPECT_EQ(FoldPlaceName("  Bois-de-Céné  "), "bois de cene");
  EXPECT_EQ(FoldPlaceName("Saint-Rémy-en-Bouzemont 3"), "saint remy en bouzemont 3");
  EXPECT_EQ(FoldPlaceName("Ærø ÷ ×"), "aero");
  EXPECT_EQ(FoldPlaceName("東京%_"), "");
  EXPECT_EQ(FoldPlaceName(""), "");
}

TEST(PlaceName, SaintsMayBeShortened) {
  EXPECT_EQ(FoldPlaceName("St-Étienne-du-Bois"), "saint etienne du bois");
  EXPECT_EQ(FoldPlaceName("Ste Flaive"), "sainte flaive");
  EXPECT_EQ(FoldPlaceName("Villeneuve-St-Georges"), "villeneuve saint georges");
  EXPECT_EQ(FoldPlaceName("st "), "saint");
  EXPECT_EQ(FoldPlaceName("st"), "st");  // Perhaps Strasbourg.
  EXPECT_EQ(FoldPlaceName("Brest"), "brest");
  EXPECT_EQ(FoldPlaceName("Brest sur mer"), "brest sur mer");
}

TEST(PlaceName, Articles) {
  EXPECT_EQ(WithoutArticle("la barre de monts"), "barre de monts");
  EXPECT_EQ(WithoutArticle("les sables d olonne"), "sables d olonne");
  EXPECT_EQ(WithoutArticle("l ile d yeu"), "ile d yeu");
  EXPECT_EQ(WithoutArticle("lege"), "lege");
}

TEST(Findings, OneStaysAsItIs) {
  Findings findings;
  EXPECT_TRUE(findings.empty());
  EXPECT_THAT(findings.Result(), IsOk());
  findings.Add(absl::OkStatus());
  EXPECT_TRUE(findings.empty());
  findings.Add(base::InvalidField("a", "FIRST", "one"));
  const auto detail = base::DetailOf(findings.Result());
  EXPECT_EQ(detail.reason, "FIRST");
  ASSERT_EQ(detail.violations.size(), 1U);
  EXPECT_EQ(detail.violations[0].description, "one");
}

TEST(Findings, SeveralCarryTheirReasonsAlsoWhenNested) {
  Findings inner;
  inner.Add(base::InvalidField("a", "FIRST", "one"));
  inner.Add(base::InvalidField("b", "SECOND", "two"));
  Findings outer;
  outer.Add(inner.Result());
  outer.Add(base::InvalidField("c", "THIRD", "three"));
  const auto detail = base::DetailOf(outer.Result());
  EXPECT_EQ(detail.reason, "FIRST");
  ASSERT_EQ(detail.violations.size(), 3U);
  EXPECT_EQ(detail.violations[0].description, "FIRST: one");
  EXPECT_EQ(detail.violations[1].description, "SECOND: two");
  EXPECT_EQ(detail.violations[2].description, "THIRD: three");
  EXPECT_EQ(detail.metadata.back(), (std::pair<std::string, std::string>("finding_count", "3")));
}

TEST(Findings, NamesFiftyAndCountsTheRest) {
  Findings findings;
  for (std::size_t i = 0; i < Findings::kMax + 1; ++i) {
    findings.Add(base::InvalidField("f" + std::to_string(i), "WRONG", "x"));
  }
  const auto detail = base::DetailOf(findings.Result());
  EXPECT_EQ(detail.violations.size(), 50U);
  EXPECT_EQ(detail.metadata.back().second, "51");
}

}  // namespace
}  // namespace sas::slots
