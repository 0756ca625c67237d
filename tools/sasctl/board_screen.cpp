#include "tools/sasctl/board_screen.h"

#include <algorithm>
#include <array>
#include <iostream>

#include "absl/strings/str_format.h"
#include "tools/sasctl/dossier.h"
#include "tools/sasctl/print.h"

namespace sasctl {
namespace {

using Card = regulation::BoardCard;

struct Words {
  int value;
  const char* text;
};

constexpr std::array kColumns{Words{Card::COLUMN_TO_TAKE, "à prendre"},
                              Words{Card::COLUMN_PROMISED, "rappel promis"},
                              Words{Card::COLUMN_IN_REGULATION, "en régulation"},
                              Words{Card::COLUMN_LOST_CALL, "appel perdu"},
                              Words{Card::COLUMN_ORDER_TO_DO, "commande à faire"},
                              Words{Card::COLUMN_ORDER_IN_WORK, "commande en cours"},
                              Words{Card::COLUMN_ORDER_BOOKED, "RDV pris, à redire"},
                              Words{Card::COLUMN_REVIEW, "à revoir"},
                              Words{Card::COLUMN_RINGING, "à décrocher"}};

constexpr std::array kAlarms{Words{Card::ALARM_PRIORITY_UNSET, "PRIORITÉ À FIXER"},
                             Words{Card::ALARM_WAIT_TARGET, "attente > cible"},
                             Words{Card::ALARM_WAIT_LATE, "ATTENTE EN ALARME"},
                             Words{Card::ALARM_STARVING, "OUBLIÉ"},
                             Words{Card::ALARM_CALLBACK_SOON, "rappel bientôt dû"},
                             Words{Card::ALARM_CALLBACK_DUE, "RAPPEL DÛ"},
                             Words{Card::ALARM_CLAIM_ENDING, "prise bientôt perdue"},
                             Words{Card::ALARM_ORDER_HALF, "moitié du délai"},
                             Words{Card::ALARM_ORDER_LATE, "DÉLAI PRESQUE PASSÉ"},
                             Words{Card::ALARM_ORDER_OVERDUE, "DÉLAI PASSÉ"},
                             Words{Card::ALARM_LOST_CALL_LATE, "APPEL PERDU > 10 min"},
                             Words{Card::ALARM_OFFER_UNANSWERED, "OFFRE SANS RÉPONSE"},
                             Words{Card::ALARM_RETURN_UNDECIDED, "APPELANT INJOIGNABLE"},
                             Words{Card::ALARM_RAISED, "RELEVÉ, À REPRENDRE"},
                             Words{Card::ALARM_NOTHING_SENT, "P0 SANS ENVOI"},
                             Words{Card::ALARM_ORDER_UNCLAIMED, "PERSONNE DESSUS"},
                             Words{Card::ALARM_ORDER_IDLE, "sans acte > 15 min"},
                             Words{Card::ALARM_VITAL_MOTIF_LOW, "MOTIF VITAL, PRIORITÉ BASSE"},
                             Words{Card::ALARM_ORDER_CALLED_AGAIN, "A RAPPELÉ"},
                             Words{Card::ALARM_CALLBACK_FAILED, "RAPPEL PROMIS SANS RÉPONSE"},
                             Words{Card::ALARM_PLACE_CONFLICT, "LIEU ET TÉLÉPHONE > 2 km"},
                             Words{Card::ALARM_RINGING_LATE, "SONNE > 15 s"}};

// An unknown value of a newer server is said as such, never as another one.
template <typename List>
std::string Say(const List& list, int value) {
  for (const Words& words : list) {
    if (words.value == value) return words.text;
  }
  return "?" + std::to_string(value);
}

std::string AlarmText(const Card& card) {
  std::string text;
  for (const int alarm : card.alarms())
    text = Say(kAlarms, alarm) + (text.empty() ? "" : ", ") + text;
  return text;
}

bool IsCase(const Card& card) {
  return card.column() <= Card::COLUMN_IN_REGULATION || card.column() == Card::COLUMN_REVIEW;
}

std::chrono::seconds Between(const google::protobuf::Timestamp& from,
                             const google::protobuf::Timestamp& to) {
  return std::chrono::seconds(to.seconds() - from.seconds());
}

}  // namespace

std::string IdleText(const regulation::Board& board) {
  if (!board.has_oldest_claim()) return "";
  const regulation::IdleClaim& claim = board.oldest_claim();
  return "sans acte depuis " + Span(Between(claim.act_time(), board.read_time())) + " : " +
         claim.case_number() + " chez " + claim.owner().subject();
}

bool BoardScreen::IsCut(std::chrono::nanoseconds now) const {
  return heard_ == std::chrono::nanoseconds{} || now - heard_ >= kCutAfter;
}

std::string BoardScreen::State(std::chrono::nanoseconds now) const {
  if (heard_ == std::chrono::nanoseconds{}) return "HORS LIGNE · jamais reçu";
  const double seconds = std::chrono::duration<double>(now - heard_).count();
  if (IsCut(now)) {
    return absl::StrFormat("COUPÉ depuis %.0f s · ce tableau n'est plus vrai · GetBoard, téléphone",
                           seconds);
  }
  if (fold_.doubtful()) return "DOUTEUX · les lignes ne sont pas celles du registre";
  return absl::StrFormat("en direct · %.1f s · registre %d", seconds, fold_.ledger_sequence());
}

std::string BoardScreen::CountsText() const {
  const regulation::BoardCounts& counts = fold_.counts();
  std::string text;
  for (const regulation::BoardLine& line : counts.board().lines()) {
    text += PriorityText(line.priority()) + " " + std::to_string(line.waiting_count()) + "  ";
  }
  text += absl::StrFormat("en régulation %d  à décrocher %d  appels perdus %d  commandes %d",
                          counts.board().claimed_count(), counts.board().ringing_count(),
                          counts.board().lost_call_count(), counts.board().open_order_count());
  if (const std::string idle = IdleText(counts.board()); !idle.empty()) text += "\n" + idle;
  for (const int chain : counts.unattended_filieres()) {
    text += "\nPERSONNE à la régulation " +
            Short(type::Filiere_Name(static_cast<type::Filiere>(chain)), "FILIERE_");
  }
  return text;
}

void BoardScreen::Print(std::chrono::nanoseconds now) const {
  std::map<std::string, const Card*> sorted;
  for (const auto& [name, card] : fold_.cards()) sorted[card.order_key()] = &card;
  Table table({"", "PRIO", "OÙ", "ATTENTE", "RESTE", "QUI", "MOTIF", "ALARME", "NOM"});
  for (const auto& [key, card] : sorted) {
    const bool due = card->has_due_time() && !IsCase(*card);
    table.Row({AlarmText(*card).empty() ? "" : "!",
               IsCase(*card) ? PriorityText(card->priority()) : "", Say(kColumns, card->column()),
               Span(Between(card->since_time(), fold_.server_time())),
               due ? Span(Between(fold_.server_time(), card->due_time())) : "", card->owner(),
               card->motif_code(), AlarmText(*card), card->name()});
  }
  std::cout << State(now) << "\n" << CountsText() << "\n\n";
  table.Print();
}

}  // namespace sasctl
