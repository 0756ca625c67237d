#include "services/slots/settings.h"

#include "services/slots/seat_values.h"

namespace sas::slots {
namespace {

constexpr int kHorizonStandard = 21;
constexpr int kHorizonMax = 120;
constexpr int kHoldsPerOrderStandard = 1;
constexpr int kHoldsPerOrganizationMax = 10000;

}  // namespace

Settings ReadSettings(config::Env& env) {
  const auto name = [](std::string_view setting) { return rpc::SettingName("slots", setting); };
  Settings settings;
  settings.process = rpc::ReadProcessSettings(env, "slots");
  settings.ledger = env.Text(name("LEDGER"), "sqlite:sas-slots.db");
  settings.ledger_schema = env.Text(name("LEDGER_SCHEMA"), "slots");
  constexpr std::int64_t kMebi = 1024 * 1024;
  settings.ledger_reserve = env.Number(name("LEDGER_RESERVE_MIB"), 64, 0, 4096) * kMebi;
  settings.redis = env.Text(name("REDIS"), "127.0.0.1:6379");
  settings.redis_user = env.Text(name("REDIS_USER"), "");
  if (!env.Text(name("REDIS_PASSWORD_FILE"), "").empty()) {
    settings.redis_password = env.SecretFile(name("REDIS_PASSWORD_FILE"));
  }
  settings.pdsa_hours = env.Text(name("PDSA_HOURS"), "");
  settings.holds_per_order = static_cast<int>(
      env.Number(name("HOLDS_PER_ORDER"), kHoldsPerOrderStandard, 1, kHoldsPerHolderMax));
  settings.holds_per_organization = static_cast<int>(env.Number(
      name("HOLDS_PER_ORGANIZATION"), kHoldsPerOrganizationStandard, 1, kHoldsPerOrganizationMax));
  settings.horizon_days =
      static_cast<int>(env.Number(name("HORIZON_DAYS"), kHorizonStandard, 1, kHorizonMax));
  return settings;
}

sql::Database::Options LedgerOptions(const Settings& settings) {
  sql::Database::Options options;
  options.url = settings.ledger;
  options.schema = settings.ledger_schema;
  options.reserve_bytes = settings.ledger_reserve;
  // What booking has sold must be known here too.
  options.vital = [](const base::Call& call) {
    return call.method == "/sas.slots.v1.SeatService/CommitSeats";
  };
  options.connections = settings.process.Threads();  // No lane thread waits for one.
  return options;
}

}  // namespace sas::slots
