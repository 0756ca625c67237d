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
  constexpr std::int64_t kMebi = 1024 * 1024;
  settings.ledger_reserve = env.Number(name("LEDGER_RESERVE_MIB"), 64, 0, 4096) * kMebi;
  settings.booking_address = env.Text(name("BOOKING_ADDRESS"), "");
  settings.board_watchers_max =
      static_cast<std::size_t>(env.Number(name("BOARD_WATCHERS_MAX"), 1000, 1, 5000));
  auto alarms = ParseAlarmRules(env.List(name("BOARD_TARGETS"), ""));
  if (alarms.ok()) {
    settings.board_alarms = *std::move(alarms);
  } else {
    env.Fault(name("BOARD_TARGETS"), std::string(alarms.status().message()));
  }
  settings.protocols = env.Text(name("PROTOCOLS"), "");
  return settings;
}

}  // namespace sas::regulation
