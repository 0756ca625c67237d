#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "services/regulation/roles.h"
#include "tests/rpc/regulation/regulation_fixture.h"

namespace sas::regulation {
namespace {

using testing::ActorWith;
using testing::IsOk;
using testing::StatusIs;

/// A ledger whose reads wait at a gate, as behind a slow disk; writes pass.
class GatedStore final : public RegulationStore {
 public:
  explicit GatedStore(RegulationStore& store) : store_(store) {}

  absl::Status Write(const base::Call& call, const Work& work) override {
    return store_.Write(call, work);
  }

  absl::Status Read(const base::Call& call, const Work& work) override {
    {
      std::unique_lock lock(mutex_);
      opened_.wait(lock, [this] { return open_; });
    }
    return store_.Read(call, work);
  }

  ledger::Feed& feed() override { return store_.feed(); }

  void Open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    opened_.notify_all();
  }

 private:
  RegulationStore& store_;
  std::mutex mutex_;
  std::condition_variable opened_;
  bool open_ = false;
};

/// RegulationService with small lanes over a gated ledger.
class Lanes : public ::testing::Test {
 protected:
  static constexpr std::size_t kThreads = 2;
  static constexpr std::size_t kQueue = 4;

  Lanes() {
    testing::InProcessServer::Options options;
    options.lane_threads = kThreads;
    options.lane_queue_max = kQueue;
    server_ = std::make_unique<testing::InProcessServer>(options);
    metrics_ = std::make_unique<RegulationMetrics>(server_->metrics());
    desk_ = std::make_unique<Desk>(Desk{gated_, clock_, server_->random(), zone_, *metrics_});
    service_ = std::make_unique<RegulationService>(server_->runtime(), *desk_);
    AllowRegulationMethods(server_->roles());
    EXPECT_THAT(server_->Start({service_.get()}, {v1::RegulationService::service_full_name()}),
                IsOk());
    stub_ = v1::RegulationService::NewStub(server_->Channel());
  }

  ~Lanes() override {
    gated_.Open();
    server_->Stop();
  }

  template <typename Response, typename Request>
  absl::StatusOr<Response> Ask(base::Role role,
                               grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                            Response*),
                               Request request) {
    if constexpr (requires { request.request_id(); }) {
      request.set_request_id("L-" + std::to_string(++requests_));
    }
    grpc::ClientContext context;
    server_->Authorize(context, ActorWith(role));
    Response response;
    const grpc::Status status = ((*stub_).*method)(&context, request, &response);
    if (!status.ok()) return rpc::FromGrpc(status);
    return response;
  }

  base::SystemClock clock_;
  const care::Zone zone_ = *care::Zone::Load("Europe/Paris");
  MemoryRegulationStore store_{clock_};
  GatedStore gated_{store_};
  std::unique_ptr<testing::InProcessServer> server_;
  std::unique_ptr<RegulationMetrics> metrics_;
  std::unique_ptr<Desk> desk_;
  std::unique_ptr<RegulationService> service_;
  std::unique_ptr<Stub> stub_;
  int requests_ = 0;
};

/// Calls that nobody waits for, until the lane is as full as it may be.
template <typename Request, typename Response>
class Flood {
 public:
  using Method = void (v1::RegulationService::StubInterface::async_interface::*)(
      grpc::ClientContext*, const Request*, Response*, std::function<void(grpc::Status)>);

  /// The first calls take the lane's threads; only then is it full when its queue is.
  Flood(Stub& stub, const testing::InProcessServer& server, const base::Executor& lane,
        std::size_t threads, Method method, Request request, std::size_t calls)
      : request_(std::move(request)), contexts_(calls), responses_(calls) {
    for (std::size_t i = 0; i < calls; ++i) {
      contexts_[i] = std::make_unique<grpc::ClientContext>();
      server.Authorize(*contexts_[i], ActorWith(base::Role::kSupervisor));
      (stub.async()->*method)(contexts_[i].get(), &request_, &responses_[i],
                              [this](const grpc::Status& status) {
                                const std::lock_guard lock(mutex_);
                                ++answered_;
                                if (status.error_code() == grpc::RESOURCE_EXHAUSTED) ++shed_;
                                changed_.notify_all();
                              });
      while (i + 1 == threads && lane.Running() < threads) std::this_thread::yield();
    }
  }

  ~Flood() {
    Await([this] { return answered_ == contexts_.size(); });
  }

  /// Until so many were refused: the lane then takes no more.
  void AwaitShed(std::size_t calls) {
    Await([&] { return shed_ >= calls; });
  }

 private:
  template <typename Condition>
  void Await(Condition condition) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, condition);
  }

  const Request request_;
  std::vector<std::unique_ptr<grpc::ClientContext>> contexts_;
  std::vector<Response> responses_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t answered_ = 0;
  std::size_t shed_ = 0;
};

TEST_F(Lanes, H41_AFloodOfReadsLeavesTheVitalActsTheirLane) {
  constexpr std::size_t kTaken = kThreads + kQueue;
  constexpr std::size_t kShed = 20;
  v1::ListRegulationCasesRequest list;
  list.set_parent("regions/fr-pdl");
  v1::GetRegulationCaseRequest get;
  get.set_name("regions/fr-pdl/cases/none");
  Flood<v1::ListRegulationCasesRequest, v1::ListRegulationCasesResponse> lists(
      *stub_, *server_, server_->runtime().background, kThreads,
      &v1::RegulationService::StubInterface::async_interface::ListRegulationCases, list,
      kTaken + kShed);
  Flood<v1::GetRegulationCaseRequest, v1::RegulationCase> gets(
      *stub_, *server_, server_->runtime().interactive, kThreads,
      &v1::RegulationService::StubInterface::async_interface::GetRegulationCase, get,
      kTaken + kShed);
  // Before the floods go: they wait for their answers.
  const std::shared_ptr<void> opener(nullptr, [this](void*) { gated_.Open(); });
  lists.AwaitShed(kShed);
  gets.AwaitShed(kShed);
  // Both lanes are full and stand still. A call is opened, prioritised and taken all the same.
  v1::CreateRegulationCaseRequest create;
  create.set_parent("regions/fr-pdl");
  v1::RegulationCase& row = *create.mutable_regulation_case();
  row.set_territory("85");
  row.set_motif_code("M03.05");
  row.mutable_origin()->set_entry_point(sas::type::v1::ENTRY_POINT_LINE_15);
  row.mutable_origin()->set_origine_code("15");
  row.mutable_origin()->set_caller_phone_number("+33199000001");
  row.add_patients()->mutable_age()->set_value(6);
  row.mutable_patients(0)->mutable_age()->set_unit(sas::type::v1::Age::UNIT_YEAR);
  const auto opened = Ask(base::Role::kArm, &Stub::CreateRegulationCase, create);
  ASSERT_THAT(opened, IsOk());
  v1::PrioritizeRegulationCaseRequest priority;
  priority.set_name(opened->name());
  priority.set_priority(v1::PRIORITY_P1);
  priority.set_filiere(sas::type::v1::FILIERE_AMU);
  EXPECT_THAT(Ask(base::Role::kArm, &Stub::PrioritizeRegulationCase, priority), IsOk());
  v1::ClaimRegulationCaseRequest claim;
  claim.set_name(opened->name());
  EXPECT_THAT(Ask(base::Role::kRegulatorAmu, &Stub::ClaimRegulationCase, claim), IsOk());
  // And what is shed says so, with a time to come back.
  EXPECT_THAT(Ask(base::Role::kSupervisor, &Stub::ListRegulationCases, list),
              StatusIs(absl::StatusCode::kResourceExhausted, "OVERLOADED"));
}

}  // namespace
}  // namespace sas::regulation
