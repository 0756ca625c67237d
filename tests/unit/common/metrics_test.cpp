#include "common/observe/metrics.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

#include "common/testing/status_matchers.h"

namespace sas::observe {
namespace {

using ::testing::HasSubstr;
using testing::IsOk;
using ::testing::Not;
using testing::StatusIs;

// GET /metrics, as Prometheus would.
std::string Scrape(int port) {
  const int connection = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
  std::string page;
  if (connect(connection, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) {
    constexpr std::string_view kRequest =
        "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    if (send(connection, kRequest.data(), kRequest.size(), 0) > 0) {
      std::array<char, 4096> buffer{};
      ssize_t got = 0;
      while ((got = recv(connection, buffer.data(), buffer.size(), 0)) > 0) {
        page.append(buffer.data(), static_cast<std::size_t>(got));
      }
    }
  }
  close(connection);
  return page;
}

// One page for all tests, never taken down: its server needs two seconds to stop.
class MetricsTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (served_ != nullptr) return;
    served_ = new Metrics;
    const auto port = served_->Serve("127.0.0.1:0");
    ASSERT_THAT(port, IsOk());
    port_ = *port;
  }

  static std::string Page() { return Scrape(port_); }

  static inline Metrics* served_ = nullptr;
  static inline int port_ = 0;
  Metrics& metrics_ = *served_;
};

TEST_F(MetricsTest, SameNameAndLabelsGiveTheSameObject) {
  auto& first = metrics_.Counter("sas_test_things_total", "Things.", {{"kind", "a"}});
  auto& same = metrics_.Counter("sas_test_things_total", "Things.", {{"kind", "a"}});
  auto& other = metrics_.Counter("sas_test_things_total", "Things.", {{"kind", "b"}});
  EXPECT_EQ(&first, &same);
  EXPECT_NE(&first, &other);
  first.Increment();
  EXPECT_EQ(same.Value(), 1);
}

TEST_F(MetricsTest, ShowsItsPage) {
  metrics_.Counter("sas_test_shown_total", "Things.", {{"kind", "a"}}).Increment(3);
  metrics_.Gauge("sas_test_depth", "Depth.").Set(7);
  metrics_.Histogram("sas_test_wait_seconds", "Wait.").Observe(0.002);
  const std::string page = Page();
  EXPECT_THAT(page, HasSubstr("200 OK"));
  EXPECT_THAT(page, HasSubstr("sas_test_shown_total{kind=\"a\"} 3"));
  EXPECT_THAT(page, HasSubstr("sas_test_depth 7"));
  EXPECT_THAT(page, HasSubstr("sas_test_wait_seconds_bucket{le=\"0.0025\"} 1"));
  EXPECT_THAT(page, HasSubstr("sas_test_wait_seconds_bucket{le=\"0.001\"} 0"));
  EXPECT_THAT(page, HasSubstr("le=\"0.0001\""));
  EXPECT_THAT(page, HasSubstr("le=\"10\""));
}

TEST_F(MetricsTest, AsksAtEachScrape) {
  static double depth = 4;  // The page outlives this test.
  metrics_.OnScrape("sas_test_queue", "Queue.", {{"lane", "vital"}}, [] { return depth; });
  metrics_.OnScrape("sas_test_queue", "Queue.", {{"lane", "background"}}, [] { return 1.0; });
  const std::string page = Page();
  EXPECT_THAT(page, HasSubstr("sas_test_queue{lane=\"vital\"} 4"));
  EXPECT_THAT(page, HasSubstr("sas_test_queue{lane=\"background\"} 1"));
  EXPECT_EQ(page.find("# TYPE sas_test_queue"), page.rfind("# TYPE sas_test_queue"))
      << "one family, whatever the number of labels";
  depth = 5;
  EXPECT_THAT(Page(), HasSubstr("sas_test_queue{lane=\"vital\"} 5"));
}

TEST_F(MetricsTest, ATakenAddressIsAnError) {
  Metrics second;
  EXPECT_THAT(second.Serve("127.0.0.1:" + std::to_string(port_)),
              StatusIs(absl::StatusCode::kUnavailable, "CANNOT_LISTEN"));
}

TEST_F(MetricsTest, RpcsAreCountedByMethodAndCode) {
  RpcMetrics rpc(metrics_, "slots");
  rpc.Announce("GetSlot");
  rpc.Started();
  rpc.Started();
  rpc.Finished("GetSlot", absl::StatusCode::kOk, 0.01);
  std::string page = Page();
  EXPECT_THAT(page, HasSubstr("sas_slots_rpc_in_flight 1"));
  EXPECT_THAT(page, HasSubstr("sas_slots_rpc_requests_total{code=\"OK\",method=\"GetSlot\"} 1"));
  EXPECT_THAT(page, HasSubstr("sas_slots_rpc_duration_seconds_count{method=\"GetSlot\"} 1"));
  rpc.Finished("GetSlot", absl::StatusCode::kNotFound, 0.01);
  page = Page();
  EXPECT_THAT(page, HasSubstr("sas_slots_rpc_in_flight 0"));
  EXPECT_THAT(page, HasSubstr("{code=\"NOT_FOUND\",method=\"GetSlot\"} 1"));
}

TEST_F(MetricsTest, UnannouncedMethodsShareOneLabel) {
  RpcMetrics rpc(metrics_, "other");
  for (int i = 0; i < 100; ++i) {
    rpc.Started();
    rpc.Finished("Invented" + std::to_string(i), absl::StatusCode::kUnimplemented, 0.01);
  }
  const std::string page = Page();
  EXPECT_THAT(page, HasSubstr("{code=\"UNIMPLEMENTED\",method=\"other\"} 100"));
  EXPECT_THAT(page, Not(HasSubstr("Invented")));
}

TEST_F(MetricsTest, AnUnknownCodeIsUnknown) {
  RpcMetrics rpc(metrics_, "odd");
  rpc.Started();
  rpc.Finished("x", static_cast<absl::StatusCode>(99), 0.01);
  EXPECT_THAT(Page(), HasSubstr("{code=\"UNKNOWN\",method=\"other\"} 1"));
}

TEST_F(MetricsTest, OneNameWithTwoTypesIsAMistakeOfOurs) {
  metrics_.Counter("sas_test_thing", "Thing.");
  EXPECT_DEATH(metrics_.Gauge("sas_test_thing", "Thing."), "sas_test_thing");
  EXPECT_DEATH(metrics_.Counter("bad name", "Thing."), "bad name");
}

}  // namespace
}  // namespace sas::observe
