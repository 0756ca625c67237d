#include <memory>

#include "common/base/crash_point.h"
#include "common/base/status.h"
#include "common/care/identifiers.h"
#include "common/care/nomenclature_files.h"
#include "common/events/event_service.h"
#include "common/ledger/backups.h"
#include "common/observe/log.h"
#include "common/rpc/periodic.h"
#include "common/rpc/process.h"
#include "services/regulation/board_watch_service.h"
#include "services/regulation/case_ageing.h"
#include "services/regulation/case_reference_service.h"
#include "services/regulation/community_service.h"
#include "services/regulation/console_presence.h"
#include "services/regulation/coordinator_service.h"
#include "services/regulation/domain/decision.h"
#include "services/regulation/entry_service.h"
#include "services/regulation/exchange_service.h"
#include "services/regulation/expertise_client_http.h"
#include "services/regulation/expertise_worker.h"
#include "services/regulation/follow_booking.h"
#include "services/regulation/kpi_metrics.h"
#include "services/regulation/kpi_service.h"
#include "services/regulation/listen_again.h"
#include "services/regulation/neighbour_service.h"
#include "services/regulation/pickup_service.h"
#include "services/regulation/protocol_service.h"
#include "services/regulation/roles.h"
#include "services/regulation/roster_service.h"
#include "services/regulation/service.h"
#include "services/regulation/settings.h"
#include "services/regulation/store_sql.h"
#include "services/regulation/task_service.h"
#include "services/regulation/waiting_calls.h"

namespace sas::regulation {
namespace {

constexpr std::chrono::milliseconds kTidyInterval{60'000};
constexpr std::chrono::milliseconds kFiguresInterval{1'000};
constexpr std::chrono::milliseconds kKpisInterval{30'000};
constexpr std::chrono::milliseconds kProtocolsInterval{5'000};
constexpr std::chrono::milliseconds kRoomInterval{5'000};
constexpr std::chrono::milliseconds kUnreadInterval{5'000};
constexpr std::chrono::milliseconds kExpertiseInterval{1'000};
constexpr std::chrono::milliseconds kTasksInterval{5'000};
constexpr std::chrono::milliseconds kPresenceInterval{1'000};
constexpr int kTidyRows = 1000;

absl::StatusOr<std::unique_ptr<sql::Database>> OpenLedger(rpc::Process& process,
                                                          const Settings& settings) {
  sql::Database::Options options;
  options.url = settings.ledger;
  options.schema = settings.ledger_schema;
  options.reserve_bytes = settings.ledger_reserve;
  options.vital = IsVitalAct;
  options.connections = settings.process.Threads() + 4;  // Periodic works twice, feed, boards.
  std::unique_ptr<sql::Database> database;
  SAS_RETURN_IF_ERROR(process.Connect("ledger", [&](const base::Call& call) -> absl::Status {
    if (database == nullptr) {
      SAS_ASSIGN_OR_RETURN(database, sql::Database::Open(options, process.clock()));
    }
    return sql::Migrate(*database, call, RegulationMigrations());
  }));
  return database;
}

ExpertisePlan PlanOf(const Settings& settings) {
  return {settings.expertise_link, settings.expertise_platform, !settings.expertise_url.empty()};
}

// Before anybody is served. A directory that cannot be read stops no start: what is in force is in
// the ledger (hazard H-49).
void ReadProtocols(rpc::Process& process, ProtocolDesk& desk, ProtocolLoader& loader) {
  const base::Call call =
      base::InternalCall("protocols", process.clock(), std::chrono::seconds(30));
  absl::Status status = loader.Look(call);
  if (status.ok()) status = CountLibrary(desk, call);
  if (status.ok()) return;
  const std::string reason = base::ReasonOf(status);
  observe::Log(observe::Level::kError, "protocols_unread", {{"reason", std::string_view(reason)}});
}

int Serve(const Settings& settings) {
  rpc::Process process(settings.process);
  const auto zone = care::Zone::Load("Europe/Paris");
  if (!zone.ok()) return rpc::RefuseStart("regulation", zone.status());
  auto database = OpenLedger(process, settings);
  if (!database.ok()) return rpc::RefuseStart("regulation", database.status());
  const auto backups = std::make_shared<ledger::Backups>(
      ledger::Backups::Options{settings.process.backup_folder, "regulation",
                               settings.process.backup_keep},
      **database, process.clock());
  if (const absl::Status fault = backups->CheckSetup(); !fault.ok()) {
    return rpc::RefuseStart("regulation", fault);
  }
  SqlRegulationStore store(**database, process.clock());
  store.UseDelays(settings.board_alarms);
  RegulationMetrics metrics(process.metrics());
  const auto test_identities = care::TestIdentitiesIf(settings.process.test_identities);
  RoomWatch room(store, process.clock(), *zone,
                 {settings.roster_staffing, settings.roster_ahead, settings.call_bands},
                 process.metrics());
  Desk desk{store,
            process.clock(),
            process.random(),
            *zone,
            metrics,
            test_identities,
            &room,
            Lines(settings.lines),
            settings.call_returns,
            settings.kept,
            settings.etags_required};
  metrics.ShowLines(desk.lines.Labels());
  RegulationService service(process.runtime(), desk);
  KpiService kpis(process.runtime(), desk);
  CaseReferenceService references(process.runtime(), desk);
  KpiMetrics kpi_metrics(process.metrics());
  ProtocolMetrics protocol_metrics(process.metrics());
  ProtocolLoader loader(settings.protocols, desk, protocol_metrics);
  ProtocolDesk protocol_desk{desk, protocol_metrics, loader};
  ProtocolService protocols(process.runtime(), protocol_desk);
  RosterDesk roster_desk{desk, room};
  RosterService rosters(process.runtime(), roster_desk);
  NeighbourService neighbours(process.runtime(), desk);
  CoordinatorService coordinators(process.runtime(), desk);
  ExchangeMetrics exchange_metrics(process.metrics());
  ExchangeDesk exchange_desk{desk, exchange_metrics, PlanOf(settings)};
  ExchangeService exchanges(process.runtime(), exchange_desk);
  HttpExpertiseClient platform(
      {settings.expertise_url, settings.expertise_token, settings.expertise_ca_file});
  ExpertiseWorker expertise(store, platform, exchange_metrics, process.clock());
  EntryMetrics entry_metrics(process.metrics());
  EntryDesk entry_desk{desk, entry_metrics, protocol_metrics};
  EntryService entries(process.runtime(), entry_desk);
  TaskMetrics task_metrics(process.metrics());
  TaskDesk task_desk{desk, task_metrics};
  TaskService tasks(process.runtime(), task_desk);
  PickupService pickups(process.runtime(), desk);
  CommunityMetrics community_metrics(process.metrics());
  CommunityDesk community_desk{desk, community_metrics};
  CommunityService communities(process.runtime(), community_desk);
  events::EventService events(process.runtime(), store.feed());
  const auto presence = std::make_shared<ConsolePresence>(store, process.clock(), process.random(),
                                                          metrics, settings.disconnect_grace);
  BoardWatchService boards(process.runtime(), store, settings.board_alarms,
                           settings.board_watchers_max, process.metrics(), &room, presence);
  BookingReader reader(store, process.clock());
  const auto follower = FollowBooking(process.runtime(), process.metrics(), reader,
                                      {settings.booking_address, process.ServiceAuthorization()});

  AllowRegulationMethods(process.roles());
  AllowBoardMethods(process.roles());
  AllowKpiMethods(process.roles());
  AllowCaseReferenceMethods(process.roles());
  AllowProtocolMethods(process.roles());
  AllowRosterMethods(process.roles());
  AllowExchangeMethods(process.roles());
  AllowEntryMethods(process.roles());
  AllowTaskMethods(process.roles());
  AllowPickupMethods(process.roles());
  AllowCommunityMethods(process.roles());
  events::AllowEventMethods(process.roles());
  process.Watch("ledger", true, [&](const base::Call& call) { return (*database)->Ping(call); });
  process.Watch("booking", false, [&](const base::Call&) { return HeardLately(follower.get()); });
  process.Watch("ledger_room", false, [&](const base::Call&) { return (*database)->Room(); });
  process.Watch("protocols", false, [&](const base::Call&) { return loader.Health(); });
  rpc::Periodic expertise_thread(process.clock());  // Its own: a platform may be slow.
  if (exchange_desk.expertise.told) {
    process.Watch("expertise", false, [&](const base::Call&) { return expertise.Reachable(); });
    expertise_thread.Add("expertise", kExpertiseInterval,
                         [&](const base::Call& call) { return expertise.Turn(call); });
  }
  rpc::Periodic presence_thread(process.clock());  // Its own: no slow report keeps a P0 waiting.
  presence_thread.Add(kConsolePresence, kPresenceInterval,
                      [&](const base::Call& call) { return presence->Turn(call); });
  ReadProtocols(process, protocol_desk, loader);
  process.Every("protocols", kProtocolsInterval, [&](const base::Call& call) {
    const absl::Status read = loader.Look(call);
    const absl::Status counted = CountLibrary(protocol_desk, call);
    return read.ok() ? counted : read;
  });
  process.Every("tidy", kTidyInterval, [&](const base::Call& call) {
    const absl::Status forgotten = ForgetSettled(desk, call);
    const auto purged = ledger::PurgeAnswers(**database, call, process.clock(), kTidyRows);
    return purged.ok() ? forgotten : purged.status();
  });
  process.Every("figures", kFiguresInterval,
                [&](const base::Call& call) { return ReadFigures(desk, call); });
  process.Every("room", kRoomInterval, [&](const base::Call& call) { return room.Look(call); });
  process.Every("unread", kUnreadInterval,
                [&](const base::Call& call) { return CountUnread(exchange_desk, call); });
  process.Every("tasks", kTasksInterval,
                [&](const base::Call& call) { return CountTasks(task_desk, call); });
  process.Every(kListenAgain, kTasksInterval, [&](const base::Call& call) {
    return AskToListenAgain(task_desk, settings.board_alarms, call);
  });
  process.Every(kRingEnd, kTasksInterval,
                [&](const base::Call& call) { return EndOldRings(desk, call); });
  process.Every(kExpireDemands, kTasksInterval,
                [&](const base::Call& call) { return ExpireDemands(community_desk, call); });
  process.Every(kCaseAgeing, kTidyInterval,
                [&](const base::Call& call) { return AgeCases(desk, call); });
  process.Every("kpis", kKpisInterval,
                [&](const base::Call& call) { return ReadKpis(desk, kpi_metrics, call); });
  rpc::Periodic backup_thread(process.clock());  // Its own: a copy may take minutes.
  if (!settings.process.backup_folder.empty()) {
    backup_thread.Add("backup", settings.process.backup_interval,
                      [&](const base::Call&) { return backups->Make(); });
    process.metrics().OnScrape("sas_regulation_ledger_backup_age_seconds",
                               "Since the newest copy of the ledger was begun", {},
                               [backups] { return backups->AgeSeconds(); });
  }
  const absl::Status started = process.Start(
      {&service, &boards, &kpis, &protocols, &rosters, &neighbours, &coordinators, &exchanges,
       &entries, &references, &tasks, &pickups, &communities, &events},
      {v1::RegulationService::service_full_name(), v1::BoardWatchService::service_full_name(),
       v1::KpiService::service_full_name(), v1::ProtocolService::service_full_name(),
       v1::RosterService::service_full_name(), v1::NeighbourService::service_full_name(),
       v1::CoordinatorService::service_full_name(), v1::ExchangeService::service_full_name(),
       v1::EntryService::service_full_name(), v1::CaseReferenceService::service_full_name(),
       v1::TaskService::service_full_name(), v1::PickupService::service_full_name(),
       v1::CommunityService::service_full_name(), events::v1::EventService::service_full_name()});
  const auto close_streams = [&] {
    boards.CloseStreams();
    events.CloseStreams();
  };
  const int code =
      started.ok() ? process.Run(close_streams) : rpc::RefuseStart("regulation", started);
  backup_thread.Stop();
  expertise_thread.Stop();
  presence_thread.Stop();
  process.Stop();
  return code;
}

}  // namespace
}  // namespace sas::regulation

int main(int argc, char** argv) {
  if (sas::base::ListCrashPoints("regulation", argc, argv)) return 0;
  sas::rpc::BlockSignals();
  sas::config::Env env;
  const sas::regulation::Settings settings = sas::regulation::ReadSettings(env);
  if (const absl::Status faults = sas::rpc::AcceptSettings(env, settings.process); !faults.ok()) {
    return sas::rpc::RefuseStart("regulation", faults);
  }
  if (const absl::Status fault = sas::care::UseNomenclatures(settings.process.nomenclatures);
      !fault.ok()) {
    return sas::rpc::RefuseStart("regulation", fault);
  }
  if (const absl::Status fault = sas::regulation::CheckDecisionCodes(); !fault.ok()) {
    return sas::rpc::RefuseStart("regulation", fault);
  }
  return sas::regulation::Serve(settings);
}
