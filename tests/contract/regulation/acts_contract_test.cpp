#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <set>
#include <thread>

#include "common/observe/metrics.h"
#include "common/testing/actors.h"
#include "common/testing/fake_random.h"
#include "common/testing/status_matchers.h"
#include "services/regulation/acts.h"
#include "services/regulation/follow_booking.h"
#include "tests/contract/regulation/stores.h"

// Whole acts on each ledger: what the rules, the documents and the engines do together.
namespace sas::regulation {
namespace {

using base::Role;
using testing::IsOk;
using testing::ReasonIs;

class ActsContract : public StoreContract {
 protected:
  base::Call As(Role role, const std::string& subject, const char* method = "Act") {
    base::Call call = Call();
    call.method = method;
    call.actor = testing::ActorWith(role, subject);
    return call;
  }

  std::string RequestId() { return "R-" + std::to_string(++requests_); }

  Desk MakeDesk() { return {store(), clock_, random_, zone_, metrics_}; }

  v1::CreateRegulationCaseRequest NewCase() {
    v1::CreateRegulationCaseRequest request;
    request.set_parent("regions/fr-pdl");
    request.set_request_id(RequestId());
    v1::RegulationCase& row = *request.mutable_regulation_case();
    row.set_territory("85");
    row.set_motif_code("M03.14");
    row.mutable_origin()->set_entry_point(sas::type::v1::ENTRY_POINT_LINE_15);
    row.mutable_origin()->set_caller_phone_number("+33199000001");
    row.mutable_patient_place()->set_insee_code("85047");
    row.mutable_mobility()->set_kind(v1::Mobility::KIND_OWN_TRANSPORT);
    row.add_patients()->mutable_age()->set_value(6);
    row.mutable_patients(0)->mutable_age()->set_unit(sas::type::v1::Age::UNIT_YEAR);
    return request;
  }

  std::string Waiting() {
    Desk desk = MakeDesk();
    const auto row = acts::CreateRegulationCase(desk, As(Role::kArm, "arm-1"), NewCase());
    EXPECT_THAT(row, IsOk());
    v1::PrioritizeRegulationCaseRequest request;
    request.set_name(row->name());
    request.set_priority(v1::PRIORITY_P2);
    request.set_filiere(sas::type::v1::FILIERE_SNP);
    request.set_request_id(RequestId());
    EXPECT_THAT(acts::PrioritizeRegulationCase(desk, As(Role::kArm, "arm-1"), request), IsOk());
    return row->name();
  }

  v1::Decision Decided(const std::string& name, v1::CareLevel level, const std::string& code,
                       const std::string& resource, const std::string& orientation) {
    Desk desk = MakeDesk();
    clock_.Advance(std::chrono::seconds(1));
    v1::ClaimRegulationCaseRequest claim;
    claim.set_name(name);
    claim.set_request_id(RequestId());
    const auto claimed = acts::ClaimRegulationCase(desk, As(Role::kRegulatorMg, "mrl-1"), claim);
    EXPECT_THAT(claimed, IsOk());
    v1::CreateDecisionRequest request;
    request.set_parent(name);
    request.set_request_id(RequestId());
    request.mutable_decision()->set_care_level(level);
    request.mutable_decision()->set_decision_code(code);
    request.mutable_decision()->set_resource_code(resource);
    request.mutable_decision()->set_orientation_code(orientation);
    request.mutable_decision()->set_claim_version(claimed->claim().version());
    const auto decision = acts::CreateDecision(desk, As(Role::kRegulatorMg, "mrl-1"), request);
    EXPECT_THAT(decision, IsOk());
    return decision.value_or(v1::Decision());
  }

  std::string Ordered() {
    Desk desk = MakeDesk();
    const v1::Decision decision =
        Decided(Waiting(), v1::CARE_LEVEL_R3, "ORIENT", "LIBERAL.MG", "CABINET");
    v1::CreateCareOrderRequest request;
    request.set_parent(CaseOf(decision.name()));
    request.set_request_id(RequestId());
    request.mutable_care_order()->set_decision(decision.name());
    request.mutable_care_order()->mutable_delay()->set_seconds(48 * 3600);
    request.mutable_care_order()->add_modes(sas::type::v1::CONSULTATION_MODE_AMB);
    request.mutable_care_order()->set_clinical_line("Otalgie fébrile, œil rouge");
    const auto order = acts::CreateCareOrder(desk, As(Role::kRegulatorMg, "mrl-1"), request);
    EXPECT_THAT(order, IsOk());
    return order.value_or(v1::CareOrder()).name();
  }

  v1::CareOrder GetOrder(const std::string& name) {
    Desk desk = MakeDesk();
    v1::GetCareOrderRequest request;
    request.set_name(name);
    const auto order = acts::GetCareOrder(desk, As(Role::kOsnp, "osnp-1"), request);
    EXPECT_THAT(order, IsOk());
    return order.value_or(v1::CareOrder());
  }

  testing::FakeRandom random_;
  const care::Zone zone_ = *care::Zone::Load("Europe/Paris");
  observe::Metrics page_;
  RegulationMetrics metrics_{page_};
  int requests_ = 0;
};

INSTANTIATE_TEST_SUITE_P(Stores, ActsContract, testing::EveryBackend(), testing::BackendName);

// Eight people type the same form at the same moment: one dossier, and seven learn which.
TEST_P(ActsContract, H44_OneFormTypedByEightIsOneDossier) {
  constexpr int kPeople = 8;
  std::vector<v1::CreateRegulationCaseRequest> requests(kPeople, NewCase());
  std::atomic<int> opened = 0;
  std::mutex mutex;
  std::multiset<std::string> named;
  std::vector<std::thread> threads;
  for (int i = 0; i < kPeople; ++i) {
    auto& request = requests.at(static_cast<std::size_t>(i));
    request.set_request_id(RequestId());
    request.mutable_regulation_case()->mutable_origin()->set_paper_form_number("S07-014");
    threads.emplace_back([&, request] {
      Desk desk = MakeDesk();
      const auto row = acts::CreateRegulationCase(desk, As(Role::kArm, "arm-1"), request);
      const std::lock_guard lock(mutex);
      if (row.ok()) {
        ++opened;
        named.insert(row->name());
        return;
      }
      EXPECT_THAT(row, ReasonIs("PAPER_FORM_EXISTS"));
      named.insert(base::DetailOf(row.status()).metadata.front().second);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(opened, 1);
  EXPECT_EQ(named.count(*named.begin()), static_cast<std::size_t>(kPeople));
}

TEST_P(ActsContract, H01_I7_RepeatAfterARestartGetsTheFirstAnswer) {
  const v1::CreateRegulationCaseRequest request = NewCase();
  Desk desk = MakeDesk();
  const auto first = acts::CreateRegulationCase(desk, As(Role::kArm, "arm-1"), request);
  ASSERT_THAT(first, IsOk());
  Reopen();
  Desk again = MakeDesk();
  const auto repeat = acts::CreateRegulationCase(again, As(Role::kArm, "arm-1"), request);
  ASSERT_THAT(repeat, IsOk());
  EXPECT_EQ(repeat->SerializeAsString(), first->SerializeAsString());
  EXPECT_EQ(store().feed().Read(Call(), "", "", 10)->size(), 1u);
}

// The hour of the machine may be wrong at a restart: what was promised stands in the ledger, and
// only when it falls due follows the hour.
TEST_P(ActsContract, H13_APromiseSurvivesARestartAndAClockJump) {
  const std::string older = Waiting();
  const std::string name = Waiting();
  const base::Instant start = clock_.Now();
  const auto ask = [&](auto act, const base::Call& call, auto request) {
    Desk desk = MakeDesk();
    request.set_name(name);
    request.set_request_id(RequestId());
    const auto row = act(desk, call, request);
    EXPECT_THAT(row, IsOk());
    return row.value_or(v1::RegulationCase());
  };
  v1::PrioritizeRegulationCaseRequest promise;
  promise.set_priority(v1::PRIORITY_P3);
  promise.set_reason("accord de l'appelant");
  promise.mutable_callback()->set_consent(true);
  *promise.mutable_callback()->mutable_window_start_time() = ToTimestamp(start);
  *promise.mutable_callback()->mutable_window_end_time() =
      ToTimestamp(start + std::chrono::hours(1));
  v1::GetRegulationCaseRequest get;
  get.set_name(name);
  Desk before = MakeDesk();
  promise.set_etag(acts::GetRegulationCase(before, As(Role::kArm, "arm-1"), get)->etag());
  ask(acts::PrioritizeRegulationCase, As(Role::kRegulatorMg, "mrl-1", "Prioritize"), promise);
  v1::RecordCallbackAttemptRequest called;
  called.set_result(v1::CallReturn::RESULT_NO_ANSWER);
  const auto call = [&] {
    return ask(acts::RecordCallbackAttempt, As(Role::kArm, "arm-1", "Called"), called).callback();
  };
  const v1::CallbackPromise made = call();
  EXPECT_EQ(made.attempt_count(), 1);
  const auto waiting = [&] {
    const auto names = Names(Query(v1::CASE_LIST_VIEW_WAITING));
    return names.empty() ? "" : "regions/fr-pdl/cases/" + names.front();
  };

  Reopen();
  clock_.SetNow(start - std::chrono::hours(1));  // Behind: nobody has called for nothing.
  v1::CallbackPromise kept = call();
  EXPECT_EQ(kept.attempt_count(), 1);
  EXPECT_EQ(kept.attempts_size(), 2);
  EXPECT_EQ(ToInstant(kept.window_end_time()), start + std::chrono::hours(1));
  EXPECT_EQ(ToInstant(kept.next_attempt_time()), ToInstant(made.next_attempt_time()));
  EXPECT_EQ(waiting(), older);

  Reopen();
  clock_.SetNow(start + std::chrono::hours(1));  // Ahead: due at once, which is loud and no loss.
  EXPECT_EQ(waiting(), name);
  kept = call();
  EXPECT_EQ(kept.attempt_count(), 2);
  clock_.Advance(std::chrono::minutes(10));
  EXPECT_TRUE(call().decision_due());
  Reopen();
  EXPECT_EQ(waiting(), name);
}

TEST_P(ActsContract, H14_UpgradeSupersedesOnEachLedger) {
  const std::string order = Ordered();
  EXPECT_EQ(GetOrder(order).clinical_line(), "Otalgie fébrile, œil rouge");
  Decided(CaseOf(order), v1::CARE_LEVEL_R2, "INTER", "TSU", "");
  EXPECT_EQ(GetOrder(order).state(), v1::CareOrder::STATE_SUPERSEDED);
}

TEST_P(ActsContract, BookingsFeedMovesTheOrderExactlyOnce) {
  const std::string order = Ordered();
  BookingReader reader(store(), clock_);
  sas::events::v1::Event event;
  event.set_cursor("5");
  event.set_subject("regions/fr-pdl/appointments/a1");
  event.mutable_appointment()->set_care_order(order);
  event.mutable_appointment()->set_state(sas::booking::v1::Appointment::STATE_BOOKED);
  ASSERT_THAT(reader.Handle(Call(), {event}), IsOk());
  ASSERT_THAT(reader.Handle(Call(), {event}), IsOk());
  EXPECT_EQ(GetOrder(order).version(), 2);
  EXPECT_EQ(GetOrder(order).state(), v1::CareOrder::STATE_BOOKED);
  EXPECT_EQ(*reader.LoadCursor(Call()), "5");
}

TEST_P(ActsContract, H36_TwoOrdersOfOneEpisodeShareTheOrigin) {
  const std::string first = Ordered();
  Desk desk = MakeDesk();
  clock_.Advance(std::chrono::hours(1));
  const v1::Decision decision = Decided(CaseOf(first), v1::CARE_LEVEL_R3, "ORIENT", "", "CABINET");
  v1::CreateCareOrderRequest request;
  request.set_parent(CaseOf(first));
  request.set_request_id(RequestId());
  request.mutable_care_order()->set_decision(decision.name());
  request.mutable_care_order()->mutable_delay()->set_seconds(48 * 3600);
  request.mutable_care_order()->add_modes(sas::type::v1::CONSULTATION_MODE_VR);
  request.mutable_care_order()->set_clinical_line("x");
  const auto second = acts::CreateCareOrder(desk, As(Role::kRegulatorMg, "mrl-1"), request);
  ASSERT_THAT(second, IsOk());
  EXPECT_EQ(second->origin_time().seconds(), GetOrder(first).origin_time().seconds());
  EXPECT_EQ(GetOrder(first).state(), v1::CareOrder::STATE_SUPERSEDED);
}

// raise_beats_concurrent_edit: whatever edits run at the same time, the raise stands.
TEST_P(ActsContract, H03_RaiseStandsBesideConcurrentEdits) {
  const std::string name = Waiting();
  std::atomic<int> refused = 0;
  std::mutex ids;
  const auto next_id = [&] {
    const std::lock_guard lock(ids);
    return RequestId();
  };
  const auto note = [&] {
    for (int i = 0; i < 10; ++i) {
      Desk desk = MakeDesk();
      v1::AddCaseNoteRequest request;
      request.set_name(name);
      request.mutable_note()->set_text("note");
      request.set_request_id(next_id());
      if (!acts::AddCaseNote(desk, As(Role::kArm, "arm-2"), request).ok()) ++refused;
    }
  };
  std::thread first(note);
  std::thread second(note);
  Desk desk = MakeDesk();
  v1::PrioritizeRegulationCaseRequest raise;
  raise.set_name(name);
  raise.set_priority(v1::PRIORITY_P0);
  raise.set_request_id(next_id());
  EXPECT_THAT(acts::PrioritizeRegulationCase(desk, As(Role::kArm, "arm-1"), raise), IsOk());
  first.join();
  second.join();
  EXPECT_EQ(refused, 0);
  v1::GetRegulationCaseRequest get;
  get.set_name(name);
  const auto row = acts::GetRegulationCase(desk, As(Role::kArm, "arm-1"), get);
  ASSERT_THAT(row, IsOk());
  EXPECT_EQ(row->priority(), v1::PRIORITY_P0);
  EXPECT_EQ(row->notes_size(), 20);
}

TEST_P(ActsContract, CaseNumbersOfADayAreDistinct) {
  std::mutex mutex;
  std::set<std::string> numbers;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 5; ++i) {
        v1::CreateRegulationCaseRequest request;
        {
          const std::lock_guard lock(mutex);
          request = NewCase();
        }
        Desk desk = MakeDesk();
        const auto row = acts::CreateRegulationCase(desk, As(Role::kArm, "arm-1"), request);
        EXPECT_THAT(row, IsOk());
        const std::lock_guard lock(mutex);
        if (row.ok()) numbers.insert(row->case_number());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(numbers.size(), 20u);
  EXPECT_EQ(*numbers.rbegin(),
            "DRFR1585026328"
            "00020");
}

}  // namespace
}  // namespace sas::regulation
