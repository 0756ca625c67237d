#include "common/redis/connection.h"

#include <hiredis/hiredis.h>
#include <poll.h>
#include <sys/time.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "common/base/status.h"

namespace sas::redis {
namespace {

using std::chrono::microseconds;
using std::chrono::nanoseconds;

constexpr std::chrono::milliseconds kRetryAfter{100};

timeval ToTimeval(microseconds duration) {
  timeval value{};
  value.tv_sec = duration.count() / 1'000'000;
  value.tv_usec = duration.count() % 1'000'000;
  return value;
}

/// Zero would mean "for ever" to the socket.
microseconds AtLeastOne(nanoseconds duration) {
  return std::max(std::chrono::duration_cast<microseconds>(duration), microseconds(1));
}

Reply::Type TypeOf(int type) {
  switch (type) {
    case REDIS_REPLY_INTEGER:
      return Reply::Type::kInteger;
    case REDIS_REPLY_STRING:
      return Reply::Type::kString;
    case REDIS_REPLY_STATUS:
      return Reply::Type::kStatus;
    case REDIS_REPLY_ERROR:
      return Reply::Type::kError;
    case REDIS_REPLY_ARRAY:
      return Reply::Type::kArray;
    default:
      return Reply::Type::kNil;
  }
}

/// hiredis bounds the nesting (7 levels), so the recursion is bounded too.
Reply Convert(const redisReply& source) {
  Reply reply;
  reply.type = TypeOf(source.type);
  reply.integer = source.integer;
  if (source.str != nullptr) reply.text.assign(source.str, source.len);
  reply.items.reserve(source.elements);
  for (std::size_t i = 0; i < source.elements; ++i) {
    reply.items.push_back(Convert(*source.element[i]));
  }
  return reply;
}

redisContext* Connect(const std::string& address, timeval timeout) {
  constexpr std::string_view kUnix = "unix:";
  if (address.compare(0, kUnix.size(), kUnix) == 0) {
    return redisConnectUnixWithTimeout(address.c_str() + kUnix.size(), timeout);
  }
  const std::size_t colon = address.rfind(':');
  int port = 6379;
  if (colon != std::string::npos) {
    std::from_chars(address.data() + colon + 1, address.data() + address.size(), port);
  }
  return redisConnectWithTimeout(address.substr(0, colon).c_str(), port, timeout);
}

}  // namespace

absl::Status Unavailable(std::string_view message) {
  return base::FailRetryable(absl::StatusCode::kUnavailable, "REDIS_UNAVAILABLE", message,
                             kRetryAfter);
}

absl::Status StatusOfReply(const Reply& reply) {
  if (reply.type != Reply::Type::kError) return absl::OkStatus();
  const std::string code = reply.text.substr(0, reply.text.find(' '));
  if (code == "NOSCRIPT") {
    return base::Fail(absl::StatusCode::kNotFound, "REDIS_NOSCRIPT",
                      "Redis does not know this script; send its text");
  }
  for (const std::string_view passing :
       {"LOADING", "BUSY", "MASTERDOWN", "READONLY", "CLUSTERDOWN"}) {
    if (code == passing) return Unavailable("Redis is not ready (" + code + "); repeat shortly");
  }
  // Only the code: the text of an unknown command quotes its arguments. A script's own fault names
  // the line, which is worth having and quotes nothing.
  base::Metadata metadata{{"error", code}};
  if (reply.text.find("user_script") != std::string::npos) {
    metadata.emplace_back("script_error", reply.text.substr(0, 200));
  }
  return base::Fail(absl::StatusCode::kInternal, "REDIS_ERROR", "Redis refused a command",
                    std::move(metadata));
}

absl::StatusOr<std::unique_ptr<Connection>> Connection::Open(const Client::Options& options,
                                                             nanoseconds left) {
  const microseconds timeout = AtLeastOne(std::min<nanoseconds>(options.connect_timeout, left));
  redisContext* context = Connect(options.address, ToTimeval(timeout));
  if (context == nullptr) return Unavailable("no memory for a connection to Redis");
  std::unique_ptr<Connection> connection(new Connection(context));
  if (context->err != 0) return Unavailable("Redis does not answer; repeat shortly");
  if (context->connection_type == REDIS_CONN_TCP) redisEnableKeepAlive(context);
  SAS_RETURN_IF_ERROR(connection->Authenticate(options, timeout));
  return connection;
}

Connection::~Connection() {
  redisFree(context_);
}

absl::Status Connection::Authenticate(const Client::Options& options, nanoseconds timeout) {
  if (options.password.empty()) return absl::OkStatus();
  std::vector<std::string> command = {"AUTH"};
  if (!options.user.empty()) command.push_back(options.user);
  command.push_back(options.password);
  SAS_ASSIGN_OR_RETURN(const std::vector<Reply> replies, Exchange({&command, 1}, timeout));
  if (replies[0].type != Reply::Type::kError) return absl::OkStatus();
  return Unavailable("Redis refused the credentials: check the user and the password file");
}

absl::Status Connection::SetTimeout(nanoseconds timeout) {
  const microseconds wanted = AtLeastOne(timeout);
  if (wanted == timeout_) return absl::OkStatus();
  if (redisSetTimeout(context_, ToTimeval(wanted)) != REDIS_OK) return Fault();
  timeout_ = wanted;
  return absl::OkStatus();
}

absl::Status Connection::Fault() {
  broken_ = true;
  return Unavailable(
      "the connection to Redis broke or was too slow; whether the command ran is "
      "unknown: repeat it");
}

absl::StatusOr<std::vector<Reply>> Connection::Exchange(
    std::span<const std::vector<std::string>> commands, nanoseconds timeout) {
  SAS_RETURN_IF_ERROR(SetTimeout(timeout));
  std::vector<const char*> pointers;
  std::vector<std::size_t> sizes;
  for (const std::vector<std::string>& command : commands) {
    pointers.clear();
    sizes.clear();
    for (const std::string& argument : command) {
      pointers.push_back(argument.data());
      sizes.push_back(argument.size());
    }
    if (redisAppendCommandArgv(context_, static_cast<int>(command.size()), pointers.data(),
                               sizes.data()) != REDIS_OK) {
      return Fault();
    }
  }
  std::vector<Reply> replies;
  replies.reserve(commands.size());
  for (std::size_t i = 0; i < commands.size(); ++i) {
    void* raw = nullptr;
    if (redisGetReply(context_, &raw) != REDIS_OK || raw == nullptr) return Fault();
    replies.push_back(Convert(*static_cast<redisReply*>(raw)));
    freeReplyObject(raw);
  }
  return replies;
}

bool Connection::Quiet() const {
  pollfd descriptor{context_->fd, POLLIN, 0};
  return ::poll(&descriptor, 1, 0) == 0;
}

}  // namespace sas::redis
