#include "tools/bench_driver/seat_caller.h"

#include <iostream>
#include <utility>

#include "common/base/clock.h"
#include "common/rpc/auth.h"
#include "sas/booking/v1/booking_service.pb.h"
#include "sas/regulation/v1/regulation_service.pb.h"
#include "sas/slots/v1/slot_service.pb.h"

namespace sas::bench {
namespace {

namespace slots = sas::slots::v1;

constexpr int kHoldsPerSubject = 3;

}  // namespace

std::string RequestId() {
  static long long sequence = 0;  // One client thread.
  return "bench-" + std::to_string(NowNs()) + "-" + std::to_string(++sequence);
}

void FillNeed(slots::CareNeed& need) {
  need.set_entry_point(sas::type::v1::ENTRY_POINT_IDEL);
  need.set_motif_code("M03.14");
  need.mutable_age()->set_value(40);
  need.mutable_age()->set_unit(sas::type::v1::Age::UNIT_YEAR);
  need.set_territory("85");
  need.set_severity_sign(sas::type::v1::SIGN_ANSWER_NO);
}

void SetPatient(const std::string& patient, booking::v1::Appointment& draft) {
  draft.set_regulation_case(patient.substr(0, patient.find("/patients/")));
  draft.set_patient(patient);
}

Step HoldStep(const std::string& slot, const std::string& authorization) {
  slots::HoldSlotRequest request;
  request.set_name(slot);
  FillNeed(*request.mutable_need());
  request.set_request_id(RequestId());
  return {"/sas.slots.v1.SlotService/HoldSlot", ToBuffer(request), authorization, true};
}

namespace {

// One word of a refusal says enough: the loop goes on and may be refused thousands of times.
bool Told(const grpc::Status& status) {
  static bool told = false;
  if (!status.ok() && !std::exchange(told, true)) {
    std::cerr << "refused: " << status.error_message() << "\n";
  }
  return status.ok();
}

}  // namespace

std::string BenchToken(const Setup& setup, int index) {
  const base::SystemClock clock;
  base::Actor actor;
  actor.subject = "bench-" + std::to_string(index);
  actor.role = base::Role::kProfessional;
  actor.regions = {setup.region};
  actor.profession = "60";
  actor.entry_point = "idel";
  return rpc::MintToken(setup.key, actor, clock, std::chrono::hours(1));
}

std::vector<std::string> FreeSeats(const Setup& setup) {
  Load load(setup.slots_address, 1);
  std::vector<std::string> names;
  for (int site = 0;; ++site) {
    slots::ListSlotsRequest request;
    request.set_parent("regions/" + setup.region + "/sites/bench-" + std::to_string(site));
    request.set_page_size(500);
    do {
      const Step step{"/sas.slots.v1.SlotService/ListSlots", ToBuffer(request),
                      BenchToken(setup, 0)};
      grpc::ByteBuffer answer;
      const grpc::Status status = load.One(step, &answer);
      if (status.error_code() == grpc::StatusCode::NOT_FOUND && !names.empty()) return names;
      if (!status.ok()) throw std::runtime_error("slots refused: " + status.error_message());
      slots::ListSlotsResponse page;
      FromBuffer(answer, &page);
      for (const slots::Slot& slot : page.slots()) {
        names.insert(names.end(), static_cast<std::size_t>(slot.free_seat_count()), slot.name());
      }
      request.set_page_token(page.next_page_token());
    } while (!request.page_token().empty());
  }
}

HoldAndRelease::HoldAndRelease(const Setup& setup, int index, std::string slot)
    : authorization_(BenchToken(setup, index)), slot_(std::move(slot)) {}

Step HoldAndRelease::Next() {
  if (hold_.empty()) return HoldStep(slot_, authorization_);
  slots::ReleaseSlotHoldRequest request;
  request.set_name(slot_);
  request.set_hold_token(hold_);
  request.set_request_id(RequestId());
  return {"/sas.slots.v1.SlotService/ReleaseSlotHold", ToBuffer(request), authorization_, false};
}

bool HoldAndRelease::Answered(const grpc::Status& status, const grpc::ByteBuffer& response) {
  if (!Told(status)) return false;
  if (!hold_.empty()) {
    hold_.clear();
    return true;
  }
  slots::SlotHold hold;
  if (!FromBuffer(response, &hold)) return false;
  hold_ = hold.hold_token();
  return true;
}

Opener::Opener(const Setup& setup, int index, std::size_t count)
    : authorization_(BenchToken(setup, index)), parent_("regions/" + setup.region), count_(count) {}

Step Opener::Next() {
  regulation::v1::CreateRegulationCaseRequest request;
  request.set_parent(parent_);
  request.set_request_id(RequestId());
  auto& draft = *request.mutable_regulation_case();
  draft.set_territory("85");
  draft.set_motif_code("M03.05");
  draft.mutable_origin()->set_entry_point(sas::type::v1::ENTRY_POINT_IDEL);
  draft.mutable_origin()->set_origine_code("AUTRE");
  draft.mutable_origin()->set_caller_type_code("SANTE.INF");
  draft.mutable_patient_place()->set_insee_code("85047");
  auto& patient = *draft.add_patients();
  patient.mutable_age()->set_value(40);
  patient.mutable_age()->set_unit(sas::type::v1::Age::UNIT_YEAR);
  patient.set_sex(regulation::v1::SEX_FEMALE);
  patient.mutable_treating_doctor()->set_status(regulation::v1::TreatingDoctor::STATUS_NONE);
  return {"/sas.regulation.v1.RegulationService/CreateRegulationCase", ToBuffer(request),
          authorization_, true};
}

bool Opener::Answered(const grpc::Status& status, const grpc::ByteBuffer& response) {
  regulation::v1::RegulationCase dossier;
  if (!Told(status) || !FromBuffer(response, &dossier)) return false;
  patients_.push_back(dossier.patients(0).name());
  return true;
}

Holder::Holder(const Setup& setup, int index, std::vector<std::string> slots)
    : setup_(setup), index_(index), slots_(std::move(slots)) {}

Step Holder::Next() {
  if (next_ % kHoldsPerSubject == 0) {
    authorization_ = BenchToken(setup_, index_ * 1'000'000 + static_cast<int>(next_));
  }
  return HoldStep(slots_[next_++], authorization_);
}

bool Holder::Answered(const grpc::Status& status, const grpc::ByteBuffer& response) {
  slots::SlotHold hold;
  if (!Told(status) || !FromBuffer(response, &hold)) return false;
  held_.push_back({hold.slot().name(), hold.hold_token(), authorization_, {}});
  return true;
}

Step ConfirmStep(const Setup& setup, const HeldSeat& seat) {
  booking::v1::CreateAppointmentRequest request;
  request.set_parent("regions/" + setup.region);
  request.set_request_id(RequestId());
  request.set_hold_token(seat.hold);
  auto& draft = *request.mutable_appointment();
  slots::CareNeed need;
  FillNeed(need);
  SetPatient(seat.patient.empty() ? setup.patient : seat.patient, draft);
  draft.set_entry_point(need.entry_point());
  draft.set_motif_code(need.motif_code());
  *draft.mutable_age() = need.age();
  draft.set_territory(need.territory());
  draft.set_clinical_line("pansement, suites simples");
  auto& sign = *draft.mutable_severity_form()->add_signs();
  sign.set_code("detresse");
  sign.set_answer(sas::type::v1::SIGN_ANSWER_NO);
  draft.set_slot(seat.slot);
  return {"/sas.booking.v1.BookingService/CreateAppointment", ToBuffer(request), seat.authorization,
          true};
}

Step Confirmer::Next() {
  const HeldSeat seat = std::move(held_.back());
  held_.pop_back();
  return ConfirmStep(setup_, seat);
}

bool Confirmer::Answered(const grpc::Status& status, const grpc::ByteBuffer&) {
  return Told(status);
}

}  // namespace sas::bench
