#include "services/regulation/domain/journey.h"

namespace sas::regulation {

std::string_view TextOf(JourneyCode code, JourneyState state) {
  const bool now = state == JourneyState::kNow;
  switch (code) {
    case JourneyCode::kCalled:
      return "Appel";
    case JourneyCode::kPickedUp:
      return "Décroché";
    case JourneyCode::kPrioritised:
      return "Priorité fixée";
    case JourneyCode::kWaiting:
      return "En attente de régulation";
    case JourneyCode::kClaimed:
      return now ? "En régulation" : "Dossier pris";
    case JourneyCode::kDecided:
      return "Décision médicale";
    case JourneyCode::kOrdered:
      return now ? "Commande à prendre par l’OSNP" : "Commande passée à l’OSNP";
    case JourneyCode::kTreatingDoctorAsked:
      return now ? "Médecin traitant à appeler" : "Médecin traitant sollicité";
    case JourneyCode::kSearched:
      return now ? "Recherche d’un créneau" : "Recherche lancée";
    case JourneyCode::kBooked:
      return "Rendez-vous réservé";
    case JourneyCode::kPatientInformed:
      return "Patient informé";
    case JourneyCode::kArrived:
      return "Patient arrivé";
    case JourneyCode::kClosed:
      return "Dossier terminé";
    case JourneyCode::kReturned:
      return "Commande rendue au régulateur";
    case JourneyCode::kReoriented:
      return "Réorientation";
    case JourneyCode::kStopped:
      return "Commande arrêtée par un régulateur";
    case JourneyCode::kTreatingDoctorSees:
      return "Vu par le médecin traitant";
    case JourneyCode::kPendingAcceptance:
      return "En attente d’acceptation";
    case JourneyCode::kUnspecified:
      break;
  }
  return "";
}

std::string_view TextOf(JourneyDelay delay) {
  switch (delay) {
    case JourneyDelay::kWait:
      return "L’attente d’un régulateur a dépassé son alarme";
    case JourneyDelay::kCallback:
      return "Le rappel promis n’a pas été fait";
    case JourneyDelay::kOrder:
      return "L’échéance de la commande est passée sans rendez-vous";
    case JourneyDelay::kAppointment:
      return "Le rendez-vous commence après l’échéance";
    case JourneyDelay::kInformation:
      return "Le rendez-vous a commencé et le patient n’en a pas été informé";
    case JourneyDelay::kArrival:
      return "L’arrivée du patient n’a pas été notée";
  }
  return "";
}

}  // namespace sas::regulation
