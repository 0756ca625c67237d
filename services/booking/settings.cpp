#include "services/booking/settings.h"

namespace sas::booking {

namespace {

constexpr char kService[] = "booking";

}  // namespace

Settings ReadSettings(config::Env& env) {
  const auto name = [](std::string_view setting) { return rpc::SettingName(kService, setting); };
  Settings settings;
  settings.process = rpc::ReadProcessSettings(env, kService);
  settings.ledger = env.Text(name("LEDGER"), "sqlite:sas-booking.db");
  settings.ledger_schema = env.Text(name("LEDGER_SCHEMA"), kService);
  settings.slots_address = env.RequiredText(name("SLOTS_ADDRESS"));
  settings.regulation_address = env.RequiredText(name("REGULATION_ADDRESS"));
  settings.refill = env.Flag(name("REFILL"), true);
  return settings;
}

}  // namespace sas::booking
