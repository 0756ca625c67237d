#include "common/redis/script.h"

#include <openssl/evp.h>

#include <vector>

#include "common/base/status.h"
#include "common/redis/connection.h"

namespace sas::redis {
namespace {

/// Redis names scripts by SHA-1: an identifier here, no protection.
std::string Sha1Hex(std::string_view bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  SAS_CHECK(EVP_Digest(bytes.data(), bytes.size(), digest, &size, EVP_sha1(), nullptr) == 1,
            "SHA-1 is missing from OpenSSL");
  std::string hex;
  for (unsigned int i = 0; i < size; ++i) {
    hex += kDigits[digest[i] >> 4];
    hex += kDigits[digest[i] & 15];
  }
  return hex;
}

}  // namespace

Script::Script(std::string_view name, std::string_view source)
    : name_(name), source_(source), sha1_(Sha1Hex(source)) {}

absl::StatusOr<Reply> Script::Run(Client& client, const base::Call& call,
                                  std::span<const std::string> keys,
                                  std::span<const std::string> arguments) const {
  std::vector<std::string> command = {"EVALSHA", sha1_, std::to_string(keys.size())};
  command.insert(command.end(), keys.begin(), keys.end());
  command.insert(command.end(), arguments.begin(), arguments.end());
  absl::StatusOr<Reply> reply = client.Command(call, command);
  if (reply.ok() || base::ReasonOf(reply.status()) != "REDIS_NOSCRIPT") return reply;
  command[0] = "EVAL";
  command[1] = source_;
  return client.Command(call, command);
}

absl::StatusOr<std::vector<Reply>> Script::RunAll(Client& client, const base::Call& call,
                                                  std::span<const Arguments> runs) const {
  std::vector<std::vector<std::string>> commands;
  commands.reserve(runs.size());
  for (const Arguments& run : runs) {
    std::vector<std::string>& command = commands.emplace_back();
    command.reserve(3 + run.keys.size() + run.values.size());
    command.insert(command.end(), {"EVALSHA", sha1_, std::to_string(run.keys.size())});
    command.insert(command.end(), run.keys.begin(), run.keys.end());
    command.insert(command.end(), run.values.begin(), run.values.end());
  }
  SAS_ASSIGN_OR_RETURN(std::vector<Reply> replies, client.Pipeline(call, commands));
  for (std::size_t i = 0; i < replies.size(); ++i) {
    const absl::Status status = StatusOfReply(replies[i]);
    if (base::ReasonOf(status) == "REDIS_NOSCRIPT") {
      SAS_ASSIGN_OR_RETURN(replies[i], Run(client, call, runs[i].keys, runs[i].values));
    } else if (!status.ok()) {
      return status;
    }
  }
  return replies;
}

}  // namespace sas::redis
