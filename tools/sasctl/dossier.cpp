#include "tools/sasctl/dossier.h"

#include <iostream>

#include "common/care/nomenclature.h"
#include "tools/sasctl/commune.h"
#include "tools/sasctl/print.h"

namespace sasctl {

using regulation::RegulationCase;

namespace {

void SetPoint(type::GeoPoint& point, const std::vector<double>& degrees) {
  point.set_latitude_degrees(degrees[0]);
  point.set_longitude_degrees(degrees[1]);
}

}  // namespace

std::string Who(const RegulationCase& dossier) {
  if (dossier.patients().empty()) return "";
  const regulation::Patient& patient = dossier.patients(0);
  const char* sex = patient.sex() == regulation::SEX_FEMALE ? "F "
                    : patient.sex() == regulation::SEX_MALE ? "H "
                                                            : "";
  return sex + AgeText(patient.age());
}

std::string PriorityText(regulation::Priority priority) {
  return priority == regulation::PRIORITY_UNSPECIFIED
             ? "à fixer"
             : Short(regulation::Priority_Name(priority), "PRIORITY_");
}

std::string MotifText(const std::string& code) {
  return code + " " + std::string(sas::care::MotifLabel(code));
}

namespace {

std::string PromiseText(const regulation::CallbackPromise& promise) {
  std::string text = "rappel promis avant " + LocalTime(promise.window_end_time());
  if (promise.attempts_size() > 0) {
    text += ", " + std::to_string(promise.attempt_count()) + " appel(s) compté(s)";
  }
  if (promise.decision_due()) return text + ", PERSONNE NE RÉPOND : un régulateur décide";
  return promise.has_next_attempt_time()
             ? text + ", prochain à partir de " + LocalTime(promise.next_attempt_time())
             : text;
}

// "équipe 1 SMUR.ADULT « SMUR 1 », PEC 14:05, bilan attendu"
std::string MissionText(const regulation::Mission& mission) {
  std::string text = "équipe " + mission.mission_id() + " " + mission.resource_code();
  if (!mission.unit().empty()) text += " « " + mission.unit() + " »";
  const auto& last = mission.steps(mission.steps_size() - 1);
  text += ", " + last.status_code() + " " + LocalTime(last.occur_time());
  if (!mission.destination().empty()) text += ", vers " + mission.destination();
  return mission.bilan_awaited() ? text + ", bilan attendu" : text;
}

}  // namespace

void ShowDossier(const Suite& suite, const RegulationCase& dossier) {
  if (suite.json()) return PrintJson(dossier);
  std::cout << dossier.case_number() << "  " << PriorityText(dossier.priority()) << "  "
            << MotifText(dossier.motif_code()) << "  " << Who(dossier) << "\n"
            << "  " << dossier.name() << "\n"
            << "  état " << Short(RegulationCase::State_Name(dossier.state()), "STATE_")
            << ", filière " << Short(type::Filiere_Name(dossier.filiere()), "FILIERE_");
  if (dossier.has_claim()) {
    std::cout << ", pris par " << dossier.claim().owner().subject() << " (prise "
              << dossier.claim().version() << ")";
  }
  if (dossier.reflex_departure().state() != regulation::ReflexDeparture::STATE_UNSPECIFIED) {
    std::cout << "\n  départ réflexe: "
              << Short(regulation::ReflexDeparture::State_Name(dossier.reflex_departure().state()),
                       "STATE_");
  }
  if (dossier.state() == RegulationCase::STATE_PROGRAMMED) {
    std::cout << "\n  commence le " << LocalTime(dossier.activation_time());
  }
  for (const auto& mission : dossier.missions()) std::cout << "\n  " << MissionText(mission);
  for (const std::string& other : dossier.linked_cases()) {
    std::cout << "\n  même événement: " << other;
  }
  if (dossier.has_callback()) std::cout << "\n  " << PromiseText(dossier.callback());
  if (dossier.place_conflict_meters() > 0) {
    std::cout << "\n  lieu en conflit: le téléphone est à " << dossier.place_conflict_meters()
              << " m";
  }
  if (dossier.contact_sealed()) {
    std::cout << "\n  contact protégé: noms, numéros et adresse cachés (call show --why …)";
  }
  for (const auto& further : dossier.further_calls()) {
    std::cout << "\n  appel rattaché " << further.call_id();
  }
  for (const std::string& code : dossier.missing()) std::cout << "\n  manque: " << code;
  std::cout << "\n  etag " << dossier.etag() << "\n";
}

void ShowOrder(const Suite& suite, const regulation::CareOrder& order) {
  using regulation::CareOrder;
  if (suite.json()) return PrintJson(order);
  std::cout << Short(CareOrder::State_Name(order.state()), "STATE_") << "  " << order.motif_code()
            << "  " << AgeText(order.age()) << "  " << order.place().commune() << "  avant "
            << LocalTime(order.due_time()) << " (encore " << Span(Until(suite, order.due_time()))
            << ")\n  " << order.name() << "\n  version " << order.version();
  if (order.has_late_agreement()) {
    std::cout << "\n  accord hors délai jusqu'à "
              << LocalTime(order.late_agreement().latest_start_time()) << ": "
              << order.late_agreement().reason();
  }
  if (!order.appointment().empty()) {
    std::cout << "\n  rendez-vous " << LocalTime(order.appointment_start_time()) << ", "
              << order.appointment_site() << "\n  " << order.appointment();
  }
  if (order.has_reorientation()) {
    std::cout << "\n  réorienté : "
              << Short(regulation::Reorientation::Destination_Name(
                           order.reorientation().destination()),
                       "DESTINATION_")
              << ", " << order.reorientation().reason();
  }
  std::cout << "\n";
}

void OpenOptions::AddTo(CLI::App& app) {
  app.add_option("--motif", motif, "HubSante.motif code, M07.00 when not asked");
  app.add_option("--age", age, "6y, 3m, 10d");
  app.add_option("--sex", sex, "f or m");
  app.add_option("--commune", commune, "Commune, by name or INSEE code");
  app.add_option("--address", address, "Address line");
  app.add_option("--at", address_point, "Latitude and longitude of the address")->expected(2);
  app.add_flag("--outside", outside, "The commune was read back: it is in another département");
  app.add_option("--telephone", telephone,
                 "Where the telephone is (AML): latitude, longitude, accuracy in metres")
      ->expected(3);
  app.add_option("--entry", entry, "Entry point: line_15, line_116117, pharmacie, urgences…");
  app.add_option("--caller", caller, "HubSante.typeAppelant code");
  app.add_option("--phone", phone, "Number that calls, +33…");
  app.add_option("--callback", callback, "Number to call back, when another");
  app.add_option("--dialled", dialled, "Number that was dialled: 15, 116117 or a line's own");
  app.add_option("--ringing", ringing, "Ringing call that this is: its hours, line and number");
  app.add_option("--mobility", mobility, "own_transport, no_vehicle or home_only");
  app.add_option("--family-name", family, "Family name (provisional identity)");
  app.add_option("--given-names", given, "Given names");
  app.add_option("--treating-doctor", treating_rpps, "RPPS of the treating doctor");
  app.add_option("--treating-doctor-mss", treating_address, "His MSSanté mailbox");
  app.add_option("--email", email, "E-mail of the patient");
  app.add_flag("--protected", protected_contact, "Protected contact: nobody writes to him");
  app.add_flag("--no-messages", no_messages, "He wants no automatic message");
  app.add_option("--in", starts_in, "Prepared in advance: it begins by itself then, 2h");
  app.add_flag("--no-treating-doctor", no_treating_doctor, "The patient has none");
}

RegulationCase OpenOptions::Opened(Suite& suite) const {
  RegulationCase dossier;
  dossier.set_territory(suite.territory());
  dossier.set_motif_code(motif);
  auto& origin = *dossier.mutable_origin();
  origin.set_entry_point(ParseEnum<type::EntryPoint>("ENTRY_POINT_", entry));
  origin.set_origine_code(origin.entry_point() == type::ENTRY_POINT_LINE_116117 ? "116117" : "15");
  if (origin.entry_point() > type::ENTRY_POINT_LINE_116117) origin.set_origine_code("AUTRE");
  if (!ringing.empty()) {
    origin.set_waiting_call(WaitingName(suite, ringing));
    origin.clear_origine_code();  // That of the line.
  }
  origin.set_caller_type_code(caller);
  origin.set_dialled_number(dialled);
  origin.set_caller_phone_number(phone);
  origin.set_callback_phone_number(callback.empty() ? phone : callback);
  auto& patient = *dossier.add_patients();
  if (!age.empty()) *patient.mutable_age() = ParseAge(age);
  if (!sex.empty()) {
    patient.set_sex(sex == "f" || sex == "F" ? regulation::SEX_FEMALE : regulation::SEX_MALE);
  }
  patient.set_family_name(family);
  patient.set_given_names(given);
  patient.set_phone_number(callback.empty() ? phone : callback);
  patient.set_email_address(email);
  patient.set_protected_contact(protected_contact);
  patient.set_message_opt_out(no_messages);
  if (no_treating_doctor) {
    patient.mutable_treating_doctor()->set_status(regulation::TreatingDoctor::STATUS_NONE);
  } else if (!treating_rpps.empty()) {
    patient.mutable_treating_doctor()->set_status(regulation::TreatingDoctor::STATUS_DECLARED);
    patient.mutable_treating_doctor()->set_rpps(treating_rpps);
    patient.mutable_treating_doctor()->set_mssante_address(treating_address);
  }
  if (!commune.empty()) {
    const type::Commune found = FindCommune(suite, commune);
    auto& place = *dossier.mutable_patient_place();
    place.set_insee_code(found.insee_code());
    place.set_commune(found.display_name());
    *place.mutable_point() = found.point();
    place.set_precision(type::GEO_PRECISION_CITY);
    place.set_address_line(address);
  }
  if (!starts_in.empty()) {
    *dossier.mutable_activation_time() = ToProto(suite.clock().Now() + ParseSpan(starts_in));
  }
  dossier.set_place_outside_confirmed(outside);
  if (!address_point.empty()) {
    SetPoint(*dossier.mutable_patient_place()->mutable_point(), address_point);
    dossier.mutable_patient_place()->set_precision(type::GEO_PRECISION_ADDRESS);
  }
  if (!telephone.empty()) {
    SetPoint(*origin.mutable_telephone_point(), telephone);
    origin.set_telephone_accuracy_meters(static_cast<int>(telephone[2]));
  }
  if (!mobility.empty()) {
    dossier.mutable_mobility()->set_kind(ParseEnum<regulation::Mobility::Kind>("KIND_", mobility));
  }
  return dossier;
}

RegulationCase GetDossier(Suite& suite, const std::string& text) {
  regulation::GetRegulationCaseRequest request;
  request.set_name(suite.CaseName(text));
  return suite.Ask<RegulationCase>(base::Role::kArm, suite.Regulation(),
                                   &regulation::RegulationService::Stub::GetRegulationCase,
                                   request);
}

}  // namespace sasctl
