#include "tools/bench_driver/board_calls.h"

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <set>
#include <thread>

#include "common/base/call.h"
#include "common/base/clock.h"
#include "common/base/etag.h"
#include "common/base/status.h"
#include "common/rpc/auth.h"
#include "common/rpc/status_map.h"
#include "tools/bench_driver/load.h"

namespace sas::bench {
namespace {

namespace v1 = sas::regulation::v1;
using Stub = v1::RegulationService::Stub;
using std::chrono::nanoseconds;

constexpr std::chrono::seconds kPatience{5};
constexpr std::uint64_t kTwoSeconds = 2'000'000'000;
constexpr char kMotif[] = "M03.05";
constexpr int kLookers = 4;
constexpr int kLooks = 3;  // For a dossier, before it counts as lost.

std::unique_ptr<Stub> NewStub(const BoardSetup& setup) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return v1::RegulationService::NewStub(
      grpc::CreateCustomChannel(setup.address, grpc::InsecureChannelCredentials(), arguments));
}

void Prepare(grpc::ClientContext& context, const std::string& token) {
  context.set_deadline(std::chrono::system_clock::now() + kPatience);
  context.AddMetadata("authorization", token);
}

}  // namespace

std::string BenchNumber(int caller) {
  const std::string digits = std::to_string(10'000 + caller % 10'000);
  return "+3319900" + digits.substr(1);  // Reserved for fiction.
}

std::string RoomToken(const BoardSetup& setup, const std::string& role, int number) {
  static const base::SystemClock clock;
  base::Actor actor;
  actor.role = base::ParseRole(role);
  actor.subject = role + "-" + std::to_string(number);
  actor.regions = {setup.region};
  return rpc::MintToken(setup.key, actor, clock, std::chrono::hours(1));
}

/// One thread of the room: an ARM who opens and a regulator who decides.
class BoardCalls::Caller {
 public:
  Caller(const BoardSetup& setup, int number)
      : setup_(setup),
        stub_(NewStub(setup)),
        arm_(RoomToken(setup, "arm", number)),
        mrl_(RoomToken(setup, "regulator_mg", number)),
        number_(number) {}

  /// False when an act was refused: the rest of the call then does not happen.
  bool Call(std::uint64_t due, bool whole, Figures& figures) {
    v1::RegulationCase row;
    if (!Open(row, due, figures)) return false;
    v1::PrioritizeRegulationCaseRequest priority;
    priority.set_name(row.name());
    priority.set_priority(v1::PRIORITY_P2);
    priority.set_filiere(sas::type::v1::FILIERE_SNP);
    if (!Act(arm_, &Stub::PrioritizeRegulationCase, priority, row, true, figures)) return false;
    v1::ClaimRegulationCaseRequest claim;
    claim.set_name(row.name());
    if (!Act(mrl_, &Stub::ClaimRegulationCase, claim, row, true, figures)) return false;
    return !whole || Decide(row, figures);
  }

  bool Open(v1::RegulationCase& row, std::uint64_t due, Figures& figures) {
    v1::CreateRegulationCaseRequest request;
    request.set_parent("regions/" + setup_.region);
    v1::RegulationCase& draft = *request.mutable_regulation_case();
    draft.set_territory("85");
    draft.set_motif_code(kMotif);
    draft.mutable_origin()->set_entry_point(sas::type::v1::ENTRY_POINT_LINE_15);
    draft.mutable_origin()->set_origine_code("15");
    draft.mutable_origin()->set_caller_phone_number(BenchNumber(number_ * 37 + acts_));
    draft.mutable_patient_place()->set_insee_code("85047");
    draft.mutable_mobility()->set_kind(v1::Mobility::KIND_OWN_TRANSPORT);
    draft.add_patients()->mutable_age()->set_value(38);
    draft.mutable_patients(0)->mutable_age()->set_unit(sas::type::v1::Age::UNIT_YEAR);
    const bool opened = Act(arm_, &Stub::CreateRegulationCase, request, row, true, figures, due);
    if (opened) figures.first.Add(NowNs() - due);
    return opened;
  }

 private:
  bool Decide(const v1::RegulationCase& row, Figures& figures) {
    v1::CreateDecisionRequest decide;
    decide.set_parent(row.name());
    decide.mutable_decision()->set_care_level(v1::CARE_LEVEL_R3);
    decide.mutable_decision()->set_decision_code("ORIENT");
    decide.mutable_decision()->set_orientation_code("CABINET");
    decide.mutable_decision()->set_claim_version(row.claim().version());
    v1::Decision decision;
    if (!Act(mrl_, &Stub::CreateDecision, decide, decision, false, figures)) return false;
    v1::CreateCareOrderRequest order;
    order.set_parent(row.name());
    order.mutable_care_order()->set_decision(decision.name());
    order.mutable_care_order()->mutable_delay()->set_seconds(48 * 3600);
    order.mutable_care_order()->add_modes(sas::type::v1::CONSULTATION_MODE_AMB);
    order.mutable_care_order()->set_clinical_line("banc d'essai");
    v1::CareOrder made;
    return Act(mrl_, &Stub::CreateCareOrder, order, made, false, figures);
  }

  // A vital act counts as done in time from the hour at which it was due, when that is given.
  template <typename Request, typename Response>
  bool Act(const std::string& token,
           grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
           Request request, Response& response, bool vital, Figures& figures,
           std::uint64_t due = 0) {
    request.set_request_id("bench-" + std::to_string(number_) + "-" + std::to_string(++acts_) +
                           "-" + std::to_string(NowNs()));
    grpc::ClientContext context;
    Prepare(context, token);
    const std::uint64_t sent = NowNs();
    const grpc::Status status = ((*stub_).*method)(&context, request, &response);
    const std::uint64_t answered = NowNs();
    figures.acts.Add(answered - sent);
    if (vital) {
      ++figures.vital;
      if (status.ok() && answered - (due != 0 ? due : sent) <= kTwoSeconds) ++figures.vital_in_2s;
    }
    if (!status.ok()) {
      ++figures.refused;
      const std::string reason = base::ReasonOf(rpc::FromGrpc(status));
      ++figures.refusals[reason.empty() ? status.error_message() : reason];
      return false;
    }
    if constexpr (requires { response.etag(); }) {
      figures.shown.push_back({response.name(), base::VersionOf(response.etag()), sent});
    }
    return true;
  }

  const BoardSetup& setup_;
  std::unique_ptr<Stub> stub_;
  const std::string arm_;
  const std::string mrl_;
  const int number_;
  int acts_ = 0;
};

BoardCalls::BoardCalls(const BoardSetup& setup) : setup_(setup) {}

BoardCalls::Figures BoardCalls::Run(double rate, int seconds, int callers, bool whole) {
  const std::uint64_t begin = NowNs();
  const auto pause = static_cast<std::uint64_t>(1e9 / rate);
  const auto calls = static_cast<std::uint64_t>(rate * seconds);
  std::atomic<std::uint64_t> next{0};
  std::vector<Figures> figures(static_cast<std::size_t>(callers));
  std::vector<std::thread> threads;
  for (int i = 0; i < callers; ++i) {
    threads.emplace_back([&, i] {
      Caller caller(setup_, i);
      Figures& own = figures[static_cast<std::size_t>(i)];
      for (std::uint64_t call = next++; call < calls; call = next++) {
        const std::uint64_t due = begin + call * pause;
        const std::uint64_t now = NowNs();
        if (now < due) std::this_thread::sleep_for(nanoseconds(due - now));
        if (NowNs() > due + kTwoSeconds) {  // Its caller has hung up: an opening that failed.
          ++own.late;
          ++own.vital;
          continue;
        }
        caller.Call(due, whole, own);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  Figures all;
  for (const Figures& own : figures) {
    all.acts.Merge(own.acts);
    all.first.Merge(own.first);
    all.vital += own.vital;
    all.vital_in_2s += own.vital_in_2s;
    all.refused += own.refused;
    all.late += own.late;
    for (const auto& [reason, count] : own.refusals) all.refusals[reason] += count;
    all.shown.insert(all.shown.end(), own.shown.begin(), own.shown.end());
  }
  return all;
}

std::uint64_t BoardCalls::CountLost(const std::vector<BoardAct>& acts) const {
  std::set<std::string> dossiers;
  for (const BoardAct& act : acts) {
    if (act.name.find("/orders/") == std::string::npos) dossiers.insert(act.name);
  }
  const std::vector<std::string> names(dossiers.begin(), dossiers.end());
  std::atomic<std::size_t> next{0};
  std::atomic<std::uint64_t> lost{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < kLookers; ++i) {
    threads.emplace_back([&] {
      const auto stub = NewStub(setup_);
      const std::string token = RoomToken(setup_, "supervisor", 0);
      for (std::size_t at = next++; at < names.size(); at = next++) {
        bool there = false;
        for (int look = 0; look < kLooks && !there; ++look) {
          v1::GetRegulationCaseRequest request;
          request.set_name(names[at]);
          grpc::ClientContext context;
          Prepare(context, token);
          v1::RegulationCase row;
          there = stub->GetRegulationCase(&context, request, &row).ok();
        }
        if (!there) ++lost;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  return lost;
}

double BoardCalls::Probe() {
  static Caller caller(setup_, 9999);
  Figures figures;
  v1::RegulationCase row;
  const std::uint64_t sent = NowNs();
  if (!caller.Open(row, sent, figures)) return -1;
  return static_cast<double>(NowNs() - sent) / 1e6;
}

}  // namespace sas::bench
