#include <absl/time/clock.h>
#include <absl/time/time.h>

#include <algorithm>
#include <stdexcept>

#include "common/base/clock.h"
#include "common/rpc/auth.h"
#include "sas/booking/v1/booking_service.pb.h"
#include "sas/booking/v1/refill_service.pb.h"
#include "sas/slots/v1/slot_service.pb.h"
#include "tools/bench_driver/bench.h"
#include "tools/bench_driver/seat_caller.h"

// From the sending of a cancelling to the answer in which the seat is offered again: shown free by
// a read of the slot, held by somebody else, or, while an order waits, offered to its operator. The
// cancelling is fsynced, the relay tells the slots, their ledger keeps it, Redis frees the seat,
// and the change stream reaches the memory that answers; an offer is held there and fsynced here.
namespace sas::bench {
namespace {

constexpr std::uint64_t kCancelsStandard = 400;
// What an order that wants care within 48 h may have: reachable in time, before its deadline.
constexpr absl::Duration kSoonest = absl::Hours(2);
constexpr absl::Duration kLatest = absl::Hours(46);
constexpr std::uint64_t kGiveUpNs = 10'000'000'000;

class Reoffer {
 public:
  explicit Reoffer(const Setup& setup)
      : setup_(setup), slots_(setup.slots_address, 1), booking_(setup.booking_address, 1) {}

  /// Books the slot and gives it back; the time until `offered` says so.
  template <typename Offered>
  std::uint64_t Measure(const std::string& slot, const Offered& offered) {
    const std::string first = BenchToken(setup_, ++people_);
    slots::v1::SlotHold hold;
    Must(slots_, HoldStep(slot, first), &hold);
    booking::v1::Appointment appointment;
    Must(booking_, ConfirmStep(setup_, {slot, hold.hold_token(), first}), &appointment);
    Await([&] { return !Free(slot); });
    booking::v1::CancelAppointmentRequest cancel;
    cancel.set_name(appointment.name());
    cancel.set_etag(appointment.etag());
    cancel.set_reason_code("PATIENT");
    cancel.set_request_id(RequestId());
    const std::uint64_t sent = NowNs();
    Must(booking_, {"/sas.booking.v1.BookingService/CancelAppointment", ToBuffer(cancel), first},
         &appointment);
    Await(offered);
    return NowNs() - sent;
  }

  bool Free(const std::string& slot) {
    slots::v1::GetSlotRequest request;
    request.set_name(slot);
    slots::v1::Slot shown;
    Must(slots_, {"/sas.slots.v1.SlotService/GetSlot", ToBuffer(request), BenchToken(setup_, 0)},
         &shown);
    return shown.free_seat_count() > 0;
  }

  bool Held(const std::string& slot) {
    grpc::ByteBuffer answer;
    return slots_.One(HoldStep(slot, BenchToken(setup_, ++people_)), &answer).ok();
  }

  /// The searcher sees an offer of the slot that is his; `offer` is its name then.
  bool Offered(const std::string& slot, std::string& offer) {
    booking::v1::ListSeatOffersRequest request;
    request.set_parent("regions/" + setup_.region);
    booking::v1::ListSeatOffersResponse shown;
    Must(booking_,
         {"/sas.booking.v1.RefillService/ListSeatOffers", ToBuffer(request), SearcherToken()},
         &shown);
    for (const booking::v1::SeatOffer& each : shown.seat_offers()) {
      if (each.slot() == slot && !each.hold_token().empty()) offer = each.name();
    }
    return !offer.empty();
  }

  void Decline(const std::string& offer) {
    booking::v1::DeclineSeatOfferRequest request;
    request.set_name(offer);
    request.set_reason_code("HOUR");
    request.set_request_id(RequestId());
    booking::v1::SeatOffer declined;
    Must(booking_,
         {"/sas.booking.v1.RefillService/DeclineSeatOffer", ToBuffer(request), SearcherToken()},
         &declined);
  }

 private:
  std::string SearcherToken() const {
    const base::SystemClock clock;
    base::Actor actor;
    actor.subject = setup_.searcher;
    actor.role = base::Role::kOsnp;
    actor.regions = {setup_.region};
    return rpc::MintToken(setup_.key, actor, clock, std::chrono::hours(1));
  }

  static void Must(Load& load, const Step& step, google::protobuf::Message* answer) {
    grpc::ByteBuffer bytes;
    const grpc::Status status = load.One(step, &bytes);
    if (!status.ok()) throw std::runtime_error(step.method + ": " + status.error_message());
    FromBuffer(bytes, answer);
  }

  template <typename Condition>
  static void Await(const Condition& condition) {
    const std::uint64_t end = NowNs() + kGiveUpNs;
    while (!condition()) {
      if (NowNs() > end) throw std::runtime_error("a change was not seen within 10 s");
    }
  }

  const Setup& setup_;
  Load slots_;
  Load booking_;
  int people_ = 0;
};

// Names of slots end with their start.
bool CanBeOffered(const std::string& slot) {
  const auto stamp = [](absl::Duration ahead) {
    return absl::FormatTime("%E4Y%m%dt%H%Mz", absl::Now() + ahead, absl::UTCTimeZone());
  };
  const std::string start = slot.substr(slot.rfind('-') + 1);
  return start > stamp(kSoonest) && start < stamp(kLatest);
}

nlohmann::json OffersBench(const Setup& setup) {
  const std::uint64_t cancels = setup.attempts == 0 ? kCancelsStandard / 2 : setup.attempts;
  std::vector<std::string> seats = FreeSeats(setup);
  seats.erase(std::remove_if(seats.begin(), seats.end(),
                             [](const std::string& slot) { return !CanBeOffered(slot); }),
              seats.end());
  if (seats.empty()) throw std::runtime_error("too few seats");
  Reoffer reoffer(setup);
  Histogram offered;
  for (std::uint64_t i = 0; i < cancels; ++i) {
    const std::string& slot = seats[i % seats.size()];
    std::string offer;
    offered.Add(reoffer.Measure(slot, [&] { return reoffer.Offered(slot, offer); }));
    reoffer.Decline(offer);
  }
  return {{"bench", "reoffer"},
          {"offers", cancels},
          {"offered_p50_ms", offered.Milliseconds(0.5)},
          {"offered_p99_ms", offered.Milliseconds(0.99)}};
}

}  // namespace

nlohmann::json ReofferBench(const Setup& setup) {
  if (!setup.searcher.empty()) return OffersBench(setup);
  const std::uint64_t cancels = setup.attempts == 0 ? kCancelsStandard : setup.attempts;
  const std::vector<std::string> seats = FreeSeats(setup);
  if (seats.size() < cancels) throw std::runtime_error("too few seats");
  Reoffer reoffer(setup);
  Histogram shown;
  Histogram held;
  for (std::uint64_t i = 0; i < cancels; ++i) {
    const std::string& slot = seats[seats.size() - 1 - i];  // The late ones do not begin meanwhile.
    if (i % 2 == 0) {
      shown.Add(reoffer.Measure(slot, [&] { return reoffer.Free(slot); }));
    } else {
      held.Add(reoffer.Measure(slot, [&] { return reoffer.Held(slot); }));
    }
  }
  return {{"bench", "reoffer"},
          {"cancels", cancels},
          {"shown_p50_ms", shown.Milliseconds(0.5)},
          {"shown_p99_ms", shown.Milliseconds(0.99)},
          {"held_p50_ms", held.Milliseconds(0.5)},
          {"held_p99_ms", held.Milliseconds(0.99)}};
}

}  // namespace sas::bench
