#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "common/base/status.h"
#include "common/care/calendar.h"
#include "common/testing/fake_clock.h"
#include "common/testing/in_process_server.h"
#include "common/testing/status_matchers.h"
#include "services/regulation/board_watch_service.h"
#include "services/regulation/console_presence.h"
#include "services/regulation/convert.h"
#include "services/regulation/coordinator_service.h"
#include "services/regulation/entry_service.h"
#include "services/regulation/exchange_service.h"
#include "services/regulation/follow_booking.h"
#include "services/regulation/kpi_service.h"
#include "services/regulation/neighbour_service.h"
#include "services/regulation/pickup_service.h"
#include "services/regulation/protocol_service.h"
#include "services/regulation/roster_service.h"
#include "services/regulation/service.h"
#include "services/regulation/store_memory.h"
#include "services/regulation/task_service.h"

namespace sas::regulation {

using Stub = v1::RegulationService::Stub;

/// RegulationService on a real server over the memory store, and the people who call it.
class RegulationTest : public ::testing::Test {
 protected:
  static constexpr std::size_t kBoardWatchersMax = 520;

  RegulationTest();
  ~RegulationTest() override;

  /// One method of a service, as its stub has it.
  template <typename AnyStub, typename Request, typename Response>
  using Method = grpc::Status (AnyStub::*)(grpc::ClientContext*, const Request&, Response*);

  /// One call as `actor`; a write gets a fresh request_id unless the request has one.
  template <typename AnyStub, typename Request, typename Response>
  absl::StatusOr<Response> AskOn(const std::unique_ptr<AnyStub>& stub, const base::Actor& actor,
                                 Method<AnyStub, Request, Response> method, Request request) {
    if constexpr (requires { request.request_id(); }) {
      if (request.request_id().empty()) {
        request.set_request_id("R-" + std::to_string(++request_count_));
      }
    }
    grpc::ClientContext context;
    server_->Authorize(context, actor);
    Response response;
    const grpc::Status status = ((*stub).*method)(&context, request, &response);
    if (!status.ok()) return rpc::FromGrpc(status);
    clock_.Advance(std::chrono::seconds(1));  // Nothing happens twice in one instant.
    return response;
  }

  template <typename Request, typename Response>
  absl::StatusOr<Response> Ask(const base::Actor& actor, Method<Stub, Request, Response> method,
                               const Request& request) {
    return AskOn(stub_, actor, method, request);
  }

  template <typename Request, typename Response>
  absl::StatusOr<Response> AskProtocols(const base::Actor& actor,
                                        Method<v1::ProtocolService::Stub, Request, Response> method,
                                        const Request& request) {
    return AskOn(protocol_stub_, actor, method, request);
  }

  template <typename Request, typename Response>
  absl::StatusOr<Response> AskExchanges(const base::Actor& actor,
                                        Method<v1::ExchangeService::Stub, Request, Response> method,
                                        const Request& request) {
    return AskOn(exchange_stub_, actor, method, request);
  }

  template <typename Request, typename Response>
  absl::StatusOr<Response> AskEntries(const base::Actor& actor,
                                      Method<v1::EntryService::Stub, Request, Response> method,
                                      const Request& request) {
    return AskOn(entry_stub_, actor, method, request);
  }

  template <typename Request, typename Response>
  absl::StatusOr<Response> AskTasks(const base::Actor& actor,
                                    Method<v1::TaskService::Stub, Request, Response> method,
                                    const Request& request) {
    return AskOn(task_stub_, actor, method, request);
  }

  /// A complete dossier: commune, mobility, age, number.
  v1::CreateRegulationCaseRequest NewCase(const std::string& motif = "M03.14") const;
  v1::RegulationCase Open(const std::string& motif = "M03.14");
  v1::RegulationCase Prioritized(v1::Priority priority, const std::string& motif = "M03.14");
  absl::StatusOr<v1::RegulationCase> Prioritize(
      const base::Actor& actor, const std::string& name, v1::Priority priority,
      sas::type::v1::Filiere filiere = sas::type::v1::FILIERE_SNP);
  v1::RegulationCase Get(const std::string& name);
  absl::StatusOr<v1::RegulationCase> Claim(const base::Actor& actor, const std::string& name);
  /// Under the claim that `actor` has now.
  absl::StatusOr<v1::Decision> Decide(const base::Actor& actor, const std::string& name,
                                      v1::CareLevel level, const std::string& code,
                                      const std::string& resource = "",
                                      const std::string& orientation = "");
  v1::CreateCareOrderRequest NewOrder(const v1::Decision& decision, int hours = 48) const;
  /// A P2 dossier that the MRL has claimed and decided (R3 ORIENT CABINET), with its order.
  v1::CareOrder Ordered();
  v1::CareOrder GetOrder(const std::string& name);
  absl::StatusOr<v1::CareOrder> ClaimOrder(const base::Actor& actor, const std::string& name);
  absl::StatusOr<v1::CareOrder> Contact(const std::string& name,
                                        v1::TreatingDoctorContact::Outcome outcome);
  /// The OSNP calls the patient.
  absl::StatusOr<v1::CareOrder> Called(
      const std::string& order,
      v1::ContactAttempt::Result result = v1::ContactAttempt::RESULT_NO_ANSWER);
  absl::StatusOr<v1::RegulationCase> Complete(const base::Actor& actor, const std::string& name);
  absl::StatusOr<v1::RegulationCase> Close(const base::Actor& actor, const std::string& name,
                                           const std::string& attribution = "");
  absl::StatusOr<v1::RegulationCase> Bilan(const std::string& name,
                                           const std::vector<std::string>& teams = {});
  /// Dossiers move on in their life cycle as they do by themselves.
  void PassADay();

  /// booking tells of an appointment of the order.
  absl::Status Booked(
      const std::string& order, const std::string& appointment,
      sas::booking::v1::Appointment::State state = sas::booking::v1::Appointment::STATE_BOOKED,
      bool supernumerary = false);

  /// Types of the feed's events so far, in order.
  std::vector<std::string> EventTypes();

  testing::FakeClock clock_;
  const std::string protocols_folder_;  ///< Empty at the start of each test.
  std::unique_ptr<testing::InProcessServer> server_;
  MemoryRegulationStore store_{clock_};
  const care::Zone zone_;
  std::unique_ptr<RegulationMetrics> metrics_;
  std::unique_ptr<RoomWatch> room_;  ///< Looks when told; the bands of a busy platform in 85.
  std::unique_ptr<Desk> desk_;
  std::unique_ptr<RegulationService> service_;
  std::shared_ptr<ConsolePresence> presence_;  ///< Looks when told.
  std::unique_ptr<BoardWatchService> boards_;
  std::unique_ptr<KpiService> kpis_;
  std::unique_ptr<ProtocolMetrics> protocol_metrics_;
  std::unique_ptr<ProtocolLoader> loader_;  ///< Of protocols_folder_.
  std::unique_ptr<ProtocolDesk> protocol_desk_;
  std::unique_ptr<ProtocolService> protocol_service_;
  std::unique_ptr<RosterDesk> roster_desk_;
  std::unique_ptr<RosterService> roster_service_;
  std::unique_ptr<NeighbourService> neighbour_service_;
  std::unique_ptr<CoordinatorService> coordinator_service_;
  std::unique_ptr<v1::ProtocolService::Stub> protocol_stub_;
  std::unique_ptr<v1::RosterService::Stub> rosters_;
  std::unique_ptr<v1::NeighbourService::Stub> neighbours_;
  std::unique_ptr<v1::CoordinatorService::Stub> coordinators_;
  std::unique_ptr<ExchangeMetrics> exchange_metrics_;
  std::unique_ptr<ExchangeDesk> exchange_desk_;
  std::unique_ptr<ExchangeService> exchange_service_;
  std::unique_ptr<v1::ExchangeService::Stub> exchange_stub_;
  std::unique_ptr<EntryMetrics> entry_metrics_;
  std::unique_ptr<EntryDesk> entry_desk_;
  std::unique_ptr<EntryService> entry_service_;
  std::unique_ptr<v1::EntryService::Stub> entry_stub_;
  std::unique_ptr<TaskMetrics> task_metrics_;
  std::unique_ptr<TaskDesk> task_desk_;
  std::unique_ptr<TaskService> task_service_;
  std::unique_ptr<v1::TaskService::Stub> task_stub_;
  std::unique_ptr<PickupService> pickup_service_;
  std::unique_ptr<v1::PickupService::Stub> pickup_stub_;
  std::unique_ptr<v1::RegulationService::Stub> stub_;
  BookingReader booking_{store_, clock_};
  const base::Actor arm_ = testing::ActorWith(base::Role::kArm, "arm-1");
  const base::Actor mru_ = testing::ActorWith(base::Role::kRegulatorAmu, "mru-1");
  const base::Actor mrl_ = testing::ActorWith(base::Role::kRegulatorMg, "mrl-1");
  const base::Actor osnp_ = testing::ActorWith(base::Role::kOsnp, "osnp-1");

 private:
  int request_count_ = 0;
  int event_count_ = 0;
};

}  // namespace sas::regulation
