#include "services/regulation/convert_journey.h"

#include <algorithm>
#include <string>

#include "common/base/resource_name.h"
#include "services/regulation/convert.h"
#include "services/regulation/domain/missing_information.h"

namespace sas::regulation {
namespace {

static_assert(static_cast<int>(JourneyCode::kPendingAcceptance) == v1::JourneyStep::Code_MAX);
static_assert(static_cast<int>(JourneyState::kToCome) == v1::JourneyStep::State_MAX);
static_assert(static_cast<int>(JourneyDelay::kArrival) == v1::Journey::Delay_MAX);

constexpr char kMotifNotAsked[] = "M07.00";

base::Instant TimeOr(const google::protobuf::Timestamp& time, base::Instant otherwise = {}) {
  const base::Instant instant = ToInstant(time);
  return instant == base::Instant{} ? otherwise : instant;
}

JourneyActor ActorOf(const sas::type::v1::Actor& actor) {
  return {actor.subject(), static_cast<base::Role>(actor.role())};
}

void AddCall(const v1::CallOrigin& call, base::Instant otherwise, std::vector<JourneyStep>& done) {
  if (call.has_arrival_time()) {
    done.push_back(
        {JourneyCode::kCalled, JourneyState::kDone, ToInstant(call.arrival_time()), {}, {}});
  }
  done.push_back({JourneyCode::kPickedUp,
                  JourneyState::kDone,
                  TimeOr(call.pickup_time(), otherwise),
                  ActorOf(call.taken_by()),
                  {}});
}

// When an order came into the state that it has, by the marks; else its last change.
base::Instant SinceOf(const v1::CareOrder& order, const std::vector<KpiMark>& marks) {
  base::Instant since = ToInstant(order.update_time());
  OrderState state = OrderState::kUnspecified;
  for (const KpiMark& mark : marks) {
    if (mark.subject != order.name()) continue;
    if (mark.order_state != state) since = mark.at;
    state = mark.order_state;
  }
  return since;
}

JourneyOrder OrderOf(const v1::CareOrder& order, const std::vector<KpiMark>& marks,
                     base::Instant now) {
  JourneyOrder value;
  value.name = order.name();
  value.state = ToValue(order.state());
  value.since = SinceOf(order, marks);
  value.due = ToInstant(order.due_time());
  const ClaimValue claim = ToValue(order.claim());
  if (IsLive(claim, now)) {
    value.owner = {claim.owner, claim.role};
    value.owner_since = claim.taken;
  }
  value.site = order.appointment_site();
  value.appointment_start = TimeOr(order.appointment_start_time());
  value.agreed_start = TimeOr(order.late_agreement().latest_start_time());
  return value;
}

// Arrivals at appointments, and the appointment of an entry without an order.
void AddVisits(const std::vector<KpiMark>& marks, JourneyFacts& facts) {
  const auto add = [&](JourneyCode code, const KpiMark& mark, const std::string& order) {
    facts.done.push_back({code, JourneyState::kDone, mark.at, {}, order});
  };
  for (const KpiMark& mark : marks) {
    if (mark.act != KpiAct::kAppointment) continue;
    const auto step = static_cast<VisitStep>(mark.amount);
    const auto order = std::find_if(facts.orders.begin(), facts.orders.end(), [&](const auto& o) {
      return !mark.code.empty() && base::LastId(o.name) == mark.code;
    });
    if (order != facts.orders.end()) {
      order->arrived = mark.at;
      add(JourneyCode::kArrived, mark, order->name);
    } else if (step == VisitStep::kArrived) {
      facts.entry_arrived = mark.at;
      add(JourneyCode::kArrived, mark, {});
    } else if (step == VisitStep::kBooked) {
      facts.entry_booked = mark.at;
      facts.entry_start = mark.start;
      add(JourneyCode::kBooked, mark, {});
    } else {
      facts.entry_booked = facts.entry_start = {};
    }
  }
}

PatientKnowledge KnowledgeOf(const v1::Patient& patient, const base::Actor& viewer) {
  const v1::TreatingDoctor& doctor = patient.treating_doctor();
  PatientKnowledge known;
  known.name = !patient.family_name().empty() && !patient.given_names().empty();
  known.birth_date = !patient.birth_date().empty();
  known.sex = patient.sex() != v1::SEX_UNSPECIFIED;
  known.has_age = patient.has_age();
  known.age = {patient.age().value(), static_cast<care::AgeUnit>(patient.age().unit())};
  known.weight = patient.weight_kg() > 0;
  known.medical_history = !patient.medical_history().empty();
  known.current_treatment = !patient.current_treatment().empty();
  known.allergies = !patient.allergies().empty();
  known.treating_doctor_asked = doctor.status() != v1::TreatingDoctor::STATUS_UNSPECIFIED;
  known.treating_doctor_declared = doctor.status() == v1::TreatingDoctor::STATUS_DECLARED;
  known.treating_doctor_reachable = !doctor.rpps().empty() || !doctor.mssante_address().empty();
  known.asked_by_treating_doctor = !viewer.rpps.empty() && viewer.rpps == doctor.rpps();
  return known;
}

void AddMissing(const std::vector<MissingItem>& items, const std::string& patient,
                v1::Journey& journey) {
  for (const MissingItem& item : items) {
    v1::MissingInformation& added = *journey.add_missing_information();
    added.set_patient(patient);
    added.set_code(std::string(item.code));
    added.set_text(std::string(item.text));
  }
}

}  // namespace

JourneyFacts FactsOf(const JourneyRows& rows, base::Instant now) {
  const v1::RegulationCase& row = rows.row;
  JourneyFacts facts;
  const base::Instant opened = ToInstant(row.create_time());
  facts.done = StepsOf(rows.marks);
  AddCall(row.origin(), opened, facts.done);
  for (const v1::CallOrigin& call : row.further_calls()) AddCall(call, opened, facts.done);
  facts.entered = TimeOr(row.origin().pickup_time(), opened);
  facts.entered_by = ActorOf(row.origin().taken_by());
  for (const v1::Decision& decision : rows.decisions) {
    facts.decided = ToInstant(decision.create_time());
    facts.decided_by = ActorOf(decision.decided_by());
    facts.done.push_back(
        {JourneyCode::kDecided, JourneyState::kDone, facts.decided, facts.decided_by, {}});
  }
  facts.state = ToValue(row.state());
  facts.priority = ToValue(row.priority());
  facts.filiere = ToValue(row.filiere());
  facts.territory = row.territory();
  facts.wait_start = TimeOr(row.wait_start_time());
  facts.wait_alarm = TimeOr(row.wait_alarm_time());
  facts.promise = WindowOf(row);
  const ClaimValue claim = ToValue(row.claim());
  if (IsLive(claim, now)) {
    facts.owner = {claim.owner, claim.role};
    facts.owner_since = claim.taken;
    facts.owner_until = claim.expire;
  }
  for (const v1::CareOrder& order : rows.orders) {
    facts.orders.push_back(OrderOf(order, rows.marks, now));
    if (!order.has_treating_doctor_contact()) continue;
    const v1::TreatingDoctorContact& contact = order.treating_doctor_contact();
    facts.done.push_back({JourneyCode::kTreatingDoctorAsked, JourneyState::kDone,
                          ToInstant(contact.contact_time()), ActorOf(contact.contacted_by()),
                          order.name()});
  }
  AddVisits(rows.marks, facts);
  if (row.has_close_time()) {
    facts.done.push_back(
        {JourneyCode::kClosed, JourneyState::kDone, ToInstant(row.close_time()), {}, {}});
  }
  return facts;
}

v1::Journey ToProto(const Journey& journey) {
  v1::Journey proto;
  for (const JourneyStep& step : journey.steps) {
    v1::JourneyStep& added = *proto.add_steps();
    added.set_code(static_cast<v1::JourneyStep::Code>(step.code));
    added.set_state(static_cast<v1::JourneyStep::State>(step.state));
    if (step.at != base::Instant{}) *added.mutable_time() = ToTimestamp(step.at);
    if (!step.actor.subject.empty()) {
      added.mutable_actor()->set_subject(step.actor.subject);
      added.mutable_actor()->set_role(static_cast<sas::type::v1::Role>(step.actor.role));
    }
    added.set_care_order(step.order);
    added.set_text(std::string(TextOf(step.code, step.state)));
  }
  if (journey.responsible) {
    v1::JourneyResponsible& who = *proto.mutable_responsible();
    who.set_role(static_cast<sas::type::v1::Role>(journey.responsible->role));
    who.set_subject(journey.responsible->subject);
    who.set_structure(journey.responsible->structure);
    *who.mutable_since_time() = ToTimestamp(journey.responsible->since);
    if (journey.responsible->until != base::Instant{}) {
      *who.mutable_until_time() = ToTimestamp(journey.responsible->until);
    }
    who.set_task(std::string(journey.responsible->task));
  }
  for (const JourneyLate& late : journey.delays) {
    v1::JourneyDelay& added = *proto.add_delays();
    added.set_code(static_cast<v1::Journey::Delay>(late.code));
    *added.mutable_since_time() = ToTimestamp(late.since);
    added.set_care_order(late.order);
    added.set_text(std::string(TextOf(late.code)));
  }
  return proto;
}

void AddMissingInformation(const v1::RegulationCase& row, const base::Actor& viewer,
                           v1::Journey& journey) {
  CaseKnowledge dossier;
  dossier.motif = !row.motif_code().empty() && row.motif_code() != kMotifNotAsked;
  dossier.place = !row.patient_place().insee_code().empty() || row.patient_place().has_point();
  dossier.callback_number =
      !row.origin().callback_phone_number().empty() || !row.origin().caller_phone_number().empty();
  bool others = false;
  for (const v1::Patient& patient : row.patients()) {
    const PatientKnowledge known = KnowledgeOf(patient, viewer);
    others = others || !known.asked_by_treating_doctor;
    AddMissing(MissingOf(known), patient.name(), journey);
  }
  if (others) AddMissing(MissingOf(dossier), "", journey);
}

}  // namespace sas::regulation
