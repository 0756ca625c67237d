#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/booking/convert.h"
#include "services/booking/store.h"

/// What the stores share: the columns of an appointment, and the refusals that all of them give.
namespace sas::booking {

/// What a ledger filters, sorts and keeps unique, beside the document.
struct AppointmentColumns {
  std::string name;
  std::string region;
  std::string territory;
  State state = State::kUnspecified;
  std::string slot;
  std::int32_t seat = 0;
  std::string site;
  std::string regulation_case;
  std::string care_order;
  std::string booker;
  base::Instant start;
  base::Instant end;
  std::string practitioner;  ///< RPPS of who receives; empty: nobody is named.
};

AppointmentColumns ColumnsOf(const v1::Appointment& appointment);

bool Shows(const AppointmentQuery& query, const AppointmentColumns& columns);

/// Would one practitioner receive both at once? Never of one slot, whose seats share its time.
bool SharePractitioner(const AppointmentColumns& one, const AppointmentColumns& other);

/// Where appointments of that week, or of that agenda beyond the seats of its sessions, are
/// counted.
std::string CountedName(const CappedWeek& week);
std::string CountedName(const CappedSession& session);

/// Members of its group that were typed in from the same form and stand; none of one alone.
absl::StatusOr<std::vector<std::string>> FamilyOfForm(BookingTransaction& transaction,
                                                      const v1::Appointment& member,
                                                      const std::string& number);

/// The appointment that a form still is: `known`, or when that was cancelled another one of its
/// group that was typed in from the same form; empty when none of them stands.
absl::StatusOr<std::string> StandingOfForm(BookingTransaction& transaction,
                                           const std::string& known, const std::string& number);

absl::Status AppointmentNotFound(const std::string& name);
absl::Status AppointmentExists(const std::string& name);
absl::Status SeatTaken(const std::string& slot);
absl::Status PractitionerBusy(const std::string& slot, const std::string& busy_slot);
absl::Status SessionClosed(const v1::SessionClosure& closure);
absl::Status OrderAlreadyBooked(const std::string& appointment);
absl::Status ConcurrentChange(const std::string& name);

}  // namespace sas::booking
