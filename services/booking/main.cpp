#include <atomic>
#include <memory>
#include <string>

#include "common/base/crash_point.h"
#include "common/base/status.h"
#include "common/care/calendar.h"
#include "common/care/identifiers.h"
#include "common/care/nomenclature_files.h"
#include "common/events/event_service.h"
#include "common/ledger/backups.h"
#include "common/observe/log.h"
#include "common/rpc/periodic.h"
#include "common/rpc/process.h"
#include "services/booking/contact_client_grpc.h"
#include "services/booking/displaced_check.h"
#include "services/booking/displaced_service.h"
#include "services/booking/figures.h"
#include "services/booking/follow_orders.h"
#include "services/booking/follow_sources.h"
#include "services/booking/message_service.h"
#include "services/booking/messaging.h"
#include "services/booking/reconcile.h"
#include "services/booking/refill.h"
#include "services/booking/refill_service.h"
#include "services/booking/refill_worker.h"
#include "services/booking/regulation_client_grpc.h"
#include "services/booking/report_service.h"
#include "services/booking/roles.h"
#include "services/booking/seat_offer_client_grpc.h"
#include "services/booking/seat_relay.h"
#include "services/booking/service.h"
#include "services/booking/session_client_grpc.h"
#include "services/booking/settings.h"
#include "services/booking/slots_client_grpc.h"
#include "services/booking/source_client_grpc.h"
#include "services/booking/source_service.h"
#include "services/booking/source_worker.h"
#include "services/booking/store_sql.h"
#include "services/booking/store_sql_standby.h"
#include "services/booking/worklist_client_grpc.h"
#include "services/booking/worklist_service.h"

namespace sas::booking {
namespace {

constexpr std::chrono::milliseconds kTidyInterval{60'000};
constexpr std::chrono::milliseconds kFiguresInterval{2'000};
constexpr std::chrono::milliseconds kSourcesInterval{250};
constexpr std::chrono::milliseconds kDisplacedInterval{1'000};
constexpr std::chrono::milliseconds kStandbysInterval{30'000};
constexpr std::chrono::seconds kStandbysBudget{2};
constexpr int kStandbysUnknown = -1;

absl::StatusOr<std::unique_ptr<sql::Database>> OpenLedger(rpc::Process& process,
                                                          const Settings& settings) {
  sql::Database::Options options;
  options.url = settings.ledger;
  options.schema = settings.ledger_schema;
  options.reserve_bytes = settings.ledger_reserve;
  options.vital = IsVitalAct;
  options.connections = settings.process.Threads() + 2;  // The slots' feed, asking platforms.
  std::unique_ptr<sql::Database> database;
  SAS_RETURN_IF_ERROR(process.Connect("ledger", [&](const base::Call& call) -> absl::Status {
    if (database == nullptr) {
      SAS_ASSIGN_OR_RETURN(database, sql::Database::Open(options, process.clock()));
    }
    return sql::Migrate(*database, call, BookingMigrations());
  }));
  return database;
}

// On PostgreSQL an answer outlives its server only if a standby has the commit (hazard H-23): says
// at the start, and whenever it changes, whether one has.
void WatchStandbys(rpc::Process& process, sql::Database& database) {
  const auto standbys = std::make_shared<std::atomic<int>>(kStandbysUnknown);
  process.metrics().OnScrape(
      "sas_booking_synchronous_standbys",
      "Standbys of PostgreSQL that have each commit before its answer; -1: SQLite, or not known",
      {}, [standbys] { return static_cast<double>(standbys->load()); });
  if (database.dialect() != sql::Dialect::kPostgres) return;
  const auto look = [&database, standbys](const base::Call& call) -> absl::Status {
    SAS_ASSIGN_OR_RETURN(const auto found, SynchronousStandbys(database, call));
    const int count = found.value_or(kStandbysUnknown);
    if (standbys->exchange(count) == count) return absl::OkStatus();
    observe::Log(count > 0 ? observe::Level::kInfo : observe::Level::kWarn, "synchronous_standbys",
                 {{"count", std::int64_t{count}}});
    return absl::OkStatus();
  };
  look(base::InternalCall("standbys", process.clock(), kStandbysBudget)).IgnoreError();
  process.Every("standbys", kStandbysInterval, look);
  process.Watch("ledger_standby", false, [standbys](const base::Call&) {
    if (standbys->load() != 0) return absl::OkStatus();
    return base::Fail(absl::StatusCode::kUnavailable, "NO_SYNCHRONOUS_STANDBY",
                      "no standby has the commits of this ledger: what was answered last goes with "
                      "its server");
  });
}

int Serve(const Settings& settings) {
  rpc::Process process(settings.process);
  const auto zone = care::Zone::Load("Europe/Paris");
  if (!zone.ok()) return rpc::RefuseStart("booking", zone.status());
  auto database = OpenLedger(process, settings);
  if (!database.ok()) return rpc::RefuseStart("booking", database.status());
  const auto backups = std::make_shared<ledger::Backups>(
      ledger::Backups::Options{settings.process.backup_folder, "booking",
                               settings.process.backup_keep},
      **database, process.clock());
  if (const absl::Status fault = backups->CheckSetup(); !fault.ok()) {
    return rpc::RefuseStart("booking", fault);
  }
  SqlBookingStore store(**database, process.clock());
  BookingMetrics metrics(process.metrics());
  const auto authorization = process.ServiceAuthorization();
  GrpcSlotsClient slots(settings.slots_address, authorization, process.clock());
  GrpcRegulationClient regulation(settings.regulation_address, authorization, process.clock());
  const BookingParts parts{store,
                           slots,
                           regulation,
                           metrics,
                           process.clock(),
                           care::TestIdentitiesIf(settings.process.test_identities),
                           PolicyOf(settings),
                           settings.late_after};
  BookingService service(process.runtime(), parts);
  MessageService message_service(process.runtime(), parts);
  events::EventService events(process.runtime(), store.feed());
  SeatRelay relay(store, slots, process.clock(), process.random());
  RefillMetrics refill_metrics(process.metrics());
  RefillService refills(process.runtime(), store, refill_metrics);
  GrpcSeatOfferClient seat_offers(settings.slots_address, authorization, process.clock());
  Refill refill(store, seat_offers, regulation, refill_metrics, process.clock(), process.random());
  GrpcWorklistClient worklists(settings.slots_address, authorization, process.clock());
  WorklistMetrics worklist_metrics(process.metrics());
  WorklistService worklist_service(process.runtime(), regulation, worklists, worklist_metrics);
  GrpcSessionClient sessions(settings.slots_address, authorization, process.clock());
  ReportService reports(process.runtime(), {store, sessions, process.clock(), *zone});
  // Threads of their own: they wait for others.
  std::unique_ptr<RefillWorker> refill_worker;
  rpc::Periodic reconcile_thread(process.clock());
  SourceMetrics source_metrics(process.metrics());
  SourceService source_service(process.runtime(), parts);
  GrpcSourceClient source_client(settings.slots_address, authorization, process.clock());
  SourceWorker source_worker(store, source_client, source_metrics, parts.messages, process.clock(),
                             process.random());
  SourceReader source_reader(store, source_metrics, parts.messages, process.clock());
  DisplacedMetrics displaced_metrics(process.metrics());
  DisplacedService displaced_service(process.runtime(), parts, displaced_metrics);
  DisplacedCheck displaced_check(store, slots, displaced_metrics, process.clock());
  rpc::Periodic displaced_thread(process.clock());
  source_reader.Also([&](const events::v1::Event& event) { displaced_check.Hear(event); });
  auto source_follower = FollowSources(process.runtime(), process.metrics(), source_reader,
                                       settings.slots_address, authorization);
  rpc::Periodic source_thread(process.clock());
  OrderReader order_reader(seat_offers, refill_metrics, process.clock());
  auto order_follower = FollowOrders(process.runtime(), process.metrics(), order_reader,
                                     settings.regulation_address, authorization);

  GrpcContactClient contacts(settings.regulation_address, settings.slots_address, authorization,
                             process.clock());
  MessageMetrics message_metrics(process.metrics());
  Messaging messaging(settings, store, contacts, message_metrics, process.clock(),
                      process.random());

  AllowBookingMethods(process.roles());
  AllowMessageMethods(process.roles());
  AllowRefillMethods(process.roles());
  AllowSourceMethods(process.roles());
  AllowReportMethods(process.roles());
  AllowWorklistMethods(process.roles());
  AllowDisplacedMethods(process.roles());
  events::AllowEventMethods(process.roles());
  process.Watch("ledger", true, [&](const base::Call& call) { return (*database)->Ping(call); });
  process.Watch("ledger_room", false, [&](const base::Call&) { return (*database)->Room(); });
  WatchStandbys(process, **database);
  process.Watch("slots", false, [&](const base::Call&) { return slots.Reachable(); });
  process.Watch("regulation", false, [&](const base::Call&) { return regulation.Reachable(); });
  process.Every("tidy", kTidyInterval, [&](const base::Call& call) { return store.Tidy(call); });
  messaging.Watch(process);
  process.Every("message_figures", kFiguresInterval, [&](const base::Call& call) {
    return ReadMessageFigures(store, message_metrics, process.clock(), call);
  });
  process.Every("source_figures", kFiguresInterval,
                [&](const base::Call& call) { return source_worker.Figures(call); });
  process.Every("displaced_figures", kFiguresInterval,
                [&](const base::Call& call) { return displaced_check.Figures(call); });
  process.Every("figures", kFiguresInterval, [&](const base::Call& call) {
    return ReadFigures(store, metrics, process.clock(), call);
  });
  if (settings.refill) {
    refill_worker = std::make_unique<RefillWorker>(refill, store.feed(), process.clock(),
                                                   process.random(), RefillWorker::Intervals{});
  }
  const Reconciliation reconciliation(parts);
  if (settings.reconcile_interval.count() > 0) {
    reconcile_thread.Add("reconcile", settings.reconcile_interval,
                         [&](const base::Call& call) { return reconciliation.RunAll(call); });
  }
  rpc::Periodic backup_thread(process.clock());  // Its own: a copy may take minutes.
  if (!settings.process.backup_folder.empty()) {
    backup_thread.Add("backup", settings.process.backup_interval,
                      [&](const base::Call&) { return backups->Make(); });
    process.metrics().OnScrape("sas_booking_ledger_backup_age_seconds",
                               "Since the newest copy of the ledger was begun", {},
                               [backups] { return backups->AgeSeconds(); });
  }
  source_thread.Add("sources", kSourcesInterval,
                    [&](const base::Call& call) { return source_worker.Turn(call); });
  displaced_thread.Add("displaced", kDisplacedInterval,
                       [&](const base::Call& call) { return displaced_check.Turn(call); });
  const absl::Status started = process.Start(
      {&service, &message_service, &refills, &source_service, &reports, &worklist_service,
       &displaced_service, &events},
      {v1::BookingService::service_full_name(), v1::MessageService::service_full_name(),
       v1::RefillService::service_full_name(), v1::SourceService::service_full_name(),
       v1::ReportService::service_full_name(), v1::WorklistService::service_full_name(),
       v1::DisplacedService::service_full_name(), events::v1::EventService::service_full_name()});
  const int code = started.ok() ? process.Run([&] { events.CloseStreams(); })
                                : rpc::RefuseStart("booking", started);
  reconcile_thread.Stop();
  displaced_thread.Stop();
  source_follower->Stop();
  order_follower->Stop();
  source_thread.Stop();
  refill_worker.reset();
  backup_thread.Stop();
  process.Stop();
  return code;
}

}  // namespace
}  // namespace sas::booking

int main(int argc, char** argv) {
  if (sas::base::ListCrashPoints("booking", argc, argv)) return 0;
  sas::rpc::BlockSignals();
  sas::config::Env env;
  const sas::booking::Settings settings = sas::booking::ReadSettings(env);
  if (const absl::Status faults = sas::rpc::AcceptSettings(env, settings.process); !faults.ok()) {
    return sas::rpc::RefuseStart("booking", faults);
  }
  if (const absl::Status faults = sas::booking::CheckMessaging(settings); !faults.ok()) {
    return sas::rpc::RefuseStart("booking", faults);
  }
  if (const absl::Status fault = sas::care::UseNomenclatures(settings.process.nomenclatures);
      !fault.ok()) {
    return sas::rpc::RefuseStart("booking", fault);
  }
  return sas::booking::Serve(settings);
}
