#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/redis/client.h"

namespace sas::redis {

/// A Lua script kept as a file beside its service and embedded by sas_embed(). Runs by EVALSHA and
/// falls back to EVAL when the server has forgotten it (restart, SCRIPT FLUSH).
class Script {
 public:
  Script(std::string_view name, std::string_view source);

  absl::StatusOr<Reply> Run(Client& client, const base::Call& call,
                            std::span<const std::string> keys,
                            std::span<const std::string> arguments) const;

  struct Arguments {
    std::vector<std::string> keys;
    std::vector<std::string> values;
  };

  /// Several runs, in order; one round trip unless the server has forgotten the script. The first
  /// error reply is the answer; the other runs have been done or not.
  absl::StatusOr<std::vector<Reply>> RunAll(Client& client, const base::Call& call,
                                            std::span<const Arguments> runs) const;

  const std::string& name() const { return name_; }

  const std::string& sha1() const { return sha1_; }

  const std::string& source() const { return source_; }

 private:
  std::string name_;
  std::string source_;
  std::string sha1_;
};

}  // namespace sas::redis
