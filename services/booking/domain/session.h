#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/clock.h"
#include "services/booking/domain/appointment.h"

/// When a session is documented (S2-49).
namespace sas::booking {

/// Passages that a refusal names at most.
inline constexpr int kOpenPassagesNamed = 20;

/// One passage of a session, as its appointment tells it.
struct SessionPassage {
  std::string appointment;
  State state = State::kUnspecified;
  bool final_motif = false;
  bool final_motif_unknown = false;  ///< "Non renseigné": said, and counted (hazard H-51).
};

struct SessionCounts {
  int fulfilled = 0;
  int motif_unknown = 0;
  int no_show = 0;
  int abandoned = 0;
};

/// FAILED_PRECONDITION `SESSION_NOT_COMPLETE` naming the passages whose end, or whose final motif,
/// nobody has said; a cancelled appointment is no passage.
absl::StatusOr<SessionCounts> CheckSession(const std::vector<SessionPassage>& passages);

/// Agenda of a slot by its name: `…/slots/{agenda}-{start}`.
std::string_view AgendaOfSlot(std::string_view slot);

/// Start of a slot by its name, which ends in yyyymmddthhmmz; nothing when it does not.
std::optional<base::Instant> StartOfSlot(std::string_view slot);

}  // namespace sas::booking
