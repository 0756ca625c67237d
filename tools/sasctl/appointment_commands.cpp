#include <google/protobuf/util/time_util.h>

#include <iostream>

#include "tools/sasctl/book_commands.h"
#include "tools/sasctl/print.h"

// sasctl appointment move, arrival, resolve, history, close-session.
namespace sasctl {
namespace {

using Stub = booking::BookingService::Stub;
using booking::Appointment;
using google::protobuf::util::TimeUtil;

struct MoveOptions {
  std::string name, slot, hold, reason = "PATIENT", late_reason;
  bool oral_check = false;
};

// For whom a seat is held to which this appointment shall go.
slots::CareNeed NeedOf(const Appointment& appointment) {
  slots::CareNeed need;
  need.set_entry_point(appointment.entry_point());
  need.set_care_order(appointment.care_order());
  need.set_motif_code(appointment.motif_code());
  *need.mutable_age() = appointment.age();
  need.set_access_reason(appointment.access_reason());
  need.set_territory(appointment.territory());
  need.set_evaluation_recorded(appointment.has_evaluation());
  need.set_orienting_professional_rpps(appointment.orienting_professional_rpps());
  for (const auto mode :
       {type::CONSULTATION_MODE_AMB, type::CONSULTATION_MODE_HH, type::CONSULTATION_MODE_VR}) {
    need.add_modes(mode);
  }
  need.set_moving_slot(appointment.slot());
  return need;
}

void AddMove(CLI::App& group, Suite& suite) {
  auto* sub = group.add_subcommand("move",
                                   "Moves to another slot (holds it first when no hold is "
                                   "given); the old one stands if that fails");
  auto o = std::make_shared<MoveOptions>();
  sub->add_option("appointment", o->name, "Appointment: its id or its whole name")->required();
  sub->add_option("slot", o->slot, "Slot to go to")->required();
  sub->add_option("--hold", o->hold, "Token of your hold there");
  sub->add_option("--reason", o->reason, "PATIENT, SITE, REASSIGN, ERROR or OTHER");
  sub->add_option("--late-reason", o->late_reason,
                  "Why after the deadline: PATIENT, NO_EARLIER_SLOT, DISTANCE, MODE or OTHER");
  sub->add_flag("--oral-check", o->oral_check, "The regulator was asked by voice");
  sub->callback([&suite, o] {
    const Appointment appointment = GetAppointment(suite, o->name);
    const slots::CareNeed need = NeedOf(appointment);
    booking::RescheduleAppointmentRequest request;
    request.set_name(appointment.name());
    request.set_slot(o->slot);
    request.set_hold_token(o->hold.empty() ? HoldOf(suite, o->slot, need).hold_token() : o->hold);
    request.set_reason_code(o->reason);
    request.set_late_reason_code(o->late_reason);
    request.set_oral_check(o->oral_check);
    request.set_etag(appointment.etag());
    request.set_request_id(suite.RequestId());
    ShowAppointment(suite, suite.Ask<Appointment>(RoleFor(need.entry_point()), suite.Booking(),
                                                  &Stub::RescheduleAppointment, request));
  });
}

void AddDay(CLI::App& group, Suite& suite) {
  auto* arrive = group.add_subcommand("arrival", "Records where the patient is on the day");
  auto name = std::make_shared<std::string>();
  auto step = std::make_shared<std::string>();
  arrive->add_option("appointment", *name, "Appointment: its id or its whole name")->required();
  arrive->add_option("step", *step, "arrived, in_consultation or left")->required();
  arrive->callback([&suite, name, step] {
    booking::RecordArrivalRequest request;
    request.set_name(suite.AppointmentName(*name));
    request.set_arrival(ParseEnum<Appointment::Arrival>("ARRIVAL_", *step));
    request.set_request_id(suite.RequestId());
    ShowAppointment(suite, suite.Ask<Appointment>(base::Role::kEffecteur, suite.Booking(),
                                                  &Stub::RecordArrival, request));
  });

  auto* resolve =
      group.add_subcommand("resolve", "Closes the passage: fulfilled, no_show or abandoned");
  auto request = std::make_shared<booking::ResolveAppointmentRequest>();
  auto resolved = std::make_shared<std::string>();
  resolve->add_option("appointment", *resolved, "Appointment: its id or its whole name")
      ->required();
  resolve
      ->add_option_function<std::string>(
          "resolution",
          [request](const std::string& text) {
            request->set_resolution(ParseEnum<Appointment::State>("STATE_", text));
          },
          "fulfilled, no_show or abandoned")
      ->required();
  resolve->add_option_function<std::string>(
      "--final-motif",
      [request](const std::string& text) {
        request->mutable_outcome()->set_final_motif_code(text);
      },
      "HubSante.motif code");
  resolve->add_option_function<std::string>(
      "--follow-up",
      [request](const std::string& text) {
        request->mutable_outcome()->set_follow_up(
            ParseEnum<booking::Outcome::FollowUp>("FOLLOW_UP_", text));
      },
      "none, treating_doctor, imaging or emergency");
  resolve->add_flag_callback(
      "--motif-unknown", [request] { request->mutable_outcome()->set_final_motif_unknown(true); },
      "Non renseigné: the final motif is not known");
  resolve->add_option_function<std::string>(
      "--reason", [request](const std::string& text) { request->set_abandon_reason_code(text); },
      "Of abandoned: LEFT_BEFORE_CONSULTATION, REFUSED_CARE, WENT_ELSEWHERE, WAIT_TOO_LONG or "
      "OTHER");
  resolve->callback([&suite, request, resolved] {
    request->set_name(suite.AppointmentName(*resolved));
    request->set_etag(GetAppointment(suite, *resolved).etag());
    request->set_request_id(suite.RequestId());
    ShowAppointment(suite, suite.Ask<Appointment>(base::Role::kEffecteur, suite.Booking(),
                                                  &Stub::ResolveAppointment, *request));
  });
}

void AddHistory(CLI::App& group, Suite& suite) {
  auto* sub = group.add_subcommand("history",
                                   "What happened to an appointment, from the audit "
                                   "record; with --json one line for each entry");
  auto name = std::make_shared<std::string>();
  sub->add_option("appointment", *name, "Appointment: its id or its whole name")->required();
  sub->callback([&suite, name] {
    booking::ListAppointmentHistoryRequest request;
    request.set_parent(suite.AppointmentName(*name));
    request.set_page_size(200);
    Table table({"QUAND", "QUI", "ACTE", "DÉTAIL"});
    do {
      const auto page = suite.Ask<booking::ListAppointmentHistoryResponse>(
          base::Role::kSupervisor, suite.Booking(), &Stub::ListAppointmentHistory, request);
      for (const booking::HistoryEntry& entry : page.entries()) {
        if (suite.json()) PrintJson(entry);
        table.Row({LocalTime(entry.record_time()), entry.actor().subject(), entry.action(),
                   entry.detail()});
      }
      request.set_page_token(page.next_page_token());
    } while (!request.page_token().empty());
    if (!suite.json()) table.Print();
  });
}

void AddClose(CLI::App& group, Suite& suite) {
  auto* sub =
      group.add_subcommand("close-session", "Closes a session whose passages are documented");
  auto request = std::make_shared<booking::CloseSessionRequest>();
  auto site = std::make_shared<std::string>();
  auto start = std::make_shared<std::string>();
  auto end = std::make_shared<std::string>();
  sub->add_option("site", *site, "Site: its whole name")->required();
  sub->add_option("start", *start, "Start, 2026-11-24T13:00:00Z")->required();
  sub->add_option("end", *end, "End, 2026-11-24T18:00:00Z")->required();
  sub->add_option_function<std::string>(
      "--agenda", [request](const std::string& text) { request->set_agenda(text); },
      "Agenda of the session; all of the site when not given");
  sub->callback([&suite, request, site, start, end] {
    request->set_site(*site);
    if (!TimeUtil::FromString(*start, request->mutable_start_time()) ||
        !TimeUtil::FromString(*end, request->mutable_end_time())) {
      Suite::Usage("start and end are instants such as 2026-11-24T13:00:00Z");
    }
    request->set_request_id(suite.RequestId());
    const auto closed = suite.Ask<booking::SessionClosure>(base::Role::kEffecteur, suite.Booking(),
                                                           &Stub::CloseSession, *request);
    if (suite.json()) return PrintJson(closed);
    std::cout << "clôturée: " << closed.fulfilled_count() << " vus (motif non renseigné "
              << closed.motif_unknown_count() << "), " << closed.no_show_count() << " absents, "
              << closed.abandoned_count() << " partis\n";
  });
}

}  // namespace

void AddAppointmentChanges(CLI::App& group, Suite& suite) {
  AddMove(group, suite);
  AddDay(group, suite);
  AddHistory(group, suite);
  AddClose(group, suite);
}

}  // namespace sasctl
