#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "common/base/call.h"
#include "common/base/clock.h"
#include "services/regulation/domain/care_order.h"
#include "services/regulation/domain/values.h"

namespace sas::regulation {

/// What figures are made of (domain.md §2.2: keep raw events, derive). Values are kept in the
/// ledger: never change one.
enum class KpiAct {
  kUnspecified = 0,
  kOpened = 1,       ///< A dossier, by its first call or by a professional's entry.
  kCalled = 2,       ///< A later call was attached.
  kPrioritized = 3,  ///< Priority, chain or promise may have changed.
  kTaken = 4,
  kDecided = 5,
  kClosed = 6,
  kOrdered = 7,
  kOrderMoved = 8,
  kLostCall = 9,
  kCallReturned = 10,
  kAppointment = 11,  ///< booking told of one that no order moves by.
  kCallEnded = 12,    ///< One that was answered and has its dossier.
  kCalledBack = 13,   ///< Somebody who was promised a call was called, whatever came of it.
};

/// What an appointment mark tells.
enum class VisitStep { kBooked = 1, kCancelled = 2, kArrived = 3 };

/// Code of what a structure organises itself, outside the SAS: of a dossier's opening, of an order.
inline constexpr std::string_view kLocalOrigin = "LOCAL";

/// One act, written in its transaction: states, codes and times, never an identity.
struct KpiMark {
  base::Instant at{};
  KpiAct act = KpiAct::kUnspecified;
  std::string subject;       ///< Dossier, order, lost call, or the visits of a dossier.
  std::int64_t version = 0;  ///< Of the row after the act: one mark for each version at most.
  std::string territory;
  std::string actor;
  base::Role role = base::Role::kUnspecified;
  Priority priority = Priority::kUnspecified;
  Filiere filiere = Filiere::kUnspecified;
  CareLevel level = CareLevel::kUnspecified;
  OrderState order_state = OrderState::kUnspecified;
  /// Entry point of a call, of an order's entry; code of a decision; id of a visit's order; role
  /// that answered a call that has ended.
  std::string code;
  /// Arrival of a call (ti), pick-up of one that has ended (t2); begin of a promise; decision of an
  /// order.
  base::Instant start{};
  /// Pick-up (t2), end of one that has ended (tf); end of a promise; start of an appointment.
  base::Instant end{};
  /// Seconds that a lost call rang; proposals refused of an order; number dialled of a call
  /// (PackDialled); VisitStep of an appointment.
  std::int64_t amount = 0;
};

/// Position among marks: by time, then subject and version.
struct KpiMarkKey {
  base::Instant at{};
  std::string subject;
  std::int64_t version = 0;

  friend bool operator<(const KpiMarkKey& a, const KpiMarkKey& b) {
    return std::tie(a.at, a.subject, a.version) < std::tie(b.at, b.subject, b.version);
  }
};

inline KpiMarkKey KeyOf(const KpiMark& mark) {
  return {mark.at, mark.subject, mark.version};
}

struct KpiMarkQuery {
  std::string region;                    ///< Empty: all.
  std::vector<std::string> territories;  ///< Empty: all.
  base::Instant start{};
  base::Instant end{};  ///< Exclusive.
  std::optional<KpiMarkKey> after;
  int limit = 0;
  std::vector<std::string> subjects;  ///< Empty: all.
};

}  // namespace sas::regulation
