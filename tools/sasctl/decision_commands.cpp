#include <iostream>

#include "tools/sasctl/dossier.h"
#include "tools/sasctl/print.h"

// sasctl call decide, sasctl call order: what a regulator decides.
namespace sasctl {
namespace {

using Stub = regulation::RegulationService::Stub;

// "paracétamol 1 g cp; 1 cp toutes les 6 h; 2"
void AddProduct(const std::string& text, regulation::Prescription& prescription) {
  const auto dose = text.find(';');
  const auto days = dose == std::string::npos ? dose : text.find(';', dose + 1);
  if (days == std::string::npos) Suite::Usage("--prescribe 'product; dose; days'");
  auto& product = *prescription.add_products();
  const auto trim = [](const std::string& part) {
    const auto from = part.find_first_not_of(' ');
    return from == std::string::npos ? "" : part.substr(from);
  };
  product.set_product(text.substr(0, dose));
  product.set_dose(trim(text.substr(dose + 1, days - dose - 1)));
  product.set_duration_days(std::atoi(text.c_str() + days + 1));
}

void AddPrescription(CLI::App& sub, regulation::Decision& decision) {
  sub.add_option_function<std::vector<std::string>>(
      "--prescribe",
      [&decision](const std::vector<std::string>& products) {
        auto& prescription = *decision.mutable_prescription();
        for (const std::string& product : products) AddProduct(product, prescription);
        if (prescription.pharmacy().empty()) {
          prescription.set_recipient(regulation::Prescription::RECIPIENT_PATIENT);
        }
      },
      "PMT: 'product; dose; days'");
  sub.add_option_function<std::string>(
      "--pharmacy",
      [&decision](const std::string& name) {
        decision.mutable_prescription()->set_pharmacy(name);
        decision.mutable_prescription()->set_recipient(
            regulation::Prescription::RECIPIENT_PHARMACY);
      },
      "PMT: pharmacy that gets it; the patient has it at home when not given");
  sub.add_flag_callback(
      "--allergies-asked",
      [&decision] { decision.mutable_prescription()->set_allergies_asked(true); },
      "PMT: the patient was asked for allergies");
}

void AddDecide(CLI::App& call, Suite& suite) {
  auto* sub = call.add_subcommand("decide", "A regulator's decision on a dossier in his hands");
  auto name = std::make_shared<std::string>();
  auto request = std::make_shared<regulation::CreateDecisionRequest>();
  auto& decision = *request->mutable_decision();
  sub->add_option("case", *name, "Dossier: its id or its whole name")->required();
  sub->add_option_function<std::string>(
         "level",
         [&decision](const std::string& text) {
           decision.set_care_level(ParseEnum<regulation::CareLevel>("CARE_LEVEL_", text));
         },
         "R1, R2, R3 or R4")
      ->required();
  sub->add_option_function<std::string>(
         "decision", [&decision](const std::string& text) { decision.set_decision_code(text); },
         "INTER, ORIENT, CONSEIL, PMT or PASPLUS")
      ->required();
  sub->add_option_function<std::string>(
      "--resource", [&decision](const std::string& text) { decision.set_resource_code(text); },
      "Means for INTER: SMUR.ADULT, SIS, TSU, LIBERAL.SOS…");
  sub->add_option_function<std::string>(
      "--orientation",
      [&decision](const std::string& text) { decision.set_orientation_code(text); },
      "For ORIENT: URGENCES, CABINET, DOMICILE…");
  sub->add_option_function<std::string>(
      "--delay", [&decision](const std::string& text) { decision.set_delay_code(text); },
      "HubSante.delai code");
  sub->add_flag_callback(
      "--transport", [&decision] { decision.set_medical_transport(true); },
      "A medical transport is asked");
  sub->add_option_function<std::string>(
      "--instructions", [&decision](const std::string& text) { decision.set_instructions(text); },
      "Consigne or advice");
  AddPrescription(*sub, decision);
  sub->add_option_function<std::string>(
      "--callback-within",
      [&suite, &decision](const std::string& text) {
        auto& callback = *decision.mutable_callback();
        *callback.mutable_window_start_time() = ToProto(suite.clock().Now() + ParseSpan(text) / 2);
        *callback.mutable_window_end_time() = ToProto(suite.clock().Now() + ParseSpan(text));
        callback.set_consent(true);
      },
      "CONSEIL, PMT: he agreed to be called to hear how he is, within this time");
  sub->add_option_function<std::string>(
      "--replaces", [&decision](const std::string& text) { decision.set_replaces(text); },
      "Decision that it takes back: its whole name");
  sub->add_option_function<std::string>(
      "--because", [&decision](const std::string& text) { decision.set_replace_reason(text); },
      "Why that one is taken back");
  sub->add_option_function<std::int64_t>(
      "--claim-version",
      [&decision](const std::int64_t& version) { decision.set_claim_version(version); },
      "Version of your claim; read from the dossier when not given");
  sub->callback([&suite, name, request] {
    request->set_parent(suite.CaseName(*name));
    request->set_request_id(suite.RequestId());
    if (request->decision().claim_version() == 0) {
      request->mutable_decision()->set_claim_version(GetDossier(suite, *name).claim().version());
    }
    const auto decided = suite.Ask<regulation::Decision>(
        base::Role::kRegulatorMg, suite.Regulation(), &Stub::CreateDecision, *request);
    if (suite.json()) return PrintJson(decided);
    std::cout << "décidé: "
              << Short(regulation::CareLevel_Name(decided.care_level()), "CARE_LEVEL_") << " "
              << decided.decision_code() << " " << decided.orientation_code()
              << decided.resource_code() << "\n  " << decided.name() << "\n";
  });
}

void AddOrder(CLI::App& call, Suite& suite) {
  auto* sub = call.add_subcommand("order", "Hands the search for a consultation to the OSNP");
  auto name = std::make_shared<std::string>();
  auto within = std::make_shared<std::string>("48h");
  auto modes = std::make_shared<std::vector<std::string>>();
  auto request = std::make_shared<regulation::CreateCareOrderRequest>();
  auto& order = *request->mutable_care_order();
  sub->add_option("case", *name, "Dossier: its id or its whole name")->required();
  sub->add_option("--within", *within, "4h, 8h, 12h, 24h or 48h");
  sub->add_option("--mode", *modes, "amb, hh, vr");
  sub->add_option_function<std::string>(
         "--clinical-line", [&order](const std::string& text) { order.set_clinical_line(text); },
         "What OSNP and effecteur may read")
      ->required();
  sub->add_option_function<std::string>(
      "--access-reason",
      [&order](const std::string& text) {
        order.set_access_reason(ParseEnum<type::AccessReason>("ACCESS_REASON_", text));
      },
      "sans_mt, mt_indisponible, pas_de_rdv_48h, hors_residence…");
  sub->add_option_function<std::string>(
      "--decision", [&order](const std::string& text) { order.set_decision(text); },
      "Decision that it executes; the latest one when not given");
  sub->callback([&suite, name, within, modes, request] {
    const std::string dossier = suite.CaseName(*name);
    regulation::CareOrder& out = *request->mutable_care_order();
    request->set_parent(dossier);
    request->set_request_id(suite.RequestId());
    out.mutable_delay()->set_seconds(ParseSpan(*within).count());
    for (const std::string& mode : *modes) {
      out.add_modes(ParseEnum<type::ConsultationMode>("CONSULTATION_MODE_", mode));
    }
    if (modes->empty()) out.add_modes(type::CONSULTATION_MODE_AMB);
    if (out.decision().empty()) {
      regulation::ListDecisionsRequest list;
      list.set_parent(dossier);
      list.set_page_size(200);
      const auto page = suite.Ask<regulation::ListDecisionsResponse>(
          base::Role::kRegulatorMg, suite.Regulation(), &Stub::ListDecisions, list);
      if (page.decisions().empty()) Suite::Usage("decide first: sasctl call decide … R3 ORIENT");
      out.set_decision(page.decisions(page.decisions_size() - 1).name());
    }
    const auto created = suite.Ask<regulation::CareOrder>(
        base::Role::kRegulatorMg, suite.Regulation(), &Stub::CreateCareOrder, *request);
    if (suite.json()) return PrintJson(created);
    std::cout << "commande SNP, avant " << LocalTime(created.due_time()) << "\n  " << created.name()
              << "\n";
  });
}

}  // namespace

void AddDecisionCommands(CLI::App& call, Suite& suite) {
  AddDecide(call, suite);
  AddOrder(call, suite);
}

}  // namespace sasctl
