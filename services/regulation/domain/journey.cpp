#include "services/regulation/domain/journey.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace sas::regulation {
namespace {

constexpr base::Instant kNever{};

bool IsEnded(CaseState state) {
  return state >= CaseState::kCompleted && state <= CaseState::kArchived;
}

bool HasAppointment(OrderState state) {
  return state == OrderState::kBooked || state == OrderState::kConfirmedToPatient;
}

// Somebody has still to do something before the patient is seen.
bool IsUnderWay(const JourneyOrder& order) {
  return IsOpen(order.state) ||
         (order.state == OrderState::kConfirmedToPatient && order.arrived == kNever);
}

// The order that presses most: work of the OSNP before a patient who is only awaited.
const JourneyOrder* Pressing(const std::vector<JourneyOrder>& orders) {
  const JourneyOrder* found = nullptr;
  const auto key = [](const JourneyOrder& order) {
    return std::pair(IsOpen(order.state) ? 0 : 1, order.due);
  };
  for (const JourneyOrder& order : orders) {
    if (IsUnderWay(order) && (found == nullptr || key(order) < key(*found))) found = &order;
  }
  return found;
}

// The patient of an order is being seen, or his treating doctor has taken him over.
const JourneyOrder* InCare(const std::vector<JourneyOrder>& orders) {
  for (const JourneyOrder& order : orders) {
    if (order.state == OrderState::kTakenByTreatingDoctor || order.arrived != kNever) {
      return &order;
    }
  }
  return nullptr;
}

struct OrderRow {
  OrderState state;
  JourneyCode step;
  base::Role role;  ///< Who is responsible.
  std::string_view task;
};

constexpr std::array kOrderRows{
    OrderRow{OrderState::kToDo, JourneyCode::kOrdered, base::Role::kOsnp, "Prendre la commande"},
    OrderRow{OrderState::kTreatingDoctor, JourneyCode::kTreatingDoctorAsked, base::Role::kOsnp,
             "Appeler le médecin traitant"},
    OrderRow{OrderState::kSearching, JourneyCode::kSearched, base::Role::kOsnp,
             "Chercher un créneau"},
    OrderRow{OrderState::kPendingAcceptance, JourneyCode::kPendingAcceptance,
             base::Role::kUnspecified, "Accepter ou refuser la demande"},
    OrderRow{OrderState::kBooked, JourneyCode::kBooked, base::Role::kOsnp,
             "Dire au patient le lieu et l’heure"},
    OrderRow{OrderState::kConfirmedToPatient, JourneyCode::kPatientInformed, base::Role::kEffecteur,
             "Recevoir le patient"},
    OrderRow{OrderState::kTakenByTreatingDoctor, JourneyCode::kTreatingDoctorSees,
             base::Role::kUnspecified, "Voir le patient"},
    OrderRow{OrderState::kNoSlot, JourneyCode::kReturned, base::Role::kUnspecified, ""},
    OrderRow{OrderState::kPatientRefused, JourneyCode::kReturned, base::Role::kUnspecified, ""},
    OrderRow{OrderState::kPatientUnreachable, JourneyCode::kReturned, base::Role::kUnspecified, ""},
    OrderRow{OrderState::kSuperseded, JourneyCode::kStopped, base::Role::kUnspecified, ""}};

const OrderRow& RowOf(OrderState state) {
  static constexpr OrderRow kReoriented{OrderState::kUnspecified, JourneyCode::kReoriented,
                                        base::Role::kUnspecified, ""};
  const auto* row = std::find_if(kOrderRows.begin(), kOrderRows.end(),
                                 [&](const OrderRow& each) { return each.state == state; });
  return row == kOrderRows.end() ? kReoriented : *row;
}

// A regulator is called by the chain; who has none goes to the AMU.
base::Role RegulatorOf(Filiere filiere) {
  return filiere == Filiere::kSnp ? base::Role::kRegulatorMg : base::Role::kRegulatorAmu;
}

std::string SasOf(const JourneyFacts& facts) {
  return "SAS " + facts.territory;
}

JourneyStep Present(JourneyCode code, base::Instant since, const JourneyActor& actor = {},
                    const std::string& order = "") {
  return {code, JourneyState::kNow, since, actor, order};
}

// Where an entry without an order stands: the appointment of who entered it himself.
JourneyStep EntryStep(const JourneyFacts& facts) {
  if (facts.entry_arrived != kNever) return Present(JourneyCode::kArrived, facts.entry_arrived);
  if (facts.entry_booked != kNever) return Present(JourneyCode::kBooked, facts.entry_booked);
  return Present(JourneyCode::kPickedUp, facts.entered, facts.entered_by);
}

// Where it stands; a dossier that somebody has or that waits comes before its orders.
JourneyStep Now(const JourneyFacts& facts) {
  if (!facts.owner.subject.empty()) {
    return Present(JourneyCode::kClaimed, facts.owner_since, facts.owner);
  }
  if (facts.wait_start != kNever) return Present(JourneyCode::kWaiting, facts.wait_start);
  if (const JourneyOrder* order = Pressing(facts.orders)) {
    return Present(RowOf(order->state).step, order->since, order->owner, order->name);
  }
  if (const JourneyOrder* order = InCare(facts.orders)) {
    return order->arrived == kNever
               ? Present(JourneyCode::kTreatingDoctorSees, order->since, {}, order->name)
               : Present(JourneyCode::kArrived, order->arrived, {}, order->name);
  }
  if (facts.decided != kNever) {
    return Present(JourneyCode::kDecided, facts.decided, facts.decided_by);
  }
  return EntryStep(facts);
}

std::vector<JourneyCode> ToCome(const JourneyFacts& facts, JourneyCode now) {
  using Code = JourneyCode;
  static constexpr std::array kToDecision{Code::kClaimed, Code::kDecided};
  static constexpr std::array kToCare{Code::kOrdered, Code::kTreatingDoctorAsked, Code::kSearched,
                                      Code::kBooked,  Code::kPatientInformed,     Code::kArrived};
  std::vector<Code> codes;
  if (now == Code::kWaiting || now == Code::kClaimed) {
    if (facts.priority == Priority::kUnspecified) codes.push_back(Code::kPrioritised);
    for (const Code code : kToDecision) {
      if (code != now) codes.push_back(code);
    }
  }
  const Code at = now == Code::kPendingAcceptance ? Code::kSearched : now;
  if (const auto* here = std::find(kToCare.begin(), kToCare.end(), at); here != kToCare.end()) {
    codes.insert(codes.end(), here + 1, kToCare.end());
  }
  codes.push_back(Code::kClosed);
  return codes;
}

JourneyResponsible OfOrder(const JourneyFacts& facts, const JourneyOrder& order) {
  const OrderRow& row = RowOf(order.state);
  JourneyResponsible who{row.role, {}, SasOf(facts), order.since, order.due, row.task};
  if (row.role == base::Role::kOsnp && !order.owner.subject.empty()) {
    who.subject = order.owner.subject;
    who.role = order.owner.role;
    who.since = order.owner_since;
  }
  if (HasAppointment(order.state)) who.until = order.appointment_start;
  if (row.role == base::Role::kEffecteur) who.structure = order.site;
  if (order.state == OrderState::kPendingAcceptance) who.structure = "tiers sollicité";
  if (order.state == OrderState::kTakenByTreatingDoctor) who.structure = "médecin traitant";
  if (order.arrived != kNever) {
    who = {base::Role::kEffecteur, {}, order.site, order.arrived, {}, "Voir le patient"};
  }
  return who;
}

JourneyResponsible OfWait(const JourneyFacts& facts) {
  const bool unset = facts.priority == Priority::kUnspecified;
  JourneyResponsible who{unset ? base::Role::kArm : RegulatorOf(facts.filiere),
                         {},
                         SasOf(facts),
                         facts.wait_start,
                         facts.wait_alarm,
                         unset ? "Fixer la priorité" : "Prendre le dossier"};
  if (facts.promise) {
    who.until = facts.promise->end;
    who.task = "Rappeler le patient comme promis";
  }
  return who;
}

JourneyResponsible OfEntry(const JourneyFacts& facts) {
  if (facts.entry_arrived != kNever) {
    return {base::Role::kEffecteur, {}, {}, facts.entry_arrived, {}, "Voir le patient"};
  }
  if (facts.entry_booked != kNever) {
    return {base::Role::kEffecteur, {}, {}, facts.entry_booked, facts.entry_start,
            "Recevoir le patient"};
  }
  return {facts.entered_by.role, facts.entered_by.subject, {}, facts.entered, {},
          "Réserver ou orienter"};
}

std::optional<JourneyResponsible> Responsible(const JourneyFacts& facts) {
  if (IsEnded(facts.state)) return std::nullopt;
  if (!facts.owner.subject.empty()) {
    return JourneyResponsible{facts.owner.role,  facts.owner.subject, SasOf(facts),
                              facts.owner_since, facts.owner_until,   "Réguler et décider"};
  }
  if (facts.wait_start != kNever) return OfWait(facts);
  if (const JourneyOrder* order = Pressing(facts.orders)) return OfOrder(facts, *order);
  if (const JourneyOrder* order = InCare(facts.orders)) return OfOrder(facts, *order);
  if (facts.decided != kNever) {
    return JourneyResponsible{
        facts.decided_by.role, facts.decided_by.subject, SasOf(facts), facts.decided, {},
        "Terminer le dossier"};
  }
  return OfEntry(facts);
}

void AddOrderDelays(const JourneyOrder& order, base::Instant now, std::vector<JourneyLate>& late) {
  const bool booked = HasAppointment(order.state);
  if (IsOpen(order.state) && !booked && order.due <= now) {
    late.push_back({JourneyDelay::kOrder, order.due, order.name});
  }
  if (!booked || order.arrived != kNever) return;
  if (order.appointment_start > order.due && order.appointment_start > order.agreed_start) {
    late.push_back({JourneyDelay::kAppointment, order.since, order.name});
  }
  if (order.state == OrderState::kBooked && order.appointment_start <= now) {
    late.push_back({JourneyDelay::kInformation, order.appointment_start, order.name});
  }
  if (order.state == OrderState::kConfirmedToPatient &&
      order.appointment_start + kArrivalGrace <= now) {
    late.push_back({JourneyDelay::kArrival, order.appointment_start, order.name});
  }
}

std::vector<JourneyLate> Delays(const JourneyFacts& facts, base::Instant now) {
  std::vector<JourneyLate> late;
  if (IsEnded(facts.state)) return late;
  if (facts.wait_start != kNever && facts.owner.subject.empty()) {
    if (facts.promise && facts.promise->end <= now) {
      late.push_back({JourneyDelay::kCallback, facts.promise->end, {}});
    } else if (!facts.promise && facts.wait_alarm <= now) {
      late.push_back({JourneyDelay::kWait, facts.wait_alarm, {}});
    }
  }
  for (const JourneyOrder& order : facts.orders) AddOrderDelays(order, now, late);
  if (facts.entry_booked != kNever && facts.entry_arrived == kNever &&
      facts.entry_start + kArrivalGrace <= now) {
    late.push_back({JourneyDelay::kArrival, facts.entry_start, {}});
  }
  std::stable_sort(late.begin(), late.end(),
                   [](const auto& a, const auto& b) { return a.since < b.since; });
  return late;
}

}  // namespace

std::vector<JourneyStep> StepsOf(const std::vector<KpiMark>& marks) {
  std::vector<JourneyStep> steps;
  std::string owner;  // Of the dossier, by the latest taking.
  Filiere chain = Filiere::kUnspecified;
  std::map<std::string, OrderState> states;
  const auto add = [&](JourneyCode code, const KpiMark& mark, const std::string& order) {
    steps.push_back({code, JourneyState::kDone, mark.at, {mark.actor, mark.role}, order});
  };
  for (const KpiMark& mark : marks) {
    switch (mark.act) {
      case KpiAct::kPrioritized: {
        const bool moved = chain != Filiere::kUnspecified && mark.filiere != chain;
        add(moved ? JourneyCode::kReoriented : JourneyCode::kPrioritised, mark, {});
        chain = mark.filiere;
        owner.clear();
        break;
      }
      case KpiAct::kTaken:
        if (mark.actor != owner) add(JourneyCode::kClaimed, mark, {});
        owner = mark.actor;  // Who renews has it already.
        break;
      case KpiAct::kDecided:
        owner.clear();
        break;
      case KpiAct::kOrdered:
        states[mark.subject] = mark.order_state;
        add(JourneyCode::kOrdered, mark, mark.subject);
        break;
      case KpiAct::kOrderMoved: {
        const OrderState before = std::exchange(states[mark.subject], mark.order_state);
        // The call to the treating doctor has an hour of its own; a claim is no step of the order.
        if (before == mark.order_state || mark.order_state == OrderState::kTreatingDoctor ||
            mark.order_state == OrderState::kToDo || mark.order_state == OrderState::kClosed) {
          break;
        }
        add(RowOf(mark.order_state).step, mark, mark.subject);
        break;
      }
      default:
        break;
    }
  }
  return steps;
}

Journey TraceJourney(const JourneyFacts& facts, base::Instant now) {
  Journey journey;
  std::vector<JourneyStep>& steps = journey.steps;
  steps = facts.done;
  std::stable_sort(steps.begin(), steps.end(), [](const auto& a, const auto& b) {
    return std::pair(a.at, a.code) < std::pair(b.at, b.code);
  });
  if (steps.size() > kJourneyStepsMax) {
    steps.erase(steps.begin(), steps.end() - static_cast<std::ptrdiff_t>(kJourneyStepsMax));
  }
  if (!IsEnded(facts.state)) {
    JourneyStep here = Now(facts);
    // Where it stands is shown once, at the end, with who brought it there.
    const auto same = std::find_if(steps.rbegin(), steps.rend(), [&](const JourneyStep& step) {
      return step.code == here.code && step.order == here.order;
    });
    if (same != steps.rend() && same->at >= here.at) {
      if (here.actor.subject.empty()) here.actor = same->actor;
      steps.erase(std::next(same).base());
    }
    steps.push_back(here);
    for (const JourneyCode code : ToCome(facts, here.code)) {
      steps.push_back({code, JourneyState::kToCome, {}, {}, here.order});
    }
  }
  journey.responsible = Responsible(facts);
  journey.delays = Delays(facts, now);
  return journey;
}

}  // namespace sas::regulation
