#include "common/rpc/process_settings.h"

#include <cctype>

#include "common/base/crash_point.h"
#include "common/base/status.h"
#include "common/observe/log.h"

namespace sas::rpc {
namespace {

using std::chrono::milliseconds;

constexpr int kBackupsMax = 1000;
constexpr long long kThreadsMax = 256;  // Per lane.
constexpr long long kQueueMax = 100'000;
constexpr milliseconds kDrainDelayMax{60'000};

// Of tests: no service in the field accepts test identities, so none can be told to end itself.
void ArmCrashPoint(config::Env& env, bool test_identities) {
  constexpr char kName[] = "SAS_CRASH_POINT";
  const std::string armed = env.Text(kName, "");
  if (!armed.empty() && !test_identities) {
    env.Fault(kName, "is for tests: it needs TEST_IDENTITIES=true");
  } else if (!base::ArmCrashPoint(armed)) {
    env.Fault(kName, "is `name` or `name:n`, one of --list-crash-points");
  }
}

}  // namespace

std::string SettingName(std::string_view service, std::string_view name) {
  std::string full = "SAS_";
  for (const char c : service) {
    full += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return full.append("_").append(name);
}

ProcessSettings ReadProcessSettings(config::Env& env, std::string_view service) {
  const auto name = [&](std::string_view setting) { return SettingName(service, setting); };
  const auto count = [&](std::string_view setting, std::size_t standard, long long maximum) {
    return static_cast<std::size_t>(
        env.Number(name(setting), static_cast<long long>(standard), 1, maximum));
  };
  ProcessSettings settings;
  settings.service = std::string(service);
  settings.listen = env.Text(name("LISTEN"), "127.0.0.1:0");
  settings.metrics_listen = env.Text(name("METRICS_LISTEN"), "127.0.0.1:0");
  settings.port_file = env.Text(name("PORT_FILE"), "");
  settings.auth_key = env.SecretFile(name("AUTH_KEY_FILE"));
  settings.log_level = env.Text(name("LOG_LEVEL"), "info");
  settings.reflection = env.Flag(name("REFLECTION"), false);
  settings.test_identities = env.Flag(name("TEST_IDENTITIES"), false);
  settings.nomenclatures = env.Text(name("NOMENCLATURE_DIR"), "");
  ArmCrashPoint(env, settings.test_identities);
  settings.vital_threads = count("VITAL_THREADS", settings.vital_threads, kThreadsMax);
  settings.interactive_threads =
      count("INTERACTIVE_THREADS", settings.interactive_threads, kThreadsMax);
  settings.background_threads =
      count("BACKGROUND_THREADS", settings.background_threads, kThreadsMax);
  settings.queue_max = count("QUEUE_MAX", settings.queue_max, kQueueMax);
  settings.backup_folder = env.Text(name("LEDGER_BACKUP_FOLDER"), "");
  settings.backup_interval = env.Duration(name("LEDGER_BACKUP_INTERVAL"), std::chrono::hours(1),
                                          std::chrono::seconds(1), std::chrono::hours(24 * 7));
  settings.backup_keep = static_cast<int>(
      env.Number(name("LEDGER_BACKUP_KEEP"), settings.backup_keep, 1, kBackupsMax));
  settings.drain_delay =
      env.Duration(name("DRAIN_DELAY"), settings.drain_delay, milliseconds{0}, kDrainDelayMax);
  return settings;
}

absl::Status AcceptSettings(const config::Env& env, const ProcessSettings& settings) {
  SAS_RETURN_IF_ERROR(env.Check());
  // One text and not a field for each: the log hides fields whose names end in "_address".
  std::string in_force;
  for (const auto& [name, value] : env.Shown()) {
    in_force.append(in_force.empty() ? "" : "; ").append(name).append("=").append(value);
  }
  observe::InitLog(settings.service, observe::ParseLevel(settings.log_level));
  observe::Log(observe::Level::kInfo, "settings", {{"in_force", std::string_view(in_force)}});
  return absl::OkStatus();
}

}  // namespace sas::rpc
