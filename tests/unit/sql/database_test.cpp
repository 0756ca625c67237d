#include "common/sql/database.h"

#include <gtest/gtest.h>

#include <string>

#include "common/base/status.h"
#include "common/sql/postgres_connection.h"
#include "common/testing/fake_clock.h"

namespace sas::sql {
namespace {

absl::Status Open(const std::string& url, const std::string& schema = "s") {
  const testing::FakeClock clock;
  Database::Options options;
  options.url = url;
  options.schema = schema;
  return Database::Open(options, clock).status();
}

TEST(DatabaseUrl, WhatIsNoUrlIsRefusedAndNotRepeated) {
  for (const char* url : {"", "ledger.db", "mysql://root:Hunter2@host/db", "sqlite:", "sqlite3:x",
                          "postgresql:host=x password=Hunter2 nonsense",
                          "postgresql://user:Hunter2@[host/db", "sqlite:/tmp/a\"b"}) {
    const absl::Status status = Open(url);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << url;
    EXPECT_EQ(base::ReasonOf(status), "INVALID_LEDGER_URL") << url;
    EXPECT_EQ(status.ToString().find("Hunter2"), std::string::npos) << status;
  }
}

TEST(DatabaseUrl, SchemaThatWouldNeedQuotingIsRefused) {
  for (const char* schema : {"a\"b", "A", "a b", "é"}) {
    EXPECT_EQ(base::ReasonOf(Open("postgresql:host=/nowhere", schema)), "INVALID_LEDGER_URL");
  }
}

TEST(Conninfo, LeftOpenTimesAreFilledIn) {
  const std::string conninfo =
      CompleteConninfo("postgresql://ann@host.example:5433/db", "booking").value();
  for (const char* part : {"user='ann'", "host='host.example'", "port='5433'", "dbname='db'",
                           "connect_timeout='2'", "tcp_user_timeout='5000'",
                           "target_session_attrs='read-write'", "application_name='sas-booking'"}) {
    EXPECT_NE(conninfo.find(part), std::string::npos) << part << " in " << conninfo;
  }
}

TEST(Conninfo, WhatIsGivenStays) {
  const std::string conninfo =
      CompleteConninfo("host=h connect_timeout=9 target_session_attrs=any", "s").value();
  EXPECT_NE(conninfo.find("connect_timeout='9'"), std::string::npos);
  EXPECT_NE(conninfo.find("target_session_attrs='any'"), std::string::npos);
}

TEST(Conninfo, ValuesAreQuoted) {
  const std::string conninfo = CompleteConninfo(R"(host=h password='it\'s a \\ x')", "s").value();
  EXPECT_NE(conninfo.find(R"(password='it\'s a \\ x')"), std::string::npos) << conninfo;
  // It parses to the same again.
  EXPECT_EQ(CompleteConninfo(conninfo, "s").value(), conninfo);
}

}  // namespace
}  // namespace sas::sql
