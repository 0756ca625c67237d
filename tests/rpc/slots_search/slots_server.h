#pragma once

#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "common/testing/fake_clock.h"
#include "common/testing/in_process_server.h"
#include "common/testing/status_matchers.h"
#include "sas/slots/v1/directory_service.pb.h"
#include "services/slots/availability.h"
#include "services/slots/roles.h"
#include "services/slots/rotation_service.h"
#include "services/slots/seat_offer_service.h"
#include "services/slots/seat_service.h"
#include "services/slots/seats_memory.h"
#include "services/slots/slot_answers.h"
#include "services/slots/slot_service.h"
#include "services/slots/store_memory.h"
#include "services/slots/watch_service.h"

namespace sas::slots {

using sas::testing::IsOk;
using sas::testing::ReasonIs;
using sas::testing::StatusIs;

/// sas-slots in the process with a demo territory, on Tuesday 24 November 2026, 10:00 in Paris.
class SlotsServerTest : public ::testing::Test {
 protected:
  static constexpr char kCsnp[] = "regions/fr-pdl/sites/csnp-challans";
  /// Tuesday 13:45 in Paris, kept for regulated orders.
  static constexpr char kCsnpSlot[] =
      "regions/fr-pdl/sites/csnp-challans/slots/csnp-20261124t1245z";
  static constexpr char kOrder[] = "regions/fr-pdl/cases/c1/orders/o1";

  /// By the id of the site.
  static std::map<std::string, v1::ExcludedSite> ExcludedOf(const v1::SearchSlotsResponse& answer) {
    std::map<std::string, v1::ExcludedSite> excluded;
    for (const v1::ExcludedSite& each : answer.excluded_sites()) {
      excluded[each.site().substr(each.site().rfind('/') + 1)] = each;
    }
    return excluded;
  }

  void SetUp() override { Serve("challans", "fr-pdl"); }

  void TearDown() override {
    server_.Stop([this] { watches_.CloseStreams(); });
  }

  void Serve(const std::string& file, const std::string& region) {
    Import(file, region);
    availability_ = std::make_unique<Availability>(Availability::Options{}, store_, book_,
                                                   projection_, health_, metrics_, clock_);
    ASSERT_THAT(availability_->Look(Internal()), IsOk());
    AllowSlotMethods(server_.roles());
    AllowSeatOfferMethods(server_.roles());
    AllowRotationMethods(server_.roles());
    projection_.OnExchange(watches_.Listener());
    ASSERT_THAT(server_.Start({&slots_, &seats_, &seat_offers_, &rotation_, &watches_},
                              {"sas.slots.v1.SlotService", "sas.slots.v1.SeatService",
                               "sas.slots.v1.SeatOfferService", "sas.slots.v1.RotationService",
                               "sas.slots.v1.AvailabilityWatchService"}),
                IsOk());
    slots_stub_ = v1::SlotService::NewStub(server_.Channel());
    seats_stub_ = v1::SeatService::NewStub(server_.Channel());
    offers_stub_ = v1::SeatOfferService::NewStub(server_.Channel());
    watch_stub_ = v1::AvailabilityWatchService::NewStub(server_.Channel());
  }

  void Import(const std::string& file, const std::string& region) {
    std::ifstream in(std::string(SAS_DEMO) + "/" + file + ".json");
    std::stringstream text;
    text << in.rdbuf();
    v1::Territory territory;
    ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(text.str(), &territory).ok()) << file;
    ASSERT_THAT(store_.Write(Internal(),
                             [&](SlotsTransaction& transaction) -> absl::Status {
                               SAS_RETURN_IF_ERROR(transaction.NextDirectory(region).status());
                               for (const auto& each : territory.communes()) {
                                 SAS_RETURN_IF_ERROR(transaction.PutCommune(region, each));
                               }
                               for (const auto& each : territory.structures()) {
                                 SAS_RETURN_IF_ERROR(transaction.PutStructure(each));
                               }
                               for (const auto& each : territory.barriers()) {
                                 SAS_RETURN_IF_ERROR(transaction.PutBarrier(each));
                               }
                               for (const auto& each : territory.practitioners()) {
                                 SAS_RETURN_IF_ERROR(transaction.PutPractitioner(each));
                               }
                               for (const auto& each : territory.sites()) {
                                 SAS_RETURN_IF_ERROR(transaction.PutSite(each));
                               }
                               for (const auto& each : territory.session_plans()) {
                                 SAS_RETURN_IF_ERROR(transaction.PutSessionPlan(each));
                               }
                               return absl::OkStatus();
                             }),
                IsOk());
  }

  base::Call Internal() { return base::InternalCall("test", clock_, std::chrono::seconds(30)); }

  /// What the follower's thread does all the time.
  void Follow(const std::string& region = "fr-pdl") {
    EXPECT_THAT(projection_.Follow(Internal(), region, std::chrono::milliseconds(0)), IsOk());
  }

  /// The CSNP's plans end before today: its slots are gone from the book, and once followed from
  /// memory too.
  void EndSessions() {
    ASSERT_THAT(store_.Write(Internal(),
                             [&](SlotsTransaction& transaction) -> absl::Status {
                               SAS_ASSIGN_OR_RETURN(const auto plans,
                                                    transaction.ListSessionPlans(kCsnp, Page{}));
                               for (v1::SessionPlan plan : plans) {
                                 plan.set_effective_end_date("2026-11-01");
                                 SAS_RETURN_IF_ERROR(transaction.PutSessionPlan(plan));
                               }
                               return transaction.TouchSite("fr-pdl", kCsnp);
                             }),
                IsOk());
    ASSERT_THAT(availability_->Look(Internal()), IsOk());
  }

  template <typename Response, typename Stub, typename Method, typename Request>
  absl::StatusOr<Response> Invoke(Stub& stub, Method method, const Request& request,
                                  const base::Actor& actor) {
    grpc::ClientContext context;
    server_.Authorize(context, actor);
    Response response;
    const grpc::Status status = (stub.*method)(&context, request, &response);
    if (!status.ok()) return rpc::FromGrpc(status);
    return response;
  }

  static base::Actor Osnp(const std::string& subject = "osnp-1") {
    return sas::testing::ActorWith(base::Role::kOsnp, subject);
  }

  static base::Actor Service() { return sas::testing::ActorWith(base::Role::kService, "booking"); }

  /// An adult with a fever whose doctor is away, regulated by the 116 117.
  static v1::CareNeed NeedOf116117() {
    v1::CareNeed need;
    need.set_entry_point(type::v1::ENTRY_POINT_LINE_116117);
    need.set_care_order(kOrder);
    need.set_motif_code("M03.14");
    need.mutable_age()->set_value(40);
    need.mutable_age()->set_unit(type::v1::Age::UNIT_YEAR);
    need.set_access_reason(type::v1::ACCESS_REASON_MT_INDISPONIBLE);
    need.set_territory("85");
    need.set_severity_sign(type::v1::SIGN_ANSWER_NO);
    return need;
  }

  static v1::SearchSlotsRequest AroundChallans() {
    v1::SearchSlotsRequest request;
    request.set_parent("regions/fr-pdl");
    request.set_insee_code("85047");
    *request.mutable_need() = NeedOf116117();
    return request;
  }

  absl::StatusOr<v1::SearchSlotsResponse> Search(const v1::SearchSlotsRequest& request,
                                                 const base::Actor& actor = Osnp()) {
    return Invoke<v1::SearchSlotsResponse>(*slots_stub_, &v1::SlotService::Stub::SearchSlots,
                                           request, actor);
  }

  absl::StatusOr<v1::SlotHold> Hold(const std::string& slot, const base::Actor& actor = Osnp(),
                                    const std::string& request_id = "R-1",
                                    const v1::CareNeed& need = NeedOf116117()) {
    v1::HoldSlotRequest request;
    request.set_name(slot);
    *request.mutable_need() = need;
    request.set_request_id(request_id);
    return Invoke<v1::SlotHold>(*slots_stub_, &v1::SlotService::Stub::HoldSlot, request, actor);
  }

  absl::StatusOr<v1::SlotHold> Renew(const v1::SlotHold& hold, const base::Actor& actor = Osnp()) {
    v1::RenewSlotHoldRequest request;
    request.set_name(hold.slot().name());
    request.set_hold_token(hold.hold_token());
    request.set_request_id("R-renew");
    return Invoke<v1::SlotHold>(*slots_stub_, &v1::SlotService::Stub::RenewSlotHold, request,
                                actor);
  }

  absl::StatusOr<v1::PreparedSeat> Prepare(const v1::SlotHold& hold,
                                           const std::string& appointment = "a1",
                                           const std::string& holder = "osnp-1",
                                           const v1::CareNeed& need = NeedOf116117()) {
    return Invoke<v1::PreparedSeat>(*seats_stub_, &v1::SeatService::Stub::PrepareSeat,
                                    PrepareRequest(hold, appointment, holder, need), Service());
  }

  static v1::PrepareSeatRequest PrepareRequest(const v1::SlotHold& hold,
                                               const std::string& appointment,
                                               const std::string& holder,
                                               const v1::CareNeed& need) {
    v1::PrepareSeatRequest request;
    request.set_slot(hold.slot().name());
    request.set_hold_token(hold.hold_token());
    request.set_appointment("regions/fr-pdl/appointments/" + appointment);
    *request.mutable_need() = need;
    request.set_holder(holder);
    request.set_request_id("R-prepare");
    return request;
  }

  absl::StatusOr<int> Commit(const std::string& slot, const std::string& appointment, bool taken,
                             const std::string& request_id) {
    v1::CommitSeatsRequest request;
    request.set_parent("regions/fr-pdl");
    v1::SeatChange& change = *request.add_changes();
    change.set_slot(slot);
    change.set_appointment("regions/fr-pdl/appointments/" + appointment);
    change.set_taken(taken);
    request.set_request_id(request_id);
    const auto response = Invoke<v1::CommitSeatsResponse>(
        *seats_stub_, &v1::SeatService::Stub::CommitSeats, request, Service());
    if (!response.ok()) return response.status();
    return response->applied_count();
  }

  static std::vector<std::string> SlotsOf(const v1::SearchSlotsResponse& response) {
    std::vector<std::string> names;
    for (const v1::SlotMatch& match : response.matches()) names.push_back(match.slot().name());
    return names;
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
  SlotService slots_{server_.runtime(), projection_, book_, metrics_, store_, kHoldsPerHolderMax};
  SeatService seats_{server_.runtime(), projection_, book_, store_, metrics_};
  SeatOfferService seat_offers_{server_.runtime(), projection_, book_};
  RotationService rotation_{server_.runtime(), projection_};
  WatchService watches_{server_.runtime(), projection_, book_, metrics_, registry_};
  std::unique_ptr<v1::SlotService::Stub> slots_stub_;
  std::unique_ptr<v1::SeatService::Stub> seats_stub_;
  std::unique_ptr<v1::SeatOfferService::Stub> offers_stub_;
  std::unique_ptr<v1::AvailabilityWatchService::Stub> watch_stub_;
};

}  // namespace sas::slots
