#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/clock.h"
#include "common/care/calendar.h"
#include "services/booking/domain/message_plan.h"

/// What messages say. Templates are data; what fills them is the appointment and its site, never
/// the motif, the patient or anything clinical (hazard H-35). A letter to the treating doctor is
/// another matter: it goes over secure mail only.
namespace sas::booking {

struct MessageTemplate {
  MessageKind kind;
  Occasion occasion;
  std::string_view subject;  ///< Empty for an SMS.
  std::string_view body;     ///< {day}, {time}, {place}, {old}, {directions}, {reference}, …
};

/// All of them. `CheckTemplates` in the tests holds each against the forbidden words.
const std::vector<MessageTemplate>& MessageTemplates();

/// How the patient is seen.
enum class Mode { kAtSite, kAtHome, kRemote };

/// What an appointment gives to a text.
struct TextFacts {
  base::Instant start;
  std::optional<base::Instant> replaced;
  Mode mode = Mode::kAtSite;
  std::string site;
  std::string address_line;  ///< Of the site.
  std::string commune;       ///< Of the site.
  std::string directions;    ///< Sentence of the site.
  std::string practitioner;
  std::string reference;  ///< Id of the appointment.
};

/// What a letter to the treating doctor adds. Held while it is sent.
struct LetterFacts {
  std::string patient;  ///< Names and birth date.
  std::string final_motif;
  std::string follow_up;
};

struct MessageText {
  std::string subject;
  std::string body;
};

/// Days and hours are those of the site, with the weekday: "lundi 30/11 à 14h10".
MessageText Compose(MessageKind kind, Occasion occasion, const TextFacts& facts,
                    const LetterFacts& letter, const care::Zone& zone);

/// An SMS takes no more: of a place too long for that, first the address is left out, then the
/// commune; a name and a change of hour always fit.
inline constexpr int kSmsMax = 2;

/// Words that no message to a patient or a practice may hold, in lower case without accents.
const std::vector<std::string_view>& ForbiddenWords();

/// The forbidden word that `text` holds; empty when there is none.
std::string_view ForbiddenWordIn(std::string_view text);

}  // namespace sas::booking
