#include "services/booking/messaging.h"

#include <utility>

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "common/care/identifiers.h"
#include "services/booking/convert_messages.h"
#include "services/booking/mail_client_smtp.h"
#include "services/booking/sms_client_http.h"

namespace sas::booking {

using v1::Message;

MessagePolicy PolicyOf(const Settings& settings) {
  MessagePolicy policy;
  policy.sms = !settings.sms_url.empty();
  policy.email = !settings.mail.host.empty();
  policy.secure_mail = !settings.secure_mail.host.empty();
  policy.quiet_hours = settings.quiet_hours;
  policy.reminders = settings.reminders;
  policy.practices = settings.practices;
  return policy;
}

absl::Status CheckMessaging(const Settings& settings) {
  if (!settings.mail.host.empty()) {
    SAS_RETURN_IF_ERROR(care::CheckEmailAddress(settings.mail.from, "SAS_BOOKING_MAIL_FROM"));
  }
  if (!settings.secure_mail.host.empty()) {
    SAS_RETURN_IF_ERROR(
        care::CheckSecureAddress(settings.secure_mail.from, "SAS_BOOKING_SECURE_MAIL_FROM"));
  }
  for (const auto& [site, mailbox] : settings.practices) {
    SAS_RETURN_IF_ERROR(
        base::ParseName("regions/*/sites/*", site, "SAS_BOOKING_PRACTICE_MAILBOXES").status());
    SAS_RETURN_IF_ERROR(care::CheckSecureAddress(mailbox, "SAS_BOOKING_PRACTICE_MAILBOXES"));
  }
  return absl::OkStatus();
}

Messaging::Messaging(const Settings& settings, BookingStore& store, ContactClient& contacts,
                     MessageMetrics& metrics, const base::Clock& clock, base::Random& random) {
  const MessagePolicy policy = PolicyOf(settings);
  const auto add = [&](std::string part, std::unique_ptr<ChannelClient> channel,
                       std::vector<Message::Kind> kinds) {
    for (const Message::Kind kind : kinds) metrics.Channel(ToValue(kind), true);
    auto worker = std::make_unique<MessageWorker>(
        MessageSender::Parts{store, contacts, *channel, metrics, clock, random, policy},
        std::move(kinds));
    lines_.push_back({std::move(part), std::move(channel), std::move(worker)});
  };
  if (policy.sms) {
    add("sms",
        std::make_unique<HttpSmsClient>(HttpSmsClient::Options{
            settings.sms_url, settings.sms_token, settings.sms_sender, settings.message_ca_file}),
        {Message::KIND_PATIENT_SMS});
  }
  const auto mail = [&](const Settings::Relay& relay, bool wants_receipt) {
    SmtpMailClient::Options options;
    options.relay.address = relay.host;
    options.relay.user = relay.user;
    options.relay.password = relay.password;
    options.relay.tls = relay.tls;
    options.relay.ca_file = settings.message_ca_file;
    options.from = relay.from;
    options.wants_receipt = wants_receipt;
    return std::make_unique<SmtpMailClient>(std::move(options), clock);
  };
  if (policy.email) add("mail", mail(settings.mail, false), {Message::KIND_PATIENT_EMAIL});
  if (policy.secure_mail) {
    add("secure_mail", mail(settings.secure_mail, true),
        {Message::KIND_PRACTICE, Message::KIND_TREATING_DOCTOR});
  }
}

void Messaging::Watch(rpc::Process& process) {
  for (const Line& line : lines_) {
    process.Watch(line.part, false,
                  [worker = line.worker.get()](const base::Call&) { return worker->Reachable(); });
  }
}

}  // namespace sas::booking
