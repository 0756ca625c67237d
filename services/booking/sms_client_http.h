#pragma once

#include <memory>
#include <string>

#include "common/http/client.h"
#include "services/booking/channel_client.h"

namespace sas::booking {

/// SMS by a provider's HTTP interface (services/booking/README.md): POST of a JSON object with a
/// bearer token and an idempotency key, and GET of what became of it.
class HttpSmsClient final : public ChannelClient {
 public:
  struct Options {
    std::string url;     ///< Of the collection of messages.
    std::string token;   ///< Bearer.
    std::string sender;  ///< Shown on the telephone.
    std::string ca_file;
  };

  explicit HttpSmsClient(Options options);

  SendOutcome Send(const OutgoingMessage& message) override;

  bool HasReceipts() const override { return true; }

  Receipt AskReceipt(const std::string& reference) override;

 private:
  const Options options_;
  http::Client client_;
};

}  // namespace sas::booking
