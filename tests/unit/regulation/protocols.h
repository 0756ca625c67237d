#pragma once

#include "services/regulation/domain/protocol.h"

namespace sas::regulation {

/// A small sound protocol of the tests: fever of an infant. Signs purpura (P0) and malaise (P1);
/// temperature, asked after "fever"; the rule "infant" is a severity sign under three months.
inline Protocol FeverProtocol() {
  Protocol protocol;
  protocol.kind = ProtocolKind::kTriage;
  protocol.title = "Fièvre de l’enfant";
  protocol.motif_codes = {"M03.14"};
  protocol.audience.age_max = {2, care::AgeUnit::kYear};

  Question purpura;
  purpura.id = "purpura";
  purpura.text = "Des taches qui ne s’effacent pas ?";
  purpura.section = Section::kSeverity;
  purpura.kind = QuestionKind::kYesNo;
  purpura.mandatory = true;
  purpura.red_flag = RedFlag{Priority::kP0, "15", "Purpura fébrile."};
  Question malaise = purpura;
  malaise.id = "malaise";
  malaise.red_flag = RedFlag{Priority::kP1, "URGENCES", "Malaise."};
  Question fever;
  fever.id = "fever";
  fever.text = "A-t-il de la fièvre ?";
  fever.kind = QuestionKind::kYesNo;
  fever.mandatory = true;
  Question temperature;
  temperature.id = "temperature";
  temperature.text = "Combien ?";
  temperature.kind = QuestionKind::kNumber;
  temperature.number_min = 34;
  temperature.number_max = 43;
  temperature.mandatory = true;
  temperature.ask_when = {{"fever", {"yes"}, {}, {}}};
  Question drinks;
  drinks.id = "drinks";
  drinks.text = "Boit-il ?";
  drinks.kind = QuestionKind::kChoice;
  drinks.choices = {"well", "little", "nothing"};
  drinks.labels = {"Bien", "Un peu", "Rien"};
  protocol.questions = {purpura, malaise, fever, temperature, drinks};

  Rule infant;
  infant.id = "infant";
  infant.when = {{"temperature", {}, 38.0, {}}};
  infant.audience.age_max = {2, care::AgeUnit::kMonth};
  infant.minimum = Priority::kP1;
  infant.severity = true;
  infant.proposal = "URGENCES";
  infant.explanation = "Fièvre avant trois mois.";
  Rule high;
  high.id = "high";
  high.when = {{"temperature", {}, 40.0, {}}};
  high.minimum = Priority::kP2;
  high.filiere = Filiere::kSnp;
  high.explanation = "Fièvre élevée.";
  Rule well;
  well.id = "well";
  well.when = {{"fever", {"no"}, {}, {}}, {"drinks", {"well"}, {}, {}}};
  well.excludes = true;
  well.orientation = "DOMICILE";
  well.explanation = "Ni fièvre ni signe.";
  protocol.rules = {infant, high, well};
  protocol.otherwise = Rule{};
  protocol.otherwise->minimum = Priority::kP3;
  protocol.otherwise->orientation = "CABINET";
  protocol.otherwise->explanation = "Fièvre bien tolérée.";

  protocol.author = ProtocolPerson{"99704000019", "Dr Odile Rédactrice"};
  protocol.signatory = ProtocolPerson{"99704000027", "Dr Marc Référent"};
  protocol.effect = base::Instant(std::chrono::hours(24 * 20'000));
  protocol.review = *protocol.effect + std::chrono::hours(24 * 365);
  return protocol;
}

}  // namespace sas::regulation
