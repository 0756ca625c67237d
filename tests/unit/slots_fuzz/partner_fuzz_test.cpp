// Hazard H-40: whatever a platform sends, no message ends the program, and what is refused says
// why.

#include <gtest/gtest.h>

#include <string>

#include "common/base/status.h"
#include "common/base/timestamp.h"
#include "common/testing/fake_clock.h"
#include "common/testing/status_matchers.h"
#include "services/slots/partner_frame.h"
#include "services/slots/partner_report.h"
#include "services/slots/store_memory.h"
#include "tests/unit/slots_fuzz/damage.h"

namespace sas::slots {
namespace {

using sas::testing::IsOk;
using std::chrono::minutes;
using testing::Chance;

constexpr unsigned kRounds = 3000;
constexpr char kSite[] = "regions/fr-pdl/sites/msp";
constexpr char kAgenda[] = "regions/fr-pdl/sites/msp/agendas/doctoplan";

class PartnerFuzz : public ::testing::Test {
 protected:
  void SetUp() override {
    v1::Site site;
    site.set_name(kSite);
    site.set_structure("regions/fr-pdl/structures/msp");
    site.set_kind(v1::Structure::KIND_MSP);
    site.add_territories("85");
    site.set_opening_date("2024-01-01");
    v1::Practitioner doctor;
    doctor.set_name("regions/fr-pdl/practitioners/a");
    doctor.set_rpps("10000000017");
    ASSERT_THAT(store_.Write(Call(),
                             [&](SlotsTransaction& transaction) -> absl::Status {
                               SAS_RETURN_IF_ERROR(transaction.PutSite(site));
                               return transaction.PutPractitioner(doctor);
                             }),
                IsOk());
  }

  base::Call Call() const {
    base::Call call = base::InternalCall("fuzz", clock_, std::chrono::seconds(30));
    call.actor.subject = "doctoplan";
    call.actor.role = base::Role::kPartner;
    call.actor.regions = {"fr-pdl"};
    call.actor.organization = "regions/fr-pdl/structures/msp";
    return call;
  }

  v1::PartnerSlot SlotAt(int after) const {
    v1::PartnerSlot slot;
    slot.set_external_id("x" + std::to_string(after));
    *slot.mutable_start_time() = base::ToTimestamp(clock_.Now() + minutes(after));
    *slot.mutable_end_time() = base::ToTimestamp(clock_.Now() + minutes(after + 15));
    slot.set_practitioner_rpps("10000000017");
    slot.add_modes(type::v1::CONSULTATION_MODE_AMB);
    slot.add_classes(type::v1::SLOT_CLASS_SNP);
    slot.set_free_seats(1);
    return slot;
  }

  v1::AgendaFrame Frame(std::int64_t sequence, bool snapshot) const {
    v1::AgendaFrame frame;
    frame.set_agenda(kAgenda);
    frame.set_sequence(sequence);
    *frame.mutable_produced_time() = base::ToTimestamp(clock_.Now());
    if (snapshot) {
      *frame.mutable_snapshot()->mutable_start_time() = base::ToTimestamp(clock_.Now());
      *frame.mutable_snapshot()->mutable_end_time() =
          base::ToTimestamp(clock_.Now() + std::chrono::hours(48));
      for (const int after : {30, 60, 90}) *frame.mutable_snapshot()->add_slots() = SlotAt(after);
    } else {
      *frame.mutable_delta()->add_changed() = SlotAt(120);
      *frame.mutable_delta()->add_removed_start_times() =
          base::ToTimestamp(clock_.Now() + minutes(60));
    }
    return frame;
  }

  v1::SourceReport Report(std::int64_t version) const {
    v1::SourceReport report;
    report.set_agenda(kAgenda);
    report.set_external_appointment_id("RDV-7");
    report.set_appointment("regions/fr-pdl/appointments/a1");
    report.set_state(v1::SourceReport::STATE_BOOKED);
    report.set_version(version);
    *report.mutable_start_time() = base::ToTimestamp(clock_.Now() + minutes(30));
    report.set_practitioner_rpps("10000000017");
    report.set_source_code("OK");
    return report;
  }

  static void ExpectReason(const absl::Status& status) {
    if (status.ok()) return;
    EXPECT_FALSE(base::ReasonOf(status).empty()) << status;
    EXPECT_NE(status.code(), absl::StatusCode::kInternal) << status;
    EXPECT_NE(status.code(), absl::StatusCode::kUnknown) << status;
  }

  // As PartnerFeed does it, without gate and metrics. True when the ledger was asked.
  bool Take(const v1::AgendaFrame& frame) {
    const absl::Status shape = CheckFrame(Call(), frame, clock_.Now());
    ExpectReason(shape);
    if (!shape.ok()) return false;
    const base::Call call = Call();
    v1::AgendaAck ack;
    const absl::Status status =
        store_.Write(call, [&](SlotsTransaction& transaction) -> absl::Status {
          FrameWork work(call, frame, clock_.Now());
          SAS_ASSIGN_OR_RETURN(ack, work.Run(transaction));
          return absl::OkStatus();
        });
    ExpectReason(status);
    const int slots =
        frame.has_snapshot() ? frame.snapshot().slots_size() : frame.delta().changed_size();
    for (const v1::RefusedSlot& each : ack.refused()) {
      EXPECT_GE(each.index(), 0);
      EXPECT_LT(each.index(), slots);
      EXPECT_FALSE(each.reason().empty());
      EXPECT_FALSE(each.message().empty());
    }
    return true;
  }

  bool Take(const v1::SourceReport& report) {
    const absl::Status shape = CheckReport(Call(), report);
    ExpectReason(shape);
    if (!shape.ok()) return false;
    const base::Call call = Call();
    bool phantom = false;
    ExpectReason(store_.Write(call, [&](SlotsTransaction& transaction) {
      return KeepReport(transaction, call, report, clock_.Now(), &phantom).status();
    }));
    return true;
  }

  template <typename Message>
  static bool Damaged(Chance& chance, Message& message) {
    std::string bytes = message.SerializeAsString();
    for (std::size_t i = 1 + chance.Below(5); i > 0; --i) testing::DamageBytes(chance, bytes);
    message.Clear();
    return message.ParseFromString(bytes);
  }

  sas::testing::FakeClock clock_;
  MemorySlotsStore store_{clock_};
};

TEST_F(PartnerFuzz, H40_DamagedFramesAndReports) {
  ASSERT_TRUE(Take(Frame(1, true)));
  ASSERT_TRUE(Take(Report(1)));
  int parsed = 0;
  int asked = 0;
  for (unsigned round = 0; round < kRounds; ++round) {
    SCOPED_TRACE(round);
    Chance chance(round);
    if (round % 3 == 0) {
      v1::SourceReport report = Report(2 + round);
      if (!Damaged(chance, report)) continue;
      ++parsed;
      asked += Take(report) ? 1 : 0;
    } else {
      v1::AgendaFrame frame = Frame(2 + round, round % 3 == 1);
      if (!Damaged(chance, frame)) continue;
      ++parsed;
      asked += Take(frame) ? 1 : 0;
    }
  }
  EXPECT_GT(parsed, 100);
  EXPECT_GT(asked, 10);
}

// Times that no calendar has, where a parser takes any number.
TEST_F(PartnerFuzz, H40_TimesBeyondTheCalendar) {
  std::int64_t sequence = 1;
  for (const std::int64_t seconds : {INT64_MIN, INT64_MIN + 1, std::int64_t{-1}, std::int64_t{0},
                                     std::int64_t{253'402'300'800}, INT64_MAX - 1, INT64_MAX}) {
    SCOPED_TRACE(seconds);
    v1::AgendaFrame delta = Frame(++sequence, false);
    delta.mutable_delta()->mutable_changed(0)->mutable_start_time()->set_seconds(seconds);
    delta.mutable_delta()->mutable_removed_start_times(0)->set_seconds(seconds);
    Take(delta);
    v1::AgendaFrame snapshot = Frame(++sequence, true);
    snapshot.mutable_snapshot()->mutable_slots(1)->mutable_end_time()->set_seconds(seconds);
    EXPECT_TRUE(Take(snapshot));
    snapshot.mutable_snapshot()->mutable_end_time()->set_seconds(seconds);
    EXPECT_FALSE(Take(snapshot));
    v1::SourceReport report = Report(sequence);
    report.mutable_start_time()->set_seconds(seconds);
    Take(report);
  }
}

}  // namespace
}  // namespace sas::slots
