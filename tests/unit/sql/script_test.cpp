#include "common/sql/script.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace sas::sql {
namespace {

using Statements = std::vector<std::string>;

TEST(SplitScript, StatementsEndWithTheLineThatEndsWithASemicolon) {
  EXPECT_EQ(SplitScript("CREATE TABLE t (\n  a TEXT\n);\nINSERT INTO t VALUES (';x');\n",
                        Dialect::kSqlite),
            (Statements{"CREATE TABLE t (\na TEXT\n);\n", "INSERT INTO t VALUES (';x');\n"}));
}

TEST(SplitScript, LastStatementNeedsNoSemicolonAndNoNewline) {
  EXPECT_EQ(SplitScript("SELECT 1;\nSELECT 2", Dialect::kSqlite),
            (Statements{"SELECT 1;\n", "SELECT 2\n"}));
}

TEST(SplitScript, CommentsAndBlankLinesAreLeftOut) {
  EXPECT_EQ(SplitScript("-- why;\n\n  -- it's indented;\nSELECT 1;\r\n", Dialect::kSqlite),
            (Statements{"SELECT 1;\n"}));
  EXPECT_TRUE(SplitScript("-- nothing\n", Dialect::kSqlite).empty());
  EXPECT_TRUE(SplitScript("", Dialect::kSqlite).empty());
}

TEST(SplitScript, LinesOfADialectCountForItOnly) {
  constexpr std::string_view kScript =
      "CREATE TABLE t (\n"
      "-- sqlite:\n"
      "id INTEGER PRIMARY KEY AUTOINCREMENT\n"
      "-- end\n"
      "-- postgres:\n"
      "id BIGSERIAL PRIMARY KEY\n"
      "-- end\n"
      ");\n";
  EXPECT_EQ(SplitScript(kScript, Dialect::kSqlite),
            (Statements{"CREATE TABLE t (\nid INTEGER PRIMARY KEY AUTOINCREMENT\n);\n"}));
  EXPECT_EQ(SplitScript(kScript, Dialect::kPostgres),
            (Statements{"CREATE TABLE t (\nid BIGSERIAL PRIMARY KEY\n);\n"}));
}

}  // namespace
}  // namespace sas::sql
