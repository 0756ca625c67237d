#pragma once

#include <cstddef>
#include <string_view>

namespace sas::base {

/// Places between two steps at which a test may end the process as kill -9 would, to see what a
/// crash there leaves behind. Nothing happens unless one is armed (SAS_CRASH_POINT); a service
/// lists those that it can reach (--list-crash-points). The first word is the service, or `ledger`
/// for what all have; a step is named by what has just been done.
inline constexpr std::string_view kCrashPoints[] = {
    "booking.confirm.read",           // The request is understood.
    "booking.confirm.order_checked",  // The regulation has agreed.
    "booking.confirm.prepared",       // The slots keep the seat for this appointment.
    "booking.confirm.inserted",       // In the transaction: the appointment, not yet its seat mark.
    "booking.confirm.marked",         // In the transaction: the mark, not yet audit and event.
    "booking.confirm.done",           // Durable or refused; nobody has been told.
    "booking.confirm.refused",        // Refused; the seat is not given back yet.
    "booking.cancel.read",            // In the transaction: nothing is changed yet.
    "booking.cancel.marked",          // In the transaction: the mark, not yet the appointment.
    "booking.cancel.done",            // Durable or refused; nobody has been told.
    "booking.move.read",              // The request is understood, and the order agrees.
    "booking.move.prepared",          // The slots keep the new seat for it.
    "booking.move.moved",             // In the transaction: moved, not yet its seat marks.
    "booking.move.marked",            // In the transaction: both marks, not yet audit and event.
    "booking.move.done",              // Durable or refused; nobody has been told.
    "booking.relay.leased",           // Marks are read, nothing is sent.
    "booking.relay.sent",             // The slots have answered; the marks are still there.
    "booking.relay.removed",          // The marks are gone.
    "booking.source.asked",           // The source has answered; the appointment is still PENDING.
    "booking.source.written",         // In the transaction: its state, not yet the work done.
    "booking.source.heard",           // A report is read from the feed; nothing is written.
    "booking.displaced.asked",        // The slots have answered; nothing is written.
    "booking.displaced.put",          // In the transaction: the entry, not yet audit and event.
    "slots.hold.taken",               // Held in Redis; nobody has been told.
    "slots.hold.vouched",             // The slot's source, if it has one, has said yes.
    "slots.source.answered",          // The source has answered; nobody has been told.
    "slots.prepare.judged",           // The rules agree; the seat is still only held.
    "slots.prepare.done",             // Prepared in Redis; booking has not been told.
    "slots.commit.recorded",          // In the transaction: the seats, not yet audit and event.
    "slots.commit.committed",         // In the ledger, not yet in Redis.
    "slots.commit.told",              // In Redis; booking has not been told.
    "slots.load.begun",               // Redis is being loaded anew; no slot is open yet.
    "slots.load.opened",              // All slots are open; the load is not closed.
    "ledger.before_fsync",            // The batch is done; its commit has not begun.
    "ledger.committed",               // The batch is durable; none of its callers has been told.
};

/// One of them by its name; any other name does not compile.
class CrashPoint {
 public:
  consteval CrashPoint(const char* name) {  // NOLINT(google-explicit-constructor): reads as text
    while (kCrashPoints[index_] != name) ++index_;
  }

  std::size_t index() const { return index_; }

 private:
  std::size_t index_ = 0;
};

/// Ends the process here when this point is armed and has been passed often enough.
void AtCrashPoint(CrashPoint point);

/// Arms `name` or `name:n`, to end the process at the n-th passing; empty arms nothing. False, with
/// nothing armed, for a name that is none of the list's or a bad number.
bool ArmCrashPoint(std::string_view armed);

/// True when the command line is `--list-crash-points`, after printing those of `service`.
bool ListCrashPoints(std::string_view service, int argc, char** argv);

}  // namespace sas::base
