#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "common/base/clock.h"
#include "common/base/ids.h"
#include "services/booking/channel_client.h"
#include "services/booking/contact_client.h"
#include "services/booking/message_metrics.h"
#include "services/booking/message_outbox.h"
#include "services/booking/message_recipient.h"
#include "services/booking/store.h"

namespace sas::booking {

/// Does what is due for one message: judges it against the living appointment, asks for the
/// address, notes the attempt, sends, notes the outcome. A crash between the two notes leaves it
/// SENDING: it is sent again under the same id, which the operator knows. At least once, then, and
/// once for whoever honours the id. Used by one thread; its worker has the lease.
class MessageSender {
 public:
  struct Parts {
    BookingStore& store;
    ContactClient& contacts;
    ChannelClient& channel;
    MessageMetrics& metrics;
    const base::Clock& clock;
    base::Random& random;
    MessagePolicy policy;
  };

  explicit MessageSender(Parts parts) : parts_(std::move(parts)) {}

  /// UNAVAILABLE when another service or the channel is away; the message then waits. Without
  /// `may_send` only a telephone task that is due is opened.
  absl::Status Handle(const base::Call& call, const std::string& name, bool may_send);

 private:
  // The message and what it is about, as one transaction read them.
  struct Sheet {
    v1::Message message;
    AppointmentRecord record;
    std::optional<Told> told;
    bool superseded = false;  ///< A later message of its kind is there.
  };

  using Change = std::function<void(v1::Message&)>;

  absl::StatusOr<Sheet> Look(const base::Call& call, const std::string& name);
  absl::Status Deliver(const base::Call& call, const Sheet& sheet, const Verdict& verdict);
  absl::Status FollowUp(const base::Call& call, const Sheet& sheet);
  absl::Status CallPractice(const base::Call& call, const Sheet& sheet);
  absl::Status Stop(const base::Call& call, const Sheet& sheet, std::string_view reason,
                    v1::Message::Task task, const slots::v1::Site& site);
  absl::StatusOr<bool> Begin(const base::Call& call, const Sheet& sheet, const Verdict& verdict);
  absl::Status Finish(const base::Call& call, const Sheet& sheet, const SendOutcome& outcome,
                      const slots::v1::Site& site);
  /// Changes the message unless somebody else has meanwhile; recorded when it is told to people.
  absl::Status Settle(const base::Call& call, const v1::Message& read, bool told,
                      const Change& change);

  const Parts parts_;
};

/// The id under which the operator knows the message: the same for each attempt.
std::string OutgoingId(const v1::Message& message);

}  // namespace sas::booking
