#include <google/protobuf/util/json_util.h>

#include <fstream>
#include <iostream>
#include <sstream>
#include <type_traits>

#include "common/base/resource_name.h"
#include "common/base/timestamp.h"
#include "tools/sasctl/calendar_commands.h"
#include "tools/sasctl/print.h"

// sasctl planning …: what practices and coordinators change themselves.
namespace sasctl {
namespace {

using Stub = slots::PlanningService::Stub;

constexpr auto kRole = base::Role::kPlanner;

std::string NameOf(const Suite& suite, const std::string& collection, const std::string& text) {
  if (text.find('/') != std::string::npos) return text;
  return suite.Parent() + "/" + collection + "/" + text;
}

/// Each entry of the file is a call of its own: with --request-id their ids follow from it.
class Apply {
 public:
  explicit Apply(Suite& suite) : suite_(suite), id_(suite.RequestId()) {}

  /// What refers to another comes after it: practitioners name sites, plans name both.
  void Run(const slots::Territory& file) {
    for (const auto& each : file.structures()) {
      slots::UpdateStructureRequest request;
      *request.mutable_structure() = each;
      Send<slots::Structure>(&Stub::UpdateStructure, request, each.name());
    }
    for (const auto& each : file.sites()) {
      slots::UpdateSiteRequest request;
      *request.mutable_site() = each;
      Send<slots::Site>(&Stub::UpdateSite, request, each.name());
    }
    for (const auto& each : file.practitioners()) {
      slots::UpdatePractitionerRequest request;
      *request.mutable_practitioner() = each;
      Send<slots::Practitioner>(&Stub::UpdatePractitioner, request, each.name());
    }
    for (const auto& each : file.session_plans()) {
      slots::UpdateSessionPlanRequest request;
      *request.mutable_session_plan() = each;
      Send<slots::SessionPlan>(&Stub::UpdateSessionPlan, request, each.name());
    }
  }

 private:
  template <typename Response, typename Request>
  void Send(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
            Request request, const std::string& name) {
    request.set_allow_missing(true);
    request.set_request_id(id_ + "-" + std::to_string(++count_));
    const auto done = suite_.Ask<Response>(kRole, suite_.Planning(), method, request);
    if (suite_.json()) return PrintJson(done);
    std::cout << name << "\n";
    if constexpr (std::is_same_v<Response, slots::SessionPlan>) {
      for (const std::string& each : done.warnings()) std::cout << "  ! " << each << "\n";
      PrintPilotWeeks(done.full_pilot_weeks());
    }
  }

  Suite& suite_;
  const std::string id_;
  int count_ = 0;
};

void AddApply(CLI::App& group, Suite& suite) {
  auto* sub =
      group.add_subcommand("apply", "Creates or replaces the entries of a file, one by one");
  auto path = std::make_shared<std::string>();
  sub->add_option("file", *path,
                  "JSON as of territory load: structures, practitioners, sites, plans")
      ->required();
  sub->callback([&suite, path] {
    std::ifstream file(*path);
    if (!file) Suite::Usage("cannot read " + *path);
    std::stringstream text;
    text << file.rdbuf();
    slots::Territory entries;
    const auto status = google::protobuf::util::JsonStringToMessage(text.str(), &entries);
    if (!status.ok()) Suite::Usage(*path + ": " + std::string(status.message()));
    Apply(suite).Run(entries);
  });
}

void PrintException(const Suite& suite, const slots::AgendaException& made) {
  if (suite.json()) return PrintJson(made);
  std::cout << made.name() << "\n";
}

struct ExceptionOptions {
  std::string site, agenda, from, to, reason;
};

void AddClose(CLI::App& group, Suite& suite) {
  auto* sub = group.add_subcommand("close", "Closes a time of a site; what is booked stays");
  auto options = std::make_shared<ExceptionOptions>();
  sub->add_option("site", options->site, "Site")->required();
  sub->add_option("--from", options->from, "YYYY-MM-DDTHH:MM in Paris")->required();
  sub->add_option("--to", options->to, "End, exclusive")->required();
  sub->add_option("--agenda", options->agenda, "Only this agenda");
  sub->add_option("--reason", options->reason, "VACANCES, FORMATION, MALADIE…")->required();
  sub->callback([&suite, options] {
    slots::CreateAgendaExceptionRequest request;
    request.set_parent(NameOf(suite, "sites", options->site));
    slots::AgendaException& closure = *request.mutable_agenda_exception();
    closure.set_kind(slots::AgendaException::KIND_CLOSURE);
    closure.set_agenda(options->agenda);
    *closure.mutable_start_time() = ParseLocal(options->from);
    *closure.mutable_end_time() = ParseLocal(options->to);
    closure.set_reason_code(options->reason);
    request.set_request_id(suite.RequestId());
    PrintException(suite, suite.Ask<slots::AgendaException>(kRole, suite.Planning(),
                                                            &Stub::CreateAgendaException, request));
  });
}

struct OpenOptions {
  std::string site, practitioner, at, agenda;
  int count = 1;
  int minutes = 0;
};

void AddOpen(CLI::App& group, Suite& suite) {
  auto* sub = group.add_subcommand("open", "A doctor opens slots of his own (créneau d’urgence)");
  auto options = std::make_shared<OpenOptions>();
  sub->add_option("site", options->site, "Site")->required();
  sub->add_option("practitioner", options->practitioner, "Who receives")->required();
  sub->add_option("--at", options->at, "First start, YYYY-MM-DDTHH:MM in Paris")->required();
  sub->add_option("--count", options->count, "How many, 1 to 20");
  sub->add_option("--minutes", options->minutes, "Length of each, 15 unless given");
  sub->add_option("--agenda", options->agenda, "His own unless given");
  sub->callback([&suite, options] {
    slots::OpenSlotsRequest request;
    request.set_parent(NameOf(suite, "sites", options->site));
    request.set_practitioner(NameOf(suite, "practitioners", options->practitioner));
    request.set_agenda(options->agenda);
    *request.mutable_start_time() = ParseLocal(options->at);
    request.set_slot_count(options->count);
    request.set_slot_minutes(options->minutes);
    request.set_request_id(suite.RequestId());
    const auto opened =
        suite.Ask<slots::OpenSlotsResponse>(kRole, suite.Planning(), &Stub::OpenSlots, request);
    if (suite.json()) return PrintJson(opened);
    Table table({"DÉBUT", "CRÉNEAU"});
    for (const slots::Slot& slot : opened.slots()) {
      table.Row({LocalTime(slot.start_time()), slot.name()});
    }
    table.Print();
    for (const std::string& each : opened.warnings()) std::cout << "  ! " << each << "\n";
    PrintPilotWeeks(opened.agenda_exception().full_pilot_weeks());
  });
}

void AddWithdraw(CLI::App& group, Suite& suite) {
  auto* sub = group.add_subcommand("withdraw", "Takes a slot back; what is booked of it stays");
  auto slot = std::make_shared<std::string>();
  auto reason = std::make_shared<std::string>();
  sub->add_option("slot", *slot, "Slot, its whole name")->required();
  sub->add_option("--reason", *reason, "PATIENT_PROPRE, ABSENCE, RETARD…")->required();
  sub->callback([&suite, slot, reason] {
    slots::WithdrawSlotRequest request;
    request.set_name(*slot);
    request.set_reason_code(*reason);
    request.set_request_id(suite.RequestId());
    const auto withdrawn =
        suite.Ask<slots::Slot>(kRole, suite.Planning(), &Stub::WithdrawSlot, request);
    if (suite.json()) return PrintJson(withdrawn);
    std::cout << Short(slots::Slot::State_Name(withdrawn.state()), "STATE_") << "\n";
  });
}

void AddExceptions(CLI::App& group, Suite& suite) {
  auto* sub = group.add_subcommand("exceptions", "Openings and closures of a site, to come");
  auto site = std::make_shared<std::string>();
  sub->add_option("site", *site, "Site")->required();
  sub->callback([&suite, site] {
    slots::ListAgendaExceptionsRequest request;
    request.set_parent(NameOf(suite, "sites", *site));
    request.set_page_size(500);
    const auto page = suite.Ask<slots::ListAgendaExceptionsResponse>(
        kRole, suite.Planning(), &Stub::ListAgendaExceptions, request);
    if (suite.json()) return PrintJson(page);
    Table table({"GENRE", "AGENDA", "DÉBUT", "FIN", "MOTIF", "NOM"});
    for (const slots::AgendaException& each : page.agenda_exceptions()) {
      table.Row({Short(slots::AgendaException::Kind_Name(each.kind()), "KIND_"), each.agenda(),
                 LocalTime(each.start_time()), LocalTime(each.end_time()), each.reason_code(),
                 each.name()});
    }
    table.Print();
  });
}

void PrintOrphans(const Suite& suite, const google::protobuf::Message& done, int orphans) {
  if (suite.json()) return PrintJson(done);
  std::cout << orphans << " rendez-vous sans créneau\n";
}

void AddDelete(CLI::App& group, Suite& suite) {
  auto* sub = group.add_subcommand("delete", "Ends a plan, or takes an exception back");
  auto name = std::make_shared<std::string>();
  sub->add_option("name", *name, "Plan or exception, its whole name")->required();
  sub->callback([&suite, name] {
    if (name->find("/plans/") != std::string::npos) {
      slots::DeleteSessionPlanRequest request;
      request.set_name(*name);
      request.set_request_id(suite.RequestId());
      const auto done = suite.Ask<slots::DeleteSessionPlanResponse>(
          kRole, suite.Planning(), &Stub::DeleteSessionPlan, request);
      return PrintOrphans(suite, done, done.orphan_count());
    }
    slots::DeleteAgendaExceptionRequest request;
    request.set_name(*name);
    request.set_request_id(suite.RequestId());
    const auto done = suite.Ask<slots::DeleteAgendaExceptionResponse>(
        kRole, suite.Planning(), &Stub::DeleteAgendaException, request);
    PrintOrphans(suite, done, done.orphan_count());
    if (!suite.json()) PrintPilotWeeks(done.full_pilot_weeks());
  });
}

void AddSign(CLI::App& group, Suite& suite) {
  auto* sub = group.add_subcommand(
      "sign", "The médecin référent (--rpps) signs the rules of care that wait at a site");
  auto site = std::make_shared<std::string>();
  auto etag = std::make_shared<std::string>();
  sub->add_option("site", *site, "Site")->required();
  sub->add_option("--etag", *etag, "Version that was read; the present one unless given");
  sub->callback([&suite, site, etag] {
    slots::SignCarePolicyRequest request;
    request.set_name(NameOf(suite, "sites", *site));
    request.set_etag(*etag);
    if (etag->empty()) {
      slots::GetSiteRequest get;
      get.set_name(request.name());
      request.set_etag(suite
                           .Ask<slots::Site>(base::Role::kReferent, suite.Directory(),
                                             &slots::DirectoryService::Stub::GetSite, get)
                           .etag());
    }
    request.set_request_id(suite.RequestId());
    const auto done = suite.Ask<slots::Site>(base::Role::kReferent, suite.Planning(),
                                             &Stub::SignCarePolicy, request);
    if (suite.json()) return PrintJson(done);
    std::cout << done.care_policy().protocol() << ": " << done.care_policy().rules_size()
              << " règles en vigueur depuis le " << done.care_policy().signed_date() << "\n";
  });
}

}  // namespace

void AddPlanningCommands(CLI::App& app, Suite& suite) {
  auto* group = app.add_subcommand("planning", "Plans, openings and closures, one by one");
  group->require_subcommand(1);
  AddApply(*group, suite);
  AddOpen(*group, suite);
  AddClose(*group, suite);
  AddWithdraw(*group, suite);
  AddExceptions(*group, suite);
  AddDelete(*group, suite);
  AddSign(*group, suite);
  AddCalendarCommand(*group, suite);
}

}  // namespace sasctl
