#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "common/base/clock.h"
#include "common/ledger/audit_chain.h"
#include "common/ledger/journal.h"
#include "sas/booking/v1/appointment.pb.h"
#include "sas/booking/v1/booking_service.pb.h"
#include "services/booking/displaced_ledger.h"
#include "services/booking/message_ledger.h"
#include "services/booking/offer_ledger.h"
#include "services/booking/source_ledger.h"
#include "services/booking/store_queries.h"

namespace sas::booking {

/// An appointment with what the ledger alone knows of it.
struct AppointmentRecord {
  v1::Appointment appointment;
  std::int64_t version = 1;                         ///< The etag is this number in quotes.
  std::optional<base::Instant> consultation_start;  ///< When the consultation was recorded.
  std::optional<base::Instant> left;                ///< When the exit was recorded.
};

/// One transaction.
class BookingTransaction {
 public:
  virtual ~BookingTransaction() = default;

  virtual ledger::Journal& journal() = 0;
  virtual OfferLedger& offers() = 0;         ///< Freed seats and their offers.
  virtual MessageLedger& messages() = 0;     ///< Whom to tell of appointments.
  virtual SourceLedger& sources() = 0;       ///< Platforms that are masters of agendas.
  virtual DisplacedLedger& displaced() = 0;  ///< Appointments whose slot was withdrawn.

  /// NOT_FOUND `APPOINTMENT_NOT_FOUND`.
  virtual absl::StatusOr<AppointmentRecord> Get(const std::string& name) = 0;

  /// ALREADY_EXISTS `ORDER_ALREADY_BOOKED` (with the appointment that has it), `SEAT_TAKEN`,
  /// `APPOINTMENT_EXISTS`. No other transaction can have the same seat or order live: a constraint
  /// of the ledger says so, not a look before. FAILED_PRECONDITION `PRACTITIONER_BUSY` when another
  /// live one of the same RPPS, on another slot, has some of its time (hazard H-22): of two such
  /// transactions at once one is refused. A refusal leaves the transaction usable.
  virtual absl::Status Insert(const AppointmentRecord& record) = 0;

  /// Replaces; ABORTED `CONCURRENT_CHANGE` unless the stored version is the one before.
  virtual absl::Status Update(const AppointmentRecord& record) = 0;

  /// Like Update, with another slot, seat, site and start, which Update never changes.
  /// ALREADY_EXISTS `SEAT_TAKEN` when another live appointment has that seat; the refused
  /// transaction must end with it. FAILED_PRECONDITION `PRACTITIONER_BUSY` as Insert; the time that
  /// it leaves is free for it.
  virtual absl::Status Move(const AppointmentRecord& record) = 0;

  /// A paper form is one appointment: keeps which, of those that are in the ledger. Name of the one
  /// that the form is already: the one that was kept or, once that is cancelled, another of its
  /// group with the same number; empty when none of them stands (hazard H-44). Of two
  /// transactions at once that keep one form the later hears of the earlier, or runs again.
  virtual absl::StatusOr<std::string> KeepPaperForm(const PaperForm& form) = 0;

  /// In the order of start, then name.
  virtual absl::StatusOr<std::vector<v1::Appointment>> List(const AppointmentQuery& query) = 0;

  /// Audit records of `name` behind `after`, by time, at most `limit`.
  virtual absl::StatusOr<std::vector<ledger::AuditRecord>> History(
      const std::string& name, const std::optional<HistoryPosition>& after, int limit) = 0;

  /// ALREADY_EXISTS `SESSION_CLOSED` when the session of this site, agenda and start is.
  virtual absl::Status InsertClosure(const v1::SessionClosure& closure) = 0;

  /// Live appointments of a site that start in [start, end), for a write that would be one more:
  /// of two transactions that count the same day and both write, one runs again.
  virtual absl::StatusOr<int> CountForOneMore(const std::string& site, base::Instant start,
                                              base::Instant end) = 0;
  /// The same of a practitioner's week.
  virtual absl::StatusOr<int> CountWeekForOneMore(const CappedWeek& week) = 0;
  /// The same of the patients beyond the seats of a session.
  virtual absl::StatusOr<int> CountBeyondForOneMore(const CappedSession& session) = 0;
  /// Before the first of several appointments that this transaction counts and writes: takes what
  /// all of them are counted in, in one order, so that no two transactions wait for each other.
  virtual absl::Status TakeCounted(const CountedIn& counted) = 0;

  /// For a rule over several appointments, or a row beside one: as if each of these changed here,
  /// so of two transactions that hold or change the same one runs again. In one order for all.
  virtual absl::Status HoldAppointments(const std::vector<std::string>& names) = 0;

  /// Ids of the regions that have appointments.
  virtual absl::StatusOr<std::vector<std::string>> Regions() = 0;

  /// Appointments that are pending or booked.
  virtual absl::StatusOr<std::int64_t> CountOpen() = 0;

  virtual absl::Status MarkSeat(const SeatMark& mark) = 0;
  /// The oldest marks, at most `limit`, without parked ones.
  virtual absl::StatusOr<std::vector<SeatMark>> SeatMarks(int limit) = 0;
  virtual absl::Status RemoveSeatMarks(const std::vector<std::int64_t>& sequences) = 0;
  /// Keeps a mark for people to look at, out of the way of the others.
  virtual absl::Status ParkSeatMark(std::int64_t sequence) = 0;
  virtual absl::StatusOr<SeatBacklog> Backlog() = 0;

  /// True when `holder` has the relay until `until`: it had it, or nobody has it at `now`.
  virtual absl::StatusOr<bool> LeaseRelay(const std::string& holder, base::Instant now,
                                          base::Instant until) = 0;
};

/// One of several writes that are given together.
struct BookingWrite {
  const base::Call& call;
  std::function<absl::Status(BookingTransaction&)> work;
  absl::Status status;      ///< What Write would have given.
  ledger::AnswerKey key{};  ///< Under which `work` answers once.
  CountedIn counted{};      ///< What `work` counts in.
};

/// The ledger of booking. `work` may run more than once and must have no outside effect.
class BookingStore {
 public:
  using Work = std::function<absl::Status(BookingTransaction&)>;

  virtual ~BookingStore() = default;

  /// All of `work` or nothing; durable when it returns OK.
  virtual absl::Status Write(const base::Call& call, const Work& work) = 0;

  /// Each as by Write, in their order; they may share a commit, and none takes another with it.
  /// Where one of them counts, all take keys and counted rows before the first of them writes.
  virtual void WriteTogether(std::vector<BookingWrite>& writes) {
    for (BookingWrite& write : writes) write.status = Write(write.call, write.work);
  }

  virtual absl::Status Read(const base::Call& call, const Work& work) = 0;
  virtual ledger::Feed& feed() = 0;
};

}  // namespace sas::booking
