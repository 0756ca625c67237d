#include "services/slots/domain/need_criteria.h"

#include <array>

#include "services/slots/domain/rule_lift.h"

namespace sas::slots {
namespace {

struct Criterion {
  std::string_view word;
  bool (*asked)(const Need& need);
  void (*ask)(Need& need);
};

constexpr std::array<Criterion, 4> kCriteria{{
    {"wheelchair", [](const Need& need) { return need.wheelchair; },
     [](Need& need) { need.wheelchair = true; }},
    {"pregnancy_no", [](const Need& need) { return need.pregnancy == Answer::kNo; },
     [](Need& need) { need.pregnancy = Answer::kNo; }},
    {"pregnancy_yes", [](const Need& need) { return need.pregnancy == Answer::kYes; },
     [](Need& need) { need.pregnancy = Answer::kYes; }},
    {"pregnancy_unknown", [](const Need& need) { return need.pregnancy == Answer::kUnknown; },
     [](Need& need) { need.pregnancy = Answer::kUnknown; }},
}};

}  // namespace

std::string CriteriaCodes(const Need& need) {
  std::string codes;
  for (const Criterion& each : kCriteria) {
    if (!each.asked(need)) continue;
    if (!codes.empty()) codes += ',';
    codes += each.word;
  }
  return codes;
}

void AddCriteria(std::string_view codes, Need& need) {
  for (const std::string_view word : WordsOf(codes)) {
    for (const Criterion& each : kCriteria) {
      if (each.word == word) each.ask(need);
    }
  }
}

}  // namespace sas::slots
