#include "tools/sasctl/book_commands.h"

#include <iostream>

#include "common/base/resource_name.h"
#include "tools/sasctl/dossier.h"
#include "tools/sasctl/print.h"

// sasctl book, sasctl appointment …: from a hold to an appointment, and after.
namespace sasctl {

using Stub = booking::BookingService::Stub;
using booking::Appointment;

namespace {

// Without a word the dossier's first.
std::string PatientOf(Suite& suite, const std::string& dossier, const std::string& asked) {
  if (!asked.empty()) return dossier + "/patients/" + asked;
  const auto read = GetDossier(suite, dossier);
  if (read.patients().empty()) Suite::Usage("the dossier has no patient: add one first");
  return read.patients(0).name();
}

}  // namespace

Appointment Draft(Suite& suite, const BookOptions& o, const slots::CareNeed& need,
                  const regulation::CareOrder* order) {
  Appointment draft;
  draft.set_slot(o.slot);
  draft.set_entry_point(need.entry_point());
  draft.set_access_reason(need.access_reason());
  draft.set_motif_code(need.motif_code());
  *draft.mutable_age() = need.age();
  draft.set_territory(need.territory());
  draft.set_orienting_professional_rpps(need.orienting_professional_rpps());
  draft.set_clinical_line(o.clinical_line);
  draft.set_oral_check(o.oral_check);
  draft.set_late_reason_code(o.late_reason);
  draft.set_paper_form_number(o.paper_form);
  if (order != nullptr) {
    const std::string& name = order->name();
    draft.set_regulation_case(name.substr(0, name.find("/orders/")));
    draft.set_care_order(name);
    draft.set_care_order_version(order->version());
    draft.set_patient(order->patient());
    if (o.clinical_line.empty()) draft.set_clinical_line(order->clinical_line());
  } else {
    if (o.dossier.empty()) Suite::Usage("for whom? --order ORDER, or --case DOSSIER");
    draft.set_regulation_case(suite.CaseName(o.dossier));
    draft.set_patient(PatientOf(suite, draft.regulation_case(), o.patient));
  }
  if (!o.tried.empty()) {
    auto& attempt = *draft.add_attempts();
    *attempt.mutable_attempt_time() = ToProto(suite.clock().Now());
    attempt.set_target("cabinet du MT");
    attempt.set_outcome(o.tried);
  }
  const auto add_signs = [&draft](const std::vector<std::string>& codes, type::SignAnswer answer) {
    for (const std::string& code : codes) {
      auto& sign = *draft.mutable_severity_form()->add_signs();
      sign.set_code(code);
      sign.set_answer(answer);
    }
  };
  add_signs(o.absent, type::SIGN_ANSWER_NO);
  add_signs(o.present, type::SIGN_ANSWER_YES);
  if (o.triage_level != 0) {
    auto& evaluation = *draft.mutable_evaluation();
    evaluation.set_triage_level(o.triage_level);
    evaluation.set_reason(o.evaluation_reason);
    evaluation.set_patient_informed(true);
    evaluation.set_protocol(o.protocol);
  }
  return draft;
}

Appointment GetAppointment(Suite& suite, const std::string& text) {
  booking::GetAppointmentRequest request;
  request.set_name(suite.AppointmentName(text));
  return suite.Ask<Appointment>(base::Role::kOsnp, suite.Booking(), &Stub::GetAppointment, request);
}

void ShowAppointment(const Suite& suite, const Appointment& appointment) {
  if (suite.json()) return PrintJson(appointment);
  std::cout << Short(Appointment::State_Name(appointment.state()), "STATE_") << "  "
            << LocalTime(appointment.start_time()) << "  " << appointment.site_display_name()
            << ", " << appointment.practitioner_display_name() << "\n  " << appointment.name()
            << "\n";
  const bool pending = appointment.state() == Appointment::STATE_PENDING;
  if (pending && appointment.has_source()) {
    const booking::SourceSide& side = appointment.source();
    std::cout << "  en attente de " << side.partner() << " jusqu'à "
              << LocalTime(side.answer_due_time())
              << " : pas encore un rendez-vous, ne rien annoncer\n";
    if (!side.booking_url().empty())
      std::cout << "  à prendre ici : " << side.booking_url() << "\n";
  }
  if (!pending && !appointment.directions().empty()) {
    std::cout << "  à dire: " << appointment.directions() << "\n";
  }
  for (const booking::Move& move : appointment.moves()) {
    std::cout << "  auparavant " << LocalTime(move.start_time()) << ", " << move.site_display_name()
              << " (" << move.reason_code() << ")\n";
  }
  std::cout << "  etag " << appointment.etag() << "\n";
}

std::string SignsOf(const BookOptions& o) {
  if (!o.present.empty()) return "yes";
  return o.absent.empty() ? o.need.severity_sign : "no";
}

void AddTransmissionOptions(CLI::App& sub, BookOptions& o) {
  sub.add_option("--clinical-line", o.clinical_line,
                 "Line for the effecteur; the order's, if there is one");
  sub.add_option("--absent", o.absent, "Severity signs that were asked and are not there, codes");
  sub.add_option("--present", o.present, "Severity signs that are there: a doctor must lift them");
}

void GiveBack(Suite& suite, const std::string& slot, const std::string& token,
              const slots::CareNeed& need) {
  slots::ReleaseSlotHoldRequest request;
  request.set_name(slot);
  request.set_hold_token(token);
  request.set_request_id(suite.RequestId());
  try {
    suite.Ask<slots::Slot>(RoleFor(need.entry_point()), suite.Slots(),
                           &slots::SlotService::Stub::ReleaseSlotHold, request);
  } catch (const CLI::RuntimeError&) {
  }
}

namespace {

void AddBook(CLI::App& app, Suite& suite) {
  auto* sub = app.add_subcommand("book", "Confirms a slot (holds it first when no hold is given)");
  auto o = std::make_shared<BookOptions>();
  sub->add_option("slot", o->slot, "Slot")->required();
  o->need.AddTo(*sub);
  sub->add_option("--hold", o->hold, "Token of your hold");
  sub->add_option("--case", o->dossier, "Dossier, for an entry without order");
  sub->add_option("--patient", o->patient, "Id of its patient; the first, unless given");
  AddTransmissionOptions(*sub, *o);
  sub->add_option("--tried", o->tried, "What was tried before (pas de RDV sous 48 h)");
  sub->add_option("--triage-level", o->triage_level, "IOA/IAO, MAO: level of triage, 3 to 5");
  sub->add_option("--evaluation-reason", o->evaluation_reason, "Why the ER is not needed");
  sub->add_option("--protocol", o->protocol, "Written protocol of the redirection");
  sub->add_option("--late-reason", o->late_reason,
                  "Why after the deadline: PATIENT, NO_EARLIER_SLOT, DISTANCE, MODE or OTHER");
  sub->add_option("--paper-form", o->paper_form,
                  "Number of the paper form that is typed in, for an entry without order");
  sub->add_flag("--oral-check", o->oral_check, "The regulator was asked by voice");
  sub->callback([&suite, o] {
    regulation::CareOrder order;
    const bool ordered = !o->need.order.empty();
    if (ordered) order = GetOrder(suite, o->need.order);
    o->need.evaluation = o->need.evaluation || o->triage_level != 0;
    o->need.severity_sign = SignsOf(*o);
    const slots::CareNeed need = o->need.Need(suite, ordered ? &order : nullptr);
    booking::CreateAppointmentRequest request;
    request.set_parent(suite.Parent());
    *request.mutable_appointment() = Draft(suite, *o, need, ordered ? &order : nullptr);
    request.set_hold_token(o->hold.empty() ? HoldOf(suite, o->slot, need).hold_token() : o->hold);
    request.set_request_id(suite.RequestId());
    try {
      ShowAppointment(suite, suite.Ask<Appointment>(RoleFor(need.entry_point()), suite.Booking(),
                                                    &Stub::CreateAppointment, request));
    } catch (const CLI::RuntimeError& left) {
      // Whoever came with a hold decides himself; ours would keep the seat from others for nothing.
      const bool refused = left.get_exit_code() == Suite::kRefused;
      if (refused && o->hold.empty()) GiveBack(suite, o->slot, request.hold_token(), need);
      throw;
    }
  });
}

void AddCancel(CLI::App& group, Suite& suite) {
  auto* sub = group.add_subcommand("cancel", "Cancels and frees the seat");
  auto name = std::make_shared<std::string>();
  auto reason = std::make_shared<std::string>("PATIENT");
  auto etag = std::make_shared<std::string>();
  sub->add_option("appointment", *name, "Appointment: its id or its whole name")->required();
  sub->add_option("--reason", *reason, "PATIENT, SITE, UPGRADE, ERROR or OTHER");
  sub->add_option("--etag", *etag, "Version on your screen; the present one when not given");
  sub->callback([&suite, name, reason, etag] {
    booking::CancelAppointmentRequest request;
    request.set_name(suite.AppointmentName(*name));
    request.set_reason_code(*reason);
    request.set_etag(etag->empty() ? GetAppointment(suite, *name).etag() : *etag);
    request.set_request_id(suite.RequestId());
    ShowAppointment(suite, suite.Ask<Appointment>(base::Role::kOsnp, suite.Booking(),
                                                  &Stub::CancelAppointment, request));
  });
}

}  // namespace

void AddBookCommands(CLI::App& app, Suite& suite) {
  AddBook(app, suite);
  auto* group = app.add_subcommand("appointment", "Appointments after the booking");
  group->require_subcommand(1);
  auto* show = group->add_subcommand("show", "Shows an appointment");
  auto shown = std::make_shared<std::string>();
  show->add_option("appointment", *shown, "Appointment: its id or its whole name")->required();
  show->callback([&suite, shown] { ShowAppointment(suite, GetAppointment(suite, *shown)); });
  auto* list = group->add_subcommand("list", "Appointments in order of start");
  auto request = std::make_shared<booking::ListAppointmentsRequest>();
  list->add_option_function<std::string>(
      "--case", [request](const std::string& text) { request->set_regulation_case(text); },
      "Only those of this dossier");
  list->add_flag_callback(
      "--all", [request] { request->set_include_cancelled(true); }, "Also cancelled ones");
  list->add_flag_callback(
      "--mine", [request] { request->set_booked_by_me(true); },
      "Only those that you have booked, at whatever site");
  list->callback([&suite, request] {
    request->set_parent(suite.Parent());
    if (!request->regulation_case().empty()) {
      request->set_regulation_case(suite.CaseName(request->regulation_case()));
    }
    const auto page = suite.Ask<booking::ListAppointmentsResponse>(
        base::Role::kOsnp, suite.Booking(), &Stub::ListAppointments, *request);
    if (suite.json()) return PrintJson(page);
    Table table({"DÉBUT", "ÉTAT", "SITE", "MOTIF", "RENDEZ-VOUS"});
    for (const Appointment& appointment : page.appointments()) {
      table.Row({LocalTime(appointment.start_time()),
                 Short(Appointment::State_Name(appointment.state()), "STATE_"),
                 appointment.site_display_name(), appointment.motif_code(),
                 std::string(base::LastId(appointment.name()))});
    }
    table.Print();
  });
  AddCancel(*group, suite);
  AddAppointmentChanges(*group, suite);
  AddBookGroup(app, suite);
}

}  // namespace sasctl
