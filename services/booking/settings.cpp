#include "services/booking/settings.h"

#include "services/booking/domain/order_check.h"

namespace sas::booking {

namespace {

constexpr char kService[] = "booking";

constexpr std::chrono::hours kReminderMax{72};
constexpr std::chrono::hours kLateAfterMax{14 * 24};

}  // namespace

Settings ReadSettings(config::Env& env) {
  const auto name = [](std::string_view setting) { return rpc::SettingName(kService, setting); };
  Settings settings;
  settings.process = rpc::ReadProcessSettings(env, kService);
  settings.ledger = env.Text(name("LEDGER"), "sqlite:sas-booking.db");
  settings.ledger_schema = env.Text(name("LEDGER_SCHEMA"), kService);
  constexpr std::int64_t kMebi = 1024 * 1024;
  settings.ledger_reserve = env.Number(name("LEDGER_RESERVE_MIB"), 64, 0, 4096) * kMebi;
  settings.slots_address = env.RequiredText(name("SLOTS_ADDRESS"));
  settings.regulation_address = env.RequiredText(name("REGULATION_ADDRESS"));
  settings.refill = env.Flag(name("REFILL"), true);
  settings.late_after = std::chrono::hours(
      env.Number(name("LATE_AFTER"), kLateAfterStandard.count(), 1, kLateAfterMax.count()));
  settings.reconcile_interval =
      env.Duration(name("RECONCILE_INTERVAL"), std::chrono::minutes(5), {}, std::chrono::hours(24));
  settings.sms_url = env.Text(name("SMS_URL"), "");
  settings.sms_sender = env.Text(name("SMS_SENDER"), "SAS");
  if (!settings.sms_url.empty()) settings.sms_token = env.SecretFile(name("SMS_TOKEN_FILE"));
  settings.mail.host = env.Text(name("MAIL_RELAY"), "");
  settings.mail.user = env.Text(name("MAIL_USER"), "");
  if (!settings.mail.host.empty()) settings.mail.from = env.RequiredText(name("MAIL_FROM"));
  settings.mail.tls = env.Flag(name("MAIL_TLS"), true);
  if (!settings.mail.user.empty()) {
    settings.mail.password = env.SecretFile(name("MAIL_PASSWORD_FILE"));
  }
  settings.secure_mail.host = env.Text(name("SECURE_MAIL_RELAY"), "");
  settings.secure_mail.user = env.Text(name("SECURE_MAIL_USER"), "");
  if (!settings.secure_mail.host.empty()) {
    settings.secure_mail.from = env.RequiredText(name("SECURE_MAIL_FROM"));
  }
  for (const std::string& pair : env.List(name("PRACTICE_MAILBOXES"), "")) {
    const std::size_t equals = pair.find('=');
    // What has no sign is no mailbox either: CheckMessaging says so.
    settings.practices[pair.substr(0, equals)] =
        equals == std::string::npos ? std::string() : pair.substr(equals + 1);
  }
  if (!settings.secure_mail.user.empty()) {
    settings.secure_mail.password = env.SecretFile(name("SECURE_MAIL_PASSWORD_FILE"));
  }
  settings.quiet_hours = env.Flag(name("QUIET_HOURS"), true);
  settings.message_ca_file = env.Text(name("MESSAGE_CA_FILE"), "");
  // The two hours are one setting each: how long before the start, 0 for none.
  for (const auto& before :
       {env.Duration(name("REMINDER_FIRST"), std::chrono::hours(24), {}, kReminderMax),
        env.Duration(name("REMINDER_SECOND"), std::chrono::hours(2), {}, kReminderMax)}) {
    const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(before);
    if (minutes.count() > 0) settings.reminders.push_back(minutes);
  }
  return settings;
}

}  // namespace sas::booking
