#include <memory>
#include <string>

#include "common/base/crash_point.h"
#include "common/base/status.h"
#include "common/care/calendar.h"
#include "common/care/identifiers.h"
#include "common/care/nomenclature_files.h"
#include "common/care/pdsa_hours.h"
#include "common/events/event_service.h"
#include "common/ledger/backups.h"
#include "common/redis/client.h"
#include "common/rpc/periodic.h"
#include "common/rpc/process.h"
#include "services/slots/convert.h"
#include "services/slots/directory_service.h"
#include "services/slots/hot_side.h"
#include "services/slots/import_service.h"
#include "services/slots/partner_side.h"
#include "services/slots/planning_service.h"
#include "services/slots/roles.h"
#include "services/slots/rotation_service.h"
#include "services/slots/seat_offer_service.h"
#include "services/slots/seat_service.h"
#include "services/slots/seats_redis.h"
#include "services/slots/settings.h"
#include "services/slots/slot_service.h"
#include "services/slots/source_post_redis.h"
#include "services/slots/store_sql.h"
#include "services/slots/template_service.h"
#include "services/slots/watch_service.h"

namespace sas::slots {
namespace {

constexpr std::chrono::milliseconds kTidyInterval{60'000};

using Ledger = std::unique_ptr<sql::Database>;

absl::StatusOr<Ledger> OpenLedger(rpc::Process& process, const Settings& settings) {
  Ledger ledger;
  SAS_RETURN_IF_ERROR(process.Connect("ledger", [&](const base::Call& call) -> absl::Status {
    if (ledger == nullptr) {
      SAS_ASSIGN_OR_RETURN(ledger, sql::Database::Open(LedgerOptions(settings), process.clock()));
    }
    return sql::Migrate(*ledger, call, SlotsMigrations());
  }));
  return ledger;
}

int Serve(const Settings& settings) {
  rpc::Process process(settings.process);
  const auto zone = care::Zone::Load(kTimeZoneStandard);
  if (!zone.ok()) return rpc::RefuseStart("slots", zone.status());
  auto ledger = OpenLedger(process, settings);
  if (!ledger.ok()) return rpc::RefuseStart("slots", ledger.status());
  const auto backups = std::make_shared<ledger::Backups>(
      ledger::Backups::Options{settings.process.backup_folder, "slots",
                               settings.process.backup_keep},
      **ledger, process.clock());
  if (const absl::Status fault = backups->CheckSetup(); !fault.ok()) {
    return rpc::RefuseStart("slots", fault);
  }
  SqlSlotsStore store(**ledger, process.clock());
  redis::Client redis(
      {settings.redis, settings.redis_user, settings.redis_password, settings.process.Threads()},
      process.clock());
  RedisSeatBook book(redis, process.clock());
  const bool sole = (*ledger)->dialect() == sql::Dialect::kSqlite;
  HotSide hot({settings.horizon_days, sole}, store, book, process);
  RedisSourcePost post(redis);
  PartnerSide partners(store, hot.feeds(), post, process);
  SlotService slots(process.runtime(), hot.projection(), book, hot.metrics(), store,
                    settings.holds_per_order, &partners.sources(), settings.holds_per_organization);
  WatchService watches(process.runtime(), hot.projection(), book, hot.metrics(), process.metrics());
  hot.OnExchange(watches.Listener());
  SeatService seats(process.runtime(), hot.projection(), book, store, hot.metrics(),
                    &partners.sources(), settings.horizon_days);
  SeatOfferService seat_offers(process.runtime(), hot.projection(), book);
  const ImportOptions import{care::TestIdentitiesIf(settings.process.test_identities),
                             settings.horizon_days};
  const auto show = [&hot](const base::Call& call, const std::string& region) {
    hot.Show(call, region);
  };
  DirectoryService directory(process.runtime(), store, {import, show});
  PlanningService planning(process.runtime(), store, {import, show});
  TemplateService templates(process.runtime(), store, hot.projection(), process.metrics(),
                            {import, show});
  RotationService rotation(process.runtime(), hot.projection());
  ImportService imports(process.runtime(), store, process.metrics(), settings.horizon_days, show);
  events::EventService events(process.runtime(), store.feed());

  AllowDirectoryMethods(process.roles());
  AllowPlanningMethods(process.roles());
  AllowTemplateMethods(process.roles());
  AllowSlotMethods(process.roles());
  AllowSeatOfferMethods(process.roles());
  AllowRotationMethods(process.roles());
  AllowImportMethods(process.roles());
  events::AllowEventMethods(process.roles());
  process.Watch("ledger", true, [&](const base::Call& call) { return store.Ping(call); });
  process.Watch("ledger_room", false, [&](const base::Call&) { return (*ledger)->Room(); });
  process.Every("tidy", kTidyInterval, [&](const base::Call& call) { return store.Tidy(call); });
  hot.Start();
  partners.Start();
  rpc::Periodic backup_thread(process.clock());  // Its own: a copy may take minutes.
  if (!settings.process.backup_folder.empty()) {
    backup_thread.Add("backup", settings.process.backup_interval,
                      [&](const base::Call&) { return backups->Make(); });
    process.metrics().OnScrape("sas_slots_ledger_backup_age_seconds",
                               "Since the newest copy of the ledger was begun", {},
                               [backups] { return backups->AgeSeconds(); });
  }
  const absl::Status started = process.Start(
      {&slots, &watches, &seats, &directory, &planning, &templates, &imports, &partners.service(),
       &rotation, &seat_offers, &events},
      {v1::SlotService::service_full_name(), v1::AvailabilityWatchService::service_full_name(),
       v1::SeatService::service_full_name(), v1::DirectoryService::service_full_name(),
       v1::PlanningService::service_full_name(), v1::TemplateService::service_full_name(),
       v1::ImportService::service_full_name(), v1::PartnerFeedService::service_full_name(),
       v1::RotationService::service_full_name(), v1::SeatOfferService::service_full_name(),
       events::v1::EventService::service_full_name()});
  const int code = started.ok() ? process.Run([&] {
    watches.CloseStreams();
    imports.CloseStreams();
    partners.CloseStreams();
    events.CloseStreams();
  })
                                : rpc::RefuseStart("slots", started);
  backup_thread.Stop();
  partners.Stop();
  process.Stop();
  return code;
}

}  // namespace
}  // namespace sas::slots

int main(int argc, char** argv) {
  if (sas::base::ListCrashPoints("slots", argc, argv)) return 0;
  sas::rpc::BlockSignals();
  sas::config::Env env;
  const sas::slots::Settings settings = sas::slots::ReadSettings(env);
  if (const absl::Status faults = sas::rpc::AcceptSettings(env, settings.process); !faults.ok()) {
    return sas::rpc::RefuseStart("slots", faults);
  }
  if (const absl::Status fault = sas::care::UseNomenclatures(settings.process.nomenclatures);
      !fault.ok()) {
    return sas::rpc::RefuseStart("slots", fault);
  }
  if (const absl::Status fault = sas::care::UsePdsaHours(settings.pdsa_hours); !fault.ok()) {
    return sas::rpc::RefuseStart("slots", fault);
  }
  return sas::slots::Serve(settings);
}
