#include "services/regulation/convert.h"

#include <algorithm>

#include "common/base/resource_name.h"

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

}  // namespace

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
  if (promise.kind() != v1::CallbackPromise::KIND_DEFERRED_REGULATION) return std::nullopt;
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
  index.ended = ToInstant(regulation_case.close_time());
  index.version = VersionOf(regulation_case.etag());
  return index;
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
