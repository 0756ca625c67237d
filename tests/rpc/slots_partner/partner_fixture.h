#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/base/timestamp.h"
#include "common/testing/fake_clock.h"
#include "common/testing/in_process_server.h"
#include "common/testing/status_matchers.h"
#include "sas/slots/v1/partner_feed_service.grpc.pb.h"
#include "sas/slots/v1/slot_service.grpc.pb.h"
#include "services/slots/availability.h"
#include "services/slots/partner_service.h"
#include "services/slots/seat_service.h"
#include "services/slots/seats_memory.h"
#include "services/slots/slot_service.h"
#include "services/slots/source_desk.h"
#include "services/slots/source_questions.h"
#include "services/slots/store_memory.h"

namespace sas::slots {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::IsOk;
using testing::ReasonIs;
using testing::StatusIs;

/// PartnerFeedService beside SlotService in one process, over a store and a book in memory, with
/// the demo territory of Challans, on Tuesday 24 November 2026, 10:00 in Paris.
class PartnerTest : public ::testing::Test {
 protected:
  static constexpr char kSite[] = "regions/fr-pdl/sites/csnp-challans";
  static constexpr char kAgenda[] = "regions/fr-pdl/sites/csnp-challans/agendas/doctoplan";
  static constexpr char kRpps[] = "99709850103";

  using Client = grpc::ClientReaderWriter<v1::SyncAgendasRequest, v1::SyncAgendasResponse>;

  void SetUp() override;
  void TearDown() override;

  /// A platform for the structure of kSite unless `organization` says otherwise.
  static base::Actor Platform(const std::string& subject = "doctoplan",
                              const std::string& organization = kSite);
  static base::Actor Osnp();

  /// A sound slot that starts so long after 10:00.
  v1::PartnerSlot SlotAt(minutes after, int free_seats = 1) const;
  v1::AgendaFrame Delta(std::int64_t sequence, const std::vector<v1::PartnerSlot>& changed = {},
                        const std::vector<minutes>& removed = {}) const;
  /// Of the next 30 days.
  v1::AgendaFrame Snapshot(std::int64_t sequence, const std::vector<v1::PartnerSlot>& slots) const;
  static std::string NameAt(minutes after);

  /// Sends frames by one stream and gives their answers; the stream ends well.
  std::vector<v1::AgendaAck> Sync(const std::vector<v1::AgendaFrame>& frames,
                                  const base::Actor& actor = Platform());
  v1::AgendaAck SyncOne(const v1::AgendaFrame& frame, const base::Actor& actor = Platform());

  /// An open stream for a test that wants to do more.
  std::unique_ptr<Client> Open(grpc::ClientContext& context, const base::Actor& actor = Platform());

  absl::StatusOr<v1::ImportAgendaResponse> Import(const v1::AgendaFrame& frame,
                                                  const std::string& request_id = "R-1",
                                                  const base::Actor& actor = Platform());
  absl::StatusOr<v1::Slot> Refuse(const std::string& slot, const std::string& code = "TAKEN",
                                  const std::string& request_id = "R-1",
                                  const base::Actor& actor = Osnp());
  absl::StatusOr<v1::PartnerAgenda> Release(const base::Actor& actor,
                                            const std::string& request_id = "R-1");
  absl::StatusOr<v1::ListPartnerAgendasResponse> List(const base::Actor& actor, int page_size = 0,
                                                      const std::string& token = "");

  /// What the rebuilder and the follower do all the time.
  void Follow();
  /// Agenda slots that a search of the OSNP offers, by name; looks first.
  std::vector<v1::SlotMatch> Offered();
  /// The whole answer, of the sites so near Challans; without a look.
  v1::SearchSlotsResponse Search(int radius_meters = 0);
  std::vector<std::string> OfferedNames();
  /// How the slot stands for whoever has an appointment there.
  v1::SlotStanding::Kind Standing(minutes after);
  /// Our own ledger gives a seat to an appointment.
  void Book(const std::string& slot, const std::string& appointment = "a1");

  /// A planner changes kSite, or the practitioner of kRpps.
  void Change(const std::function<void(v1::Site&)>& change);
  void ChangeDoctor(const std::function<void(v1::Practitioner&)>& change);

  absl::Status Write(const std::function<absl::Status(SlotsTransaction&)>& work);
  base::Call Internal() const;

  template <typename Response, typename Stub, typename Method, typename Request>
  absl::StatusOr<Response> Invoke(Stub& stub, Method method, const Request& request,
                                  const base::Actor& actor) const {
    grpc::ClientContext context;
    server_.Authorize(context, actor);
    Response response;
    const grpc::Status status = (stub.*method)(&context, request, &response);
    if (!status.ok()) return rpc::FromGrpc(status);
    return response;
  }

  static sas::testing::InProcessServer::Options OptionsWith(const base::Clock& clock) {
    sas::testing::InProcessServer::Options options;
    options.clock = &clock;
    return options;
  }

  sas::testing::FakeClock clock_;
  MemorySlotsStore store_{clock_};
  MemorySeatBook book_{clock_};
  Projection projection_{book_, clock_};
  observe::Metrics registry_;
  SlotsMetrics metrics_{registry_};
  rpc::Health health_;
  std::unique_ptr<Availability> availability_;
  sas::testing::InProcessServer server_{OptionsWith(clock_)};
  PartnerGate gate_{{{200, 400}, {3, std::chrono::milliseconds(10'000)}}, clock_};
  PartnerMetrics partner_metrics_{registry_, clock_};
  PartnerFeed feed_{store_, projection_.feeds(), gate_, partner_metrics_, clock_};
  PartnerRecords records_{store_, gate_, partner_metrics_, clock_};
  SourceDesk desk_{{std::chrono::milliseconds(300), {3, std::chrono::milliseconds(10'000)}},
                   partner_metrics_,
                   clock_};
  SourceQuestions questions_{store_, desk_, partner_metrics_, clock_};
  SlotService slots_{server_.runtime(),  projection_, book_, metrics_, store_,
                     kHoldsPerHolderMax, &questions_};
  SeatService seats_{server_.runtime(), projection_, book_, store_, metrics_, &questions_};
  PartnerService partners_{server_.runtime(), feed_, records_, &desk_};
  std::unique_ptr<v1::SeatService::Stub> seats_stub_;
  std::unique_ptr<v1::SlotService::Stub> slots_stub_;
  std::unique_ptr<v1::PartnerFeedService::Stub> stub_;
};

}  // namespace sas::slots
