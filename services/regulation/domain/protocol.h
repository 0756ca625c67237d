#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "common/base/call.h"
#include "common/base/clock.h"
#include "common/care/age.h"
#include "services/regulation/domain/values.h"

/// One version of a protocol as a value: questions, severity signs, what follows from answers, and
/// delegated acts. protocol_check tells whether it is sound, protocol_evaluator what answers mean.
namespace sas::regulation {

// Values of these enumerations equal those of sas.regulation.v1; convert_protocol.cpp asserts it.
enum class ProtocolKind {
  kUnspecified = 0,
  kTriage = 1,
  kCsnpEntry = 2,
  kShortForm = 3,
  kChecklist = 4,
  kDelegation = 5
};
enum class Section { kNone = 0, kMotif = 1, kHistory = 2, kSeverity = 3, kPreviousCare = 4 };
enum class QuestionKind { kUnspecified = 0, kYesNo = 1, kChoice = 2, kNumber = 3, kText = 4 };
enum class Pregnancy { kAny = 0, kPregnant = 1, kNotPregnant = 2 };

/// Least urgent priority that a positive severity sign may come to in any file (hazard H-49).
inline constexpr Priority kSeverityBound = Priority::kP1;

/// What a severity sign proposes.
inline constexpr std::string_view kPropose15 = "15";
inline constexpr std::string_view kProposeEmergencies = "URGENCES";

/// Whom something is for. A limit without unit does not bind.
struct Audience {
  care::Age age_min;
  care::Age age_max;
  Pregnancy pregnancy = Pregnancy::kAny;
};

/// A demand on one answer: one of `is`, or the limits of a number.
struct Condition {
  std::string question;
  std::vector<std::string> is;  ///< yes, no, unknown, or codes of choices.
  std::optional<double> at_least;
  std::optional<double> below;
};

/// What a positive severity sign demands; it always stops a booking.
struct RedFlag {
  Priority minimum = Priority::kUnspecified;
  std::string proposal;
  std::string explanation;
};

struct Question {
  std::string id;
  std::string text;
  Section section = Section::kNone;
  QuestionKind kind = QuestionKind::kUnspecified;
  std::vector<std::string> choices;  ///< Codes.
  std::vector<std::string> labels;   ///< Of the choices, in their order.
  double number_min = 0;
  double number_max = 0;
  bool mandatory = false;
  Audience audience;
  std::vector<Condition> ask_when;  ///< All must hold.
  std::optional<RedFlag> red_flag;
};

struct Rule {
  std::string id;
  std::vector<Condition> when;  ///< All must hold.
  Audience audience;
  Priority minimum = Priority::kUnspecified;
  Filiere filiere = Filiere::kUnspecified;
  bool severity = false;
  std::string proposal;
  bool excludes = false;
  std::string orientation;
  std::string explanation;
};

/// An act that a doctor has left to others.
struct DelegatedAct {
  std::string code;
  std::string label;
  std::vector<std::string> motif_codes;  ///< Empty: all but the vital ones.
  Audience audience;
  std::vector<base::Role> roles;
  std::vector<std::string> profession_codes;  ///< TRE_G15; empty: all.
};

struct ProtocolPerson {
  std::string rpps;
  std::string display_name;
};

struct Protocol {
  ProtocolKind kind = ProtocolKind::kUnspecified;
  std::string title;
  std::vector<std::string> motif_codes;
  Audience audience;
  std::vector<Question> questions;
  std::vector<Rule> rules;
  std::optional<Rule> otherwise;
  std::optional<ProtocolPerson> author;
  std::optional<ProtocolPerson> signatory;
  std::optional<base::Instant> effect;
  std::optional<base::Instant> review;
  std::vector<std::string> removed_signs;
  std::vector<DelegatedAct> delegated_acts;
};

/// What was answered to one question. Not asked is no answer at all (hazard H-06).
enum class Said { kYes, kNo, kUnknown };

struct Chosen {
  std::string code;
};

using AnswerValue = std::variant<Said, Chosen, double, std::string>;  ///< Text last.

struct Answer {
  std::string question;
  AnswerValue value;
};

/// What is known of the patient beside the answers.
struct Facts {
  std::optional<care::Age> age;
  std::optional<bool> pregnant;
  std::string motif_code;  ///< Empty or M07.00 when not known.
};

/// nullptr when the protocol has no such question.
const Question* FindQuestion(const Protocol& protocol, std::string_view id);

/// Ids of everything that is a severity sign: red flags, then severity rules.
std::vector<std::string> SeveritySigns(const Protocol& protocol);

/// Is the patient in the audience? kMaybe while something that it asks for is not known.
enum class Belongs { kNo, kMaybe, kYes };
Belongs In(const Audience& audience, const Facts& facts);

}  // namespace sas::regulation
