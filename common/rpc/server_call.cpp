#include "common/rpc/server_call.h"

#include <grpc/support/time.h>

#include <algorithm>
#include <exception>
#include <string_view>
#include <utility>

#include "common/base/status.h"
#include "common/observe/log.h"
#include "common/observe/trace.h"
#include "common/rpc/status_map.h"

namespace sas::rpc {
namespace {

// Delay that a refused client is asked for: long enough to drain a queue, spread by chance so that
// all consoles of a room do not return in the same instant.
constexpr std::chrono::milliseconds kOverloadDelayMin{200};
constexpr std::uint64_t kOverloadDelaySpreadMs = 400;
constexpr std::size_t kErrorIdDigits = 16;

std::string_view Metadata(const grpc::CallbackServerContext& context, const char* key) {
  const auto& metadata = context.client_metadata();
  const auto found = metadata.find(key);
  if (found == metadata.end()) return {};
  return {found->second.data(), found->second.size()};
}

// What the client left, as a length of time: its hour and ours need not agree. A call without
// deadline has centuries.
std::chrono::nanoseconds Left(gpr_timespec deadline, std::chrono::milliseconds most) {
  if (gpr_time_cmp(deadline, gpr_inf_future(deadline.clock_type)) == 0) return most;
  const gpr_timespec left = gpr_time_sub(deadline, gpr_now(deadline.clock_type));
  const std::chrono::milliseconds whole(gpr_time_to_millis(left));  // Saturates.
  return std::clamp(whole, std::chrono::milliseconds::zero(), most);
}

std::string_view ShortName(std::string_view method) {
  return method.substr(method.rfind('/') + 1);  // npos + 1 is 0: then the whole.
}

bool IsOurFault(absl::StatusCode code) {
  return code == absl::StatusCode::kInternal || code == absl::StatusCode::kUnknown ||
         code == absl::StatusCode::kDataLoss;
}

bool IsConcealed(const base::ErrorDetail& detail) {
  return std::any_of(detail.metadata.begin(), detail.metadata.end(),
                     [](const auto& entry) { return entry.first == "error_id"; });
}

// Logs what went wrong under an id, and gives what a client may know: the id.
absl::Status Conceal(const base::Call& call, base::Random& random, absl::StatusCode code,
                     std::string_view reason, std::string_view cause) {
  const std::string id = base::MakeToken(random).substr(0, kErrorIdDigits);
  observe::Log(observe::Level::kError, "internal_error",
               {{"error_id", id},
                {"method", call.method},
                {"reason", reason},
                {"cause", cause},
                {"trace_id", call.trace_id}});
  return base::Fail(code, reason,
                    "internal error " + id + ": give this number to the operations team",
                    {{"error_id", id}});
}

}  // namespace

ServerCall::ServerCall(const Runtime& runtime, const grpc::CallbackServerContext& context,
                       const char* method)
    : runtime_(runtime), context_(context), method_(method), started_(runtime.clock.Steady()) {
  runtime_.metrics.Started();
  call_.method = method;
  call_.deadline = started_ + Left(context.raw_deadline(), runtime.unary_deadline_max);
  call_.cancelled = [&context] { return context.IsCancelled(); };
  observe::TraceContext trace =
      observe::ContinueTrace(Metadata(context, "traceparent"), runtime.random);
  call_.trace_id = std::move(trace.trace_id);
  call_.span_id = std::move(trace.span_id);
}

ServerCall::~ServerCall() {
  if (!recorded_) {
    Record(base::Fail(absl::StatusCode::kCancelled, "CANCELLED", "the call was given up"));
  }
}

absl::Status ServerCall::Admit() {
  absl::StatusOr<base::Actor> actor =
      runtime_.credentials.Verify(Metadata(context_, "authorization"));
  if (!actor.ok()) return actor.status();
  call_.actor = *std::move(actor);
  return runtime_.roles.Check(method_, call_.actor);
}

absl::Status ServerCall::Begin() {
  if (call_.Left(runtime_.clock) == std::chrono::nanoseconds::zero()) {
    return base::Fail(absl::StatusCode::kDeadlineExceeded, "DEADLINE_EXCEEDED",
                      "the time of the call was up before it could start; nothing was done");
  }
  if (call_.cancelled()) {
    return base::Fail(absl::StatusCode::kCancelled, "CANCELLED",
                      "the caller has gone; nothing was done");
  }
  return absl::OkStatus();
}

absl::Status ServerCall::Guard(const std::function<absl::Status()>& body) {
  constexpr absl::StatusCode kCode = absl::StatusCode::kInternal;
  absl::Status status;
  try {
    status = body();
  } catch (const std::exception& error) {
    return Conceal(call_, runtime_.random, kCode, "INTERNAL", error.what());
  } catch (...) {
    return Conceal(call_, runtime_.random, kCode, "INTERNAL", "an exception of unknown type");
  }
  const base::ErrorDetail detail = base::DetailOf(status);
  if (!IsOurFault(status.code()) || IsConcealed(detail)) return status;
  return Conceal(call_, runtime_.random, status.code(),
                 detail.reason.empty() ? "INTERNAL" : std::string_view(detail.reason),
                 base::FromAbsl(status.message()));
}

absl::Status ServerCall::Serve(const std::function<absl::Status()>& body) {
  absl::Status status = Admit();
  if (status.ok()) status = Begin();
  if (status.ok()) status = Guard(body);
  return status;
}

absl::Status ServerCall::Overloaded(std::string_view lane) const {
  const std::chrono::milliseconds spread(runtime_.random.Next() % kOverloadDelaySpreadMs);
  return base::FailRetryable(absl::StatusCode::kResourceExhausted, "OVERLOADED",
                             "too many calls at once; repeat with the same request_id",
                             kOverloadDelayMin + spread, {{"lane", std::string(lane)}});
}

void ServerCall::Finish(grpc::ServerUnaryReactor& reactor, const absl::Status& status) {
  Record(status);
  reactor.Finish(ToGrpc(status));
}

void ServerCall::Record(const absl::Status& status) {
  if (recorded_) return;
  recorded_ = true;
  const std::chrono::duration<double> taken = runtime_.clock.Steady() - started_;
  const std::string_view name = ShortName(method_);
  runtime_.metrics.Announce(name);  // A literal of our code, never what a client sent.
  runtime_.metrics.Finished(name, status.code(), taken.count());
  observe::Log(IsOurFault(status.code()) ? observe::Level::kError : observe::Level::kInfo, "rpc",
               {{"method", std::string_view(method_)},
                {"code", base::CodeName(status.code())},
                {"reason", base::ReasonOf(status)},
                {"ms", taken.count() * 1000.0},
                {"subject", call_.actor.subject},
                {"role", base::RoleName(call_.actor.role)},
                {"trace_id", call_.trace_id}});
}

}  // namespace sas::rpc
