#include "tools/sasctl/dossier_act.h"
#include "tools/sasctl/print.h"

// sasctl call reflex, reflex-seen, mission, bilan: the teams that were sent.
namespace sasctl {
namespace {

using Stub = regulation::RegulationService::Stub;

// "GLASGOW=15"
void AddSign(const std::string& text, regulation::Bilan& bilan) {
  const auto equals = text.find('=');
  if (equals == std::string::npos) Suite::Usage("--sign CODE=VALUE, for example GLASGOW=15");
  auto& sign = *bilan.add_vital_signs();
  sign.set_code(text.substr(0, equals));
  sign.set_value(text.substr(equals + 1));
}

void AddBilan(CLI::App& call, Suite& suite) {
  AddAct<regulation::RecordBilanRequest>(
      call, suite, "bilan", "Records the report of the teams on site", base::Role::kArm,
      &Stub::RecordBilan, [](CLI::App& sub, auto request) {
        auto& bilan = *request->mutable_bilan();
        bilan.set_redactor_role_code("MEDECIN");
        sub.add_option_function<std::string>(
               "text", [&bilan](const std::string& text) { bilan.set_text(text); }, "The report")
            ->required();
        sub.add_option_function<std::string>(
            "--by", [&bilan](const std::string& code) { bilan.set_redactor_role_code(code); },
            "Who reports: MEDECIN unless given, INFIRMIER, AMBULANCIER…");
        sub.add_option_function<std::vector<std::string>>(
            "--team",
            [request](const std::vector<std::string>& teams) {
              for (const std::string& team : teams) request->add_mission_ids(team);
            },
            "Teams that it is of; needed when several have not reported");
        sub.add_option_function<std::string>(
            "--patient", [&bilan](const std::string& name) { bilan.set_patient(name); },
            "Of whom: needed when the dossier has several patients");
        sub.add_option_function<std::vector<std::string>>(
            "--sign",
            [&bilan](const std::vector<std::string>& signs) {
              for (const std::string& sign : signs) AddSign(sign, bilan);
            },
            "PRESSION_ARTERIELLE=120/80, GLASGOW=15…");
      });
}

void AddStatus(CLI::App& call, Suite& suite) {
  AddAct<regulation::RecordMissionStatusRequest>(
      call, suite, "mission", "Records an hour of a team's way", base::Role::kArm,
      &Stub::RecordMissionStatus, [&suite](CLI::App& sub, auto request) {
        const auto text = [&sub](const char* option, auto set, const char* help) {
          return sub.add_option_function<std::string>(option, set, help);
        };
        text(
            "team", [request](const std::string& id) { request->set_mission_id(id); },
            "Number of the team on the dossier")
            ->required();
        text(
            "status", [request](const std::string& code) { request->set_status_code(code); },
            "DEPART, ARRIVEE, PEC, ORIENTAT, TRANSP, DESTIN, FINPEC, ANNULE…")
            ->required();
        text(
            "--ago",
            [&suite, request](const std::string& span) {
              *request->mutable_occur_time() = ToProto(suite.clock().Now() - ParseSpan(span));
            },
            "It was so before: 5m");
        text(
            "--unit", [request](const std::string& unit) { request->set_unit(unit); },
            "How the room calls the team");
        text(
            "--vehicle", [request](const std::string& code) { request->set_vehicle_code(code); },
            "HubSante.typeVecteur code: SMUR.VLM, SIS.VSAV…");
        text(
            "--to", [request](const std::string& place) { request->set_destination(place); },
            "Where the patient is brought; needed with ORIENTAT");
        text(
            "--reason", [request](const std::string& why) { request->set_reason(why); },
            "Why; needed with ANNULE");
      });
}

}  // namespace

void AddMissionCommands(CLI::App& call, Suite& suite) {
  AddAct<regulation::LaunchReflexDepartureRequest>(
      call, suite, "reflex", "Records a reflex departure", base::Role::kArm,
      &Stub::LaunchReflexDeparture, [](CLI::App& sub, auto request) {
        sub.add_option_function<std::vector<std::string>>(
               "resources",
               [request](const std::vector<std::string>& codes) {
                 for (const std::string& code : codes) request->add_resource_codes(code);
               },
               "Means sent: SMUR.ADULT, SIS…")
            ->required();
      });
  AddAct<regulation::AcknowledgeReflexDepartureRequest>(
      call, suite, "reflex-seen", "A regulator takes note of the reflex departure",
      base::Role::kRegulatorAmu, &Stub::AcknowledgeReflexDeparture);
  AddStatus(call, suite);
  AddBilan(call, suite);
}

}  // namespace sasctl
