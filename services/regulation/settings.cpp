#include "services/regulation/settings.h"

namespace sas::regulation {

Settings ReadSettings(config::Env& env) {
  const auto name = [](std::string_view setting) {
    return rpc::SettingName("regulation", setting);
  };
  Settings settings;
  settings.process = rpc::ReadProcessSettings(env, "regulation");
  settings.ledger = env.Text(name("LEDGER"), "sqlite:sas-regulation.db");
  settings.ledger_schema = env.Text(name("LEDGER_SCHEMA"), "regulation");
  settings.booking_address = env.Text(name("BOOKING_ADDRESS"), "");
  return settings;
}

}  // namespace sas::regulation
