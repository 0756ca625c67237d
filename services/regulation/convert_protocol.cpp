#include "services/regulation/convert_protocol.h"

#include <optional>
#include <utility>

#include "common/base/resource_name.h"
#include "common/base/timestamp.h"

namespace sas::regulation {
namespace {

template <typename Value, typename Proto>
constexpr bool Same(Value value, Proto proto) {
  return static_cast<int>(value) == static_cast<int>(proto);
}

static_assert(Same(ProtocolKind::kShortForm, v1::Protocol::KIND_SHORT_FORM) &&
              Same(ProtocolKind::kDelegation, v1::Protocol::KIND_DELEGATION));
static_assert(Same(ProtocolState::kSuperseded, v1::Protocol::STATE_SUPERSEDED));
static_assert(Same(Section::kPreviousCare, v1::Question::SECTION_PREVIOUS_CARE));
static_assert(Same(QuestionKind::kText, v1::Question::KIND_TEXT));
static_assert(Same(Pregnancy::kNotPregnant, v1::Audience::PREGNANCY_NOT_PREGNANT));

care::Age ToValue(const sas::type::v1::Age& age) {
  return {age.value(), static_cast<care::AgeUnit>(age.unit())};
}

Audience ToValue(const v1::Audience& proto) {
  return {ToValue(proto.age_min()), ToValue(proto.age_max()),
          static_cast<Pregnancy>(proto.pregnancy())};
}

std::vector<Condition> ToValues(const google::protobuf::RepeatedPtrField<v1::Condition>& list) {
  std::vector<Condition> conditions;
  for (const v1::Condition& proto : list) {
    Condition& condition = conditions.emplace_back();
    condition.question = proto.question();
    condition.is.assign(proto.is().begin(), proto.is().end());
    if (proto.has_at_least()) condition.at_least = proto.at_least();
    if (proto.has_below()) condition.below = proto.below();
  }
  return conditions;
}

Question ToValue(const v1::Question& proto) {
  Question question;
  question.id = proto.id();
  question.text = proto.text();
  question.section = static_cast<Section>(proto.section());
  question.kind = static_cast<QuestionKind>(proto.kind());
  for (const v1::Choice& choice : proto.choices()) {
    question.choices.push_back(choice.code());
    question.labels.push_back(choice.label());
  }
  question.number_min = proto.number_min();
  question.number_max = proto.number_max();
  question.mandatory = proto.mandatory();
  question.audience = ToValue(proto.audience());
  question.ask_when = ToValues(proto.ask_when());
  if (proto.has_red_flag()) {
    const v1::RedFlag& flag = proto.red_flag();
    question.red_flag = RedFlag{static_cast<Priority>(flag.minimum_priority()), flag.proposal(),
                                flag.explanation()};
  }
  return question;
}

Rule ToValue(const v1::Rule& proto) {
  Rule rule;
  rule.id = proto.id();
  rule.when = ToValues(proto.when());
  rule.audience = ToValue(proto.audience());
  rule.minimum = static_cast<Priority>(proto.minimum_priority());
  rule.filiere = static_cast<Filiere>(proto.filiere());
  rule.severity = proto.severity();
  rule.proposal = proto.proposal();
  rule.excludes = proto.excludes();
  rule.orientation = proto.orientation();
  rule.explanation = proto.explanation();
  return rule;
}

DelegatedAct ToValue(const v1::DelegatedAct& proto) {
  DelegatedAct act;
  act.code = proto.code();
  act.label = proto.label();
  act.motif_codes.assign(proto.motif_codes().begin(), proto.motif_codes().end());
  act.audience = ToValue(proto.audience());
  for (const int role : proto.roles()) act.roles.push_back(static_cast<base::Role>(role));
  act.profession_codes.assign(proto.profession_codes().begin(), proto.profession_codes().end());
  return act;
}

std::optional<Answer> ToValue(const v1::TriageAnswer& proto) {
  switch (proto.value_case()) {
    case v1::TriageAnswer::kSign:
      switch (proto.sign()) {
        case sas::type::v1::SIGN_ANSWER_YES:
          return Answer{proto.question(), Said::kYes};
        case sas::type::v1::SIGN_ANSWER_NO:
          return Answer{proto.question(), Said::kNo};
        case sas::type::v1::SIGN_ANSWER_UNKNOWN:
          return Answer{proto.question(), Said::kUnknown};
        default:
          return std::nullopt;  // Not asked.
      }
    case v1::TriageAnswer::kChoice:
      return Answer{proto.question(), Chosen{proto.choice()}};
    case v1::TriageAnswer::kNumber:
      return Answer{proto.question(), proto.number()};
    case v1::TriageAnswer::kText:
      if (proto.text().empty()) return std::nullopt;
      return Answer{proto.question(), proto.text()};
    case v1::TriageAnswer::VALUE_NOT_SET:
      break;
  }
  return std::nullopt;
}

}  // namespace

Protocol ToValue(const v1::Protocol& proto) {
  Protocol protocol;
  protocol.kind = static_cast<ProtocolKind>(proto.kind());
  protocol.title = proto.title();
  protocol.motif_codes.assign(proto.motif_codes().begin(), proto.motif_codes().end());
  protocol.audience = ToValue(proto.audience());
  for (const v1::Question& question : proto.questions()) {
    protocol.questions.push_back(ToValue(question));
  }
  for (const v1::Rule& rule : proto.rules()) protocol.rules.push_back(ToValue(rule));
  if (proto.has_otherwise()) protocol.otherwise = ToValue(proto.otherwise());
  if (proto.has_author()) {
    protocol.author = ProtocolPerson{proto.author().rpps(), proto.author().display_name()};
  }
  if (proto.has_signatory()) {
    protocol.signatory = ProtocolPerson{proto.signatory().rpps(), proto.signatory().display_name()};
  }
  if (proto.has_effect_time()) protocol.effect = base::ToInstant(proto.effect_time());
  if (proto.has_review_time()) protocol.review = base::ToInstant(proto.review_time());
  protocol.removed_signs.assign(proto.removed_signs().begin(), proto.removed_signs().end());
  for (const v1::DelegatedAct& act : proto.delegated_acts()) {
    protocol.delegated_acts.push_back(ToValue(act));
  }
  return protocol;
}

Facts ToValue(const v1::TriageFacts& proto) {
  Facts facts;
  if (proto.has_age()) facts.age = ToValue(proto.age());
  if (proto.pregnant() == sas::type::v1::SIGN_ANSWER_YES) facts.pregnant = true;
  if (proto.pregnant() == sas::type::v1::SIGN_ANSWER_NO) facts.pregnant = false;
  facts.motif_code = proto.motif_code();
  return facts;
}

std::vector<Answer> ToValues(const google::protobuf::RepeatedPtrField<v1::TriageAnswer>& answers) {
  std::vector<Answer> values;
  for (const v1::TriageAnswer& proto : answers) {
    if (std::optional<Answer> answer = ToValue(proto)) values.push_back(*std::move(answer));
  }
  return values;
}

v1::TriageResult ToProto(const TriageResult& result) {
  v1::TriageResult proto;
  proto.set_minimum_priority(static_cast<v1::Priority>(result.minimum));
  proto.set_booking_blocked(result.booking_blocked);
  for (const std::string& sign : result.positive_signs) proto.add_positive_signs(sign);
  proto.set_proposal(result.proposal);
  proto.set_filiere(static_cast<sas::type::v1::Filiere>(result.filiere));
  proto.set_excluded(result.excluded);
  proto.set_orientation(result.orientation);
  for (const Reason& reason : result.reasons) {
    v1::TriageReason& shown = *proto.add_reasons();
    shown.set_rule(reason.rule);
    shown.set_explanation(reason.explanation);
  }
  for (const std::string& missing : result.missing) proto.add_missing(missing);
  proto.set_next_question(result.next_question);
  return proto;
}

VersionTimes TimesOf(const v1::Protocol& proto) {
  VersionTimes times;
  times.name = proto.name();
  times.is_signed = proto.has_sign_time();
  times.effect = base::ToInstant(times.is_signed ? proto.in_force_time() : proto.effect_time());
  return times;
}

std::string ProtocolOfVersion(const std::string& version_name) {
  return version_name.substr(0, version_name.find("/versions/"));
}

std::string ScopeOf(const std::string& name) {
  const std::string marker = "/scopes/";
  const std::size_t begin = name.find(marker);
  if (begin == std::string::npos) return "";
  const std::size_t from = begin + marker.size();
  return name.substr(from, name.find('/', from) - from);
}

v1::Protocol WrittenPart(const v1::Protocol& proto) {
  v1::Protocol written = proto;
  written.clear_state();
  written.clear_load_time();
  written.clear_sign_time();
  written.clear_signed_by();
  written.clear_simulation();
  written.clear_review_overdue();
  written.clear_acknowledged();
  written.clear_acknowledge_count();
  written.clear_acknowledgements();
  written.clear_deviations();
  written.clear_etag();
  written.clear_in_force_time();
  return written;
}

}  // namespace sas::regulation
