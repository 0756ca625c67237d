#pragma once

#include <memory>
#include <string>

#include "common/observe/metrics.h"
#include "sas/events/v1/event.pb.h"
#include "sas/slots/v1/planning_service.grpc.pb.h"
#include "services/slots/planning_service.h"
#include "services/slots/template_service.h"
#include "tests/rpc/slots_search/slots_server.h"

namespace sas::slots {

/// sas-slots with PlanningService and the territory of Challans, on Tuesday 24 November 2026, 10:00
/// in Paris. A change is in the searches when its call has been answered, as in the program.
class PlanningTest : public SlotsServerTest {
 protected:
  static constexpr char kRegion[] = "regions/fr-pdl";

  void SetUp() override {
    Import("challans", "fr-pdl");
    availability_ = std::make_unique<Availability>(Availability::Options{}, store_, book_,
                                                   projection_, health_, metrics_, clock_);
    ASSERT_THAT(availability_->Look(Internal()), IsOk());
    PlanningOptions options;
    options.import.test_identities = care::TestIdentities::kAccept;
    options.on_change = [this](const base::Call&, const std::string& /*region*/) {
      EXPECT_THAT(availability_->Look(Internal()), IsOk());
      Follow();
      EXPECT_THAT(availability_->Look(Internal()), IsOk());
      ++changes_;
    };
    planning_ = std::make_unique<PlanningService>(server_.runtime(), store_, options);
    AllowSlotMethods(server_.roles());
    AllowPlanningMethods(server_.roles());
    templates_ = std::make_unique<TemplateService>(server_.runtime(), store_, projection_,
                                                   observed_, options);
    AllowTemplateMethods(server_.roles());
    ASSERT_THAT(server_.Start({&slots_, &seats_, planning_.get(), templates_.get()},
                              {"sas.slots.v1.SlotService", "sas.slots.v1.SeatService",
                               "sas.slots.v1.PlanningService", "sas.slots.v1.TemplateService"}),
                IsOk());
    slots_stub_ = v1::SlotService::NewStub(server_.Channel());
    seats_stub_ = v1::SeatService::NewStub(server_.Channel());
    stub_ = v1::PlanningService::NewStub(server_.Channel());
    templates_stub_ = v1::TemplateService::NewStub(server_.Channel());
  }

  static base::Actor Planner() { return sas::testing::ActorWith(base::Role::kPlanner, "cpts"); }

  static base::Actor Of(base::Role role, const std::string& organization) {
    base::Actor actor = sas::testing::ActorWith(role, "someone");
    actor.organization = organization;
    return actor;
  }

  template <typename Response, typename Method, typename Request>
  absl::StatusOr<Response> Ask(Method method, const Request& request,
                               const base::Actor& actor = Planner()) {
    return Invoke<Response>(*stub_, method, request, actor);
  }

  v1::Site TheSite(const std::string& name = kCsnp) {
    v1::Site found;
    EXPECT_THAT(store_.Read(Internal(),
                            [&](SlotsTransaction& transaction) -> absl::Status {
                              SAS_ASSIGN_OR_RETURN(auto site, transaction.GetSite(name));
                              found = site.value_or(v1::Site());
                              return absl::OkStatus();
                            }),
                IsOk());
    return found;
  }

  v1::Practitioner ThePractitioner(const std::string& name) {
    v1::Practitioner found;
    EXPECT_THAT(store_.Read(Internal(),
                            [&](SlotsTransaction& transaction) -> absl::Status {
                              SAS_ASSIGN_OR_RETURN(auto person, transaction.GetPractitioner(name));
                              found = person.value_or(v1::Practitioner());
                              return absl::OkStatus();
                            }),
                IsOk());
    return found;
  }

  /// The first plan of the site, by name.
  v1::SessionPlan ThePlan(const std::string& site = kCsnp) {
    v1::SessionPlan found;
    EXPECT_THAT(store_.Read(Internal(),
                            [&](SlotsTransaction& transaction) -> absl::Status {
                              SAS_ASSIGN_OR_RETURN(const auto plans,
                                                   transaction.ListSessionPlans(site, Page{"", 1}));
                              if (!plans.empty()) found = plans[0];
                              return absl::OkStatus();
                            }),
                IsOk());
    return found;
  }

  absl::StatusOr<v1::Site> Update(const v1::Site& site, const std::string& request_id,
                                  const base::Actor& actor = Planner()) {
    v1::UpdateSiteRequest request;
    *request.mutable_site() = site;
    request.set_request_id(request_id);
    return Ask<v1::Site>(&v1::PlanningService::Stub::UpdateSite, request, actor);
  }

  absl::StatusOr<v1::SessionPlan> Update(const v1::SessionPlan& plan, const std::string& request_id,
                                         const base::Actor& actor = Planner(),
                                         bool allow_missing = false) {
    v1::UpdateSessionPlanRequest request;
    *request.mutable_session_plan() = plan;
    request.set_allow_missing(allow_missing);
    request.set_request_id(request_id);
    return Ask<v1::SessionPlan>(&v1::PlanningService::Stub::UpdateSessionPlan, request, actor);
  }

  absl::StatusOr<v1::Slot> Slot(const std::string& name) {
    v1::GetSlotRequest request;
    request.set_name(name);
    return Invoke<v1::Slot>(*slots_stub_, &v1::SlotService::Stub::GetSlot, request, Osnp());
  }

  /// Events of the ledger of one type.
  std::vector<events::v1::Event> Events(const std::string& type) {
    std::vector<events::v1::Event> found;
    const auto stored = store_.feed().Read(Internal(), "fr-pdl", "", 100);
    EXPECT_THAT(stored, IsOk());
    for (const auto& each : *stored) {
      events::v1::Event event;
      EXPECT_TRUE(event.ParseFromString(each.payload));
      if (event.type() == type) found.push_back(event);
    }
    return found;
  }

  std::unique_ptr<PlanningService> planning_;
  std::unique_ptr<v1::PlanningService::Stub> stub_;
  observe::Metrics observed_;
  std::unique_ptr<TemplateService> templates_;
  std::unique_ptr<v1::TemplateService::Stub> templates_stub_;
  int changes_ = 0;
};

}  // namespace sas::slots
