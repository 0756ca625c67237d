#include "services/booking/mail_client_smtp.h"

#include <chrono>
#include <utility>

#include "common/base/status.h"
#include "common/mail/message.h"

namespace sas::booking {

SmtpMailClient::SmtpMailClient(Options options, const base::Clock& clock)
    : options_(std::move(options)), clock_(clock), relay_(options_.relay) {}

SendOutcome SmtpMailClient::Send(const OutgoingMessage& message) {
  const std::size_t at = options_.from.find('@');
  mail::Message letter;
  letter.id =
      message.id + "@" + (at == std::string::npos ? options_.from : options_.from.substr(at + 1));
  letter.from = options_.from;
  letter.to = message.recipient;
  letter.subject = message.subject;
  letter.body = message.body;
  letter.date = mail::DateText(
      std::chrono::floor<std::chrono::seconds>(clock_.Now()).time_since_epoch().count());
  letter.wants_receipt = options_.wants_receipt;
  const absl::Status sent = relay_.Send(letter.from, letter.to, mail::Render(letter));
  if (sent.ok()) return {SendOutcome::Kind::kAccepted, letter.id, {}};
  const std::string reason = base::ReasonOf(sent);
  if (absl::IsInvalidArgument(sent)) return {SendOutcome::Kind::kRefused, {}, reason};
  return {reason == "MAIL_NO_ANSWER" ? SendOutcome::Kind::kUnknown : SendOutcome::Kind::kNotSent,
          {},
          reason};
}

Receipt SmtpMailClient::AskReceipt(const std::string&) {
  return Receipt::kNone;
}

}  // namespace sas::booking
