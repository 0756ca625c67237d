#include <grpcpp/grpcpp.h>

#include <atomic>
#include <fstream>
#include <iostream>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <stdexcept>
#include <thread>

#include "common/base/status.h"
#include "common/rpc/status_map.h"
#include "sas/booking/v1/booking_service.grpc.pb.h"
#include "sas/slots/v1/slot_service.grpc.pb.h"
#include "tools/bench_driver/bench.h"
#include "tools/bench_driver/questions.h"
#include "tools/bench_driver/seat_caller.h"

namespace sas::bench {
namespace {

namespace v1 = sas::slots::v1;
using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr int kSearchers = 4;
constexpr int kBookers = 8;
constexpr milliseconds kSearchPause{20};    // Of each: 200 searches a second in all.
constexpr milliseconds kBookPause{400};     // Of each: 20 holds a second, every second one booked.
constexpr milliseconds kPatience{2000};     // What comes later than this has not been answered.
constexpr int kQuestions = 4000;            // Of which a tenth enters by a nurse, without order.
constexpr std::chrono::hours kWindow{240};  // A region of 50 000 slots has few within 48 h.
constexpr std::uint64_t kSeed = 20'261'129;

std::int64_t NowUs() {
  return std::chrono::duration_cast<microseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::int64_t ToUs(const google::protobuf::Timestamp& time) {
  return time.seconds() * 1'000'000 + time.nanos() / 1000;
}

/// What happened, one JSON line for each act, and which slots were sold. Shared by all threads.
class Record {
 public:
  explicit Record(const std::string& file) : out_(file) {
    if (!out_) throw std::runtime_error("cannot write " + file);
  }

  void Add(nlohmann::json line) {
    const std::lock_guard lock(mutex_);
    out_ << line.dump() << std::endl;  // Read while it is written.
  }

  /// When the slot was first sold. A second sale is what must never be.
  std::optional<std::int64_t> Sold(const std::string& slot) const {
    const std::lock_guard lock(mutex_);
    const auto found = sold_.find(slot);
    return found == sold_.end() ? std::nullopt : std::optional(found->second);
  }

  bool Sell(const std::string& slot, std::int64_t at_us) {
    const std::lock_guard lock(mutex_);
    return sold_.emplace(slot, at_us).second;
  }

 private:
  mutable std::mutex mutex_;
  std::ofstream out_;
  std::map<std::string, std::int64_t> sold_;
};

std::vector<v1::SearchSlotsRequest> Requests(const Setup& setup) {
  const std::vector<CommuneRow> communes = ReadCommunes(setup.communes);
  std::vector<v1::SearchSlotsRequest> requests;
  for (const Question& question : MakeQuestions(communes, kQuestions, kSeed)) {
    if (question.entry_point != type::v1::ENTRY_POINT_IDEL) continue;
    v1::SearchSlotsRequest& request = requests.emplace_back(ToRequest(question, setup.region));
    const std::int64_t end =
        NowUs() / 1'000'000 + std::chrono::duration_cast<std::chrono::seconds>(kWindow).count();
    request.mutable_end_time()->set_seconds(end);
  }
  return requests;
}

/// One person of many, on a connection of his own.
class Person {
 public:
  Person(const Setup& setup, int number, const std::vector<v1::SearchSlotsRequest>& requests,
         Record& record)
      : setup_(setup),
        number_(number),
        requests_(requests),
        record_(record),
        chance_(static_cast<unsigned>(number) + 1),
        slots_(v1::SlotService::NewStub(Channel(setup.slots_address))),
        booking_(booking::v1::BookingService::NewStub(Channel(setup.booking_address))) {}

  std::optional<v1::SearchSlotsResponse> Search() {
    request_ = &requests_[chance_() % requests_.size()];
    grpc::ClientContext context;
    Prepare(context);
    v1::SearchSlotsResponse response;
    const std::int64_t sent = NowUs();
    const grpc::Status status = slots_->SearchSlots(&context, *request_, &response);
    int sold = 0;
    std::int64_t longest_sold = 0;
    for (const v1::SlotMatch& match : response.matches()) {
      const auto at = record_.Sold(match.slot().name());
      if (!at || *at >= sent) continue;
      ++sold;
      longest_sold = std::max(longest_sold, sent - *at);
    }
    const bool missing = response.missing_sources_size() > 0;
    record_.Add({"search", sent, NowUs(), Reason(status), ToUs(response.fresh_time()),
                 response.matches_size(), missing, sold, longest_sold});
    if (!status.ok()) return std::nullopt;
    return response;
  }

  /// A hold of something that was shown; every second one is given back, the others are booked.
  void Take() {
    const auto shown = Search();
    if (!shown || shown->matches().empty()) return;
    ++turn_;
    const auto pick = chance_() % static_cast<unsigned>(shown->matches_size());
    const std::string slot = shown->matches(static_cast<int>(pick)).slot().name();
    v1::HoldSlotRequest request;
    request.set_name(slot);
    *request.mutable_need() = request_->need();
    request.set_request_id(Id("hold"));
    grpc::ClientContext context;
    Prepare(context);
    v1::SlotHold hold;
    const std::int64_t sent = NowUs();
    const grpc::Status status = slots_->HoldSlot(&context, request, &hold);
    record_.Add({"hold", sent, NowUs(), Reason(status)});
    if (!status.ok()) return;
    turn_ % 2 == 0 ? Book(slot, hold.hold_token()) : Release(slot, hold.hold_token());
  }

 private:
  static std::shared_ptr<grpc::Channel> Channel(const std::string& address) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
  }

  // One subject for each turn: a hold that a fault has left behind counts for nobody else.
  void Prepare(grpc::ClientContext& context) const {
    context.set_deadline(std::chrono::system_clock::now() + kPatience);
    context.AddMetadata("authorization", BenchToken(setup_, number_ * 1'000'000 + turn_));
  }

  std::string Id(const std::string& what) const {
    return what + "-" + std::to_string(number_) + "-" + std::to_string(turn_) + "-" +
           std::to_string(NowUs());
  }

  static std::string Reason(const grpc::Status& status) {
    if (status.ok()) return "";
    const std::string reason(base::ReasonOf(rpc::FromGrpc(status)));
    return reason.empty() ? "CODE_" + std::to_string(status.error_code()) : reason;
  }

  void Release(const std::string& slot, const std::string& token) {
    v1::ReleaseSlotHoldRequest request;
    request.set_name(slot);
    request.set_hold_token(token);
    request.set_request_id(Id("release"));
    grpc::ClientContext context;
    Prepare(context);
    v1::Slot left;
    (void)slots_->ReleaseSlotHold(&context, request, &left);  // It ends by itself in any case.
  }

  void Book(const std::string& slot, const std::string& token) {
    booking::v1::CreateAppointmentRequest request;
    request.set_parent("regions/" + setup_.region);
    request.set_request_id(Id("book"));
    request.set_hold_token(token);
    auto& draft = *request.mutable_appointment();
    SetPatient(setup_.patient, draft);
    draft.set_entry_point(request_->need().entry_point());
    draft.set_motif_code(request_->need().motif_code());
    *draft.mutable_age() = request_->need().age();
    draft.set_territory(request_->need().territory());
    draft.set_clinical_line("banc d'essai");
    auto& sign = *draft.mutable_severity_form()->add_signs();
    sign.set_code("detresse");
    sign.set_answer(sas::type::v1::SIGN_ANSWER_NO);
    draft.set_slot(slot);
    grpc::ClientContext context;
    Prepare(context);
    booking::v1::Appointment appointment;
    const std::int64_t sent = NowUs();
    const grpc::Status status = booking_->CreateAppointment(&context, request, &appointment);
    const std::int64_t answered = NowUs();
    const bool twice = status.ok() && !record_.Sell(slot, answered);
    record_.Add({"book", sent, answered, Reason(status), twice});
  }

  const Setup& setup_;
  const int number_;
  const std::vector<v1::SearchSlotsRequest>& requests_;
  Record& record_;
  std::minstd_rand chance_;
  std::unique_ptr<v1::SlotService::Stub> slots_;
  std::unique_ptr<booking::v1::BookingService::Stub> booking_;
  const v1::SearchSlotsRequest* request_ = nullptr;
  int turn_ = 0;
};

}  // namespace

nlohmann::json RecoveryBench(const Setup& setup) {
  const std::vector<v1::SearchSlotsRequest> requests = Requests(setup);
  Record record(setup.folder + "/recovery.jsonl");
  std::atomic<bool> over = false;
  std::vector<std::thread> threads;
  const auto run = [&](int number, milliseconds pause, auto act) {
    threads.emplace_back([&, number, pause, act] {
      Person person(setup, number, requests, record);
      auto due = std::chrono::steady_clock::now() + pause * number / kBookers;
      while (!over) {  // At its hours: a slow answer makes no fewer of them, up to its own length.
        const auto left = due - std::chrono::steady_clock::now();
        if (left.count() > 0) std::this_thread::sleep_for(left);
        act(person);
        due = std::max(due + pause, std::chrono::steady_clock::now() - pause);
      }
    });
  };
  for (int i = 0; i < kSearchers; ++i) run(i, kSearchPause, [](Person& who) { who.Search(); });
  for (int i = 0; i < kBookers; ++i) {
    run(kSearchers + i, kBookPause, [](Person& who) { who.Take(); });
  }
  std::string line;
  std::getline(std::cin, line);  // run_bench.py says when it has seen enough.
  over = true;
  for (std::thread& thread : threads) thread.join();
  return {{"bench", "recovery"}, {"questions", requests.size()}};
}

}  // namespace sas::bench
