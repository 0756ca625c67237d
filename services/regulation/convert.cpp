#include "services/regulation/convert.h"

#include <algorithm>

#include "common/base/resource_name.h"
#include "sas/regulation/v1/regulation_service.pb.h"
#include "services/regulation/domain/patient_place.h"

namespace sas::regulation {
namespace {

// Enumerations of the rules and of the protos are one list, written twice so that the rules need no
// protobuf.
template <typename A, typename B>
constexpr bool Same(A a, B b) {
  return static_cast<int>(a) == static_cast<int>(b);
}

static_assert(Same(Priority::kP0, v1::PRIORITY_P0) && Same(Priority::kNr, v1::PRIORITY_NR));
static_assert(v1::Priority_ARRAYSIZE == 6);
static_assert(Same(CareLevel::kR1, v1::CARE_LEVEL_R1) && Same(CareLevel::kR4, v1::CARE_LEVEL_R4));
static_assert(Same(Filiere::kAmu, sas::type::v1::FILIERE_AMU) &&
              Same(Filiere::kSnp, sas::type::v1::FILIERE_SNP) &&
              Same(Filiere::kNeonat, sas::type::v1::FILIERE_NEONAT));
static_assert(Same(CaseState::kProgrammed, v1::RegulationCase::STATE_PROGRAMMED) &&
              Same(CaseState::kValidated, v1::RegulationCase::STATE_VALIDATED) &&
              Same(CaseState::kArchived, v1::RegulationCase::STATE_ARCHIVED));
static_assert(Same(ReflexState::kProposed, v1::ReflexDeparture::STATE_PROPOSED) &&
              Same(ReflexState::kCancelled, v1::ReflexDeparture::STATE_CANCELLED));
static_assert(Same(OrderState::kToDo, v1::CareOrder::STATE_TO_DO) &&
              Same(OrderState::kPendingAcceptance, v1::CareOrder::STATE_PENDING_ACCEPTANCE) &&
              Same(OrderState::kNoSlot, v1::CareOrder::STATE_NO_SLOT) &&
              Same(OrderState::kTakenByTreatingDoctor,
                   v1::CareOrder::STATE_TAKEN_BY_TREATING_DOCTOR) &&
              Same(OrderState::kClosed, v1::CareOrder::STATE_CLOSED) &&
              Same(OrderState::kReoriented, v1::CareOrder::STATE_REORIENTED));
static_assert(v1::CareOrder::State_ARRAYSIZE == 14);
static_assert(Same(Destination::kUrgences, v1::Reorientation::DESTINATION_URGENCES) &&
              Same(Destination::kSamu, v1::Reorientation::DESTINATION_SAMU) &&
              Same(Destination::kOtherStructure, v1::Reorientation::DESTINATION_OTHER_STRUCTURE));
static_assert(v1::Reorientation::Destination_ARRAYSIZE == 6);
static_assert(Same(RepeatMatch::kSameNumber, v1::RepeatCandidate::MATCH_SAME_NUMBER) &&
              Same(RepeatMatch::kSameMotif, v1::RepeatCandidate::MATCH_SAME_MOTIF));
static_assert(v1::RepeatCandidate::Match_ARRAYSIZE == 5);
static_assert(Same(base::Role::kArm, sas::type::v1::ROLE_ARM) &&
              Same(base::Role::kService, sas::type::v1::ROLE_SERVICE));

// The call after which a regulator is owed: the last one that counted or found a wrong number.
base::Instant FailedOf(const v1::CallbackPromise& promise) {
  base::Instant failed{};
  for (const v1::CallReturn& each : promise.attempts()) {
    const bool told = each.counted() || each.result() == v1::CallReturn::RESULT_WRONG_NUMBER;
    if (told || failed == base::Instant{}) failed = ToInstant(each.call_time());
  }
  return failed;
}

std::optional<RoughPoint> TelephoneOf(const v1::CallOrigin& call) {
  if (!call.has_telephone_point()) return std::nullopt;
  return RoughPoint{PointOf(call.telephone_point()),
                    static_cast<double>(call.telephone_accuracy_meters())};
}

std::optional<RoughPoint> SaidPlaceOf(const sas::type::v1::Place& place) {
  if (!place.has_point()) return std::nullopt;
  const bool centre = place.precision() == sas::type::v1::GEO_PRECISION_CITY;
  return RoughPoint{PointOf(place.point()), centre ? kCommuneRadiusMeters : 0};
}

// A commune's centre says nothing of who is near; a telephone that is less exact than kNearMeters
// does not, either.
std::optional<care::Point> ExactPointOf(const v1::RegulationCase& row) {
  const sas::type::v1::Place& place = row.patient_place();
  if (place.has_point() && place.precision() != sas::type::v1::GEO_PRECISION_CITY) {
    return PointOf(place.point());
  }
  const v1::CallOrigin& call = LatestCall(row);
  if (!call.has_telephone_point() || call.telephone_accuracy_meters() > kNearMeters) {
    return std::nullopt;
  }
  return PointOf(call.telephone_point());
}

}  // namespace

care::Point PointOf(const sas::type::v1::GeoPoint& point) {
  return {point.latitude_degrees(), point.longitude_degrees()};
}

sas::type::v1::Actor ToProto(const base::Actor& actor) {
  sas::type::v1::Actor proto;
  proto.set_subject(actor.subject);
  proto.set_role(static_cast<sas::type::v1::Role>(actor.role));
  return proto;
}

ClaimValue ToValue(const v1::Claim& claim) {
  return {claim.owner().subject(), static_cast<base::Role>(claim.owner().role()),
          ToInstant(claim.claim_time()), ToInstant(claim.expire_time()), claim.version(),
          ToInstant(claim.raise_time()),
          // Claims from before acts had an hour: none since they were taken.
          ToInstant(claim.has_act_time() ? claim.act_time() : claim.claim_time())};
}

v1::Claim ToProto(const ClaimValue& claim) {
  v1::Claim proto;
  proto.set_version(claim.version);
  if (claim.owner.empty()) return proto;
  proto.mutable_owner()->set_subject(claim.owner);
  proto.mutable_owner()->set_role(static_cast<sas::type::v1::Role>(claim.role));
  *proto.mutable_claim_time() = ToTimestamp(claim.taken);
  *proto.mutable_expire_time() = ToTimestamp(claim.expire);
  if (claim.raised != base::Instant{}) *proto.mutable_raise_time() = ToTimestamp(claim.raised);
  if (claim.acted != base::Instant{}) *proto.mutable_act_time() = ToTimestamp(claim.acted);
  return proto;
}

DecisionValue ToValue(const v1::Decision& decision) {
  return {ToValue(decision.care_level()), decision.decision_code(), decision.resource_code(),
          decision.orientation_code(),    decision.delay_code(),    decision.medical_transport()};
}

std::optional<CallbackWindow> WindowOf(const v1::RegulationCase& regulation_case) {
  const v1::CallbackPromise& promise = regulation_case.callback();
  if (promise.kind() != v1::CallbackPromise::KIND_DEFERRED_REGULATION &&
      promise.kind() != v1::CallbackPromise::KIND_REASSESSMENT) {
    return std::nullopt;
  }
  return CallbackWindow{ToInstant(promise.window_start_time()),
                        ToInstant(promise.window_end_time()), promise.consent()};
}

std::optional<CallbackWindow> WaitWindowOf(const v1::RegulationCase& row) {
  auto window = WindowOf(row);
  if (!window || row.priority() != v1::PRIORITY_P3) return std::nullopt;
  if (row.callback().decision_due()) {
    const base::Instant failed = FailedOf(row.callback());
    window->start = std::min(window->start, failed);
    window->end = std::min(window->end, failed);
  }
  return window;
}

CaseIndex IndexOf(const v1::RegulationCase& regulation_case) {
  CaseIndex index;
  index.region = std::string(base::RegionOf(regulation_case.name()));
  index.territory = regulation_case.territory();
  index.state = ToValue(regulation_case.state());
  index.filiere = ToValue(regulation_case.filiere());
  index.waits = index.state == CaseState::kActive && regulation_case.has_wait_start_time();
  index.queue.name = regulation_case.name();
  index.queue.priority = ToValue(regulation_case.priority());
  index.queue.repeat_calls = regulation_case.further_calls_size();
  index.queue.wait_start =
      ToInstant(regulation_case.has_wait_start_time() ? regulation_case.wait_start_time()
                                                      : regulation_case.create_time());
  if (const auto window = WaitWindowOf(regulation_case)) {
    index.queue.callback_start = window->start;
    index.queue.callback_end = window->end;
  }
  index.alarm = ToInstant(regulation_case.wait_alarm_time());
  const ClaimValue claim = ToValue(regulation_case.claim());
  index.owner = claim.owner;
  index.claim_expire = claim.expire;
  index.claim_acted = claim.acted;
  index.opened = ToInstant(regulation_case.create_time());
  index.ended = ToInstant(regulation_case.close_time());
  if (index.state == CaseState::kProgrammed) {
    index.opened = ToInstant(regulation_case.activation_time());
    index.queue.wait_start = index.opened;
  }
  index.version = VersionOf(regulation_case.etag());
  return index;
}

const v1::CallOrigin& LatestCall(const v1::RegulationCase& regulation_case) {
  return regulation_case.further_calls().empty() ? regulation_case.origin()
                                                 : *regulation_case.further_calls().rbegin();
}

int PlaceConflictOf(const v1::RegulationCase& regulation_case) {
  std::optional<RoughPoint> telephone = TelephoneOf(regulation_case.origin());
  for (const v1::CallOrigin& call : regulation_case.further_calls()) {
    if (call.has_telephone_point()) telephone = TelephoneOf(call);
  }
  return ConflictMeters(SaidPlaceOf(regulation_case.patient_place()), telephone);
}

RepeatFacts RepeatFactsOf(const v1::RegulationCase& regulation_case) {
  RepeatFacts facts;
  const auto add = [&](const v1::CallOrigin& call) {
    for (const std::string& number : {call.caller_phone_number(), call.callback_phone_number()}) {
      const bool known =
          std::find(facts.numbers.begin(), facts.numbers.end(), number) != facts.numbers.end();
      if (!number.empty() && !known) facts.numbers.push_back(number);
    }
  };
  add(regulation_case.origin());
  for (const v1::CallOrigin& call : regulation_case.further_calls()) add(call);
  facts.point = ExactPointOf(regulation_case);
  facts.insee_code = regulation_case.patient_place().insee_code();
  facts.motif_code = regulation_case.motif_code();
  const v1::CallOrigin& latest = LatestCall(regulation_case);
  facts.last_call =
      ToInstant(latest.has_pickup_time() ? latest.pickup_time() : regulation_case.create_time());
  const CaseState state = ToValue(regulation_case.state());
  facts.open = state == CaseState::kProgrammed || state == CaseState::kActive;
  facts.ended = ToInstant(regulation_case.close_time());
  return facts;
}

std::string VisitsOf(const std::string& case_name) {
  return case_name + "/visits";
}

EntryOwner OwnerOf(const v1::CareOrder& order) {
  return {order.has_entry(), order.entry().local(), order.entry().organization(),
          order.ordered_by().subject()};
}

QueueKey EntryKeyOf(const v1::CareOrder& order) {
  return EntryKey(ToValue(order.entry().priority()), ToInstant(order.create_time()), order.name());
}

std::string CaseOf(std::string_view name) {
  const std::size_t id = name.rfind('/');
  const std::size_t collection = name.rfind('/', id - 1);
  return std::string(name.substr(0, collection));
}

}  // namespace sas::regulation
