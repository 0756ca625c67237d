#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tests/rpc/slots_partner/partner_fixture.h"

namespace sas::slots {

/// A platform with an open stream: answers questions by `reply`, or not at all.
class Connected {
 public:
  using Reply = std::function<std::optional<v1::SourceAnswer>(const v1::SourceQuestion&)>;

  Connected(
      std::unique_ptr<grpc::ClientReaderWriter<v1::SyncAgendasRequest, v1::SyncAgendasResponse>>
          stream,
      Reply reply)
      : stream_(std::move(stream)), reply_(std::move(reply)), thread_([this] { Run(); }) {}

  ~Connected() {
    stream_->WritesDone();
    thread_.join();
    stream_->Finish();
  }

  std::vector<v1::SourceQuestion> asked() const {
    const std::lock_guard lock(mutex_);
    return asked_;
  }

 private:
  void Run() {
    v1::SyncAgendasResponse said;
    while (stream_->Read(&said)) {
      if (!said.has_question()) continue;
      std::optional<v1::SourceAnswer> answer = reply_(said.question());
      {
        const std::lock_guard lock(mutex_);
        asked_.push_back(said.question());
      }
      if (!answer) continue;
      v1::SyncAgendasRequest request;
      *request.mutable_answer() = *std::move(answer);
      request.mutable_answer()->set_question(said.question().question());
      stream_->Write(request);
    }
  }

  std::unique_ptr<grpc::ClientReaderWriter<v1::SyncAgendasRequest, v1::SyncAgendasResponse>>
      stream_;
  const Reply reply_;
  mutable std::mutex mutex_;
  std::vector<v1::SourceQuestion> asked_;
  std::thread thread_;
};

inline v1::SourceAnswer Says(v1::SourceAnswer::Verdict verdict, const std::string& code = "") {
  v1::SourceAnswer answer;
  answer.set_verdict(verdict);
  answer.set_source_code(code);
  return answer;
}

/// An agenda of which the platform is the master, with slots in 60 and in 90 minutes.
class SourceTest : public PartnerTest {
 protected:
  void SetUp() override {
    PartnerTest::SetUp();
    v1::AgendaFrame frame = Snapshot(1, {SlotAt(minutes(60)), SlotAt(minutes(90))});
    frame.set_master(v1::AGENDA_MASTER_SOURCE_STREAM);
    ASSERT_EQ(SyncOne(frame).refusal_reason(), "");
    ASSERT_THAT(OfferedNames(), ::testing::SizeIs(2));
  }

  std::unique_ptr<Connected> Connect(Connected::Reply reply) {
    contexts_.push_back(std::make_unique<grpc::ClientContext>());
    auto stream = Open(*contexts_.back());
    // A frame that is answered: the stream is open on both sides.
    v1::SyncAgendasRequest request;
    *request.mutable_frame() = Delta(++sequence_);
    EXPECT_TRUE(stream->Write(request));
    v1::SyncAgendasResponse response;
    EXPECT_TRUE(stream->Read(&response));
    return std::make_unique<Connected>(std::move(stream), std::move(reply));
  }

  /// Of the OSNP, at the replica that `stub` calls.
  absl::StatusOr<v1::SlotHold> HoldAt(v1::SlotService::Stub& stub, minutes after,
                                      const std::string& request_id = "H-1") {
    v1::HoldSlotRequest request;
    request.set_name(NameAt(after));
    request.set_request_id(request_id);
    v1::CareNeed& need = *request.mutable_need();
    need.set_entry_point(type::v1::ENTRY_POINT_LINE_116117);
    need.set_care_order("regions/fr-pdl/cases/c1/orders/o1");
    need.set_motif_code("M03.14");
    need.mutable_age()->set_value(40);
    need.mutable_age()->set_unit(type::v1::Age::UNIT_YEAR);
    need.set_access_reason(type::v1::ACCESS_REASON_MT_INDISPONIBLE);
    need.set_territory("85");
    return Invoke<v1::SlotHold>(stub, &v1::SlotService::Stub::HoldSlot, request, Osnp());
  }

  int FreeSeats(minutes after) {
    const auto counts = book_.Count(Internal(), "fr-pdl", {NameAt(after)});
    return counts.ok() ? counts->front().free_seats : -1;
  }

  std::vector<std::unique_ptr<grpc::ClientContext>> contexts_;
  std::int64_t sequence_ = 1;
};

}  // namespace sas::slots
