#pragma once

#include <string>
#include <vector>

#include "common/base/clock.h"
#include "services/regulation/domain/board_alarms.h"
#include "services/regulation/domain/board_line.h"

namespace sas::regulation {

/// Values equal BoardCard.Column; kHidden is not on the board.
enum class BoardColumn {
  kHidden = 0,
  kToTake = 1,
  kPromised = 2,
  kInRegulation = 3,
  kLostCall = 4,
  kOrderToDo = 5,
  kOrderInWork = 6,
  kOrderBooked = 7,
  kReview = 8,   ///< Waits for nobody; the supervisor is to see it.
  kRinging = 9,  ///< Nobody has picked it up.
};

/// What a line shows at one instant: it changes by acts, and by the passing of time alone.
struct BoardCard {
  BoardColumn column = BoardColumn::kHidden;
  std::string order_key;  ///< Bytewise order is the order of the board; empty when hidden.
  BoardAlarms alarms;
  bool claimed = false;  ///< Somebody has it now.
  bool operator==(const BoardCard&) const = default;
};

BoardCard CardOf(const BoardLine& line, const AlarmRules& rules, base::Instant now);

/// Can it be on the board at any hour, as it is? What cannot is forgotten until it changes.
bool MayShow(const BoardLine& line);

/// Who looks: what is not his is never sent to him.
struct BoardScope {
  std::vector<std::string> territories;  ///< Empty: all.
  bool offers = true;                    ///< Also what others offer to them.
  bool cases = false;
  bool lost_calls = false;  ///< And calls that ring.
  bool orders = false;
  Filiere filiere = Filiere::kUnspecified;  ///< Hides dossiers of other chains.
};

/// What the role sees: ARM, regulators and supervisor all, the OSNP its orders, others head counts.
BoardScope ScopeOf(base::Role role, std::vector<std::string> territories, Filiere filiere);

/// A line as far as rights and filters look at it.
struct BoardShape {
  BoardKind kind = BoardKind::kCase;
  bool visible = false;
  std::string territory;
  std::string offered_to;
  Filiere filiere = Filiere::kUnspecified;
  Priority priority = Priority::kUnspecified;
};

BoardShape ShapeOf(const BoardLine& line, const BoardCard& card);

/// A filter by chain never hides P0, P1 or what nobody has prioritised (hazard H-42).
bool Sees(const BoardScope& scope, const BoardShape& shape);

}  // namespace sas::regulation
