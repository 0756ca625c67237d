#include <prometheus/gauge.h>

#include <cmath>

#include "services/regulation/case_work.h"
#include "services/regulation/kpi_metrics.h"
#include "tests/rpc/regulation/regulation_fixture.h"

namespace sas::regulation {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ActorWith;
using testing::IsOk;
using testing::ReasonIs;
using testing::StatusIs;

class KpiTest : public RegulationTest {
 protected:
  v1::QueryKpisRequest LastDay() const {
    v1::QueryKpisRequest request;
    request.set_parent("regions/fr-pdl");
    *request.mutable_start_time() = ToTimestamp(clock_.Now() - hours(24));
    *request.mutable_end_time() = ToTimestamp(clock_.Now());
    return request;
  }

  absl::StatusOr<v1::QueryKpisResponse> Query(const base::Actor& actor,
                                              const v1::QueryKpisRequest& request) {
    const auto stub = v1::KpiService::NewStub(server_->Channel());
    grpc::ClientContext context;
    server_->Authorize(context, actor);
    v1::QueryKpisResponse response;
    const grpc::Status status = stub->QueryKpis(&context, request, &response);
    if (!status.ok()) return rpc::FromGrpc(status);
    return response;
  }

  /// A call that waited so long before an ARM picked it up now.
  v1::RegulationCase Called(seconds waited, const std::string& territory = "85") {
    auto request = NewCase("M03.05");
    request.mutable_regulation_case()->set_territory(territory);
    request.mutable_regulation_case()->mutable_patient_place()->set_insee_code(territory + "047");
    auto& origin = *request.mutable_regulation_case()->mutable_origin();
    *origin.mutable_arrival_time() = ToTimestamp(clock_.Now() - waited);
    const auto opened = Ask(arm_, &Stub::CreateRegulationCase, request);
    EXPECT_THAT(opened, IsOk());
    return opened.value_or(v1::RegulationCase());
  }

  void Lost(const std::string& number, int rang) {
    v1::RecordLostCallRequest request;
    request.set_parent("regions/fr-pdl");
    request.mutable_lost_call()->set_phone_number(number);
    request.mutable_lost_call()->set_territory("85");
    request.mutable_lost_call()->set_ring_seconds(rang);
    EXPECT_THAT(Ask(arm_, &Stub::RecordLostCall, request), IsOk());
  }

  static const v1::KpiFigure& Figure(const v1::QueryKpisResponse& response, const std::string& id,
                                     const std::string& label = "") {
    static const v1::KpiFigure none;
    for (const v1::Kpi& kpi : response.kpis()) {
      if (kpi.id() != id) continue;
      for (const v1::KpiFigure& figure : kpi.figures()) {
        if (figure.label() == label) return figure;
      }
    }
    ADD_FAILURE() << id << " " << label << " is not there";
    return none;
  }
};

TEST_F(KpiTest, ADayOfActsGivesItsKnownTotals) {
  Called(seconds(20));
  Called(seconds(61));
  Lost("+33199000051", 5);
  Lost("+33199000052", 40);
  Lost("+33199000052", 15);  // Joined, and a lost call with a ringing of its own (K04).
  const std::string raised = Called(seconds(10)).name();
  ASSERT_THAT(Prioritize(arm_, raised, v1::PRIORITY_P2), IsOk());
  ASSERT_THAT(Prioritize(arm_, raised, v1::PRIORITY_P1), IsOk());
  const v1::CareOrder order = Ordered();  // Opened, P2, claimed, decided R3 ORIENT.
  ASSERT_THAT(ClaimOrder(osnp_, order.name()), IsOk());
  ASSERT_THAT(Contact(order.name(), v1::TreatingDoctorContact::OUTCOME_NONE_DECLARED), IsOk());
  ASSERT_THAT(Booked(order.name(), "regions/fr-pdl/appointments/a"), IsOk());
  clock_.Advance(seconds(1));  // The period ends before this instant.

  const auto told = Query(ActorWith(base::Role::kSupervisor), LastDay());
  ASSERT_THAT(told, IsOk());
  EXPECT_EQ(told->kpis_size(), 21);
  EXPECT_DOUBLE_EQ(Figure(*told, "K01").numerator(), 2);
  EXPECT_DOUBLE_EQ(Figure(*told, "K01").denominator(), 6);  // Three with arrival, three lost.
  EXPECT_DOUBLE_EQ(Figure(*told, "K04").numerator(), 3);
  EXPECT_DOUBLE_EQ(Figure(*told, "K04", ">15s").numerator(), 1);
  EXPECT_DOUBLE_EQ(Figure(*told, "K10").numerator(), 1);
  EXPECT_DOUBLE_EQ(Figure(*told, "K10").denominator(), 4);
  EXPECT_DOUBLE_EQ(Figure(*told, "K12", "R3").value(), 1);
  EXPECT_DOUBLE_EQ(Figure(*told, "K12", "ORIENT").value(), 1);
  EXPECT_DOUBLE_EQ(Figure(*told, "K14").value(), 1);
  EXPECT_DOUBLE_EQ(Figure(*told, "K15").value(), 1);
  EXPECT_DOUBLE_EQ(Figure(*told, "K16").value(), 1);
  EXPECT_DOUBLE_EQ(Figure(*told, "K31", "LINE_15").numerator(), 4);
  EXPECT_FALSE(told->kpis(4).unknown_reason().empty());  // K05
  EXPECT_FALSE(told->kpis(0).definition().empty());
  EXPECT_EQ(told->definition_version(), kKpiVersion);
  EXPECT_TRUE(told->has_known_since_time());
}

TEST_F(KpiTest, H13_APromiseOfADecisionIsKeptByTheCallItself) {
  const auto promised = [&] {
    const std::string name = Prioritized(v1::PRIORITY_P2).name();
    v1::CreateDecisionRequest request;
    request.set_parent(name);
    const auto claimed = Claim(mrl_, name);
    EXPECT_THAT(claimed, IsOk());
    v1::Decision& decision = *request.mutable_decision();
    decision.set_claim_version(claimed->claim().version());
    decision.set_care_level(v1::CARE_LEVEL_R4);
    decision.set_decision_code("CONSEIL");
    decision.set_instructions("Boire, rappeler le 15 si cela empire.");
    decision.mutable_callback()->set_consent(true);
    *decision.mutable_callback()->mutable_window_start_time() =
        ToTimestamp(clock_.Now() + hours(1));
    *decision.mutable_callback()->mutable_window_end_time() = ToTimestamp(clock_.Now() + hours(2));
    EXPECT_THAT(Ask(mrl_, &Stub::CreateDecision, request), IsOk());
    return name;
  };
  const std::string called = promised();
  promised();
  clock_.Advance(minutes(90));
  v1::RecordCallbackAttemptRequest attempt;
  attempt.set_name(called);
  attempt.set_result(v1::CallReturn::RESULT_NO_ANSWER);
  ASSERT_THAT(Ask(arm_, &Stub::RecordCallbackAttempt, attempt), IsOk());
  clock_.Advance(hours(1));
  const auto told = Query(ActorWith(base::Role::kSupervisor), LastDay());
  ASSERT_THAT(told, IsOk());
  EXPECT_DOUBLE_EQ(Figure(*told, "K11").numerator(), 1);
  EXPECT_DOUBLE_EQ(Figure(*told, "K11").denominator(), 2);
}

TEST_F(KpiTest, ACallCountsAsLongAsTheTelephoneSystemSays) {
  const base::Actor link = ActorWith(base::Role::kService, "telephony");
  v1::AnnounceCallRequest rings;
  rings.set_parent("regions/fr-pdl");
  rings.mutable_waiting_call()->set_territory("85");
  rings.mutable_waiting_call()->set_call_reference("a");
  rings.mutable_waiting_call()->set_origine_code("15");
  const auto call = AskOn(pickup_stub_, link, &v1::PickupService::Stub::AnnounceCall, rings);
  ASSERT_THAT(call, IsOk());
  auto opening = NewCase("M03.05");
  opening.mutable_regulation_case()->mutable_origin()->set_waiting_call(call->name());
  const base::Instant answered = clock_.Now();
  const auto row = Ask(arm_, &Stub::CreateRegulationCase, opening);
  ASSERT_THAT(row, IsOk());
  ASSERT_THAT(Prioritize(arm_, row->name(), v1::PRIORITY_P2), IsOk());
  v1::EndWaitingCallRequest end;
  end.set_name(call->name());
  *end.mutable_end_time() = ToTimestamp(answered - seconds(1));
  ASSERT_THAT(AskOn(pickup_stub_, link, &v1::PickupService::Stub::EndWaitingCall, end),
              IsOk());  // Cannot be.
  clock_.Advance(minutes(4));
  *end.mutable_end_time() = ToTimestamp(answered + minutes(3));
  end.clear_request_id();
  ASSERT_THAT(AskOn(pickup_stub_, link, &v1::PickupService::Stub::EndWaitingCall, end), IsOk());
  clock_.Advance(seconds(1));
  const auto told = Query(ActorWith(base::Role::kSupervisor), LastDay());
  ASSERT_THAT(told, IsOk());
  EXPECT_THAT(told->kpis(4).unknown_reason(), ::testing::IsEmpty());
  for (const char* label : {"", "arm", "P2", "SNP"}) {
    EXPECT_DOUBLE_EQ(Figure(*told, "K05", label).value(), 180) << label;
  }
}

TEST_F(KpiTest, AppointmentsAreToldByTheirChannel) {
  const auto booked = [&](const std::string& code, const std::string& resource,
                          const std::string& orientation, sas::type::v1::ConsultationMode mode,
                          int community_after = 0, bool supernumerary = false) {
    const std::string name = Prioritized(v1::PRIORITY_P2).name();
    ASSERT_THAT(Claim(mrl_, name), IsOk());
    const auto decision = Decide(mrl_, name, v1::CARE_LEVEL_R3, code, resource, orientation);
    ASSERT_THAT(decision, IsOk());
    auto request = NewOrder(*decision);
    request.mutable_care_order()->clear_modes();
    request.mutable_care_order()->add_modes(mode);
    const auto order = Ask(mrl_, &Stub::CreateCareOrder, request);
    ASSERT_THAT(order, IsOk());
    if (community_after > 0) {
      const auto accept = [&](RegulationTransaction& transaction) -> absl::Status {
        v1::CareOrder row = *order;
        row.mutable_community_request()->set_state(v1::CommunityRequest::STATE_ACCEPTED);
        *row.mutable_community_request()->mutable_slot_start_time() =
            ToTimestamp(clock_.Now() + hours(community_after));
        return SaveOrder(transaction, row, clock_.Now(), "order.updated", "Test", "");
      };
      ASSERT_THAT(store_.Write(base::InternalCall("test", clock_, seconds(5)), accept), IsOk());
    }
    ASSERT_THAT(Booked(order->name(), "regions/fr-pdl/appointments/a",  // In 3 h.
                       sas::booking::v1::Appointment::STATE_BOOKED, supernumerary),
                IsOk());
  };
  using namespace sas::type::v1;
  booked("ORIENT", "LIBERAL.MG", "CABINET", CONSULTATION_MODE_AMB);
  booked("ORIENT", "LIBERAL.MG", "AUTRE", CONSULTATION_MODE_VR);
  booked("INTER", "LIBERAL.SOS", "", CONSULTATION_MODE_HH);
  booked("ORIENT", "LIBERAL.MG", "CABINET", CONSULTATION_MODE_AMB, 3);
  booked("ORIENT", "LIBERAL.MG", "CABINET", CONSULTATION_MODE_AMB, 4);  // Another slot was booked.
  booked("ORIENT", "LIBERAL.MG", "CABINET", CONSULTATION_MODE_AMB, 0, true);
  clock_.Advance(seconds(1));
  const auto told = Query(ActorWith(base::Role::kSupervisor), LastDay());
  ASSERT_THAT(told, IsOk());
  EXPECT_DOUBLE_EQ(Figure(*told, "K16").numerator(), 6);
  EXPECT_DOUBLE_EQ(Figure(*told, "K16", "SLOT").numerator(), 2);
  for (const char* channel : {"TELECONSULTATION", "SOS", "PDM", "OVERBOOKING"}) {
    EXPECT_DOUBLE_EQ(Figure(*told, "K16", channel).numerator(), 1) << channel;
  }
  EXPECT_FALSE(Figure(*told, "K16", "CPTS").has_value());
}

TEST_F(KpiTest, TerritoriesAreTheirOwn) {
  Called(seconds(5), "85");
  Called(seconds(5), "72");
  base::Actor of_72 = ActorWith(base::Role::kSupervisor, "sup-72");
  of_72.territories = {"72"};
  const auto told = Query(of_72, LastDay());
  ASSERT_THAT(told, IsOk());
  EXPECT_DOUBLE_EQ(Figure(*told, "K03").denominator(), 1);
  auto request = LastDay();
  request.set_territory("85");
  EXPECT_THAT(Query(of_72, request), ReasonIs("TERRITORY_FORBIDDEN"));
}

TEST_F(KpiTest, H51_ReadersOutsideGetNoFigureOfAFew) {
  Called(seconds(5));
  const auto outside = Query(ActorWith(base::Role::kSteering, "cpts-1"), LastDay());
  ASSERT_THAT(outside, IsOk());
  EXPECT_TRUE(Figure(*outside, "K03").masked());
  EXPECT_FALSE(Figure(*outside, "K03").has_value());
  const auto inside = Query(ActorWith(base::Role::kSupervisor), LastDay());
  EXPECT_DOUBLE_EQ(Figure(*inside, "K03").value(), 1);
}

TEST_F(KpiTest, RefusesPeriodsIdsAndRoles) {
  const base::Actor supervisor = ActorWith(base::Role::kSupervisor);
  auto request = LastDay();
  *request.mutable_end_time() = request.start_time();
  EXPECT_THAT(Query(supervisor, request),
              StatusIs(absl::StatusCode::kInvalidArgument, "INVALID_PERIOD"));
  request = LastDay();
  *request.mutable_start_time() = ToTimestamp(clock_.Now() - hours(24 * 31) - seconds(1));
  EXPECT_THAT(Query(supervisor, request),
              StatusIs(absl::StatusCode::kOutOfRange, "PERIOD_TOO_LONG"));
  *request.mutable_start_time() = ToTimestamp(clock_.Now() - hours(24 * 31));
  EXPECT_THAT(Query(supervisor, request), IsOk());
  request.add_kpi_ids("K99");
  EXPECT_THAT(Query(supervisor, request), ReasonIs("UNKNOWN_KPI"));
  request.clear_kpi_ids();
  request.add_kpi_ids("K31");
  const auto one = Query(supervisor, request);
  ASSERT_THAT(one, IsOk());
  EXPECT_EQ(one->kpis_size(), 1);
  // Speed must not become the aim of those whose work it is.
  EXPECT_THAT(Query(arm_, LastDay()), ReasonIs("ROLE_FORBIDDEN"));
  EXPECT_THAT(Query(osnp_, LastDay()), ReasonIs("ROLE_FORBIDDEN"));
}

TEST_F(KpiTest, TheLastHourStandsInTheMetrics) {
  KpiMetrics metrics(server_->metrics());
  const auto gauge = [&](const std::string& id, const std::string& unit,
                         const std::string& territory = "all") {
    return server_->metrics()
        .Gauge("sas_regulation_kpi",
               "Figures of domain.md §2.2 over the last hour; NaN when there is nothing to divide "
               "by.",
               {{"kpi", id}, {"territory", territory}, {"unit", unit}})
        .Value();
  };
  EXPECT_TRUE(std::isnan(gauge("K01", "ratio")));
  Called(seconds(90));
  Called(seconds(10), "72");
  ASSERT_THAT(ReadKpis(*desk_, metrics, base::InternalCall("kpis", clock_, seconds(5))), IsOk());
  EXPECT_DOUBLE_EQ(gauge("K01", "ratio"), 0.5);
  EXPECT_DOUBLE_EQ(gauge("K01", "ratio", "85"), 0);
  EXPECT_DOUBLE_EQ(gauge("K01", "ratio", "72"), 1);
  EXPECT_DOUBLE_EQ(gauge("K06", "seconds"), 50);
  clock_.Advance(hours(2));
  ASSERT_THAT(ReadKpis(*desk_, metrics, base::InternalCall("kpis", clock_, seconds(5))), IsOk());
  EXPECT_TRUE(std::isnan(gauge("K01", "ratio")));
  EXPECT_TRUE(std::isnan(gauge("K01", "ratio", "85")));
}

TEST_F(KpiTest, S3_37_CallsAreCountedByTheNumberDialled) {
  desk_->lines = Lines({"15", "+33199008515"});
  const auto open = [&](const std::string& dialled) {
    auto request = NewCase("M03.05");
    request.mutable_regulation_case()->mutable_origin()->set_dialled_number(dialled);
    return Ask(arm_, &Stub::CreateRegulationCase, request);
  };
  const auto first = open("+33199008515");
  ASSERT_THAT(first, IsOk());
  EXPECT_EQ(first->origin().dialled_number(), "+33199008515");
  ASSERT_THAT(open("+33199009999"), IsOk());
  ASSERT_THAT(open("3966"), IsOk());
  ASSERT_THAT(open(""), IsOk());
  v1::AttachCallRequest attach;
  attach.set_name(first->name());
  attach.mutable_call()->set_entry_point(sas::type::v1::ENTRY_POINT_LINE_15);
  attach.mutable_call()->set_dialled_number("15");
  ASSERT_THAT(Ask(arm_, &Stub::AttachCall, attach), IsOk());
  const auto answer = Query(ActorWith(base::Role::kSupervisor), LastDay());
  ASSERT_THAT(answer, IsOk());
  for (const auto& [label, count] : std::vector<std::pair<std::string, int>>{
           {"15", 1}, {"+33199008515", 1}, {"other", 2}, {"unknown", 1}}) {
    EXPECT_EQ(Figure(*answer, "K37", label).numerator(), count) << label;
    EXPECT_EQ(Figure(*answer, "K37", label).denominator(), 5) << label;
  }
  EXPECT_TRUE(Figure(*Query(ActorWith(base::Role::kSteering), LastDay()), "K37", "15").masked());
}

// The call that opens a dossier of its own was counted when it came.
TEST_F(KpiTest, H07_ADetachedCallIsCountedOnce) {
  const v1::RegulationCase first = Called(seconds(5));
  v1::AttachCallRequest attach;
  attach.set_name(first.name());
  attach.mutable_call()->set_entry_point(sas::type::v1::ENTRY_POINT_LINE_15);
  attach.mutable_call()->set_dialled_number("15");
  const auto attached = Ask(arm_, &Stub::AttachCall, attach);
  ASSERT_THAT(attached, IsOk());
  v1::DetachCallRequest detach;
  detach.set_name(first.name());
  detach.set_call_id(attached->further_calls(0).call_id());
  detach.set_reason("autre patient");
  ASSERT_THAT(Ask(arm_, &Stub::DetachCall, detach), IsOk());
  const auto answer = Query(ActorWith(base::Role::kSupervisor), LastDay());
  ASSERT_THAT(answer, IsOk());
  EXPECT_EQ(Figure(*answer, "K37", "15").numerator(), 1);
  EXPECT_EQ(Figure(*answer, "K37", "15").denominator(), 2);
}

TEST_F(KpiTest, S3_37_TheFeedTellsTheNumberDialledOfTheLatestCall) {
  auto request = NewCase("M03.05");
  request.mutable_regulation_case()->mutable_origin()->set_dialled_number("116117");
  const auto opened = Ask(arm_, &Stub::CreateRegulationCase, request);
  ASSERT_THAT(opened, IsOk());
  v1::AttachCallRequest attach;
  attach.set_name(opened->name());
  attach.mutable_call()->set_entry_point(sas::type::v1::ENTRY_POINT_LINE_15);
  attach.mutable_call()->set_dialled_number("15");
  ASSERT_THAT(Ask(arm_, &Stub::AttachCall, attach), IsOk());
  const auto events =
      store_.feed().Read(base::InternalCall("test", clock_, seconds(5)), "", "", 10);
  ASSERT_THAT(events, IsOk());
  std::vector<std::string> told;
  for (const ledger::StoredEvent& stored : *events) {
    sas::events::v1::Event event;
    ASSERT_TRUE(event.ParseFromString(stored.payload));
    told.push_back(event.regulation_case().dialled_number());
  }
  EXPECT_THAT(told, ::testing::ElementsAre("116117", "15"));
}

TEST_F(KpiTest, S3_37_WhatIsNoLineOfTheServiceIsRefused) {
  auto request = NewCase("M03.05");
  auto& origin = *request.mutable_regulation_case()->mutable_origin();
  for (const char* wrong : {"quinze", "0199008515", "015"}) {
    origin.set_dialled_number(wrong);
    EXPECT_THAT(Ask(arm_, &Stub::CreateRegulationCase, request),
                StatusIs(absl::StatusCode::kInvalidArgument, "INVALID_DIALLED_NUMBER"));
  }
  // The caller's own number in the wrong field would reach events.
  origin.set_dialled_number(origin.caller_phone_number());
  EXPECT_THAT(Ask(arm_, &Stub::CreateRegulationCase, request), ReasonIs("DIALLED_IS_CONTACT"));
  request.mutable_regulation_case()->mutable_patients(0)->set_phone_number("+33639980009");
  origin.set_dialled_number("+33639980009");
  EXPECT_THAT(Ask(arm_, &Stub::CreateRegulationCase, request), ReasonIs("DIALLED_IS_CONTACT"));
  const auto opened = Called(seconds(5));
  v1::AttachCallRequest attach;
  attach.set_name(opened.name());
  attach.mutable_call()->set_entry_point(sas::type::v1::ENTRY_POINT_LINE_15);
  attach.mutable_call()->set_dialled_number("+33199000001");
  EXPECT_THAT(Ask(arm_, &Stub::AttachCall, attach), ReasonIs("DIALLED_IS_CONTACT"));
}

}  // namespace
}  // namespace sas::regulation
