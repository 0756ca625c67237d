#include "common/rpc/process.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>

#include "common/base/status.h"
#include "common/observe/log.h"
#include "common/rpc/periodic.h"
#include "common/testing/child_process.h"
#include "common/testing/status_matchers.h"
#include "sas/events/v1/event_service.grpc.pb.h"

namespace sas::rpc {
namespace {

using std::chrono::milliseconds;
using testing::IsOk;
using testing::ReasonIs;

constexpr char kKey[] = "key-of-the-tests-only-key-of-the-tests";

ProcessSettings Settings(const std::string& folder) {
  ProcessSettings settings;
  settings.service = "probe";
  settings.listen = "127.0.0.1:0";
  settings.metrics_listen = "127.0.0.1:0";
  settings.port_file = folder + "/ports";
  settings.auth_key = kKey;
  settings.log_level = "error";
  settings.vital_threads = settings.interactive_threads = settings.background_threads = 1;
  return settings;
}

// Counts, and lets a test wait for a count.
class Counter {
 public:
  void Add() {
    const std::lock_guard lock(mutex_);
    ++count_;
    changed_.notify_all();
  }

  bool Reaches(int count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(10), [&] { return count_ >= count; });
  }

  int count() {
    const std::lock_guard lock(mutex_);
    return count_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int count_ = 0;
};

TEST(ProcessSettings, EveryServiceReadsTheSameNames) {
  EXPECT_EQ(SettingName("regulation", "AUTH_KEY_FILE"), "SAS_REGULATION_AUTH_KEY_FILE");
  config::Env env(std::map<std::string, std::string>{{"SAS_PROBE_VITAL_THREADS", "0"},
                                                     {"SAS_PROBE_LISTN", "x"}});
  ReadProcessSettings(env, "probe");
  const absl::Status status = env.Check();
  EXPECT_THAT(status, ReasonIs("INVALID_SETTINGS"));
  EXPECT_EQ(base::DetailOf(status).violations.size(), 3u);  // Key file, threads, typing error.
}

TEST(ProcessSettings, H50_TestIdentitiesAreRefusedUnlessAskedFor) {
  config::Env silent(std::map<std::string, std::string>{});
  EXPECT_FALSE(ReadProcessSettings(silent, "probe").test_identities);
  config::Env demo(std::map<std::string, std::string>{{"SAS_PROBE_TEST_IDENTITIES", "true"}});
  EXPECT_TRUE(ReadProcessSettings(demo, "probe").test_identities);
}

TEST(ProcessSettings, InForceAreLoggedOnceWithoutSecrets) {
  testing::TempFolder folder("process");
  const std::string key_file = folder.path() + "/key";
  std::ofstream(key_file) << kKey << '\n';
  std::filesystem::permissions(key_file, std::filesystem::perms::owner_read);
  const auto written = [&](const std::map<std::string, std::string>& variables) {
    config::Env env(variables);
    const ProcessSettings settings = ReadProcessSettings(env, "probe");
    env.Text("SAS_PROBE_LEDGER", "");
    env.Text("SAS_PROBE_SLOTS_ADDRESS", "dns:///slots:7400");
    ::testing::internal::CaptureStderr();
    const bool accepted = AcceptSettings(env, settings).ok();
    observe::FlushLog();
    const std::string text = ::testing::internal::GetCapturedStderr();
    EXPECT_NE(accepted, text.empty());
    return text;
  };
  std::map<std::string, std::string> variables{
      {"SAS_PROBE_AUTH_KEY_FILE", key_file},
      {"SAS_PROBE_LEDGER", "postgresql://sas:s3cret@db/sas"},
      {"SAS_PROBE_QUEUE_MAX", "17"}};
  const std::string text = written(variables);
  EXPECT_EQ(text.find('\n'), text.size() - 1) << text;
  for (const char* part :
       {R"("service":"probe","event":"settings")", "SAS_PROBE_QUEUE_MAX=17; ",
        "SAS_PROBE_REFLECTION=false; ", "SAS_PROBE_SLOTS_ADDRESS=dns:///slots:7400; ",
        "SAS_PROBE_AUTH_KEY_FILE=(secret); ", "SAS_PROBE_LEDGER=(secret); "}) {
    EXPECT_THAT(text, ::testing::HasSubstr(part));
  }
  EXPECT_THAT(text, ::testing::Not(::testing::HasSubstr(kKey)));
  EXPECT_THAT(text, ::testing::Not(::testing::HasSubstr("s3cret")));
  variables["SAS_PROBE_QUEUE_MAXX"] = "1";  // A refused environment is RefuseStart's to tell.
  EXPECT_THAT(written(variables), "");
}

TEST(Process, PortFileIsOneLineOfBothPorts) {
  testing::TempFolder folder("process");
  Process process(Settings(folder.path()));
  sas::events::v1::EventService::CallbackService service;  // Implements nothing.
  for (const char* method : {"ListEvents", "WatchEvents"}) {
    process.roles().Allow(std::string("/sas.events.v1.EventService/") + method,
                          {base::Role::kService});
  }
  ASSERT_THAT(process.Start({&service}, {"sas.events.v1.EventService"}), IsOk());
  std::ifstream file(folder.path() + "/ports");
  std::string line;
  ASSERT_TRUE(std::getline(file, line));
  EXPECT_EQ(line, "grpc=" + std::to_string(process.port()) +
                      " metrics=" + std::to_string(process.metrics_port()));
  EXPECT_GT(process.port(), 0);
  EXPECT_GT(process.metrics_port(), 0);
}

TEST(Process, ServiceActsUnderItsOwnNameInAllRegions) {
  testing::TempFolder folder("process");
  Process process(Settings(folder.path()));
  const TokenVerifier verifier(kKey, process.clock());
  const auto actor = verifier.Verify(process.ServiceAuthorization()());
  ASSERT_THAT(actor, IsOk());
  EXPECT_EQ(actor->subject, "service:probe");
  EXPECT_EQ(actor->role, base::Role::kService);
  EXPECT_TRUE(base::MayActInRegion(*actor, "fr-pdl"));
}

TEST(Process, ConnectRetriesOnlyWhatMayPassByItself) {
  testing::TempFolder folder("process");
  Process process(Settings(folder.path()));
  int tries = 0;
  EXPECT_THAT(process.Connect("ledger",
                              [&](const base::Call&) {
                                return ++tries < 3 ? base::Fail(absl::StatusCode::kUnavailable,
                                                                "LEDGER_UNAVAILABLE", "away")
                                                   : absl::OkStatus();
                              }),
              IsOk());
  EXPECT_EQ(tries, 3);
  tries = 0;
  EXPECT_THAT(process.Connect("ledger",
                              [&](const base::Call&) {
                                ++tries;
                                return base::Fail(absl::StatusCode::kFailedPrecondition,
                                                  "SCHEMA_TOO_NEW", "newer");
                              }),
              ReasonIs("SCHEMA_TOO_NEW"));
  EXPECT_EQ(tries, 1);
}

TEST(Process, WatchedPartTakesReadyWithItOnlyWhenRequired) {
  testing::TempFolder folder("process");
  std::atomic<bool> up{false};
  Process process(Settings(folder.path()));
  const auto probe = [&](const base::Call&) {
    return up ? absl::OkStatus() : base::Fail(absl::StatusCode::kUnavailable, "DOWN", "down");
  };
  process.Watch("partner", false, probe);
  EXPECT_TRUE(process.health().Ready());
  process.Watch("ledger", true, probe);
  EXPECT_FALSE(process.health().Ready());
  up = true;
  EXPECT_TRUE(testing::PollUntil([&] { return process.health().Ready(); }));
  process.Stop();  // The probe must not outlive `up`.
}

TEST(Periodic, RunsAgainAfterAFailureAndEndsWithStop) {
  base::SystemClock clock;
  Counter counter;
  Periodic periodic(clock);
  periodic.Add("fails", milliseconds(1), [&](const base::Call& call) {
    EXPECT_GT(call.Left(clock).count(), 0);
    counter.Add();
    return base::Fail(absl::StatusCode::kUnavailable, "DOWN", "down");
  });
  EXPECT_TRUE(counter.Reaches(3));
  periodic.Stop();
  const int count = counter.count();
  periodic.Stop();
  EXPECT_EQ(counter.count(), count);
}

TEST(Periodic, BusyWorkDoesNotStarveTheOthers) {
  base::SystemClock clock;
  Counter first;
  Counter second;
  Periodic periodic(clock);
  periodic.Add("first", milliseconds(0), [&](const base::Call&) {
    first.Add();
    return absl::OkStatus();
  });
  periodic.Add("second", milliseconds(1), [&](const base::Call&) {
    second.Add();
    return absl::OkStatus();
  });
  EXPECT_TRUE(second.Reaches(3));
  EXPECT_TRUE(first.Reaches(3));
}

}  // namespace
}  // namespace sas::rpc
