#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "common/base/status.h"
#include "common/testing/fake_clock.h"
#include "common/testing/in_process_server.h"
#include "common/testing/status_matchers.h"
#include "services/booking/convert.h"
#include "services/booking/displaced_service.h"
#include "services/booking/message_service.h"
#include "services/booking/refill_service.h"
#include "services/booking/roles.h"
#include "services/booking/seat_relay.h"
#include "services/booking/service.h"
#include "services/booking/source_service.h"
#include "tests/contract/booking/booking_stores.h"
#include "tests/rpc/booking/fakes.h"

namespace sas::booking {

constexpr char kSlot[] = "regions/fr-pdl/sites/challans/slots/a-20261124t1300z";
constexpr char kCase[] = "regions/fr-pdl/cases/c1";
constexpr char kOrder[] = "regions/fr-pdl/cases/c1/orders/o1";

/// BookingService on a real server, with its relay, between fake neighbours.
class BookingTest : public ::testing::Test {
 protected:
  explicit BookingTest(testing::Backend backend = testing::Backend::kMemory,
                       const MessagePolicy& policy = {});
  ~BookingTest() override;

  /// Stops everything, reopens the ledger and starts again, as after a crash.
  void Restart();

  base::Actor Pharmacist() const;
  base::Actor Effecteur() const;

  /// A direct entry of the pharmacist, on a fresh hold of `seat`.
  v1::CreateAppointmentRequest DirectRequest(const std::string& request_id, int seat = 0);
  /// An entry of the OSNP by the order, on a fresh hold.
  v1::CreateAppointmentRequest OrderRequest(const std::string& request_id, int seat = 0);
  /// Patients 1 to `count` of the dossier, in seats 0 to `count` - 1.
  v1::BatchCreateAppointmentsRequest Family(int count, const std::string& request_id = "b-1");
  /// An order that may be booked.
  regulation::v1::CareOrder SearchedOrder() const;

  absl::StatusOr<v1::Appointment> Create(const base::Actor& actor,
                                         const v1::CreateAppointmentRequest& request);
  v1::Appointment MustCreate(const std::string& request_id, int seat = 0);

  /// Whichever service the method is of.
  template <typename Response, typename Request, typename Stub>
  absl::StatusOr<Response> Ask(const base::Actor& actor, const Request& request,
                               grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                            Response*)) {
    grpc::ClientContext context;
    server_->Authorize(context, actor);
    Response response;
    Stub stub(server_->Channel());
    const grpc::Status status = (stub.*method)(&context, request, &response);
    if (!status.ok()) return rpc::FromGrpc(status);
    return response;
  }

  absl::StatusOr<v1::Appointment> Get(const base::Actor& actor, const std::string& name);
  /// Names of all appointments of the region, cancelled ones included.
  std::vector<std::string> AllNames();
  /// Events of the feed, serialized, from the start.
  std::vector<ledger::StoredEvent> Events();
  SeatBacklog Backlog();

  void Flush() { ASSERT_TRUE(relay_->Flush(std::chrono::seconds(10))); }

  testing::FakeClock clock_;
  const MessagePolicy policy_;
  const base::Actor osnp_ = testing::ActorWith(base::Role::kOsnp, "osnp-1");
  std::unique_ptr<StoreUnderTest> ledger_;
  FakeSlots slots_{clock_};
  FakeRegulation regulation_;
  std::unique_ptr<testing::InProcessServer> server_;
  std::unique_ptr<FaultyStore> store_;
  std::unique_ptr<BookingMetrics> metrics_;
  std::unique_ptr<BookingService> service_;
  std::unique_ptr<RefillMetrics> refill_metrics_;
  std::unique_ptr<RefillService> refill_service_;
  std::unique_ptr<MessageService> message_service_;
  std::unique_ptr<SourceService> source_service_;
  std::unique_ptr<DisplacedMetrics> displaced_metrics_;
  std::unique_ptr<DisplacedService> displaced_service_;
  std::unique_ptr<SeatRelay> relay_;
  std::unique_ptr<v1::BookingService::Stub> stub_;
  std::unique_ptr<v1::RefillService::Stub> refill_stub_;

 private:
  void Start();
  void Stop();
};

}  // namespace sas::booking
