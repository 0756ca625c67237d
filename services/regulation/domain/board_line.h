#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "services/regulation/domain/care_order.h"
#include "services/regulation/domain/claim.h"
#include "services/regulation/domain/priority.h"
#include "services/regulation/domain/queue.h"
#include "services/regulation/domain/reflex.h"
#include "services/regulation/domain/values.h"

namespace sas::regulation {

enum class BoardKind { kCase, kLostCall, kOrder, kWaitingCall };

/// What the board keeps of one row of the ledger: what order, alarms and rights look at. A name, a
/// number or a text of a patient has no place here (hazard H-48).
struct BoardLine {
  std::string name;
  BoardKind kind = BoardKind::kCase;
  std::int64_t version = 0;  ///< Of the row; grows with each change.
  std::string territory;
  std::string offered_to;       ///< Territory that is asked to take it over.
  base::Instant offer_alarm{};  ///< Without an answer until then.
  std::string case_number;
  std::string motif_code;
  std::vector<std::string> needed_skills;  ///< Codes of NeededSkills.
  ClaimValue claim;
  int calls = 1;  ///< So far.

  // A dossier. `queue.name` is empty: the line has its name.
  bool waits = false;  ///< For a regulator, whether or not somebody has it.
  QueueEntry queue;
  Filiere filiere = Filiere::kUnspecified;
  ReflexState reflex = ReflexState::kNone;
  WaitLimits limits;               ///< As the ledger keeps them.
  base::Instant priority_since{};  ///< It has its priority since then.
  base::Instant sent{};            ///< Means, by reflex or by decision; zero for none.
  bool means_out = false;          ///< They have not reported yet.
  bool active = false;
  bool vital_motif = false;
  bool decided = false;          ///< By a regulator, at least once.
  bool callback_failed = false;  ///< Promised calls reached nobody, and no regulator has acted.
  bool late_entry = false;       ///< Typed in from paper.
  bool place_conflict = false;   ///< The telephone was elsewhere than the place that was said.

  // An order.
  OrderState order_state = OrderState::kUnspecified;
  base::Instant origin{};  ///< Decision from which its delay runs.
  base::Instant due{};
  base::Instant promised{};      ///< A call to the patient; zero when nothing is promised.
  base::Instant acted{};         ///< The last act on it; when it was made at the latest.
  base::Instant called_again{};  ///< The last call about the dossier since; zero for none.
  base::Instant answered{};      ///< By the community that was asked, or its time was over.
  bool accepted = false;         ///< It takes the patient.
  bool local = false;            ///< A structure organises it outside the SAS: not on this board.

  // A lost call, or one that rings.
  base::Instant arrival{};
  bool return_undecided = false;  ///< Nobody was reached: a person decides.
  bool again = false;             ///< It rings; he rang before and was not answered.

  friend bool operator==(const BoardLine& a, const BoardLine& b) {
    return a.name == b.name && a.version == b.version;
  }
};

}  // namespace sas::regulation
