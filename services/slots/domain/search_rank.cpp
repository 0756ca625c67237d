#include "services/slots/domain/search_rank.h"

#include <algorithm>

#include "services/slots/domain/search_kernel.h"

namespace sas::slots {
namespace {

using std::chrono::hours;

constexpr std::array kDelayLimits{hours(2), hours(4), hours(8), hours(24)};

}  // namespace

int DelayClass(std::chrono::microseconds delay) {
  int value = 0;
  for (const hours limit : kDelayLimits) value += delay > limit ? 1 : 0;
  return value;
}

int RankKey::Score(std::uint64_t key) {
  int score = kPointsTop - static_cast<int>((key >> kPointsShift) & 0xffU);
  score += kPatientTop - kPatientStep * static_cast<int>((key >> kPatientShift) & 0x1fU);
  if (OwnDoctor(key)) score += kTreatingDoctorPoints;
  if (AboveSoftCap(key)) score += kSoftCapPoints;
  if (Unverified(key)) score += kUnverifiedPoints;
  return score;
}

RankFrame::RankFrame(base::Instant now, base::Instant due, Minute from)
    : from_(from), now_(CeilMinute(now)), due_(FloorMinute(due)) {
  for (std::size_t i = 0; i < kDelayLimits.size(); ++i) {
    class_ends_[i] = FloorMinute(now + kDelayLimits[i]);
  }
  verified_from_ = (now - kVerifiedFor).time_since_epoch().count();
}

}  // namespace sas::slots
