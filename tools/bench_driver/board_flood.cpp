#include "tools/bench_driver/board_flood.h"

#include <google/protobuf/timestamp.pb.h>
#include <grpcpp/grpcpp.h>

#include <array>
#include <chrono>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>

#include "common/base/status.h"
#include "common/rpc/status_map.h"
#include "sas/regulation/v1/kpi_service.grpc.pb.h"
#include "sas/regulation/v1/regulation_service.grpc.pb.h"
#include "sas/regulation/v1/roster_service.grpc.pb.h"
#include "tools/bench_driver/board_calls.h"
#include "tools/bench_driver/load.h"

namespace sas::bench {
namespace {

namespace v1 = sas::regulation::v1;
using std::chrono::milliseconds;

constexpr int kReportHours = 24;
constexpr std::chrono::seconds kPatience{5};
constexpr milliseconds kAfterFailure{100};  // What fails is asked again, and not at once.
constexpr int kPage = 200;
constexpr int kReadersOfChannel = 50;

struct Stubs {
  std::unique_ptr<v1::RegulationService::Stub> cases;
  std::unique_ptr<v1::KpiService::Stub> kpis;
};

using Ask = std::function<grpc::Status(Stubs&, grpc::ClientContext&, const std::string& region)>;

grpc::Status List(Stubs& stubs, grpc::ClientContext& context, const std::string& region,
                  v1::CaseListView view) {
  v1::ListRegulationCasesRequest request;
  request.set_parent(region);
  request.set_view(view);
  request.set_page_size(kPage);
  v1::ListRegulationCasesResponse response;
  return stubs.cases->ListRegulationCases(&context, request, &response);
}

grpc::Status Report(Stubs& stubs, grpc::ClientContext& context, const std::string& region) {
  const auto now = std::chrono::system_clock::now();
  const auto at = [](std::chrono::system_clock::time_point time) {
    google::protobuf::Timestamp stamp;
    stamp.set_seconds(std::chrono::system_clock::to_time_t(time));
    return stamp;
  };
  v1::QueryKpisRequest request;
  request.set_parent(region);
  *request.mutable_start_time() = at(now - std::chrono::hours(kReportHours));
  *request.mutable_end_time() = at(now);
  v1::QueryKpisResponse response;
  return stubs.kpis->QueryKpis(&context, request, &response);
}

grpc::Status Search(Stubs& stubs, grpc::ClientContext& context, const std::string& region) {
  v1::SearchRepeatCandidatesRequest request;
  request.set_parent(region);
  request.set_phone_number(BenchNumber(static_cast<int>(NowNs() % 10'000)));
  request.set_insee_code("85047");
  v1::SearchRepeatCandidatesResponse response;
  return stubs.cases->SearchRepeatCandidates(&context, request, &response);
}

struct Kind {
  const char* name;
  const char* role;
  int readers;
  Ask ask;
};

// The lane of lists and reports takes 260 at a time, that of searches 280: more than these ask.
const std::array<Kind, 4>& Kinds() {
  static const std::array<Kind, 4> kinds{
      {{"lists", "supervisor", 100,
        [](auto& stubs, auto& context, const auto& region) {
          return List(stubs, context, region, v1::CASE_LIST_VIEW_WAITING);
        }},
       {"ended_lists", "supervisor", 100,
        [](auto& stubs, auto& context, const auto& region) {
          return List(stubs, context, region, v1::CASE_LIST_VIEW_ENDED);
        }},
       {"reports", "supervisor", 100, Report},
       {"searches", "arm", 300, Search}}};
  return kinds;
}

std::shared_ptr<grpc::Channel> Channel(const BoardSetup& setup) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::CreateCustomChannel(setup.address, grpc::InsecureChannelCredentials(), arguments);
}

void Prepare(grpc::ClientContext& context, const std::string& token) {
  context.set_deadline(std::chrono::system_clock::now() + kPatience);
  context.AddMetadata("authorization", token);
}

// Declares it, or ends it.
grpc::Status TellSurge(const BoardSetup& setup, bool begins) {
  const auto stub = v1::RosterService::NewStub(Channel(setup));
  grpc::ClientContext context;
  Prepare(context, RoomToken(setup, "supervisor", 0));
  const std::string id = "bench-surge-" + std::to_string(NowNs());
  v1::Surge surge;
  if (begins) {
    v1::DeclareSurgeRequest request;
    request.set_parent("regions/" + setup.region);
    request.set_territory("85");
    request.set_reason("banc d'essai");
    request.set_request_id(id);
    return stub->DeclareSurge(&context, request, &surge);
  }
  v1::EndSurgeRequest request;
  request.set_name("regions/" + setup.region + "/surges/85");
  request.set_request_id(id);
  return stub->EndSurge(&context, request, &surge);
}

}  // namespace

BoardFlood::BoardFlood(const BoardSetup& setup) : setup_(setup) {
  const grpc::Status declared = TellSurge(setup, true);
  if (!declared.ok()) throw std::runtime_error("no surge: " + declared.error_message());
  for (std::size_t kind = 0; kind < reads_.size(); ++kind) {
    reads_[kind].name = Kinds()[kind].name;
    std::shared_ptr<grpc::Channel> channel;
    for (int i = 0; i < Kinds()[kind].readers; ++i) {
      if (i % kReadersOfChannel == 0) channel = Channel(setup);
      readers_.emplace_back([this, kind, i, channel] { Read(kind, i, channel); });
    }
  }
}

BoardFlood::~BoardFlood() {
  Stop();
}

void BoardFlood::Stop() {
  if (over_.exchange(true)) return;
  for (std::thread& reader : readers_) reader.join();
  TellSurge(setup_, false);  // It ends by itself, too.
}

void BoardFlood::Read(std::size_t kind, int number, const std::shared_ptr<grpc::Channel>& channel) {
  Stubs stubs{v1::RegulationService::NewStub(channel), v1::KpiService::NewStub(channel)};
  const std::string token = RoomToken(setup_, Kinds()[kind].role, number);
  const std::string region = "regions/" + setup_.region;
  while (!over_) {
    grpc::ClientContext context;
    Prepare(context, token);
    const grpc::Status status = Kinds()[kind].ask(stubs, context, region);
    if (status.ok()) {
      ++reads_[kind].answered;
      continue;
    }
    const bool shed = status.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED;
    ++(shed ? reads_[kind].shed : reads_[kind].failed);
    // As a console does: not before the service says.
    const auto told = base::DetailOf(rpc::FromGrpc(status)).retry_after;
    std::this_thread::sleep_for(told.value_or(kAfterFailure));
  }
}

}  // namespace sas::bench
