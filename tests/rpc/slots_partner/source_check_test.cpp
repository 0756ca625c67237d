// A platform that is the master of its agenda is asked before anybody holds a slot of it.

#include <atomic>
#include <future>
#include <optional>
#include <thread>

#include "tests/rpc/slots_partner/source_fixture.h"

namespace sas::slots {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

class SourceCheckTest : public SourceTest {
 protected:
  absl::StatusOr<v1::SlotHold> Hold(minutes after, const std::string& request_id = "H-1") {
    return HoldAt(*slots_stub_, after, request_id);
  }
};

TEST_F(SourceCheckTest, H40_EachSlotNamesItsMaster) {
  for (const v1::SlotMatch& match : Offered()) {
    EXPECT_EQ(match.slot().master(), v1::AGENDA_MASTER_SOURCE_STREAM);
  }
  EXPECT_EQ(List(Platform())->agendas(0).master(), v1::AGENDA_MASTER_SOURCE_STREAM);
  // A delta that says nothing of it leaves it, one that does changes it for all.
  SyncOne(Delta(2));
  EXPECT_EQ(Offered()[0].slot().master(), v1::AGENDA_MASTER_SOURCE_STREAM);
  v1::AgendaFrame back = Delta(3);
  back.set_master(v1::AGENDA_MASTER_OURS);
  SyncOne(back);
  EXPECT_EQ(Offered()[0].slot().master(), v1::AGENDA_MASTER_OURS);
  EXPECT_THAT(Hold(minutes(60)), IsOk());  // Nobody is asked any more.
}

TEST_F(SourceCheckTest, H39_AHoldAsksTheAuthority) {
  const auto platform = Connect([](const auto&) { return Says(v1::SourceAnswer::VERDICT_YES); });
  const auto hold = Hold(minutes(60));
  ASSERT_THAT(hold, IsOk());
  EXPECT_EQ(FreeSeats(minutes(60)), 0);
  ASSERT_THAT(platform->asked(), SizeIs(1));
  const v1::SourceQuestion asked = platform->asked()[0];
  EXPECT_EQ(asked.kind(), v1::SourceQuestion::KIND_CHECK);
  EXPECT_EQ(asked.agenda(), kAgenda);
  EXPECT_EQ(asked.slot(), NameAt(minutes(60)));
  EXPECT_EQ(asked.external_id(), "x60");
  EXPECT_EQ(asked.appointment(), "");
  EXPECT_GT(asked.answer_within().nanos(), 0);
}

TEST_F(SourceCheckTest, H39_ARefusalIsAPhantomAndLeavesTheAnswers) {
  const auto platform =
      Connect([](const auto&) { return Says(v1::SourceAnswer::VERDICT_NO, "TAKEN"); });
  const auto hold = Hold(minutes(60));
  EXPECT_THAT(hold, StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(hold, ReasonIs("SOURCE_REFUSED"));
  EXPECT_THAT(std::string(hold.status().message()), HasSubstr("doctoplan"));
  const auto offered = OfferedNames();
  EXPECT_THAT(offered, ::testing::ElementsAre(NameAt(minutes(90))));
  EXPECT_EQ(List(Platform())->agendas(0).phantom_count(), 1);
}

TEST_F(SourceCheckTest, WithoutAStreamNothingIsHeldAndThePlatformIsNamed) {
  const auto hold = Hold(minutes(60));
  EXPECT_THAT(hold, StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(hold, ReasonIs("SOURCE_UNREACHABLE"));
  EXPECT_THAT(std::string(hold.status().message()), HasSubstr("doctoplan"));
  EXPECT_EQ(FreeSeats(minutes(60)), 1);
  // Not a phantom: nobody has said that it is not free.
  EXPECT_EQ(List(Platform())->agendas(0).phantom_count(), 0);
}

TEST_F(SourceCheckTest, ASilentPlatformIsAskedFewTimesAndThenNotAtAll) {
  const auto platform = Connect([](const auto&) { return std::nullopt; });
  for (int i = 0; i < 5; ++i) {
    EXPECT_THAT(Hold(minutes(60), "H-" + std::to_string(i)), ReasonIs("SOURCE_UNREACHABLE"));
    EXPECT_EQ(FreeSeats(minutes(60)), 1);
  }
  EXPECT_THAT(platform->asked(), SizeIs(4));  // Three failures are borne; the fourth opens it.
  clock_.Advance(seconds(11));
  EXPECT_THAT(Hold(minutes(60), "H-9"), ReasonIs("SOURCE_UNREACHABLE"));
  EXPECT_THAT(platform->asked(), SizeIs(5));  // One on trial.
}

TEST_F(SourceCheckTest, AnAnswerThatComesTooLateCountsForNothing) {
  std::promise<void> over;
  const auto platform = Connect([&](const auto&) {
    over.get_future().wait();
    return Says(v1::SourceAnswer::VERDICT_YES);
  });
  EXPECT_THAT(Hold(minutes(60)), ReasonIs("SOURCE_UNREACHABLE"));
  over.set_value();
  EXPECT_EQ(FreeSeats(minutes(60)), 1);
}

TEST_F(SourceCheckTest, AStreamThatBreaksEndsTheWaiting) {
  std::promise<void> asked;
  auto platform = Connect([&](const auto&) -> std::optional<v1::SourceAnswer> {
    asked.set_value();
    return std::nullopt;
  });
  std::thread breaker([&] {
    asked.get_future().wait();
    contexts_.back()->TryCancel();
  });
  EXPECT_THAT(Hold(minutes(60)), ReasonIs("SOURCE_UNREACHABLE"));
  breaker.join();
}

TEST_F(SourceCheckTest, AnAnswerOfAnotherPlatformIsNone) {
  const auto platform = Connect([](const auto&) { return std::nullopt; });
  grpc::ClientContext context;
  const auto other = Open(context, Platform("agendia"));
  std::atomic<bool> stop{false};
  std::thread guesses([&] {
    v1::SyncAgendasRequest request;
    request.mutable_answer()->set_verdict(v1::SourceAnswer::VERDICT_YES);
    for (int i = 1; !stop; i = i % 5 + 1) {
      request.mutable_answer()->set_question("q" + std::to_string(i));
      other->Write(request);
    }
  });
  EXPECT_THAT(Hold(minutes(60)), ReasonIs("SOURCE_UNREACHABLE"));
  stop = true;
  guesses.join();
  other->WritesDone();
  other->Finish();
}

TEST_F(SourceCheckTest, S0_14_BookingAsksWithItsOwnIdAndHearsTheSourcesNumber) {
  const auto platform = Connect([](const auto& question) {
    v1::SourceAnswer answer = Says(v1::SourceAnswer::VERDICT_YES);
    answer.set_external_appointment_id("RDV-" + question.external_id());
    return answer;
  });
  v1::AskSourceRequest request;
  request.set_slot(NameAt(minutes(60)));
  request.set_kind(v1::SourceQuestion::KIND_CONFIRM);
  request.set_appointment("regions/fr-pdl/appointments/a1");
  request.set_request_id("Q-1");
  const auto booking = sas::testing::ActorWith(base::Role::kService, "booking");
  const auto ask = [&] {
    return Invoke<v1::AskSourceResponse>(*seats_stub_, &v1::SeatService::Stub::AskSource, request,
                                         booking);
  };
  const auto answer = ask();
  ASSERT_THAT(answer, IsOk());
  EXPECT_EQ(answer->partner(), "doctoplan");
  EXPECT_EQ(answer->answer().external_appointment_id(), "RDV-x60");
  EXPECT_EQ(platform->asked()[0].appointment(), "regions/fr-pdl/appointments/a1");
  request.set_kind(v1::SourceQuestion::KIND_CHECK);
  EXPECT_THAT(ask(), ReasonIs("INVALID_KIND"));
  request.set_kind(v1::SourceQuestion::KIND_CANCEL);
  request.set_slot("regions/fr-pdl/sites/csnp-challans/slots/other-20261124t1245z");
  EXPECT_THAT(ask(), ReasonIs("AGENDA_NOT_FOUND"));
  EXPECT_THAT(Invoke<v1::AskSourceResponse>(*seats_stub_, &v1::SeatService::Stub::AskSource,
                                            request, Osnp()),
              StatusIs(absl::StatusCode::kPermissionDenied));
}

TEST_F(SourceCheckTest, ARedirectDeclaresItsPage) {
  v1::AgendaFrame frame = Delta(2);
  frame.set_master(v1::AGENDA_MASTER_SOURCE_REDIRECT);
  for (const char* url : {"", "http://rdv.example/a?b", "https://rdv.example/a",
                          "https://rdv.example/a?b#c", "https://rdv.example/a?b c"}) {
    frame.set_booking_url(url);
    EXPECT_EQ(SyncOne(frame).refusal_reason(), "INVALID_BOOKING_URL") << url;
    EXPECT_EQ(SyncOne(Delta(++sequence_)).refusal_reason(), "");  // Keeps the breaker closed.
  }
}

TEST_F(SourceCheckTest, ARedirectIsHeldWithoutAQuestion) {
  v1::AgendaFrame frame = Delta(2);
  frame.set_master(v1::AGENDA_MASTER_SOURCE_REDIRECT);
  frame.set_booking_url("https://rdv.example/agenda?dr=7");
  ASSERT_EQ(SyncOne(frame).refusal_reason(), "");
  EXPECT_EQ(Offered()[0].slot().master(), v1::AGENDA_MASTER_SOURCE_REDIRECT);
  EXPECT_THAT(Hold(minutes(60)), IsOk());
}

}  // namespace
}  // namespace sas::slots
