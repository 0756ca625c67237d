#include "services/slots/domain/csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/testing/status_matchers.h"

namespace sas::slots {
namespace {

using ::testing::ElementsAre;
using testing::IsOk;
using testing::ReasonIs;

std::vector<FileLine> LinesOf(LineReader& reader, std::string_view bytes) {
  std::vector<FileLine> lines;
  reader.Feed(bytes);
  while (auto line = reader.Next()) lines.push_back(*std::move(line));
  return lines;
}

TEST(LineReader, CutsLinesWithTheirNumbersAndOffsets) {
  LineReader reader;
  const auto lines = LinesOf(reader, "one\r\ntwo\n\nfour");
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[0].text, "one");
  EXPECT_EQ(lines[0].number, 1);
  EXPECT_EQ(lines[0].end, 5);
  EXPECT_EQ(lines[1].text, "two");
  EXPECT_EQ(lines[1].end, 9);
  EXPECT_EQ(lines[2].text, "");
  const auto rest = reader.Rest();
  ASSERT_TRUE(rest);
  EXPECT_EQ(rest->text, "four");
  EXPECT_EQ(rest->end, 14);
  EXPECT_FALSE(reader.Rest());
}

TEST(LineReader, GivesTheSameLinesHoweverTheBytesAreCut) {
  const std::string file =
      "\xEF\xBB\xBF"
      "alpha;b\r\nécho\n;;\nlast\n";
  LineReader whole;
  const auto expected = LinesOf(whole, file);
  for (std::size_t size = 1; size <= file.size(); ++size) {
    LineReader reader;
    std::vector<FileLine> lines;
    for (std::size_t at = 0; at < file.size(); at += size) {
      for (FileLine& line : LinesOf(reader, std::string_view(file).substr(at, size))) {
        lines.push_back(std::move(line));
      }
    }
    ASSERT_EQ(lines.size(), expected.size()) << size;
    for (std::size_t i = 0; i < lines.size(); ++i) {
      EXPECT_EQ(lines[i].text, expected[i].text) << size;
      EXPECT_EQ(lines[i].end, expected[i].end) << size;
    }
  }
  EXPECT_EQ(expected[0].text, "alpha;b");  // Without the mark of the file's beginning.
}

TEST(LineReader, GoesOnBehindAnOffset) {
  const std::string file = "a\nbb\nccc\n";
  LineReader first;
  const auto lines = LinesOf(first, std::string_view(file).substr(0, 4));
  ASSERT_EQ(lines.size(), 1U);
  LineReader next(lines[0].end, lines[0].number);
  const auto others =
      LinesOf(next, std::string_view(file).substr(static_cast<std::size_t>(lines[0].end)));
  ASSERT_EQ(others.size(), 2U);
  EXPECT_EQ(others[1].text, "ccc");
  EXPECT_EQ(others[1].number, 3);
  EXPECT_EQ(others[1].end, 9);
}

TEST(LineReader, ALineWithoutEndTakesNoMemory) {
  LineReader reader;
  const std::string piece(100'000, 'x');
  for (int i = 0; i < 50; ++i) EXPECT_TRUE(LinesOf(reader, piece).empty());
  EXPECT_LE(reader.kept(), kLineBytesMax + 1);
  const auto lines = LinesOf(reader, "\nshort\n");
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_TRUE(lines[0].too_long);
  EXPECT_EQ(lines[0].end, 5'000'001);
  EXPECT_FALSE(lines[1].too_long);
  EXPECT_EQ(lines[1].text, "short");
}

TEST(LineToUtf8, ReadsBothEncodingsOfTheRegisters) {
  EXPECT_EQ(*LineToUtf8("Saint-\xC3\x89tienne"), "Saint-\xC3\x89tienne");
  EXPECT_EQ(*LineToUtf8("Saint-\xC9tienne"), "Saint-\xC3\x89tienne");
  EXPECT_EQ(*LineToUtf8("Le Sacr\xE9-C\xBDur \xA4"), "Le Sacré-Cœur €");
}

TEST(LineToUtf8, H05_RefusesWhatItWouldHaveToGuess) {
  EXPECT_THAT(LineToUtf8(std::string_view("a\0b", 3)), ReasonIs("INVALID_ENCODING"));  // UTF-16.
  EXPECT_THAT(LineToUtf8("L\x92\xCEle-d\x92Yeu"), ReasonIs("INVALID_ENCODING"));  // Windows-1252.
  EXPECT_THAT(CheckFirstBytes("\xFF\xFE\x61"), ReasonIs("INVALID_ENCODING"));
  EXPECT_THAT(CheckFirstBytes("\xEF\xBB\xBF"), IsOk());
}

TEST(SplitFields, KnowsQuotesOnlyWhereTheFormatHasThem) {
  EXPECT_THAT(*SplitFields("a; b ;;c", ';', Quotes::kDouble), ElementsAre("a", "b", "", "c"));
  EXPECT_THAT(*SplitFields("\"x;y\";\"said \"\"no\"\"\";", ';', Quotes::kDouble),
              ElementsAre("x;y", "said \"no\"", ""));
  EXPECT_THAT(*SplitFields("RESIDENCE \"LES LILAS\";2", ';', Quotes::kDouble),
              ElementsAre("RESIDENCE \"LES LILAS\"", "2"));
  EXPECT_THAT(*SplitFields("\"LES LILAS\" EHPAD;2", ';', Quotes::kNone),
              ElementsAre("\"LES LILAS\" EHPAD", "2"));
  EXPECT_THAT(SplitFields("\"open;2", ';', Quotes::kDouble), ReasonIs("UNTERMINATED_QUOTE"));
  EXPECT_THAT(SplitFields("\"a\"b;2", ';', Quotes::kDouble), ReasonIs("UNTERMINATED_QUOTE"));
}

TEST(Columns, FindsValuesByNameWithEitherSeparator) {
  for (const std::string_view header : {"Nom;code", "nom,CODE"}) {
    const auto columns = Columns::Parse(header, {"nom", "code", "other"}, {"code"});
    ASSERT_THAT(columns, IsOk());
    const auto fields = columns->Split(header == "Nom;code" ? "Challans;85047" : "Challans,85047");
    ASSERT_THAT(fields, IsOk());
    EXPECT_EQ(columns->Get(*fields, "code"), "85047");
    EXPECT_EQ(columns->Get(*fields, "other"), "");
    EXPECT_THAT(columns->Split("one"), ReasonIs("WRONG_COLUMN_COUNT"));
  }
}

TEST(Columns, NamesWhatIsWrongWithTheFirstLine) {
  EXPECT_THAT(Columns::Parse("nom;mail", {"nom"}, {}), ReasonIs("UNKNOWN_COLUMN"));
  EXPECT_THAT(Columns::Parse("nom", {"nom", "code"}, {"code"}), ReasonIs("MISSING_COLUMN"));
  EXPECT_THAT(Columns::Parse("nom;nom", {"nom"}, {}), ReasonIs("DUPLICATE_ENTRY"));
}

TEST(Values, AreReadWholeOrNotAtAll) {
  EXPECT_EQ(*ParseWhole("15", "n"), 15);
  EXPECT_THAT(ParseWhole("15 min", "n"), ReasonIs("INVALID_NUMBER"));
  EXPECT_THAT(ParseWhole("99999999999", "n"), ReasonIs("INVALID_NUMBER"));
  EXPECT_DOUBLE_EQ(*ParseDecimal("-1,8794", "lon"), -1.8794);
  EXPECT_THAT(ParseDecimal("", "lon"), ReasonIs("INVALID_NUMBER"));
  EXPECT_TRUE(*ParseYesNo("Oui", "x"));
  EXPECT_FALSE(*ParseYesNo("", "x"));
  EXPECT_THAT(ParseYesNo("peut-être", "x"), ReasonIs("INVALID_WORD"));
  EXPECT_THAT(ParseList("85| 44 ||"), ElementsAre("85", "44"));
}

}  // namespace
}  // namespace sas::slots
