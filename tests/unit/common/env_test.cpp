#include "common/config/env.h"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "common/base/status.h"
#include "common/testing/status_matchers.h"

namespace sas::config {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::IsOk;
using ::testing::Pair;
using testing::StatusIs;

using Variables = std::map<std::string, std::string>;

std::vector<std::string> FaultyNames(const Env& env) {
  std::vector<std::string> names;
  for (const auto& violation : base::DetailOf(env.Check()).violations) {
    names.push_back(violation.field);
  }
  return names;
}

TEST(Env, GivesDefaultsWhenNothingIsSet) {
  Env env(Variables{});
  EXPECT_EQ(env.Text("SAS_T", "x"), "x");
  EXPECT_EQ(env.Number("SAS_N", 7, 1, 9), 7);
  EXPECT_TRUE(env.Flag("SAS_F", true));
  EXPECT_EQ(env.Duration("SAS_D", milliseconds(5), milliseconds(1), milliseconds(9)),
            milliseconds(5));
  EXPECT_THAT(env.List("SAS_L", "a,b"), ElementsAre("a", "b"));
  EXPECT_THAT(env.Check(), IsOk());
}

TEST(Env, ReadsWhatIsSet) {
  Env env(Variables{{"SAS_T", "text"},
                    {"SAS_N", "-12"},
                    {"SAS_F", "off"},
                    {"SAS_G", "1"},
                    {"SAS_L", " a , ,b c,"},
                    {"HOME", "/"}});
  EXPECT_EQ(env.RequiredText("SAS_T"), "text");
  EXPECT_EQ(env.Number("SAS_N", 0, -12, 5), -12);
  EXPECT_FALSE(env.Flag("SAS_F", true));
  EXPECT_TRUE(env.Flag("SAS_G", false));
  EXPECT_THAT(env.List("SAS_L", ""), ElementsAre("a", "b c"));
  EXPECT_THAT(env.Check(), IsOk());
}

TEST(Env, DurationsHaveAUnit) {
  Env env(Variables{{"SAS_A", "1500ms"}, {"SAS_B", "30s"}, {"SAS_C", "10m"}, {"SAS_D", "48h"}});
  const milliseconds most = std::chrono::hours(48);
  EXPECT_EQ(env.Duration("SAS_A", {}, {}, most), milliseconds(1500));
  EXPECT_EQ(env.Duration("SAS_B", {}, {}, most), std::chrono::seconds(30));
  EXPECT_EQ(env.Duration("SAS_C", {}, {}, most), std::chrono::minutes(10));
  EXPECT_EQ(env.Duration("SAS_D", {}, {}, most), std::chrono::hours(48));
  EXPECT_THAT(env.Check(), IsOk());
  for (const char* wrong : {"", "30", "s", "-1s", "1.5s", "30 s", "30d", "99999999999999999999h"}) {
    Env bad(Variables{{"SAS_A", wrong}});
    EXPECT_EQ(bad.Duration("SAS_A", milliseconds(3), {}, most), milliseconds(3));
    EXPECT_THAT(FaultyNames(bad), ElementsAre("SAS_A")) << wrong;
  }
  Env too_long(Variables{{"SAS_A", "49h"}});
  too_long.Duration("SAS_A", {}, {}, most);
  EXPECT_THAT(FaultyNames(too_long), ElementsAre("SAS_A"));
}

TEST(Env, NumbersAreWholeAndInRange) {
  for (const char* wrong : {"", "x", "1x", "1.0", "0", "10", "99999999999999999999"}) {
    Env env(Variables{{"SAS_N", wrong}});
    EXPECT_EQ(env.Number("SAS_N", 5, 1, 9), 5) << wrong;
    EXPECT_THAT(FaultyNames(env), ElementsAre("SAS_N")) << wrong;
  }
}

TEST(Env, OneStartShowsAllFaults) {
  Env env(Variables{{"SAS_N", "many"}, {"SAS_F", "yes"}, {"SAS_TYPO", "1"}, {"SASSY", "1"}});
  env.Number("SAS_N", 5, 1, 9);
  env.Flag("SAS_F", false);
  env.RequiredText("SAS_R");
  const absl::Status checked = env.Check();
  EXPECT_THAT(checked, StatusIs(absl::StatusCode::kInvalidArgument, "INVALID_SETTINGS"));
  EXPECT_THAT(FaultyNames(env), ElementsAre("SAS_N", "SAS_F", "SAS_R", "SAS_TYPO"));
  EXPECT_THAT(std::string(checked.message()), HasSubstr("SAS_TYPO is no setting"));
}

TEST(Env, ReadsTheProcess) {
  ASSERT_EQ(setenv("SAS_ENV_TEST", "a=b", 1), 0);
  Env env;
  EXPECT_EQ(env.Text("SAS_ENV_TEST", ""), "a=b");
  unsetenv("SAS_ENV_TEST");
}

class SecretFile : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string path = ::testing::TempDir() + "secret.XXXXXX";
    const int file = mkstemp(path.data());
    ASSERT_GE(file, 0);
    close(file);
    path_ = path;
  }

  void TearDown() override { unlink(path_.c_str()); }

  void Write(const std::string& content) { std::ofstream(path_, std::ios::binary) << content; }

  std::string path_;
};

TEST_F(SecretFile, GivesTheContentWithoutTheLastNewline) {
  Write("s3cret \n");
  Env env(Variables{{"SAS_K", path_}});
  EXPECT_EQ(env.SecretFile("SAS_K"), "s3cret ");
  EXPECT_THAT(env.Check(), IsOk());
  EXPECT_THAT(env.Shown(), ElementsAre(Pair("SAS_K", "(secret)")));
}

TEST_F(SecretFile, RefusesAFileThatOthersMayRead) {
  Write("s3cret");
  ASSERT_EQ(chmod(path_.c_str(), 0604), 0);
  Env env(Variables{{"SAS_K", path_}});
  EXPECT_THAT(env.SecretFile("SAS_K"), IsEmpty());
  EXPECT_THAT(FaultyNames(env), ElementsAre("SAS_K"));
  EXPECT_EQ(std::string(env.Check().message()).find("s3cret"), std::string::npos);
}

TEST_F(SecretFile, RefusesNothingAndTooMuch) {
  for (const std::string& content : {std::string(), std::string("\n"), std::string(65537, 'a')}) {
    Write(content);
    Env env(Variables{{"SAS_K", path_}});
    EXPECT_THAT(env.SecretFile("SAS_K"), IsEmpty());
    EXPECT_THAT(FaultyNames(env), ElementsAre("SAS_K"));
  }
}

TEST_F(SecretFile, RefusesAnAbsentFileAndAFolder) {
  Env env(Variables{{"SAS_A", path_ + ".absent"}, {"SAS_B", ::testing::TempDir()}});
  env.SecretFile("SAS_A");
  env.SecretFile("SAS_B");
  env.SecretFile("SAS_C");
  EXPECT_THAT(FaultyNames(env), ElementsAre("SAS_A", "SAS_B", "SAS_C"));
}

TEST(Env, HidesATextThatHoldsAPassword) {
  for (const char* text :
       {"postgresql://sas:s3cret@db/sas", "postgresql://sas:s3c/r@et@db:5432/sas",
        "postgresql:host=db password=s3cret", "postgresql:host=db PassWord = 's3 cret'",
        "postgresql://sas@db/sas?sslpassword=s3cret", "postgresql:user=password password=s3cret"}) {
    Env env(Variables{{"SAS_L", text}});
    EXPECT_EQ(env.Text("SAS_L", ""), text);
    EXPECT_THAT(env.Shown(), ElementsAre(Pair("SAS_L", "(secret)")));
  }
  for (const char* text :
       {"postgresql://sas@db:5432/sas", "postgresql:host=db passfile=/run/secrets/password",
        "sqlite:/var/password.db", "dns:///slots:7400", "unix:/run/a@b"}) {
    Env env(Variables{{"SAS_L", text}});
    env.Text("SAS_L", "");
    EXPECT_THAT(env.Shown(), ElementsAre(Pair("SAS_L", text)));
  }
}

TEST(Env, ShowsWhatWasRead) {
  Env env(Variables{{"SAS_N", "3"}});
  env.Number("SAS_N", 5, 1, 9);
  env.Duration("SAS_D", std::chrono::seconds(2), {}, std::chrono::seconds(9));
  env.Flag("SAS_F", true);
  EXPECT_THAT(env.Shown(),
              ElementsAre(Pair("SAS_D", "2000ms"), Pair("SAS_F", "true"), Pair("SAS_N", "3")));
}

}  // namespace
}  // namespace sas::config
