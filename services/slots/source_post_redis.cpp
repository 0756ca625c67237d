#include "services/slots/source_post_redis.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <string_view>
#include <utility>

#include "absl/strings/str_format.h"
#include "common/base/status.h"
#include "common/redis/script.h"
#include "embedded/slots_scripts.h"

namespace sas::slots {
namespace {

using Arguments = std::vector<std::string>;

// No region: a platform may serve several. In a cluster all of it lies in one slot.
std::string Key(std::string_view what, std::string_view whose) {
  std::string key = "sas:{sources}:";
  key.append(what).append(":").append(whose);
  return key;
}

std::string Micros(base::Instant instant) {
  return std::to_string(instant.time_since_epoch().count());
}

const std::string& KeepMs() {
  static const std::string keep = std::to_string(SourcePost::kKeep.count());
  return keep;
}

std::string Seal(const SourcePost::Letter& letter) {
  return letter.reply + " " + Micros(letter.until) + " " + letter.trace_id + "\n" + letter.body;
}

/// Nothing when another version of the service has written it in another way.
std::optional<SourcePost::Letter> Unseal(std::string partner, std::string_view text) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view head = text.substr(0, end);
  const std::size_t first = head.find(' ');
  const std::size_t second = first == std::string_view::npos ? first : head.find(' ', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  const std::string_view number = head.substr(first + 1, second - first - 1);
  std::int64_t micros = 0;
  const char* const last = number.data() + number.size();
  const auto parsed = std::from_chars(number.data(), last, micros);
  if (parsed.ec != std::errc() || parsed.ptr != last) return std::nullopt;
  SourcePost::Letter letter;
  letter.partner = std::move(partner);
  letter.reply = head.substr(0, first);
  letter.until = base::Instant(std::chrono::microseconds(micros));
  letter.trace_id = head.substr(second + 1);
  letter.body = text.substr(end + 1);
  return letter;
}

/// BLPOP of the keys: key and element, or nothing after `wait`.
absl::StatusOr<std::optional<std::pair<std::string, std::string>>> Pop(
    redis::Client& client, const base::Call& call, const std::vector<std::string>& keys,
    std::chrono::milliseconds wait) {
  Arguments command = {"BLPOP"};
  command.insert(command.end(), keys.begin(), keys.end());
  // In seconds; 0 would wait for ever.
  const std::chrono::duration<double> seconds = std::max(wait, std::chrono::milliseconds(1));
  command.push_back(absl::StrFormat("%.3f", seconds.count()));
  SAS_ASSIGN_OR_RETURN(redis::Reply reply, client.Blocking(call, command, wait));
  if (reply.items.size() != 2) return std::nullopt;
  return std::pair(std::move(reply.items[0].text), std::move(reply.items[1].text));
}

}  // namespace

struct RedisSourcePost::Scripts {
  redis::Script line{"source_line", scripts::source_line_lua};
  redis::Script put{"source_put", scripts::source_put_lua};
  redis::Script answer{"source_answer", scripts::source_answer_lua};
};

RedisSourcePost::RedisSourcePost(redis::Client& client)
    : client_(client), scripts_(std::make_unique<const Scripts>()) {}

RedisSourcePost::~RedisSourcePost() = default;

absl::Status RedisSourcePost::Announce(const base::Call& call, const std::string& partner,
                                       const std::string& replica, base::Instant until) {
  const Arguments keys = {Key("lines", partner)};
  const Arguments values = {replica, Micros(until), KeepMs()};
  return scripts_->line.Run(client_, call, keys, values).status();
}

absl::Status RedisSourcePost::Leave(const base::Call& call, const std::string& partner,
                                    const std::string& replica) {
  const Arguments keys = {Key("lines", partner)};
  const Arguments values = {replica, "0", KeepMs()};
  return scripts_->line.Run(client_, call, keys, values).status();
}

absl::StatusOr<SourcePost::Verdict> RedisSourcePost::Put(const base::Call& call,
                                                         const Letter& letter, base::Instant now) {
  const Arguments keys = {Key("lines", letter.partner), Key("questions", letter.partner)};
  const Arguments values = {Micros(now), Seal(letter), std::to_string(kQuestionsMax), KeepMs()};
  SAS_ASSIGN_OR_RETURN(const redis::Reply reply, scripts_->put.Run(client_, call, keys, values));
  if (reply.text == "NO_STREAM") return Verdict::kNoStream;
  return reply.text == "FULL" ? Verdict::kFull : Verdict::kPut;
}

absl::StatusOr<std::optional<SourcePost::Letter>> RedisSourcePost::Take(
    const base::Call& call, const std::vector<std::string>& partners,
    std::chrono::milliseconds wait) {
  const std::string prefix = Key("questions", "");
  Arguments keys;
  for (const std::string& partner : partners) keys.push_back(prefix + partner);
  SAS_ASSIGN_OR_RETURN(const auto popped, Pop(client_, call, keys, wait));
  if (!popped) return std::nullopt;
  return Unseal(popped->first.substr(prefix.size()), popped->second);
}

absl::Status RedisSourcePost::Answer(const base::Call& call, const Letter& letter,
                                     const std::string& body) {
  const Arguments keys = {Key("answer", letter.reply)};
  const Arguments values = {body, KeepMs()};
  return scripts_->answer.Run(client_, call, keys, values).status();
}

absl::StatusOr<std::optional<std::string>> RedisSourcePost::AwaitAnswer(
    const base::Call& call, const Letter& letter, std::chrono::milliseconds wait) {
  SAS_ASSIGN_OR_RETURN(auto popped, Pop(client_, call, {Key("answer", letter.reply)}, wait));
  if (!popped) return std::nullopt;
  return std::move(popped->second);
}

}  // namespace sas::slots
