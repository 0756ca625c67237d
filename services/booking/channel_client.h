#pragma once

#include <string>

namespace sas::booking {

/// A message as it leaves the house. Lives while it is sent.
struct OutgoingMessage {
  std::string id;  ///< The same for each try: the operator's idempotency key, the Message-ID.
  std::string recipient;  ///< Number or mailbox.
  std::string subject;
  std::string body;
};

struct SendOutcome {
  enum class Kind {
    kAccepted,  ///< The operator has it.
    kRefused,   ///< He will never take it.
    kNotSent,   ///< He has not got it; try again.
    kUnknown,   ///< He may have got it; try again under the same id.
  };

  Kind kind = Kind::kNotSent;
  std::string reference;  ///< The operator's number of it.
  std::string reason;     ///< For the log: a code, never an address or a text.
};

enum class Receipt { kNone, kReceived, kUndelivered };

/// So long a channel blocks at most.
inline constexpr int kChannelSecondsMax = 10;

/// One way of telling somebody. Used by one thread at a time.
class ChannelClient {
 public:
  virtual ~ChannelClient() = default;
  virtual SendOutcome Send(const OutgoingMessage& message) = 0;

  /// Whether the operator can be asked later what became of a message.
  virtual bool HasReceipts() const = 0;
  /// kNone when he does not know yet, or cannot be asked now.
  virtual Receipt AskReceipt(const std::string& reference) = 0;
};

}  // namespace sas::booking
