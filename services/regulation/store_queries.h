#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/base/call.h"
#include "common/base/clock.h"
#include "sas/regulation/v1/regulation_service.pb.h"
#include "services/regulation/domain/case_life.h"
#include "services/regulation/domain/claim.h"
#include "services/regulation/domain/queue.h"
#include "services/regulation/domain/repeat_call.h"

/// What the ledger of regulation is asked, and what it counts.
namespace sas::regulation {

/// Where a list goes on: after this key, and with the hour of its first page, so that a promise
/// that falls due between two pages moves nothing.
struct ListPosition {
  QueueKey key;
  base::Instant now{};
};

struct CaseQuery {
  std::string region;                       ///< Empty: all.
  std::vector<std::string> territories;     ///< Empty: all.
  Filiere filiere = Filiere::kUnspecified;  ///< With all that Covers().
  std::vector<std::string> any_chain;       ///< Territories where `filiere` is not asked.
  v1::CaseListView view = v1::CASE_LIST_VIEW_UNSPECIFIED;
  CaseState state = CaseState::kUnspecified;  ///< Of these, only in this state; all unless given.
  base::Instant opened_until = base::Instant::max();  ///< With `state`: opened then or before.
  base::Instant now{};
  std::optional<QueueKey> after;
  int limit = 0;
};

/// A dossier that waits for a regulator, whether or not somebody has it.
struct WaitEntry {
  std::string name;
  std::string territory;
  Priority priority = Priority::kUnspecified;
  base::Instant start{};
  base::Instant alarm{};         ///< As the ledger keeps it.
  base::Instant callback_end{};  ///< Zero without a promise.
  bool claimed = false;

  bool operator==(const WaitEntry&) const = default;
};

struct OrderQuery {
  std::string region;
  std::string case_name;  ///< Empty: every dossier of the region.
  std::vector<std::string> territories;
  bool include_ended = false;
  bool without_local = false;        ///< Not what a structure organises outside the SAS.
  bool entries_only = false;         ///< Without regulation, in the order of the file active.
  std::optional<base::Actor> owner;  ///< Only his entries or his structure's (CheckEntryRight).
  std::string community;             ///< Only those that it is asked to take.
  std::optional<base::Instant> unanswered_until;  ///< Of all regions: asked, no answer by then.
  std::optional<QueueKey> after;  ///< wait_start_us holds the due time; of entries see EntryKey.
  int limit = 0;
};

struct LostCallQuery {
  std::string region;
  std::vector<std::string> territories;
  std::optional<QueueKey> after;  ///< wait_start_us holds the arrival.
  int limit = 0;
};

/// Which dossiers a call may belong to.
struct RepeatQuery {
  std::string region;
  std::vector<std::string> territories;
  RepeatCall call;
  std::string except;  ///< Dossier that is left out.
};

/// A form that was filled in while the suite was away.
struct PaperForm {
  std::string territory;  ///< Where it was filled in: numbers are those of a territory.
  std::string number;
  std::string case_name;
};

/// One priority of the wall. Times are zero when there is none.
struct WaitCount {
  Priority priority = Priority::kUnspecified;
  int waiting = 0;
  int alarms = 0;
  base::Instant oldest{};
  base::Instant next_callback{};
};

/// A dossier in somebody's hands.
struct IdleClaim {
  std::string case_name;
  std::string case_number;
  std::string territory;
  ClaimValue claim;
};

/// Head counts of a region (of all regions when its name is empty).
struct RoomCount {
  std::vector<WaitCount> lines;  ///< Priorities with a wait.
  int claimed = 0;
  std::vector<IdleClaim>
      idle;  ///< Of each territory the one whose owner has not acted for longest.
  int lost_calls = 0;
  int ringing = 0;
  base::Instant oldest_ringing{};           ///< Zero while nothing rings.
  int open_orders = 0;                      ///< Of the SAS; the local ones are counted apart.
  int open_entries = 0, local_entries = 0;  ///< Of these without regulation; outside the SAS.
  base::Instant next_due{};
};

}  // namespace sas::regulation
