#pragma once

#include <string>

#include "common/base/clock.h"
#include "common/mail/relay.h"
#include "services/booking/channel_client.h"

namespace sas::booking {

/// E-mail by a relay, or secure mail by the relay of an MSSanté operator. A relay says only that it
/// has the letter; what became of it comes back as a letter, which another program reads
/// (RecordMessageReceipt).
class SmtpMailClient final : public ChannelClient {
 public:
  struct Options {
    mail::Relay::Options relay;
    std::string from;  ///< Mailbox; its domain ends the Message-ID.
    bool wants_receipt = false;
  };

  SmtpMailClient(Options options, const base::Clock& clock);

  SendOutcome Send(const OutgoingMessage& message) override;

  bool HasReceipts() const override { return false; }

  Receipt AskReceipt(const std::string& reference) override;

 private:
  const Options options_;
  const base::Clock& clock_;
  mail::Relay relay_;
};

}  // namespace sas::booking
