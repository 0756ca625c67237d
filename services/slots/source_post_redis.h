#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/redis/client.h"
#include "services/slots/source_post.h"

namespace sas::slots {

/// SourcePost on Redis: lists, and one sorted set for each platform; keys as in README.md.
class RedisSourcePost final : public SourcePost {
 public:
  explicit RedisSourcePost(redis::Client& client);
  ~RedisSourcePost() override;

  absl::Status Announce(const base::Call& call, const std::string& partner,
                        const std::string& replica, base::Instant until) override;
  absl::Status Leave(const base::Call& call, const std::string& partner,
                     const std::string& replica) override;
  absl::StatusOr<Verdict> Put(const base::Call& call, const Letter& letter,
                              base::Instant now) override;
  absl::StatusOr<std::optional<Letter>> Take(const base::Call& call,
                                             const std::vector<std::string>& partners,
                                             std::chrono::milliseconds wait) override;
  absl::Status Answer(const base::Call& call, const Letter& letter,
                      const std::string& body) override;
  absl::StatusOr<std::optional<std::string>> AwaitAnswer(const base::Call& call,
                                                         const Letter& letter,
                                                         std::chrono::milliseconds wait) override;

 private:
  struct Scripts;

  redis::Client& client_;
  const std::unique_ptr<const Scripts> scripts_;
};

}  // namespace sas::slots
