#include "services/booking/seat_relay.h"

#include <map>
#include <utility>

#include "common/base/crash_point.h"
#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "common/observe/log.h"

namespace sas::booking {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr int kBatchMax = 100;  // Marks sent at once; the slots take 500.
constexpr milliseconds kPoll{1000};
// Each turn costs an exchange and two fsyncs, for one mark or a hundred; a freed seat may be told
// so much later.
constexpr milliseconds kGather{10};
constexpr milliseconds kTurnBudget{1500};
constexpr milliseconds kRetryFirst{100};
constexpr milliseconds kRetryCap{5000};
// So long a killed holder keeps the others waiting: with one poll, the 5 s of invariant I5.
constexpr seconds kLease{4};
// Renewed when less is left. Longer than a turn, so that no batch is on its way when another
// replica takes over.
constexpr seconds kLeaseRenew{2};
static_assert(kLeaseRenew > kTurnBudget && kLease + kPoll <= seconds{5});

// The slots will say the same of this mark tomorrow.
bool IsFinal(const absl::Status& status) {
  return absl::IsInvalidArgument(status) || absl::IsNotFound(status) ||
         absl::IsFailedPrecondition(status);
}

}  // namespace

SeatRelay::SeatRelay(BookingStore& store, SlotsClient& slots, const base::Clock& clock,
                     base::Random& random)
    : store_(store),
      slots_(slots),
      clock_(clock),
      random_(random),
      holder_(base::MakeToken(random)),
      loop_({kPoll, kRetryFirst, kRetryCap, kGather}, store.feed(), random, [this] {
        const absl::StatusOr<bool> more = Turn();
        Report(more.status());
        return more;
      }) {}

// Sends one batch; true when there is another.
absl::StatusOr<bool> SeatRelay::Turn() {
  const base::Call call = base::InternalCall("seat-relay", clock_, kTurnBudget);
  std::vector<SeatMark> marks;
  const auto read = [&](BookingTransaction& transaction) -> absl::Status {
    SAS_ASSIGN_OR_RETURN(marks, transaction.SeatMarks(kBatchMax));
    return absl::OkStatus();
  };
  SAS_RETURN_IF_ERROR(store_.Read(call, read));
  if (marks.empty()) return false;
  bool leased = false;
  SAS_RETURN_IF_ERROR(EnsureLease(call, leased));
  if (!leased) return false;
  // What was read before the lease was ours may be older than what the last holder sent.
  SAS_RETURN_IF_ERROR(store_.Read(call, read));
  if (marks.empty()) return false;
  base::AtCrashPoint("booking.relay.leased");
  SAS_RETURN_IF_ERROR(Send(call, marks));
  base::AtCrashPoint("booking.relay.removed");
  return static_cast<int>(marks.size()) == kBatchMax;
}

absl::Status SeatRelay::EnsureLease(const base::Call& call, bool& leased) {
  const base::Instant now = clock_.Now();
  leased = now + kLeaseRenew < lease_until_;
  if (leased) return absl::OkStatus();
  const base::Instant until = now + kLease;
  SAS_RETURN_IF_ERROR(store_.Write(call, [&](BookingTransaction& transaction) -> absl::Status {
    SAS_ASSIGN_OR_RETURN(leased, transaction.LeaseRelay(holder_, now, until));
    return absl::OkStatus();
  }));
  if (leased) lease_until_ = until;
  return absl::OkStatus();
}

absl::Status SeatRelay::Send(const base::Call& call, const std::vector<SeatMark>& marks) {
  std::map<std::string, std::vector<SeatMark>, std::less<>> regions;
  for (const SeatMark& mark : marks)
    regions[std::string(base::RegionOf(mark.slot))].push_back(mark);
  absl::Status first;
  for (const auto& [region, own] : regions) {
    // One region's trouble does not stop another's seats.
    const absl::Status status = SendRegion(call, own);
    if (first.ok()) first = status;
  }
  return first;
}

absl::Status SeatRelay::SendRegion(const base::Call& call, const std::vector<SeatMark>& marks) {
  slots::v1::CommitSeatsRequest request;
  request.set_parent(base::JoinName({{"regions", base::RegionOf(marks.front().slot)}}));
  // A new id each time: the truth of the same marks may have changed since the last try.
  request.set_request_id(base::MakeRequestId(random_));
  for (const SeatMark& mark : marks) {
    auto& change = *request.add_changes();
    change.set_slot(mark.slot);
    change.set_seat(mark.seat);
    change.set_appointment(mark.appointment);
    change.set_taken(mark.taken);
  }
  const absl::Status status = slots_.CommitSeats(call, request);
  base::AtCrashPoint("booking.relay.sent");
  if (marks.size() == 1) return SettleOne(call, marks.front(), status);
  if (IsFinal(status)) {  // One of them is the cause: find it.
    for (const SeatMark& mark : marks) SAS_RETURN_IF_ERROR(SendRegion(call, {mark}));
    return absl::OkStatus();
  }
  SAS_RETURN_IF_ERROR(status);
  std::vector<std::int64_t> sequences;
  for (const SeatMark& mark : marks) sequences.push_back(mark.sequence);
  return store_.Write(call, [&](BookingTransaction& transaction) {
    return transaction.RemoveSeatMarks(sequences);
  });
}

absl::Status SeatRelay::SettleOne(const base::Call& call, const SeatMark& mark,
                                  const absl::Status& status) {
  if (!status.ok() && !IsFinal(status)) return status;
  if (!status.ok()) {
    const std::string reason = base::ReasonOf(status);
    observe::Log(observe::Level::kError, "seat_mark_parked",
                 {{"slot", std::string_view(mark.slot)},
                  {"seat", std::int64_t{mark.seat}},
                  {"appointment", std::string_view(mark.appointment)},
                  {"reason", std::string_view(reason)}});
  }
  return store_.Write(call, [&](BookingTransaction& transaction) {
    return status.ok() ? transaction.RemoveSeatMarks({mark.sequence})
                       : transaction.ParkSeatMark(mark.sequence);
  });
}

// Once for each new reason: slots that are away for an hour are no thousand lines.
void SeatRelay::Report(const absl::Status& status) {
  const std::string reason = status.ok() ? std::string() : base::ReasonOf(status);
  if (reason == last_reason_) return;
  last_reason_ = reason;
  if (reason.empty()) {
    observe::Log(observe::Level::kInfo, "seat_relay_recovered");
  } else {
    observe::Log(observe::Level::kWarn, "seat_relay_waits", {{"reason", std::string_view(reason)}});
  }
}

}  // namespace sas::booking
