#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sas/slots/v1/slot_service.pb.h"
#include "tools/bench_driver/synthetic_region.h"

namespace sas::bench {

/// One search of the measurements, in the plain values that every engine can be asked with.
struct Question {
  care::Point point;
  std::string territory;
  int entry_point = 0;  ///< Number of sas.type.v1.EntryPoint.
  int motif = 0;        ///< Index in kSyntheticMotifs.
  int age_years = 0;
};

inline constexpr int kQuestionRadiusMeters = 30'000;
inline constexpr int kQuestionHours = 48;
inline constexpr int kQuestionMatches = 20;

/// Where people live, for what they call: the same questions whenever the seed is the same.
std::vector<Question> MakeQuestions(const std::vector<CommuneRow>& communes, int count,
                                    std::uint64_t seed);

slots::v1::SearchSlotsRequest ToRequest(const Question& question, const std::string& region);

/// Age as the tables of the other engines keep it.
inline constexpr int kMonthsPerYear = 12;

}  // namespace sas::bench
