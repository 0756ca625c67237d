#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <thread>

#include "common/base/status.h"
#include "common/rpc/status_map.h"
#include "sas/slots/v1/slot_service.grpc.pb.h"
#include "tools/bench_driver/bench.h"
#include "tools/bench_driver/rates.h"
#include "tools/bench_driver/seat_caller.h"

namespace sas::bench {
namespace {

namespace v1 = sas::slots::v1;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;

constexpr double kSearchesPerSecond = 200;  // Over all replicas, beside those of the probes.
constexpr double kHoldsPerSecond = 50;
constexpr int kOperators = 10;                // Each holds at a tenth of the rate.
constexpr milliseconds kProbePause{1};        // Between two looks at one replica.
constexpr std::chrono::seconds kGoneMax{10};  // Then a slot counts as never gone.
constexpr int kInFlightMax = 512;
constexpr std::uint64_t kMillion = 1'000'000;

v1::SearchSlotsRequest Around(const Setup& setup) {
  v1::SearchSlotsRequest request;
  request.set_parent("regions/" + setup.region);
  request.set_insee_code("85047");
  FillNeed(*request.mutable_need());
  request.set_page_size(50);
  return request;
}

// Every slot that starts with this one: the territory has fewer sites than a page has places.
v1::SearchSlotsRequest StartingWith(const Setup& setup, const v1::Slot& slot) {
  v1::SearchSlotsRequest request = Around(setup);
  *request.mutable_start_time() = slot.start_time();
  *request.mutable_end_time() = slot.start_time();
  request.mutable_end_time()->set_seconds(slot.start_time().seconds() + 60);
  return request;
}

/// When each slot was known to be taken. Shared by the operators.
class Taken {
 public:
  void Add(const std::string& slot, std::uint64_t at_ns) {
    const std::lock_guard lock(mutex_);
    taken_.emplace(slot, at_ns);
  }

  /// Was it taken before `at_ns`?
  bool Before(const std::string& slot, std::uint64_t at_ns) const {
    const std::lock_guard lock(mutex_);
    const auto found = taken_.find(slot);
    return found != taken_.end() && found->second < at_ns;
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::uint64_t> taken_;
};

struct Figures {
  Histogram gone;  ///< From sending the hold to the last replica's first answer without the slot.
  int held = 0, beaten = 0, phantoms = 0, refused = 0, failed_searches = 0, never_gone = 0;
};

/// An operator of unscheduled care: searches on one replica, holds on another what he was shown,
/// and then looks at all of them until nobody is offered the seat any more.
class Operator {
 public:
  Operator(const Setup& setup, const std::vector<std::string>& replicas, int number, Taken& taken)
      : setup_(setup), number_(number), taken_(taken), chance_(static_cast<unsigned>(number)) {
    for (const std::string& address : replicas) {
      grpc::ChannelArguments arguments;
      arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
      stubs_.push_back(v1::SlotService::NewStub(
          grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments)));
    }
  }

  /// One search and one hold.
  void Act() {
    const std::uint64_t asked = NowNs();
    const auto shown = Search(turn_ % stubs_.size(), Around(setup_));
    const std::size_t holder = ++turn_ % stubs_.size();
    if (!shown || shown->matches().empty()) return;
    const v1::Slot slot =
        shown->matches(static_cast<int>(chance_() % static_cast<unsigned>(shown->matches_size())))
            .slot();
    const std::uint64_t sent = NowNs();
    const grpc::Status held = Hold(holder, slot.name());
    if (held.ok()) {
      taken_.Add(slot.name(), NowNs());
      ++figures_.held;
      return AwaitGone(slot, sent);
    }
    if (base::ReasonOf(rpc::FromGrpc(held)) != "NO_FREE_SEAT") {
      ++figures_.refused;
    } else {
      ++figures_.beaten;  // Somebody was faster; that is nobody's fault unless it was told before.
      if (taken_.Before(slot.name(), asked)) ++figures_.phantoms;
    }
  }

  const Figures& figures() const { return figures_; }

 private:
  std::optional<v1::SearchSlotsResponse> Search(std::size_t replica,
                                                const v1::SearchSlotsRequest& request) {
    grpc::ClientContext context;
    Prepare(context, number_);
    v1::SearchSlotsResponse response;
    if (stubs_[replica]->SearchSlots(&context, request, &response).ok()) return response;
    ++figures_.failed_searches;
    return std::nullopt;
  }

  grpc::Status Hold(std::size_t replica, const std::string& slot) {
    grpc::ClientContext context;
    Prepare(context, ++subjects_ * 1000 + number_);  // One person holds three seats at most.
    v1::HoldSlotRequest request;
    request.set_name(slot);
    FillNeed(*request.mutable_need());
    request.set_request_id("fresh-" + std::to_string(number_) + "-" + std::to_string(NowNs()));
    v1::SlotHold response;
    return stubs_[replica]->HoldSlot(&context, request, &response);
  }

  void AwaitGone(const v1::Slot& slot, std::uint64_t sent) {
    const v1::SearchSlotsRequest request = StartingWith(setup_, slot);
    const std::uint64_t give_up = sent + static_cast<std::uint64_t>(nanoseconds(kGoneMax).count());
    for (std::size_t replica = 0; replica < stubs_.size(); ++replica) {
      while (Offers(replica, request, slot.name())) {
        if (NowNs() > give_up) {
          ++figures_.never_gone;
          return;
        }
        std::this_thread::sleep_for(kProbePause);
      }
    }
    figures_.gone.Add(NowNs() - sent);
  }

  bool Offers(std::size_t replica, const v1::SearchSlotsRequest& request, const std::string& slot) {
    const auto shown = Search(replica, request);
    return !shown || std::any_of(shown->matches().begin(), shown->matches().end(),
                                 [&](const auto& match) { return match.slot().name() == slot; });
  }

  void Prepare(grpc::ClientContext& context, int subject) {
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(5));
    context.AddMetadata("authorization", BenchToken(setup_, subject));
  }

  const Setup& setup_;
  const int number_;
  Taken& taken_;
  std::minstd_rand chance_;
  std::vector<std::unique_ptr<v1::SlotService::Stub>> stubs_;
  std::size_t turn_ = 0;
  int subjects_ = 0;
  Figures figures_;
};

// Holds start at their hours whether or not the one before has been looked after.
void Work(Operator& who, int number, std::uint64_t begin, std::uint64_t end) {
  const auto pause = static_cast<std::uint64_t>(1e9 * kOperators / kHoldsPerSecond);
  std::uint64_t due = begin + pause * static_cast<std::uint64_t>(number) / kOperators;
  for (; due < end; due += pause) {
    const std::uint64_t now = NowNs();
    if (now < due) std::this_thread::sleep_for(nanoseconds(due - now));
    who.Act();
  }
}

}  // namespace

nlohmann::json FreshnessBench(const Setup& setup) {
  const std::vector<std::string> replicas = {setup.slots_address, setup.replica_address};
  Taken taken;
  std::vector<std::unique_ptr<Operator>> operators;
  for (int i = 0; i < kOperators; ++i) {
    operators.push_back(std::make_unique<Operator>(setup, replicas, i, taken));
  }
  const std::uint64_t begin = NowNs();
  const std::uint64_t end = begin + static_cast<std::uint64_t>(setup.seconds) * 1000 * kMillion;
  std::vector<std::thread> threads;
  for (int i = 0; i < kOperators; ++i) {
    threads.emplace_back([&, i] { Work(*operators[static_cast<std::size_t>(i)], i, begin, end); });
  }
  std::vector<Result> searched(replicas.size());
  for (std::size_t i = 0; i < replicas.size(); ++i) {
    threads.emplace_back([&, i] {
      Load load(replicas[i], 2);
      const Step step{kSearchMethod, ToBuffer(Around(setup)), BenchToken(setup, 0), true};
      searched[i] = load.Open([&step] { return step; },
                              kSearchesPerSecond / static_cast<double>(replicas.size()),
                              std::chrono::seconds(setup.seconds), kInFlightMax);
    });
  }
  for (std::thread& thread : threads) thread.join();

  Figures all;
  for (const auto& each : operators) {
    const Figures& one = each->figures();
    all.gone.Merge(one.gone);
    all.held += one.held;
    all.beaten += one.beaten;
    all.phantoms += one.phantoms;
    all.refused += one.refused;
    all.failed_searches += one.failed_searches;
    all.never_gone += one.never_gone;
  }
  Histogram latency;
  double searches = 0;
  std::uint64_t faults = 0;
  for (const Result& result : searched) {
    latency.Merge(result.latency);
    searches += result.PerSecond();
    faults += result.faults;
  }
  return {{"bench", "freshness"},
          {"p50_ms", all.gone.Milliseconds(0.5)},
          {"p99_ms", all.gone.Milliseconds(0.99)},
          {"max_ms", all.gone.Milliseconds(1)},
          {"never_gone", all.never_gone},
          {"phantoms", all.phantoms},
          {"beaten", all.beaten},
          {"other_refusals", all.refused},
          {"searches_per_s", searches},
          {"search_p99_ms", latency.Milliseconds(0.99)},
          {"failed_searches", faults + static_cast<std::uint64_t>(all.failed_searches)},
          {"holds_per_s", all.held / static_cast<double>(setup.seconds)},
          {"replicas", replicas.size()}};
}

}  // namespace sas::bench
