#include <iostream>

#include "sas/booking/v1/displaced_service.grpc.pb.h"
#include "tools/sasctl/commands.h"
#include "tools/sasctl/print.h"

// sasctl displaced …: patients whose session was withdrawn.
namespace sasctl {
namespace {

using booking::Displacement;
using Stub = booking::DisplacedService::Stub;

constexpr int kPageSize = 200;

std::unique_ptr<Stub> Displaced(const Suite& suite) {
  return booking::DisplacedService::NewStub(suite.ChannelTo(suite.endpoints().booking));
}

// French, as the rest that people read.
const char* WordOf(Displacement::Reason reason) {
  switch (reason) {
    case Displacement::REASON_WITHDRAWN:
      return "retiré par le cabinet";
    case Displacement::REASON_UNSTAFFED:
      return "séance à pourvoir";
    case Displacement::REASON_SLOT_GONE:
      return "plage supprimée";
    default:
      break;
  }
  return "inconnu";
}

void AddList(CLI::App& group, Suite& suite) {
  auto* list = group.add_subcommand("list", "Appointments without a slot, soonest first");
  auto site = std::make_shared<std::string>();
  list->add_option("--site", *site, "Only those of this site, by its id");
  list->callback([&suite, site] {
    booking::ListDisplacedAppointmentsRequest request;
    request.set_parent(suite.Parent());
    if (!site->empty()) request.set_site(suite.Parent() + "/sites/" + *site);
    request.set_page_size(kPageSize);
    booking::ListDisplacedAppointmentsResponse all;
    do {
      const auto page = suite.Ask<booking::ListDisplacedAppointmentsResponse>(
          base::Role::kOsnp, Displaced(suite), &Stub::ListDisplacedAppointments, request);
      *all.mutable_check_time() = page.check_time();
      all.mutable_appointments()->MergeFrom(page.appointments());
      request.set_page_token(page.next_page_token());
    } while (!request.page_token().empty());
    if (suite.json()) return PrintJson(all);
    Table table({"DÉBUT", "SITE", "PRATICIEN", "CRÉNEAU", "DOSSIER", "RENDEZ-VOUS"});
    for (const booking::Appointment& each : all.appointments()) {
      table.Row({LocalTime(each.start_time()), each.site_display_name(),
                 each.practitioner_display_name(), WordOf(each.displacement().reason()),
                 each.regulation_case(), each.name()});
    }
    table.Print();
    if (all.has_check_time()) {
      std::cout << "Tout vérifié à " << LocalTime(all.check_time()) << "\n";
    }
  });
}

void AddKeep(CLI::App& group, Suite& suite) {
  auto* sub = group.add_subcommand("keep", "The practice receives the patient all the same");
  auto name = std::make_shared<std::string>();
  sub->add_option("appointment", *name, "Appointment")->required();
  sub->callback([&suite, name] {
    booking::GetAppointmentRequest get;
    get.set_name(suite.AppointmentName(*name));
    const auto now = suite.Ask<booking::Appointment>(
        base::Role::kOsnp, suite.Booking(), &booking::BookingService::Stub::GetAppointment, get);
    booking::KeepDisplacedAppointmentRequest request;
    request.set_name(now.name());
    request.set_etag(now.etag());
    request.set_request_id(suite.RequestId());
    const auto kept = suite.Ask<booking::Appointment>(base::Role::kOsnp, Displaced(suite),
                                                      &Stub::KeepDisplacedAppointment, request);
    if (suite.json()) return PrintJson(kept);
    std::cout << "Maintenu par le cabinet : " << LocalTime(kept.start_time()) << "  " << kept.name()
              << "\n";
  });
}

}  // namespace

void AddDisplacedCommands(CLI::App& app, Suite& suite) {
  auto* group = app.add_subcommand("displaced", "Patients whose session was withdrawn");
  group->require_subcommand(1);
  AddList(*group, suite);
  AddKeep(*group, suite);
}

}  // namespace sasctl
