#include "services/booking/convert.h"

#include <algorithm>

namespace sas::booking {
namespace {

namespace type = sas::type::v1;

constexpr std::string_view kEntryPointPrefix = "ENTRY_POINT_";

// Enumerations of the rules and of the protos are one list, written twice so that the rules need no
// protobuf.
template <typename A, typename B>
constexpr bool Same(A a, B b) {
  return static_cast<int>(a) == static_cast<int>(b);
}

static_assert(Same(State::kPending, v1::Appointment::STATE_PENDING) &&
              Same(State::kFulfilled, v1::Appointment::STATE_FULFILLED) &&
              Same(State::kCancelled, v1::Appointment::STATE_CANCELLED) &&
              Same(State::kAbandoned, v1::Appointment::STATE_ABANDONED));
static_assert(v1::Appointment::State_ARRAYSIZE == 7);
static_assert(Same(Arrival::kExpected, v1::Appointment::ARRIVAL_EXPECTED) &&
              Same(Arrival::kLeft, v1::Appointment::ARRIVAL_LEFT));
static_assert(Same(FollowUp::kNone, v1::Outcome::FOLLOW_UP_NONE) &&
              Same(FollowUp::kEmergency, v1::Outcome::FOLLOW_UP_EMERGENCY));
static_assert(Same(GroupKind::kFamily, v1::Group::KIND_FAMILY) &&
              Same(GroupKind::kTwoResources, v1::Group::KIND_TWO_RESOURCES));
static_assert(v1::Group::Kind_ARRAYSIZE == 3);
static_assert(Same(EntryPoint::kLine15, type::ENTRY_POINT_LINE_15) &&
              Same(EntryPoint::kSecretariat, type::ENTRY_POINT_SECRETARIAT) &&
              Same(EntryPoint::kIdel, type::ENTRY_POINT_IDEL) &&
              Same(EntryPoint::kLocal, type::ENTRY_POINT_LOCAL));
static_assert(type::EntryPoint_ARRAYSIZE == 12);
static_assert(Same(AccessReason::kSansMt, type::ACCESS_REASON_SANS_MT) &&
              Same(AccessReason::kPasDeRdv48h, type::ACCESS_REASON_PAS_DE_RDV_48H) &&
              Same(AccessReason::kReorientationUrgences,
                   type::ACCESS_REASON_REORIENTATION_URGENCES));
static_assert(type::AccessReason_ARRAYSIZE == 7);
static_assert(Same(SignAnswer::kNotAsked, type::SIGN_ANSWER_UNSPECIFIED) &&
              Same(SignAnswer::kYes, type::SIGN_ANSWER_YES) &&
              Same(SignAnswer::kUnknown, type::SIGN_ANSWER_UNKNOWN));
static_assert(Same(base::Role::kArm, type::ROLE_ARM) &&
              Same(base::Role::kService, type::ROLE_SERVICE));

}  // namespace

type::Actor ToProto(const base::Actor& actor) {
  type::Actor proto;
  proto.set_subject(actor.subject);
  proto.set_role(static_cast<type::Role>(actor.role));
  return proto;
}

std::vector<SeveritySign> SignsOf(const type::SeverityForm& form) {
  std::vector<SeveritySign> signs;
  for (const type::SeveritySign& sign : form.signs()) {
    signs.push_back({sign.code(), sign.mandatory(), static_cast<SignAnswer>(sign.answer())});
  }
  return signs;
}

Entry EntryOf(const v1::Appointment& appointment) {
  Entry entry;
  entry.entry_point = ToValue(appointment.entry_point());
  entry.has_order = !appointment.care_order().empty();
  entry.profession = appointment.booker_profession_code();
  entry.access_reason = ToValue(appointment.access_reason());
  entry.attempt_count = appointment.attempts_size();
  entry.orienting_professional_named = !appointment.orienting_professional_rpps().empty();
  if (appointment.has_evaluation()) {
    const v1::Evaluation& evaluation = appointment.evaluation();
    entry.evaluation = Evaluation{evaluation.triage_level(), !evaluation.reason().empty(),
                                  evaluation.patient_informed(), !evaluation.protocol().empty()};
  }
  return entry;
}

GroupSeat GroupSeatOf(const v1::Appointment& appointment) {
  GroupSeat seat;
  seat.at_home = appointment.mode() == type::CONSULTATION_MODE_HH;
  seat.remote = appointment.mode() == type::CONSULTATION_MODE_VR;
  seat.start = ToInstant(appointment.start_time());
  seat.end = ToInstant(appointment.end_time());
  return seat;
}

std::string FulfilledOrder(const v1::Appointment& appointment) {
  const v1::Group& group = appointment.group();
  const bool second =
      group.kind() == v1::Group::KIND_TWO_RESOURCES && group.appointments(0) != appointment.name();
  return second ? std::string() : appointment.care_order();
}

std::string_view EntryPointCode(type::EntryPoint entry_point) {
  const std::string_view name = type::EntryPoint_Name(entry_point);  // Static storage.
  return name.substr(std::min(name.size(), kEntryPointPrefix.size()));
}

}  // namespace sas::booking
