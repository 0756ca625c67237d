#include "common/observe/log.h"

#include <gmock/gmock.h>

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>
#include <vector>

#include "common/base/status.h"

namespace sas::observe {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// What `write` puts on standard error.
template <typename Write>
std::string Written(Write write) {
  ::testing::internal::CaptureStderr();
  write();
  FlushLog();
  return ::testing::internal::GetCapturedStderr();
}

class LogTest : public ::testing::Test {
 protected:
  void SetUp() override { InitLog("slots", Level::kInfo); }
};

TEST_F(LogTest, OneJsonLinePerEvent) {
  const std::string text = Written([] {
    Log(Level::kWarn, "redis_rebuilt",
        {{"seats", std::int64_t{12}}, {"ms", 1.5}, {"full", true}, {"region", "fr-pdl"}});
  });
  EXPECT_EQ(text.find('\n'), text.size() - 1) << text;
  const auto line = nlohmann::json::parse(text);
  EXPECT_EQ(line["level"], "warn");
  EXPECT_EQ(line["service"], "slots");
  EXPECT_EQ(line["event"], "redis_rebuilt");
  EXPECT_EQ(line["seats"], 12);
  EXPECT_EQ(line["ms"], 1.5);
  EXPECT_EQ(line["full"], true);
  EXPECT_EQ(line["region"], "fr-pdl");
  EXPECT_THAT(
      line["time"].get<std::string>(),
      ::testing::MatchesRegex("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{6}Z"));
}

TEST_F(LogTest, H48_FieldsThatCouldNameAPersonAreRedacted) {
  for (const char* field :
       {"name", "phone", "birth", "birth_date", "address", "text", "comment", "patient_name",
        "given", "family", "motive_text", "note", "Phone", "caller_phone", "patient_birth_date"}) {
    const std::string text = Written([&] {
      Log(Level::kInfo, "slip", {{field, "Zoubida"}, {"case", "c1"}});
    });
    EXPECT_THAT(text, Not(HasSubstr("Zoubida"))) << field;
    EXPECT_THAT(text, HasSubstr("[redacted]")) << field;
    EXPECT_THAT(text, HasSubstr("c1")) << field;
  }
}

TEST_F(LogTest, OrdinaryFieldsAreNot) {
  for (const char* field : {"subject", "region", "listen", "context", "notes_count", "method"}) {
    EXPECT_THAT(Written([&] {
                  Log(Level::kInfo, "e", {{field, "value"}});
                }),
                HasSubstr("value"))
        << field;
  }
}

TEST_F(LogTest, BelowTheMinimumNothingIsWritten) {
  EXPECT_EQ(Written([] { Log(Level::kDebug, "detail"); }), "");
  InitLog("slots", Level::kError);
  EXPECT_EQ(Written([] { Log(Level::kWarn, "detail"); }), "");
  EXPECT_NE(Written([] { Log(Level::kError, "fault"); }), "");
}

TEST_F(LogTest, HostileBytesStayOneReadableLine) {
  const std::string text = Written([] {
    Log(Level::kInfo, "e", {{"cause", "a\n\"b\xff\x01{}%s"}});
  });
  EXPECT_EQ(text.find('\n'), text.size() - 1) << text;
  EXPECT_TRUE(nlohmann::json::accept(text)) << text;
  EXPECT_THAT(text, HasSubstr("b\xef\xbf\xbd")) << "what cannot be read is marked";
}

TEST_F(LogTest, FiguresAreTheShortestThatReadTheSame) {
  const std::string text = Written([] {
    Log(Level::kInfo, "e",
        {{"third", 1.0 / 3}, {"whole", 2.0}, {"least", std::int64_t{INT64_MIN}}, {"inf", 1 / 0.0}});
  });
  const auto line = nlohmann::json::parse(text);
  EXPECT_EQ(line["third"].get<double>(), 1.0 / 3);
  EXPECT_EQ(line["whole"].get<double>(), 2);
  EXPECT_EQ(line["least"].get<std::int64_t>(), INT64_MIN);
  EXPECT_TRUE(line["inf"].is_null());
}

TEST_F(LogTest, LinesOfAllThreadsArriveWholeAndInTheirOrder) {
  constexpr int kThreads = 4;
  constexpr int kLines = 2000;  // More than the buffer holds.
  const std::string text = Written([] {
    std::vector<std::thread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([t] {
        for (int i = 0; i < kLines; ++i) {
          Log(Level::kInfo, "e",
              {{"thread", std::int64_t{t}},
               {"i", std::int64_t{i}},
               {"filler", std::string(100, 'x')}});
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
  });
  std::vector<int> next(kThreads, 0);
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const auto parsed = nlohmann::json::parse(line);
    EXPECT_EQ(parsed["i"], next[parsed["thread"]]++);
  }
  EXPECT_THAT(next, ::testing::Each(kLines));
}

TEST_F(LogTest, AWarningStandsInTheLogAtOnceWithAllBeforeIt) {
  ::testing::internal::CaptureStderr();
  Log(Level::kInfo, "before");
  Log(Level::kWarn, "warning");
  const std::string text = ::testing::internal::GetCapturedStderr();
  EXPECT_LT(text.find("before"), text.find("warning"));
  EXPECT_NE(text.find("warning"), std::string::npos);
}

TEST(LogDeathTest, ABrokenInvariantEndsWithWhatWasLogged) {
  EXPECT_DEATH(
      {
        Log(Level::kInfo, "the_last_words");
        SAS_CHECK(false, "broken on purpose");
      },
      "the_last_words");
}

TEST(LogDeathTest, AnExitEndsWithWhatWasLogged) {
  EXPECT_EXIT(
      {
        Log(Level::kInfo, "the_last_words");
        std::exit(7);
      },
      ::testing::ExitedWithCode(7), "the_last_words");
}

TEST(ParseLevel, KnowsFour) {
  EXPECT_EQ(ParseLevel("debug"), Level::kDebug);
  EXPECT_EQ(ParseLevel("info"), Level::kInfo);
  EXPECT_EQ(ParseLevel("warn"), Level::kWarn);
  EXPECT_EQ(ParseLevel("error"), Level::kError);
  EXPECT_EQ(ParseLevel("loud"), Level::kInfo);
}

}  // namespace
}  // namespace sas::observe
