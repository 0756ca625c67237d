#include "tools/sasctl/search_text.h"

namespace sasctl {
namespace {

namespace slots = sas::slots::v1;

std::string Joined(const google::protobuf::RepeatedPtrField<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

// Nearest first, as they come.
std::string Uncovered(const google::protobuf::RepeatedPtrField<slots::UncoveredDepartment>& all) {
  std::string text;
  for (const slots::UncoveredDepartment& each : all) {
    text += (text.empty() ? "" : ", ") + each.department_code() + " (" +
            (each.unconfirmed() ? "peut-être, " : "") + "dès " +
            Kilometres(each.distance_meters()) + ")";
  }
  return text;
}

}  // namespace

std::string Kilometres(int meters) {
  return std::to_string((meters + 500) / 1000) + " km";
}

std::string LimitsText(const slots::SearchSlotsResponse& found) {
  std::string text;
  if (found.matches().empty() && found.missing_sources().empty()) {
    text += found.uncovered_departments().empty() ? "aucun créneau\n"
                                                  : "aucun créneau dans ce qui est couvert\n";
  }
  if (!found.missing_sources().empty()) {
    text += "réponse incomplète : " + Joined(found.missing_sources()) + "\n";
  }
  if (!found.uncovered_departments().empty()) {
    text += "non couverts, leurs créneaux ne sont pas dans cette réponse : " +
            Uncovered(found.uncovered_departments()) + "\n";
  }
  return text;
}

std::string WideningText(const slots::Widening& widening) {
  std::string text = widening.label() + ": " + std::to_string(widening.match_count()) + " de plus";
  if (!widening.uncovered_departments().empty()) {
    text += " ; non couverts : " + Uncovered(widening.uncovered_departments());
  }
  return text;
}

}  // namespace sasctl
