#include "common/redis/client.h"

#include <signal.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <utility>

#include "common/base/status.h"
#include "common/redis/connection.h"

namespace sas::redis {
namespace {

using std::chrono::nanoseconds;

/// Longest wait for a connection of the pool, whatever the call's deadline.
constexpr std::chrono::milliseconds kLeaseWaitMax{1000};
/// A connection idle for longer is asked before use: a router may have forgotten it without a word.
constexpr std::chrono::seconds kIdleMax{5};
/// Blocking commands at once; each has a connection of its own.
constexpr std::size_t kBlockingMax = 64;
/// Connections kept for the next blocking command.
constexpr std::size_t kParkedMax = 8;

absl::Status Busy() {
  return base::FailRetryable(absl::StatusCode::kResourceExhausted, "REDIS_BUSY",
                             "every connection to Redis is in use; repeat shortly",
                             std::chrono::milliseconds(50));
}

absl::Status NoTimeLeft() {
  return base::Fail(absl::StatusCode::kDeadlineExceeded, "DEADLINE_EXCEEDED",
                    "no time was left before Redis was asked; repeat with a longer deadline");
}

/// hiredis writes without MSG_NOSIGNAL: a server that went away must not end this process.
void IgnoreBrokenPipes() {
  struct sigaction action {};

  if (::sigaction(SIGPIPE, nullptr, &action) == 0 && action.sa_handler == SIG_DFL) {
    ::signal(SIGPIPE, SIG_IGN);
  }
}

}  // namespace

struct Client::State {
  using Held = std::unique_ptr<Connection>;

  State(Options wanted, const base::Clock& a_clock) : options(std::move(wanted)), clock(a_clock) {}

  absl::StatusOr<Held> Lease(const base::Call& call);
  absl::StatusOr<Held> Connect(const base::Call& call);
  void Return(Held connection);
  bool Usable(Connection& connection, nanoseconds timeout) const;

  nanoseconds Timeout(const base::Call& call) const {
    return std::min<nanoseconds>(options.command_timeout, call.Left(clock));
  }

  absl::StatusOr<std::vector<Reply>> Exchange(const base::Call& call,
                                              std::span<const std::vector<std::string>> commands);

  const Options options;
  const base::Clock& clock;
  std::mutex mutex;
  std::condition_variable freed;
  std::vector<Held> idle;  ///< Guarded by mutex, like what follows.
  std::vector<Held> parked;
  std::size_t leased = 0;
  std::size_t blocking = 0;
  bool down = false;     ///< The last attempt to connect failed.
  bool probing = false;  ///< One thread tries again; the others fail at once meanwhile.
};

absl::StatusOr<Client::State::Held> Client::State::Connect(const base::Call& call) {
  bool probe = false;
  {
    const std::lock_guard lock(mutex);
    if (down && probing) return Unavailable("Redis does not answer; repeat shortly");
    probe = down;
    probing = probing || probe;
  }
  absl::StatusOr<Held> connection = Connection::Open(options, call.Left(clock));
  const std::lock_guard lock(mutex);
  if (probe) probing = false;
  down = !connection.ok();
  return connection;
}

bool Client::State::Usable(Connection& connection, nanoseconds timeout) const {
  if (connection.broken() || !connection.Quiet()) return false;
  if (clock.Steady() - connection.last_used < kIdleMax) return true;
  const std::vector<std::string> ping = {"PING"};
  return connection.Exchange({&ping, 1}, timeout).ok();
}

absl::StatusOr<Client::State::Held> Client::State::Lease(const base::Call& call) {
  if (call.Left(clock) <= nanoseconds::zero()) return NoTimeLeft();
  Held connection;
  {
    std::unique_lock lock(mutex);
    const nanoseconds wait = std::min<nanoseconds>(kLeaseWaitMax, call.Left(clock));
    const auto free = [this] { return leased < options.connections; };
    if (!freed.wait_for(lock, wait, free)) return Busy();
    ++leased;
    if (!idle.empty()) {
      connection = std::move(idle.back());
      idle.pop_back();
    }
  }
  if (connection && Usable(*connection, Timeout(call))) return connection;
  connection.reset();
  absl::StatusOr<Held> made = Connect(call);
  if (!made.ok()) Return(nullptr);
  return made;
}

void Client::State::Return(Held connection) {
  {
    const std::lock_guard lock(mutex);
    --leased;
    if (connection && !connection->broken()) {
      connection->last_used = clock.Steady();
      idle.push_back(std::move(connection));
    }
  }
  freed.notify_one();
}

absl::StatusOr<std::vector<Reply>> Client::State::Exchange(
    const base::Call& call, std::span<const std::vector<std::string>> commands) {
  SAS_ASSIGN_OR_RETURN(Held connection, Lease(call));
  absl::StatusOr<std::vector<Reply>> replies = connection->Exchange(commands, Timeout(call));
  if (replies.ok()) {
    // A server that became a replica keeps its connections: look for the new primary next time.
    for (const Reply& reply : *replies) {
      if (reply.text.compare(0, 8, "READONLY") == 0 && reply.type == Reply::Type::kError) {
        connection->MarkBroken();
      }
    }
  }
  Return(std::move(connection));
  return replies;
}

Client::Client(Options options, const base::Clock& clock)
    : state_(std::make_unique<State>(std::move(options), clock)) {
  IgnoreBrokenPipes();
}

Client::~Client() = default;

absl::StatusOr<Reply> Client::Command(const base::Call& call,
                                      std::span<const std::string> arguments) {
  const std::vector<std::string> command(arguments.begin(), arguments.end());
  SAS_ASSIGN_OR_RETURN(std::vector<Reply> replies, state_->Exchange(call, {&command, 1}));
  SAS_RETURN_IF_ERROR(StatusOfReply(replies[0]));
  return std::move(replies[0]);
}

absl::StatusOr<std::vector<Reply>> Client::Pipeline(
    const base::Call& call, std::span<const std::vector<std::string>> commands) {
  if (commands.empty()) return std::vector<Reply>();
  return state_->Exchange(call, commands);
}

absl::StatusOr<Reply> Client::Blocking(const base::Call& call,
                                       std::span<const std::string> arguments,
                                       std::chrono::milliseconds wait_max) {
  const nanoseconds left = call.Left(state_->clock);
  if (left <= nanoseconds::zero()) return NoTimeLeft();
  State::Held connection;
  {
    const std::lock_guard lock(state_->mutex);
    if (state_->blocking >= kBlockingMax) return Busy();
    ++state_->blocking;
    if (!state_->parked.empty()) {
      connection = std::move(state_->parked.back());
      state_->parked.pop_back();
    }
  }
  const std::vector<std::string> command(arguments.begin(), arguments.end());
  const absl::StatusOr<std::vector<Reply>> replies = [&]() -> absl::StatusOr<std::vector<Reply>> {
    if (!connection || !state_->Usable(*connection, state_->Timeout(call))) {
      SAS_ASSIGN_OR_RETURN(connection, state_->Connect(call));
    }
    const nanoseconds wait = wait_max + state_->options.command_timeout;
    return connection->Exchange({&command, 1}, std::min(wait, left));
  }();
  {
    const std::lock_guard lock(state_->mutex);
    --state_->blocking;
    if (replies.ok() && state_->parked.size() < kParkedMax) {
      connection->last_used = state_->clock.Steady();
      state_->parked.push_back(std::move(connection));
    }
  }
  if (!replies.ok()) return replies.status();
  SAS_RETURN_IF_ERROR(StatusOfReply((*replies)[0]));
  return (*replies)[0];
}

absl::Status Client::Ping(const base::Call& call) {
  const std::string ping = "PING";
  return Command(call, {&ping, 1}).status();
}

}  // namespace sas::redis
