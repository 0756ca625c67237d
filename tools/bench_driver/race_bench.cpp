#include <deque>
#include <fstream>
#include <map>
#include <random>
#include <stdexcept>
#include <utility>

#include "common/base/status.h"
#include "common/rpc/status_map.h"
#include "sas/booking/v1/booking_service.pb.h"
#include "sas/slots/v1/slot_service.pb.h"
#include "tools/bench_driver/bench.h"
#include "tools/bench_driver/seat_caller.h"

// Many clients run for few seats: each holds, confirms, and gives the seat back so that the next
// one may win it. What the clients were told is kept apart from every service and held against it:
// a seat that is won while its last winner has not asked to cancel has been given twice.
namespace sas::bench {
namespace {

constexpr int kCallers = 128;
constexpr std::size_t kSlots = 8;
constexpr std::size_t kSlotsSkipped = 24;         // They begin too soon for a long run.
constexpr std::uint64_t kAttemptsOfOneName = 50;  // A hold that nobody ends blocks only its name.
constexpr std::uint64_t kAttemptsKept = 20;       // A winner tries so often before he gives back.
constexpr std::chrono::hours kNoLimit{10};
constexpr int kBookingTarget = 1;

using Seat = std::pair<std::string, int>;

/// What all callers share; one thread.
struct Race {
  const Setup& setup;
  std::vector<std::string> slots;
  std::ofstream journal;
  std::mt19937_64 random;
  std::uint64_t attempts = 0;
  std::uint64_t won = 0;
  std::uint64_t cancelled = 0;
  std::uint64_t unknown = 0;
  std::uint64_t doubles = 0;
  std::map<std::string, std::uint64_t> refused = {};
  std::map<Seat, std::string> owners = {};  ///< From the answer until the cancelling is asked for.

  void Won(const booking::v1::Appointment& appointment) {
    ++won;
    const Seat seat{appointment.slot(), appointment.seat()};
    const auto [owner, free] = owners.emplace(seat, appointment.name());
    if (!free) {
      ++doubles;
      journal << "double " << owner->second << ' ' << appointment.name() << '\n';
      owner->second = appointment.name();
    }
    journal << "won " << appointment.name() << ' ' << seat.first << ' ' << seat.second << '\n';
  }

  void GivesBack(const booking::v1::Appointment& appointment) {
    const auto owner = owners.find({appointment.slot(), appointment.seat()});
    if (owner != owners.end() && owner->second == appointment.name()) owners.erase(owner);
    journal << "cancelling " << appointment.name() << '\n';
  }
};

class Runner final : public Caller {
 public:
  Runner(Race& race, int number) : race_(race), number_(number) {}

  bool More() const override { return act_ != Act::kHold || race_.attempts < race_.setup.attempts; }

  Step Next() override {
    if (!again_ && act_ == Act::kHold) Begin();
    again_ = false;
    return step_;
  }

  bool Answered(const grpc::Status& status, const grpc::ByteBuffer& response) override {
    const absl::Status told = rpc::FromGrpc(status);
    if (act_ != Act::kHold && IsOpen(told)) {  // The same request again, until it is known.
      ++race_.unknown;
      again_ = true;
      return false;
    }
    if (told.ok()) {
      Go(response);
      return true;
    }
    const std::string reason = base::ReasonOf(told);
    if (act_ == Act::kCancel) throw std::runtime_error("a cancelling was refused: " + reason);
    ++race_.refused[reason.empty() ? std::string(base::CodeName(told.code())) : reason];
    act_ = Act::kHold;
    return false;
  }

 private:
  enum class Act { kHold, kConfirm, kCancel };

  struct Kept {
    booking::v1::Appointment appointment;
    std::string authorization;
    std::uint64_t until = 0;  ///< Own attempt at which it is given back.
  };

  static bool IsOpen(const absl::Status& told) {
    return absl::IsUnavailable(told) || absl::IsDeadlineExceeded(told) ||
           absl::IsResourceExhausted(told) || base::ReasonOf(told) == "REQUEST_IN_FLIGHT" ||
           base::ReasonOf(told) == "LEDGER_CONFLICT";
  }

  void Begin() {
    if (!kept_.empty() && kept_.front().until <= own_attempts_) return GiveBack();
    if (own_attempts_++ % kAttemptsOfOneName == 0) {
      authorization_ = BenchToken(race_.setup, number_ * 1'000'000 + names_++);
    }
    ++race_.attempts;
    slot_ = race_.slots[race_.random() % race_.slots.size()];
    step_ = HoldStep(slot_, authorization_);
  }

  void GiveBack() {
    const Kept kept = std::move(kept_.front());
    kept_.pop_front();
    booking::v1::CancelAppointmentRequest request;
    request.set_name(kept.appointment.name());
    request.set_etag(kept.appointment.etag());
    request.set_reason_code("PATIENT");
    request.set_request_id(RequestId());
    step_ = {"/sas.booking.v1.BookingService/CancelAppointment", ToBuffer(request),
             kept.authorization, true, kBookingTarget};
    race_.GivesBack(kept.appointment);
    act_ = Act::kCancel;
  }

  void Go(const grpc::ByteBuffer& response) {
    if (act_ == Act::kHold) {
      slots::v1::SlotHold hold;
      FromBuffer(response, &hold);
      step_ = ConfirmStep(race_.setup, {slot_, hold.hold_token(), authorization_});
      step_.target = kBookingTarget;
      act_ = Act::kConfirm;
      return;
    }
    if (act_ == Act::kConfirm) {
      Kept kept;
      FromBuffer(response, &kept.appointment);
      kept.authorization = authorization_;
      kept.until = own_attempts_ + kAttemptsKept;
      race_.Won(kept.appointment);
      kept_.push_back(std::move(kept));
    } else {
      ++race_.cancelled;
    }
    act_ = Act::kHold;
  }

  Race& race_;
  const int number_;
  int names_ = 0;
  std::uint64_t own_attempts_ = 0;
  std::string authorization_;
  std::string slot_;
  Act act_ = Act::kHold;
  bool again_ = false;
  Step step_;
  std::deque<Kept> kept_;
};

std::vector<std::string> FewSlots(const Setup& setup) {
  std::vector<std::string> found;
  for (const std::string& seat : FreeSeats(setup)) {
    if (found.empty() || found.back() != seat) found.push_back(seat);
  }
  if (found.size() < kSlotsSkipped + kSlots) throw std::runtime_error("too few slots to run for");
  const auto first = found.begin() + kSlotsSkipped;
  return {first, first + kSlots};
}

}  // namespace

nlohmann::json RaceBench(const Setup& setup) {
  Race race{setup, FewSlots(setup), std::ofstream(setup.folder + "/race.journal"),
            std::mt19937_64(setup.seed)};
  std::vector<std::unique_ptr<Caller>> runners;
  for (int i = 0; i < kCallers; ++i) runners.push_back(std::make_unique<Runner>(race, i));
  Load load({setup.slots_address, setup.booking_address}, 4);
  const Result result = load.Closed(runners, kNoLimit);
  race.journal.flush();
  return {{"attempts", race.attempts},
          {"won", race.won},
          {"doubles", race.doubles},
          {"cancelled", race.cancelled},
          {"unknown", race.unknown},
          {"refused", race.refused},
          {"clients", kCallers},
          {"slots", race.slots.size()},
          {"seconds", result.seconds},
          {"attempts_per_s", static_cast<double>(race.attempts) / result.seconds}};
}

}  // namespace sas::bench
