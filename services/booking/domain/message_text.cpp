#include "services/booking/domain/message_text.h"

#include <array>
#include <cstdio>
#include <utility>

#include "services/booking/domain/gsm7.h"

namespace sas::booking {
namespace {

constexpr std::string_view kWorse = "Si aggravation, appelez le 15.";

using Values = std::vector<std::pair<std::string_view, std::string>>;

std::string Fill(std::string_view body, const Values& values) {
  std::string text;
  while (!body.empty()) {
    const std::size_t open = body.find('{');
    text.append(body.substr(0, open));
    if (open == std::string_view::npos) break;
    const std::size_t close = body.find('}', open);
    const std::string_view name = body.substr(open + 1, close - open - 1);
    for (const auto& [key, value] : values) {
      if (key == name) text.append(value);
    }
    body.remove_prefix(close + 1);
  }
  return text;
}

std::string DayAndTime(base::Instant instant, const care::Zone& zone) {
  constexpr std::array<const char*, 7> kDays{"lundi",    "mardi",  "mercredi", "jeudi",
                                             "vendredi", "samedi", "dimanche"};
  const care::Date date = zone.DateOf(instant);
  const int minutes = zone.TimeOf(instant).minutes;
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%s %02d/%02d à %dh%02d",
                kDays[static_cast<std::size_t>(care::Weekday(date) - 1)], date.day, date.month,
                minutes / 60, minutes % 60);
  return text.data();
}

enum class Detail { kAddress, kCommune, kName };

std::string PlaceOf(const TextFacts& facts, Detail detail) {
  if (facts.mode == Mode::kAtHome) return "à votre domicile";
  if (facts.mode == Mode::kRemote) return "en téléconsultation";
  std::string place = facts.site;
  if (detail == Detail::kAddress && !facts.address_line.empty()) place += ", " + facts.address_line;
  const bool named = facts.commune.empty() || place.find(facts.commune) != std::string::npos;
  if (detail != Detail::kName && !named) place += ", " + facts.commune;
  return place;
}

const MessageTemplate& TemplateOf(MessageKind kind, Occasion occasion) {
  const auto& all = MessageTemplates();
  for (const MessageTemplate& each : all) {
    if (each.kind == kind && each.occasion == occasion) return each;
  }
  return all.front();  // The table has every pair that is ever written; its test says so.
}

MessageText Written(const MessageTemplate& form, const TextFacts& facts, const LetterFacts& letter,
                    const care::Zone& zone, Detail detail) {
  const std::string when = DayAndTime(facts.start, zone);
  const std::string old =
      facts.replaced ? " (au lieu de " + DayAndTime(*facts.replaced, zone) + ")" : std::string();
  const std::string directions = facts.directions.empty() ? std::string() : facts.directions + "\n";
  const Values values{{"when", when},
                      {"old", old},
                      {"place", PlaceOf(facts, detail)},
                      {"worse", std::string(kWorse)},
                      {"directions", directions},
                      {"practitioner", facts.practitioner},
                      {"site", facts.site},
                      {"reference", facts.reference},
                      {"patient", letter.patient},
                      {"final_motif", letter.final_motif},
                      {"follow_up", letter.follow_up}};
  return {std::string(form.subject), Fill(form.body, values)};
}

}  // namespace

const std::vector<MessageTemplate>& MessageTemplates() {
  static const std::vector<MessageTemplate> kTemplates{
      {MessageKind::kPatientSms, Occasion::kBooked, "", "RDV {when}, {place}. {worse}"},
      {MessageKind::kPatientSms, Occasion::kMoved, "",
       "RDV modifié : {when}, {place}{old}. {worse}"},
      {MessageKind::kPatientSms, Occasion::kCancelled, "", "RDV annulé : {when}, {place}. {worse}"},
      {MessageKind::kPatientSms, Occasion::kReminder, "", "Rappel : RDV {when}, {place}. {worse}"},
      {MessageKind::kPatientEmail, Occasion::kBooked, "Votre rendez-vous",
       "Bonjour,\n\nVotre rendez-vous : {when}, {place}.\n{directions}\n{worse}\n\n"
       "Message automatique, merci de ne pas répondre.\n"},
      {MessageKind::kPatientEmail, Occasion::kMoved, "Votre rendez-vous est modifié",
       "Bonjour,\n\nVotre rendez-vous est modifié : {when}, {place}{old}.\n{directions}\n{worse}\n"
       "\nMessage automatique, merci de ne pas répondre.\n"},
      {MessageKind::kPatientEmail, Occasion::kCancelled, "Votre rendez-vous est annulé",
       "Bonjour,\n\nVotre rendez-vous est annulé : {when}, {place}.\n\n{worse}\n\n"
       "Message automatique, merci de ne pas répondre.\n"},
      {MessageKind::kPatientEmail, Occasion::kReminder, "Rappel de votre rendez-vous",
       "Bonjour,\n\nRappel de votre rendez-vous : {when}, {place}.\n{directions}\n{worse}\n\n"
       "Message automatique, merci de ne pas répondre.\n"},
      {MessageKind::kPractice, Occasion::kBooked, "SAS : nouveau rendez-vous",
       "Nouveau rendez-vous SAS : {when}, {site}, {practitioner}.\nRéférence : {reference}.\n"
       "Le dossier se lit dans l'agenda.\n"},
      {MessageKind::kPractice, Occasion::kMoved, "SAS : rendez-vous modifié",
       "Rendez-vous SAS modifié : {when}, {site}, {practitioner}{old}.\nRéférence : {reference}.\n"
       "Le dossier se lit dans l'agenda.\n"},
      {MessageKind::kPractice, Occasion::kCancelled, "SAS : rendez-vous annulé",
       "Rendez-vous SAS annulé : {when}, {site}, {practitioner}.\nRéférence : {reference}.\n"},
      {MessageKind::kTreatingDoctor, Occasion::kOutcome, "SAS : retour d'information",
       "Cher confrère, chère consœur,\n\nVotre patient {patient} a été reçu le {when}, {site}, par "
       "{practitioner}.\n\nMotif final : {final_motif}.\nSuite : {follow_up}.\n\n"
       "Référence : {reference}.\n"},
  };
  return kTemplates;
}

MessageText Compose(MessageKind kind, Occasion occasion, const TextFacts& facts,
                    const LetterFacts& letter, const care::Zone& zone) {
  const MessageTemplate& form = TemplateOf(kind, occasion);
  MessageText text = Written(form, facts, letter, zone, Detail::kAddress);
  if (kind != MessageKind::kPatientSms) return text;
  for (const Detail detail : {Detail::kAddress, Detail::kCommune, Detail::kName}) {
    text = Written(form, facts, letter, zone, detail);
    text.body = ToGsm7(text.body);
    if (SmsCount(text.body) <= kSmsMax) return text;
  }
  return text;
}

const std::vector<std::string_view>& ForbiddenWords() {
  static const std::vector<std::string_view> kWords{
      "motif",   "diagnos",    "sympt",    "douleur", "plaie", "fievre",    "grossesse",
      "ivg",     "psych",      "suicid",   "cancer",  "vih",   "addict",    "urgence",
      "maladie", "traitement", "ordonnan", "patient", "samu",  "regulation"};
  return kWords;
}

std::string_view ForbiddenWordIn(std::string_view text) {
  const std::string plain = PlainLower(text);
  for (const std::string_view word : ForbiddenWords()) {
    if (plain.find(word) != std::string::npos) return word;
  }
  return {};
}

}  // namespace sas::booking
