#include "common/observe/trace.h"

#include <gtest/gtest.h>

#include "common/testing/fake_random.h"

namespace sas::observe {
namespace {

constexpr char kTrace[] = "4bf92f3577b34da6a3ce929d0e0e4736";
constexpr char kSpan[] = "00f067aa0ba902b7";

TEST(Trace, ContinuesWithANewSpan) {
  testing::FakeRandom random;
  const TraceContext context = ContinueTrace(TraceParent(kTrace, kSpan), random);
  EXPECT_EQ(context.trace_id, kTrace);
  EXPECT_EQ(context.span_id.size(), 16u);
  EXPECT_NE(context.span_id, kSpan);
}

TEST(Trace, HeaderIsTheStandardForm) {
  EXPECT_EQ(TraceParent(kTrace, kSpan), "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
}

TEST(Trace, LaterVersionsMayHaveMoreFields) {
  testing::FakeRandom random;
  const std::string rest = std::string("-") + kTrace + "-" + kSpan + "-00";
  EXPECT_EQ(ContinueTrace("cc" + rest + "-more", random).trace_id, kTrace);
  EXPECT_NE(ContinueTrace("cc" + rest + "more", random).trace_id, kTrace);
  EXPECT_NE(ContinueTrace("00" + rest + "-more", random).trace_id, kTrace);
  EXPECT_NE(ContinueTrace("ff" + rest, random).trace_id, kTrace);
}

TEST(Trace, MalformedHeadersStartANewTrace) {
  testing::FakeRandom random;
  const std::string zeros32(32, '0');
  const std::string zeros16(16, '0');
  std::string upper = kTrace;
  upper[0] = 'A';
  for (const std::string& header :
       {std::string(), std::string("garbage"), TraceParent(zeros32, kSpan),
        TraceParent(kTrace, zeros16), TraceParent(upper, kSpan),
        TraceParent(kTrace, kSpan).substr(0, 54), std::string("00-") + kTrace + "_" + kSpan + "-01",
        std::string("00-") + kTrace + "-" + kSpan + "-0g"}) {
    const TraceContext context = ContinueTrace(header, random);
    EXPECT_NE(context.trace_id, kTrace) << header;
    EXPECT_EQ(context.trace_id.size(), 32u);
    EXPECT_NE(context.trace_id, zeros32);
    EXPECT_EQ(context.trace_id.find_first_not_of("0123456789abcdef"), std::string::npos);
  }
}

TEST(Trace, IdsAreNeverAllZero) {
  class Zero final : public base::Random {
   public:
    std::uint64_t Next() override { return 0; }
  } zero;

  const TraceContext context = ContinueTrace("", zero);
  EXPECT_NE(context.trace_id, std::string(32, '0'));
  EXPECT_NE(context.span_id, std::string(16, '0'));
}

}  // namespace
}  // namespace sas::observe
