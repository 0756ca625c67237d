#include "services/booking/domain/displacement.h"

namespace sas::booking {

std::optional<Displaced> ReasonOf(Standing standing) {
  switch (standing) {
    case Standing::kWithdrawn:
      return Displaced::kWithdrawn;
    case Standing::kUnstaffed:
      return Displaced::kUnstaffed;
    case Standing::kGone:
      return Displaced::kSlotGone;
    case Standing::kUnknown:
    case Standing::kServed:
      break;
  }
  return std::nullopt;
}

DisplacementAct JudgeDisplacement(State state, Standing standing, std::optional<Displaced> known) {
  if (state != State::kPending && state != State::kBooked) return DisplacementAct::kNone;
  const std::optional<Displaced> reason = ReasonOf(standing);
  if (reason) return known == reason ? DisplacementAct::kNone : DisplacementAct::kDisplace;
  const bool back = known && standing == Standing::kServed;
  return back ? DisplacementAct::kSettle : DisplacementAct::kNone;
}

}  // namespace sas::booking
