#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/rpc/process.h"
#include "services/booking/message_worker.h"
#include "services/booking/settings.h"

namespace sas::booking {

/// What is set up: a channel without its address is off.
MessagePolicy PolicyOf(const Settings& settings);

/// INVALID_ARGUMENT for a mailbox that is none: the service does not start with it.
absl::Status CheckMessaging(const Settings& settings);

/// The channels that are set up, each with its thread. Made by main after what it uses.
class Messaging {
 public:
  Messaging(const Settings& settings, BookingStore& store, ContactClient& contacts,
            MessageMetrics& metrics, const base::Clock& clock, base::Random& random);

  /// Shows each channel as a part of the service's health; the service is ready without it.
  void Watch(rpc::Process& process);

 private:
  struct Line {
    std::string part;  ///< Name in health: sms, mail, secure_mail.
    std::unique_ptr<ChannelClient> channel;
    std::unique_ptr<MessageWorker> worker;  ///< Ends before its channel.
  };

  std::vector<Line> lines_;
};

}  // namespace sas::booking
