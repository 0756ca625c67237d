#include <iostream>

#include "common/base/resource_name.h"
#include "sas/regulation/v1/roster_service.grpc.pb.h"
#include "tools/sasctl/commands.h"
#include "tools/sasctl/print.h"

// sasctl roster …: shifts, who is there, what the room lacks, and surges.
namespace sasctl {
namespace {

using regulation::Shift;
using Stub = regulation::RosterService::Stub;

std::unique_ptr<Stub> Rosters(const Suite& suite) {
  return regulation::RosterService::NewStub(suite.ChannelTo(suite.endpoints().regulation));
}

std::string NameOf(const Suite& suite, const std::string& text) {
  return text.find('/') != std::string::npos ? text : suite.Parent() + "/shifts/" + text;
}

void Show(const Suite& suite, const Shift& shift) {
  if (suite.json()) return PrintJson(shift);
  std::cout << shift.subject() << "  " << Short(type::Role_Name(shift.role()), "ROLE_") << "  "
            << LocalTime(shift.start_time()) << " – " << LocalTime(shift.end_time()) << "  "
            << Short(Shift::State_Name(shift.state()), "STATE_") << "\n  " << shift.name() << "\n";
}

// Whoever takes a shift: where, and what he can do.
struct Person {
  std::string place = "crra";
  std::vector<std::string> languages;
  std::vector<std::string> skills;

  void AddOptions(CLI::App& sub) {
    sub.add_option("--place", place, "crra, or remote for who works at home");
    sub.add_option("--language", languages, "ISO 639-1, beside French; may be repeated");
    sub.add_option("--skill", skills, "paediatrics or psychiatry; may be repeated");
  }

  template <typename Message>
  void Fill(Message& message) const {
    message.set_place(ParseEnum<Shift::Place>("PLACE_", place));
    for (const std::string& language : languages) message.add_languages(language);
    for (const std::string& skill : skills) {
      message.add_skills(ParseEnum<Shift::Skill>("SKILL_", skill));
    }
  }
};

void AddPlan(CLI::App& group, Suite& suite) {
  struct Options {
    std::string subject;
    std::string role;
    std::string start;
    std::string end;
    Person person;
  };

  auto* sub = group.add_subcommand("plan", "Plans a shift");
  auto options = std::make_shared<Options>();
  sub->add_option("who", options->subject, "Pseudonymous subject of the person")->required();
  sub->add_option("role", options->role, "regulator_amu, regulator_mg, osnp or arm")->required();
  sub->add_option("--from", options->start, "YYYY-MM-DDTHH:MM in Paris")->required();
  sub->add_option("--to", options->end, "YYYY-MM-DDTHH:MM in Paris")->required();
  options->person.AddOptions(*sub);
  sub->callback([&suite, options] {
    regulation::PlanShiftRequest request;
    request.set_parent(suite.Parent());
    Shift& shift = *request.mutable_shift();
    shift.set_territory(suite.territory());
    shift.set_subject(options->subject);
    shift.set_role(ParseEnum<type::Role>("ROLE_", options->role));
    *shift.mutable_start_time() = ParseLocal(options->start);
    *shift.mutable_end_time() = ParseLocal(options->end);
    options->person.Fill(shift);
    request.set_request_id(suite.RequestId());
    Show(suite,
         suite.Ask<Shift>(base::Role::kSupervisor, Rosters(suite), &Stub::PlanShift, request));
  });
}

void AddReplace(CLI::App& group, Suite& suite) {
  struct Options {
    std::string shift;
    std::string etag;
    std::string subject;
    std::string from;
    std::string reason;
    Person person;
  };

  auto* sub = group.add_subcommand("replace", "Somebody else takes the rest of a shift");
  auto options = std::make_shared<Options>();
  sub->add_option("shift", options->shift, "Shift: its id or its whole name")->required();
  sub->add_option("who", options->subject, "Subject of who takes it")->required();
  sub->add_option("--etag", options->etag, "Version, as `roster list --json` tells")->required();
  sub->add_option("--reason", options->reason, "Why")->required();
  sub->add_option("--from", options->from, "YYYY-MM-DDTHH:MM in Paris; its start or now");
  options->person.AddOptions(*sub);
  sub->callback([&suite, options] {
    regulation::ReplaceShiftRequest request;
    request.set_name(NameOf(suite, options->shift));
    request.set_etag(options->etag);
    request.set_subject(options->subject);
    request.set_reason(options->reason);
    if (!options->from.empty()) *request.mutable_from_time() = ParseLocal(options->from);
    options->person.Fill(request);
    request.set_request_id(suite.RequestId());
    Show(suite,
         suite.Ask<Shift>(base::Role::kSupervisor, Rosters(suite), &Stub::ReplaceShift, request));
  });
}

void AddCancel(CLI::App& group, Suite& suite) {
  auto* sub = group.add_subcommand("cancel", "Takes a shift back");
  auto request = std::make_shared<regulation::CancelShiftRequest>();
  sub->add_option_function<std::string>(
         "shift", [request](const std::string& text) { request->set_name(text); },
         "Shift: its id or its whole name")
      ->required();
  sub->add_option_function<std::string>(
         "--etag", [request](const std::string& text) { request->set_etag(text); }, "Version")
      ->required();
  sub->add_option_function<std::string>(
         "--reason", [request](const std::string& text) { request->set_reason(text); }, "Why")
      ->required();
  sub->callback([&suite, request] {
    request->set_name(NameOf(suite, request->name()));
    request->set_request_id(suite.RequestId());
    Show(suite,
         suite.Ask<Shift>(base::Role::kSupervisor, Rosters(suite), &Stub::CancelShift, *request));
  });
}

void AddPresence(CLI::App& group, Suite& suite) {
  auto* in = group.add_subcommand("in", "Signs in: by the person, or the supervisor for him");
  auto* out = group.add_subcommand("out", "Signs out; what is in hand goes back to its queue");
  auto shift = std::make_shared<std::string>();
  auto second_line = std::make_shared<bool>(false);
  in->add_option("shift", *shift, "Shift: its id or its whole name")->required();
  in->add_flag("--second-line", *second_line, "At home: a second telephone path is at hand");
  in->callback([&suite, shift, second_line] {
    regulation::SignInRequest request;
    request.set_name(NameOf(suite, *shift));
    request.set_second_line_confirmed(*second_line);
    request.set_request_id(suite.RequestId());
    Show(suite, suite.Ask<Shift>(base::Role::kSupervisor, Rosters(suite), &Stub::SignIn, request));
  });
  out->add_option("shift", *shift, "Shift: its id or its whole name")->required();
  out->callback([&suite, shift] {
    regulation::SignOutRequest request;
    request.set_name(NameOf(suite, *shift));
    request.set_request_id(suite.RequestId());
    const auto left = suite.Ask<regulation::SignOutResponse>(
        base::Role::kSupervisor, Rosters(suite), &Stub::SignOut, request);
    if (suite.json()) return PrintJson(left);
    Show(suite, left.shift());
    std::cout << "  rendus : " << left.released_cases_size() << " dossiers, "
              << left.released_orders_size()
              << " commandes\n  à prendre : " << left.unclaimed_order_count()
              << " commandes ; restent en poste : " << left.staying_count() << "\n";
  });
}

void AddList(CLI::App& group, Suite& suite) {
  struct Options {
    std::string from;
    std::string last = "24h";
    std::string subject;
  };

  auto* sub = group.add_subcommand("list", "Shifts of a time, by start");
  auto options = std::make_shared<Options>();
  sub->add_option("--from", options->from, "YYYY-MM-DDTHH:MM in Paris; now");
  sub->add_option("--last", options->last, "How long from there, for example 24h (at most 744h)");
  sub->add_option("--who", options->subject, "Only this person");
  sub->callback([&suite, options] {
    const auto start =
        options->from.empty() ? ToProto(suite.clock().Now()) : ParseLocal(options->from);
    regulation::ListShiftsRequest request;
    request.set_parent(suite.Parent());
    request.set_territory(suite.territory());
    request.set_subject(options->subject);
    request.set_page_size(200);
    *request.mutable_start_time() = start;
    *request.mutable_end_time() = start;
    request.mutable_end_time()->set_seconds(start.seconds() + ParseSpan(options->last).count());
    const auto page = suite.Ask<regulation::ListShiftsResponse>(
        base::Role::kSupervisor, Rosters(suite), &Stub::ListShifts, request);
    if (suite.json()) return PrintJson(page);
    Table table({"DÉBUT", "FIN", "QUI", "RÔLE", "OÙ", "ÉTAT", "POSTE"});
    for (const Shift& shift : page.shifts()) {
      table.Row({LocalTime(shift.start_time()), LocalTime(shift.end_time()), shift.subject(),
                 Short(type::Role_Name(shift.role()), "ROLE_"),
                 Short(Shift::Place_Name(shift.place()), "PLACE_"),
                 Short(Shift::State_Name(shift.state()), "STATE_"),
                 std::string(base::LastId(shift.name()))});
    }
    table.Print();
  });
}

std::string CallText(const regulation::CallRate& rate) {
  using Rate = regulation::CallRate;
  switch (rate.state()) {
    case Rate::STATE_SILENT:
      return "SILENCE : " + std::to_string(rate.call_count()) + " appels en " +
             std::to_string(rate.window_minutes()) + " min, appeler soi-même le 15 et le 116 117";
    case Rate::STATE_HIGH:
      return "bien plus d'appels que d'habitude";
    case Rate::STATE_STARTING:
      return "pas encore jugés : le service vient de démarrer";
    case Rate::STATE_NO_BAND:
      return "non surveillés à cette heure";
    default:
      return "comme d'habitude";
  }
}

std::string StateText(regulation::QueueCoverage::State state) {
  using Queue = regulation::QueueCoverage;
  switch (state) {
    case Queue::STATE_NOBODY_ON_SHIFT:
      return "PERSONNE";
    case Queue::STATE_NOBODY_SOON:
      return "PERSONNE BIENTÔT";
    case Queue::STATE_NOBODY_PRESENT:
      return "PRÉVUS, ABSENTS";
    case Queue::STATE_NOT_REQUIRED:
      return "non requis";
    default:
      return "couvert";
  }
}

void ShowTerritory(const regulation::TerritoryCoverage& territory) {
  std::cout << "SAS " << territory.territory() << "  appels : " << CallText(territory.call_rate())
            << "\n";
  if (territory.has_surge()) {
    std::cout << "  AFFLUX déclaré jusqu'à " << LocalTime(territory.surge().until_time()) << " : "
              << territory.surge().reason() << "\n";
  }
  if (territory.offers_made_count() + territory.offers_received_count() > 0) {
    std::cout << "  dossiers proposés : " << territory.offers_made_count()
              << ", reçus : " << territory.offers_received_count() << "\n";
  }
  Table table({"FILE", "ÉTAT", "QUI", "RÔLE", "OÙ", "LÀ", "EN MAIN", "ACTES/H", "JUSQU'À"});
  for (const auto& queue : territory.queues()) {
    table.Row({Short(regulation::RosterQueue_Name(queue.queue()), "ROSTER_QUEUE_"),
               StateText(queue.state()), std::to_string(queue.on_shift_count()), "", "",
               std::to_string(queue.present_count()), "", "",
               queue.has_gap_time() ? LocalTime(queue.gap_time()) : ""});
    for (const auto& person : queue.people()) {
      table.Row({"", "", person.subject(), Short(type::Role_Name(person.role()), "ROLE_"),
                 Short(Shift::Place_Name(person.place()), "PLACE_"),
                 person.present() ? "oui" : "non",
                 person.has_load() ? std::to_string(person.load().claim_count()) : "",
                 person.has_load() ? std::to_string(person.load().act_count()) : "",
                 LocalTime(person.end_time())});
    }
  }
  table.Print();
}

void AddCoverage(CLI::App& group, Suite& suite) {
  auto* sub = group.add_subcommand("now", "Who is on shift and there, and what the room lacks");
  auto all = std::make_shared<bool>(false);
  sub->add_flag("--all", *all, "All territories with a roster, not only --territory");
  sub->callback([&suite, all] {
    regulation::GetCoverageRequest request;
    request.set_parent(suite.Parent());
    if (!*all) request.set_territory(suite.territory());
    const auto coverage = suite.Ask<regulation::Coverage>(base::Role::kSupervisor, Rosters(suite),
                                                          &Stub::GetCoverage, request);
    if (suite.json()) return PrintJson(coverage);
    for (const auto& territory : coverage.territories()) ShowTerritory(territory);
  });
}

void ShowSurge(const Suite& suite, const regulation::Surge& surge) {
  if (suite.json()) return PrintJson(surge);
  std::cout << "afflux du SAS " << surge.territory()
            << (surge.has_end_time() ? ", terminé" : ", jusqu'à " + LocalTime(surge.until_time()))
            << " : " << surge.reason() << "\n";
}

void AddSurge(CLI::App& group, Suite& suite) {
  auto* surge = group.add_subcommand("surge", "Declares a surge; --end ends it");
  auto reason = std::make_shared<std::string>();
  auto until = std::make_shared<std::string>();
  auto end = std::make_shared<bool>(false);
  surge->add_option("--reason", *reason, "Why");
  surge->add_option("--until", *until, "YYYY-MM-DDTHH:MM in Paris; 4 h from now");
  surge->add_flag("--end", *end, "Ends it");
  surge->callback([&suite, reason, until, end] {
    if (*end) {
      regulation::EndSurgeRequest request;
      request.set_name(suite.Parent() + "/surges/" + CLI::detail::to_lower(suite.territory()));
      request.set_request_id(suite.RequestId());
      return ShowSurge(suite, suite.Ask<regulation::Surge>(base::Role::kSupervisor, Rosters(suite),
                                                           &Stub::EndSurge, request));
    }
    regulation::DeclareSurgeRequest request;
    request.set_parent(suite.Parent());
    request.set_territory(suite.territory());
    request.set_reason(*reason);
    if (!until->empty()) *request.mutable_until_time() = ParseLocal(*until);
    request.set_request_id(suite.RequestId());
    ShowSurge(suite, suite.Ask<regulation::Surge>(base::Role::kSupervisor, Rosters(suite),
                                                  &Stub::DeclareSurge, request));
  });
}

}  // namespace

void AddRosterCommands(CLI::App& app, Suite& suite) {
  auto* group = app.add_subcommand("roster", "Shifts, presence and what the room lacks");
  group->require_subcommand(1);
  AddPlan(*group, suite);
  AddReplace(*group, suite);
  AddCancel(*group, suite);
  AddPresence(*group, suite);
  AddList(*group, suite);
  AddCoverage(*group, suite);
  AddSurge(*group, suite);
}

}  // namespace sasctl
