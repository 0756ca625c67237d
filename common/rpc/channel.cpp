#include "common/rpc/channel.h"

#include <grpc/support/time.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "common/observe/trace.h"

namespace sas::rpc {
namespace {

constexpr int kKeepaliveMs = 10'000;
constexpr int kKeepaliveTimeoutMs = 3'000;
constexpr int kReceiveBytesMax = 4 << 20;  // A page of slots is far below.
constexpr int kSendBytesMax = 1 << 20;     // What ServerLimits accept.
// A peer that restarts is found again within two seconds, not within gRPC's two minutes.
constexpr int kReconnectMinMs = 100;
constexpr int kReconnectMaxMs = 2'000;
// Time that one attempt gets, whatever gRPC calls it: 100 ms were too few on a busy machine.
constexpr int kConnectTimeoutMs = 3'000;

// https://github.com/grpc/proposal/blob/master/A6-client-retries.md
std::string ServiceConfig(const ChannelOptions& options) {
  nlohmann::json config;
  config["retryThrottling"] = {{"maxTokens", 20}, {"tokenRatio", 0.1}};
  if (options.idempotent_methods.empty()) return config.dump();
  nlohmann::json names = nlohmann::json::array();
  for (const auto& [service, method] : options.idempotent_methods) {
    names.push_back({{"service", service}, {"method", method}});
  }
  nlohmann::json policy;
  policy["name"] = std::move(names);
  policy["retryPolicy"] = {{"maxAttempts", 3},
                           {"initialBackoff", "0.05s"},
                           {"maxBackoff", "1s"},
                           {"backoffMultiplier", 2},
                           {"retryableStatusCodes", nlohmann::json::array({"UNAVAILABLE"})}};
  config["methodConfig"] = nlohmann::json::array({std::move(policy)});
  return config.dump();
}

}  // namespace

std::shared_ptr<grpc::Channel> MakeChannel(const ChannelOptions& options) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMs);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);  // No limit: streams may be silent.
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, kReconnectMinMs);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, kConnectTimeoutMs);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kReconnectMaxMs);
  arguments.SetMaxReceiveMessageSize(kReceiveBytesMax);
  arguments.SetMaxSendMessageSize(kSendBytesMax);
  arguments.SetServiceConfigJSON(ServiceConfig(options));
  return grpc::CreateCustomChannel(options.address, grpc::InsecureChannelCredentials(), arguments);
}

void PrepareContext(grpc::ClientContext& context, const base::Call& call,
                    std::string_view authorization, const base::Clock& clock,
                    std::chrono::milliseconds limit) {
  const std::chrono::nanoseconds left = std::min<std::chrono::nanoseconds>(limit, call.Left(clock));
  context.set_deadline(
      gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC), gpr_time_from_nanos(left.count(), GPR_TIMESPAN)));
  if (!authorization.empty()) context.AddMetadata("authorization", std::string(authorization));
  if (!call.trace_id.empty()) {
    context.AddMetadata("traceparent", observe::TraceParent(call.trace_id, call.span_id));
  }
}

absl::Status CheckWaiting(const base::Call& call, const base::Clock& clock) {
  if (call.Left(clock) == std::chrono::nanoseconds::zero()) {
    return base::Fail(absl::StatusCode::kDeadlineExceeded, "DEADLINE_EXCEEDED",
                      "the time of the call is up; the next service was not asked");
  }
  if (call.cancelled()) {
    return base::Fail(absl::StatusCode::kCancelled, "CANCELLED",
                      "the caller has gone; the next service was not asked");
  }
  return absl::OkStatus();
}

}  // namespace sas::rpc
