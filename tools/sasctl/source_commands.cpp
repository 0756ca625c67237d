#include <iostream>

#include "sas/booking/v1/source_service.grpc.pb.h"
#include "tools/sasctl/print.h"
#include "tools/sasctl/source_commands.h"

// sasctl source …: appointments of which a platform is the master, and what platforms report.
namespace sasctl {
namespace {

using booking::SourceBooking;
using Stub = booking::SourceService::Stub;

std::unique_ptr<Stub> Sources(const Suite& suite) {
  return booking::SourceService::NewStub(suite.ChannelTo(suite.endpoints().booking));
}

void Show(const Suite& suite, const SourceBooking& row) {
  if (suite.json()) return PrintJson(row);
  std::cout << Short(SourceBooking::State_Name(row.state()), "STATE_") << "  " << row.partner()
            << " n° " << row.external_appointment_id() << "\n  " << row.name() << "\n  "
            << (row.regulation_case().empty() ? "à rattacher" : row.regulation_case()) << "\n";
}

void AddList(CLI::App& group, Suite& suite) {
  auto* list = group.add_subcommand("list", "Bookings of platforms that nobody has joined");
  auto dossier = std::make_shared<std::string>();
  list->add_option("--case", *dossier, "Those of this dossier instead");
  list->callback([&suite, dossier] {
    booking::ListSourceBookingsRequest request;
    request.set_parent(suite.Parent());
    if (!dossier->empty()) request.set_regulation_case(suite.CaseName(*dossier));
    const auto page = suite.Ask<booking::ListSourceBookingsResponse>(
        base::Role::kOsnp, Sources(suite), &Stub::ListSourceBookings, request);
    if (suite.json()) return PrintJson(page);
    Table table({"PLATEFORME", "NUMÉRO", "ÉTAT", "DÉBUT", "MÉDECIN", "RÉSERVATION"});
    for (const SourceBooking& row : page.source_bookings()) {
      table.Row({row.partner(), row.external_appointment_id(),
                 Short(SourceBooking::State_Name(row.state()), "STATE_"),
                 LocalTime(row.start_time()), row.practitioner_rpps(), row.name()});
    }
    table.Print();
  });
}

void AddResolve(CLI::App& group, Suite& suite) {
  auto* sub = group.add_subcommand("resolve", "Says what the platform says of an appointment");
  auto name = std::make_shared<std::string>();
  auto number = std::make_shared<std::string>();
  auto refused = std::make_shared<bool>(false);
  sub->add_option("appointment", *name, "Appointment that waits")->required();
  auto* taken = sub->add_option("--taken", *number, "It has it, under this number");
  sub->add_flag("--not-taken", *refused, "It has not")->excludes(taken);
  sub->callback([&suite, name, number, refused] {
    if (number->empty() && !*refused) Suite::Usage("say --taken NUMBER or --not-taken");
    booking::GetAppointmentRequest get;
    get.set_name(suite.AppointmentName(*name));
    const auto now = suite.Ask<booking::Appointment>(
        base::Role::kOsnp, suite.Booking(), &booking::BookingService::Stub::GetAppointment, get);
    booking::ResolveSourceAppointmentRequest request;
    request.set_name(now.name());
    request.set_taken(!*refused);
    request.set_external_appointment_id(*number);
    request.set_etag(now.etag());
    request.set_request_id(suite.RequestId());
    const auto after = suite.Ask<booking::Appointment>(base::Role::kOsnp, Sources(suite),
                                                       &Stub::ResolveSourceAppointment, request);
    if (suite.json()) return PrintJson(after);
    std::cout << Short(booking::Appointment::State_Name(after.state()), "STATE_") << "  "
              << after.name() << "\n";
  });
}

void AddJoin(CLI::App& group, Suite& suite) {
  auto* sub = group.add_subcommand("join", "Joins a reported booking to a dossier");
  auto request = std::make_shared<booking::JoinSourceBookingRequest>();
  auto dossier = std::make_shared<std::string>();
  auto appointment = std::make_shared<std::string>();
  auto facts = std::make_shared<std::vector<std::string>>();
  sub->add_option_function<std::string>(
         "booking", [request](const std::string& text) { request->set_name(text); },
         "Whole name of the reported booking")
      ->required();
  sub->add_option("--case", *dossier, "Dossier")->required();
  sub->add_option("--appointment", *appointment, "The appointment that waits, if there is one");
  sub->add_option("--fact", *facts,
                  "What it goes by, two at least: start_time, practitioner, regulator, "
                  "patient_says, practice_says")
      ->required();
  sub->callback([&suite, request, dossier, appointment, facts] {
    request->set_regulation_case(suite.CaseName(*dossier));
    if (!appointment->empty()) request->set_appointment(suite.AppointmentName(*appointment));
    for (const std::string& fact : *facts) {
      request->add_facts(ParseEnum<SourceBooking::Fact>("FACT_", fact));
    }
    request->set_request_id(suite.RequestId());
    Show(suite, suite.Ask<SourceBooking>(base::Role::kOsnp, Sources(suite),
                                         &Stub::JoinSourceBooking, *request));
  });
}

}  // namespace

void AddSourceCommands(CLI::App& app, Suite& suite) {
  auto* group = app.add_subcommand("source", "Appointments of which a platform is the master");
  group->require_subcommand(1);
  AddList(*group, suite);
  AddResolve(*group, suite);
  AddJoin(*group, suite);
}

}  // namespace sasctl
