#include "tools/bench_driver/questions.h"

#include <iterator>

namespace sas::bench {
namespace {

constexpr double kCallerSpreadMeters = 2500;  ///< Of a caller about the centre of his commune.

enum What : std::uint64_t { kPlace = 100, kSpread, kEntry, kMotif, kAge };

int EntryPointAt(std::uint64_t bits) {
  switch (bits % 10) {
    case 0:
      return type::v1::ENTRY_POINT_URGENCES;
    case 1:
      return type::v1::ENTRY_POINT_IDEL;
    case 2:
      return type::v1::ENTRY_POINT_PHARMACIE;
    default:
      return type::v1::ENTRY_POINT_LINE_15;
  }
}

}  // namespace

std::vector<Question> MakeQuestions(const std::vector<CommuneRow>& communes, int count,
                                    std::uint64_t seed) {
  const PopulationDraw draw(communes);
  std::vector<Question> questions;
  for (int i = 0; i < count; ++i) {
    const auto index = static_cast<std::uint64_t>(i);
    const CommuneRow& commune = draw.At(Mix(seed, kPlace, index));
    Question question;
    question.point = Near(commune.point, Mix(seed, kSpread, index), kCallerSpreadMeters);
    question.territory = commune.department;
    question.entry_point = EntryPointAt(Mix(seed, kEntry, index));
    question.motif = static_cast<int>(Mix(seed, kMotif, index) % std::size(kSyntheticMotifs));
    question.age_years = static_cast<int>(Mix(seed, kAge, index) % 95);
    questions.push_back(std::move(question));
  }
  return questions;
}

slots::v1::SearchSlotsRequest ToRequest(const Question& question, const std::string& region) {
  slots::v1::SearchSlotsRequest request;
  request.set_parent("regions/" + region);
  request.mutable_point()->set_latitude_degrees(question.point.latitude);
  request.mutable_point()->set_longitude_degrees(question.point.longitude);
  request.set_radius_meters(kQuestionRadiusMeters);
  request.set_page_size(kQuestionMatches);
  auto& need = *request.mutable_need();
  need.set_entry_point(static_cast<type::v1::EntryPoint>(question.entry_point));
  if (question.entry_point == type::v1::ENTRY_POINT_LINE_15) {
    need.set_care_order("regions/" + region + "/cases/banc/orders/banc");
    need.set_access_reason(type::v1::ACCESS_REASON_MT_INDISPONIBLE);
  }
  need.set_motif_code(kSyntheticMotifs[question.motif]);
  need.mutable_age()->set_value(question.age_years);
  need.mutable_age()->set_unit(type::v1::Age::UNIT_YEAR);
  need.set_territory(question.territory);
  return request;
}

}  // namespace sas::bench
