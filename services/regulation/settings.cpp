#include "services/regulation/settings.h"

#include <chrono>
#include <fstream>
#include <sstream>

#include "common/base/status.h"
#include "services/regulation/domain/dialled_number.h"
#include "services/regulation/domain/exchange.h"

namespace sas::regulation {
namespace {

std::string LineOf(const absl::Status& status) {
  for (const auto& [key, value] : base::DetailOf(status).metadata) {
    if (key == "line") return "line " + value + ": ";
  }
  return "";
}

// A file that cannot be read stops the start: a watch that nobody knows to be blind is worse.
CallBands ReadBands(config::Env& env, const std::string& name) {
  const std::string path = env.Text(name, "");
  if (path.empty()) return {};
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  if (!file) {
    env.Fault(name, path + " cannot be read");
    return {};
  }
  auto bands = CallBands::Parse(text.str());
  if (bands.ok()) return *std::move(bands);
  env.Fault(name, path + ": " + LineOf(bands.status()) + std::string(bands.status().message()));
  return {};
}

void ReadExpertise(config::Env& env, Settings& settings) {
  const auto name = [](std::string_view setting) {
    return rpc::SettingName("regulation", setting);
  };
  settings.expertise_link = env.Text(name("EXPERTISE_LINK"), "");
  settings.expertise_url = env.Text(name("EXPERTISE_URL"), "");
  settings.expertise_ca_file = env.Text(name("EXPERTISE_CA_FILE"), "");
  if (settings.expertise_link.empty()) return;
  if (const absl::Status link = CheckLinkTemplate(settings.expertise_link); !link.ok()) {
    env.Fault(name("EXPERTISE_LINK"), std::string(link.message()));
  }
  settings.expertise_platform = env.RequiredText(name("EXPERTISE_PLATFORM"));
  if (settings.expertise_url.empty()) return;
  settings.expertise_token = env.SecretFile(name("EXPERTISE_TOKEN_FILE"));
}

}  // namespace

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
  settings.disconnect_grace = std::chrono::duration_cast<std::chrono::seconds>(
      env.Duration(name("DISCONNECT_GRACE"), std::chrono::seconds(30), std::chrono::seconds(0),
                   std::chrono::minutes(10)));
  auto alarms = ParseAlarmRules(env.List(name("BOARD_TARGETS"), ""));
  if (alarms.ok()) {
    settings.board_alarms = *std::move(alarms);
  } else {
    env.Fault(name("BOARD_TARGETS"), std::string(alarms.status().message()));
  }
  auto staffing = StaffingRules::Parse(env.List(name("ROSTER_STAFFING"), ""));
  if (staffing.ok()) {
    settings.roster_staffing = *std::move(staffing);
  } else {
    env.Fault(name("ROSTER_STAFFING"), std::string(staffing.status().message()));
  }
  settings.roster_ahead = std::chrono::duration_cast<std::chrono::minutes>(
      env.Duration(name("ROSTER_AHEAD"), std::chrono::minutes(30), std::chrono::minutes(0),
                   std::chrono::hours(12)));
  settings.call_bands = ReadBands(env, name("CALL_BANDS"));
  auto returns = ParseReturnRules(env.List(name("CALL_RETURNS"), "0,5,10"));
  if (returns.ok()) {
    settings.call_returns = *std::move(returns);
  } else {
    env.Fault(name("CALL_RETURNS"), std::string(returns.status().message()));
  }
  settings.kept = std::chrono::years(env.Number(name("ARCHIVE_AFTER_YEARS"), kKeptDefault.count(),
                                                kKeptMin.count(), kKeptMax.count()));
  settings.etags_required = env.Flag(name("REQUIRE_ETAGS"), false);
  settings.lines = env.List(name("LINES"), "15,116117");
  if (const absl::Status lines = Lines::Check(settings.lines); !lines.ok()) {
    env.Fault(name("LINES"), std::string(lines.message()));
  }
  ReadExpertise(env, settings);
  settings.protocols = env.Text(name("PROTOCOLS"), "");
  return settings;
}

}  // namespace sas::regulation
